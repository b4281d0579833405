//! What is written into a visit before, beside and after its signature.

use serde_json::{Value, json};
use vyezd_core::doc::signed::client_token;
use vyezd_core::doc::{Document, Edit};
use vyezd_core::model::{Check, CheckResult, OrderId};
use vyezd_server::entropy::random_bytes;
use vyezd_story::on_both_databases;
use vyezd_tests::raw::{Bend, RawPhone};
use vyezd_tests::{Database, World};

use crate::attack::{hostile, sheet, sign};
use crate::forged::{is_asked, next, record, reports};

/// The document as it was, under an actor that it has not seen: what is written next stands beside what came since.
fn branch(world: &World, raw: &mut RawPhone, order: OrderId, before: &[u8]) {
    raw.docs.insert(order, Document::load(before).unwrap());
    raw.install = vyezd_core::model::InstallId::new(world.now().0, random_bytes());
}

fn broken_glass(raw: &RawPhone, order: OrderId) -> Edit {
    let (visit, instrument) = raw.visit(order);
    let result = CheckResult { passed: false, reason: "стекло разбито".to_owned() };
    Edit::SetCheck { visit, instrument, check: Check::Visual, result }
}

#[on_both_databases]
fn a_sheet_on_a_branch_hides_nothing_that_the_server_knows(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let before = raw.docs.get_mut(&order).unwrap().save();
    assert_eq!(raw.write(&world, order, &[broken_glass(&raw, order)]), "");
    branch(&world, &mut raw, order, &before);
    assert_eq!(sign(&world, &mut raw, order, Bend::default()), "");
    let (state, problem) = sheet(&mut world, order);
    assert_eq!(state, "disputed", "{problem}");
    assert!(world.page(order).papers.is_empty());

    // The money, brought by another phone of the same person.
    let order = next(&mut world, &mut raw, "5302");
    let mut second = RawPhone::enrol(&mut world, "Анна");
    second.sync(&world);
    second.offers.clone_from(&raw.offers);
    let (visit, _) = raw.visit(order);
    let money = vyezd_core::model::Money {
        due_kop: Some(180_000),
        received_kop: Some(5),
        method: Some(vyezd_core::model::PayMethod::Cash),
        reason: String::new(),
    };
    assert_eq!(second.write(&world, order, &[Edit::Pay { visit, money }]), "");
    assert_eq!(sign(&world, &mut raw, order, Bend::default()), "");
    is_asked(&mut world, order, "получено");
}

#[on_both_databases]
fn what_is_written_after_the_signature_is_shown_to_the_office_once(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    sign(&world, &mut raw, order, Bend::default());
    assert_eq!(sheet(&mut world, order).0, "issued");
    assert!(!reports(&mut world).contains("changed_after_signature"));
    // Whoever has the link is not held up by those who guess.
    for _ in 0..vyezd_server::limits::edge::PUBLIC_A_MINUTE {
        let _: Result<(), _> = world.app.brakes.missed(world.now());
    }
    let (id, _) = raw.docs[&order].read().0.seals.pop_first().unwrap();
    let token = client_token(&record(&raw, order, id));
    world.office.get(&format!("/v1/public/sheets/{token}")).expect("the client's page");
    assert_eq!(raw.write(&world, order, &[broken_glass(&raw, order)]), "");
    assert_eq!(sheet(&mut world, order).0, "issued", "papers stay as they were signed");
    let said = world.office.get("/v1/incidents").unwrap();
    let said = said["incidents"].as_array().unwrap().clone();
    let about = |one: &&Value| one["kind"] == json!("changed_after_signature");
    let one = said.iter().find(about).expect("a report");
    assert!(one["what"].as_str().unwrap().contains("№ 1001"), "{one}");
    let path = format!("/v1/incidents/{}/settle", one["id"].as_str().unwrap());
    world.office.post(&path, &json!({})).unwrap();
    let audit = world.office.get("/v1/audit?kind=incident.settled").unwrap();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
    let label = vyezd_core::model::LabelKey::new("рядом").unwrap();
    assert_eq!(raw.write(&world, order, &[Edit::SetLabel { label, on: true }]), "");
    assert!(!reports(&mut world).contains("changed_after_signature"), "seen already");
}

#[on_both_databases]
fn what_was_written_before_the_signature_is_under_it_whatever_heads_it_names(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let (_, seal) = raw.seal(world.now(), order, Bend::default());
    let (visit, instrument) = raw.visit(order);
    let result = CheckResult { passed: false, reason: "стекло разбито".to_owned() };
    let check = Edit::SetCheck { visit, instrument, check: Check::Visual, result };
    assert_eq!(raw.write(&world, order, &[check]), "");
    raw.write(&world, order, &[seal]);
    let (state, problem) = sheet(&mut world, order);
    assert_eq!(state, "disputed", "{problem}");
    assert!(world.page(order).papers.is_empty());
}
