//! The card: what the office knows of an order. A versioned record of the server, read-only on the
//! phone; personal data lives here, so erasing it empties the card.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{EntityId, InstrumentId, LegalDate, OrderId, Phone, Place, Position, Water, Zone};

pub use crate::limits::CARD_INSTRUMENTS_MAX;
pub use crate::limits::CARD_TEXT_CHARS_MAX;

/// What the office knows of an order.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Card {
    /// The order.
    #[n(0)]
    pub id: OrderId,
    /// The number that people say: «1001».
    #[n(1)]
    pub number: String,
    /// Grows by one with each change; the office sends back the one it saw (`If-Match`).
    #[n(2)]
    pub version: u64,
    /// Who issues the papers. Fixed from the first visit.
    #[n(3)]
    pub entity: EntityId,
    /// The district by which it is offered.
    #[n(4)]
    pub district: String,
    /// The zone of the address: legal dates are in it.
    #[n(5)]
    pub zone: Zone,
    /// The agreed day.
    #[n(6)]
    pub date: LegalDate,
    /// The agreed time of day.
    #[n(7)]
    pub window: Window,
    /// The kind of work: «поверка».
    #[n(8)]
    pub kind: String,
    /// Planned, paid or emergency.
    #[n(9)]
    pub urgency: Urgency,
    /// The client's name; may be empty (the mode without names).
    #[n(10)]
    pub client: String,
    /// Telephones.
    #[n(11)]
    pub phones: Vec<Phone>,
    /// The address, in one line.
    #[n(12)]
    pub address: String,
    /// How to get in.
    #[n(13)]
    pub access: Access,
    /// The price agreed, kopecks.
    #[n(14)]
    pub price_kop: i64,
    /// Instruments that the client named.
    #[n(15)]
    pub instruments: Vec<ExpectedInstrument>,
    /// The client asked for a paper certificate (it is issued on request only).
    #[n(16)]
    pub certificate: bool,
    /// Where the request came from: office, import, site, telephone.
    #[n(17)]
    pub source: String,
    /// Where the building is, if the office or an earlier visit to it said.
    #[n(18)]
    #[serde(default)]
    pub place: Option<Place>,
}

/// The agreed time of day, minutes since midnight at the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Window {
    /// Not before.
    #[n(0)]
    pub from_min: u16,
    /// Not after.
    #[n(1)]
    pub to_min: u16,
}

impl Window {
    /// Reads `10:00-12:00`, `10-12`; also with an en dash and blanks. Midnight at the end is 23:59.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once(['-', '–', '—'])?;
        let minutes = |part: &str| {
            let (h, m) = part.trim().split_once(':').unwrap_or((part.trim(), "00"));
            let (h, m): (u16, u16) = (h.parse().ok()?, m.parse().ok()?);
            let midnight = (h, m) == (24, 0);
            ((h < 24 && m < 60) || midnight).then(|| (h * 60 + m).min(24 * 60 - 1))
        };
        let (from_min, to_min) = (minutes(from)?, minutes(to)?);
        (from_min < to_min).then_some(Self { from_min, to_min })
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (a, b) = (self.from_min, self.to_min);
        write!(f, "{:02}:{:02}–{:02}:{:02}", a / 60, a % 60, b / 60, b % 60)
    }
}

/// Planned (yellow), paid (green), emergency (red).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// Плановая.
    #[n(0)]
    Planned,
    /// Платная.
    #[n(1)]
    Paid,
    /// Аварийная.
    #[n(2)]
    Emergency,
}

impl Urgency {
    /// Reads the Russian word or the code.
    pub fn parse(text: &str) -> Option<Self> {
        match super::fold(text).as_str() {
            "плановая" | "planned" | "" => Some(Self::Planned),
            "платная" | "paid" => Some(Self::Paid),
            "аварийная" | "emergency" => Some(Self::Emergency),
            _ => None,
        }
    }

    /// The word for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Planned => "плановая",
            Self::Paid => "платная",
            Self::Emergency => "аварийная",
        }
    }

    /// The code in the database and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Paid => "paid",
            Self::Emergency => "emergency",
        }
    }
}

/// How to get to the instrument: shown first on the phone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
#[serde(default)]
pub struct Access {
    /// Подъезд.
    #[n(0)]
    pub entrance: String,
    /// Этаж.
    #[n(1)]
    pub floor: String,
    /// Домофон.
    #[n(2)]
    pub intercom: String,
    /// «собака; звонить за час».
    #[n(3)]
    pub note: String,
}

/// An instrument that the client named; what is really there is written down at the visit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct ExpectedInstrument {
    /// The id under which the visit writes about it.
    #[n(0)]
    pub id: InstrumentId,
    /// `NNNNN-YY`, or empty when nobody knows.
    #[n(1)]
    pub type_number: String,
    /// The modification.
    #[n(2)]
    pub modification: String,
    /// The serial number: text, leading zeros and letters kept.
    #[n(3)]
    pub serial_number: String,
    /// The year of make.
    #[n(4)]
    pub year: Option<u16>,
    /// Cold or hot.
    #[n(5)]
    pub water: Option<Water>,
    /// The mounting.
    #[n(6)]
    pub position: Option<Position>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_read_and_nonsense_is_not() {
        assert_eq!(Window::parse("10:00 – 12:30").unwrap().to_string(), "10:00–12:30");
        assert_eq!(Window::parse("22-24:00").unwrap().to_string(), "22:00–23:59");
        for bad in ["", "12:00-10:00", "25:00-26:00", "10:00", "1092:00-65535:59"] {
            assert!(Window::parse(bad).is_none(), "{bad}");
        }
    }
}
