//! Issuers of papers, metrologists and their means of verification.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{EntityId, LegalDate, MeansId, NumberTemplates, PersonId, Zone};

/// A legal entity that issues protocols under its own accreditation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Entity {
    /// UUIDv7 made by the server; never reused.
    #[n(0)]
    pub id: EntityId,
    /// Full name as papers print it.
    #[n(1)]
    pub name: String,
    /// Postal address as papers print it.
    #[n(2)]
    pub address: String,
    /// Number in the register of accredited persons.
    #[n(3)]
    pub accreditation: String,
    /// Шифр знака поверки: `[А-Я]{1,3}`, element `signCipher` of the Fund's schema.
    #[n(4)]
    pub sign_cipher: String,
    /// Short code printed by `{код}` of the templates.
    #[n(5)]
    pub code: String,
    /// Templates of the printed numbers of protocols, certificates and notices.
    #[n(6)]
    pub templates: NumberTemplates,
    /// Zone for addresses that name none.
    #[n(7)]
    pub zone: Zone,
    /// Name of the person who signs certificates beside the metrologist.
    #[n(8)]
    pub head: String,
    /// Telephone for clients, as papers print it.
    #[n(9)]
    pub phone: String,
    /// A demonstration with invented people: every paper is stamped «ОБРАЗЕЦ».
    #[n(10)]
    pub specimen: bool,
}

impl Entity {
    /// Whether a cipher is one to three Cyrillic capitals, `[А-Я]{1,3}` (Fund import schema).
    pub fn sign_cipher_is_valid(cipher: &str) -> bool {
        let n = cipher.chars().count();
        (1..=3).contains(&n) && cipher.chars().all(|c| ('А'..='Я').contains(&c))
    }
}

/// Another metrologist of the firm, as phones know one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Colleague {
    /// UUIDv7 of the colleague's account.
    #[n(0)]
    pub id: PersonId,
    /// Фамилия, имя, отчество, as the office wrote them.
    #[n(1)]
    pub name: String,
    /// Telephone as the office wrote it, unparsed.
    #[n(2)]
    pub phone: String,
}

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
    /// First day of validity, included.
    #[n(5)]
    pub valid_from: LegalDate,
    /// Last day of validity, included.
    #[n(6)]
    pub valid_until: LegalDate,
    /// Person who carries the means; `None` offers the means to everybody.
    #[n(7)]
    pub held_by: Option<PersonId>,
}

impl Means {
    /// Whether the date lies within the validity, both ends included.
    pub fn valid_on(&self, date: LegalDate) -> bool {
        self.valid_from <= date && date <= self.valid_until
    }
}

impl Means {
    /// What the means stands in for: any standard for any other, a thermometer only for one of its type.
    pub fn sort(&self) -> Option<&str> {
        match self.kind {
            MeansKind::Mieta | MeansKind::Uve => None,
            MeansKind::Mis => Some(&self.number),
        }
    }
}

/// Means to work with on a day: of each sort those that the person carries, else the common ones, and of
/// those the valid ones. A sort without a valid means yields its expired ones, which then keep the sheet
/// from being signed: a thermohygrometer does not vanish because a stopwatch is valid.
pub fn means_for(all: &[Means], date: LegalDate) -> Vec<MeansId> {
    let sorts: BTreeSet<Option<&str>> = all.iter().map(Means::sort).collect();
    let mut chosen = Vec::new();
    for sort in sorts {
        let of = || all.iter().filter(|means| means.sort() == sort);
        let carried = of().any(|means| means.held_by.is_some());
        let mine = || of().filter(|means| means.held_by.is_some() == carried);
        let any_valid = mine().any(|means| means.valid_on(date));
        chosen.extend(mine().filter(|means| !any_valid || means.valid_on(date)).map(|of| of.id));
    }
    chosen
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

/// The verifying person, as phones and papers know one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Performer {
    /// UUIDv7 of the person's account.
    #[n(0)]
    pub id: PersonId,
    /// Family name, given name, patronymic.
    #[n(1)]
    pub name: String,
    /// Last day of the qualification, included; without one no visit that was done can be signed.
    #[n(2)]
    pub attested_until: Option<LegalDate>,
}

impl Performer {
    /// Family name and initials: «Иванов И. П.».
    pub fn short_name(&self) -> String {
        short_name(&self.name)
    }
}

/// Family name and initials: «Иванов Иван Петрович» → «Иванов И. П.».
pub fn short_name(full: &str) -> String {
    let mut words = full.split_whitespace();
    let mut short = words.next().unwrap_or_default().to_owned();
    for initial in words.filter_map(|word| word.chars().next()) {
        short.push_str(&format!(" {initial}."));
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sort_without_a_valid_means_is_not_left_out() {
        let means = |id: u8, kind, number: &str, until: &str, held: bool| Means {
            id: MeansId::from_bytes([id; 16]),
            kind,
            title: String::new(),
            number: number.to_owned(),
            serial_number: String::new(),
            valid_from: LegalDate::parse("2026-01-01").unwrap(),
            valid_until: LegalDate::parse(until).unwrap(),
            held_by: held.then(|| PersonId::from_bytes([9; 16])),
        };
        let (later, gone) = ("2027-01-01", "2026-02-01");
        let all = [
            means(1, MeansKind::Mieta, "72850.18.3Р.1", later, false),
            means(2, MeansKind::Mieta, "72850.18.3Р.2", later, true),
            means(3, MeansKind::Mis, "46434-11", gone, false),
            means(4, MeansKind::Mis, "11519-11", later, false),
            means(5, MeansKind::Mis, "11519-11", gone, false),
        ];
        let chosen = means_for(&all, LegalDate::parse("2026-08-26").unwrap());
        let chosen: BTreeSet<u8> = chosen.iter().map(|id| id.bytes()[0]).collect();
        // His own rig and not the common one; the expired thermohygrometer, so that it is seen.
        assert_eq!(chosen, BTreeSet::from([2, 3, 4]));
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
