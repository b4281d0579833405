//! Answers of the server: receipts, cards, documents, events, reference data.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::request::{Cursor, Digest16, Mark, PROTO, is_false, is_zero};
use super::{ColleagueLocations, KnownOr};
use crate::doc::Unjudged;
use crate::doc::view::Reference;
use crate::model::{
    Card, Colleague, Entity, EntityId, InstrumentType, ItemId, Lease, Means, MeansRole, Method,
    OfferId, OrderId, Performer, SealId, Timestamp, VisitId,
};

/// One answer, to be committed whole before the next request; empty fields are left out.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Response {
    /// Always [`PROTO`].
    #[n(0)]
    pub proto: u32,
    /// One receipt for each item of the request, in any order.
    #[n(1)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// Cards that are new or changed for this phone.
    #[n(2)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub cards: Vec<Card>,
    /// Documents that are new or changed for this phone.
    #[n(3)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub docs: Vec<DocUpdate>,
    /// Decisions of the server for this person, oldest first.
    #[n(4)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub events: Vec<KnownOr<Event>>,
    /// Cursor to send with the next request.
    #[n(5)]
    pub cursor: Cursor,
    /// Digest of the documents in scope at the cursor; absent together with `more`.
    #[n(6)]
    pub digest: Option<Digest16>,
    /// Whether further pages wait: commit this one and ask again.
    #[n(7)]
    #[cbor(default, skip_if = "is_false")]
    pub more: bool,
    /// Clock of the server, the source of confirmed times.
    #[n(8)]
    pub now: Timestamp,
    /// New leases, and leases of this installation that the request did not name.
    #[n(9)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub leases: Vec<Lease>,
    /// Reference data, if the phone has another version.
    #[n(10)]
    pub reference: Option<ReferenceData>,
    /// Everything accepted up to this place is in two backups, so a phone may drop its copies.
    #[n(11)]
    #[cbor(default, skip_if = "is_zero")]
    pub backed_up_seq: u64,
    /// Mark to return with the next request.
    #[n(12)]
    pub mark: Option<Mark>,
    /// One bit for each photo asked about, from the highest of the first byte; 1 means needed.
    #[n(13)]
    pub blobs_need: Option<ByteVec>,
    /// Negentropy message that answers the request's.
    #[n(14)]
    pub reconcile: Option<ByteVec>,
    /// The server came back from an old copy: send everything kept again and compare documents.
    #[n(15)]
    #[cbor(default, skip_if = "is_false")]
    pub resend: bool,
    /// Access of this phone was taken away. Work it sends waits for the office; once nothing is
    /// unsent the phone erases everything.
    #[n(16)]
    #[cbor(default, skip_if = "is_false")]
    pub revoked: bool,
    /// Codes of the server over `leases`, in their order.
    #[n(17)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub lease_codes: Vec<Digest16>,
    /// Places of colleagues, if the request asked.
    #[n(18)]
    pub colleague_locations: Option<ColleagueLocations>,
}

impl Response {
    /// An answer without contents, to be filled in.
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

/// Fate of one item. Final record: `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Receipt {
    /// Command or batch that the receipt is for.
    #[n(0)]
    pub item: ItemId,
    /// Decides whether the phone drops, keeps or repeats the item.
    #[n(1)]
    pub outcome: ReceiptOutcome,
    /// Stable code of a refusal; empty otherwise.
    #[n(2)]
    pub code: String,
    /// Sentence for people, Russian; empty for accepted items.
    #[n(3)]
    pub message: String,
    /// Place in the stream from which on the item is durable; 0 where nothing was appended.
    #[n(4)]
    pub seq: u64,
}

/// Fate of a command or batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptOutcome {
    /// Durable on the server; a batch is kept until two backups have it.
    #[n(0)]
    Ok,
    /// Durable already, from an earlier request.
    #[n(1)]
    Duplicate,
    /// Not decided; to be sent again after a pause.
    #[n(2)]
    RetryLater,
    /// Refused for good, with a code; both sides keep the item.
    #[n(3)]
    Refused,
    /// Kept apart until a person at the office decides.
    #[n(4)]
    Quarantined,
}

/// Changed parts of one document.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DocUpdate {
    /// Order whose document changed or left the scope.
    #[n(0)]
    pub order: OrderId,
    /// Changes, or one snapshot, to be merged. Empty with `left`, and where the phone has
    /// everything.
    #[n(1)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub chunks: Vec<Unjudged>,
    /// Whether the order left this phone's scope; every other field is then empty.
    #[n(2)]
    #[cbor(default, skip_if = "is_false")]
    pub left: bool,
    /// Heads of the document at the server, 32 bytes each, sorted.
    #[n(3)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub heads: Vec<ByteVec>,
    /// Visits of this phone's person in the order.
    #[n(4)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub visits: Vec<VisitId>,
    /// Code of the server over order, heads, card, person and visits: a later proof that the server
    /// had all this.
    #[n(5)]
    pub attestation: Option<Digest16>,
}

/// Reference data by which visits are judged and papers printed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct ReferenceData {
    /// Grows with every change; requests and sealed bodies name the version.
    #[n(0)]
    pub version: u64,
    /// Issuers of papers; each card names one of them.
    #[n(1)]
    pub entities: Vec<Entity>,
    /// Owner of the phone, with name and attestation.
    #[n(2)]
    pub performer: Performer,
    /// Means that this person may use, in the order of sealed views.
    #[n(3)]
    pub means: Vec<Means>,
    /// Methods of verification, approved or not.
    #[n(4)]
    pub methods: Vec<Method>,
    /// Approved types, found by number and modification letter by letter.
    #[n(5)]
    pub types: Vec<InstrumentType>,
    /// Bounds of photos and uploads.
    #[n(6)]
    #[cbor(default)]
    pub limits: Limits,
    /// Public address of the server; addresses of clients' pages begin with it.
    #[n(7)]
    #[cbor(default)]
    pub public_url: String,
    /// Questions and answers written by the firm.
    #[n(8)]
    #[cbor(default)]
    pub faq: Vec<Faq>,
    /// Other metrologists of the firm.
    #[n(9)]
    #[cbor(default)]
    pub colleagues: Vec<Colleague>,
    /// What the means of the firm measure, whoever carries them: a value of such a kind is measured by one of them.
    #[n(10)]
    #[cbor(default)]
    pub roles: Vec<MeansRole>,
}

impl ReferenceData {
    /// The data by which visits of one issuer's orders are judged; nothing where this person does not work for it.
    pub fn reference_of(&self, entity: EntityId) -> Option<Reference<'_>> {
        let Self { performer, types, methods, means, roles, .. } = self;
        let entity = self.entities.iter().find(|of| of.id == entity)?;
        Some(Reference { entity, performer, types, methods, means, roles })
    }
}

/// A question that people in the field ask, and the firm's answer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Faq {
    /// Question as the office wrote it.
    #[n(0)]
    pub question: String,
    /// Answer as the office wrote it.
    #[n(1)]
    pub answer: String,
}

/// Bounds of photos and uploads, announced so that phones do not run into them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Limits {
    /// Largest photo, bytes; a larger one is refused on the phone already.
    #[n(0)]
    pub blob_bytes: u64,
    /// Most photos of one order.
    #[n(1)]
    pub blobs_an_order: u64,
    /// Largest part of an upload, bytes.
    #[n(2)]
    pub part_bytes: u64,
}

impl Limits {
    /// Bounds of our server: 12 MiB a photo, 60 photos an order, 1 MiB a part.
    pub const DEFAULT: Self =
        Self { blob_bytes: 12 * 1024 * 1024, blobs_an_order: 60, part_bytes: 1024 * 1024 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Decisions of the server that a person's phones are told. Numbers are final.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An order is offered to this person.
    #[n(0)]
    Offered {
        /// Id for [`super::CommandKind::AnswerOffer`].
        #[n(0)]
        offer: OfferId,
        /// Order behind the offer; card and document travel in fields of their own.
        #[n(1)]
        order: OrderId,
        /// Visit for this person, writable as soon as the offer is accepted.
        #[n(2)]
        visit: VisitId,
        /// Deadline of the app; afterwards the telephone rings.
        #[n(3)]
        app_until: Timestamp,
    },
    /// An offer ended, by this person's answer or without one.
    #[n(1)]
    OfferClosed {
        /// Id of an earlier [`Self::Offered`].
        #[n(0)]
        offer: OfferId,
        /// Answer, lapse of time or withdrawal.
        #[n(1)]
        how: OfferEnd,
        /// Time of the end, by the server.
        #[n(2)]
        at: Timestamp,
        /// Name of the person who has the order, if another person has it.
        #[n(3)]
        taken_by: Option<String>,
        /// Time of this person's own answer, if the answer came too late.
        #[n(4)]
        answered_at: Option<Timestamp>,
    },
    /// The order was assigned to this person.
    #[n(2)]
    Assigned {
        /// Order that the person holds now.
        #[n(0)]
        order: OrderId,
        /// Visit to write under, the same as in the offer if there was one.
        #[n(1)]
        visit: VisitId,
        /// Time of the assignment, by the server.
        #[n(2)]
        at: Timestamp,
    },
    /// The order was taken from this person.
    #[n(3)]
    Unassigned {
        /// Order that the person holds no more.
        #[n(0)]
        order: OrderId,
        /// Reason in Russian, shown as it is.
        #[n(1)]
        reason: String,
        /// Time of the decision, by the server.
        #[n(2)]
        at: Timestamp,
    },
    /// The server accepted a signed sheet, and its papers are made.
    #[n(4)]
    Issued {
        /// Order with the sheet in its document.
        #[n(0)]
        order: OrderId,
        /// Seal whose papers are ready.
        #[n(1)]
        seal: SealId,
        /// Address of the client's page, `{public address}/s/{token}`.
        #[n(2)]
        link: String,
    },
    /// Settings of the app, as one of the person's phones last set them.
    #[n(5)]
    Settings {
        /// JSON object of the app.
        #[n(0)]
        settings: String,
    },
    /// A signed sheet gets no papers: the office must decide, or the sheet counts no more.
    #[n(6)]
    SheetHeld {
        /// Order with the sheet in its document.
        #[n(0)]
        order: OrderId,
        /// Id of the held sheet in the document.
        #[n(1)]
        seal: SealId,
        /// Reason in Russian, shown as it is.
        #[n(2)]
        reason: String,
        /// Time of the decision, by the server.
        #[n(3)]
        at: Timestamp,
    },
}

/// End of an offer for the person who had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum OfferEnd {
    /// The person has the order.
    #[n(0)]
    Accepted,
    /// The person declined; a refusal is final.
    #[n(1)]
    Declined,
    /// The person did not answer in time.
    #[n(2)]
    Expired,
    /// The offer was withdrawn, or another person has the order.
    #[n(3)]
    Superseded,
}
