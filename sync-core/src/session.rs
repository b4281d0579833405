//! The server's side of one sync request, as a machine: effects say what to load, decide, commit
//! and answer. The shell (an HTTP handler over a database) carries the effects out.
//!
//! ```text
//! Request → Recover, KeepLocation, RestoreLeases, RestoreDocuments: each → Kept
//!   → Decide → Decided → Load → Loaded → Judge → Judged → Commit → Committed → Pull → Pulled → Respond
//!                          ↑                                 └ Moved ┘
//!                          └──────────────────────────────────┘
//! ```
//! A request without commands and batches goes straight to `Pull`. Commands come first: a decision,
//! such as an accepted transfer, settles what the batches of the same request may write.
//!
//! Every item of the request gets a receipt of its own; one bad item never stands in the way of the
//! others. A batch is admitted whole or not at all.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use minicbor::bytes::ByteVec;

use crate::frame::envelope::Batch;
use crate::frame::{
    BACKUPS_MAX, BATCHES_MAX, COMMANDS_MAX, Command, CommandKind, DocumentBackup, KnownOr,
    LeaseProof, LocationReport, PROTO, Receipt, ReceiptOutcome, Request, Response,
};
use crate::gate::{Item, Judged, Task, Usage, Verdict};
use crate::limits::{LEASE_PROOFS_MAX, RECEIPT_CHARS_MAX};
use crate::model::{DeviceId, ItemId, Order, OrderId, PersonId, Timestamp, VisitId};
use crate::texts::one_line;

/// Inputs of the machine.
pub enum Input {
    /// A request from a phone that has shown who it is.
    Request(Box<Request>, RequestContext),
    /// What one of the effects before [`Effect::Decide`] brought is kept, or will come again.
    Kept,
    /// What the ledger said to the commands: their receipts, durable.
    Decided(Vec<Receipt>),
    /// Result of [`Effect::Load`].
    Loaded(Loaded),
    /// Verdicts of the gate, document by document, batch by batch.
    Judged(BTreeMap<OrderId, Judged>),
    /// The phone has used up its share of the gate for now; nothing was judged.
    Busy,
    /// [`Effect::Commit`] is durable: receipts of the admitted batches, with their places in the
    /// stream.
    Committed(Vec<Receipt>),
    /// Another request changed one of the documents after the load; nothing was written.
    Moved,
    /// Result of [`Effect::Pull`]. The machine fills receipts and clock in.
    Pulled(Box<Response>),
}

/// Effects of the machine, to be carried out in order.
pub enum Effect {
    /// The phone has seen a later place in the stream than the database came to: recovery begins.
    Recover(Ahead),
    /// Keep the place of the person.
    KeepLocation(LocationReport),
    /// Put back the leases that the database does not know, where their codes are ours.
    RestoreLeases(Vec<LeaseProof>),
    /// Put back documents that the database lost, where their attestations are ours. Those for which there is no time
    /// come again: the phone compares until nothing differs.
    RestoreDocuments(Vec<DocumentBackup>),
    /// Let the ledger decide these, in order, each alone; one that was decided before is not decided again.
    Decide(Vec<Command>),
    /// Read what the plan names, without a lock.
    Load(Plan),
    /// Let the gate judge the tasks.
    Judge(BTreeMap<OrderId, Task>),
    /// Write everything in one transaction, or nothing; [`Input::Moved`] if a document is not at
    /// the judged version.
    Commit(Commit),
    /// Read the next page for the phone.
    Pull {
        /// The request, without what was kept before.
        request: Box<Request>,
        /// The orders whose documents the phone gave back.
        given_back: Vec<OrderId>,
    },
    /// Answer.
    Respond(Box<Response>),
}

/// The phone and the installation before the request is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestContext {
    /// Access was taken away, from the phone or from its person.
    pub shut_out: bool,
    /// The installation is recovering from an old copy of its database.
    pub recovering: bool,
    /// The phone has seen more than the database holds.
    pub ahead: Option<Ahead>,
}

/// How far a phone is ahead of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// The place in the stream that the phone has seen.
    pub seen: u64,
    /// The place that the database can have come to by the start that gave the phone its mark; -1 where that start is
    /// unknown.
    pub reached: i64,
}

/// Rows that a request's batches touch.
#[derive(Debug, Default, Clone)]
pub struct Plan {
    /// Batches that may have a receipt already.
    pub items: Vec<ItemId>,
    /// Documents that the batches change.
    pub docs: BTreeSet<OrderId>,
    /// Phones named as signers of the batches.
    pub devices: BTreeSet<DeviceId>,
}

/// Rows read for a [`Plan`]; unknown ones are absent.
#[derive(Default)]
pub struct Loaded {
    /// Receipts given in earlier requests.
    pub receipts: Vec<Receipt>,
    /// Documents as stored, with the rights of their writers.
    pub docs: BTreeMap<OrderId, LoadedDoc>,
    /// Signers of batches: key, owner and access.
    pub devices: BTreeMap<DeviceId, Author>,
    /// Whether the server may have lost orders: a batch of an unknown order then waits.
    pub recovering: bool,
}

/// A document as read from the store.
#[derive(Default)]
pub struct LoadedDoc {
    /// Chunks of the document, one after another.
    pub bytes: Vec<u8>,
    /// Place in the stream of the last change; another value at the commit means [`Input::Moved`].
    pub version: i64,
    /// Visits of the order with their persons, without visits whose offer was declined.
    pub visits: Vec<(VisitId, PersonId)>,
    /// Persons whose phones hold the order now.
    pub scope: Vec<PersonId>,
    /// Share of the document that each person has used so far.
    pub usage: BTreeMap<PersonId, Usage>,
}

/// Phone that signed a batch, as the server knows it.
#[derive(Debug, Clone)]
pub struct Author {
    /// Ed25519 public key of the phone.
    pub key: [u8; 32],
    /// Owner of the phone, whose rights count.
    pub person: PersonId,
    /// Whether access was taken away; batches then wait in quarantine.
    pub revoked: bool,
}

/// Rows to be written in one transaction.
#[derive(Debug, Default)]
pub struct Commit {
    /// Versions at which the documents were judged.
    pub expect: Vec<(OrderId, i64)>,
    /// Admitted batches, in the order of the request.
    pub appends: Vec<Append>,
    /// Orders as read with the appended changes, and the number of values not understood.
    pub reads: BTreeMap<OrderId, (Order, u32)>,
    /// Batches whose changes are stored already, though perhaps without their envelopes.
    pub known: Vec<Batch>,
    /// Receipts of refused and quarantined batches.
    pub receipts: Vec<Receipt>,
    /// Refused and quarantined batches, kept with their reason.
    pub refused: Vec<(Batch, Receipt)>,
}

impl Commit {
    /// Whether nothing is to be written.
    pub const fn is_empty(&self) -> bool {
        self.appends.is_empty()
            && self.known.is_empty()
            && self.receipts.is_empty()
            && self.refused.is_empty()
    }
}

/// One admitted batch and its effect on the document.
#[derive(Debug)]
pub struct Append {
    /// Order of the batch, [`Batch::doc`].
    pub order: OrderId,
    /// The batch itself, kept because envelopes outlive snapshots.
    pub batch: Batch,
    /// Heads of the document afterwards, 32 bytes each, sorted.
    pub heads: Vec<ByteVec>,
    /// Number of operations in the batch.
    pub ops: u64,
}

/// One sync request in progress; a new session for each request.
#[derive(Default)]
pub struct Session {
    request: Option<Box<Request>>,
    loaded: Option<Loaded>,
    receipts: Vec<Receipt>,
    receipts_after_commit: Vec<Receipt>,
    moves: u32,
    /// The effects that come before the commands.
    first: VecDeque<Effect>,
    given_back: Vec<OrderId>,
    recovering: bool,
    /// Orders that this request takes over, by command: until that is decided their batches wait.
    taking: BTreeMap<ItemId, OrderId>,
}

/// Number of moved documents after which the batches of a request are answered «later».
const MOVES_MAX: u32 = 8;

impl Session {
    /// Takes one input and returns the effects that follow, at most one.
    #[must_use = "effects that are not carried out are lost"]
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let effect = match input {
            Input::Request(request, context) => self.begin(request, context),
            Input::Kept => self.first.pop_front().or_else(|| self.ask_ledger()),
            Input::Decided(receipts) => {
                self.receipts.extend(receipts);
                self.hold_back();
                self.load()
            }
            Input::Loaded(mut loaded) => {
                loaded.recovering |= self.recovering;
                self.ask_gate(loaded)
            }
            Input::Judged(judged) => self.decide(judged),
            Input::Busy => {
                self.later("gate_budget", "сервер занят прежними изменениями, повторите позже")
            }
            Input::Moved => self.again(),
            Input::Committed(written) => {
                self.receipts.append(&mut self.receipts_after_commit);
                self.receipts.extend(written);
                self.pull()
            }
            Input::Pulled(mut response) => {
                response.proto = PROTO;
                response.receipts = std::mem::take(&mut self.receipts);
                response.now = now;
                Some(Effect::Respond(response))
            }
        };
        effect.into_iter().collect()
    }

    fn begin(&mut self, mut request: Box<Request>, context: RequestContext) -> Option<Effect> {
        if !context.shut_out {
            self.keep_first(&mut request, context);
        }
        self.request = Some(request);
        self.first.pop_front().or_else(|| self.ask_ledger())
    }

    fn keep_first(&mut self, request: &mut Request, context: RequestContext) {
        self.recovering = context.recovering || context.ahead.is_some();
        let mut proofs = std::mem::take(&mut request.lease_proofs);
        proofs.truncate(LEASE_PROOFS_MAX);
        let mut backups = std::mem::take(&mut request.backups);
        self.given_back = backups.iter().map(|backup| backup.order).collect();
        backups.truncate(BACKUPS_MAX);
        self.first.extend(context.ahead.map(Effect::Recover));
        self.first.extend(request.location.take().map(Effect::KeepLocation));
        self.first.extend((!proofs.is_empty()).then_some(Effect::RestoreLeases(proofs)));
        self.first.extend((!backups.is_empty()).then_some(Effect::RestoreDocuments(backups)));
    }

    fn ask_ledger(&mut self) -> Option<Effect> {
        let request = self.request.as_mut()?;
        // Over the limit is no error: what does not fit is answered «later».
        let later =
            |item| receipt(item, ReceiptOutcome::RetryLater, "too_many", "слишком много за раз");
        let commands = request.commands.split_off(request.commands.len().min(COMMANDS_MAX));
        let batches = request.batches.split_off(request.batches.len().min(BATCHES_MAX));
        let ids = commands.into_iter().filter_map(KnownOr::known).map(|c| c.id);
        self.receipts.extend(ids.chain(batches.iter().map(Batch::item)).map(later));
        let asked: Vec<Command> =
            std::mem::take(&mut request.commands).into_iter().filter_map(KnownOr::known).collect();
        let takes = |command: &Command| match &command.kind {
            CommandKind::AcceptTransfer { transfer } => Some((command.id, transfer.order)),
            _ => None,
        };
        self.taking = asked.iter().filter_map(takes).collect();
        if asked.is_empty() { self.load() } else { Some(Effect::Decide(asked)) }
    }

    /// Answers batches of orders with an undecided transfer with «later»: a refusal would lose the
    /// work.
    fn hold_back(&mut self) {
        let undecided = self.receipts.iter().filter(|r| r.outcome == ReceiptOutcome::RetryLater);
        let waiting: BTreeSet<OrderId> =
            undecided.filter_map(|receipt| self.taking.get(&receipt.item).copied()).collect();
        let Some(request) = self.request.as_mut().filter(|_| !waiting.is_empty()) else { return };
        let all = std::mem::take(&mut request.batches).into_iter();
        let (held, on): (Vec<_>, Vec<_>) = all.partition(|batch| waiting.contains(&batch.doc));
        request.batches = on;
        let words = "передача заявки ещё не решена, повторите";
        let later =
            |b: &Batch| receipt(b.item(), ReceiptOutcome::RetryLater, "handover_waits", words);
        self.receipts.extend(held.iter().map(later));
    }

    /// Without batches nothing is loaded or written.
    fn load(&self) -> Option<Effect> {
        let request = self.request.as_ref()?;
        if request.batches.is_empty() {
            return self.pull();
        }
        Some(Effect::Load(Plan {
            items: request.batches.iter().map(Batch::item).collect(),
            docs: request.batches.iter().map(|batch| batch.doc).collect(),
            devices: request.batches.iter().map(|batch| batch.device).collect(),
        }))
    }

    fn pull(&self) -> Option<Effect> {
        let request = self.request.clone()?;
        Some(Effect::Pull { request, given_back: self.given_back.clone() })
    }

    fn again(&mut self) -> Option<Effect> {
        self.moves += 1;
        if self.moves < MOVES_MAX {
            return self.load();
        }
        self.later("doc_busy", "документ занят, повторите")
    }

    /// Answers every batch of the request with «later».
    fn later(&mut self, code: &str, words: &str) -> Option<Effect> {
        let request = self.request.as_mut()?;
        let later = |b: &Batch| receipt(b.item(), ReceiptOutcome::RetryLater, code, words);
        self.receipts.extend(std::mem::take(&mut request.batches).iter().map(later));
        self.load()
    }

    fn ask_gate(&mut self, loaded: Loaded) -> Option<Effect> {
        let request = self.request.as_ref()?;
        let known: BTreeSet<ItemId> = loaded.receipts.iter().map(|receipt| receipt.item).collect();
        let mut tasks: BTreeMap<OrderId, Task> = BTreeMap::new();
        for batch in request.batches.iter().filter(|batch| !known.contains(&batch.item())) {
            let Some(author) = loaded.devices.get(&batch.device).filter(|a| !a.revoked) else {
                continue;
            };
            let Some(doc) = loaded.docs.get(&batch.doc) else { continue };
            let own = doc.visits.iter().filter(|(_, person)| *person == author.person);
            let item = Item {
                batch: batch.clone(),
                key: author.key,
                visits: own.map(|(visit, _)| *visit).collect(),
                shared: doc.scope.contains(&author.person),
                left: Usage::SHARE.less(doc.usage.get(&author.person).copied().unwrap_or_default()),
            };
            let task = tasks
                .entry(batch.doc)
                .or_insert_with(|| Task { doc: doc.bytes.clone().into(), items: Vec::new() });
            task.items.push(item);
        }
        self.loaded = Some(loaded);
        if tasks.is_empty() { self.decide(BTreeMap::new()) } else { Some(Effect::Judge(tasks)) }
    }

    /// Turns verdicts into a commit. Receipts of admitted batches come from the transaction, which
    /// alone knows their places in the stream.
    fn decide(&mut self, judged: BTreeMap<OrderId, Judged>) -> Option<Effect> {
        let mut loaded = self.loaded.take()?;
        let request = self.request.as_ref()?;
        let mut commit = Commit::default();
        let mut receipts_after_commit = Vec::new();
        let known: BTreeMap<ItemId, Receipt> =
            loaded.receipts.drain(..).map(|receipt| (receipt.item, receipt)).collect();
        let mut next = BTreeMap::new();
        for (order, Judged { verdicts, order: read, not_understood }) in judged {
            next.insert(order, verdicts.into_iter());
            commit.reads.extend(read.map(|read| (order, (read, not_understood))));
        }
        for batch in &request.batches {
            let item = batch.item();
            if let Some(earlier) = known.get(&item) {
                receipts_after_commit.push(repeated(earlier));
                continue;
            }
            let verdict = match (loaded.devices.get(&batch.device), loaded.docs.get(&batch.doc)) {
                (None, _) => refused("device_unknown", "телефон не зарегистрирован"),
                (Some(author), _) if author.revoked => Verdict::Quarantined {
                    code: DEVICE_REVOKED.to_owned(),
                    message: "доступ телефона отозван; работа ждёт решения офиса".to_owned(),
                },
                (_, None) if loaded.recovering => Verdict::Waits,
                (_, None) => refused("order_unknown", "такой заявки нет"),
                _ => match next.get_mut(&batch.doc).and_then(Iterator::next) {
                    Some(verdict) => verdict,
                    None => Verdict::Waits,
                },
            };
            match verdict {
                Verdict::Admitted { heads, ops } => {
                    let batch = batch.clone();
                    commit.appends.push(Append { order: batch.doc, batch, heads, ops });
                }
                Verdict::Known => commit.known.push(batch.clone()),
                Verdict::Waits => receipts_after_commit.push(receipt(
                    item,
                    ReceiptOutcome::RetryLater,
                    DEPENDENCIES_MISSING,
                    "не хватает предыдущих изменений",
                )),
                Verdict::Refused { code, message } => {
                    let no = receipt(item, ReceiptOutcome::Refused, &code, &message);
                    commit.receipts.push(no.clone());
                    commit.refused.push((batch.clone(), no.clone()));
                    receipts_after_commit.push(no);
                }
                Verdict::Quarantined { code, message } => {
                    let held = receipt(item, ReceiptOutcome::Quarantined, &code, &message);
                    commit.receipts.push(held.clone());
                    commit.refused.push((batch.clone(), held.clone()));
                    receipts_after_commit.push(held);
                }
            }
        }
        let judged: BTreeSet<OrderId> = commit.appends.iter().map(|append| append.order).collect();
        commit.expect = judged
            .into_iter()
            .filter_map(|order| loaded.docs.get(&order).map(|doc| (order, doc.version)))
            .collect();
        if commit.is_empty() {
            self.receipts.extend(receipts_after_commit);
            return self.pull();
        }
        // These receipts count only if the commit succeeds; a moved document starts over.
        self.receipts_after_commit = receipts_after_commit;
        Some(Effect::Commit(commit))
    }
}

/// Code of a batch whose dependencies are not here.
pub const DEPENDENCIES_MISSING: &str = "dependencies_missing";
/// Code of a batch that waits because its phone's access was taken away.
pub const DEVICE_REVOKED: &str = "device_revoked";

fn refused(code: &str, message: &str) -> Verdict {
    Verdict::Refused { code: code.to_owned(), message: message.to_owned() }
}

/// Repeats an earlier receipt: an accepted item becomes a duplicate, a refused one stays refused.
pub fn repeated(earlier: &Receipt) -> Receipt {
    let outcome = match earlier.outcome {
        ReceiptOutcome::Ok => ReceiptOutcome::Duplicate,
        other => other,
    };
    Receipt { outcome, ..earlier.clone() }
}

/// Makes a receipt at place 0. The message may quote a phone's bytes, so it becomes one line of
/// visible signs, at most [`RECEIPT_CHARS_MAX`] characters.
pub fn receipt(item: ItemId, outcome: ReceiptOutcome, code: &str, message: &str) -> Receipt {
    let message = one_line(message).chars().take(RECEIPT_CHARS_MAX).collect();
    Receipt { item, outcome, code: code.to_owned(), message, seq: 0 }
}
