//! Texts as people type and paste them: signs that nobody sees are dropped, a line is one line.

use unicode_normalization::char::is_combining_mark;

use crate::limits::MARKS_MAX;

/// Marks of byte order and of direction, what joins or parts letters unseen, fillers, what is no text.
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
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// What ends a line, in whatever script of a computer.
const fn ends_line(sign: char) -> bool {
    matches!(sign, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The signs of a text that are seen; of marks that pile up on one letter the first few.
fn seen(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut marks = 0;
    text.chars().filter(move |sign| {
        marks = if is_combining_mark(*sign) { marks + 1 } else { 0 };
        !unseen(*sign) && marks <= MARKS_MAX
    })
}

/// Whether a text is lines of signs that are seen, ended by U+000A alone.
pub fn is_lines(text: &str) -> bool {
    seen(text).eq(text.chars()) && !text.chars().any(|sign| ends_line(sign) && sign != '\n')
}

/// Whether a text is one line of signs that are seen.
pub fn is_one_line(text: &str) -> bool {
    seen(text).eq(text.chars()) && !text.chars().any(|sign| ends_line(sign) || sign == '\t')
}

/// A text of one line: what stood on several, or beside a tab, is put together with one space.
pub fn one_line(text: &str) -> String {
    let text: String = seen(text).collect();
    let pieces = text.split(|sign| ends_line(sign) || sign == '\t').map(str::trim);
    pieces.filter(|piece| !piece.is_empty()).collect::<Vec<&str>>().join(" ")
}

/// A text of several lines: they end with U+000A alone.
pub fn lines(text: &str) -> String {
    let text: String = seen(text).collect();
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
    fn several_lines_end_alike() {
        assert_eq!(lines("\u{feff}а\r\nб\rв\u{2029}\tг\n\n"), "а\nб\nв\n г");
    }
}
