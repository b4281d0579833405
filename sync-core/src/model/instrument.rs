//! Records of an instrument: identity, conditions, checks and measurements, as the document holds them.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::codes::codes;
use super::{MeansId, MeasurementId, Position, Reading, Taken, Water};

/// An instrument found at the address, and the work on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Instrument {
    /// Type, serial number and mounting of the instrument.
    #[n(0)]
    pub identity: Identity,
    /// Conditions before the first and after the last pour.
    #[n(1)]
    pub conditions: BTreeMap<Phase, Conditions>,
    /// Checks before measuring; a check without an entry was not made.
    #[n(2)]
    pub checks: BTreeMap<Check, CheckResult>,
    /// All rows of readings by id, corrected ones included.
    #[n(3)]
    pub measurements: BTreeMap<MeasurementId, Measurement>,
    /// Means of verification marked as used.
    #[n(4)]
    pub means: Vec<MeansId>,
    /// Kinds of photos (`serial`, `reading`, `door`, `before:POINT`, `after:POINT`) by SHA-256, 64 hex
    /// digits.
    #[n(5)]
    pub photos: BTreeMap<String, String>,
    /// Reason for passing the instrument over; with a reason nothing else is asked for.
    #[n(6)]
    pub not_verified: Option<NotVerified>,
    /// Paths of fields that hold two different concurrent values; a sheet needs one value each.
    #[n(7)]
    pub contested: Vec<String>,
    /// Rows excluded by the office, after two readings of one point.
    #[n(8)]
    pub set_aside: Vec<MeasurementId>,
    /// Time and place of photos, by the keys of [`Self::photos`].
    #[n(9)]
    #[cbor(default)]
    pub taken: BTreeMap<String, Taken>,
    /// SHA-256 of photos that were taken out.
    #[n(10)]
    #[cbor(default)]
    pub removed_photos: Vec<String>,
}

impl Instrument {
    /// Whether nothing is written but a reason for passing over.
    pub fn is_blank(&self) -> bool {
        let Self { identity, conditions, checks, measurements, means, photos, .. } = self;
        *identity == Identity::default()
            && conditions.is_empty()
            && checks.is_empty()
            && measurements.is_empty()
            && means.is_empty()
            && photos.is_empty()
    }

    /// Rows that count, by id and so by time of making: neither replaced nor excluded by the
    /// office.
    pub fn current_measurements(&self) -> impl Iterator<Item = (&MeasurementId, &Measurement)> {
        self.rows_or_set_aside().filter(|(id, _)| !self.set_aside.contains(id))
    }

    /// Rows that no other row replaces, those excluded by the office included.
    pub fn rows_or_set_aside(&self) -> impl Iterator<Item = (&MeasurementId, &Measurement)> {
        self.measurements
            .iter()
            .filter(|(id, _)| !self.measurements.values().any(|m| m.replaces.as_ref() == Some(*id)))
    }
}

/// Identity of an instrument, written by the metrologist or copied from the card and marked so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
#[serde(default)]
pub struct Identity {
    /// Number in the state register, `NNNNN-YY`.
    #[n(0)]
    pub type_number: String,
    /// Modification; the type is found by number and modification, letter by letter.
    #[n(1)]
    pub modification: String,
    /// Serial number as text: leading zeros and letters are kept.
    #[n(2)]
    pub serial_number: String,
    /// Year of make, 1900–2199.
    #[n(3)]
    pub year: Option<u16>,
    /// Cold or hot water; decides the interval of verification.
    #[n(4)]
    pub water: Option<Water>,
    /// Mounting; decides the metrological class.
    #[n(5)]
    pub position: Option<Position>,
    /// Source of the values above.
    #[n(6)]
    pub source: Option<Source>,
}

/// Source of a value; without one nothing counts as measured. Numbers 0–5 in signed records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Typed on the phone by the metrologist.
    #[n(0)]
    Typed,
    /// Read from a photo of the dial.
    #[n(1)]
    Photo,
    /// Delivered by the rig.
    #[n(2)]
    Rig,
    /// Delivered by a sensor.
    #[n(3)]
    Sensor,
    /// Copied from another record and confirmed on site.
    #[n(4)]
    Copied,
    /// Typed in by the office from paper.
    #[n(5)]
    Paper,
}

impl Source {
    /// Reads a word of a spreadsheet: `ввод`, `фото`, `установка`, `датчик`, `копия`, `бумага`.
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

    /// Russian words for pages: «введено», «с установки».
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

/// Start or end of the work on an instrument; each has its own conditions.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Before the first pour; a verification without these conditions is not finished.
    #[n(0)]
    Start,
    /// After the last pour; these conditions may be absent.
    #[n(1)]
    End,
}

/// Conditions of a verification; allowed ranges are in `docs/domain.md`, Conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
#[serde(default)]
pub struct Conditions {
    /// Temperature of the air, °С.
    #[n(0)]
    pub air_c: Option<Reading>,
    /// Relative humidity of the air, %.
    #[n(1)]
    pub humidity_percent: Option<Reading>,
    /// Atmospheric pressure, kPa.
    #[n(2)]
    pub pressure_kpa: Option<Reading>,
    /// Temperature of the water, °С; not needed after a failed check.
    #[n(3)]
    pub water_c: Option<Reading>,
    /// Source of the values above.
    #[n(4)]
    pub source: Option<Source>,
}

/// Checks before measuring; a failed one makes the instrument unfit without a measurement.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Внешний осмотр, first on the protocol.
    #[n(0)]
    Visual,
    /// Опробование, second on the protocol.
    #[n(1)]
    Operation,
    /// Герметичность, third on the protocol.
    #[n(2)]
    Tightness,
}

impl Check {
    /// Every check in the order of the protocol.
    pub const ALL: [Self; 3] = [Self::Visual, Self::Operation, Self::Tightness];

    /// Russian noun, lower case, as reasons and protocols print it.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Visual => "внешний осмотр",
            Self::Operation => "опробование",
            Self::Tightness => "герметичность",
        }
    }
}

/// Result of one check, written by the metrologist.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct CheckResult {
    /// `false` makes the instrument unfit.
    #[n(0)]
    pub passed: bool,
    /// Reason of a failure; the verdict quotes it in brackets.
    #[n(1)]
    #[serde(default)]
    pub reason: String,
}

/// One row: the readings of one pour at one point. Written once; a correction is a new row.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Measurement {
    /// Name of the point in any spelling, see [`super::point_key`].
    #[n(0)]
    pub point: String,
    /// Flow through the meter, m³/h.
    #[n(1)]
    pub flow: Reading,
    /// Dial of the meter before the pour, m³.
    #[n(2)]
    pub start: Reading,
    /// Dial of the meter after the pour, m³.
    #[n(3)]
    pub end: Reading,
    /// Volume by the standard, m³: read from the rig, never computed from flow and time.
    #[n(4)]
    pub reference: Reading,
    /// Duration of the pour, s.
    #[n(5)]
    pub duration_s: Option<Reading>,
    /// Source of all values of the row.
    #[n(6)]
    pub source: Source,
    /// Id of the row that this row corrects.
    #[n(7)]
    #[serde(default)]
    pub replaces: Option<MeasurementId>,
}

/// Reason for which an instrument at the address was not verified.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct NotVerified {
    /// Free text; an empty one takes the entry back.
    #[n(0)]
    pub reason: String,
}

codes! {
    Phase { Start = "start", End = "end" }
    Check { Visual = "visual", Operation = "operation", Tightness = "tightness" }
    Source {
        Typed = "typed", Photo = "photo", Rig = "rig", Sensor = "sensor",
        Copied = "copied", Paper = "paper",
    }
}
