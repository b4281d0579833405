//! The instrument of a row of orders, and what is doubtful in its names.

use vyezd_core::model::{LegalDate, is_type_number};
use vyezd_core::rules::hints::type_number_meant;
use vyezd_core::rules::serial::{is_serial, meant_words, serial_meant, serial_words};
use vyezd_core::texts::{lookalike_words, mended};

use super::merge::InstrumentLine;
use crate::import::table::Record;
use crate::import::{Flaw, Severity, words};
use crate::limits::office::{YEAR_MAX, YEAR_MIN};

/// Reads the instrument of a row, where it has a number.
pub(super) fn instrument(
    r: Record<'_>,
    (serial_number, date): (String, Option<LegalDate>),
    say: &mut impl FnMut(Severity, Flaw),
) -> Option<InstrumentLine> {
    if serial_number.is_empty() {
        let words = "нет заводского номера: прибор пропущен";
        say(Severity::Error, Flaw::at("заводской_номер", words));
        return None;
    }
    if !is_serial(&serial_number) {
        let words = serial_words(&serial_number).unwrap_or_default();
        say(Severity::Error, Flaw::at("заводской_номер", format!("{words}: прибор пропущен")));
        return None;
    }
    for words in doubts(r, &serial_number) {
        say(Severity::Warning, words);
    }
    let mut word = |column: &'static str, found: bool| {
        if !found {
            let words = format!("{column} «{}» не читается", r.get(column));
            say(Severity::Warning, Flaw::at(column, words));
        }
    };
    let water = words::water(r.get("вода"));
    word("вода", water.is_some());
    let position = words::position(r.get("положение"));
    word("положение", position.is_some());
    let year = words::year(r.get("год_выпуска"));
    let latest = date.map_or(YEAR_MAX, |date| (date.0.year() as u16).min(YEAR_MAX));
    let year = year.filter(|year| (YEAR_MIN..=latest).contains(year));
    word("год_выпуска", year.is_some() || r.get("год_выпуска").is_empty());
    Some(InstrumentLine {
        line: r.line,
        // The register writes a hyphen, spreadsheets make dashes of it.
        type_number: r.get("рег_номер").replace(['–', '−', '‑'], "-"),
        modification: r.get("модификация").to_owned(),
        serial_number,
        year,
        water,
        position,
    })
}

/// What is doubtful in the names of an instrument.
fn doubts(r: Record<'_>, serial_number: &str) -> Vec<Flaw> {
    let mut said = Vec::new();
    let type_number = type_number_meant(r.get("рег_номер"));
    for (column, right) in
        [("рег_номер", type_number.clone()), ("модификация", mended(r.get("модификация")))]
    {
        let text = r.get(column);
        if right != text {
            said.push(Flaw::at(column, format!("{column}: {}", lookalike_words(text, &right))));
        }
    }
    if !type_number.is_empty() && !is_type_number(&type_number) {
        let words = format!("рег_номер «{type_number}» не вида NNNNN-ГГ: сверьте с реестром");
        said.push(Flaw::at("рег_номер", words));
    }
    let right = serial_meant(serial_number);
    if right != serial_number {
        said.push(Flaw::at("заводской_номер", meant_words(serial_number, &right)));
    }
    said.extend(serial_words(serial_number).map(|words| Flaw::at("заводской_номер", words)));
    said
}
