//! What strangers may do to the edges of the server: bodies, connections, guesses, characters. Each story
//! was told by an attack first.

use std::io::{Read as _, Write as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use vyezd_server::config::Patience;
use vyezd_server::demo::PASSWORD;
use vyezd_server::limits::edge::{
    CODES_FREE_BY_ADDRESS, HEADER_BYTES_MAX, LOGIN_FREE_BY_ADDRESS, LOGIN_FREE_BY_NAME,
    PIPELINED_AT_ONCE, PIPELINED_FREE, PUBLIC_BY_ADDRESS_A_MINUTE,
};
use vyezd_tests::wire::{Answer, Asking, connect, raw, rest};
use vyezd_tests::{Database, World};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");
const STRANGER: [u8; 4] = [203, 0, 113, 1];
const HOME: [u8; 4] = [198, 51, 100, 7];

/// A world behind a proxy of its own, so that a story may come from anywhere.
fn world(database: Database) -> Option<World> {
    World::with(database, |config| {
        config.patience.trusted_proxies = vec![IpAddr::from([127, 0, 0, 1])];
    })
}

fn log_in(base: &str, from: [u8; 4], login: &str, password: &str) -> Answer {
    let body = json!({ "login": login, "password": password });
    Asking::from(from).ask(base, "POST", "/v1/login", Some(&body))
}

fn token(world: &World) -> String {
    access(&log_in(world.base(), HOME, "admin", PASSWORD))
}

fn access(answer: &Answer) -> String {
    answer.json()["access"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

fn person(world: &mut World, name: &str) -> Value {
    let people = world.desk.get("/v1/people").unwrap();
    people.as_array().unwrap().iter().find(|p| p["name"] == json!(name)).unwrap().clone()
}

fn enrol(base: &str, from: [u8; 4], code: &str, key: u8) -> Answer {
    let body = json!({
        "code": code, "name": "Чужой", "public_key": format!("{key:02x}").repeat(32),
        "install": "00".repeat(16),
    });
    Asking::from(from).ask(base, "POST", "/v1/devices/enrol", Some(&body))
}

#[test]
fn a_body_is_refused_by_its_length_before_it_is_read() {
    let world = world(Database::Sqlite).expect("a world");
    let announce = |path: &str, bytes: usize, token: &str| {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {bytes}\r\n\r\n"
        );
        // Nothing of the body is ever sent.
        raw(world.base(), head.as_bytes())
    };
    let token = token(&world);
    for (path, bytes, code) in [
        ("/v1/login", 16 * 1024 + 1, "body_too_large"),
        ("/v1/refresh", 33_000_000, "body_too_large"),
        ("/v1/devices/enrol", 17_000, "body_too_large"),
        ("/v1/devices/challenge", 17_000, "body_too_large"),
        ("/v1/devices/token", 17_000, "body_too_large"),
        ("/v1/orders", 1024 * 1024 + 1, "body_too_large"),
        ("/v1/sync", 1024 * 1024 + 1, "request_too_large"),
        ("/v1/import/orders", 34 * 1024 * 1024, "body_too_large"),
        ("/anything", 17_000, "body_too_large"),
    ] {
        let answer = announce(path, bytes, &token);
        assert_eq!((answer.status, answer.code().as_str()), (413, code), "{path}");
    }
    // Whoever sends all of it before he listens hears the refusal too.
    let body = "a".repeat(4 << 20);
    let head = "POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let all = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    let answer = raw(world.base(), all.as_bytes());
    assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
    // A spreadsheet of somebody unknown is not waited for.
    assert_eq!(announce("/v1/import/orders", 1024 * 1024, "").status, 401);
    // Where no length is told the body is cut.
    let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
    let head = "POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let answer = raw(world.base(), format!("{head}{chunk}{chunk}").as_bytes());
    assert_eq!((answer.status, answer.code().as_str()), (413, "body_too_large"));
}

#[test]
fn lengths_are_looked_at_before_anything_is_hashed() {
    let world = world(Database::Sqlite).expect("a world");
    let ask = |path: &str, body: &Value| {
        let answer = Asking::default().ask(world.base(), "POST", path, Some(body));
        (answer.status, answer.json()["field"].as_str().unwrap_or_default().to_owned())
    };
    let long = "я".repeat(2000);
    let refused = |field: &str| (422, field.to_owned());
    let login = json!({ "login": long, "password": "x" });
    assert_eq!(ask("/v1/login", &login), refused("login"));
    let password = json!({ "login": "admin", "password": long });
    assert_eq!(ask("/v1/login", &password), refused("password"));
    assert_eq!(ask("/v1/refresh", &json!({ "refresh": long })), refused("refresh"));
    let (key, install) = ("00".repeat(32), "00".repeat(16));
    let enrol = |code: &str, name: &str, key: &str| {
        ask(
            "/v1/devices/enrol",
            &json!({ "code": code, "name": name, "public_key": key, "install": install }),
        )
    };
    assert_eq!(enrol(&long, "x", &key), refused("code"));
    assert_eq!(enrol("1", &long, &key), refused("name"));
    assert_eq!(enrol("1", "x", &long), refused("public_key"));
    let device = "01890a5d-ac96-774b-bcce-b302099a8057";
    let proof = json!({ "device": device, "challenge": long, "signature": "" });
    let answer = Asking::default().ask(world.base(), "POST", "/v1/devices/token", Some(&proof));
    assert_eq!(answer.status, 422, "{answer:?}");
}

#[test]
fn whoever_says_nothing_is_not_waited_for() {
    let world = World::with(Database::Sqlite, |config| {
        config.patience.headers = Duration::from_millis(400);
        config.patience.stall = Duration::from_millis(400);
        config.patience.grace = Duration::from_secs(2);
    })
    .expect("a world");
    // No head, half a head, and a connection that was of use once.
    let mut silent = connect(world.base());
    let mut half = connect(world.base());
    half.write_all(b"GET /healthz HTTP/1.1\r\nhost:").unwrap();
    let mut idle = connect(world.base());
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    assert_eq!(rest(&mut silent).map(|answer| answer.status), Some(0));
    assert!(rest(&mut half).is_some(), "half a head is closed");
    assert_eq!(rest(&mut idle).map(|answer| answer.status), Some(200));
    // A body that stops, and one that drips for ever.
    let head = b"POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                 content-length: 1000\r\n\r\n{";
    let mut stalled = connect(world.base());
    stalled.write_all(head).unwrap();
    assert_eq!(rest(&mut stalled).map(|answer| answer.code()), Some("body_too_slow".to_owned()));
    let mut dripping = connect(world.base());
    dripping.write_all(head).unwrap();
    let mut hand = dripping.try_clone().unwrap();
    let drip = std::thread::spawn(move || {
        let pause = std::sync::mpsc::channel::<()>();
        while hand.write_all(b" ").is_ok() {
            // Nobody ever sends: this waits.
            let _: Result<(), _> = pause.1.recv_timeout(Duration::from_millis(100));
        }
    });
    assert_eq!(rest(&mut dripping).map(|answer| answer.status), Some(408));
    drop(dripping);
    drip.join().unwrap();
}

#[test]
fn idle_connections_make_room_for_whoever_asks() {
    let world =
        World::with(Database::Sqlite, |config| config.patience.connections = 20).expect("a world");
    let idle: Vec<_> = (0..100).map(|_| connect(world.base())).collect();
    for _ in 0..30 {
        assert_eq!(Asking::default().ask(world.base(), "GET", "/healthz", None).status, 200);
    }
    drop(idle);
}

#[test]
fn bodies_that_never_end_make_room_for_whoever_asks() {
    let world =
        World::with(Database::Sqlite, |config| config.patience.connections = 20).expect("a world");
    let head = b"POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                 content-length: 16000\r\n\r\n{";
    let mut begun: Vec<_> = (0..100).map(|_| connect(world.base())).collect();
    for stream in &mut begun {
        // One that has left already takes nothing.
        let _: std::io::Result<()> = stream.write_all(head);
    }
    for _ in 0..30 {
        assert_eq!(Asking::default().ask(world.base(), "GET", "/healthz", None).status, 200);
    }
    drop(begun);
}

/// How many requests are worked on, have been at most, and have begun.
#[derive(Default)]
struct Work {
    now: AtomicUsize,
    most: AtomicUsize,
    begun: AtomicUsize,
}

async fn slow(work: Arc<Work>, passes: Arc<Semaphore>) -> &'static str {
    let now = work.now.fetch_add(1, Ordering::SeqCst) + 1;
    work.most.fetch_max(now, Ordering::SeqCst);
    work.begun.fetch_add(1, Ordering::SeqCst);
    passes.acquire().await.expect("it stays open").forget();
    work.now.fetch_sub(1, Ordering::SeqCst);
    "slow"
}

#[test]
fn who_asks_without_listening_keeps_nobody_waiting() {
    const CONNECTIONS: usize = 20;
    const PILED: usize = 10;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (work, passes) = (Arc::new(Work::default()), Arc::new(Semaphore::new(0)));
    let handler = {
        let (work, passes) = (work.clone(), passes.clone());
        move || slow(work.clone(), passes.clone())
    };
    let router = axum::Router::new()
        .route("/slow", axum::routing::get(handler))
        .route("/fast", axum::routing::get(|| async { "fast" }));
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let stop = std::future::pending();
    runtime.spawn(vyezd_server::serve::serve(listener, router, Patience::default(), stop));

    let ask = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\n{more}\r\n");
    let free = ask("/fast", "").repeat(PIPELINED_FREE as usize);
    let last = ask("/slow", "connection: close\r\n");
    let pile = format!("{free}{}{last}", ask("/slow", "").repeat(PILED - 1));
    let mut piled: Vec<_> = (0..CONNECTIONS).map(|_| connect(&base)).collect();
    for stream in &mut piled {
        stream.write_all(pile.as_bytes()).unwrap();
    }
    while work.begun.load(Ordering::SeqCst) < PIPELINED_AT_ONCE {
        std::thread::yield_now();
    }
    // None of them is done before this one is answered.
    for _ in 0..CONNECTIONS {
        assert_eq!(Asking::default().ask(&base, "GET", "/fast", None).status, 200);
    }
    assert_eq!(work.begun.load(Ordering::SeqCst), PIPELINED_AT_ONCE);
    passes.add_permits(CONNECTIONS * PILED);
    for mut stream in piled {
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        assert_eq!(said.matches("HTTP/1.1 200").count(), PILED + PIPELINED_FREE as usize);
    }
    assert_eq!(work.begun.load(Ordering::SeqCst), CONNECTIONS * PILED);
    assert_eq!(work.most.load(Ordering::SeqCst), PIPELINED_AT_ONCE);
}

#[test]
fn guesses_lock_nobody_out_but_the_guesser() {
    for database in Database::ALL {
        let Some(world) = world(database) else { continue };
        let wrong = |from: [u8; 4], login: &str| log_in(world.base(), from, login, "не тот пароль");
        for _ in 0..10 {
            assert_eq!(wrong(HOME, "admin").status, 401);
        }
        // Ten wrong ones of anybody keep nobody away, even at the same address.
        let entered = log_in(world.base(), HOME, "admin", PASSWORD);
        assert_eq!(entered.status, 200);
        let device = entered.json()["device"].clone();
        // A guesser is slowed down, however he spells the name.
        let spellings = ["admin", "ADMIN", " admin", "ａｄｍｉｎ", "Admin  "];
        let said: Vec<Answer> = (0..2 * LOGIN_FREE_BY_ADDRESS as usize)
            .map(|n| wrong(STRANGER, spellings[n % spellings.len()]))
            .collect();
        let heard = said.iter().filter(|answer| answer.status == 401).count();
        assert_eq!(heard, LOGIN_FREE_BY_ADDRESS as usize);
        let last = said.last().unwrap();
        assert_eq!((last.status, last.header("retry-after")), (429, Some("2")));
        assert_eq!(last.code(), "too_many");
        assert_eq!(log_in(world.base(), STRANGER, "admin", PASSWORD).status, 429);
        assert_eq!(log_in(world.base(), HOME, "admin", PASSWORD).status, 200);
        world.seconds(2);
        assert_eq!(wrong(STRANGER, "admin").status, 401);
        assert_eq!(wrong(STRANGER, "admin").header("retry-after"), Some("4"));
        // Many addresses, one name: strangers pause, the device that is known goes on.
        for n in 0..LOGIN_FREE_BY_NAME as u8 {
            wrong([10, 1, 1, n], "admin");
        }
        assert_eq!(log_in(world.base(), [10, 2, 2, 2], "admin", PASSWORD).status, 429);
        assert_eq!(log_in(world.base(), [10, 2, 2, 2], "office", PASSWORD).status, 200);
        let known = json!({ "login": "admin", "password": PASSWORD, "device": device });
        let ask = |body: &Value| {
            Asking::from(STRANGER).ask(world.base(), "POST", "/v1/login", Some(body))
        };
        assert_eq!(ask(&known).status, 200);
        let other = json!({ "login": "office", "password": PASSWORD, "device": device });
        assert_eq!(ask(&other).status, 429, "a device is known under its name only");
        // Nor does anybody wait where he logged in from before, with whatever browser.
        assert_eq!(log_in(world.base(), HOME, "admin", PASSWORD).status, 200);
        // And after a minute at the latest a stranger with the right password is heard.
        world.seconds(61);
        assert_eq!(log_in(world.base(), [10, 2, 2, 2], "admin", PASSWORD).status, 200);
    }
}

#[test]
fn a_burst_of_codes_is_counted_before_it_waits() {
    for database in Database::ALL {
        let Some(mut world) = world(database) else { continue };
        let anna = person(&mut world, "Анна")["id"].as_str().unwrap().to_owned();
        let code = world.desk.post(&format!("/v1/people/{anna}/enrol-code"), &json!({})).unwrap();
        let code = code["code"].as_str().unwrap().to_owned();
        // Somebody holds the writer, and two hundred guesses come at once.
        let held = world.run(world.app.store.begin()).unwrap();
        let said: Vec<u16> = std::thread::scope(|scope| {
            let base = world.base();
            let guess = |n: usize| move || enrol(base, STRANGER, &format!("{n:08}"), 1).status;
            let all: Vec<_> = (0..200).map(|n| scope.spawn(guess(n))).collect();
            world.run(held.rollback()).unwrap();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let heard = said.iter().filter(|status| **status == 401).count();
        assert_eq!(heard, CODES_FREE_BY_ADDRESS as usize, "{database:?}");
        assert!(said.iter().all(|status| [401, 429].contains(status)), "{said:?}");
        assert_eq!(enrol(world.base(), STRANGER, &code, 2).status, 429, "not even the right one");
        assert_eq!(enrol(world.base(), HOME, &code, 2).status, 200, "others enrol as before");
    }
}

#[test]
fn wrong_codes_from_everywhere_stop_nobody() {
    for database in Database::ALL {
        let Some(mut world) = world(database) else { continue };
        let anna = person(&mut world, "Анна")["id"].as_str().unwrap().to_owned();
        let code = world.desk.post(&format!("/v1/people/{anna}/enrol-code"), &json!({})).unwrap();
        let code = code["code"].as_str().unwrap().to_owned();
        assert_eq!(code.len(), "0000-0000-0000".len());
        for n in 0..1_000_u32 {
            let from = [10, 3, (n / 9 / 250) as u8, (n / 9 % 250) as u8];
            assert_eq!(enrol(world.base(), from, &format!("{n:012}"), 1).status, 401, "{n}");
        }
        assert_eq!(enrol(world.base(), HOME, &code, 2).status, 200);
    }
}

#[test]
fn one_address_does_not_shut_the_pages_of_all_clients() {
    let world = world(Database::Sqlite).expect("a world");
    let path = format!("/v1/public/sheets/{}", "0".repeat(32));
    let look = |from: [u8; 4]| Asking::from(from).ask(world.base(), "GET", &path, None);
    let said: Vec<u16> = (0..=PUBLIC_BY_ADDRESS_A_MINUTE).map(|_| look(STRANGER).status).collect();
    assert_eq!(
        said.iter().filter(|status| **status == 404).count(),
        PUBLIC_BY_ADDRESS_A_MINUTE as usize
    );
    let braked = look(STRANGER);
    assert_eq!((braked.status, braked.header("retry-after")), (429, Some("1")));
    assert_eq!(look(HOME).status, 404);
    world.minutes(1);
    assert_eq!(look(STRANGER).status, 404);
}

#[test]
fn control_characters_come_in_nowhere() {
    for database in Database::ALL {
        let Some(mut world) = world(database) else { continue };
        let order = world.order("1", "2026-08-26", &[METER]);
        let token = token(&world);
        for sign in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}', '\u{202e}', '\u{2066}'] {
            let text = format!("a{sign}b");
            let bodies = [
                ("POST", "/v1/login", json!({ "login": text, "password": "x" }), "login"),
                ("POST", "/v1/login", json!({ "login": "x", "password": text }), "password"),
                ("POST", "/v1/refresh", json!({ "refresh": text }), "refresh"),
                ("POST", "/v1/logout", json!({ "refresh": text }), "refresh"),
                (
                    "POST",
                    "/v1/devices/token",
                    json!({ "device": text, "challenge": text, "signature": text }),
                    "challenge",
                ),
                (
                    "POST",
                    &format!("/v1/orders/{order}/cancel"),
                    json!({ "reason": text }),
                    "reason",
                ),
                ("PUT", "/v1/firm/faq", json!([{ "question": "?", "answer": text }]), "0.answer"),
            ];
            for (method, path, body, field) in bodies {
                let more = "if-match: \"0\"\r\n".to_owned();
                let asking = Asking { more, ..Asking::with(&token) };
                let answer = asking.ask(world.base(), method, path, Some(&body));
                assert_eq!(
                    (answer.status, answer.code().as_str()),
                    (422, "text_control"),
                    "{path} {sign:?}"
                );
                assert_eq!(answer.json()["field"], json!(field), "{path}");
            }
            let percent: String =
                sign.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
            let get = |path: &str| Asking::with(&token).ask(world.base(), "GET", path, None).status;
            assert_eq!(get(&format!("/v1/orders?q={percent}")), 400, "{sign:?}");
            assert_eq!(get(&format!("/v1/live?ticket={percent}")), 400, "{sign:?}");
            assert_eq!(get(&format!("/v1/public/sheets/{percent}")), 404, "{sign:?}");
            assert_eq!(get(&format!("/v1/photos/{percent}")), 404, "{sign:?}");
        }
        // A line end is no such thing.
        let reason = json!({ "reason": "не дозвонились\nдважды" });
        let path = format!("/v1/orders/{order}/cancel");
        assert_eq!(
            Asking::with(&token).ask(world.base(), "POST", &path, Some(&reason)).status,
            200
        );
        // A spreadsheet brings them unseen: they are dropped.
        let table =
            String::from_utf8(include_bytes!("../../data/day_orders.csv").to_vec()).unwrap();
        let table = table.replace("Саратов", "Сара\0т\u{202e}ов");
        let taken = world.desk.upload("/v1/import/orders", table.as_bytes()).unwrap();
        assert_eq!((&taken["taken"], &taken["problems"]), (&json!(9), &json!([])));
    }
}

#[test]
fn a_version_that_no_card_has_is_an_ordinary_refusal() {
    for database in Database::ALL {
        let Some(mut world) = world(database) else { continue };
        let order = world.order("1", "2026-08-26", &[METER]);
        let token = token(&world);
        let card = json!({
            "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned",
            "district": "Ленинский", "address": "ул. Тархова, 12",
        });
        let change = |version: &str| {
            let more = format!("if-match: {version}\r\n");
            let asking = Asking { more, ..Asking::with(&token) };
            asking.ask(world.base(), "PUT", &format!("/v1/orders/{order}"), Some(&card)).status
        };
        for version in ["18446744073709551615", "1e9", "x", "*"] {
            assert_eq!(change(version), 422, "{version}");
        }
        for version in ["9223372036854775807", "9223372036854775806", "-1"] {
            assert_eq!(change(version), 412, "{version}");
        }
        assert_eq!(change("\"1\""), 200);
    }
}

#[test]
fn every_answer_tells_a_browser_what_it_may_do() {
    let world = World::with(Database::Sqlite, |config| {
        config.public_url = "https://vyezd.example".to_owned();
    })
    .expect("a world");
    let paths = [
        "/",
        "/office/index.html",
        "/field/",
        "/s/abc",
        "/assets/none.js",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/v1/orders",
        "/v1/none",
        "/none",
    ];
    for path in paths {
        let answer = Asking::default().ask(world.base(), "GET", path, None);
        let header =
            |name: &str| answer.header(name).unwrap_or_else(|| panic!("{path}: no {name}"));
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(header("permissions-policy").contains("camera=(self), geolocation=(self)"));
        assert_eq!(header("strict-transport-security"), "max-age=31536000");
    }
    let plain = World::new(Database::Sqlite).expect("a world");
    let answer = Asking::default().ask(plain.base(), "GET", "/", None);
    assert_eq!(answer.header("strict-transport-security"), None);
}

#[test]
fn a_head_is_no_larger_than_its_bound() {
    let world = World::new(Database::Sqlite).expect("a world");
    let with = |more: usize, address: usize| {
        let (value, query) = ("x".repeat(more), "x".repeat(address));
        let path = format!("/v1/me?q={query}");
        let asking = Asking { more: format!("x-long: {value}\r\n"), ..Asking::default() };
        asking.ask(world.base(), "GET", &path, None)
    };
    let (small, half) = (HEADER_BYTES_MAX / 2 - 1_000, HEADER_BYTES_MAX / 2 + 1_000);
    assert_eq!(with(small, small).status, 401);
    for (more, address) in [(half, half), (HEADER_BYTES_MAX, 0), (0, HEADER_BYTES_MAX)] {
        let answer = with(more, address);
        assert_eq!((answer.status, answer.code().as_str()), (431, "head_too_large"));
    }
    // Far beyond it the connection itself says so.
    assert!([0, 431].contains(&with(40 * HEADER_BYTES_MAX, 0).status));
}

#[test]
fn what_is_not_there_is_not_found() {
    let world = World::new(Database::Sqlite).expect("a world");
    let ask = |path: &str| Asking::default().ask(world.base(), "GET", path, None);
    for path in ["/none", "/assets/none.js", "/assets/none", "/field/none.js", "/.env", "/s/a/b"] {
        let answer = ask(path);
        assert_eq!(answer.status, 404, "{path}");
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("text/plain"), "{path}: {kind}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    // Pages are there as far as they were built, whatever stands behind them.
    let built = ask("/").status;
    for path in ["/", "/office/", "/field/", "/field/orders/1", "/s/abc"] {
        assert_eq!(ask(path).status, built, "{path}");
    }
}

#[test]
fn errors_are_problems_whoever_makes_them() {
    let world = world(Database::Sqlite).expect("a world");
    let token = token(&world);
    let ask = |method: &str, path: &str| {
        let answer = Asking::with(&token).ask(world.base(), method, path, None);
        (answer.status, answer.code())
    };
    let said = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(ask("GET", "/v1/none"), said(404, "not_found"));
    assert_eq!(ask("DELETE", "/v1/orders"), said(405, "method_not_allowed"));
    assert_eq!(ask("POST", "/v1/orders"), said(415, "content_type"));
    assert_eq!(ask("GET", "/v1/orders/none"), said(404, "not_found"));
    assert_eq!(ask("GET", "/v1/live"), said(401, "token_expired"));
    assert_eq!(ask("GET", "/v1/orders?from=x&limit=y").0, 400);
    let head = "POST /v1/orders HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: nonsense\r\n\r\n";
    assert!(raw(world.base(), head.as_bytes()).status >= 400);
}

#[test]
fn one_name_is_one_persons_also_where_twelve_ask_at_once() {
    for database in Database::ALL {
        let Some(world) = world(database) else { continue };
        let (base, token) = (world.base(), token(&world));
        let create = |login: &str, password: &str| {
            let body = json!({
                "login": login, "name": "Новый", "role": "office", "active": true,
                "password": password,
            });
            Asking::with(&token).ask(base, "POST", "/v1/people", Some(&body))
        };
        let mut said: Vec<u16> = std::thread::scope(|scope| {
            let all: Vec<_> =
                (0..12).map(|_| scope.spawn(|| create("novichok", "").status)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        said.sort_unstable();
        assert_eq!((said[0], &said[1..]), (200, &[409; 11][..]), "{database:?}");
        // Names that a person cannot tell apart, and passwords that everybody tries.
        assert_eq!(create("поvichok", "").status, 422);
        assert_eq!(create("office\u{200b}", "").status, 422);
        assert_eq!(create("0ffice", "").code(), "login_taken");
        assert_eq!(create("а", "").status, 200);
        assert_eq!(create("a", "").code(), "login_taken");
        for weak in ["короче", PASSWORD, "qwerty123", "ПАРОЛЬ123", "aaaaaaaaaaaa", "smirnova"]
        {
            assert_eq!(create("Smirnova", weak).json()["field"], json!("password"), "{weak}");
        }
    }
}

#[test]
fn a_session_ends_when_it_is_ended() {
    for database in Database::ALL {
        let Some(world) = world(database) else { continue };
        let me = |token: &str| Asking::with(token).ask(world.base(), "GET", "/v1/me", None).status;
        let post = |token: &str, path: &str, body: Option<&Value>| {
            Asking::with(token).ask(world.base(), "POST", path, body).status
        };
        let renew = |refresh: &Value| {
            let body = json!({ "refresh": refresh });
            Asking::default().ask(world.base(), "POST", "/v1/refresh", Some(&body))
        };
        let enter = || {
            let answer = log_in(world.base(), HOME, "office", PASSWORD);
            (access(&answer), answer.json()["refresh"].clone())
        };
        let [(first, first_refresh), (second, second_refresh), (third, third_refresh)] =
            [enter(), enter(), enter()];
        // Whoever leaves has left, with all that could let him in again.
        assert_eq!(post(&first, "/v1/logout", None), 204);
        assert_eq!((me(&first), renew(&first_refresh).status), (401, 401));
        assert_eq!(me(&second), 200, "another place is another session");
        // Also with a token that is over, by the one that would renew it.
        assert_eq!(post("", "/v1/logout", Some(&json!({ "refresh": third_refresh }))), 204);
        assert_eq!((me(&third), post("", "/v1/logout", None)), (401, 401));
        // The list, and one of it.
        let (fourth, fourth_refresh) = enter();
        let list = Asking::with(&second).ask(world.base(), "GET", "/v1/sessions", None).json();
        let list = list.as_array().unwrap().clone();
        assert_eq!(list.len(), 2);
        let other = list.iter().find(|one| one["current"] == json!(false)).unwrap();
        assert_eq!(other["address"], json!("198.51.100.7"));
        let path = format!("/v1/sessions/{}/end", other["id"].as_str().unwrap());
        let stranger = access(&log_in(world.base(), HOME, "admin", PASSWORD));
        assert_eq!((post(&second, &path, None), me(&fourth)), (204, 401));
        assert_eq!((post(&second, &path, None), renew(&fourth_refresh).status), (404, 401));
        // Everywhere at once.
        let (fifth, _) = enter();
        assert_eq!(post(&second, "/v1/sessions/end-all", None), 204);
        assert_eq!((me(&second), me(&fifth), renew(&second_refresh).status), (401, 401, 401));
        assert_eq!(me(&stranger), 200);
    }
}

#[test]
fn a_new_password_or_role_or_no_work_here_ends_all_sessions_at_once() {
    for database in Database::ALL {
        let Some(mut world) = world(database) else { continue };
        let mut office = person(&mut world, "Петрова Ольга Сергеевна");
        let id = office["id"].as_str().unwrap().to_owned();
        let admin = token(&world);
        office["phone"] = json!("");
        office["attested_until"] = json!("");
        let change = |office: &Value| {
            let path = format!("/v1/people/{id}");
            let seen = Asking::with(&admin).ask(world.base(), "GET", &path, None);
            let more = format!("if-match: {}\r\n", seen.header("etag").unwrap_or_default());
            let asking = Asking { more, ..Asking::with(&admin) };
            asking.ask(world.base(), "PUT", &path, Some(office))
        };
        let mut password = PASSWORD.to_owned();
        let new_password = "совсем другой пароль";
        for (field, value) in [
            ("name", json!("Петрова Ольга")),
            ("password", json!(new_password)),
            ("role", json!("admin")),
            ("role", json!("office")),
            ("active", json!(false)),
        ] {
            let entered = log_in(world.base(), HOME, "office", &password);
            let refresh = json!({ "refresh": entered.json()["refresh"] });
            office[field] = value;
            let answer = change(&office);
            assert_eq!(answer.status, 200, "{answer:?}");
            if field == "password" {
                new_password.clone_into(&mut password);
            }
            office["password"] = json!("");
            let still = Asking::with(&access(&entered)).ask(world.base(), "GET", "/v1/me", None);
            let renewed =
                Asking::default().ask(world.base(), "POST", "/v1/refresh", Some(&refresh));
            let expected = if field == "name" { (200, 200) } else { (401, 401) };
            assert_eq!((still.status, renewed.status), expected, "{field}");
        }
        assert_eq!(log_in(world.base(), HOME, "office", &password).status, 401);
        // The same where it is changed at the machine.
        let entered = access(&log_in(world.base(), HOME, "admin", PASSWORD));
        let at_the_machine =
            vyezd_server::staff::password(&world.app, "admin", "пароль с машины 1");
        world.run(at_the_machine).unwrap();
        let still = Asking::with(&entered).ask(world.base(), "GET", "/v1/me", None);
        assert_eq!(still.status, 401);
    }
}

#[test]
fn a_refresh_token_of_two_hands_ends_the_session_and_none_goes_on_for_ever() {
    for database in Database::ALL {
        let Some(world) = world(database) else { continue };
        let renew = |refresh: &Value| {
            let body = json!({ "refresh": refresh });
            Asking::default().ask(world.base(), "POST", "/v1/refresh", Some(&body))
        };
        let first = log_in(world.base(), HOME, "office", PASSWORD).json()["refresh"].clone();
        let second = renew(&first);
        assert_eq!(second.status, 200);
        world.minutes(5);
        assert_eq!(renew(&first).code(), "refresh_reused");
        assert_eq!(renew(&second.json()["refresh"]).status, 401);
        let me = Asking::with(&access(&second)).ask(world.base(), "GET", "/v1/me", None);
        assert_eq!(me.status, 401, "the access token ends with it");
        // Renewed every day, it ends nevertheless.
        let mut refresh = log_in(world.base(), HOME, "office", PASSWORD).json()["refresh"].clone();
        let mut days = 0;
        loop {
            world.app.clock().move_to(world.now().plus_s(24 * 3600));
            days += 1;
            let answer = renew(&refresh);
            if answer.status == 401 || days > 200 {
                break;
            }
            refresh = answer.json()["refresh"].clone();
        }
        assert_eq!(days, 90);
    }
}

#[test]
fn the_scheme_of_a_token_is_read_as_the_standard_says() {
    let world = world(Database::Sqlite).expect("a world");
    let token = token(&world);
    for (scheme, status) in
        [("Bearer ", 200), ("bearer ", 200), ("BEARER   ", 200), ("Basic ", 401), ("Bearer", 401)]
    {
        let more = format!("authorization: {scheme}{token}\r\n");
        let asking = Asking { more, ..Asking::default() };
        assert_eq!(asking.ask(world.base(), "GET", "/v1/me", None).status, status, "{scheme}");
    }
}

#[test]
fn a_code_is_good_for_whom_it_was_made_as_long_as_he_works_here() {
    for database in Database::ALL {
        let Some(mut world) = world(database) else { continue };
        let mut anna = person(&mut world, "Анна");
        let id = anna["id"].as_str().unwrap().to_owned();
        let code = |world: &mut World| {
            let path = format!("/v1/people/{id}/enrol-code");
            world.desk.post(&path, &json!({})).unwrap()["code"].as_str().unwrap().to_owned()
        };
        let (older, newer) = (code(&mut world), code(&mut world));
        assert_eq!(
            enrol(world.base(), HOME, &older, 3).status,
            401,
            "the older one is good no more"
        );
        assert_eq!(enrol(world.base(), HOME, &newer, 3).status, 200);
        let devices = world.desk.get("/v1/devices").unwrap();
        let device =
            devices.as_array().unwrap().iter().find(|d| d["name"] == json!("Чужой")).unwrap();
        assert_eq!(device["code_by"], json!("Администратор"), "the office sees who made the code");
        assert_eq!(device["enrolled_from"], json!("198.51.100.7"));
        let last = code(&mut world);
        for (field, value) in
            [("active", json!(false)), ("attested_until", json!("")), ("phone", json!(""))]
        {
            anna[field] = value;
        }
        world.desk.put(&format!("/v1/people/{id}"), &anna).unwrap();
        assert_eq!(enrol(world.base(), HOME, &last, 4).status, 401);
        anna["active"] = json!(true);
        world.desk.put(&format!("/v1/people/{id}"), &anna).unwrap();
        assert_eq!(enrol(world.base(), HOME, &last, 4).status, 401, "nor when he comes back");
        // What lets nobody in any more is not kept.
        world.app.clock().move_to(world.now().plus_s(100 * 24 * 3600));
        world.run(vyezd_server::timers::nightly(&world.app)).unwrap();
    }
}

#[test]
fn log_ins_stand_in_the_journal_and_names_that_nobody_has_do_not() {
    for database in Database::ALL {
        let Some(mut world) = world(database) else { continue };
        log_in(world.base(), HOME, "admin", PASSWORD);
        log_in(world.base(), HOME, "admin", "не тот пароль");
        log_in(world.base(), HOME, "nobody-here", "не тот пароль");
        let page = world.desk.get("/v1/audit").unwrap().to_string();
        for kind in ["login.succeeded", "login.failed"] {
            assert!(page.contains(&format!("\"{kind}\"")), "{kind}: {page}");
        }
        assert!(!page.contains("nobody-here"), "a stranger does not fill the journal");
    }
}
