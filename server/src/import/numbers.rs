//! Serial numbers and numbers of orders, which spreadsheets take for quantities and dates.

use super::dates::is_month_by_name;
use vyezd_core::model::fold;
use vyezd_core::rules::serial::{without_label, without_remark};

/// Words before the number of an order.
const ORDER_WORDS: [&str; 3] = ["заявки ", "заявка ", "заявка:"];

/// The number of an order, without «заявка №» before it.
pub(super) fn order(cell: &str) -> Result<String, String> {
    let text = cell.trim();
    let folded = fold(text);
    let said = ORDER_WORDS.iter().find(|word| folded.starts_with(**word));
    // The words are as long in either case.
    let rest = said
        .map_or_else(|| text.to_owned(), |word| text.chars().skip(word.chars().count()).collect());
    let number = read("номер заявки", &rest)?;
    let parts = number.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    if parts.count() > 1 {
        return Err(format!(
            "«{number}» — несколько номеров: у каждой заявки своя строка; строка пропущена"
        ));
    }
    Ok(number)
}

/// A number as it stands on the instrument. What a spreadsheet added is taken away where nothing was
/// lost; where something was, the words say so.
pub(super) fn read(what: &str, cell: &str) -> Result<String, String> {
    let text = cell.trim();
    let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let text = formula.unwrap_or(text);
    let text = text.strip_prefix('\'').unwrap_or(text).trim();
    let text = without_label(text).unwrap_or(text);
    // «5 янв» is a date that a spreadsheet made, and no number with a remark.
    let remark = without_remark(text).filter(|_| !is_date_of_spreadsheet(text));
    let text = remark.unwrap_or(text);
    if let Some((whole, zeros)) = text.split_once(['.', ',']) {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits(whole) && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') {
            return Ok(whole.to_owned());
        }
    }
    let spoilt = if is_exponent(text) {
        "записан таблицей в виде степени"
    } else if is_date_of_spreadsheet(text) {
        "превращён таблицей в дату"
    } else {
        return Ok(text.to_owned());
    };
    Err(format!(
        "{what} «{text}» {spoilt}: оформите столбец как текст и впишите номер заново; строка пропущена"
    ))
}

/// Whether a spreadsheet made a date of something else: «01.окт», `01.10.2026`.
pub fn is_date_of_spreadsheet(text: &str) -> bool {
    is_month_by_name(text) || is_date(text)
}

/// `8,81E+06`, also with a Russian Е.
fn is_exponent(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['E', 'e', 'Е', 'е']) else { return false };
    let power_digits = power.strip_prefix(['+', '-']).unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.trim_start_matches(['+', '-']).replacen([',', '.'], "", 1);
    digits(power_digits) && digits(&number)
}

/// `01.10.2026`, `2026-10-01 00:00:00`: a full date.
fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let sizes: Vec<usize> = day.split(['.', '-']).map(str::len).collect();
    let digits = day.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let shape =
        matches!(sizes[..], [4, 2, 2]) || (matches!(sizes[..], [2, 2, 4]) && day.contains('.'));
    digits && shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_added_is_taken_away() {
        for (cell, number) in [
            ("00451207", "00451207"),
            ("=\"08812345\"", "08812345"),
            ("'08812345", "08812345"),
            ("8812345.0", "8812345"),
            ("8812345,00", "8812345"),
            ("Б-17-0042", "Б-17-0042"),
            ("20-4410", "20-4410"),
            ("ЕА-55201", "ЕА-55201"),
            ("12E3", "12E3"),
            ("№ 451207", "451207"),
            ("Зав. № 00451207", "00451207"),
            ("00451207 (новый)", "00451207"),
            ("=1+1", "=1+1"),
            ("", ""),
        ] {
            assert_eq!(read("заводской номер", cell), Ok(number.to_owned()), "{cell}");
        }
    }

    #[test]
    fn a_number_of_an_order_has_no_word_and_no_second_number_beside_it() {
        for (cell, number) in
            [("Заявка № 9001", "9001"), ("заявка 9001", "9001"), ("А-17/2", "А-17/2"), ("", "")]
        {
            assert_eq!(order(cell), Ok(number.to_owned()), "{cell}");
        }
        assert!(order("9001, 9002").is_err() && order("заявка 9,1E+6").is_err());
    }

    #[test]
    fn what_a_spreadsheet_spoilt_is_asked_for() {
        for cell in [
            "8,81E+06",
            "8.81e+06",
            "+1E+16",
            "8,8Е+6",
            "01.окт",
            "окт.26",
            "5 янв",
            "01.10.2026",
            "2026-10-01",
        ] {
            let words = read("заводской номер", cell).unwrap_err();
            assert!(words.contains(cell) && words.contains("как текст"), "{words}");
        }
    }
}
