//! Days that a table has under a name that nobody knows. Where a row without its day gets another one, such a
//! column must not go unread.

use super::columns::Columns;
use super::head::{Head, key};
use super::records::Row;
use crate::import::dates::{is_day, is_month_by_name};

/// Beginnings of words in the names of days that are not the day of the work.
const OTHER_DAYS: [&str; 15] = [
    "следующ",
    "предыдущ",
    "прошл",
    "годен",
    "действ",
    "срок",
    "оконч",
    "выпуск",
    "изготов",
    "производ",
    "рожд",
    "договор",
    "оплат",
    "создан",
    "заявк",
];

/// The first column of days that is not read, for people, and the name by which it would be.
pub(super) fn unread(head: &Head, rows: &[Row], columns: &Columns) -> Option<(String, String)> {
    let wanted = columns.day.filter(|day| head.at(day).is_none())?;
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let found = (0..width.max(head.titles.len()))
        .find(|at| head.name(*at).is_none() && has_days(head.titles.get(*at), rows, *at))?;
    Some((head.title(found), wanted.to_owned()))
}

/// Whether half of the filled cells of a column are days, or any where its name says so.
fn has_days(title: Option<&String>, rows: &[Row], at: usize) -> bool {
    let title = key(title.map_or("", String::as_str));
    if OTHER_DAYS.iter().any(|word| title.contains(word)) {
        return false;
    }
    let cells = || rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell.trim());
    let filled = cells().filter(|cell| !cell.is_empty()).count();
    let days = cells().filter(|cell| is_day(cell) || is_month_by_name(cell)).count();
    let numbered = cells().filter(|cell| !cell.is_empty()).all(is_day_of_excel);
    let named = title.starts_with("дат") || title.starts_with("день");
    filled > 0 && (named || numbered || days * 2 >= filled)
}

/// A day of the years 2023 to 2031 as the number that a spreadsheet keeps.
fn is_day_of_excel(cell: &str) -> bool {
    cell.len() == 5 && cell.parse().is_ok_and(|day: u32| (44_927..48_214).contains(&day))
}

#[cfg(test)]
mod tests {
    use crate::import::TableError;
    use crate::import::table::{Columns, RawTable};

    const COLUMNS: Columns = Columns {
        needed: &["заявка", "точка"],
        known: &["дата_поверки"],
        synonyms: &[("дата", "дата_поверки")],
        free_text: None,
        day: Some("дата_поверки"),
        once: &[],
    };

    fn stops(title: &str, cells: &[&str]) -> bool {
        let rows: Vec<String> = cells.iter().map(|cell| format!("7;Q1;{cell}\n")).collect();
        let text = format!("заявка;точка;{title}\n{}", rows.concat());
        match RawTable::read("показания", text.as_bytes(), &COLUMNS) {
            Ok(_) => false,
            Err(TableError::DayUnread { column, wanted, .. }) => {
                assert_eq!(wanted, "дата_поверки");
                assert!(column.contains(title), "{column}");
                true
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn days_under_an_unknown_name_stop_the_file() {
        for (title, cells) in [
            ("когда", &["20.11.2026", "21.11.2026"][..]),
            ("Провёл", &["2026-11-20", "", ""]),
            ("выполнено", &["20 ноября 2026", "нет"]),
            ("выезд", &["20.11.2026 14:35"]),
            ("дата работ", &["46346"]),
            ("день работ", &["вчера"]),
            ("когда", &["30 ноября"]),
            ("выезд", &["46356", "46357"]),
            ("дата ввода", &["30.11.2026"]),
        ] {
            assert!(stops(title, cells), "{title}");
        }
    }

    #[test]
    fn other_days_and_other_cells_do_not() {
        for (title, cells) in [
            ("дата следующей поверки", &["20.11.2032"][..]),
            ("изготовлен", &["01.02.2020"]),
            ("примечание", &["звонить 20.11.2026", "собака"]),
            ("серия", &["12-34", "12.34"]),
            ("дата", &["20.11.2026"]),
            ("когда", &["", ""]),
        ] {
            assert!(!stops(title, cells), "{title}");
        }
    }
}
