//! The order's state follows the visit that counts: the holder's.

use vyezd_core::model::{Order, VisitOutcome};

use crate::app::App;
use crate::store::{By, OrderRow, OrderState, SheetRow, StoreError, Tx};

/// «Done» needs a sheet that counts; a cancelled order stays cancelled.
pub(super) async fn settle_order_state(
    app: &App,
    tx: &mut Tx,
    read: &Order,
    (row, sheets): (&mut OrderRow, &[SheetRow]),
) -> Result<(), StoreError> {
    let Some(visit) = row.held else { return Ok(()) };
    let outcome = read.visits.get(&visit).and_then(|visit| visit.outcome);
    let sealed = sheets.iter().any(|sheet| sheet.visit == visit && sheet.counts());
    let state = match outcome {
        Some(VisitOutcome::Done) if sealed => OrderState::Done,
        // The visit had ended otherwise, and its performer took that back.
        None if matches!(row.state, OrderState::Postponed | OrderState::NotDone) => {
            OrderState::Accepted
        }
        Some(VisitOutcome::Done) | None => return Ok(()),
        Some(VisitOutcome::Postponed) => OrderState::Postponed,
        Some(_) => OrderState::NotDone,
    };
    if row.state != state && row.state != OrderState::Cancelled {
        row.state = state;
        tx.set_order_state(row.card.id, state).await?;
        let words = outcome.map_or("продолжается", VisitOutcome::russian);
        let who = row.holder.as_ref().map_or(By::System, |(_, name)| By::Person(name));
        tx.note(row.card.id, app.now(), who, &format!("Визит: {words}")).await?;
    }
    Ok(())
}
