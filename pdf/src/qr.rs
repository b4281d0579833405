//! QR codes as squares.

use qrcode::{Color, EcLevel, QrCode};

use crate::layout::Item;

/// A QR code of a link in a square of `side` points whose lower left corner is given, with its quiet
/// zone of four modules (ISO/IEC 18004). Nothing when the text is too long for a code.
pub(crate) fn squares(link: &str, (left, bottom): (f32, f32), side: f32) -> Option<Item> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).ok()?;
    let modules = code.width();
    let unit = side / (modules + 8) as f32;
    let corners = code
        .to_colors()
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == Color::Dark)
        .map(|(at, _)| {
            let (column, row) = (at % modules, at / modules);
            (left + (column + 4) as f32 * unit, bottom + (modules - 1 - row + 4) as f32 * unit)
        })
        .collect();
    Some(Item::Squares { corners, side: unit })
}
