//! Serial numbers that are none, several, or not as they stand on the instrument: «б/н»,
//! `451207/451208`, `№ 451207`, `4,51207E+11`, `S2308735О`.

use crate::model::fold;
use crate::texts::{lookalike_words, mended};

/// Digits of a number from which a letter beside one of them is taken for a digit.
const DIGITS_FOR_LETTER_MIN: usize = 4;
/// Small letters of a word behind a number that make it a remark: «451207 новый».
const REMARK_LETTERS_MIN: usize = 3;
/// Digits of a number that can stand beside another one in a cell; `12345/17` is a number and a year.
const DIGITS_OF_SEVERAL_MIN: usize = 5;

/// Whether a text is a number at all: «б/н», «не читается», «-» and a spreadsheet's `TRUE` have no digit.
pub fn is_serial(text: &str) -> bool {
    text.chars().any(|sign| sign.is_ascii_digit())
}

/// The number that was probably meant: no label before it and no remark behind it, letters of one alphabet,
/// digits for the letters that look like them.
pub fn serial_meant(text: &str) -> String {
    let text = without_label(text).unwrap_or(text);
    let text = without_remark(text).unwrap_or(text);
    let joined = without_groups(text);
    let signs: Vec<char> = joined.as_deref().unwrap_or(text).chars().collect();
    let count = signs.iter().filter(|sign| sign.is_ascii_digit()).count();
    let digit = |(at, sign): (usize, &char)| {
        let beside = || [at.checked_sub(1).map(|at| signs[at]), signs.get(at + 1).copied()];
        let in_number = beside().iter().flatten().any(char::is_ascii_digit)
            && !beside().iter().flatten().any(|sign| sign.is_alphabetic());
        match sign {
            'О' | 'O' | 'о' | 'o' if in_number && count >= DIGITS_FOR_LETTER_MIN => '0',
            'З' | 'з' if in_number && count >= DIGITS_FOR_LETTER_MIN => '3',
            'I' | 'l' | 'І' | '|' if in_number && count >= DIGITS_FOR_LETTER_MIN => '1',
            other => *other,
        }
    };
    mended(&signs.iter().enumerate().map(digit).collect::<String>())
}

/// Russian sentence about the signs by which a text differs from [`serial_meant`] of it.
pub fn meant_words(text: &str, meant: &str) -> String {
    if without_groups(text).is_some_and(|number| number == meant) {
        return format!("в номере «{text}» пробел: похоже на «{meant}»");
    }
    if let Some(number) = without_remark(text).filter(|number| *number == meant) {
        return format!(
            "«{}» не часть заводского номера: похоже на «{meant}»",
            text[number.len()..].trim()
        );
    }
    match without_label(text) {
        Some(number) if number == meant => format!(
            "«{}» не часть заводского номера: похоже на «{meant}»",
            text[..text.len() - number.len()].trim()
        ),
        number => lookalike_words(number.unwrap_or(text), meant),
    }
}

/// The number behind «№», «зав. №», «номер», `SN`, where there is such a label.
pub fn without_label(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    let at_start = rest;
    while let Some(label) = LABELS.iter().find_map(|label| prefix_len(rest, label)) {
        rest = rest[label..].trim_start_matches([' ', '\u{a0}', '.', ':']);
    }
    (rest.len() < at_start.len() && is_serial(rest)).then_some(rest)
}

/// The number before a remark, «451207 (новый)» or «451207 новый», where there is one.
pub fn without_remark(text: &str) -> Option<&str> {
    let text = text.trim_end();
    let (number, remark) = match text.strip_suffix(')') {
        Some(text) => text.rsplit_once('(')?,
        None => text.split_once(' ').filter(|(_, remark)| {
            remark.chars().filter(|sign| sign.is_lowercase()).count() >= REMARK_LETTERS_MIN
        })?,
    };
    let is_remark = remark.chars().any(char::is_alphabetic) && !is_serial(remark);
    (is_remark && is_serial(number)).then_some(number.trim_end())
}

/// The number without the spaces by which a spreadsheet parts thousands: `451 207`, `1 451 207`.
pub fn without_groups(text: &str) -> Option<String> {
    let digits = |group: &&str| group.bytes().all(|sign| sign.is_ascii_digit());
    let groups: Vec<&str> = text.split([' ', '\u{a0}', '\u{2009}', '\u{202f}']).collect();
    let (first, others) = groups.split_first()?;
    let whole = (1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3);
    (!others.is_empty() && whole && groups.iter().all(digits)).then(|| groups.concat())
}

/// Whether a sign stands on dials and plates.
fn is_of_plate(sign: char) -> bool {
    sign.is_alphanumeric()
        || matches!(sign, ' ' | '-' | '–' | '/' | '\\' | '.' | ',' | ';' | '(' | ')' | '_' | '№')
}

/// Russian sentence about a sign that no dial and no plate has.
fn strange_words(text: &str) -> Option<String> {
    let first =
        text.trim_start().chars().next().filter(|sign| !sign.is_alphanumeric() && *sign != '№');
    let strange = text.chars().find(|sign| !is_of_plate(*sign)).or(first);
    let strange = strange.map(|sign| sign.to_string());
    let doubled = text.contains("..").then(|| "..".to_owned());
    let sign = strange.or(doubled)?;
    Some(format!("в номере «{text}» стоит «{sign}»: сверьте с прибором"))
}

/// Words and signs that say «number», the longer ones first.
const LABELS: [&str; 12] =
    ["заводской", "б/н", "бн", "серийный", "номер", "зав", "сер", "s/n", "sn", "№", "n°", "n"];

/// Bytes of a label at the beginning of a text, in any case and before no letter or digit but of a number.
fn prefix_len(text: &str, label: &str) -> Option<usize> {
    let head: String = text.chars().take(label.chars().count()).collect();
    let next = text[head.len()..].chars().next()?;
    let is_word = label.chars().all(char::is_alphabetic);
    let ends = !is_word || matches!(next, ' ' | '\u{a0}' | '.' | ':' | '№');
    (head.to_lowercase() == label && ends).then_some(head.len())
}

/// Russian sentence about a text that is not the number of one instrument; `None` for a plain number.
pub fn serial_words(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        None
    } else if !is_serial(text) {
        Some(format!("«{text}» — не заводской номер: в нём нет цифр"))
    } else if is_spoilt(text) {
        Some(format!("номер «{text}» похож на испорченный таблицей: сверьте с прибором"))
    } else if is_zeros(text) {
        Some(format!("номер «{text}» — одни нули: сверьте с прибором"))
    } else if is_several(text) {
        Some(format!("«{text}» похоже на два номера: у каждого прибора свой"))
    } else {
        strange_words(text)
    }
}

/// Whether a number is zeros alone, as programs write where they have none.
fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit == b'0')
}

/// Whether two numbers stand in one cell: `451207/451208`, «451207 и 451208».
fn is_several(text: &str) -> bool {
    let text = text.replace(" и ", ";");
    let parts =
        || text.split([';', ',', '/', '\\', '\n', ' ', '+']).filter(|part| !part.is_empty());
    let count = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    parts().count() > 1 && parts().all(|part| count(part) >= DIGITS_OF_SEVERAL_MIN)
}

/// Whether a serial number is what a spreadsheet or a program made of one: `4,51207E+11`, `1e5`,
/// `451207.0`, `451207.5`, `="0045"`, `'0045`, `#Н/Д`, «01.окт», `01.10.2026`.
pub fn is_spoilt(serial: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let exponent = serial.split_once(['E', 'e', 'Е', 'е']).is_some_and(|(number, power)| {
        let fraction = number.split_once(['.', ',']);
        let decimal = fraction.map_or_else(|| digits(number), |(a, b)| digits(a) && digits(b));
        let signed = power.strip_prefix(['+', '-']);
        // Meters have no small letters between their digits, programs write powers with one.
        let small = serial.contains(['e', 'е']);
        decimal && (signed.is_some_and(digits) || ((fraction.is_some() || small) && digits(power)))
    });
    let whole = serial.strip_suffix(".0").or_else(|| serial.strip_suffix(",0"));
    let part = serial.split_once(['.', ',']).is_some_and(|(number, part)| {
        number.len() >= DIGITS_OF_SEVERAL_MIN
            && part.len() < DIGITS_OF_SEVERAL_MIN
            && digits(number)
            && digits(part)
    });
    let parts: Vec<&str> = serial.split(['.', '-', '/', ' ']).collect();
    let month = |part: &str| {
        let part = fold(part);
        MONTHS.iter().any(|name| part == *name)
    };
    let named = parts.len() == 2
        && parts.iter().any(|part| month(part))
        && parts.iter().any(|part| digits(part) && part.len() <= 4);
    let sizes: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let date = serial.contains('.')
        && matches!(sizes[..], [2, 2, 4])
        && parts.iter().all(|part| digits(part));
    exponent
        || whole.is_some_and(digits)
        || part
        || named
        || date
        || serial.starts_with(['=', '#', '\''])
}

/// Short names of months in the dates of spreadsheets.
const MONTHS: [&str; 24] = [
    "янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "jan",
    "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_of_spreadsheets_are_asked_about() {
        for spoilt in [
            "4,51207E+11",
            "4.5E+5",
            "451207.0",
            "451207,0",
            "00451207.5",
            "45Е+11",
            "4.51207E11",
            "1e5",
            "01.окт",
            "окт.26",
            "10-дек",
            "Oct-26",
            "01.10.2026",
            "=\"0045\"",
            "'00451207",
        ] {
            assert!(is_spoilt(spoilt) && serial_words(spoilt).is_some(), "{spoilt}");
        }
        for right in ["00451207", "12-3456", "4E12", "12.5", "", "А45.0", "2020/17", "17-МАР-2"]
        {
            assert!(!is_spoilt(right) && serial_words(right).is_none(), "{right}");
        }
    }

    #[test]
    fn words_in_the_place_of_a_number_are_none() {
        for none in ["б/н", "-", "нет", "не читается", "TRUE", "ИСТИНА", "#N/A", "?"]
        {
            assert!(!is_serial(none) && serial_words(none).is_some(), "{none}");
        }
        assert!(serial_words("000000").is_some() && serial_words("00451207").is_none());
        for strange in
            ["451207*", "12:45", "@451207", "45\u{301}", "-451207", "+451207", "4512..", "0"]
        {
            assert!(serial_words(strange).is_some(), "{strange}");
        }
        assert!(is_serial("Б-1") && serial_words("Б-1").is_none() && serial_words(" ").is_none());
    }

    #[test]
    fn two_numbers_in_one_cell_are_asked_about() {
        for two in ["451207/451208", "00451207, 00451208", "451207 и 451208", "451207 451208"] {
            assert!(serial_words(two).is_some_and(|words| words.contains("два номера")), "{two}");
        }
        for one in ["12345/17", "451207-1", "20 451207", "2020/451207"] {
            assert_eq!(serial_words(one), None, "{one}");
        }
    }

    #[test]
    fn labels_and_letters_that_look_like_digits_are_mended() {
        for (typed, meant) in [
            ("№ 451207", "451207"),
            ("№451207", "451207"),
            ("зав. № 00451207", "00451207"),
            ("Зав.№: 451207", "451207"),
            ("SN 451207", "451207"),
            ("S23О8735О", "S23087350"),
            ("O0451207", "00451207"),
            ("З2145678", "32145678"),
            ("S231451207", "S231451207"),
            ("ЗАВ451207", "ЗАВ451207"),
            ("О-12345", "О-12345"),
            ("ОК123456", "ОК123456"),
            ("12О", "12О"),
            ("451207 (новый)", "451207"),
            ("№ 451207(гор.)", "451207"),
            ("451207 (2)", "451207 (2)"),
            ("00451207 новый", "00451207"),
            ("б/н 451207", "451207"),
            ("451207 А", "451207 А"),
            ("451 207", "451207"),
            ("1\u{a0}451\u{a0}207", "1451207"),
            ("20 451207", "20 451207"),
            ("45120I", "451201"),
            ("N 451207", "451207"),
            ("N451207", "N451207"),
        ] {
            assert_eq!(serial_meant(typed), meant, "{typed}");
        }
    }
}
