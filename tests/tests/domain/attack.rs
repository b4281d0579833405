//! What an enrolled phone tries against the others, and that nothing comes of it. Each kind of attack once, on both
//! databases; the phone is [`vyezd_tests::raw::RawPhone`], which keeps no rule.

use ed25519_dalek::Signer as _;
use serde_json::{Value, json};
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{SealBody, Signer};
use vyezd_core::frame::{
    Ask, Command, Event, Handover, LeaseHeld, Maybe, Request, Unjudged, Witness, decode_bounded,
    encode,
};
use vyezd_core::limits::{COMMANDS_MAX, RECEIPT_CHARS_MAX, REQUEST_ITEMS_MAX};
use vyezd_core::model::{
    Conditions, InstallId, LabelKey, NoteId, NumberKind, OrderId, PersonId, Phase, Reading, SealId,
    Timestamp, VisitId,
};
use vyezd_server::app::chance;
use vyezd_server::limits::phones::{COMMANDS_A_MINUTE, KEPT_VISITS_MAX};
use vyezd_tests::raw::{Bend, FORGERIES, RawPhone, evidence};
use vyezd_tests::{Database, World};

const DAY: &str = "2026-08-26";

/// A world in which Анна's phone is hostile, and an order that she has accepted and worked through.
pub(crate) fn hostile(database: Database) -> Option<(World, RawPhone, OrderId)> {
    let mut world = World::new(database)?;
    // Борис answers nothing here: everything is offered to Анна.
    let mut raw = RawPhone::enrol(&mut world, "Анна");
    raw.sync(&world);
    let order = given(&mut world, &mut raw, "1001");
    raw.work(&world, order);
    Some((world, raw, order))
}

/// An order that this phone's person holds.
pub(crate) fn given(world: &mut World, raw: &mut RawPhone, number: &str) -> OrderId {
    let order = world.order(number, DAY, &[("16078-13", "СХВ-15", &format!("0881{number}"))]);
    raw.sync(world);
    if !raw.offers.contains_key(&order) {
        world.device("Борис").sync().decline(order).sync();
    }
    raw.answer(world, order, true);
    order
}

pub(crate) fn sheet(world: &mut World, order: OrderId) -> (String, String) {
    world.tick();
    let page = world.page(order);
    let sheet = page["sheets"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
    let text = |key: &str| sheet[key].as_str().unwrap_or_default().to_owned();
    (text("state"), text("problem"))
}

pub(crate) fn sign(world: &World, raw: &mut RawPhone, order: OrderId, bend: Bend<'_>) -> String {
    let (_, seal) = raw.seal(world.now(), order, bend);
    raw.write(world, order, &[seal])
}

#[test]
fn an_honest_sheet_of_this_phone_is_issued() {
    for database in Database::ALL {
        let Some((mut world, mut raw, order)) = hostile(database) else { continue };
        assert_eq!(sign(&world, &mut raw, order, Bend::default()), "");
        assert_eq!(sheet(&mut world, order), ("issued".to_owned(), String::new()));
    }
}

#[test]
fn no_field_of_a_sheet_is_taken_from_the_phone() {
    for database in Database::ALL {
        let Some((mut world, mut raw, first)) = hostile(database) else { continue };
        for (at, (field, forge)) in FORGERIES.iter().enumerate() {
            let order =
                if at == 0 { first } else { given(&mut world, &mut raw, &format!("20{at:02}")) };
            if at > 0 {
                raw.work(&world, order);
            }
            sign(&world, &mut raw, order, Bend { view: Some(forge), body: None });
            let (state, problem) = sheet(&mut world, order);
            assert_eq!(state, "disputed", "{field}: {problem}");
            let about_numbers = problem.contains("номер") && *field == "документы";
            assert!(
                problem.contains(field)
                    || about_numbers
                    || *field == "дата"
                    || *field == "количество",
                "{field}: {problem}"
            );
            let page = world.page(order);
            assert_eq!(page["papers"], json!([]), "{field}: nothing is printed");
            let asked = world.desk.get("/v1/conflicts").unwrap();
            let found = asked.as_array().unwrap().iter().any(|conflict| {
                conflict["kind"] == json!("sheet_held") && conflict["order"] == page["id"]
            });
            assert!(found, "{field}: it is a question for the office: {asked}");
            raw.sync(&world);
            let told = raw
                .events
                .iter()
                .any(|event| matches!(event, Event::SheetHeld { order: of, .. } if *of == order));
            assert!(told, "{field}: the person is told");
        }
    }
}

#[test]
fn versions_and_times_of_a_sheet_are_compared() {
    type Forge = (&'static str, fn(&mut SealBody));
    let forged: [Forge; 8] = [
        ("подпись", |b| b.signer = signer("Петров\u{202e}вонавИ\u{0}")),
        ("подпись", |b| b.signer = signer(&"я".repeat(20_000))),
        ("согласие", |b| b.consent = 99),
        ("бланки", |b| b.renderer = 99),
        ("справочники", |b| b.catalogue = 1 << 40),
        ("время подписи", |b| b.at = evidence(Timestamp(b.at.at.0 + 20 * 86_400_000))),
        ("время подписи", |b| b.at = evidence(Timestamp(b.at.at.0 - 100 * 86_400_000))),
        ("время подписи", |b| b.at = evidence(Timestamp(i64::MAX))),
    ];
    for database in Database::ALL {
        let Some((mut world, mut raw, first)) = hostile(database) else { continue };
        for (at, (field, forge)) in forged.iter().enumerate() {
            let order =
                if at == 0 { first } else { given(&mut world, &mut raw, &format!("30{at:02}")) };
            if at > 0 {
                raw.work(&world, order);
            }
            sign(&world, &mut raw, order, Bend { view: None, body: Some(forge) });
            let (state, problem) = sheet(&mut world, order);
            assert_eq!(state, "disputed", "{field}");
            assert!(problem.contains(field), "{field}: {problem}");
        }
    }
}

fn signer(name: &str) -> Signer {
    Signer::Signed { name: name.to_owned(), relation: "собственник".to_owned() }
}

#[test]
fn what_no_room_shows_is_a_question_and_not_a_protocol() {
    for database in Database::ALL {
        let Some((mut world, mut raw, order)) = hostile(database) else { continue };
        let (visit, instrument) = raw.visit(order);
        let read = |text| Some(Reading::parse(text).unwrap());
        let conditions = Conditions { air_c: read("999999"), ..Conditions::default() };
        let phase = Phase::Start;
        let edit = Edit::SetConditions { visit, instrument, phase, conditions };
        assert_eq!(raw.write(&world, order, &[edit]), "");
        sign(&world, &mut raw, order, Bend::default());
        let (state, problem) = sheet(&mut world, order);
        assert_eq!(state, "disputed");
        assert!(problem.contains("температура воздуха"), "{problem}");
    }
}

/// Changes the card as the office does.
pub(crate) fn change_card(world: &mut World, order: OrderId, change: impl FnOnce(&mut Value)) {
    let app = world.app.clone();
    let mut card = world
        .run(async { app.store.read().await.unwrap().order(order).await.unwrap().unwrap().card });
    let mut value = serde_json::to_value(&card).unwrap();
    change(&mut value);
    let seen = card.version;
    card = serde_json::from_value(value).unwrap();
    card.version = seen + 1;
    world.run(async {
        let mut tx = app.store.begin().await.unwrap();
        assert!(tx.change_card(&card, seen).await.unwrap());
        tx.commit().await.unwrap();
    });
}

#[test]
fn a_sheet_is_compared_with_the_card_that_its_phone_had_been_told() {
    for database in Database::ALL {
        let Some((mut world, mut raw, order)) = hostile(database) else { continue };
        // The office moves the order to another house while the phone is in the basement: an honest sheet.
        let (_, seal) = raw.seal(world.now(), order, Bend::default());
        change_card(&mut world, order, |card| {
            card["address"] = json!("г. Саратов, ул. Новая, д. 1");
        });
        world.minutes(30);
        raw.write(&world, order, &[seal]);
        assert_eq!(sheet(&mut world, order).0, "issued");
        // The phone has heard of the new price and signs the old one.
        let order = given(&mut world, &mut raw, "1002");
        raw.work(&world, order);
        let old = raw.cards[&order].address.clone();
        change_card(&mut world, order, |card| {
            card["address"] = json!("г. Саратов, ул. Новая, д. 2");
        });
        raw.sync(&world);
        world.minutes(30);
        sign(
            &world,
            &mut raw,
            order,
            Bend { view: Some(&|view| view.address.clone_from(&old)), body: None },
        );
        let (state, problem) = sheet(&mut world, order);
        assert_eq!(state, "disputed");
        assert!(problem.contains("адрес"), "{problem}");
        // The office looks at the question and has the sheet checked once more: it still does not agree.
        let asked = world.desk.get("/v1/conflicts").unwrap();
        let id = asked[0]["id"].as_str().unwrap().to_owned();
        let no =
            world.desk.post(&format!("/v1/conflicts/{id}/decide"), &json!({ "choice": "recheck" }));
        assert!(no.unwrap_err().to_string().contains("не сходится"));
        let decided =
            world.desk.post(&format!("/v1/conflicts/{id}/decide"), &json!({ "choice": "void" }));
        decided.expect("decided");
    }
}

#[test]
fn a_sheet_uses_up_the_numbers_that_it_prints_and_no_other() {
    for database in Database::ALL {
        let Some((mut world, mut raw, order)) = hostile(database) else { continue };
        let mut victim = RawPhone::enrol(&mut world, "Борис");
        victim.sync(&world);
        let (lease, _) =
            victim.leases.iter().find(|(l, _)| l.kind == NumberKind::Protocol).cloned().unwrap();
        let burn = |body: &mut SealBody| {
            let one = body.numbers[0].clone();
            for number in lease.first..=lease.last {
                body.numbers.push(vyezd_core::doc::seal::UsedNumber { number, ..one.clone() });
            }
        };
        sign(&world, &mut raw, order, Bend { view: None, body: Some(&burn) });
        let (state, problem) = sheet(&mut world, order);
        assert_eq!(state, "disputed");
        assert!(problem.contains("номера"), "{problem}");
        // Another phone that names the victim's installation learns nothing and moves nothing.
        let honest = std::mem::replace(&mut raw.install, victim.install);
        let held = vec![LeaseHeld { lease: lease.id, next: lease.last + 1 }];
        let answer = raw.ask(&world, Request { leases: held, ..Request::empty(victim.install) });
        assert!(answer.leases.iter().all(|told| told.id != lease.id));
        raw.install = honest;
        let answer =
            victim.ask(&world, Request { leases: Vec::new(), ..Request::empty(victim.install) });
        assert!(answer.leases.iter().any(|told| told.id == lease.id && told.first == lease.first));
    }
}

#[test]
fn series_do_not_run_away_with_invented_installations() {
    for database in Database::ALL {
        let Some((mut world, raw, _)) = hostile(database) else { continue };
        let mut raw = raw;
        let issued = |world: &mut World| {
            let firm = world.desk.get("/v1/firm").unwrap();
            let series = firm["series"].as_array().cloned().unwrap_or_default();
            series
                .iter()
                .filter_map(|of| of["issued_to"].as_i64().or(of["last"].as_i64()))
                .max()
                .unwrap_or(0)
        };
        for _ in 0..60 {
            raw.install = InstallId::new(world.now().0, chance());
            raw.ask(&world, Request::empty(raw.install));
        }
        let after = issued(&mut world);
        assert!(after <= 6 * 30 + 60, "sixty installations took {after} numbers");
        let incidents = world.desk.get("/v1/installation").unwrap_or_default().to_string()
            + &world.desk.get("/v1/incidents").unwrap_or_default().to_string();
        assert!(incidents.contains("numbers_flood"), "{incidents}");
    }
}

#[test]
fn who_declined_or_lost_an_order_writes_nothing_into_it() {
    for database in Database::ALL {
        let Some((mut world, mut raw, _)) = hostile(database) else { continue };
        let order = world.order("4001", DAY, &[("16078-13", "СХВ-15", "08814001")]);
        raw.sync(&world);
        if !raw.offers.contains_key(&order) {
            world.device("Борис").sync().decline(order).sync();
            raw.sync(&world);
        }
        let left_before = raw.docs.contains_key(&order);
        assert!(left_before, "an offered order is on the phone");
        raw.answer(&world, order, false);
        let note = Edit::AddNote {
            note: NoteId::new(world.now().0, chance()),
            text: "я уже не при делах".to_owned(),
            at: evidence(world.now()),
        };
        assert_eq!(raw.write(&world, order, &[note]), "order_not_yours");
        let label =
            Edit::SetLabel { label: LabelKey::new("чужой ярлык").unwrap(), on: true };
        raw.docs.remove(&order);
        let page = world.page(order);
        assert_eq!(page["remarks"].as_array().map_or(0, Vec::len), 0, "{page}");
        drop(label);
    }
}

#[test]
fn who_was_asked_about_a_cancelled_order_has_nothing_of_it_any_more() {
    for database in Database::ALL {
        let Some((mut world, mut raw, _)) = hostile(database) else { continue };
        let order = world.order("4002", DAY, &[("16078-13", "СХВ-15", "08814002")]);
        raw.sync(&world);
        if !raw.offers.contains_key(&order) {
            world.device("Борис").sync().decline(order).sync();
            raw.sync(&world);
        }
        assert!(raw.docs.contains_key(&order), "an offered order is on the phone");
        let path = format!("/v1/orders/{order}/cancel");
        world.desk.post(&path, &json!({ "reason": "клиент передумал" })).expect("cancelled");
        let note = NoteId::new(world.now().0, chance());
        let (text, at) = ("всё ещё здесь".to_owned(), evidence(world.now()));
        assert_eq!(
            raw.write(&world, order, &[Edit::AddNote { note, text, at }]),
            "order_not_yours"
        );
        let (visit, _) = raw.visit(order);
        let scope = world
            .run(async { world.app.store.read().await.unwrap().scope_of(order).await.unwrap() });
        assert_eq!(scope, [], "nobody has its card, {visit} or not");
    }
}

#[test]
fn a_sheet_of_somebody_elses_visit_is_refused_to_whoever_writes_it() {
    for database in Database::ALL {
        let Some((mut world, mut raw, order)) = hostile(database) else { continue };
        let path = format!("/v1/orders/{order}/take-back");
        world.desk.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
        let clean = raw.docs.get_mut(&order).unwrap().save_plain();
        let strange = VisitId::new(world.now().0, chance());
        let another = |body: &mut SealBody| body.visit = strange;
        let bend = Bend { view: None, body: Some(&another) };
        assert_eq!(sign(&world, &mut raw, order, bend), "path_not_yours");
        raw.docs.insert(order, vyezd_core::doc::Document::load(&clean).unwrap());
        let seal = SealId::new(world.now().0, chance());
        let record = b"no record at all".to_vec();
        let edit = Edit::AddSeal { seal, record, strokes: Vec::new() };
        assert_eq!(raw.write(&world, order, &[edit]), "value_refused");
        let page = world.page(order);
        assert!(!page["history"].to_string().contains("не читается"), "{}", page["history"]);
    }
}

#[test]
fn who_has_no_order_gives_none_away() {
    for database in Database::ALL {
        let Some((mut world, mut raw, held)) = hostile(database) else { continue };
        let mut other = RawPhone::enrol(&mut world, "Борис");
        other.sync(&world);
        let order = world.order("4003", DAY, &[("16078-13", "СХВ-15", "08814003")]);
        raw.sync(&world);
        if !raw.offers.contains_key(&order) {
            world.device("Борис").sync().decline(order).sync();
        }
        // She was merely asked.
        raw.answer(&world, order, false);
        let word = word(&world, &raw, order, other.person);
        let receipts = other.say(&world, vec![Ask::TakeOver { handover: word }]);
        assert_eq!(receipts[0].code, "handover_unknown");
        // She had it and lost it: his work is kept, and nothing of the order is told to him.
        let path = format!("/v1/orders/{held}/take-back");
        world.desk.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
        let path = format!("/v1/orders/{held}/cancel");
        world.desk.post(&path, &json!({ "reason": "клиент передумал" })).expect("cancelled");
        let word = self::word(&world, &raw, held, other.person);
        let receipts = other.say(&world, vec![Ask::TakeOver { handover: word }]);
        assert_eq!(receipts[0].code, "");
        let scope = world
            .run(async { world.app.store.read().await.unwrap().scope_of(held).await.unwrap() });
        assert_eq!(scope, [], "his accomplice is told nothing");
    }
}

/// The word by which the phone's person gives an order away.
fn word(world: &World, raw: &RawPhone, order: OrderId, to: PersonId) -> Handover {
    let mut word = Handover {
        order,
        from: raw.visit(order).0,
        giver: raw.person,
        device: raw.device,
        to,
        visit: VisitId::new(world.now().0, chance()),
        at: evidence(world.now()),
        signature: Vec::new(),
    };
    word.signature = raw.key.sign(&word.signed_bytes()).to_bytes().to_vec();
    word
}

#[test]
fn one_phones_commands_wait_beyond_its_budget_and_each_call_for_help_is_its_own() {
    for database in Database::ALL {
        let Some((mut world, mut raw, _)) = hostile(database) else { continue };
        let help = |n: u64| Ask::Help { order: None, text: format!("беда {n}") };
        let mut later = 0;
        for round in 0..6 {
            let asks = (0..COMMANDS_MAX as u64).map(|n| help(round * 1000 + n)).collect();
            let receipts = raw.say(&world, asks);
            later += receipts.iter().filter(|receipt| receipt.code == "commands_budget").count();
        }
        assert!(later > 6 * COMMANDS_MAX - COMMANDS_A_MINUTE as usize - 100, "{later} wait");
        world.minutes(1);
        let receipts = raw.say(&world, vec![help(1)]);
        assert_eq!(receipts[0].code, "", "a minute later it is heard again");
        // A colleague's command may have the same id.
        let mut other = RawPhone::enrol(&mut world, "Борис");
        other.sync(&world);
        let command = raw.command(world.now(), Ask::Help { order: None, text: "Анна".to_owned() });
        let same = Command {
            ask: Ask::Help { order: None, text: "Борис зовёт".to_owned() },
            ..command.clone()
        };
        for (phone, command) in [(&mut raw, command), (&mut other, same)] {
            let request = Request { commands: vec![Maybe::Known(command)], ..phone.request() };
            phone.ask(&world, request);
        }
        let seen = world.desk.get("/v1/incidents").unwrap().to_string();
        assert!(seen.contains("Борис зовёт"), "{seen}");
    }
}

#[test]
fn what_a_phone_keeps_for_itself_is_remembered_to_a_bound() {
    for database in Database::ALL {
        let Some((world, mut raw, order)) = hostile(database) else { continue };
        let visits: Vec<VisitId> =
            (0..200).map(|n| VisitId::new(world.now().0 + n, chance())).collect();
        let asks = visits.iter().map(|visit| Ask::KeptOver { order, visit: *visit }).collect();
        raw.say(&world, asks);
        let kept = world.run(async {
            let mut tx = world.app.store.read().await.unwrap();
            let mut kept = 0;
            for visit in visits {
                kept += i64::from(tx.is_kept_visit(visit, raw.person).await.unwrap());
            }
            kept
        });
        assert_eq!(kept, KEPT_VISITS_MAX);
    }
}

#[test]
fn a_key_with_a_nul_is_a_refusal_and_harms_no_other_batch() {
    for database in Database::ALL {
        let Some((world, mut raw, order)) = hostile(database) else { continue };
        let item = vyezd_core::model::ItemId::new(world.now().0, chance());
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

#[test]
fn refused_batches_are_bounded_and_write_into_no_stranger_history() {
    for database in Database::ALL {
        let Some((mut world, mut raw, order)) = hostile(database) else { continue };
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
                let note = NoteId::new(i64::from(n) + i64::from(round) * 1_000, chance());
                let text = "x".repeat(100);
                let at = evidence(world.now());
                batches.push(other.batch(order, &[Edit::AddNote { note, text, at }]));
            }
            codes.extend(other.send(&world, batches).into_iter().map(|receipt| receipt.code));
        }
        assert!(codes.iter().all(|code| code == "order_not_yours"), "{codes:?}");
        let page = world.page(order);
        assert!(!page["history"].to_string().contains("не приняты"), "{}", page["history"]);
        let kept = world.run(async {
            world.app.store.read().await.unwrap().refused_of(other.device).await.unwrap()
        });
        assert_eq!(kept.0, vyezd_server::limits::phones::REFUSED_KEPT);
    }
}

#[test]
fn a_backup_is_looked_at_before_it_is_loaded() {
    for database in Database::ALL {
        let Some((world, mut raw, order)) = hostile(database) else { continue };
        let update = raw.updates[&order].clone();
        raw.sync(&world);
        let card = encode(&raw.cards[&order]);
        let witness = |snapshot: Vec<u8>| Witness {
            order,
            snapshot: Unjudged::new(snapshot),
            heads: update.heads.clone(),
            card: card.clone().into(),
            visits: update.visits.clone(),
            vouch: update.vouch.unwrap_or_default(),
        };
        let mut run = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 0, 20];
        run.extend([0, 0, 0, 1, 2, 9, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 1]);
        for snapshot in [run, vec![0; 71], chance::<64>().to_vec()] {
            let request = Request { witnesses: vec![witness(snapshot)], ..raw.request() };
            raw.ask(&world, request);
        }
        assert_eq!(
            raw.write(
                &world,
                order,
                &[Edit::SetLabel { label: LabelKey::new("жив").unwrap(), on: true }]
            ),
            ""
        );
    }
}

#[test]
fn settings_take_one_place_and_every_call_for_help_is_heard() {
    for database in Database::ALL {
        let Some((mut world, mut raw, _)) = hostile(database) else { continue };
        for n in 0..40 {
            let settings = format!("{{\"n\":{n}}}");
            raw.say(&world, vec![Ask::KeepSettings { settings }; 5]);
        }
        let mut fresh = RawPhone::enrol(&mut world, "Анна");
        fresh.sync(&world);
        let settings = fresh.events.iter().filter(|event| matches!(event, Event::Settings { .. }));
        assert_eq!(settings.count(), 1);
        for text in ["Первая беда", "Вторая беда"] {
            raw.say(&world, vec![Ask::Help { order: None, text: text.to_owned() }]);
        }
        let seen = world.desk.get("/v1/incidents").unwrap().to_string();
        assert!(seen.contains("Первая беда") && seen.contains("Вторая беда"), "{seen}");
        for n in 0..50 {
            raw.say(&world, vec![Ask::Help { order: None, text: format!("крик {n}") }]);
        }
        let seen = world.desk.get("/v1/incidents").unwrap().to_string();
        assert!(seen.contains("крик 49"), "the newest is heard");
        assert!(seen.matches("просит помощи").count() <= 5, "and they are bounded");
        raw.say(&world, vec![Ask::KeepSettings { settings: "\u{0}".to_owned() }]);
        let seen = world.desk.get("/v1/incidents").unwrap().to_string();
        assert!(seen.contains("command_refused"), "a refused command leaves a trace: {seen}");
    }
}

#[test]
fn work_of_somebody_who_was_switched_off_waits_for_the_office() {
    for database in Database::ALL {
        let Some((mut world, mut raw, order)) = hostile(database) else { continue };
        let app = world.app.clone();
        world.run(async {
            let mut tx = app.store.begin().await.unwrap();
            let mut person = tx.person(raw.person).await.unwrap().unwrap();
            person.active = false;
            tx.put_person(&person).await.unwrap();
            tx.commit().await.unwrap();
        });
        let label = Edit::SetLabel {
            label: LabelKey::new("после увольнения").unwrap(), on: true
        };
        assert_eq!(raw.write(&world, order, &[label]), "device_revoked");
        let held = world.desk.get("/v1/quarantine").unwrap();
        assert_eq!(held.as_array().map(Vec::len), Some(1), "{held}");
        let answer = raw.ask(&world, raw.request());
        assert!(answer.revoked && answer.cards.is_empty(), "he learns nothing more");
    }
}

#[test]
fn whoever_hangs_up_leaves_no_transaction_behind() {
    for database in Database::ALL {
        let Some(world) = World::new(database) else { continue };
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
}
