//! Refused batches are kept for a person to decide, within a phone's bounds: a phone that sends
//! nonsense without end fills neither the database nor the history of an order that is not its
//! person's.

use vyezd_core::frame::{Batch, Receipt, ReceiptOutcome};
use vyezd_core::session;

use super::caller::Caller;
use crate::app::App;
use crate::incidents;
use crate::limits::phones::{REFUSED_BYTES_KEPT, REFUSED_KEPT, REFUSED_LINES_A_DAY};
use crate::store::{By, IncidentKind, StoreError, Tx};

/// How a line in the history begins.
const LINE: &str = "Изменения с телефона не приняты";
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Keeps refused batches. Beyond the bounds the receipts alone remain, and the office is told once.
pub(super) async fn keep(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    refused: &[(Batch, Receipt)],
) -> Result<(), StoreError> {
    if refused.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let (mut count, mut bytes) = tx.refused_of(caller.device).await?;
    let mut dropped = 0;
    for (batch, receipt) in refused {
        count += 1;
        bytes += batch.changes.iter().map(|change| change.len() as i64 + 64).sum::<i64>();
        if count > REFUSED_KEPT || bytes > REFUSED_BYTES_KEPT {
            dropped += 1;
            continue;
        }
        tx.keep_refused(batch, receipt, (caller.device, now.0)).await?;
        note(app, tx, caller, batch, receipt).await?;
    }
    if dropped == 0 {
        return Ok(());
    }
    let what = format!(
        "Телефон ({}) шлёт больше отказных изменений, чем хранится ({REFUSED_KEPT}): разберите \
         «Карантин» или отключите телефон.",
        caller.person.name
    );
    let subject = caller.device.to_string();
    incidents::report(app, tx, &IncidentKind::RefusedFlood.about(&subject), &what).await
}

/// The receipt of a batch that the database would not take: later, and after some tries a person
/// has to decide.
pub(super) async fn unwritten(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    batch: &Batch,
) -> Result<Receipt, StoreError> {
    let item = batch.item();
    if !app.budgets.failed(item) {
        let words = "сервер не смог записать, повторите";
        return Ok(session::receipt(item, ReceiptOutcome::RetryLater, "server_fault", words));
    }
    let words = "сервер не смог записать это; изменение ждёт решения офиса";
    let held = session::receipt(item, ReceiptOutcome::Quarantined, "cannot_be_written", words);
    keep(app, tx, caller, &[(batch.clone(), held.clone())]).await?;
    Ok(held)
}

/// A line in the order's history, where the order is or was this person's, and not a hundredth one.
async fn note(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    batch: &Batch,
    receipt: &Receipt,
) -> Result<(), StoreError> {
    let (order, now) = (batch.doc, app.now());
    let his = tx.visits(order).await?.iter().any(|(_, person)| *person == caller.person.id);
    if !his || tx.lines_since(order, LINE, now.0 - DAY_MS).await? >= REFUSED_LINES_A_DAY {
        return Ok(());
    }
    let what = format!("{LINE}: {}", receipt.message);
    tx.note(order, now, By::Person(&caller.person.name), &what).await
}
