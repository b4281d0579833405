//! δ, limits and dates against an independent computation in whole numbers.

use proptest::prelude::*;
use vyezd_core::model::{LegalDate, Reading};
use vyezd_core::rules::next_date::valid_until;
use vyezd_core::rules::tolerance::error_percent;

/// A volume in ten-thousandths of a cubic metre as people write it.
fn text(tenthousandths: i64, comma: bool) -> String {
    let sep = if comma { ',' } else { '.' };
    format!("{}{sep}{:04}", tenthousandths / 10_000, tenthousandths % 10_000)
}

/// δ in tenths of a per cent, half away from zero, in whole numbers only.
fn tenths(volume: i128, reference: i128) -> i128 {
    let numerator = (volume - reference) * 1000;
    let (quotient, rest) = (numerator.abs() / reference, numerator.abs() % reference);
    let rounded = quotient + i128::from(rest * 2 >= reference);
    if numerator < 0 { -rounded } else { rounded }
}

proptest! {
    #[test]
    fn the_error_is_the_one_of_whole_numbers(
        start in 0_i64..2_000_000_000, volume in 0_i64..100_000, reference in 1_i64..100_000, comma: bool,
    ) {
        let read = |n| Reading::parse(&text(n, comma)).unwrap();
        let error = error_percent(&read(start), &read(start + volume), &read(reference)).unwrap();
        let expected = tenths(i128::from(volume), i128::from(reference));
        let whole = error.to_string().replace('.', "").parse::<i128>().unwrap();
        prop_assert_eq!(whole, expected, "{}", error);
        prop_assert_eq!(error.scale(), 1);
    }

    #[test]
    fn the_last_valid_day_is_the_eve_of_the_anniversary(
        year in 2000_i64..2100, month in 1_i64..13, day in 1_i64..32, years in 1_u8..21,
    ) {
        let leap = |y: i64| (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
        let length = |y: i64, m: i64| match m { 2 => 28 + i64::from(leap(y)), 4 | 6 | 9 | 11 => 30, _ => 31 };
        prop_assume!(day <= length(year, month));
        let to = year + i64::from(years);
        let anniversary = day.min(length(to, month));
        let (y, m, d) = match (month, anniversary) {
            (1, 1) => (to - 1, 12, 31),
            (m, 1) => (to, m - 1, length(to, m - 1)),
            (m, d) => (to, m, d - 1),
        };
        let date = LegalDate::parse(&format!("{year:04}-{month:02}-{day:02}")).unwrap();
        prop_assert_eq!(valid_until(date, years).to_string(), format!("{y:04}-{m:02}-{d:02}"));
    }

    #[test]
    fn decimals_of_any_text_are_read_or_refused_and_never_panic(any in ".{0,40}") {
        if let Ok(reading) = Reading::parse(&any) {
            prop_assert_eq!(Reading::parse(&reading.with_comma()).unwrap(), reading);
        }
    }
}
