//! Plain records that cross to the app, made from the machine's views. Nothing is decided here.

mod day;
mod edits;
mod reference;
mod sheet;
mod visit;

use std::str::FromStr;

use vyezd_core::codec::unhex;
use vyezd_core::model::{LegalDate, Reading};

use crate::error::VyezdError;

pub use day::*;
pub use edits::*;
pub use reference::*;
pub use sheet::*;
pub use visit::*;

/// Reads an id given by the app.
pub(crate) fn id<T: FromStr>(field: &str, text: &str) -> Result<T, VyezdError> {
    text.parse().map_err(|_| VyezdError::invalid(field, "Это не идентификатор"))
}

/// Reads an optional decimal; blank text is `None`.
pub(crate) fn reading(field: &str, text: Option<String>) -> Result<Option<Reading>, VyezdError> {
    match text.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => needed(field, text).map(Some),
    }
}

/// Reads a required decimal.
pub(crate) fn needed(field: &str, text: &str) -> Result<Reading, VyezdError> {
    Reading::parse(text).map_err(|error| VyezdError::invalid(field, error.to_string()))
}

/// Reads a date, `YYYY-MM-DD` or `DD.MM.YYYY`.
pub(crate) fn date(field: &str, text: &str) -> Result<LegalDate, VyezdError> {
    LegalDate::parse(text).ok_or_else(|| VyezdError::invalid(field, "Это не дата"))
}

pub(crate) fn text(reading: Option<Reading>) -> Option<String> {
    reading.map(|reading| reading.to_string())
}

/// SHA-256 from 64 hexadecimal digits.
pub(crate) fn sha256_of(text: &str) -> Option<[u8; 32]> {
    unhex(text)?.try_into().ok()
}
