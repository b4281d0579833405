//! What merges but does not agree in meaning: a dispatcher decides, and may take it back. Nobody's work
//! is thrown away by either.

use serde_json::{Value, json};
use vyezd_core::client::Input;
use vyezd_core::doc::Edit;
use vyezd_core::model::{
    CallResult, LegalDate, Measurement, MeasurementId, OrderId, Reading, Source, VisitCall,
    VisitMoment, Window,
};
use vyezd_people::Metrologist;
use vyezd_server::entropy::random_bytes;
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World, readings};

const METERS: [(&str, &str, &str); 1] = [("16078-13", "СХВ-15", "08812345")];

/// Анна has an order and works on it without a network: the client has signed.
fn signed_in_a_basement(world: &mut World) -> OrderId {
    let order = world.order("1001", "2026-08-26", &METERS);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    world.minutes(30);
    world.device("Анна").offline().visit(order, &readings::fit("1001", "08812345"));
    order
}

/// The one open question.
fn question(world: &mut World, kind: &str) -> Value {
    let all = world.office.get("/v1/conflicts").expect("the questions");
    let open: Vec<&Value> =
        all.as_array().unwrap().iter().filter(|c| c["choice"].is_null()).collect();
    assert_eq!(open.len(), 1, "{all}");
    assert_eq!(open[0]["kind"], kind);
    open[0].clone()
}

fn decide(world: &mut World, question: &Value, choice: &str) -> Value {
    let path = format!("/v1/conflicts/{}/decide", question["id"].as_str().unwrap());
    let decided = world.office.post(&path, &json!({ "choice": choice })).expect("decided");
    world.tick();
    decided
}

fn undo(world: &mut World, question: &Value) {
    let path = format!("/v1/conflicts/{}/undo", question["id"].as_str().unwrap());
    world.office.post(&path, &json!({})).expect("taken back");
    world.tick();
}

fn papers(world: &mut World, order: OrderId) -> usize {
    world.page(order).papers.iter().filter(|paper| !paper.void).count()
}

#[on_both_databases]
fn cancelled_by_the_office_and_done_in_the_field(mut world: World) {
    let order = signed_in_a_basement(&mut world);
    let cancel = format!("/v1/orders/{order}/cancel");
    world.office.post(&cancel, &json!({ "reason": "клиент передумал" })).expect("cancelled");
    world.device("Анна").online().sync();
    world.tick();
    assert_eq!((world.page(order).state.as_str(), papers(&mut world, order)), ("cancelled", 0));
    let open = question(&mut world, "cancelled_done");
    assert_eq!(open["options"][0]["who"], "Анна");
    assert!(open["options"].as_array().unwrap().iter().all(|option| option["at"].is_i64()));
    decide(&mut world, &open, "visit");
    assert_eq!(world.page(order).state, "done");
    let issued = papers(&mut world, order);
    assert!(issued > 1, "the sheet and its protocol are out");
    undo(&mut world, &open);
    assert_eq!((world.page(order).state.as_str(), papers(&mut world, order)), ("cancelled", 0));
    let again = question(&mut world, "cancelled_done");
    decide(&mut world, &again, "visit");
    assert_eq!((world.page(order).state.as_str(), papers(&mut world, order)), ("done", issued));
}

#[test]
fn given_to_another_while_somebody_worked() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = signed_in_a_basement(&mut world);
    let path = format!("/v1/orders/{order}/take-back");
    world.office.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
    world.tick();
    world.device("Борис").sync().accept(order).sync();
    world.device("Анна").online().sync();
    world.tick();
    assert_eq!((world.page(order).holder(), papers(&mut world, order)), ("Борис", 0));
    let open = question(&mut world, "reassigned");
    assert!(open["options"][1]["what"].as_str().unwrap().contains("Борис"));
    decide(&mut world, &open, "visit");
    assert_eq!(world.page(order).holder(), "Анна");
    assert!(papers(&mut world, order) > 1);
    world.device("Борис").sync();
    assert!(!world.device("Борис").words(order).contains("ваша"));
    undo(&mut world, &open);
    assert_eq!((world.page(order).holder(), papers(&mut world, order)), ("Борис", 0));
    // Left with Борис: Анна's sheet stays where it is, without papers.
    let again = question(&mut world, "reassigned");
    decide(&mut world, &again, "office");
    assert_eq!((world.page(order).holder(), papers(&mut world, order)), ("Борис", 0));
    let lines = world.page(order).lines();
    assert!(lines.contains("Решение отменено"), "{lines}");
}

fn measure(device: &mut Metrologist, order: OrderId, end: &str) -> MeasurementId {
    let phone = &mut device.phone;
    let now = phone.now();
    let view = phone.client().order(now, order).expect("the order");
    let visit = view.visit.expect("a visit");
    let instrument = *view.document.visits[&visit].instruments.keys().next().expect("a meter");
    let read = |text: &str| Reading::parse(text).expect("a reading");
    let row = Measurement {
        point: "Qмин".to_owned(),
        flow: read("0.031"),
        start: read("143.2510"),
        end: read(end),
        reference: read("0.0063"),
        duration_s: None,
        source: Source::Typed,
        replaces: None,
    };
    let measurement = MeasurementId::new(now.wall.0, random_bytes());
    let edit = Edit::Measure { visit, instrument, measurement, row };
    phone.handle(Input::Edit { order, edits: vec![edit] }).expect("measured");
    measurement
}

#[test]
fn two_phones_read_one_point_differently() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = world.order("1001", "2026-08-26", &METERS);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    let person = world.run(async {
        let people = world.app.store.read().await.unwrap().people().await.unwrap();
        people.into_iter().find(|person| person.name == "Анна").unwrap().id
    });
    let mut second = world.enrol(person, "Анна, второй");
    second.sync().expect("synced");
    let right = measure(world.device("Анна").device, order, "143.2573");
    measure(&mut second, order, "143.2600");
    world.device("Анна").sync();
    second.sync().expect("synced");
    let open = question(&mut world, "two_readings");
    assert_eq!(open["options"].as_array().map(Vec::len), Some(2));
    assert!(open["options"][0]["what"].as_str().unwrap().contains("143"));
    decide(&mut world, &open, &right.to_string());
    world.device("Анна").sync();
    let counted = |world: &mut World| {
        let document = world.device("Анна").device.order(order).expect("the order").document;
        let instruments = document.visits.values().flat_map(|visit| visit.instruments.values());
        let all: Vec<_> = instruments.collect();
        let rows = all.iter().flat_map(|i| i.current_measurements()).map(|(id, _)| *id);
        (rows.collect::<Vec<_>>(), all.iter().map(|i| i.measurements.len()).sum::<usize>())
    };
    assert_eq!(
        counted(&mut world),
        (vec![right], 2),
        "both are kept, one counts, on the phone too"
    );
    undo(&mut world, &open);
    world.device("Анна").sync();
    assert_eq!(counted(&mut world).0.len(), 2);
    question(&mut world, "two_readings");
}

#[test]
fn moved_by_the_office_and_visited_before() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = world.order("1001", "2026-08-26", &METERS);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    let phone = &mut world.device("Анна").offline().device.phone;
    let now = phone.now();
    let visit = phone.client().order(now, order).unwrap().visit.unwrap();
    let at = phone.client().evidence(now);
    let edit = Edit::Mark { visit, moment: VisitMoment::Arrived, at };
    phone.handle(Input::Edit { order, edits: vec![edit] }).expect("arrived");
    let path = format!("/v1/orders/{order}/postpone");
    let to = json!({ "date": "2026-08-28", "window": "10:00-12:00", "reason": "просил клиент" });
    world.office.post(&path, &to).expect("moved");
    world.device("Анна").online().sync();
    let open = question(&mut world, "moved_done");
    assert_eq!(open["options"][1]["who"], "Администратор");
    decide(&mut world, &open, "visit");
    assert_eq!(world.page(order).date, "2026-08-26");
    undo(&mut world, &open);
    assert_eq!(world.page(order).date, "2026-08-28");
}

#[test]
fn two_dispatchers_do_not_decide_twice() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = signed_in_a_basement(&mut world);
    let cancel = format!("/v1/orders/{order}/cancel");
    world.office.post(&cancel, &json!({ "reason": "клиент передумал" })).expect("cancelled");
    world.device("Анна").online().sync();
    let open = question(&mut world, "cancelled_done");
    let path = format!("/v1/conflicts/{}/decide", open["id"].as_str().unwrap());
    let wrong = world.office.post(&path, &json!({ "choice": "кто громче" })).unwrap_err();
    assert_eq!(wrong.to_string(), "такого варианта нет");
    decide(&mut world, &open, "office");
    let late = world.office.post(&path, &json!({ "choice": "visit" })).unwrap_err();
    assert_eq!(late.to_string(), "это уже решено");
    assert_eq!(world.page(order).state, "cancelled");
}

#[test]
fn the_code_that_the_client_types_is_looked_at() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let given = [
        ("1001", "08812345", Some(true)),
        ("1002", "08812346", Some(false)),
        ("1003", "08812347", None),
    ];
    for (number, serial, right) in given {
        let order = world.order(number, "2026-08-26", &[("16078-13", "СХВ-15", serial)]);
        world.tick();
        world.device("Анна").sync();
        world.device("Борис").sync();
        let who = if world.device("Анна").is_asked(order) { "Анна" } else { "Борис" };
        world.device(who).accept(order).sync();
        let told = world.page(order).client_code;
        assert!(told.len() == 4 && told.bytes().all(|b| b.is_ascii_digit()));
        let wrong = format!("{:04}", (told.parse::<u32>().unwrap() + 1) % 10_000);
        let typed = right.map(|right| if right { told } else { wrong });
        let rows = readings::fit(number, serial);
        world.device(who).visit_with_code(order, &rows, typed.as_deref()).sync();
        world.tick();
        let page = world.page(order);
        assert_eq!(page.sheets[0].state, "issued", "the signature stands either way");
        assert_eq!(page.sheets[0].code_right, right);
    }
    let incidents = world.office.get("/v1/incidents").expect("the incidents");
    let about: Vec<&str> = incidents["incidents"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|i| i["what"].as_str())
        .collect();
    assert!(about.len() == 1 && about[0].contains("1002"), "{about:?}");
}

/// The open questions, by kind.
fn kinds(world: &mut World) -> Vec<(String, Value)> {
    let all = world.office.get("/v1/conflicts").expect("the questions");
    let open = all.as_array().unwrap().iter().filter(|c| c["choice"].is_null());
    let mut open: Vec<_> =
        open.map(|c| (c["kind"].as_str().unwrap().to_owned(), c.clone())).collect();
    open.sort_by(|a, b| a.0.cmp(&b.0));
    open
}

#[on_both_databases]
fn two_people_had_the_client_sign_and_one_sheet_counts(mut world: World) {
    let order = signed_in_a_basement(&mut world);
    let path = format!("/v1/orders/{order}/take-back");
    world.office.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
    world.tick();
    world.device("Борис").sync().accept(order).sync();
    world.device("Борис").visit(order, &readings::fit("1001", "08812345")).sync();
    world.tick();
    let first = papers(&mut world, order);
    assert!(first > 1, "his papers are out");
    world.device("Анна").online().sync();
    let asked = kinds(&mut world);
    let codes: Vec<&str> = asked.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(codes, ["reassigned", "two_sheets"]);
    // Giving the order back to Анна does not make a second sheet count beside the first.
    let path = format!("/v1/conflicts/{}/decide", asked[0].1["id"].as_str().unwrap());
    let no = world.office.post(&path, &json!({ "choice": "visit" })).unwrap_err();
    assert!(no.to_string().contains("сначала решите"), "{no}");
    let counted = |world: &mut World| {
        let sheets = world.page(order).sheets;
        sheets.iter().filter(|sheet| ["issued", "claimed"].contains(&&*sheet.state)).count()
    };
    assert_eq!(counted(&mut world), 1);
    let two = &asked[1].1;
    let hers = two["options"].as_array().unwrap().iter().find(|o| o["who"] == "Анна");
    let hers = hers.expect("her sheet")["code"].as_str().unwrap().to_owned();
    decide(&mut world, two, &hers);
    assert_eq!((counted(&mut world), papers(&mut world, order)), (1, first));
    undo(&mut world, two);
    assert_eq!((counted(&mut world), papers(&mut world, order)), (1, first));
    let again = kinds(&mut world).into_iter().find(|(kind, _)| kind == "two_sheets");
    assert!(again.is_some(), "the question is open again");
}

#[test]
fn what_changed_since_is_not_undone() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = signed_in_a_basement(&mut world);
    let take_back = format!("/v1/orders/{order}/take-back");
    world.office.post(&take_back, &json!({ "reason": "не отвечает" })).expect("taken back");
    world.device("Анна").online().sync();
    world.tick();
    let open = question(&mut world, "reassigned");
    decide(&mut world, &open, "visit");
    assert_eq!(world.page(order).state, "done");
    // A package holds the verification: first it must be void.
    let pack = json!({ "from": "2026-08-26", "to": "2026-08-26" });
    world.office.post("/v1/packages", &pack).expect("packed");
    let path = format!("/v1/conflicts/{}/undo", open["id"].as_str().unwrap());
    let no = world.office.post(&path, &json!({})).unwrap_err();
    assert!(no.to_string().contains("пакет"), "{no}");
    assert_eq!(world.page(order).state, "done");
    assert!(papers(&mut world, order) > 1);
}

#[test]
fn a_third_reading_asks_a_decided_question_again() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = world.order("1001", "2026-08-26", &METERS);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    let right = measure(world.device("Анна").device, order, "143.2573");
    measure(world.device("Анна").device, order, "143.2600");
    world.device("Анна").sync();
    let open = question(&mut world, "two_readings");
    decide(&mut world, &open, &right.to_string());
    assert!(kinds(&mut world).is_empty());
    world.device("Анна").sync();
    measure(world.device("Анна").device, order, "143.2700");
    world.device("Анна").sync();
    let again = question(&mut world, "two_readings");
    assert_eq!(again["options"].as_array().map(Vec::len), Some(3));
}

#[on_both_databases]
fn another_time_was_agreed_with_the_client(mut world: World) {
    let order = world.order("1001", "2026-08-26", &METERS);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    let call = |world: &mut World, window: &str| {
        let phone = &mut world.device("Анна").device.phone;
        let now = phone.now();
        let visit = phone.client().order(now, order).unwrap().visit.unwrap();
        let call = VisitCall {
            result: CallResult::Moved,
            date: LegalDate::parse("2026-08-27"),
            window: Window::parse(window),
            comment: String::new(),
            at: phone.client().evidence(now),
        };
        let edits = vec![Edit::Call { visit, call }];
        phone.handle(Input::Edit { order, edits }).expect("written down");
    };
    world.device("Анна").offline();
    call(&mut world, "16:00-18:00");
    // The office moves the order to yet another time before the phone is back.
    let path = format!("/v1/orders/{order}/postpone");
    let to = json!({ "date": "2026-08-28", "window": "10:00-12:00", "reason": "график" });
    world.office.post(&path, &to).expect("moved");
    world.device("Анна").online().sync();
    assert_eq!(world.page(order).before_visit[0]["result"], "moved");
    let open = question(&mut world, "two_times");
    assert_eq!(open["options"][0]["who"], "Анна");
    assert!(open["options"][0]["what"].as_str().unwrap().contains("27.08.2026 16:00"));
    assert_eq!(open["options"][1]["who"], "Администратор");
    let time = |world: &mut World| {
        let page = world.page(order);
        (page.date, page.window)
    };
    decide(&mut world, &open, "visit");
    assert_eq!(time(&mut world), ("2026-08-27".to_owned(), "16:00–18:00".to_owned()));
    undo(&mut world, &open);
    assert_eq!(time(&mut world), ("2026-08-28".to_owned(), "10:00–12:00".to_owned()));
    let again = question(&mut world, "two_times");
    decide(&mut world, &again, "office");
    assert!(kinds(&mut world).is_empty());
    // Agreed once more: asked once more.
    world.device("Анна").sync();
    call(&mut world, "12:00-14:00");
    world.device("Анна").sync();
    question(&mut world, "two_times");
}
