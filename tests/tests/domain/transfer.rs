//! An order goes from phone to phone in a cellar, and the office hears of it later — from either phone first.

use serde_json::json;
use vyezd_core::client::Input;
use vyezd_core::codec::sha256;
use vyezd_core::doc::Edit;
use vyezd_core::frame::{QrAssembler, TransferBundle};
use vyezd_core::model::{ItemId, OrderId, VisitId, VisitMoment};
use vyezd_server::entropy::random_bytes;
use vyezd_story::on_both_databases;
use vyezd_tests::pictures::picture;
use vyezd_tests::{Database, World, readings};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

/// The codes on Анна's screen.
fn shown(world: &mut World, order: OrderId, to: &str) -> Vec<String> {
    let visit = VisitId::new(world.now().0, random_bytes());
    shown_by(world, "Анна", order, (to, visit))
}

fn shown_by(
    world: &mut World,
    who: &str,
    order: OrderId,
    (to, visit): (&str, VisitId),
) -> Vec<String> {
    let to = world.device(to).device.person;
    let phone = &mut world.device(who).device.phone;
    phone.handle(Input::BeginTransfer { order, to, visit }).expect("she hands it over");
    phone.client().transfer_codes(order).expect("codes")
}

/// His camera begins in the middle and sees each code twice.
fn take(world: &mut World, who: &str, codes: &[String]) -> Result<(), String> {
    let phone = &mut world.device(who).device.phone;
    for text in codes.iter().skip(1).chain(codes.first()).flat_map(|code| [code, code]) {
        let id = ItemId::new(phone.now().wall.0, random_bytes());
        phone.handle(Input::Scan { id, text: text.clone() }).map_err(|error| error.to_string())?;
        if phone.client().scanned().order.is_some() {
            return Ok(());
        }
    }
    panic!("read all of them: {:?}", phone.client().scanned());
}

/// What was shown, changed by somebody's hand.
fn forged(codes: &[String], change: impl FnOnce(&mut TransferBundle)) -> Vec<String> {
    let mut seen = QrAssembler::default();
    let read = codes.iter().find_map(|code| seen.take(code).expect("one of ours"));
    let mut bundle = read.expect("all of them");
    change(&mut bundle);
    bundle.codes().expect("small enough")
}

fn arrive(world: &mut World, who: &str, order: OrderId) {
    mark(world, who, order, VisitMoment::Arrived);
}

fn mark(world: &mut World, who: &str, order: OrderId, moment: VisitMoment) {
    let phone = &mut world.device(who).device.phone;
    let now = phone.now();
    let visit = phone.client().order(now, order).and_then(|view| view.visit).expect("a visit");
    let at = phone.client().evidence(now);
    let edits = vec![Edit::Mark { visit, moment, at }];
    phone.handle(Input::Edit { order, edits }).expect("she is there");
}

fn confirm(world: &mut World, order: OrderId, taken: bool) {
    let phone = &mut world.device("Анна").device.phone;
    let id = ItemId::new(phone.now().wall.0, random_bytes());
    phone.handle(Input::EndTransfer { id, order, confirmed: taken }).expect("kept");
}

fn lost(world: &mut World, who: &str, order: OrderId) -> Option<String> {
    world.device(who).device.order(order).and_then(|view| view.line.lost)
}

/// Анна has the order, and both phones are in a cellar.
fn in_a_cellar(database: Database) -> Option<(World, OrderId)> {
    let mut world = World::new(database)?;
    let order = world.order("1001", "2026-08-26", &[METER]);
    world
        .device("Анна")
        .sync()
        .accept(order)
        .sync()
        .note(order, "код домофона 12")
        .sync()
        .offline();
    world.device("Борис").sync().offline();
    Some((world, order))
}

#[on_both_databases]
fn the_colleague_works_at_once_and_the_office_has_one_holder(database: Database) {
    for giver_first in [true, false] {
        let Some((mut world, order)) = in_a_cellar(database) else { continue };
        world.device("Анна").note(order, "прибор за щитом");
        let codes = shown(&mut world, order, "Борис");
        assert!((2..=8).contains(&codes.len()), "a moment before the camera: {}", codes.len());
        take(&mut world, "Борис", &codes).expect("taken");
        take(&mut world, "Борис", &codes).expect("seen once more: nothing happens");
        assert_eq!(
            world.device("Борис").notes(order),
            ["код домофона 12"],
            "as the server last had it"
        );
        confirm(&mut world, order, true);
        assert_eq!(
            lost(&mut world, "Анна", order).unwrap(),
            "Передана с телефона на телефон: Борис"
        );
        world.device("Борис").visit(order, &readings::fit("1001", "08812345"));

        let (first, second) =
            if giver_first { ("Анна", "Борис") } else { ("Борис", "Анна") };
        world.device(first).online().sync();
        let holder = if giver_first { "Анна" } else { "Борис" };
        assert_eq!(world.page(order).holder(), holder, "his phone's word decides");
        world.device(second).online().sync();
        world.device(first).sync();
        world.tick();
        let page = world.page(order);
        assert_eq!((page.holder(), page.state.as_str()), ("Борис", "done"));
        let history = page.lines();
        assert!(history.contains("Передана с телефона на телефон: Анна → Борис"), "{history}");
        assert_eq!(history.contains("ещё не на связи"), giver_first, "{history}");
        assert_eq!(world.device("Борис").unsent() + world.device("Анна").unsent(), 0);
        assert_eq!(world.device("Борис").notes(order).len(), 2, "her note came by itself");
        assert_eq!(lost(&mut world, "Борис", order), None);
        assert!(lost(&mut world, "Анна", order).is_some());
        let papers = page.papers.len();
        assert!(papers > 1, "the sheet and its protocol: {papers}");
    }
}

#[test]
fn only_the_one_who_was_named_may_take_it_and_only_from_its_holder() {
    let (mut world, order) = in_a_cellar(Database::Sqlite).expect("a world");
    let to_boris = shown(&mut world, order, "Борис");
    let why = take(&mut world, "Анна", &to_boris).expect_err("she is not Борис");
    assert!(why.contains("не вам, а: Борис"), "{why}");

    // Somebody changes what was signed: his phone believes the screen before it, the office does not.
    let other = forged(&to_boris, |bundle| bundle.transfer.visit = VisitId::from_bytes([9; 16]));
    take(&mut world, "Борис", &other).expect("on the phone");
    world.device("Борис").online().sync();
    let status = world.device("Борис").device.phone.client().status();
    assert_eq!(status.unsent, 0);
    assert!(status.troubles.iter().any(|t| t.order == Some(order)), "what he did is not hidden");
    assert!(lost(&mut world, "Борис", order).unwrap().contains("подпись"));
    assert_eq!(world.page(order).holder(), "Анна");

    // She keeps it after all and does the work; his phone shows an old picture of her screen.
    confirm(&mut world, order, false);
    world.device("Анна").visit(order, &readings::fit("1001", "08812345")).online().sync();
    world.tick();
    assert_eq!(world.page(order).state, "done");
    take(&mut world, "Борис", &to_boris).expect("on the phone");
    world.device("Борис").sync();
    let page = world.page(order);
    assert_eq!((page.holder(), page.state.as_str()), ("Анна", "done"));
    assert!(lost(&mut world, "Борис", order).unwrap().contains("оставил заявку себе"));
}

#[on_both_databases]
fn kept_after_all_the_first_word_that_is_heard_decides(database: Database) {
    for hers_first in [true, false] {
        let Some((mut world, order)) = in_a_cellar(database) else { continue };
        let codes = shown(&mut world, order, "Борис");
        take(&mut world, "Борис", &codes).expect("his camera was quick");
        confirm(&mut world, order, false);
        assert_eq!(lost(&mut world, "Анна", order), None);
        let both = if hers_first { ["Анна", "Борис"] } else { ["Борис", "Анна"] };
        for who in both {
            world.device(who).online().sync();
        }
        world.device("Анна").sync();
        let (holder, other) =
            if hers_first { ("Анна", "Борис") } else { ("Борис", "Анна") };
        assert_eq!(world.page(order).holder(), holder);
        assert!(lost(&mut world, other, order).is_some());
        assert_eq!(lost(&mut world, holder, order), None);
        if hers_first {
            let page = world.page(order);
            assert!(lost(&mut world, "Борис", order).unwrap().contains("оставил заявку себе"));
            assert!(page.refused.is_empty(), "what he did is kept beside");
        }
        // Given once more it is another word.
        if hers_first {
            let codes = shown(&mut world, order, "Борис");
            take(&mut world, "Борис", &codes).expect("taken");
            world.device("Борис").sync();
            assert_eq!(world.page(order).holder(), "Борис");
        }
    }
}

#[on_both_databases]
fn what_she_had_begun_before_she_handed_it_over_asks_nobody_anything(database: Database) {
    let Some((mut world, order)) = in_a_cellar(database) else { return };
    arrive(&mut world, "Анна", order);
    let codes = shown(&mut world, order, "Борис");
    take(&mut world, "Борис", &codes).expect("taken");
    confirm(&mut world, order, true);
    world.device("Борис").visit(order, &readings::fit("1001", "08812345"));
    for who in ["Борис", "Анна"] {
        world.device(who).online().sync();
    }
    world.tick();
    assert_eq!(world.office.get("/v1/conflicts").unwrap(), json!([]), "nobody is asked");
    let page = world.page(order);
    assert_eq!((page.holder(), page.state.as_str()), ("Борис", "done"));
}

#[on_both_databases]
fn an_old_word_and_one_of_a_phone_without_access_move_nothing_and_lose_nothing(database: Database) {
    for revoked in [true, false] {
        let Some((mut world, order)) = in_a_cellar(database) else { continue };
        let codes = shown(&mut world, order, "Борис");
        take(&mut world, "Борис", &codes).expect("taken");
        world.device("Борис").visit(order, &readings::fit("1001", "08812345"));
        if revoked {
            let device = world.device("Анна").device.phone.device();
            world
                .office
                .post(&format!("/v1/devices/{device}/revoke"), &json!({}))
                .expect("revoked");
        } else {
            world.minutes(3 * 24 * 60 + 1);
        }
        world.device("Борис").online().sync();
        world.tick();
        let page = world.page(order);
        assert_eq!((page.holder(), page.state.as_str()), ("Анна", "accepted"));
        assert_eq!(page.sheets.len(), 1, "his sheet is there");
        assert_eq!(page.papers.len(), 0);
        assert_eq!(world.device("Борис").unsent(), 0, "all of it was taken");
        let asked = world.office.get("/v1/conflicts").unwrap().to_string();
        assert!(asked.contains("reassigned"), "{asked}");
    }
}

#[on_both_databases]
fn taken_back_by_the_office_meanwhile_his_work_is_kept_and_a_dispatcher_is_asked(
    database: Database,
) {
    let Some((mut world, order)) = in_a_cellar(database) else { return };
    let codes = shown(&mut world, order, "Борис");
    take(&mut world, "Борис", &codes).expect("taken");
    world.device("Борис").visit(order, &readings::fit("1001", "08812345"));
    let path = format!("/v1/orders/{order}/take-back");
    world.office.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
    world.tick();
    world.device("Борис").online().sync();
    world.tick();
    let page = world.page(order);
    assert_ne!(page.state, "done");
    assert_eq!(world.device("Борис").unsent(), 0, "all of it was taken");
    assert_eq!(page.sheets.len(), 1, "his sheet is there");
    assert_eq!(page.papers.len(), 0, "and makes no papers yet");
    let asked = world.office.get("/v1/conflicts").unwrap().to_string();
    assert!(asked.contains("reassigned"), "{asked}");
    assert!(lost(&mut world, "Борис", order).unwrap().contains("забрал"));
}

/// The order left the scope before the server had named its heads to this phone.
#[on_both_databases]
fn work_beside_a_refused_note_arrives_of_an_order_that_came_from_a_colleague(database: Database) {
    for arrived_first in [true, false] {
        let Some((mut world, order)) = in_a_cellar(database) else { return };
        let codes = shown(&mut world, order, "Борис");
        take(&mut world, "Борис", &codes).expect("taken");
        if arrived_first {
            arrive(&mut world, "Борис", order);
        }
        let path = format!("/v1/orders/{order}/cancel");
        world.office.post(&path, &json!({ "reason": "не дозвонились" })).unwrap();
        // An order that left takes nothing beside his own visit any more.
        world.device("Борис").note(order, "ключ у соседки");
        mark(&mut world, "Борис", order, VisitMoment::Departed);
        world.device("Борис").online();
        for _ in 0..6 {
            world.device("Борис").sync();
            world.seconds(60);
        }
        assert_eq!(world.device("Борис").unsent(), 0, "nothing waits for ever");
        let app = &world.app;
        let chunks = world.run(async { app.store.read().await?.chunks(order, 0).await }).unwrap();
        let chunks = chunks.iter().map(Vec::as_slice);
        let (read, _) = vyezd_core::doc::Document::from_chunks(chunks).unwrap().read();
        let departed = read.visits.values().any(|v| v.times.contains_key(&VisitMoment::Departed));
        assert!(departed, "{:?}", read.visits);
    }
}

#[on_both_databases]
fn handed_on_and_back_the_last_visit_is_the_one_that_counts(database: Database) {
    let Some((mut world, order)) = in_a_cellar(database) else { return };
    let codes = shown(&mut world, order, "Борис");
    take(&mut world, "Борис", &codes).expect("taken");
    let visit = VisitId::new(world.now().0, random_bytes());
    let (to, phone) = (world.device("Анна").device.person, &mut world.device("Борис").device.phone);
    let early = phone.handle(Input::BeginTransfer { order, to, visit }).expect_err("too early");
    assert!(early.to_string().contains("документ заявки"), "{early}");
    world.device("Борис").online().sync().offline();
    let early = take(&mut world, "Борис", &codes);
    assert_eq!(early, Ok(()), "his own screen's codes change nothing");
    world.device("Анна").online().sync().offline();
    let back = shown_by(&mut world, "Борис", order, ("Анна", visit));
    take(&mut world, "Анна", &back).expect("she has it again");
    world.device("Анна").visit(order, &readings::fit("1001", "08812345")).online().sync();
    world.tick();
    let page = world.page(order);
    assert_eq!((page.holder(), page.state.as_str()), ("Анна", "done"));
    assert!(page.papers.len() > 1);
    assert_eq!(world.office.get("/v1/conflicts").unwrap(), json!([]), "nobody is asked");
}

#[test]
fn what_he_holds_already_is_not_touched_by_an_old_screen() {
    let (mut world, order) = in_a_cellar(Database::Sqlite).expect("a world");
    let codes = shown(&mut world, order, "Борис");
    let path = format!("/v1/orders/{order}/take-back");
    world.office.post(&path, &json!({ "reason": "не отвечает" })).expect("taken back");
    world.tick();
    world.device("Борис").online().sync().accept(order).sync().offline();
    let why = take(&mut world, "Борис", &codes).expect_err("he has it");
    assert!(why.contains("уже ваша"), "{why}");
    world.device("Борис").visit(order, &readings::fit("1001", "08812345")).online().sync();
    world.tick();
    assert_eq!(world.page(order).state, "done");
}

#[on_both_databases]
fn a_visit_of_another_order_is_no_new_one_and_the_phone_goes_on(database: Database) {
    let Some((mut world, order)) = in_a_cellar(database) else { return };
    world.device("Анна").online();
    let other = world.order("1002", "2026-08-26", &[METER]);
    let who =
        ["Анна", "Борис"].into_iter().find(|who| world.device(who).online().sync().is_asked(other));
    let who = who.expect("somebody is asked");
    world.device(who).accept(other).sync();
    let taken = world.device(who).device.order(other).and_then(|view| view.visit).unwrap();
    let codes = shown_by(&mut world, "Анна", order, ("Борис", taken));
    take(&mut world, "Борис", &codes).expect("on the phone");
    world.device("Борис").note(other, "по пути").sync();
    assert_eq!(world.device("Борис").unsent(), 0, "nothing is held up");
    assert!(lost(&mut world, "Борис", order).unwrap().contains("не вёл"));
    assert_eq!(world.page(order).holder(), "Анна");
}

#[test]
fn a_signed_order_and_an_unconfirmed_one_are_not_handed_over() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = world.order("1001", "2026-08-26", &[METER]);
    let to = world.device("Борис").device.person;
    world.device("Анна").sync().offline().accept(order);
    let why = |world: &mut World| {
        let phone = &mut world.device("Анна").device.phone;
        let visit = VisitId::new(phone.now().wall.0, random_bytes());
        phone.handle(Input::BeginTransfer { order, to, visit }).expect_err("no").to_string()
    };
    assert!(
        why(&mut world).contains("другой сотрудник"),
        "the office has not said that it is hers"
    );
    world.device("Анна").online().sync().visit(order, &readings::fit("1001", "08812345"));
    assert!(why(&mut world).contains("лист подписан"));
}

/// Takes a photo of the order's first instrument.
fn photograph(world: &mut World, who: &str, order: OrderId, bytes: &[u8]) {
    let phone = &mut world.device(who).device.phone;
    let now = phone.now();
    let view = phone.client().order(now, order).expect("the order");
    let visit = view.visit.expect("a visit");
    let instrument = *view.document.visits[&visit].instruments.keys().next().expect("a meter");
    phone.take_photo((order, visit, instrument), ("reading", None), bytes).expect("kept");
}

#[on_both_databases]
fn what_was_done_under_a_refused_word_stays_and_holds_nothing_else_up(mut world: World) {
    let own = world.order("1000", "2026-08-26", &[METER]);
    world.device("Анна").sync().decline(own).sync();
    world.device("Борис").sync().accept(own).sync();
    let order = world.order("1001", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync().offline();
    world.device("Борис").offline();
    let codes = shown(&mut world, order, "Борис");
    let other = forged(&codes, |bundle| bundle.transfer.visit = VisitId::from_bytes([9; 16]));
    take(&mut world, "Борис", &other).expect("on the phone");
    let (strange, mine) = (picture(1, 900), picture(2, 900));
    photograph(&mut world, "Борис", order, &strange);
    photograph(&mut world, "Борис", own, &mine);
    let left = |world: &mut World| world.device("Борис").device.phone.client().status().photos_left;
    assert_eq!(left(&mut world), 2);
    world.device("Борис").online().sync();
    assert_eq!(world.device("Борис").unsent(), 0);
    assert_eq!(left(&mut world), 1, "of what was refused there is nothing to send");
    let phone = &mut world.device("Борис").device.phone;
    assert_eq!(phone.upload_photos().expect("uploaded"), 1);
    assert_eq!(phone.client().status().photos_left, 0);
    assert_eq!(phone.photo(&sha256(&strange)).expect("the bytes stay"), strange);
}

#[on_both_databases]
fn the_work_of_a_taker_without_access_waits_for_the_office(database: Database) {
    let Some((mut world, order)) = in_a_cellar(database) else { return };
    let codes = shown(&mut world, order, "Борис");
    take(&mut world, "Борис", &codes).expect("taken");
    world.device("Борис").visit(order, &readings::fit("1001", "08812345"));
    let device = world.device("Борис").device.phone.device();
    world.office.post(&format!("/v1/devices/{device}/revoke"), &json!({})).expect("revoked");
    let brought = world.device("Борис").unsent() - 1;
    assert!(brought > 3, "his word and his work: {brought}");
    world.device("Борис").online().sync();
    let held = world.office.get("/v1/quarantine").expect("a list");
    assert_eq!(held.as_array().unwrap().len(), brought, "all of it: {held}");
    assert!(world.device("Борис").device.phone.client().orders().is_empty(), "then it is emptied");
    assert_eq!(world.page(order).holder(), "Анна");
}

#[test]
fn a_phone_that_never_spoke_to_the_office_says_so() {
    let (mut world, order) = in_a_cellar(Database::Sqlite).expect("a world");
    let codes = shown(&mut world, order, "Борис");
    let boris = world.device("Борис").device.person;
    let mut fresh = world.enrol_silently(boris, "Борис");
    let said: Vec<String> = codes
        .iter()
        .filter_map(|text| {
            let id = ItemId::new(fresh.phone.now().wall.0, random_bytes());
            fresh.phone.handle(Input::Scan { id, text: text.clone() }).err()
        })
        .map(|error| error.to_string())
        .collect();
    assert_eq!(said, ["этот телефон ещё не говорил с офисом: сначала нужна связь"]);
}
