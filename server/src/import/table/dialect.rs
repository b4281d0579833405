//! The dialect of a delimited text: by which sign its cells are parted, and where its head is.

use super::columns::Columns;
use super::head::{ROWS_LOOKED_AT, best};
use super::records::{Records, Row};

/// Signs that part cells, the usual one first.
const DELIMITERS: [char; 4] = [';', '\t', ',', '|'];
/// Bytes of a text by which its dialect is judged.
const SAMPLE_BYTES: usize = 64 * 1024;

/// A dialect and how well it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: char,
    /// The head among the rows that are not blank.
    pub(super) head: usize,
    /// How many of the needed names the head has.
    pub(super) score: usize,
    /// The first line says the delimiter and is no row.
    pub(super) declared: bool,
}

/// Judges a text by its first rows: the delimiter with which most of the needed names are found; of
/// equals, the one that gives most cells. `sep=` in the first line comes before the usual ones.
pub(super) fn judge(text: &str, columns: &Columns) -> Dialect {
    let declared = declared(text);
    let signs = declared.into_iter().chain(DELIMITERS);
    let judged = signs.map(|delimiter| {
        let rows = first_rows(text, delimiter, declared.is_some());
        let (head, score) = best(&rows, columns).unwrap_or_default();
        let cells = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        ((score, cells), Dialect { delimiter, head, score, declared: declared.is_some() })
    });
    let mut found: Option<((usize, usize), Dialect)> = None;
    for one in judged {
        if found.is_none_or(|before| one.0 > before.0) {
            found = Some(one);
        }
    }
    found.map_or(Dialect { delimiter: ';', head: 0, score: 0, declared: false }, |(_, dialect)| {
        dialect
    })
}

/// The rows among which the head is looked for.
fn first_rows(text: &str, delimiter: char, declared: bool) -> Vec<Row> {
    let mut end = SAMPLE_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = text.get(..end).unwrap_or_default();
    Records::new(sample, delimiter, 0).skip(usize::from(declared)).take(ROWS_LOOKED_AT).collect()
}

/// The delimiter of a first line `sep=;`, as Excel understands it; quotes around the line are allowed.
fn declared(text: &str) -> Option<char> {
    let line = text.trim_start_matches(['\r', '\n']).split(['\r', '\n']).next()?;
    let line = line.trim_start_matches('"');
    let declared = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep="))?;
    line.get(declared.len()..)?.chars().next().filter(|sign| *sign != '"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns {
        needed: &["заявка", "адрес"],
        known: &[],
        synonyms: &[],
        free_text: None,
        day: None,
        once: &[],
    };

    #[test]
    fn the_head_says_the_delimiter() {
        for delimiter in DELIMITERS {
            let text = format!("Заявки, на завтра; всё\n\nзаявка{delimiter}адрес\n1{delimiter}2\n");
            let found = judge(&text, &COLUMNS);
            assert_eq!((found.delimiter, found.head, found.score), (delimiter, 1, 2));
        }
    }

    #[test]
    fn a_declared_delimiter_is_no_row() {
        for (text, delimiter) in
            [("sep=;\r\nзаявка;адрес\r\n", ';'), ("SEP=^\nзаявка^адрес\n", '^')]
        {
            let found = judge(text, &COLUMNS);
            assert_eq!((found.delimiter, found.head, found.declared), (delimiter, 0, true));
        }
        // A program may say one delimiter and use another.
        let found = judge("sep=;\nзаявка,адрес\n", &COLUMNS);
        assert_eq!((found.delimiter, found.declared), (',', true));
    }
}
