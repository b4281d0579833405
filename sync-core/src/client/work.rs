//! What is under way on the phone. It lives in memory: after a restart it begins again.

use std::collections::VecDeque;

use minicbor::bytes::ByteVec;

use super::rows::HeldLease;
use super::table::Write;
use crate::doc::{Document, Edit};
use crate::frame::{Batch, LeaseHeld, LocationReport, QrAssembler, Transfer};
use crate::model::{ItemId, Now, OrderId, SealId};

/// What waits for its signature.
pub(super) enum Pending {
    Batch { batch: Batch, edits: Vec<Edit>, also: Vec<Write> },
    Seal(Box<SealInWork>),
    Replay(Box<Replay>),
    Transfer(Box<Transfer>),
}

/// A request on its way.
pub(super) struct InFlight {
    pub(super) sent_at: Now,
    pub(super) items: Vec<ItemId>,
    pub(super) leases: Vec<LeaseHeld>,
    /// Photos asked about.
    pub(super) blobs: Vec<ByteVec>,
    /// Where the phone was said to be.
    pub(super) location: Option<LocationReport>,
    /// It asks where the colleagues are.
    pub(super) wants_colleagues: bool,
    /// It carries a negentropy message.
    pub(super) compared: bool,
    /// Names wanted and orders borne witness of.
    pub(super) reconciled: (Vec<[u8; 32]>, Vec<OrderId>),
}

/// A colleague's screen before this phone's camera.
#[derive(Default)]
pub(super) struct Scanning {
    pub(super) codes: QrAssembler,
    pub(super) taken: Option<OrderId>,
}

/// A comparison under way. It lives in memory: after a restart it simply begins again.
#[derive(Default)]
pub(super) struct Reconciliation {
    pub(super) message: Option<Vec<u8>>,
    pub(super) asked: bool,
    pub(super) want: Vec<[u8; 32]>,
    pub(super) backup: Vec<OrderId>,
    /// Comparisons that ended and left the digests different.
    pub(super) fruitless: u32,
}

/// A document that is being written anew.
pub(super) struct Replay {
    pub(super) order: OrderId,
    pub(super) doc: Document,
    pub(super) unsigned: VecDeque<Step>,
    pub(super) signed: Vec<Step>,
    /// Edits that cannot be written without the refused one, and their reasons.
    pub(super) stranded: Vec<(u64, String)>,
    /// Edits that the document says already.
    pub(super) said: Vec<u64>,
}

/// A batch of it, with the edits that made it.
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
