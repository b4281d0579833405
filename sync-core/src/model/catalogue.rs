//! Approved types of instruments and the methods by which they are verified. Public facts, as data.

use minicbor::{Decode, Encode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Reading;

/// One approved type in one modification. The key is (`type_number`, `modification`): one family of
/// meters has several numbers by year, each with its own method and limits.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct InstrumentType {
    /// The number in the state register, `NNNNN-YY`.
    #[n(0)]
    pub type_number: String,
    /// The modification as the register spells it.
    #[n(1)]
    pub modification: String,
    /// Nominal diameter, mm.
    #[n(2)]
    pub dn_mm: u16,
    /// The method's title.
    #[n(3)]
    pub method: String,
    /// Qmin for class B, m³/h.
    #[n(4)]
    pub q_min_b: Reading,
    /// Qmin for class A, m³/h.
    #[n(5)]
    pub q_min_a: Reading,
    /// Qп (transitional) for class B, m³/h.
    #[n(6)]
    pub q_t_b: Reading,
    /// Qп (transitional) for class A, m³/h.
    #[n(7)]
    pub q_t_a: Reading,
    /// Nominal flow, m³/h.
    #[n(8)]
    pub q_nom: Reading,
    /// Greatest flow, m³/h.
    #[n(9)]
    pub q_max: Reading,
    /// Limit of the error for Q < Qп, ± %.
    #[n(10)]
    pub limit_below_q_t: Reading,
    /// Limit of the error for Q ≥ Qп, ± %.
    #[n(11)]
    pub limit_from_q_t: Reading,
    /// Interval for cold water, years.
    #[n(12)]
    pub interval_cold_years: u8,
    /// Interval for hot water, years.
    #[n(13)]
    pub interval_hot_years: u8,
}

/// `NNNNN-YY`: one to five digits, a hyphen, two digits.
pub fn is_type_number(text: &str) -> bool {
    text.split_once('-').is_some_and(|(number, year)| {
        (1..=5).contains(&number.len())
            && year.len() == 2
            && number.bytes().chain(year.bytes()).all(|b| b.is_ascii_digit())
    })
}

/// What flows through the meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Water {
    /// Cold: 5–40 °С.
    #[n(0)]
    Cold,
    /// Hot: 40–90 °С.
    #[n(1)]
    Hot,
}

impl Water {
    /// `холодная` / `горячая` (any case, or the first letter).
    pub fn parse(text: &str) -> Option<Self> {
        match super::fold(text).as_str() {
            "холодная" | "хвс" | "х" | "cold" => Some(Self::Cold),
            "горячая" | "гвс" | "г" | "hot" => Some(Self::Hot),
            _ => None,
        }
    }

    /// The word for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Cold => "холодная",
            Self::Hot => "горячая",
        }
    }

    /// The code in documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Hot => "hot",
        }
    }
}

/// How the meter is mounted, which decides its class: B horizontal, A otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// Class B.
    #[n(0)]
    Horizontal,
    /// Class A.
    #[n(1)]
    Vertical,
}

impl Position {
    /// `горизонтально` / `вертикально`; anything tilted counts as vertical (class A).
    pub fn parse(text: &str) -> Option<Self> {
        match super::fold(text).as_str() {
            "горизонтально" | "горизонтальное" | "гориз" | "г" | "horizontal" => {
                Some(Self::Horizontal)
            }
            "вертикально" | "вертикальное" | "верт" | "в" | "наклонно" | "vertical" => {
                Some(Self::Vertical)
            }
            _ => None,
        }
    }

    /// The word for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Horizontal => "горизонтально",
            Self::Vertical => "вертикально",
        }
    }

    /// The metrological class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Horizontal => "B",
            Self::Vertical => "A",
        }
    }

    /// The code in documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Horizontal => "horizontal",
            Self::Vertical => "vertical",
        }
    }
}

impl InstrumentType {
    /// Qmin of the class that the position gives, m³/h.
    pub fn q_min(&self, position: Position) -> Decimal {
        match position {
            Position::Horizontal => self.q_min_b.value(),
            Position::Vertical => self.q_min_a.value(),
        }
    }

    /// Qп of the class that the position gives, m³/h.
    pub fn q_t(&self, position: Position) -> Decimal {
        match position {
            Position::Horizontal => self.q_t_b.value(),
            Position::Vertical => self.q_t_a.value(),
        }
    }

    /// Years until the next verification.
    pub const fn interval_years(&self, water: Water) -> u8 {
        match water {
            Water::Cold => self.interval_cold_years,
            Water::Hot => self.interval_hot_years,
        }
    }
}

/// A method: which points are measured. Data that a metrologist of the firm approves before use.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Method {
    /// The title, as the type names it and the Fund's file carries it.
    #[n(0)]
    pub title: String,
    /// Grows with each change; a seal keeps the version it used.
    #[n(1)]
    pub version: u32,
    /// The points, in the order of measuring.
    #[n(2)]
    pub points: Vec<PointSpec>,
    /// Who of the firm approved it; nobody means that it must not be used.
    #[n(3)]
    pub approved_by: Option<String>,
    /// A row out of its limit ends the measuring: unfit at once, though points are missing.
    #[n(4)]
    pub stop_on_fail: bool,
}

/// One point of a method.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct PointSpec {
    /// Its name on paper and in files: `Qмин`.
    #[n(0)]
    pub name: String,
    /// Which flow of the type it is measured at.
    #[n(1)]
    pub base: FlowBase,
    /// The multiple of that flow: 1.1 for 1,1·Qп.
    #[n(2)]
    pub factor: Reading,
    /// How much less is allowed, % of the set flow; nothing: down to Qп (the highest flow the flat gives).
    #[n(3)]
    pub below_percent: Option<Reading>,
    /// How much more is allowed, %; nothing: up to Qmax.
    #[n(4)]
    pub above_percent: Option<Reading>,
    /// How many rows the point needs at least.
    #[n(5)]
    pub repeats: u8,
    /// The usual pour, seconds: what the stopwatch starts with.
    #[n(6)]
    pub pour_s: u32,
}

/// A flow that every type states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum FlowBase {
    /// Qmin of the class.
    #[n(0)]
    QMin,
    /// Qп of the class.
    #[n(1)]
    QT,
    /// Qnom.
    #[n(2)]
    QNom,
}

impl Method {
    /// The three points of МИ 1592-2015: Qmin +10 %, 1,1·Qп ±10 %, the highest
    /// flow available; pours of about 720, 360 and 120 s.
    pub fn three_points(title: &str) -> Self {
        let d = |mantissa, scale| Reading::from(Decimal::new(mantissa, scale));
        let point = |name: &str, base, factor, below, above, pour_s| PointSpec {
            name: name.to_owned(),
            base,
            factor,
            below_percent: below,
            above_percent: above,
            repeats: 1,
            pour_s,
        };
        Self {
            title: title.to_owned(),
            version: 1,
            points: vec![
                point("Qмин", FlowBase::QMin, d(1, 0), Some(d(0, 0)), Some(d(10, 0)), 720),
                point("1,1Qп", FlowBase::QT, d(11, 1), Some(d(10, 0)), Some(d(10, 0)), 360),
                point("Qнаиб", FlowBase::QNom, d(1, 0), None, None, 120),
            ],
            approved_by: None,
            stop_on_fail: false,
        }
    }

    /// The point with this name, however it is spelled.
    pub fn point(&self, name: &str) -> Option<&PointSpec> {
        let key = point_key(name);
        self.points.iter().find(|point| point_key(&point.name) == key)
    }
}

/// One key for the spellings of a point: `1.1 Qп`, `1,1·Qп`, `qмин`, `Qmin`.
pub fn point_key(name: &str) -> String {
    let folded: String = super::fold(name)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '·' | '*' | '×'))
        .map(|c| if c == ',' { '.' } else { c })
        .collect();
    match folded.as_str() {
        "qmin" => "qмин".to_owned(),
        "1.1qt" | "1.1qп" | "1.1qпер" => "1.1qп".to_owned(),
        "qnom" | "qном" | "qmax" | "qмакс" | "qнаиб" => "qнаиб".to_owned(),
        _ => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_numbers_have_one_shape() {
        for good in ["16078-13", "1-55", "00001-00"] {
            assert!(is_type_number(good));
        }
        for bad in ["16078", "160780-13", "16078-2013", "-13", "16078-1a", "16078–13"] {
            assert!(!is_type_number(bad), "{bad}");
        }
    }

    #[test]
    fn a_point_is_found_in_any_spelling() {
        let method = Method::three_points("МИ 1592-2015");
        for name in ["Qмин", "qмин ", "1,1Qп", "1.1·Qп", "1,1 qп", "Qнаиб", "QНАИБ"]
        {
            assert!(method.point(name).is_some(), "{name}");
        }
        assert!(method.point("Q5").is_none());
    }
}
