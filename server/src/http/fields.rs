//! Texts, dates, sums and lists as people fill them in: parsed once, and every refusal names its field.

use std::collections::BTreeSet;

use vyezd_core::model::{InstrumentId, LegalDate};

use crate::code::Code;
use crate::limits::office::{MONEY_KOP_MAX, YEAR_MAX, YEAR_MIN};
use crate::problem::{Outcome, Problem};
use vyezd_core::rules::serial::{meant_words, without_label, without_remark};
use vyezd_core::texts;

/// A text of one line that may be empty, trimmed. Papers and files are made of it.
pub(super) fn text(field: &'static str, text: &str, most: usize) -> Outcome<String> {
    let text = bounded(field, texts::one_line(text), most)?;
    match texts::unprintable(&text) {
        Some(sign) => {
            let words = format!("знак «{sign}» на документах не напечатать: замените его");
            Err(Problem::Field(field, Code::SignUnprintable, words))
        }
        None => Ok(text),
    }
}

/// A text of one line that must be there.
pub(super) fn full(field: &'static str, value: &str, most: usize) -> Outcome<String> {
    there(field, text(field, value, most)?)
}

/// A serial number: what stands before it («№», «зав. №») or in brackets behind it is no part of it.
pub(super) fn serial(value: &str, most: usize) -> Outcome<String> {
    let serial = text("serial_number", value, most)?;
    match without_label(&serial).or_else(|| without_remark(&serial)) {
        Some(number) => {
            let words = meant_words(&serial, number);
            Err(Problem::field("serial_number", words))
        }
        None => Ok(serial),
    }
}

/// A text of one line that must be there and is read on screens alone.
pub(super) fn full_line(field: &'static str, text: &str, most: usize) -> Outcome<String> {
    there(field, bounded(field, texts::one_line(text), most)?)
}

/// A text that must be there as it is: what would have to be folded is refused.
pub(super) fn exact(field: &'static str, value: &str, most: usize) -> Outcome<String> {
    match full(field, value, most)? {
        same if same == value.trim() => Ok(same),
        _ => Err(Problem::field(field, "недопустимый знак")),
    }
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
        Err(Problem::Field(field, Code::TooLong, format!("длиннее {most} знаков")))
    } else {
        Ok(text)
    }
}

fn there(field: &'static str, text: String) -> Outcome<String> {
    if text.is_empty() {
        Err(Problem::Field(field, Code::FieldRequired, "нужно заполнить".to_owned()))
    } else {
        Ok(text)
    }
}

pub(super) fn day(field: &'static str, text: &str) -> Outcome<LegalDate> {
    let text = text.trim();
    LegalDate::parse(text).ok_or_else(|| {
        let is_day = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
        let words = if is_day {
            "такого года здесь не бывает: проверьте"
        } else {
            "нужна дата ГГГГ-ММ-ДД"
        };
        Problem::field(field, words)
    })
}

/// Two days in their order: the second is the one that is named.
pub(super) fn in_order(field: &'static str, (from, until): (LegalDate, LegalDate)) -> Outcome<()> {
    if from <= until {
        Ok(())
    } else {
        Err(Problem::field(
            field,
            format!("раньше начала: {} — {}", from.russian(), until.russian()),
        ))
    }
}

/// A sum of money.
pub(super) fn kopecks(field: &'static str, sum: i64) -> Outcome<i64> {
    if (0..=MONEY_KOP_MAX).contains(&sum) {
        Ok(sum)
    } else {
        let words = format!("сумма от 0 до {} ₽", MONEY_KOP_MAX / 100);
        Err(Problem::Field(field, Code::MoneyOutOfRange, words))
    }
}

/// A year of make.
pub(super) fn year(
    field: &'static str,
    year: Option<u16>,
    today: LegalDate,
) -> Outcome<Option<u16>> {
    match year {
        Some(year) if i32::from(year) > i32::from(today.0.year()) && year <= YEAR_MAX => {
            Err(Problem::field(field, format!("год {year} ещё не наступил")))
        }
        Some(year) if !(YEAR_MIN..=YEAR_MAX).contains(&year) => {
            Err(Problem::field(field, format!("год от {YEAR_MIN} до {YEAR_MAX}")))
        }
        year => Ok(year),
    }
}

/// How many lines of a list are wanted.
pub(super) fn limit(asked: Option<i64>, (usual, most): (i64, i64)) -> Outcome<i64> {
    let limit = asked.unwrap_or(usual);
    if (1..=most).contains(&limit) {
        Ok(limit)
    } else {
        Err(Problem::asked("limit", format!("число от 1 до {most}")))
    }
}

/// A list that a person fills.
pub(super) fn list<T>(field: &'static str, list: &[T], most: usize) -> Outcome<()> {
    if list.len() <= most {
        Ok(())
    } else {
        Err(Problem::Field(field, Code::TooMany, format!("не больше {most}")))
    }
}

/// Instruments that are told apart by their ids.
pub(super) fn all_different(ids: &[InstrumentId]) -> Outcome<()> {
    let different: BTreeSet<&InstrumentId> = ids.iter().collect();
    if different.len() == ids.len() {
        Ok(())
    } else {
        let words = "один прибор указан дважды".to_owned();
        Err(Problem::Field("instruments", Code::InstrumentTwice, words))
    }
}
