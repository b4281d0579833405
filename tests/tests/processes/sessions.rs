//! Sessions, names, codes: who is in, until when, and who hears of it.

use serde_json::{Value, json};
use vyezd_server::demo::PASSWORD;
use vyezd_story::on_both_databases;
use vyezd_tests::wire::Asking;
use vyezd_tests::{Database, World};

use crate::stranger::{HOME, access, enrol, log_in, person, token, world};

#[on_both_databases]
fn one_name_is_one_persons_also_where_twelve_ask_at_once(database: Database) {
    let Some(world) = world(database) else { return };
    let (base, token) = (world.base(), token(&world));
    let create = |login: &str, password: &str| {
        let body = json!({
            "login": login, "name": "Новый", "role": "office", "active": true,
            "password": password,
        });
        Asking::with(&token).ask(base, "POST", "/v1/people", Some(&body))
    };
    let mut said: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..12).map(|_| scope.spawn(|| create("novichok", "").status)).collect();
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

#[on_both_databases]
fn a_session_ends_when_it_is_ended(database: Database) {
    let Some(world) = world(database) else { return };
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

#[on_both_databases]
fn a_new_password_or_role_or_no_work_here_ends_all_sessions_at_once(database: Database) {
    let Some(mut world) = world(database) else { return };
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
        let renewed = Asking::default().ask(world.base(), "POST", "/v1/refresh", Some(&refresh));
        let expected = if field == "name" { (200, 200) } else { (401, 401) };
        assert_eq!((still.status, renewed.status), expected, "{field}");
    }
    assert_eq!(log_in(world.base(), HOME, "office", &password).status, 401);
    // The same where it is changed at the machine.
    let entered = access(&log_in(world.base(), HOME, "admin", PASSWORD));
    let at_the_machine = vyezd_server::staff::password(&world.app, "admin", "пароль с машины 1");
    world.run(at_the_machine).unwrap();
    let still = Asking::with(&entered).ask(world.base(), "GET", "/v1/me", None);
    assert_eq!(still.status, 401);
}

#[on_both_databases]
fn a_refresh_token_of_two_hands_ends_the_session_and_none_goes_on_for_ever(database: Database) {
    let Some(world) = world(database) else { return };
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

#[on_both_databases]
fn a_code_is_good_for_whom_it_was_made_as_long_as_he_works_here(database: Database) {
    let Some(mut world) = world(database) else { return };
    let mut anna = person(&mut world, "Анна");
    let id = anna["id"].as_str().unwrap().to_owned();
    let code = |world: &mut World| {
        let path = format!("/v1/people/{id}/enrol-code");
        world.office.post(&path, &json!({})).unwrap()["code"].as_str().unwrap().to_owned()
    };
    let (older, newer) = (code(&mut world), code(&mut world));
    assert_eq!(enrol(world.base(), HOME, &older, 3).status, 401, "the older one is good no more");
    assert_eq!(enrol(world.base(), HOME, &newer, 3).status, 200);
    let devices = world.office.get("/v1/devices").unwrap();
    let device = devices.as_array().unwrap().iter().find(|d| d["name"] == json!("Чужой")).unwrap();
    assert_eq!(device["code_by"], json!("Администратор"), "the office sees who made the code");
    assert_eq!(device["enrolled_from"], json!("198.51.100.7"));
    let last = code(&mut world);
    for (field, value) in
        [("active", json!(false)), ("attested_until", json!("")), ("phone", json!(""))]
    {
        anna[field] = value;
    }
    world.office.put(&format!("/v1/people/{id}"), &anna).unwrap();
    assert_eq!(enrol(world.base(), HOME, &last, 4).status, 401);
    anna["active"] = json!(true);
    world.office.put(&format!("/v1/people/{id}"), &anna).unwrap();
    assert_eq!(enrol(world.base(), HOME, &last, 4).status, 401, "nor when he comes back");
    // What lets nobody in any more is not kept.
    world.app.clock().move_to(world.now().plus_s(100 * 24 * 3600));
    world.run(vyezd_server::timers::nightly(&world.app)).unwrap();
}

#[on_both_databases]
fn log_ins_stand_in_the_journal_and_names_that_nobody_has_do_not(database: Database) {
    let Some(mut world) = world(database) else { return };
    log_in(world.base(), HOME, "admin", PASSWORD);
    log_in(world.base(), HOME, "admin", "не тот пароль");
    log_in(world.base(), HOME, "nobody-here", "не тот пароль");
    // The page lists the kinds as well: the lines themselves are looked at.
    let page = world.office.get("/v1/audit").unwrap()["items"].to_string();
    for kind in ["login.succeeded", "login.failed"] {
        assert!(page.contains(&format!("\"{kind}\"")), "{kind}: {page}");
    }
    assert!(!page.contains("nobody-here"), "a stranger does not fill the journal");
}
