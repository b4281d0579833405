//! What is written down at a visit, as the document holds it. Everything may be absent: reading a
//! document never fails, and what is missing is asked for by [`crate::sheet::complete`].

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{
    InstrumentId, LabelKey, LegalDate, MeansId, MeasurementId, NoteId, Position, Reading, SealId,
    Taken, TimeEvidence, VisitId, Water, Window,
};

/// The order document, read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Order {
    /// Visits by id.
    #[n(0)]
    pub visits: BTreeMap<VisitId, Visit>,
    /// Remarks.
    #[n(1)]
    pub notes: BTreeMap<NoteId, Note>,
    /// Labels that are on.
    #[n(2)]
    pub labels: Vec<LabelKey>,
    /// Signed views: the signed record and the strokes, as bytes.
    #[n(3)]
    pub seals: BTreeMap<SealId, SealParts>,
}

/// The two byte strings of a seal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "Record<string, never>"))]
#[cbor(map)]
pub struct SealParts {
    /// The signed record ([`crate::doc::seal::Seal`], CBOR).
    #[serde(skip)]
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub record: Vec<u8>,
    /// The client's drawn signature ([`crate::doc::seal::Strokes`], CBOR); empty after a refusal.
    #[serde(skip)]
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub strokes: Vec<u8>,
}

/// One visit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Visit {
    /// When what happened.
    #[n(0)]
    pub times: BTreeMap<VisitMoment, TimeEvidence>,
    /// The call before the visit.
    #[n(1)]
    pub call: Option<VisitCall>,
    /// Instruments by id.
    #[n(2)]
    pub instruments: BTreeMap<InstrumentId, Instrument>,
    /// What was paid.
    #[n(3)]
    pub money: Money,
    /// How the visit ended.
    #[n(4)]
    pub outcome: Option<VisitOutcome>,
    /// A sentence to the outcome.
    #[n(5)]
    pub comment: String,
    /// What the client thinks of it, 1–10, where he said. The metrologist's app does not show it.
    #[n(6)]
    pub rating: Option<u8>,
}

/// The best mark that a client can give.
pub const RATING_MAX: u8 = 10;

/// Moments of a visit.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum VisitMoment {
    /// Выехал.
    #[n(0)]
    OnTheWay,
    /// Прибыл.
    #[n(1)]
    Arrived,
    /// Уехал.
    #[n(2)]
    Departed,
}

/// What the call before the visit brought.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct VisitCall {
    /// What the client said.
    #[n(0)]
    pub result: CallResult,
    /// The day that was agreed, where one was.
    #[n(1)]
    #[serde(default)]
    pub date: Option<LegalDate>,
    /// The time of day that was agreed.
    #[n(2)]
    #[serde(default)]
    pub window: Option<Window>,
    /// A sentence.
    #[n(3)]
    #[serde(default)]
    pub comment: String,
    /// When they spoke.
    #[n(4)]
    pub at: TimeEvidence,
}

impl VisitCall {
    /// The day and time that were agreed.
    pub fn agreed(&self) -> Option<(LegalDate, Window)> {
        self.date.zip(self.window)
    }
}

/// What the client said when he was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// Подтверждён.
    #[n(0)]
    Confirmed,
    /// Перенос.
    #[n(1)]
    Moved,
    /// Отказ.
    #[n(2)]
    Refused,
    /// Не ответил.
    #[n(3)]
    NoAnswer,
}

impl CallResult {
    /// The words for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Confirmed => "подтверждён",
            Self::Moved => "перенос",
            Self::Refused => "отказ",
            Self::NoAnswer => "не ответил",
        }
    }
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    /// Выполнено.
    #[n(0)]
    Done,
    /// Нет доступа.
    #[n(1)]
    NoAccess,
    /// Клиент отказался.
    #[n(2)]
    Refused,
    /// Не тот адрес.
    #[n(3)]
    WrongAddress,
    /// Перенос.
    #[n(4)]
    Postponed,
}

/// One instrument as found at the visit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Instrument {
    /// What it is.
    #[n(0)]
    pub identity: Identity,
    /// Conditions at the start and at the end.
    #[n(1)]
    pub conditions: BTreeMap<Phase, Conditions>,
    /// The three checks before measuring.
    #[n(2)]
    pub checks: BTreeMap<Check, CheckResult>,
    /// Rows of readings; corrected rows are still here.
    #[n(3)]
    pub measurements: BTreeMap<MeasurementId, Measurement>,
    /// With which means it was verified.
    #[n(4)]
    pub means: Vec<MeansId>,
    /// Photos by their SHA-256 in hex.
    #[n(5)]
    pub photos: BTreeMap<String, String>,
    /// Why it was not verified, where it was not.
    #[n(6)]
    pub not_verified: Option<NotVerified>,
    /// Values of one field that two hands wrote while apart; the reader shows one of them.
    #[n(7)]
    pub contested: Vec<String>,
    /// Rows that the office does not count, after two readings of one point.
    #[n(8)]
    pub set_aside: Vec<MeasurementId>,
    /// When and where photos were taken, by the same names.
    #[n(9)]
    #[cbor(default)]
    pub taken: BTreeMap<String, Taken>,
}

impl Instrument {
    /// The rows that count: those that no other row replaces, in the order of their ids (of making).
    pub fn current_measurements(&self) -> impl Iterator<Item = (&MeasurementId, &Measurement)> {
        self.rows_or_set_aside().filter(|(id, _)| !self.set_aside.contains(id))
    }

    /// The same, with the rows that the office does not count.
    pub fn rows_or_set_aside(&self) -> impl Iterator<Item = (&MeasurementId, &Measurement)> {
        self.measurements
            .iter()
            .filter(|(id, _)| !self.measurements.values().any(|m| m.replaces.as_ref() == Some(*id)))
    }
}

/// What the instrument is. Written by the metrologist, or copied from the card and so marked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
#[serde(default)]
pub struct Identity {
    /// `NNNNN-YY`.
    #[n(0)]
    pub type_number: String,
    /// The modification.
    #[n(1)]
    pub modification: String,
    /// The serial number.
    #[n(2)]
    pub serial_number: String,
    /// The year of make.
    #[n(3)]
    pub year: Option<u16>,
    /// Cold or hot.
    #[n(4)]
    pub water: Option<Water>,
    /// The mounting.
    #[n(5)]
    pub position: Option<Position>,
    /// Where these values come from.
    #[n(6)]
    pub source: Option<Source>,
}

/// Where a value comes from. A value without a source is not a measured value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Entered by hand on the phone.
    #[n(0)]
    Typed,
    /// Read from a photo.
    #[n(1)]
    Photo,
    /// Given by the rig.
    #[n(2)]
    Rig,
    /// Given by a sensor.
    #[n(3)]
    Sensor,
    /// Copied from another record, confirmed on site.
    #[n(4)]
    Copied,
    /// Typed in by the office from paper.
    #[n(5)]
    Paper,
}

impl Source {
    /// Reads the word of a spreadsheet: `ввод`, `фото`, `установка`, `датчик`, `бумага`.
    pub fn parse(text: &str) -> Option<Self> {
        match super::fold(text).as_str() {
            "ввод" | "вручную" | "typed" => Some(Self::Typed),
            "фото" | "photo" => Some(Self::Photo),
            "установка" | "эталон" | "rig" => Some(Self::Rig),
            "датчик" | "sensor" => Some(Self::Sensor),
            "копия" | "copied" => Some(Self::Copied),
            "бумага" | "paper" => Some(Self::Paper),
            _ => None,
        }
    }

    /// The word for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Typed => "введено",
            Self::Photo => "по фото",
            Self::Rig => "с установки",
            Self::Sensor => "с датчика",
            Self::Copied => "скопировано",
            Self::Paper => "с бумаги",
        }
    }
}

/// Start or end of the work on an instrument.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Before the first pour.
    #[n(0)]
    Start,
    /// After the last.
    #[n(1)]
    End,
}

/// Conditions of the verification. Units are in the names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
#[serde(default)]
pub struct Conditions {
    /// Air, °С.
    #[n(0)]
    pub air_c: Option<Reading>,
    /// Relative humidity, %.
    #[n(1)]
    pub humidity_percent: Option<Reading>,
    /// Pressure, kPa.
    #[n(2)]
    pub pressure_kpa: Option<Reading>,
    /// Water, °С.
    #[n(3)]
    pub water_c: Option<Reading>,
    /// Where they come from.
    #[n(4)]
    pub source: Option<Source>,
}

/// The checks before measuring.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Внешний осмотр.
    #[n(0)]
    Visual,
    /// Опробование.
    #[n(1)]
    Operation,
    /// Герметичность.
    #[n(2)]
    Tightness,
}

impl Check {
    /// In the order of the protocol.
    pub const ALL: [Self; 3] = [Self::Visual, Self::Operation, Self::Tightness];

    /// The word for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Visual => "внешний осмотр",
            Self::Operation => "опробование",
            Self::Tightness => "герметичность",
        }
    }
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct CheckResult {
    /// Passed.
    #[n(0)]
    pub passed: bool,
    /// Why not.
    #[n(1)]
    #[serde(default)]
    pub reason: String,
}

/// One row of readings.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Measurement {
    /// The point of the method.
    #[n(0)]
    pub point: String,
    /// The flow, m³/h.
    #[n(1)]
    pub flow: Reading,
    /// The dial before, m³.
    #[n(2)]
    pub start: Reading,
    /// The dial after, m³.
    #[n(3)]
    pub end: Reading,
    /// What the standard showed, m³: read from the rig, never computed.
    #[n(4)]
    pub reference: Reading,
    /// How long it ran, s.
    #[n(5)]
    pub duration_s: Option<Reading>,
    /// Where the values come from.
    #[n(6)]
    pub source: Source,
    /// The row that this one corrects.
    #[n(7)]
    #[serde(default)]
    pub replaces: Option<MeasurementId>,
}

/// Why an instrument at the address was not verified.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct NotVerified {
    /// In words.
    #[n(0)]
    pub reason: String,
}

/// What was paid at a visit, kopecks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
#[serde(default)]
pub struct Money {
    /// What the client owes.
    #[n(0)]
    pub due_kop: Option<i64>,
    /// What he paid.
    #[n(1)]
    pub received_kop: Option<i64>,
    /// How.
    #[n(2)]
    pub method: Option<PayMethod>,
    /// Why the two differ.
    #[n(3)]
    pub reason: String,
}

/// How the client paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum PayMethod {
    /// Наличные.
    #[n(0)]
    Cash,
    /// Карта.
    #[n(1)]
    Card,
    /// Перевод.
    #[n(2)]
    Transfer,
    /// Не оплачено на месте (по счёту).
    #[n(3)]
    Invoice,
}

impl PayMethod {
    /// The word for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Cash => "наличными",
            Self::Card => "картой",
            Self::Transfer => "переводом",
            Self::Invoice => "по счёту",
        }
    }
}

/// A remark.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Note {
    /// What it says.
    #[n(0)]
    pub text: String,
    /// When it was written.
    #[n(1)]
    pub at: Option<TimeEvidence>,
}

/// The short names under which choices stand in documents, JSON and the database.
macro_rules! codes {
    ($($name:ident { $($variant:ident = $code:literal),* $(,)? })*) => {$(
        impl $name {
            /// The code in documents.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// The value with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

codes! {
    VisitMoment { OnTheWay = "on_the_way", Arrived = "arrived", Departed = "departed" }
    VisitOutcome {
        Done = "done", NoAccess = "no_access", Refused = "refused",
        WrongAddress = "wrong_address", Postponed = "postponed",
    }
    Phase { Start = "start", End = "end" }
    Check { Visual = "visual", Operation = "operation", Tightness = "tightness" }
    Source {
        Typed = "typed", Photo = "photo", Rig = "rig", Sensor = "sensor",
        Copied = "copied", Paper = "paper",
    }
    PayMethod { Cash = "cash", Card = "card", Transfer = "transfer", Invoice = "invoice" }
}

impl VisitOutcome {
    /// The words for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Done => "выполнено",
            Self::NoAccess => "нет доступа",
            Self::Refused => "клиент отказался",
            Self::WrongAddress => "не тот адрес",
            Self::Postponed => "перенос",
        }
    }
}
