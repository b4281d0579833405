//! Values that no room, rig or dial can show. One list serves the phone where a value is typed, the
//! verdict, the office's entry from paper, the import of readings and the packing of records.

mod finding;
mod pours;
mod values;

use crate::model::{Instrument, InstrumentType};

pub use finding::{Fault, Finding, Row, Severity};
pub use pours::of_rows;
pub use values::{of_conditions, of_row, possible};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Conditions, Reading};

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
        assert_eq!(row(["3", "18", "18,01", "20,1", "7200"]), []);
        assert_eq!(row(["3", "1", "1", "24", "28800"]), []);
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
    fn minutes_in_place_of_seconds_are_found() {
        for (seconds, says) in
            [("720", ""), ("72", ""), ("12", "похоже на минуты"), ("1", "проверьте")]
        {
            let found = row(["0,031", "18,0400", "18,0462", "0,0062", seconds]);
            let words = found.first().map_or(String::new(), ToString::to_string);
            assert_eq!(found.is_empty(), says.is_empty(), "{seconds}: {words}");
            assert!(words.contains(says), "{seconds}: {words}");
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
        assert_eq!(faults(&[of("Qмин", a, b), of("Qмин", a, b)]), [Fault::RowsInOne]);
        assert_eq!(faults(&[of("Qмин", a, b), of("1,1Qп", a, "18,1")]), [Fault::RowsInOne]);
        let last_digits = [of("Qмин", a, b), of("1,1Qп", "18,0460", "18,0594")];
        assert_eq!(faults(&last_digits), [Fault::RowsOverlap]);
        let far_into = [of("Qмин", a, "18,0650"), of("1,1Qп", "18,0470", "18,0601")];
        assert_eq!(faults(&far_into), [Fault::RowsInOne]);
        assert_eq!(faults(&[of("Qмин", a, b), of("1,1Qп", "28,0462", "28,06")]), []);
        let far = [of("1,1Qп", "28,0463", "28,06"), of("Qмин", a, b)];
        assert_eq!(faults(&far), [Fault::RowsApart]);
        assert_eq!(Fault::RowsOverlap.severity(), Severity::Doubtful);
        assert_eq!(Fault::RowsApart.severity(), Severity::Doubtful);
    }
}
