//! Text from people: decimals with comma or point, sums, keys for search.

use std::fmt;
use std::str::FromStr;

use minicbor::decode::Decoder;
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use super::MeasurementId;

pub use crate::limits::LABEL_CHARS_MAX;
pub use crate::limits::READING_CHARS_MAX;

/// A decimal value as read or computed; trailing zeros count: `143.2510` has four decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Reading(Decimal);

/// Reasons for which a text is no decimal value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReading {
    /// Blank text, or only no-break spaces.
    #[error("пустое значение")]
    Empty,
    /// Anything but digits, one comma or point, and a leading minus; holds at most 32 characters.
    #[error("не число: «{0}»")]
    NotANumber(String),
}

impl Reading {
    /// Reads `12,4`, `12.4`, ` −1,6 `.
    ///
    /// # Errors
    ///
    /// [`BadReading`] for empty text, exponents, separators of thousands, or more than
    /// [`READING_CHARS_MAX`] bytes.
    pub fn parse(text: &str) -> Result<Self, BadReading> {
        let plain: String = text
            .trim()
            .trim_matches('\u{a0}')
            .chars()
            .map(|c| match c {
                ',' => '.',
                '\u{2212}' => '-',
                other => other,
            })
            .collect();
        if plain.is_empty() {
            return Err(BadReading::Empty);
        }
        let bad = || BadReading::NotANumber(text.trim().chars().take(32).collect());
        let digits = plain.strip_prefix('-').unwrap_or(&plain);
        let shape = digits.chars().all(|c| c.is_ascii_digit() || c == '.')
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && plain.len() <= READING_CHARS_MAX;
        if !shape {
            return Err(bad());
        }
        Decimal::from_str(&plain).map(Self).map_err(|_| bad())
    }

    /// Whether the value lies between two whole numbers, both included.
    pub fn is_within(&self, from: i64, to: i64) -> bool {
        (Decimal::from(from)..=Decimal::from(to)).contains(&self.0)
    }

    /// The decimal with its scale, so trailing zeros are kept.
    pub const fn value(&self) -> Decimal {
        self.0
    }

    /// Text for people: a decimal comma, and U+2212 for a minus.
    pub fn russian(&self) -> String {
        self.0.to_string().replace('.', ",").replace('-', "\u{2212}")
    }

    /// Text for files: a decimal comma and an ASCII minus.
    pub fn with_comma(&self) -> String {
        self.0.to_string().replace('.', ",")
    }
}

impl From<Decimal> for Reading {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

impl<C> Encode<C> for Reading {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Reading {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::parse(d.str()?).map_err(|_| minicbor::decode::Error::message("not a decimal"))
    }
}

/// Key by which Russian text is searched and sorted: NFKC, lower case, ё → е, single spaces.
pub fn fold(text: &str) -> String {
    let folded: String =
        text.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The folded text of a label: equal texts are one label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(transparent)]
#[serde(transparent)]
pub struct LabelKey(#[n(0)] String);

impl LabelKey {
    /// Folds the text of a label and cuts it at [`LABEL_CHARS_MAX`]; `None` for blank text.
    pub fn new(text: &str) -> Option<Self> {
        let key: String = fold(text).chars().take(LABEL_CHARS_MAX).collect();
        (!key.is_empty()).then_some(Self(key))
    }

    /// The server's label that excludes a row of readings from the verdict.
    pub fn set_aside(row: MeasurementId) -> Self {
        Self(format!("{SET_ASIDE}{row}"))
    }

    /// The excluded row, if the label is one of [`Self::set_aside`].
    pub fn row_set_aside(&self) -> Option<MeasurementId> {
        self.0.strip_prefix(SET_ASIDE)?.parse().ok()
    }

    /// The folded text, as it stands in the path of a document.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Prefix of labels that exclude a row; only the server may write such labels.
pub const SET_ASIDE: &str = "вне ";

/// Prints kopecks as roubles: `1 900,00 ₽`, with no-break spaces and U+2212.
pub fn rubles(kopecks: i64) -> String {
    let sign = if kopecks < 0 { "\u{2212}" } else { "" };
    let (whole, part) = (kopecks.unsigned_abs() / 100, kopecks.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped},{part:02}\u{a0}₽")
}

/// Words after a sum, without the point.
const ROUBLES: [&str; 8] = ["руб", "рублей", "рубля", "рубль", "р", "p", "₽", "rub"];

/// Reads a sum in roubles with at most two decimals into kopecks: `1900`, `1 900,00 ₽`, `900 руб.`;
/// blanks of any kind part thousands only.
///
/// # Errors
///
/// [`BadReading`] for a negative sum, a third decimal, or text that is no number.
pub fn parse_rubles(text: &str) -> Result<i64, BadReading> {
    let bad = || BadReading::NotANumber(text.trim().chars().take(32).collect());
    let folded = fold(text);
    let number = folded.trim_end_matches('.');
    let (number, word) = number
        .find(|sign: char| {
            !sign.is_ascii_digit() && !matches!(sign, ' ' | ',' | '.' | '-' | '\u{2212}')
        })
        .map_or((number, ""), |at| number.split_at(at));
    if !word.is_empty() && !ROUBLES.contains(&word) {
        return Err(bad());
    }
    let number = number.trim_end();
    let (whole, part) = number.split_once([',', '.']).unwrap_or((number, ""));
    let mut groups = whole.split(' ');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(' ');
    if (grouped && first.len() > 3)
        || groups.any(|group| group.len() != 3)
        || part.contains(' ')
        || part.len() > 2
    {
        return Err(bad());
    }
    let sum = Reading::parse(&number.replace(' ', ""))?.value();
    let kopecks = sum.checked_mul(Decimal::from(100)).ok_or_else(bad)?;
    if kopecks.is_sign_negative() || !kopecks.fract().is_zero() {
        return Err(bad());
    }
    i64::try_from(kopecks).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_of_both_kinds_are_read_and_nonsense_is_not() {
        assert_eq!(Reading::parse(" 12,40 ").unwrap().to_string(), "12.40");
        assert_eq!(Reading::parse("\u{2212}1.6").unwrap().russian(), "\u{2212}1,6");
        for bad in ["", " ", "1e5", "1 000", "1,2,3", "abc", ".5", "5.", "--1", "NaN", "+"] {
            assert!(Reading::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn russian_text_folds_to_one_key() {
        assert_eq!(fold("  ПЁТР  Ильич "), "петр ильич");
    }

    #[test]
    fn sums_are_kopecks() {
        assert_eq!(parse_rubles("1900").unwrap(), 190_000);
        assert_eq!(parse_rubles("900,50").unwrap(), 90_050);
        for text in [
            "1 900",
            "1\u{a0}900",
            "1\u{202f}900,00",
            "1900 руб.",
            "1900р",
            "1 900,00 ₽",
            "1900,0р.",
        ] {
            assert_eq!(parse_rubles(text), Ok(190_000), "{text}");
        }
        assert_eq!(parse_rubles("1 234 567,56 рублей"), Ok(123_456_756));
        for bad in
            ["19 00", "1.900,00", "1900 900", "девятьсот", "900 долларов", "900 5", "900, 50", "₽"]
        {
            assert!(parse_rubles(bad).is_err(), "{bad}");
        }
        assert!(parse_rubles("1,005").is_err());
        assert!(parse_rubles("-1").is_err());
        assert_eq!(rubles(123_456_705), "1\u{a0}234\u{a0}567,05\u{a0}₽");
    }
}
