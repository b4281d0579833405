//! Workbooks: the rows of every sheet, with cells as a person sees them. What a file declares is
//! bounded before anything believes it.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Reader, SheetVisible, Xls, Xlsx};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use zip::ZipArchive;

use super::sheet::{Merged, NamedSheet, Sheet, Unreadable};
use super::{ods, xls_bounds};
use crate::limits::office::{WORKBOOK_BYTES_MAX, WORKBOOK_CELLS_MAX};

const DAMAGED: Unreadable =
    Unreadable::Other("повреждённая книга: откройте её в Excel или LibreOffice и сохраните заново");
const ARCHIVE: Unreadable =
    Unreadable::Other("архив или документ другой программы: сохраните таблицу как xlsx или CSV");
const BINARY: Unreadable = Unreadable::Other("двоичная книга xlsb: сохраните её как xlsx");
/// Stands for a formula that no program has calculated.
pub(super) const NO_VALUE: &str = "#ФОРМУЛА";
/// Zeros of a format from which its letters belong to a serial number rather than to a unit.
const LETTERED_ZEROS_MIN: usize = 4;
const LOCKED: Unreadable =
    Unreadable::Other("книга под паролем: снимите пароль и сохраните заново");

/// The rows of every sheet, in the order of the book; blank rows are left out.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<NamedSheet>, Unreadable> {
    // The reader of workbooks has arithmetic that hostile files overflow.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or(Err(DAMAGED))
}

fn read(bytes: &[u8]) -> Result<Vec<NamedSheet>, Unreadable> {
    if bytes.starts_with(b"PK") {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ARCHIVE)?;
        bounded(&mut zip)?;
        let has = |name: &str| zip.index_for_name(name).is_some();
        return match () {
            () if has("xl/workbook.xml") => xlsx(bytes),
            () if has("xl/workbook.bin") => Err(BINARY),
            () if has("content.xml") => ods::sheets(&mut zip),
            () => Err(ARCHIVE),
        };
    }
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(locked.len()).any(|part| part == locked) {
        return Err(LOCKED);
    }
    xls(bytes)
}

/// Inflates everything once to nothing: sizes that an archive declares may lie.
fn bounded(zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Unreadable> {
    let mut left = WORKBOOK_BYTES_MAX;
    for at in 0..zip.len() {
        let entry = zip.by_index(at).map_err(|_| DAMAGED)?;
        let mut bounded = entry.take(left + 1);
        let size = std::io::copy(&mut bounded, &mut std::io::sink()).map_err(|_| DAMAGED)?;
        left = left.checked_sub(size).ok_or(Unreadable::TooLarge)?;
    }
    Ok(())
}

fn xlsx(bytes: &[u8]) -> Result<Vec<NamedSheet>, Unreadable> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let mut sheets = Vec::new();
    for name in visible(book.sheets_metadata()) {
        // A sheet of charts has no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        let mut sheet = Sheet::default();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|_| DAMAGED)? {
            let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
            let format = format.map_or("", |format| format.format_code.as_str());
            let text = match cell.get_value() {
                DataRef::SharedString(text) => (*text).to_owned(),
                other => shown(&Data::from(other.clone()), format),
            };
            sheet.put(cell.get_position(), text)?;
        }
        drop(reader);
        let mut formulas = book.worksheet_cells_reader(&name).map_err(|_| DAMAGED)?;
        while let Some(cell) = formulas.next_formula().map_err(|_| DAMAGED)? {
            if !cell.get_value().is_empty() && !sheet.has(cell.get_position()) {
                sheet.put(cell.get_position(), NO_VALUE.to_owned())?;
            }
        }
        drop(formulas);
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let merged = merged.iter().map(covered).collect();
        sheets.push(NamedSheet { merged, ..NamedSheet::new(name, sheet) });
    }
    Ok(sheets)
}

/// The cell that covers a merged range.
fn covered(range: &Dimensions) -> Merged {
    let (line, last) = (u64::from(range.start.0) + 1, u64::from(range.end.0) + 1);
    Merged { line, column: range.start.1 as usize, last }
}

/// Names of the sheets that a person sees.
fn visible(sheets: &[calamine::Sheet]) -> Vec<String> {
    let seen = sheets.iter().filter(|sheet| sheet.visible == SheetVisible::Visible);
    seen.map(|sheet| sheet.name.clone()).collect()
}

fn xls(bytes: &[u8]) -> Result<Vec<NamedSheet>, Unreadable> {
    let cells = xls_bounds::cells(bytes).ok_or(Unreadable::Other(
        "не книга Excel или повреждена: сохраните таблицу как xlsx или CSV",
    ))?;
    if cells > WORKBOOK_CELLS_MAX as u64 {
        return Err(Unreadable::TooLarge);
    }
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let mut sheets = Vec::new();
    let seen = visible(book.sheets_metadata());
    for (name, range) in book.worksheets().into_iter().filter(|(name, _)| seen.contains(name)) {
        let (mut sheet, mut bare_numbers) = (Sheet::default(), BTreeSet::new());
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = (top + row as u32, left + column as u32);
            if matches!(value, Data::Int(_) | Data::Float(_)) {
                bare_numbers.insert(place.1 as usize);
            }
            sheet.put(place, shown(value, ""))?;
        }
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let merged = merged.iter().map(covered).collect();
        sheets.push(NamedSheet { bare_numbers, merged, ..NamedSheet::new(name, sheet) });
    }
    Ok(sheets)
}

/// A cell as a person sees it; a date as `2026-09-01`.
fn shown(value: &Data, format: &str) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Bool(yes) => if *yes { "да" } else { "нет" }.to_owned(),
        Data::Int(number) => formatted(*number as f64, format),
        Data::Float(number) => formatted(*number, format),
        Data::DateTime(moment) => date_time(moment),
        Data::DateTimeIso(text) => text.trim_end_matches("T00:00:00").to_owned(),
        Data::Error(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// A number by its format: leading zeros of `00000000` and decimals of `0.0000` are seen.
fn formatted(number: f64, format: &str) -> String {
    let first = format.split(';').next().unwrap_or_default();
    let (number, first) = match first.strip_suffix('%') {
        Some(first) => (number * 100.0, first),
        None => (number, first),
    };
    let plain = plain_number(number);
    if let Some(text) = lettered(&plain, first) {
        return text;
    }
    let (whole, part) = first.split_once('.').unwrap_or((first, ""));
    let zeros = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'0');
    let seen = |text: &str| text.replace(['#', ',', ' '], "");
    if !zeros(&seen(whole)) || !(part.is_empty() || zeros(part)) || plain.contains('e') {
        return plain;
    }
    let (digits, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    // A format never cuts what was typed: decimals are added only.
    let (wide, deep) = (seen(whole).len(), part.len().max(decimals.len()));
    let tail = if deep == 0 { String::new() } else { format!(".{decimals:0<deep$}") };
    format!("{sign}{digits:0>wide$}{tail}")
}

/// A piece of a number's format.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// `0`: a digit, zero where there is none.
    Zero,
    /// `#`: a digit where there is one.
    Hash,
    Sign(char),
}

/// A number by a format of letters and digits, `"А"0000000`, `000\-0000` or `[Red]#\-000000`, as serial numbers are
/// kept.
fn lettered(plain: &str, format: &str) -> Option<String> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '0' => pieces.push(Piece::Zero),
            '#' => pieces.push(Piece::Hash),
            // A colour or a language.
            '[' => _ = signs.by_ref().find(|sign| *sign == ']')?,
            '"' => pieces.extend(signs.by_ref().take_while(|sign| *sign != '"').map(Piece::Sign)),
            '\\' => pieces.push(Piece::Sign(signs.next()?)),
            '-' | '/' | ' ' => pieces.push(Piece::Sign(sign)),
            _ => return None,
        }
    }
    let zeros = pieces.iter().filter(|piece| **piece == Piece::Zero).count();
    let slots = pieces.iter().filter(|piece| !matches!(piece, Piece::Sign(_))).count();
    let is_serial = zeros >= LETTERED_ZEROS_MIN && pieces.len() > slots;
    let digits = plain.bytes().all(|digit| digit.is_ascii_digit());
    if !is_serial || !digits {
        return None;
    }
    let padded = format!("{plain:0>zeros$}");
    let mut digits = padded.chars();
    // Slots without a digit are the first ones; digits without a slot stand in the first one.
    let mut spare = slots.saturating_sub(padded.len());
    let mut extra = padded.len().saturating_sub(slots);
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Sign(sign) => text.push(sign),
            _ if spare > 0 => spare -= 1,
            _ => text.extend(digits.by_ref().take(1 + std::mem::take(&mut extra))),
        }
    }
    Some(text)
}

/// A number without an exponent while a spreadsheet keeps all its digits.
fn plain_number(number: f64) -> String {
    // Fifteen digits are exact; the sixteenth is an artefact of binary fractions.
    let rounded = Decimal::from_f64(number).and_then(|exact| exact.round_sf(15));
    match rounded {
        Some(decimal) if number.abs() < 1e15 => decimal.normalize().to_string(),
        _ => format!("{number:+e}").replace('e', "E+").replace("E+-", "E-"),
    }
}

fn date_time(moment: &ExcelDateTime) -> String {
    let value = moment.as_f64();
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    if moment.is_duration() || (0.0..1.0).contains(&value) {
        let minutes = (value * 1440.0).round() as i64;
        return format!("{:02}:{:02}", minutes / 60, minutes % 60);
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if value.fract() == 0.0 { date } else { format!("{date} {hour:02}:{minute:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_a_person_sees_them() {
        for (number, format, text) in [
            (8_812_345.0, "", "8812345"),
            (8_812_345.0, "General", "8812345"),
            (8_812_345.0, "00000000", "08812345"),
            (412.33, "0.0000", "412.3300"),
            (0.031, "", "0.031"),
            (0.1 + 0.2, "General", "0.3"),
            (412.3363, "0.00", "412.3363"),
            (1900.0, "#,##0.00", "1900.00"),
            (-1.5, "0.00", "-1.50"),
            (4_601_234_567_890.0, "", "4601234567890"),
            (451_299.0, "\"А\"0000000", "А0451299"),
            (451_299.0, "000\\-0000", "045-1299"),
            (451_299.0, "0000000\"-Б\"", "0451299-Б"),
            (451_299.0, "[Red]\"А\"0000000", "А0451299"),
            (7_451_299.0, "#\\-000000", "7-451299"),
            (451_299.0, "#\\-000000", "-451299"),
            (17_451_299.0, "#\\-000000", "17-451299"),
            (1900.0, "0\" руб.\"", "1900"),
            (0.48, "0%", "48"),
            (1e16, "", "+1E+16"),
        ] {
            assert_eq!(formatted(number, format), text, "{number} {format}");
        }
    }
}
