//! The inbox of the office, and the ways back: an act taken back within a minute, a closed order that goes on, a visit
//! that its performer takes up again.

use serde_json::{Value, json};
use vyezd_core::client::Input;
use vyezd_core::codec::hex;
use vyezd_core::doc::Edit;
use vyezd_core::model::{InstrumentId, OrderId, VisitId, VisitOutcome};
use vyezd_people::{Metrologist, Visit};
use vyezd_server::entropy::random_bytes;
use vyezd_server::limits::office::{SILENT_PHONE_S, UNDO_S};
use vyezd_story::on_both_databases;
use vyezd_tests::{World, pictures, readings};

const METERS: [(&str, &str, &str); 1] = [("16078-13", "СХВ-15", "08812345")];

fn accepted(world: &mut World, number: &str) -> OrderId {
    let order = world.order(number, "2026-08-26", &METERS);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    world.tick();
    order
}

/// What waits: need and number of each order.
fn waiting(world: &mut World) -> Vec<(String, String)> {
    let inbox = world.office.get("/v1/inbox").expect("the inbox");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let orders = inbox["orders"].as_array().expect("orders").iter();
    orders.map(|order| (text(&order["need"]), text(&order["number"]))).collect()
}

fn post(world: &mut World, order: OrderId, act: &str, body: Value) -> Result<Value, String> {
    let path = format!("/v1/orders/{order}/{act}");
    let answer = world.office.post(&path, &body).map_err(|error| error.to_string());
    world.tick();
    answer
}

fn visit_of(device: &mut Metrologist, order: OrderId) -> VisitId {
    device.order(order).and_then(|view| view.visit).expect("a visit")
}

fn edit(device: &mut Metrologist, order: OrderId, edits: Vec<Edit>) {
    device.phone.handle(Input::Edit { order, edits }).expect("the phone takes the edits");
}

fn no_access(visit: VisitId) -> Vec<Edit> {
    vec![Edit::Finish { visit, outcome: VisitOutcome::NoAccess, comment: String::new() }]
}

#[on_both_databases]
fn a_cancellation_is_taken_back_and_the_work_goes_on(mut world: World) {
    let order = accepted(&mut world, "1001");
    let visit = visit_of(world.device("Анна").device, order);
    post(&mut world, order, "cancel", json!({ "reason": "не тот день" })).expect("cancelled");
    world.device("Анна").sync();
    world.seconds(UNDO_S - 1);
    post(&mut world, order, "undo", json!({})).expect("taken back");
    assert_eq!(
        (world.page(order).state.as_str(), world.page(order).holder()),
        ("accepted", "Анна")
    );
    world.device("Анна").sync();
    assert_eq!(visit_of(world.device("Анна").device, order), visit, "the visit goes on");
    world.device("Анна").visit(order, &readings::fit("1001", "08812345")).sync();
    world.tick();
    assert_eq!(world.page(order).state, "done");
    let again =
        post(&mut world, order, "undo", json!({})).expect_err("nothing is left to take back");
    assert!(again.contains("нечего"), "{again}");
}

#[on_both_databases]
fn after_a_minute_or_another_act_nothing_is_taken_back(mut world: World) {
    let order = accepted(&mut world, "1001");
    post(&mut world, order, "cancel", json!({ "reason": "ошибка" })).expect("cancelled");
    world.seconds(UNDO_S + 1);
    let late = post(&mut world, order, "undo", json!({})).expect_err("too late");
    assert!(late.contains("больше минуты"), "{late}");
    assert_eq!(world.page(order).state, "cancelled");
    let never = world.order("1002", "2026-08-26", &METERS);
    let nothing = post(&mut world, never, "undo", json!({})).expect_err("nothing was done");
    assert!(nothing.contains("нечего"), "{nothing}");
}

#[on_both_databases]
fn an_order_that_another_took_meanwhile_stays_with_the_other(mut world: World) {
    let order = accepted(&mut world, "1001");
    post(&mut world, order, "take-back", json!({ "reason": "не успевает" })).expect("taken back");
    world.device("Борис").sync().accept(order).sync();
    world.tick();
    let held = post(&mut world, order, "undo", json!({})).expect_err("Борис has it");
    assert!(held.contains("Борис"), "{held}");
    assert_eq!(world.page(order).holder(), "Борис");
}

#[on_both_databases]
fn an_order_taken_from_its_performer_comes_back_while_nobody_accepted(mut world: World) {
    let order = accepted(&mut world, "1001");
    post(&mut world, order, "take-back", json!({ "reason": "не тот" })).expect("taken back");
    world.device("Борис").sync();
    assert!(world.device("Борис").is_asked(order));
    post(&mut world, order, "undo", json!({})).expect("taken back");
    world.device("Борис").sync();
    assert!(!world.device("Борис").is_asked(order), "the offer is withdrawn");
    assert_eq!(world.page(order).holder(), "Анна");
}

#[on_both_databases]
fn a_visit_that_did_not_take_place_waits_until_somebody_acts(mut world: World) {
    let order = accepted(&mut world, "1001");
    let visit = visit_of(world.device("Анна").device, order);
    edit(world.device("Анна").device, order, no_access(visit));
    world.device("Анна").sync();
    world.tick();
    assert_eq!(waiting(&mut world), [("not_done".to_owned(), "1001".to_owned())]);
    let inbox = world.office.get("/v1/inbox").expect("the inbox");
    assert_eq!(inbox["orders"][0]["ending"], "нет доступа");
    let count = world.office.get("/v1/attention").expect("the count");
    assert_eq!(count["waiting"], 1);

    // The door was opened after all: the performer takes the ending back.
    edit(world.device("Анна").device, order, vec![Edit::Resume { visit }]);
    world.device("Анна").sync();
    world.tick();
    assert_eq!((world.page(order).state.as_str(), waiting(&mut world).len()), ("accepted", 0));

    edit(world.device("Анна").device, order, no_access(visit));
    world.device("Анна").sync();
    world.tick();
    let settle = format!("/v1/inbox/{order}/settle");
    let left = world.office.post(&settle, &json!({})).expect("settled");
    assert_eq!(left["orders"].as_array().map(Vec::len), Some(0));

    let to = json!({ "date": "2026-08-27", "window": "16:00-18:00", "reason": "будет дома" });
    post(&mut world, order, "reopen", to.clone()).expect("reopened");
    let page = world.page(order);
    assert_eq!((page.date.as_str(), page.window.as_str()), ("2026-08-27", "16:00–18:00"));
    assert!(["offered", "accepted"].contains(&page.state.as_str()), "{}", page.state);
    let open = post(&mut world, order, "reopen", to).expect_err("it is open already");
    assert!(open.contains("вернуть можно"), "{open}");
    world.device("Борис").sync();
    world.device("Анна").sync();
    let who = if world.device("Борис").is_asked(order) { "Борис" } else { "Анна" };
    world.device(who).accept(order).sync();
    world.tick();
    world.device(who).visit(order, &readings::fit("1001", "08812345")).sync();
    world.tick();
    assert_eq!(world.page(order).state, "done", "{}", world.page(order).lines());
}

#[on_both_databases]
fn an_order_with_a_sheet_that_counts_is_only_repeated(mut world: World) {
    let order = accepted(&mut world, "1001");
    world.device("Анна").visit(order, &readings::fit("1001", "08812345")).sync();
    world.tick();
    let to = json!({ "date": "2026-08-27", "window": "16:00-18:00", "reason": "ещё раз" });
    let no = post(&mut world, order, "reopen", to).expect_err("it is done");
    assert!(no.contains("вернуть можно"), "{no}");
    let settle = format!("/v1/inbox/{order}/settle");
    let no = world.office.post(&settle, &json!({})).expect_err("nothing waits").to_string();
    assert!(no.contains("не состоялся"), "{no}");

    // The next order of the same meter brings its last reading.
    let next = world.order("1002", "2026-08-27", &METERS);
    world.tick();
    world.device("Анна").sync();
    world.device("Борис").sync();
    let who = if world.device("Борис").is_asked(next) { "Борис" } else { "Анна" };
    let card = world.device(who).device.order(next).expect("the order").line.card;
    let last = card.instruments[0].last_reading.as_ref().expect("a reading");
    assert_eq!(
        (last.date.to_string().as_str(), last.dial.to_string()),
        ("2026-08-26", "143.3050".to_owned())
    );
}

#[on_both_databases]
fn a_day_that_is_over_and_a_phone_that_is_silent_are_seen(mut world: World) {
    accepted(&mut world, "1001");
    assert!(waiting(&mut world).is_empty());
    world.seconds(SILENT_PHONE_S + 60);
    let inbox = world.office.get("/v1/inbox").expect("the inbox");
    let silent = inbox["silent"].as_array().expect("people");
    assert_eq!(silent.len(), 1, "{inbox}");
    assert_eq!((&silent[0]["name"], &silent[0]["orders"]), (&json!("Анна"), &json!(1)));
    world.device("Анна").sync();
    let inbox = world.office.get("/v1/inbox").expect("the inbox");
    assert_eq!(inbox["silent"].as_array().map(Vec::len), Some(0));
    world.minutes(24 * 60);
    assert_eq!(waiting(&mut world), [("overdue".to_owned(), "1001".to_owned())]);
}

#[on_both_databases]
fn an_instrument_added_by_mistake_and_a_photo_taken_out_leave_nothing(mut world: World) {
    let order = accepted(&mut world, "1001");
    let device = world.device("Анна").device;
    let visit = visit_of(device, order);
    let instrument = InstrumentId::new(device.phone.now().wall.0, random_bytes());
    edit(device, order, vec![Edit::AddInstrument { visit, instrument }]);
    let lacks = |device: &mut Metrologist| {
        let view = device.order(order).expect("the order");
        view.lacking.iter().any(|lack| lack.instrument == Some(instrument))
    };
    assert!(lacks(device), "it keeps the visit open");
    let reason = "добавлен по ошибке".to_owned();
    edit(device, order, vec![Edit::SkipInstrument { visit, instrument, reason }]);
    assert!(!lacks(device));
    let expected = {
        let view = device.order(order).expect("the order");
        *view.document.visits[&visit]
            .instruments
            .keys()
            .find(|id| **id != instrument)
            .expect("a meter")
    };
    let blurred = pictures::picture(1, 400);
    let place = (order, visit, expected);
    let name = device.phone.take_photo(place, ("reading", None), &blurred).expect("a photo");
    let sha256 = hex(&name);
    edit(
        device,
        order,
        vec![Edit::RemovePhoto { visit, instrument: expected, sha256: sha256.clone() }],
    );
    let shown = device.order(order).expect("the order").document;
    assert!(shown.visits[&visit].instruments[&expected].photos.is_empty());
    let strange = Edit::RemovePhoto { visit, instrument: expected, sha256: "0".repeat(64) };
    device.phone.handle(Input::Edit { order, edits: vec![strange] }).expect_err("no such photo");
    world.device("Анна").visit(order, &readings::fit("1001", "08812345")).sync();
    world.tick();
    let page = world.page(order);
    // The office still sees that there was one.
    assert_eq!(
        (&page.photos[0]["sha256"], &page.photos[0]["removed"]),
        (&json!(sha256), &json!(true))
    );
    assert_eq!((page.state.as_str(), page.sheets.len()), ("done", 1), "{}", page.lines());
    let device = world.device("Анна").device;
    let sheet = device.order(order).and_then(|view| view.sealed_view).expect("a sheet");
    assert_eq!(sheet.instruments.len(), 1, "the sheet does not name it");
}

#[on_both_databases]
fn the_form_says_who_will_be_asked_and_which_types_there_are(mut world: World) {
    accepted(&mut world, "1001");
    let path = "/v1/suggest/performers?district=ЛЕНИНСКИЙ&date=2026-08-26";
    let asked = world.office.get(path).expect("performers");
    let names: Vec<&str> =
        asked.as_array().unwrap().iter().filter_map(|of| of["name"].as_str()).collect();
    assert_eq!(names, ["Борис", "Анна"], "the freer one first: {asked}");
    assert_eq!((&asked[1]["busy"], &asked[1]["app"]), (&json!(["10:00–12:00"]), &json!(true)));
    let nobody = world.office.get("/v1/suggest/performers?district=Нигде&date=2026-08-26");
    assert_eq!(nobody.expect("nobody"), json!([]));
    let types = world.office.get("/v1/suggest/types?q=схв").expect("types");
    assert_eq!(types[0]["modification"], "СХВ-15", "{types}");
    assert_eq!(world.office.get("/v1/suggest/types?q=").expect("none"), json!([]));
}

#[on_both_databases]
fn less_than_was_due_is_shown_to_the_office_and_the_whole_sum_is_not(mut world: World) {
    for (number, received_kop) in [("1001", 179_999), ("1002", 180_000)] {
        let serial = format!("0881{number}");
        let order = world.order(number, "2026-08-26", &[("16078-13", "СХВ-15", &serial)]);
        world.tick();
        let names = ["Анна", "Борис"];
        let name = names.into_iter().find(|name| world.device(name).sync().is_asked(order));
        let name = name.expect("somebody is asked");
        world.device(name).accept(order).sync();
        let readings = readings::fit(number, &serial);
        let (offline, code, received_kop) = (false, None, Some(received_kop));
        let visit = Visit { order, readings: &readings, received_kop, offline, code };
        world.device(name).device.visit(&visit).expect("the visit is signed");
        world.device(name).sync();
        world.tick();
    }
    let said = world.office.get("/v1/incidents").expect("the incidents").to_string();
    assert!(said.contains("paid_less"), "{said}");
    assert!(said.contains("№ 1001: получено 1799,99 ₽ из 1800,00 ₽"), "{said}");
    assert!(!said.contains("№ 1002"), "{said}");
}
