//! Numbers of papers: series, leased blocks and printed form.
//!
//! A number belongs to a series: legal entity, kind of paper, year of the legal date. A phone holds
//! a leased block of the series, so a number is final on site without a network. All numbers here
//! are the firm's own; the number of a Fund record comes from the Fund alone.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{EntityId, LeaseId};

pub use crate::limits::NUMBER_CHARS_MAX;

/// Kinds of paper with a series of their own; a service sheet has no number.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum NumberKind {
    /// Протокол поверки, for fit and unfit instruments.
    #[n(0)]
    Protocol,
    /// Свидетельство о поверке, for fit instruments and on request only.
    #[n(1)]
    Certificate,
    /// Извещение о непригодности, for unfit instruments.
    #[n(2)]
    Notice,
}

impl NumberKind {
    /// Every kind, in the order of the CBOR numbers.
    pub const ALL: [Self; 3] = [Self::Protocol, Self::Certificate, Self::Notice];

    /// Code in the database and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Protocol => "protocol",
            Self::Certificate => "certificate",
            Self::Notice => "notice",
        }
    }

    /// Inverse of [`Self::code`]; `None` for any other text.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Russian noun for pages: «протокол», «свидетельство», «извещение».
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Protocol => "протокол",
            Self::Certificate => "свидетельство",
            Self::Notice => "извещение",
        }
    }
}

/// A block of consecutive numbers for one installation. Final record: `docs/formats.md`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Lease {
    /// UUIDv7 made by the server; sealed bodies name it beside each number used.
    #[n(0)]
    pub id: LeaseId,
    /// Issuer that owns the series.
    #[n(1)]
    pub entity: EntityId,
    /// Kind of paper that the numbers are for.
    #[n(2)]
    pub kind: NumberKind,
    /// Year of the legal date, the third part of the series' key.
    #[n(3)]
    pub year: u16,
    /// Smallest number of the block; in a repeated lease, the first one still unused.
    #[n(4)]
    pub first: u64,
    /// Greatest number of the block, included.
    #[n(5)]
    pub last: u64,
}

/// Name of a series: numbers are consecutive within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// Issuer of the papers.
    pub entity: EntityId,
    /// Kind of paper.
    pub kind: NumberKind,
    /// Year of the legal date of verification.
    pub year: u16,
}

impl Lease {
    /// Series of the leased block.
    pub const fn series(&self) -> Series {
        Series { entity: self.entity, kind: self.kind, year: self.year }
    }
}

/// Templates by which a legal entity prints its numbers; fields are `{код}`, `{ГГГГ}`, `{номер:6}`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct NumberTemplates {
    /// Template of protocols; the default prints `ВМ-П-2026-000001`.
    #[n(0)]
    pub protocol: String,
    /// Template of certificates; the default prints `ВМ-2026-000001`.
    #[n(1)]
    pub certificate: String,
    /// Template of notices of unfitness; the default prints `ВМ-Н-2026-000001`.
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

/// Reasons for which a template is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// Without `{номер}` two papers would have the same number.
    #[error("в шаблоне нет «{{номер}}»")]
    NoNumber,
    /// Without `{ГГГГ}` numbers of two years would collide.
    #[error("в шаблоне нет «{{ГГГГ}}»")]
    NoYear,
    /// Unknown field in braces, a missing brace, or a width outside 1–12; holds the field's text.
    #[error("непонятное поле «{0}»")]
    UnknownField(String),
    /// A printed number of this template could be taken for a record of the Fund.
    #[error("номер похож на номер записи ФИФ ОЕИ")]
    LooksLikeFund,
    /// Longer than [`NUMBER_CHARS_MAX`]: the Fund's schema and the papers have no more room.
    #[error("номер длиннее {NUMBER_CHARS_MAX} знаков")]
    TooLong,
}

impl NumberTemplates {
    /// Template of a kind of paper.
    pub fn of(&self, kind: NumberKind) -> &str {
        match kind {
            NumberKind::Protocol => &self.protocol,
            NumberKind::Certificate => &self.certificate,
            NumberKind::Notice => &self.notice,
        }
    }
}

/// Prints `number` with the issuer's `code` and a four-digit `year`.
///
/// # Errors
///
/// [`BadTemplate`] if the template lacks the number or the year, has an unknown field, or prints
/// too many characters or the look of a Fund number.
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

/// Checks a template with numbers of one to twelve digits; a result longer than
/// [`NUMBER_CHARS_MAX`] is forgiven above 999,999.
///
/// # Errors
///
/// [`BadTemplate`] of the first length that fails, as for [`print_number`].
pub fn check_template(template: &str, code: &str) -> Result<(), BadTemplate> {
    // Every field but the code prints digits only, so the length of the number alone decides the
    // shape.
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

/// Whether a text begins like a Fund record: `^[СИ]-[А-Я]{1,3}/\d\d-\d\d-\d{4}/`, Latin look-alikes
/// included.
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
