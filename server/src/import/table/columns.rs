//! The columns that a kind of table has, and the reasons why a file is no such table.

use crate::limits::office::{TABLE_BYTES_MAX, WORKBOOK_BYTES_MAX, WORKBOOK_CELLS_MAX};

/// The columns of a kind of table.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    /// Without these there is no table.
    pub needed: &'static [&'static str],
    /// These are read where they are.
    pub known: &'static [&'static str],
    /// Other names of columns, and the names that they mean.
    pub synonyms: &'static [(&'static str, &'static str)],
    /// The column of free text: as the last one it takes the delimiters that were not quoted.
    pub free_text: Option<&'static str>,
    /// The column of a day without which another day is taken: days under an unknown name stop the file.
    pub day: Option<&'static str>,
    /// Columns whose cell counts once, also where it is merged over several rows: prices.
    pub once: &'static [&'static str],
}

impl Columns {
    /// Every column that is read.
    pub fn all(&self) -> impl Iterator<Item = &'static str> {
        self.needed.iter().chain(self.known).copied()
    }
}

/// Why a file cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("в файле «{file}» (строка {line}) нет колонки: {columns}")]
    MissingColumns {
        file: String,
        /// The line of the head.
        line: u64,
        /// The missing ones, with what is near.
        columns: String,
    },
    #[error(
        "в первых строках файла «{file}» нет названий колонок (нужны {wanted} и другие); найдено: «{found}»"
    )]
    NoHead { file: String, found: String, wanted: String },
    #[error(
        "в файле «{file}» колонка {column} похожа на даты, а её название неизвестно: если это день поверки, \
         назовите её «{wanted}», если нет — уберите её из файла"
    )]
    DayUnread { file: String, column: String, wanted: String },
    #[error(
        "в файле «{file}» (строка {line}) одна колонка дважды: {first} и {second}; оставьте одну"
    )]
    ColumnTwice { file: String, line: u64, first: String, second: String },
    /// Another kind of file: its name and what to do.
    #[error("файл «{file}» — {what}")]
    NoTable { file: String, what: String },
    /// There is not even a head.
    #[error("файл «{0}» пуст")]
    Empty(String),
    #[error("файл «{0}» больше {limit} МБ", limit = TABLE_BYTES_MAX / 1024 / 1024)]
    TooLarge(String),
    #[error(
        "книга «{0}» слишком велика (больше {cells} ячеек или {limit} МБ в развёрнутом виде): \
         сохраните один лист, без пустых строк, как CSV",
        cells = WORKBOOK_CELLS_MAX,
        limit = WORKBOOK_BYTES_MAX / 1024 / 1024
    )]
    TooManyCells(String),
}
