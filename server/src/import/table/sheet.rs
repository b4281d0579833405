//! A sheet of a workbook while its cells are read.

use std::collections::BTreeSet;

use super::records::Row;
use crate::limits::office::WORKBOOK_CELLS_MAX;

/// Why a workbook cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    TooLarge,
    /// What the file is, and what to do.
    Other(&'static str),
}

/// The rows of a sheet and its name.
pub(super) struct NamedSheet {
    pub(super) name: String,
    pub(super) rows: Vec<Row>,
    /// Columns with numbers whose format the reader does not know: their leading zeros are lost.
    pub(super) bare_numbers: BTreeSet<usize>,
    pub(super) merged: Vec<Merged>,
}

/// A cell that is merged with those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Merged {
    /// The line of its text.
    pub(super) line: u64,
    /// From 0.
    pub(super) column: usize,
    /// The last line that it covers.
    pub(super) last: u64,
}

impl NamedSheet {
    pub(super) fn new(name: String, sheet: Sheet) -> Self {
        Self { name, rows: sheet.rows(), bare_numbers: BTreeSet::new(), merged: Vec::new() }
    }
}

/// Rows that grow cell by cell, in any order of rows, up to [`WORKBOOK_CELLS_MAX`].
#[derive(Default)]
pub(super) struct Sheet {
    rows: std::collections::BTreeMap<u32, Vec<String>>,
    cells: usize,
}

impl Sheet {
    /// Puts a cell at its place, counted from 0. Places before the cell in its row count too.
    pub(super) fn put(
        &mut self,
        (row, column): (u32, u32),
        text: String,
    ) -> Result<(), Unreadable> {
        if text.is_empty() {
            return Ok(());
        }
        let cells = self.rows.entry(row).or_default();
        let more = (column as usize + 1).saturating_sub(cells.len());
        self.cells += more;
        if self.cells > WORKBOOK_CELLS_MAX {
            return Err(Unreadable::TooLarge);
        }
        if more > 0 {
            cells.resize(column as usize + 1, String::new());
        }
        if let Some(cell) = cells.get_mut(column as usize) {
            *cell = text;
        }
        Ok(())
    }

    /// Whether a cell has a text.
    pub(super) fn has(&self, (row, column): (u32, u32)) -> bool {
        let cells = self.rows.get(&row);
        cells.and_then(|cells| cells.get(column as usize)).is_some_and(|cell| !cell.is_empty())
    }

    pub(super) fn rows(self) -> Vec<Row> {
        let rows = self.rows.into_iter().map(|(row, cells)| Row {
            line: u64::from(row) + 1,
            cells,
            open_quote: None,
        });
        rows.filter(|row| !row.is_blank()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_with_far_cells_is_refused() {
        let mut sheet = Sheet::default();
        let far = (0..=u32::MAX).find(|row| sheet.put((*row, 16_383), "x".to_owned()).is_err());
        assert_eq!(far, Some((WORKBOOK_CELLS_MAX / 16_384) as u32));
    }
}
