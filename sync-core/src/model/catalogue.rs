//! Approved types of instruments and their methods of verification: public facts, kept as data.

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
    /// Modification, compared letter by letter with the register's spelling.
    #[n(1)]
    pub modification: String,
    /// Nominal diameter, mm.
    #[n(2)]
    pub dn_mm: u16,
    /// Title of the method, the key into the methods of the reference data.
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
    /// Nominal flow Qnom, m³/h.
    #[n(8)]
    pub q_nom: Reading,
    /// Greatest flow Qmax, m³/h.
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

/// Whether a text has the shape `NNNNN-YY`: one to five digits, a hyphen, two digits.
pub fn is_type_number(text: &str) -> bool {
    text.split_once('-').is_some_and(|(number, year)| {
        (1..=5).contains(&number.len())
            && year.len() == 2
            && number.bytes().chain(year.bytes()).all(|b| b.is_ascii_digit())
    })
}

/// Water in the meter; decides the interval of verification and the allowed temperature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Water {
    /// Cold: 5–40 °С (`docs/domain.md`, Conditions).
    #[n(0)]
    Cold,
    /// Hot: 40–90 °С (`docs/domain.md`, Conditions).
    #[n(1)]
    Hot,
}

impl Water {
    /// Reads `холодная`, `хвс`, `х`, `cold` or `горячая`, `гвс`, `г`, `hot`, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        match super::fold(text).as_str() {
            "холодная" | "хвс" | "х" | "cold" => Some(Self::Cold),
            "горячая" | "гвс" | "г" | "hot" => Some(Self::Hot),
            _ => None,
        }
    }

    /// Russian adjective in the feminine: «холодная», «горячая».
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Cold => "холодная",
            Self::Hot => "горячая",
        }
    }

    /// Code in documents and JSON: `cold`, `hot`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Hot => "hot",
        }
    }
}

/// Mounting of the meter; decides the metrological class (`docs/domain.md`, Limits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// Class B, flows `q_min_b` and `q_t_b` of the type.
    #[n(0)]
    Horizontal,
    /// Class A, flows `q_min_a` and `q_t_a` of the type; tilted meters count as vertical.
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

    /// Russian adverb: «горизонтально», «вертикально».
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Horizontal => "горизонтально",
            Self::Vertical => "вертикально",
        }
    }

    /// Metrological class: `B` or `A`.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Horizontal => "B",
            Self::Vertical => "A",
        }
    }

    /// Code in documents and JSON: `horizontal`, `vertical`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Horizontal => "horizontal",
            Self::Vertical => "vertical",
        }
    }
}

impl InstrumentType {
    /// Qmin of the class at this mounting, m³/h.
    pub fn q_min(&self, position: Position) -> Decimal {
        match position {
            Position::Horizontal => self.q_min_b.value(),
            Position::Vertical => self.q_min_a.value(),
        }
    }

    /// Qп of the class at this mounting, m³/h.
    pub fn q_t(&self, position: Position) -> Decimal {
        match position {
            Position::Horizontal => self.q_t_b.value(),
            Position::Vertical => self.q_t_a.value(),
        }
    }

    /// Interval between verifications, years.
    pub const fn interval_years(&self, water: Water) -> u8 {
        match water {
            Water::Cold => self.interval_cold_years,
            Water::Hot => self.interval_hot_years,
        }
    }
}

/// Points to be measured. A method is data that a metrologist of the firm approves before use.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Method {
    /// Title as the type names it and as the Fund's file carries it.
    #[n(0)]
    pub title: String,
    /// Grows with each change; a seal records the version used.
    #[n(1)]
    pub version: u32,
    /// Points in the order of measuring, which is the order of rows on papers.
    #[n(2)]
    pub points: Vec<PointSpec>,
    /// Name of the approving metrologist; a method with `None` must not be used.
    #[n(3)]
    pub approved_by: Option<String>,
    /// Whether a row beyond its limit makes the instrument unfit although points are missing.
    #[n(4)]
    pub stop_on_fail: bool,
    /// What becomes of a flow or a condition outside of the method's bounds.
    #[n(5)]
    #[cbor(default)]
    #[serde(default)]
    pub outside: Outside,
}

/// What becomes of a flow outside of its point's tolerance, or of a condition outside of the allowed ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Outside {
    /// The row does not count, and the instrument is not finished.
    #[default]
    #[n(0)]
    Block,
    /// A doubt that the metrologist sees.
    #[n(1)]
    Warn,
}

/// One flow of a method, its tolerance and number of rows.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct PointSpec {
    /// Name on paper and in files: `Qмин`.
    #[n(0)]
    pub name: String,
    /// Flow of the type that [`Self::factor`] multiplies.
    #[n(1)]
    pub base: FlowBase,
    /// Multiple of the base flow: 1.1 for 1,1·Qп.
    #[n(2)]
    pub factor: Reading,
    /// Allowed deviation downwards, % of the set flow. `None`: down to Qп, the most that a flat may
    /// give.
    #[n(3)]
    pub below_percent: Option<Reading>,
    /// Allowed deviation upwards, % of the set flow. `None`: up to Qmax.
    #[n(4)]
    pub above_percent: Option<Reading>,
    /// Least number of rows; with fewer the instrument is not finished.
    #[n(5)]
    pub repeats: u8,
    /// Usual pour, seconds; the start value of the phone's stopwatch.
    #[n(6)]
    pub pour_s: u32,
}

/// A flow that every type states, m³/h.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum FlowBase {
    /// Qmin of the class, [`InstrumentType::q_min`].
    #[n(0)]
    QMin,
    /// Qп of the class, [`InstrumentType::q_t`].
    #[n(1)]
    QT,
    /// Nominal flow, the same for both classes.
    #[n(2)]
    QNom,
}

impl Method {
    /// The unapproved three points of МИ 1592-2015: Qmin +10 %, 1,1·Qп ±10 % and the highest flow
    /// available, with usual pours of 720, 360 and 120 s.
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
            outside: Outside::Block,
        }
    }

    /// The point of this name in any spelling that [`point_key`] folds together.
    pub fn point(&self, name: &str) -> Option<&PointSpec> {
        let key = point_key(name);
        self.points.iter().find(|point| point_key(&point.name) == key)
    }
}

/// Folds spellings of a point to one key: `1.1 Qп` and `1,1·Qп`; `qмин` and `Qmin`.
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
