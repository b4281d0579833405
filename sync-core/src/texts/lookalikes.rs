//! Letters of another alphabet that look like the right ones, and foreign dashes, in numbers of
//! types, serial numbers and modifications.

/// Letters that look alike: Cyrillic, Latin, Greek; a blank where an alphabet has none.
const ALIKE: &[(char, char, char)] = &[
    ('А', 'A', 'Α'),
    ('В', 'B', 'Β'),
    ('Е', 'E', 'Ε'),
    ('К', 'K', 'Κ'),
    ('М', 'M', 'Μ'),
    ('Н', 'H', 'Η'),
    ('О', 'O', 'Ο'),
    ('Р', 'P', 'Ρ'),
    ('С', 'C', ' '),
    ('Т', 'T', 'Τ'),
    ('У', 'Y', 'Υ'),
    ('Х', 'X', 'Χ'),
    ('І', 'I', 'Ι'),
    ('Ѕ', 'S', ' '),
    ('а', 'a', ' '),
    ('е', 'e', ' '),
    ('о', 'o', 'ο'),
    ('р', 'p', 'ρ'),
    ('с', 'c', ' '),
    ('у', 'y', ' '),
    ('х', 'x', ' '),
];
/// Letters that look like digits.
const DIGITS: &[(char, char)] = &[('О', '0'), ('O', '0'), ('о', '0'), ('o', '0'), ('З', '3')];

/// A sign that looks like the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookalike {
    /// Position among the characters of the text, from 0.
    pub at: usize,
    /// Sign that stands there.
    pub wrong: char,
    /// Sign that belongs there.
    pub right: char,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Cyrillic,
    Latin,
}

const fn is_cyrillic(sign: char) -> bool {
    matches!(sign, '\u{400}'..='\u{52f}')
}

const fn is_dash(sign: char) -> bool {
    matches!(sign, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}')
}

/// Looks of a sign in both alphabets, if the sign has any.
fn alike(sign: char) -> Option<(char, char)> {
    let found = ALIKE.iter().find(|(c, l, g)| sign == *c || sign == *l || sign == *g);
    found.filter(|_| sign != ' ').map(|(cyrillic, latin, _)| (*cyrillic, *latin))
}

/// Every wrong sign of a text: the foreign letters of a word that mixes alphabets, letters between
/// digits, and dashes that are no hyphen. A word of one alphabet is right as it stands.
pub fn lookalikes(text: &str) -> Vec<Lookalike> {
    let signs: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let in_word = |sign: char| sign.is_alphanumeric() || sign == '-' || is_dash(sign);
    let mut at = 0;
    for word in signs.chunk_by(|a, b| in_word(*a) == in_word(*b)) {
        let alphabet = alphabet(word);
        for (offset, sign) in word.iter().enumerate() {
            let neighbours = (offset.checked_sub(1).map(|at| word[at]), word.get(offset + 1));
            let right = right(*sign, alphabet, neighbours);
            if let Some(right) = right.filter(|right| right != sign) {
                found.push(Lookalike { at: at + offset, wrong: *sign, right });
            }
        }
        at += word.len();
    }
    found
}

fn right(
    sign: char,
    alphabet: Option<Alphabet>,
    (before, after): (Option<char>, Option<&char>),
) -> Option<char> {
    if is_dash(sign) {
        return Some('-');
    }
    if is_one(sign, (before, after)) {
        return Some('1');
    }
    let between =
        before.is_some_and(|of| of.is_ascii_digit()) && after.is_some_and(char::is_ascii_digit);
    if let Some((_, digit)) = DIGITS.iter().find(|(letter, _)| between && *letter == sign) {
        return Some(*digit);
    }
    let (cyrillic, latin) = alike(sign)?;
    match alphabet? {
        Alphabet::Cyrillic => Some(cyrillic),
        Alphabet::Latin => Some(latin),
    }
}

/// Whether a small L or a Ukrainian I stands for a one: beside a digit, and beside no letter.
fn is_one(sign: char, (before, after): (Option<char>, Option<&char>)) -> bool {
    let beside = || [before, after.copied()].into_iter().flatten();
    matches!(sign, 'l' | 'І')
        && beside().any(|of| of.is_ascii_digit())
        && !beside().any(char::is_alphabetic)
}

/// Alphabet of a word that mixes several: that of the letters without a double, else Russian.
/// Nothing for a word of one alphabet, and for one with letters of both that have no double.
fn alphabet(word: &[char]) -> Option<Alphabet> {
    let is_letter = |(at, sign): &(usize, char)| {
        let neighbours = (at.checked_sub(1).map(|at| word[at]), word.get(at + 1));
        sign.is_alphabetic() && !is_one(*sign, neighbours)
    };
    let signs = || word.iter().copied().enumerate().filter(is_letter);
    let letters = || signs().map(|(_, sign)| sign);
    let cyrillic = letters().filter(|sign| is_cyrillic(*sign)).count();
    let latin = letters().filter(char::is_ascii_alphabetic).count();
    let greek = letters().count() - cyrillic - latin;
    if usize::from(cyrillic > 0) + usize::from(latin > 0) + usize::from(greek > 0) < 2 && greek == 0
    {
        return None;
    }
    let own = |of: fn(char) -> bool| letters().any(|sign| of(sign) && alike(sign).is_none());
    match (own(is_cyrillic), own(|sign| sign.is_ascii_alphabetic())) {
        (true, true) => None,
        (true, false) => Some(Alphabet::Cyrillic),
        (false, true) => Some(Alphabet::Latin),
        // Meters of Russia are named in Russian.
        (false, false) => Some(Alphabet::Cyrillic),
    }
}

/// The text with every wrong sign mended.
pub fn mended(text: &str) -> String {
    let wrong = lookalikes(text);
    let right = |at: usize| wrong.iter().find(|of| of.at == at).map(|of| of.right);
    text.chars().enumerate().map(|(at, sign)| right(at).unwrap_or(sign)).collect()
}

/// Whether two texts look the same and are not: «CXB-15» in Latin letters and «СХВ-15».
pub fn look_same(one: &str, other: &str) -> bool {
    let look = |sign: char| if is_dash(sign) { '-' } else { alike(sign).map_or(sign, |(_, l)| l) };
    one != other && one.chars().map(look).eq(other.chars().map(look))
}

/// A sentence about the signs by which a text differs from the one that looks the same.
pub fn lookalike_words(text: &str, right: &str) -> String {
    let differing = text.chars().zip(right.chars()).filter(|(wrong, right)| wrong != right);
    let mut signs: Vec<(char, &str)> = Vec::new();
    for (wrong, right) in differing {
        let kind = match wrong {
            dash if is_dash(dash) => "чужое тире",
            _ if right.is_ascii_digit() => "буква вместо цифры",
            letter if is_cyrillic(letter) => "русская буква",
            letter if letter.is_ascii_alphabetic() => "латинская буква",
            _ => "чужая буква",
        };
        if !signs.iter().any(|(known, _)| *known == wrong) {
            signs.push((wrong, kind));
        }
    }
    let list: Vec<String> = signs.iter().map(|(sign, kind)| format!("{kind} {sign}")).collect();
    format!("в «{text}» {}: похоже на «{right}»", list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_mixes_alphabets_is_mended_to_its_own() {
        for (wrong, right) in [
            ("CХВ-15", "СХВ-15"),
            ("СXB-15", "СХВ-15"),
            ("СХВ-15A", "СХВ-15А"),
            ("СХВ\u{2013}15", "СХВ-15"),
            ("СХВ\u{2011}15", "СХВ-15"),
            ("СХВ\u{2212}15", "СХВ-15"),
            ("СХВ\u{ad}15", "СХВ-15"),
            ("BCKM-15Д", "ВСКМ-15Д"),
            ("ЕTWI-15", "ETWI-15"),
            ("Метеp", "Метер"),
            ("16O78-13", "16078-13"),
            ("16О78-13", "16078-13"),
            ("16078\u{2010}1З1", "16078-131"),
            ("ΑВ-1", "АВ-1"),
            ("СХВ-l5", "СХВ-15"),
            ("СХВ-І5", "СХВ-15"),
        ] {
            assert_eq!(mended(wrong), right, "{wrong}");
            assert!(!lookalikes(wrong).is_empty() && lookalikes(right).is_empty(), "{wrong}");
        }
        assert_eq!(lookalikes("СXВ-15"), [Lookalike { at: 1, wrong: 'X', right: 'Х' }]);
    }

    #[test]
    fn words_of_one_alphabet_stay() {
        for text in [
            "СХВ-15",
            "CXB-15",
            "ETWI-15",
            "ВСХН 40 DN",
            "О-12345",
            "12345О",
            "АО123",
            "Meter М",
            "MeterЖ",
            "16078-13",
            "00451207",
            "",
            " - ",
        ] {
            assert_eq!(mended(text), text, "{text}");
        }
    }

    #[test]
    fn a_word_of_the_other_alphabet_looks_the_same() {
        assert!(look_same("CXB-15", "СХВ-15"));
        assert!(look_same("СХВ\u{2013}15", "СХВ-15"));
        assert!(!look_same("СХВ-15", "СХВ-15") && !look_same("СХВ-15", "СГВ-15"));
        assert_eq!(
            lookalike_words("CXВ\u{2013}15", "СХВ-15"),
            "в «CXВ\u{2013}15» латинская буква C, латинская буква X, чужое тире \u{2013}: похоже на «СХВ-15»"
        );
    }
}
