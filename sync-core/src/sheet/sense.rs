//! Values that no room, rig or meter can show. Such a value is a question for the office, whatever
//! its source.

use crate::doc::view::{SealedInstrument, SealedRow, SealedView};
use crate::limits::{
    AIR_C_ABS_MAX, FLOW_M3H_MAX, PRESSURE_KPA_MAX, PRESSURE_KPA_MIN, ROW_DURATION_S_MAX,
    WATER_C_MAX,
};
use crate::model::{LegalDate, Reading};

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

/// Every impossible value of a sheet; bounds are in [`mod@crate::limits`].
pub fn senseless(view: &SealedView) -> Vec<Senseless> {
    let of = |instrument: &SealedInstrument| {
        let serial_number = instrument.serial_number.clone();
        let named = move |what| Senseless { serial_number: serial_number.clone(), what };
        let rows = instrument.rows.iter().flat_map(|row| of_row(row, instrument.q_max.as_ref()));
        let all = of_conditions(instrument).chain(of_year(instrument, view.date)).chain(rows);
        all.map(named).collect::<Vec<_>>()
    };
    view.instruments.iter().flat_map(of).collect()
}

fn of_conditions(instrument: &SealedInstrument) -> impl Iterator<Item = String> + '_ {
    [&instrument.start, &instrument.end].into_iter().flatten().flat_map(|conditions| {
        let ranges = [
            ("температура воздуха", conditions.air_c.as_ref(), (-AIR_C_ABS_MAX, AIR_C_ABS_MAX)),
            ("влажность", conditions.humidity_percent.as_ref(), (0, 100)),
            ("давление", conditions.pressure_kpa.as_ref(), (PRESSURE_KPA_MIN, PRESSURE_KPA_MAX)),
            ("температура воды", conditions.water_c.as_ref(), (0, WATER_C_MAX)),
        ];
        ranges.into_iter().filter_map(|(name, value, (from, to))| {
            let outside = value.is_some_and(|value| !value.is_within(from, to));
            outside.then(|| format!("{name} вне {from}…{to}, так не бывает"))
        })
    })
}

fn of_year(instrument: &SealedInstrument, date: LegalDate) -> Option<String> {
    let later = instrument.year.is_some_and(|year| i32::from(year) > i32::from(date.0.year()));
    later.then(|| "год выпуска позже поверки".to_owned())
}

fn of_row(row: &SealedRow, q_max: Option<&Reading>) -> Vec<String> {
    let mut found = Vec::new();
    let mut ask = |wrong: bool, what: &str| {
        if wrong {
            found.push(format!("{}: {what}", row.point));
        }
    };
    let positive = |value: &Reading| value.value().is_sign_positive() && !value.value().is_zero();
    let negative = |value: &Reading| value.value().is_sign_negative() && !value.value().is_zero();
    let below_top = q_max.is_none_or(|top| row.flow.value() <= top.value());
    ask(
        !positive(&row.flow) || !row.flow.is_within(0, FLOW_M3H_MAX) || !below_top,
        "расход не больше нуля или больше наибольшего",
    );
    ask(negative(&row.start) || negative(&row.end), "показания меньше нуля");
    ask(row.end.value() < row.start.value(), "показания идут назад");
    ask(!positive(&row.reference), "объём по эталону не больше нуля");
    let lasts = |s: &Reading| positive(s) && s.is_within(0, ROW_DURATION_S_MAX);
    ask(row.duration_s.as_ref().is_some_and(|s| !lasts(s)), "время пролива не от 0 до 24 часов");
    found
}
