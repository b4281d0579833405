//! What belongs to a person and to the firm rather than to an order: settings, help, questions and answers.

use serde_json::json;
use vyezd_core::client::{CONTACT_DAYS, Input};
use vyezd_core::frame::{CommandKind, SETTINGS_BYTES_MAX};
use vyezd_core::model::ItemId;
use vyezd_people::Metrologist;
use vyezd_server::entropy::random_bytes;
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

fn ask(device: &mut Metrologist, kind: CommandKind) {
    let id = ItemId::new(device.phone.now().wall.0, random_bytes());
    device.phone.handle(Input::Command { id, kind }).expect("kept");
}

fn keep(device: &mut Metrologist, settings: &str) {
    ask(device, CommandKind::KeepSettings { settings: settings.to_owned() });
}

fn settings(device: &mut Metrologist) -> String {
    device.phone.client().status().settings
}

#[on_both_databases]
fn settings_follow_the_account_and_what_was_chosen_last_stays(mut world: World) {
    let person = world.device("Анна").device.person;
    let dark = r#"{"theme":"dark"}"#;
    keep(world.device("Анна").offline().device, dark);
    assert_eq!(settings(world.device("Анна").device), dark, "at once, with no network");
    world.device("Анна").online().sync();
    let mut fresh = world.enrol(person, "Анна");
    assert_eq!(settings(&mut fresh), dark, "a new phone looks as the old one did");
    assert_eq!(settings(world.device("Борис").device), "", "nobody else's does");

    // The new phone chooses; the old one chose something else meanwhile and has not said so yet.
    keep(&mut fresh, r#"{"theme":"light"}"#);
    fresh.sync().unwrap();
    keep(world.device("Анна").offline().device, "{}");
    world.device("Анна").online().sync();
    assert_eq!(settings(world.device("Анна").device), "{}");
    fresh.sync().unwrap();
    assert_eq!(settings(&mut fresh), "{}", "the office heard that last");
}

#[test]
fn settings_that_make_no_sense_are_refused_and_nothing_else() {
    let Some(mut world) = World::new(Database::Sqlite) else { return };
    let order = world.order("1", "2026-08-26", &[METER]);
    let long = format!(r#"{{"a":"{}"}}"#, "x".repeat(SETTINGS_BYTES_MAX));
    for bad in ["тёмная", "[]", &long] {
        keep(world.device("Анна").device, bad);
    }
    world.device("Анна").sync().accept(order).sync();
    let status = world.device("Анна").device.phone.client().status();
    assert_eq!((status.troubles.len(), status.unsent), (3, 0));
    assert_eq!(world.page(order).holder(), "Анна");
}

#[on_both_databases]
fn after_thirty_days_of_silence_a_phone_shows_nobody_and_keeps_what_it_has(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync().offline().note(order, "ключ у соседей");
    let shown = |world: &mut World| {
        let phone = &mut world.device("Анна").device.phone;
        phone.handle(Input::SyncDue).unwrap();
        let (status, now) = (phone.client().status(), phone.now());
        let order = phone.client().order(now, order).is_some();
        (status.stale, order, phone.client().orders().len(), status.unsent)
    };
    world.minutes((CONTACT_DAYS * 24 - 1) * 60);
    assert_eq!(shown(&mut world), (false, true, 1, 1));
    world.minutes(2 * 60);
    assert_eq!(shown(&mut world), (true, false, 0, 1));
    world.device("Анна").online().sync();
    assert_eq!(shown(&mut world), (false, true, 1, 0));
    assert_eq!(world.device("Анна").notes(order), ["ключ у соседей"]);
}

#[on_both_databases]
fn a_call_for_help_from_a_basement_reaches_the_office_once(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync().offline();
    let text = "прорвало\u{0} трубу".to_owned();
    ask(world.device("Анна").device, CommandKind::Help { order: Some(order), text });
    world.device("Анна").online();
    world.device("Анна").device.phone.send_and_lose().expect("it arrives, the answer does not");
    world.device("Анна").sync().sync();
    let known = world.office.get("/v1/incidents").unwrap()["incidents"].clone();
    let words: Vec<&str> =
        known.as_array().unwrap().iter().filter_map(|one| one["what"].as_str()).collect();
    assert_eq!(words, ["Анна просит помощи (заявка № 1): прорвало трубу"]);
}

#[on_both_databases]
fn the_firms_answers_are_on_the_phone_without_a_network(mut world: World) {
    let one = json!({"question": "Где ключ от ниши?", "answer": "У консьержа."});
    world.office.put("/v1/firm/faq", &json!([one])).unwrap();
    assert_eq!(world.office.get("/v1/firm/faq").unwrap(), json!([one]));
    world.device("Анна").sync().offline();
    let faq = world.device("Анна").device.phone.client().faq().to_vec();
    assert_eq!((faq.len(), faq[0].answer.as_str()), (1, "У консьержа."));
    let empty = json!([{"question": " ", "answer": "?"}]);
    assert!(world.office.put("/v1/firm/faq", &empty).is_err());
}
