//! Requests of a phone: `POST /v1/sync`. The answer is in [`super::response`].

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Batch, KnownOr, LocationReport, Transfer};
use crate::doc::Unjudged;
use crate::model::{
    InstallId, ItemId, Lease, LeaseId, OfferId, OrderId, PersonId, TimeEvidence, VisitId,
};

pub use crate::limits::PAGE_BYTES;
pub use crate::limits::{
    BACKUPS_MAX, BATCHES_MAX, BLOBS_ASKED_MAX, COMMANDS_MAX, REQUEST_BYTES_MAX, SCOPE_DOCS_MAX,
    SETTINGS_BYTES_MAX, WANT_MAX,
};

/// Version of the protocol; a phone refuses answers of any other version.
pub const PROTO: u32 = 1;

/// One request of a phone; empty lists, zeros and `false` are left out.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// Always [`PROTO`].
    #[n(0)]
    pub proto: u32,
    /// Installation of the app on the asking phone.
    #[n(1)]
    pub install: InstallId,
    /// Place in the stream up to which the phone has everything; zero for a new phone.
    #[n(2)]
    pub cursor: Cursor,
    /// [`crate::reconcile::Digest`] of the documents on the phone, with the heads that the server
    /// named.
    #[n(3)]
    pub digest: Option<Digest16>,
    /// Leases whose next number the server has not heard of; all leases after a new start.
    #[n(4)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub leases: Vec<LeaseHeld>,
    /// Commands, oldest first; at most [`COMMANDS_MAX`], the rest is answered «later».
    #[n(5)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub commands: Vec<KnownOr<Command>>,
    /// Batches, oldest first; at most [`BATCHES_MAX`], the rest is answered «later».
    #[n(6)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub batches: Vec<Batch>,
    /// Greatest `seq` in any receipt of this installation: own changes up to there do not come
    /// back.
    #[n(7)]
    #[cbor(default, skip_if = "is_zero")]
    pub own_seq: u64,
    /// Version of the reference data on the phone; 0 for none.
    #[n(8)]
    #[cbor(default, skip_if = "is_zero")]
    pub reference: u64,
    /// Newest mark received, returned unchanged.
    #[n(9)]
    pub mark: Option<Mark>,
    /// SHA-256 of photos on the phone, to learn which ones the server needs; at most
    /// [`BLOBS_ASKED_MAX`].
    #[n(10)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub blobs: Vec<ByteVec>,
    /// Negentropy message, while documents are compared.
    #[n(11)]
    pub reconcile: Option<ByteVec>,
    /// Names of wanted documents as the comparison gave them, 32 bytes each; at most [`WANT_MAX`].
    #[n(12)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub want: Vec<ByteVec>,
    /// Documents that the server once attested and has lost; at most [`BACKUPS_MAX`].
    #[n(13)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub backups: Vec<DocumentBackup>,
    /// Leases with their codes, for a server that came back from an old copy.
    #[n(14)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub lease_proofs: Vec<LeaseProof>,
    /// Place of the phone, if newer than the one that the server has heard.
    #[n(15)]
    pub location: Option<LocationReport>,
    /// Whether to answer with the places of colleagues.
    #[n(16)]
    #[cbor(default, skip_if = "is_false")]
    pub wants_colleagues: bool,
}

impl Request {
    /// A request without contents, as a new phone sends first.
    pub fn empty(install: InstallId) -> Self {
        Self {
            proto: PROTO,
            install,
            cursor: Cursor::default(),
            digest: None,
            leases: Vec::new(),
            commands: Vec::new(),
            batches: Vec::new(),
            own_seq: 0,
            reference: 0,
            mark: None,
            blobs: Vec::new(),
            reconcile: None,
            want: Vec::new(),
            backups: Vec::new(),
            lease_proofs: Vec::new(),
            location: None,
            wants_colleagues: false,
        }
    }
}

/// A lease and the server's own code over it, kept for a server from an old copy.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LeaseProof {
    /// Lease as the server told it.
    #[n(0)]
    pub lease: Lease,
    /// Next unused number on the phone.
    #[n(1)]
    pub next: u64,
    /// First 16 bytes of HMAC-SHA-256 over installation and lease.
    #[n(2)]
    pub code: Digest16,
}

/// Sixteen bytes: a digest or an authentication code of the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Digest16(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 16],
);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the codec passes a reference")]
pub(super) const fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the codec passes a reference")]
pub(super) const fn is_false(yes: &bool) -> bool {
    !*yes
}

/// The end of the server's stream at one answer, under a code whose key is not in its database. A
/// server restored from an old copy finds its own lost future in a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Mark {
    /// Data set that the stream belongs to.
    #[n(0)]
    pub epoch: u64,
    /// End of the stream at that answer.
    #[n(1)]
    pub seq: u64,
    /// First 16 bytes of HMAC-SHA-256 over the other fields.
    #[n(2)]
    pub code: Digest16,
    /// Identifies one start of the server.
    #[n(3)]
    pub run: u64,
}

/// A document that a phone returns to a server that lost it. The code is the server's own, over all
/// fields but the snapshot, which the heads pin down.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DocumentBackup {
    /// Order whose document this is.
    #[n(0)]
    pub order: OrderId,
    /// Document at the attested heads, one document chunk.
    #[n(1)]
    pub snapshot: Unjudged,
    /// Attested heads, 32 bytes each, sorted.
    #[n(2)]
    pub heads: Vec<ByteVec>,
    /// Card at the time of the attestation, CBOR as it came.
    #[n(3)]
    pub card: ByteVec,
    /// Visits of this phone's person at the time of the attestation.
    #[n(4)]
    pub visits: Vec<VisitId>,
    /// The attestation, as [`super::DocUpdate::attestation`] brought it.
    #[n(5)]
    pub attestation: Digest16,
}

/// A place in the server's stream. A phone returns the pair as it came and computes none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Cursor {
    /// Data set; a restore begins another one.
    #[n(0)]
    pub epoch: u64,
    /// Everything up to this number has arrived.
    #[n(1)]
    pub seq: u64,
}

/// Position of a lease on a phone. Final record: `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LeaseHeld {
    /// Lease as the server named it.
    #[n(0)]
    pub lease: LeaseId,
    /// Next unused number; one past the last when the lease is used up.
    #[n(1)]
    pub next: u64,
}

/// A request for something that only the server may decide; repeating a command is harmless.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Command {
    /// Id made by the phone; the receipt names the same id.
    #[n(0)]
    pub id: ItemId,
    /// Wanted decision with its arguments; unknown kinds get no receipt.
    #[n(1)]
    pub kind: CommandKind,
    /// Time of the person's action, by the phone.
    #[n(2)]
    pub at: TimeEvidence,
}

/// Decisions that a phone may ask for. Numbers are final; new ones get new numbers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum CommandKind {
    /// The offer reached the phone; acknowledged as soon as the offer is durable there.
    #[n(0)]
    OfferDelivered {
        /// Offer that is durable on the phone now.
        #[n(0)]
        offer: OfferId,
    },
    /// The person looked at the offer.
    #[n(1)]
    OfferSeen {
        /// Offer that was shown to the person.
        #[n(0)]
        offer: OfferId,
    },
    /// The person accepts or declines an offer.
    #[n(2)]
    AnswerOffer {
        /// Offer that must still be open on the phone.
        #[n(0)]
        offer: OfferId,
        /// `true` accepts, `false` declines for good.
        #[n(1)]
        accept: bool,
        /// Reason of a refusal; may be empty.
        #[n(2)]
        reason: String,
        /// Colleague to be asked next, whatever the colleague's district; only with a refusal.
        #[n(3)]
        #[serde(default)]
        forward: Option<PersonId>,
    },
    /// A number was spoiled and will never stand on a paper.
    #[n(3)]
    SpoilNumber {
        /// Lease that the number belongs to.
        #[n(0)]
        lease: LeaseId,
        /// Number within the lease, unprinted.
        #[n(1)]
        number: u64,
        /// Reason in Russian, kept with the gap in the series.
        #[n(2)]
        reason: String,
    },
    /// The person asks the office for help.
    #[n(4)]
    Help {
        /// Order that the help is needed with.
        #[n(0)]
        order: Option<OrderId>,
        /// Free text of the person.
        #[n(1)]
        text: String,
    },
    /// New settings of the app, kept with the account and sent to all phones of the person.
    #[n(5)]
    KeepSettings {
        /// JSON object of the app, at most [`SETTINGS_BYTES_MAX`] bytes.
        #[n(0)]
        settings: String,
    },
    /// A colleague transferred an order to this phone's person, phone to phone.
    #[n(6)]
    AcceptTransfer {
        /// Statement signed by the giver's phone.
        #[n(0)]
        transfer: Transfer,
    },
    /// The giver saw that the receiver has the order. Decides nothing: the office knows where the
    /// order is until the receiver's phone speaks.
    #[n(7)]
    TransferConfirmed {
        /// Order that the giver held.
        #[n(0)]
        order: OrderId,
        /// Receiver named in the signed [`Transfer`].
        #[n(1)]
        to: PersonId,
    },
    /// Cancels a transfer. If the receiver's command arrived first, that one wins.
    #[n(8)]
    TransferCancelled {
        /// Order that stays with its giver.
        #[n(0)]
        order: OrderId,
        /// Visit named in the cancelled [`Transfer`].
        #[n(1)]
        visit: VisitId,
    },
}
