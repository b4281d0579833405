//! Spreadsheets: orders, readings, types and people, as firms keep them. Parsing is pure and never fails as a
//! whole: what cannot be used is a [`RowProblem`], and the rest goes on. Only a file that is no table, or a
//! head that leaves a doubt, stops.

mod dates;
mod nearest;
mod numbers;
pub mod orders;
pub mod people;
pub mod readings;
mod table;
pub mod types;
mod words;
pub mod written;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::model::LegalDate;

pub use nearest::{instrument_key, nearest};
pub use numbers::is_date_of_spreadsheet;
pub use table::{Columns, RawTable, Record, Table, TableError};

/// The number of an order as the reader takes it from a cell: `7.0` and `="7"` are 7.
pub fn order_number(cell: &str) -> String {
    numbers::read("номер заявки", cell).unwrap_or_else(|_| cell.to_owned())
}

/// A serial number as the reader takes it from a cell; what a spreadsheet spoilt is an error in words.
pub fn cell_number(what: &str, cell: &str) -> Result<String, String> {
    numbers::read(what, cell)
}

/// A day as the reader takes it from a cell.
pub fn cell_day(cell: &str) -> Result<LegalDate, String> {
    dates::day(cell, None)
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something was not done.
    Error,
    /// Doubtful; it changes nothing.
    Warning,
}

/// A row, or a part of it, that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "severity": "error", "file": "заявки", "line": 9, "order": "2107", "serial_number": "",
    "point": "", "message": "phones: «12-34» — не телефон"
}))]
pub struct RowProblem {
    /// How bad.
    pub severity: Severity,
    /// Which table: «заявки», «показания», «типы», «сотрудники».
    pub file: String,
    /// The line of the file, from 1; 0 where there is none.
    pub line: u64,
    /// The order's number; may be empty.
    pub order: String,
    /// Of the instrument; may be empty.
    pub serial_number: String,
    /// The point; may be empty.
    pub point: String,
    /// The column, by the name that the table has for it in this product; empty where it is the row as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// What and why, in Russian.
    pub message: String,
    /// No line of the order was taken: each of them can be repaired.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole_order: bool,
}

/// What is wrong with a row, before it is known of which order it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Flaw {
    /// Empty: the row as a whole.
    column: &'static str,
    words: String,
}

impl Flaw {
    fn at(column: &'static str, words: impl Into<String>) -> Self {
        Self { column, words: words.into() }
    }

    fn problem(self, severity: Severity, file: &str, line: u64) -> RowProblem {
        RowProblem::new(severity, file, line, self.words).in_column(self.column)
    }
}

impl From<String> for Flaw {
    fn from(words: String) -> Self {
        Self { column: "", words }
    }
}

impl RowProblem {
    /// A problem in a file's line.
    pub fn new(severity: Severity, file: &str, line: u64, message: impl Into<String>) -> Self {
        Self {
            severity,
            file: file.to_owned(),
            line,
            order: String::new(),
            serial_number: String::new(),
            point: String::new(),
            column: String::new(),
            message: message.into(),
            whole_order: false,
        }
    }

    /// Whether a line was not taken, and can be repaired.
    pub fn is_error_of_line(&self) -> bool {
        self.severity == Severity::Error && self.line > 0
    }

    pub fn about(mut self, order: &str, serial_number: &str) -> Self {
        order.clone_into(&mut self.order);
        serial_number.clone_into(&mut self.serial_number);
        self
    }

    pub fn in_column(mut self, column: &str) -> Self {
        column.clone_into(&mut self.column);
        self
    }

    pub fn at_point(mut self, point: &str) -> Self {
        point.clone_into(&mut self.point);
        self
    }
}
