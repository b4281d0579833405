//! Bodies and connections: too long, too slow, silent, idle, piled up. Each story was told by an attack first.

use std::io::{Read as _, Write as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use vyezd_server::config::Patience;
use vyezd_server::limits::edge::{PIPELINED_AT_ONCE, PIPELINED_FREE};
use vyezd_server::limits::phones::SYNCS_AT_ONCE;
use vyezd_tests::raw::RawPhone;
use vyezd_tests::wire::{Asking, connect, raw, rest};
use vyezd_tests::{Database, World};

use crate::stranger::{token, world};

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

/// A server with twenty seats, behind a proxy: that all come from one address is no reason to close them.
fn few_seats() -> World {
    World::with(Database::Sqlite, |config| {
        config.patience.connections = 20;
        config.patience.trusted_proxies = vec![IpAddr::from([127, 0, 0, 1])];
    })
    .expect("a world")
}

#[test]
fn idle_connections_make_room_for_whoever_asks() {
    let world = few_seats();
    let idle: Vec<_> = (0..100).map(|_| connect(world.base())).collect();
    for _ in 0..30 {
        assert_eq!(Asking::default().ask(world.base(), "GET", "/healthz", None).status, 200);
    }
    drop(idle);
}

#[test]
fn bodies_that_never_end_make_room_for_whoever_asks() {
    let world = few_seats();
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
fn a_phone_that_does_not_listen_asks_no_further() {
    let mut world = world(Database::Sqlite).expect("a world");
    let raw = RawPhone::enrol(&mut world, "Анна");
    let token = world.app.keys.device(raw.device, world.now()).unwrap();
    let asking = Asking::with(&token);
    // An empty body is no request: whoever has a seat is told that.
    let ask = || asking.ask(world.base(), "POST", "/v1/sync", None);
    let mut seats: Vec<_> =
        (0..SYNCS_AT_ONCE).map(|_| world.app.budgets.seat(raw.device).expect("a seat")).collect();
    let refused = ask();
    assert_eq!((refused.status, refused.code().as_str()), (503, "busy"));
    assert_eq!(refused.header("retry-after"), Some("2"));
    assert!(world.app.budgets.seat(vyezd_core::model::DeviceId::from_bytes([7; 16])).is_some());
    seats.pop();
    assert_eq!(ask().code(), "request_unreadable");
    // A seat is free again when its answer has gone, and only then.
    assert_eq!(ask().code(), "request_unreadable");
}
