//! Dates as people and spreadsheets write them. A date that may be two days is asked about.

use jiff::ToSpan as _;
use jiff::civil::Date;
use vyezd_core::model::{LegalDate, fold};

/// The earliest year of an order: older ones are slips of the finger.
const YEAR_MIN: i16 = 2015;
/// How far a day may be from today.
const YEARS_AROUND: i64 = 1;
/// Days since this one are the numbers of dates in Excel.
const EXCEL_BEGINS: Date = jiff::civil::date(1899, 12, 30);
/// First letters of months; «май» and «мая» have two.
const MONTHS: [&str; 12] =
    ["янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];

/// Reads a day; what is wrong is said with what to do. `today` bounds the day where it is known.
pub(super) fn day(text: &str, today: Option<LegalDate>) -> Result<LegalDate, String> {
    if text.trim().is_empty() {
        return Err("нет даты: строка пропущена".to_owned());
    }
    let date = read(text).map_err(|what| format!("дата «{text}» {what}: строка пропущена"))?;
    let date = LegalDate(date);
    if date.0.year() < YEAR_MIN {
        return Err(format!("дата «{text}» раньше {YEAR_MIN} года: проверьте год"));
    }
    if let Some(today) = today {
        let around = |years: i64| today.0.saturating_add(years.years());
        if date.0 < around(-YEARS_AROUND) || date.0 > around(YEARS_AROUND) {
            return Err(format!("дата «{text}» больше чем за год от сегодняшней: проверьте год"));
        }
    }
    Ok(date)
}

/// Whether a text is a day, with a time of the day or without.
pub(super) fn is_day(text: &str) -> bool {
    let text = text.trim();
    let first = || text.split([' ', 'T']).next().unwrap_or_default();
    read(text).is_ok() || (text.contains(':') && read(first()).is_ok())
}

/// Reads `01.09.2026`, `1.9.26`, `2026-09-01`, «1 сентября 2026 г.», with a midnight or without.
fn read(text: &str) -> Result<Date, String> {
    let folded = fold(text);
    let text = folded.trim_end_matches('.').trim_end_matches('г').trim_end();
    let text = midnight(text);
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(days_of_excel(text));
    }
    let parts: Vec<&str> =
        text.split(['.', '-', '/', ' ', ',']).filter(|part| !part.is_empty()).collect();
    let unread = || "не читается, напишите её как 01.09.2026".to_owned();
    let [first, second, third] = parts[..] else {
        let words = if parts.len() == 2 {
            "без года, напишите её как 01.09.2026"
        } else {
            return Err(unread());
        };
        return Err(words.to_owned());
    };
    let number = |text: &str| {
        let digits =
            (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<i16>().map_err(|_| unread()) } else { Err(unread()) }
    };
    if first.len() == 4 {
        return date(number(first)?, number(second)?, number(third)?).ok_or_else(unread);
    }
    let year = match third.len() {
        4 => number(third)?,
        2 => 2000 + number(third)?,
        _ => return Err(unread()),
    };
    if let Some(month) = month(second) {
        return date(year, month, number(first)?).ok_or_else(unread);
    }
    let (day, month) = (number(first)?, number(second)?);
    // Slashes are of programs that may put the month first.
    if text.contains('/') && day != month && (month > 12 || day <= 12) {
        return Err("может быть двумя днями, напишите её как 01.09.2026".to_owned());
    }
    date(year, month, day).ok_or_else(unread)
}

/// The text without a time of midnight, which spreadsheets add.
fn midnight(text: &str) -> &str {
    let (day, time) = text.split_once(['t', ' ']).unwrap_or((text, ""));
    let zeros = !time.is_empty() && time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.'));
    if zeros && time.contains(':') { day } else { text }
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A month by its first letters: «сентября», «сент», «сен».
fn month(word: &str) -> Option<i16> {
    // «мар» comes before «ма».
    // «маршала» is no month.
    let far = word.starts_with("марш");
    let found = MONTHS.iter().position(|start| word.starts_with(start) && !far)?;
    (word.chars().all(char::is_alphabetic) && word.chars().count() >= 3).then_some(found as i16 + 1)
}

/// Whether a text is a day and a month by name, or a month and a year: «01.окт», «окт.26».
pub(super) fn is_month_by_name(text: &str) -> bool {
    let folded = fold(text);
    let parts: Vec<&str> = folded.split(['.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let digits = |part: &str| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let english = ["jan", "feb", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let named = |part: &str| month(part).is_some() || english.contains(&part);
    matches!(parts[..], [a, b] if (digits(a) && named(b)) || (named(a) && digits(b)))
}

fn days_of_excel(text: &str) -> String {
    let days = text.parse::<i64>().ok().filter(|_| text.len() == 5);
    let date = days.and_then(|days| EXCEL_BEGINS.checked_add(days.days()).ok());
    match date {
        Some(date) => format!(
            "похожа на число дней Excel ({}?), оформите столбец как дату",
            LegalDate(date).russian()
        ),
        None => "не читается, напишите её как 01.09.2026".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_people_and_spreadsheets_are_read() {
        for text in [
            "01.09.2026",
            "1.9.26",
            "2026-09-01",
            "2026-09-01T00:00:00",
            "01.09.2026 0:00:00",
            "01.09.2026 г.",
            "1 сентября 2026",
            "1 сент. 2026 г.",
            "1-сен-26",
            "01-09-2026",
            "2026.09.01",
        ] {
            let found = day(text, None).map(|date| date.to_string());
            assert_eq!(found, Ok("2026-09-01".to_owned()), "{text}");
        }
        assert_eq!(day("14/09/2026", None).unwrap().to_string(), "2026-09-14");
        assert_eq!(day("3 мая 2026", None).unwrap().to_string(), "2026-05-03");
        assert_eq!(day("3 марта 2026", None).unwrap().to_string(), "2026-03-03");
    }

    #[test]
    fn what_may_be_two_days_is_asked_about() {
        for (text, word) in [
            ("46266", "01.09.2026?"),
            ("09/01/2026", "двумя днями"),
            ("1 сентября", "без года"),
            ("завтра", "не читается"),
            ("31.02.2026", "не читается"),
            ("2026-13-01", "не читается"),
            ("", "нет даты"),
            ("01.09.1926", "раньше 2015"),
        ] {
            let words = day(text, None).unwrap_err();
            assert!(words.contains(word), "{text}: {words}");
        }
    }

    #[test]
    fn a_day_far_from_today_is_asked_about() {
        let today = LegalDate::parse("2026-09-01");
        assert!(day("01.09.2027", today).is_ok() && day("01.09.2025", today).is_ok());
        for far in ["02.09.2027", "31.08.2025", "01.09.2062"] {
            assert!(day(far, today).unwrap_err().contains("за год"), "{far}");
        }
    }

    #[test]
    fn months_by_name_are_known() {
        assert!(["01.окт", "окт.26", "1-Oct", "дек 20"].into_iter().all(is_month_by_name));
        assert!(
            !["Б-17-0042", "77-1182", "СХВ-15", "март", "12к"].into_iter().any(is_month_by_name)
        );
    }
}
