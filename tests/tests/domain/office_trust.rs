//! What the office may do, who answers for it, and what is written down of it.

use serde_json::{Value, json};
use vyezd_server::limits::office::{
    LINK_DAYS_MIN, MONEY_KOP_MAX, ORDER_PHONES_MAX, PERSON_DISTRICTS_MAX,
};
use vyezd_tests::{Database, World, readings};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

fn person(world: &mut World, login: &str) -> Value {
    let people = world.desk.get("/v1/people").unwrap();
    let found = people.as_array().unwrap().iter().find(|p| p["login"] == json!(login));
    found.unwrap().clone()
}

fn metrologist(world: &mut World) -> Value {
    let people = world.desk.get("/v1/people").unwrap();
    let found = people.as_array().unwrap().iter().find(|p| p["name"] == json!("Анна"));
    found.unwrap().clone()
}

fn paper(world: &mut World, order: vyezd_core::model::OrderId, person: &Value) -> Value {
    let expected = world.page(order)["expected"][0].clone();
    let row = |point: &str, flow: &str, end: &str, reference: &str| json!({ "point": point, "flow": flow, "start": "10,0000", "end": end, "reference": reference });
    json!({
        "person": person["id"], "date": "2026-08-26", "signer": "Кузнецова М. П.",
        "received_kop": 180_000,
        "instruments": [{
            "id": expected["id"], "type_number": "16078-13", "modification": "СХВ-15",
            "serial_number": "08812345", "year": 2020, "water": "cold", "position": "horizontal",
            "air_c": "22,1", "humidity_percent": "45", "pressure_kpa": "100.2", "water_c": "12,4",
            "visual": true, "operation": true, "tightness": true,
            "rows": [row("Qмин", "0,031", "10,0062", "0,0063"), row("1,1Qп", "0.131", "10.0132", "0.0131"),
                row("Qнаиб", "0,948", "10,0310", "0,0313")],
        }],
    })
}

/// Status, code and field of what the server says.
fn said(world: &mut World, path: &str, body: &Value) -> (u16, String, String) {
    let said = world.desk.send("POST", path, &[], body).unwrap();
    let text = |name: &str| said.json()[name].as_str().unwrap_or_default().to_owned();
    (said.status, text("code"), text("field"))
}

fn expect(said: &(u16, String, String), status: u16, code: &str, field: &str) {
    assert_eq!((said.0, said.1.as_str(), said.2.as_str()), (status, code, field));
}

fn audit(world: &mut World, query: &str) -> Vec<Value> {
    let page = world.desk.get(&format!("/v1/audit?{query}")).unwrap();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn who_has_no_attestation_is_offered_nothing_and_signs_nothing() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let order = world.order("7", "2026-08-26", &[METER]);
        if world.device("Борис").sync().is_asked(order) {
            world.device("Борис").decline(order).sync();
        }
        world.device("Анна").sync().accept(order).sync();
        let mut anna = metrologist(&mut world);
        (anna["attested_until"], anna["phone"]) = (json!(""), json!(""));
        world.desk.put(&format!("/v1/people/{}", anna["id"].as_str().unwrap()), &anna).unwrap();
        let why = world.device("Анна").sync().cannot_sign(order);
        assert!(why.contains("аттестация"), "{why}");
        let next = world.order("8", "2026-08-26", &[METER]);
        assert!(!world.device("Анна").sync().is_asked(next));
        assert!(world.device("Борис").sync().is_asked(next));
    }
}

#[test]
fn only_who_may_verify_stands_on_a_protocol_and_who_typed_it_is_kept() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let order = world.order("7", "2026-08-26", &[METER]);
        world.minutes(8 * 60);
        let path = format!("/v1/orders/{order}/readings");
        let clerk = person(&mut world, "office");
        let body = paper(&mut world, order, &clerk);
        expect(&said(&mut world, &path, &body), 422, "not_metrologist", "person");

        let anna = metrologist(&mut world);
        let change = |world: &mut World, changes: &[(&str, Value)]| {
            let mut new = metrologist(world);
            for (field, value) in changes {
                new[*field] = value.clone();
            }
            let at = format!("/v1/people/{}", new["id"].as_str().unwrap());
            new["phone"] = json!("");
            world.desk.put(&at, &new).unwrap();
        };
        let body = paper(&mut world, order, &anna);
        for (until, code) in [("2026-08-25", "not_attested"), ("", "not_attested")] {
            change(&mut world, &[("attested_until", json!(until))]);
            expect(&said(&mut world, &path, &body), 422, code, "person");
        }
        change(&mut world, &[("attested_until", json!("2026-08-26")), ("active", json!(false))]);
        // Who left after that day stood behind his work on it.
        let (status, code, _) = said(&mut world, &path, &body);
        assert_eq!((status, code.as_str()), (200, ""));
        let page = world.page(order);
        assert_eq!(page["sheets"][0]["typed_by"], json!("Администратор"));
        let line = "Показания ввёл с бумаги: Администратор; поверитель: Анна";
        let history = page["history"].as_array().unwrap();
        assert!(history.iter().any(|l| l["what"] == json!(line)), "{history:?}");
        let typed = audit(&mut world, "kind=readings");
        assert_eq!((typed.len(), &typed[0]["kind"]), (1, &json!("readings.typed")));
        assert_eq!(typed[0]["person"], person(&mut world, "admin")["id"]);

        // Who had left before it does not.
        let late = world.order("8", "2026-08-27", &[METER]);
        world.minutes(24 * 60);
        let mut body = paper(&mut world, late, &anna);
        body["date"] = json!("2026-08-27");
        let path = format!("/v1/orders/{late}/readings");
        expect(&said(&mut world, &path, &body), 422, "not_working", "person");
    }
}

#[test]
fn what_is_typed_has_bounds_and_names_its_field() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
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
}

fn put(world: &mut World, who: &Value, seen: &str, changes: &[(&str, Value)]) -> (u16, Value) {
    let mut new = who.clone();
    new["phone"] = json!("");
    new["attested_until"] = json!("");
    for (field, value) in changes {
        new[*field] = value.clone();
    }
    let at = format!("/v1/people/{}", who["id"].as_str().unwrap());
    let headers = [("if-match", seen)];
    let headers: &[(&str, &str)] = if seen.is_empty() { &[] } else { &headers };
    let said = world.desk.send("PUT", &at, headers, &new).unwrap();
    (said.status, said.json())
}

#[test]
fn an_administrator_who_can_log_in_is_always_there() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        // One without a password does not count: nobody could log in as him.
        let ghost = json!({ "login": "ghost", "name": "Призрак", "role": "admin", "active": true });
        world.desk.post("/v1/people", &ghost).unwrap();
        let admin = person(&mut world, "admin");
        let version = admin["version"].to_string();
        for changes in [("role", json!("office")), ("active", json!(false))] {
            let (status, problem) = put(&mut world, &admin, &version, &[changes]);
            assert_eq!((status, &problem["code"]), (409, &json!("last_admin")));
        }
        // Two administrators take each other's role away at once: one of them stays.
        let second = json!({ "login": "second", "name": "Второй", "role": "admin", "active": true,
            "password": "длинный пароль" });
        world.desk.post("/v1/people", &second).unwrap();
        let (first, second) = (person(&mut world, "admin"), person(&mut world, "second"));
        let base = world.base().to_owned();
        let demote = |who: &Value| {
            let (base, mut new) = (base.clone(), who.clone());
            new["role"] = json!("office");
            (new["phone"], new["attested_until"]) = (json!(""), json!(""));
            std::thread::spawn(move || {
                let mut desk = vyezd_server::demo::Desk::new(&base, "admin", "vyezd-demo");
                let at = format!("/v1/people/{}", new["id"].as_str().unwrap());
                let version = new["version"].to_string();
                // A log-in that meets the demotion is refused as well.
                desk.send("PUT", &at, &[("if-match", &version)], &new)
                    .map_or(401, |said| said.status)
            })
        };
        let said = [demote(&first), demote(&second)].map(|thread| thread.join().unwrap());
        assert!(said.iter().any(|status| *status != 200), "{said:?}");
        let left = world
            .run(async { world.app.store.read().await.unwrap().administrators().await.unwrap() });
        assert_eq!(left, 1, "{said:?}");
    }
}

#[test]
fn what_two_people_edit_is_not_lost() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
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
        assert_eq!(world.desk.get(&one).unwrap()["name"], json!("Борис Б."));
        assert_eq!(world.desk.etag(), format!("\"{}\"", now.parse::<i64>().unwrap() + 1));

        // An order is kept the same way; its history knows who was faster.
        let order = world.order("7", "2026-08-26", &[METER]);
        let path = format!("/v1/orders/{order}");
        let page = world.desk.get(&path).unwrap();
        let seen = world.desk.etag().to_owned();
        assert_eq!(seen, format!("\"{}\"", page["version"]));
        let mut card = page;
        card["note"] = json!("собака");
        card["instruments"] = json!([]);
        let change = |world: &mut World, headers: &[(&str, &str)]| {
            world.desk.send("PUT", &path, headers, &card).unwrap()
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
        world.desk.post(&format!("{path}/postpone"), &postpone).unwrap();
        assert_eq!(change(&mut world, &[("if-match", &seen)]).status, 412);

        // The firm and its questions are kept the same way.
        let firm = world.desk.get("/v1/firm").unwrap()["entities"][0].clone();
        let seen = world.desk.etag().to_owned();
        let write = |world: &mut World, path: &str, seen: &str, body: &Value| {
            let headers = [("if-match", seen)];
            let headers: &[(&str, &str)] = if seen.is_empty() { &[] } else { &headers };
            world.desk.send("PUT", path, headers, body).unwrap().status
        };
        let statuses = ["", &seen, &seen].map(|seen| write(&mut world, "/v1/firm", seen, &firm));
        assert_eq!(statuses, [428, 204, 412]);
        world.desk.get("/v1/firm/faq").unwrap();
        let seen = world.desk.etag().to_owned();
        let faq = json!([{ "question": "Где?", "answer": "Там." }]);
        let statuses = ["", &seen, &seen].map(|seen| write(&mut world, "/v1/firm/faq", seen, &faq));
        assert_eq!(statuses, [428, 204, 412]);
    }
}

#[test]
fn settings_are_the_administrators() {
    let Some(mut world) = World::new(Database::Sqlite) else { return };
    let mut clerk = vyezd_server::demo::Desk::new(world.base(), "office", "vyezd-demo");
    let mut status = |method: &str, path: &str, body: &Value| {
        clerk.send(method, path, &[("if-match", "1")], body).unwrap().status
    };
    let faq = json!([{ "question": "Где?", "answer": "Там." }]);
    for (method, path, body) in [
        ("GET", "/v1/firm", json!({})),
        ("GET", "/v1/audit", json!({})),
        ("PUT", "/v1/firm/faq", faq),
        ("POST", "/v1/firm/methods/approve", json!({ "title": "МИ 1592-2015" })),
    ] {
        assert_eq!(status(method, path, &body), 403, "{method} {path}");
    }
    assert_eq!(status("GET", "/v1/firm/faq", &json!({})), 200);
    drop(world.desk.get("/v1/firm").unwrap());
}

#[test]
fn the_journal_tells_who_did_what_and_only_grows() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let new = json!({ "login": "new", "name": "Новая", "role": "office", "active": true,
            "password": "длинный пароль" });
        world.desk.post("/v1/people", &new).unwrap();
        let who = person(&mut world, "new");
        let seen = who["version"].to_string();
        let changes = [("role", json!("admin")), ("password", json!("другой пароль"))];
        assert_eq!(put(&mut world, &who, &seen, &changes).0, 200);
        let kinds = |world: &mut World, query: &str| -> Vec<String> {
            let lines = audit(world, query);
            lines.iter().map(|l| l["kind"].as_str().unwrap().to_owned()).collect()
        };
        let told = kinds(&mut world, "kind=person");
        let expected = ["person.password", "person.role", "person.changed", "person.created"];
        assert_eq!(told, expected);
        // Pages go on where the last one ended.
        let first = world.desk.get("/v1/audit?kind=person&limit=3").unwrap();
        let rest = first["next"].as_str().unwrap().to_owned();
        let rest = audit(&mut world, &format!("kind=person&limit=3&before={rest}"));
        assert_eq!((rest.len(), &rest[0]["kind"]), (1, &json!("person.created")));
        let admin = person(&mut world, "admin")["id"].as_str().unwrap().to_owned();
        let other = who["id"].as_str().unwrap();
        assert!(kinds(&mut world, &format!("person={other}")).is_empty());
        assert!(kinds(&mut world, &format!("person={admin}")).len() >= 4);
        // Three years later the night takes the lines away, and only then.
        let days = |world: &World, days: i64| {
            world.app.clock().move_to(world.now().plus_s(days * 24 * 3600));
            world.run(vyezd_server::timers::nightly(&world.app)).unwrap();
        };
        days(&world, vyezd_server::limits::office::AUDIT_DAYS - 1);
        assert_eq!(kinds(&mut world, "kind=person").len(), 4);
        days(&world, 2);
        assert!(kinds(&mut world, "kind=person").is_empty());
    }
}

#[test]
fn a_clients_link_ends_and_can_be_closed() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let order = world.order("1", "2026-08-26", &[METER]);
        world
            .device("Анна")
            .sync()
            .accept(order)
            .visit(order, &readings::fit("1", "08812345"))
            .sync();
        world.tick();
        let page = world.page(order);
        let sheet = page["sheets"][0].clone();
        let token = sheet["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let look = |world: &World, rest: &str| {
            let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
            let agent: ureq::Agent = agent.into();
            let url = format!("{}/v1/public/sheets/{token}{rest}", world.base());
            let mut answer = agent.get(url).call().unwrap();
            let body = answer.body_mut().read_to_vec().unwrap();
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            (answer.status().as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
        };
        let paper = format!("/papers/{}", page["papers"][0]["id"].as_str().unwrap());
        assert_eq!(look(&world, "").0, 200);
        assert_eq!(look(&world, &paper).0, 200);
        assert_eq!(audit(&mut world, "kind=link.paper").len(), 1);

        let at = format!("/v1/orders/{order}/sheets/{}/link", sheet["id"].as_str().unwrap());
        let closed = world.desk.post(&at, &json!({ "open": false })).unwrap();
        assert_eq!(closed["sheets"][0]["link_state"], json!("closed"));
        let gone = |code: &str| (410, code.to_owned());
        assert_eq!(look(&world, ""), gone("link_closed"));
        assert_eq!(look(&world, &paper), gone("link_closed"));
        world.desk.post(&at, &json!({ "open": true })).unwrap();
        assert_eq!(look(&world, "").0, 200);
        let history = world.page(order)["history"].to_string();
        assert!(history.contains("Ссылка клиента закрыта"), "{history}");

        // Cold water: six years, and one more; nothing lasts for ever.
        world.app.clock().move_to(world.now().plus_s(6 * 365 * 24 * 3600));
        assert_eq!(look(&world, "").0, 200);
        world.app.clock().move_to(world.now().plus_s(2 * LINK_DAYS_MIN * 24 * 3600));
        assert_eq!(look(&world, ""), gone("link_ended"));
        world.desk.post(&at, &json!({ "open": true })).unwrap();
        assert_eq!(look(&world, "").0, 200);
    }
}

#[test]
fn what_a_person_who_left_has_costs_no_order() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        // Older versions let somebody have as many as he liked.
        world.run(async {
            let mut tx = world.app.store.begin().await.unwrap();
            let mut people = tx.people().await.unwrap();
            let mut boris = people.remove(people.iter().position(|p| p.name == "Борис").unwrap());
            boris.active = false;
            boris.districts = (0..2_000).map(|n| format!("Старый {n}")).collect();
            boris.districts.push("Ленинский".to_owned());
            tx.put_person(&boris).await.unwrap();
            let asked = tx.metrologists_for("ленинский", None).await.unwrap();
            let asked: Vec<(&str, usize)> =
                asked.iter().map(|p| (p.name.as_str(), p.districts.len())).collect();
            assert_eq!(asked, [("Анна", 0)], "only who works, and no district is read");
            tx.commit().await.unwrap();
        });
        let order = world.order("1", "2026-08-26", &[METER]);
        assert_eq!(world.page(order)["offers"][0]["person"], json!("Анна"));
        let districts = world.desk.get("/v1/orders").unwrap()["districts"].clone();
        assert_eq!(districts, json!(["Ленинский"]));
    }
}

#[test]
fn a_line_is_one_line_whatever_was_pasted() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let pasted =
            |text: &str| format!("\u{feff} {}\t\n", text.replace(' ', "\u{2028}\r\n\u{200b}"));
        let card = json!({
            "number": pasted("А 1"), "date": "2026-08-26", "window": "10:00-12:00",
            "urgency": "planned", "district": pasted("Ленинский район"), "kind": "\u{feff}\n",
            "client": pasted("Иванова И.И."), "address": pasted("г. Саратов, ул. Тархова, д. 12"),
            "note": "собака\r\nзвонить\tза час\u{feff}\n",
            "instruments": [{ "serial_number": pasted("08 81") }],
        });
        let page = world.desk.post("/v1/orders", &card).unwrap();
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
        let new = world.desk.post("/v1/people", &new).unwrap();
        assert_eq!(new["name"], json!("Новая Н. Н."));
        assert_eq!(new["districts"], json!(["Ленинский район"]));
        let mut firm = world.desk.get("/v1/firm").unwrap()["entities"][0].clone();
        for field in ["name", "address", "accreditation", "head", "phone"] {
            firm[field] = json!(pasted("Общество с ограничениями"));
        }
        world.desk.put("/v1/firm", &firm).unwrap();
        let firm = world.desk.get("/v1/firm").unwrap()["entities"][0].clone();
        for field in ["name", "address", "accreditation", "head", "phone"] {
            assert_eq!(firm[field], json!("Общество с ограничениями"), "{field}");
        }
        let faq = json!([{ "question": pasted("Где ключ?"), "answer": "Там.\r\nНа полке." }]);
        world.desk.put("/v1/firm/faq", &faq).unwrap();
        let faq = world.desk.get("/v1/firm/faq").unwrap();
        assert_eq!(faq, json!([{ "question": "Где ключ?", "answer": "Там.\nНа полке." }]));
        let order = page["id"].as_str().unwrap();
        let reason = json!({ "reason": pasted("не дозвонились") });
        let page = world.desk.post(&format!("/v1/orders/{order}/cancel"), &reason).unwrap();
        let history = page["history"].as_array().unwrap();
        let line = json!("Отменена: не дозвонились");
        assert!(history.iter().any(|one| one["what"] == line), "{history:?}");
    }
}

#[test]
fn what_ends_ends_after_it_began() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let means = |from: &str, until: &str| {
            json!({ "title": "Эталон", "kind": "mieta", "number": "1", "valid_from": from,
                "valid_until": until })
        };
        let backwards = means("2026-08-26", "2026-08-25");
        expect(
            &said(&mut world, "/v1/firm/means", &backwards),
            422,
            "field_invalid",
            "valid_until",
        );
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
}

#[test]
fn what_cannot_be_read_names_its_field_in_russian() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let ask = |world: &mut World, path: &str| {
            let said = world.desk.send("GET", path, &[], &json!({})).unwrap();
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
            ("/v1/orders?offset=-1", "offset"),
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
}
