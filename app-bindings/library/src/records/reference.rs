//! The reference data on the phone: types, methods, means, and the arithmetic of a row.

use vyezd_core::client::Client;
use vyezd_core::model::{self, Position, Reading};
use vyezd_core::rules::tolerance::{error_percent, limit_percent};

/// A type of the state register in one modification.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct InstrumentType {
    /// `NNNNN-YY`.
    pub type_number: String,
    /// The modification as the register spells it.
    pub modification: String,
    /// Nominal diameter, mm.
    pub dn_mm: u16,
    /// The method's title.
    pub method: String,
    /// Interval for cold water, years.
    pub interval_cold_years: u8,
    /// Interval for hot water, years.
    pub interval_hot_years: u8,
}

/// One point of a method.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MethodPoint {
    /// Its name: `Qмин`.
    pub name: String,
    /// How many rows it needs at least.
    pub repeats: u8,
    /// The usual pour, seconds: what the stopwatch starts with.
    pub pour_s: u32,
}

/// A method of verification.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Method {
    /// The title.
    pub title: String,
    /// The points, in the order of measuring.
    pub points: Vec<MethodPoint>,
}

/// A means of verification.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Means {
    /// Its id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Its number in the register.
    pub number: String,
    /// The serial number.
    pub serial_number: String,
    /// First day on which it may be used.
    pub valid_from: String,
    /// Last day on which it may be used.
    pub valid_until: String,
}

/// A question that people in the field ask, and the firm's answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Faq {
    /// What is asked.
    pub question: String,
    /// What the firm says.
    pub answer: String,
}

/// A row while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TypedRow {
    /// `NNNNN-YY`.
    pub type_number: String,
    /// The modification.
    pub modification: String,
    /// The mounting.
    pub position: Position,
    /// The flow, m³/h.
    pub flow: String,
    /// The dial before, m³.
    pub start: String,
    /// The dial after, m³.
    pub end: String,
    /// What the standard showed, m³.
    pub reference: String,
}

/// What comes out of a row, for people: decimal comma.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RowError {
    /// δ, %.
    pub error_percent: String,
    /// The limit, ± %.
    pub limit_percent: String,
    /// Within it.
    pub within: bool,
}

impl TypedRow {
    pub(crate) fn judge(&self, client: &Client) -> Option<RowError> {
        let kind = client.find_type(&self.type_number, &self.modification)?;
        let read = |text: &str| Reading::parse(text).ok();
        let error = error_percent(&read(&self.start)?, &read(&self.end)?, &read(&self.reference)?)?;
        let limit = limit_percent(kind, self.position, &read(&self.flow)?);
        Some(RowError {
            error_percent: Reading::from(error).russian(),
            limit_percent: Reading::from(limit).russian(),
            within: error.abs() <= limit,
        })
    }
}

impl From<model::InstrumentType> for InstrumentType {
    fn from(kind: model::InstrumentType) -> Self {
        Self {
            type_number: kind.type_number,
            modification: kind.modification,
            dn_mm: kind.dn_mm,
            method: kind.method,
            interval_cold_years: kind.interval_cold_years,
            interval_hot_years: kind.interval_hot_years,
        }
    }
}

impl From<model::Method> for Method {
    fn from(method: model::Method) -> Self {
        let point = |p: model::PointSpec| MethodPoint {
            name: p.name,
            repeats: p.repeats,
            pour_s: p.pour_s,
        };
        Self { title: method.title, points: method.points.into_iter().map(point).collect() }
    }
}

impl From<model::Means> for Means {
    fn from(means: model::Means) -> Self {
        Self {
            id: means.id.to_string(),
            title: means.title,
            number: means.number,
            serial_number: means.serial_number,
            valid_from: means.valid_from.to_string(),
            valid_until: means.valid_until.to_string(),
        }
    }
}
