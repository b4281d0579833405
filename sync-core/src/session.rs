//! The server's side of one sync request, as a machine: what to load, what to decide, what to commit,
//! what to answer. The shell (an HTTP handler over a database) carries the effects out.
//!
//! ```text
//! Request → Load → Loaded → Commit → Committed → Pull → Pulled → Respond
//! ```
//!
//! Every item of the request gets a receipt of its own; one bad item never stands in the way of the
//! others. A batch is admitted whole or not at all.

use std::collections::{BTreeMap, BTreeSet};

use crate::doc::authority::{self, Denied, Writer};
use crate::doc::{Document, DocumentError};
use crate::frame::envelope::{Batch, BatchError};
use crate::frame::{
    BATCHES_MAX, COMMANDS_MAX, Command, Cursor, LeaseHeld, Maybe, PROTO, Receipt, ReceiptOutcome,
    Request, Response,
};
use crate::model::{DeviceId, InstallId, ItemId, OrderId, PersonId, Timestamp, VisitId};

/// Everything that can come in.
pub enum Input {
    /// A request from a phone that has shown who it is.
    Request(Box<Request>),
    /// What [`Effect::Load`] asked for.
    Loaded(Loaded),
    /// [`Effect::Commit`] is durable; the ledger's receipts for the commands.
    Committed(Vec<Receipt>),
    /// What [`Effect::Pull`] asked for. Receipts and clock are filled in by the machine.
    Pulled(Box<Response>),
}

/// Everything that goes out, in order.
pub enum Effect {
    /// Read this.
    Load(Plan),
    /// Write all of this in one transaction, or nothing.
    Commit(Commit),
    /// Read the next page for the phone.
    Pull(Pull),
    /// Answer.
    Respond(Box<Response>),
}

/// What a request touches.
#[derive(Debug, Default, Clone)]
pub struct Plan {
    /// The items whose receipts may exist already.
    pub items: Vec<ItemId>,
    /// The documents that batches change.
    pub docs: BTreeSet<OrderId>,
    /// The devices that signed them.
    pub devices: BTreeSet<DeviceId>,
}

/// What was read.
#[derive(Default)]
pub struct Loaded {
    /// Receipts given earlier.
    pub receipts: Vec<Receipt>,
    /// The documents, saved.
    pub docs: BTreeMap<OrderId, Vec<u8>>,
    /// The devices.
    pub devices: BTreeMap<DeviceId, Author>,
    /// The visits of an order and whose they are.
    pub visits: BTreeMap<OrderId, Vec<(VisitId, PersonId)>>,
}

/// The author of a batch.
#[derive(Debug, Clone)]
pub struct Author {
    /// His phone's public key.
    pub key: [u8; 32],
    /// Whose phone it is.
    pub person: PersonId,
    /// Access was taken away.
    pub revoked: bool,
}

/// What is written.
#[derive(Debug, Default)]
pub struct Commit {
    /// Changes to be appended, in order.
    pub appends: Vec<Append>,
    /// Receipts for the batches.
    pub receipts: Vec<Receipt>,
    /// Refused batches: kept, with their reason.
    pub refused: Vec<(Batch, Receipt)>,
    /// Commands for the ledger, to be decided in the same transaction.
    pub commands: Vec<Command>,
}

/// Changes of one document.
#[derive(Debug)]
pub struct Append {
    /// The order.
    pub order: OrderId,
    /// Who made them.
    pub device: DeviceId,
    /// The batch: kept, because envelopes outlive snapshots.
    pub batch: Batch,
    /// The heads afterwards.
    pub heads: Vec<[u8; 32]>,
}

/// What the phone is to be told.
#[derive(Debug, Clone)]
pub struct Pull {
    /// The installation.
    pub install: InstallId,
    /// Up to where it has everything.
    pub cursor: Cursor,
    /// The leases that it holds.
    pub leases: Vec<LeaseHeld>,
    /// The reference data that it has.
    pub reference: u64,
}

/// One sync request in work.
#[derive(Default)]
pub struct Session {
    request: Option<Box<Request>>,
    receipts: Vec<Receipt>,
}

impl Session {
    /// Takes one input.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        match input {
            Input::Request(request) => vec![Effect::Load(self.plan(request))],
            Input::Loaded(loaded) => vec![Effect::Commit(self.decide(loaded))],
            Input::Committed(ledger) => {
                self.receipts.extend(ledger);
                self.request
                    .as_ref()
                    .map(|request| {
                        Effect::Pull(Pull {
                            install: request.install,
                            cursor: request.cursor,
                            leases: request.leases.clone(),
                            reference: request.reference,
                        })
                    })
                    .into_iter()
                    .collect()
            }
            Input::Pulled(mut response) => {
                response.proto = PROTO;
                response.receipts = std::mem::take(&mut self.receipts);
                response.now = now;
                vec![Effect::Respond(response)]
            }
        }
    }

    fn plan(&mut self, mut request: Box<Request>) -> Plan {
        // Over the limit is no error: what does not fit is answered «later».
        let later =
            |item| receipt(item, ReceiptOutcome::RetryLater, "too_many", "слишком много за раз");
        let commands = request.commands.split_off(request.commands.len().min(COMMANDS_MAX));
        let batches = request.batches.split_off(request.batches.len().min(BATCHES_MAX));
        let ids = commands.into_iter().filter_map(Maybe::known).map(|c| c.id);
        self.receipts.extend(ids.chain(batches.iter().map(Batch::item)).map(later));
        let plan = Plan {
            items: request
                .commands
                .iter()
                .filter_map(|c| if let Maybe::Known(c) = c { Some(c.id) } else { None })
                .chain(request.batches.iter().map(Batch::item))
                .collect(),
            docs: request.batches.iter().map(|batch| batch.doc).collect(),
            devices: request.batches.iter().map(|batch| batch.device).collect(),
        };
        self.request = Some(request);
        plan
    }

    fn decide(&mut self, mut loaded: Loaded) -> Commit {
        let Some(request) = self.request.as_mut() else { return Commit::default() };
        let mut commit = Commit::default();
        let known: BTreeMap<ItemId, Receipt> =
            loaded.receipts.drain(..).map(|receipt| (receipt.item, receipt)).collect();
        let mut docs: BTreeMap<OrderId, Document> = BTreeMap::new();
        for batch in std::mem::take(&mut request.batches) {
            let item = batch.item();
            if let Some(earlier) = known.get(&item) {
                self.receipts.push(again(earlier));
                continue;
            }
            match admit(&mut docs, &loaded, &batch) {
                Ok(Some(heads)) => {
                    let done = receipt(item, ReceiptOutcome::Ok, "", "");
                    commit.receipts.push(done.clone());
                    self.receipts.push(done);
                    let (order, device) = (batch.doc, batch.device);
                    commit.appends.push(Append { order, device, batch, heads });
                }
                Ok(None) => self.receipts.push(receipt(item, ReceiptOutcome::Duplicate, "", "")),
                Err(refusal) => {
                    let outcome = refusal.outcome();
                    let told = receipt(item, outcome, refusal.code(), &refusal.to_string());
                    if outcome != ReceiptOutcome::RetryLater {
                        commit.receipts.push(told.clone());
                        commit.refused.push((batch, told.clone()));
                    }
                    self.receipts.push(told);
                }
            }
        }
        for command in std::mem::take(&mut request.commands).into_iter().filter_map(Maybe::known) {
            match known.get(&command.id) {
                Some(earlier) => self.receipts.push(again(earlier)),
                None => commit.commands.push(command),
            }
        }
        commit
    }
}

/// A receipt given earlier, given again: what was done is a duplicate, what was refused stays so.
fn again(earlier: &Receipt) -> Receipt {
    let outcome = match earlier.outcome {
        ReceiptOutcome::Ok => ReceiptOutcome::Duplicate,
        other => other,
    };
    Receipt { outcome, ..earlier.clone() }
}

/// A receipt.
pub fn receipt(item: ItemId, outcome: ReceiptOutcome, code: &str, message: &str) -> Receipt {
    Receipt { item, outcome, code: code.to_owned(), message: message.to_owned(), seq: 0 }
}

/// Why a batch is not admitted.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody enrolled the device.
    #[error("телефон не зарегистрирован")]
    UnknownDevice,
    /// Its access was taken away: the office decides.
    #[error("доступ телефона отозван; работа ждёт решения офиса")]
    Revoked,
    /// The envelope does not hold.
    #[error(transparent)]
    Envelope(#[from] BatchError),
    /// There is no such order.
    #[error("такой заявки нет")]
    UnknownOrder,
    /// It stands on changes that are not here yet.
    #[error("не хватает предыдущих изменений")]
    Dependencies,
    /// It writes where it must not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The document's library refused it.
    #[error("изменение не применяется")]
    Document(#[source] DocumentError),
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownDevice => "device_unknown",
            Self::Revoked => "device_revoked",
            Self::Envelope(error) => error.code(),
            Self::UnknownOrder => "order_unknown",
            Self::Dependencies => "dependencies_missing",
            Self::Denied(denied) => denied.code(),
            Self::Document(_) => "change_unapplicable",
        }
    }

    const fn outcome(&self) -> ReceiptOutcome {
        match self {
            Self::Revoked => ReceiptOutcome::Quarantined,
            Self::Dependencies => ReceiptOutcome::RetryLater,
            _ => ReceiptOutcome::Refused,
        }
    }
}

/// Admits a batch into its document, whole or not at all. `None`: everything is there already.
fn admit(
    docs: &mut BTreeMap<OrderId, Document>,
    loaded: &Loaded,
    batch: &Batch,
) -> Result<Option<Vec<[u8; 32]>>, Refusal> {
    let author = loaded.devices.get(&batch.device).ok_or(Refusal::UnknownDevice)?;
    let changes = batch.open(&author.key)?;
    if author.revoked {
        return Err(Refusal::Revoked);
    }
    let saved = loaded.docs.get(&batch.doc).ok_or(Refusal::UnknownOrder)?;
    let mut doc = match docs.remove(&batch.doc) {
        Some(doc) => doc,
        None => Document::load(saved).map_err(Refusal::Document)?,
    };
    let writer = Writer::Person {
        visits: loaded
            .visits
            .get(&batch.doc)
            .into_iter()
            .flatten()
            .filter(|(_, person)| *person == author.person)
            .map(|(visit, _)| *visit)
            .collect(),
    };
    let before = doc.heads();
    match admit_changes(&mut doc, changes, &batch.actor, &writer) {
        Ok(any) => {
            let heads = doc.heads();
            docs.insert(batch.doc, doc);
            Ok(any.then_some(heads))
        }
        Err(refusal) => {
            // A batch that failed in the middle must leave nothing behind.
            if doc.heads() == before {
                docs.insert(batch.doc, doc);
            } else if let Ok(mut whole) = doc.at(&before)
                && whole.heads() == before
            {
                docs.insert(batch.doc, whole);
            }
            Err(refusal)
        }
    }
}

fn admit_changes(
    doc: &mut Document,
    changes: Vec<automerge::Change>,
    actor: &[u8; 16],
    writer: &Writer,
) -> Result<bool, Refusal> {
    let mut any = false;
    for change in changes {
        if doc.has(&change.hash().0) {
            continue;
        }
        if !change.deps().iter().all(|dep| doc.has(&dep.0)) {
            return Err(Refusal::Dependencies);
        }
        authority::check(doc, &change, actor, writer)?;
        doc.apply(vec![change]).map_err(Refusal::Document)?;
        any = true;
    }
    Ok(any)
}
