//! Rows of a delimited text, with the lines that an editor shows. Quoting is judged cell by cell, so a
//! stray quote harms no other row.

/// A row and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The line where the row begins, from 1.
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
    /// The cell, from 0, with a quote at its beginning that closes nowhere, or beyond whole rows.
    pub(super) open_quote: Option<usize>,
}

impl Row {
    pub(super) fn is_blank(&self) -> bool {
        // A DOS program ends its file with U+001A.
        let unseen = |sign: char| {
            sign.is_whitespace()
                || sign.is_control()
                || matches!(sign, '\u{feff}' | ';' | ',' | '|')
        };
        self.cells.iter().all(|cell| cell.chars().all(unseen))
    }
}

/// The rows of a text, blank ones left out.
#[derive(Debug, Clone)]
pub(super) struct Records<'a> {
    rest: &'a str,
    line: u64,
    delimiter: char,
    /// Columns of the head; 0 where it is not known yet.
    width: usize,
    /// So many delimiters in a quoted cell of several lines are rows that a stray quote swallowed.
    swallowed: usize,
    /// The same on one line of the cell.
    swallowed_in_line: usize,
}

/// What stands at the beginning of a cell that begins with a quote.
enum Quoted<'a> {
    Cell {
        text: String,
        lines: u64,
        rest: &'a str,
    },
    /// Text after the closing quote: the quotes are signs.
    Signs,
    /// No closing quote, or only beyond whole rows.
    Open,
}

impl<'a> Records<'a> {
    /// Reads a text; `width` is the number of columns, 0 where it is not known yet.
    pub(super) fn new(text: &'a str, delimiter: char, width: usize) -> Self {
        let (swallowed, swallowed_in_line) = (3, 3);
        let mut records =
            Self { rest: text, line: 1, delimiter, width: 0, swallowed, swallowed_in_line };
        records.widen(width);
        records
    }

    /// Tells the number of columns once the head is known.
    pub(super) fn widen(&mut self, width: usize) {
        self.width = width;
        if width > 0 {
            self.swallowed = width.saturating_sub(1).max(2);
            self.swallowed_in_line = (self.swallowed / 2).max(2);
        }
    }

    fn row(&mut self) -> Row {
        let before = self.clone();
        let (row, parted, quoted) = self.row_with(true);
        // A program quoted every cell: nothing was torn.
        if quoted && row.cells.len() == self.width {
            return row;
        }
        let size = before.rest.len() - self.rest.len();
        let record = before.rest.get(..size).unwrap_or_default();
        if self.has_rows_inside(record, row.cells.len(), parted) {
            *self = before;
            return self.row_with(false).0;
        }
        row
    }

    /// Whether quotes of two rows were taken for a pair: a record of several lines has more cells than
    /// the head, or a line with as many delimiters, some of them in a cell.
    fn has_rows_inside(&self, record: &str, cells: usize, parted: bool) -> bool {
        let mut lines =
            record.trim_end_matches(['\r', '\n']).split(['\r', '\n']).skip(1).peekable();
        if self.width < 2 || lines.peek().is_none() {
            return false;
        }
        let most = lines.map(|line| line.matches(self.delimiter).count()).max().unwrap_or_default();
        cells > self.width || (parted && most + 1 >= self.width)
    }

    /// Reads a row; `spanning`: its cells may have several lines. Also says whether a cell of several
    /// lines has delimiters, and whether every cell is quoted.
    fn row_with(&mut self, spanning: bool) -> (Row, bool, bool) {
        let (mut parted, mut quoted_all) = (false, true);
        let mut row = Row { line: self.line, ..Row::default() };
        loop {
            let quoted = match self.rest.strip_prefix('"') {
                Some(rest) => self.quoted(rest, spanning),
                None => Quoted::Signs,
            };
            match quoted {
                Quoted::Cell { text, lines, rest } => {
                    parted |= lines > 0 && text.contains(self.delimiter);
                    self.rest = rest;
                    self.line += lines;
                    row.cells.push(text);
                }
                Quoted::Signs => {
                    quoted_all = false;
                    let cell = self.plain();
                    if cell.starts_with('"') && !cell.matches('"').count().is_multiple_of(2) {
                        row.open_quote = Some(row.cells.len());
                    }
                    row.cells.push(cell);
                }
                Quoted::Open => {
                    quoted_all = false;
                    row.open_quote = Some(row.cells.len());
                    let cell = self.plain();
                    row.cells.push(cell);
                }
            }
            match self.rest.strip_prefix(self.delimiter) {
                Some(rest) => self.rest = rest,
                None => break,
            }
        }
        if let Some((rest, _)) = line_end(self.rest) {
            self.rest = rest;
            self.line += 1;
        }
        (row, parted, quoted_all)
    }

    /// A cell without quoting, to the next delimiter or line end.
    fn plain(&mut self) -> String {
        let ends = |sign| sign == self.delimiter || sign == '\n' || sign == '\r';
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        cell.to_owned()
    }

    /// Looks for the end of a quoted cell; `rest` begins after its quote.
    fn quoted(&self, mut rest: &'a str, spanning: bool) -> Quoted<'a> {
        let mut text = String::new();
        let (mut lines, mut all, mut in_line, mut most) = (0, 0, 0, 0);
        loop {
            if let Some(after) = rest.strip_prefix('"') {
                if let Some(after) = after.strip_prefix('"') {
                    text.push('"');
                    rest = after;
                    continue;
                }
                let closed = after.is_empty()
                    || after.starts_with(self.delimiter)
                    || line_end(after).is_some();
                return match closed {
                    true => Quoted::Cell { text, lines, rest: after },
                    // «"Ромашка" ООО» is a name; «"Ромашка» swallowed rows or lost its second quote.
                    false if lines == 0 && all == 0 => Quoted::Signs,
                    false => Quoted::Open,
                };
            }
            if let Some((after, end)) = line_end(rest) {
                if !spanning {
                    return Quoted::Open;
                }
                text.push_str(end);
                (rest, lines, in_line) = (after, lines + 1, 0);
            } else if let Some(sign) = rest.chars().next() {
                if sign == self.delimiter {
                    (all, in_line) = (all + 1, in_line + 1);
                    most = in_line.max(most);
                }
                text.push(sign);
                rest = rest.get(sign.len_utf8()..).unwrap_or_default();
            } else {
                return Quoted::Open;
            }
            if lines > 0 && (all >= self.swallowed || most >= self.swallowed_in_line) {
                return Quoted::Open;
            }
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        while !self.rest.is_empty() {
            let row = self.row();
            if !row.is_blank() {
                return Some(row);
            }
        }
        None
    }
}

/// The line end at the beginning of a text: CRLF, LF or CR; and what follows.
fn line_end(text: &str) -> Option<(&str, &str)> {
    let end = ["\r\n", "\n", "\r"].into_iter().find(|end| text.starts_with(end))?;
    Some((text.get(end.len()..)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, width: usize) -> Vec<(u64, Vec<String>, Option<usize>)> {
        Records::new(text, ';', width).map(|row| (row.line, row.cells, row.open_quote)).collect()
    }

    fn row(line: u64, cells: &[&str], open: Option<usize>) -> (u64, Vec<String>, Option<usize>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect(), open)
    }

    #[test]
    fn lines_are_those_of_an_editor_with_any_line_end() {
        for end in ["\r\n", "\n", "\r"] {
            let text = ["a;b", "", "1;2", "\"x", "y\";3", "4;5"].join(end);
            let cell = format!("x{end}y");
            let rows = [
                row(1, &["a", "b"], None),
                row(3, &["1", "2"], None),
                row(4, &[&cell, "3"], None),
                row(6, &["4", "5"], None),
            ];
            assert_eq!(read(&text, 2), rows, "{end:?}");
        }
    }

    #[test]
    fn quoting_is_judged_cell_by_cell() {
        let text = "\"a;b\";3/4\"\n1/2\";\"say \"\"yes\"\"\"\n\"Ромашка\" ООО;2\n";
        let rows = [
            row(1, &["a;b", "3/4\""], None),
            row(2, &["1/2\"", "say \"yes\""], None),
            row(3, &["\"Ромашка\" ООО", "2"], None),
        ];
        assert_eq!(read(text, 2), rows);
    }

    #[test]
    fn a_stray_quote_swallows_no_row() {
        let text = "1;a;b;\"dog\n2;a;b;\n3;a;b;\n4;a;b;\"code\n5;a;b;c\"\n";
        let rows = [
            row(1, &["1", "a", "b", "\"dog"], Some(3)),
            row(2, &["2", "a", "b", ""], None),
            row(3, &["3", "a", "b", ""], None),
            row(4, &["4", "a", "b", "\"code"], Some(3)),
            row(5, &["5", "a", "b", "c\""], None),
        ];
        assert_eq!(read(text, 4), rows);
        // The pair of quotes stands in one column of two neighbours.
        let text = "1;\"a;b;c\n2;a\";b;c\n";
        let rows =
            [row(1, &["1", "\"a", "b", "c"], Some(1)), row(2, &["2", "a\"", "b", "c"], None)];
        assert_eq!(read(text, 4), rows);
    }

    #[test]
    fn quotes_of_two_columns_are_no_pair() {
        let rows =
            [row(1, &["1", "a", "b", "\"x"], Some(3)), row(2, &["2", "y\"", "b", "c"], None)];
        for end in ["\n", ""] {
            assert_eq!(read(&format!("1;a;b;\"x\n2;y\";b;c{end}"), 4), rows);
        }
    }

    #[test]
    fn the_last_sign_of_a_dos_file_is_no_row() {
        assert_eq!(read("1;2\r\n\u{1a}", 2), [row(1, &["1", "2"], None)]);
    }

    #[test]
    fn a_quote_that_never_closes_is_told() {
        assert_eq!(read("1;\"a;b", 3), [row(1, &["1", "\"a", "b"], Some(1))]);
        assert_eq!(read("\"", 1), [row(1, &["\""], Some(0))]);
    }
}
