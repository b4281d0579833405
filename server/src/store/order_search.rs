//! Words of a search as people speak them: «45-67» is the end of a telephone number, «Лермонтова 25-14» a
//! street, a house and a flat, `0031` a part of a serial number.

use vyezd_core::model::{Phone, fold};

use crate::limits::office::SEARCH_WORDS_MAX;

/// One word; an order is found where each word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWord {
    /// A part of the order's text; empty where only `apart` counts.
    within: String,
    /// Instead of it: numbers that all stand by themselves, not in a longer one.
    apart: Vec<String>,
}

/// The words of a text, at most [`SEARCH_WORDS_MAX`]; a telephone in any spelling is one.
pub fn search_words(text: &str) -> Vec<SearchWord> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    if let Some(phone) = Phone::parse(text).filter(|_| plain) {
        let digits = phone.as_str().trim_start_matches('+').to_owned();
        return vec![SearchWord { within: digits, apart: Vec::new() }];
    }
    let folded = fold(text);
    let words = folded.split([' ', ',', ';']).map(|word| word.trim_matches(['.', '«', '»', '"']));
    words.filter(|word| !word.is_empty()).take(SEARCH_WORDS_MAX).map(word).collect()
}

/// A number of at most this many digits is a house or a flat and not a part of something longer.
const HOUSE_DIGITS_MAX: usize = 2;

fn word(word: &str) -> SearchWord {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let parts: Vec<String> = word.split(['-', '/', '(', ')']).map(str::to_owned).collect();
    if parts.len() > 1 && parts.iter().all(|part| digits(part)) {
        return SearchWord { within: parts.concat(), apart: parts };
    }
    if digits(word) && word.len() <= HOUSE_DIGITS_MAX {
        return SearchWord { within: String::new(), apart: vec![word.to_owned()] };
    }
    SearchWord { within: word.to_owned(), apart: Vec::new() }
}

impl SearchWord {
    /// The condition in SQL over `o.search_key`, its marks numbered after `after`, and what is bound to
    /// them.
    pub(super) fn condition(&self, after: usize) -> (String, Vec<String>) {
        let mut bound = Vec::new();
        let mut mark = |text: String| {
            bound.push(text);
            format!("${}", after + bound.len())
        };
        let mut either = Vec::new();
        if !self.within.is_empty() {
            let mark = mark(format!("%{}%", escaped(&self.within)));
            either.push(format!("o.search_key like {mark} escape '!'"));
        }
        let apart: Vec<String> = self
            .apart
            .iter()
            .map(|number| {
                format!("{APART} like {} escape '!'", mark(format!("% {} %", escaped(number))))
            })
            .collect();
        if !apart.is_empty() {
            either.push(format!("({})", apart.join(" and ")));
        }
        (format!("({})", either.join(" or ")), bound)
    }
}

/// The text with every number between blanks.
const APART: &str = "(' ' || replace(replace(replace(replace(o.search_key, ',', ' '), '.', ' '), \
                     '-', ' '), '/', ' ') || ' ')";

fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(String, Vec<String>)> {
        search_words(text).into_iter().map(|word| (word.within, word.apart)).collect()
    }

    #[test]
    fn words_are_those_of_people() {
        let within = |text: &str| (text.to_owned(), Vec::new());
        let numbers =
            |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        assert_eq!(of("8 (927) 110-21-03"), [within("79271102103")]);
        assert_eq!(of("45-67"), [("4567".to_owned(), numbers(&["45", "67"]))]);
        assert_eq!(
            of(" ул. Лермонтова, 25-14"),
            [within("ул"), within("лермонтова"), ("2514".to_owned(), numbers(&["25", "14"]))]
        );
        assert_eq!(of("Лермонтова 25"), [within("лермонтова"), (String::new(), numbers(&["25"]))]);
        assert_eq!(of("0031907"), [within("0031907")]);
        assert_eq!(of("СХВ-15"), [within("схв-15")]);
        assert_eq!(of(" . , "), []);
        assert_eq!(of(&"а ".repeat(99)).len(), SEARCH_WORDS_MAX);
    }
}
