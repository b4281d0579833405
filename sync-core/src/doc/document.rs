//! One loaded document: the only place that holds an Automerge value.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, Change, ChangeHash, ObjType, ROOT, ReadDoc};

use super::edit::Edit;
use super::read::{self, Problem};
use super::schema::{ROOTS, SCHEMA};
use super::write::{self, WriteError};
use crate::doc::{Unjudged, preparse};
use crate::model::{Order, PayMethod, SealId, VisitId};

/// A document in memory.
pub struct Document {
    pub(super) doc: AutoCommit,
}

/// A change in bytes, with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeBytes {
    /// SHA-256 of the change, as Automerge defines it.
    pub hash: [u8; 32],
    /// The uncompressed change chunk.
    pub bytes: Vec<u8>,
}

/// Why a document could not be loaded or changed.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are not a document.
    #[error("the bytes are not a document")]
    NotADocument(#[source] automerge::AutomergeError),
    /// The bytes are not a change.
    #[error("the bytes are not a change")]
    NotAChange,
    /// A change stands on others that are not here.
    #[error("changes are missing that this one stands on")]
    MissingDependencies,
    /// A snapshot declares more than a document may have.
    #[error("the document declares too much")]
    TooMuch,
    /// The library refused or broke on it; the document is unchanged.
    #[error("the change cannot be applied")]
    Unapplicable,
    /// The edit cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Document {
    /// A new document: the containers that every order has, made once, by its creator.
    pub fn create(actor: [u8; 16]) -> Result<(Self, ChangeBytes), DocumentError> {
        let mut doc = AutoCommit::new().with_actor(ActorId::from(actor));
        let made = (|| {
            doc.put(ROOT, "schema", SCHEMA)?;
            for root in ROOTS {
                doc.put_object(ROOT, root, ObjType::Map)?;
            }
            Ok::<_, automerge::AutomergeError>(())
        })();
        made.map_err(WriteError::Automerge)?;
        let mut this = Self { doc };
        let change = this.commit().ok_or(DocumentError::Unapplicable)?;
        Ok((this, change))
    }

    /// Loads a saved document, or the concatenation of one and later changes.
    pub fn load(bytes: &[u8]) -> Result<Self, DocumentError> {
        let loaded = catch_unwind(|| AutoCommit::load(bytes));
        match loaded {
            Ok(Ok(doc)) => Ok(Self { doc }),
            Ok(Err(e)) => Err(DocumentError::NotADocument(e)),
            Err(_) => Err(DocumentError::Unapplicable),
        }
    }

    /// Loads chunks that another program sent, each after a bounded look at what it declares: a snapshot, or
    /// changes. In a process that must survive whatever they are, the gate does this in a worker.
    pub fn from_wire<'a>(
        chunks: impl IntoIterator<Item = &'a Unjudged>,
    ) -> Result<Self, DocumentError> {
        let mut all = Vec::new();
        for chunk in chunks {
            looked_at(chunk)?;
            all.extend_from_slice(chunk.as_wire());
        }
        Self::load(&all)
    }

    /// Loads what a store keeps: snapshots and changes, in order.
    pub fn from_chunks<'a>(
        chunks: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, DocumentError> {
        let all: Vec<u8> = chunks.into_iter().flatten().copied().collect();
        Self::load(&all)
    }

    /// The document, where nothing in it waits for changes that are not here.
    pub fn whole(self) -> Option<Self> {
        self.doc.get_missing_deps(&[]).is_empty().then_some(self)
    }

    /// The whole document in bytes.
    pub fn save(&mut self) -> Vec<u8> {
        self.doc.save()
    }

    /// The whole document, not deflated: what a dictionary compresses best.
    pub fn save_plain(&mut self) -> Vec<u8> {
        self.doc.save_nocompress()
    }

    /// Its heads, sorted.
    pub fn heads(&mut self) -> Vec<[u8; 32]> {
        self.doc.get_heads().iter().map(|hash| hash.0).collect()
    }

    /// Whether a change is in it.
    pub fn has(&mut self, hash: &[u8; 32]) -> bool {
        self.doc.get_change_meta_by_hash(&ChangeHash(*hash)).is_some()
    }

    /// How many changes it has.
    pub fn change_count(&mut self) -> usize {
        self.doc.stats().num_changes as usize
    }

    /// Whether a change is not among the ancestors of these heads; nothing when one of them is unknown.
    pub fn is_beyond(&mut self, change: &[u8; 32], heads: &[[u8; 32]]) -> Option<bool> {
        if !heads.iter().all(|head| self.has(head)) {
            return None;
        }
        let heads: Vec<ChangeHash> = heads.iter().map(|head| ChangeHash(*head)).collect();
        let beyond = self.doc.get_changes_meta(&heads);
        Some(beyond.iter().any(|meta| meta.hash.0 == *change))
    }

    /// The document as it was at these heads.
    pub fn at(&mut self, heads: &[[u8; 32]]) -> Result<Self, DocumentError> {
        let heads: Vec<ChangeHash> = heads.iter().map(|head| ChangeHash(*head)).collect();
        let doc = self.doc.fork_at(&heads).map_err(|_| DocumentError::Unapplicable)?;
        Ok(Self { doc })
    }

    /// The document as it was with the change that brought a signed sheet: everything that whoever signed had at
    /// hand, and nothing written later. `None`: there is no such sheet.
    pub fn when_sealed(&mut self, seal: SealId) -> Option<Self> {
        let (_, seals) = self.doc.get(ROOT, "seals").ok()??;
        let (_, parts) = self.doc.get(&seals, seal.to_string()).ok()??;
        let brought_by = self.doc.hash_for_opid(&parts)?;
        self.at(&[brought_by.0]).ok()
    }

    /// The order that it describes, and what in it could not be understood.
    pub fn read(&self) -> (Order, Vec<Problem>) {
        read::order(&self.doc)
    }

    /// What the client paid at a visit, and how, where both are written down.
    pub fn received(&self, visit: VisitId) -> Option<(PayMethod, i64)> {
        read::received(&self.doc, visit)
    }

    /// Whether it holds a signed sheet, or a refusal to sign.
    pub fn is_sealed(&self) -> bool {
        read::is_sealed(&self.doc)
    }

    /// Writes edits as one change. Nothing is written when one of them cannot be.
    ///
    /// Returns nothing when the document already says all of it.
    pub fn edit(
        &mut self,
        actor: [u8; 16],
        edits: &[Edit],
    ) -> Result<Option<ChangeBytes>, DocumentError> {
        // A document with counters at their end makes the library trap on every edit.
        catch_unwind(AssertUnwindSafe(|| {
            self.doc.set_actor(ActorId::from(actor));
            for edit in edits {
                if let Err(error) = write::edit(&mut self.doc, edit) {
                    self.doc.rollback();
                    return Err(error.into());
                }
            }
            Ok(self.commit())
        }))
        .unwrap_or(Err(DocumentError::Unapplicable))
    }

    fn commit(&mut self) -> Option<ChangeBytes> {
        self.doc.commit_with(CommitOptions::default())?;
        let change = self.doc.get_last_local_change()?;
        Some(ChangeBytes { hash: change.hash().0, bytes: change.raw_bytes().to_vec() })
    }

    /// Applies changes that were checked before. What is already here is passed over.
    pub fn apply(&mut self, changes: Vec<Change>) -> Result<(), DocumentError> {
        let applied = catch_unwind(AssertUnwindSafe(|| self.doc.apply_changes(changes)));
        match applied {
            Ok(Ok(())) if self.doc.get_missing_deps(&[]).is_empty() => Ok(()),
            Ok(Ok(())) => Err(DocumentError::MissingDependencies),
            _ => Err(DocumentError::Unapplicable),
        }
    }

    /// Applies a chunk that another program sent: snapshots are merged, never put in place of what is here.
    /// Nothing is expanded before a bounded look at what the chunk declares.
    pub fn merge(&mut self, chunk: &Unjudged) -> Result<(), DocumentError> {
        looked_at(chunk)?;
        let merged = catch_unwind(AssertUnwindSafe(|| self.doc.load_incremental(chunk.as_wire())));
        match merged {
            Ok(Ok(_)) if self.doc.get_missing_deps(&[]).is_empty() => Ok(()),
            Ok(Ok(_)) => Err(DocumentError::MissingDependencies),
            _ => Err(DocumentError::Unapplicable),
        }
    }

    /// How many operations it has.
    pub fn operation_count(&mut self) -> u64 {
        self.doc.stats().num_ops
    }
}

/// A chunk is a plain change or one document, and declares no more than either may have.
fn looked_at(chunk: &Unjudged) -> Result<(), DocumentError> {
    let bytes = chunk.as_wire();
    if preparse::is_snapshot(bytes) {
        return preparse::preparse_document(bytes).map_err(|_| DocumentError::TooMuch);
    }
    preparse::preparse(bytes).map_err(|_| DocumentError::NotAChange)
}

/// Where every author of a document is: the number of his last change, and the greatest operation counter.
/// Counted once for a document, then moved by each change.
pub struct Positions {
    seqs: HashMap<ActorId, u64>,
    counter: u64,
    changes: usize,
}

impl Positions {
    /// Counts a document.
    pub fn of(doc: &mut Document) -> Self {
        let mut this = Self { seqs: HashMap::new(), counter: 0, changes: 0 };
        for meta in doc.doc.get_changes_meta(&[]) {
            this.counter = this.counter.max(meta.max_op);
            this.changes += 1;
            let seq = this.seqs.entry(meta.actor.clone().into_owned()).or_default();
            *seq = (*seq).max(meta.seq);
        }
        this
    }

    /// A change was applied.
    pub fn step(&mut self, change: &Change) {
        self.seqs.insert(change.actor_id().clone(), change.seq());
        self.counter = self.counter.max(change.max_op());
        self.changes += 1;
    }

    /// How many changes there are.
    pub const fn changes(&self) -> usize {
        self.changes
    }

    pub(super) fn seq(&self, actor: &ActorId) -> u64 {
        self.seqs.get(actor).copied().unwrap_or(0)
    }

    pub(super) const fn counter(&self) -> u64 {
        self.counter
    }
}
