//! Russian time zones and legal dates.
//!
//! A verification is dated once, by the calendar of its place, and the date is never recomputed.
//! Since the changes listed below no zone of Russia has summer time, so each zone is one fixed
//! offset. The table has a version, and the version is sealed with the date.
//!
//! Source: IANA tz database 2024a, `europe` and `asia`, zones of Russia, offsets in force after
//! Volgograd's change of 2020-12-27. Dates before that are not legal dates of this product.

use jiff::civil::Date;
use jiff::tz::Offset;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Timestamp, fold};

/// Version of the table below; a changed offset makes a new version, never an edit.
pub const ZONE_TABLE_VERSION: u32 = 1;

/// An IANA zone of Russia, one row of the built-in table; anything else does not parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Zone(&'static Row);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Row {
    name: &'static str,
    offset_hours: i8,
    /// Folded words of addresses, towns and regions, that lie in this zone.
    places: &'static [&'static str],
}

impl Zone {
    /// `Europe/Moscow`: the fallback where no place was recognised and nothing else is configured.
    pub const MOSCOW: Self = Self(&TABLE[1]);

    /// The zone of an IANA name, compared exactly.
    pub fn parse(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(Self)
    }

    /// The zone of a Russian postal address, by the first town or region in the address.
    pub fn of_address(address: &str) -> Option<Self> {
        let folded = fold(address);
        let words: Vec<&str> = folded
            .split(|c: char| !(c.is_alphanumeric() || c == '-'))
            .filter(|word| !word.is_empty())
            .collect();
        // The first place decides: «г. Саратов, ул. Самарская» is Saratov.
        words.iter().enumerate().find_map(|(at, word)| {
            // The word after «ул» and the like is a street's name, not a place.
            let street = at > 0 && STREET_WORDS.contains(&words[at - 1]);
            if street {
                return None;
            }
            TABLE.iter().find(|row| row.places.contains(word)).map(Self)
        })
    }

    /// IANA name, `Europe/Saratov`; also the form on the wire and in JSON.
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// Offset from UTC, whole hours east.
    pub const fn offset_hours(self) -> i8 {
        self.0.offset_hours
    }

    fn offset(self) -> Offset {
        Offset::constant(self.0.offset_hours)
    }

    /// Calendar date of an instant in this zone.
    pub fn date(self, at: Timestamp) -> Date {
        self.civil(at).date()
    }

    /// Civil date and time of an instant in this zone; an instant beyond jiff's range counts as
    /// 1970.
    pub fn civil(self, at: Timestamp) -> jiff::civil::DateTime {
        let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        self.offset().to_datetime(instant)
    }

    /// Instant of a minute of the day, counted from midnight; hours beyond 23 are cut to 23.
    pub fn instant(self, date: Date, minutes_of_day: u16) -> Timestamp {
        let (hour, minute) = ((minutes_of_day / 60) as i8, (minutes_of_day % 60) as i8);
        let civil = date.at(hour.min(23), minute, 0, 0);
        let ms = self.offset().to_timestamp(civil).map_or(0, jiff::Timestamp::as_millisecond);
        Timestamp(ms)
    }
}

const STREET_WORDS: &[&str] = &[
    "ул",
    "улица",
    "пр-т",
    "проспект",
    "пр",
    "пер",
    "переулок",
    "ш",
    "шоссе",
    "пл",
    "площадь",
    "бул",
    "б-р",
    "наб",
    "проезд",
    "пр-д",
];

/// Zones from west to east; Moscow stays at index 1.
static TABLE: [Row; 20] = [
    Row {
        name: "Europe/Kaliningrad",
        offset_hours: 2,
        places: &["калининград", "калининградская"],
    },
    Row {
        name: "Europe/Moscow",
        offset_hours: 3,
        places: &[
            "москва",
            "московская",
            "санкт-петербург",
            "спб",
            "петербург",
            "ленинградская",
            "белгород",
            "брянск",
            "владимир",
            "воронеж",
            "воронежская",
            "иваново",
            "калуга",
            "кострома",
            "курск",
            "липецк",
            "нижний",
            "новгород",
            "орел",
            "пенза",
            "псков",
            "ростов-на-дону",
            "ростовская",
            "рязань",
            "смоленск",
            "тамбов",
            "тверь",
            "тула",
            "ярославль",
            "краснодар",
            "краснодарский",
            "сочи",
            "ставрополь",
            "казань",
            "татарстан",
            "чебоксары",
            "саранск",
            "йошкар-ола",
            "архангельск",
            "мурманск",
            "петрозаводск",
            "вологда",
            "череповец",
            "сыктывкар",
            "махачкала",
            "грозный",
            "владикавказ",
            "нальчик",
            "майкоп",
            "элиста",
            "таганрог",
            "новороссийск",
            "арзамас",
            "дзержинск",
            "подольск",
            "химки",
            "мытищи",
            "балашиха",
            "набережные",
        ],
    },
    Row {
        name: "Europe/Simferopol",
        offset_hours: 3,
        places: &["симферополь", "севастополь", "крым"],
    },
    Row { name: "Europe/Kirov", offset_hours: 3, places: &["киров", "кировская"] },
    Row {
        name: "Europe/Volgograd",
        offset_hours: 3,
        places: &["волгоград", "волгоградская", "волжский"],
    },
    Row {
        name: "Europe/Astrakhan", offset_hours: 4, places: &["астрахань", "астраханская"]
    },
    Row {
        name: "Europe/Saratov",
        offset_hours: 4,
        places: &["саратов", "саратовская", "энгельс", "балаково", "вольск", "маркс"],
    },
    Row {
        name: "Europe/Ulyanovsk",
        offset_hours: 4,
        places: &["ульяновск", "ульяновская", "димитровград"],
    },
    Row {
        name: "Europe/Samara",
        offset_hours: 4,
        places: &["самара", "самарская", "тольятти", "сызрань", "ижевск", "удмуртская", "удмуртия"],
    },
    Row {
        name: "Asia/Yekaterinburg",
        offset_hours: 5,
        places: &[
            "екатеринбург",
            "свердловская",
            "челябинск",
            "челябинская",
            "магнитогорск",
            "уфа",
            "башкортостан",
            "пермь",
            "пермский",
            "оренбург",
            "оренбургская",
            "орск",
            "курган",
            "тюмень",
            "тюменская",
            "сургут",
            "нижневартовск",
            "ханты-мансийск",
            "салехард",
            "стерлитамак",
        ],
    },
    Row { name: "Asia/Omsk", offset_hours: 6, places: &["омск", "омская"] },
    Row {
        name: "Asia/Novosibirsk", offset_hours: 7, places: &["новосибирск", "новосибирская"]
    },
    Row {
        name: "Asia/Barnaul",
        offset_hours: 7,
        places: &["барнаул", "алтайский", "бийск", "горно-алтайск"],
    },
    Row { name: "Asia/Tomsk", offset_hours: 7, places: &["томск", "томская"] },
    Row {
        name: "Asia/Novokuznetsk",
        offset_hours: 7,
        places: &["кемерово", "кемеровская", "новокузнецк", "кузбасс"],
    },
    Row {
        name: "Asia/Krasnoyarsk",
        offset_hours: 7,
        places: &["красноярск", "красноярский", "абакан", "кызыл", "норильск"],
    },
    Row {
        name: "Asia/Irkutsk",
        offset_hours: 8,
        places: &["иркутск", "иркутская", "улан-удэ", "бурятия", "ангарск", "братск"],
    },
    Row {
        name: "Asia/Yakutsk",
        offset_hours: 9,
        places: &["якутск", "якутия", "чита", "забайкальский", "благовещенск"],
    },
    Row {
        name: "Asia/Vladivostok",
        offset_hours: 10,
        places: &[
            "владивосток",
            "приморский",
            "хабаровск",
            "хабаровский",
            "уссурийск",
            "биробиджан",
        ],
    },
    Row {
        name: "Asia/Kamchatka",
        offset_hours: 12,
        places: &["петропавловск-камчатский", "камчатский", "анадырь"],
    },
];

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let name = String::deserialize(d)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom("неизвестный часовой пояс"))
    }
}

impl<C> Encode<C> for Zone {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(self.name())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Zone {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::parse(d.str()?).ok_or_else(|| minicbor::decode::Error::message("unknown zone"))
    }
}

/// Years of dates that are read; a date outside them does not parse.
pub const YEARS: std::ops::RangeInclusive<i16> = 2000..=2120;

/// A calendar date without a zone; `YYYY-MM-DD` on the wire and in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct LegalDate(pub Date);

impl LegalDate {
    /// Reads `2026-08-26` or `26.08.2026`, within [`YEARS`].
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((day, rest)) = text.split_once('.') {
            let (month, year) = rest.split_once('.')?;
            let (y, m, d) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
            return Date::new(y, m, d).ok().map(Self).filter(|date| date.is_legal());
        }
        let shape = text.len() == 10 && text.bytes().filter(|b| *b == b'-').count() == 2;
        let date = if shape { text.parse().ok().map(Self) } else { None };
        date.filter(|date| date.is_legal())
    }

    /// «26.08.26» is no date of the year 26.
    fn is_legal(self) -> bool {
        YEARS.contains(&self.0.year())
    }

    /// Form for people, `26.08.2026`.
    pub fn russian(self) -> String {
        format!("{:02}.{:02}.{:04}", self.0.day(), self.0.month(), self.0.year())
    }
}

impl std::fmt::Display for LegalDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl Serialize for LegalDate {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LegalDate {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("не дата: ГГГГ-ММ-ДД"))
    }
}

impl<C> Encode<C> for LegalDate {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.to_string())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for LegalDate {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Self::parse(d.str()?).ok_or_else(|| minicbor::decode::Error::message("not a date"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_of_an_address_decides_and_streets_do_not() {
        let zone = |a| Zone::of_address(a).map(Zone::name);
        assert_eq!(zone("г. Саратов, ул. Тархова, д. 12"), Some("Europe/Saratov"));
        assert_eq!(zone("г. Омск, ул. Саратовская, 5"), Some("Asia/Omsk"));
        assert_eq!(zone("ул. Московская, 5"), None);
    }

    #[test]
    fn the_legal_date_is_that_of_the_place() {
        // 2026-08-26T21:30Z is already the 27th in Saratov (+4) and still the 26th in Kaliningrad.
        let at = Timestamp(1_787_779_800_000);
        assert_eq!(Zone::parse("Europe/Saratov").unwrap().date(at).to_string(), "2026-08-27");
        assert_eq!(Zone::parse("Europe/Kaliningrad").unwrap().date(at).to_string(), "2026-08-26");
    }

    #[test]
    fn midnight_and_noon_go_there_and_back() {
        let zone = Zone::parse("Asia/Kamchatka").unwrap();
        let date = LegalDate::parse("2026-02-28").unwrap().0;
        assert_eq!(zone.date(zone.instant(date, 0)), date);
        assert_eq!(zone.civil(zone.instant(date, 12 * 60 + 5)).to_string(), "2026-02-28T12:05:00");
    }
}
