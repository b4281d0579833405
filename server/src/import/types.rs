//! The catalogue of types from CSV: facts of the public register.

use vyezd_core::model::{InstrumentType, Reading, is_type_number};

use super::table::{Columns, RawTable, Record, Table, TableError};
use super::{RowProblem, Severity};
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
};

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

/// The file as it is.
pub fn raw(bytes: &[u8]) -> Result<RawTable, TableError> {
    RawTable::read(FILE, bytes, &COLUMNS)
}

/// Reads the types of a table.
pub fn read(table: &Table) -> (Vec<TypeLine>, Vec<RowProblem>) {
    let mut types: Vec<TypeLine> = Vec::new();
    let mut problems = table.problems();
    for record in table.records() {
        let kind = one(record).and_then(|kind| match types.iter().find(|of| of.is_of(&kind)) {
            Some(known) => Err(format!(
                "тип {} {} уже стоит в строке {}: строка пропущена",
                kind.type_number, kind.modification, known.line
            )),
            None => Ok(kind),
        });
        match kind {
            Ok(kind) => types.push(TypeLine { line: record.line, kind }),
            Err(message) => {
                problems.push(RowProblem::new(Severity::Error, FILE, record.line, message));
            }
        }
    }
    problems.sort_by_key(|problem| problem.line);
    (types, problems)
}

fn one(r: Record<'_>) -> Result<InstrumentType, String> {
    let positive = |column: &str| {
        let value = Reading::parse(r.get(column)).map_err(|e| format!("{column}: {e}"))?;
        if value.value().is_sign_positive() && !value.value().is_zero() {
            Ok(value)
        } else {
            Err(format!("{column}: должно быть больше нуля"))
        }
    };
    let whole = |column: &str| {
        r.get(column).parse::<u16>().map_err(|_| format!("{column}: не целое число"))
    };
    let years = |column: &str| match whole(column)? {
        years @ 1..=20 => Ok(years as u8),
        _ => Err(format!("{column}: от 1 до 20 лет")),
    };
    let text = |column: &str| match r.get(column) {
        "" => Err(format!("{column}: пусто")),
        text if text.chars().count() > INSTRUMENT_TEXT_CHARS_MAX => {
            Err(format!("{column}: больше {INSTRUMENT_TEXT_CHARS_MAX} знаков"))
        }
        text => Ok(text.to_owned()),
    };
    let type_number = text("type_number")?;
    if !is_type_number(&type_number) {
        return Err(format!("type_number: «{type_number}» не вида NNNNN-ГГ"));
    }
    let kind = InstrumentType {
        type_number,
        modification: text("modification")?,
        dn_mm: whole("dn_mm")?,
        method: text("method")?,
        q_min_b: positive("q_min_b_m3h")?,
        q_min_a: positive("q_min_a_m3h")?,
        q_t_b: positive("q_t_b_m3h")?,
        q_t_a: positive("q_t_a_m3h")?,
        q_nom: positive("q_nom_m3h")?,
        q_max: positive("q_max_m3h")?,
        limit_below_q_t: positive("limit_below_q_t_percent")?,
        limit_from_q_t: positive("limit_from_q_t_percent")?,
        interval_cold_years: years("interval_cold_years")?,
        interval_hot_years: years("interval_hot_years")?,
    };
    in_order(&kind).map(|()| kind)
}

/// Flows of a meter grow from the smallest to the largest, and it has a bore.
fn in_order(kind: &InstrumentType) -> Result<(), String> {
    if kind.dn_mm == 0 {
        return Err("dn_mm: должно быть больше нуля".to_owned());
    }
    for (name, least, transitional) in
        [("B", &kind.q_min_b, &kind.q_t_b), ("A", &kind.q_min_a, &kind.q_t_a)]
    {
        let flows = [least, transitional, &kind.q_nom, &kind.q_max].map(Reading::value);
        if !flows.is_sorted() {
            return Err(format!(
                "расходы класса {name} должны расти: Qмин ≤ Qп ≤ Qном ≤ Qмакс, а не {}",
                flows.map(|flow| Reading::from(flow).russian()).join("; ")
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_built_in_catalogue_has_no_problem() {
        let (types, problems) = super::parse(super::BUILT_IN.as_bytes()).unwrap();
        assert_eq!((types.len(), problems), (60, vec![]));
    }
}
