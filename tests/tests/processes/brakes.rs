//! Guesses: whoever guesses waits, and nobody else does.

use serde_json::{Value, json};
use vyezd_server::demo::PASSWORD;
use vyezd_server::limits::edge::{
    CODES_FREE_BY_ADDRESS, LOGIN_FREE_BY_ADDRESS, LOGIN_FREE_BY_NAME, PUBLIC_A_MINUTE,
    PUBLIC_BY_ADDRESS_A_MINUTE,
};
use vyezd_story::on_both_databases;
use vyezd_tests::Database;
use vyezd_tests::wire::{Answer, Asking};

use crate::stranger::{HOME, STRANGER, enrol, log_in, person, world};

#[on_both_databases]
fn guesses_lock_nobody_out_but_the_guesser(database: Database) {
    let Some(world) = world(database) else { return };
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
    let ask =
        |body: &Value| Asking::from(STRANGER).ask(world.base(), "POST", "/v1/login", Some(body));
    assert_eq!(ask(&known).status, 200);
    let other = json!({ "login": "office", "password": PASSWORD, "device": device });
    assert_eq!(ask(&other).status, 429, "a device is known under its name only");
    // Nor does anybody wait where he logged in from before, with whatever browser.
    assert_eq!(log_in(world.base(), HOME, "admin", PASSWORD).status, 200);
    // And after a minute at the latest a stranger with the right password is heard.
    world.seconds(61);
    assert_eq!(log_in(world.base(), [10, 2, 2, 2], "admin", PASSWORD).status, 200);
}

#[on_both_databases]
fn a_burst_of_codes_is_counted_before_it_waits(database: Database) {
    let Some(mut world) = world(database) else { return };
    let anna = person(&mut world, "Анна")["id"].as_str().unwrap().to_owned();
    let code = world.office.post(&format!("/v1/people/{anna}/enrol-code"), &json!({})).unwrap();
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

#[on_both_databases]
fn wrong_codes_from_everywhere_stop_nobody(database: Database) {
    let Some(mut world) = world(database) else { return };
    let anna = person(&mut world, "Анна")["id"].as_str().unwrap().to_owned();
    let code = world.office.post(&format!("/v1/people/{anna}/enrol-code"), &json!({})).unwrap();
    let code = code["code"].as_str().unwrap().to_owned();
    assert_eq!(code.len(), "0000-0000-0000".len());
    for n in 0..1_000_u32 {
        let from = [10, 3, (n / 9 / 250) as u8, (n / 9 % 250) as u8];
        assert_eq!(enrol(world.base(), from, &format!("{n:012}"), 1).status, 401, "{n}");
    }
    assert_eq!(enrol(world.base(), HOME, &code, 2).status, 200);
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
    // Guesses from everywhere are told to wait, and only they.
    for _ in 0..PUBLIC_A_MINUTE {
        let _: Result<(), _> = world.app.brakes.missed(world.now());
    }
    assert_eq!(look([10, 9, 9, 9]).status, 429);
    world.minutes(1);
    assert_eq!(look(STRANGER).status, 404);
}
