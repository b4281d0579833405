//! A table is looked at before it is taken: every order is tried, lines are typed over, and nobody is asked until a
//! person says so.

use serde_json::{Value, json};
use vyezd_server::limits::office::{IMPORT_LINES_MAX, OFFERS_AHEAD_DAYS};
use vyezd_story::on_both_databases;
use vyezd_tests::World;

use crate::office_trust::{expect, said};
use crate::repair::{HEAD, order, row};

fn tried(world: &mut World, kind: &str, table: &str) -> (Value, String) {
    let path = format!("/v1/import/{kind}?check=true");
    let done = world.office.upload(&path, table.as_bytes()).expect("the table is tried");
    let id = done["id"].as_str().expect("an id").to_owned();
    (done, id)
}

fn post(world: &mut World, job: &str, act: &str, body: &Value) -> Value {
    world.office.post(&format!("/v1/imports/{job}/{act}"), body).expect(act)
}

fn lines(world: &mut World, job: &str, after: u64) -> Value {
    let path = format!("/v1/imports/{job}/lines?all=true&after={after}");
    world.office.get(&path).expect("the lines")
}

/// Types a cell of a line over.
fn type_over(world: &mut World, job: &str, line: u64, changes: &[(&str, &str)]) -> Value {
    let table = lines(world, job, line - 1);
    let mut cells = table["lines"][0]["cells"].clone();
    assert_eq!(table["lines"][0]["line"], line);
    for (column, cell) in changes {
        let at = table["names"].as_array().unwrap().iter().position(|name| name == column);
        cells[at.unwrap()] = json!(cell);
    }
    let body = json!({ "lines": [{ "line": line, "cells": cells }] });
    world.office.put_seen(&format!("/v1/imports/{job}/lines"), "", &body).expect("typed over")
}

fn orders(world: &mut World) -> usize {
    world.office.get("/v1/orders").unwrap()["items"].as_array().unwrap().len()
}

fn is_asked(world: &mut World, order: &Value) -> bool {
    let id = order["id"].as_str().unwrap().parse().unwrap();
    ["Анна", "Борис"].into_iter().any(|name| world.device(name).sync().is_asked(id))
}

fn columns(job: &Value) -> Vec<(u64, &str)> {
    let said = job["problems"].as_array().unwrap().iter();
    said.map(|of| (of["line"].as_u64().unwrap(), of["column"].as_str().unwrap_or_default()))
        .collect()
}

#[on_both_databases]
fn a_tried_table_takes_nothing_until_a_person_says_so(mut world: World) {
    world.order("900", "2026-08-26", &[("16078-13", "СХВ-15", "0009")]);
    let before = orders(&mut world);
    let table = format!(
        "{HEAD}\n{}{}{}{}",
        row("501", "2026-08-26", "0001"),
        row("502", "31.02.2026", "0002"),
        row("900", "2026-08-26", "0003"),
        row("503", "2026-08-26", "8,81E+06"),
    );
    let (job, id) = tried(&mut world, "orders", &table);
    assert_eq!((&job["state"], &job["trial"]), (&json!("checked"), &json!(true)), "{job}");
    assert_eq!((&job["taken"], &job["total"]), (&json!(1), &json!(2)), "{job}");
    assert_eq!(columns(&job), [(3, "дата"), (4, "заявка"), (5, "заводской_номер")], "{job}");
    assert_eq!(orders(&mut world), before, "nothing was taken");

    // All lines are there, each with what is said of it; any of them can be typed over.
    let table = lines(&mut world, &id, 0);
    let shown: Vec<u64> =
        table["lines"].as_array().unwrap().iter().map(|of| of["line"].as_u64().unwrap()).collect();
    assert_eq!((shown, &table["more"]), (vec![2, 3, 4, 5], &json!(0)));
    assert_eq!(table["lines"][0]["problems"], json!([]));
    let job = type_over(&mut world, &id, 3, &[("дата", "27.08.2026")]);
    assert_eq!((&job["taken"], &job["total"]), (&json!(2), &json!(3)), "{job}");
    let job = type_over(&mut world, &id, 2, &[("клиент", "Новая О. П.")]);
    assert_eq!((&job["taken"], &job["total"]), (&json!(2), &json!(3)), "{job}");
    // A line without a cell is none.
    let empty: Vec<&str> = HEAD.split(';').map(|_| "").collect();
    let body = json!({ "lines": [{ "line": 4, "cells": empty }] });
    let path = format!("/v1/imports/{id}/lines");
    let job = world.office.put_seen(&path, "", &body).unwrap();
    assert_eq!((&job["taken"], &job["total"]), (&json!(2), &json!(2)), "{job}");
    let job = type_over(&mut world, &id, 5, &[("заводской_номер", "0004")]);
    assert_eq!((&job["taken"], &job["problems"]), (&json!(3), &json!([])), "{job}");
    assert_eq!(orders(&mut world), before, "still nothing");

    let done = post(&mut world, &id, "take", &json!({}));
    assert_eq!((&done["state"], &done["trial"]), (&json!("done"), &json!(false)), "{done}");
    assert_eq!((&done["taken"], &done["total"]), (&json!(3), &json!(3)), "{done}");
    assert_eq!(order(&mut world, "501")["client"], "Новая О. П.");
    assert_eq!(order(&mut world, "502")["date"], "2026-08-27");
    let first = order(&mut world, "501");
    assert!(is_asked(&mut world, &first));
    let twice = said(&mut world, &format!("/v1/imports/{id}/take"), &json!({}));
    expect(&twice, 409, "import_closed", "");
    // It is undone as one that was never tried.
    assert_eq!(post(&mut world, &id, "undo", &json!({}))["state"], "undone");
}

#[on_both_databases]
fn people_are_asked_from_the_chosen_hour_on(mut world: World) {
    let table = format!("{HEAD}\n{}", row("501", "2026-08-27", "0001"));
    let (_, id) = tried(&mut world, "orders", &table);
    let path = format!("/v1/imports/{id}/take");
    let far = world.now().plus_s(OFFERS_AHEAD_DAYS * 86_400 + 1).0;
    expect(
        &said(&mut world, &path, &json!({ "offers_from": far })),
        422,
        "field_invalid",
        "offers_from",
    );
    let from = world.now().plus_s(3 * 3600).0;
    let done = post(&mut world, &id, "take", &json!({ "offers_from": from }));
    assert_eq!((&done["state"], &done["offers_from"]), (&json!("done"), &json!(from)), "{done}");
    world.tick();
    let waits = order(&mut world, "501");
    assert_eq!((&waits["state"], &waits["offers_from"]), (&json!("new"), &json!(from)), "{waits}");
    assert!(waits["history"].to_string().contains("Так выбрал офис"), "{}", waits["history"]);
    assert!(!is_asked(&mut world, &waits));
    world.minutes(3 * 60 - 1);
    world.tick();
    assert!(!is_asked(&mut world, &waits), "a minute before");
    world.minutes(1);
    world.tick();
    assert!(is_asked(&mut world, &waits), "on time");
    assert_eq!(order(&mut world, "501")["offers_from"], Value::Null);
}

#[on_both_databases]
fn an_order_that_waits_for_its_hour_can_be_offered_at_once(mut world: World) {
    let table = format!("{HEAD}\n{}", row("501", "2026-08-27", "0001"));
    let (_, id) = tried(&mut world, "orders", &table);
    let from = world.now().plus_s(3 * 3600).0;
    post(&mut world, &id, "take", &json!({ "offers_from": from }));
    world.tick();
    let waits = order(&mut world, "501");
    let path = format!("/v1/orders/{}/offer", waits["id"].as_str().unwrap());
    world.office.post(&path, &json!({})).expect("offered");
    world.tick();
    assert!(is_asked(&mut world, &waits));
}

#[on_both_databases]
fn a_tried_table_can_be_left_alone_and_its_numbers_stay_free(mut world: World) {
    let table = format!("{HEAD}\n{}", row("501", "2026-08-26", "0001"));
    let before = orders(&mut world);
    let (_, id) = tried(&mut world, "orders", &table);
    assert_eq!(post(&mut world, &id, "undo", &json!({}))["state"], "undone");
    expect(
        &said(&mut world, &format!("/v1/imports/{id}/take"), &json!({})),
        409,
        "import_closed",
        "",
    );
    assert_eq!(orders(&mut world), before);
    let stop = said(&mut world, &format!("/v1/imports/{id}/stop"), &json!({}));
    expect(&stop, 409, "import_closed", "");
    let (job, _) = tried(&mut world, "orders", &table);
    assert_eq!(job["taken"], 1, "{job}");
}

#[on_both_databases]
fn readings_and_people_are_tried_too(mut world: World) {
    let table = "ФИО;логин;роль;телефон\nПробная О. О.;probnaya;офис;\nВторая В. В.;office;офис;\n";
    let (job, id) = tried(&mut world, "people", table);
    assert_eq!((&job["taken"], columns(&job)), (&json!(1), vec![(3, "имя_входа")]), "{job}");
    let people = world.office.get("/v1/people").unwrap().to_string();
    assert!(!people.contains("Пробная"), "{people}");
    let done = post(&mut world, &id, "take", &json!({}));
    assert_eq!(done["taken"], 1, "{done}");
    assert!(world.office.get("/v1/people").unwrap().to_string().contains("Пробная"));

    let head = "заявка;заводской_номер;точка;расход_м3ч;начало_м3;конец_м3;эталон_м3;длительность_с;темп_воды_С;темп_воздуха_С;влажность_проц;давление_кПа;внешний_осмотр;опробование;герметичность;источник";
    let row = "никакая;0001;Qмин;0,031;18,0400;18,0462;0,0062;720;11;21;450;99;да;да;да;с бумаги";
    let (job, _) = tried(&mut world, "readings", &format!("{head}\n{row}\n"));
    assert_eq!(job["taken"], 0, "{job}");
    assert_eq!(columns(&job), [(2, "влажность_проц"), (2, "заявка")], "{job}");
}

#[on_both_databases]
fn many_lines_come_a_page_at_a_time(mut world: World) {
    let many: String =
        (0..IMPORT_LINES_MAX + 5).map(|n| row(&format!("7{n}"), "31.02.2026", "1")).collect();
    let (_, id) = tried(&mut world, "orders", &format!("{HEAD}\n{many}"));
    let first = lines(&mut world, &id, 0);
    assert_eq!(first["lines"].as_array().unwrap().len(), IMPORT_LINES_MAX);
    assert_eq!(first["more"], 5);
    let last = first["lines"][IMPORT_LINES_MAX - 1]["line"].as_u64().unwrap();
    let rest = lines(&mut world, &id, last);
    assert_eq!((rest["lines"].as_array().unwrap().len(), &rest["more"]), (5, &json!(0)));
    assert_eq!(rest["lines"][0]["line"], last + 1);
}

#[on_both_databases]
fn an_empty_table_has_the_columns_that_are_read(mut world: World) {
    for kind in ["orders", "readings", "types", "people"] {
        let path = format!("/v1/import/{kind}/template");
        let sent = world.office.send("GET", &path, &[], &Value::Null).unwrap();
        let text = String::from_utf8(sent.body.clone()).unwrap();
        assert!(sent.status == 200 && text.starts_with('\u{feff}'), "{kind}: {text}");
        let (_, id) = tried(&mut world, kind, &text);
        let table = lines(&mut world, &id, 0);
        let (columns, names) = (&table["columns"], &table["names"]);
        assert!(columns == names && columns.as_array().unwrap().len() > 4, "{table}");
    }
}

#[on_both_databases]
fn what_cannot_wait_for_the_chosen_hour_is_offered_at_once_and_said(mut world: World) {
    let soon = row("502", "2026-08-27", "0002").replace("09:00-11:00", "15:00-17:00");
    let table =
        format!("{HEAD}\n{}{soon}", row("501", "2026-08-28", "0001").replace("плановая", "авария"));
    let (_, id) = tried(&mut world, "orders", &table);
    let from = world.now().plus_s(2 * 86_400).0;
    let done = post(&mut world, &id, "take", &json!({ "offers_from": from }));
    assert_eq!(done["taken"], 2, "{done}");
    assert_eq!(columns(&done), [(2, "дата"), (3, "дата")], "{done}");
    for number in ["501", "502"] {
        assert_eq!(order(&mut world, number)["offers_from"], Value::Null, "{number}");
    }
    let late = json!({
        "date": "2026-08-27", "window": "10:00-12:00", "urgency": "planned", "district": "Ленинский",
        "address": "г. Саратов, ул. Тархова, д. 5", "offers_from": from,
    });
    expect(&said(&mut world, "/v1/orders", &late), 422, "field_invalid", "offers_from");
}

#[on_both_databases]
fn a_district_without_people_is_said_before_the_table_is_taken(mut world: World) {
    let table =
        format!("{HEAD}\n{}", row("501", "2026-08-26", "0001").replace("Ленинский", "Марс"));
    let (job, _) = tried(&mut world, "orders", &table);
    assert_eq!((&job["taken"], columns(&job)), (&json!(1), vec![(2, "район")]), "{job}");
    assert!(job["problems"].to_string().contains("«Марс»"), "{job}");
}

#[on_both_databases]
fn a_refused_line_is_not_emptied_and_a_remark_keeps_an_import(mut world: World) {
    let table =
        format!("{HEAD}\n{}{}", row("501", "2026-08-26", "0001"), row("502", "31.02.2026", "0002"));
    let (_, id) = tried(&mut world, "orders", &table);
    post(&mut world, &id, "take", &json!({}));
    let empty: Vec<&str> = HEAD.split(';').map(|_| "").collect();
    let body = json!({ "lines": [{ "line": 3, "cells": empty }] });
    let path = format!("/v1/imports/{id}/lines");
    let refused = world.office.send("PUT", &path, &[], &body).unwrap();
    assert_eq!(refused.status, 422, "{}", refused.json());
    let first = order(&mut world, "501");
    let remark = format!("/v1/orders/{}/comments", first["id"].as_str().unwrap());
    world.office.post(&remark, &json!({ "text": "Звонила" })).unwrap();
    expect(
        &said(&mut world, &format!("/v1/imports/{id}/undo"), &json!({})),
        409,
        "import_used",
        "",
    );
}
