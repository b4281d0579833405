//! Cells of the tables that we write: text that a spreadsheet would take for a formula begins with an
//! apostrophe.

use std::borrow::Cow;

use vyezd_core::model::Reading;

/// A cell for a table; numbers stay numbers.
pub fn cell(text: &str) -> Cow<'_, str> {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number =
        digits.starts_with(|sign: char| sign.is_ascii_digit()) && Reading::parse(digits).is_ok();
    if begins && !number { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for text in [
            "=1+1",
            "+7 900 555-00-01",
            "-",
            "@x",
            "\tx",
            "\r=1",
            "=HYPERLINK(\"http://x\")",
            "-1+1",
            "+-1",
        ] {
            assert_eq!(cell(text), format!("'{text}"));
        }
        for text in ["-0,8", "+5", "1,6", "", "а=б", "-12.50", "2101", "'=1"] {
            assert_eq!(cell(text), text);
        }
    }
}
