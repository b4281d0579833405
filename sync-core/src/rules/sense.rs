//! Values that no room, rig or dial can show. One list serves the phone where a value is typed, the
//! verdict, the office's entry from paper, the import of readings and the packing of records.

use std::collections::BTreeSet;
use std::fmt;

use rust_decimal::Decimal;

use crate::limits::{
    AIR_C_ABS_MAX, DIAL_TIMES_MAX, FLOW_M3H_MAX, HUMIDITY_PERCENT_MAX, HUMIDITY_PERCENT_MIN,
    MERCURY_MM_MAX, MERCURY_MM_MIN, POUR_HOURS_MAX, PRESSURE_KPA_MAX, PRESSURE_KPA_MIN,
    ROW_DURATION_S_MAX, ROWS_GAP_M3_MAX, WATER_C_MAX,
};
use crate::model::{Conditions, Instrument, InstrumentType, Measurement, Reading, point_key};

/// A fault of a value; numbers and names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Air beyond any room.
    Air,
    /// Humidity outside 1–100 %.
    Humidity,
    /// Pressure outside 50–120 kPa.
    Pressure,
    /// Pressure in millimetres of mercury.
    PressureMercury,
    /// Water that is ice or steam.
    Water,
    /// Flow of zero or less.
    FlowNotPositive,
    /// Flow above Qmax of the type.
    FlowAboveMax,
    /// Dial below zero.
    DialNegative,
    /// Dial that ran back.
    DialBack,
    /// Reference volume of zero or less.
    ReferenceNotPositive,
    /// Reference volume in litres.
    ReferenceLitres,
    /// Flow far from that of the point.
    FlowOtherPoint,
    /// Duration outside a day.
    Duration,
    /// Volume by the dial many times that of the reference.
    DialJump,
    /// Dial that ran far between two pours of one visit.
    RowsApart,
    /// One pour written for two points.
    RowCopied,
    /// Two rows whose dial readings overlap: pours follow one another.
    RowsOverlap,
}

/// Weight of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Refused where typed, blocks a verdict, never packed.
    Impossible,
    /// Asked about; changes nothing.
    Doubtful,
}

impl Fault {
    /// Stable code in snake case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Air => "air_impossible",
            Self::Humidity => "humidity_impossible",
            Self::Pressure => "pressure_impossible",
            Self::PressureMercury => "pressure_mercury",
            Self::Water => "water_impossible",
            Self::FlowNotPositive => "flow_not_positive",
            Self::FlowAboveMax => "flow_above_max",
            Self::DialNegative => "dial_negative",
            Self::DialBack => "dial_back",
            Self::ReferenceNotPositive => "reference_not_positive",
            Self::ReferenceLitres => "reference_litres",
            Self::FlowOtherPoint => "flow_other_point",
            Self::Duration => "duration_impossible",
            Self::DialJump => "dial_jump",
            Self::RowsApart => "rows_apart",
            Self::RowCopied => "row_copied",
            Self::RowsOverlap => "rows_overlap",
        }
    }

    /// Field of the conditions or of the row.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Air => "air_c",
            Self::Humidity => "humidity_percent",
            Self::Pressure | Self::PressureMercury => "pressure_kpa",
            Self::Water => "water_c",
            Self::FlowNotPositive | Self::FlowAboveMax | Self::FlowOtherPoint => "flow",
            Self::DialNegative | Self::RowCopied | Self::RowsOverlap | Self::RowsApart => "start",
            Self::DialBack | Self::DialJump => "end",
            Self::ReferenceNotPositive | Self::ReferenceLitres => "reference",
            Self::Duration => "duration_s",
        }
    }

    /// Weight of the fault.
    pub const fn severity(self) -> Severity {
        match self {
            Self::RowsOverlap | Self::RowsApart => Severity::Doubtful,
            _ => Severity::Impossible,
        }
    }
}

/// A senseless value; `Display` gives the Russian sentence, the point's name first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Kind of the fault.
    pub fault: Fault,
    /// Point of the row as written; empty for conditions.
    pub point: String,
    /// Russian sentence without the point.
    pub words: String,
}

impl Finding {
    /// Whether the value is refused.
    pub fn is_impossible(&self) -> bool {
        self.fault.severity() == Severity::Impossible
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.point.is_empty() {
            f.write_str(&self.words)
        } else {
            write!(f, "{}: {}", self.point, self.words)
        }
    }
}

/// Readings of a row, whether of a document or of a signed sheet.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Name of the point in any spelling.
    pub point: &'a str,
    /// Flow, m³/h.
    pub flow: &'a Reading,
    /// Dial before the pour, m³.
    pub start: &'a Reading,
    /// Dial after the pour, m³.
    pub end: &'a Reading,
    /// Volume by the standard, m³.
    pub reference: &'a Reading,
    /// Duration, s.
    pub duration_s: Option<&'a Reading>,
}

impl<'a> From<&'a Measurement> for Row<'a> {
    fn from(row: &'a Measurement) -> Self {
        let Measurement { point, flow, start, end, reference, duration_s, .. } = row;
        Self { point, flow, start, end, reference, duration_s: duration_s.as_ref() }
    }
}

/// Senseless values of an instrument as the document holds it; Qmax is of the type, where known.
pub fn of_instrument(instrument: &Instrument, kind: Option<&InstrumentType>) -> Vec<Finding> {
    let q_max = kind.map(|kind| &kind.q_max);
    let rows: Vec<Row<'_>> =
        instrument.current_measurements().map(|(_, row)| Row::from(row)).collect();
    let mut found: Vec<Finding> = Vec::new();
    for finding in instrument.conditions.values().flat_map(of_conditions) {
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found.extend(rows.iter().flat_map(|row| of_row(row, q_max)));
    found.extend(of_rows(&rows));
    found
}

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

/// A fraction in place of per cents, or a comma that was left out.
fn humidity_hint(value: &Reading, range: (i64, i64)) -> String {
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
    found
}

/// Volumes that no pour of a visit has: a reference that flows for longer than a working day, a dial that ran many
/// times as far as the reference.
fn of_volume(row: &Row<'_>, volume: Decimal, say: &mut impl FnMut(bool, Fault, String)) {
    let (flow, reference) = (row.flow.value(), row.reference.value());
    if flow <= Decimal::ZERO || reference <= Decimal::ZERO {
        return;
    }
    let shown = |value: Decimal| Reading::from(value.round_dp(4).normalize()).russian();
    let thousand = Decimal::ONE_THOUSAND;
    let litres = |part: Decimal| {
        let near = part >= thousand / Decimal::TWO && part <= thousand * Decimal::TWO;
        if near {
            ": похоже на литры"
        } else {
            ": проверьте показания"
        }
    };
    if let Some(hours) = reference.checked_div(flow) {
        let words = format!(
            "объём {} м³ при расходе {} м³/ч — это {} ч пролива: похоже на литры, это {} м³",
            row.reference.russian(),
            row.flow.russian(),
            hours.round(),
            shown(reference / thousand)
        );
        // A volume a thousand times that of the dial was said already.
        let said = volume > Decimal::ZERO && reference >= volume * thousand / Decimal::TWO;
        say(!said && hours > Decimal::from(POUR_HOURS_MAX), Fault::ReferenceLitres, words);
    }
    if let Some(times) = volume.checked_div(reference) {
        let words = format!(
            "по счётчику {} м³, по эталону {} м³ — в {} раз больше{}",
            shown(volume),
            row.reference.russian(),
            times.round(),
            litres(times)
        );
        say(times > Decimal::from(DIAL_TIMES_MAX), Fault::DialJump, words);
    }
}

/// Rows that contradict each other: one pour for several points, said once, and pours that overlap.
pub fn of_rows(rows: &[Row<'_>]) -> Vec<Finding> {
    let readings = |of: &Row<'_>| (of.start.value(), of.end.value(), of.reference.value());
    let mut found = Vec::new();
    let mut copied = BTreeSet::new();
    for (at, row) in rows.iter().enumerate() {
        let earlier = &rows[..at];
        let same = earlier.iter().find(|of| {
            readings(of) == readings(row) && point_key(of.point) != point_key(row.point)
        });
        let overlaps = |of: &&Row<'_>| {
            of.start.value() < row.end.value() && row.start.value() < of.end.value()
        };
        let (fault, words) = if let Some(of) = same {
            if !copied.insert(readings(row)) {
                continue;
            }
            let words = format!("показания и объём те же, что в точке {}: один пролив", of.point);
            (Fault::RowCopied, words)
        } else if let Some(of) = earlier.iter().find(overlaps) {
            let words = format!("показания перекрываются с точкой {}: проверьте", of.point);
            (Fault::RowsOverlap, words)
        } else if let Some((of, gap)) = apart(row, rows) {
            let gap = Reading::from(gap.normalize()).russian();
            let words =
                format!("между точкой {} и этой счётчик прошёл {gap} м³: проверьте", of.point);
            (Fault::RowsApart, words)
        } else {
            continue;
        };
        found.push(Finding { fault, point: row.point.to_owned(), words });
    }
    found
}

/// The pour before a row on the dial, and how far the dial ran since, where that is further than between two pours of
/// a visit.
fn apart<'a>(row: &Row<'_>, rows: &'a [Row<'a>]) -> Option<(&'a Row<'a>, Decimal)> {
    let before = rows.iter().filter(|of| of.end.value() <= row.start.value());
    let last = before.max_by_key(|of| of.end.value())?;
    let gap = row.start.value() - last.end.value();
    (gap > Decimal::from(ROWS_GAP_M3_MAX)).then_some((last, gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        Reading::parse(text).unwrap()
    }

    fn conditions(air: &str, humidity: &str, pressure: &str, water: &str) -> Conditions {
        Conditions {
            air_c: Some(read(air)),
            humidity_percent: Some(read(humidity)),
            pressure_kpa: Some(read(pressure)),
            water_c: Some(read(water)),
            source: None,
        }
    }

    fn row(values: [&str; 5]) -> Vec<Finding> {
        let [flow, start, end, reference, seconds] = values.map(read);
        let row = Row {
            point: "Qмин",
            flow: &flow,
            start: &start,
            end: &end,
            reference: &reference,
            duration_s: Some(&seconds),
        };
        of_row(&row, Some(&read("3")))
    }

    #[test]
    fn what_no_room_shows_is_found_with_a_hint() {
        assert_eq!(of_conditions(&conditions("21,4", "48", "99,8", "11,8")), []);
        assert_eq!(of_conditions(&conditions("-60", "1", "50", "0")), []);
        assert_eq!(of_conditions(&conditions("60", "100", "120", "100")), []);
        for (values, fault, hint) in [
            (["228", "48", "99", "11"], Fault::Air, "похоже на 22,8 °С"),
            (["-61", "48", "99", "11"], Fault::Air, "от -60 до 60"),
            (["21", "520", "99", "11"], Fault::Humidity, "похоже на 52 %"),
            (["21", "-52", "99", "11"], Fault::Humidity, "\u{2212}52 %"),
            (["21", "0,52", "99", "11"], Fault::Humidity, "похоже на 52 %"),
            (["21", "100,1", "99", "11"], Fault::Humidity, "100,1 %"),
            (["21", "48", "745", "11"], Fault::PressureMercury, "мм рт. ст., это 99,3 кПа"),
            (["21", "48", "120,1", "11"], Fault::Pressure, "так не бывает"),
            (["21", "48", "0,998", "11"], Fault::Pressure, "так не бывает"),
            (["21", "48", "99", "101"], Fault::Water, "температура воды"),
            (["21", "48", "99", "-1"], Fault::Water, "температура воды"),
        ] {
            let [air, humidity, pressure, water] = values;
            let (left, found) = possible(conditions(air, humidity, pressure, water));
            assert_eq!(found.len(), 1, "{values:?}: {found:?}");
            assert!(found[0].fault == fault && found[0].is_impossible(), "{values:?}");
            assert!(found[0].to_string().contains(hint), "{}", found[0]);
            assert_eq!(of_conditions(&left), [], "{values:?}");
        }
    }

    #[test]
    fn what_no_dial_or_rig_shows_is_found() {
        assert_eq!(row(["0,031", "18,0400", "18,0462", "0,0062", "720"]), []);
        assert_eq!(row(["3", "0", "0", "0,0062", "86400"]), []);
        // A reference further from the dial than a meter that turns is no volume in litres.
        assert_eq!(row(["3", "18", "18,01", "4,9", "720"]), []);
        assert_eq!(row(["3", "18", "18,01", "20,1", "720"]), []);
        assert_eq!(row(["3", "1", "1", "24", "720"]), []);
        assert_eq!(row(["3", "412", "413", "0,1", "720"]), []);
        for (values, fault, hint) in [
            (
                ["0,031", "-18,0462", "-18,0400", "0,0062", "720"],
                Fault::DialNegative,
                "меньше нуля",
            ),
            (["0,031", "18,0462", "18,0400", "0,0062", "720"], Fault::DialBack, "идут назад"),
            (["940", "1", "2", "1", "720"], Fault::FlowAboveMax, "похоже на л/ч, это 0,94 м³/ч"),
            (["3,1", "1", "2", "1", "720"], Fault::FlowAboveMax, "больше наибольшего"),
            (["0", "1", "2", "1", "720"], Fault::FlowNotPositive, "больше нуля"),
            (["1", "1", "2", "0", "720"], Fault::ReferenceNotPositive, "больше нуля"),
            (["1", "1", "2", "1", "86401"], Fault::Duration, "24 часов"),
            (
                ["0,031", "18,0400", "18,0462", "6,2", "720"],
                Fault::ReferenceLitres,
                "похоже на литры, это 0,0062 м³",
            ),
            (["3", "18", "18,01", "5", "720"], Fault::ReferenceLitres, "это 0,005 м³"),
            (["3", "18", "18,01", "20", "720"], Fault::ReferenceLitres, "это 0,02 м³"),
            (["0,031", "412330", "412336,3", "6,2", "720"], Fault::ReferenceLitres, "200 ч"),
            (["3", "1", "1", "24,1", "720"], Fault::ReferenceLitres, "это 0,0241 м³"),
            (["0,031", "412330", "412336,3", "0,0062", "720"], Fault::DialJump, "на литры"),
            (["3", "412", "413", "0,0999", "720"], Fault::DialJump, "в 10 раз"),
        ] {
            let found = row(values);
            assert_eq!(found.len(), 1, "{values:?}: {found:?}");
            assert_eq!(found[0].fault, fault);
            assert!(found[0].to_string().starts_with("Qмин: "), "{}", found[0]);
            assert!(found[0].to_string().contains(hint), "{}", found[0]);
        }
    }

    #[test]
    fn one_pour_for_three_points_is_found() {
        let of = |point, start: &'static str, end: &'static str| (point, read(start), read(end));
        let (flow, reference) = (read("1"), read("0,0062"));
        let faults = |rows: &[(&str, Reading, Reading)]| -> Vec<Fault> {
            let row = |(point, start, end)| Row {
                point,
                flow: &flow,
                start,
                end,
                reference: &reference,
                duration_s: None,
            };
            let rows: Vec<Row<'_>> = rows.iter().map(|(p, s, e)| row((*p, s, e))).collect();
            of_rows(&rows).into_iter().map(|finding| finding.fault).collect()
        };
        let [a, b] = ["18,0400", "18,0462"];
        let copies = [of("Qмин", a, b), of("1,1Qп", a, b), of("Qнаиб", "18,04", b)];
        assert_eq!(faults(&copies), [Fault::RowCopied]);
        assert_eq!(faults(&[of("Qмин", a, b), of("1,1Qп", b, "18,0501")]), []);
        assert_eq!(faults(&[of("Qмин", a, b), of("Qмин", a, b)]), [Fault::RowsOverlap]);
        assert_eq!(faults(&[of("Qмин", a, b), of("1,1Qп", a, "18,1")]), [Fault::RowsOverlap]);
        assert_eq!(faults(&[of("Qмин", a, b), of("1,1Qп", "28,0462", "28,06")]), []);
        let far = [of("1,1Qп", "28,0463", "28,06"), of("Qмин", a, b)];
        assert_eq!(faults(&far), [Fault::RowsApart]);
        assert_eq!(Fault::RowsOverlap.severity(), Severity::Doubtful);
        assert_eq!(Fault::RowsApart.severity(), Severity::Doubtful);
    }
}
