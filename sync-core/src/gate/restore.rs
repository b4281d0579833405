//! A document that a phone kept comes back to a server that lost it. The snapshot is a phone's bytes like any
//! other: a bounded look first, then loaded where the process may die of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::survives;
use crate::doc::{Document, Unjudged, preparse};
use crate::limits::{COUNTER_MAX, DOC_BYTES_MAX, DOC_CHANGES_MAX};
use crate::model::Order;

/// A document that a phone gives back.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Backup {
    /// The document as the store keeps it; empty where it has none.
    #[n(0)]
    pub known: ByteVec,
    /// What the phone kept.
    #[n(1)]
    pub snapshot: Unjudged,
    /// The heads that the snapshot must have, 32 bytes each, sorted: the server once attested them.
    #[n(2)]
    pub heads: Vec<ByteVec>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Restored {
    /// The store has all of it.
    #[n(0)]
    Known,
    /// The document with everything of both.
    #[n(1)]
    Merged {
        /// One snapshot, not deflated.
        #[n(0)]
        snapshot: ByteVec,
        /// Its heads, 32 bytes each, sorted.
        #[n(1)]
        heads: Vec<ByteVec>,
        /// The order as it reads.
        #[n(2)]
        order: Order,
        /// How many values were not understood.
        #[n(3)]
        not_understood: u32,
    },
    /// The bytes are not what they say.
    #[n(2)]
    Refused {
        /// For the log.
        #[n(0)]
        why: String,
    },
}

/// Takes a document back. Never panics, whatever the bytes.
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
