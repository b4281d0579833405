//! What happens in one place only: a package is made once, an incident is told once, an order that becomes
//! somebody's leaves everybody else.

use serde_json::json;
use vyezd_people::OfficeClient;
use vyezd_server::demo::PASSWORD;
use vyezd_server::incidents;
use vyezd_server::store::IncidentKind;
use vyezd_story::on_both_databases;
use vyezd_tests::{World, readings};

const DAY: &str = "2026-08-26";
const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

#[on_both_databases]
fn clerks_who_pack_the_same_day_at_once_share_no_record(mut world: World) {
    for (number, serial) in [("1", "100001"), ("2", "100002"), ("3", "100003")] {
        let order = world.order(number, DAY, &[("16078-13", "СХВ-15", serial)]);
        let who =
            if world.device("Анна").sync().is_asked(order) { "Анна" } else { "Борис" };
        world.device(who).sync().accept(order).sync();
        world.device(who).visit(order, &readings::fit(number, serial)).sync();
    }
    world.tick();
    let days = json!({ "from": DAY, "to": DAY });
    let base = world.base().to_owned();
    // All are logged in first: four passwords are checked one after the other.
    let clerks: Vec<_> = (0..4).map(|_| OfficeClient::new(&base, "admin", PASSWORD)).collect();
    let ready = std::sync::Barrier::new(clerks.len());
    let pack = &|mut clerk: OfficeClient| {
        clerk.get("/v1/packages").expect("logged in");
        ready.wait();
        clerk.post("/v1/packages", &days).expect("packed, or nothing left")
    };
    let packed: Vec<serde_json::Value> = std::thread::scope(|scope| {
        let all: Vec<_> =
            clerks.into_iter().map(|clerk| scope.spawn(move || pack(clerk))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let records = packed.iter().flat_map(|made| made["packages"].as_array().unwrap());
    let records: Vec<i64> = records.map(|one| one["records"].as_i64().unwrap()).collect();
    assert_eq!(records, [3], "{packed:?}");
    assert_eq!(world.office.get("/v1/packages").unwrap().as_array().map(Vec::len), Some(1));
}

#[on_both_databases]
fn an_incident_that_is_open_is_told_once_and_anew_with_the_newest_words(world: World) {
    let app = world.app.clone();
    let told = world.run(async {
        let mut told = Vec::new();
        for (anew, words) in [(false, "раз"), (false, "два"), (true, "три")] {
            let mut tx = app.store.begin().await.unwrap();
            let about = IncidentKind::Help.about("somebody");
            if anew {
                incidents::report_anew(&app, &mut tx, &about, words).await.unwrap();
            } else {
                incidents::report(&app, &mut tx, &about, words).await.unwrap();
            }
            let open = tx.incidents().await.unwrap();
            told.push(open.into_iter().map(|one| one.what).collect::<Vec<_>>());
            tx.commit().await.unwrap();
        }
        told
    });
    assert_eq!(told, [["раз"], ["раз"], ["три"]]);
}

#[on_both_databases]
fn an_order_typed_in_from_paper_leaves_the_phone_that_was_asked(mut world: World) {
    let order = world.order("7", DAY, &[METER]);
    let (asked, other) = if world.device("Анна").sync().is_asked(order) {
        ("Анна", "Борис")
    } else {
        ("Борис", "Анна")
    };
    world.device(asked).sync();
    assert!(world.device(asked).is_asked(order));
    world.minutes(8 * 60);
    let who = world.people().into_iter().find(|(_, name)| name == other).expect("the other").0;
    let paper = json!({
        "person": who.to_string(), "date": DAY, "signer": "Кузнецова М. П.", "received_kop": 0,
        "instruments": [{
            "id": world.page(order).expected[0]["id"], "type_number": "16078-13",
            "modification": "СХВ-15", "serial_number": "08812345", "year": 2020, "water": "cold",
            "position": "horizontal", "air_c": "22,1", "humidity_percent": "45",
            "pressure_kpa": "100.2", "water_c": "12,4", "visual": true, "operation": true,
            "tightness": true, "rows": [
                { "point": "Qмин", "flow": "0,031", "start": "10,0000", "end": "10,0062", "reference": "0,0063" },
                { "point": "1,1Qп", "flow": "0,131", "start": "10,0062", "end": "10,0194", "reference": "0,0131" },
                { "point": "Qнаиб", "flow": "0,948", "start": "10,0194", "end": "10,0504", "reference": "0,0313" },
            ],
        }],
    });
    world.office.post(&format!("/v1/orders/{order}/readings"), &paper).unwrap();
    world.tick();
    assert_eq!(world.page(order).holder(), other);
    let phone = world.device(asked).sync().device.phone.client();
    assert!(phone.open_offers().is_empty(), "nothing is asked any more");
    assert!(!phone.orders().iter().any(|line| line.card.id == order && line.lost.is_none()));
}
