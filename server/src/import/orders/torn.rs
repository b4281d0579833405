//! Rows with more cells than the head, or fewer: a torn or a missing cell shifts what stands behind it.

use vyezd_core::model::{is_type_number, parse_rubles, phones};

use crate::import::table::Record;
use crate::import::{Flaw, words};
use crate::limits::office::{YEAR_MAX, YEAR_MIN};

/// Columns whose cells can hold anything.
const FREE_COLUMNS: [&str; 9] = [
    "вид",
    "клиент",
    "район",
    "адрес",
    "подъезд",
    "этаж",
    "домофон",
    "модификация",
    "заводской_номер",
];
/// Columns whose cells show by their kind that they are in their place.
const JUDGED_COLUMNS: [&str; 8] =
    ["дата", "окно", "телефон", "рег_номер", "год_выпуска", "вода", "положение", "цена_руб"];
/// A row with more cells than the head, or fewer, is whole where every cell of a known kind is in its place.
pub(super) fn in_place(r: Record<'_>) -> Result<Option<Flaw>, Flaw> {
    let year = r.get("год_выпуска");
    let type_number = r.get("рег_номер");
    let left_out = |column| r.cells() < r.width() && r.get(column).is_empty();
    let fits = (type_number.is_empty() || is_type_number(type_number))
        && (year.is_empty()
            || words::year(year).is_some_and(|of| (YEAR_MIN..=YEAR_MAX).contains(&of)))
        && (left_out("вода") || words::water(r.get("вода")).is_some())
        && (left_out("положение") || words::position(r.get("положение")).is_some())
        && (r.get("цена_руб").is_empty() || parse_rubles(r.get("цена_руб")).is_ok())
        && (r.get("телефон").is_empty() || !phones::read(r.get("телефон")).phones.is_empty())
        && (left_out("окно") || words::window(r.get("окно")).is_ok());
    // A cell that was torn in a column of free text shifts what stands behind it: only a cell of a known kind there
    // shows that none was.
    let last_free = FREE_COLUMNS.iter().filter_map(|column| r.place(column)).max();
    let witness = JUDGED_COLUMNS
        .iter()
        .any(|column| r.place(column) > last_free && !r.get(column).is_empty());
    if r.cells() < r.width() {
        // Programs leave empty cells at the end of a row out.
        return if fits {
            Ok(maybe_shifted(r))
        } else {
            Err(Flaw::from(format!(
                "ячеек {}, а колонок {}, и они сдвинуты: ячейка пропущена; строка не взята",
                r.cells(),
                r.width()
            )))
        };
    }
    if fits && witness {
        return Ok(None);
    }
    Err(Flaw::from(format!(
        "ячеек больше, чем колонок в шапке ({}), и они сдвинуты: возьмите ячейку с лишним \
         разделителем в кавычки; строка пропущена",
        r.width()
    )))
}

/// A doubt about a short row whose last texts nothing shows to be in their places.
fn maybe_shifted(r: Record<'_>) -> Option<Flaw> {
    let judged = JUDGED_COLUMNS.iter().filter(|column| !r.get(column).is_empty());
    let last = judged.filter_map(|column| r.place(column)).max();
    let texts = FREE_COLUMNS.into_iter().chain(["комментарий"]);
    let unsure: Vec<&str> =
        texts.filter(|of| r.place(of) > last && !r.get(of).is_empty()).collect();
    let first = unsure.first().copied()?;
    let named: Vec<String> =
        unsure.iter().map(|column| format!("{column} «{}»", r.get(column))).collect();
    let words = format!(
        "ячеек {}, а колонок {}: проверьте, не сдвинуты ли {}",
        r.cells(),
        r.width(),
        named.join(", ")
    );
    Some(Flaw::at(first, words))
}
