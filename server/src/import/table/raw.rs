//! A table as it stands in its file, before its rows have their places under the head: lines can be
//! shown, repaired and read again.

use std::collections::BTreeMap;

use super::columns::{Columns, TableError};
use super::days;
use super::head::{self, Head};
use super::kind::{self, Kind};
use super::records::{Records, Row};
use super::sheet::{Merged, NamedSheet, Unreadable};
use super::{Table, dialect, encoding, workbook};
use crate::import::Severity;
use crate::limits::office::{TABLE_BYTES_MAX, WORKBOOK_CELLS_MAX};

/// Lines in another encoding that a message names.
const FOREIGN_NAMED_MAX: usize = 10;

/// Head and rows of a file.
#[derive(Debug, Clone)]
pub struct RawTable {
    pub(super) file: String,
    pub(super) head: Head,
    pub(super) rows: Vec<Row>,
    /// Place of the column of free text.
    pub(super) free: Option<usize>,
    /// Sign between two cells; none in a workbook.
    pub(super) delimiter: Option<char>,
    /// What is said of the file as a whole.
    pub(super) notices: Vec<(Severity, String)>,
}

impl RawTable {
    /// Reads a file; `file` is its name in problems.
    pub fn read(file: &str, bytes: &[u8], columns: &Columns) -> Result<Self, TableError> {
        if bytes.len() > TABLE_BYTES_MAX {
            return Err(TableError::TooLarge(file.to_owned()));
        }
        let table = match kind::of(bytes) {
            Kind::Text => Self::text(file, bytes, columns),
            Kind::Zip | Kind::Ole => {
                let sheets = workbook::sheets(bytes).map_err(|error| match error {
                    Unreadable::TooLarge => TableError::TooManyCells(file.to_owned()),
                    Unreadable::Other(what) => no_table(file, what),
                })?;
                Self::workbook(file, sheets, columns)
            }
            Kind::Other(what) => Err(no_table(file, what)),
        }?;
        days::unread(&table.head, &table.rows, columns).map_or(Ok(table), |(column, wanted)| {
            Err(TableError::DayUnread { file: file.to_owned(), column, wanted })
        })
    }

    fn text(file: &str, bytes: &[u8], columns: &Columns) -> Result<Self, TableError> {
        let decoded = encoding::decode(bytes, |text| dialect::judge(text, columns).score);
        let text = decoded.text.trim_start_matches('\u{feff}');
        let dialect = dialect::judge(text, columns);
        let mut records = Records::new(text, dialect.delimiter, 0);
        let row = records.nth(dialect.head + usize::from(dialect.declared));
        let row = row.ok_or_else(|| TableError::Empty(file.to_owned()))?;
        let head = head::read(file, &row, columns)?;
        records.widen(head.titles.len());
        let foreign = foreign_words(&decoded.foreign).map(|words| (Severity::Warning, words));
        let notices = foreign.into_iter().collect();
        let rows = records.collect();
        Ok(Self { notices, ..Self::new(file, (head, columns), rows, Some(dialect.delimiter)) })
    }

    /// The first sheet with the best head; a sheet without rows is none, and others with the whole head
    /// are named.
    fn workbook(
        file: &str,
        sheets: Vec<NamedSheet>,
        columns: &Columns,
    ) -> Result<Self, TableError> {
        let heads = sheets.into_iter().filter_map(|sheet| {
            let (at, score) = head::best(&sheet.rows, columns)?;
            Some((score, at, sheet))
        });
        let mut whole = Vec::new();
        let best = heads.reduce(|best, next| {
            let (best, other) = if next.0 > best.0 { (next, best) } else { (best, next) };
            if other.0 == columns.needed.len() {
                whole.push(other.2.name);
            }
            best
        });
        let (_, at, sheet) = best.ok_or_else(|| TableError::Empty(file.to_owned()))?;
        let bare = sheet.bare_numbers;
        let (mut rows, merged) = (sheet.rows, sheet.merged);
        let mut under = rows.split_off((at + 1).min(rows.len()));
        let row = rows.get(at).ok_or_else(|| TableError::Empty(file.to_owned()))?;
        let head = head::read(file, row, columns)?;
        let once: Vec<usize> = columns.once.iter().filter_map(|name| head.at(name)).collect();
        fill_down(&mut under, &merged, &once)
            .map_err(|_| TableError::TooManyCells(file.to_owned()))?;
        let unread = whole.into_iter().map(|name| {
            let words =
                format!("лист «{name}» с такими же колонками не прочитан: загрузите его отдельно");
            (Severity::Error, words)
        });
        let mut notices: Vec<(Severity, String)> = unread.collect();
        if head.at("заводской_номер").is_some_and(|at| bare.contains(&at)) {
            let words = "заводские номера записаны числами: в старом формате xls пропадают их ведущие \
                         нули; сверьте их или сохраните книгу как xlsx";
            notices.push((Severity::Warning, words.to_owned()));
        }
        Ok(Self { notices, ..Self::new(file, (head, columns), under, None) })
    }

    fn new(
        file: &str,
        (head, columns): (Head, &Columns),
        rows: Vec<Row>,
        delimiter: Option<char>,
    ) -> Self {
        let free = columns.free_text.and_then(|name| head.at(name));
        Self { file: file.to_owned(), head, rows, free, delimiter, notices: Vec::new() }
    }

    /// Names of the columns as the file writes them.
    pub fn titles(&self) -> &[String] {
        &self.head.titles
    }

    /// The names that the columns have here, in the order of the file; empty where a column is not read.
    pub fn names(&self) -> Vec<&'static str> {
        let name = |at| self.head.name(at).unwrap_or_default();
        (0..self.head.titles.len()).map(name).collect()
    }

    /// Cells of a line as they stand in the file.
    pub fn cells(&self, line: u64) -> Option<&[String]> {
        // Rows stand in the order of their lines.
        let at = self.rows.binary_search_by_key(&line, |row| row.line).ok()?;
        self.rows.get(at).map(|row| row.cells.as_slice())
    }

    /// The cells of a column with their lines.
    pub fn column(&self, column: &str) -> impl Iterator<Item = (u64, String)> {
        let at = self.head.at(column);
        self.rows.iter().map(move |row| {
            let cell = at.and_then(|at| row.cells.get(at));
            (row.line, cell.map_or_else(String::new, |cell| super::plain(cell, true)))
        })
    }

    /// A cell of a line, trimmed; empty where there is none.
    pub fn cell(&self, line: u64, column: &str) -> String {
        let at = self.head.at(column);
        let cell = self.cells(line).and_then(|cells| cells.get(at?));
        cell.map_or_else(String::new, |cell| super::plain(cell, true))
    }

    /// Lines of the rows.
    pub fn lines(&self) -> impl Iterator<Item = u64> {
        self.rows.iter().map(|row| row.line)
    }

    /// Puts other cells in place of those of some lines.
    #[must_use]
    pub fn repaired(mut self, repairs: &BTreeMap<u64, Vec<String>>) -> Self {
        for row in &mut self.rows {
            if let Some(cells) = repairs.get(&row.line) {
                row.cells.clone_from(cells);
                row.open_quote = None;
            }
        }
        self
    }

    /// Only some of the rows, by their lines and a cell.
    #[must_use]
    pub fn only(mut self, column: &str, wanted: impl Fn(u64, &str) -> bool) -> Self {
        let at = self.head.at(column);
        self.rows.retain(|row| {
            let cell = at.and_then(|at| row.cells.get(at)).map(|cell| super::plain(cell, true));
            wanted(row.line, cell.as_deref().unwrap_or_default())
        });
        self
    }

    /// Puts the cells under the head.
    pub fn placed(self) -> Table {
        Table::new(self)
    }
}

/// Writes the text of a merged cell into each row that it covers, as a person reads it; `once` are columns whose
/// cell counts only in its first row.
fn fill_down(rows: &mut [Row], merged: &[Merged], once: &[usize]) -> Result<(), Unreadable> {
    let mut left = WORKBOOK_CELLS_MAX;
    for Merged { line, column, last } in merged.iter().filter(|of| !once.contains(&of.column)) {
        let Ok(first) = rows.binary_search_by_key(line, |row| row.line) else { continue };
        let text = rows.get(first).and_then(|row| row.cells.get(*column)).cloned();
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        for row in rows.iter_mut().skip(first + 1).take_while(|row| row.line <= *last) {
            left = left.checked_sub(*column + 1).ok_or(Unreadable::TooLarge)?;
            if row.cells.len() <= *column {
                row.cells.resize(*column + 1, String::new());
            }
            if let Some(cell) = row.cells.get_mut(*column).filter(|cell| cell.is_empty()) {
                cell.clone_from(&text);
            }
        }
    }
    Ok(())
}

/// A sentence about lines in another encoding than their file.
fn foreign_words(lines: &[u64]) -> Option<String> {
    let named: Vec<String> = lines.iter().take(FOREIGN_NAMED_MAX).map(u64::to_string).collect();
    let more = match lines.len().saturating_sub(FOREIGN_NAMED_MAX) {
        0 => String::new(),
        more => format!(" и ещё {more}"),
    };
    (!lines.is_empty()).then(|| {
        format!(
            "строки {}{more} записаны не в той кодировке, что весь файл (UTF-8 и Windows-1251): они \
             прочитаны, сверьте их",
            named.join(", ")
        )
    })
}

fn no_table(file: &str, what: &str) -> TableError {
    TableError::NoTable { file: file.to_owned(), what: what.to_owned() }
}
