//! A table of numbers that the Fund gave: its own extract, or one that a clerk keeps.

use vyezd_core::model::{FundNumber, LegalDate};

use crate::import::{Columns, RawTable, RowProblem, Severity, TableError, cell_day, cell_number};

/// Name of the file in problems.
pub const FILE: &str = "номера ФИФ";
const COLUMNS: Columns = Columns {
    needed: &["заводской_номер", "номер_записи"],
    known: &["рег_номер", "дата_поверки"],
    synonyms: &[
        ("зав. номер", "заводской_номер"),
        ("зав. №", "заводской_номер"),
        ("заводской №", "заводской_номер"),
        ("№ заводской", "заводской_номер"),
        ("серийный номер", "заводской_номер"),
        ("заводской номер/буквенно-цифровое обозначение", "заводской_номер"),
        ("mi_number", "заводской_номер"),
        ("mi.number", "заводской_номер"),
        ("номер записи в ФИФ ОЕИ", "номер_записи"),
        ("номер записи в ФИФ", "номер_записи"),
        ("номер в ФИФ", "номер_записи"),
        ("№ записи", "номер_записи"),
        ("№ в ФИФ", "номер_записи"),
        ("номер свидетельства", "номер_записи"),
        ("номер свидетельства/ номер извещения", "номер_записи"),
        ("свидетельство", "номер_записи"),
        ("certNum", "номер_записи"),
        ("result_docnum", "номер_записи"),
        ("№ в реестре", "рег_номер"),
        ("номер в реестре", "рег_номер"),
        ("рег. №", "рег_номер"),
        ("регистрационный номер типа СИ", "рег_номер"),
        ("регистрационный номер", "рег_номер"),
        ("mit_number", "рег_номер"),
        ("mi.mitnumber", "рег_номер"),
        ("дата поверки", "дата_поверки"),
        ("дата", "дата_поверки"),
        ("номер", "номер_записи"),
        ("тип", "рег_номер"),
        ("number", "номер_записи"),
        ("type", "рег_номер"),
        ("serial", "заводской_номер"),
        ("date", "дата_поверки"),
        ("verification_date", "дата_поверки"),
    ],
    free_text: None,
    day: None,
    once: &[],
};

/// A row: an instrument and the number of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberLine {
    pub line: u64,
    /// As it stands in the table.
    pub serial_number: String,
    /// Empty where the table has no types.
    pub type_number: String,
    pub number: FundNumber,
}

/// Reads a table; what cannot be read is said with its line.
pub fn read(bytes: &[u8]) -> Result<(Vec<NumberLine>, Vec<RowProblem>), TableError> {
    let table = RawTable::read(FILE, bytes, &COLUMNS)?.placed();
    let (mut lines, mut problems) = (Vec::new(), table.problems());
    for record in table.records() {
        let serial = cell_number("заводской номер", record.get("заводской_номер"));
        let mut say = |column: &str, words: String| {
            let problem = RowProblem::new(Severity::Error, FILE, record.line, words);
            problems.push(problem.in_column(column).about("", record.get("заводской_номер")));
        };
        let serial_number = match serial {
            Ok(serial) if serial.is_empty() => {
                say("заводской_номер", "нет заводского номера: строка пропущена".to_owned());
                continue;
            }
            Ok(serial) => serial,
            Err(words) => {
                say("заводской_номер", words);
                continue;
            }
        };
        let text = record.get("номер_записи");
        let number = FundNumber::parse(text).filter(|number| !number.id().starts_with('0'));
        let Some(number) = number else {
            let words = if text.is_empty() {
                "нет номера записи: строка пропущена".to_owned()
            } else {
                format!("номер записи «{text}» не вида С-АБ/ДД-ММ-ГГГГ/номер: строка пропущена")
            };
            say("номер_записи", words);
            continue;
        };
        if let Err(words) = same_day(record.get("дата_поверки"), number.date()) {
            say("дата_поверки", words);
            continue;
        }
        let type_number = record.get("рег_номер").replace(['–', '−', '‑'], "-");
        lines.push(NumberLine { line: record.line, serial_number, type_number, number });
    }
    problems.sort_by_key(|problem| problem.line);
    Ok((lines, problems))
}

/// The day of the row, where it has one, is that of its number.
fn same_day(text: &str, of_number: LegalDate) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let day = cell_day(text)?;
    if day == of_number {
        return Ok(());
    }
    Err(format!(
        "дата поверки {}, а в номере записи {}: строка пропущена",
        day.russian(),
        of_number.russian()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extracts_of_the_fund_and_tables_of_clerks_are_read() {
        let site = "mit_number;mi_number;verification_date;result_docnum\n\
            16078-13;0045101;14.09.2026;С-ВМ/14-09-2026/402123271\n";
        let (lines, problems) = read(site.as_bytes()).unwrap();
        assert_eq!((lines.len(), problems), (1, vec![]));
        let clerk = "Зав. №;Номер записи в ФИФ ОЕИ\n0045101;C-BM/14-09-2026/402123271\n\
            0045102;\n;С-ВМ/14-09-2026/3\n0045104;ВМ-2026-000042\n8,8E+06;С-ВМ/14-09-2026/5\n";
        let (lines, problems) = read(clerk.as_bytes()).unwrap();
        assert_eq!(lines[0].number.as_str(), "С-ВМ/14-09-2026/402123271");
        let said: Vec<u64> = problems.iter().map(|of| of.line).collect();
        assert_eq!((lines.len(), said), (1, vec![3, 4, 5, 6]));
        let other = "зав. номер;дата поверки;номер свидетельства\n1;13.09.2026;С-ВМ/14-09-2026/4\n";
        let (lines, problems) = read(other.as_bytes()).unwrap();
        assert!(lines.is_empty() && problems[0].message.contains("13.09.2026"));
    }
}
