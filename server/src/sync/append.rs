//! Writes the decisions of a session: one transaction, documents in groups, each document projected
//! with its append.

use std::collections::{BTreeMap, BTreeSet};

use vyezd_core::doc::Unjudged;
use vyezd_core::frame::{Batch, Receipt, ReceiptOutcome};
use vyezd_core::model::{Order, OrderId};
use vyezd_core::session::{self, Commit};

use super::caller::Caller;
use super::refused;
use crate::app::App;
use crate::documents::OrderDocument;
use crate::store::{self, Incoming, Moved, StoreError, Tx};
use crate::verification::{notices, project};

/// Writes the decisions of a session, in one transaction. `None`: a document has moved since the
/// judgement, and nothing was written. Where one document cannot be written, all are tried again
/// one by one, and only the faulty one waits.
pub(super) async fn write(
    app: &App,
    caller: &mut Caller,
    commit: &Commit,
) -> Result<Option<Vec<Receipt>>, StoreError> {
    let done = match attempt(app, caller, commit, false).await {
        Err(error) if !store::is_retryable_conflict(&error) => {
            tracing::error!(%error, "tried again, each document by itself");
            attempt(app, caller, commit, true).await?
        }
        other => other?,
    };
    let Some((receipts, fresh)) = done else { return Ok(None) };
    caller.fresh.extend(fresh);
    Ok(Some(receipts))
}

/// One try; `apart` keeps a document that cannot be written from taking the others with it. Returns
/// receipts of batches, and the places of their changes.
async fn attempt(
    app: &App,
    caller: &Caller,
    commit: &Commit,
    apart: bool,
) -> Result<Option<(Vec<Receipt>, BTreeSet<i64>)>, StoreError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    // The time of a write counts like the gate's time: others wait for the writer meanwhile.
    let began = tokio::time::Instant::now();
    tx.lock_device(caller.device).await?;
    tx.put_heard(caller.device, &app.cursors.pending(caller.device)).await?;
    let expected: Vec<OrderId> = commit.expect.iter().map(|(order, _)| *order).collect();
    let locked = tx.lock_docs(&expected).await?;
    let moved = |(order, version): &(OrderId, i64)| {
        locked.get(order).is_none_or(|(there, _)| there != version)
    };
    if commit.expect.iter().any(moved) {
        tx.rollback().await?;
        return Ok(None);
    }
    let all = assign_sequence(&mut tx, commit, &locked).await?;
    let fresh = all.iter().flat_map(|of| of.first..=of.incoming.moved.seq).collect();
    let mut appended = Appended::default();
    // All at once; each by itself where that failed.
    for group in all.chunks(if apart { 1 } else { all.len().max(1) }) {
        appended.group(app, &mut tx, caller, group, apart).await?;
    }
    tx.move_orders(&appended.moved).await?;
    for batch in &commit.known {
        // The changes of this batch came another way: carried by another phone, or returned after a
        // restore.
        let seq = tx.doc_version(batch.doc).await?.unwrap_or(0);
        appended.take((batch, seq, 0), ReceiptOutcome::Duplicate);
    }
    let Appended { receipts: written, batches, .. } = appended;
    refused::keep(app, &mut tx, caller, &commit.refused).await?;
    tx.keep_batches(&batches).await?;
    let over = |receipt: &&Receipt| receipt.outcome != ReceiptOutcome::RetryLater;
    let receipts: Vec<&Receipt> = commit.receipts.iter().chain(&written).filter(over).collect();
    tx.put_receipts(caller.receipts, &receipts, now.0).await?;
    app.budgets.spend(caller.device, now, began.elapsed(), 0);
    tx.commit().await?;
    Ok(Some((written, fresh)))
}

#[derive(Default)]
struct Appended<'a> {
    receipts: Vec<Receipt>,
    moved: Vec<Moved>,
    /// Each batch with the place of its last change and its operations.
    batches: Vec<(&'a Batch, i64, u64)>,
}

impl<'a> Appended<'a> {
    fn take(&mut self, (batch, seq, ops): (&'a Batch, i64, u64), outcome: ReceiptOutcome) {
        let receipt = session::receipt(batch.item(), outcome, "", "");
        self.receipts.push(Receipt { seq: seq as u64, ..receipt });
        self.batches.push((batch, seq, ops));
    }

    async fn group(
        &mut self,
        app: &App,
        tx: &mut Tx,
        caller: &Caller,
        group: &[DocumentAppend<'a>],
        apart: bool,
    ) -> Result<(), StoreError> {
        if apart {
            tx.savepoint().await?;
        }
        match append_all(app, tx, group).await {
            Ok(()) => {
                if apart {
                    tx.release_savepoint().await?;
                }
                for of in group {
                    self.moved.push(of.incoming.moved);
                    for (append, seq) in &of.appends {
                        self.take((&append.batch, *seq, append.ops), ReceiptOutcome::Ok);
                    }
                }
            }
            Err(error) if store::is_retryable_conflict(&error) || !apart => return Err(error),
            Err(error) => {
                tracing::error!(%error, "a document could not be written; it is tried again");
                tx.rollback_to_savepoint().await?;
                for (append, _) in group.iter().flat_map(|of| &of.appends) {
                    self.receipts.push(refused::unwritten(app, tx, caller, &append.batch).await?);
                }
            }
        }
        Ok(())
    }
}

/// The append to one document: batches with their places.
pub(super) struct DocumentAppend<'a> {
    /// The order as the document reads after the append.
    read: Option<&'a (Order, u32)>,
    first: i64,
    appends: Vec<(&'a session::Append, i64)>,
    pub(super) incoming: Incoming<'a>,
}

/// Gives every change its place in the stream, document by document.
async fn assign_sequence<'a>(
    tx: &mut Tx,
    commit: &'a Commit,
    locked: &BTreeMap<OrderId, (i64, u128)>,
) -> Result<Vec<DocumentAppend<'a>>, StoreError> {
    let changes: usize = commit.appends.iter().map(|append| append.batch.changes.len()).sum();
    let mut place = if changes == 0 { 0 } else { tx.reserve(changes as i64).await? };
    let mut by_order: BTreeMap<OrderId, Vec<&session::Append>> = BTreeMap::new();
    for append in &commit.appends {
        by_order.entry(append.order).or_default().push(append);
    }
    let mut all = Vec::with_capacity(by_order.len());
    for (order, appends) in by_order {
        let term = locked.get(&order).map_or(0, |(_, term)| *term);
        let read = commit.reads.get(&order);
        let getting = DocumentAppend::new((order, place, term), read, &appends);
        place = getting.incoming.moved.seq + 1;
        all.push(getting);
    }
    Ok(all)
}

impl<'a> DocumentAppend<'a> {
    pub(super) fn new(
        (order, first, term): (OrderId, i64, u128),
        read: Option<&'a (Order, u32)>,
        appends: &[&'a session::Append],
    ) -> Self {
        let mut incoming = Incoming::new(order, term);
        let (mut next, mut placed) = (first, Vec::with_capacity(appends.len()));
        for &append in appends {
            let batch = &append.batch;
            let bodies: Vec<&[u8]> = batch.changes.iter().map(Unjudged::as_wire).collect();
            incoming.add(next, Some((batch.device, batch.install)), &bodies, &append.heads);
            next += bodies.len() as i64;
            placed.push((append, next - 1));
        }
        Self { read, first, appends: placed, incoming }
    }
}

/// Appends to these documents and projects them; envelopes are kept and people moved by the caller.
pub(super) async fn append_all(
    app: &App,
    tx: &mut Tx,
    group: &[DocumentAppend<'_>],
) -> Result<(), StoreError> {
    let incoming: Vec<&Incoming<'_>> = group.iter().map(|of| &of.incoming).collect();
    tx.append_many(&incoming).await?;
    let orders: Vec<OrderId> = group.iter().map(|of| of.incoming.moved.order).collect();
    let mut at_hand = tx.orders_at_hand(&orders).await?;
    let mut methods = None;
    for of in group {
        let order = of.incoming.moved.order;
        let (Some(at_hand), Some((read, not_understood))) = (at_hand.remove(&order), of.read)
        else {
            continue;
        };
        if *not_understood > 0 {
            tracing::warn!(%order, not_understood, "a document holds what was not understood");
        }
        let signed = at_hand.sheets > 0;
        let mut doc = OrderDocument::of(order);
        let at_hand = (at_hand, &mut methods);
        Box::pin(project::project_read(app, tx, at_hand, &mut doc, read)).await?;
        if signed {
            Box::pin(notices::look_after_signature(app, tx, order, read)).await?;
        }
    }
    Ok(())
}
