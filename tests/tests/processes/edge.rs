//! What every answer has, and what comes in nowhere: characters, heads, addresses, errors.

use serde_json::json;
use vyezd_server::limits::edge::HEADER_BYTES_MAX;
use vyezd_story::on_both_databases;
use vyezd_tests::wire::{Asking, raw};
use vyezd_tests::{Database, World};

use crate::stranger::{METER, token, world};

#[on_both_databases]
fn control_characters_come_in_nowhere(database: Database) {
    let Some(mut world) = world(database) else { return };
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
            ("POST", &format!("/v1/orders/{order}/cancel"), json!({ "reason": text }), "reason"),
            ("PUT", "/v1/firm/faq", json!([{ "question": "?", "answer": text }]), "0.answer"),
        ];
        let turns = matches!(sign, '\u{202e}' | '\u{2066}');
        for (method, path, body, field) in bodies.into_iter().filter(|_| !turns) {
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
        let percent: String = sign.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        let get = |path: &str| Asking::with(&token).ask(world.base(), "GET", path, None).status;
        assert_eq!(get(&format!("/v1/orders?q={percent}")), 400, "{sign:?}");
        assert_eq!(get(&format!("/v1/live?ticket={percent}")), 400, "{sign:?}");
        assert_eq!(get(&format!("/v1/public/sheets/{percent}")), 404, "{sign:?}");
        assert_eq!(get(&format!("/v1/photos/{percent}")), 404, "{sign:?}");
    }
    // What turns a line around comes with copied text: it is dropped.
    let card = json!({ "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned",
        "client": "Лап\u{202e}тева\u{2066}", "district": "Л", "address": "ул. Мира, 5" });
    let made = Asking::with(&token).ask(world.base(), "POST", "/v1/orders", Some(&card)).json();
    assert_eq!(made["client"], json!("Лаптева"));
    // A line end is no such thing.
    let reason = json!({ "reason": "не дозвонились\nдважды" });
    let path = format!("/v1/orders/{order}/cancel");
    assert_eq!(Asking::with(&token).ask(world.base(), "POST", &path, Some(&reason)).status, 200);
    // A spreadsheet brings them unseen: they are dropped.
    let table = String::from_utf8(include_bytes!("../../data/day_orders.csv").to_vec()).unwrap();
    let table = table.replace("Саратов", "Сара\0т\u{202e}ов");
    let taken = world.office.upload("/v1/import/orders", table.as_bytes()).unwrap();
    // Nobody works in some of its districts, which is said.
    let mut said = taken["problems"].as_array().unwrap().clone();
    said.retain(|problem| problem["column"] != "район");
    assert_eq!((&taken["taken"], said), (&json!(9), vec![]));
}

#[on_both_databases]
fn a_version_that_no_card_has_is_an_ordinary_refusal(database: Database) {
    let Some(mut world) = world(database) else { return };
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
