//! Kits of means: who has one works with it, and every value of a paper was measured by something.

use serde_json::{Value, json};
use vyezd_core::model::{MeansRole, OrderId};
use vyezd_people::Visit;
use vyezd_story::on_both_databases;
use vyezd_tests::{World, readings};

use crate::office_trust::{METER, expect, metrologist, paper, said};
use crate::paper::signed;

const HYGROMETER: &str = "Термогигрометр ИВА-6";

fn means(kind: &str, title: &str, serial: &str, until: &str) -> Value {
    json!({
        "kind": kind, "title": title, "serial_number": serial,
        "number": if kind == "mis" { "46434-11".to_owned() } else { format!("72850.18.3Р.{serial}") },
        "valid_from": "2026-01-01", "valid_until": until,
    })
}

/// Adds a means; its id.
fn add(world: &mut World, means: &Value) -> Value {
    assert_eq!(said(world, "/v1/firm/means", means).0, 204);
    let firm = world.office.get("/v1/firm").unwrap();
    let mut all = firm["means"].as_array().unwrap().iter();
    all.rfind(|of| of["serial_number"] == means["serial_number"]).unwrap()["id"].clone()
}

fn kit(world: &mut World, name: &str, means: &[&Value], held_by: &Value) -> Value {
    let new = json!({ "name": name, "means": means, "held_by": held_by });
    world.office.post("/v1/firm/kits", &new).unwrap()
}

/// Titles of what a person may have used on a day.
fn had(world: &mut World, person: &Value, day: &str) -> Vec<String> {
    let path = format!("/v1/means?person={}&date={day}", person.as_str().unwrap());
    let list = world.office.get(&path).unwrap();
    let serials = list.as_array().unwrap().iter();
    serials.map(|of| of["serial_number"].as_str().unwrap().to_owned()).collect()
}

fn person(world: &mut World, name: &str) -> Value {
    let people = world.office.get("/v1/people").unwrap();
    people.as_array().unwrap().iter().find(|of| of["name"] == name).unwrap()["id"].clone()
}

#[on_both_databases]
fn a_kit_is_of_whoever_has_it_and_of_nobody_else(mut world: World) {
    let (anna, boris) = (person(&mut world, "Анна"), person(&mut world, "Борис"));
    let rig = add(&mut world, &means("mieta", "Установка УПСЖ-3П", "201", "2027-12-31"));
    let air = add(&mut world, &means("mis", HYGROMETER, "202", "2027-12-31"));
    let made = kit(&mut world, "Комплект 1", &[&rig, &air], &anna);
    // His own rig stands in the place of the common one.
    assert_eq!(had(&mut world, &anna, "2026-08-26"), ["201", "202"]);
    assert_eq!(had(&mut world, &boris, "2026-08-26"), ["17"]);
    let phone: Vec<String> = {
        let client = world.device("Анна").sync().device.phone.client();
        client.means().iter().map(|of| of.serial_number.clone()).collect()
    };
    assert_eq!(phone, ["201", "202"]);

    world.minutes(24 * 60);
    let path = format!("/v1/firm/kits/{}", made["id"].as_str().unwrap());
    let mut handed = made.clone();
    handed["held_by"] = boris.clone();
    let now = world.office.send("PUT", &path, &[], &handed).unwrap().json();
    assert_eq!((&now["held_by"], &now["since"]), (&boris, &json!("2026-08-27")));
    world.minutes(24 * 60);
    // A paper of the day before names what she had then; on the day of the hand-over both had it.
    assert_eq!(had(&mut world, &anna, "2026-08-26"), ["201", "202"]);
    assert_eq!(had(&mut world, &anna, "2026-08-27"), ["201", "202"]);
    assert_eq!(had(&mut world, &boris, "2026-08-27"), ["201", "202"]);
    assert_eq!(had(&mut world, &anna, "2026-08-28"), ["17"]);

    let order = world.order("7", "2026-08-26", &[METER]);
    let of_anna = metrologist(&mut world);
    let body = paper(&mut world, order, &of_anna);
    assert_eq!(said(&mut world, &format!("/v1/orders/{order}/readings"), &body).0, 200);
    let view = signed(&world, order).view;
    let named: Vec<&str> =
        view.instruments[0].means.iter().map(|of| of.serial_number.as_str()).collect();
    assert_eq!(named, ["201", "202"]);
}

/// An order that one of the two has accepted; who.
fn accepted(world: &mut World) -> (OrderId, &'static str) {
    let order = world.order("7", "2026-08-26", &[METER]);
    let names = ["Анна", "Борис"];
    let asked = names.into_iter().find(|name| world.device(name).sync().is_asked(order));
    let who = asked.expect("somebody is asked");
    world.device(who).accept(order).sync();
    (order, who)
}

#[on_both_databases]
fn an_expired_means_does_not_vanish_beside_a_valid_one(mut world: World) {
    let (order, who) = accepted(&mut world);
    add(&mut world, &means("mis", HYGROMETER, "301", "2026-08-01"));
    add(&mut world, &means("mis", "Секундомер СОСпр", "302", "2027-12-31"));
    let typed = readings::fit("7", METER.2);
    let visit = Visit { order, readings: &typed, received_kop: None, offline: false, code: None };
    let why = world.device(who).sync().device.visit(&visit).unwrap_err().to_string();
    assert!(why.contains(HYGROMETER) && why.contains("не действует"), "{why}");
}

#[on_both_databases]
fn a_value_that_nothing_measured_keeps_the_sheet_unsigned(mut world: World) {
    let (order, who) = accepted(&mut world);
    let elsewhere = person(&mut world, if who == "Анна" { "Борис" } else { "Анна" });
    let air = add(&mut world, &means("mis", HYGROMETER, "301", "2027-12-31"));
    kit(&mut world, "Чужой", &[&air], &elsewhere);
    let typed = readings::fit("7", METER.2);
    let visit = Visit { order, readings: &typed, received_kop: None, offline: false, code: None };
    let why = world.device(who).sync().device.visit(&visit).unwrap_err().to_string();
    assert!(why.contains("температура и влажность воздуха (термогигрометр)"), "{why}");
}

#[on_both_databases]
fn a_sheet_keeps_what_each_means_measures(mut world: World) {
    let anna = person(&mut world, "Анна");
    let mut air = means("mis", HYGROMETER, "303", "2027-12-31");
    air["accuracy"] = json!("±0,3 °С; ±2 %");
    air["roles"] = json!(["thermohygrometer", "barometer"]);
    let air = add(&mut world, &air);
    kit(&mut world, "Комплект 1", &[&air], &anna);
    let order = world.order("7", "2026-08-26", &[METER]);
    world.minutes(8 * 60);
    let of_anna = metrologist(&mut world);
    let body = paper(&mut world, order, &of_anna);
    assert_eq!(said(&mut world, &format!("/v1/orders/{order}/readings"), &body).0, 200);
    let view = signed(&world, order).view;
    let named = &view.instruments[0].means;
    let air = named.iter().find(|of| of.serial_number == "303").expect("it is named");
    assert_eq!(air.accuracy.as_deref(), Some("±0,3 °С; ±2 %"));
    assert_eq!(air.roles(), [MeansRole::Thermohygrometer, MeansRole::Barometer]);
    let rig = named.iter().find(|of| of.serial_number == "17").expect("the common rig");
    assert_eq!((rig.roles(), &rig.given_roles), (vec![MeansRole::Rig], &None));
}

#[on_both_databases]
fn kits_are_judged_at_the_edge(mut world: World) {
    let (anna, boris) = (person(&mut world, "Анна"), person(&mut world, "Борис"));
    let rig = add(&mut world, &means("mieta", "Установка УПСЖ-3П", "401", "2027-12-31"));
    let first = kit(&mut world, "Комплект 1", &[&rig], &anna);
    let path = "/v1/firm/kits";
    for (field, name, means, who) in [
        ("name", "комплект  1", json!([]), json!(null)),
        ("name", " ", json!([]), json!(null)),
        ("means", "Второй", json!([rig]), json!(null)),
        ("means", "Второй", json!(["00112233445566778899aabbccddeeff"]), json!(null)),
        ("held_by", "Второй", json!([]), anna.clone()),
        ("held_by", "Второй", json!([]), json!("00112233445566778899aabbccddeeff")),
    ] {
        let new = json!({ "name": name, "means": means, "held_by": who });
        let (status, _, at) = said(&mut world, path, &new);
        assert_eq!((status, at.as_str()), (422, field), "{new}");
    }
    // What is in a kit is handed over with it.
    let mut alone = means("mieta", "Установка УПСЖ-3П", "401", "2027-12-31");
    alone["held_by"] = boris;
    let at = format!("/v1/firm/means/{}", rig.as_str().unwrap());
    let refused = world.office.send("PUT", &at, &[], &alone).unwrap();
    assert_eq!(refused.json()["field"], "held_by", "{}", refused.json());
    // A change that says nothing of the kit leaves the means in it.
    alone["held_by"] = json!(null);
    alone["roles"] = json!(["rig", "water_thermometer"]);
    assert_eq!(world.office.send("PUT", &at, &[], &alone).unwrap().status, 204);
    let firm = world.office.get("/v1/firm").unwrap();
    let kept = firm["means"].as_array().unwrap().iter().find(|of| of["id"] == rig).unwrap();
    assert_eq!(
        (&kept["kit"], &kept["roles"]),
        (&first["id"], &json!(["rig", "water_thermometer"]))
    );
    alone["roles"] = json!(["scales"]);
    assert_eq!(world.office.send("PUT", &at, &[], &alone).unwrap().json()["field"], "roles");

    for at in 2..=200 {
        let new = json!({ "name": format!("Комплект {at}"), "means": [] });
        assert_eq!(said(&mut world, path, &new).0, 200);
    }
    let more = json!({ "name": "Ещё один", "means": [] });
    expect(&said(&mut world, path, &more), 422, "too_many", "name");
}
