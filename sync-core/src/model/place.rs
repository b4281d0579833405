//! Places on the ground, and an estimate of the way between two of them without a map.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A place stated by a phone: evidence, since a phone can be made to say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Place {
    /// Latitude, millionths of a degree (WGS 84); at most 90 degrees either side.
    #[n(0)]
    pub lat_e6: i32,
    /// Longitude, millionths of a degree (WGS 84); at most 180 degrees either side.
    #[n(1)]
    pub lon_e6: i32,
    /// Radius of uncertainty stated by the phone, metres; 0 where unknown.
    #[n(2)]
    pub accuracy_m: u32,
}

/// Southernmost latitude of Russia, millionths of a degree, from a longitude in whole degrees east to the
/// next one; read off a map and rounded down, so that no place of Russia falls out.
const SOUTH: [(i16, i32); 9] = [
    (19, 54_200_000),
    (27, 51_000_000),
    (32, 44_200_000),
    (37, 41_100_000),
    (49, 50_300_000),
    (80, 48_900_000),
    (127, 42_200_000),
    (146, 43_200_000),
    (157, 50_500_000),
];

/// Mean radius of the Earth, metres (IUGG: 6 371 008,8).
const EARTH_M: f64 = 6_371_009.0;
/// Ratio of streets to the straight line: most cities of the world lie between 1.2 and 1.4.
const DETOUR: f64 = 1.3;
/// Speed of a car in a city, lights and parking included, km/h. An assumption; shown as «около».
const DRIVE_KMH: f64 = 20.0;
/// Speed of a person with a case, km/h. An assumption.
const WALK_KMH: f64 = 4.5;
/// Longest way on foot, metres of street. An assumption.
const WALK_M: f64 = 1_000.0;

/// Estimated way to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Eta {
    /// Straight line, metres.
    pub metres: u32,
    /// Estimate, whole minutes rounded up, at least one.
    pub minutes: u32,
    /// Whether the minutes are a walk's: the way is at most 1 km of street.
    pub on_foot: bool,
}

/// Russian clause about a place that does not lie in Russia: «46.034450, 51.533120 — не в России; …».
pub fn abroad_words(place: &Place) -> String {
    let Place { lat_e6, lon_e6, accuracy_m } = *place;
    let swapped = Place { lat_e6: lon_e6, lon_e6: lat_e6, accuracy_m };
    if swapped.is_possible() && swapped.is_in_russia() {
        format!("{place} — не в России; похоже, широта и долгота переставлены")
    } else {
        format!("{place} — не в России")
    }
}

impl Place {
    /// Whether latitude and longitude lie within ±90° and ±180°.
    pub const fn is_possible(&self) -> bool {
        self.lat_e6.unsigned_abs() <= 90_000_000 && self.lon_e6.unsigned_abs() <= 180_000_000
    }

    /// Whether the place may lie in Russia: north of its southern border at this longitude, roughly.
    pub fn is_in_russia(&self) -> bool {
        // East of the Bering Strait's date line longitudes are negative.
        let lon_e6 = if self.lon_e6 < -168_900_000 {
            i64::from(self.lon_e6) + 360_000_000
        } else {
            i64::from(self.lon_e6)
        };
        let band = SOUTH.iter().rev().find(|(west, _)| lon_e6 >= i64::from(*west) * 1_000_000);
        band.is_some_and(|(_, south)| (*south..=81_900_000).contains(&self.lat_e6))
    }

    /// Reads `51.533120, 46.034450`, latitude first, as maps copy it. A decimal comma is read where
    /// a blank or a semicolon separates the two numbers. Accuracy becomes 0: unknown.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let parts: Vec<&str> = if text.contains(';') {
            text.split(';').collect()
        } else if text.contains('.') && text.contains(',') {
            text.split(',').collect()
        } else {
            text.split_whitespace().collect()
        };
        let [lat, lon] = parts.as_slice() else { return None };
        let read = |part: &str| {
            let part = part.trim().trim_end_matches(',').replace(',', ".");
            let number: f64 = part.parse().ok().filter(|n: &f64| n.is_finite())?;
            let plain = part.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
            (plain && number.abs() <= 180.0).then(|| (number * 1e6).round() as i32)
        };
        let place = Self { lat_e6: read(lat)?, lon_e6: read(lon)?, accuracy_m: 0 };
        place.is_possible().then_some(place)
    }

    /// Great-circle distance, metres (haversine on the mean radius of the IUGG).
    pub fn metres_to(&self, other: &Self) -> u32 {
        let rad = |e6: i32| (f64::from(e6) / 1e6).to_radians();
        let (a, b) = (rad(self.lat_e6), rad(other.lat_e6));
        let (d_lat, d_lon) = (b - a, rad(other.lon_e6) - rad(self.lon_e6));
        let h = (d_lat / 2.0).sin().powi(2) + a.cos() * b.cos() * (d_lon / 2.0).sin().powi(2);
        (2.0 * EARTH_M * h.sqrt().min(1.0).asin()).round() as u32
    }

    /// Estimates the way: 1.3 times the straight line, 4.5 km/h up to 1 km, else 20 km/h.
    pub fn eta_to(&self, other: &Self) -> Eta {
        let metres = self.metres_to(other);
        let street = f64::from(metres) * DETOUR;
        let on_foot = street <= WALK_M;
        let kmh = if on_foot { WALK_KMH } else { DRIVE_KMH };
        let minutes = (street / 1000.0 / kmh * 60.0).ceil().max(1.0) as u32;
        Eta { metres, minutes, on_foot }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |e6: i32| {
            let sign = if e6 < 0 { "-" } else { "" };
            let e6 = e6.unsigned_abs();
            format!("{sign}{}.{:06}", e6 / 1_000_000, e6 % 1_000_000)
        };
        write!(f, "{}, {}", part(self.lat_e6), part(self.lon_e6))
    }
}

/// Words before the name of a town or street that name nothing. «Улица» is the kind meant where no
/// kind is named; every other kind is a part of the name.
const BEFORE_NAME: [&str; 6] = ["г", "город", "ул", "улица", "россия", "рф"];
/// Words before the number of a house.
const BEFORE_NUMBER: [&str; 3] = ["д", "дом", "no"];
/// Abbreviations of kinds of streets. «пр» alone may be a проспект or a проезд and is left as it
/// is.
const KINDS: [(&str, &str); 8] = [
    ("пр-кт", "проспект"),
    ("просп", "проспект"),
    ("пр-д", "проезд"),
    ("пер", "переулок"),
    ("б-р", "бульвар"),
    ("пл", "площадь"),
    ("наб", "набережная"),
    ("ш", "шоссе"),
];
/// Words that introduce a part of a building; the key ends before the first of them.
const INSIDE: [&str; 13] = [
    "кв",
    "квартира",
    "оф",
    "офис",
    "пом",
    "помещение",
    "ком",
    "комната",
    "подъезд",
    "п-д",
    "эт",
    "этаж",
    "домофон",
];

/// Folds spellings of a building to one key: the district, and the address without the flat. `None`
/// where no house is named. When unsure, one building gets two keys, never two buildings one.
pub fn building_key(district: &str, address: &str) -> Option<String> {
    let folded = super::fold(address);
    let words: Vec<&str> = folded.split([' ', ',', ';', '.']).flat_map(parted).collect();
    let inside = words.iter().position(|word| INSIDE.contains(word)).unwrap_or(words.len());
    let words = &words[..inside];
    let number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    let mut named: Vec<&str> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1);
        let postal = at == 0 && word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
        // «12 г» and «12 д» are houses of their own.
        let after_number = named.last().is_some_and(number);
        let said = !after_number
            && ((BEFORE_NAME.contains(word) && next.is_some())
                || (BEFORE_NUMBER.contains(word) && next.is_some_and(number)));
        if !postal && !said {
            let kind = KINDS.iter().find(|(short, _)| short == word);
            named.push(kind.map_or(*word, |(_, whole)| whole));
        }
    }
    let house = named.iter().skip(1).any(|word| word.contains(|c: char| c.is_ascii_digit()));
    house.then(|| format!("{}: {}", super::fold(district), named.join(" ")))
}

/// Splits `д12` and `кв5` into word and number.
fn parted(word: &str) -> impl Iterator<Item = &str> {
    let digit = word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len());
    let (head, tail) = word.split_at(digit);
    let known = BEFORE_NUMBER.contains(&head) || INSIDE.contains(&head);
    let (head, tail) = if known { (head, tail) } else { (word, "") };
    [head, tail].into_iter().filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Place {
        Place::parse(text).unwrap()
    }

    #[test]
    fn a_place_of_russia_is_told_from_its_coordinates_the_other_way_round() {
        for (text, name) in [
            ("51.533120, 46.034450", "Саратов"),
            ("55.751244, 37.618423", "Москва"),
            ("54.710426, 20.452214", "Калининград"),
            ("42.057669, 48.288776", "Дербент"),
            ("44.616650, 33.525367", "Севастополь"),
            ("50.290658, 127.527173", "Благовещенск"),
            ("42.652500, 130.806944", "Хасан"),
            ("43.585525, 39.723062", "Сочи"),
            ("50.265000, 87.620000", "Кош-Агач"),
            ("66.160000, -169.810000", "Уэлен"),
            ("53.024265, 158.643503", "Петропавловск-Камчатский"),
        ] {
            assert!(Place::parse(text).unwrap().is_in_russia(), "{name}");
        }
        for (text, says) in [
            ("46.034450, 51.533120", "переставлены"),
            ("37.618423, 55.751244", "переставлены"),
            ("0, 0", "не в России"),
            ("40.177200, 44.503490", "не в России"),
            ("48.856600, 2.352200", "не в России"),
        ] {
            let place = Place::parse(text).unwrap();
            assert!(!place.is_in_russia() && abroad_words(&place).contains(says), "{text}");
        }
    }

    #[test]
    fn distances_are_those_of_the_globe() {
        // Moscow, zero kilometre, to the Bronze Horseman: 634 km by any calculator.
        let far = at("55.755831, 37.617673").metres_to(&at("59.936389, 30.302222"));
        assert!((633_000..636_000).contains(&far), "{far}");
        // A degree of the meridian: 111 195 m on a sphere of that radius.
        assert_eq!(at("0, 0").metres_to(&at("1, 0")), 111_195);
        assert_eq!(at("0, 179.999").metres_to(&at("0, -179.999")), 222, "over the date line");
    }

    #[test]
    fn the_way_is_walked_when_it_is_short() {
        let here = at("51.533120, 46.034450");
        let near = here.eta_to(&at("51.536120, 46.034450"));
        assert_eq!(near, Eta { metres: 334, minutes: 6, on_foot: true });
        let town = here.eta_to(&at("51.573120, 46.034450"));
        assert_eq!(town, Eta { metres: 4_448, minutes: 18, on_foot: false });
        assert_eq!(here.eta_to(&here).minutes, 1);
    }

    #[test]
    fn what_maps_copy_is_read() {
        for text in
            ["51.53312, 46.03445", " 51.53312,46.03445 ", "51,53312 46,03445", "51,53312; 46,03445"]
        {
            assert_eq!(
                Place::parse(text).map(|p| (p.lat_e6, p.lon_e6)),
                Some((51_533_120, 46_034_450)),
                "{text}"
            );
        }
        for bad in [
            "",
            "51.5",
            "91, 0",
            "0, 181",
            "51.5, 46.0, 7",
            "NaN, 0",
            "1e1, 2",
            "пр. Ленина, 5",
            "inf, 1",
        ] {
            assert_eq!(Place::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_building_is_the_address_without_the_flat() {
        let key = |address: &str| building_key("Волжский", address);
        let known = key("г. Саратов, ул. Чапаева, д. 12, кв. 5").unwrap();
        for same in [
            "Саратов, Чапаева 12, квартира 7",
            "410000, САРАТОВ, ул.Чапаева, дом 12 кв.1",
            "Саратов, ул. Чапаева, д12, кв5",
            "г.Саратов, улица Чапаева, № 12, подъезд 2",
        ] {
            assert_eq!(key(same).as_deref(), Some(known.as_str()), "{same}");
        }
        for other in [
            "Саратов, ул. Чапаева, д. 12А, кв. 5",
            "Саратов, ул. Чапаева, д. 12 г, кв. 5",
            "Саратов, ул. Чапаева, д. 12 Д",
            "Энгельс, ул. Чапаева, д. 12, кв. 5",
            "Саратов, ул. Чапаева, д. 12, к. 2, кв. 5",
            "Саратов, проспект Чапаева, д. 12",
            "Саратов, пр. Чапаева, д. 12",
        ] {
            assert_ne!(key(other), Some(known.clone()), "{other}");
        }
        assert_eq!(key("Саратов, пр-кт Кирова, 8"), key("г. Саратов, проспект Кирова, д. 8"));
        assert_ne!(building_key("Заводской", "Чапаева 12"), building_key("Волжский", "Чапаева 12"));
        for none in ["", "Саратов", "ул. Чапаева, кв. 5", "кв. 5", "5"] {
            assert_eq!(key(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(lat in -90_000_000_i32..=90_000_000, lon in -180_000_000_i32..=180_000_000) {
            let place = Place { lat_e6: lat, lon_e6: lon, accuracy_m: 0 };
            prop_assert_eq!(Place::parse(&place.to_string()), Some(place));
            prop_assert!(place.metres_to(&place) == 0);
        }

        #[test]
        fn there_is_as_far_as_back(a in any::<(i32, i32)>(), b in any::<(i32, i32)>()) {
            let of = |(lat, lon): (i32, i32)| Place { lat_e6: lat % 90_000_001, lon_e6: lon % 180_000_001, accuracy_m: 0 };
            let (a, b) = (of(a), of(b));
            prop_assert!(a.metres_to(&b).abs_diff(b.metres_to(&a)) <= 1);
            prop_assert!(a.metres_to(&b) <= 20_015_200, "half round the Earth");
        }

        #[test]
        fn any_text_is_an_address(text in ".*") {
            let _ = (building_key("", &text), Place::parse(&text));
        }
    }
}
