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

/// What a phone asks. Keys 3, 7, 9 and 10 are kept for digest, receipts seen, high-water mark and blobs.
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
    /// Leases held, with the next number of each.
    #[n(4)]
    pub leases: Vec<LeaseHeld>,
    /// Commands, oldest first.
    #[n(5)]
    pub commands: Vec<Maybe<Command>>,
    /// Batches, oldest first.
    #[n(6)]
    pub batches: Vec<Batch>,
    /// The version of the reference data that it has; 0 for none.
    #[n(8)]
    pub reference: u64,
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

/// What the server answers. Keys 6, 11 and 12 are kept for digest, `backed_up_seq` and the mark.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Response {
    /// [`PROTO`].
    #[n(0)]
    pub proto: u32,
    /// One for each item of the request.
    #[n(1)]
    pub receipts: Vec<Receipt>,
    /// Cards that are new or changed.
    #[n(2)]
    pub cards: Vec<Card>,
    /// Documents that are new or changed.
    #[n(3)]
    pub docs: Vec<DocUpdate>,
    /// What happened in the ledger, oldest first.
    #[n(4)]
    pub events: Vec<Maybe<Event>>,
    /// The new cursor.
    #[n(5)]
    pub cursor: Cursor,
    /// There is more: ask again.
    #[n(7)]
    pub more: bool,
    /// The server's clock.
    #[n(8)]
    pub now: Timestamp,
    /// Leases that this installation holds and has not mentioned.
    #[n(9)]
    pub leases: Vec<Lease>,
    /// Reference data, when the phone's is older.
    #[n(10)]
    pub reference: Option<ReferenceData>,
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
    /// Changes to be applied, or a snapshot to be merged. Empty with `left`.
    #[n(1)]
    pub chunks: Vec<ByteVec>,
    /// The order is no longer in this phone's scope.
    #[n(2)]
    pub left: bool,
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
