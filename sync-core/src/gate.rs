//! The admission gate: whatever a phone sends passes here before it may touch a document.
//!
//! Envelope → bounded pre-parse → actor bound → dependencies present → typed, authorised operations
//! by path → applied to a scratch copy, saved, loaded, materialised → swapped in. The gate is a pure
//! function of [`Task`]; where it runs (a worker process, a thread) is the caller's choice, because
//! hostile bytes may make the document library trap, and only a process boundary survives all of it.

pub mod preparse;

use std::panic::{AssertUnwindSafe, catch_unwind};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::doc::authority::{self, Denied, Writer};
use crate::doc::schema::{DOC_BYTES_MAX, DOC_CHANGES_MAX};
use crate::doc::{Document, DocumentError};
use crate::frame::envelope::{Batch, BatchError};
use crate::model::{Order, VisitId};

/// Everything that is needed to judge the batches of one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Task {
    /// The document as the store keeps it: a snapshot and changes, one after another.
    #[n(0)]
    pub doc: ByteVec,
    /// What is to be judged, in order.
    #[n(1)]
    pub items: Vec<Item>,
}

/// One batch and what its author may do.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Item {
    /// The batch.
    #[n(0)]
    pub batch: Batch,
    /// The key of the phone that it names.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// The visits that the ledger gave to its person.
    #[n(2)]
    pub visits: Vec<VisitId>,
}

/// What the gate says of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Judged {
    /// One for each batch, in order.
    #[n(0)]
    pub verdicts: Vec<Verdict>,
    /// The order as it reads with everything that was admitted; nothing where nothing was.
    #[n(1)]
    pub order: Option<Order>,
    /// How many values of it were not understood.
    #[n(2)]
    pub not_understood: u32,
}

/// What becomes of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// It may be appended; these are the heads afterwards.
    #[n(0)]
    Admitted {
        /// 32 bytes each, sorted.
        #[n(0)]
        heads: Vec<ByteVec>,
    },
    /// All of it is there already.
    #[n(1)]
    Known,
    /// It stands on changes that are not here.
    #[n(2)]
    Waits,
    /// It will never be taken.
    #[n(3)]
    Refused {
        /// The stable code.
        #[n(0)]
        code: String,
        /// For people.
        #[n(1)]
        message: String,
    },
    /// The document library broke on it: a person looks at it.
    #[n(4)]
    Quarantined {
        /// The stable code.
        #[n(0)]
        code: String,
        /// For people.
        #[n(1)]
        message: String,
    },
}

/// Why a batch does not pass.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Envelope(#[from] BatchError),
    #[error("не хватает предыдущих изменений")]
    Dependencies,
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("документ стал бы слишком большим")]
    DocumentTooLarge,
    #[error("изменение записано не так, как его пишет телефон")]
    NotCanonical,
    #[error("изменение не применяется к документу")]
    Document(#[from] DocumentError),
    #[error("после изменения документ не читается")]
    Poison,
    #[error("проверка изменения прервалась")]
    Trap,
}

impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        let refused =
            |code: &str| Self::Refused { code: code.to_owned(), message: message.clone() };
        let held =
            |code: &str| Self::Quarantined { code: code.to_owned(), message: message.clone() };
        match refusal {
            Refusal::Envelope(error) => refused(error.code()),
            Refusal::Dependencies => Self::Waits,
            Refusal::Denied(denied) => refused(denied.code()),
            Refusal::DocumentTooLarge => refused("document_too_large"),
            Refusal::NotCanonical => refused("change_not_canonical"),
            Refusal::Document(_) => held("change_unapplicable"),
            Refusal::Poison => held("document_poisoned"),
            Refusal::Trap => held("gate_trapped"),
        }
    }
}

/// Judges the batches of a task. Never panics, whatever the bytes.
pub fn judge(task: &Task) -> Judged {
    let Ok(mut doc) = Document::load(&task.doc) else {
        let broken = Verdict::Quarantined {
            code: "document_broken".to_owned(),
            message: "документ заявки не читается".to_owned(),
        };
        return Judged { verdicts: vec![broken; task.items.len()], ..Judged::default() };
    };
    let mut scratch_is_clean = true;
    let mut judged = Judged::default();
    let verdicts = &mut judged.verdicts;
    let mut admitted: Vec<u8> = task.doc.to_vec();
    for item in &task.items {
        if !scratch_is_clean {
            // The last batch failed half-way: begin again from what was admitted.
            match Document::load(&admitted) {
                Ok(again) => doc = again,
                Err(_) => {
                    verdicts.push(Refusal::Trap.into());
                    continue;
                }
            }
        }
        let before = admitted.len();
        match catch_unwind(AssertUnwindSafe(|| pass(&mut doc, item, before))) {
            Ok(Ok(Some(survived))) => {
                scratch_is_clean = true;
                for change in &item.batch.changes {
                    admitted.extend_from_slice(change);
                }
                let heads = survived.heads.into_iter().map(|head| head.to_vec().into()).collect();
                verdicts.push(Verdict::Admitted { heads });
                judged.order = Some(survived.order);
                judged.not_understood = survived.not_understood;
            }
            Ok(Ok(None)) => verdicts.push(Verdict::Known),
            Ok(Err(refusal)) => {
                scratch_is_clean = false;
                verdicts.push(refusal.into());
            }
            Err(_) => {
                scratch_is_clean = false;
                verdicts.push(Refusal::Trap.into());
            }
        }
    }
    judged
}

/// Passes one batch through every step. `None`: everything is there already.
fn pass(doc: &mut Document, item: &Item, size: usize) -> Result<Option<Survived>, Refusal> {
    let batch = &item.batch;
    let changes = batch.open(&item.key)?;
    let added: usize = batch.changes.iter().map(|change| change.len()).sum();
    if size + added > DOC_BYTES_MAX || doc.change_count() + changes.len() > DOC_CHANGES_MAX {
        return Err(Refusal::DocumentTooLarge);
    }
    let writer = Writer::Person { visits: item.visits.clone() };
    let mut any = false;
    for change in changes {
        if doc.has(&change.hash().0) {
            continue;
        }
        if !change.deps().iter().all(|dep| doc.has(&dep.0)) {
            return Err(Refusal::Dependencies);
        }
        let expanded = change.decode();
        if automerge::Change::from(expanded).raw_bytes() != change.raw_bytes() {
            return Err(Refusal::NotCanonical);
        }
        authority::check(doc, &change, &batch.actor, &writer)?;
        doc.apply(vec![change])?;
        any = true;
    }
    if !any {
        return Ok(None);
    }
    survives(doc).map(Some)
}

/// A document after a batch.
struct Survived {
    heads: Vec<[u8; 32]>,
    order: Order,
    not_understood: u32,
}

/// What was applied must survive a save and a load with the same heads, and be readable as an order.
fn survives(doc: &mut Document) -> Result<Survived, Refusal> {
    let heads = doc.heads();
    let saved = doc.save_plain();
    let mut again = Document::load(&saved).map_err(|_| Refusal::Poison)?;
    if again.heads() != heads {
        return Err(Refusal::Poison);
    }
    // Reading is tolerant and walks only the paths of the schema: its depth is bounded.
    let (order, problems) = again.read();
    Ok(Survived { heads, order, not_understood: problems.len() as u32 })
}

/// Most lines of a description.
const DESCRIBED_MAX: usize = 40;

/// What a batch would write, a line a value, for a person who decides about it. Never panics.
pub fn describe(batch: &Batch) -> Vec<String> {
    let lines = catch_unwind(AssertUnwindSafe(|| {
        let mut lines = Vec::new();
        for bytes in &batch.changes {
            if preparse::preparse(bytes).is_err() {
                lines.push("не читается".to_owned());
                continue;
            }
            let Ok(change) = automerge::Change::from_bytes(bytes.to_vec()) else {
                lines.push("не читается".to_owned());
                continue;
            };
            for op in change.decode().operations.iter().take(DESCRIBED_MAX) {
                lines.push(describe_op(op));
            }
        }
        lines.truncate(DESCRIBED_MAX);
        lines
    }));
    lines.unwrap_or_else(|_| vec!["не читается".to_owned()])
}

fn describe_op(op: &automerge::legacy::Op) -> String {
    use automerge::ScalarValue;
    use automerge::legacy::{Key, OpType};
    let key = match &op.key {
        Key::Map(key) => key.to_string(),
        Key::Seq(_) => "элемент списка".to_owned(),
    };
    match &op.action {
        OpType::Put(ScalarValue::Str(text)) => {
            format!("{key} = {}", text.chars().take(80).collect::<String>())
        }
        OpType::Put(ScalarValue::Bytes(bytes)) => format!("{key}: запись, {} Б", bytes.len()),
        OpType::Put(value) => format!("{key} = {value}"),
        OpType::Delete => format!("{key}: удалено"),
        OpType::Make(_) => format!("{key}: раздел"),
        _ => format!("{key}: неизвестное действие"),
    }
}
