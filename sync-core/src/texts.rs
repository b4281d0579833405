//! Texts as people type and paste them: signs that nobody sees are dropped, a line is one line.

/// Marks of byte order and of direction, what joins or parts letters unseen, what is no text.
fn unseen(sign: char) -> bool {
    (sign.is_control() && !ends_line(sign) && sign != '\t')
        || matches!(
            sign,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// What ends a line, in whatever script of a computer.
const fn ends_line(sign: char) -> bool {
    matches!(sign, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn seen(text: &str) -> String {
    text.chars().filter(|sign| !unseen(*sign)).collect()
}

/// Whether a text is one line of signs that are seen.
pub fn is_one_line(text: &str) -> bool {
    !text.chars().any(|sign| unseen(sign) || ends_line(sign) || sign == '\t')
}

/// A text of one line: what stood on several, or beside a tab, is put together with one space.
pub fn one_line(text: &str) -> String {
    let text = seen(text);
    let pieces = text.split(|sign| ends_line(sign) || sign == '\t').map(str::trim);
    pieces.filter(|piece| !piece.is_empty()).collect::<Vec<&str>>().join(" ")
}

/// A text of several lines: they end with U+000A alone.
pub fn lines(text: &str) -> String {
    let text = seen(text).replace("\r\n", "\n").replace('\t', " ");
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
    fn several_lines_end_alike() {
        assert_eq!(lines("\u{feff}а\r\nб\rв\u{2029}\tг\n\n"), "а\nб\nв\n г");
    }
}
