//! An import is one record: looked at again, repaired line by line, undone whole.

use serde_json::{Value, json};
use vyezd_core::model::OrderId;
use vyezd_server::limits::office::{IMPORT_CELL_CHARS_MAX, IMPORT_LINES_MAX};
use vyezd_story::on_both_databases;
use vyezd_tests::World;

use crate::office_trust::{expect, metrologist, said};

pub(crate) const HEAD: &str = "заявка;дата;окно;вид;срочность;клиент;телефон;район;адрес;рег_номер;модификация;заводской_номер;год_выпуска;вода;положение;цена_руб";

pub(crate) fn row(number: &str, date: &str, serial: &str) -> String {
    format!(
        "{number};{date};09:00-11:00;поверка;плановая;Проба А. Б.;+7 900 555-00-01;Ленинский;г. Саратов, ул. Тархова, д. 5;16078-13;СХВ-15;{serial};2020;холодная;горизонтально;900\n"
    )
}

fn bring(world: &mut World, kind: &str, table: &str) -> (Value, String) {
    let done = world.office.upload(&format!("/v1/import/{kind}"), table.as_bytes()).unwrap();
    let id = done["id"].as_str().unwrap().to_owned();
    (done, id)
}

fn lines(world: &mut World, job: &str) -> Value {
    world.office.get(&format!("/v1/imports/{job}/lines")).unwrap()
}

/// Repairs a line: its cells with one of them changed.
fn repair(world: &mut World, job: &str, line: u64, changes: &[(&str, &str)]) -> Value {
    let table = lines(world, job);
    let columns = table["columns"].as_array().unwrap();
    let shown = table["lines"].as_array().unwrap();
    let mine = shown.iter().find(|of| of["line"] == line).expect("a line to be repaired");
    let mut cells = mine["cells"].clone();
    cells.as_array_mut().unwrap().truncate(columns.len());
    for (column, cell) in changes {
        cells[columns.iter().position(|name| name == column).unwrap()] = json!(cell);
    }
    let body = json!({ "lines": [{ "line": line, "cells": cells }] });
    world.office.put_seen(&format!("/v1/imports/{job}/lines"), "", &body).unwrap()
}

/// Status, code and field of what the server says to a replacement.
fn replaced(world: &mut World, path: &str, body: &Value) -> (u16, String, String) {
    let said = world.office.send("PUT", path, &[("if-match", "\"1\"")], body).unwrap();
    let text = |name: &str| said.json()[name].as_str().unwrap_or_default().to_owned();
    (said.status, text("code"), text("field"))
}

pub(crate) fn order(world: &mut World, number: &str) -> Value {
    let list = world.office.get(&format!("/v1/orders?q={number}")).unwrap();
    let items = list["items"].as_array().unwrap();
    let found = items.iter().find(|order| order["number"] == number);
    let id =
        found.unwrap_or_else(|| panic!("no order {number}"))["id"].as_str().unwrap().to_owned();
    world.office.get(&format!("/v1/orders/{id}")).unwrap()
}

/// Whom the order is offered to.
fn asked(world: &mut World, order: OrderId) -> Option<&'static str> {
    ["Анна", "Борис"].into_iter().find(|name| world.device(name).sync().is_asked(order))
}

fn serials(order: &Value) -> Vec<&str> {
    let expected = order["expected"].as_array().unwrap();
    expected.iter().map(|of| of["serial_number"].as_str().unwrap()).collect()
}

#[on_both_databases]
fn lines_that_were_not_taken_are_repaired_one_by_one(mut world: World) {
    let table = format!(
        "{HEAD}\n{}{}{}{}",
        row("501", "2026-08-26", "0001"),
        row("501", "2026-08-26", "8,81E+06"),
        row("502", "31.02.2026", "0003"),
        row("503", "2026-08-26", "0004"),
    );
    let (done, job) = bring(&mut world, "orders", &table);
    assert_eq!(done["taken"], 2, "{done}");
    let table = lines(&mut world, &job);
    let numbers: Vec<u64> =
        table["lines"].as_array().unwrap().iter().map(|l| l["line"].as_u64().unwrap()).collect();
    assert_eq!((numbers, &table["more"]), (vec![3, 4], &json!(0)));
    assert_eq!(order(&mut world, "501")["price_kop"], 90_000);

    // An instrument of an order that is there joins it with its price.
    let left = repair(&mut world, &job, 3, &[("заводской_номер", "0002")]);
    assert_eq!(left["taken"], 2, "{left}");
    let first = order(&mut world, "501");
    assert_eq!((serials(&first), &first["price_kop"]), (vec!["0001", "0002"], &json!(180_000)));

    // Still wrong: said anew, and what was typed is kept.
    let left = repair(&mut world, &job, 4, &[("дата", "32.08.2026")]);
    let words = left["problems"][0]["message"].as_str().unwrap();
    assert!(left["taken"] == 2 && words.contains("32.08.2026"), "{left}");
    assert_eq!(lines(&mut world, &job)["lines"][0]["cells"][1], "32.08.2026");
    let left = repair(&mut world, &job, 4, &[("дата", "27.08.2026")]);
    let counts = (&left["taken"], &left["total"], &left["done"]);
    assert_eq!((counts, &left["problems"]), ((&json!(3), &json!(3), &json!(3)), &json!([])));
    assert_eq!(order(&mut world, "502")["date"], "2026-08-27");
    assert_eq!(lines(&mut world, &job)["lines"], json!([]));
}

#[on_both_databases]
fn a_repair_touches_only_lines_that_were_not_taken(mut world: World) {
    let many: String =
        (0..IMPORT_LINES_MAX + 5).map(|n| row(&format!("7{n}"), "31.02.2026", "1")).collect();
    let table = format!("{HEAD}\n{}{many}", row("601", "2026-08-26", "0001"));
    let (_, job) = bring(&mut world, "orders", &table);
    let shown = lines(&mut world, &job);
    assert_eq!(shown["lines"].as_array().unwrap().len(), IMPORT_LINES_MAX);
    assert_eq!(shown["more"], 5);
    let path = format!("/v1/imports/{job}/lines");
    let cells = shown["lines"][0]["cells"].clone();
    let of = |line: u64, cells: &Value| json!({ "lines": [{ "line": line, "cells": cells }] });
    let ask = |world: &mut World, body: &Value| replaced(world, &path, body);
    expect(&ask(&mut world, &of(2, &cells)), 422, "field_invalid", "lines");
    expect(&ask(&mut world, &of(9_999, &cells)), 422, "field_invalid", "lines");
    expect(&ask(&mut world, &of(3, &json!(["1"]))), 422, "field_invalid", "lines");
    let mut long = cells.clone();
    long[5] = json!("я".repeat(IMPORT_CELL_CHARS_MAX + 1));
    expect(&ask(&mut world, &of(3, &long)), 422, "too_long", "lines");
    let lines = vec![json!({ "line": 3, "cells": cells }); IMPORT_LINES_MAX + 1];
    expect(&ask(&mut world, &json!({ "lines": lines })), 422, "too_many", "lines");
    // A number that stands for another order already is no place for the line.
    world.order("900", "2026-08-26", &[("16078-13", "СХВ-15", "9")]);
    let left = repair(&mut world, &job, 3, &[("заявка", "900"), ("дата", "26.08.2026")]);
    assert!(left["problems"][0]["message"].as_str().unwrap().contains("№ 900 уже есть"), "{left}");
}

#[on_both_databases]
fn readings_are_repaired_and_their_order_gets_its_papers(mut world: World) {
    let orders = format!("{HEAD}\n{}", row("701", "2026-08-26", "00451207"));
    bring(&mut world, "orders", &orders);
    world.minutes(10 * 60);
    let head = "заявка;заводской_номер;точка;расход_м3ч;начало_м3;конец_м3;эталон_м3;длительность_с;темп_воды_С;темп_воздуха_С;влажность_проц;давление_кПа;внешний_осмотр;опробование;герметичность;источник";
    let row = |serial: &str, point: &str, rest: &str| {
        format!("701;{serial};{point};{rest};;11,8;21,4;48;99,8;да;да;да;бумага\n")
    };
    let table = format!(
        "{head}\n{}{}{}",
        row("00451207", "Qмин", "0,031;412,3300;412,3363;0,0062"),
        row("451207", "1,1Qп", "0,132;412,3370;412,3501;0,0132"),
        row("00451207", "Qнаиб", "0,880;412,3510;412,3806;0,0293"),
    );
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let (done, job) = bring(&mut world, &format!("readings?person={anna}"), &table);
    assert_eq!(done["taken"], 0, "{done}");
    assert!(order(&mut world, "701")["sheets"].as_array().unwrap().is_empty());
    let left = repair(&mut world, &job, 3, &[("заводской_номер", "00451207")]);
    assert_eq!((&left["taken"], &left["problems"]), (&json!(1), &json!([])), "{left}");
    world.tick();
    let page = order(&mut world, "701");
    assert_eq!((&page["state"], page["sheets"].as_array().unwrap().len()), (&json!("done"), 1));
    let path = format!("/v1/imports/{job}/undo");
    expect(&said(&mut world, &path, &json!({})), 409, "import_used", "");
}

#[on_both_databases]
fn an_import_is_undone_whole_while_nobody_worked_on_it(mut world: World) {
    let table =
        format!("{HEAD}\n{}{}", row("801", "2026-08-26", "0001"), row("802", "2026-08-26", "0002"));
    let (_, job) = bring(&mut world, "orders", &table);
    let path = format!("/v1/imports/{job}/undo");
    world.tick();
    let first = order(&mut world, "801")["id"].as_str().unwrap().parse().unwrap();
    let second = order(&mut world, "802")["id"].as_str().unwrap().parse().unwrap();
    let who = asked(&mut world, first).expect("the offer is on a screen");
    let done = world.office.post(&path, &json!({})).unwrap();
    assert_eq!(done["state"], "undone", "{done}");
    assert_eq!((asked(&mut world, first), asked(&mut world, second)), (None, None));
    assert_eq!(world.page(first).state, "cancelled");
    expect(&said(&mut world, &path, &json!({})), 409, "import_closed", "");

    // The corrected file comes under the same numbers, and this time somebody takes one.
    let (again, job) = bring(&mut world, "orders", &table);
    assert_eq!((&again["taken"], &again["problems"]), (&json!(2), &json!([])));
    world.tick();
    let taken = order(&mut world, "802")["id"].as_str().unwrap().parse().unwrap();
    let taker = asked(&mut world, taken).unwrap_or(who);
    world.device(taker).accept(taken).sync();
    let refused = said(&mut world, &format!("/v1/imports/{job}/undo"), &json!({}));
    expect(&refused, 409, "import_used", "");
    assert_eq!(order(&mut world, "801")["state"], "offered", "nothing was undone");
}

#[on_both_databases]
fn the_office_chooses_the_zone_of_a_place_that_the_address_does_not_name(mut world: World) {
    let find = |world: &mut World, address: &str| {
        world.office.post("/v1/zones/find", &json!({ "address": address })).unwrap()
    };
    let omsk = find(&mut world, "г. Омск, ул. Саратовская, 5");
    assert_eq!((&omsk["zone"], &omsk["named"]), (&json!("Asia/Omsk"), &json!(true)));
    let firm = find(&mut world, "ул. Омская, 5");
    assert_eq!((&firm["zone"], &firm["named"]), (&json!("Europe/Saratov"), &json!(false)));
    let zones = world.office.get("/v1/zones").unwrap();
    assert_eq!(zones.as_array().unwrap().len(), 27);

    let card = |zone: &str| {
        json!({ "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned",
            "district": "Ленинский", "address": "ул. Омская, 5", "zone": zone })
    };
    expect(&said(&mut world, "/v1/orders", &card("Europe/Paris")), 422, "field_invalid", "zone");
    let made = world.office.post("/v1/orders", &card("Asia/Omsk")).unwrap();
    assert_eq!((&made["zone"], &made["zone_chosen"]), (&json!("Asia/Omsk"), &json!(true)));
    assert_eq!(made["zone_name"], "Омск (UTC+6)");
    let path = format!("/v1/orders/{}", made["id"].as_str().unwrap());
    assert_eq!(replaced(&mut world, &path, &card("")).0, 200);
    let usual = world.office.get(&path).unwrap();
    assert_eq!((&usual["zone"], &usual["zone_chosen"]), (&json!("Europe/Saratov"), &json!(false)));
    // A choice that the address would give anyway is a choice all the same.
    let version = usual["version"].to_string();
    let said = world.office.send("PUT", &path, &[("if-match", &version)], &card("Europe/Saratov"));
    assert_eq!(said.unwrap().status, 200);
    let chosen = world.office.get(&path).unwrap();
    assert_eq!((&chosen["zone"], &chosen["zone_chosen"]), (&json!("Europe/Saratov"), &json!(true)));
}

#[on_both_databases]
fn people_come_by_a_table_and_a_taken_name_is_repaired(mut world: World) {
    let table = "ФИО;Имя входа;Роль;Телефон;Аттестация до;Районы\n\
                 Новикова Ия Юрьевна;novikova;поверитель;8 900 100-00-07;31.12.2030;Ленинский, Волжский\n\
                 Другой Админ;admin;офис;;;\n";
    let (done, job) = bring(&mut world, "people", table);
    assert_eq!(done["taken"], 1, "{done}");
    assert!(done["problems"][0]["message"].as_str().unwrap().contains("занято"), "{done}");
    let left = repair(&mut world, &job, 3, &[("Имя входа", "drugoy")]);
    assert_eq!((&left["taken"], &left["problems"]), (&json!(2), &json!([])), "{left}");
    let people = world.office.get("/v1/people").unwrap();
    let of = |login: &str| {
        people.as_array().unwrap().iter().find(|person| person["login"] == login).cloned().unwrap()
    };
    assert_eq!(of("novikova")["districts"], json!(["Волжский", "Ленинский"]));
    assert_eq!(
        (&of("novikova")["phone"], &of("drugoy")["role"]),
        (&json!("+79001000007"), &json!("office"))
    );
}

#[on_both_databases]
fn no_line_of_an_order_is_lost_by_a_repair(mut world: World) {
    world.order("900", "2026-08-26", &[("16078-13", "СХВ-15", "9")]);
    let table =
        format!("{HEAD}\n{}{}", row("900", "2026-08-26", "0001"), row("900", "2026-08-26", "0002"));
    let (done, job) = bring(&mut world, "orders", &table);
    assert_eq!(done["taken"], 0, "{done}");
    // The number is another order's, so both lines wait; one of them alone leaves the other there.
    let numbers = |shown: &Value| -> Vec<u64> {
        shown["lines"].as_array().unwrap().iter().map(|of| of["line"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(&lines(&mut world, &job)), [2, 3]);
    let left = repair(&mut world, &job, 2, &[("заявка", "901")]);
    assert_eq!(left["taken"], 1, "{left}");
    assert_eq!(numbers(&lines(&mut world, &job)), [3]);
    let left = repair(&mut world, &job, 3, &[("заявка", "901")]);
    assert_eq!((&left["taken"], &left["total"]), (&json!(1), &json!(1)), "{left}");
    assert_eq!(serials(&order(&mut world, "901")), ["0001", "0002"]);
}

#[on_both_databases]
fn a_repair_merges_no_two_clients_and_leaves_no_second_order(mut world: World) {
    let other = row("911", "2026-08-26", "0002").replace("Проба А. Б.", "Другой В. Г.");
    let bare = row("912", "2026-08-26", "");
    let table = format!("{HEAD}\n{}{other}{bare}", row("911", "31.02.2026", "0001"));
    let (done, job) = bring(&mut world, "orders", &table);
    assert_eq!(done["taken"], 2, "{done}");
    let left = repair(&mut world, &job, 2, &[("дата", "26.08.2026")]);
    assert!(left["problems"].to_string().contains("впишите другой номер"), "{left}");
    let first = order(&mut world, "911");
    assert_eq!((&first["client"], serials(&first)), (&json!("Другой В. Г."), vec!["0002"]));
    let left = repair(&mut world, &job, 2, &[("заявка", "913")]);
    assert_eq!(left["taken"], 3, "{left}");
    assert_eq!(order(&mut world, "913")["client"], "Проба А. Б.");

    // The line of which an order was made keeps its number; what the order does not take is said.
    let mut cells = lines(&mut world, &job)["lines"][0]["cells"].clone();
    cells[0] = json!("914");
    let path = format!("/v1/imports/{job}/lines");
    let body = json!({ "lines": [{ "line": 4, "cells": cells }] });
    expect(&replaced(&mut world, &path, &body), 422, "field_invalid", "lines");
    let twice = json!({ "lines": [body["lines"][0], body["lines"][0]] });
    expect(&replaced(&mut world, &path, &twice), 422, "field_invalid", "lines");
    let changes = [("заводской_номер", "0003"), ("телефон", "+7 900 555-00-09")];
    let left = repair(&mut world, &job, 4, &changes);
    assert!(left["problems"].to_string().contains("остались прежние телефон"), "{left}");
    let bare = order(&mut world, "912");
    assert_eq!((serials(&bare), &bare["price_kop"]), (vec!["0003"], &json!(90_000)));
}

/// Changes an order's card in the office as its form does.
fn change_card(world: &mut World, number: &str, change: impl FnOnce(&mut Value)) {
    let mut card = order(world, number);
    let path = format!("/v1/orders/{}", card["id"].as_str().unwrap());
    let version = card["version"].to_string();
    card["instruments"] = card["expected"].clone();
    card["zone"] = json!("");
    change(&mut card);
    let said = world.office.send("PUT", &path, &[("if-match", &version)], &card).unwrap();
    assert_eq!(said.status, 200, "{}", said.json());
}

#[on_both_databases]
fn a_repair_raises_no_price_that_the_office_set(mut world: World) {
    let two =
        |number: &str| row(number, "2026-08-26", "0001") + &row(number, "2026-08-26", "8,81E+06");
    let table = format!("{HEAD}\n{}{}", two("701"), two("702"));
    let (_, job) = bring(&mut world, "orders", &table);
    // The office adds the meter itself.
    change_card(&mut world, "701", |card| {
        let mut second = card["instruments"][0].clone();
        second["id"] = Value::Null;
        second["serial_number"] = json!("0002");
        card["instruments"].as_array_mut().unwrap().push(second);
        card["price_kop"] = json!(180_000);
    });
    let said = repair(&mut world, &job, 3, &[("заводской_номер", "0002")]);
    assert!(said.to_string().contains("цена заявки осталась"), "{said}");
    let of = order(&mut world, "701");
    assert_eq!((serials(&of).len(), &of["price_kop"]), (2, &json!(180_000)), "{of}");
    assert!(!of.to_string().contains("добавлены приборы: \""), "{of}");
    // The office sets a price for the whole order and another day; the line is still of that order.
    change_card(&mut world, "702", |card| {
        card["price_kop"] = json!(500_000);
        card["date"] = json!("2026-08-27");
    });
    let said = repair(&mut world, &job, 5, &[("заводской_номер", "0002")]);
    assert!(said.to_string().contains("цена заявки осталась"), "{said}");
    let of = order(&mut world, "702");
    assert_eq!(
        (serials(&of).len(), &of["price_kop"], &of["date"]),
        (2, &json!(500_000), &json!("2026-08-27"))
    );
}
