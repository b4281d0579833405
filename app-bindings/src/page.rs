//! Messages between the page's worker and the phone: JSON, and objects where a message holds bytes.
//! `scripts/page-types` writes these types in TypeScript, with every type of the core that they name.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vyezd_core::client::{
    Colleagues, Effect, EtaFromHere, Input, OfferOnPhone, OrderLine, OrderView, Photo, Row,
    Scanned, Status, Upload, Write,
};
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{Signer, Strokes};
use vyezd_core::frame::{CommandKind, Faq};
use vyezd_core::model::{
    Colleague, InstrumentId, InstrumentType, ItemId, Means, Method, OrderId, PersonId, Place,
    SealId, TimeEvidence, VisitId,
};
use vyezd_core::rules::hints::Hint;

/// Inputs from the page; ids are made by the page and never reused.
#[derive(Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum PageInput {
    /// One save of a form.
    Edit { order: OrderId, edits: Vec<Edit> },
    /// A command of the person; only the server may decide it.
    Command { id: ItemId, kind: CommandKind },
    /// The client signs or refuses.
    Seal {
        order: OrderId,
        visit: VisitId,
        seal: SealId,
        signer: Signer,
        /// The drawn signature; empty after a refusal.
        strokes: Strokes,
        /// The client's four digits, where the client typed them.
        code: Option<String>,
    },
    /// A photo was taken; its bytes are durable already.
    Photo {
        order: OrderId,
        visit: VisitId,
        /// Of which instrument.
        instrument: InstrumentId,
        /// SHA-256 of its bytes, 64 hexadecimal digits.
        #[serde(deserialize_with = "photo_name")]
        #[cfg_attr(feature = "typescript", ts(type = "string"))]
        sha256: [u8; 32],
        bytes: u64,
        /// `serial`, `reading`, `before:Qмин`, `after:Qмин`.
        kind: String,
        /// Place of the shot, if the phone knew it and the person shares places.
        place: Option<Place>,
    },
    /// The server confirmed an upload.
    Uploaded {
        /// SHA-256 of the photo, 64 hexadecimal digits.
        #[serde(deserialize_with = "photo_name")]
        #[cfg_attr(feature = "typescript", ts(type = "string"))]
        sha256: [u8; 32],
    },
    /// The person transfers the order to a colleague's phone, screen to camera.
    BeginTransfer {
        order: OrderId,
        to: PersonId,
        /// Id of the colleague's visit.
        visit: VisitId,
    },
    /// The transfer is over: the colleague has the order, or the person keeps it.
    EndTransfer {
        id: ItemId,
        order: OrderId,
        /// Whether the colleague's phone confirmed.
        confirmed: bool,
    },
    /// This phone's camera read one of a colleague's codes.
    Scan { id: ItemId, text: String },
    /// The phone has a place, or the person stopped sharing places.
    ReportLocation {
        place: Option<Place>,
        /// The order at which the person has just arrived.
        order: Option<OrderId>,
        /// Whether colleagues and office may see the place.
        share: bool,
    },
    /// The person asks for the places of colleagues.
    RefreshColleagues,
    /// The person logs out.
    LogOut,
    /// The person logs in again.
    LogIn,
    /// A sync is due.
    SyncDue,
    /// The server gave no answer.
    NoAnswer,
}

impl From<PageInput> for Input {
    fn from(input: PageInput) -> Self {
        match input {
            PageInput::Edit { order, edits } => Self::Edit { order, edits },
            PageInput::Command { id, kind } => Self::Command { id, kind },
            PageInput::Seal { order, visit, seal, signer, strokes, code } => {
                Self::Seal { order, visit, seal, signer, strokes, code }
            }
            PageInput::Photo { order, visit, instrument, sha256, bytes, kind, place } => {
                let photo = Photo { instrument, sha256, bytes, kind, place };
                Self::Photo { order, visit, photo }
            }
            PageInput::Uploaded { sha256 } => Self::Uploaded(sha256),
            PageInput::BeginTransfer { order, to, visit } => {
                Self::BeginTransfer { order, to, visit }
            }
            PageInput::EndTransfer { id, order, confirmed } => {
                Self::EndTransfer { id, order, confirmed }
            }
            PageInput::Scan { id, text } => Self::Scan { id, text },
            PageInput::ReportLocation { place, order, share } => {
                Self::ReportLocation { place, order, share }
            }
            PageInput::RefreshColleagues => Self::RefreshColleagues,
            PageInput::LogOut => Self::LogOut,
            PageInput::LogIn => Self::LogIn,
            PageInput::SyncDue => Self::SyncDue,
            PageInput::NoAnswer => Self::NoAnswer,
        }
    }
}

/// Effects of the machine, to be carried out in order.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum PageEffect {
    /// Write all rows in one transaction, or none. At most one commit, and first.
    Commit {
        /// A row without a value is removed.
        writes: Vec<StoredRow>,
    },
    /// Sign these bytes with the phone's key and come back with `signed`.
    Sign { bytes: Bytes },
    /// Send this to `/v1/sync` and come back with `answered`, or with the input `no_answer`.
    Send { bytes: Bytes },
    /// Come back with the input `sync_due`.
    WakeIn { ms: i64 },
    /// The views may have changed.
    Changed,
    /// The input was not carried out.
    Refused {
        /// Stable code of `docs/errors.md`.
        code: &'static str,
        /// Sentence for the person, Russian.
        message: String,
    },
}

impl From<Effect> for PageEffect {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Commit(writes) => {
                Self::Commit { writes: writes.into_iter().map(Into::into).collect() }
            }
            Effect::Sign(bytes) => Self::Sign { bytes: Bytes(bytes) },
            Effect::Send(bytes) => Self::Send { bytes: Bytes(bytes) },
            Effect::WakeIn(ms) => Self::WakeIn { ms },
            Effect::Changed => Self::Changed,
            Effect::Refused(error) => {
                Self::Refused { code: error.code(), message: error.to_string() }
            }
        }
    }
}

/// A row of the phone's store: table, key, value. A commit names a row that goes by `null`.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StoredRow(pub &'static str, pub Bytes, pub Option<Bytes>);

impl From<Write> for StoredRow {
    fn from(write: Write) -> Self {
        match write {
            Write::Put(Row { table, key, value }) => {
                Self(table.name(), Bytes(key), Some(Bytes(value)))
            }
            Write::Delete { table, key } => Self(table.name(), Bytes(key), None),
        }
    }
}

/// Bytes, which JSON has none of.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "Uint8Array<ArrayBuffer>"))]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_bytes(&self.0)
    }
}

/// Types of the answers to the page's questions, by name of the question. No value of this struct exists: it
/// gives each answer the same type in Rust and on the page.
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "camelCase"))]
pub struct Answers<'a> {
    /// The state of the phone.
    pub status: Status,
    /// The photos that the server needs, smallest first.
    pub uploads: Vec<Upload>,
    /// The names of the photos whose bytes must stay on the phone.
    pub photos_kept: Vec<String>,
    /// The orders of this phone, by day and window.
    pub orders: Vec<OrderLine>,
    /// Open offers, by deadline.
    pub offers: Vec<OfferOnPhone>,
    /// Everything about one order; `null` for an unknown order.
    pub order: Option<OrderView>,
    /// The other metrologists.
    pub colleagues: &'a [Colleague],
    /// Colleagues with their last places, the nearest first.
    pub colleagues_nearby: Colleagues,
    /// Way to an order from the phone's last place; `null` while either place is unknown.
    pub eta: Option<EtaFromHere>,
    /// The texts of the codes of an order that is being transferred.
    pub transfer_codes: Vec<String>,
    /// Progress of reading a colleague's screen.
    pub scanned: Scanned,
    /// The means of this person.
    pub means: &'a [Means],
    /// The firm's questions and answers.
    pub faq: &'a [Faq],
    /// Types that begin with a text.
    pub find_types: Vec<&'a InstrumentType>,
    /// The method of a type; nothing where either is unknown.
    pub method: Option<&'a Method>,
    /// Evidence for something that happens now.
    pub evidence: TimeEvidence,
    /// Doubts about the texts of an instrument that are being typed.
    pub identity_hints: Vec<Hint>,
    /// δ of what is being typed; nothing while it makes no sense.
    pub row_error: Option<RowError>,
}

/// A row while it is typed.
#[derive(Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TypedRow {
    /// `NNNNN-YY`.
    pub type_number: String,
    pub modification: String,
    /// The mounting; empty while nobody has said it.
    pub position: String,
    /// The flow, m³/h.
    pub flow: String,
    /// The dial before, m³.
    pub start: String,
    /// The dial after, m³.
    pub end: String,
    /// What the standard showed, m³.
    pub reference: String,
}

/// Error of a typed row, in percent, with a decimal comma.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RowError {
    /// δ, %, with a comma.
    pub error: String,
    /// The limit, ± %, with a comma.
    pub limit: String,
    pub within: bool,
}

fn photo_name<'de, D: Deserializer<'de>>(d: D) -> Result<[u8; 32], D::Error> {
    let text = String::deserialize(d)?;
    parse_photo_name(&text).ok_or_else(|| serde::de::Error::custom("это не имя фото"))
}

/// The name of a photo: 64 hexadecimal digits.
fn parse_photo_name(text: &str) -> Option<[u8; 32]> {
    let mut name = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in name.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(name)
}
