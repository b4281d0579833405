//! The protocol over HTTP: harmless re-sending, signatures from the first day, refusals that harm
//! nothing else.

use serde_json::json;
use vyezd_core::client::Input;
use vyezd_core::doc::Edit;
use vyezd_core::frame::{Ask, ReceiptOutcome, Response, decode};
use vyezd_core::model::{ItemId, NoteId};
use vyezd_server::app::chance;
use vyezd_tests::{Database, World};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

#[test]
fn sending_again_changes_nothing() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let order = world.order("1", "2026-08-26", &[METER]);
        world.device("Анна").sync().accept(order).sync();
        let at = world.now();
        let hand = world.device("Анна");
        let note = NoteId::new(at.0, chance());
        let now = hand.device.phone.now();
        let at = hand.device.phone.client().evidence(now);
        let edit = Edit::AddNote { note, text: "ключ у соседа".to_owned(), at };
        hand.device.phone.handle(Input::Edit { order, edits: vec![edit] }).unwrap();
        // The answer is lost twice; the phone says the same again.
        let requests: Vec<Response> =
            (0..2).map(|_| decode(&hand.device.phone.send_and_lose().unwrap()).unwrap()).collect();
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
fn an_unknown_offer_is_refused_and_the_rest_goes_through() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let order = world.order("1", "2026-08-26", &[METER]);
        world.device("Анна").sync().accept(order);
        let hand = world.device("Анна");
        let ask = Ask::OfferSeen { offer: vyezd_core::model::OfferId::from_bytes([9; 16]) };
        let id = ItemId::from_bytes([9; 16]);
        hand.device.phone.handle(Input::Answer { id, ask }).unwrap();
        hand.device.sync().unwrap();
        let status = hand.device.phone.client().status();
        assert_eq!((status.unsent, status.troubles.len()), (0, 1), "it stays, with its reason");
        assert_eq!(world.page(order)["holder"], json!("Анна"));
    }
}

#[test]
fn a_revoked_phone_is_turned_away_and_keeps_its_work() {
    for database in Database::ALL {
        let Some(mut world) = World::new(database) else { continue };
        let order = world.order("1", "2026-08-26", &[METER]);
        world.device("Анна").sync().accept(order);
        let device = world.device("Анна").device.phone.device();
        world.desk.post(&format!("/v1/devices/{device}/revoke"), &json!({})).unwrap();
        assert!(world.device("Анна").device.sync().is_err());
        assert!(world.device("Анна").unsent() > 0);
        assert_eq!(world.page(order)["state"], json!("offered"));
    }
}
