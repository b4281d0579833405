//! The catalogue of types from CSV: facts of the public register.

use std::ops::RangeInclusive;

use rust_decimal::Decimal;
use vyezd_core::model::{InstrumentType, Reading, is_type_number};
use vyezd_core::texts::{lookalike_words, mended, unprintable};

use super::table::{Columns, RawTable, Record, Table, TableError};
use super::{Flaw, RowProblem, Severity, numbers};
use crate::limits::office::INSTRUMENT_TEXT_CHARS_MAX;

/// The rows that come with the product: 60 modifications of household water meters.
pub const BUILT_IN: &str = include_str!("../../data/water_meter_types.csv");

/// Name of the file in problems.
pub const FILE: &str = "типы";
const COLUMNS: Columns = Columns {
    needed: &[
        "type_number",
        "modification",
        "dn_mm",
        "method",
        "q_min_b_m3h",
        "q_min_a_m3h",
        "q_t_b_m3h",
        "q_t_a_m3h",
        "q_nom_m3h",
        "q_max_m3h",
        "limit_below_q_t_percent",
        "limit_from_q_t_percent",
        "interval_cold_years",
        "interval_hot_years",
    ],
    known: &[],
    synonyms: &[],
    free_text: None,
    day: None,
    once: &[],
};

/// Columns of flows and limits, all above zero.
const POSITIVE: [&str; 8] = [
    "q_min_b_m3h",
    "q_min_a_m3h",
    "q_t_b_m3h",
    "q_t_a_m3h",
    "q_nom_m3h",
    "q_max_m3h",
    "limit_below_q_t_percent",
    "limit_from_q_t_percent",
];

/// Bores of meters, mm: of a flat's meter 10, of a main's 1,200.
const DN_MM: RangeInclusive<u16> = 6..=2_000;

/// Largest limit of a permissible error, %: twice the widest of water meters.
const ERROR_LIMIT_PERCENT_MAX: u32 = 10;

/// Smallest limit of a permissible error, tenths of a per cent: the best water meters of mains have 0.5 %.
const ERROR_LIMIT_TENTHS_MIN: i64 = 2;

/// Speed of water in a meter, m/s: household meters reach 5 at Qmax, pipes burst far below 20.
const WATER_SPEED_M_S_MAX: u32 = 20;

/// A type and the line that it stands in.
#[derive(Debug, Clone)]
pub struct TypeLine {
    pub line: u64,
    pub kind: InstrumentType,
}

impl TypeLine {
    fn is_of(&self, kind: &InstrumentType) -> bool {
        self.kind.type_number == kind.type_number && self.kind.modification == kind.modification
    }
}

pub fn parse(bytes: &[u8]) -> Result<(Vec<TypeLine>, Vec<RowProblem>), TableError> {
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

/// Reads the types of a table.
pub fn read(table: &Table) -> (Vec<TypeLine>, Vec<RowProblem>) {
    let mut types: Vec<TypeLine> = Vec::new();
    let mut problems = table.problems();
    for record in table.records() {
        let mut say = |severity, flaw: Flaw| {
            problems.push(flaw.problem(severity, FILE, record.line));
        };
        let kind = one(record, &mut |flaw| say(Severity::Error, flaw));
        let Some(kind) = kind else { continue };
        if let Some(known) = types.iter().find(|of| of.is_of(&kind)) {
            let words = format!(
                "тип {} {} уже стоит в строке {}: строка пропущена",
                kind.type_number, kind.modification, known.line
            );
            say(Severity::Error, Flaw::at("modification", words));
            continue;
        }
        let right = mended(&kind.modification);
        if right != kind.modification {
            let words = lookalike_words(&kind.modification, &right);
            say(Severity::Warning, Flaw::at("modification", words));
        }
        types.push(TypeLine { line: record.line, kind });
    }
    problems.sort_by_key(|problem| problem.line);
    (types, problems)
}

/// Reads a row; everything that stops it is said at once.
fn one(r: Record<'_>, say: &mut impl FnMut(Flaw)) -> Option<InstrumentType> {
    let kind = facts(r, say)?;
    let flaws = [in_order(&kind), plausible(&kind)].concat();
    let sound = flaws.is_empty();
    flaws.into_iter().for_each(say);
    sound.then_some(kind)
}

/// The cells of a row, each by itself.
fn facts(r: Record<'_>, say: &mut impl FnMut(Flaw)) -> Option<InstrumentType> {
    let flaw = |column: &'static str, words: &str| Flaw::at(column, format!("{column}: {words}"));
    let positive = |column| {
        let value = Reading::parse(r.get(column)).map_err(|e| flaw(column, &e.to_string()))?;
        if value.value().is_sign_positive() && !value.value().is_zero() {
            Ok(value)
        } else {
            Err(flaw(column, "должно быть больше нуля"))
        }
    };
    let whole = |column| {
        r.get(column).parse::<u16>().map_err(|_| flaw(column, "не целое число больше нуля"))
    };
    let years = |column| match whole(column)? {
        years @ 1..=20 => Ok(years as u8),
        _ => Err(flaw(column, "от 1 до 20 лет")),
    };
    let text = |column| match r.get(column) {
        "" => Err(flaw(column, "пусто")),
        text if text.chars().count() > INSTRUMENT_TEXT_CHARS_MAX => {
            Err(flaw(column, &format!("больше {INSTRUMENT_TEXT_CHARS_MAX} знаков")))
        }
        text if unprintable(text).is_some() => {
            let sign = unprintable(text).unwrap_or_default();
            Err(flaw(column, &format!("знак «{sign}» на документах не напечатать")))
        }
        text => Ok(text.to_owned()),
    };
    let type_number = text("type_number").and_then(|number| {
        if is_type_number(&number) {
            return Ok(number);
        }
        Err(flaw("type_number", &format!("«{number}» не вида NNNNN-ГГ")))
    });
    // All cells are judged before the first of them stops the row.
    let modification = text("modification").and_then(|of| {
        if numbers::is_date_of_spreadsheet(&of) {
            let words = format!("«{of}» — дата, в которую таблица превратила текст");
            return Err(flaw("modification", &words));
        }
        Ok(of)
    });
    let texts = [type_number, modification, text("method")].map(|of| said(of, say));
    let dn_mm = said(whole("dn_mm"), say);
    let flows = POSITIVE.map(|column| said(positive(column), say));
    let intervals =
        ["interval_cold_years", "interval_hot_years"].map(|column| said(years(column), say));
    let [Some(type_number), Some(modification), Some(method)] = texts else { return None };
    let [Some(interval_cold_years), Some(interval_hot_years)] = intervals else { return None };
    let [q_min_b, q_min_a, q_t_b, q_t_a, q_nom, q_max, limit_below_q_t, limit_from_q_t] = flows;
    Some(InstrumentType {
        type_number,
        modification,
        dn_mm: dn_mm?,
        method,
        q_min_b: q_min_b?,
        q_min_a: q_min_a?,
        q_t_b: q_t_b?,
        q_t_a: q_t_a?,
        q_nom: q_nom?,
        q_max: q_max?,
        limit_below_q_t: limit_below_q_t?,
        limit_from_q_t: limit_from_q_t?,
        interval_cold_years,
        interval_hot_years,
    })
}

/// The value of a cell; a flaw of it is said.
fn said<T>(read: Result<T, Flaw>, say: &mut impl FnMut(Flaw)) -> Option<T> {
    read.map_err(say).ok()
}

/// Limits of error and a bore that some meter has; a slip here would make every meter fit.
fn plausible(kind: &InstrumentType) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut say =
        |column, words: String| flaws.push(Flaw::at(column, format!("{column}: {words}")));
    let has_bore = DN_MM.contains(&kind.dn_mm);
    if !has_bore {
        let (is, from, to) = (kind.dn_mm, DN_MM.start(), DN_MM.end());
        say("dn_mm", format!("{is}, а бывает от {from} до {to}"));
    }
    let [below, from] = [&kind.limit_below_q_t, &kind.limit_from_q_t];
    let most = Decimal::from(ERROR_LIMIT_PERCENT_MAX);
    let least = Decimal::new(ERROR_LIMIT_TENTHS_MIN, 1);
    for (column, limit) in [("limit_below_q_t_percent", below), ("limit_from_q_t_percent", from)] {
        let shown = limit.russian();
        if limit.value() > most {
            let words = "а пределы погрешности счётчиков не больше";
            say(column, format!("{shown} %, {words} {ERROR_LIMIT_PERCENT_MAX} %"));
        } else if limit.value() < least {
            let words = "таких точных счётчиков воды нет; похоже на доли: 5 % запишите как 5";
            say(column, format!("{shown} % — {words}"));
        }
    }
    // π/4 · d², m² from mm, times the speed, in an hour.
    let bore = Decimal::from(kind.dn_mm);
    let speed_mh = Decimal::from(WATER_SPEED_M_S_MAX) * Decimal::from(3_600);
    let most = bore * bore * Decimal::new(785_398, 12) * speed_mh;
    if has_bore && kind.q_max.value() > most {
        let words = format!(
            "{} м³/ч через Ду {} не пройдёт (до {} м³/ч); похоже на л/ч",
            kind.q_max.russian(),
            kind.dn_mm,
            Reading::from(most.round_dp(1)).russian()
        );
        say("q_max_m3h", words);
    }
    if from.value() > below.value() {
        let words = format!(
            "пределы {} % до Qп и {} % от Qп похожи на поменянные местами: от Qп предел не больше",
            below.russian(),
            from.russian()
        );
        say("limit_from_q_t_percent", words);
    }
    flaws
}

/// Flows of a meter grow from the smallest to the largest, and those of class A are not less than class B's.
fn in_order(kind: &InstrumentType) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for (column, a, b) in
        [("q_min_a_m3h", &kind.q_min_a, &kind.q_min_b), ("q_t_a_m3h", &kind.q_t_a, &kind.q_t_b)]
    {
        if a.value() < b.value() {
            let words = format!(
                "{column}: {} — у класса A не меньше, чем у класса B ({})",
                a.russian(),
                b.russian()
            );
            flaws.push(Flaw::at(column, words));
        }
    }
    for (column, name, least, transitional) in [
        ("q_min_b_m3h", "B", &kind.q_min_b, &kind.q_t_b),
        ("q_min_a_m3h", "A", &kind.q_min_a, &kind.q_t_a),
    ] {
        let flows = [least, transitional, &kind.q_nom, &kind.q_max].map(Reading::value);
        if !flows.is_sorted() {
            let words = format!(
                "расходы класса {name} должны расти: Qмин ≤ Qп ≤ Qном ≤ Qмакс, а не {}",
                flows.map(|flow| Reading::from(flow).russian()).join("; ")
            );
            flaws.push(Flaw::at(column, words));
        }
    }
    flaws
}

#[cfg(test)]
mod tests {
    const HEAD: &str = "type_number;modification;dn_mm;method;q_min_b_m3h;q_min_a_m3h;q_t_b_m3h;\
        q_t_a_m3h;q_nom_m3h;q_max_m3h;limit_below_q_t_percent;limit_from_q_t_percent;\
        interval_cold_years;interval_hot_years\n";

    fn said(modification: &str, dn: &str, limits: &str) -> Vec<String> {
        let row = format!(
            "16078-13;{modification};{dn};МИ 1592-2015;0,03;0,06;0,12;0,15;1,5;3;{limits};6;4\n"
        );
        let (_, problems) = super::parse(format!("{HEAD}{row}").as_bytes()).unwrap();
        problems.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn limits_and_bores_that_no_meter_has_are_refused() {
        assert_eq!(said("СХВ-15", "15", "5;2"), Vec::<String>::new());
        for (modification, dn, limits, words) in [
            ("СХВ-15", "15", "500;2", "500 %"),
            ("СХВ-15", "15", "5;0,02", "похоже на доли"),
            ("СХВ-15", "6", "5;2", "похоже на л/ч"),
            ("СХВ-15", "15", "2;5", "поменянные местами"),
            ("СХВ-15", "65535", "5;2", "65535"),
            ("СХВ-15", "0", "5;2", "dn_mm"),
            ("CХВ-15", "15", "5;2", "СХВ-15"),
            ("01.окт", "15", "5;2", "превратила"),
        ] {
            let said = said(modification, dn, limits);
            assert!(said.len() == 1 && said[0].contains(words), "{words}: {said:?}");
        }
        assert_eq!(said("СХВ-15", "65535", "500;0,01").len(), 3, "all at once");
    }

    #[test]
    fn every_fault_of_a_row_is_said_at_once() {
        let row = "1607813;;сто;;0,03;-1;0,12;0,15;1,5;3;5;2;0;4\n";
        let (types, problems) = super::parse(format!("{HEAD}{row}").as_bytes()).unwrap();
        let columns: Vec<&str> = problems.iter().map(|problem| problem.column.as_str()).collect();
        let wrong = [
            "type_number",
            "modification",
            "method",
            "dn_mm",
            "q_min_a_m3h",
            "interval_cold_years",
        ];
        assert_eq!((types.len(), columns), (0, wrong.to_vec()));
    }

    #[test]
    fn the_built_in_catalogue_has_no_problem() {
        let (types, problems) = super::parse(super::BUILT_IN.as_bytes()).unwrap();
        assert_eq!((types.len(), problems), (60, vec![]));
    }
}
