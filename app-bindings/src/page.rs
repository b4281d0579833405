//! What the page's worker and the phone say to each other: JSON, and objects where bytes are in it.
//! `scripts/page-types` writes these types down in TypeScript, with every type of the core that they name.

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

/// What the page may ask of the machine.
#[derive(Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum PageInput {
    /// One save of a form.
    Edit {
        /// The order.
        order: OrderId,
        /// What was done.
        edits: Vec<Edit>,
    },
    /// The person asks for what only the server may decide.
    Command {
        /// A new id.
        id: ItemId,
        /// What is asked for.
        kind: CommandKind,
    },
    /// The client signs, or refuses to.
    Seal {
        /// The order.
        order: OrderId,
        /// The visit.
        visit: VisitId,
        /// A new id.
        seal: SealId,
        /// Who.
        signer: Signer,
        /// What he drew; empty after a refusal.
        strokes: Strokes,
        /// The code from his SMS.
        code: Option<String>,
    },
    /// A photo was taken; its bytes are durable already.
    Photo {
        /// The order.
        order: OrderId,
        /// The visit.
        visit: VisitId,
        /// Of which instrument.
        instrument: InstrumentId,
        /// SHA-256 of its bytes, 64 hexadecimal digits.
        #[serde(deserialize_with = "photo_name")]
        #[cfg_attr(feature = "typescript", ts(type = "string"))]
        sha256: [u8; 32],
        /// How many bytes.
        bytes: u64,
        /// What is on it: `serial`, `reading`, `before:Qмин`, `after:Qмин`.
        kind: String,
        /// Where it was taken, if the phone could and might say.
        place: Option<Place>,
    },
    /// The server confirmed an upload.
    Uploaded {
        /// SHA-256 of the photo, 64 hexadecimal digits.
        #[serde(deserialize_with = "photo_name")]
        #[cfg_attr(feature = "typescript", ts(type = "string"))]
        sha256: [u8; 32],
    },
    /// The person transfers the order to a colleague who stands beside him.
    BeginTransfer {
        /// The order.
        order: OrderId,
        /// To whom.
        to: PersonId,
        /// A new id: the visit that it will be.
        visit: VisitId,
    },
    /// What became of that: the colleague has it, or the person keeps it.
    EndTransfer {
        /// A new id.
        id: ItemId,
        /// The order.
        order: OrderId,
        /// The colleague's phone says that it has it.
        confirmed: bool,
    },
    /// This phone's camera read one of a colleague's codes.
    Scan {
        /// A new id.
        id: ItemId,
        /// The text of the code.
        text: String,
    },
    /// The phone knows where it is, or its person lets nobody know any more.
    ReportLocation {
        /// Where.
        place: Option<Place>,
        /// He has just arrived at this order.
        order: Option<OrderId>,
        /// Colleagues and office may know.
        share: bool,
    },
    /// The person looks at where his colleagues are.
    RefreshColleagues,
    /// The person logs out.
    LogOut,
    /// The person is back.
    LogIn,
    /// It is time to talk to the server.
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

/// What the machine wants done, to be carried out in order.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum PageEffect {
    /// Write all of this, or nothing. At most one, and first.
    Commit {
        /// The rows; one without a value goes.
        writes: Vec<StoredRow>,
    },
    /// Sign these bytes with the phone's key and come back with `signed`.
    Sign {
        /// What is signed.
        bytes: Bytes,
    },
    /// Send this to `/v1/sync` and come back with `answered`, or with the input `no_answer`.
    Send {
        /// The request.
        bytes: Bytes,
    },
    /// Come back with the input `sync_due`.
    WakeIn {
        /// After so many milliseconds.
        ms: i64,
    },
    /// What is shown may have changed.
    Changed,
    /// The input was not carried out.
    Refused {
        /// The stable code.
        code: &'static str,
        /// Why, for the person.
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

/// What the questions to the phone are answered with, by their names. Nobody makes one: it gives each answer
/// the same type in Rust and on the page.
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
    /// The open offers, the oldest first.
    pub offers: Vec<OfferOnPhone>,
    /// Everything about one order; nothing where it is not here.
    pub order: Option<OrderView>,
    /// The other metrologists.
    pub colleagues: &'a [Colleague],
    /// The colleagues and where they were, the nearest first.
    pub colleagues_nearby: Colleagues,
    /// The way to an order from where the phone was last; nothing while one of the two is not known.
    pub eta: Option<EtaFromHere>,
    /// The texts of the codes of an order that is being transferred.
    pub transfer_codes: Vec<String>,
    /// How far the reading of a colleague's screen is.
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
    /// δ of what is being typed; nothing while it makes no sense.
    pub row_error: Option<RowError>,
}

/// A row while it is typed.
#[derive(Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TypedRow {
    /// `NNNNN-YY`.
    pub type_number: String,
    /// The modification.
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

/// What comes out of it.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RowError {
    /// δ, %, with a comma.
    pub error: String,
    /// The limit, ± %, with a comma.
    pub limit: String,
    /// Within it.
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
