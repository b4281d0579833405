//! A semicolon table with a head: byte-order mark, CRLF, UTF-8 or Windows-1251, columns in any order.

use std::collections::BTreeMap;

use vyezd_core::model::fold;

use vyezd_core::texts;

use crate::limits::office::TABLE_BYTES_MAX;

/// The column that may itself contain semicolons.
const FREE_TEXT: &str = "комментарий";

/// Why a file cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("в файле «{file}» нет нужной колонки: {columns}")]
    MissingColumns {
        file: String,
        /// Names joined by commas.
        columns: String,
    },
    /// There is not even a head.
    #[error("файл «{0}» пуст")]
    Empty(String),
    #[error("файл «{0}» больше {limit} МБ", limit = TABLE_BYTES_MAX / 1024 / 1024)]
    TooLarge(String),
}

pub struct Table {
    columns: BTreeMap<String, usize>,
    rows: Vec<(u64, Vec<String>)>,
}

#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// Line of the file, from 1.
    pub line: u64,
    columns: &'a BTreeMap<String, usize>,
    cells: &'a [String],
}

impl Table {
    /// Reads a file; `needed` columns must be there.
    pub fn parse(file: &str, bytes: &[u8], needed: &[&str]) -> Result<Self, TableError> {
        if bytes.len() > TABLE_BYTES_MAX {
            return Err(TableError::TooLarge(file.to_owned()));
        }
        let text = decode(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(b';')
            .flexible(true)
            .has_headers(false)
            // A lone quote is a character of a name, not the beginning of a cell that never ends.
            .quoting(text.matches('"').count().is_multiple_of(2))
            .from_reader(text.as_bytes());
        let mut lines = reader.records().filter_map(Result::ok).filter(|row| {
            // A blank line is no row.
            row.iter().any(|cell| !cell.trim().is_empty())
        });
        let head = lines.next().ok_or_else(|| TableError::Empty(file.to_owned()))?;
        let columns: BTreeMap<String, usize> =
            head.iter().enumerate().map(|(at, name)| (fold(name), at)).collect();
        let missing: Vec<&str> =
            needed.iter().copied().filter(|name| !columns.contains_key(&fold(name))).collect();
        if !missing.is_empty() {
            let columns = missing.join(", ");
            return Err(TableError::MissingColumns { file: file.to_owned(), columns });
        }
        let width = head.len();
        let free = columns.get(FREE_TEXT).copied();
        let rows = lines
            .map(|row| {
                let line = row.position().map_or(0, csv::Position::line);
                let cell = |(at, cell)| plain(cell, free.is_none_or(|free| at < free));
                let cells = row.iter().enumerate().map(cell).collect();
                (line, join_free_text(cells, width, free))
            })
            .collect();
        Ok(Self { columns, rows })
    }

    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.rows.iter().map(|(line, cells)| Record { line: *line, columns: &self.columns, cells })
    }
}

impl<'a> Record<'a> {
    /// A cell; empty where the column or the cell is missing.
    pub fn get(&self, column: &str) -> &'a str {
        let at = self.columns.get(&fold(column));
        at.and_then(|at| self.cells.get(*at)).map_or("", String::as_str)
    }
}

/// UTF-8 with or without a mark; anything else is what Excel writes in Russia.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1251.decode(bytes).0.into_owned(),
    }
}

/// A cell without control characters and what else nobody sees: a spreadsheet may carry them, and no
/// database and no paper takes them.
fn plain(cell: &str, one_line: bool) -> String {
    let text = if one_line { texts::one_line(cell) } else { texts::lines(cell) };
    text.chars().filter(|sign| !sign.is_control() || *sign == '\n').collect()
}

/// «собака; звонить за час» written without quotes makes one cell too many: the cells are joined
/// again.
fn join_free_text(mut cells: Vec<String>, width: usize, free: Option<usize>) -> Vec<String> {
    let Some(at) = free.filter(|at| cells.len() > width && *at < cells.len()) else {
        return cells;
    };
    let extra = cells.len() - width;
    let joined = cells[at..=at + extra].join("; ");
    cells.splice(at..=at + extra, [joined.trim_end_matches([';', ' ']).to_owned()]);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_line_ends_and_loose_semicolons_are_understood() {
        let bytes =
            "\u{feff}Заявка;комментарий;район\r\n1;собака; звонить;Южный\r\n\r\n2;;Северный\r\n";
        let table = Table::parse("x", bytes.as_bytes(), &["заявка", "район"]).unwrap();
        let rows: Vec<_> = table
            .records()
            .map(|r| (r.get("заявка"), r.get("комментарий"), r.get("район")))
            .collect();
        assert_eq!(rows, [("1", "собака; звонить", "Южный"), ("2", "", "Северный")]);
    }

    #[test]
    fn a_missing_column_is_named() {
        let found = Table::parse("заявки", b"a;b\n1;2\n", &["a", "район"]);
        let message = found.err().unwrap().to_string();
        assert_eq!(message, "в файле «заявки» нет нужной колонки: район");
    }

    #[test]
    fn what_nobody_sees_is_dropped() {
        let bytes = "район;имя;комментарий\nЮж\0ный\u{202e};\"\u{7}Анна\u{85}\n\u{feff}П.\";\"раз\r\nдва\"\n";
        let table = Table::parse("x", bytes.as_bytes(), &["район"]).unwrap();
        let row = table.records().next().unwrap();
        let cells = ["район", "имя", "комментарий"].map(|column| row.get(column));
        assert_eq!(cells, ["Южный", "Анна П.", "раз\nдва"]);
    }

    #[test]
    fn windows_1251_is_read() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("район\nЮжный\n");
        let table = Table::parse("x", &bytes, &["район"]).unwrap();
        assert_eq!(table.records().next().unwrap().get("район"), "Южный");
    }
}
