//! The zone that an address names. A piece between commas names a region, a district or a town only
//! from its beginning on: «г. Омск», «Омск г», «Омская обл., …»; a street, a stop, a café or an estate
//! called after another place names nothing.

use super::places::{APART, DISTRICTS_APART, Kind, LEADING, REGIONS, SECOND, SHORT};
use super::towns::town_zone;
use crate::model::fold;

type ZoneName = &'static str;

/// Kinds of streets and of what else is called after a place.
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
/// Words before the name of a settlement that is no town.
const VILLAGE: &[&str] = &["пгт", "п", "пос", "поселок", "с", "село", "рп"];
/// Words beside the name of a district.
const DISTRICT: &[&str] = &["р-н", "район", "улус", "у", "округ"];
/// Words between the name of a region or district and its kind.
const LINKING: &[&str] = &[
    "автономный",
    "автономная",
    "авт",
    "народная",
    "муниципальный",
    "городской",
    "национальный",
    "нац",
];
/// Words of a house, which end what names places.
const HOUSE: &[&str] = &["д", "дом", "кв"];

/// Letters of the shortest names of towns: Уфа, Гай, Обь.
const TOWN_LETTERS_MIN: usize = 3;

/// Everything that the beginning of a piece names.
#[derive(Default)]
struct Piece {
    region: Option<ZoneName>,
    /// Zone of a place that is not its region's.
    apart: Option<ZoneName>,
    town: Option<ZoneName>,
    /// A town that no list has, as folded.
    unknown_town: Option<String>,
    /// A district or a settlement is named.
    settled: bool,
    /// The name of a region without its kind, alone in the piece.
    leading: Option<ZoneName>,
}

/// IANA name of the zone of an address, if the address names a place.
pub(super) fn zone_of(address: &str) -> Option<ZoneName> {
    zone_in(&pieces(address))
}

/// A town that the address names and no list has, where nothing else gives the zone.
pub(super) fn unknown_town(address: &str) -> Option<String> {
    let pieces = pieces(address);
    let unknown = || pieces.iter().find_map(|piece| piece.unknown_town.clone());
    if zone_in(&pieces).is_some() { None } else { unknown() }
}

/// IANA name of the zone of a town that stands alone in a piece, where the address names no place.
pub(super) fn bare_town(address: &str) -> Option<ZoneName> {
    if zone_of(address).is_some() {
        return None;
    }
    let folded = fold(address);
    let pieces = folded.split([',', ';', '\n']).map(words_of).map(without_index);
    pieces.into_iter().find_map(|words| town_zone(&words.join(" ")))
}

fn zone_in(pieces: &[Piece]) -> Option<ZoneName> {
    let settled = |at: usize| pieces[at + 1..].iter().any(|piece| piece.settled);
    let leading = || {
        let first = pieces.first().and_then(|piece| piece.leading);
        first.filter(|_| settled(0))
    };
    match pieces.iter().find_map(|piece| piece.region).or_else(leading) {
        Some(zone @ ("Asia/Yakutsk" | "Asia/Sakhalin")) => {
            pieces.iter().find_map(|piece| piece.apart).or(Some(zone))
        }
        Some(zone) => Some(zone),
        None => pieces.iter().find_map(|piece| piece.town),
    }
}

fn pieces(address: &str) -> Vec<Piece> {
    let words = fold(address);
    let words = words.split([',', ';', '\n']).map(words_of).map(without_index);
    let words: Vec<Vec<String>> = words.filter(|words| !words.is_empty()).collect();
    words.iter().enumerate().map(|(at, words)| piece(words, at == 0)).collect()
}

/// Words of a piece; a hyphen within a short word stays, as in «р-н».
fn words_of(piece: &str) -> Vec<String> {
    let words = piece.split(|sign: char| !(sign.is_alphanumeric() || sign == '-'));
    let kept = |word: &str| NO_PLACE.contains(&word) || DISTRICT.contains(&word);
    let parts = words.flat_map(|word| -> Vec<String> {
        if kept(word) {
            vec![word.to_owned()]
        } else {
            word.split('-').filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
    });
    parts.collect()
}

/// The words without a postal index and the country before them.
fn without_index(mut words: Vec<String>) -> Vec<String> {
    let is_index = |word: &String| {
        word.bytes().all(|digit| digit.is_ascii_digit())
            || matches!(word.as_str(), "россия" | "рф" | "российская" | "федерация")
    };
    let named = words.iter().position(|word| !is_index(word)).unwrap_or(words.len());
    words.drain(..named);
    words
}

/// Reads regions, districts and settlements from the beginning of a piece until something else stands
/// there.
fn piece(words: &[String], is_first: bool) -> Piece {
    let mut piece = Piece::default();
    let whole = words.join(" ");
    piece.leading = LEADING.iter().find(|(known, _)| *known == whole).map(|(_, zone)| *zone);
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        at += if let Some((zone, count)) = region(rest) {
            piece.region = piece.region.or(Some(zone));
            count + rest[count..].iter().take_while(|w| SECOND.contains(&w.as_str())).count()
        } else if let Some((zone, count)) = district(rest) {
            piece.apart = piece.apart.or(zone);
            piece.settled = true;
            count
        } else if let Some(count) = settlement(rest, &mut piece) {
            piece.settled = true;
            count
        } else {
            break;
        };
    }
    if !(is_first || piece.settled || goes_on(&words[at..])) {
        // «Омская обл. больница» behind a street.
        piece.region = None;
    }
    piece
}

/// Whether words behind a region go on as an address does: with nothing, a street, a house or a town.
fn goes_on(rest: &[String]) -> bool {
    let on = |word: &String| {
        let word = word.as_str();
        NO_PLACE.contains(&word)
            || HOUSE.contains(&word)
            || word.starts_with(|d: char| d.is_ascii_digit())
    };
    rest.is_empty() || rest.iter().any(on) || town_zone(&rest.join(" ")).is_some()
}

fn is_name(words: &[String]) -> bool {
    let marks = [NO_PLACE, TOWN, VILLAGE, DISTRICT, HOUSE];
    let named = |word: &String| {
        word.chars().all(char::is_alphabetic)
            && !marks.iter().any(|marks| marks.contains(&word.as_str()))
    };
    !words.is_empty() && words.iter().all(named)
}

/// A region at the beginning, with the number of its words: name and kind in either order.
fn region(rest: &[String]) -> Option<(ZoneName, usize)> {
    let lengths = || (1..=3.min(rest.len())).rev();
    let name = |words: &[String]| words.join(" ");
    let behind = lengths().find_map(|count| {
        let linking = rest[count..].iter().take_while(|w| LINKING.contains(&w.as_str())).count();
        let (kind, marks) = kind_of(&rest[count + linking..])?;
        Some((region_zone(kind, &name(&rest[..count]))?, count + linking + marks))
    });
    // «АО «Чукотский рыбзавод»» is a firm.
    let before = || {
        let (kind, marks) = kind_of(rest).filter(|(kind, _)| *kind != Kind::Okrug)?;
        let rest = &rest[marks..];
        (1..=3.min(rest.len()))
            .rev()
            .find_map(|count| Some((region_zone(kind, &name(&rest[..count]))?, marks + count)))
    };
    let short = || {
        lengths().find_map(|count| {
            let known = SHORT.iter().find(|(short, _)| *short == name(&rest[..count]));
            known.map(|(_, zone)| (*zone, count))
        })
    };
    behind.or_else(before).or_else(short)
}

/// The kind of a region that the words begin with, and the number of the words.
fn kind_of(words: &[String]) -> Option<(Kind, usize)> {
    let word = |at: usize| words.get(at).map(String::as_str);
    Some(match word(0)? {
        "обл" | "область" | "аобл" => (Kind::Oblast, 1),
        "край" | "кр" => (Kind::Krai, 1),
        "респ" | "республика" => (Kind::Republic, 1),
        "ао" | "округ" => (Kind::Okrug, 1),
        "а" if word(1) == Some("о") => (Kind::Okrug, 2),
        _ => return None,
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

/// A district at the beginning, with its zone where that is not the region's.
fn district(rest: &[String]) -> Option<(Option<ZoneName>, usize)> {
    let zone = |words: &[String]| {
        let name = words.join(" ");
        DISTRICTS_APART.iter().find(|(known, _)| *known == name).map(|(_, zone)| *zone)
    };
    if DISTRICT.contains(&rest[0].as_str()) {
        let known =
            (1..=2).rev().find(|count| rest.get(1..=*count).is_some_and(|w| zone(w).is_some()));
        let count = known.or(is_name(rest.get(1..2)?).then_some(1))?;
        return Some((zone(&rest[1..=count]), 1 + count));
    }
    (1..=3.min(rest.len())).find_map(|count| {
        let linking = rest[count..].iter().take_while(|w| LINKING.contains(&w.as_str())).count();
        let mark = rest.get(count + linking)?;
        let named = is_name(&rest[..count]) && DISTRICT.contains(&mark.as_str());
        named.then(|| (zone(&rest[..count]), count + linking + 1))
    })
}

/// Notes a settlement at the beginning and returns the number of its words.
fn settlement(rest: &[String], piece: &mut Piece) -> Option<usize> {
    let mark = rest[0].as_str();
    if TOWN.contains(&mark) || VILLAGE.contains(&mark) {
        let from = 1 + usize::from(rest.get(1).is_some_and(|word| word == "герой"));
        let behind = rest.get(from..).filter(|words| !words.is_empty())?;
        let known = |count: &usize| zone_of_town(&behind[..*count].join(" ")).is_some();
        let found = (1..=3.min(behind.len())).rev().find(known);
        let count = found.or(is_name(&behind[..1]).then_some(1))?;
        if is_street(&behind[count..]) {
            return None;
        }
        note(&behind[..count], TOWN.contains(&mark), piece);
        return Some(from + count);
    }
    // «Омск г», as registers write it.
    (1..=3.min(rest.len() - 1)).rev().find_map(|count| {
        let town = TOWN.contains(&rest[count].as_str())
            && zone_of_town(&rest[..count].join(" ")).is_some();
        town.then(|| {
            note(&rest[..count], true, piece);
            count + 1
        })
    })
}

fn note(name: &[String], is_town: bool, piece: &mut Piece) {
    let name = name.join(" ");
    piece.apart = piece.apart.or(apart(&name));
    if is_town {
        match zone_of_town(&name) {
            Some(zone) => piece.town = piece.town.or(Some(zone)),
            None if name.chars().count() >= TOWN_LETTERS_MIN => piece.unknown_town = Some(name),
            None => {}
        }
    }
}

/// «Черский тракт»: the word before was a street's name.
fn is_street(behind: &[String]) -> bool {
    let ends =
        |word: Option<&String>| word.is_none_or(|w| w.starts_with(|d: char| d.is_ascii_digit()));
    behind.first().is_some_and(|word| NO_PLACE.contains(&word.as_str())) && ends(behind.get(1))
}

fn apart(name: &str) -> Option<ZoneName> {
    APART.iter().find(|(known, _)| *known == name).map(|(_, zone)| *zone)
}

fn zone_of_town(name: &str) -> Option<ZoneName> {
    town_zone(name).or_else(|| apart(name))
}
