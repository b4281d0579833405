//! Single values: conditions of a room, and the numbers of one row.

use rust_decimal::Decimal;

use super::finding::{Fault, Finding, Row};
use super::pours::{of_volume, too_short};
use crate::limits::{
    AIR_C_ABS_MAX, FLOW_M3H_MAX, HUMIDITY_PERCENT_MAX, HUMIDITY_PERCENT_MIN, MERCURY_MM_MAX,
    MERCURY_MM_MIN, PRESSURE_KPA_MAX, PRESSURE_KPA_MIN, ROW_DURATION_S_MAX, WATER_C_MAX,
};
use crate::model::{Conditions, Reading};

/// Conditions without their impossible values, and the findings about those.
pub fn possible(mut conditions: Conditions) -> (Conditions, Vec<Finding>) {
    let found = of_conditions(&conditions);
    for finding in &found {
        match finding.fault.field() {
            "air_c" => conditions.air_c = None,
            "humidity_percent" => conditions.humidity_percent = None,
            "pressure_kpa" => conditions.pressure_kpa = None,
            _ => conditions.water_c = None,
        }
    }
    (conditions, found)
}

/// Senseless conditions.
pub fn of_conditions(conditions: &Conditions) -> Vec<Finding> {
    let Conditions { air_c, humidity_percent, pressure_kpa, water_c, .. } = conditions;
    let humid = (HUMIDITY_PERCENT_MIN, HUMIDITY_PERCENT_MAX);
    let kpa = (PRESSURE_KPA_MIN, PRESSURE_KPA_MAX);
    let found = [
        outside(
            Fault::Air,
            "температура воздуха",
            "°С",
            air_c.as_ref(),
            (-AIR_C_ABS_MAX, AIR_C_ABS_MAX),
        ),
        outside(Fault::Humidity, "влажность", "%", humidity_percent.as_ref(), humid),
        outside(Fault::Pressure, "давление", "кПа", pressure_kpa.as_ref(), kpa),
        outside(Fault::Water, "температура воды", "°С", water_c.as_ref(), (0, WATER_C_MAX)),
    ];
    found.into_iter().flatten().collect()
}

fn outside(
    fault: Fault,
    name: &str,
    unit: &str,
    value: Option<&Reading>,
    (from, to): (i64, i64),
) -> Option<Finding> {
    let value = value.filter(|value| !value.is_within(from, to))?;
    let (fault, hint) = match fault {
        Fault::Pressure => mercury(value),
        Fault::Humidity => (fault, humidity_hint(value, (from, to))),
        Fault::Air => (fault, shifted(value, Decimal::TEN, unit, (from, to))),
        _ => (fault, String::new()),
    };
    let shown = value.russian();
    let words = format!("{name} {shown} {unit} — так не бывает (от {from} до {to} {unit}){hint}");
    Some(Finding { fault, point: String::new(), words })
}

/// «похоже на 745 мм рт. ст.» with the pressure in kPa.
fn mercury(value: &Reading) -> (Fault, String) {
    if !value.is_within(MERCURY_MM_MIN, MERCURY_MM_MAX) {
        return (Fault::Pressure, String::new());
    }
    let kpa = (value.value() * Decimal::new(133_322, 6)).round_dp(1).normalize();
    let kpa = Reading::from(kpa).russian();
    (Fault::PressureMercury, format!(": похоже на мм рт. ст., это {kpa} кПа"))
}

/// A fraction in place of per cents, or a comma that was left out; just over the top nothing is likely.
fn humidity_hint(value: &Reading, range: (i64, i64)) -> String {
    if value.is_within(range.1, range.1 + 10) {
        return String::new();
    }
    let fraction = value.value() > Decimal::ZERO && value.value() < Decimal::ONE;
    let divisor = if fraction { Decimal::new(1, 2) } else { Decimal::TEN };
    shifted(value, divisor, "%", range)
}

fn shifted(value: &Reading, divisor: Decimal, unit: &str, (from, to): (i64, i64)) -> String {
    let likely = value.value().checked_div(divisor).map(|value| Reading::from(value.normalize()));
    let likely = likely.filter(|likely| likely.is_within(from, to));
    likely.map_or_else(String::new, |likely| format!(": похоже на {} {unit}", likely.russian()))
}

/// Senseless values of one row.
pub fn of_row(row: &Row<'_>, q_max: Option<&Reading>) -> Vec<Finding> {
    let Row { point, flow, start, end, reference, duration_s } = *row;
    let (zero, largest) = (Decimal::ZERO, Decimal::from(FLOW_M3H_MAX));
    let top = q_max.map_or(largest, |q_max| q_max.value().min(largest));
    let long = Decimal::from(ROW_DURATION_S_MAX);
    let mut found = Vec::new();
    let mut say = |wrong: bool, fault: Fault, words: String| {
        if wrong {
            found.push(Finding { fault, point: point.to_owned(), words });
        }
    };
    let shown = |value: Decimal| Reading::from(value.normalize()).russian();
    let flow_words = format!("расход {} м³/ч должен быть больше нуля", flow.russian());
    say(flow.value() <= zero, Fault::FlowNotPositive, flow_words);
    let litres = flow.value() / Decimal::ONE_THOUSAND;
    let hint = if flow.value() >= Decimal::TEN && litres <= top {
        format!(": похоже на л/ч, это {} м³/ч", shown(litres))
    } else {
        String::new()
    };
    let (over, most) = (flow.russian(), shown(top));
    let words = format!("расход {over} м³/ч больше наибольшего для счётчика ({most} м³/ч){hint}");
    say(flow.value() > top, Fault::FlowAboveMax, words);
    let least = start.value().min(end.value());
    let words = format!("показание {} меньше нуля", shown(least));
    say(least < zero, Fault::DialNegative, words);
    let words =
        format!("показания идут назад: в конце {} меньше {}", end.russian(), start.russian());
    say(end.value() < start.value(), Fault::DialBack, words);
    let words = format!("объём по эталону {} м³ должен быть больше нуля", reference.russian());
    say(reference.value() <= zero, Fault::ReferenceNotPositive, words);
    let (volume, litres) = (end.value() - start.value(), reference.value() / Decimal::ONE_THOUSAND);
    let words = format!(
        "объём по эталону {} м³ — в тысячу раз больше, чем по счётчику: похоже на литры, это {} м³",
        reference.russian(),
        shown(litres)
    );
    // Half and twice: no meter that turns at all is further off.
    let near = volume > Decimal::ZERO
        && litres >= volume / Decimal::TWO
        && litres <= volume * Decimal::TWO;
    say(near, Fault::ReferenceLitres, words);
    of_volume(row, volume, &mut say);
    let lasts = duration_s.is_none_or(|s| s.value() > zero && s.value() <= long);
    say(!lasts, Fault::Duration, "время пролива не от 0 до 24 часов".to_owned());
    if found.is_empty() {
        found.extend(too_short(row));
    }
    found
}
