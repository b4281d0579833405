//! A day's readings from a spreadsheet: one row a measurement; a row without a point carries only
//! conditions and checks.

use rust_decimal::Decimal;
use vyezd_core::model::{Check, CheckResult, Conditions, Measurement, Reading, Source, fold};
use vyezd_core::rules::sense::{self, Finding, Row};

use super::table::{Record, Table, TableError};
use super::{RowProblem, Severity};

/// Name of the file in problems.
pub const FILE: &str = "показания";
const NEEDED: [&str; 16] = [
    "заявка",
    "заводской_номер",
    "точка",
    "расход_м3ч",
    "начало_м3",
    "конец_м3",
    "эталон_м3",
    "длительность_с",
    "темп_воды_С",
    "темп_воздуха_С",
    "влажность_проц",
    "давление_кПа",
    "внешний_осмотр",
    "опробование",
    "герметичность",
    "источник",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingLine {
    pub line: u64,
    pub order: String,
    pub serial_number: String,
    pub source: Source,
    pub conditions: Conditions,
    /// The checks that have a result.
    pub checks: Vec<(Check, CheckResult)>,
    pub row: Option<Measurement>,
}

/// Reads readings, in the order of the file.
pub fn parse(bytes: &[u8]) -> Result<(Vec<ReadingLine>, Vec<RowProblem>), TableError> {
    let table = Table::parse(FILE, bytes, &NEEDED)?;
    let mut lines: Vec<ReadingLine> = Vec::new();
    let mut problems = Vec::new();
    for record in table.records() {
        let Some(line) = one(record, &mut problems) else { continue };
        let copy = |other: &&ReadingLine| {
            other.order == line.order
                && other.serial_number == line.serial_number
                && other.row.is_some()
                && other.row == line.row
        };
        if let Some(first) = lines.iter().find(copy) {
            // Identical start and end: a duplicate line, not a repeated measurement.
            let message = format!("точная копия строки {}: пропущена", first.line);
            let problem = RowProblem::new(Severity::Warning, FILE, line.line, message);
            let point = line.row.as_ref().map_or("", |row| &row.point);
            problems.push(problem.about(&line.order, &line.serial_number).at_point(point));
            continue;
        }
        lines.push(line);
    }
    Ok((lines, problems))
}

fn one(r: Record<'_>, problems: &mut Vec<RowProblem>) -> Option<ReadingLine> {
    let (order, serial, point) = (r.get("заявка"), r.get("заводской_номер"), r.get("точка"));
    let mut say = |message: String| {
        let problem = RowProblem::new(Severity::Error, FILE, r.line, message);
        problems.push(problem.about(order, serial).at_point(point));
    };
    if order.is_empty() || serial.is_empty() {
        say("нет номера заявки или заводского номера: строка пропущена".to_owned());
        return None;
    }
    let Some(source) = Source::parse(r.get("источник")) else {
        say(format!(
            "источник «{}» неизвестен: значение без источника не берётся",
            r.get("источник")
        ));
        return None;
    };
    let mut condition = |column: &str| match r.get(column) {
        "" => None,
        text => match Reading::parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                say(format!("{column}: {error}"));
                None
            }
        },
    };
    let (conditions, senseless) = sense::possible(Conditions {
        air_c: condition("темп_воздуха_С"),
        humidity_percent: condition("влажность_проц"),
        pressure_kpa: condition("давление_кПа"),
        water_c: condition("темп_воды_С"),
        source: Some(source),
    });
    for finding in senseless {
        say(format!("{finding}; значение не взято"));
    }
    let mut checks = Vec::new();
    for (check, column) in [
        (Check::Visual, "внешний_осмотр"),
        (Check::Operation, "опробование"),
        (Check::Tightness, "герметичность"),
    ] {
        let passed = match fold(r.get(column)).as_str() {
            "да" | "+" | "1" | "соответствует" => true,
            "нет" | "-" | "0" | "не соответствует" => false,
            "" => continue,
            other => {
                say(format!("{column}: «{other}» — нужно «да» или «нет»"));
                continue;
            }
        };
        checks.push((check, CheckResult { passed, reason: String::new() }));
    }
    let row = measurement(r, source, &mut say);
    let (order, serial_number) = (order.to_owned(), serial.to_owned());
    Some(ReadingLine { line: r.line, order, serial_number, source, conditions, checks, row })
}

fn measurement(r: Record<'_>, source: Source, say: &mut impl FnMut(String)) -> Option<Measurement> {
    let cells = ["точка", "расход_м3ч", "начало_м3", "конец_м3", "эталон_м3"];
    if cells.iter().all(|column| r.get(column).is_empty()) {
        return None;
    }
    if r.get("точка").is_empty() {
        say("не указана точка: измерение пропущено".to_owned());
        return None;
    }
    let mut value = |column: &str| match Reading::parse(r.get(column)) {
        Ok(value) => Some(value),
        Err(error) => {
            say(format!("{column}: {error}; измерение пропущено"));
            None
        }
    };
    let (flow, start, end) = (value("расход_м3ч"), value("начало_м3"), value("конец_м3"));
    let reference = value("эталон_м3");
    let (flow, start, end, reference) = (flow?, start?, end?, reference?);
    // The time is only for a check: without it the row still counts.
    let duration_s = match r.get("длительность_с") {
        "" => None,
        text => match Reading::parse(text).ok().filter(|d| d.value() > Decimal::ZERO) {
            Some(value) => Some(value),
            None => {
                say(format!("длительность_с «{text}» не имеет смысла: не учтена"));
                None
            }
        },
    };
    let point = r.get("точка").chars().take(64).collect();
    let row =
        Measurement { point, flow, start, end, reference, duration_s, source, replaces: None };
    let impossible = sense::of_row(&Row::from(&row), None).into_iter().find(Finding::is_impossible);
    if let Some(Finding { words, .. }) = impossible {
        say(format!("{words}; измерение пропущено"));
        return None;
    }
    Some(row)
}
