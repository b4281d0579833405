//! One reader for every table from outside: text of any encoding and dialect, or a workbook. Reading
//! is pure; a row that cannot be read is a [`RowProblem`] with the line that a person sees.

mod columns;
mod days;
mod dialect;
mod encoding;
mod head;
mod kind;
mod ods;
mod raw;
mod records;
mod sheet;
mod workbook;
mod xls_bounds;

use vyezd_core::texts;

use super::{RowProblem, Severity};
pub use columns::{Columns, TableError};
use head::Head;
pub use raw::RawTable;
use records::Row;

/// A table whose rows have their places under the head.
pub struct Table {
    head: Head,
    rows: Vec<Taken>,
    problems: Vec<RowProblem>,
}

struct Taken {
    line: u64,
    cells: Vec<String>,
    uneven: bool,
}

#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// Line of the file, from 1; in a workbook, the row of the sheet.
    pub line: u64,
    /// The row has more cells than the head, or fewer: what follows a torn or a missing cell stands in another
    /// place.
    pub uneven: bool,
    head: &'a Head,
    cells: &'a [String],
}

impl Table {
    /// Reads a file; `file` is its name in problems.
    pub fn parse(file: &str, bytes: &[u8], columns: &Columns) -> Result<Self, TableError> {
        RawTable::read(file, bytes, columns).map(RawTable::placed)
    }

    fn new(raw: RawTable) -> Self {
        let RawTable { file, mut head, rows, free, delimiter, notices } = raw;
        head.cells += blank_tail(&rows, head.cells);
        let file = file.as_str();
        let notices = notices.into_iter();
        let notices = notices.map(|(severity, words)| RowProblem::new(severity, file, 0, words));
        let mut table = Self { head, rows: Vec::new(), problems: notices.collect() };
        if let Some(words) = table.head.unread() {
            table.problems.push(RowProblem::new(Severity::Warning, file, 0, words));
        }
        if rows.is_empty() {
            let words = "под шапкой нет ни одной строки: загружать нечего";
            table.problems.push(RowProblem::new(Severity::Warning, file, 0, words));
        }
        // A row that a person emptied is none.
        for row in rows.into_iter().filter(|row| !row.is_blank()) {
            let line = row.line;
            let placed = match delimiter {
                Some(delimiter) => table.head.place(row, free, delimiter),
                None => table.head.place_cells(row, free),
            };
            match placed {
                Ok((taken, warning)) => {
                    let doubt = warning.map(|words| (Severity::Warning, words));
                    let quote = taken.1.map(|words| (Severity::Warning, words));
                    for (severity, words) in doubt.into_iter().chain(quote) {
                        let problem = RowProblem::new(severity, file, line, words);
                        table.problems.push(table.head.about(problem, &taken.0.cells));
                    }
                    table.rows.push(taken.0);
                }
                Err((cells, blamed)) => {
                    for (at, words) in blamed {
                        let problem = RowProblem::new(Severity::Error, file, line, words);
                        let column = at.and_then(|at| table.head.name(at)).unwrap_or_default();
                        let problem = problem.in_column(column);
                        table.problems.push(table.head.about(problem, &cells));
                    }
                }
            }
        }
        table
    }

    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.rows.iter().map(|row| Record {
            line: row.line,
            uneven: row.uneven,
            head: &self.head,
            cells: &row.cells,
        })
    }

    pub fn has(&self, column: &str) -> bool {
        self.head.at(column).is_some()
    }

    /// What in the rows could not be read at all.
    pub fn problems(&self) -> Vec<RowProblem> {
        self.problems.clone()
    }
}

/// Words of a spreadsheet instead of a value, and the narrow column's.
const SPOILT: [&str; 15] = [
    "#Н/Д",
    "#ЗНАЧ!",
    "#ССЫЛКА!",
    "#ИМЯ?",
    "#ДЕЛ/0!",
    "#ЧИСЛО!",
    "#ПУСТО!",
    "#N/A",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#GETTING_DATA",
];

/// A row with what is said of an open quote, and a warning.
type Placed = ((Taken, Option<String>), Option<String>);

/// The place of a cell that stops its row, where one is to blame, and words.
type Blamed = (Option<usize>, String);

/// The cells of a row that cannot be read, and everything that stops it.
type Unplaced = (Vec<String>, Vec<Blamed>);

/// What stands in a cell in the place of its value, in words; `None` for a value.
fn no_value(cell: &str) -> Option<String> {
    if cell == workbook::NO_VALUE {
        let words = "формула без значения: откройте книгу в Excel или LibreOffice и сохраните";
        return Some(words.to_owned());
    }
    let narrow = cell.len() > 3 && cell.bytes().all(|byte| byte == b'#');
    let spoilt = narrow || SPOILT.contains(&cell);
    spoilt.then(|| format!("вместо значения «{cell}»: исправьте её в таблице"))
}

/// Empty cells that every row has behind the head: a program ends its rows with them, and no cell was torn.
fn blank_tail(rows: &[Row], width: usize) -> usize {
    let blank = |row: &Row| {
        let tail = row.cells.get(width..).unwrap_or_default();
        tail.iter().rev().take_while(|cell| cell.trim().is_empty()).count()
    };
    let tail = rows.iter().map(blank).min().unwrap_or_default();
    let same = rows.iter().all(|row| row.cells.len() == width + tail);
    if rows.len() > 1 && same { tail } else { 0 }
}

impl Head {
    /// Puts the cells of a workbook's row under the head: none is torn, and what stands beside the table
    /// is named.
    fn place_cells(&self, row: Row, free: Option<usize>) -> Result<Placed, Unplaced> {
        let Row { line, mut cells, .. } = row;
        let beside = cells.split_off(self.titles.len().min(cells.len()));
        let beside: Vec<String> = beside
            .iter()
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .map(|cell| format!("«{}»", head::shown(cell)))
            .collect();
        let broken = self.broken(&mut cells, free).map_err(|spoilt| (cells.clone(), spoilt))?;
        for (at, cell) in cells.iter_mut().enumerate() {
            *cell = plain(cell, free.is_none_or(|free| at < free));
        }
        let words = (!beside.is_empty())
            .then(|| format!("в колонках без названия не прочитано: {}", beside.join(", ")));
        Ok(((Taken { line, cells, uneven: false }, words), broken))
    }

    /// Puts the cells of a row under the head; a row that does not fit is an error in words.
    fn place(&self, row: Row, free: Option<usize>, delimiter: char) -> Result<Placed, Unplaced> {
        let Row { line, mut cells, open_quote } = row;
        let uneven = cells.len() > self.cells || cells.len() < self.titles.len();
        while cells.len() > self.titles.len() && cells.last().is_some_and(|c| c.trim().is_empty()) {
            cells.pop();
        }
        let width = self.titles.len();
        if cells.len() > width {
            let Some(free) = free.filter(|at| at + 1 == width && open_quote.is_none()) else {
                let words = format!(
                    "ячеек больше ({}), чем колонок в шапке ({width}): лишний «{delimiter}» — \
                     возьмите ячейку в кавычки; строка пропущена",
                    cells.len()
                );
                return Err((cells, vec![(None, words)]));
            };
            // «собака; звонить за час» was not quoted.
            let joined = cells.split_off(free);
            let joined: Vec<&str> = joined.iter().map(|cell| cell.trim()).collect();
            cells.push(joined.join(&format!("{delimiter} ")));
        }
        let broken = self.broken(&mut cells, free).map_err(|spoilt| (cells.clone(), spoilt))?;
        for (at, cell) in cells.iter_mut().enumerate() {
            *cell = plain(cell, free.is_none_or(|free| at < free));
        }
        let quote = open_quote.map(|at| {
            format!(
                "в колонке {} кавычка открыта и не закрыта: она взята как знак, а следующие строки — \
                 как отдельные; проверьте строку",
                self.title(at)
            )
        });
        Ok(((Taken { line, cells, uneven }, quote), broken))
    }

    /// Looks for broken signs and words of a spreadsheet; only a free text may have a broken sign.
    fn broken(
        &self,
        cells: &mut [String],
        free: Option<usize>,
    ) -> Result<Option<String>, Vec<Blamed>> {
        let (mut warning, mut spoilt) = (None, Vec::new());
        for (at, cell) in cells.iter_mut().enumerate() {
            let title = self.title(at);
            if let Some(words) = no_value(cell.trim()) {
                spoilt.push((Some(at), format!("в колонке {title} {words}; строка пропущена")));
            } else if cell.contains('\u{fffd}') && Some(at) != free {
                let shown = head::shown(cell);
                let words = format!("в колонке {title} испорченный знак: «{shown}»; исправьте его");
                spoilt.push((Some(at), format!("{words}, строка пропущена")));
            } else if cell.contains('\u{fffd}') {
                *cell = cell.replace('\u{fffd}', "?");
                warning = Some(format!("в колонке {title} испорченный знак: вместо него «?»"));
            }
        }
        if spoilt.is_empty() { Ok(warning) } else { Err(spoilt) }
    }

    /// Says of which order a problem is, and of which instrument where the cells are in their places.
    fn about(&self, problem: RowProblem, cells: &[String]) -> RowProblem {
        let cell = |name: &str| {
            let cell = self.at(name).and_then(|at| cells.get(at));
            cell.map_or_else(String::new, |cell| head::shown(&plain(cell, true)))
        };
        let in_place = cells.len() <= self.titles.len();
        let serial = if in_place { cell("заводской_номер") } else { String::new() };
        problem.about(&cell("заявка"), &serial)
    }
}

impl<'a> Record<'a> {
    /// A cell; empty where the column or the cell is missing.
    pub fn get(&self, column: &str) -> &'a str {
        let at = self.head.at(column);
        at.and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }

    /// Where a column stands.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.head.at(column)
    }

    /// How many cells the row has.
    pub fn cells(&self) -> usize {
        self.cells.len()
    }

    /// How many columns the head has.
    pub fn width(&self) -> usize {
        self.head.titles.len()
    }
}

/// A cell without control characters and what else nobody sees: a spreadsheet may carry them, and no
/// database and no paper takes them.
fn plain(cell: &str, one_line: bool) -> String {
    let text = if one_line { texts::one_line(cell) } else { texts::lines(cell) };
    text.chars().filter(|sign| !sign.is_control() || *sign == '\n').collect()
}

#[cfg(test)]
mod tests;
