//! What the machine does to the server: a disk that is full, a second server, an import that is cut off.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use vyezd_people::{OfficeClient, Said};
use vyezd_server::demo::PASSWORD;
use vyezd_server::limits::office::{KEY_CHARS_MAX, KEY_DAY_S};
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

/// A disk of its own, so small that it is soon full.
struct SmallDisk(PathBuf);

impl SmallDisk {
    const BYTES: usize = 16 * 1024 * 1024;

    /// Nothing where nobody may mount one; that is said aloud.
    fn new() -> Option<Self> {
        let at = tempfile::tempdir().unwrap().keep();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={}", Self::BYTES), "tmpfs"])
            .arg(&at)
            .status();
        if mount.is_ok_and(|done| done.success()) {
            return Some(Self(at));
        }
        eprintln!("skipped: a small disk cannot be mounted (needs root)");
        fs::remove_dir(&at).unwrap();
        None
    }

    /// Nothing more goes onto it until the answer is dropped.
    fn fill(&self) -> Ballast {
        let ballast = Ballast(self.0.join("ballast"));
        let mut bytes = vec![1; 64 * 1024];
        let mut file = fs::File::create(&ballast.0).unwrap();
        while !bytes.is_empty() {
            if std::io::Write::write_all(&mut file, &bytes).is_err() {
                bytes.truncate(bytes.len() / 2);
            }
        }
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.unwrap().success());
        fs::remove_dir(&self.0).unwrap();
    }
}

struct Ballast(PathBuf);

impl Ballast {
    fn release(&self, bytes: u64) {
        let file = fs::OpenOptions::new().write(true).open(&self.0).unwrap();
        file.set_len(file.metadata().unwrap().len() - bytes).unwrap();
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

fn readiness(world: &World) -> (u16, String) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
    let agent: ureq::Agent = agent.into();
    let mut answer = agent.get(format!("{}/readyz", world.base())).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

fn order(number: usize) -> serde_json::Value {
    json!({
        "number": format!("П-{number}"), "date": "2026-08-26", "window": "10:00-12:00",
        "urgency": "planned", "district": "Ленинский", "address": "г. Саратов, ул. Тархова, д. 12",
        "note": "x".repeat(400),
    })
}

#[test]
fn a_full_disk_stops_nothing_for_longer_than_it_is_full() {
    let Some(disk) = SmallDisk::new() else { return };
    let mut world = World::new_at(Database::Sqlite, disk.0.join("data")).unwrap();
    let first = world.order("1", "2026-08-26", &[METER]);
    assert_eq!(readiness(&world).0, 200);

    let ballast = disk.fill();
    // The database has room for a row where the disk has none for a file.
    ballast.release(48 * 1024);
    world.app.clock().move_to(world.now().plus_s(10));
    assert_eq!(readiness(&world).0, 503);
    drop(ballast);
    let ballast = disk.fill();
    let refused = (0..200).find_map(|n| world.office.post("/v1/orders", &order(n)).err());
    let words = refused.expect("the disk is full").to_string();
    assert!(words.contains("кончилось место"), "{words}");
    world.app.clock().move_to(world.now().plus_s(10));
    let (status, said) = readiness(&world);
    assert_eq!(status, 503, "{said}");
    assert!(said.contains("disk_full"), "{said}");
    // What is there can be read all the time.
    assert_eq!(world.page(first).number, "1");

    drop(ballast);
    world.office.post("/v1/orders", &order(1_000)).expect("there is room again");
    world.minutes(6);
    assert_eq!(readiness(&world).0, 200);
    assert_eq!(world.page(first).state, "calling", "timers go on");
}

fn keyed(office: &mut OfficeClient, path: &str, key: &str, body: &Value) -> Said {
    office.send("POST", path, &[("idempotency-key", key)], body).unwrap()
}

#[on_both_databases]
fn twice_pressed_is_one_order(database: Database) {
    let Some(mut world) = World::new(database) else { return };
    let mut new = order(1);
    new["number"] = json!("");
    let first = keyed(&mut world.office, "/v1/orders", "form-1", &new);
    let again = keyed(&mut world.office, "/v1/orders", "form-1", &new);
    assert_eq!((first.status, again.status), (200, 200));
    assert_eq!(first.body, again.body, "the same answer");
    new["note"] = json!("другое");
    let other = keyed(&mut world.office, "/v1/orders", "form-1", &new);
    let code = other.json()["code"].clone();
    assert_eq!((other.status, code), (422, json!("idempotency_mismatch")));
    // What is kept of an answer is closed: a code for a phone is in no copy of the database.
    let person = world.people()[0].0;
    let path = format!("/v1/people/{person}/enrol-code");
    let first = keyed(&mut world.office, &path, "code-1", &json!({}));
    let again = keyed(&mut world.office, &path, "code-1", &json!({}));
    assert_eq!((first.status, &first.body), (200, &again.body));
    if database == Database::Sqlite {
        let code = first.json()["code"].as_str().unwrap().to_owned();
        for file in ["vyezd.db", "vyezd.db-wal"] {
            let bytes = std::fs::read(world.dir().join(file)).unwrap_or_default();
            let found = bytes.windows(code.len()).any(|part| part == code.as_bytes());
            assert!(!found, "{code} lies open in {file}");
        }
    }
    // The key is the person's own, and so is what is under it.
    let mut clerk = OfficeClient::new(world.base(), "office", PASSWORD);
    assert_eq!(keyed(&mut clerk, "/v1/orders", "form-1", &new).status, 200);
    // Twelve at once make one.
    let base = world.base().to_owned();
    new["client"] = json!("Одновременный");
    let press = |_| {
        let (base, new) = (base.clone(), new.clone());
        std::thread::spawn(move || {
            let mut office = OfficeClient::new(&base, "admin", PASSWORD);
            keyed(&mut office, "/v1/orders", "form-2", &new).status
        })
    };
    let pressed: Vec<_> = (0..6).map(press).collect();
    let said: Vec<u16> = pressed.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(said.iter().all(|status| matches!(status, 200 | 409)), "{said:?}");
    let made = world.office.get("/v1/orders?q=Одновременный").unwrap()["total"].clone();
    assert_eq!(made, json!(1));
    // What was refused made nothing: the form is corrected and sent under its key.
    let wrong = json!({ "login": "", "name": "Новый", "role": "office", "active": true });
    assert_eq!(keyed(&mut world.office, "/v1/people", "form-3", &wrong).status, 422);
    let right = json!({ "login": "new", "name": "Новый", "role": "office", "active": true });
    let once = keyed(&mut world.office, "/v1/people", "form-3", &right);
    let twice = keyed(&mut world.office, "/v1/people", "form-3", &right);
    assert_eq!((once.status, twice.status, once.body == twice.body), (200, 200, true));
    let long = keyed(&mut world.office, "/v1/orders", &"k".repeat(KEY_CHARS_MAX + 1), &new);
    assert_eq!(long.status, 422);
    // A day later the key is free again.
    world.app.clock().move_to(world.now().plus_s(KEY_DAY_S + 1));
    new["date"] = json!("2026-08-30");
    assert_eq!(keyed(&mut world.office, "/v1/orders", "form-2", &new).status, 200);
}

fn spreadsheet(orders: usize) -> Vec<u8> {
    let head = "заявка;дата;окно;вид;срочность;клиент;телефон;район;адрес;рег_номер;модификация;\
                заводской_номер;вода;положение";
    let row = |n: usize| {
        format!(
            "\n{};2026-08-26;10:00-12:00;поверка;planned;Клиент {n};+79170001001;Ленинский;\
             г. Саратов, ул. Тархова, д. {n};16078-13;СХВ-15;0045{n};холодная;горизонтально",
            10_000 + n
        )
    };
    let rows: String = (0..orders).map(row).collect();
    format!("{head}{rows}").into_bytes()
}

fn newest_import(world: &mut World) -> Option<Value> {
    world.office.get("/v1/imports").unwrap().as_array().unwrap().first().cloned()
}

/// Waits until an import says so.
fn import_is(world: &mut World, good: impl Fn(&Value) -> bool) -> Value {
    loop {
        match newest_import(world) {
            Some(job) if good(&job) => return job,
            _ => std::thread::yield_now(),
        }
    }
}

#[on_both_databases]
fn an_import_outlives_its_connection_and_its_server(database: Database) {
    const ORDERS: usize = 60;
    let Some(mut world) = World::new(database) else { return };
    let (base, file) = (world.base().to_owned(), spreadsheet(ORDERS));
    // The connection is closed when the file has gone.
    world.office.get("/v1/me").unwrap();
    let token = world.office.token().to_owned();
    let mut gone = std::net::TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /v1/import/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: text/csv\r\ncontent-length: {}\r\n\r\n",
        file.len()
    );
    std::io::Write::write_all(&mut gone, head.as_bytes()).unwrap();
    std::io::Write::write_all(&mut gone, &file).unwrap();
    let begun = import_is(&mut world, |job| job["done"].as_i64() > Some(3));
    drop(gone);
    assert_eq!(begun["total"], json!(ORDERS));
    // The server stops in the middle and starts again.
    world.restart(|_| {});
    if database == Database::Postgres {
        // Another replica may have it: silence tells.
        world.app.clock().move_to(world.now().plus_s(120));
        world.run(vyezd_server::timers::housekeeping(&world.app)).unwrap();
    }
    let job = newest_import(&mut world).unwrap();
    assert_eq!(job["state"], json!("interrupted"), "{job}");
    let done = job["done"].as_i64().unwrap();
    assert!(done > 3 && done < ORDERS as i64, "{job}");
    let at = format!("/v1/imports/{}", job["id"].as_str().unwrap());
    world.office.post(&format!("{at}/continue"), &json!({})).unwrap();
    let job = import_is(&mut world, |job| job["state"] == json!("done"));
    assert_eq!((&job["done"], &job["taken"]), (&json!(ORDERS), &json!(ORDERS)));
    let whole = world.office.get(&at).unwrap();
    let said = whole["problems"].as_array().unwrap();
    assert!(said.len() == 1 && said[0]["line"] == json!(0), "no order was tried twice: {said:?}");
    assert_eq!(world.office.get("/v1/orders").unwrap()["total"], json!(ORDERS));
    let again = world.office.send("POST", &format!("{at}/continue"), &[], &json!({})).unwrap();
    assert_eq!(again.status, 409);
}
