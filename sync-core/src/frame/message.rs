//! One request and one answer: `POST /v1/sync`.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Batch, Maybe};
use crate::model::{
    Card, Entity, InstallId, InstrumentType, ItemId, Lease, LeaseId, Means, Method, OfferId,
    OrderId, Performer, SealId, TimeEvidence, Timestamp, VisitId,
};

/// The version of the protocol.
pub const PROTO: u32 = 1;
/// Largest request, in bytes.
pub const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// Most commands in a request.
pub const COMMANDS_MAX: usize = 256;
/// Most batches in a request.
pub const BATCHES_MAX: usize = 256;
/// Most blobs whose presence is asked for in a request.
pub const BLOBS_ASKED_MAX: usize = 512;
/// Most documents that are asked for by name in a request.
pub const WANT_MAX: usize = 256;
/// Most documents that a phone bears witness of in a request.
pub const WITNESSES_MAX: usize = 64;
/// A page of an answer is cut when it is larger than this, in bytes before compression.
pub const PAGE_BYTES: usize = 256 * 1024;
/// Most orders in a phone's scope; one more is refused with a clear error.
pub const SCOPE_DOCS_MAX: usize = 5_000;

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
    pub commands: Vec<Maybe<Command>>,
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
    pub witnesses: Vec<Witness>,
    /// Leases that it was given, for a server that came back from an old copy.
    #[n(14)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub lease_proofs: Vec<LeaseProof>,
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
const fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the codec passes a reference")]
const fn is_false(yes: &bool) -> bool {
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
pub struct Witness {
    /// The order.
    #[n(0)]
    pub order: OrderId,
    /// The document at the heads that were vouched for.
    #[n(1)]
    pub snapshot: ByteVec,
    /// Those heads, 32 bytes each, sorted.
    #[n(2)]
    pub heads: Vec<ByteVec>,
    /// The card as it was then, CBOR.
    #[n(3)]
    pub card: ByteVec,
    /// The visits of this phone's person then.
    #[n(4)]
    pub visits: Vec<VisitId>,
    /// The server's code: [`DocUpdate::vouch`].
    #[n(5)]
    pub vouch: Digest16,
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
    pub ask: Ask,
    /// When the person did it, by the phone.
    #[n(2)]
    pub at: TimeEvidence,
}

/// What a phone may ask of the server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
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
}

/// What the server answers. An empty list is left out.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Response {
    /// [`PROTO`].
    #[n(0)]
    pub proto: u32,
    /// One for each item of the request.
    #[n(1)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// Cards that are new or changed.
    #[n(2)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub cards: Vec<Card>,
    /// Documents that are new or changed.
    #[n(3)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub docs: Vec<DocUpdate>,
    /// What happened in the ledger, oldest first.
    #[n(4)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub events: Vec<Maybe<Event>>,
    /// The new cursor.
    #[n(5)]
    pub cursor: Cursor,
    /// The digest of the documents in scope at the cursor; with `more` there is none.
    #[n(6)]
    pub digest: Option<Digest16>,
    /// There is more: ask again.
    #[n(7)]
    #[cbor(default, skip_if = "is_false")]
    pub more: bool,
    /// The server's clock.
    #[n(8)]
    pub now: Timestamp,
    /// Leases that this installation holds and has not mentioned.
    #[n(9)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub leases: Vec<Lease>,
    /// Reference data, when the phone's is older.
    #[n(10)]
    pub reference: Option<ReferenceData>,
    /// Everything up to this place is in a backup: a phone may forget what it keeps beyond need.
    #[n(11)]
    #[cbor(default, skip_if = "is_zero")]
    pub backed_up_seq: u64,
    /// How far the server is; the phone returns the newest one.
    #[n(12)]
    pub mark: Option<Mark>,
    /// For each blob asked for, in order, one bit from the highest: the server needs it.
    #[n(13)]
    pub blobs_need: Option<ByteVec>,
    /// The answer to a negentropy message.
    #[n(14)]
    pub reconcile: Option<ByteVec>,
    /// The server came back from an old copy: send again whatever is kept, and compare documents.
    #[n(15)]
    #[cbor(default, skip_if = "is_false")]
    pub resend: bool,
    /// This phone's access was taken away: what it sent waits for the office; once nothing is unsent,
    /// everything on it is to be removed.
    #[n(16)]
    #[cbor(default, skip_if = "is_false")]
    pub revoked: bool,
    /// The server's codes over `leases`, in order.
    #[n(17)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub lease_codes: Vec<Digest16>,
}

impl Response {
    /// An answer that says nothing yet.
    pub const fn empty(cursor: Cursor, now: Timestamp) -> Self {
        Self {
            proto: PROTO,
            receipts: Vec::new(),
            cards: Vec::new(),
            docs: Vec::new(),
            events: Vec::new(),
            cursor,
            digest: None,
            more: false,
            now,
            leases: Vec::new(),
            reference: None,
            backed_up_seq: 0,
            mark: None,
            blobs_need: None,
            reconcile: None,
            resend: false,
            revoked: false,
            lease_codes: Vec::new(),
        }
    }
}

/// What happened to one item. Final record: `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Receipt {
    /// The item.
    #[n(0)]
    pub item: ItemId,
    /// What became of it.
    #[n(1)]
    pub outcome: ReceiptOutcome,
    /// The stable code of a refusal; empty otherwise.
    #[n(2)]
    pub code: String,
    /// A sentence for people, in Russian; empty when all is well.
    #[n(3)]
    pub message: String,
    /// The place in the stream from which on it is there.
    #[n(4)]
    pub seq: u64,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptOutcome {
    /// Durable.
    #[n(0)]
    Ok,
    /// It was there already.
    #[n(1)]
    Duplicate,
    /// Not now; send it again.
    #[n(2)]
    RetryLater,
    /// It will never be taken, for the reason given. It stays on both sides.
    #[n(3)]
    Refused,
    /// It waits for a person at the office.
    #[n(4)]
    Quarantined,
}

/// What changed in a document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DocUpdate {
    /// The order.
    #[n(0)]
    pub order: OrderId,
    /// Changes to be applied, or a snapshot to be merged. Empty with `left`, and where the phone has
    /// them already.
    #[n(1)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub chunks: Vec<ByteVec>,
    /// The order is no longer in this phone's scope.
    #[n(2)]
    #[cbor(default, skip_if = "is_false")]
    pub left: bool,
    /// The heads of the document at the server, 32 bytes each, sorted.
    #[n(3)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub heads: Vec<ByteVec>,
    /// The visits of this phone's person in the order.
    #[n(4)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub visits: Vec<VisitId>,
    /// The server's code over order, heads, card, person and visits: whoever shows it later shows
    /// that the server had all this.
    #[n(5)]
    pub vouch: Option<Digest16>,
}

/// What a visit is judged and printed by.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct ReferenceData {
    /// Grows with every change.
    #[n(0)]
    pub version: u64,
    /// The issuers.
    #[n(1)]
    pub entities: Vec<Entity>,
    /// The person whose phone this is.
    #[n(2)]
    pub performer: Performer,
    /// The means that he may use.
    #[n(3)]
    pub means: Vec<Means>,
    /// The methods.
    #[n(4)]
    pub methods: Vec<Method>,
    /// The types.
    #[n(5)]
    pub types: Vec<InstrumentType>,
    /// What the server takes.
    #[n(6)]
    #[cbor(default)]
    pub limits: Limits,
}

/// What the server takes, told beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Limits {
    /// Largest photo, bytes.
    #[n(0)]
    pub blob_bytes: u64,
    /// Most photos of an order.
    #[n(1)]
    pub blobs_an_order: u64,
    /// Largest part of an upload, bytes.
    #[n(2)]
    pub part_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { blob_bytes: 12 * 1024 * 1024, blobs_an_order: 60, part_bytes: 1024 * 1024 }
    }
}

/// What happened in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An order is offered to this person.
    #[n(0)]
    Offered {
        /// The offer.
        #[n(0)]
        offer: OfferId,
        /// The order.
        #[n(1)]
        order: OrderId,
        /// The visit that it will be when he accepts.
        #[n(2)]
        visit: VisitId,
        /// Until when the app is waited for; then the telephone rings.
        #[n(3)]
        app_until: Timestamp,
    },
    /// An offer is over.
    #[n(1)]
    OfferClosed {
        /// The offer.
        #[n(0)]
        offer: OfferId,
        /// How.
        #[n(1)]
        how: OfferEnd,
        /// When, by the server.
        #[n(2)]
        at: Timestamp,
        /// Who has the order now, where that is another.
        #[n(3)]
        taken_by: Option<String>,
        /// His own answer's time, where it came too late: the credit.
        #[n(4)]
        answered_at: Option<Timestamp>,
    },
    /// The order is his.
    #[n(2)]
    Assigned {
        /// The order.
        #[n(0)]
        order: OrderId,
        /// The visit.
        #[n(1)]
        visit: VisitId,
        /// When.
        #[n(2)]
        at: Timestamp,
    },
    /// The order is no longer his.
    #[n(3)]
    Unassigned {
        /// The order.
        #[n(0)]
        order: OrderId,
        /// Why, for people.
        #[n(1)]
        reason: String,
        /// When.
        #[n(2)]
        at: Timestamp,
    },
    /// The office has the signed sheet and made the papers.
    #[n(4)]
    Issued {
        /// The order.
        #[n(0)]
        order: OrderId,
        /// The seal.
        #[n(1)]
        seal: SealId,
        /// The link for the client: `/s/{token}`.
        #[n(2)]
        link: String,
    },
}

/// How an offer ended for the person who had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// He has the order.
    #[n(0)]
    Accepted,
    /// He declined.
    #[n(1)]
    Declined,
    /// He did not answer in time.
    #[n(2)]
    Expired,
    /// It was taken back or another has the order.
    #[n(3)]
    Superseded,
}
