//! The card: an order as the office knows it. A versioned record of the server, read-only on the
//! phone; personal data lives here, so erasing personal data empties the card.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{
    EntityId, Identity, Instrument, InstrumentId, LegalDate, OrderId, Phone, Place, Position,
    Reading, Source, Visit, Water, Zone,
};

pub use crate::limits::CARD_INSTRUMENTS_MAX;
pub use crate::limits::CARD_TEXT_CHARS_MAX;

/// An order as the office knows it. Cards are compared and attested as CBOR bytes
/// (`docs/protocol.md`).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Card {
    /// UUIDv7; the document of the order has the same id.
    #[n(0)]
    pub id: OrderId,
    /// Number used in speech and on papers: «1001».
    #[n(1)]
    pub number: String,
    /// Version, one more with each change; the office returns the version it saw (`If-Match`).
    #[n(2)]
    pub version: u64,
    /// Issuer whose name, accreditation and series of numbers stand on the papers.
    #[n(3)]
    pub entity: EntityId,
    /// District of the city; metrologists are offered the orders of their districts.
    #[n(4)]
    pub district: String,
    /// Zone of the address; legal dates are counted in this zone.
    #[n(5)]
    pub zone: Zone,
    /// Agreed calendar day, in [`Self::zone`].
    #[n(6)]
    pub date: LegalDate,
    /// Agreed time of day, in [`Self::zone`].
    #[n(7)]
    pub window: Window,
    /// Kind of work as the office words it: «поверка».
    #[n(8)]
    pub kind: String,
    /// Colour of the order in lists; see [`Urgency`].
    #[n(9)]
    pub urgency: Urgency,
    /// Name of the client; empty in the mode without names.
    #[n(10)]
    pub client: String,
    /// Telephones of the client in canonical form, `+79271102107`.
    #[n(11)]
    pub phones: Vec<Phone>,
    /// Town, street, house and flat in one line.
    #[n(12)]
    pub address: String,
    /// Way to the instrument: entrance, floor, intercom, remark.
    #[n(13)]
    pub access: Access,
    /// Agreed price, kopecks; the sum due on a sheet unless a metrologist writes another.
    #[n(14)]
    pub price_kop: i64,
    /// Instruments named by the client; at most [`CARD_INSTRUMENTS_MAX`].
    #[n(15)]
    pub instruments: Vec<ExpectedInstrument>,
    /// Whether the client asked for a paper certificate: приказ № 2510 has it on request only.
    #[n(16)]
    pub certificate: bool,
    /// Origin of the order: `office`, `import`, site, telephone.
    #[n(17)]
    pub source: String,
    /// Place of the building, where the office or an earlier visit recorded one.
    #[n(18)]
    #[serde(default)]
    pub place: Option<Place>,
}

/// The agreed time of day, in minutes since midnight at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Window {
    /// Earliest minute of arrival; [`Self::parse`] yields 0–1438.
    #[n(0)]
    pub from_min: u16,
    /// Latest minute of arrival; [`Self::parse`] yields more than `from_min`, at most 1439.
    #[n(1)]
    pub to_min: u16,
}

impl Window {
    /// Reads `10:00-12:00` or `10-12`, also with a dash and blanks; an end of 24:00 becomes 23:59.
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

/// How soon an order is wanted, and the colour of its mark: yellow, green or red.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// Плановая, yellow; also the meaning of an empty text.
    #[n(0)]
    Planned,
    /// Платная, green.
    #[n(1)]
    Paid,
    /// Аварийная, red.
    #[n(2)]
    Emergency,
}

impl Urgency {
    /// Reads the Russian word or the code, in any case; `None` for any other word.
    pub fn parse(text: &str) -> Option<Self> {
        match super::fold(text).as_str() {
            "плановая" | "planned" | "" => Some(Self::Planned),
            "платная" | "paid" => Some(Self::Paid),
            "аварийная" | "emergency" => Some(Self::Emergency),
            _ => None,
        }
    }

    /// Russian word, lower case, as pages and papers print it.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Planned => "плановая",
            Self::Paid => "платная",
            Self::Emergency => "аварийная",
        }
    }

    /// Code in the database and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Paid => "paid",
            Self::Emergency => "emergency",
        }
    }
}

/// How to get to the instrument; texts that may be empty. Phones show this block first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
#[serde(default)]
pub struct Access {
    /// Подъезд, as the client said it.
    #[n(0)]
    pub entrance: String,
    /// Этаж, as the client said it.
    #[n(1)]
    pub floor: String,
    /// Код домофона.
    #[n(2)]
    pub intercom: String,
    /// Free remark: «собака; звонить за час».
    #[n(3)]
    pub note: String,
}

impl Card {
    /// Instruments that a visit found: all but those that were added beyond the card, passed over and left blank, so
    /// that a wrong press leaves nothing on a sheet.
    pub fn found<'a>(
        &'a self,
        visit: &'a Visit,
    ) -> impl Iterator<Item = (&'a InstrumentId, &'a Instrument)> {
        visit.instruments.iter().filter(|(id, instrument)| {
            let expected = self.instruments.iter().any(|expected| expected.id == **id);
            expected || instrument.not_verified.is_none() || !instrument.is_blank()
        })
    }
}

/// An instrument named by the client; the visit records what is really installed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct ExpectedInstrument {
    /// Id under which the visit writes the instrument.
    #[n(0)]
    pub id: InstrumentId,
    /// Number in the state register, `NNNNN-YY`; empty when unknown.
    #[n(1)]
    pub type_number: String,
    /// Modification as the client or the office spelled it; empty when unknown.
    #[n(2)]
    pub modification: String,
    /// Serial number as text: leading zeros and letters are kept.
    #[n(3)]
    pub serial_number: String,
    /// Year of make, where known.
    #[n(4)]
    pub year: Option<u16>,
    /// Cold or hot water, where known; decides the interval of verification.
    #[n(5)]
    pub water: Option<Water>,
    /// Mounting, where known; decides the metrological class.
    #[n(6)]
    pub position: Option<Position>,
    /// What an earlier visit of the firm read off this meter; filled in by the server.
    #[n(7)]
    #[serde(default)]
    pub last_reading: Option<LastReading>,
}

/// Last reading of a meter at an earlier verification.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct LastReading {
    /// Legal day of that verification.
    #[n(0)]
    pub date: LegalDate,
    /// Dial after the last pour, m³.
    #[n(1)]
    pub dial: Reading,
}

impl ExpectedInstrument {
    /// The instrument as the card names it, with the source of its values.
    pub fn identity(&self, source: Source) -> Identity {
        Identity {
            type_number: self.type_number.clone(),
            modification: self.modification.clone(),
            serial_number: self.serial_number.clone(),
            year: self.year,
            water: self.water,
            position: self.position,
            source: Some(source),
        }
    }
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
