//! Validity of a verification (`docs/domain.md`, Next date).

use jiff::ToSpan;

use crate::model::LegalDate;

/// Last day on which a fit instrument counts as verified: the anniversary minus one day. Where the
/// anniversary does not exist (29 February), the last day of that month minus one day.
pub fn valid_until(date: LegalDate, years: u8) -> LegalDate {
    // jiff constrains 29 February to the last day of the month, which is the rule.
    let anniversary = date.0.saturating_add(i64::from(years).years());
    LegalDate(anniversary.saturating_sub(1.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_anniversary_minus_a_day() {
        let until =
            |date: &str, years| valid_until(LegalDate::parse(date).unwrap(), years).to_string();
        assert_eq!(until("2026-08-26", 6), "2032-08-25");
        assert_eq!(until("2024-02-29", 4), "2028-02-28"); // the anniversary exists
        assert_eq!(until("2024-02-29", 6), "2030-02-27"); // it does not: 28 February, minus a day
        assert_eq!(until("2026-01-01", 6), "2031-12-31");
        assert_eq!(until("2026-03-01", 2), "2028-02-29");
    }
}
