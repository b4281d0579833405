//! A visit as it is written down.

use vyezd_core::client as core;
use vyezd_core::model::{self};

use super::{OrderLine, Sheet, Signer, Window, text};

pub use vyezd_core::model::{
    CallResult, Check, PayMethod, Phase, Position, Source, VisitMoment, VisitOutcome, Water,
};

/// What flows through the meter.
#[uniffi::remote(Enum)]
pub enum Water {
    /// Cold.
    Cold,
    /// Hot.
    Hot,
}

/// How the meter is mounted.
#[uniffi::remote(Enum)]
pub enum Position {
    /// Class B.
    Horizontal,
    /// Class A.
    Vertical,
}

/// Moments of a visit.
#[uniffi::remote(Enum)]
pub enum VisitMoment {
    /// Выехал.
    OnTheWay,
    /// Прибыл.
    Arrived,
    /// Уехал.
    Departed,
}

/// What the client said when he was called.
#[uniffi::remote(Enum)]
pub enum CallResult {
    /// Подтверждён.
    Confirmed,
    /// Перенос.
    Moved,
    /// Отказ.
    Refused,
    /// Не ответил.
    NoAnswer,
}

/// How a visit ended.
#[uniffi::remote(Enum)]
pub enum VisitOutcome {
    /// Выполнено.
    Done,
    /// Нет доступа.
    NoAccess,
    /// Клиент отказался.
    Refused,
    /// Не тот адрес.
    WrongAddress,
    /// Перенос.
    Postponed,
}

/// Where a value comes from.
#[uniffi::remote(Enum)]
pub enum Source {
    /// Entered by hand on the phone.
    Typed,
    /// Read from a photo.
    Photo,
    /// Given by the rig.
    Rig,
    /// Given by a sensor.
    Sensor,
    /// Copied from another record, confirmed on site.
    Copied,
    /// Typed in by the office from paper.
    Paper,
}

/// Start or end of the work on an instrument.
#[uniffi::remote(Enum)]
pub enum Phase {
    /// Before the first pour.
    Start,
    /// After the last.
    End,
}

/// The checks before measuring.
#[uniffi::remote(Enum)]
pub enum Check {
    /// Внешний осмотр.
    Visual,
    /// Опробование.
    Operation,
    /// Герметичность.
    Tightness,
}

/// How the client paid.
#[uniffi::remote(Enum)]
pub enum PayMethod {
    /// Наличные.
    Cash,
    /// Карта.
    Card,
    /// Перевод.
    Transfer,
    /// Не оплачено на месте (по счёту).
    Invoice,
}

/// Everything about one order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OrderView {
    /// The line of the list.
    pub line: OrderLine,
    /// The visit in work.
    pub visit: Option<Visit>,
    /// Remarks.
    pub notes: Vec<String>,
    /// What the client would sign now; numbers are not taken yet.
    pub preview: Option<Sheet>,
    /// What the visit still lacks before it can be signed.
    pub lacking: Vec<Lack>,
    /// What is doubtful.
    pub doubts: Vec<Doubt>,
    /// The signed sheet.
    pub sheet: Option<Sheet>,
    /// Who signed it.
    pub signer: Option<Signer>,
    /// The client's page, once the office has the sheet: shown as a QR code.
    pub client_link: Option<String>,
}

/// Something that a visit lacks.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Lack {
    /// The stable code.
    pub code: String,
    /// In Russian, for the person.
    pub words: String,
    /// Of which instrument.
    pub instrument: Option<String>,
}

/// A value that may be a slip.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Doubt {
    /// Of which instrument.
    pub serial_number: String,
    /// At which point.
    pub point: String,
    /// In Russian, for the person.
    pub words: String,
}

/// When something happened, and how sure that is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Moment {
    /// What happened.
    pub what: VisitMoment,
    /// Unix milliseconds.
    pub at_ms: i64,
    /// By the server's clock; otherwise «время не подтверждено».
    pub confirmed: bool,
}

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Visit {
    /// The visit.
    pub id: String,
    /// When what happened.
    pub moments: Vec<Moment>,
    /// What the call before the visit brought.
    pub call: Option<Call>,
    /// Instruments.
    pub instruments: Vec<Instrument>,
    /// What was paid.
    pub money: Money,
    /// How it ended.
    pub outcome: Option<VisitOutcome>,
    /// A sentence to that.
    pub comment: String,
}

/// What the call before the visit brought.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Call {
    /// What the client said.
    pub result: CallResult,
    /// The day that was agreed.
    pub date: Option<String>,
    /// The time of day that was agreed.
    pub window: Option<Window>,
    /// A sentence.
    pub comment: String,
}

/// What was paid at a visit, kopecks. Absent fields are left as they are when this is written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Money {
    /// What the client owes.
    pub due_kop: Option<i64>,
    /// What he paid.
    pub received_kop: Option<i64>,
    /// How.
    pub method: Option<PayMethod>,
    /// Why the two differ.
    pub reason: String,
}

/// What an instrument is. Empty and absent fields are left as they are when this is written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Identity {
    /// `NNNNN-YY`.
    pub type_number: String,
    /// The modification.
    pub modification: String,
    /// The serial number.
    pub serial_number: String,
    /// The year of make.
    pub year: Option<u16>,
    /// Cold or hot.
    pub water: Option<Water>,
    /// The mounting.
    pub position: Option<Position>,
    /// Where these values come from.
    pub source: Option<Source>,
}

/// Conditions of the verification. Absent fields are left as they are when this is written.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Conditions {
    /// Air, °С.
    pub air_c: Option<String>,
    /// Relative humidity, %.
    pub humidity_percent: Option<String>,
    /// Pressure, kPa.
    pub pressure_kpa: Option<String>,
    /// Water, °С.
    pub water_c: Option<String>,
    /// Where they come from.
    pub source: Option<Source>,
}

/// A check with its result.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CheckDone {
    /// Which.
    pub check: Check,
    /// Passed.
    pub passed: bool,
    /// Why not.
    pub reason: String,
}

/// A row of readings.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Row {
    /// The row: a new id ([`crate::new_id`]) for a new row.
    pub id: String,
    /// The point of the method.
    pub point: String,
    /// The flow, m³/h.
    pub flow: String,
    /// The dial before, m³.
    pub start: String,
    /// The dial after, m³.
    pub end: String,
    /// What the standard showed, m³.
    pub reference: String,
    /// How long it ran, s.
    pub duration_s: Option<String>,
    /// Where the values come from.
    pub source: Source,
    /// The row that this one corrects.
    pub replaces: Option<String>,
}

/// A photo of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhotoName {
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// What is on it.
    pub kind: String,
}

/// What a photo shows and where it is taken; when is the library's to say.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhotoOf {
    /// «показания», «пломба», «место».
    pub kind: String,
    /// Where the phone is, if it can and may say.
    pub place: Option<Place>,
}

/// Where the phone says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Place {
    /// Latitude, millionths of a degree.
    pub lat_e6: i32,
    /// Longitude, millionths of a degree.
    pub lon_e6: i32,
    /// Within how many metres.
    pub accuracy_m: u32,
}

impl From<model::Place> for Place {
    fn from(place: model::Place) -> Self {
        Self { lat_e6: place.lat_e6, lon_e6: place.lon_e6, accuracy_m: place.accuracy_m }
    }
}

impl From<Place> for model::Place {
    fn from(place: Place) -> Self {
        Self { lat_e6: place.lat_e6, lon_e6: place.lon_e6, accuracy_m: place.accuracy_m }
    }
}

/// One instrument as found at the visit.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Instrument {
    /// The instrument.
    pub id: String,
    /// What it is.
    pub identity: Identity,
    /// Conditions before the first pour.
    pub start: Option<Conditions>,
    /// Conditions after the last.
    pub end: Option<Conditions>,
    /// The checks.
    pub checks: Vec<CheckDone>,
    /// The rows that count.
    pub rows: Vec<Row>,
    /// The means.
    pub means: Vec<String>,
    /// Photos.
    pub photos: Vec<PhotoName>,
    /// Why it was not verified, where it was not.
    pub not_verified: Option<String>,
    /// Fields that two hands wrote while apart.
    pub contested: Vec<String>,
}

impl Visit {
    pub(crate) fn of(id: model::VisitId, visit: &model::Visit) -> Self {
        let moment = |(what, at): (&VisitMoment, &model::TimeEvidence)| Moment {
            what: *what,
            at_ms: at.at.0,
            confirmed: at.confidence == model::Confidence::Confirmed,
        };
        Self {
            id: id.to_string(),
            moments: visit.times.iter().map(moment).collect(),
            call: visit.call.as_ref().map(|call| Call {
                result: call.result,
                date: call.date.map(|date| date.to_string()),
                window: call.window.map(Into::into),
                comment: call.comment.clone(),
            }),
            instruments: visit.instruments.iter().map(|(id, i)| Instrument::of(*id, i)).collect(),
            money: Money {
                due_kop: visit.money.due_kop,
                received_kop: visit.money.received_kop,
                method: visit.money.method,
                reason: visit.money.reason.clone(),
            },
            outcome: visit.outcome,
            comment: visit.comment.clone(),
        }
    }
}

impl Instrument {
    fn of(id: model::InstrumentId, instrument: &model::Instrument) -> Self {
        let conditions = |phase| instrument.conditions.get(&phase).cloned().map(Into::into);
        let what = &instrument.identity;
        Self {
            id: id.to_string(),
            identity: Identity {
                type_number: what.type_number.clone(),
                modification: what.modification.clone(),
                serial_number: what.serial_number.clone(),
                year: what.year,
                water: what.water,
                position: what.position,
                source: what.source,
            },
            start: conditions(Phase::Start),
            end: conditions(Phase::End),
            checks: instrument
                .checks
                .iter()
                .map(|(check, done)| CheckDone {
                    check: *check,
                    passed: done.passed,
                    reason: done.reason.clone(),
                })
                .collect(),
            rows: instrument.current_measurements().map(|(id, row)| Row::of(*id, row)).collect(),
            means: instrument.means.iter().map(ToString::to_string).collect(),
            photos: instrument
                .photos
                .iter()
                .map(|(sha256, kind)| PhotoName { sha256: sha256.clone(), kind: kind.clone() })
                .collect(),
            not_verified: instrument.not_verified.as_ref().map(|why| why.reason.clone()),
            contested: instrument.contested.clone(),
        }
    }
}

impl Row {
    fn of(id: model::MeasurementId, row: &model::Measurement) -> Self {
        Self {
            id: id.to_string(),
            point: row.point.clone(),
            flow: row.flow.to_string(),
            start: row.start.to_string(),
            end: row.end.to_string(),
            reference: row.reference.to_string(),
            duration_s: text(row.duration_s),
            source: row.source,
            replaces: row.replaces.map(|id| id.to_string()),
        }
    }
}

impl From<model::Conditions> for Conditions {
    fn from(conditions: model::Conditions) -> Self {
        Self {
            air_c: text(conditions.air_c),
            humidity_percent: text(conditions.humidity_percent),
            pressure_kpa: text(conditions.pressure_kpa),
            water_c: text(conditions.water_c),
            source: conditions.source,
        }
    }
}

impl From<core::Lack> for Lack {
    fn from(lack: core::Lack) -> Self {
        let instrument = lack.instrument.map(|id| id.to_string());
        Self { code: lack.code.to_owned(), words: lack.words, instrument }
    }
}
