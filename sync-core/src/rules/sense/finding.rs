//! What can be wrong with a value, and how much it weighs.

use std::fmt;

use crate::model::{Measurement, Reading};

/// A fault of a value; numbers and names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Air beyond any room.
    Air,
    /// Humidity outside 1–100 %.
    Humidity,
    /// Pressure outside 50–120 kPa.
    Pressure,
    /// Pressure in millimetres of mercury.
    PressureMercury,
    /// Water that is ice or steam.
    Water,
    /// Flow of zero or less.
    FlowNotPositive,
    /// Flow above Qmax of the type.
    FlowAboveMax,
    /// Dial below zero.
    DialNegative,
    /// Dial that ran back.
    DialBack,
    /// Reference volume of zero or less.
    ReferenceNotPositive,
    /// Reference volume in litres.
    ReferenceLitres,
    /// Flow far from that of the point.
    FlowOtherPoint,
    /// Duration outside a day.
    Duration,
    /// Volume by the dial many times that of the reference.
    DialJump,
    /// Dial that ran far between two pours of one visit.
    RowsApart,
    /// One pour written for two points.
    RowCopied,
    /// Two rows whose dial readings overlap by the last digits: pours follow one another.
    RowsOverlap,
    /// Two rows whose dial readings are those of one pour for the most part.
    RowsInOne,
    /// Reference volume that cannot flow in the time, as with minutes in place of seconds.
    DurationShort,
}

/// Weight of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Refused where typed, blocks a verdict, never packed.
    Impossible,
    /// Asked about; changes nothing.
    Doubtful,
}

impl Fault {
    /// Stable code in snake case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Air => "air_impossible",
            Self::Humidity => "humidity_impossible",
            Self::Pressure => "pressure_impossible",
            Self::PressureMercury => "pressure_mercury",
            Self::Water => "water_impossible",
            Self::FlowNotPositive => "flow_not_positive",
            Self::FlowAboveMax => "flow_above_max",
            Self::DialNegative => "dial_negative",
            Self::DialBack => "dial_back",
            Self::ReferenceNotPositive => "reference_not_positive",
            Self::ReferenceLitres => "reference_litres",
            Self::FlowOtherPoint => "flow_other_point",
            Self::Duration => "duration_impossible",
            Self::DialJump => "dial_jump",
            Self::RowsApart => "rows_apart",
            Self::RowCopied => "row_copied",
            Self::RowsOverlap => "rows_overlap",
            Self::RowsInOne => "rows_in_one",
            Self::DurationShort => "duration_short",
        }
    }

    /// Field of the conditions or of the row.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Air => "air_c",
            Self::Humidity => "humidity_percent",
            Self::Pressure | Self::PressureMercury => "pressure_kpa",
            Self::Water => "water_c",
            Self::FlowNotPositive | Self::FlowAboveMax | Self::FlowOtherPoint => "flow",
            Self::DialNegative
            | Self::RowCopied
            | Self::RowsOverlap
            | Self::RowsInOne
            | Self::RowsApart => "start",
            Self::DialBack | Self::DialJump => "end",
            Self::ReferenceNotPositive | Self::ReferenceLitres => "reference",
            Self::Duration | Self::DurationShort => "duration_s",
        }
    }

    /// Weight of the fault.
    pub const fn severity(self) -> Severity {
        match self {
            Self::RowsOverlap | Self::RowsApart => Severity::Doubtful,
            _ => Severity::Impossible,
        }
    }
}

/// A senseless value; `Display` gives the Russian sentence, the point's name first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Kind of the fault.
    pub fault: Fault,
    /// Point of the row as written; empty for conditions.
    pub point: String,
    /// Russian sentence without the point.
    pub words: String,
}

impl Finding {
    /// Whether the value is refused.
    pub fn is_impossible(&self) -> bool {
        self.fault.severity() == Severity::Impossible
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.point.is_empty() {
            f.write_str(&self.words)
        } else {
            write!(f, "{}: {}", self.point, self.words)
        }
    }
}

/// Readings of a row, whether of a document or of a signed sheet.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Name of the point in any spelling.
    pub point: &'a str,
    /// Flow, m³/h.
    pub flow: &'a Reading,
    /// Dial before the pour, m³.
    pub start: &'a Reading,
    /// Dial after the pour, m³.
    pub end: &'a Reading,
    /// Volume by the standard, m³.
    pub reference: &'a Reading,
    /// Duration, s.
    pub duration_s: Option<&'a Reading>,
}

impl<'a> From<&'a Measurement> for Row<'a> {
    fn from(row: &'a Measurement) -> Self {
        let Measurement { point, flow, start, end, reference, duration_s, .. } = row;
        Self { point, flow, start, end, reference, duration_s: duration_s.as_ref() }
    }
}
