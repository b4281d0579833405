//! What one phone may cost: numbers, commands, rows, values, history. Beyond each bound somebody else goes on as before.

use vyezd_core::doc::Edit;
use vyezd_core::frame::{Command, CommandKind, Event, KnownOr, Request, decode_bounded};
use vyezd_core::limits::{COMMANDS_MAX, RECEIPT_CHARS_MAX, REQUEST_ITEMS_MAX};
use vyezd_core::model::{InstallId, LabelKey, NoteId, VisitId};
use vyezd_server::entropy::random_bytes;
use vyezd_server::limits::phones::{CANCELLED_TRANSFERS_MAX, COMMANDS_A_MINUTE};
use vyezd_story::on_both_databases;
use vyezd_tests::raw::{RawPhone, evidence};
use vyezd_tests::{Database, World};

use crate::attack::hostile;

#[on_both_databases]
fn series_do_not_run_away_with_invented_installations(database: Database) {
    let Some((mut world, raw, _)) = hostile(database) else { return };
    let mut raw = raw;
    let issued = |world: &mut World| {
        let firm = world.office.get("/v1/firm").unwrap();
        let series = firm["series"].as_array().cloned().unwrap_or_default();
        series
            .iter()
            .filter_map(|of| of["issued_to"].as_i64().or(of["last"].as_i64()))
            .max()
            .unwrap_or(0)
    };
    for _ in 0..60 {
        raw.install = InstallId::new(world.now().0, random_bytes());
        raw.ask(&world, Request::empty(raw.install));
    }
    let after = issued(&mut world);
    assert!(after <= 6 * 30 + 60, "sixty installations took {after} numbers");
    let incidents = world.office.get("/v1/installation").unwrap_or_default().to_string()
        + &world.office.get("/v1/incidents").unwrap_or_default().to_string();
    assert!(incidents.contains("numbers_flood"), "{incidents}");
}

#[on_both_databases]
fn one_phones_commands_wait_beyond_its_budget_and_each_call_for_help_is_its_own(
    database: Database,
) {
    let Some((mut world, mut raw, _)) = hostile(database) else { return };
    let help = |n: u64| CommandKind::Help { order: None, text: format!("беда {n}") };
    let mut later = 0;
    for round in 0..6 {
        let kinds = (0..COMMANDS_MAX as u64).map(|n| help(round * 1000 + n)).collect();
        let receipts = raw.say(&world, kinds);
        later += receipts.iter().filter(|receipt| receipt.code == "commands_budget").count();
    }
    assert!(later > 6 * COMMANDS_MAX - COMMANDS_A_MINUTE as usize - 100, "{later} wait");
    world.minutes(1);
    let receipts = raw.say(&world, vec![help(1)]);
    assert_eq!(receipts[0].code, "", "a minute later it is heard again");
    // A colleague's command may have the same id.
    let mut other = RawPhone::enrol(&mut world, "Борис");
    other.sync(&world);
    let command =
        raw.command(world.now(), CommandKind::Help { order: None, text: "Анна".to_owned() });
    let same = Command {
        kind: CommandKind::Help { order: None, text: "Борис зовёт".to_owned() },
        ..command.clone()
    };
    for (phone, command) in [(&mut raw, command), (&mut other, same)] {
        let request = Request { commands: vec![KnownOr::Known(command)], ..phone.request() };
        phone.ask(&world, request);
    }
    let seen = world.office.get("/v1/incidents").unwrap().to_string();
    assert!(seen.contains("Борис зовёт"), "{seen}");
}

#[on_both_databases]
fn what_a_phone_keeps_for_itself_is_remembered_to_a_bound(database: Database) {
    let Some((world, mut raw, order)) = hostile(database) else { return };
    let visits: Vec<VisitId> =
        (0..200).map(|n| VisitId::new(world.now().0 + n, random_bytes())).collect();
    let kinds = visits
        .iter()
        .map(|visit| CommandKind::TransferCancelled { order, visit: *visit })
        .collect();
    raw.say(&world, kinds);
    let kept = world.run(async {
        let mut tx = world.app.store.read().await.unwrap();
        let mut kept = 0;
        for visit in visits {
            kept += i64::from(tx.is_transfer_cancelled(visit, raw.person).await.unwrap());
        }
        kept
    });
    assert_eq!(kept, CANCELLED_TRANSFERS_MAX);
}

#[on_both_databases]
fn a_key_with_a_nul_is_a_refusal_and_harms_no_other_batch(database: Database) {
    let Some((world, mut raw, order)) = hostile(database) else { return };
    let item = vyezd_core::model::ItemId::new(world.now().0, random_bytes());
    let outcome = vyezd_core::frame::ReceiptOutcome::Refused;
    let receipt =
        vyezd_core::session::receipt(item, outcome, "path_unknown", "labels/я\0б\u{202e}");
    assert_eq!(receipt.message, "labels/яб");
    let long = vyezd_core::session::receipt(item, outcome, "path_unknown", &"я".repeat(48_000));
    assert_eq!(long.message.chars().count(), RECEIPT_CHARS_MAX);
    let bad = raw.raw_batch(order, "labels", "я\0б");
    let label = Edit::SetLabel { label: LabelKey::new("рядом").unwrap(), on: true };
    let second = raw.batch(order, &[label]);
    let codes: Vec<String> =
        raw.send(&world, vec![bad, second]).into_iter().map(|receipt| receipt.code).collect();
    assert_eq!(codes[0], "path_unknown", "{database:?}: {codes:?}");
}

#[test]
fn millions_of_empty_values_are_refused_before_they_are_made() {
    let mut bomb = vec![0xa3, 0x00, 0x01, 0x01, 0x50];
    bomb.extend([7; 16]);
    bomb.extend([0x05, 0x9a, 0, 0x3e, 0x8f, 0xa0]);
    bomb.resize(bomb.len() + 4_100_000, 0xa0);
    let refused = decode_bounded::<Request>(&bomb, REQUEST_ITEMS_MAX).unwrap_err();
    assert!(refused.to_string().contains("too many values"), "{refused}");
}

#[on_both_databases]
fn refused_batches_are_bounded_and_write_into_no_stranger_history(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let mut other = RawPhone::enrol(&mut world, "Борис");
    other.sync(&world);
    // Борис never had this order; he knows its document from somewhere.
    let theirs = raw.docs.get_mut(&order).unwrap().save_plain();
    let mut codes = std::collections::BTreeSet::new();
    for round in 0..3_u8 {
        let mut batches = Vec::new();
        for n in 0..220_u32 {
            let doc = vyezd_core::doc::Document::load(&theirs).unwrap();
            other.docs.insert(order, doc);
            let note = NoteId::new(i64::from(n) + i64::from(round) * 1_000, random_bytes());
            let text = "x".repeat(100);
            let at = evidence(world.now());
            batches.push(other.batch(order, &[Edit::AddNote { note, text, at }]));
        }
        codes.extend(other.send(&world, batches).into_iter().map(|receipt| receipt.code));
    }
    assert!(codes.iter().all(|code| code == "order_not_yours"), "{codes:?}");
    let page = world.page(order);
    assert!(!page.says("не приняты"), "{}", page.lines());
    let kept = world.run(async {
        world.app.store.read().await.unwrap().refused_of(other.device).await.unwrap()
    });
    assert_eq!(kept.0, vyezd_server::limits::phones::REFUSED_KEPT);
}

#[on_both_databases]
fn settings_take_one_place_and_every_call_for_help_is_heard(database: Database) {
    let Some((mut world, mut raw, _)) = hostile(database) else { return };
    for n in 0..40 {
        let settings = format!("{{\"n\":{n}}}");
        raw.say(&world, vec![CommandKind::KeepSettings { settings }; 5]);
    }
    let mut fresh = RawPhone::enrol(&mut world, "Анна");
    fresh.sync(&world);
    let settings = fresh.events.iter().filter(|event| matches!(event, Event::Settings { .. }));
    assert_eq!(settings.count(), 1);
    for odd in [r#"{"a":"x\u0000"}"#, r#"{"b\u0001":1}"#, r#"{"a":[{"c":"\u202e"}]}"#] {
        let said = raw.say(&world, vec![CommandKind::KeepSettings { settings: odd.to_owned() }]);
        assert_eq!(said[0].code, "settings_refused", "{odd}");
    }
    for text in ["Первая беда", "Вторая беда"] {
        raw.say(&world, vec![CommandKind::Help { order: None, text: text.to_owned() }]);
    }
    let seen = world.office.get("/v1/incidents").unwrap().to_string();
    assert!(seen.contains("Первая беда") && seen.contains("Вторая беда"), "{seen}");
    for n in 0..50 {
        raw.say(&world, vec![CommandKind::Help { order: None, text: format!("крик {n}") }]);
    }
    let seen = world.office.get("/v1/incidents").unwrap().to_string();
    assert!(seen.contains("крик 49"), "the newest is heard");
    assert!(seen.matches("просит помощи").count() <= 5, "and they are bounded");
    raw.say(&world, vec![CommandKind::KeepSettings { settings: "\u{0}".to_owned() }]);
    let seen = world.office.get("/v1/incidents").unwrap().to_string();
    assert!(seen.contains("command_refused"), "a refused command leaves a trace: {seen}");
}

#[on_both_databases]
fn whoever_hangs_up_leaves_no_transaction_behind(world: World) {
    let store = world.app.store.clone();
    world.run(async {
        for wait in 0..300_u64 {
            let patience = std::time::Duration::from_micros(wait * 5);
            // Some hang up before the transaction has begun, some while it begins.
            drop(tokio::time::timeout(patience, store.read()).await);
        }
        for _ in 0..40 {
            let mut tx = store.begin().await.unwrap();
            tx.raise_reference_version().await.expect("a writer is in no reader's transaction");
            tx.commit().await.unwrap();
        }
    });
}
