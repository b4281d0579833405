//! Impossible values of a signed sheet. Such a value is a question for the office, whatever its
//! source: the list is that of [`crate::rules::sense`].

use crate::doc::view::{SealedInstrument, SealedResult, SealedRow, SealedView};
use crate::model::{LegalDate, fold};
use crate::rules::sense::{Finding, Row, of_conditions, of_row, of_rows};

/// An impossible value of an instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Senseless {
    /// Serial number as on the sheet.
    pub serial_number: String,
    /// Russian clause with the value's name and the fault.
    pub what: String,
}

impl std::fmt::Display for Senseless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "прибор № {}: {}", self.serial_number, self.what)
    }
}

/// Every impossible value of the instruments of a sheet that have a verdict; the others get no
/// paper.
pub fn senseless(view: &SealedView) -> Vec<Senseless> {
    let judged = || view.instruments.iter().filter(|of| of.result != SealedResult::NotFinished);
    let found = judged().flat_map(|instrument| senseless_of(instrument, view.date));
    let before = |at: usize| judged().take(at);
    let twins = judged().enumerate().filter(|(at, of)| before(*at).any(|one| are_twins(one, of)));
    found.chain(twins.map(|(_, twin)| stands_twice(twin))).collect()
}

/// Whether two instruments have one type and one serial number.
fn are_twins(one: &SealedInstrument, other: &SealedInstrument) -> bool {
    let same = |one: &str, other: &str| fold(one) == fold(other);
    same(&one.serial_number, &other.serial_number) && same(&one.type_number, &other.type_number)
}

fn stands_twice(twin: &SealedInstrument) -> Senseless {
    Senseless {
        serial_number: twin.serial_number.clone(),
        what: "тот же тип и заводской номер стоят у двух приборов".to_owned(),
    }
}

/// Every impossible value of one instrument.
pub fn senseless_of(instrument: &SealedInstrument, date: LegalDate) -> Vec<Senseless> {
    let rows: Vec<Row<'_>> = instrument.rows.iter().map(row).collect();
    let conditions = [&instrument.start, &instrument.end].into_iter().flatten();
    let found = conditions
        .flat_map(of_conditions)
        .chain(rows.iter().flat_map(|row| of_row(row, instrument.q_max.as_ref())))
        .chain(of_rows(&rows));
    let words = found.filter(Finding::is_impossible).map(|finding| finding.to_string());
    let named = |what| Senseless { serial_number: instrument.serial_number.clone(), what };
    words.chain(of_year(instrument, date)).map(named).collect()
}

fn row(row: &SealedRow) -> Row<'_> {
    let SealedRow { point, flow, start, end, reference, duration_s, .. } = row;
    Row { point, flow, start, end, reference, duration_s: duration_s.as_ref() }
}

fn of_year(instrument: &SealedInstrument, date: LegalDate) -> Option<String> {
    let later = instrument.year.is_some_and(|year| i32::from(year) > i32::from(date.0.year()));
    later.then(|| "год выпуска позже поверки".to_owned())
}
