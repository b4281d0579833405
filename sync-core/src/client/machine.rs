//! The machine itself, and the rule that only one signature is awaited at a time.

use std::collections::VecDeque;

use minicbor::bytes::ByteVec;

use super::error::ClientError;
use super::input::{Effect, Input, Me};
use super::rows::OutKind;
use super::state::State;
use super::table::{OpenError, Row, Table, Write};
use super::work::{InFlight, Pending, Reconciliation, Scanning};
use crate::codec::encode;
use crate::doc::Edit;
use crate::doc::authority::{Writer, check_bytes};
use crate::frame::compress::pack;
use crate::frame::envelope::{Batch, actor};
use crate::frame::{Command, CommandKind};
use crate::model::{ItemId, Now, OrderId, TimeEvidence};
use crate::reconcile::Digest;

/// The phone: state, work in progress and waiting inputs. All durable state is in its store.
pub struct Client {
    pub(super) me: Me,
    pub(super) state: State,
    pub(super) reconciliation: Reconciliation,
    pub(super) pending: Option<Pending>,
    waiting: VecDeque<(Now, Input)>,
    pub(super) in_flight: Option<InFlight>,
    pub(super) failures: u32,
    pub(super) stale: bool,
    pub(super) scanning: Scanning,
    pub(super) asks_colleagues: bool,
}

/// First wait after a failure, ms; doubled by each failure up to [`BACKOFF_MAX_MS`].
pub const BACKOFF_FIRST_MS: i64 = 2_000;
/// Days without an answer after which a phone shows no data of clients: the finder of a lost phone
/// should read nothing.
pub const CONTACT_DAYS: i64 = 30;
/// Longest wait after failures, ms.
pub const BACKOFF_MAX_MS: i64 = 300_000;

impl Client {
    /// Opens the phone from all rows of its store.
    ///
    /// # Errors
    ///
    /// [`OpenError`] for the first row that does not decode; documents are not decoded here.
    pub fn open(me: Me, rows: impl IntoIterator<Item = Row>) -> Result<Self, OpenError> {
        Ok(Self {
            me,
            state: State::open(rows)?,
            reconciliation: Reconciliation::default(),
            pending: None,
            waiting: VecDeque::new(),
            in_flight: None,
            failures: 0,
            stale: false,
            scanning: Scanning::default(),
            asks_colleagues: false,
        })
    }

    /// For shells in which a panic ends the machine. Excluded orders are left alone, so that the
    /// rest of the day opens; `on_access` hears of each document before the library touches the
    /// document, so that the shell can exclude the culprit at the next start.
    pub fn exclude(&mut self, orders: impl IntoIterator<Item = OrderId>, on_access: fn(OrderId)) {
        self.state.excluded.extend(orders);
        self.state.on_access = Some(on_access);
    }

    /// Hides all views if the server was silent for [`CONTACT_DAYS`] days. A shell calls this
    /// method after opening the machine; [`Self::handle`] calls it after each input.
    pub fn look_at_clock(&mut self, now: Now) {
        let heard = self.state.contact.map(|contact| contact.server.0);
        let silent_ms = heard.map_or(0, |heard| self.evidence(now).at.0.saturating_sub(heard));
        self.stale = silent_ms > CONTACT_DAYS * 24 * 3600 * 1000;
    }

    /// Takes one input. While a signature is awaited, all other inputs wait; see
    /// [`Self::next_waiting`].
    #[must_use = "effects that are not carried out are lost"]
    pub fn handle(&mut self, now: Now, input: Input) -> Vec<Effect> {
        let effects = self.take(now, input);
        self.look_at_clock(now);
        effects
    }

    fn take(&mut self, now: Now, input: Input) -> Vec<Effect> {
        let done = match (input, self.pending.is_some()) {
            (Input::Signed(signature), true) => self.signed(now, signature),
            (Input::Signed(_), false) => Ok(Vec::new()),
            (other, true) => {
                self.waiting.push_back((now, other));
                Ok(Vec::new())
            }
            (Input::Edit { order, edits }, false) => self.edit(order, edits, Vec::new()),
            (Input::Command { id, kind }, false) => self.command_of_person(now, id, kind),
            (Input::Seal { order, visit, seal, signer, strokes, code }, false) => self
                .begin_seal(now, (order, visit, seal), (signer, strokes, code))
                .map(|(work, bytes)| {
                    self.pending = Some(Pending::Seal(Box::new(work)));
                    vec![Effect::Sign(bytes)]
                }),
            (Input::SyncDue, false) => Ok(self.send(now)),
            (Input::Answered(bytes), false) => self.answered(now, &bytes),
            (Input::NoAnswer, false) => Ok(self.no_answer()),
            (Input::NotSent, false) => {
                self.in_flight = None;
                Ok(Vec::new())
            }
            (Input::Photo { order, visit, photo }, false) => self.photo(now, (order, visit), photo),
            (Input::Uploaded(sha256), false) => Ok(self.uploaded(now, sha256)),
            (Input::BeginTransfer { order, to, visit }, false) => {
                self.begin_transfer(now, order, (to, visit))
            }
            (Input::EndTransfer { id, order, confirmed }, false) => {
                self.end_transfer(now, (id, order), confirmed)
            }
            (Input::Scan { id, text }, false) => self.scan(now, id, &text),
            (Input::ReportLocation { place, order, share }, false) => {
                Ok(self.report_location(now, (place, order), share))
            }
            (Input::RefreshColleagues, false) => Ok(self.refresh_colleagues(now)),
            (Input::Carry(batch), false) => Ok(self.carry_batch(now, batch)),
            (Input::LogOut, false) => Ok(self.lock(true)),
            (Input::Reinstalled, false) => Ok(self.reinstalled(now)),
            (Input::LogIn, false) => Ok(self.lock(false)),
        };
        done.unwrap_or_else(|error| vec![Effect::Refused(error)])
    }

    /// Next waiting input with its clocks, once no signature is awaited. Shells call this method
    /// after carrying effects out.
    pub fn next_waiting(&mut self) -> Option<(Now, Input)> {
        if self.pending.is_some() { None } else { self.waiting.pop_front() }
    }

    /// Digest of the documents in scope, at the heads that the server last named.
    pub const fn digest(&self) -> Digest {
        self.state.digest
    }

    /// Documents in scope, at the heads that the server last named; absent documents are left out.
    pub fn scope(&self) -> Vec<(OrderId, Vec<ByteVec>)> {
        let metas = self.state.meta.iter();
        metas
            .filter(|(order, meta)| meta.left_at.is_none() && self.state.saved.contains_key(order))
            .map(|(order, meta)| (*order, meta.heads.clone()))
            .collect()
    }

    /// Evidence of time for an event happening now.
    pub fn evidence(&self, now: Now) -> TimeEvidence {
        TimeEvidence::of(now, self.state.contact)
    }

    pub(super) fn edit(
        &mut self,
        order: OrderId,
        edits: Vec<Edit>,
        also: Vec<Write>,
    ) -> Result<Vec<Effect>, ClientError> {
        self.may_edit(order, &edits)?;
        self.refuse_senseless(order, &edits)?;
        self.write_edits(order, edits.into_iter().map(Edit::normalized).collect(), also)
    }

    /// Writes edits into the document and asks for the signature of their batch.
    pub(super) fn write_edits(
        &mut self,
        order: OrderId,
        edits: Vec<Edit>,
        also: Vec<Write>,
    ) -> Result<Vec<Effect>, ClientError> {
        let me = self.me;
        let writer = self.writer(order);
        let actor = actor(&me.key, order, me.install, &me.nonce);
        let doc = self.state.doc(order).ok_or(ClientError::NoDocument(order))?;
        let heads = doc.heads();
        let mut before = doc.at(&heads)?;
        let Some(change) = doc.edit(actor, &edits)? else {
            return Ok(Vec::new()); // the document says all of it already
        };
        // The server would refuse the change later; here the person can still act.
        if let Err(denied) = check_bytes(&mut before, &change, &actor, &writer) {
            self.state.loaded.remove(&order);
            return Err(denied.into());
        }
        let n = self.state.meta.entry(order).or_default().next_n.max(1);
        let (batch, bytes) =
            Batch::unsigned((order, me.device, me.install), n, (actor, me.nonce), &[change]);
        self.pending = Some(Pending::Batch { batch, edits, also });
        Ok(vec![Effect::Sign(bytes)])
    }

    fn may_edit(&self, order: OrderId, edits: &[Edit]) -> Result<(), ClientError> {
        if !self.state.cards.contains_key(&order) {
            return Err(ClientError::NoOrder(order));
        }
        let Writer::Person { visits, .. } = self.writer(order) else { return Ok(()) };
        let foreign = edits.iter().filter_map(Edit::visit).any(|visit| !visits.contains(&visit));
        let opens = edits.iter().any(|edit| matches!(edit, Edit::OpenVisit { .. }));
        if foreign || opens { Err(ClientError::NotYourVisit) } else { Ok(()) }
    }

    /// Rights of this person in an order: the assigned visits, and those of accepted offers that
    /// the server has not confirmed.
    pub(super) fn writer(&self, order: OrderId) -> Writer {
        let meta = self.state.meta.get(&order);
        let given = meta.map(|m| m.visits.clone()).unwrap_or_default();
        let shared = meta.is_none_or(|meta| meta.left_at.is_none());
        let accepted = self.state.offers.values().filter(|offer| {
            offer.order == order
                && !given.contains(&offer.visit)
                && offer.answer.as_ref().is_some_and(|answer| answer.accept)
        });
        // The last visit is the one in work: that of an unconfirmed answer, else the one assigned
        // last.
        let (over, waiting): (Vec<_>, Vec<_>) = accepted.partition(|offer| offer.end.is_some());
        let over = over.into_iter().map(|offer| offer.visit);
        let waiting = waiting.into_iter().map(|offer| offer.visit);
        let visits = over.chain(given.iter().copied()).chain(waiting).collect();
        Writer::Person { visits, shared }
    }

    fn signed(&mut self, now: Now, signature: Vec<u8>) -> Result<Vec<Effect>, ClientError> {
        match self.pending.take() {
            Some(Pending::Batch { mut batch, edits, also }) => {
                batch.signature = signature;
                Ok(self.commit_batch(now, batch, edits, also))
            }
            Some(Pending::Seal(work)) => {
                let (order, edit, writes) = self.finish_seal(*work, signature);
                self.edit(order, vec![edit], writes)
            }
            Some(Pending::Replay(replay)) => Ok(self.signed_step(replay, now, signature)),
            Some(Pending::Transfer(transfer)) => Ok(self.transfer_signed(*transfer, signature)),
            None => Ok(Vec::new()),
        }
    }

    fn carry_batch(&mut self, now: Now, batch: Batch) -> Vec<Effect> {
        let item = batch.item();
        if self.state.outbox.values().any(|known| known.id == item) {
            return Vec::new();
        }
        let write = self.state.post(item, OutKind::Carried { batch });
        let mut effects = vec![Effect::Commit(vec![write]), Effect::Changed];
        effects.extend(self.send(now));
        effects
    }

    fn reinstalled(&mut self, now: Now) -> Vec<Effect> {
        let gone = std::mem::take(&mut self.state.leases);
        let mut writes: Vec<Write> = gone
            .keys()
            .map(|lease| Write::Delete { table: Table::Lease, key: lease.bytes().to_vec() })
            .collect();
        // Receipts belong to the previous installation: the acknowledged place starts over.
        self.state.sync.own_seq = 0;
        self.begin_reconciliation();
        writes.push(self.state.put_sync_state());
        let mut effects = vec![Effect::Commit(writes), Effect::Changed];
        effects.extend(self.send(now));
        effects
    }

    fn lock(&mut self, locked: bool) -> Vec<Effect> {
        self.state.sync.locked = locked;
        vec![Effect::Commit(vec![self.state.put_sync_state()]), Effect::Changed]
    }

    fn commit_batch(
        &mut self,
        now: Now,
        batch: Batch,
        edits: Vec<Edit>,
        mut writes: Vec<Write>,
    ) -> Vec<Effect> {
        let order = batch.doc;
        self.state.meta.entry(order).or_default().next_n = batch.n + 1;
        writes.extend(self.state.save_doc(order));
        writes.extend(self.state.put_meta(order));
        writes.push(self.state.post(batch.item(), OutKind::Batch { batch, edits }));
        let mut effects = vec![Effect::Commit(writes), Effect::Changed];
        effects.extend(self.send(now));
        effects
    }

    /// Puts a command into the outbox, with the time of now; the caller sends.
    pub(super) fn command(&mut self, now: Now, id: ItemId, kind: CommandKind) -> Write {
        let command = Command { id, kind, at: self.evidence(now) };
        self.state.post(id, OutKind::Command { command })
    }

    /// Sends everything that waits, one request at a time. A due rewrite comes first.
    pub(super) fn send(&mut self, now: Now) -> Vec<Effect> {
        if self.in_flight.is_some() {
            return Vec::new();
        }
        if let Some(effects) = self.begin_replay() {
            return effects;
        }
        let (mut request, items) = self.state.request(self.me.install);
        self.add_reconciliation(&mut request);
        request.blobs = self.blobs_to_ask();
        request.wants_colleagues = self.asks_colleagues;
        self.in_flight = Some(InFlight {
            sent_at: now,
            items,
            leases: request.leases.clone(),
            blobs: request.blobs.clone(),
            location: request.location.clone(),
            wants_colleagues: request.wants_colleagues,
            compared: request.reconcile.is_some(),
            reconciled: self.carried_reconciliation(&request),
        });
        vec![Effect::Send(pack(&encode(&request)))]
    }

    fn no_answer(&mut self) -> Vec<Effect> {
        self.in_flight = None;
        self.failures = self.failures.saturating_add(1);
        vec![Effect::WakeIn(self.backoff()), Effect::Changed]
    }

    /// Wait after the failures so far, ms: doubled by each, up to [`BACKOFF_MAX_MS`].
    pub(super) fn backoff(&self) -> i64 {
        let doubled = BACKOFF_FIRST_MS.saturating_mul(1 << self.failures.saturating_sub(1).min(20));
        doubled.min(BACKOFF_MAX_MS)
    }
}
