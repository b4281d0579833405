//! What the office may do, who answers for it, and what is written down of it.

use serde_json::{Value, json};
use vyezd_story::on_both_databases;
use vyezd_tests::page::Offer;
use vyezd_tests::{Database, World};

pub(crate) const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

pub(crate) fn person(world: &mut World, login: &str) -> Value {
    let people = world.office.get("/v1/people").unwrap();
    let found = people.as_array().unwrap().iter().find(|p| p["login"] == json!(login));
    found.unwrap().clone()
}

pub(crate) fn metrologist(world: &mut World) -> Value {
    let people = world.office.get("/v1/people").unwrap();
    let found = people.as_array().unwrap().iter().find(|p| p["name"] == json!("Анна"));
    found.unwrap().clone()
}

pub(crate) fn paper(world: &mut World, order: vyezd_core::model::OrderId, person: &Value) -> Value {
    let expected = world.page(order).expected[0].clone();
    let row = |point: &str, flow: &str, start: &str, end: &str, reference: &str| json!({ "point": point, "flow": flow, "start": start, "end": end, "reference": reference });
    json!({
        "person": person["id"], "date": "2026-08-26", "signer": "Кузнецова М. П.",
        "received_kop": 180_000,
        "instruments": [{
            "id": expected["id"], "type_number": "16078-13", "modification": "СХВ-15",
            "serial_number": "08812345", "year": 2020, "water": "cold", "position": "horizontal",
            "air_c": "22,1", "humidity_percent": "45", "pressure_kpa": "100.2", "water_c": "12,4",
            "visual": true, "operation": true, "tightness": true,
            "rows": [row("Qмин", "0,031", "10,0000", "10,0062", "0,0063"),
                row("1,1Qп", "0.131", "10,0062", "10.0194", "0.0131"),
                row("Qнаиб", "0,948", "10,0194", "10,0504", "0,0313")],
        }],
    })
}

/// Status, code and field of what the server says.
pub(crate) fn said(world: &mut World, path: &str, body: &Value) -> (u16, String, String) {
    let said = world.office.send("POST", path, &[], body).unwrap();
    let text = |name: &str| said.json()[name].as_str().unwrap_or_default().to_owned();
    (said.status, text("code"), text("field"))
}

pub(crate) fn expect(said: &(u16, String, String), status: u16, code: &str, field: &str) {
    assert_eq!((said.0, said.1.as_str(), said.2.as_str()), (status, code, field));
}

pub(crate) fn audit(world: &mut World, query: &str) -> Vec<Value> {
    let page = world.office.get(&format!("/v1/audit?{query}")).unwrap();
    page["items"].as_array().unwrap().clone()
}

#[on_both_databases]
fn who_has_no_attestation_is_offered_nothing_and_signs_nothing(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    if world.device("Борис").sync().is_asked(order) {
        world.device("Борис").decline(order).sync();
    }
    world.device("Анна").sync().accept(order).sync();
    let mut anna = metrologist(&mut world);
    (anna["attested_until"], anna["phone"]) = (json!(""), json!(""));
    world.office.put(&format!("/v1/people/{}", anna["id"].as_str().unwrap()), &anna).unwrap();
    let why = world.device("Анна").sync().cannot_sign(order);
    assert!(why.contains("аттестация"), "{why}");
    let next = world.order("8", "2026-08-26", &[METER]);
    assert!(world.device("Борис").sync().is_asked(next));
    // Nobody else is left, and she is not asked all the same.
    world.device("Борис").decline(next).sync();
    world.tick();
    assert!(!world.device("Анна").sync().is_asked(next));
    let offers = world.page(next).offers;
    assert_eq!(offers.len(), 1, "{offers:?}");
}

#[on_both_databases]
fn who_leaves_leaves_orders_and_offers_to_others_and_the_office_hears_of_it(mut world: World) {
    let asked = |world: &mut World, number: &str| {
        let order = world.order(number, "2026-08-26", &[METER]);
        if world.device("Борис").sync().is_asked(order) {
            world.device("Борис").decline(order).sync();
        }
        assert!(world.device("Анна").sync().is_asked(order));
        order
    };
    let held = asked(&mut world, "11");
    world.device("Анна").accept(held).sync();
    let offered = asked(&mut world, "12");
    let mut anna = metrologist(&mut world);
    anna["active"] = json!(false);
    (anna["attested_until"], anna["phone"]) = (json!(""), json!(""));
    world.office.put(&format!("/v1/people/{}", anna["id"].as_str().unwrap()), &anna).unwrap();
    world.tick();
    for order in [held, offered] {
        let page = world.page(order);
        assert_ne!(page.holder(), "Анна", "{page:?}");
        let open = |offer: &Offer| (&*offer.person, &*offer.state) == ("Анна", "open");
        assert!(!page.offers.iter().any(open), "{page:?}");
    }
    let told = world.office.get("/v1/incidents").unwrap().to_string();
    assert!(told.contains("person_left") && told.contains("(2)"), "{told}");
}

#[on_both_databases]
fn only_who_may_verify_stands_on_a_protocol_and_who_typed_it_is_kept(mut world: World) {
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
        world.office.put(&at, &new).unwrap();
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
    assert_eq!(page.sheets[0].typed_by.as_deref(), Some("Администратор"));
    let line = "Показания ввёл с бумаги: Администратор; поверитель: Анна";
    assert!(page.history.iter().any(|of| of.what == line), "{}", page.lines());
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

pub(crate) fn put(
    world: &mut World,
    who: &Value,
    seen: &str,
    changes: &[(&str, Value)],
) -> (u16, Value) {
    let mut new = who.clone();
    new["phone"] = json!("");
    new["attested_until"] = json!("");
    for (field, value) in changes {
        new[*field] = value.clone();
    }
    let at = format!("/v1/people/{}", who["id"].as_str().unwrap());
    let headers = [("if-match", seen)];
    let headers: &[(&str, &str)] = if seen.is_empty() { &[] } else { &headers };
    let said = world.office.send("PUT", &at, headers, &new).unwrap();
    (said.status, said.json())
}

#[on_both_databases]
fn an_administrator_who_can_log_in_is_always_there(mut world: World) {
    // One without a password does not count: nobody could log in as him.
    let ghost = json!({ "login": "ghost", "name": "Призрак", "role": "admin", "active": true });
    world.office.post("/v1/people", &ghost).unwrap();
    let admin = person(&mut world, "admin");
    let version = admin["version"].to_string();
    for changes in [("role", json!("office")), ("active", json!(false))] {
        let (status, problem) = put(&mut world, &admin, &version, &[changes]);
        assert_eq!((status, &problem["code"]), (409, &json!("last_admin")));
    }
    // Two administrators take each other's role away at once: one of them stays.
    let second = json!({ "login": "second", "name": "Второй", "role": "admin", "active": true,
        "password": "длинный пароль" });
    world.office.post("/v1/people", &second).unwrap();
    let (first, second) = (person(&mut world, "admin"), person(&mut world, "second"));
    let base = world.base().to_owned();
    let demote = |who: &Value| {
        let (base, mut new) = (base.clone(), who.clone());
        new["role"] = json!("office");
        (new["phone"], new["attested_until"]) = (json!(""), json!(""));
        std::thread::spawn(move || {
            let mut office = vyezd_people::OfficeClient::new(&base, "admin", "vyezd-demo");
            let at = format!("/v1/people/{}", new["id"].as_str().unwrap());
            let version = new["version"].to_string();
            // A log-in that meets the demotion is refused as well.
            office.send("PUT", &at, &[("if-match", &version)], &new).map_or(401, |said| said.status)
        })
    };
    let said = [demote(&first), demote(&second)].map(|thread| thread.join().unwrap());
    assert!(said.iter().any(|status| *status != 200), "{said:?}");
    let left =
        world.run(async { world.app.store.read().await.unwrap().administrators().await.unwrap() });
    assert_eq!(left, 1, "{said:?}");
}

#[test]
fn settings_are_the_administrators() {
    let Some(mut world) = World::new(Database::Sqlite) else { return };
    let mut clerk = vyezd_people::OfficeClient::new(world.base(), "office", "vyezd-demo");
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
    drop(world.office.get("/v1/firm").unwrap());
}

#[on_both_databases]
fn the_journal_tells_who_did_what_and_only_grows(mut world: World) {
    let new = json!({ "login": "new", "name": "Новая", "role": "office", "active": true,
        "password": "длинный пароль" });
    world.office.post("/v1/people", &new).unwrap();
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
    let first = world.office.get("/v1/audit?kind=person&limit=3").unwrap();
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

#[on_both_databases]
fn what_a_person_who_left_has_costs_no_order(mut world: World) {
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
    assert_eq!(world.page(order).offers[0].person, json!("Анна"));
    let districts = world.office.get("/v1/orders").unwrap()["districts"].clone();
    assert_eq!(districts, json!(["Ленинский"]));
}
