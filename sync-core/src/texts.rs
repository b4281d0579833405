//! Texts as people type and paste them: invisible signs are dropped, a line is one line.

mod lookalikes;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::limits::MARKS_MAX;

pub use lookalikes::{Lookalike, look_same, lookalike_words, lookalikes, mended};

/// Invisible signs: byte order and direction marks, joiners, variation selectors, fillers, private
/// use and non-characters.
fn unseen(sign: char) -> bool {
    let no_character = (sign as u32 & 0xfffe) == 0xfffe;
    (sign.is_control() && !ends_line(sign) && sign != '\t')
        || no_character
        || matches!(
            sign,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffc}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..
        )
}

/// Line ends of every platform and of Unicode.
const fn ends_line(sign: char) -> bool {
    matches!(sign, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Visible signs of a text, with at most [`MARKS_MAX`] combining marks on a letter.
fn seen(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut marks = 0;
    text.chars().filter(move |sign| {
        marks = if is_combining_mark(*sign) { marks + 1 } else { 0 };
        !unseen(*sign) && marks <= MARKS_MAX
    })
}

/// Whether a text is as [`lines`] leaves it, tabs aside: visible signs, composed letters, no blank edges.
pub fn is_lines(text: &str) -> bool {
    lines(text) == text.replace('\t', " ")
}

/// Whether a text is as [`one_line`] leaves it: one line of visible signs, composed letters, no blank
/// edges.
pub fn is_one_line(text: &str) -> bool {
    one_line(text) == text
}

/// Whether a text has a letter or a digit, so that it can name something.
pub fn names_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Signs in the fonts of the papers, as ranges of first and last: the letters of Russian, of the
/// languages of Russia's peoples and of Latin alphabets, and the signs of the forms.
/// `pdf/tests/glyphs.rs` compares the list with the fonts.
pub const PRINTABLE: [(char, char); 44] = [
    (' ', '~'),
    ('\u{a0}', '\u{109}'),
    ('\u{10c}', '\u{113}'),
    ('\u{116}', '\u{11f}'),
    ('\u{122}', '\u{127}'),
    ('\u{12a}', '\u{12b}'),
    ('\u{12e}', '\u{131}'),
    ('\u{134}', '\u{137}'),
    ('\u{139}', '\u{13e}'),
    ('\u{141}', '\u{148}'),
    ('\u{14c}', '\u{14d}'),
    ('\u{150}', '\u{165}'),
    ('\u{16a}', '\u{173}'),
    ('\u{178}', '\u{17f}'),
    ('\u{218}', '\u{21b}'),
    ('\u{2bc}', '\u{2bc}'),
    ('\u{301}', '\u{301}'),
    ('\u{394}', '\u{394}'),
    ('\u{401}', '\u{40c}'),
    ('\u{40e}', '\u{44f}'),
    ('\u{451}', '\u{45c}'),
    ('\u{45e}', '\u{45f}'),
    ('\u{462}', '\u{463}'),
    ('\u{472}', '\u{475}'),
    ('\u{48a}', '\u{4c0}'),
    ('\u{4c3}', '\u{4f9}'),
    ('\u{4fc}', '\u{4fd}'),
    ('\u{510}', '\u{513}'),
    ('\u{51c}', '\u{51d}'),
    ('\u{524}', '\u{527}'),
    ('\u{52e}', '\u{52f}'),
    ('\u{2009}', '\u{2009}'),
    ('\u{2010}', '\u{2014}'),
    ('\u{2018}', '\u{201a}'),
    ('\u{201c}', '\u{201f}'),
    ('\u{2020}', '\u{2022}'),
    ('\u{2026}', '\u{2026}'),
    ('\u{202f}', '\u{2030}'),
    ('\u{2032}', '\u{2033}'),
    ('\u{2039}', '\u{203a}'),
    ('\u{20bd}', '\u{20bd}'),
    ('\u{2116}', '\u{2116}'),
    ('\u{2212}', '\u{2212}'),
    ('\u{2264}', '\u{2265}'),
];

/// First sign of the NFC form of a text that no paper can print.
pub fn unprintable(text: &str) -> Option<char> {
    let known = |sign: char| PRINTABLE.iter().any(|(from, to)| (*from..=*to).contains(&sign));
    text.nfc().find(|sign| !known(*sign))
}

/// Makes a text one line: lines and tabs are joined by one space, invisible signs dropped, and
/// letters composed (NFC), as «и» and a breve.
pub fn one_line(text: &str) -> String {
    let text: String = seen(text).nfc().collect();
    let pieces = text.split(|sign| ends_line(sign) || sign == '\t').map(str::trim);
    pieces.filter(|piece| !piece.is_empty()).collect::<Vec<&str>>().join(" ")
}

/// Cleans a text of several lines: every line end becomes U+000A, a tab a space; invisible signs
/// are dropped and letters composed (NFC).
pub fn lines(text: &str) -> String {
    let text: String = seen(text).nfc().collect();
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    let text = text.replace(ends_line, "\n");
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(one_line(" ООО\r\n «Поверка»\t\u{2028}\n "), "ООО «Поверка»");
        assert_eq!(
            one_line("\u{feff}Иванов\u{200b}\u{202e} И.\u{a0}И.\u{2069}"),
            "Иванов И.\u{a0}И."
        );
        assert_eq!(one_line("\u{feff}\n\u{200b}"), "");
        assert_eq!(one_line("\u{0}088\u{1b}\u{7f}12"), "08812");
        assert!(is_one_line("СХВ-15 №\u{a0}088"));
        for text in ["1\n2", "1\t2", "\u{feff}1", "1\u{200b}", "1\u{0}", "1\u{2028}2", "\u{202e}1"]
        {
            assert!(!is_one_line(text), "{text:?}");
        }
    }

    #[test]
    fn marks_do_not_pile_up() {
        let piled = format!("И{}ванов", "\u{301}".repeat(115));
        assert_eq!(one_line(&piled), format!("И{}ванов", "\u{301}".repeat(4)));
        assert!(!is_one_line(&piled) && !is_lines(&piled));
        assert!(is_one_line("Нгуе\u{302}\u{303}н Ё й"));
        for sign in ['\u{ffff}', '\u{1fffe}', '\u{e0041}', '\u{200f}', '\u{3164}', '\u{2028}'] {
            assert!(!is_lines(&format!("а{sign}б")), "{sign:?}");
        }
        assert!(is_lines("а\nб\tв") && !is_lines("а\r\nб"));
    }

    #[test]
    fn what_no_paper_can_print_is_found() {
        for name in [
            "Әхмәтова Гөлнара Җәмил кызы",
            "Ғабдулла Ҡәҙерғол",
            "Ӗнтӗрӳ",
            "Һаҥаҕа",
            "№ 7′ „А“",
            "Müller",
        ] {
            assert_eq!(unprintable(name), None, "{name}");
        }
        assert_eq!(unprintable("и\u{306}ога"), None, "letters in parts are put together");
        for text in ["41漢", "٤1", "a\u{302}\u{303}", "👍"] {
            assert!(unprintable(text).is_some(), "{text}");
        }
        for sign in
            ['\u{fe0f}', '\u{17b4}', '\u{2800}', '\u{e000}', '\u{fffc}', '\u{1bca0}', '\u{10ffff}']
        {
            assert!(!is_one_line(&format!("41{sign}")), "{sign:?}");
            assert_eq!(one_line(&format!("4{sign}1")), "41");
        }
        assert_eq!(one_line("и\u{306}ога"), "йога");
    }

    #[test]
    fn several_lines_end_alike() {
        assert_eq!(lines("\u{feff}а\r\nб\rв\u{2029}\tг\n\n"), "а\nб\nв\n г");
    }
}
