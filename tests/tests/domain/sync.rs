//! The protocol over HTTP: harmless re-sending, signatures from the first day, refusals that harm
//! nothing else.

use serde_json::json;
use vyezd_core::client::Input;
use vyezd_core::codec::decode;
use vyezd_core::frame::compress::unpack;
use vyezd_core::frame::{CommandKind, ReceiptOutcome, Response};
use vyezd_core::model::ItemId;
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

#[on_both_databases]
fn sending_again_changes_nothing(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync();
    world.device("Анна").note(order, "ключ у соседа");
    let hand = world.device("Анна");
    // The answer is lost twice; the phone says the same again.
    let requests: Vec<Response> = (0..2)
        .map(|_| {
            let packed = hand.device.phone.send_and_lose().unwrap();
            decode(&unpack(&packed, 1 << 20).unwrap()).unwrap()
        })
        .collect();
    let outcomes: Vec<ReceiptOutcome> =
        requests.iter().flat_map(|answer| answer.receipts.iter().map(|r| r.outcome)).collect();
    assert_eq!(outcomes, [ReceiptOutcome::Ok, ReceiptOutcome::Duplicate]);
    hand.device.sync().unwrap();
    assert_eq!(world.device("Анна").unsent(), 0);
    let document = world.device("Анна").device.order(order).unwrap().document;
    assert_eq!(document.notes.len(), 1);
}

#[on_both_databases]
fn a_refused_command_stays_and_the_rest_goes_through(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order);
    let hand = world.device("Анна");
    let lease = vyezd_core::model::LeaseId::from_bytes([9; 16]);
    let kind = CommandKind::SpoilNumber { lease, number: 1, reason: "порван".to_owned() };
    let id = ItemId::from_bytes([9; 16]);
    hand.device.phone.handle(Input::Command { id, kind }).unwrap();
    hand.device.sync().unwrap();
    let status = hand.device.phone.client().status();
    assert_eq!((status.unsent, status.troubles.len()), (0, 1), "it stays, with its reason");
    assert_eq!(world.page(order).holder(), "Анна");
}

#[on_both_databases]
fn a_revoked_phone_brings_its_work_into_quarantine_and_is_emptied(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync().offline();
    world.device("Анна").note(order, "ключ у соседа");
    let device = world.device("Анна").device.phone.device();
    world.office.post(&format!("/v1/devices/{device}/revoke"), &json!({})).unwrap();
    world.device("Анна").online().sync();
    let status = world.device("Анна").device.phone.client().status();
    assert!(status.revoked);
    assert_eq!(status.unsent, 0);
    assert!(world.device("Анна").device.phone.client().orders().is_empty(), "it is emptied");
    let held = world.office.get("/v1/quarantine").unwrap();
    assert_eq!(held.as_array().map(Vec::len), Some(1), "the office has it: {held}");
    assert_eq!(held[0]["code"], json!("device_revoked"));
    assert!(held[0]["content"].to_string().contains("запись"), "what is in it is said: {held}");
    // Dismissed, taken back, released: then it is in the document, where it would have been.
    let path = format!("/v1/quarantine/{}", held[0]["item"].as_str().unwrap());
    let mut act = |what: &str| world.office.post(&format!("{path}/{what}"), &json!({}));
    assert_eq!(act("dismiss").unwrap()["state"], json!("dismissed"));
    assert_eq!(act("dismiss").unwrap_err().to_string(), "это уже решено");
    assert_eq!(act("reopen").unwrap()["state"], json!("quarantined"));
    assert_eq!(act("release").unwrap()["state"], json!("released"));
    assert_eq!(act("release").unwrap_err().to_string(), "это уже решено");
    let (_, mut again) = second_phone(&mut world);
    let notes = again.order(order).unwrap().document.notes;
    assert!(notes.values().any(|note| note.text == "ключ у соседа"));
}

/// Another phone of Анна, with everything that she should have.
fn second_phone(world: &mut World) -> (vyezd_core::model::PersonId, vyezd_people::Metrologist) {
    let person = world.run(async {
        let people = world.app.store.read().await.unwrap().people().await.unwrap();
        people.into_iter().find(|person| person.name == "Анна").unwrap().id
    });
    let mut phone = world.enrol(person, "Анна");
    phone.sync().unwrap();
    (person, phone)
}

#[test]
fn a_colleague_carries_work_and_a_person_logs_out_and_in() {
    use vyezd_core::client::{Input, OutItem, OutKind};
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync().offline();
    world.device("Анна").note(order, "счётчик за щитком");
    // Анна has no network, Борис has: her signed batch goes with his phone.
    let items: Vec<OutItem> = world.device("Анна").device.phone.outbox().unwrap();
    let batch = items.into_iter().find_map(|item| match item.kind {
        OutKind::Batch { batch, .. } => Some(batch),
        _ => None,
    });
    let boris = &mut world.device("Борис").device.phone;
    boris.handle(Input::Carry(batch.expect("a batch"))).unwrap();
    boris.sync().unwrap();
    assert_eq!(boris.client().status().unsent, 0);
    let (_, mut second) = second_phone(&mut world);
    assert_eq!(second.order(order).unwrap().document.notes.len(), 1, "it is at the server");
    world.device("Анна").online().sync();
    assert_eq!(world.device("Анна").unsent(), 0, "what came another way is a duplicate");
    // Logged out, nothing is shown, and unsent work still goes out.
    world.device("Анна").note(order, "код домофона сменили");
    let phone = &mut world.device("Анна").device.phone;
    phone.handle(Input::LogOut).unwrap();
    assert!(phone.client().orders().is_empty() && phone.client().status().unsent == 1);
    phone.sync().unwrap();
    assert_eq!(phone.client().status().unsent, 0);
    phone.handle(Input::LogIn).unwrap();
    assert_eq!(phone.client().orders().len(), 1);
}
