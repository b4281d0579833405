//! Names to log in with: one alphabet, nothing unseen, and none that looks like another's.

use vyezd_core::model::fold;

use crate::code::Code;
use crate::limits::edge::LOGIN_NAME_CHARS_MAX;
use crate::problem::{Outcome, Problem};

/// Cyrillic letters and digits that look like Latin letters, in small letters.
const ALIKE: [(char, char); 24] = [
    ('а', 'a'),
    ('в', 'b'),
    ('е', 'e'),
    ('з', '3'),
    ('к', 'k'),
    ('м', 'm'),
    ('н', 'h'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ї', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ӏ', 'l'),
    ('0', 'o'),
    ('1', 'l'),
];

fn looks(name: &str) -> String {
    let alike =
        |sign: char| ALIKE.iter().find(|(from, _)| *from == sign).map_or(sign, |(_, to)| *to);
    fold(name).chars().filter(|sign| !" .-_".contains(*sign)).map(alike).collect()
}

/// A new name: letters of one alphabet, digits and a few signs.
pub fn accept(name: &str) -> Outcome<String> {
    let refuse = |words: &str| Err(Problem::field("login", words));
    let name = name.trim();
    if name.is_empty() {
        return Err(Problem::Field("login", Code::FieldRequired, "нужно заполнить".to_owned()));
    }
    if name.chars().count() > LOGIN_NAME_CHARS_MAX {
        return Err(Problem::field("login", format!("длиннее {LOGIN_NAME_CHARS_MAX} знаков")));
    }
    let latin = |sign: char| sign.is_ascii_alphabetic();
    let russian = |sign: char| matches!(sign, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё');
    let other = |sign: char| sign.is_ascii_digit() || " .-_@+".contains(sign);
    if !name.chars().all(|sign| latin(sign) || russian(sign) || other(sign)) {
        return refuse("только буквы, цифры, пробел и знаки . - _ @ +");
    }
    if name.chars().any(latin) && name.chars().any(russian) {
        return refuse("русские и латинские буквы в одном имени не различить на глаз");
    }
    Ok(name.to_owned())
}

/// The name of another person that this one could be taken for.
pub fn alike<'a>(name: &str, mut others: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mine = looks(name);
    others.find(|other| looks(other) == mine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_seen_as_it_is() {
        for good in ["anna", "Анна Петрова", "a.petrova-2@firm.ru"] {
            assert!(accept(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "аdmin",
            "ad\u{200b}min",
            "admin\u{7}",
            "ＡＤＭＩＮ",
            &"a".repeat(65),
            "adm\u{301}in",
        ] {
            assert!(accept(bad).is_err(), "{bad}");
        }
        assert_eq!(alike("сок", ["admin", "cok"].into_iter()), Some("cok"));
        assert_eq!(alike("ivan0v", ["ivanov"].into_iter()), Some("ivanov"));
        assert_eq!(alike("петров", ["петрова"].into_iter()), None);
    }
}
