//! Kinds of file by their first bytes: what is no table is named, with what to do about it.

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A ZIP: `.xlsx`, `.ods` or something else.
    Zip,
    /// An OLE file: `.xls` or something else.
    Ole,
    /// Nothing that is read; its name, and what to do.
    Other(&'static str),
}

/// First bytes and what they say.
const BEGINNINGS: [(&[u8], Kind); 16] = [
    (b"PK\x03\x04", Kind::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Ole),
    (b"%PDF", Kind::Other("документ PDF: нужна сама таблица, CSV или xlsx")),
    (b"{\\rtf", Kind::Other("документ RTF: сохраните таблицу как CSV или xlsx")),
    (b"\x89PNG", Kind::Other(PICTURE)),
    (b"\xff\xd8\xff", Kind::Other(PICTURE)),
    (b"GIF8", Kind::Other(PICTURE)),
    (b"BM", Kind::Other(PICTURE)),
    (b"RIFF", Kind::Other(PICTURE)),
    (b"II*\0", Kind::Other(PICTURE)),
    (b"Rar!", Kind::Other(ARCHIVE)),
    (b"7z\xbc\xaf", Kind::Other(ARCHIVE)),
    (b"\x1f\x8b", Kind::Other(ARCHIVE)),
    (b"PK\x05\x06", Kind::Other(ARCHIVE)),
    (b"\x09\x08", Kind::Other(OLD_EXCEL)),
    (b"\x09\x04", Kind::Other(OLD_EXCEL)),
];
const PICTURE: &str = "картинка: нужна сама таблица, CSV или xlsx";
const ARCHIVE: &str = "архив: распакуйте его и загрузите таблицу";
const OLD_EXCEL: &str = "книга очень старого Excel: сохраните её как xlsx";

/// Beginnings of pages and of the XML tables of Excel 2003.
const MARKUP: [(&str, &str); 6] = [
    ("<!doctype html", HTML),
    ("<html", HTML),
    ("<table", HTML),
    ("<head", HTML),
    ("<meta", HTML),
    ("<?xml", "файл XML: откройте его в Excel и сохраните как xlsx"),
];
const HTML: &str = "страница HTML: откройте её в Excel и сохраните как CSV или xlsx";

/// Judges a file.
pub(super) fn of(bytes: &[u8]) -> Kind {
    // A picture of a camera: its kind stands after the length.
    if bytes.get(4..8) == Some(b"ftyp") {
        return Kind::Other(PICTURE);
    }
    // Two letters begin a text as well: a picture has zero bytes near.
    let binary = bytes.get(..32).unwrap_or(bytes).contains(&0);
    let found = BEGINNINGS.iter().find(|(begin, _)| {
        bytes.starts_with(begin) && (begin.len() > 2 || binary || *begin == b"\x1f\x8b")
    });
    if let Some((_, kind)) = found {
        return *kind;
    }
    let start: String = bytes
        .iter()
        .filter(|byte| byte.is_ascii() && **byte != 0)
        .skip_while(|byte| byte.is_ascii_whitespace())
        .take(16)
        .map(|byte| byte.to_ascii_lowercase() as char)
        .collect();
    let markup = MARKUP.iter().find(|(begin, _)| start.starts_with(begin));
    markup.map_or(Kind::Text, |(_, what)| Kind::Other(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_named() {
        for (bytes, word) in [
            (&b"%PDF-1.7"[..], "PDF"),
            (b"\xef\xbb\xbf\n<!DOCTYPE HTML>", "HTML"),
            (b"<html xmlns:x=\"\">", "HTML"),
            (b"\x89PNG\r\n", "картинка"),
            (b"\xff\xd8\xff\xe0", "картинка"),
            (b"Rar!\x1a", "архив"),
            (b"<?xml version=\"1.0\"?><Workbook/>", "XML"),
        ] {
            assert!(matches!(of(bytes), Kind::Other(what) if what.contains(word)), "{word}");
        }
        assert_eq!(of(b"BM;RI;\n1;2;3\n"), Kind::Text);
        assert_eq!(of("заявка;дата".as_bytes()), Kind::Text);
        assert_eq!(of(b""), Kind::Text);
    }
}
