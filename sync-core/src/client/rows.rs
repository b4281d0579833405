//! Records in the rows of the phone's store, CBOR. Key numbers are final.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::table::{Table, Write, put};
use crate::doc::Edit;
use crate::frame::{
    Batch, ColleagueLocations, Command, CommandKind, Digest16, LeaseProof, LocationReport, Mark,
    Transfer,
};
use crate::model::{
    ItemId, Lease, OrderId, PayMethod, Timestamp, VisitId, VisitMoment, VisitOutcome,
};

/// Facts about an order beside card and document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct OrderMeta {
    /// Number of the next batch of this installation, from 1.
    #[n(0)]
    pub(super) next_n: u64,
    /// Visits of this person in the order.
    #[n(1)]
    pub(super) visits: Vec<VisitId>,
    /// Reason for which the person holds the order no more; shown as it is.
    #[n(2)]
    pub(super) lost: Option<String>,
    /// Address of the client's page, once the office has the sheet.
    #[n(3)]
    pub(super) link: Option<String>,
    /// Heads of the document as the server last named them, 32 bytes each, sorted.
    #[n(4)]
    #[cbor(default)]
    pub(super) heads: Vec<ByteVec>,
    /// Visits that [`Self::attestation`] covers.
    #[n(5)]
    #[cbor(default)]
    pub(super) attested_visits: Vec<VisitId>,
    /// Code of the server over heads, card and visits.
    #[n(6)]
    pub(super) attestation: Option<Digest16>,
    /// Time at which the order left this phone's scope.
    #[n(7)]
    pub(super) left_at: Option<Timestamp>,
    /// A batch was refused; the unsent batches after it must be written again without it.
    #[n(8)]
    #[cbor(default)]
    pub(super) replay: bool,
    /// Attested state that the server lost since; the next requests return the document.
    #[n(9)]
    pub(super) lost_on_server: Option<LostOnServer>,
    /// Whether the document holds a signed sheet, so that the day's list need not load the
    /// document.
    #[n(10)]
    #[cbor(default)]
    pub(super) sealed: bool,
    /// Sums received at this person's visits, so that the day's total need not load the document.
    #[n(11)]
    #[cbor(default)]
    pub(super) received: Vec<Received>,
    /// Transfer to a colleague's phone, from the giver's signature on.
    #[n(12)]
    pub(super) outgoing: Option<OutgoingTransfer>,
    /// Reason for which the office has not accepted the signed sheet.
    #[n(13)]
    pub(super) sheet_held: Option<String>,
    /// Heads of the document as a colleague's phone gave it: the server named them to the giver.
    #[n(14)]
    #[cbor(default)]
    pub(super) transferred: Vec<ByteVec>,
    /// Newest change of this phone that the server admitted. Of an order that left the scope the
    /// server names no heads any more.
    #[n(15)]
    pub(super) admitted: Option<ByteVec>,
    /// Ending of this person's last visit, so that the day's list need not load the document.
    #[n(16)]
    pub(super) outcome: Option<VisitOutcome>,
    /// Last moment of that visit that is written.
    #[n(17)]
    pub(super) moment: Option<VisitMoment>,
}

impl OrderMeta {
    /// Heads that the server is known to have; `None` if one has not 32 bytes.
    pub(super) fn server_has(&self) -> Option<Vec<[u8; 32]>> {
        let all = self.heads.iter().chain(&self.transferred).chain(&self.admitted);
        all.map(|head| head.as_slice().try_into().ok()).collect()
    }
}

/// Sum received at one visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, serde::Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Received {
    /// Way of payment.
    #[n(0)]
    pub method: PayMethod,
    /// Sum, kopecks.
    #[n(1)]
    pub kop: i64,
}

/// A document that the server lost, as the server once attested it.
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

/// State of the exchange with the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct SyncState {
    /// Greatest place in the stream that a receipt named.
    #[n(0)]
    pub(super) own_seq: u64,
    /// Newest mark of the server.
    #[n(1)]
    pub(super) mark: Option<Mark>,
    /// Items accepted up to this place are in two backups and may go.
    #[n(2)]
    pub(super) backed_up_seq: u64,
    /// Whether documents are being compared with the server's.
    #[n(3)]
    pub(super) reconciling: bool,
    /// Whether the person logged out: nothing is shown, unsent work still goes out.
    #[n(4)]
    pub(super) locked: bool,
    /// Whether the office took the access away.
    #[n(5)]
    pub(super) revoked: bool,
    /// Settings of the app, JSON; empty until the person or the server set any.
    #[n(6)]
    #[cbor(default)]
    pub(super) settings: String,
}

/// A leased block of numbers on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeldLease {
    /// Block as the server leased it.
    #[n(0)]
    pub lease: Lease,
    /// Next unused number; one past the last when the block is used up.
    #[n(1)]
    pub next: u64,
    /// Lease as told and the server's code over it, for a server from an old copy.
    #[n(2)]
    pub proof: Option<LeaseProof>,
}

impl HeldLease {
    /// Count of unused numbers.
    pub fn left(&self) -> u64 {
        (self.lease.last + 1).saturating_sub(self.next)
    }
}

/// One entry of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OutItem {
    /// Local number, growing in the order of making.
    #[n(0)]
    pub seq: u64,
    /// Id that the receipt will name.
    #[n(1)]
    pub id: ItemId,
    /// Command or batch to be sent.
    #[n(2)]
    pub kind: OutKind,
    /// Fate of the entry, [`ItemStatus::Saved`] until a receipt comes.
    #[n(3)]
    pub status: ItemStatus,
}

/// Contents of an entry of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum OutKind {
    /// A request for a decision of the server.
    #[n(0)]
    Command {
        /// Command as made, with its time.
        #[n(0)]
        command: Command,
    },
    /// Changes of a document, with the edits that made them.
    #[n(1)]
    Batch {
        /// Batch signed by this phone.
        #[n(0)]
        batch: Batch,
        /// Edits of the batch, to be written again after a refusal.
        #[n(1)]
        edits: Vec<Edit>,
    },
    /// A colleague's batch, carried to the server by this phone.
    #[n(2)]
    Carried {
        /// Batch signed by the colleague's phone.
        #[n(0)]
        batch: Batch,
    },
}

/// Fate of an entry of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ItemStatus {
    /// «Сохранено на телефоне»: no receipt yet, or only «later».
    #[n(0)]
    Saved,
    /// «Не принято»: refused for good.
    #[n(1)]
    Refused {
        /// Stable code of a receipt (`docs/protocol.md`, 15).
        #[n(0)]
        code: String,
        /// Reason in Russian, shown as it is.
        #[n(1)]
        message: String,
    },
    /// «На проверке в офисе»: in quarantine.
    #[n(2)]
    Quarantined {
        /// Reason in Russian, shown as it is.
        #[n(0)]
        message: String,
        /// Stable code of a receipt (`docs/protocol.md`, 15).
        #[n(1)]
        #[cbor(default)]
        code: String,
    },
    /// «Принято офисом», and kept until two backups have the item: a server that comes back from an
    /// old copy gets the item again.
    #[n(3)]
    Accepted {
        /// Place of the item in the stream.
        #[n(0)]
        seq: u64,
    },
}

impl OutItem {
    /// Order that the entry is about; `state_offers` resolves commands.
    pub fn order(&self, state_offers: impl Fn(&CommandKind) -> Option<OrderId>) -> Option<OrderId> {
        match &self.kind {
            OutKind::Batch { batch, .. } | OutKind::Carried { batch } => Some(batch.doc),
            OutKind::Command { command } => state_offers(&command.kind),
        }
    }

    /// Whether the entry was refused or is in quarantine.
    pub const fn is_trouble(&self) -> bool {
        matches!(self.status, ItemStatus::Refused { .. } | ItemStatus::Quarantined { .. })
    }

    /// Whether the entry sets the settings of the app.
    pub(super) const fn keeps_settings(&self) -> bool {
        matches!(&self.kind, OutKind::Command { command } if matches!(command.kind, CommandKind::KeepSettings { .. }))
    }

    /// Order whose signed sheet is in this entry.
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

/// A photo whose bytes are in the shell.
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

/// Knowledge about the server's copy of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(super) enum BlobState {
    /// The server was not asked yet.
    #[n(0)]
    Unasked,
    /// The server lacks the photo.
    #[n(1)]
    Needed,
    /// The server has the photo.
    #[n(2)]
    There,
}

/// An order on its way to a colleague's phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct OutgoingTransfer {
    /// Statement signed by this phone.
    #[n(0)]
    pub(super) transfer: Transfer,
    /// Whether the giver confirmed that the colleague has the order.
    #[n(1)]
    pub(super) confirmed: bool,
}

/// Places of this phone and of colleagues, as far as kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct LocationState {
    /// Last place of this phone, with its time.
    #[n(0)]
    pub(super) mine: Option<LocationReport>,
    /// Newest report that the server has not heard.
    #[n(1)]
    pub(super) unreported: Option<LocationReport>,
    /// Places of colleagues from the last answer that had any.
    #[n(2)]
    #[cbor(default)]
    pub(super) colleagues: ColleagueLocations,
    /// Server time of that answer.
    #[n(3)]
    pub(super) colleagues_at: Option<Timestamp>,
    /// Arrivals unknown to the server, oldest first; the server learns from them where buildings
    /// are.
    #[n(4)]
    #[cbor(default)]
    pub(super) arrivals: Vec<LocationReport>,
    /// Whether the newest report, heard or not, shares a place.
    #[n(5)]
    #[cbor(default)]
    pub(super) shares: bool,
}
