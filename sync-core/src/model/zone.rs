//! Russian time zones and legal dates.
//!
//! A verification is dated once, by the calendar of its place, and the date is never recomputed.
//! Since the changes listed below no zone of Russia has summer time, so each zone is one fixed
//! offset. The table has a version, and the version is sealed with the date.
//!
//! Source: IANA tz database 2024a, `europe` and `asia`, zones of Russia, offsets in force after
//! Volgograd's change of 2020-12-27. Dates before that are not legal dates of this product.

mod address;
mod places;
mod towns;

use jiff::civil::Date;
use jiff::tz::Offset;
use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Timestamp;

/// Version of the table below; a changed offset makes a new version, never an edit. A zone that is
/// added leaves the version: no earlier sheet can name the zone.
pub const ZONE_TABLE_VERSION: u32 = 1;

/// An IANA zone of Russia, one row of the built-in table; anything else does not parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub struct Zone(&'static Row);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Row {
    name: &'static str,
    offset_hours: i8,
    /// Name of the zone's main town.
    russian: &'static str,
}

impl Zone {
    /// `Europe/Moscow`: the fallback where no place was recognised and nothing else is configured.
    pub const MOSCOW: Self = Self(&TABLE[1]);

    /// The zone of an IANA name, compared exactly.
    pub fn parse(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(Self)
    }

    /// The zone of a Russian postal address that names a region, or a town behind «г.» or «город».
    /// Streets and districts name no place.
    pub fn of_address(address: &str) -> Option<Self> {
        address::zone_of(address).and_then(Self::parse)
    }

    /// The town, in small letters, of an address that names one, where neither the town nor anything else
    /// gives the zone.
    pub fn unknown_town(address: &str) -> Option<String> {
        address::unknown_town(address)
    }

    /// The zone of a town that an address names without «г.», as in «644000, Омск, ул. Мира, 1», where nothing
    /// gives the zone: a question to whoever typed it, since villages and estates bear the same names.
    pub fn of_bare_town(address: &str) -> Option<Self> {
        address::bare_town(address).and_then(Self::parse)
    }

    /// Every zone of Russia, from west to east.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(Self)
    }

    /// Name for people, «Саратов (UTC+4)».
    pub fn russian(self) -> String {
        format!("{} (UTC+{})", self.0.russian, self.0.offset_hours)
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

const fn row(name: &'static str, offset_hours: i8, russian: &'static str) -> Row {
    Row { name, offset_hours, russian }
}

/// Zones from west to east; Moscow stays at index 1.
static TABLE: [Row; 27] = [
    row("Europe/Kaliningrad", 2, "Калининград"),
    row("Europe/Moscow", 3, "Москва"),
    row("Europe/Simferopol", 3, "Симферополь"),
    row("Europe/Kirov", 3, "Киров"),
    row("Europe/Volgograd", 3, "Волгоград"),
    row("Europe/Astrakhan", 4, "Астрахань"),
    row("Europe/Saratov", 4, "Саратов"),
    row("Europe/Ulyanovsk", 4, "Ульяновск"),
    row("Europe/Samara", 4, "Самара"),
    row("Asia/Yekaterinburg", 5, "Екатеринбург"),
    row("Asia/Omsk", 6, "Омск"),
    row("Asia/Novosibirsk", 7, "Новосибирск"),
    row("Asia/Barnaul", 7, "Барнаул"),
    row("Asia/Tomsk", 7, "Томск"),
    row("Asia/Novokuznetsk", 7, "Новокузнецк"),
    row("Asia/Krasnoyarsk", 7, "Красноярск"),
    row("Asia/Irkutsk", 8, "Иркутск"),
    row("Asia/Chita", 9, "Чита"),
    row("Asia/Yakutsk", 9, "Якутск"),
    row("Asia/Khandyga", 9, "Хандыга"),
    row("Asia/Vladivostok", 10, "Владивосток"),
    row("Asia/Ust-Nera", 10, "Усть-Нера"),
    row("Asia/Magadan", 11, "Магадан"),
    row("Asia/Sakhalin", 11, "Южно-Сахалинск"),
    row("Asia/Srednekolymsk", 11, "Среднеколымск"),
    row("Asia/Kamchatka", 12, "Петропавловск-Камчатский"),
    row("Asia/Anadyr", 12, "Анадырь"),
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

    fn zone(address: &str) -> Option<&'static str> {
        Zone::of_address(address).map(Zone::name)
    }

    #[test]
    fn streets_districts_and_estates_name_no_place() {
        for address in [
            "Московская ул., д. 66, кв. 1",
            "ул. Московская, 5",
            "ул. Большая Московская, д. 5",
            "Волжский р-н, ул. Чернышевского, д. 100",
            "ЖК «Казань», ул. Мира, д. 5",
            "мкр. Кузбасс, д. 5",
            "Кузбасс, д. 5",
            "СНТ Омск, 12",
            "пр. Томский, 3",
            "д. Самара, 7",
            "с. Москва, ул. Мира, 1",
            "пос. Новосибирск",
            "Самарский переулок, 5",
            "Саратов, ул. Чапаева, 8",
            "наб. Космонавтов, 3",
            "Ленинградский пр-т, 9",
            "площадь г. Омск, 1",
            "АО «Чукотский рыбзавод», цех 3",
            "ул. Республика Татарстан, 4",
            "ЖК «Алтайский край», 9",
            "г. Благовещенск, ул. Мира, 5",
            "г. Неизвестный, ул. Омская, 5",
            "ул. Край Света, 2",
            "пер. Читинский, 2; домофон 3",
            "сквер г. Омск, 5",
            "остановка «г. Магадан»",
            "магазин «Камчатский край», 1",
            "ул. Мира, 5, база отдыха «Алтайский край»",
            "ул. Мира, 5, Омская обл. больница",
            "ул. Мира, 5, домофон: Омская обл.",
            "кафе «Республика Тыва»",
            "кафе «Город Омск», 2",
            "микрорайон-2 г. Томск",
            "пл. 300-летия г. Томск",
            "ул. 400 лет г. Томск, 3",
            "ул. Мира, д. 12 Г Киров-строй",
            "с. Черский тракт, 3",
            "",
        ] {
            assert_eq!(zone(address), None, "{address}");
        }
    }

    #[test]
    fn a_town_behind_its_word_names_a_place() {
        for (address, name) in [
            ("г. Саратов, ул. Тархова, д. 12", "Europe/Saratov"),
            ("г.Омск,ул. Саратовская, 5", "Asia/Omsk"),
            ("г Омск ул Саратовская 5", "Asia/Omsk"),
            ("ГОРОД НИЖНИЙ ТАГИЛ, ул. Мира, д. 5", "Asia/Yekaterinburg"),
            ("г. Нижний Новгород, ул. Мира", "Europe/Moscow"),
            ("г. Южно‑Сахалинск, ул. Мира, д. 5", "Asia/Sakhalin"),
            ("г. Южно-Сахалинск, ул. Мира, д. 5", "Asia/Sakhalin"),
            ("г. Энгельс-19, ул. Мира", "Europe/Saratov"),
            ("город-герой Волгоград, ул. Мира", "Europe/Volgograd"),
            ("Омск г, Московская ул, 5", "Asia/Omsk"),
            ("ул. Московская, 5, г. Чита", "Asia/Chita"),
            ("г. Орёл, ул. Комсомольская", "Europe/Moscow"),
            ("г. Комсомольск-на-Амуре", "Asia/Vladivostok"),
            ("г. Магадан", "Asia/Magadan"),
            ("г. Анадырь", "Asia/Anadyr"),
            ("г. Среднеколымск", "Asia/Srednekolymsk"),
            ("гор. Ростов-на-Дону", "Europe/Moscow"),
            ("г. Саратов, Омская обл. больница", "Europe/Saratov"),
            ("г. Саратов, магазин «Камчатский край», 1", "Europe/Saratov"),
            ("г. Якутск, с. Черский тракт", "Asia/Yakutsk"),
            ("г. Мегион, ул. Мира", "Asia/Yekaterinburg"),
            ("г. Ростов, ул. Мира", "Europe/Moscow"),
            ("Городской округ город Уфа, ул. Мира", "Asia/Yekaterinburg"),
            ("г. Каменск-Уральский, ул. Мира", "Asia/Yekaterinburg"),
        ] {
            assert_eq!(zone(address), Some(name), "{address}");
        }
    }

    #[test]
    fn a_region_outranks_a_town() {
        for (address, name) in [
            ("г. Благовещенск, Республика Башкортостан, ул. Мира, 5", "Asia/Yekaterinburg"),
            ("Амурская обл., г. Благовещенск", "Asia/Yakutsk"),
            ("410000, Россия, Саратовская область, г. Энгельс", "Europe/Saratov"),
            ("обл. Московская, г. Троицк", "Europe/Moscow"),
            ("Моск. обл., д. Омск", "Europe/Moscow"),
            ("Алтайский край, с. Московское", "Asia/Barnaul"),
            ("Респ. Алтай, г. Горно-Алтайск", "Asia/Barnaul"),
            ("Удмуртская Республика, г. Ижевск", "Europe/Samara"),
            ("ХМАО-Югра, г. Радужный", "Asia/Yekaterinburg"),
            ("Ханты-Мансийский автономный округ - Югра, г. Радужный", "Asia/Yekaterinburg"),
            ("Ямало-Ненецкий АО, г. Губкинский", "Asia/Yekaterinburg"),
            ("Ненецкий АО, п. Искателей", "Europe/Moscow"),
            ("Еврейская автономная область, с. Ленинское", "Asia/Vladivostok"),
            ("Кемеровская область - Кузбасс, г. Берёзовский", "Asia/Novokuznetsk"),
            ("Кузбасс, г. Берёзовский", "Asia/Novokuznetsk"),
            ("Республика Саха (Якутия), г. Мирный", "Asia/Yakutsk"),
            ("Респ. Саха (Якутия), пгт Усть-Нера", "Asia/Ust-Nera"),
            ("Якутия, г. Верхоянск", "Asia/Vladivostok"),
            ("Сахалинская обл., г. Северо-Курильск", "Asia/Srednekolymsk"),
            ("Сахалинская обл., г. Оха", "Asia/Sakhalin"),
            ("Донецкая Народная Республика, г. Донецк", "Europe/Moscow"),
            ("Кабардино-Балкарская Респ, г. Нальчик", "Europe/Moscow"),
            ("Чукотский АО, г. Певек", "Asia/Anadyr"),
            ("Забайкальский край, г. Чита", "Asia/Chita"),
            ("Красноярский кр., г. Железногорск", "Asia/Krasnoyarsk"),
            ("Таймырский (Долгано-Ненецкий) АО, г. Дудинка", "Asia/Krasnoyarsk"),
            ("Ямало-Ненецкий а.о., г. Неизвестный", "Asia/Yekaterinburg"),
            ("Коми-Пермяцкий округ, с. Юсьва", "Asia/Yekaterinburg"),
            ("Корякский округ, пгт Палана", "Asia/Kamchatka"),
            ("Эвенкийский АО, п. Тура", "Asia/Krasnoyarsk"),
            ("Республика Саха (Якутия), Момский улус, с. Хонуу", "Asia/Srednekolymsk"),
            ("Якутия, Нижнеколымский р-н, с. Походск", "Asia/Srednekolymsk"),
            ("Якутия, Аллаиховский улус, п. Чокурдах", "Asia/Srednekolymsk"),
            ("Респ. Саха (Якутия), Усть-Янский улус, п. Усть-Куйга", "Asia/Vladivostok"),
            ("Саха (Якутия) Респ, Оймяконский улус, с. Томтор", "Asia/Ust-Nera"),
            ("РС (Я), пгт. Усть-Нера", "Asia/Ust-Nera"),
            ("Луганская обл., г. Краснодон", "Europe/Moscow"),
            ("Калмыцкая Респ, п. Яшкуль", "Europe/Moscow"),
            ("Хакасская Респ., с. Аскиз", "Asia/Krasnoyarsk"),
            ("Якутия, у. Верхоянский, с. Столбы", "Asia/Vladivostok"),
            ("Саратовская обл. Балаково, ул. Мира", "Europe/Saratov"),
            ("Саратовская область г Энгельс ул Омская 5", "Europe/Saratov"),
            ("ул. Мира, 5, Омская обл.", "Asia/Omsk"),
        ] {
            assert_eq!(zone(address), Some(name), "{address}");
        }
    }

    #[test]
    fn the_table_has_every_zone_and_every_region() {
        let hours: std::collections::BTreeSet<i8> = Zone::all().map(Zone::offset_hours).collect();
        assert!(hours.into_iter().eq(2..=12));
        assert_eq!(Zone::MOSCOW.name(), "Europe/Moscow");
        let saratov = Zone::parse("Europe/Saratov").unwrap();
        assert_eq!(saratov.russian(), "Саратов (UTC+4)");
        let of_regions = places::REGIONS.iter().map(|(zone, ..)| *zone);
        let others =
            [places::SHORT, places::LEADING, places::APART, places::DISTRICTS_APART].concat();
        for zone in of_regions.chain(others.iter().map(|(_, zone)| *zone)) {
            assert!(Zone::parse(zone).is_some(), "{zone}");
        }
    }

    #[test]
    fn a_town_that_no_list_has_is_named() {
        for (address, town) in [
            ("г. Неизвестный, ул. Омская, 5", Some("неизвестный")),
            ("г. Благовещенск, ул. Мира, 5", Some("благовещенск")),
            ("Омская обл., г. Неизвестный", None),
            ("ул. Мира, 5", None),
            ("г. Омск", None),
        ] {
            assert_eq!(Zone::unknown_town(address).as_deref(), town, "{address}");
        }
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
