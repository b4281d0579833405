//! Hints beside the texts of an instrument: letters of another alphabet, foreign dashes, numbers that
//! a spreadsheet spoilt. A hint changes nothing by itself.

use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::model::{ExpectedInstrument, InstrumentType};
use vyezd_core::texts::{look_same, lookalike_words, mended};

/// A doubt about one text of an instrument.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "field": "modification", "text": "CXB-15", "right": "СХВ-15",
    "words": "в «CXB-15» латинская буква C, латинская буква X, латинская буква B: похоже на «СХВ-15»"
}))]
pub(super) struct HintView {
    /// `type_number`, `modification` or `serial_number`.
    field: &'static str,
    /// The text as it stands.
    text: String,
    /// The text that was probably meant; empty where only the instrument itself can tell.
    right: String,
    /// A sentence for the office.
    words: String,
}

/// Doubts about an instrument of a card. A modification that looks like a known one is meant as that
/// one.
pub(super) fn of(instrument: &ExpectedInstrument, types: &[InstrumentType]) -> Vec<HintView> {
    let ExpectedInstrument { type_number, modification, serial_number, .. } = instrument;
    let is_known = types.iter().any(|known| known.modification == *modification);
    let twin = types.iter().map(|known| &known.modification).find(|known| {
        !is_known && (look_same(modification, known) || look_same(&mended(modification), known))
    });
    let modification_meant = match twin {
        Some(twin) => twin.clone(),
        None if is_known => modification.clone(),
        None => mended(modification),
    };
    let texts = [
        ("type_number", type_number, mended(type_number)),
        ("modification", modification, modification_meant),
        ("serial_number", serial_number, mended(serial_number)),
    ];
    let alike = texts.into_iter().filter(|(_, text, right)| right != *text);
    let mut hints: Vec<HintView> = alike
        .map(|(field, text, right)| HintView {
            field,
            text: text.clone(),
            words: lookalike_words(text, &right),
            right,
        })
        .collect();
    if is_spoilt(serial_number) {
        hints.push(HintView {
            field: "serial_number",
            text: serial_number.clone(),
            right: String::new(),
            words: format!(
                "номер «{serial_number}» похож на испорченный таблицей: сверьте с прибором"
            ),
        });
    }
    hints
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
}
