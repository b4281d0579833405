//! What the office types: bounds, lines, two editors at once, links, and errors that name the field.

use serde_json::{Value, json};
use vyezd_server::limits::office::{
    LINK_DAYS_MIN, MONEY_KOP_MAX, ORDER_PHONES_MAX, PERSON_DISTRICTS_MAX,
};
use vyezd_story::on_both_databases;
use vyezd_tests::{World, readings};

use crate::office_trust::{METER, audit, expect, metrologist, paper, person, put, said};

#[on_both_databases]
fn what_is_typed_has_bounds_and_names_its_field(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let path = format!("/v1/orders/{order}/readings");
    let good = paper(&mut world, order, &anna);
    let long = json!("я".repeat(5_000));
    for field in ["type_number", "modification", "serial_number"] {
        let mut body = good.clone();
        body["instruments"][0][field] = long.clone();
        expect(&said(&mut world, &path, &body), 422, "too_long", field);
    }
    let mut body = good.clone();
    body["instruments"][0]["rows"][0]["point"] = long.clone();
    expect(&said(&mut world, &path, &body), 422, "too_long", "point");
    let mut body = good.clone();
    let twice = body["instruments"][0].clone();
    body["instruments"].as_array_mut().unwrap().push(twice);
    expect(&said(&mut world, &path, &body), 422, "instrument_twice", "instruments");
    for sum in [-1, i64::MIN, i64::MAX, MONEY_KOP_MAX + 1] {
        let mut body = good.clone();
        body["received_kop"] = json!(sum);
        expect(&said(&mut world, &path, &body), 422, "money_out_of_range", "received_kop");
    }
    let mut body = good.clone();
    body["instruments"][0]["year"] = json!(0);
    expect(&said(&mut world, &path, &body), 422, "field_invalid", "year");

    let card = json!({
        "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned",
        "district": "Ленинский", "address": "г. Саратов, ул. Тархова, д. 12",
    });
    let with = |field: &str, value: Value| {
        let mut card = card.clone();
        card[field] = value;
        card
    };
    for far in ["2001-01-10", "2099-01-10", "2027-08-28", "2025-08-24"] {
        expect(
            &said(&mut world, "/v1/orders", &with("date", json!(far))),
            422,
            "field_invalid",
            "date",
        );
    }
    let window = with("window", json!("18:00-12:00"));
    expect(&said(&mut world, "/v1/orders", &window), 422, "field_invalid", "window");
    let year = with("instruments", json!([{ "serial_number": "1", "year": 2027 }]));
    expect(&said(&mut world, "/v1/orders", &year), 422, "field_invalid", "year");
    let id = "00112233445566778899aabbccddeeff";
    let twice = json!([{ "id": id }, { "id": id }]);
    let refused = said(&mut world, "/v1/orders", &with("instruments", twice));
    expect(&refused, 422, "instrument_twice", "instruments");
    let sum = with("price_kop", json!(MONEY_KOP_MAX + 1));
    expect(&said(&mut world, "/v1/orders", &sum), 422, "money_out_of_range", "price_kop");
    let phones = with("phones", json!(vec!["+79170001001"; ORDER_PHONES_MAX + 1]));
    expect(&said(&mut world, "/v1/orders", &phones), 422, "too_many", "phones");
    let districts: Vec<String> = (0..=PERSON_DISTRICTS_MAX).map(|n| format!("{n}-й")).collect();
    let many = json!({ "login": "x", "name": "Икс", "role": "metrologist", "active": false,
        "districts": districts });
    expect(&said(&mut world, "/v1/people", &many), 422, "too_many", "districts");
    assert_eq!(said(&mut world, &path, &good).0, 200, "an ordinary paper is taken");
}

#[on_both_databases]
fn what_two_people_edit_is_not_lost(mut world: World) {
    let boris = person(&mut world, "metrolog-2");
    let seen = boris["version"].to_string();
    assert_eq!(put(&mut world, &boris, "", &[]).0, 428);
    assert_eq!(put(&mut world, &boris, &seen, &[("phone", json!("+79000000009"))]).0, 200);
    let (status, problem) = put(&mut world, &boris, &seen, &[("name", json!("Борис Б."))]);
    assert_eq!((status, &problem["code"]), (412, &json!("version_old")));
    assert!(problem["message"].as_str().unwrap().contains("Администратор"), "{problem}");
    let now = problem["version"].to_string();
    assert_eq!(put(&mut world, &boris, &now, &[("name", json!("Борис Б."))]).0, 200);
    let one = format!("/v1/people/{}", boris["id"].as_str().unwrap());
    assert_eq!(world.office.get(&one).unwrap()["name"], json!("Борис Б."));
    assert_eq!(world.office.etag(), format!("\"{}\"", now.parse::<i64>().unwrap() + 1));

    // An order is kept the same way; its history knows who was faster.
    let order = world.order("7", "2026-08-26", &[METER]);
    let path = format!("/v1/orders/{order}");
    let page = world.office.get(&path).unwrap();
    let seen = world.office.etag().to_owned();
    assert_eq!(seen, format!("\"{}\"", page["version"]));
    let mut card = page;
    card["note"] = json!("собака");
    card["instruments"] = json!([]);
    let change = |world: &mut World, headers: &[(&str, &str)]| {
        world.office.send("PUT", &path, headers, &card).unwrap()
    };
    let none = change(&mut world, &[]);
    assert_eq!((none.status, &none.json()["code"]), (428, &json!("version_missing")));
    let first = change(&mut world, &[("if-match", &seen)]);
    assert_eq!((first.status, &first.json()["version"]), (200, &json!(2)));
    let stale = change(&mut world, &[("if-match", &seen)]);
    assert_eq!((stale.status, &stale.json()["code"]), (412, &json!("version_old")));
    assert!(stale.json()["message"].as_str().unwrap().contains("Администратор"));
    let postpone = json!({ "date": "2026-08-27", "window": "10-12", "reason": "просили" });
    let seen = stale.json()["version"].to_string();
    world.office.post(&format!("{path}/postpone"), &postpone).unwrap();
    assert_eq!(change(&mut world, &[("if-match", &seen)]).status, 412);

    // The firm and its questions are kept the same way.
    let firm = world.office.get("/v1/firm").unwrap()["entities"][0].clone();
    let seen = world.office.etag().to_owned();
    let write = |world: &mut World, path: &str, seen: &str, body: &Value| {
        let headers = [("if-match", seen)];
        let headers: &[(&str, &str)] = if seen.is_empty() { &[] } else { &headers };
        world.office.send("PUT", path, headers, body).unwrap().status
    };
    let statuses = ["", &seen, &seen].map(|seen| write(&mut world, "/v1/firm", seen, &firm));
    assert_eq!(statuses, [428, 204, 412]);
    world.office.get("/v1/firm/faq").unwrap();
    let seen = world.office.etag().to_owned();
    let faq = json!([{ "question": "Где?", "answer": "Там." }]);
    let statuses = ["", &seen, &seen].map(|seen| write(&mut world, "/v1/firm/faq", seen, &faq));
    assert_eq!(statuses, [428, 204, 412]);
}

#[on_both_databases]
fn a_clients_link_ends_and_can_be_closed(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).visit(order, &readings::fit("1", "08812345")).sync();
    world.tick();
    let page = world.page(order);
    let sheet = page.sheets[0].clone();
    let token = sheet.link.rsplit('/').next().unwrap().to_owned();
    let look = |world: &World, rest: &str| {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent: ureq::Agent = agent.into();
        let url = format!("{}/v1/public/sheets/{token}{rest}", world.base());
        let mut answer = agent.get(url).call().unwrap();
        let body = answer.body_mut().read_to_vec().unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        (answer.status().as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
    };
    let paper = format!("/papers/{}", page.papers[0].id);
    assert_eq!(look(&world, "").0, 200);
    assert_eq!(look(&world, &paper).0, 200);
    assert_eq!(audit(&mut world, "kind=link.paper").len(), 1);

    let at = format!("/v1/orders/{order}/sheets/{}/link", sheet.id);
    let closed = world.office.post(&at, &json!({ "open": false })).unwrap();
    assert_eq!(closed["sheets"][0]["link_state"], json!("closed"));
    let gone = |code: &str| (410, code.to_owned());
    assert_eq!(look(&world, ""), gone("link_closed"));
    assert_eq!(look(&world, &paper), gone("link_closed"));
    world.office.post(&at, &json!({ "open": true })).unwrap();
    assert_eq!(look(&world, "").0, 200);
    let history = world.page(order).lines();
    assert!(history.contains("Ссылка клиента закрыта"), "{history}");

    // Cold water: six years, and one more; nothing lasts for ever.
    world.app.clock().move_to(world.now().plus_s(6 * 365 * 24 * 3600));
    assert_eq!(look(&world, "").0, 200);
    world.app.clock().move_to(world.now().plus_s(2 * LINK_DAYS_MIN * 24 * 3600));
    assert_eq!(look(&world, ""), gone("link_ended"));
    world.office.post(&at, &json!({ "open": true })).unwrap();
    assert_eq!(look(&world, "").0, 200);
}

#[on_both_databases]
fn a_line_is_one_line_whatever_was_pasted(mut world: World) {
    let pasted = |text: &str| format!("\u{feff} {}\t\n", text.replace(' ', "\u{2028}\r\n\u{200b}"));
    let card = json!({
        "number": pasted("А 1"), "date": "2026-08-26", "window": "10:00-12:00",
        "urgency": "planned", "district": pasted("Ленинский район"), "kind": "\u{feff}\n",
        "client": pasted("Иванова И.И."), "address": pasted("г. Саратов, ул. Тархова, д. 12"),
        "note": "собака\r\nзвонить\tза час\u{feff}\n",
        "instruments": [{ "serial_number": pasted("08 81") }],
    });
    let page = world.office.post("/v1/orders", &card).unwrap();
    let told = ["number", "district", "kind", "client", "address", "note"]
        .map(|field| page[field].as_str().unwrap());
    let expected = [
        "А 1",
        "Ленинский район",
        "поверка",
        "Иванова И.И.",
        "г. Саратов, ул. Тархова, д. 12",
        "собака\nзвонить за час",
    ];
    assert_eq!(told, expected);
    assert_eq!(page["expected"][0]["serial_number"], json!("08 81"));
    let mut empty = card.clone();
    empty["number"] = json!("");
    empty["address"] = json!("\u{feff}\n\u{200b}");
    expect(&said(&mut world, "/v1/orders", &empty), 422, "field_required", "address");

    let new = json!({ "login": "new", "name": pasted("Новая Н. Н."), "role": "metrologist",
        "active": true, "districts": [pasted("Ленинский район"), "\u{feff}"] });
    let new = world.office.post("/v1/people", &new).unwrap();
    assert_eq!(new["name"], json!("Новая Н. Н."));
    assert_eq!(new["districts"], json!(["Ленинский район"]));
    let mut firm = world.office.get("/v1/firm").unwrap()["entities"][0].clone();
    for field in ["name", "address", "accreditation", "head", "phone"] {
        firm[field] = json!(pasted("Общество с ограничениями"));
    }
    world.office.put("/v1/firm", &firm).unwrap();
    let firm = world.office.get("/v1/firm").unwrap()["entities"][0].clone();
    for field in ["name", "address", "accreditation", "head", "phone"] {
        assert_eq!(firm[field], json!("Общество с ограничениями"), "{field}");
    }
    let faq = json!([{ "question": pasted("Где ключ?"), "answer": "Там.\r\nНа полке." }]);
    world.office.put("/v1/firm/faq", &faq).unwrap();
    let faq = world.office.get("/v1/firm/faq").unwrap();
    assert_eq!(faq, json!([{ "question": "Где ключ?", "answer": "Там.\nНа полке." }]));
    let order = page["id"].as_str().unwrap();
    let reason = json!({ "reason": pasted("не дозвонились") });
    let page = world.office.post(&format!("/v1/orders/{order}/cancel"), &reason).unwrap();
    let history = page["history"].as_array().unwrap();
    let line = json!("Отменена: не дозвонились");
    assert!(history.iter().any(|one| one["what"] == line), "{history:?}");
}

#[on_both_databases]
fn what_ends_ends_after_it_began(mut world: World) {
    let means = |from: &str, until: &str| {
        json!({ "title": "Эталон", "kind": "mieta", "number": "1", "valid_from": from,
            "valid_until": until })
    };
    let backwards = means("2026-08-26", "2026-08-25");
    expect(&said(&mut world, "/v1/firm/means", &backwards), 422, "field_invalid", "valid_until");
    let one_day = means("2026-08-26", "2026-08-26");
    assert_eq!(said(&mut world, "/v1/firm/means", &one_day).0, 204);
    let days = json!({ "from": "2026-08-26", "to": "2026-08-25" });
    expect(&said(&mut world, "/v1/packages", &days), 422, "field_invalid", "to");
    let mut card = json!({
        "date": "2026-08-26", "window": "18:00-12:00", "urgency": "planned",
        "district": "Ленинский", "address": "г. Саратов, ул. Тархова, д. 12",
    });
    for window in ["18:00-12:00", "12:00-12:00", "25:00-26:00"] {
        card["window"] = json!(window);
        expect(&said(&mut world, "/v1/orders", &card), 422, "field_invalid", "window");
    }
    let order = world.order("7", "2026-08-26", &[METER]);
    let later = json!({ "date": "2026-08-27", "window": "18-12", "reason": "просили" });
    let path = format!("/v1/orders/{order}/postpone");
    expect(&said(&mut world, &path, &later), 422, "field_invalid", "window");
}

#[on_both_databases]
fn what_cannot_be_read_names_its_field_in_russian(mut world: World) {
    let ask = |world: &mut World, path: &str| {
        let said = world.office.send("GET", path, &[], &json!({})).unwrap();
        let problem = said.json();
        let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        (said.status, text("code"), text("field"), text("message"))
    };
    for (query, field) in [
        ("/v1/orders?limit=0", "limit"),
        ("/v1/orders?limit=-1", "limit"),
        ("/v1/orders?limit=201", "limit"),
        ("/v1/orders?limit=9223372036854775808", "limit"),
        ("/v1/orders?limit=ten", "limit"),
        ("/v1/orders?limit=1&limit=2", "limit"),
        ("/v1/orders?after=2026-08-26", "after"),
        ("/v1/orders?after=26.08.2026.600.1", "after"),
        ("/v1/orders?sort=price", "sort"),
        ("/v1/orders?from=yesterday", "from"),
        ("/v1/orders?from=2026-08-26&to=2026-08-25", "to"),
        ("/v1/orders?state=none", "state"),
        ("/v1/audit?limit=0", "limit"),
        ("/v1/audit?limit=201", "limit"),
        ("/v1/audit?before=x", "before"),
        ("/v1/audit?person=x", "person"),
        ("/v1/sessions?person=x", "person"),
        ("/v1/papers.zip?from=2026-08-26&to=2026-08-25", "to"),
    ] {
        let (status, code, named, words) = ask(&mut world, query);
        let told = (status, code.as_str(), named.as_str());
        assert_eq!(told, (400, "field_invalid", field), "{query}");
        let russian = words.chars().any(|sign| matches!(sign, 'а'..='я'));
        assert!(russian && !words.contains("expected"), "{query}: {words}");
    }
    let (status, code, named, _) = ask(&mut world, "/v1/papers.zip");
    assert_eq!((status, code.as_str(), named.as_str()), (400, "field_required", "from"));
    for (body, code, field) in [
        (json!({ "login": 7 }), "field_invalid", "login"),
        (json!({ "login": "new" }), "field_required", "name"),
        (
            json!({ "login": "x", "name": "x", "role": "office", "districts": [1], "active": true }),
            "field_invalid",
            "districts.0",
        ),
        (json!([]), "field_invalid", "body"),
    ] {
        expect(&said(&mut world, "/v1/people", &body), 422, code, field);
    }
}
