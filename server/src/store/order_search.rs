//! Words of a search as people speak them: «45-67» is the end of a telephone number, «Лермонтова 25-14» a
//! street, a house and a flat, `0031` a part of a serial number.

use vyezd_core::model::{Card, Phone, fold};

use super::{StoreError, Tx};
use crate::limits::office::SEARCH_WORDS_MAX;
use vyezd_core::texts;

/// Signs of which an index keeps any in a row: a shorter text is looked for together with what stands beside it.
const GRAM: usize = 3;
/// A number of at most this many digits is a house or a flat and not a part of something longer.
const HOUSE_DIGITS_MAX: usize = 2;

/// One word; an order is found where each word is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWord {
    /// A part of the order's text; empty where only `apart` counts.
    within: String,
    /// Instead of it: texts that all stand in the order's words, each between blanks or behind one.
    apart: Vec<String>,
}

/// The text of an order that a search looks through, and its words between blanks.
pub(super) fn search_texts(card: &Card) -> (String, String) {
    let mut parts = vec![card.number.clone(), card.client.clone(), card.address.clone()];
    parts.extend(card.phones.iter().map(|phone| phone.as_str().trim_start_matches('+').to_owned()));
    parts.extend(card.instruments.iter().map(|i| i.serial_number.clone()));
    let text = fold(&parts.join(" "));
    let words = text.split([' ', ',', '.', '-', '/']).filter(|word| !word.is_empty());
    let words = format!(" {} ", words.collect::<Vec<_>>().join(" "));
    (text, words)
}

/// The words of a text, at most [`SEARCH_WORDS_MAX`]; a telephone in any spelling is one.
pub fn search_words(text: &str) -> Vec<SearchWord> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    if let Some(phone) = Phone::parse(text).filter(|_| plain) {
        let digits = phone.as_str().trim_start_matches('+').to_owned();
        return vec![SearchWord { within: digits, apart: Vec::new() }];
    }
    // Folding would make letters of the sign of a number.
    let folded = fold(&texts::one_line(text).replace(['№', '#'], " "));
    let words = folded.split([' ', ',', ';', '.']).map(|word| word.trim_matches(['«', '»', '"']));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let told: Vec<&str> = words.iter().copied().filter(|word| tells(word)).collect();
    // «кв» alone is looked for as it is.
    let words = if told.is_empty() { words } else { told };
    words.into_iter().take(SEARCH_WORDS_MAX).map(word).collect()
}

/// Words of an address or a sentence that the order's text may spell otherwise, or not have.
const SAID_OTHERWISE: [&str; 17] = [
    "г",
    "город",
    "ул",
    "улица",
    "пр",
    "просп",
    "проспект",
    "пер",
    "переулок",
    "д",
    "дом",
    "кв",
    "квартира",
    "к",
    "тел",
    "заявка",
    "номер",
];

/// Whether a word tells one order from another: not «ул» and «д», and no initial.
fn tells(word: &str) -> bool {
    let is_initial = word.chars().count() == 1 && !word.chars().all(|sign| sign.is_ascii_digit());
    !is_initial && !SAID_OTHERWISE.contains(&word)
}

fn word(word: &str) -> SearchWord {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    let between = |text: &str| format!(" {text} ");
    let parts: Vec<&str> = word.split(['-', '/', '(', ')']).collect();
    if parts.len() > 1 && parts.iter().all(|part| digits(part)) {
        let apart = parts.iter().map(|part| between(part)).collect();
        return SearchWord { within: long(&parts.concat()), apart };
    }
    if digits(word) && word.len() <= HOUSE_DIGITS_MAX {
        return SearchWord { within: String::new(), apart: vec![between(word)] };
    }
    let within = long(word);
    let apart = match word.chars().count() {
        _ if !within.is_empty() => Vec::new(),
        // The whole word, or its beginning.
        1 => vec![between(word)],
        _ => vec![format!(" {word}")],
    };
    SearchWord { within, apart }
}

/// A text that an index finds by itself; empty for a shorter one.
fn long(text: &str) -> String {
    if text.chars().count() < GRAM { String::new() } else { text.to_owned() }
}

impl SearchWord {
    /// The word in the language of SQLite's index of searches.
    fn of_index(&self) -> String {
        let phrase =
            |column: &str, text: &str| format!("{column} : \"{}\"", text.replace('"', "\"\""));
        let mut either = Vec::new();
        if !self.within.is_empty() {
            either.push(phrase("text", &self.within));
        }
        let apart: Vec<String> = self.apart.iter().map(|text| phrase("words", text)).collect();
        if !apart.is_empty() {
            either.push(format!("({})", apart.join(" AND ")));
        }
        format!("({})", either.join(" OR "))
    }

    /// The condition over the columns themselves, its marks numbered after `after`, and what is bound to them.
    fn of_columns(&self, after: usize) -> (String, Vec<String>) {
        let mut bound = Vec::new();
        let mut like = |column: &str, text: &str| {
            bound.push(format!("%{}%", escaped(text)));
            format!("o.{column} like ${} escape '!'", after + bound.len())
        };
        let mut either = Vec::new();
        if !self.within.is_empty() {
            either.push(like("search_key", &self.within));
        }
        let apart: Vec<String> = self.apart.iter().map(|text| like("search_words", text)).collect();
        if !apart.is_empty() {
            either.push(format!("({})", apart.join(" and ")));
        }
        (format!("({})", either.join(" or ")), bound)
    }
}

/// The condition of all words, its marks numbered after `after`, and what is bound to them; empty without a word.
pub(super) fn condition(
    words: &[SearchWord],
    has_index: bool,
    after: usize,
) -> (String, Vec<String>) {
    if words.is_empty() {
        return (String::new(), Vec::new());
    }
    if has_index {
        let all: Vec<String> = words.iter().map(SearchWord::of_index).collect();
        let sql = format!(
            " and o.search_row in (select rowid from order_search where order_search match ${})",
            after + 1
        );
        return (sql, vec![all.join(" AND ")]);
    }
    let (mut sql, mut bound) = (String::new(), Vec::new());
    for word in words {
        let (condition, texts) = word.of_columns(after + bound.len());
        sql.push_str(&format!(" and {condition}"));
        bound.extend(texts);
    }
    (sql, bound)
}

fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

impl Tx {
    /// Puts the texts of an order into the index of searches, where the database keeps one in a table.
    pub(super) async fn index_for_search(
        &mut self,
        row: i64,
        (text, words): (&str, &str),
    ) -> Result<(), StoreError> {
        let Self::Sqlite(conn, _) = self else { return Ok(()) };
        sqlx::query("insert or replace into order_search (rowid, text, words) values ($1, $2, $3)")
            .bind(row)
            .bind(text)
            .bind(words)
            .execute(&mut **conn)
            .await
            .map(drop)
    }
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
        let apart =
            |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        assert_eq!(of("8 (927) 110-21-03"), [within("79271102103")]);
        assert_eq!(of("45-67"), [("4567".to_owned(), apart(&[" 45 ", " 67 "]))]);
        assert_eq!(
            of(" ул. Лермонтова, 25-14"),
            [within("лермонтова"), ("2514".to_owned(), apart(&[" 25 ", " 14 "]))]
        );
        assert_eq!(of("Лермонтова 25"), [within("лермонтова"), (String::new(), apart(&[" 25 "]))]);
        assert_eq!(of("0031907"), [within("0031907")]);
        assert_eq!(of("СХВ-15"), [within("схв-15")]);
        assert_eq!(of("№2101"), [within("2101")]);
        assert_eq!(of("Заявка № 2101"), [within("2101")]);
        let flat = (String::new(), apart(&[" 4 "]));
        assert_eq!(of("ул.Лермонтова, кв.4"), [within("лермонтова"), flat]);
        assert_eq!(of("Широков П.Д."), [within("широков")]);
        assert_eq!(of("ул"), [(String::new(), apart(&[" ул"]))]);
        assert_eq!(of("я"), [(String::new(), apart(&[" я "]))]);
        assert_eq!(of(" . , "), []);
        assert_eq!(of(&"а ".repeat(99)).len(), SEARCH_WORDS_MAX);
    }

    #[test]
    fn signs_of_the_languages_of_databases_are_only_signs() {
        let words = search_words("а\"б*c% NEAR(x y)");
        let (sql, bound) = condition(&words, true, 3);
        assert!(sql.ends_with("match $4)") && bound.len() == 1, "{sql}");
        assert!(bound[0].starts_with("(text : \"а\"\"б*c%\") AND "), "{bound:?}");
        let (sql, bound) = condition(&words[..1], false, 3);
        assert_eq!(sql, " and (o.search_key like $4 escape '!')");
        assert_eq!(bound, ["%а\"б*c!%%"]);
    }
}
