//! One sync request from beginning to end: reads, judgements, writes and the answer for the session
//! machine. The HTTP handler and the simulator call [`handle_sync_request`] alike.

mod append;
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
    BATCHES_MAX, BLOBS_ASKED_MAX, Cursor, Receipt, ReceiptOutcome, Request, Response,
};
use vyezd_core::gate::{Judged, Task};
use vyezd_core::model::{DeviceId, InstallId, OrderId, PersonId, Timestamp};
use vyezd_core::session::{
    Author, Effect, Input, Loaded, LoadedDoc, Plan, RequestContext, Session,
};

use self::caller::{Caller, LOOK_MS};
use crate::app::App;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::store::{self, PhoneStatus, ReadDoc, Role, StoreError};

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
    let mut context = RequestContext { shut_out, ..RequestContext::default() };
    if !shut_out {
        context.ahead = recovery::ahead(app, &mut tx, &phone_status, &request).await?;
        context.recovering = recovery::asks_recovery(&phone_status, &request);
    }
    drop(tx);
    let mut work = Work { caller: &mut caller, epoch: phone_status.epoch };
    work.run(app, request, context, &contact).await
}

struct Contact {
    /// The version of the reference data that the phone has.
    reference: i64,
    began: Timestamp,
    /// The request holds all that the phone had to send.
    whole: bool,
}

/// A session in work: its effects are carried out, one after another, until the session has an
/// answer.
struct Work<'a> {
    caller: &'a mut Caller,
    epoch: i64,
}

impl Work<'_> {
    async fn run(
        &mut self,
        app: &App,
        request: Request,
        context: RequestContext,
        contact: &Contact,
    ) -> Outcome<Response> {
        let mut session = Session::default();
        let mut next = Input::Request(Box::new(request), context);
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
                next = match append::write(app, self.caller, &commit).await {
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

/// Remembers the phone's place after this answer.
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

/// Whether the request holds all that its phone had to send: a request that was not full and
/// compared no documents, as changes wait during a comparison. A phone sends signed sheets first.
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

/// Whether the request brings nothing and the answer has nothing to tell: one row is read, no
/// document.
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

/// The photos that the server needs, one bit each from the highest. A photo counts as stored only
/// where somebody brought the photo for an order of this person.
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

/// The rest of an answer beside the receipts.
async fn pull(
    app: &App,
    caller: &Caller,
    (request, given_back): (&Request, &[OrderId]),
) -> Result<Response, StoreError> {
    if caller.revoked {
        let mut response = Response::empty(request.cursor, app.now());
        response.revoked = true;
        // A phone without access is emptied after its last photo has arrived.
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
