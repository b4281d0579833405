//! A day's readings from a spreadsheet: one row a measurement; a row without a point carries only
//! conditions and checks.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use vyezd_core::model::{Check, CheckResult, Conditions, LegalDate, Measurement, Reading, Source};
use vyezd_core::rules::sense::{self, Finding, Row};
use vyezd_core::rules::serial::without_label;

use super::table::{Columns, RawTable, Record, Table, TableError};
use super::{Flaw, RowProblem, Severity, dates, numbers, words};
use crate::limits::office::{INSTRUMENT_TEXT_CHARS_MAX, POINT_CHARS_MAX};

/// Name of the file in problems.
pub const FILE: &str = "показания";
const COLUMNS: Columns = Columns {
    needed: &[
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
    ],
    known: &["дата_поверки", "средства"],
    synonyms: &[
        ("дата поверки", "дата_поверки"),
        ("дата", "дата_поверки"),
        ("день", "дата_поверки"),
        ("дата проведения", "дата_поверки"),
        ("дата проведения поверки", "дата_поверки"),
        ("дата визита", "дата_поверки"),
        ("дата выезда", "дата_поверки"),
        ("дата протокола", "дата_поверки"),
        ("дата измерений", "дата_поверки"),
        ("средство поверки", "средства"),
        ("средства измерений", "средства"),
        ("применяемые эталоны", "средства"),
        ("средства поверки", "средства"),
        ("СИ", "средства"),
        ("эталоны", "средства"),
        ("№ заявки", "заявка"),
        ("номер заявки", "заявка"),
        ("заявка №", "заявка"),
        ("зав. номер", "заводской_номер"),
        ("зав. №", "заводской_номер"),
        ("заводской №", "заводской_номер"),
        ("№ заводской", "заводской_номер"),
        ("серийный номер", "заводской_номер"),
        ("расход", "расход_м3ч"),
        ("начало", "начало_м3"),
        ("конец", "конец_м3"),
        ("эталон", "эталон_м3"),
        ("длительность", "длительность_с"),
        ("темп. воды", "темп_воды_С"),
        ("темп. воздуха", "темп_воздуха_С"),
        ("температура воды", "темп_воды_С"),
        ("температура воздуха", "темп_воздуха_С"),
        ("влажность", "влажность_проц"),
        ("влажность, %", "влажность_проц"),
        ("давление", "давление_кПа"),
    ],
    free_text: None,
    day: Some("дата_поверки"),
    once: &[],
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingLine {
    pub line: u64,
    pub order: String,
    pub serial_number: String,
    pub source: Source,
    /// Day of the verification, where it is not the order's.
    pub date: Option<LegalDate>,
    /// Means of verification as written: serial numbers for the most part.
    pub means: Vec<String>,
    pub conditions: Conditions,
    /// The checks that have a result.
    pub checks: Vec<(Check, CheckResult)>,
    pub row: Option<Measurement>,
}

/// Reads readings, in the order of the file.
pub fn parse(bytes: &[u8]) -> Result<(Vec<ReadingLine>, Vec<RowProblem>), TableError> {
    Ok(read(&raw(bytes)?.placed()))
}

/// The columns that are read, for an empty table.
pub fn columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.all()
}

/// The file as it is.
pub fn raw(bytes: &[u8]) -> Result<RawTable, TableError> {
    RawTable::read(FILE, bytes, &COLUMNS)
}

/// Reads the readings of a table.
pub fn read(table: &Table) -> (Vec<ReadingLine>, Vec<RowProblem>) {
    let mut lines: Vec<ReadingLine> = Vec::new();
    // Lines of an instrument: only among them can one be a copy.
    let mut of_instrument: HashMap<(String, String), Vec<usize>> = HashMap::new();
    let mut seen = Dials::default();
    let mut problems = table.problems();
    for record in table.records() {
        let Some(line) = one(record, &mut problems) else { continue };
        let key = (line.order.clone(), line.serial_number.clone());
        let same = of_instrument.entry(key).or_default();
        let copy = |other: &&ReadingLine| other.row.is_some() && other.row == line.row;
        if let Some(first) = same.iter().filter_map(|at| lines.get(*at)).find(copy) {
            // Identical start and end: a duplicate line, not a repeated measurement.
            let message = format!("точная копия строки {}: пропущена", first.line);
            let problem = RowProblem::new(Severity::Warning, FILE, line.line, message);
            let point = line.row.as_ref().map_or("", |row| &row.point);
            problems.push(problem.about(&line.order, &line.serial_number).at_point(point));
            continue;
        }
        same.push(lines.len());
        problems.extend(seen.twin(&line));
        lines.push(line);
    }
    problems.sort_by_key(|problem| problem.line);
    (lines, problems)
}

/// Dials before and after a pour, by which instruments of two orders with the same ones are found: a row was copied.
/// Two instruments of one order are compared where the paper is judged.
#[derive(Default)]
struct Dials {
    seen: HashMap<(Decimal, Decimal), (u64, String, String)>,
    /// Orders and instruments that were said: one question for two instruments, not one for each pour.
    said: HashSet<(String, String, String, String)>,
}

impl Dials {
    /// A doubt about a line whose dial moved just as that of an instrument of another order.
    fn twin(&mut self, line: &ReadingLine) -> Option<RowProblem> {
        let row = line.row.as_ref()?;
        let dial = (row.start.value(), row.end.value());
        let mine = || (line.line, line.order.clone(), line.serial_number.clone());
        let (first, order, serial) = self.seen.entry(dial).or_insert_with(mine);
        let other = *order != line.order;
        let pair = (order.clone(), serial.clone(), line.order.clone(), line.serial_number.clone());
        if !other || !self.said.insert(pair) {
            return None;
        }
        let words = format!(
            "начало и конец те же, что в строке {first} (заявка {order}, № {serial}): проверьте, не \
             скопирована ли строка"
        );
        let problem = RowProblem::new(Severity::Warning, FILE, line.line, words);
        let problem = problem.about(&line.order, &line.serial_number).in_column("начало_м3");
        Some(problem.at_point(&row.point))
    }
}

fn one(r: Record<'_>, problems: &mut Vec<RowProblem>) -> Option<ReadingLine> {
    let (order, serial, point) = (r.get("заявка"), r.get("заводской_номер"), r.get("точка"));
    let read_order = numbers::order(order).map_err(|words| Flaw::at("заявка", words));
    let read_serial = numbers::read("заводской номер", serial);
    let read_serial = read_serial.map_err(|words| Flaw::at("заводской_номер", words));
    let order = read_order.as_deref().unwrap_or(order);
    let serial = read_serial.as_deref().unwrap_or(serial);
    let mut say = |flaw: Flaw| {
        let problem = flaw.problem(Severity::Error, FILE, r.line);
        problems.push(problem.about(order, serial).at_point(point));
    };
    let unread = [read_order.as_ref().err(), read_serial.as_ref().err()];
    let unread = unread.into_iter().flatten().cloned().chain(too_long(r));
    if unread.map(&mut say).count() > 0 {
        return None;
    }
    if order.is_empty() || serial.is_empty() {
        let column =
            if order.is_empty() { "заявка" } else { "заводской_номер" };
        let words = "нет номера заявки или заводского номера: строка пропущена";
        say(Flaw::at(column, words));
        return None;
    }
    let date = day(r).map_err(&mut say);
    let known = words::source(r.get("источник"));
    if known.is_none() {
        let words = format!(
            "источник «{}» неизвестен: значение без источника не берётся",
            r.get("источник")
        );
        say(Flaw::at("источник", words));
    }
    // The other cells of the row are judged all the same.
    let source = known.unwrap_or(Source::Paper);
    let mut condition = |column: &'static str| match r.get(column) {
        "" => None,
        text => match Reading::parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                say(Flaw::at(column, format!("{column}: {error}")));
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
        say(Flaw::at(column_of(&finding), format!("{finding}; значение не взято")));
    }
    let checks = checks(r, &mut say);
    let row = measurement(r, source, &mut say);
    let (order, serial_number) = (order.to_owned(), serial.to_owned());
    let line = r.line;
    let (date, means) = (known.and(date.ok())?, means(r));
    Some(ReadingLine { line, order, serial_number, source, date, means, conditions, checks, row })
}

/// The day of the verification, where the table has one.
fn day(r: Record<'_>) -> Result<Option<LegalDate>, Flaw> {
    let text = Some(r.get("дата_поверки")).filter(|text| !text.is_empty());
    let date = text.map(|text| dates::day(text, None)).transpose();
    date.map_err(|words| Flaw::at("дата_поверки", words))
}

/// Names of means, without the «№» before them.
fn means(r: Record<'_>) -> Vec<String> {
    let names = r.get("средства").split([',', ';', '\n']).map(str::trim);
    let names = names.map(|name| without_label(name).unwrap_or(name));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The checks that have a result.
fn checks(r: Record<'_>, say: &mut impl FnMut(Flaw)) -> Vec<(Check, CheckResult)> {
    let mut checks = Vec::new();
    for (check, column) in [
        (Check::Visual, "внешний_осмотр"),
        (Check::Operation, "опробование"),
        (Check::Tightness, "герметичность"),
    ] {
        let text = r.get(column);
        if text.is_empty() {
            continue;
        }
        let Some(passed) = words::answer(text) else {
            say(Flaw::at(column, format!("{column}: «{text}» — нужно «да» или «нет»")));
            continue;
        };
        checks.push((check, CheckResult { passed, reason: String::new() }));
    }
    checks
}

/// Cells that a measurement has no room for; nothing is cut.
fn too_long(r: Record<'_>) -> Vec<Flaw> {
    let bounds = [
        ("заявка", INSTRUMENT_TEXT_CHARS_MAX),
        ("заводской_номер", INSTRUMENT_TEXT_CHARS_MAX),
        ("точка", POINT_CHARS_MAX),
    ];
    let long = bounds.into_iter().filter_map(|(column, max)| {
        let size = r.get(column).chars().count();
        let words = format!(
            "в колонке «{column}» {size} знаков, больше {max}: сократите; строка пропущена"
        );
        (size > max).then(|| Flaw::at(column, words))
    });
    long.collect()
}

/// The column of an impossible condition, flow or dial.
fn column_of(finding: &Finding) -> &'static str {
    match finding.fault.field() {
        "air_c" => "темп_воздуха_С",
        "humidity_percent" => "влажность_проц",
        "pressure_kpa" => "давление_кПа",
        "water_c" => "темп_воды_С",
        "flow" => "расход_м3ч",
        "start" => "начало_м3",
        "end" => "конец_м3",
        "reference" => "эталон_м3",
        "duration_s" => "длительность_с",
        _ => "",
    }
}

fn measurement(r: Record<'_>, source: Source, say: &mut impl FnMut(Flaw)) -> Option<Measurement> {
    let cells = ["точка", "расход_м3ч", "начало_м3", "конец_м3", "эталон_м3"];
    if cells.iter().all(|column| r.get(column).is_empty()) {
        return None;
    }
    let named = !r.get("точка").is_empty();
    if !named {
        say(Flaw::at("точка", "не указана точка: измерение пропущено"));
    }
    let mut value = |column: &'static str| match Reading::parse(r.get(column)) {
        Ok(value) => Some(value),
        Err(error) => {
            say(Flaw::at(column, format!("{column}: {error}; измерение пропущено")));
            None
        }
    };
    let (flow, start, end) = (value("расход_м3ч"), value("начало_м3"), value("конец_м3"));
    let reference = value("эталон_м3");
    // The time is only for a check: without it the row still counts.
    let duration_s = match r.get("длительность_с") {
        "" => None,
        text => match Reading::parse(text).ok().filter(|d| d.value() > Decimal::ZERO) {
            Some(value) => Some(value),
            None => {
                let words = format!("длительность_с «{text}» не имеет смысла: не учтена");
                say(Flaw::at("длительность_с", words));
                None
            }
        },
    };
    let (flow, start, end, reference) = (flow?, start?, end?, reference?);
    let point = r.get("точка").to_owned();
    let row =
        Measurement { point, flow, start, end, reference, duration_s, source, replaces: None };
    let impossible = sense::of_row(&Row::from(&row), None).into_iter().find(Finding::is_impossible);
    if let Some(finding) = impossible {
        say(Flaw::at(column_of(&finding), format!("{}; измерение пропущено", finding.words)));
        return None;
    }
    named.then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a row of sixteen cells gives, with some of them changed.
    fn read(cells: &[(&str, &str)]) -> (Vec<ReadingLine>, Vec<String>) {
        let mut row = [
            "7", "0001", "Qмин", "0.031", "10.0000", "10.0062", "0.0063", "720", "12,4", "22,1",
            "45", "100,2", "да", "да", "да", "ввод",
        ];
        for (column, cell) in cells {
            let at = COLUMNS.needed.iter().position(|name| name == column).unwrap();
            row[at] = cell;
        }
        let text = format!("{}\n{}\n", COLUMNS.needed.join(";"), row.join(";"));
        let (lines, problems) = parse(text.as_bytes()).unwrap();
        (lines, problems.into_iter().map(|problem| problem.message).collect())
    }

    #[test]
    fn words_of_people_are_understood() {
        let words =
            [("источник", "с бумаги"), ("опробование", "соотв."), ("герметичность", "ЛОЖЬ")];
        let (lines, said) = read(&words);
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(lines[0].source, Source::Paper);
        let passed: Vec<bool> = lines[0].checks.iter().map(|(_, check)| check.passed).collect();
        assert_eq!(passed, [true, true, false]);
        let (lines, _) = read(&[("заводской_номер", "=\"0001\""), ("заявка", "7.0")]);
        assert_eq!((lines[0].serial_number.as_str(), lines[0].order.as_str()), ("0001", "7"));
    }

    #[test]
    fn pours_copied_to_another_instrument_are_asked_about_once() {
        let row = |order: &str, serial: &str, start: &str, end: &str| {
            format!(
                "{order};{serial};Qмин;0.031;{start};{end};0.0063;720;12,4;22,1;45;100,2;да;да;да;ввод\n"
            )
        };
        let text = [
            row("7", "0001", "10.0000", "10.0062"),
            row("7", "0001", "10.0062", "10.0125"),
            row("8", "0002", "10.0000", "10.0062"),
            row("8", "0002", "10.0062", "10.0125"),
            row("9", "0003", "10.0000", "10.0063"),
        ];
        let text = format!("{}\n{}", COLUMNS.needed.join(";"), text.concat());
        let (lines, problems) = parse(text.as_bytes()).unwrap();
        let said: Vec<(u64, bool)> = problems
            .iter()
            .map(|of| (of.line, of.message.contains("строке 2 (заявка 7, № 0001)")))
            .collect();
        assert_eq!((lines.len(), said), (5, vec![(4, true)]));
    }

    #[test]
    fn what_is_too_long_or_spoilt_stops_the_row() {
        let long = "б".repeat(POINT_CHARS_MAX + 1);
        for (column, cell, word) in [
            ("точка", long.as_str(), "«точка»"),
            ("заводской_номер", "8,81E+06", "степени"),
            ("источник", "слух", "источник"),
        ] {
            let (lines, said) = read(&[(column, cell)]);
            assert_eq!(lines, []);
            assert!(matches!(&said[..], [words] if words.contains(word)), "{said:?}");
        }
    }
}
