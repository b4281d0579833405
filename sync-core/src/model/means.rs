//! Means of verification: standards and instruments, what each measures, and which of them a person works with.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::codes::codes;
use super::{KitId, LegalDate, MeansId, PersonId, fold};

/// A standard or other means of verification, with the names of the Fund's file.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Means {
    /// UUIDv7 made by the server; documents name the means by it.
    #[n(0)]
    pub id: MeansId,
    /// Element of the Fund's file that carries the means.
    #[n(1)]
    pub kind: MeansKind,
    /// Title for people: «Установка поверочная УПСЖ-3П».
    #[n(2)]
    pub title: String,
    /// Register number for `mieta` and `uve`, type number for `mis`.
    #[n(3)]
    pub number: String,
    /// Serial number; required for `mis`.
    #[n(4)]
    pub serial_number: String,
    /// First day of validity, included: the day of the means' own verification.
    #[n(5)]
    pub valid_from: LegalDate,
    /// Last day of validity, included.
    #[n(6)]
    pub valid_until: LegalDate,
    /// Person who carries the means; `None` offers the means to everybody. Of a means in a kit the person who has
    /// the kit.
    #[n(7)]
    pub held_by: Option<PersonId>,
    /// What the office says that the means measures; `None` leaves it to the title, see [`Means::roles`].
    #[n(8)]
    pub given_roles: Option<Vec<MeansRole>>,
    /// Rank, class or error as papers print it: «3-й разряд», «±0,3 °С».
    #[n(9)]
    pub accuracy: Option<String>,
    /// Number of the means' own certificate of verification, or of the record in the Fund.
    #[n(10)]
    pub certificate: Option<String>,
    /// Kit in which the means is carried.
    #[n(11)]
    pub kit: Option<KitId>,
}

impl Means {
    /// Whether the date lies within the validity, both ends included.
    pub fn valid_on(&self, date: LegalDate) -> bool {
        self.valid_from <= date && date <= self.valid_until
    }

    /// What the means measures: as the office says, else by kind and title.
    pub fn roles(&self) -> Vec<MeansRole> {
        roles_of(self.given_roles.as_deref(), self.kind, &self.title)
    }

    /// Whether one means can stand for another: both measure the same, or are of one type where nobody knows what
    /// they measure.
    pub fn stands_for(&self, other: &Self) -> bool {
        let (mine, others) = (self.roles(), other.roles());
        if mine.is_empty() || others.is_empty() {
            return mine.is_empty() && others.is_empty() && self.number == other.number;
        }
        mine.iter().any(|role| others.contains(role))
    }
}

/// What a means measures at a verification.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum MeansRole {
    /// Volume of the water: the rig.
    #[n(0)]
    Rig,
    /// Temperature and humidity of the air.
    #[n(1)]
    Thermohygrometer,
    /// Pressure of the air.
    #[n(2)]
    Barometer,
    /// Temperature of the water.
    #[n(3)]
    WaterThermometer,
    /// Time of a pour.
    #[n(4)]
    Stopwatch,
}

codes! {
    MeansRole {
        Rig = "rig",
        Thermohygrometer = "thermohygrometer",
        Barometer = "barometer",
        WaterThermometer = "water_thermometer",
        Stopwatch = "stopwatch",
    }
}

impl MeansRole {
    /// All roles, in the order of papers.
    pub const ALL: [Self; 5] = [
        Self::Rig,
        Self::Thermohygrometer,
        Self::Barometer,
        Self::WaterThermometer,
        Self::Stopwatch,
    ];

    /// What is measured, in Russian, for papers: «объём воды».
    pub const fn measured(self) -> &'static str {
        match self {
            Self::Rig => "объём воды",
            Self::Thermohygrometer => "температура и влажность воздуха",
            Self::Barometer => "атмосферное давление",
            Self::WaterThermometer => "температура воды",
            Self::Stopwatch => "время",
        }
    }

    /// The means, in Russian: «термогигрометр».
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Rig => "эталон (установка)",
            Self::Thermohygrometer => "термогигрометр",
            Self::Barometer => "барометр",
            Self::WaterThermometer => "термометр воды",
            Self::Stopwatch => "секундомер",
        }
    }
}

/// Beginnings of words in titles and what such a means measures; the first that is found counts. An ИВА-6 and an
/// ИВТМ-7 measure the pressure too in some of their variants: only the office knows.
const TITLES: [(&str, MeansRole); 8] = [
    ("термогигром", MeansRole::Thermohygrometer),
    ("гигром", MeansRole::Thermohygrometer),
    ("измеритель влажности", MeansRole::Thermohygrometer),
    ("метеоскоп", MeansRole::Thermohygrometer),
    ("барометр", MeansRole::Barometer),
    ("термометр", MeansRole::WaterThermometer),
    ("секундомер", MeansRole::Stopwatch),
    ("установка", MeansRole::Rig),
];

/// What a means measures: as the office says, else by kind (a standard measures volume) and title.
pub fn roles_of(given: Option<&[MeansRole]>, kind: MeansKind, title: &str) -> Vec<MeansRole> {
    if let Some(given) = given {
        return given.to_vec();
    }
    let title = fold(title);
    let named = TITLES.iter().find(|(word, _)| title.contains(word)).map(|(_, role)| *role);
    let role = match kind {
        MeansKind::Mieta | MeansKind::Uve => named.or(Some(MeansRole::Rig)),
        MeansKind::Mis => named,
    };
    role.into_iter().collect()
}

/// Means to work with on a day: of those that stand for each other the ones that the person carries, else the
/// common ones, and of those the valid ones. Where none is valid the expired ones stay, which then keep the sheet
/// from being signed: a thermohygrometer does not vanish because a stopwatch is valid.
pub fn means_for(all: &[Means], date: LegalDate) -> Vec<MeansId> {
    let mut chosen = BTreeSet::new();
    for one in all {
        let of = || all.iter().filter(|means| means.stands_for(one));
        let carried = of().any(|means| means.held_by.is_some());
        let mine = || of().filter(|means| means.held_by.is_some() == carried);
        let any_valid = mine().any(|means| means.valid_on(date));
        chosen.extend(mine().filter(|means| !any_valid || means.valid_on(date)).map(|of| of.id));
    }
    chosen.into_iter().collect()
}

/// The number of a standard in the register with its Russian «Р», where another letter stands for the rank:
/// `72850.18.3P.00701885`.
pub fn rank_number_meant(number: &str) -> Option<String> {
    let parts: Vec<&str> = number.split('.').collect();
    let [type_number, year, rank, serial] = parts[..] else { return None };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let order = rank.strip_suffix(['P', 'p', 'р', 'Ρ'])?;
    (digits(type_number) && digits(year) && digits(order) && digits(serial))
        .then(|| format!("{type_number}.{year}.{order}Р.{serial}"))
}

/// Kinds of means in the Fund's schema that this product uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum MeansKind {
    /// СИ, применяемое в качестве эталона; element `mieta`, a register number.
    #[n(0)]
    Mieta,
    /// СИ, применяемое при поверке; element `mis`, a type and a serial number.
    #[n(1)]
    Mis,
    /// Эталон единицы величины; element `uve`.
    #[n(2)]
    Uve,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(id: u8, kind: MeansKind, title: &str, until: &str, held: bool) -> Means {
        Means {
            id: MeansId::from_bytes([id; 16]),
            kind,
            title: title.to_owned(),
            number: String::new(),
            serial_number: String::new(),
            valid_from: LegalDate::parse("2026-01-01").unwrap(),
            valid_until: LegalDate::parse(until).unwrap(),
            held_by: held.then(|| PersonId::from_bytes([9; 16])),
            given_roles: None,
            accuracy: None,
            certificate: None,
            kit: None,
        }
    }

    #[test]
    fn a_role_without_a_valid_means_is_not_left_out() {
        let (later, gone) = ("2027-01-01", "2026-02-01");
        let all = [
            means(1, MeansKind::Mieta, "УПСЖ-3П", later, false),
            means(2, MeansKind::Mieta, "Установка поверочная", later, true),
            means(3, MeansKind::Mis, "Термогигрометр ИВА-6", gone, false),
            means(4, MeansKind::Mis, "Секундомер СОСпр", later, false),
            means(5, MeansKind::Mis, "Секундомер электронный", gone, false),
        ];
        let chosen = means_for(&all, LegalDate::parse("2026-08-26").unwrap());
        let chosen: BTreeSet<u8> = chosen.iter().map(|id| id.bytes()[0]).collect();
        // His own rig and not the common one; the expired thermohygrometer, so that it is seen.
        assert_eq!(chosen, BTreeSet::from([2, 3, 4]));
    }

    #[test]
    fn what_a_means_measures_is_in_its_title_or_said() {
        let role = |kind, title| means(1, kind, title, "2027-01-01", false).roles();
        for (title, of) in [
            ("Термогигрометр ИВА-6Н-Д", Some(MeansRole::Thermohygrometer)),
            ("Термометр цифровой ТЦМ", Some(MeansRole::WaterThermometer)),
            ("Барометр-анероид БАММ-1", Some(MeansRole::Barometer)),
            ("Мановакуумметр", None),
        ] {
            assert_eq!(role(MeansKind::Mis, title), of.into_iter().collect::<Vec<_>>(), "{title}");
        }
        assert_eq!(role(MeansKind::Uve, "УПСЖ-3П"), [MeansRole::Rig]);
        let both = Some(vec![MeansRole::Thermohygrometer, MeansRole::Barometer]);
        let given =
            Means { given_roles: both, ..means(1, MeansKind::Mis, "ИВА", "2027-01-01", false) };
        let barometer = means(2, MeansKind::Mis, "Барометр", "2027-01-01", false);
        assert!(given.stands_for(&barometer) && given.roles().len() == 2);
    }

    #[test]
    fn the_rank_of_a_standard_is_a_russian_letter() {
        let right = "72850.18.3Р.00701885";
        assert_eq!(rank_number_meant("72850.18.3P.00701885").as_deref(), Some(right));
        for other in [right, "16078-13", "72850.18.3Р", ""] {
            assert_eq!(rank_number_meant(other), None, "{other}");
        }
    }
}
