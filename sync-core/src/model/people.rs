//! Who issues papers, who verifies, and with what.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{EntityId, LegalDate, MeansId, NumberTemplates, PersonId, Zone};

/// A legal entity that issues protocols under its own accreditation.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Entity {
    /// Its id.
    #[n(0)]
    pub id: EntityId,
    /// The full name, as papers carry it.
    #[n(1)]
    pub name: String,
    /// The postal address.
    #[n(2)]
    pub address: String,
    /// The number in the register of accredited persons.
    #[n(3)]
    pub accreditation: String,
    /// Шифр знака поверки: one to three Cyrillic capitals (Fund import schema, `signCipher`).
    #[n(4)]
    pub sign_cipher: String,
    /// The short code that its number templates print.
    #[n(5)]
    pub code: String,
    /// How its numbers look.
    #[n(6)]
    pub templates: NumberTemplates,
    /// The zone of places that no address names.
    #[n(7)]
    pub zone: Zone,
    /// Who signs certificates beside the metrologist.
    #[n(8)]
    pub head: String,
    /// A telephone for clients.
    #[n(9)]
    pub phone: String,
    /// Every paper is stamped «ОБРАЗЕЦ»: invented people, a demonstration.
    #[n(10)]
    pub specimen: bool,
}

impl Entity {
    /// One to three Cyrillic capitals, `[А-Я]{1,3}` (Fund import schema).
    pub fn sign_cipher_is_valid(cipher: &str) -> bool {
        let n = cipher.chars().count();
        (1..=3).contains(&n) && cipher.chars().all(|c| ('А'..='Я').contains(&c))
    }
}

/// Another metrologist of the firm, as his colleagues' phones know him.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Colleague {
    /// Who.
    #[n(0)]
    pub id: PersonId,
    /// Фамилия, имя, отчество.
    #[n(1)]
    pub name: String,
    /// His telephone, as the office wrote it.
    #[n(2)]
    pub phone: String,
}

/// A standard or other means of verification, as the Fund's file names it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Means {
    /// Its id.
    #[n(0)]
    pub id: MeansId,
    /// Which element of the Fund's file carries it.
    #[n(1)]
    pub kind: MeansKind,
    /// What it is, for people: «Установка поверочная УПСЖ-3П».
    #[n(2)]
    pub title: String,
    /// `mieta`/`npe`/`uve`: the register number; `mis`: the type number.
    #[n(3)]
    pub number: String,
    /// The serial number; `mis` needs it.
    #[n(4)]
    pub serial_number: String,
    /// First day on which it may be used.
    #[n(5)]
    pub valid_from: LegalDate,
    /// Last day on which it may be used.
    #[n(6)]
    pub valid_until: LegalDate,
    /// The person who carries it; nobody means everybody.
    #[n(7)]
    pub held_by: Option<PersonId>,
}

impl Means {
    /// Whether it may be used on a date.
    pub fn valid_on(&self, date: LegalDate) -> bool {
        self.valid_from <= date && date <= self.valid_until
    }
}

/// The means to work with on a day: of each kind those that are valid. Where none of a kind is, its
/// expired ones are named, so that the visit cannot be closed without anybody noticing.
pub fn means_for(all: &[Means], date: LegalDate) -> Vec<MeansId> {
    let kinds = [MeansKind::Mieta, MeansKind::Mis, MeansKind::Uve];
    let of = |kind| all.iter().filter(move |means| means.kind == kind);
    kinds
        .into_iter()
        .flat_map(|kind| {
            let any_valid = of(kind).any(|means| means.valid_on(date));
            of(kind).filter(move |means| !any_valid || means.valid_on(date))
        })
        .map(|means| means.id)
        .collect()
}

/// The kinds of means that the Fund's schema knows and this product uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum MeansKind {
    /// СИ, применяемое в качестве эталона.
    #[n(0)]
    Mieta,
    /// СИ, применяемое при поверке.
    #[n(1)]
    Mis,
    /// Эталон единицы величины.
    #[n(2)]
    Uve,
}

/// What a phone and a paper need to know of the person who verifies.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Performer {
    /// Its id.
    #[n(0)]
    pub id: PersonId,
    /// Family name, given name, patronymic.
    #[n(1)]
    pub name: String,
    /// The last day of the attestation, where it has one.
    #[n(2)]
    pub attested_until: Option<LegalDate>,
}

impl Performer {
    /// «Иванов И. П.»
    pub fn short_name(&self) -> String {
        short_name(&self.name)
    }
}

/// «Иванов Иван Петрович» → «Иванов И. П.»
pub fn short_name(full: &str) -> String {
    let mut words = full.split_whitespace();
    let mut short = words.next().unwrap_or_default().to_owned();
    for initial in words.filter_map(|word| word.chars().next()) {
        short.push_str(&format!(" {initial}."));
    }
    short
}
