//! The head of a table: the row in which the needed names are found best.

use std::collections::BTreeMap;

use vyezd_core::model::fold;

use super::columns::{Columns, TableError};
use super::records::Row;

/// Rows among which the head is looked for: titles stand above it.
pub(super) const ROWS_LOOKED_AT: usize = 6;
/// Missing columns that a message names; the rest is counted.
const NAMED_MAX: usize = 3;
/// Columns that are not read and that a message names.
const UNREAD_NAMED_MAX: usize = 8;
/// Characters of a strange cell that a message repeats.
const SHOWN_CHARS: usize = 40;

/// Columns of a table, by the keys of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Keys of names and where they stand; a synonym stands under the name that it means.
    columns: BTreeMap<String, usize>,
    /// Where the columns that are read stand.
    places: BTreeMap<&'static str, usize>,
    /// Names as they are written, without blank ones at the end.
    pub(super) titles: Vec<String>,
    /// Cells of the row, blank ones at the end too.
    pub(super) cells: usize,
}

/// Form of a name in which spelling does not matter: `заводской_номер`, «Заводской номер:» and
/// «завод­ской номер» with Latin look-alikes are one.
pub(super) fn key(name: &str) -> String {
    let folded = fold(name);
    let russian = folded.chars().any(|sign| ('а'..='я').contains(&sign));
    let like = |sign| match sign {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'o' => 'о',
        'p' => 'р',
        'x' => 'х',
        'y' => 'у',
        'k' => 'к',
        'm' => 'м',
        't' => 'т',
        'h' => 'н',
        'b' => 'в',
        other => other,
    };
    let letters = folded.chars().filter(|sign| sign.is_alphanumeric());
    letters.map(|sign| if russian { like(sign) } else { sign }).collect()
}

/// How many of the needed names a row has.
pub(super) fn score(row: &Row, columns: &Columns) -> usize {
    let here: Vec<String> = row.cells.iter().map(|cell| meant(&key(cell), columns)).collect();
    columns.needed.iter().filter(|name| here.contains(&key(name))).count()
}

/// The best of the first rows and its score; the earliest of equals.
pub(super) fn best(rows: &[Row], columns: &Columns) -> Option<(usize, usize)> {
    let scores = rows.iter().take(ROWS_LOOKED_AT).map(|row| score(row, columns)).enumerate();
    scores.rev().max_by_key(|(_, score)| *score)
}

/// The key that a key means: a synonym's is that of its column.
fn meant(key_of: &str, columns: &Columns) -> String {
    let known = columns.synonyms.iter().find(|(synonym, _)| key(synonym) == key_of);
    known.map_or_else(|| key_of.to_owned(), |(_, name)| key(name))
}

/// Reads a head; every needed column is there, and none stands twice.
pub(super) fn read(file: &str, row: &Row, columns: &Columns) -> Result<Head, TableError> {
    let mut head = Head { cells: row.cells.len(), ..Head::default() };
    for (at, title) in row.cells.iter().enumerate() {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = meant(&key(&title), columns);
        if let Some(first) = (!name.is_empty()).then(|| head.columns.get(&name).copied()).flatten()
        {
            return Err(TableError::ColumnTwice {
                file: file.to_owned(),
                line: row.line,
                first: named(&head.titles, first),
                second: format!("«{}» ({})", shown(&title), at + 1),
            });
        }
        if !name.is_empty() {
            head.columns.insert(name, at);
        }
        head.titles.push(title);
    }
    while head.titles.last().is_some_and(String::is_empty) {
        head.titles.pop();
    }
    let missing: Vec<&str> = columns
        .needed
        .iter()
        .copied()
        .filter(|name| !head.columns.contains_key(&key(name)))
        .collect();
    if missing.is_empty() {
        let read = columns.needed.iter().chain(columns.known).copied();
        head.places =
            read.filter_map(|name| Some((name, *head.columns.get(&key(name))?))).collect();
        return Ok(head);
    }
    if missing.len() == columns.needed.len() {
        return Err(no_head(file, &head, columns));
    }
    let what = lacking(&missing, &head, columns);
    Err(TableError::MissingColumns { file: file.to_owned(), line: row.line, columns: what })
}

impl Head {
    /// A sentence about columns that are not read, so that nothing vanishes in silence.
    pub(super) fn unread(&self) -> Option<String> {
        let read = |at: usize| self.name(at).is_some();
        let unread =
            self.titles.iter().enumerate().filter(|(at, title)| !title.is_empty() && !read(*at));
        let names: Vec<String> = unread.map(|(_, title)| format!("«{}»", shown(title))).collect();
        let more = match names.len().saturating_sub(UNREAD_NAMED_MAX) {
            0 => String::new(),
            more => format!(" и ещё {more}"),
        };
        let named = names.iter().take(UNREAD_NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
        (!names.is_empty())
            .then(|| format!("колонки не прочитаны, их названия неизвестны: {named}{more}"))
    }

    /// Where a column that is read stands.
    pub(super) fn at(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The name of the column in a place, where it is read.
    pub(super) fn name(&self, at: usize) -> Option<&'static str> {
        self.places.iter().find(|(_, place)| **place == at).map(|(name, _)| *name)
    }

    /// The name of a column, for people.
    pub(super) fn title(&self, at: usize) -> String {
        match self.titles.get(at) {
            Some(title) if !title.is_empty() => format!("«{}»", shown(title)),
            _ => format!("№ {}", at + 1),
        }
    }
}

fn named(titles: &[String], at: usize) -> String {
    format!("«{}» ({})", shown(titles.get(at).map_or("", String::as_str)), at + 1)
}

/// The beginning of a text, for a message.
pub(super) fn shown(text: &str) -> String {
    let mut signs = text.chars();
    let start: String = signs.by_ref().take(SHOWN_CHARS).collect();
    if signs.next().is_some() { format!("{start}…") } else { start }
}

fn no_head(file: &str, head: &Head, columns: &Columns) -> TableError {
    let found: Vec<String> =
        head.titles.iter().filter(|title| !title.is_empty()).take(NAMED_MAX).cloned().collect();
    let wanted: Vec<String> =
        columns.needed.iter().take(NAMED_MAX).map(|name| format!("«{name}»")).collect();
    TableError::NoHead {
        file: file.to_owned(),
        found: shown(&found.join(", ")),
        wanted: wanted.join(", "),
    }
}

/// The missing columns in words, each with the nearest unknown name of the file.
fn lacking(missing: &[&str], head: &Head, columns: &Columns) -> String {
    let known = |title: &str| {
        let name = meant(&key(title), columns);
        columns.needed.iter().chain(columns.known).any(|column| key(column) == name)
    };
    let strange: Vec<(usize, &str)> = head
        .titles
        .iter()
        .enumerate()
        .filter(|(_, title)| !title.is_empty() && !known(title))
        .map(|(at, title)| (at, title.as_str()))
        .collect();
    let mut words: Vec<String> = missing
        .iter()
        .take(NAMED_MAX)
        .map(|name| match nearest(name, &strange) {
            Some((at, title)) => {
                format!("«{name}» (похожа {}-я, «{}»: переименуйте её)", at + 1, shown(title))
            }
            None => format!("«{name}»"),
        })
        .collect();
    if missing.len() > NAMED_MAX {
        words.push(format!("и ещё {}", missing.len() - NAMED_MAX));
    }
    words.join(", ")
}

/// The strange name nearest to a needed one, if any is near.
fn nearest<'a>(name: &str, strange: &[(usize, &'a str)]) -> Option<(usize, &'a str)> {
    let wanted = key(name);
    let far = |title: &str| {
        let title = key(title);
        let shared = |a: &str, b: &str| {
            let start: String = a.chars().take(4).collect();
            start.chars().count() >= 3 && b.contains(&start)
        };
        let longer = wanted.chars().count().max(title.chars().count());
        let steps = distance(&wanted, &title);
        // A word in common, or half of the letters.
        let near = shared(&title, &wanted) || shared(&wanted, &title) || steps * 2 <= longer;
        near.then_some(steps)
    };
    let near = strange.iter().filter_map(|(at, title)| Some((far(title)?, (*at, *title))));
    near.min_by_key(|(steps, _)| *steps).map(|(_, found)| found)
}

/// Letters to change, add or drop between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(SHOWN_CHARS).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, one) in a.chars().take(SHOWN_CHARS).enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (other, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let here = (before + usize::from(one != *other)).min(left + 1).min(*cell + 1);
            before = *cell;
            *cell = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns {
        needed: &["заявка", "заводской_номер", "темп_воды_С"],
        known: &["адрес"],
        synonyms: &[("№ заявки", "заявка")],
        free_text: None,
        day: None,
        once: &[],
    };

    fn head(cells: &[&str]) -> Result<Head, TableError> {
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        read("x", &Row { line: 2, cells, open_quote: None }, &COLUMNS)
    }

    #[test]
    fn spelling_does_not_matter() {
        let found = head(&["№\u{a0}Заявки:", "Заводской  НОМЕР", "темп воды C", "", ""]).unwrap();
        assert_eq!((found.at("заявка"), found.at("темп_воды_С")), (Some(0), Some(2)));
        assert_eq!((found.titles.len(), found.cells), (3, 5));
    }

    #[test]
    fn what_is_missing_is_named_with_what_is_near() {
        let error = head(&["заявка", "завод. №", "темп_воды_С"]).unwrap_err().to_string();
        assert_eq!(
            error,
            "в файле «x» (строка 2) нет колонки: «заводской_номер» (похожа 2-я, «завод. №»: переименуйте её)"
        );
        let error = head(&["заявка", "цвет"]).unwrap_err().to_string();
        assert_eq!(error, "в файле «x» (строка 2) нет колонки: «заводской_номер», «темп_воды_С»");
    }

    #[test]
    fn a_name_that_stands_twice_stops_the_file() {
        for twice in ["Адрес:", "адрес"] {
            let error = head(&["заявка", "адрес", "заводской номер", "темп_воды_С", twice]);
            let error = error.unwrap_err().to_string();
            assert!(error.contains("строка 2") && error.contains("«адрес» (2)"), "{error}");
            assert!(error.contains("(5)"), "{error}");
        }
        assert!(head(&["заявка", "№ заявки", "заводской номер", "темп_воды_С"]).is_err());
    }

    #[test]
    fn distances_count_letters() {
        assert_eq!(
            (distance("адрес", "адреса"), distance("", "дом"), distance("кот", "ток")),
            (1, 3, 2)
        );
    }
}
