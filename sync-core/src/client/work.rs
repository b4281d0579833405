//! Work in progress on the phone, in memory only: a restart begins it again.

use std::collections::VecDeque;

use minicbor::bytes::ByteVec;

use super::rows::HeldLease;
use super::table::Write;
use crate::doc::{Document, Edit};
use crate::frame::{Batch, LeaseHeld, LocationReport, QrAssembler, Transfer};
use crate::model::{ItemId, Now, OrderId, SealId};

/// Work that waits for [`super::Input::Signed`].
pub(super) enum Pending {
    Batch { batch: Batch, edits: Vec<Edit>, also: Vec<Write> },
    Seal(Box<SealInWork>),
    Replay(Box<Replay>),
    Transfer(Box<Transfer>),
}

/// A request under way, to be matched with its answer.
pub(super) struct InFlight {
    pub(super) sent_at: Now,
    pub(super) items: Vec<ItemId>,
    pub(super) leases: Vec<LeaseHeld>,
    /// Photos asked about, in the order of the answer's bits.
    pub(super) blobs: Vec<ByteVec>,
    /// Location report that the request carries.
    pub(super) location: Option<LocationReport>,
    /// Whether the request asks for the places of colleagues.
    pub(super) wants_colleagues: bool,
    /// Whether the request carries a negentropy message.
    pub(super) compared: bool,
    /// Names of wanted documents, and orders returned as document backups.
    pub(super) reconciled: (Vec<[u8; 32]>, Vec<OrderId>),
}

/// Progress of reading a colleague's screen.
#[derive(Default)]
pub(super) struct Scanning {
    pub(super) codes: QrAssembler,
    pub(super) taken: Option<OrderId>,
}

/// A comparison of documents under way.
#[derive(Default)]
pub(super) struct Reconciliation {
    pub(super) message: Option<Vec<u8>>,
    pub(super) asked: bool,
    pub(super) want: Vec<[u8; 32]>,
    pub(super) backup: Vec<OrderId>,
    /// Comparisons that ended with differing digests.
    pub(super) fruitless: u32,
}

/// Unsent edits of a document, written again after a refusal.
pub(super) struct Replay {
    pub(super) order: OrderId,
    pub(super) doc: Document,
    pub(super) unsigned: VecDeque<Step>,
    pub(super) signed: Vec<Step>,
    /// Edits that cannot be written without the refused one: number in the outbox and reason.
    pub(super) stranded: Vec<(u64, String)>,
    /// Numbers of entries whose edits the document holds already.
    pub(super) said: Vec<u64>,
}

/// One batch written again, with its edits.
pub(super) struct Step {
    pub(super) seq: u64,
    pub(super) batch: Batch,
    pub(super) bytes: Vec<u8>,
    pub(super) edits: Vec<Edit>,
}

/// A seal that waits for the phone's signature.
pub(super) struct SealInWork {
    pub(super) order: OrderId,
    pub(super) seal: SealId,
    pub(super) body: Vec<u8>,
    pub(super) strokes: Vec<u8>,
    pub(super) leases: Vec<HeldLease>,
}
