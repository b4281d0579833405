//! The serial number of an order that a wrong one was most likely meant for.

use vyezd_core::rules::serial::serial_meant;

/// Typing errors that still make a number «похожий»: letters lost, added or exchanged.
const ERRORS_MAX: usize = 2;

/// Latin capitals and the Cyrillic ones that look the same.
const LOOK_ALIKE: [(char, char); 12] = [
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('T', 'Т'),
    ('X', 'Х'),
    ('Y', 'У'),
];

/// A serial number without what people and spreadsheets lose: case, alphabet, dashes, leading zeros.
fn skeleton(serial: &str) -> String {
    let seen = serial.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_uppercase);
    let cyrillic = |sign| {
        LOOK_ALIKE.iter().find(|(latin, _)| *latin == sign).map_or(sign, |(_, russian)| *russian)
    };
    seen.map(cyrillic).collect::<String>().trim_start_matches('0').to_owned()
}

/// What two spellings of one serial number have in common.
pub fn instrument_key(serial: &str) -> String {
    skeleton(&serial_meant(serial))
}

/// The known numbers that are nearest to a wrong one, several where they are equally near, none where none
/// is near.
pub fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Vec<&'a str> {
    let wrong = skeleton(wrong);
    let far = |known: &str| strsim::damerau_levenshtein(&wrong, &skeleton(known));
    let allowed = ERRORS_MAX.min(wrong.chars().count() / 3);
    let least = known.iter().map(|known| far(known)).min().filter(|least| *least <= allowed);
    known.iter().copied().filter(|known| Some(far(known)) == least).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_on_the_way_is_found_again() {
        let known = ["00451207", "ЕА-55201", "Б-17-0042", "7"];
        for (wrong, right) in [
            ("451207", &["00451207"][..]),
            ("еа55201", &["ЕА-55201"]),
            ("EA-55201", &["ЕА-55201"]),
            ("00451270", &["00451207"]),
            ("Б–17–0042", &["Б-17-0042"]),
            ("99999999", &[]),
            ("8", &[]),
        ] {
            assert_eq!(nearest(wrong, &known), right, "{wrong}");
        }
        assert_eq!(nearest("1", &[]), Vec::<&str>::new());
        assert_eq!(nearest("929225", &["929224", "929226", "1"]), ["929224", "929226"]);
    }
}
