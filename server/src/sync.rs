//! One sync request from beginning to end: what the session machine asks for is read, judged, written
//! and answered here. The HTTP handler and the simulator call [`handle_sync_request`] alike.

pub(crate) mod budget;
mod caller;
mod commands;
pub(crate) mod cursors;
mod location;
mod page;
mod phone_health;
mod recovery;
mod refused;
mod release;
mod transfer;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use minicbor::bytes::ByteVec;
use vyezd_core::codec::{derive_id, hex};
use vyezd_core::doc::Unjudged;
use vyezd_core::frame::{
    BATCHES_MAX, BLOBS_ASKED_MAX, Batch, Cursor, Receipt, ReceiptOutcome, Request, Response,
};
use vyezd_core::gate::{Judged, Task};
use vyezd_core::model::{DeviceId, InstallId, Order, OrderId, PersonId, Timestamp};
use vyezd_core::session::{
    self, Author, Commit, Effect, Input, Loaded, LoadedDoc, Plan, Session, Standing,
};

use self::caller::{Caller, LOOK_MS};
use crate::app::App;
use crate::code::Code;
use crate::documents::OrderDocument;
use crate::problem::{Outcome, Problem};
use crate::store::{self, Incoming, PhoneStatus, ReadDoc, Role, StoreError, Tx};
use crate::verification::{notices, project};

pub use budget::{Budgets, Seat};
pub use cursors::{At, Cursors};
pub(crate) use location::{forget_places, retention_start};
pub use recovery::{GAP, confirm};
pub use release::{Released, release};

/// Answers one request of an enrolled phone.
pub async fn handle_sync_request(
    app: &App,
    device: DeviceId,
    request: Request,
) -> Outcome<Response> {
    let expired = || Problem::Unauthorized(Code::TokenExpired);
    let mut tx = app.store.read().await?;
    let phone_status = tx.phone_status(device).await?.ok_or_else(expired)?;
    app.seen(device);
    let same_data = request.cursor.epoch == phone_status.epoch as u64;
    let seq = if same_data { request.cursor.seq as i64 } else { 0 };
    let reference = request.reference as i64;
    app.cursors.said(device, At { seq, reference }, app.now());
    let whole = holds_all(&request) && !phone_status.recovering;
    let contact = Contact { reference, began: app.now(), whole };
    if is_up_to_date(app, &phone_status, &request) {
        let mut response = Response::empty(request.cursor, app.now());
        response.backed_up_seq = phone_status.backed_up_seq as u64;
        app.cursors.spoke_without_sheet(device, contact.began);
        return Ok(response);
    }
    let person = store::id(&phone_status.person_id, PersonId::from_bytes)?;
    let person = tx.person(person).await?.ok_or_else(expired)?;
    let mut caller = Caller {
        device,
        install: request.install,
        receipts: receipts_of(device, request.install),
        person,
        revoked: phone_status.is_shut_out(),
        looked_at: phone_status.looked_at,
        fresh: BTreeSet::new(),
    };
    let shut_out = caller.revoked;
    let mut standing = Standing { shut_out, ..Standing::default() };
    if !shut_out {
        standing.ahead = recovery::ahead(app, &mut tx, &phone_status, &request).await?;
        standing.recovering = recovery::asks_recovery(&phone_status, &request);
    }
    drop(tx);
    let mut work = Work { caller: &mut caller, epoch: phone_status.epoch };
    work.run(app, request, standing, &contact).await
}

/// One contact of a phone.
struct Contact {
    /// The version of the reference data that the phone has.
    reference: i64,
    began: Timestamp,
    /// The request holds all that the phone had to send.
    whole: bool,
}

/// A session in work: its effects are carried out, one after another, until it has an answer.
struct Work<'a> {
    caller: &'a mut Caller,
    epoch: i64,
}

impl Work<'_> {
    async fn run(
        &mut self,
        app: &App,
        request: Request,
        standing: Standing,
        contact: &Contact,
    ) -> Outcome<Response> {
        let mut session = Session::default();
        let mut next = Input::Request(Box::new(request), standing);
        loop {
            let Some(effect) = session.handle(app.now(), next).into_iter().next() else {
                return Err(anyhow::anyhow!("the session stopped without an answer").into());
            };
            match self.carry_out(app, effect).await? {
                ControlFlow::Continue(input) => next = input,
                ControlFlow::Break(response) => {
                    note_answer(app, self.caller.device, contact, &response);
                    return Ok(response);
                }
            }
        }
    }

    async fn carry_out(
        &mut self,
        app: &App,
        effect: Effect,
    ) -> Outcome<ControlFlow<Response, Input>> {
        let device = self.caller.device;
        let has_room = || app.budgets.has_room(device, app.now());
        let mut next = Input::Kept;
        match effect {
            Effect::Recover(ahead) => recovery::begin(app, self.epoch, ahead).await?,
            Effect::KeepLocation(report) => location::keep(app, self.caller, &report).await?,
            Effect::RestoreLeases(proofs) => {
                recovery::restore_leases(app, self.caller, &proofs).await?;
            }
            Effect::RestoreDocuments(backups) => {
                if has_room()
                    && let Some(_turn) = app.budgets.turn(device).await
                {
                    Box::pin(recovery::restore_backups(app, self.caller, &backups)).await?;
                }
            }
            Effect::Decide(asked) => {
                let receipts = commands::decide_all(app, self.caller, &asked).await?;
                app.changed();
                next = Input::Decided(receipts);
            }
            Effect::Load(plan) => next = Input::Loaded(load(app, self.caller, &plan).await?),
            Effect::Judge(_) if !has_room() => next = Input::Busy,
            Effect::Judge(tasks) => {
                next = match app.budgets.turn(device).await {
                    Some(_turn) => Input::Judged(judge(app, device, tasks).await),
                    None => Input::Busy,
                };
            }
            Effect::Commit(commit) => {
                next = match write(app, self.caller, &commit).await {
                    Ok(Some(receipts)) => {
                        app.changed();
                        Input::Committed(receipts)
                    }
                    Ok(None) => Input::Moved,
                    Err(error) if store::is_retryable_conflict(&error) => Input::Moved,
                    Err(error) => return Err(error.into()),
                };
            }
            Effect::Pull { request, given_back } => {
                let response = pull(app, self.caller, (&request, &given_back)).await?;
                next = Input::Pulled(Box::new(response));
            }
            Effect::Respond(response) => return Ok(ControlFlow::Break(*response)),
        }
        Ok(ControlFlow::Continue(next))
    }
}

/// Where the phone will be once it has the answer.
fn note_answer(app: &App, device: DeviceId, contact: &Contact, response: &Response) {
    let newer = response.reference.as_ref().map(|data| data.version as i64);
    let reference = newer.unwrap_or(contact.reference);
    let seq = response.cursor.seq as i64;
    app.cursors.sent(device, At { seq, reference }, app.now());
    let later = |receipt: &Receipt| receipt.outcome == ReceiptOutcome::RetryLater;
    if contact.whole && !response.receipts.iter().any(later) {
        app.cursors.spoke_without_sheet(device, contact.began);
    }
}

/// Whether the request holds all that its phone had to send: it was not full, and no documents were being compared,
/// while which changes wait. A phone sends signed sheets first.
fn holds_all(request: &Request) -> bool {
    let bytes: usize =
        request.batches.iter().flat_map(|batch| &batch.changes).map(Unjudged::len).sum();
    request.batches.len() < BATCHES_MAX
        && bytes < FULL_BYTES
        && request.reconcile.is_none()
        && request.backups.is_empty()
}

/// A request with more changes may be full: a phone stops at 700 kB, and one change more may have 256.
const FULL_BYTES: usize = 350 * 1024;

/// The first 16 bytes of SHA-256(`vyezd-receipts-1` ‖ device ‖ install).
fn receipts_of(device: DeviceId, install: InstallId) -> InstallId {
    InstallId::from_bytes(derive_id(&[b"vyezd-receipts-1", device.bytes(), install.bytes()]))
}

/// Nothing to take and nothing to tell: one row was read, no document.
fn is_up_to_date(app: &App, phone_status: &PhoneStatus, request: &Request) -> bool {
    let brings = !(request.commands.is_empty()
        && request.batches.is_empty()
        && request.leases.is_empty()
        && request.blobs.is_empty()
        && request.want.is_empty()
        && request.backups.is_empty()
        && request.reconcile.is_none()
        && request.location.is_none()
        && !request.wants_colleagues);
    let known = request.cursor
        == Cursor { epoch: phone_status.epoch as u64, seq: phone_status.top as u64 }
        && request.reference == phone_status.reference_version as u64
        && request.digest == Some(phone_status.digest().bytes());
    let ordinary = !phone_status.is_shut_out()
        && !phone_status.recovering
        && phone_status.looked_at > app.now().0 - LOOK_MS
        && request.mark.is_none_or(|mark| mark.epoch == phone_status.epoch as u64);
    !brings && known && ordinary
}

async fn load(app: &App, caller: &Caller, plan: &Plan) -> Result<Loaded, StoreError> {
    let mut tx = app.store.read().await?;
    let receipts = tx.receipts(caller.receipts, &plan.items).await?;
    let mut loaded = Loaded { receipts, ..Loaded::default() };
    for device in &plan.devices {
        if let Some(row) = tx.device(*device).await? {
            // A phone of somebody who does not work here any more is as good as revoked.
            let person = tx.person(row.person).await?;
            let works = person.is_some_and(|p| p.active && p.role == Role::Metrologist);
            let revoked = row.revoked_at.is_some() || !works;
            let author = Author { key: row.key, person: row.person, revoked };
            loaded.devices.insert(*device, author);
        }
    }
    let orders: Vec<OrderId> = plan.docs.iter().copied().collect();
    for (order, read) in tx.read_docs(&orders).await? {
        let ReadDoc { bytes, version, visits, scope, usage } = read;
        loaded.docs.insert(order, LoadedDoc { bytes, version, visits, scope, usage });
    }
    if loaded.docs.len() < orders.len() {
        // An order that is not here may have been lost a moment ago.
        loaded.recovering = tx.recovering_since().await?.is_some();
    }
    Ok(loaded)
}

async fn judge(
    app: &App,
    device: DeviceId,
    tasks: BTreeMap<OrderId, Task>,
) -> BTreeMap<OrderId, Judged> {
    let batches = tasks.values().flat_map(|task| &task.items).map(|item| &item.batch);
    let bytes = batches.flat_map(|batch| &batch.changes).map(Unjudged::len).sum();
    let (orders, tasks): (Vec<OrderId>, Vec<Task>) = tasks.into_iter().unzip();
    let (judged, busy) = app.gate.judge_all(tasks).await;
    app.budgets.spend(device, app.now(), busy, bytes);
    orders.into_iter().zip(judged).collect()
}

/// Writes what the session decided, in one transaction. `None`: a document has moved since it was
/// judged, and nothing was written. Where one document cannot be written, everything is tried again with
/// each by itself, and only that one waits.
async fn write(
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

/// One try; `apart` keeps a document that cannot be written from taking the others with it. Receipts of
/// batches, and the places that their changes got.
async fn attempt(
    app: &App,
    caller: &Caller,
    commit: &Commit,
    apart: bool,
) -> Result<Option<(Vec<Receipt>, BTreeSet<i64>)>, StoreError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    // Others wait for the writer meanwhile: it counts like the gate's time.
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
    let (mut written, mut moved_docs) = (Vec::new(), Vec::new());
    let mut appended: Vec<(&Batch, i64, u64)> = Vec::new();
    let all = assign_sequence(&mut tx, commit, &locked).await?;
    let fresh = all.iter().flat_map(|of| of.first..=of.incoming.moved.seq).collect();
    // All at once; each by itself where that failed.
    for group in all.chunks(if apart { 1 } else { all.len().max(1) }) {
        if apart {
            tx.savepoint().await?;
        }
        match append_all(app, &mut tx, group).await {
            Ok(()) => {
                if apart {
                    tx.release_savepoint().await?;
                }
                for of in group {
                    moved_docs.push(of.incoming.moved);
                    for (append, seq) in &of.appends {
                        let item = append.batch.item();
                        let mut receipt = session::receipt(item, ReceiptOutcome::Ok, "", "");
                        receipt.seq = *seq as u64;
                        written.push(receipt);
                        appended.push((&append.batch, *seq, append.ops));
                    }
                }
            }
            Err(error) if store::is_retryable_conflict(&error) || !apart => return Err(error),
            Err(error) => {
                tracing::error!(%error, "a document could not be written; it is tried again");
                tx.rollback_to_savepoint().await?;
                for (append, _) in group.iter().flat_map(|of| &of.appends) {
                    written.push(refused::unwritten(app, &mut tx, caller, &append.batch).await?);
                }
            }
        }
    }
    tx.move_orders(&moved_docs).await?;
    for batch in &commit.known {
        // Its changes came another way: carried, or given back after a restore.
        let seq = tx.doc_version(batch.doc).await?.unwrap_or(0);
        appended.push((batch, seq, 0));
        let mut receipt = session::receipt(batch.item(), ReceiptOutcome::Duplicate, "", "");
        receipt.seq = seq as u64;
        written.push(receipt);
    }
    refused::keep(app, &mut tx, caller, &commit.refused).await?;
    tx.keep_batches(&appended).await?;
    let over = |receipt: &&Receipt| receipt.outcome != ReceiptOutcome::RetryLater;
    let receipts: Vec<&Receipt> = commit.receipts.iter().chain(&written).filter(over).collect();
    tx.put_receipts(caller.receipts, &receipts, now.0).await?;
    app.budgets.spend(caller.device, now, began.elapsed(), 0);
    tx.commit().await?;
    Ok(Some((written, fresh)))
}

/// What one document gets: its batches with the place of each, and what they are appended to.
struct DocumentAppend<'a> {
    /// The order as it reads afterwards.
    read: Option<&'a (Order, u32)>,
    first: i64,
    appends: Vec<(&'a session::Append, i64)>,
    incoming: Incoming<'a>,
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
    fn new(
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
async fn append_all(
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

/// Which of these photos the server needs, one bit each from the highest. It says «here» only of those
/// that were brought for an order of this person.
async fn blobs_needed(
    app: &App,
    caller: &Caller,
    asked: &[ByteVec],
) -> Result<Option<ByteVec>, StoreError> {
    if asked.is_empty() {
        return Ok(None);
    }
    let asked = &asked[..asked.len().min(BLOBS_ASKED_MAX)];
    let mut bits = vec![0_u8; asked.len().div_ceil(8)];
    let mut tx = app.store.read().await?;
    for (at, name) in asked.iter().enumerate() {
        if !tx.photo_for(caller.person.id, &hex(name)).await? {
            bits[at / 8] |= 0x80 >> (at % 8);
        }
    }
    Ok(Some(bits.into()))
}

/// What is told beside the receipts.
async fn pull(
    app: &App,
    caller: &Caller,
    (request, given_back): (&Request, &[OrderId]),
) -> Result<Response, StoreError> {
    if caller.revoked {
        let mut response = Response::empty(request.cursor, app.now());
        response.revoked = true;
        // It is emptied when its last photo is here.
        response.blobs_need = blobs_needed(app, caller, &request.blobs).await?;
        return Ok(response);
    }
    let mut tx = app.store.read().await?;
    let mut leases = Vec::new();
    if let Some(known) = phone_health::needs_check(app, &mut tx, caller, request).await? {
        drop(tx);
        leases = phone_health::check_installation(app, caller, request, &known).await?;
        tx = app.store.read().await?;
    }
    let mut response = page::page(app, tx, caller, (request, given_back)).await?;
    response.lease_codes =
        leases.iter().map(|lease| app.attestor.lease(caller.install, lease)).collect();
    response.leases = leases;
    response.blobs_need = blobs_needed(app, caller, &request.blobs).await?;
    Ok(response)
}
