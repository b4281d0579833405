//! Hints beside the texts of an instrument, for the pages of the office.

use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::model::{ExpectedInstrument, InstrumentType};
use vyezd_core::rules::hints::{Hint, hints};

/// A doubt about one text of an instrument.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "field": "modification", "text": "CXB-15", "right": "СХВ-15", "wrong": [0, 1, 2],
    "words": "в «CXB-15» латинская буква C, латинская буква X, латинская буква B: похоже на «СХВ-15»"
}))]
pub(super) struct HintView {
    /// `type_number`, `modification` or `serial_number`.
    field: &'static str,
    /// The text as it stands.
    text: String,
    /// The text that was probably meant; empty where only the instrument itself can tell.
    right: String,
    /// Positions of the wrong signs among the characters of the text, from 0.
    wrong: Vec<usize>,
    /// A sentence for the office.
    words: String,
}

/// Doubts about an instrument of a card.
pub(super) fn of(instrument: &ExpectedInstrument, types: &[InstrumentType]) -> Vec<HintView> {
    let ExpectedInstrument { type_number, modification, serial_number, .. } = instrument;
    let found = hints((type_number, modification, serial_number), types);
    found.into_iter().map(HintView::from).collect()
}

impl From<Hint> for HintView {
    fn from(Hint { field, text, right, wrong, words }: Hint) -> Self {
        Self { field: field.name(), text, right, wrong, words }
    }
}
