//! Hints beside the texts of an instrument: letters of another alphabet, foreign dashes, serial
//! numbers that a spreadsheet spoilt. A hint changes nothing by itself.

use serde::Serialize;

use crate::model::{InstrumentType, fold, is_type_number};
use crate::texts::{look_same, lookalike_words, mended};

/// A text of an instrument's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum IdentityField {
    /// Number of the type in the state register.
    TypeNumber,
    /// Modification.
    Modification,
    /// Serial number.
    SerialNumber,
}

impl IdentityField {
    /// Name in JSON, `type_number`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TypeNumber => "type_number",
            Self::Modification => "modification",
            Self::SerialNumber => "serial_number",
        }
    }
}

/// A doubt about one text of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Hint {
    /// Field of the text.
    pub field: IdentityField,
    /// Text as it stands.
    pub text: String,
    /// Text that was probably meant; empty where only the instrument itself can tell.
    pub right: String,
    /// Positions of the wrong signs among the characters of the text, from 0.
    pub wrong: Vec<usize>,
    /// Russian sentence for whoever types.
    pub words: String,
}

/// Doubts about the texts of an instrument. A modification that looks like one of the known types' is
/// meant as that one.
pub fn hints(
    (type_number, modification, serial_number): (&str, &str, &str),
    known: &[InstrumentType],
) -> Vec<Hint> {
    let texts = [
        (IdentityField::TypeNumber, type_number, type_number_meant(type_number)),
        (IdentityField::Modification, modification, modification_meant(modification, known)),
        (IdentityField::SerialNumber, serial_number, mended(serial_number)),
    ];
    let alike = texts.into_iter().filter(|(_, text, right)| right != text);
    let mut hints: Vec<Hint> =
        alike.map(|(field, text, right)| of_text(field, text, right)).collect();
    if let Some(words) = spoilt_words(serial_number) {
        hints.push(Hint {
            field: IdentityField::SerialNumber,
            text: serial_number.to_owned(),
            right: String::new(),
            wrong: Vec::new(),
            words,
        });
    }
    hints
}

/// Russian sentence about a serial number that a spreadsheet spoilt.
pub fn spoilt_words(serial_number: &str) -> Option<String> {
    is_spoilt(serial_number).then(|| {
        format!("номер «{serial_number}» похож на испорченный таблицей: сверьте с прибором")
    })
}

/// Number of a type with letters that look like digits taken for digits, where that makes a number
/// of the register, `NNNNN-YY`.
pub fn type_number_meant(text: &str) -> String {
    let digit = |sign: char| match sign {
        'О' | 'о' | 'O' | 'o' => '0',
        'З' | 'з' => '3',
        'I' | 'l' | 'І' | '|' => '1',
        'б' => '6',
        'В' | 'B' => '8',
        ' ' | '_' | '/' => '-',
        other => other,
    };
    let mended = mended(text);
    let candidate: String = mended.chars().map(digit).collect();
    if is_type_number(&candidate) { candidate } else { mended }
}

fn of_text(field: IdentityField, text: &str, right: String) -> Hint {
    let pairs = text.chars().zip(right.chars()).enumerate();
    let wrong = pairs.filter(|(_, (wrong, right))| wrong != right).map(|(at, _)| at).collect();
    Hint { field, text: text.to_owned(), words: lookalike_words(text, &right), wrong, right }
}

fn modification_meant(modification: &str, known: &[InstrumentType]) -> String {
    let mended = mended(modification);
    if known.iter().any(|kind| kind.modification == modification) {
        return modification.to_owned();
    }
    let twin = known.iter().map(|kind| &kind.modification);
    let twin = twin
        .into_iter()
        .find(|kind| look_same(modification, kind) || look_same(&mended, kind) || mended == **kind);
    twin.cloned().unwrap_or(mended)
}

/// Whether a serial number is what a spreadsheet made of one: `4,51207E+11`, `451207.0`,
/// `="0045"`, `'0045`, `#Н/Д`, «01.окт», `01.10.2026`.
fn is_spoilt(serial: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let exponent = serial.split_once(['E', 'e', 'Е', 'е']).is_some_and(|(number, power)| {
        let fraction = number.split_once(['.', ',']);
        let decimal = fraction.map_or_else(|| digits(number), |(a, b)| digits(a) && digits(b));
        let signed = power.strip_prefix(['+', '-']);
        decimal && (signed.is_some_and(digits) || (fraction.is_some() && digits(power)))
    });
    let whole = serial.strip_suffix(".0").or_else(|| serial.strip_suffix(",0"));
    let parts: Vec<&str> = serial.split(['.', '-', '/', ' ']).collect();
    let month = |part: &str| {
        let part = fold(part);
        MONTHS.iter().any(|name| part == *name)
    };
    let named = parts.len() == 2
        && parts.iter().any(|part| month(part))
        && parts.iter().any(|part| digits(part) && part.len() <= 4);
    let sizes: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let date = serial.contains('.')
        && matches!(sizes[..], [2, 2, 4])
        && parts.iter().all(|part| digits(part));
    exponent || whole.is_some_and(digits) || named || date || serial.starts_with(['=', '#', '\''])
}

/// Short names of months in the dates of spreadsheets.
const MONTHS: [&str; 24] = [
    "янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "jan",
    "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_of_spreadsheets_are_asked_about() {
        for spoilt in [
            "4,51207E+11",
            "4.5E+5",
            "451207.0",
            "451207,0",
            "45Е+11",
            "4.51207E11",
            "01.окт",
            "окт.26",
            "10-дек",
            "Oct-26",
            "01.10.2026",
            "=\"0045\"",
            "'00451207",
            "#N/A",
        ] {
            assert!(is_spoilt(spoilt), "{spoilt}");
        }
        for right in ["00451207", "12-3456", "4E12", "12.5", "", "А45.0", "2020/17", "17-МАР-2"]
        {
            assert!(!is_spoilt(right), "{right}");
        }
    }

    #[test]
    fn letters_at_the_edge_of_a_type_number_are_digits() {
        for (wrong, right) in [
            ("38760-O8", "38760-08"),
            ("З8760-08", "38760-08"),
            ("16078-1З", "16078-13"),
            ("I6078-13", "16078-13"),
            ("1б078-13", "16078-13"),
            ("16078 13", "16078-13"),
            ("16078–13", "16078-13"),
            ("СВК", "СВК"),
        ] {
            assert_eq!(type_number_meant(wrong), right);
        }
    }

    #[test]
    fn wrong_signs_have_their_places() {
        let found = hints(("16О78-13", "СХВ–15", "88I2345"), &[]);
        let seen: Vec<(&str, &str, &[usize])> =
            found.iter().map(|of| (of.field.name(), &*of.right, &*of.wrong)).collect();
        assert_eq!(
            seen,
            [("type_number", "16078-13", &[2][..]), ("modification", "СХВ-15", &[3][..])]
        );
    }
}
