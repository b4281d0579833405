//! Conflicts that carry meaning. Most concurrent edits merge; the rest goes to a dispatcher:
//! author, time, phone, and the fate of the other value. A decision is recorded and can be taken
//! back.

mod decide;
mod detect;

use vyezd_core::model::{Method, Order, point_key};

use crate::app::App;
use crate::documents::OrderDocument;
use crate::limits::phones::{QUESTIONS_AN_ORDER_MAX, QUESTIONS_KEPT_AN_ORDER};
use crate::store::ConflictKind as Kind;
use crate::store::{By, ConflictRow, LineKind, OrderAtHand, OrderState, SheetRow, StoreError, Tx};

pub use decide::{Decided, decide, undo};
pub use detect::{Choice, Conflict, LedgerFacts, Pick, detect, question};

/// Looks for contradictions after the office has changed an order.
pub async fn detect_and_store(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
) -> Result<(), StoreError> {
    let order = doc.order();
    let read = doc.read(tx).await?;
    let Some(at_hand) = tx.order_at_hand(order).await? else { return Ok(()) };
    let sheets = tx.sheets(order).await?;
    store(app, tx, &read, (at_hand, sheets, &mut None)).await
}

/// The methods, read when they are first needed.
pub type Methods = Option<Vec<Method>>;

/// Compares an order with the ledger and writes contradictions down; those that are gone disappear
/// without a decision.
pub async fn store(
    app: &App,
    tx: &mut Tx,
    read: &Order,
    (at_hand, sheets, methods): (OrderAtHand, Vec<SheetRow>, &mut Methods),
) -> Result<(), StoreError> {
    let order = at_hand.row.card.id;
    let known = if at_hand.conflicts == 0 { Vec::new() } else { tx.conflicts_of(order).await? };
    let facts = ledger_facts(tx, at_hand, sheets).await?;
    if methods.is_none() && is_repeated(read) {
        *methods = Some(tx.methods().await?);
    }
    let found = few(detect(read, &facts, methods.as_deref().unwrap_or_default()));
    for conflict in &found {
        let options = serde_json::to_string(&conflict.options).unwrap_or_default();
        let row = known.iter().find(|row| is(row, conflict));
        let reopened = row.filter(|row| reopens(row, conflict));
        if let Some(row) = reopened {
            tx.reopen_conflict(&row.id).await?;
        }
        let said = row.is_some_and(|row| {
            row.choice.is_some() || (row.gone_at.is_none() && row.options == options)
        });
        if said && reopened.is_none() {
            continue;
        }
        let id = app.id(vyezd_core::model::ItemId::new);
        let name = (order, conflict.kind, conflict.subject.as_str());
        if tx.put_conflict(id, name, &options, app.now().0).await? {
            let what = format!("Нужно решение диспетчера: {}", question(conflict.kind));
            if tx.lines_since(order, &what, 0).await? < QUESTIONS_AN_ORDER_MAX as i64 {
                tx.note(order, app.now(), By::System, &what).await?;
            }
        }
    }
    for row in known.iter().filter(|row| row.choice.is_none() && row.gone_at.is_none()) {
        if !found.iter().any(|found| is(row, found)) {
            tx.conflict_gone(&row.id, Some(app.now().0)).await?;
        }
    }
    if known.len() > QUESTIONS_KEPT_AN_ORDER {
        tx.forget_gone_conflicts(order, QUESTIONS_KEPT_AN_ORDER as i64).await?;
    }
    Ok(())
}

/// Questions about sheets and holders come first; of questions about readings only as many as a
/// person can look through.
fn few(mut found: Vec<Conflict>) -> Vec<Conflict> {
    found.sort_by_key(|found| found.kind == Kind::TwoReadings);
    found.truncate(QUESTIONS_AN_ORDER_MAX);
    found
}

fn is(row: &ConflictRow, found: &Conflict) -> bool {
    found.kind == row.kind && found.subject == row.subject
}

/// A decided question is asked again when there are more choices, or when the decision does not
/// hold any more.
fn reopens(row: &ConflictRow, found: &Conflict) -> bool {
    let Some(choice) = &row.choice else { return false };
    let known: Vec<Choice> = serde_json::from_str(&row.options).unwrap_or_default();
    let fresh = found.options.iter().any(|o| known.iter().all(|k| k.code != o.code));
    let undone = Pick::from(choice.clone()) == Pick::Visit && row.kind != Kind::TwoTimes;
    fresh || undone
}

/// Whether some point has several readings at all; the methods matter only then.
fn is_repeated(read: &Order) -> bool {
    let instruments = read.visits.values().flat_map(|visit| visit.instruments.values());
    instruments.into_iter().any(|instrument| {
        let mut points: Vec<String> =
            instrument.rows_or_set_aside().map(|(_, of)| point_key(&of.point)).collect();
        points.sort_unstable();
        points.windows(2).any(|pair| pair[0] == pair[1])
    })
}

async fn ledger_facts(
    tx: &mut Tx,
    OrderAtHand { row, visits, .. }: OrderAtHand,
    sheets: Vec<SheetRow>,
) -> Result<LedgerFacts, StoreError> {
    let order = row.card.id;
    let holder = row.holder.as_ref().map(|(person, _)| *person).zip(row.held);
    let visits = match (&row.holder, row.held) {
        // The one visit is the holder's.
        (Some((person, name)), Some(held)) if visits == 1 => vec![(held, *person, name.clone())],
        _ => tx.visits_named(order).await?,
    };
    // The query for authors is made only where a visit beside the holder's exists.
    let several = visits.iter().any(|(visit, ..)| Some(*visit) != row.held);
    let acted = if several || row.moved.is_some() || row.state == OrderState::Cancelled {
        let acts = [LineKind::Cancelled, LineKind::TakenAway, LineKind::Moved];
        let lines = tx.history(order).await?.into_iter();
        let acted = lines.filter(|line| acts.contains(&line.kind));
        acted.max_by_key(|line| line.at).map(|line| (line.at, line.who))
    } else {
        None
    };
    let transferred = if several { tx.transferred_visits(order).await? } else { Vec::new() };
    Ok(LedgerFacts {
        acted,
        transferred,
        state: row.state,
        date: row.card.date.to_string(),
        window: row.card.window,
        zone: row.card.zone,
        sheets,
        moved: row.moved,
        visits,
        holder,
    })
}
