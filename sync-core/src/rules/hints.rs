//! Hints beside the texts of an instrument: letters of another alphabet, foreign dashes, serial
//! numbers that are none. A hint changes nothing by itself.

use serde::Serialize;

use super::serial::{meant_words, serial_meant, serial_words, without_groups};
use crate::model::{InstrumentType, is_type_number};
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
        (IdentityField::SerialNumber, serial_number, serial_meant(serial_number)),
    ];
    let alike = texts.into_iter().filter(|(_, text, right)| right != text);
    let mut hints: Vec<Hint> =
        alike.map(|(field, text, right)| of_text(field, text, right)).collect();
    if let Some(words) = serial_words(serial_number) {
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
    let serial = field == IdentityField::SerialNumber;
    if serial && without_groups(text).as_deref() == Some(&*right) {
        let spaces = text.chars().enumerate().filter(|(_, sign)| !sign.is_ascii_digit());
        let wrong = spaces.map(|(at, _)| at).collect();
        return Hint {
            field,
            text: text.to_owned(),
            words: meant_words(text, &right),
            wrong,
            right,
        };
    }
    // What stands before a serial number is wrong as a whole.
    let label = text.chars().count().saturating_sub(right.chars().count());
    let pairs = text.chars().skip(label).zip(right.chars()).enumerate();
    let wrong = pairs.filter(|(_, (wrong, right))| wrong != right).map(|(at, _)| label + at);
    let wrong = (0..label).chain(wrong).collect();
    let words = if serial { meant_words(text, &right) } else { lookalike_words(text, &right) };
    Hint { field, text: text.to_owned(), words, wrong, right }
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let found = hints(("16О78-13", "СХВ–15", "88 12345"), &[]);
        let seen: Vec<(&str, &str, &[usize])> =
            found.iter().map(|of| (of.field.name(), &*of.right, &*of.wrong)).collect();
        assert_eq!(
            seen,
            [("type_number", "16078-13", &[2][..]), ("modification", "СХВ-15", &[3][..])]
        );
    }
}
