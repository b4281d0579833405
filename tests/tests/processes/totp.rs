//! Codes of an authenticator app: asked of whoever turned them on, good once, and a way past the pauses that
//! strangers cause.

use serde_json::{Value, json};
use vyezd_server::demo::PASSWORD;
use vyezd_server::limits::edge::{
    LOGIN_FREE_BY_DEVICE, LOGIN_FREE_BY_NAME, TOTP_CHARS_MAX, TOTP_PASSES_AN_HOUR, TOTP_WRONG_FREE,
};
use vyezd_story::on_both_databases;
use vyezd_tests::wire::{Answer, Asking};
use vyezd_tests::{Database, World};

use crate::stranger::{HOME, STRANGER, access, log_in, person, token, world};

/// What the app on somebody's phone shows.
struct Authenticator(totp_rs::Totp);

impl Authenticator {
    /// Reads the secret as a person types it.
    fn read(begun: &Answer) -> Self {
        let text =
            begun.json()["secret"].as_str().unwrap_or_else(|| panic!("{begun:?}")).to_owned();
        let secret = totp_rs::Secret::try_from_base32(text.replace(' ', "")).unwrap();
        Self(totp_rs::Builder::new().with_secret(secret).build().unwrap())
    }

    fn code(&self, world: &World) -> String {
        self.0.generate(world.now().0 as u64 / 1000).to_string()
    }

    /// A code that is right for no step near.
    fn wrong(&self, world: &World) -> String {
        let now = world.now().0 as u64 / 1000;
        let near: Vec<String> =
            (0..5).map(|n| self.0.generate(now + 30 * n - 60).to_string()).collect();
        (0..10).map(|n: u32| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

fn ask(base: &str, from: [u8; 4], (login, password, code): (&str, &str, &str)) -> Answer {
    let body = json!({ "login": login, "password": password, "code": code });
    Asking::from(from).ask(base, "POST", "/v1/login", Some(&body))
}

fn post(world: &World, token: &str, path: &str, body: &Value) -> Answer {
    Asking::with(token).ask(world.base(), "POST", path, Some(body))
}

/// Turns the codes on for the administrator, who sits at home, and lets the next code come.
fn turn_on(world: &World) -> (String, Authenticator) {
    let token = token(world);
    let begun = post(world, &token, "/v1/me/totp", &json!({ "password": PASSWORD }));
    let app = Authenticator::read(&begun);
    let code = app.code(world);
    let said = post(world, &token, "/v1/me/totp/confirm", &json!({ "code": code }));
    assert_eq!(said.status, 204, "{said:?}");
    world.seconds(30);
    (token, app)
}

#[on_both_databases]
fn it_is_turned_on_with_password_and_code_and_asked_from_then_on(database: Database) {
    let Some(world) = world(database) else { return };
    let (token, other) = (token(&world), token(&world));
    let begin =
        |password: &str| post(&world, &token, "/v1/me/totp", &json!({ "password": password }));
    assert_eq!((begin("не тот").status, begin("не тот").code()), (422, "login_wrong".into()));
    let forgotten = Authenticator::read(&begin(PASSWORD));
    let begun = begin(PASSWORD);
    assert!(begun.json()["link"].as_str().unwrap().starts_with("otpauth://totp/"));
    assert!(begun.json()["qr_svg"].as_str().unwrap().starts_with("<svg "));
    let app = Authenticator::read(&begun);
    assert_eq!(log_in(world.base(), HOME, "admin", PASSWORD).status, 200, "nothing is proven");
    let confirm =
        |code: &str| post(&world, &token, "/v1/me/totp/confirm", &json!({ "code": code })).status;
    assert_eq!(confirm(&app.wrong(&world)), 422);
    assert_eq!(confirm(&forgotten.code(&world)), 422, "the secret that is shown counts");
    assert_eq!(confirm(&"1".repeat(TOTP_CHARS_MAX + 1)), 422);
    let spaced = app.code(&world);
    let spaced = format!("{} {}", &spaced[..3], &spaced[3..]);
    assert_eq!((confirm(&spaced), confirm(&spaced)), (204, 409));
    assert_eq!(ask(world.base(), HOME, ("admin", PASSWORD, &spaced)).code(), "totp_wrong");
    assert_eq!(begin(PASSWORD).code(), "totp_on");
    // Sessions that a password alone had opened are over; this one goes on.
    let me = |token: &str| Asking::with(token).ask(world.base(), "GET", "/v1/me/totp", None);
    assert_eq!((me(&other).status, me(&token).json()["on"].clone()), (401, json!(true)));

    world.seconds(30);
    let code = app.code(&world);
    assert_eq!(ask(world.base(), HOME, ("admin", PASSWORD, "")).code(), "totp_needed");
    assert_eq!(ask(world.base(), HOME, ("admin", "не тот", "")).code(), "login_wrong");
    assert_eq!(ask(world.base(), HOME, ("admin", "не тот", &code)).code(), "login_wrong");
    assert_eq!(
        ask(world.base(), HOME, ("admin", PASSWORD, &app.wrong(&world))).code(),
        "totp_wrong"
    );
    assert_eq!(ask(world.base(), HOME, ("admin", PASSWORD, &code)).status, 200);
    assert_eq!(ask(world.base(), HOME, ("admin", PASSWORD, &code)).code(), "totp_wrong", "used");
    assert_eq!(ask(world.base(), HOME, ("office", PASSWORD, "123456")).status, 200, "he has none");
}

#[on_both_databases]
fn two_log_ins_at_once_do_not_share_a_code(database: Database) {
    let Some(world) = world(database) else { return };
    let (_, app) = turn_on(&world);
    let code = app.code(&world);
    let said: Vec<u16> = std::thread::scope(|scope| {
        let base = world.base();
        let enter = || ask(base, HOME, ("admin", PASSWORD, &code)).status;
        let all: Vec<_> = (0..6).map(|_| scope.spawn(enter)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(said.iter().filter(|status| **status == 200).count(), 1, "{said:?}");
}

#[on_both_databases]
fn the_right_code_passes_the_pauses_that_strangers_cause(database: Database) {
    let Some(world) = world(database) else { return };
    let (_, app) = turn_on(&world);
    for n in 0..LOGIN_FREE_BY_NAME as u8 {
        log_in(world.base(), [10, 1, 1, n], "admin", "не тот пароль");
    }
    let away = |n: u8, password: &str, code: &str| {
        ask(world.base(), [10, 2, 2, n], ("admin", password, code)).status
    };
    assert_eq!((away(0, PASSWORD, ""), away(0, PASSWORD, &app.wrong(&world))), (429, 429));
    assert_eq!(away(0, PASSWORD, &app.code(&world)), 200);
    assert_eq!(away(1, PASSWORD, &app.code(&world)), 429, "used: it opens no way either");
    // Whoever has the app and not the password guesses no faster for it.
    world.seconds(30);
    let code = app.code(&world);
    let said: Vec<u16> =
        (1..2 * LOGIN_FREE_BY_DEVICE as u8).map(|n| away(n, "не тот", &code)).collect();
    let heard = said.iter().filter(|status| **status == 401).count();
    assert_eq!(heard, LOGIN_FREE_BY_DEVICE as usize, "{said:?}");
    // So many wrong codes of anybody, and the right one waits like all others; at home it does not.
    world.minutes(61);
    for n in 0..LOGIN_FREE_BY_NAME as u8 {
        log_in(world.base(), [10, 3, 1, n], "admin", "не тот пароль");
    }
    for n in 0..TOTP_PASSES_AN_HOUR as u8 {
        away(100 + n, "", &app.wrong(&world));
    }
    assert_eq!(away(200, PASSWORD, &app.code(&world)), 429);
    assert_eq!(ask(world.base(), HOME, ("admin", PASSWORD, &app.code(&world))).status, 200);
    world.minutes(3);
    assert_eq!(away(201, PASSWORD, &app.code(&world)), 200);
}

#[on_both_databases]
fn who_knows_the_password_does_not_guess_the_code(database: Database) {
    let Some(world) = world(database) else { return };
    let (_, app) = turn_on(&world);
    let guess = |n: u8| ask(world.base(), [10, 4, n, 1], ("admin", PASSWORD, &app.wrong(&world)));
    let said: Vec<u16> = (0..2 * TOTP_WRONG_FREE as u8).map(|n| guess(n).status).collect();
    let heard = said.iter().filter(|status| **status == 401).count();
    assert_eq!(heard, TOTP_WRONG_FREE as usize, "{said:?}");
    assert_eq!(ask(world.base(), STRANGER, ("admin", PASSWORD, &app.code(&world))).status, 429);
    // Where the person is known nothing of that counts, neither for him nor against him.
    for _ in 0..3 {
        let code = app.code(&world);
        assert_eq!(ask(world.base(), HOME, ("admin", PASSWORD, &code)).status, 200);
        world.seconds(30);
    }
    assert_eq!(ask(world.base(), STRANGER, ("admin", PASSWORD, &app.code(&world))).status, 200);
    // Who was right begins anew.
    assert_eq!(guess(100).status, 401);
    world.seconds(30);
    let token = access(&ask(world.base(), HOME, ("admin", PASSWORD, &app.code(&world))));
    let path = "/v1/audit?kind=login.code_wrong";
    let lines = Asking::with(&token).ask(world.base(), "GET", path, None).json();
    assert_eq!(lines["items"].as_array().unwrap().len(), TOTP_WRONG_FREE as usize + 1);
}

#[on_both_databases]
fn it_is_turned_off_by_whoever_may(database: Database) {
    let Some(mut world) = world(database) else { return };
    let (token, app) = turn_on(&world);
    let get = |path: &str| Asking::with(&token).ask(world.base(), "GET", path, None).json();
    let all = get("/v1/people");
    let mut all = all.as_array().unwrap().iter();
    let admin = all.find(|person| person["login"] == json!("admin")).unwrap();
    assert_eq!(admin["totp"], json!(true));
    let path = format!("/v1/people/{}/totp/reset", admin["id"].as_str().unwrap());
    assert_eq!(post(&world, &token, &path, &json!({})).code(), "totp_own");
    let stop = |password: &str, code: &str| {
        let body = json!({ "password": password, "code": code });
        post(&world, &token, "/v1/me/totp/stop", &body)
    };
    assert_eq!(stop("не тот", &app.code(&world)).json()["field"], json!("password"));
    assert_eq!(stop(PASSWORD, &app.wrong(&world)).json()["field"], json!("code"));
    assert_eq!(stop(PASSWORD, &app.code(&world)).status, 204);
    assert_eq!(stop(PASSWORD, &app.code(&world)).code(), "totp_none");
    assert_eq!(log_in(world.base(), HOME, "admin", PASSWORD).status, 200);
    // At the machine itself: whoever lost the phone.
    turn_on(&world);
    let off = |login: &str| world.run(vyezd_server::staff::totp_off(&world.app, login));
    assert!(off("нет такого").is_err());
    assert!(off("office").is_err());
    off("admin").unwrap();
    assert_eq!(log_in(world.base(), HOME, "admin", PASSWORD).status, 200);
    // An administrator for a clerk.
    let office = access(&log_in(world.base(), HOME, "office", PASSWORD));
    let begun = post(&world, &office, "/v1/me/totp", &json!({ "password": PASSWORD }));
    let code = Authenticator::read(&begun).code(&world);
    let said = post(&world, &office, "/v1/me/totp/confirm", &json!({ "code": code }));
    assert_eq!(said.status, 204, "{said:?}");
    let clerk = person(&mut world, "Петрова Ольга Сергеевна");
    let path = format!("/v1/people/{}/totp/reset", clerk["id"].as_str().unwrap());
    let token = crate::stranger::token(&world);
    assert_eq!(post(&world, &token, &path, &json!({})).status, 204);
    assert_eq!(post(&world, &token, &path, &json!({})).code(), "totp_none");
    assert_eq!(post(&world, &office, "/v1/me/totp/stop", &json!({})).status, 401);
    assert_eq!(log_in(world.base(), HOME, "office", PASSWORD).status, 200);
    let lines = |world: &mut World, kind: &str| {
        let lines = world.office.get(&format!("/v1/audit?kind={kind}")).unwrap();
        lines["items"].as_array().unwrap().len()
    };
    assert_eq!(lines(&mut world, "person.totp_on"), 3);
    assert_eq!(lines(&mut world, "person.totp_off"), 3);
}

#[on_both_databases]
fn an_open_session_does_not_guess_password_or_code(database: Database) {
    let Some(world) = world(database) else { return };
    let token = token(&world);
    let begin = |n: u8, password: &str| {
        let asking = Asking { token: token.clone(), ..Asking::from([10, 5, n, 1]) };
        let body = json!({ "password": password });
        asking.ask(world.base(), "POST", "/v1/me/totp", Some(&body))
    };
    let said: Vec<u16> = (0..30).map(|n| begin(n, "не тот").status).collect();
    let heard = said.iter().filter(|status| **status == 422).count();
    assert_eq!(heard, LOGIN_FREE_BY_DEVICE as usize, "{said:?}");
    assert_eq!(begin(40, PASSWORD).status, 429);
    world.minutes(1);
    let app = Authenticator::read(&begin(41, PASSWORD));
    let confirm =
        |code: &str| post(&world, &token, "/v1/me/totp/confirm", &json!({ "code": code })).status;
    let said: Vec<u16> = (0..30).map(|_| confirm(&app.wrong(&world))).collect();
    let heard = said.iter().filter(|status| **status == 422).count();
    assert_eq!(heard, LOGIN_FREE_BY_DEVICE as usize, "{said:?}");
    world.minutes(1);
    assert_eq!(confirm(&app.code(&world)), 204);
    let code = app.code(&world);
    let lines = Asking::with(&token).ask(world.base(), "GET", "/v1/audit?kind=login.failed", None);
    assert_eq!(lines.json()["items"].as_array().unwrap().len(), 10, "{code}");
}
