//! What one phone can make others read, keep or wait for: questions, lines, visits, sheets. Beyond each bound the work
//! of others stands where it stood.

use serde_json::{Value, json};
use vyezd_core::doc::Edit;
use vyezd_core::frame::{CommandKind, Event, Transfer};
use vyezd_core::limits::SHEETS_OF_A_WRITER_MAX;
use vyezd_core::model::{Measurement, MeasurementId, OrderId, Reading, Source, VisitId};
use vyezd_server::entropy::random_bytes;
use vyezd_server::limits::phones::{
    LINES_OF_A_PERSON_MAX, LISTED_AT_ONCE, QUESTIONS_AN_ORDER_MAX, QUESTIONS_KEPT_AN_ORDER,
    VISITS_AN_ORDER_MAX,
};
use vyezd_story::on_both_databases;
use vyezd_tests::raw::{Bend, RawPhone, evidence};
use vyezd_tests::{Database, World};

use crate::attack::{given, hostile, sheet, sign};

/// Two readings of a point that no method has: a question each.
fn twice(raw: &RawPhone, world: &World, order: OrderId, point: &str) -> [Edit; 2] {
    let (visit, instrument) = raw.visit(order);
    let read = |text: &str| Reading::parse(text).unwrap();
    ["10.1", "10.2"].map(|end| {
        let measurement = MeasurementId::new(world.now().0, random_bytes());
        let row = Measurement {
            point: point.to_owned(),
            flow: read("0.031"),
            start: read("10.0"),
            end: read(end),
            reference: read("0.1"),
            duration_s: None,
            source: Source::Typed,
            replaces: None,
        };
        Edit::Measure { visit, instrument, measurement, row }
    })
}

fn asked(world: &mut World, path: &str) -> Vec<Value> {
    world.office.get(path).unwrap().as_array().unwrap().clone()
}

fn history(world: &mut World, order: OrderId) -> usize {
    world.page(order).history.len()
}

#[on_both_databases]
fn one_phones_invented_points_leave_room_for_a_sheet_that_waits(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    // Each round's points stand before those of the round before.
    for round in (10..20).rev() {
        let edits: Vec<Edit> =
            (0..40).flat_map(|n| twice(&raw, &world, order, &format!("Q{round}-{n:02}"))).collect();
        assert_eq!(raw.write(&world, order, &edits), "");
    }
    let open = asked(&mut world, "/v1/conflicts").len();
    assert_eq!(open, QUESTIONS_AN_ORDER_MAX, "{database:?}");
    let kept = world.run(async {
        world.app.store.read().await.unwrap().conflicts_of(order).await.unwrap().len()
    });
    assert!(kept <= QUESTIONS_KEPT_AN_ORDER + 2 * QUESTIONS_AN_ORDER_MAX, "{kept}");
    assert!(history(&mut world, order) < 60, "{database:?}");
    // Its own sheet is a question among them, and another order's is as well.
    sign(&world, &mut raw, order, Bend::default());
    let other = given(&mut world, &mut raw, "6002");
    raw.work(&world, other);
    let forge: &dyn Fn(&mut vyezd_core::doc::view::SealedView) = &|view| view.due_kop = 1;
    sign(&world, &mut raw, other, Bend { view: Some(forge), body: None });
    let asked = asked(&mut world, "/v1/conflicts");
    for order in [order, other] {
        let id = world.page(order).id.clone();
        let held = |one: &&Value| one["kind"] == json!("sheet_held") && one["order"] == id;
        assert!(asked.iter().any(|one| held(&one)), "{database:?} {order}");
    }
}

#[on_both_databases]
fn what_waits_is_shown_page_by_page(database: Database) {
    let Some((mut world, mut raw, first)) = hostile(database) else { return };
    // Quarantined: the work of a phone whose access was taken away.
    let mut other = RawPhone::enrol(&mut world, "Анна");
    other.sync(&world);
    other.offers.clone_from(&raw.offers);
    let path = format!("/v1/devices/{}/revoke", other.device);
    world.office.post(&path, &json!({})).unwrap();
    let note = vyezd_core::model::LabelKey::new("важно").unwrap();
    let batch = other.batch(first, &[Edit::SetLabel { label: note, on: true }]);
    let said = other.send(&world, vec![batch]);
    assert_eq!(said[0].code, "device_revoked", "{said:?}");
    // Then another fills its whole share of refused ones.
    for round in 0..11 {
        let batches = (0..50).map(|n| raw.raw_batch(first, "labels", &format!("я\0{round}-{n}")));
        let batches = batches.collect();
        raw.send(&world, batches);
    }
    let page = asked(&mut world, "/v1/quarantine");
    assert_eq!(page.len(), LISTED_AT_ONCE as usize, "{database:?}");
    assert_eq!(page[0]["state"], json!("quarantined"), "first of all");
    let mut seen: Vec<String> = Vec::new();
    let mut after = String::new();
    for _ in 0..20 {
        let page = asked(&mut world, &format!("/v1/quarantine{after}"));
        let Some(last) = page.last() else { break };
        after = format!("?after={}", last["item"].as_str().unwrap());
        seen.extend(page.iter().map(|one| one["item"].as_str().unwrap().to_owned()));
    }
    let all = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((all, seen.len()), (501, 501), "{database:?}: each once");
    // Questions: as many as lie in all orders, whatever one page holds.
    let mut conflicts = Vec::new();
    for n in 0..3 {
        let order = given(&mut world, &mut raw, &format!("61{n:02}"));
        let edits: Vec<Edit> =
            (0..40).flat_map(|n| twice(&raw, &world, order, &format!("Q{n}"))).collect();
        raw.write(&world, order, &edits);
    }
    let mut after = String::new();
    for _ in 0..20 {
        let page = asked(&mut world, &format!("/v1/conflicts{after}"));
        let Some(at) = page.get(50.min(page.len().saturating_sub(1))) else { break };
        let at = at["id"].clone();
        after = format!("?after={}", at.as_str().unwrap());
        conflicts.extend(page.into_iter().map(|one| one["id"].clone()).take_while(|id| *id != at));
        conflicts.push(at);
    }
    assert_eq!(conflicts.len(), 3 * QUESTIONS_AN_ORDER_MAX, "{database:?}");
}

#[on_both_databases]
fn what_a_phone_says_again_is_one_line_of_the_history(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let boris = world.people().into_iter().find(|(_, name)| name == "Борис").unwrap().0;
    let before = history(&mut world, order);
    raw.say(&world, vec![CommandKind::TransferConfirmed { order, to: boris }; 100]);
    assert_eq!(history(&mut world, order), before + 1, "{database:?}");
    let (offer, _) = raw.offers[&order];
    for round in 0..4 {
        let kinds = (0..100).map(|n| {
            let reason = format!("передумал {round}-{n}");
            CommandKind::AnswerOffer { offer, accept: false, reason, forward: None }
        });
        let kinds = kinds.collect();
        raw.say(&world, kinds);
    }
    let lines = history(&mut world, order);
    assert!(lines <= before + 1 + LINES_OF_A_PERSON_MAX as usize, "{database:?}: {lines}");
}

#[on_both_databases]
fn an_order_goes_to_nobody_who_may_not_have_it_and_not_for_ever(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let word = |raw: &RawPhone, world: &World, to| {
        let transfer = Transfer {
            order,
            giver: raw.person,
            device: raw.device,
            from: raw.visit(order).0,
            to,
            visit: VisitId::new(world.now().0, random_bytes()),
            at: evidence(world.now()),
            signature: Vec::new(),
        };
        signed(raw, transfer)
    };
    let (lines, events) = (history(&mut world, order), raw.events.len());
    let kinds =
        (0..50).map(|_| CommandKind::AcceptTransfer { transfer: word(&raw, &world, raw.person) });
    let kinds = kinds.collect();
    let said = raw.say(&world, kinds);
    assert!(said.iter().all(|one| one.code == "handover_not_allowed"), "{said:?}");
    raw.sync(&world);
    assert_eq!((history(&mut world, order), raw.events.len()), (lines, events));
    // Whose qualification is over holds nothing that has to be verified.
    let mut other = RawPhone::enrol(&mut world, "Борис");
    other.sync(&world);
    let person = other.person;
    let until = |world: &World, day: &str| {
        let app = world.app.clone();
        let day = vyezd_core::model::LegalDate::parse(day);
        world.run(async {
            let mut tx = app.store.begin().await.unwrap();
            let mut row = tx.person(person).await.unwrap().unwrap();
            row.attested_until = day;
            tx.put_person(&row).await.unwrap();
            tx.commit().await.unwrap();
        });
    };
    until(&world, "2025-01-01");
    let kind = CommandKind::AcceptTransfer { transfer: word(&raw, &world, other.person) };
    assert_eq!(other.say(&world, vec![kind])[0].code, "handover_not_attested");
    // Nor does an order gather visits without end.
    until(&world, "2030-01-01");
    let kinds: Vec<CommandKind> = (0..VISITS_AN_ORDER_MAX)
        .map(|_| CommandKind::AcceptTransfer { transfer: word(&raw, &world, other.person) })
        .collect();
    let said = other.say(&world, kinds);
    assert_eq!(said.last().unwrap().code, "handover_too_many");
    assert_eq!(said[0].code, "", "{:?}", said[0]);
}

fn signed(raw: &RawPhone, mut transfer: Transfer) -> Transfer {
    use ed25519_dalek::Signer as _;
    transfer.signature = raw.key.sign(&transfer.signed_bytes()).to_bytes().to_vec();
    transfer
}

#[on_both_databases]
fn a_visit_is_signed_so_many_times_and_no_more(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let forge: &dyn Fn(&mut vyezd_core::doc::view::SealedView) =
        &|view| put(&mut view.client, &"Другой ".repeat(2_000));
    for _ in 0..SHEETS_OF_A_WRITER_MAX {
        assert_eq!(sign(&world, &mut raw, order, Bend { view: Some(forge), body: None }), "");
    }
    assert_eq!(sign(&world, &mut raw, order, Bend::default()), "sheets_too_many");
    // What is said of each is no longer than people read.
    let (_, problem) = sheet(&mut world, order);
    assert!(problem.contains("клиент") && problem.chars().count() <= 500, "{problem}");
    let long = |event: &Event| matches!(event, Event::SheetHeld { reason, .. } if reason.chars().count() > 500);
    assert!(!raw.events.iter().any(long));
}

fn put(field: &mut String, forged: &str) {
    forged.clone_into(field);
}
