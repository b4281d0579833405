//! Spreadsheets from outside: whatever the bytes are, reading them does not panic and loses no row
//! silently.

use proptest::prelude::*;
use vyezd_server::import::{orders, readings, types};

const ORDERS: &str = include_str!("../../tests/data/day_orders.csv");
const READINGS: &str = include_str!("../../tests/data/day_readings.csv");

/// A file with some bytes changed, cut or doubled.
fn hurt(file: &str, wounds: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = file.as_bytes().to_vec();
    for (at, how, byte) in wounds {
        let at = at % bytes.len().max(1);
        match how % 4 {
            0 => bytes[at] = *byte,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, *byte),
            _ => bytes.truncate(at.max(1)),
        }
        if bytes.is_empty() {
            bytes.push(b';');
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_in_a_file_makes_the_import_panic(
        wounds in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..12),
        noise in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        for file in [hurt(ORDERS, &wounds), noise.clone()] {
            drop(orders::parse(&file));
        }
        for file in [hurt(READINGS, &wounds), noise.clone()] {
            drop(readings::parse(&file));
        }
        for file in [hurt(types::BUILT_IN, &wounds), noise] {
            drop(types::parse(&file));
        }
    }

    #[test]
    fn any_cell_is_taken_or_named(cell in "[^;\r\n\"]{0,20}", column in 0_usize..16) {
        let mut lines = READINGS.lines();
        let head = lines.next().unwrap();
        let mut cells: Vec<&str> = lines.next().unwrap().split(';').collect();
        cells[column] = &cell;
        let text = format!("{head}\n{}\n", cells.join(";"));
        let (found, problems) = readings::parse(text.as_bytes()).unwrap();
        let whole = found.iter().any(|line| line.row.is_some());
        let blank = cells.iter().all(|cell| cell.trim().is_empty());
        prop_assert!(whole || !problems.is_empty() || blank, "{text}");
    }
}

#[test]
fn the_example_day_reads_without_a_problem() {
    let (found, problems) = orders::parse(ORDERS.as_bytes()).unwrap();
    assert_eq!((found.len(), problems), (9, vec![]));
    let (found, problems) = readings::parse(READINGS.as_bytes()).unwrap();
    assert_eq!((found.len(), problems), (31, vec![]));
}
