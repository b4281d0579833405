//! Whoever comes to the server from outside: an address, a log-in, a code.

use std::net::IpAddr;

use serde_json::{Value, json};
use vyezd_server::demo::PASSWORD;
use vyezd_tests::wire::{Answer, Asking};
use vyezd_tests::{Database, World};

pub(crate) const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");
pub(crate) const STRANGER: [u8; 4] = [203, 0, 113, 1];
pub(crate) const HOME: [u8; 4] = [198, 51, 100, 7];

/// A world behind a proxy of its own, so that a story may come from anywhere.
pub(crate) fn world(database: Database) -> Option<World> {
    World::with(database, |config| {
        config.patience.trusted_proxies = vec![IpAddr::from([127, 0, 0, 1])];
    })
}

pub(crate) fn log_in(base: &str, from: [u8; 4], login: &str, password: &str) -> Answer {
    let body = json!({ "login": login, "password": password });
    Asking::from(from).ask(base, "POST", "/v1/login", Some(&body))
}

pub(crate) fn token(world: &World) -> String {
    access(&log_in(world.base(), HOME, "admin", PASSWORD))
}

pub(crate) fn access(answer: &Answer) -> String {
    answer.json()["access"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

pub(crate) fn person(world: &mut World, name: &str) -> Value {
    let people = world.office.get("/v1/people").unwrap();
    people.as_array().unwrap().iter().find(|p| p["name"] == json!(name)).unwrap().clone()
}

pub(crate) fn enrol(base: &str, from: [u8; 4], code: &str, key: u8) -> Answer {
    let body = json!({
        "code": code, "name": "Чужой", "public_key": format!("{key:02x}").repeat(32),
        "install": "00".repeat(16),
    });
    Asking::from(from).ask(base, "POST", "/v1/devices/enrol", Some(&body))
}
