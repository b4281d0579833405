//! Numbers of papers: series, leased blocks, and how a number looks.
//!
//! A number belongs to a series (legal entity, kind of paper, year of the legal date). A phone holds
//! a leased block of it, so the number is final on site with no network. These numbers are ours and
//! local; the Fund's number is another thing and comes back from the Fund alone.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{EntityId, LeaseId};

pub use crate::limits::NUMBER_CHARS_MAX;

/// The kinds of paper that have a series of their own.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum NumberKind {
    /// Протокол поверки.
    #[n(0)]
    Protocol,
    /// Свидетельство о поверке (local number).
    #[n(1)]
    Certificate,
    /// Извещение о непригодности (local number).
    #[n(2)]
    Notice,
}

impl NumberKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Protocol, Self::Certificate, Self::Notice];

    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Protocol => "protocol",
            Self::Certificate => "certificate",
            Self::Notice => "notice",
        }
    }

    /// The kind with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The word for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Protocol => "протокол",
            Self::Certificate => "свидетельство",
            Self::Notice => "извещение",
        }
    }
}

/// A block of consecutive numbers, leased to one installation. Final record: `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Lease {
    /// Its id.
    #[n(0)]
    pub id: LeaseId,
    /// Whose numbers.
    #[n(1)]
    pub entity: EntityId,
    /// Of which kind of paper.
    #[n(2)]
    pub kind: NumberKind,
    /// Of which year of the legal date.
    #[n(3)]
    pub year: u16,
    /// The first number.
    #[n(4)]
    pub first: u64,
    /// The last number, included.
    #[n(5)]
    pub last: u64,
}

/// How a legal entity prints its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct NumberTemplates {
    /// For protocols.
    #[n(0)]
    pub protocol: String,
    /// For certificates; the default.
    #[n(1)]
    pub certificate: String,
    /// For notices of unfitness.
    #[n(2)]
    pub notice: String,
}

impl Default for NumberTemplates {
    fn default() -> Self {
        Self {
            protocol: "{код}-П-{ГГГГ}-{номер:6}".to_owned(),
            certificate: "{код}-{ГГГГ}-{номер:6}".to_owned(),
            notice: "{код}-Н-{ГГГГ}-{номер:6}".to_owned(),
        }
    }
}

/// Why a template is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// Two papers would get one number.
    #[error("в шаблоне нет «{{номер}}»")]
    NoNumber,
    /// Numbers of two years would collide.
    #[error("в шаблоне нет «{{ГГГГ}}»")]
    NoYear,
    /// Something in braces that is not a field.
    #[error("непонятное поле «{0}»")]
    UnknownField(String),
    /// It could be taken for a record of the Fund.
    #[error("номер похож на номер записи ФИФ ОЕИ")]
    LooksLikeFund,
    /// The schema of the Fund and the papers have room for so many characters.
    #[error("номер длиннее {NUMBER_CHARS_MAX} знаков")]
    TooLong,
}

impl NumberTemplates {
    /// The template of a kind.
    pub fn of(&self, kind: NumberKind) -> &str {
        match kind {
            NumberKind::Protocol => &self.protocol,
            NumberKind::Certificate => &self.certificate,
            NumberKind::Notice => &self.notice,
        }
    }
}

/// Prints a number.
pub fn print_number(
    template: &str,
    code: &str,
    year: u16,
    number: u64,
) -> Result<String, BadTemplate> {
    let mut out = String::new();
    let mut rest = template;
    let (mut has_number, mut has_year) = (false, false);
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let (field, after) =
            tail.split_once('}').ok_or_else(|| BadTemplate::UnknownField(tail.to_owned()))?;
        let (name, width) = field.split_once(':').unwrap_or((field, "1"));
        let width: usize = match width.parse() {
            Ok(n @ 1..=12) => n,
            _ => return Err(BadTemplate::UnknownField(field.to_owned())),
        };
        match name {
            "код" => out.push_str(code),
            "ГГГГ" => {
                has_year = true;
                out.push_str(&format!("{year:04}"));
            }
            "номер" => {
                has_number = true;
                out.push_str(&format!("{number:0width$}"));
            }
            _ => return Err(BadTemplate::UnknownField(field.to_owned())),
        }
        rest = after;
    }
    out.push_str(rest);
    match () {
        () if !has_number => Err(BadTemplate::NoNumber),
        () if !has_year => Err(BadTemplate::NoYear),
        () if out.chars().count() > NUMBER_CHARS_MAX => Err(BadTemplate::TooLong),
        () if looks_like_fund(&out) => Err(BadTemplate::LooksLikeFund),
        () => Ok(out),
    }
}

/// Refuses a template that could ever print something like a Fund number, whatever the number is.
pub fn check_template(template: &str, code: &str) -> Result<(), BadTemplate> {
    // The fields print digits only, so the lengths of the number decide the shape.
    let lengths = (0..12).map(|digits| 10_u64.pow(digits));
    for number in lengths {
        match print_number(template, code, 2026, number) {
            Ok(_) => {}
            Err(BadTemplate::TooLong) if number > 999_999 => {}
            Err(bad) => return Err(bad),
        }
    }
    Ok(())
}

/// `^[СИ]-[А-Я]{1,3}/\d\d-\d\d-\d{4}/`, also in the letters' Latin look-alikes.
pub fn looks_like_fund(text: &str) -> bool {
    let Some((head, rest)) = text.split_once('/') else { return false };
    let Some((letter, cipher)) = head.split_once('-') else { return false };
    let Some((date, _)) = rest.split_once('/') else { return false };
    let date: Vec<&str> = date.split('-').collect();
    let digits = |part: &str, n| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    matches!(letter, "С" | "И" | "C")
        && (1..=3).contains(&cipher.chars().count())
        && cipher.chars().all(|c| ('А'..='Я').contains(&c) || c.is_ascii_uppercase())
        && matches!(date[..], [d, m, y] if digits(d, 2) && digits(m, 2) && digits(y, 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_templates_print_three_different_numbers() {
        let t = NumberTemplates::default();
        let print = |k| print_number(t.of(k), "ВМ", 2026, 42).unwrap();
        assert_eq!(print(NumberKind::Certificate), "ВМ-2026-000042");
        assert_eq!(print(NumberKind::Protocol), "ВМ-П-2026-000042");
        assert_eq!(print(NumberKind::Notice), "ВМ-Н-2026-000042");
    }

    #[test]
    fn a_template_that_can_look_like_the_fund_is_refused() {
        for bad in [
            "С-АБВ/{номер:2}-08-{ГГГГ}/1",
            "С-{код}/26-08-{ГГГГ}/{номер}",
            "C-ABC/{номер}-11-{ГГГГ}/",
        ] {
            assert_eq!(check_template(bad, "ВМ"), Err(BadTemplate::LooksLikeFund), "{bad}");
        }
        assert_eq!(check_template("{ГГГГ}", "ВМ"), Err(BadTemplate::NoNumber));
        assert_eq!(check_template("{номер}", "ВМ"), Err(BadTemplate::NoYear));
        assert!(matches!(check_template("{ГГГГ}{х}", "ВМ"), Err(BadTemplate::UnknownField(_))));
        assert!(check_template("{код}/{ГГГГ}/{номер:6}", "ВМ").is_ok());
    }
}
