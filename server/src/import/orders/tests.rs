use super::*;
use vyezd_core::model::{Position, Water};

const HEAD: &str = "заявка;дата;окно;вид;срочность;клиент;телефон;район;адрес;рег_номер;модификация;\
    заводской_номер;год_выпуска;вода;положение;цена_руб;комментарий";
const ROW: [&str; 17] = [
    "7",
    "2026-09-14",
    "09:00-11:00",
    "поверка",
    "плановая",
    "Анна",
    "9271102101",
    "Южный",
    "ул. Мира, 1",
    "16078-13",
    "СХВ-15",
    "0001",
    "2020",
    "холодная",
    "горизонтально",
    "900",
    "",
];

/// A row with some cells changed.
fn row(cells: &[(&str, &str)]) -> String {
    let mut row = ROW.map(ToOwned::to_owned);
    for (column, cell) in cells {
        let at = HEAD.split(';').position(|name| name == *column).unwrap();
        (*cell).clone_into(&mut row[at]);
    }
    row.join(";")
}

fn read(rows: &[String]) -> (Vec<OrderLine>, Vec<(u64, Severity, String)>) {
    let text = format!("{HEAD}\n{}\n", rows.join("\n"));
    let (orders, problems) = parse(text.as_bytes(), LegalDate::parse("2026-09-01")).unwrap();
    (orders, problems.into_iter().map(|p| (p.line, p.severity, p.message)).collect())
}

/// The order of a row and the messages.
fn one(cells: &[(&str, &str)]) -> (Option<OrderLine>, Vec<(u64, Severity, String)>) {
    let (mut orders, said) = read(&[row(cells)]);
    (orders.pop(), said)
}

fn refused(cells: &[(&str, &str)], word: &str) {
    let (order, said) = one(cells);
    assert!(order.is_none(), "{cells:?}");
    assert!(
        matches!(&said[..], [(2, Severity::Error, words)] if words.contains(word)),
        "{cells:?}: {said:?}"
    );
}

#[test]
fn words_of_people_make_an_order() {
    let (order, said) = one(&[
        ("дата", "14 сентября 2026"),
        ("окно", "с 14 до 16"),
        ("срочность", "авария"),
        ("вода", "хол."),
        ("положение", "верт."),
        ("цена_руб", "1 900,00 ₽"),
        ("заводской_номер", "=\"08812345\""),
    ]);
    let order = order.unwrap();
    assert_eq!(said.len(), 1, "a serial number in a formula is asked about: {said:?}");
    assert_eq!((order.window.to_string(), order.price_kop), ("14:00–16:00".to_owned(), 190_000));
    assert_eq!(order.urgency, Urgency::Emergency);
    let instrument = &order.instruments[0];
    assert_eq!(instrument.serial_number, "08812345");
    assert_eq!(
        (instrument.water, instrument.position),
        (Some(Water::Cold), Some(Position::Vertical))
    );
}

#[test]
fn what_cannot_be_read_stops_the_row() {
    refused(&[("цена_руб", "1.900,00")], "цена «1.900,00»");
    refused(&[("цена_руб", "99999999999999999999999999999")], "цена");
    refused(&[("цена_руб", "10000001")], "10000000 рублей");
    refused(&[("окно", "18:00-12:00")], "конец не позже начала");
    refused(&[("окно", "10.дек")], "превращено таблицей в дату");
    refused(&[("дата", "46266")], "число дней Excel");
    refused(&[("дата", "14.09.2062")], "за год");
    refused(&[("дата", "14.09.2009")], "раньше 2015");
    refused(&[("заводской_номер", "8,81E+06")], "степени");
    refused(&[("заводской_номер", "01.окт")], "дату");
    refused(&[("заводской_номер", "#Н/Д")], "#Н/Д");
    refused(&[("адрес", "")], "адрес");
    let long = "б".repeat(CARD_TEXT_CHARS_MAX + 1);
    refused(&[("адрес", &long)], "«адрес»");
    let long = "б".repeat(INSTRUMENT_TEXT_CHARS_MAX + 1);
    refused(&[("модификация", &long)], "«модификация»");
}

#[test]
fn a_price_of_nothing_is_doubtful() {
    let (order, said) = one(&[("цена_руб", "0")]);
    assert!(order.is_some() && matches!(&said[..], [(2, Severity::Warning, _)]), "{said:?}");
    let (order, said) = one(&[("цена_руб", "")]);
    assert!(order.is_some() && matches!(&said[..], [(2, Severity::Warning, _)]), "{said:?}");
    for three in ["1.900", "1,900", "1 900,505"] {
        refused(&[("цена_руб", three)], "не читается");
    }
}

#[test]
fn two_clients_under_one_number_are_a_question() {
    for (column, other) in [("клиент", "Борис"), ("адрес", "ул. Другая, 2"), ("дата", "2026-09-15")]
    {
        let second = row(&[(column, other), ("заводской_номер", "0002")]);
        let (orders, said) = read(&[row(&[]), second]);
        assert_eq!(
            (orders.len(), orders[0].instruments.len(), orders[0].price_kop),
            (1, 1, 90_000)
        );
        assert!(
            matches!(&said[..], [(3, Severity::Error, words)] if words.contains("разные заявки?")),
            "{said:?}"
        );
    }
    // A blank cell of a later row is no other client.
    let second = row(&[("клиент", "АННА "), ("заводской_номер", "0002")]);
    assert_eq!(read(&[row(&[]), second]).0[0].instruments.len(), 2);
}

#[test]
fn totals_are_bounded() {
    let dear = |serial: &str| row(&[("цена_руб", "9000000"), ("заводской_номер", serial)]);
    let (orders, said) = read(&[dear("1"), dear("2")]);
    assert_eq!((orders[0].price_kop, orders[0].instruments.len()), (900_000_000, 1));
    assert!(matches!(&said[..], [(3, Severity::Error, _)]), "{said:?}");
}

#[test]
fn a_torn_row_is_not_taken_for_a_long_comment() {
    let (order, said) = one(&[("комментарий", "собака; звонить; да")]);
    assert_eq!((order.unwrap().access.note.as_str(), said.len()), ("собака; звонить; да", 0));
    // The address is torn: every cell after it is one place too far.
    refused(&[("адрес", "г. Саратов; ул. Мира")], "сдвинуты");
    refused(&[("клиент", "Анна; Борис"), ("комментарий", "собака")], "сдвинуты");
}

/// A table in which nothing that can be checked stands behind the address.
const LOOSE_HEAD: &str = "заявка;дата;окно;вид;срочность;рег_номер;модификация;заводской_номер;вода;положение;\
    цена_руб;район;клиент;телефон;адрес;подъезд;этаж;домофон;комментарий";

#[test]
fn a_torn_cell_that_nothing_behind_it_betrays_stops_its_row() {
    let row = "7;2026-09-14;09:00-11:00;поверка;плановая;16078-13;СХВ-15;0001;холодная;горизонтально;900;Южный;\
        Анна;9271102101;г. Саратов; ул. Тархова, д. 5, кв. 7;2;3;11;собака";
    let (orders, problems) =
        parse(format!("{LOOSE_HEAD}\n{row}\n").as_bytes(), LegalDate::parse("2026-09-01")).unwrap();
    assert!(orders.is_empty(), "{orders:?}");
    let said = problems.iter().any(|of| of.line == 2 && of.message.contains("сдвинуты"));
    assert!(said, "{problems:?}");
}

#[test]
fn a_client_who_is_named_later_is_compared_with_the_next() {
    let (orders, said) = read(&[
        row(&[("клиент", "")]),
        row(&[("клиент", "Иванов"), ("заводской_номер", "0002")]),
        row(&[("клиент", "Петров"), ("заводской_номер", "0003")]),
    ]);
    assert_eq!((orders[0].client.as_str(), orders[0].instruments.len()), ("Иванов", 2));
    assert!(
        said.iter().any(|(line, _, words)| *line == 4 && words.contains("два клиента")),
        "{said:?}"
    );
}

#[test]
fn nobody_pays_for_an_instrument_that_was_passed_over() {
    let (orders, _) = read(&[
        row(&[("заводской_номер", ""), ("цена_руб", "700")]),
        row(&[("заводской_номер", "0002"), ("цена_руб", "900")]),
    ]);
    assert_eq!(orders[0].price_kop, 90_000);
    let (orders, _) = read(&[row(&[("заводской_номер", ""), ("цена_руб", "700")])]);
    assert_eq!(orders[0].price_kop, 70_000, "the only one is found on the spot");
}
