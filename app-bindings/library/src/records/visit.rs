//! Records of a visit as the document holds them.

use vyezd_core::client as core;
use vyezd_core::model::{self};

use super::{OrderLine, Sheet, Signer, Window, text};

pub use vyezd_core::model::{
    CallResult, Check, PayMethod, Phase, Position, Source, VisitMoment, VisitOutcome, Water,
};

/// Water in the meter; decides the interval of verification.
#[uniffi::remote(Enum)]
pub enum Water {
    /// Cold: 5–40 °С.
    Cold,
    /// Hot: 40–90 °С.
    Hot,
}

/// Mounting of the meter; decides the metrological class.
#[uniffi::remote(Enum)]
pub enum Position {
    /// Class B (`docs/domain.md`, Limits).
    Horizontal,
    /// Class A; tilted meters count as vertical.
    Vertical,
}

/// Moments of a visit that are written with their time.
#[uniffi::remote(Enum)]
pub enum VisitMoment {
    /// Выехал: the metrologist left for the address.
    OnTheWay,
    /// Прибыл: a sheet needs this time.
    Arrived,
    /// Уехал: the metrologist left the address.
    Departed,
}

/// Reaction of a client to the call before the visit.
#[uniffi::remote(Enum)]
pub enum CallResult {
    /// Подтверждён: the agreed day and time stay.
    Confirmed,
    /// Перенос: the client asks for another day or time.
    Moved,
    /// Отказ: the client does not want the work.
    Refused,
    /// Не ответил: nobody picked up.
    NoAnswer,
}

/// Ending of a visit; decides the state of the order in the office.
#[uniffi::remote(Enum)]
pub enum VisitOutcome {
    /// Выполнено: each instrument is verified or passed over with a reason.
    Done,
    /// Нет доступа к прибору.
    NoAccess,
    /// Клиент отказался на месте.
    Refused,
    /// Не тот адрес: the address of the card is wrong.
    WrongAddress,
    /// Перенос на другой день.
    Postponed,
}

/// Source of a value; without one nothing counts as measured.
#[uniffi::remote(Enum)]
pub enum Source {
    /// Typed on the phone by the metrologist.
    Typed,
    /// Read from a photo of the dial.
    Photo,
    /// Delivered by the rig.
    Rig,
    /// Delivered by a sensor.
    Sensor,
    /// Copied from another record and confirmed on site.
    Copied,
    /// Typed in by the office from paper.
    Paper,
}

/// Start or end of the work on an instrument; each has its own conditions.
#[uniffi::remote(Enum)]
pub enum Phase {
    /// Before the first pour; a verification without these conditions is not finished.
    Start,
    /// After the last pour; these conditions may be absent.
    End,
}

/// Checks before measuring; a failed one makes the instrument unfit without a measurement.
#[uniffi::remote(Enum)]
pub enum Check {
    /// Внешний осмотр, first on the protocol.
    Visual,
    /// Опробование, second on the protocol.
    Operation,
    /// Герметичность, third on the protocol.
    Tightness,
}

/// Way of payment at the address.
#[uniffi::remote(Enum)]
pub enum PayMethod {
    /// Наличными на месте.
    Cash,
    /// Картой на месте.
    Card,
    /// Перевод денег.
    Transfer,
    /// По счёту: nothing was paid on the spot.
    Invoice,
}

/// Everything a screen shows of one order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OrderView {
    /// Line of the day's list.
    pub line: OrderLine,
    /// Last visit of this person, the one that edits go to.
    pub visit: Option<Visit>,
    /// Remarks on the order, by id and so by time of writing.
    pub notes: Vec<String>,
    /// Sheet that would be signed now; without numbers.
    pub preview: Option<Sheet>,
    /// Parts missing for a signature; an unwritten outcome counts as done.
    pub lacking: Vec<Lack>,
    /// Doubts about readings and conditions; they change no verdict.
    pub doubts: Vec<Doubt>,
    /// Latest signed sheet of the visit.
    pub sheet: Option<Sheet>,
    /// Signer of that sheet, or the reason of a refusal.
    pub signer: Option<Signer>,
    /// Address of the client's page, known as soon as the sheet is signed; to be shown as a QR
    /// code.
    pub client_link: Option<String>,
}

/// A part that a visit lacks for a signature.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Lack {
    /// Stable code in snake case.
    pub code: String,
    /// Sentence for the person, Russian.
    pub words: String,
    /// Instrument that lacks the part; `None` for the visit as a whole.
    pub instrument: Option<String>,
}

/// A value that may be a slip; changes no verdict.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Doubt {
    /// Serial number of the instrument.
    pub serial_number: String,
    /// Name of the point; empty for a condition.
    pub point: String,
    /// Sentence for the person, Russian.
    pub words: String,
}

/// A recorded moment of a visit.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Moment {
    /// Leaving, arrival or departure.
    pub what: VisitMoment,
    /// Time of the moment, unix milliseconds.
    pub at_ms: i64,
    /// `true`: by the server's clock; `false`: «время не подтверждено».
    pub confirmed: bool,
}

/// One person's trip to the order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Visit {
    /// Id for every edit of the visit.
    pub id: String,
    /// Recorded moments, in the order of a visit.
    pub moments: Vec<Moment>,
    /// Call to the client before the visit.
    pub call: Option<Call>,
    /// Instruments of the visit, by id.
    pub instruments: Vec<Instrument>,
    /// Sums due and received, kopecks.
    pub money: Money,
    /// Ending of the visit; `None` while the visit goes on.
    pub outcome: Option<VisitOutcome>,
    /// Remark to the outcome; may be empty.
    pub comment: String,
}

/// Call to the client before the visit.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Call {
    /// Reaction of the client to the agreed time.
    pub result: CallResult,
    /// Newly agreed day, `YYYY-MM-DD`, if one was named.
    pub date: Option<String>,
    /// Newly agreed time of day, if one was named.
    pub window: Option<Window>,
    /// Remark to the call; may be empty.
    pub comment: String,
}

/// Money of a visit, kopecks. In an edit absent fields are left as they are.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Money {
    /// Sum due; without one the sheet takes the price of the card.
    pub due_kop: Option<i64>,
    /// Sum received; a sheet of a visit that was done needs one.
    pub received_kop: Option<i64>,
    /// Way of payment, where said.
    pub method: Option<PayMethod>,
    /// Reason for a difference between the two sums.
    pub reason: String,
}

/// Identity of an instrument. In an edit empty and absent fields are left as they are.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Identity {
    /// Number in the state register, `NNNNN-YY`.
    pub type_number: String,
    /// Modification; the type is found by number and modification, letter by letter.
    pub modification: String,
    /// Serial number as text: leading zeros and letters are kept.
    pub serial_number: String,
    /// Year of make, 1900–2199.
    pub year: Option<u16>,
    /// Cold or hot water; decides the interval of verification.
    pub water: Option<Water>,
    /// Mounting; decides the metrological class.
    pub position: Option<Position>,
    /// Source of the values above.
    pub source: Option<Source>,
}

/// Conditions of a verification as decimal text. In an edit absent fields are left as they are.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Conditions {
    /// Temperature of the air, °С.
    pub air_c: Option<String>,
    /// Relative humidity of the air, %.
    pub humidity_percent: Option<String>,
    /// Atmospheric pressure, kPa.
    pub pressure_kpa: Option<String>,
    /// Temperature of the water, °С; not needed after a failed check.
    pub water_c: Option<String>,
    /// Source of the values above.
    pub source: Option<Source>,
}

/// One check that was made.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CheckDone {
    /// Visual, operation or tightness.
    pub check: Check,
    /// `false` makes the instrument unfit.
    pub passed: bool,
    /// Reason of a failure; may be empty.
    pub reason: String,
}

/// Readings of one pour at one point, as decimal text.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Row {
    /// Id of the row: a fresh one ([`crate::new_id`]) for a new row.
    pub id: String,
    /// Name of the point, in any spelling that the method knows.
    pub point: String,
    /// Flow through the meter, m³/h.
    pub flow: String,
    /// Dial of the meter before the pour, m³.
    pub start: String,
    /// Dial of the meter after the pour, m³.
    pub end: String,
    /// Volume by the standard, m³: read from the rig, never computed.
    pub reference: String,
    /// Duration of the pour, s.
    pub duration_s: Option<String>,
    /// Source of all values of the row.
    pub source: Source,
    /// Id of the row that this row corrects.
    pub replaces: Option<String>,
}

/// A photo named in the document.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhotoName {
    /// SHA-256 of the image bytes, 64 hexadecimal digits; see [`crate::VyezdPhone::photo`].
    pub sha256: String,
    /// `serial`, `reading`, `door`, `before:POINT` or `after:POINT`.
    pub kind: String,
}

/// Kind and place of a photo; the library adds the time.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhotoOf {
    /// `serial`, `reading`, `door`, `before:POINT` or `after:POINT`; any other kind is refused.
    pub kind: String,
    /// Place of the phone; `None` without a fix or without the person's consent.
    pub place: Option<Place>,
}

/// A place stated by a phone (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Place {
    /// Latitude, millionths of a degree.
    pub lat_e6: i32,
    /// Longitude, millionths of a degree.
    pub lon_e6: i32,
    /// Radius of uncertainty, metres; 0 where unknown.
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

/// An instrument found at the address, and the work on it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Instrument {
    /// Id for edits of the instrument.
    pub id: String,
    /// Type, serial number and mounting.
    pub identity: Identity,
    /// Conditions before the first pour, where written.
    pub start: Option<Conditions>,
    /// Conditions after the last pour, where written.
    pub end: Option<Conditions>,
    /// Checks that were made, in the order of the protocol.
    pub checks: Vec<CheckDone>,
    /// Rows that count, by id: neither replaced nor excluded by the office.
    pub rows: Vec<Row>,
    /// Ids of the means in use.
    pub means: Vec<String>,
    /// Photos named in the document, by SHA-256.
    pub photos: Vec<PhotoName>,
    /// Reason for passing the instrument over, if it was.
    pub not_verified: Option<String>,
    /// Paths of fields with two concurrent values; a sheet needs one value each.
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
