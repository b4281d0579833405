//! The zone that an address names: by a region, or by a town behind «г.» or «город». A street, a
//! district, a village or a housing estate called after another town names nothing.

use super::places::{APART, CITIES, Kind, LEADING, REGIONS, SHORT};
use crate::model::fold;

/// Words before a name that is a street's, a district's or an estate's.
const NO_PLACE: &[&str] = &[
    "ул",
    "улица",
    "пр",
    "пр-т",
    "просп",
    "проспект",
    "пр-кт",
    "проезд",
    "пр-д",
    "пер",
    "переулок",
    "ш",
    "шоссе",
    "пл",
    "площадь",
    "бул",
    "б-р",
    "бульвар",
    "наб",
    "набережная",
    "тракт",
    "аллея",
    "туп",
    "тупик",
    "линия",
    "мкр",
    "мкрн",
    "мкр-н",
    "микрорайон",
    "р-н",
    "район",
    "кв-л",
    "квартал",
    "жк",
    "снт",
    "днт",
    "днп",
    "тсн",
    "тсж",
    "гск",
    "кп",
    "тер",
    "территория",
    "им",
    "имени",
    "м",
    "метро",
    "ст",
    "станция",
    "тц",
    "трц",
    "бц",
    "ооо",
    "зао",
    "пао",
    "ао",
    "рынок",
];
/// Words before a town's name.
const TOWN: &[&str] = &["г", "гор", "город"];
/// Words before the name of any settlement.
const SETTLEMENT: &[&str] =
    &["г", "гор", "город", "пгт", "п", "пос", "поселок", "с", "село", "рп", "р-н", "район", "у"];

/// IANA name of the zone of an address, if the address names a place.
pub(super) fn zone_of(address: &str) -> Option<&'static str> {
    let pieces: Vec<Vec<String>> = fold(address)
        .split([',', ';', '\n'])
        .map(words)
        .filter(|words| !words.is_empty() && !is_index(words))
        .collect();
    let apart = || pieces.iter().find_map(|words| named_after(words, SETTLEMENT, apart));
    let region = pieces.iter().find_map(|words| region(words)).or_else(|| leading(&pieces));
    match region {
        Some(zone @ ("Asia/Yakutsk" | "Asia/Sakhalin")) => apart().or(Some(zone)),
        Some(zone) => Some(zone),
        None => pieces.iter().find_map(|words| town(words)),
    }
}

/// Words of a piece; a hyphen within a short word stays, as in «р-н».
fn words(piece: &str) -> Vec<String> {
    let words = piece.split(|sign: char| !(sign.is_alphanumeric() || sign == '-'));
    let kept = |word: &str| NO_PLACE.contains(&word) || SETTLEMENT.contains(&word);
    let parts = words.flat_map(|word| -> Vec<String> {
        if kept(word) {
            vec![word.to_owned()]
        } else {
            word.split('-').filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
    });
    parts.collect()
}

/// Whether a piece is a postal index or the country.
fn is_index(words: &[String]) -> bool {
    let country = matches!(words.join(" ").as_str(), "россия" | "рф" | "российская федерация");
    country || words.iter().all(|word| word.bytes().all(|digit| digit.is_ascii_digit()))
}

/// The longest name of one to three words from `at` on that `known` has.
fn longest(
    words: &[String],
    at: usize,
    known: impl Fn(&str) -> Option<&'static str>,
) -> Option<&'static str> {
    (1..=3).rev().find_map(|count| known(&words.get(at..at + count)?.join(" ")))
}

/// The longest name of one to three words that ends before `end`, on no street.
fn longest_before(
    words: &[String],
    end: usize,
    known: impl Fn(&str) -> Option<&'static str>,
) -> Option<&'static str> {
    let from = (1..=3).rev().filter_map(|count| end.checked_sub(count));
    let mut named = from.filter(|from| !on_street(words, *from));
    named.find_map(|from| known(&words[from..end].join(" ")))
}

/// Whether the word before `at` makes the name there a street's or an estate's.
fn on_street(words: &[String], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| NO_PLACE.contains(&words[before].as_str()))
}

fn region(words: &[String]) -> Option<&'static str> {
    (0..words.len()).find_map(|at| {
        let word = words[at].as_str();
        let short = SHORT.iter().find(|(name, _)| *name == word && !on_street(words, at));
        let kind = match word {
            "обл" | "область" | "аобл" => Kind::Oblast,
            "край" | "кр" => Kind::Krai,
            "респ" | "республика" => Kind::Republic,
            "ао" | "округ" => Kind::Okrug,
            _ => return short.map(|(_, zone)| *zone),
        };
        let known = |name: &str| region_zone(kind, name);
        // «Ханты-Мансийский автономный округ», «Донецкая Народная Республика».
        let linking = |at: &usize| {
            !matches!(words[*at].as_str(), "автономный" | "автономная" | "авт" | "народная")
        };
        let end = (0..at).rev().find(linking).map_or(0, |last| last + 1);
        let before = longest_before(words, end, known);
        // «АО «Чукотский рыбзавод»» is a firm.
        let after = || if word == "ао" { None } else { longest(words, at + 1, known) };
        before.or_else(|| if on_street(words, at) { None } else { after() })
    })
}

fn region_zone(kind: Kind, name: &str) -> Option<&'static str> {
    let of_kind = || REGIONS.iter().filter(move |(_, of, _)| *of == kind);
    let exact = of_kind().find(|(_, _, names)| names.contains(&name));
    if exact.is_some() || kind != Kind::Oblast || name.chars().count() < 4 {
        return exact.map(|(zone, ..)| *zone);
    }
    // «Моск. обл.», «Свердл. обл.»: the beginning of one name only.
    let begun: Vec<&str> = of_kind()
        .flat_map(|(zone, _, names)| names.iter().filter(|of| of.starts_with(name)).map(|_| *zone))
        .collect();
    match begun.as_slice() {
        [zone] => Some(zone),
        _ => None,
    }
}

/// A region that begins an address before a settlement: «Кузбасс, г. Белово».
fn leading(pieces: &[Vec<String>]) -> Option<&'static str> {
    let [first, second, ..] = pieces else { return None };
    let settles = second.iter().any(|word| SETTLEMENT.contains(&word.as_str()));
    let name = first.join(" ");
    let known = LEADING.iter().find(|(known, _)| *known == name);
    known.filter(|_| settles).map(|(_, zone)| *zone)
}

fn apart(name: &str) -> Option<&'static str> {
    APART.iter().find(|(known, _)| *known == name).map(|(_, zone)| *zone)
}

fn city(name: &str) -> Option<&'static str> {
    let found = CITIES.iter().find(|(_, names)| names.contains(&name)).map(|(zone, _)| *zone);
    found.or_else(|| apart(name))
}

/// A name behind one of `marks`, which is not itself a part of a street's name.
fn named_after(
    words: &[String],
    marks: &[&str],
    known: fn(&str) -> Option<&'static str>,
) -> Option<&'static str> {
    (0..words.len()).filter(|at| marks.contains(&words[*at].as_str())).find_map(|at| {
        let hero = words.get(at + 1).is_some_and(|word| word == "герой");
        let name = at + 1 + usize::from(hero);
        if on_street(words, at) { None } else { longest(words, name, known) }
    })
}

/// «г. Саратов», and «Саратов г» as a piece of its own, as registers write it.
fn town(words: &[String]) -> Option<&'static str> {
    let behind = words.split_last().filter(|(last, _)| TOWN.contains(&last.as_str()));
    named_after(words, TOWN, city).or_else(|| city(&behind?.1.join(" ")))
}
