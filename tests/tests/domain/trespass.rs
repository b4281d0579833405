//! Whoever has no order, no visit or no work here any more: what he writes, gives away or brings back.

use ed25519_dalek::Signer as _;
use serde_json::json;
use vyezd_core::codec::encode;
use vyezd_core::doc::seal::SealBody;
use vyezd_core::doc::{Edit, Unjudged};
use vyezd_core::frame::{CommandKind, DocumentBackup, Request, Transfer};
use vyezd_core::model::{LabelKey, NoteId, OrderId, PersonId, SealId, VisitId};
use vyezd_server::entropy::random_bytes;
use vyezd_story::on_both_databases;
use vyezd_tests::raw::{Bend, RawPhone, evidence};
use vyezd_tests::{Database, World};

use crate::attack::{hostile, offered, sign};

#[on_both_databases]
fn who_declined_or_lost_an_order_writes_nothing_into_it(database: Database) {
    let Some((mut world, mut raw, _)) = hostile(database) else { return };
    let meter = ("16078-13", "СХВ-15", "08814001");
    let order = offered(&mut world, &mut raw, ("4001", &[meter]));
    raw.answer(&world, order, false);
    let note = Edit::AddNote {
        note: NoteId::new(world.now().0, random_bytes()),
        text: "я уже не при делах".to_owned(),
        at: evidence(world.now()),
    };
    assert_eq!(raw.write(&world, order, &[note]), "order_not_yours");
    let label = Edit::SetLabel { label: LabelKey::new("чужой ярлык").unwrap(), on: true };
    raw.docs.remove(&order);
    let page = world.page(order);
    assert_eq!(page.remarks.len(), 0, "{page:?}");
    drop(label);
}

#[on_both_databases]
fn who_was_asked_about_a_cancelled_order_has_nothing_of_it_any_more(database: Database) {
    let Some((mut world, mut raw, _)) = hostile(database) else { return };
    let meter = ("16078-13", "СХВ-15", "08814002");
    let order = offered(&mut world, &mut raw, ("4002", &[meter]));
    let path = format!("/v1/orders/{order}/cancel");
    world.office.post(&path, &json!({ "reason": "клиент передумал" })).expect("cancelled");
    let note = NoteId::new(world.now().0, random_bytes());
    let (text, at) = ("всё ещё здесь".to_owned(), evidence(world.now()));
    assert_eq!(raw.write(&world, order, &[Edit::AddNote { note, text, at }]), "order_not_yours");
    let (visit, _) = raw.visit(order);
    let scope =
        world.run(async { world.app.store.read().await.unwrap().scope_of(order).await.unwrap() });
    assert_eq!(scope, [], "nobody has its card, {visit} or not");
}

#[on_both_databases]
fn a_sheet_of_somebody_elses_visit_is_refused_to_whoever_writes_it(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let path = format!("/v1/orders/{order}/take-back");
    world.office.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
    let clean = raw.docs.get_mut(&order).unwrap().save_plain();
    let strange = VisitId::new(world.now().0, random_bytes());
    let another = |body: &mut SealBody| body.visit = strange;
    let bend = Bend { view: None, body: Some(&another) };
    assert_eq!(sign(&world, &mut raw, order, bend), "path_not_yours");
    raw.docs.insert(order, vyezd_core::doc::Document::load(&clean).unwrap());
    let seal = SealId::new(world.now().0, random_bytes());
    let record = b"no record at all".to_vec();
    let edit = Edit::AddSeal { seal, record, strokes: Vec::new() };
    assert_eq!(raw.write(&world, order, &[edit]), "value_refused");
    let page = world.page(order);
    assert!(!page.says("не читается"), "{}", page.lines());
}

#[on_both_databases]
fn who_has_no_order_gives_none_away(database: Database) {
    let Some((mut world, mut raw, held)) = hostile(database) else { return };
    let mut other = RawPhone::enrol(&mut world, "Борис");
    other.sync(&world);
    let meter = ("16078-13", "СХВ-15", "08814003");
    let order = offered(&mut world, &mut raw, ("4003", &[meter]));
    // She was merely asked.
    raw.answer(&world, order, false);
    let word = word(&world, &raw, order, other.person);
    let receipts = other.say(&world, vec![CommandKind::AcceptTransfer { transfer: word }]);
    assert_eq!(receipts[0].code, "handover_unknown");
    // She had it and lost it: his work is kept, and nothing of the order is told to him.
    let path = format!("/v1/orders/{held}/take-back");
    world.office.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
    let path = format!("/v1/orders/{held}/cancel");
    world.office.post(&path, &json!({ "reason": "клиент передумал" })).expect("cancelled");
    let word = self::word(&world, &raw, held, other.person);
    let receipts = other.say(&world, vec![CommandKind::AcceptTransfer { transfer: word }]);
    assert_eq!(receipts[0].code, "");
    let scope =
        world.run(async { world.app.store.read().await.unwrap().scope_of(held).await.unwrap() });
    assert_eq!(scope, [], "his accomplice is told nothing");
}

/// The word by which the phone's person gives an order away.
fn word(world: &World, raw: &RawPhone, order: OrderId, to: PersonId) -> Transfer {
    let mut word = Transfer {
        order,
        from: raw.visit(order).0,
        giver: raw.person,
        device: raw.device,
        to,
        visit: VisitId::new(world.now().0, random_bytes()),
        at: evidence(world.now()),
        signature: Vec::new(),
    };
    word.signature = raw.key.sign(&word.signed_bytes()).to_bytes().to_vec();
    word
}

#[on_both_databases]
fn a_backup_is_looked_at_before_it_is_loaded(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    raw.sync(&world);
    let update = raw.updates[&order].clone();
    assert!(update.attestation.is_some(), "the server vouches for what it told");
    let card = encode(&raw.cards[&order]);
    let backup = |snapshot: Vec<u8>| DocumentBackup {
        order,
        snapshot: Unjudged::new(snapshot),
        heads: update.heads.clone(),
        card: card.clone().into(),
        visits: update.visits.clone(),
        attestation: update.attestation.unwrap_or_default(),
    };
    let mut run = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 0, 20];
    run.extend([0, 0, 0, 1, 2, 9, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 1]);
    let reports = |world: &mut World| {
        let said = world.office.get("/v1/incidents").unwrap().to_string();
        said.matches("document_unreadable").count()
    };
    // A phone that has spent its time in the gate waits with its backups as with its batches.
    let device = raw.device;
    world.app.budgets.spend(device, world.now(), std::time::Duration::from_secs(6), 0);
    let request = Request { backups: vec![backup(vec![0; 71])], ..raw.request() };
    raw.ask(&world, request);
    assert_eq!(reports(&mut world), 0, "{database:?}");
    world.minutes(2);
    for snapshot in [run, vec![0; 71], random_bytes::<64>().to_vec()] {
        let request = Request { backups: vec![backup(snapshot)], ..raw.request() };
        raw.ask(&world, request);
    }
    assert_eq!(reports(&mut world), 1, "{database:?}");
    assert_eq!(
        raw.write(
            &world,
            order,
            &[Edit::SetLabel { label: LabelKey::new("жив").unwrap(), on: true }]
        ),
        ""
    );
}

#[test]
fn work_of_somebody_who_is_no_metrologist_any_more_waits_for_the_office() {
    type Leaves = fn(&mut vyezd_server::store::PersonRow);
    let leave: [Leaves; 2] =
        [|person| person.active = false, |person| person.role = vyezd_server::store::Role::Office];
    for (database, leaves) in
        Database::ALL.into_iter().flat_map(|d| leave.map(|leaves| (d, leaves)))
    {
        let Some((mut world, mut raw, order)) = hostile(database) else { continue };
        let app = world.app.clone();
        world.run(async {
            let mut tx = app.store.begin().await.unwrap();
            let mut person = tx.person(raw.person).await.unwrap().unwrap();
            leaves(&mut person);
            tx.put_person(&person).await.unwrap();
            tx.commit().await.unwrap();
        });
        let label = Edit::SetLabel {
            label: LabelKey::new("после увольнения").unwrap(), on: true
        };
        assert_eq!(raw.write(&world, order, &[label]), "device_revoked");
        let held = world.office.get("/v1/quarantine").unwrap();
        assert_eq!(held.as_array().map(Vec::len), Some(1), "{held}");
        let answer = raw.ask(&world, raw.request());
        assert!(answer.revoked && answer.cards.is_empty(), "he learns nothing more");
    }
}
