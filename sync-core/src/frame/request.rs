//! What a phone says: `POST /v1/sync`. The answer is in [`super::response`].

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

/// The version of the protocol.
pub const PROTO: u32 = 1;

/// What a phone asks. An empty list is left out.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// [`PROTO`].
    #[n(0)]
    pub proto: u32,
    /// The installation.
    #[n(1)]
    pub install: InstallId,
    /// Up to where it has everything.
    #[n(2)]
    pub cursor: Cursor,
    /// The digest of the documents that it holds, as the server last said they are.
    #[n(3)]
    pub digest: Option<Digest16>,
    /// Leases whose next number the server has not heard of yet; all of them after a new start.
    #[n(4)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub leases: Vec<LeaseHeld>,
    /// Commands, oldest first.
    #[n(5)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub commands: Vec<KnownOr<Command>>,
    /// Batches, oldest first.
    #[n(6)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub batches: Vec<Batch>,
    /// The greatest place that a receipt of this installation named: its own changes up to there need
    /// not come back.
    #[n(7)]
    #[cbor(default, skip_if = "is_zero")]
    pub own_seq: u64,
    /// The version of the reference data that it has; 0 for none.
    #[n(8)]
    #[cbor(default, skip_if = "is_zero")]
    pub reference: u64,
    /// The newest high-water mark that it was given.
    #[n(9)]
    pub mark: Option<Mark>,
    /// Blobs that it has and asks whether the server has them, by SHA-256.
    #[n(10)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub blobs: Vec<ByteVec>,
    /// A negentropy message: which documents differ?
    #[n(11)]
    pub reconcile: Option<ByteVec>,
    /// Documents asked for by the names that negentropy gave, 32 bytes each.
    #[n(12)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub want: Vec<ByteVec>,
    /// Documents that the server once vouched for and has no longer.
    #[n(13)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub backups: Vec<DocumentBackup>,
    /// Leases that it was given, for a server that came back from an old copy.
    #[n(14)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub lease_proofs: Vec<LeaseProof>,
    /// Where the phone is, when that is newer than what the server has heard.
    #[n(15)]
    pub location: Option<LocationReport>,
    /// The person looks at where his colleagues are.
    #[n(16)]
    #[cbor(default, skip_if = "is_false")]
    pub wants_colleagues: bool,
}

impl Request {
    /// A request that brings nothing and knows nothing yet.
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

/// A lease and the server's own code over it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LeaseProof {
    /// The lease as it was told.
    #[n(0)]
    pub lease: Lease,
    /// The next number on the phone.
    #[n(1)]
    pub next: u64,
    /// HMAC-SHA-256 over installation and lease, its first 16 bytes.
    #[n(2)]
    pub code: Digest16,
}

/// Sixteen bytes: a digest, a code of authenticity.
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

/// How far the server was when it said so, under a code whose key is not in its database: a server
/// restored from an old copy meets its own future in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Mark {
    /// Of this data set.
    #[n(0)]
    pub epoch: u64,
    /// The stream was there.
    #[n(1)]
    pub seq: u64,
    /// HMAC-SHA-256, its first 16 bytes.
    #[n(2)]
    pub code: Digest16,
    /// Which start of the server said so.
    #[n(3)]
    pub run: u64,
}

/// A document that a phone gives back to a server that lost it. The code is the server's own, over
/// everything else in here but the bytes, which the heads pin down.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DocumentBackup {
    /// The order.
    #[n(0)]
    pub order: OrderId,
    /// The document at the heads that were vouched for.
    #[n(1)]
    pub snapshot: Unjudged,
    /// Those heads, 32 bytes each, sorted.
    #[n(2)]
    pub heads: Vec<ByteVec>,
    /// The card as it was then, CBOR.
    #[n(3)]
    pub card: ByteVec,
    /// The visits of this phone's person then.
    #[n(4)]
    pub visits: Vec<VisitId>,
    /// The server's code: [`super::DocUpdate::attestation`].
    #[n(5)]
    pub attestation: Digest16,
}

/// A place in the server's stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Cursor {
    /// Which data set: another after a restore.
    #[n(0)]
    pub epoch: u64,
    /// Everything up to this number is there.
    #[n(1)]
    pub seq: u64,
}

/// A lease on a phone. Final record: `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LeaseHeld {
    /// The lease.
    #[n(0)]
    pub lease: LeaseId,
    /// The next number that it will use; one past the last when it is used up.
    #[n(1)]
    pub next: u64,
}

/// Something that only the server may decide, with the phone's own id: sending it again is harmless.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Command {
    /// Its name, for the receipt.
    #[n(0)]
    pub id: ItemId,
    /// What is asked.
    #[n(1)]
    pub kind: CommandKind,
    /// When the person did it, by the phone.
    #[n(2)]
    pub at: TimeEvidence,
}

/// What a phone may ask of the server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum CommandKind {
    /// The offer reached the phone.
    #[n(0)]
    OfferDelivered {
        /// Which.
        #[n(0)]
        offer: OfferId,
    },
    /// The person looked at the offer.
    #[n(1)]
    OfferSeen {
        /// Which.
        #[n(0)]
        offer: OfferId,
    },
    /// The person answered.
    #[n(2)]
    AnswerOffer {
        /// Which.
        #[n(0)]
        offer: OfferId,
        /// Accept or decline.
        #[n(1)]
        accept: bool,
        /// Why not.
        #[n(2)]
        reason: String,
        /// Declined in favour of a colleague: he is asked next, whatever his district.
        #[n(3)]
        #[serde(default)]
        forward: Option<PersonId>,
    },
    /// A number was spoiled; it will never be a paper.
    #[n(3)]
    SpoilNumber {
        /// Of this lease.
        #[n(0)]
        lease: LeaseId,
        /// Which.
        #[n(1)]
        number: u64,
        /// Why.
        #[n(2)]
        reason: String,
    },
    /// The person asks the office for help.
    #[n(4)]
    Help {
        /// With this order.
        #[n(0)]
        order: Option<OrderId>,
        /// In his words.
        #[n(1)]
        text: String,
    },
    /// How the person likes the app: kept with the account, told to all his phones.
    #[n(5)]
    KeepSettings {
        /// A JSON object of the app's own, at most [`SETTINGS_BYTES_MAX`].
        #[n(0)]
        settings: String,
    },
    /// A colleague handed an order over to this phone's person, phone to phone.
    #[n(6)]
    AcceptTransfer {
        /// His signed word.
        #[n(0)]
        transfer: Transfer,
    },
    /// This phone's person handed an order over and saw that the colleague has it. Decides nothing: the
    /// office knows where the order is until the colleague's phone speaks.
    #[n(7)]
    TransferConfirmed {
        /// The order.
        #[n(0)]
        order: OrderId,
        /// To whom.
        #[n(1)]
        to: PersonId,
    },
    /// Cancels a transfer. If the receiver's command arrived first, that one wins.
    #[n(8)]
    TransferCancelled {
        /// The order.
        #[n(0)]
        order: OrderId,
        /// The visit that it would have been.
        #[n(1)]
        visit: VisitId,
    },
}
