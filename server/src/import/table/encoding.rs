//! Bytes to text: UTF-8, UTF-16, Windows-1251, the code pages of DOS and Macintosh, KOI8-R.

use encoding_rs::{
    Encoding, IBM866, KOI8_R, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, X_MAC_CYRILLIC,
};

/// Bytes by which the encoding of a file is judged.
const SAMPLE_BYTES: usize = 64 * 1024;
/// Bytes of a line without a letter of UTF-8 from which the line is in another encoding rather than broken.
const FOREIGN_BYTES_MIN: usize = 3;
/// Encodings of one byte a letter, the usual one first.
const ONE_BYTE: [&Encoding; 4] = [WINDOWS_1251, IBM866, X_MAC_CYRILLIC, KOI8_R];

/// A decoded file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    /// U+FFFD stands for broken bytes.
    pub(super) text: String,
    /// Lines, from 1, of a file in UTF-8 that somebody has added to in Windows-1251.
    pub(super) foreign: Vec<u64>,
}

impl From<String> for Decoded {
    fn from(text: String) -> Self {
        Self { text, foreign: Vec::new() }
    }
}

/// Decodes a file. `names` counts the column names that a text begins
/// with: the names decide between encodings before the look of the letters does.
pub(super) fn decode(bytes: &[u8], names: impl Fn(&str) -> usize) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = bytes.get(mark..).unwrap_or_default();
        if encoding == UTF_8 {
            return line_by_line(text);
        }
        return encoding.decode_without_bom_handling(text).0.into_owned().into();
    }
    if let Some(encoding) = without_mark(bytes) {
        return encoding.decode_without_bom_handling(bytes).0.into_owned().into();
    }
    if mostly_utf_8(bytes) || begins_in_utf_8(bytes) {
        return line_by_line(bytes);
    }
    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    let judged = ONE_BYTE.iter().rev().max_by_key(|encoding| {
        let text = encoding.decode_without_bom_handling(sample).0;
        (names(&text), plausible(&text))
    });
    let encoding = judged.unwrap_or(&WINDOWS_1251);
    let mut decoded = Decoded::default();
    for (line, bytes) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let foreign = std::str::from_utf8(bytes).is_ok_and(is_russian);
        decoded.foreign.extend(foreign.then_some(line));
        let read = if foreign { UTF_8 } else { *encoding };
        decoded.text.push_str(&read.decode_without_bom_handling(bytes).0);
    }
    decoded
}

/// Whether a text has a Russian word and no sign beyond those of Russian texts: words of one byte a letter
/// may be whole UTF-8 by chance, of other alphabets.
fn is_russian(text: &str) -> bool {
    let beyond = || text.chars().filter(|sign| !sign.is_ascii());
    let usual =
        |sign: char| matches!(sign, '\u{400}'..='\u{45f}' | '№' | '«' | '»' | '–' | '—' | '\u{a0}');
    beyond().count() >= FOREIGN_BYTES_MIN && beyond().all(usual)
}

/// Whether the first line with letters beyond ASCII is UTF-8: Russian words of another encoding never are.
fn begins_in_utf_8(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').find(|line| !line.is_ascii());
    first.is_none_or(|line| std::str::from_utf8(line).is_ok())
}

/// UTF-8, but for whole lines of Windows-1251 among it.
fn line_by_line(bytes: &[u8]) -> Decoded {
    let mut decoded = Decoded::default();
    for (line, bytes) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let good = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
        let broken: usize = bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
        let text = if broken < FOREIGN_BYTES_MIN || good {
            UTF_8.decode_without_bom_handling(bytes).0
        } else {
            decoded.foreign.push(line);
            WINDOWS_1251.decode_without_bom_handling(bytes).0
        };
        decoded.text.push_str(&text);
    }
    decoded
}

/// UTF-16 without a mark: every other byte is the upper half of an ASCII sign or a Russian letter.
fn without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    let pairs = sample.len() / 2;
    let upper = |at: usize| {
        let halves = sample.iter().skip(at).step_by(2);
        halves.filter(|byte| matches!(byte, 0 | 0x04 | 0x20 | 0x21)).count()
    };
    if pairs < 4 || !sample.contains(&0) {
        return None;
    }
    match (upper(0) * 10 >= pairs * 9, upper(1) * 10 >= pairs * 9) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether the bytes are UTF-8 with a few broken places: ten good letters for each.
fn mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut good, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|sign| !sign.is_ascii()).count();
        broken += chunk.invalid().len();
    }
    good >= broken * 10
}

/// How much a text looks like Russian: small letters by their frequency, against signs of frames and
/// capitals inside words.
fn plausible(text: &str) -> i64 {
    let mut before = ' ';
    let mut sum = 0;
    for sign in text.chars() {
        sum += match sign {
            'о' | 'е' | 'а' | 'и' | 'н' | 'т' | 'с' | 'р' => 4,
            'в' | 'л' | 'к' | 'м' | 'д' | 'п' | 'у' | 'я' => 3,
            'а'..='я' | 'ё' | '№' | '«' | '»' | '–' | '—' => 1,
            'А'..='Я' | 'Ё' if before.is_lowercase() => -6,
            'А'..='Я' | 'Ё' => 1,
            _ if sign.is_ascii() => 0,
            _ => -4,
        };
        before = sign;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Заявка;Дата\r\nСаратов, ул. Чапаева;холодная вода, «срочно»\r\n";

    fn read(bytes: &[u8]) -> String {
        decode(bytes, |_| 0).text
    }

    #[test]
    fn a_row_of_another_encoding_does_not_change_the_file() {
        let row = "2102;Омск, ул. Ленина\n";
        let bytes = [TEXT.as_bytes(), &WINDOWS_1251.encode(row).0, TEXT.as_bytes()].concat();
        let decoded = decode(&bytes, |_| 0);
        assert_eq!(decoded.text, format!("{TEXT}{row}{TEXT}"));
        assert_eq!(decoded.foreign, [3]);
    }

    #[test]
    fn the_encodings_of_russian_programs_are_told_apart() {
        for encoding in [WINDOWS_1251, X_MAC_CYRILLIC] {
            assert_eq!(read(&encoding.encode(TEXT).0), TEXT, "{}", encoding.name());
        }
        // DOS and KOI8-R have no «».
        let plain = TEXT.replace(['«', '»'], "");
        for encoding in [IBM866, KOI8_R] {
            assert_eq!(read(&encoding.encode(&plain).0), plain, "{}", encoding.name());
        }
        assert_eq!(read(TEXT.as_bytes()), TEXT);
        assert_eq!(read(format!("\u{feff}{TEXT}").as_bytes()), TEXT);
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        for marked in [true, false] {
            let text = if marked { format!("\u{feff}{TEXT}") } else { TEXT.to_owned() };
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!((read(&little), read(&big)), (TEXT.to_owned(), TEXT.to_owned()));
        }
    }

    #[test]
    fn names_decide_where_letters_do_not() {
        let capitals = "ЗАЯВКА;ДАТА\nУЛ. ЧАПАЕВА;1\n";
        let bytes = WINDOWS_1251.encode(capitals).0;
        let names = |text: &str| usize::from(text.starts_with("ЗАЯВКА"));
        assert_eq!(decode(&bytes, names).text, capitals);
    }

    #[test]
    fn one_broken_byte_does_not_change_the_encoding() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.insert(bytes.len() - 2, 0xd0);
        let text = read(&bytes);
        assert_eq!(text.matches('\u{fffd}').count(), 1, "{text}");
        assert!(text.starts_with("Заявка;Дата"));
    }
}
