//! Reference data on the phone: types, methods, means, and the arithmetic of a row.

use vyezd_core::client::Client;
use vyezd_core::model::{self, Position, Reading};
use vyezd_core::rules::hints::Hint;
use vyezd_core::rules::tolerance::{error_percent, limit_percent};

/// A type of the state register in one modification.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct InstrumentType {
    /// Number in the state register, `NNNNN-YY`.
    pub type_number: String,
    /// Modification as the register spells it; compared letter by letter.
    pub modification: String,
    /// Nominal diameter, mm.
    pub dn_mm: u16,
    /// Title of the method, as papers print it.
    pub method: String,
    /// Interval between verifications for cold water, years.
    pub interval_cold_years: u8,
    /// Interval between verifications for hot water, years.
    pub interval_hot_years: u8,
}

/// One point of a method.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MethodPoint {
    /// Name on paper and in rows: `Qмин`.
    pub name: String,
    /// Least number of rows for a verdict.
    pub repeats: u8,
    /// Usual pour, seconds; the start value of a stopwatch.
    pub pour_s: u32,
}

/// A method of verification, approved or not.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Method {
    /// Title as papers print it.
    pub title: String,
    /// Points in the order of measuring.
    pub points: Vec<MethodPoint>,
}

/// A means of verification that this person may use.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Means {
    /// Id for [`super::Edit::UseMeans`].
    pub id: String,
    /// Title for people: «Установка поверочная УПСЖ-3П».
    pub title: String,
    /// Register number, or type number of a simple instrument.
    pub number: String,
    /// Serial number; may be empty.
    pub serial_number: String,
    /// First day of validity, `YYYY-MM-DD`.
    pub valid_from: String,
    /// Last day of validity, included, `YYYY-MM-DD`.
    pub valid_until: String,
}

/// A question of people in the field and the firm's answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Faq {
    /// Question as the office wrote it.
    pub question: String,
    /// Answer as the office wrote it.
    pub answer: String,
}

/// A doubt about a text of an instrument: a letter of another alphabet, a foreign dash, a number
/// that a spreadsheet spoilt.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct IdentityHint {
    /// `type_number`, `modification` or `serial_number`.
    pub field: String,
    /// Text as it stands.
    pub text: String,
    /// Text that was probably meant; empty where only the instrument itself can tell.
    pub right: String,
    /// Positions of the wrong signs among the characters of the text, from 0.
    pub wrong: Vec<u32>,
    /// Russian sentence for whoever types.
    pub words: String,
}

impl From<Hint> for IdentityHint {
    fn from(hint: Hint) -> Self {
        Self {
            field: hint.field.name().to_owned(),
            text: hint.text,
            right: hint.right,
            wrong: hint.wrong.into_iter().map(|at| at as u32).collect(),
            words: hint.words,
        }
    }
}

/// A row while the person types it; decimals with point or comma.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TypedRow {
    /// Number in the state register, `NNNNN-YY`.
    pub type_number: String,
    /// Modification, letter by letter as in the register.
    pub modification: String,
    /// Mounting; decides the class and so Qп.
    pub position: Position,
    /// Flow through the meter, m³/h.
    pub flow: String,
    /// Dial of the meter before the pour, m³.
    pub start: String,
    /// Dial of the meter after the pour, m³.
    pub end: String,
    /// Volume by the standard, m³.
    pub reference: String,
}

/// Error of a row for people: decimal comma, U+2212 for a minus.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RowError {
    /// δ, %, rounded to one decimal.
    pub error_percent: String,
    /// Limit of the type at this flow, ± %.
    pub limit_percent: String,
    /// Whether |δ| as rounded is at most the limit.
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
