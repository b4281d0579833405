//! What the server answers: receipts, cards, documents, events, reference data.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::request::{Cursor, Digest16, Mark, PROTO, is_false, is_zero};
use super::{ColleagueLocations, KnownOr};
use crate::doc::Unjudged;
use crate::model::{
    Card, Colleague, Entity, InstrumentType, ItemId, Lease, Means, Method, OfferId, OrderId,
    Performer, SealId, Timestamp, VisitId,
};

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
    pub events: Vec<KnownOr<Event>>,
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
    /// Where the colleagues are, when the phone asked.
    #[n(18)]
    pub colleague_locations: Option<ColleagueLocations>,
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
            colleague_locations: None,
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
    pub chunks: Vec<Unjudged>,
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
    pub attestation: Option<Digest16>,
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
    /// Where the server is for clients: their pages' addresses begin with it.
    #[n(7)]
    #[cbor(default)]
    pub public_url: String,
    /// The firm's own questions and answers.
    #[n(8)]
    #[cbor(default)]
    pub faq: Vec<Faq>,
    /// The other metrologists.
    #[n(9)]
    #[cbor(default)]
    pub colleagues: Vec<Colleague>,
}

/// A question that people in the field ask, and the firm's answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Faq {
    /// What is asked.
    #[n(0)]
    pub question: String,
    /// What the firm says.
    #[n(1)]
    pub answer: String,
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

impl Limits {
    /// What our server takes.
    pub const DEFAULT: Self =
        Self { blob_bytes: 12 * 1024 * 1024, blobs_an_order: 60, part_bytes: 1024 * 1024 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
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
    /// How this person likes the app, as one of his phones said last.
    #[n(5)]
    Settings {
        /// A JSON object of the app's own.
        #[n(0)]
        settings: String,
    },
    /// A signed sheet is not issued: it waits for the office, or counts no more.
    #[n(6)]
    SheetHeld {
        /// The order.
        #[n(0)]
        order: OrderId,
        /// The seal.
        #[n(1)]
        seal: SealId,
        /// Why, for people.
        #[n(2)]
        reason: String,
        /// When.
        #[n(3)]
        at: Timestamp,
    },
}

/// How an offer ended for the person who had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
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
