//! What the rows of the phone's store hold. Key numbers are final.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::table::{Table, Write, put};
use crate::doc::Edit;
use crate::frame::{
    Batch, ColleagueLocations, Command, CommandKind, Digest16, LeaseProof, LocationReport, Mark,
    Transfer,
};
use crate::model::{ItemId, Lease, OrderId, PayMethod, Timestamp, VisitId};

/// What the phone knows of an order beside card and document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct OrderMeta {
    /// The number of the next batch, from 1.
    #[n(0)]
    pub(super) next_n: u64,
    /// The visits that the ledger gave to this person.
    #[n(1)]
    pub(super) visits: Vec<VisitId>,
    /// Why the order is no longer his.
    #[n(2)]
    pub(super) lost: Option<String>,
    /// The client's link, once the office has the sheet.
    #[n(3)]
    pub(super) link: Option<String>,
    /// The document's heads at the server, as it last said: 32 bytes each, sorted.
    #[n(4)]
    #[cbor(default)]
    pub(super) heads: Vec<ByteVec>,
    /// The visits that the code below covers.
    #[n(5)]
    #[cbor(default)]
    pub(super) attested_visits: Vec<VisitId>,
    /// The server's code over heads, card and visits.
    #[n(6)]
    pub(super) attestation: Option<Digest16>,
    /// Since when it is no longer in this phone's scope.
    #[n(7)]
    pub(super) left_at: Option<Timestamp>,
    /// A batch of it was refused: what came after must be written anew, without it.
    #[n(8)]
    #[cbor(default)]
    pub(super) replay: bool,
    /// What the server once vouched for and no longer has: it is given back.
    #[n(9)]
    pub(super) lost_on_server: Option<LostOnServer>,
    /// Its document holds a signed sheet: the day's list asks without loading it.
    #[n(10)]
    #[cbor(default)]
    pub(super) sealed: bool,
    /// What clients paid at this person's visits: the day's total asks without loading it.
    #[n(11)]
    #[cbor(default)]
    pub(super) received: Vec<Received>,
    /// It is being handed over to a colleague's phone.
    #[n(12)]
    pub(super) outgoing: Option<OutgoingTransfer>,
    /// Why the office has not accepted its signed sheet.
    #[n(13)]
    pub(super) sheet_held: Option<String>,
}

/// What a client paid at a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, serde::Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Received {
    /// How.
    #[n(0)]
    pub method: PayMethod,
    /// How much, kopecks.
    #[n(1)]
    pub kop: i64,
}

/// Something that the server lost, with its own code over it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct LostOnServer {
    #[n(0)]
    pub(super) heads: Vec<ByteVec>,
    #[n(1)]
    pub(super) card: ByteVec,
    #[n(2)]
    pub(super) visits: Vec<VisitId>,
    #[n(3)]
    pub(super) attestation: Digest16,
}

/// What the phone knows of its place with the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct SyncState {
    /// The greatest place that a receipt named.
    #[n(0)]
    pub(super) own_seq: u64,
    /// The newest high-water mark.
    #[n(1)]
    pub(super) mark: Option<Mark>,
    /// What is kept beyond need may go up to here.
    #[n(2)]
    pub(super) backed_up_seq: u64,
    /// The documents are being compared with the server's.
    #[n(3)]
    pub(super) reconciling: bool,
    /// The person has logged out: nothing is shown, unsent work still goes out.
    #[n(4)]
    pub(super) locked: bool,
    /// The office took the access away.
    #[n(5)]
    pub(super) revoked: bool,
    /// How the person likes the app, JSON.
    #[n(6)]
    #[cbor(default)]
    pub(super) settings: String,
}

/// A leased block on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeldLease {
    /// The block.
    #[n(0)]
    pub lease: Lease,
    /// The next number; one past the last when it is used up.
    #[n(1)]
    pub next: u64,
    /// The lease as it was told, and the server's code over it.
    #[n(2)]
    pub proof: Option<LeaseProof>,
}

impl HeldLease {
    /// How many numbers are left.
    pub fn left(&self) -> u64 {
        (self.lease.last + 1).saturating_sub(self.next)
    }
}

/// One thing to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OutItem {
    /// The local number: the order of making.
    #[n(0)]
    pub seq: u64,
    /// The name under which it is acknowledged.
    #[n(1)]
    pub id: ItemId,
    /// What it is.
    #[n(2)]
    pub kind: OutKind,
    /// What became of it.
    #[n(3)]
    pub status: ItemStatus,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum OutKind {
    /// A question to the ledger.
    #[n(0)]
    Command {
        /// The command.
        #[n(0)]
        command: Command,
    },
    /// Changes of a document, with the edits that made them.
    #[n(1)]
    Batch {
        /// The signed batch.
        #[n(0)]
        batch: Batch,
        /// The edits, for replaying.
        #[n(1)]
        edits: Vec<Edit>,
    },
    /// A colleague's batch that this phone carries.
    #[n(2)]
    Carried {
        /// The signed batch.
        #[n(0)]
        batch: Batch,
    },
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ItemStatus {
    /// «Сохранено на телефоне».
    #[n(0)]
    Saved,
    /// «Не принято», with the reason.
    #[n(1)]
    Refused {
        /// The stable code.
        #[n(0)]
        code: String,
        /// For people.
        #[n(1)]
        message: String,
    },
    /// «На проверке в офисе».
    #[n(2)]
    Quarantined {
        /// For people.
        #[n(0)]
        message: String,
        /// The stable code.
        #[n(1)]
        #[cbor(default)]
        code: String,
    },
    /// «Принято офисом», and kept until it is in a backup: a server that comes back from an old copy
    /// gets it again.
    #[n(3)]
    Accepted {
        /// Its place in the stream.
        #[n(0)]
        seq: u64,
    },
}

impl OutItem {
    /// The order that it is about, where it is about one.
    pub fn order(&self, state_offers: impl Fn(&CommandKind) -> Option<OrderId>) -> Option<OrderId> {
        match &self.kind {
            OutKind::Batch { batch, .. } | OutKind::Carried { batch } => Some(batch.doc),
            OutKind::Command { command } => state_offers(&command.kind),
        }
    }

    /// Whether somebody should look at it.
    pub const fn is_trouble(&self) -> bool {
        matches!(self.status, ItemStatus::Refused { .. } | ItemStatus::Quarantined { .. })
    }

    /// Whether it says how the person likes the app.
    pub(super) const fn keeps_settings(&self) -> bool {
        matches!(&self.kind, OutKind::Command { command } if matches!(command.kind, CommandKind::KeepSettings { .. }))
    }

    /// The order whose signed sheet this is.
    pub(super) fn signed_order(&self) -> Option<OrderId> {
        match &self.kind {
            OutKind::Batch { batch, edits } => {
                edits.iter().any(|edit| matches!(edit, Edit::AddSeal { .. })).then_some(batch.doc)
            }
            _ => None,
        }
    }

    pub(super) fn write(&self) -> Write {
        put(Table::Outbox, &self.seq.to_be_bytes(), self)
    }
}

/// A photo on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct BlobOnPhone {
    #[n(0)]
    pub(super) order: OrderId,
    #[n(1)]
    pub(super) bytes: u64,
    #[n(2)]
    pub(super) state: BlobState,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(super) enum BlobState {
    /// Whether the server has it is not known.
    #[n(0)]
    Unasked,
    /// The server needs it.
    #[n(1)]
    Needed,
    /// The server has it.
    #[n(2)]
    There,
}

/// An order that its holder hands over.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct OutgoingTransfer {
    /// What he signed.
    #[n(0)]
    pub(super) transfer: Transfer,
    /// He saw that the colleague has it.
    #[n(1)]
    pub(super) confirmed: bool,
}

/// What the phone keeps of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct LocationState {
    /// Where it was last, and when.
    #[n(0)]
    pub(super) mine: Option<LocationReport>,
    /// What the server has not heard yet.
    #[n(1)]
    pub(super) unreported: Option<LocationReport>,
    /// The colleagues, as they were told last.
    #[n(2)]
    #[cbor(default)]
    pub(super) colleagues: ColleagueLocations,
    /// When that was, by the server.
    #[n(3)]
    pub(super) colleagues_at: Option<Timestamp>,
    /// Arrivals that the server has not heard of yet, oldest first: buildings are learnt from them.
    #[n(4)]
    #[cbor(default)]
    pub(super) arrivals: Vec<LocationReport>,
    /// The last thing that was said to the server, or is about to be, is a place.
    #[n(5)]
    #[cbor(default)]
    pub(super) shares: bool,
}
