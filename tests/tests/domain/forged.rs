//! Sheets that an enrolled phone forges in kind, not in a field: by the order of its edits, by numbers, by what it
//! claims to know, by its clock. Each is a question for the office, and nothing is printed.

use serde_json::{Value, json};
use vyezd_core::codec::decode;
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{Seal, SealBody, Signer};
use vyezd_core::doc::signed::client_token;
use vyezd_core::model::{
    Measurement, MeasurementId, OrderId, Reading, SealId, Source, VisitOutcome,
};
use vyezd_server::entropy::random_bytes;
use vyezd_story::on_both_databases;
use vyezd_tests::raw::{Bend, RawPhone};
use vyezd_tests::{Database, World};

use crate::attack::{DAY, given, hostile, offered, sheet, sign};

pub(crate) fn body(bend: &dyn Fn(&mut SealBody)) -> Bend<'_> {
    Bend { view: None, body: Some(bend) }
}

/// The last sheet is a question that says this, and nothing of it is printed.
pub(crate) fn is_asked(world: &mut World, order: OrderId, words: &str) {
    let (state, problem) = sheet(world, order);
    assert_eq!(state, "disputed", "{words}: {problem}");
    assert!(problem.contains(words), "{words}: {problem}");
    let page = world.page(order);
    let asked = world.office.get("/v1/conflicts").unwrap();
    let all = asked.as_array().unwrap();
    assert!(all.iter().any(|one| one["order"] == page.id), "{words}: {asked}");
}

pub(crate) fn next(world: &mut World, raw: &mut RawPhone, number: &str) -> OrderId {
    let order = given(world, raw, number);
    raw.work(world, order);
    order
}

/// Everything that the office is shown to look at.
pub(crate) fn reports(world: &mut World) -> String {
    world.office.get("/v1/incidents").unwrap().to_string()
}

#[on_both_databases]
fn a_visit_that_was_not_done_verifies_nothing(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let (visit, _) = raw.visit(order);
    let outcome = VisitOutcome::Postponed;
    let finish = Edit::Finish { visit, outcome, comment: String::new() };
    assert_eq!(raw.write(&world, order, &[finish]), "");
    sign(&world, &mut raw, order, Bend::default());
    is_asked(&mut world, order, "приборы поверены, а итог визита");
    assert!(world.page(order).papers.is_empty());
}

#[on_both_databases]
fn numbers_are_one_visits_whatever_the_instrument_is_called(database: Database) {
    let Some((mut world, mut raw, first)) = hostile(database) else { return };
    let (id, seal) = raw.seal(world.now(), first, Bend::default());
    raw.write(&world, first, std::slice::from_ref(&seal));
    assert_eq!(sheet(&mut world, first).0, "issued");
    let used = numbers(&seal);
    // Another order, in which the phone calls its instrument as the one of the first.
    let second = offered(&mut world, &mut raw, ("5002", &[]));
    raw.answer(&world, second, true);
    let instruments = raw.cards[&first].instruments.clone();
    let (visit, instrument) = (raw.offers[&second].1, instruments[0].id);
    raw.write(&world, second, &[Edit::AddInstrument { visit, instrument }]);
    raw.cards.get_mut(&second).unwrap().instruments = instruments;
    raw.work(&world, second);
    let printed = view_of(&raw, first, id);
    let view = |view: &mut vyezd_core::doc::view::SealedView| {
        view.instruments[0].protocol_number.clone_from(&printed.instruments[0].protocol_number);
        let certificate = &printed.instruments[0].certificate_number;
        view.instruments[0].certificate_number.clone_from(certificate);
    };
    let again = |body: &mut SealBody| body.numbers.clone_from(&used);
    let bend = Bend { view: Some(&view), body: Some(&again) };
    sign(&world, &mut raw, second, bend);
    is_asked(&mut world, second, "не выдан этому телефону или уже занят");
}

fn numbers(seal: &Edit) -> Vec<vyezd_core::doc::seal::UsedNumber> {
    let Edit::AddSeal { record, .. } = seal else { panic!("a seal") };
    let seal: Seal = decode(record).unwrap();
    decode::<SealBody>(&seal.body).unwrap().numbers
}

pub(crate) fn record(raw: &RawPhone, order: OrderId, id: SealId) -> Vec<u8> {
    raw.docs[&order].read().0.seals[&id].record.clone()
}

fn view_of(raw: &RawPhone, order: OrderId, id: SealId) -> vyezd_core::doc::view::SealedView {
    Seal::decode(&record(raw, order, id)).unwrap().view
}

#[on_both_databases]
fn a_sheet_takes_the_place_of_one_that_counts_or_of_none(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let forge: &dyn Fn(&mut vyezd_core::doc::view::SealedView) =
        &|view| "г. Москва, Кремль".clone_into(&mut view.address);
    let bend = Bend { view: Some(forge), body: None };
    let (first, seal) = raw.seal(world.now(), order, bend);
    raw.write(&world, order, &[seal]);
    is_asked(&mut world, order, "адрес");
    let path = format!("/v1/orders/{order}/take-back");
    world.office.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
    world.minutes(1);
    let again = |body: &mut SealBody| body.supersedes = Some(first);
    sign(&world, &mut raw, order, body(&again));
    is_asked(&mut world, order, "передана другому");

    // Who holds his order mends his own sheet; what was wrong with the first is said, and nobody is shown it.
    let order = next(&mut world, &mut raw, "5102");
    let bend = Bend { view: Some(forge), body: None };
    let (first, seal) = raw.seal(world.now(), order, bend);
    raw.write(&world, order, &[seal]);
    let token = client_token(&record(&raw, order, first));
    world.minutes(1);
    let again = |body: &mut SealBody| body.supersedes = Some(first);
    sign(&world, &mut raw, order, body(&again));
    assert_eq!(sheet(&mut world, order).0, "issued");
    let said = reports(&mut world);
    assert!(said.contains("sheet_superseded") && said.contains("Кремль"), "{said}");
    let page = world.office.get(&format!("/v1/public/sheets/{token}"));
    assert!(page.is_err(), "a forged sheet is nobody's page: {page:?}");
}

#[on_both_databases]
fn a_sheet_that_is_signed_again_is_said_and_one_in_a_package_is_asked_about(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let (first, seal) = raw.seal(world.now(), order, Bend::default());
    raw.write(&world, order, &[seal]);
    assert_eq!(sheet(&mut world, order).0, "issued");
    world.minutes(1);
    let again = |body: &mut SealBody| body.supersedes = Some(first);
    let (second, seal) = raw.seal(world.now(), order, body(&again));
    raw.write(&world, order, &[seal]);
    assert_eq!(sheet(&mut world, order).0, "issued");
    let said = reports(&mut world);
    assert!(said.contains("отдайте клиенту новые"), "{said}");
    let days = json!({ "from": DAY, "to": DAY });
    world.office.post("/v1/packages", &days).expect("packed");
    world.minutes(1);
    let again = |body: &mut SealBody| body.supersedes = Some(second);
    sign(&world, &mut raw, order, body(&again));
    is_asked(&mut world, order, "уже выгружен");
}

#[on_both_databases]
fn a_phone_signs_with_what_it_was_told_last(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let (old, version) = {
        let data = raw.reference.as_ref().unwrap();
        (data.performer.name.clone(), data.version)
    };
    rename(&mut world, &raw, "Анна Новая");
    // Before it heard of that, the old name is honest.
    let (_, seal) = raw.seal(world.now(), order, Bend::default());
    world.minutes(30);
    raw.write(&world, order, &[seal]);
    assert_eq!(sheet(&mut world, order).0, "issued");
    let order = next(&mut world, &mut raw, "5202");
    world.minutes(30);
    raw.sync(&world);
    let view: &dyn Fn(&mut vyezd_core::doc::view::SealedView) =
        &|view| view.performer_name.clone_from(&old);
    let stale = |body: &mut SealBody| body.catalogue = version;
    sign(&world, &mut raw, order, Bend { view: Some(view), body: Some(&stale) });
    is_asked(&mut world, order, "справочники");
    let order = next(&mut world, &mut raw, "5203");
    sign(&world, &mut raw, order, body(&|body| body.catalogue = 0));
    is_asked(&mut world, order, "справочники");
}

fn rename(world: &mut World, raw: &RawPhone, name: &str) {
    let app = world.app.clone();
    world.run(async {
        let mut tx = app.store.begin().await.unwrap();
        tx.raise_reference_version().await.unwrap();
        let mut person = tx.person(raw.person).await.unwrap().unwrap();
        name.clone_into(&mut person.name);
        tx.put_person(&person).await.unwrap();
        tx.commit().await.unwrap();
    });
}

#[on_both_databases]
fn rows_that_no_rig_pours_are_asked_about(database: Database) {
    let rows = [
        ("99999", "982.2000", "982.2063", "0.0063", "720"),
        ("0", "982.2000", "982.2063", "0.0063", "720"),
        ("0.131", "982.2000", "982.2063", "0.0063", "0"),
        ("0.131", "982.2000", "982.2063", "0.0063", "-5"),
        ("0.131", "982.2000", "982.2063", "0.0063", "999999999999"),
    ];
    let Some((mut world, mut raw, _)) = hostile(database) else { return };
    for (at, (flow, start, end, reference, seconds)) in rows.into_iter().enumerate() {
        let order = next(&mut world, &mut raw, &format!("53{at:02}"));
        let (visit, instrument) = raw.visit(order);
        let read = |text| Reading::parse(text).unwrap();
        let replaces = raw.docs[&order].read().0.visits[&visit].instruments[&instrument]
            .measurements
            .iter()
            .find(|(_, row)| row.point == "1,1Qп")
            .map(|(id, _)| *id);
        let row = Measurement {
            point: "1,1Qп".to_owned(),
            flow: read(flow),
            start: read(start),
            end: read(end),
            reference: read(reference),
            duration_s: Some(read(seconds)),
            source: Source::Typed,
            replaces,
        };
        let measurement = MeasurementId::new(world.now().0, random_bytes());
        let edit = Edit::Measure { visit, instrument, measurement, row };
        assert_eq!(raw.write(&world, order, &[edit]), "");
        sign(&world, &mut raw, order, Bend::default());
        is_asked(&mut world, order, "1,1Qп");
    }
}

#[on_both_databases]
fn a_sheet_holds_no_sign_that_no_paper_can_print(database: Database) {
    let Some((mut world, mut raw, _)) = hostile(database) else { return };
    for (at, serial) in ["4127漢", "١٢٣٤", "👍"].into_iter().enumerate() {
        let order = next(&mut world, &mut raw, &format!("56{at:02}"));
        let (visit, instrument) = raw.visit(order);
        let mut identity = raw.docs.get_mut(&order).unwrap().read().0.visits[&visit].instruments
            [&instrument]
            .identity
            .clone();
        serial.clone_into(&mut identity.serial_number);
        let edit = Edit::Identify { visit, instrument, identity };
        assert_eq!(raw.write(&world, order, &[edit]), "", "{serial}");
        sign(&world, &mut raw, order, Bend::default());
        is_asked(&mut world, order, "не напечатать");
    }
    let order = next(&mut world, &mut raw, "5610");
    let forge = |body: &mut SealBody| {
        body.signer = Signer::Signed { name: "李小龍".to_owned(), relation: String::new() };
    };
    sign(&world, &mut raw, order, body(&forge));
    is_asked(&mut world, order, "подпись");
    let order = next(&mut world, &mut raw, "5611");
    let number: &dyn Fn(&mut vyezd_core::doc::view::SealedView) = &|view| {
        view.instruments[0].protocol_number = Some(format!("1\0{}", "9".repeat(40_000)));
    };
    sign(&world, &mut raw, order, Bend { view: Some(number), body: None });
    is_asked(&mut world, order, "не номер");
}

#[on_both_databases]
fn what_cannot_be_seen_on_a_sheet_is_not_signed(database: Database) {
    type Forge = (&'static str, fn(&mut SealBody));
    let forged: [Forge; 3] = [
        ("подпись", |b| {
            b.signer = Signer::Signed { name: "  ".to_owned(), relation: String::new() };
        }),
        ("подпись", |b| b.signer = Signer::Refused { reason: String::new() }),
        ("сумма документа", |b| b.pdf_sha256 = Some(vec![1; 5].into())),
    ];
    let Some((mut world, mut raw, _)) = hostile(database) else { return };
    for (at, (words, forge)) in forged.iter().enumerate() {
        let order = next(&mut world, &mut raw, &format!("55{at:02}"));
        sign(&world, &mut raw, order, body(forge));
        is_asked(&mut world, order, words);
    }
    let order = next(&mut world, &mut raw, "5510");
    let view: &dyn Fn(&mut vyezd_core::doc::view::SealedView) = &|view| view.zone_table = 0;
    sign(&world, &mut raw, order, Bend { view: Some(view), body: None });
    is_asked(&mut world, order, "версия листа");
}

#[on_both_databases]
fn a_sum_below_the_cards_is_shown_to_the_office(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let price = |card: &mut Value| card["price_kop"] = json!(250_000);
    crate::attack::change_card(&mut world, order, price);
    raw.sync(&world);
    world.minutes(1);
    sign(&world, &mut raw, order, Bend::default());
    let (state, problem) = sheet(&mut world, order);
    assert_eq!(state, "issued", "{problem}");
    let said = reports(&mut world);
    assert!(said.contains("price_lowered") && said.contains("1800,00"), "{said}");
}

#[on_both_databases]
fn a_refusal_to_sign_is_shown_to_the_office_with_its_reason(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let refuse = |body: &mut SealBody| {
        body.signer = Signer::Refused { reason: "не согласна с ценой".to_owned() };
        body.strokes_sha256 = None;
    };
    let (_, mut seal) = raw.seal(world.now(), order, body(&refuse));
    if let Edit::AddSeal { strokes, .. } = &mut seal {
        strokes.clear();
    }
    assert_eq!(raw.write(&world, order, &[seal]), "");
    let (state, problem) = sheet(&mut world, order);
    assert_eq!(state, "issued", "{problem}");
    let said = reports(&mut world);
    assert!(said.contains("signature_refused") && said.contains("не согласна с ценой"), "{said}");
}
