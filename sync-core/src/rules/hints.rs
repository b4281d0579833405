//! Hints beside the texts of an instrument: letters of another alphabet, foreign dashes, serial
//! numbers that a spreadsheet spoilt. A hint changes nothing by itself.

use serde::Serialize;

use crate::model::InstrumentType;
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
        (IdentityField::TypeNumber, type_number, mended(type_number)),
        (IdentityField::Modification, modification, modification_meant(modification, known)),
        (IdentityField::SerialNumber, serial_number, mended(serial_number)),
    ];
    let alike = texts.into_iter().filter(|(_, text, right)| right != text);
    let mut hints: Vec<Hint> =
        alike.map(|(field, text, right)| of_text(field, text, right)).collect();
    if is_spoilt(serial_number) {
        hints.push(Hint {
            field: IdentityField::SerialNumber,
            text: serial_number.to_owned(),
            right: String::new(),
            wrong: Vec::new(),
            words: format!(
                "номер «{serial_number}» похож на испорченный таблицей: сверьте с прибором"
            ),
        });
    }
    hints
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

/// Whether a serial number is a number as a spreadsheet rewrote it: `4,51207E+11`, `451207.0`.
fn is_spoilt(serial: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let decimal = |text: &str| {
        text.split_once(['.', ',']).is_none_or(|(whole, part)| digits(whole) && digits(part))
            && text.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.' || sign == b',')
    };
    let exponent = serial.split_once(['E', 'e', 'Е', 'е']).is_some_and(|(number, power)| {
        decimal(number) && power.strip_prefix(['+', '-']).is_some_and(digits)
    });
    let whole = serial.strip_suffix(".0").or_else(|| serial.strip_suffix(",0"));
    exponent || whole.is_some_and(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_of_spreadsheets_are_asked_about() {
        for spoilt in ["4,51207E+11", "4.5E+5", "451207.0", "451207,0", "45Е+11"] {
            assert!(is_spoilt(spoilt), "{spoilt}");
        }
        for right in ["00451207", "12-3456", "4E12", "12.5", "", "А45.0", "2020/17"] {
            assert!(!is_spoilt(right), "{right}");
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
