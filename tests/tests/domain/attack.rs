//! What an enrolled phone tries against the others, and that nothing comes of it. Each kind of attack once, on both
//! databases; the phone is [`vyezd_tests::raw::RawPhone`], which keeps no rule.

use serde_json::{Value, json};
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{SealBody, Signer};
use vyezd_core::frame::{Event, LeaseHeld, Request};
use vyezd_core::model::{Conditions, NumberKind, OrderId, Phase, Reading, Timestamp};
use vyezd_story::on_both_databases;
use vyezd_tests::raw::{Bend, FORGERIES, RawPhone, evidence};
use vyezd_tests::{Database, World};

pub(crate) const DAY: &str = "2026-08-26";

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
    let order = offered(world, raw, (number, &[("16078-13", "СХВ-15", &format!("0881{number}"))]));
    raw.answer(world, order, true);
    order
}

/// An order, of that number and with those instruments, that this phone's person is asked about.
pub(crate) fn offered(
    world: &mut World,
    raw: &mut RawPhone,
    (number, instruments): (&str, &[(&str, &str, &str)]),
) -> OrderId {
    let order = world.order(number, DAY, instruments);
    raw.sync(world);
    if !raw.offers.contains_key(&order) {
        world.device("Борис").sync().decline(order).sync();
        raw.sync(world);
    }
    assert!(raw.docs.contains_key(&order), "an offered order is on the phone");
    order
}

pub(crate) fn sheet(world: &mut World, order: OrderId) -> (String, String) {
    world.tick();
    let sheet = world.page(order).sheets.pop();
    sheet.map(|sheet| (sheet.state, sheet.problem)).unwrap_or_default()
}

pub(crate) fn sign(world: &World, raw: &mut RawPhone, order: OrderId, bend: Bend<'_>) -> String {
    let (_, seal) = raw.seal(world.now(), order, bend);
    raw.write(world, order, &[seal])
}

#[on_both_databases]
fn an_honest_sheet_of_this_phone_is_issued(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    assert_eq!(sign(&world, &mut raw, order, Bend::default()), "");
    assert_eq!(sheet(&mut world, order), ("issued".to_owned(), String::new()));
}

#[on_both_databases]
fn no_field_of_a_sheet_is_taken_from_the_phone(database: Database) {
    let Some((mut world, mut raw, first)) = hostile(database) else { return };
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
            problem.contains(field) || about_numbers || *field == "дата" || *field == "количество",
            "{field}: {problem}"
        );
        let page = world.page(order);
        assert!(page.papers.is_empty(), "{field}: nothing is printed");
        let asked = world.office.get("/v1/conflicts").unwrap();
        let found = asked.as_array().unwrap().iter().any(|conflict| {
            conflict["kind"] == json!("sheet_held") && conflict["order"] == page.id
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

#[on_both_databases]
fn versions_and_times_of_a_sheet_are_compared(database: Database) {
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
    let Some((mut world, mut raw, first)) = hostile(database) else { return };
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

fn signer(name: &str) -> Signer {
    Signer::Signed { name: name.to_owned(), relation: "собственник".to_owned() }
}

#[on_both_databases]
fn what_no_room_shows_is_a_question_and_not_a_protocol(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
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

#[on_both_databases]
fn a_sheet_is_compared_with_the_card_that_its_phone_had_been_told(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
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
    let asked = world.office.get("/v1/conflicts").unwrap();
    let id = asked[0]["id"].as_str().unwrap().to_owned();
    let no =
        world.office.post(&format!("/v1/conflicts/{id}/decide"), &json!({ "choice": "recheck" }));
    assert!(no.unwrap_err().to_string().contains("не сходится"));
    let decided =
        world.office.post(&format!("/v1/conflicts/{id}/decide"), &json!({ "choice": "void" }));
    decided.expect("decided");
}

#[on_both_databases]
fn a_sheet_uses_up_the_numbers_that_it_prints_and_no_other(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
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
