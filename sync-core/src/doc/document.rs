//! One loaded document; no other module holds an Automerge value.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, Change, ChangeHash, ObjType, ROOT, ReadDoc};

use super::edit::Edit;
use super::read::{self, Problem};
use super::schema::{ROOTS, SCHEMA};
use super::write::{self, WriteError};
use crate::doc::{Unjudged, preparse};
use crate::model::{Order, PayMethod, SealId, VisitId, VisitMoment, VisitOutcome};

/// A document in memory. Panics of the Automerge library are caught and become errors.
pub struct Document {
    pub(super) doc: AutoCommit,
}

/// A change in bytes and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeBytes {
    /// SHA-256 of the change as Automerge defines it, over the chunk's type, length and contents.
    pub hash: [u8; 32],
    /// Uncompressed change chunk (type 1).
    pub bytes: Vec<u8>,
}

/// Reasons for which a document cannot be loaded or changed.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes do not load as an Automerge document.
    #[error("the bytes are not a document")]
    NotADocument(#[source] automerge::AutomergeError),
    /// The bytes are no plain change chunk.
    #[error("the bytes are not a change")]
    NotAChange,
    /// A change depends on changes that are not here.
    #[error("changes are missing that this one stands on")]
    MissingDependencies,
    /// The snapshot declares more than [`mod@crate::limits`] allows.
    #[error("the document declares too much")]
    TooMuch,
    /// The library refused the input or panicked.
    #[error("the change cannot be applied")]
    Unapplicable,
    /// The edit names a missing place, a written record, or a value too long.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Document {
    /// A new document at schema 1 with the root maps, and the change that made them.
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

    /// Loads a saved document, or the concatenation of a document and later changes.
    ///
    /// # Errors
    ///
    /// [`DocumentError::NotADocument`], or [`DocumentError::Unapplicable`] after a panic of the
    /// library.
    pub fn load(bytes: &[u8]) -> Result<Self, DocumentError> {
        let loaded = catch_unwind(|| AutoCommit::load(bytes));
        match loaded {
            Ok(Ok(doc)) => Ok(Self { doc }),
            Ok(Err(e)) => Err(DocumentError::NotADocument(e)),
            Err(_) => Err(DocumentError::Unapplicable),
        }
    }

    /// Loads chunks made by another program, each after a bounded look at its declarations. A
    /// process that must survive hostile chunks does this in a worker of the gate.
    ///
    /// # Errors
    ///
    /// As [`Self::load`]; [`DocumentError::TooMuch`] or [`DocumentError::NotAChange`] from the
    /// look.
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

    /// Loads the chunks of a store, snapshots and changes in order.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn from_chunks<'a>(
        chunks: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, DocumentError> {
        let all: Vec<u8> = chunks.into_iter().flatten().copied().collect();
        Self::load(&all)
    }

    /// The document itself, or `None` if any of its changes waits for missing ones.
    pub fn whole(self) -> Option<Self> {
        self.doc.get_missing_deps(&[]).is_empty().then_some(self)
    }

    /// The whole document as one compressed chunk.
    pub fn save(&mut self) -> Vec<u8> {
        self.doc.save()
    }

    /// The whole document with no column deflated, the form that a preset dictionary compresses
    /// best.
    pub fn save_plain(&mut self) -> Vec<u8> {
        self.doc.save_nocompress()
    }

    /// Hashes of the heads, sorted.
    pub fn heads(&mut self) -> Vec<[u8; 32]> {
        self.doc.get_heads().iter().map(|hash| hash.0).collect()
    }

    /// Whether the change with this hash is in the document.
    pub fn has(&mut self, hash: &[u8; 32]) -> bool {
        self.doc.get_change_meta_by_hash(&ChangeHash(*hash)).is_some()
    }

    /// Number of changes in the document.
    pub fn change_count(&mut self) -> usize {
        self.doc.stats().num_changes as usize
    }

    /// Whether a change is in the document but no ancestor of these heads; `None` if a head is
    /// unknown.
    pub fn is_beyond(&mut self, change: &[u8; 32], heads: &[[u8; 32]]) -> Option<bool> {
        if !heads.iter().all(|head| self.has(head)) {
            return None;
        }
        let heads: Vec<ChangeHash> = heads.iter().map(|head| ChangeHash(*head)).collect();
        let beyond = self.doc.get_changes_meta(&heads);
        Some(beyond.iter().any(|meta| meta.hash.0 == *change))
    }

    /// A copy of the document as of these heads.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Unapplicable`] if a head is unknown.
    pub fn at(&mut self, heads: &[[u8; 32]]) -> Result<Self, DocumentError> {
        let heads: Vec<ChangeHash> = heads.iter().map(|head| ChangeHash(*head)).collect();
        let doc = self.doc.fork_at(&heads).map_err(|_| DocumentError::Unapplicable)?;
        Ok(Self { doc })
    }

    /// A copy of the document as of the change that brought a signed sheet: all the signer could
    /// know, and nothing written later. `None` without such a sheet.
    pub fn when_sealed(&mut self, seal: SealId) -> Option<Self> {
        let (_, seals) = self.doc.get(ROOT, "seals").ok()??;
        let (_, parts) = self.doc.get(&seals, seal.to_string()).ok()??;
        let brought_by = self.doc.hash_for_opid(&parts)?;
        self.at(&[brought_by.0]).ok()
    }

    /// The order in the document, and the parts that could not be understood.
    pub fn read(&self) -> (Order, Vec<Problem>) {
        read::order(&self.doc)
    }

    /// Ending of a visit, and the last of its moments that is written.
    pub fn progress(&self, visit: VisitId) -> (Option<VisitOutcome>, Option<VisitMoment>) {
        read::progress(&self.doc, visit)
    }

    /// Way of payment and sum received at a visit, kopecks; `None` unless both are written.
    pub fn received(&self, visit: VisitId) -> Option<(PayMethod, i64)> {
        read::received(&self.doc, visit)
    }

    /// Whether the document holds the record of a sheet, signed or refused by the client.
    pub fn is_sealed(&self) -> bool {
        read::is_sealed(&self.doc)
    }

    /// Writes edits as one change, all or none. Returns `None` if the document says all of it
    /// already.
    ///
    /// # Errors
    ///
    /// [`DocumentError::Write`] from the first edit that fails; [`DocumentError::Unapplicable`]
    /// after a panic of the library.
    pub fn edit(
        &mut self,
        actor: [u8; 16],
        edits: &[Edit],
    ) -> Result<Option<ChangeBytes>, DocumentError> {
        // Counters at their end make the library panic on every edit.
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

    /// Applies checked changes; changes that are here already are skipped.
    ///
    /// # Errors
    ///
    /// [`DocumentError::MissingDependencies`] or [`DocumentError::Unapplicable`].
    pub fn apply(&mut self, changes: Vec<Change>) -> Result<(), DocumentError> {
        let applied = catch_unwind(AssertUnwindSafe(|| self.doc.apply_changes(changes)));
        match applied {
            Ok(Ok(())) if self.doc.get_missing_deps(&[]).is_empty() => Ok(()),
            Ok(Ok(())) => Err(DocumentError::MissingDependencies),
            _ => Err(DocumentError::Unapplicable),
        }
    }

    /// Merges a chunk made by another program, after a bounded look at its declarations; a snapshot
    /// never replaces the changes here.
    ///
    /// # Errors
    ///
    /// [`DocumentError::TooMuch`] or [`DocumentError::NotAChange`] from the look; else as
    /// [`Self::apply`].
    pub fn merge(&mut self, chunk: &Unjudged) -> Result<(), DocumentError> {
        looked_at(chunk)?;
        let merged = catch_unwind(AssertUnwindSafe(|| self.doc.load_incremental(chunk.as_wire())));
        match merged {
            Ok(Ok(_)) if self.doc.get_missing_deps(&[]).is_empty() => Ok(()),
            Ok(Ok(_)) => Err(DocumentError::MissingDependencies),
            _ => Err(DocumentError::Unapplicable),
        }
    }

    /// Number of operations in the document.
    pub fn operation_count(&mut self) -> u64 {
        self.doc.stats().num_ops
    }
}

/// Checks that a chunk is a plain change or one document within the bounds of its kind.
fn looked_at(chunk: &Unjudged) -> Result<(), DocumentError> {
    let bytes = chunk.as_wire();
    if preparse::is_snapshot(bytes) {
        return preparse::preparse_document(bytes).map_err(|_| DocumentError::TooMuch);
    }
    preparse::preparse(bytes).map_err(|_| DocumentError::NotAChange)
}

/// Last sequence number of each actor and the greatest operation counter of a document. Counted
/// once, then moved by each change.
pub struct Positions {
    seqs: HashMap<ActorId, u64>,
    counter: u64,
    changes: usize,
}

impl Positions {
    /// Counts every change of a document.
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

    /// Takes an applied change into account.
    pub fn step(&mut self, change: &Change) {
        self.seqs.insert(change.actor_id().clone(), change.seq());
        self.counter = self.counter.max(change.max_op());
        self.changes += 1;
    }

    /// Number of changes counted.
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
