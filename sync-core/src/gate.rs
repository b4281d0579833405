//! The admission gate: every byte that a phone writes passes here before it touches a document.
//!
//! Envelope → bounded pre-parse → actor bound → dependencies present → typed, authorised operations
//! by path → applied to a scratch copy, saved, loaded, read. The gate is a pure function of
//! [`Task`]. The caller chooses where the gate runs, because hostile bytes may trap the document
//! library, and only a process boundary survives all of it.

mod restore;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::doc::authority::{self, Denied, Writer};
use crate::doc::document::Positions;
use crate::doc::{Document, DocumentError, Unjudged, preparse};
use crate::frame::envelope::{Batch, BatchError};
use crate::limits::{
    AUTHOR_BYTES_MAX, AUTHOR_CHANGES_MAX, AUTHOR_OPS_MAX, DOC_BYTES_MAX, DOC_CHANGES_MAX,
};
use crate::model::{Order, VisitId};

pub use restore::{Backup, Restored, restore};

/// One piece of work for the gate, as sent to a worker process.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Work {
    /// Judge the batches of one document.
    #[n(0)]
    Judge(#[n(0)] Task),
    /// Take back a document that a phone kept.
    #[n(1)]
    Restore(#[n(0)] Backup),
    /// Describe the operations of one batch for a person.
    #[n(2)]
    Describe(#[n(0)] Batch),
}

/// Result of one piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Done {
    /// Result of [`Work::Judge`].
    #[n(0)]
    Judged(#[n(0)] Judged),
    /// Result of [`Work::Restore`].
    #[n(1)]
    Restored(#[n(0)] Restored),
    /// Result of [`Work::Describe`].
    #[n(2)]
    Described(#[n(0)] Vec<String>),
}

/// Does one piece of work. Panics of the document library are caught and become verdicts.
pub fn work(work: &Work) -> Done {
    match work {
        Work::Judge(task) => Done::Judged(judge(task)),
        Work::Restore(backup) => Done::Restored(restore(backup)),
        Work::Describe(batch) => Done::Described(describe(batch)),
    }
}

/// An amount written into a document by one person, or still allowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Usage {
    /// Bytes of change chunks as they came.
    #[n(0)]
    pub bytes: u64,
    /// Number of changes, known ones not counted.
    #[n(1)]
    pub changes: u64,
    /// Number of operations in those changes.
    #[n(2)]
    pub ops: u64,
}

impl Usage {
    /// Share of one person in one document.
    pub const SHARE: Self =
        Self { bytes: AUTHOR_BYTES_MAX, changes: AUTHOR_CHANGES_MAX, ops: AUTHOR_OPS_MAX };

    /// Sum of both amounts, saturating.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            changes: self.changes.saturating_add(other.changes),
            ops: self.ops.saturating_add(other.ops),
        }
    }

    /// Amount left after `other`, at least zero.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(other.bytes),
            changes: self.changes.saturating_sub(other.changes),
            ops: self.ops.saturating_sub(other.ops),
        }
    }

    const fn fits(self, room: Self) -> bool {
        self.bytes <= room.bytes && self.changes <= room.changes && self.ops <= room.ops
    }
}

/// One document, and the batches to be judged against it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Task {
    /// Document as stored: a snapshot and changes, one after another.
    #[n(0)]
    pub doc: ByteVec,
    /// Batches to be judged, in order; later ones may depend on earlier ones.
    #[n(1)]
    pub items: Vec<Item>,
}

/// One batch and the rights of its author.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Item {
    /// Batch as received, signature unchecked.
    #[n(0)]
    pub batch: Batch,
    /// Public key of the phone that the batch names.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// Visits of the phone's person in this order.
    #[n(2)]
    pub visits: Vec<VisitId>,
    /// Whether the order is in the person's scope: remarks and labels may be written.
    #[n(3)]
    pub shared: bool,
    /// Share of the person that is left before the batches of this task.
    #[n(4)]
    pub left: Usage,
}

/// Result of judging a task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Judged {
    /// One verdict a batch, in order.
    #[n(0)]
    pub verdicts: Vec<Verdict>,
    /// Order as read with everything admitted; `None` if nothing was admitted.
    #[n(1)]
    pub order: Option<Order>,
    /// Number of values in the order that were not understood.
    #[n(2)]
    pub not_understood: u32,
}

/// Verdict of the gate on one batch.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Verdict {
    /// The batch may be appended.
    #[n(0)]
    Admitted {
        /// Heads of the document afterwards, 32 bytes each, sorted.
        #[n(0)]
        heads: Vec<ByteVec>,
        /// Number of operations in the new changes.
        #[n(1)]
        ops: u64,
    },
    /// Every change of the batch is in the document.
    #[n(1)]
    Known,
    /// A change depends on changes that are not here.
    #[n(2)]
    Waits,
    /// The batch breaks a rule and is refused for good.
    #[n(3)]
    Refused {
        /// Stable code of a receipt (`docs/protocol.md`, 15).
        #[n(0)]
        code: String,
        /// Sentence for people, Russian; part of the receipt.
        #[n(1)]
        message: String,
    },
    /// The document library failed on the batch; a person decides.
    #[n(4)]
    Quarantined {
        /// Stable code of a receipt (`docs/protocol.md`, 15).
        #[n(0)]
        code: String,
        /// Sentence for people, Russian; part of the receipt.
        #[n(1)]
        message: String,
    },
}

/// Reasons for which a batch does not pass.
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
    #[error("в этой заявке вами записано слишком много")]
    AuthorBudget,
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
            Refusal::AuthorBudget => refused("author_budget"),
            Refusal::NotCanonical => refused("change_not_canonical"),
            Refusal::Document(_) => held("change_unapplicable"),
            Refusal::Poison => held("document_poisoned"),
            Refusal::Trap => held("gate_trapped"),
        }
    }
}

/// Judges the batches of a task. Panics of the document library are caught.
pub fn judge(task: &Task) -> Judged {
    let judged = judge_with(task, Survival::Together);
    // If the batches do not survive together, a check after each finds the faulty one.
    judged.unwrap_or_else(|| judge_with(task, Survival::Each).unwrap_or_default())
}

/// When the scratch copy is saved, loaded and read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Survival {
    /// Once, after all batches: a phone's backlog costs one save instead of hundreds.
    Together,
    /// After each batch: slow, but names the batch that does not survive.
    Each,
}

/// `None` if the batches do not survive together.
fn judge_with(task: &Task, survival: Survival) -> Option<Judged> {
    let Ok(mut doc) = Document::load(&task.doc) else {
        let broken = Verdict::Quarantined {
            code: "document_broken".to_owned(),
            message: "документ заявки не читается".to_owned(),
        };
        return Some(Judged { verdicts: vec![broken; task.items.len()], ..Judged::default() });
    };
    let mut positions = Positions::of(&mut doc);
    let mut clean = true;
    let mut judged = Judged::default();
    let mut admitted: Vec<u8> = task.doc.to_vec();
    let mut spent: BTreeMap<[u8; 32], Usage> = BTreeMap::new();
    for item in &task.items {
        if !clean {
            // The last batch failed half-way: start over from the admitted chunks.
            let Ok(again) = Document::load(&admitted) else {
                judged.verdicts.push(Refusal::Trap.into());
                continue;
            };
            doc = again;
            positions = Positions::of(&mut doc);
        }
        let so_far = spent.entry(item.key).or_default();
        let room = Room { document: admitted.len(), author: item.left.less(*so_far) };
        let passed = catch_unwind(AssertUnwindSafe(|| {
            let cost = pass(&mut doc, &mut positions, item, room)?;
            let survived = match (cost, survival) {
                (Some(_), Survival::Each) => Some(survives(&mut doc)?),
                _ => None,
            };
            Ok::<_, Refusal>((cost, survived))
        }));
        clean = matches!(passed, Ok(Ok(_)));
        judged.verdicts.push(match passed {
            Ok(Ok((Some(cost), survived))) => {
                *so_far = so_far.plus(cost);
                for change in &item.batch.changes {
                    admitted.extend_from_slice(change.as_wire());
                }
                if let Some(survived) = survived {
                    judged.order = Some(survived.order);
                    judged.not_understood = survived.not_understood;
                }
                let heads = doc.heads().into_iter().map(|head| head.to_vec().into()).collect();
                Verdict::Admitted { heads, ops: cost.ops }
            }
            Ok(Ok((None, _))) => Verdict::Known,
            Ok(Err(refusal)) => refusal.into(),
            Err(_) => Refusal::Trap.into(),
        });
    }
    let any = judged.verdicts.iter().any(|v| matches!(v, Verdict::Admitted { .. }));
    if any && survival == Survival::Together {
        if !clean {
            doc = Document::load(&admitted).ok()?;
        }
        let survived = catch_unwind(AssertUnwindSafe(|| survives(&mut doc))).ok()?.ok()?;
        judged.order = Some(survived.order);
        judged.not_understood = survived.not_understood;
    }
    Some(judged)
}

/// Space left: bytes used by the document, and the rest of the author's share.
struct Room {
    document: usize,
    author: Usage,
}

/// Passes one batch through every step and returns its cost; `None` if every change is known.
fn pass(
    doc: &mut Document,
    positions: &mut Positions,
    item: &Item,
    room: Room,
) -> Result<Option<Usage>, Refusal> {
    let batch = &item.batch;
    let changes = batch.open(&item.key)?;
    let added: usize = batch.changes.iter().map(Unjudged::len).sum();
    // An author without the order in scope leaves one share of space to the holder.
    let (bytes_kept, changes_kept) =
        if item.shared { (0, 0) } else { (AUTHOR_BYTES_MAX as usize, AUTHOR_CHANGES_MAX as usize) };
    if room.document + added + bytes_kept > DOC_BYTES_MAX
        || positions.changes() + changes.len() + changes_kept > DOC_CHANGES_MAX
    {
        return Err(Refusal::DocumentTooLarge);
    }
    let writer = Writer::Person { visits: item.visits.clone(), shared: item.shared };
    let mut cost = Usage::default();
    for change in changes {
        if doc.has(&change.hash().0) {
            continue;
        }
        if !change.deps().iter().all(|dep| doc.has(&dep.0)) {
            return Err(Refusal::Dependencies);
        }
        cost = cost.plus(Usage {
            bytes: change.raw_bytes().len() as u64,
            changes: 1,
            ops: change.len() as u64,
        });
        if !cost.fits(room.author) {
            return Err(Refusal::AuthorBudget);
        }
        let expanded = change.decode();
        if automerge::Change::from(expanded).raw_bytes() != change.raw_bytes() {
            return Err(Refusal::NotCanonical);
        }
        authority::check(doc, positions, &change, &batch.actor, &writer)?;
        positions.step(&change);
        doc.apply(vec![change])?;
    }
    Ok((cost.changes > 0).then_some(cost))
}

/// A document after its save and load.
struct Survived {
    heads: Vec<[u8; 32]>,
    saved: Vec<u8>,
    order: Order,
    not_understood: u32,
}

/// Checks that the scratch copy survives a save and a load with the same heads, and reads as an
/// order.
fn survives(doc: &mut Document) -> Result<Survived, Refusal> {
    let heads = doc.heads();
    let saved = doc.save_plain();
    let mut again = Document::load(&saved).map_err(|_| Refusal::Poison)?;
    if again.heads() != heads {
        return Err(Refusal::Poison);
    }
    // Reading is tolerant and walks only paths of the schema, so the depth is bounded.
    let (order, problems) = again.read();
    Ok(Survived { heads, saved, order, not_understood: problems.len() as u32 })
}

/// Most lines of one description.
const DESCRIBED_MAX: usize = 40;

/// Describes the operations of a batch, one line a value, for a person who decides about the batch.
/// Panics of the document library are caught.
pub fn describe(batch: &Batch) -> Vec<String> {
    let lines = catch_unwind(AssertUnwindSafe(|| {
        let mut lines = Vec::new();
        for bytes in &batch.changes {
            if preparse::preparse(bytes.as_wire()).is_err() {
                lines.push("не читается".to_owned());
                continue;
            }
            let Ok(change) = automerge::Change::from_bytes(bytes.as_wire().to_vec()) else {
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
