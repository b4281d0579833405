//! Texts, dates, sums and lists as people fill them in: parsed once, and every refusal names its field.

use std::collections::BTreeSet;

use vyezd_core::model::{InstrumentId, LegalDate};

use crate::limits::office::{MONEY_KOP_MAX, YEAR_MAX, YEAR_MIN};
use crate::problem::{Outcome, Problem};
use crate::texts;

/// A text of one line that may be empty, trimmed.
pub(super) fn text(field: &'static str, text: &str, most: usize) -> Outcome<String> {
    bounded(field, texts::one_line(text), most)
}

/// A text of one line that must be there.
pub(super) fn full(field: &'static str, value: &str, most: usize) -> Outcome<String> {
    there(field, text(field, value, most)?)
}

/// A text of several lines that may be empty, trimmed.
pub(super) fn lines(field: &'static str, text: &str, most: usize) -> Outcome<String> {
    bounded(field, texts::lines(text), most)
}

/// A text of several lines that must be there.
pub(super) fn full_lines(field: &'static str, text: &str, most: usize) -> Outcome<String> {
    there(field, lines(field, text, most)?)
}

fn bounded(field: &'static str, text: String, most: usize) -> Outcome<String> {
    if text.chars().any(|c| c.is_control() && c != '\n') {
        Err(Problem::field(field, "недопустимый знак"))
    } else if text.chars().count() > most {
        Err(Problem::Field(field, "too_long", format!("длиннее {most} знаков")))
    } else {
        Ok(text)
    }
}

fn there(field: &'static str, text: String) -> Outcome<String> {
    if text.is_empty() {
        Err(Problem::Field(field, "field_required", "нужно заполнить".to_owned()))
    } else {
        Ok(text)
    }
}

/// A day.
pub(super) fn day(field: &'static str, text: &str) -> Outcome<LegalDate> {
    LegalDate::parse(text.trim()).ok_or_else(|| Problem::field(field, "нужна дата ГГГГ-ММ-ДД"))
}

/// A sum of money.
pub(super) fn kopecks(field: &'static str, sum: i64) -> Outcome<i64> {
    if (0..=MONEY_KOP_MAX).contains(&sum) {
        Ok(sum)
    } else {
        let words = format!("сумма от 0 до {} ₽", MONEY_KOP_MAX / 100);
        Err(Problem::Field(field, "money_out_of_range", words))
    }
}

/// A year of make.
pub(super) fn year(field: &'static str, year: Option<u16>) -> Outcome<Option<u16>> {
    match year {
        Some(year) if !(YEAR_MIN..=YEAR_MAX).contains(&year) => {
            Err(Problem::field(field, format!("год от {YEAR_MIN} до {YEAR_MAX}")))
        }
        year => Ok(year),
    }
}

/// A list that a person fills.
pub(super) fn list<T>(field: &'static str, list: &[T], most: usize) -> Outcome<()> {
    if list.len() <= most {
        Ok(())
    } else {
        Err(Problem::Field(field, "too_many", format!("не больше {most}")))
    }
}

/// Instruments that are told apart by their ids.
pub(super) fn all_different(ids: &[InstrumentId]) -> Outcome<()> {
    let different: BTreeSet<&InstrumentId> = ids.iter().collect();
    if different.len() == ids.len() {
        Ok(())
    } else {
        let words = "один прибор указан дважды".to_owned();
        Err(Problem::Field("instruments", "instrument_twice", words))
    }
}
