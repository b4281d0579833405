//! Restores a document that a phone kept to a server that lost it. The snapshot is judged like any
//! bytes of a phone: a bounded look first, then a load in a process that may die.

use std::panic::{AssertUnwindSafe, catch_unwind};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::survives;
use crate::doc::{Document, Unjudged, preparse};
use crate::limits::{COUNTER_MAX, DOC_BYTES_MAX, DOC_CHANGES_MAX};
use crate::model::Order;

/// A document that a phone returns.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Backup {
    /// Document as stored; empty where the server has none.
    #[n(0)]
    pub known: ByteVec,
    /// Snapshot as the phone kept it.
    #[n(1)]
    pub snapshot: Unjudged,
    /// Heads that the snapshot must have, 32 bytes each, sorted: the server once attested them.
    #[n(2)]
    pub heads: Vec<ByteVec>,
}

/// Outcome of returning one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Restored {
    /// The stored document has every head already.
    #[n(0)]
    Known,
    /// Union of the stored and the returned document.
    #[n(1)]
    Merged {
        /// One snapshot, not deflated.
        #[n(0)]
        snapshot: ByteVec,
        /// Heads of the union, 32 bytes each, sorted.
        #[n(1)]
        heads: Vec<ByteVec>,
        /// Order as read from the union.
        #[n(2)]
        order: Order,
        /// Number of values that were not understood.
        #[n(3)]
        not_understood: u32,
    },
    /// The snapshot does not load, is not at its heads, or grows beyond the bounds.
    #[n(2)]
    Refused {
        /// Reason in English, for the log.
        #[n(0)]
        why: String,
    },
}

/// Takes a document back. Panics of the document library are caught and refused.
pub fn restore(backup: &Backup) -> Restored {
    let done = catch_unwind(AssertUnwindSafe(|| merged(backup)));
    let refused = |why: &str| Restored::Refused { why: why.to_owned() };
    match done {
        Ok(Ok(restored)) => restored,
        Ok(Err(why)) => refused(why),
        Err(_) => refused("the document library broke on it"),
    }
}

fn merged(Backup { known, snapshot, heads }: &Backup) -> Result<Restored, &'static str> {
    preparse::preparse_document(snapshot.as_wire()).map_err(|_| "not a document, or too much")?;
    let mut brought = Document::from_wire([snapshot]).map_err(|_| "not a document")?;
    if !brought
        .heads()
        .iter()
        .map(<[u8; 32]>::as_slice)
        .eq(heads.iter().map(|head| head.as_slice()))
    {
        return Err("not at its heads");
    }
    let mut doc = if known.is_empty() {
        brought
    } else {
        let mut doc = Document::load(known).map_err(|_| "the stored document is broken")?;
        if brought.heads().iter().all(|head| doc.has(head)) {
            return Ok(Restored::Known);
        }
        doc.merge(snapshot).map_err(|_| "does not merge")?;
        doc
    };
    if doc.change_count() > DOC_CHANGES_MAX || doc.operation_count() > COUNTER_MAX {
        return Err("more than a document may have");
    }
    let survived = survives(&mut doc).map_err(|_| "does not survive")?;
    if survived.saved.len() > DOC_BYTES_MAX {
        return Err("more than a document may have");
    }
    Ok(Restored::Merged {
        snapshot: survived.saved.into(),
        heads: survived.heads.into_iter().map(|head| head.to_vec().into()).collect(),
        order: survived.order,
        not_understood: survived.not_understood,
    })
}
