//! The protocol over HTTP: harmless re-sending, signatures from the first day, refusals that harm
//! nothing else.

use serde_json::json;
use vyezd_core::client::Input;
use vyezd_core::frame::compress::unpack;
use vyezd_core::frame::{Ask, ReceiptOutcome, Response, decode};
use vyezd_core::model::ItemId;
use vyezd_tests::{Database, World};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

#[test]
fn sending_again_changes_nothing() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
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
}

#[test]
fn a_refused_command_stays_and_the_rest_goes_through() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let order = world.order("1", "2026-08-26", &[METER]);
        world.device("Анна").sync().accept(order);
        let hand = world.device("Анна");
        let lease = vyezd_core::model::LeaseId::from_bytes([9; 16]);
        let ask = Ask::SpoilNumber { lease, number: 1, reason: "порван".to_owned() };
        let id = ItemId::from_bytes([9; 16]);
        hand.device.phone.handle(Input::Answer { id, ask }).unwrap();
        hand.device.sync().unwrap();
        let status = hand.device.phone.client().status();
        assert_eq!((status.unsent, status.troubles.len()), (0, 1), "it stays, with its reason");
        assert_eq!(world.page(order)["holder"], json!("Анна"));
    }
}

#[test]
fn a_revoked_phone_brings_its_work_into_quarantine_and_is_emptied() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let order = world.order("1", "2026-08-26", &[METER]);
        world.device("Анна").sync().accept(order).sync().offline();
        world.device("Анна").note(order, "ключ у соседа");
        let device = world.device("Анна").device.phone.device();
        world.desk.post(&format!("/v1/devices/{device}/revoke"), &json!({})).unwrap();
        world.device("Анна").online().sync();
        let status = world.device("Анна").device.phone.client().status();
        assert!(status.revoked);
        assert_eq!(status.unsent, 0);
        assert!(world.device("Анна").device.phone.client().orders().is_empty(), "it is emptied");
        let held = world.desk.get("/v1/quarantine").unwrap();
        assert_eq!(held.as_array().map(Vec::len), Some(1), "the office has it: {held}");
        assert_eq!(held[0]["code"], json!("device_revoked"));
    }
}
