//! Telephone numbers as people write them, and text that is no number.

use proptest::prelude::*;

use vyezd_core::model::Phone;
use vyezd_core::model::phones::{PhoneProblem, beside, read};

fn numbers(text: &str) -> Vec<String> {
    read(text).phones.iter().map(|phone| phone.as_str().to_owned()).collect()
}

#[test]
fn telephones_in_usual_spellings_are_one_number() {
    for text in [
        "+7 917 000-10-01",
        "8(917)000-10-01",
        "79170001001",
        "917 000 10 01",
        "\u{feff}8\u{a0}(917)\u{a0}000\u{2011}10\u{2011}01",
        "8.917.000.10.01",
        "+7(917)0001001",
        "тел. 8-917-000-10-01",
        "т.89170001001",
        "(917) 000-10-01",
        "8 - 917 - 000 - 10 - 01",
        "89170001001.",
        "Тел: +79170001001;",
        "91 70 00 10 01",
        "9170001001.0",
        "89170001001.0",
    ] {
        assert_eq!(numbers(text), ["+79170001001"], "{text:?}");
        assert_eq!(read(text).note, "", "{text:?}");
    }
    for text in ["8 (845-2) 22-33-44", "(8452) 22-33-44", "8452 22-33-44", "8-845-222-33-44"] {
        assert_eq!(numbers(text), ["+78452223344"], "{text:?}");
    }
    assert_eq!(Phone::parse("+79170001001").unwrap().for_people(), "+7 917 000-10-01");
    assert!(Phone::parse("89170001001 мама").is_none());
}

#[test]
fn digits_that_are_no_number_are_never_made_one() {
    for text in [
        "",
        "123",
        "110-21-02 (3 подъезд, кв 12)",
        "9-110-21-02 (12 подъезд)",
        "9-110-21-02 (12)",
        "345-21-02 112 кв",
        "+49 30 123456",
        "+372 512 3456",
        "7,9271102E+10",
        "7.9271102E+10",
        "7,9271102101",
        "9,271102101E+09",
        "8 927 110 21 0",
        "8-452-22-33-4",
        "0000000000",
        "900110210.0",
        "9001102102.05",
        "9001102102.000",
        "8495212345",
        "8301234567",
        "7271102101",
        "8927110210О",
        "8927110210O",
        "892711021O1",
        "8 927 11O 21 01",
        "9999999999",
        "+9271102101",
        "+8 927 110-21-01",
        "++79271102101",
        "+7 110 210-23-12",
        "+7 372 512-34-56",
        "+7 701 234-56-78",
        "87012345678",
        "7792711021",
        "79271102102101",
        "+49/9271102101",
        "+49, 9271102101",
        "+49 (0) 9271102101",
        "12.05.2026 18",
        "31-12-2026 18",
        "40 12 123456",
        "9271102    101",
        "8 927 мама 110-21-01",
        "ИНН 3452102112",
        "доб. 9271102101",
        "927\n1102101",
        "1234567890",
        "6123456789",
        "5123456789",
        "2123456789",
        "8 10 49 30 123456",
        "8927110210*",
        "٨٩٢٧١١٠٢١٠١",
    ] {
        let read = read(text);
        assert!(read.phones.is_empty(), "{text:?}: {:?}", read.phones);
        assert_eq!(read.note.is_empty(), text.is_empty(), "{text:?}");
        assert_eq!(read.problems.is_empty(), text.is_empty(), "{text:?}");
    }
    for (text, code) in [
        ("+49 30 123456", "phone_other_country"),
        ("7,9271102E+10", "phone_spreadsheet"),
        ("900110210.0", "phone_spreadsheet"),
        ("8 927 110 21 0", "phone_digits"),
        ("0000000000", "phone_code"),
        ("не помню", "phone_unreadable"),
    ] {
        assert!(read(text).problems.iter().any(|of| of.code() == code), "{text}");
    }
}

#[test]
fn several_numbers_are_several_and_words_stay_beside() {
    let both = ["+79001102102", "+78452223344"];
    for text in [
        "8 (900) 110-21-02, 8-845-222-33-44",
        "89001102102,88452223344",
        "8 900 110-21-02; (8452) 22-33-44",
        "89001102102/88452223344",
        "8 900 110 21 02 и 8 845 222 33 44",
        "89001102102\n88452223344",
        "89001102102 88452223344",
        "+7 900 110-21-02 +7 845 222-33-44",
        "8 900 110-21-02 8 845 222-33-44",
        "9001102102 8452 22-33-44",
    ] {
        assert_eq!(numbers(text), both, "{text:?}");
        assert_eq!(read(text).note, "", "{text:?}");
    }
    for (text, note) in [
        ("8 (900) 110-21-02 доб. 12", "доб. 12"),
        ("8 (900) 110-21-02, доб. 12345", "доб. 12345"),
        ("8 (900) 110-21-02 #12", "#12"),
        ("8 (900) 110-21-02 мама", "мама"),
        ("89001102102мама", "мама"),
        ("мама 89001102102", "мама"),
        ("8 900 110-21-02 (кв. 5, после 18)", "(кв. 5, после 18)"),
        ("89001102102/03", "03"),
    ] {
        let read = read(text);
        assert_eq!(read.phones[0].as_str(), "+79001102102", "{text}");
        assert_eq!((read.note.as_str(), read.problems.len()), (note, 0), "{text}");
    }
    let read = read("мама 89001102102, папа 88452223344, 110-21-02");
    assert_eq!(read.phones.len(), 2);
    assert_eq!(read.note, "мама 89001102102, папа 88452223344, 110-21-02");
    assert_eq!(read.problems, [PhoneProblem::DigitCount("110-21-02".to_owned())]);
}

#[test]
fn accounts_and_contracts_of_ten_digits_are_no_numbers() {
    for text in [
        "сч./дог. 9271112233",
        "дог. № 9271112233",
        "по договору 9271112233",
        "лиц. сч. 9271112233",
        "зав. заводской № 9271112233",
        "ОГРН 9271112233",
    ] {
        let read = read(text);
        assert!(read.phones.is_empty() && !read.note.is_empty(), "{text}: {:?}", read.phones);
    }
    for text in ["Карташова 9271112233", "заказчик: 9271112233", "абонент 927 111-22-33"]
    {
        assert_eq!(numbers(text), ["+79271112233"], "{text}");
    }
}

#[test]
fn a_note_joins_the_remark_once() {
    assert_eq!(beside("собака", "доб. 12"), "собака; при телефоне: доб. 12");
    assert_eq!(beside("", "мама"), "при телефоне: мама");
    assert_eq!(beside("при телефоне: мама", "мама"), "при телефоне: мама");
    assert_eq!(beside("собака", ""), "собака");
}

fn ten() -> impl Strategy<Value = String> {
    (
        prop::sample::select(
            &["30", "34", "38", "47", "49", "80", "84", "87", "90", "92", "99"][..],
        ),
        "[0-9]{8}",
    )
        .prop_map(|(code, rest)| format!("{code}{rest}"))
}

proptest! {
    #[test]
    fn every_number_in_every_usual_spelling_comes_back(ten in ten(), kind in 0..10) {
        prop_assume!(ten.bytes().any(|digit| digit != ten.as_bytes()[0]));
        let (a, b, c, d) = (&ten[..3], &ten[3..6], &ten[6..8], &ten[8..]);
        let text = match kind {
            0 => format!("+7{ten}"),
            1 => format!("8{ten}"),
            2 => ten.clone(),
            3 => format!("8 ({a}) {b}-{c}-{d}"),
            4 => format!("+7 {a} {b} {c} {d}"),
            5 => format!("7-{a}-{b}-{c}-{d}"),
            6 => format!("({a}) {b}{c}{d}"),
            7 => format!("{a} {b}-{c}{d}"),
            8 => format!("8.{a}.{b}.{c}.{d}"),
            _ => Phone::parse(&format!("+7{ten}")).unwrap().for_people(),
        };
        // Ten digits in a row from 8 are eleven of which one is missing.
        let certain = kind != 2 || !ten.starts_with('8');
        let wanted = certain.then(|| format!("+7{ten}"));
        prop_assert_eq!(numbers(&text), Vec::from_iter(wanted), "{}", text);
        prop_assert_eq!(Phone::parse(&text).is_some(), certain);
    }

    #[test]
    fn a_number_stands_in_the_text_whole(text in "[0-9+() ,;./\\-eО\nдоб]{0,40}") {
        let signs: Vec<char> = text.chars().collect();
        for phone in read(&text).phones {
            let ten = &phone.as_str()[2..];
            let stands = (0..signs.len()).any(|from| {
                (from..=signs.len()).any(|to| {
                    let inside = &signs[from..to];
                    let digits: String = inside.iter().filter(|c| c.is_ascii_digit()).collect();
                    let whole = digits == ten || digits == format!("7{ten}") || digits == format!("8{ten}");
                    let ends = |at: Option<&char>| at.is_none_or(|c| !c.is_ascii_digit());
                    whole
                        && inside.iter().all(|c| c.is_ascii_digit() || "+() .-".contains(*c))
                        && ends(from.checked_sub(1).and_then(|at| signs.get(at)))
                        && ends(signs.get(to))
                })
            });
            prop_assert!(stands, "{:?} → {}", text, phone.as_str());
        }
    }

    #[test]
    fn nothing_typed_is_lost(text in "[0-9+() ,;./\\-eдоб]{0,40}") {
        let read = read(&text);
        let said = text.chars().any(|sign| sign.is_alphanumeric());
        prop_assert!(!said || !read.phones.is_empty() || !read.note.is_empty());
    }
}
