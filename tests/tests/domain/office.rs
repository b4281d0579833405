//! The office over HTTP: spreadsheets, entry from paper, changes that meet, problems in words.

use serde_json::json;
use vyezd_server::limits::edge::CODES_FREE_BY_ADDRESS;
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World};

const ORDERS: &[u8] = include_bytes!("../../data/day_orders.csv");
const READINGS: &[u8] = include_bytes!("../../data/day_readings.csv");
const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

fn person(world: &mut World, name: &str) -> String {
    let people = world.office.get("/v1/people").unwrap();
    let found = people.as_array().unwrap().iter().find(|p| p["name"] == json!(name));
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[on_both_databases]
fn both_spreadsheets_become_orders_and_papers(mut world: World) {
    let taken = world.office.upload("/v1/import/orders", ORDERS).unwrap();
    // Nobody works in some of its districts, which is said.
    let mut said = taken["problems"].as_array().unwrap().clone();
    said.retain(|problem| problem["column"] != "район");
    assert_eq!((&taken["taken"], said), (&json!(9), vec![]));
    // The same file again: every number is taken, and that is said for each.
    let again = world.office.upload("/v1/import/orders", ORDERS).unwrap();
    assert_eq!(again["taken"], json!(0));
    assert_eq!(again["problems"].as_array().unwrap().len(), 9);
    world.app.clock().move_to(world.now().plus_s(30 * 24 * 3600));
    let anna = person(&mut world, "Анна");
    let read =
        world.office.upload(&format!("/v1/import/readings?person={anna}"), READINGS).unwrap();
    // One instrument of 2104 lacks a point, the smallest flow of 2106 is beyond its tolerance, and nobody knows
    // the type of 2109: all three stay open.
    assert_eq!(read["taken"], json!(6), "{read}");
    world.tick();
    let list = world.office.get("/v1/orders?q=2101").unwrap();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let page = world.page(id.parse().unwrap());
    assert_eq!(page.state, "done");
    assert_eq!(page.kinds(), ["protocol", "protocol", "sheet"], "no certificate was asked for");
    let error = world.office.upload("/v1/import/orders", "заявка;дата\n1;2".as_bytes());
    assert!(error.unwrap_err().to_string().contains("нет колонки"));
}

#[on_both_databases]
fn readings_are_typed_in_from_paper_with_their_source(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    world.minutes(8 * 60);
    let anna = person(&mut world, "Анна");
    let expected = world.page(order).expected[0].clone();
    let row = |point: &str, flow: &str, (start, end): (&str, &str), reference: &str| json!({ "point": point, "flow": flow, "start": start, "end": end, "reference": reference });
    let mut paper = json!({
        "person": anna, "date": "2026-08-26", "signer": "Кузнецова М. П.", "received_kop": 180_000,
        "instruments": [{
            "id": expected["id"], "type_number": "16078-13", "modification": "СХВ-15",
            "serial_number": "08812345", "year": 2020, "water": "cold", "position": "horizontal",
            "air_c": "22,1", "humidity_percent": "45", "pressure_kpa": "100.2", "water_c": "12,4",
            "visual": true, "operation": true, "tightness": true,
            "rows": [row("Qмин", "0,031", ("10,0000", "10,0062"), "0,0063"),
                row("1,1Qп", "0.131", ("10,0062", "10.0194"), "0.0131"),
                row("Qнаиб", "0,948", ("10,0194", "10,0504"), "0,0313")],
        }],
    });
    paper["date"] = json!("2026-09-26");
    let path = format!("/v1/orders/{order}/readings");
    let error = world.office.post(&path, &paper).unwrap_err().to_string();
    assert!(error.contains("в будущем"), "{error}");
    paper["date"] = json!("2026-08-26");
    world.office.post(&path, &paper).unwrap();
    world.tick();
    let page = world.page(order);
    assert_eq!(page.holder(), "Анна");
    assert_eq!(page.kinds(), ["certificate", "protocol", "sheet"]);
    assert!(world.office.post(&path, &paper).is_err(), "a second sheet is not taken");
    // The phone of the person sees whose order it is and what was written.
    let view = world.device("Анна").sync().device.order(order).unwrap();
    let visit = view
        .document
        .visits
        .values()
        .find(|visit| !visit.instruments.values().all(|i| i.measurements.is_empty()));
    let instrument = visit.unwrap().instruments.values().next().unwrap();
    let paper = vyezd_core::model::Source::Paper;
    assert!(instrument.measurements.values().all(|row| row.source == paper));
}

#[on_both_databases]
fn changes_that_meet_and_requests_that_make_no_sense_are_answered_in_words(mut world: World) {
    let order = world.order("8", "2026-08-26", &[METER]);
    let postpone =
        json!({ "date": "2026-08-28", "window": "12:00-14:00", "reason": "клиент просил" });
    let page = world.office.post(&format!("/v1/orders/{order}/postpone"), &postpone).unwrap();
    assert_eq!((&page["state"], &page["version"]), (&json!("postponed"), &json!(2)));
    let again = world.office.post(&format!("/v1/orders/{order}/offer"), &json!({})).unwrap();
    assert_eq!(again["state"], json!("offered"));
    let unknown = world.office.get("/v1/orders?urgency=zz").unwrap_err().to_string();
    assert!(unknown.contains("нет срочности «zz»"), "{unknown}");
    let empty = json!({ "reason": " " });
    let error = world.office.post(&format!("/v1/orders/{order}/cancel"), &empty).unwrap_err();
    assert!(error.to_string().contains("причину"), "{error}");
    let error = world.office.post("/v1/orders", &json!({ "date": 5 })).unwrap_err();
    assert!(error.to_string().contains("нужна строка"), "{error}");
    assert!(
        world.office.get("/v1/orders/not-an-id").unwrap_err().to_string().contains("не найдено")
    );
    let people = world.office.get("/v1/people").unwrap();
    let admin = people.as_array().unwrap().iter().find(|p| p["role"] == json!("admin")).unwrap();
    assert_eq!(admin["active"], json!(true));
    let firm = world.office.get("/v1/firm").unwrap();
    assert_eq!(firm["entities"][0]["sign_cipher"], json!("АБВ"));
    assert!(firm["series"].as_array().unwrap().len() >= 3, "{firm}");
}

#[test]
fn a_firm_enrols_on_its_first_morning_and_nobody_guesses_codes() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let person = world.run(async {
        let people = world.app.store.read().await.unwrap().people().await.unwrap();
        people.into_iter().find(|person| person.name == "Анна").unwrap().id
    });
    for _ in 0..2 * CODES_FREE_BY_ADDRESS {
        world.enrol(person, "Анна").sync().expect("enrolled at once");
    }
    let guess = |world: &World| {
        let body = json!({
            "code": "0000-0000", "name": "Чужой", "public_key": "00".repeat(32),
            "install": "00".repeat(16),
        });
        let answer = ureq::post(format!("{}/v1/devices/enrol", world.base()))
            .header("content-type", "application/json")
            .send(body.to_string());
        match answer {
            Err(ureq::Error::StatusCode(status)) => status,
            other => panic!("{other:?}"),
        }
    };
    let said: Vec<u16> = (0..=CODES_FREE_BY_ADDRESS).map(|_| guess(&world)).collect();
    assert_eq!(
        said.iter().filter(|status| **status == 401).count(),
        CODES_FREE_BY_ADDRESS as usize
    );
    assert_eq!(said.last(), Some(&429));
    world.seconds(61);
    assert_eq!(guess(&world), 401);
}
