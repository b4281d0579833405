//! Number of a record in the Fund (ФИФ ОЕИ), which only the Fund gives.

use super::{Entity, LegalDate};

/// Address of a record's public card, without its id; seen in working tools, `domain/verification.md` 3.
const CARD: &str = "https://fgis.gost.ru/fundmetrology/cm/results/1-";

/// Digits of a record's id: today's have nine.
const ID_DIGITS_MAX: usize = 18;

/// A number of the form `С-ВМ/14-09-2026/402123271`: kind, cipher, day of the verification, id of the record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FundNumber {
    text: String,
    cipher: String,
    date: LegalDate,
    is_fit: bool,
}

impl FundNumber {
    /// Reads a number; blanks around its parts and Latin look-alikes of its letters are mended.
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|sign| !sign.is_whitespace()).collect();
        let text = text.replace(['–', '−', '‑', '—'], "-");
        let (head, rest) = text.split_once('/')?;
        let (date, id) = rest.split_once('/')?;
        let (kind, cipher) = head.split_once('-')?;
        let is_fit = match kind {
            "С" | "C" => true,
            "И" => false,
            _ => return None,
        };
        let cipher: String = cipher.chars().map(russian).collect();
        if !Entity::sign_cipher_is_valid(&cipher) {
            return None;
        }
        let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
        let parts: Vec<&str> = date.split('-').collect();
        let [day, month, year] = parts[..] else { return None };
        if [day, month, year].map(str::len) != [2, 2, 4] {
            return None;
        }
        let date = LegalDate::parse(&format!("{year}-{month}-{day}"))?;
        if id.is_empty() || id.len() > ID_DIGITS_MAX || !digits(id) {
            return None;
        }
        let kind = if is_fit { "С" } else { "И" };
        let text = format!("{kind}-{cipher}/{day}-{month}-{year}/{id}");
        Some(Self { text, cipher, date, is_fit })
    }

    /// The number as the Fund writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Шифр знака поверки of the firm that verified.
    pub fn cipher(&self) -> &str {
        &self.cipher
    }

    /// Day of the verification.
    pub const fn date(&self) -> LegalDate {
        self.date
    }

    /// `С`: fit; `И`: unfit.
    pub const fn is_fit(&self) -> bool {
        self.is_fit
    }

    /// Id of the record, the last part of the number.
    pub fn id(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }

    /// Permanent address of the record's public card.
    pub fn card(&self) -> String {
        format!("{CARD}{}", self.id())
    }
}

impl std::fmt::Display for FundNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The Russian capital that a Latin one looks like.
fn russian(letter: char) -> char {
    match letter {
        'A' => 'А',
        'B' => 'В',
        'C' => 'С',
        'E' => 'Е',
        'H' => 'Н',
        'K' => 'К',
        'M' => 'М',
        'O' => 'О',
        'P' => 'Р',
        'T' => 'Т',
        'X' => 'Х',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_its_parts() {
        let number = FundNumber::parse(" C-BM/14-09-2026 / 402123271").unwrap();
        assert_eq!(number.as_str(), "С-ВМ/14-09-2026/402123271");
        assert_eq!((number.cipher(), number.is_fit(), number.id()), ("ВМ", true, "402123271"));
        assert_eq!(number.date().russian(), "14.09.2026");
        assert!(number.card().ends_with("/results/1-402123271"));
        assert!(!FundNumber::parse("И-ГДЯ/01-10-2026/7").unwrap().is_fit());
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "",
            "С-ВМ/14-09-2026/",
            "С-ВМ/31-02-2026/1",
            "С-ВМ/14.09.2026/1",
            "С-ВМ/4-9-2026/1",
            "ВМ-2026-000042",
            "С-ВМГД/14-09-2026/1",
            "С-ВМ/14-09-2026/12x",
            "С-ВМ/14-09-2026/1234567890123456789",
            "К-ВМ/14-09-2026/1",
        ] {
            assert_eq!(FundNumber::parse(text), None, "{text}");
        }
    }
}
