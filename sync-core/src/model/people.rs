//! Issuers of papers and metrologists.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{EntityId, LegalDate, NumberTemplates, PersonId, Zone};

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
