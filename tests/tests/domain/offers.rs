//! What «accept» means: the first answer that arrives wins, a late one is told so. Over HTTP, on both databases.

use serde_json::json;
use vyezd_core::model::{OrderId, PersonId, Zone};
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World, readings};

const DAY: &str = "2026-08-26";
const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

fn holder_of(world: &mut World, order: vyezd_core::model::OrderId) -> String {
    world.page(order).holder().to_owned()
}

#[on_both_databases]
fn a_late_acceptance_counts_while_nobody_has_the_order(mut world: World) {
    let order = world.order("1", DAY, &[METER]);
    assert!(world.device("Анна").sync().is_asked(order));
    world.device("Анна").offline().accept(order);
    // The telephone rings in vain and the next one is asked.
    world.minutes(5);
    world.seconds(61);
    assert!(world.device("Борис").sync().is_asked(order));
    world.device("Анна").online().sync();
    assert_eq!(holder_of(&mut world, order), "Анна");
    assert!(!world.device("Борис").sync().is_asked(order), "his offer is withdrawn");
}

#[on_both_databases]
fn a_late_acceptance_is_credited_when_another_has_the_order_and_the_work_stays(mut world: World) {
    let order = world.order("1", DAY, &[METER]);
    world.device("Анна").sync();
    world.minutes(1);
    world.device("Анна").offline().accept(order).visit(order, &readings::fit("1", "08812345"));
    world.minutes(5);
    world.seconds(61);
    world.device("Борис").sync().accept(order).sync();
    assert_eq!(holder_of(&mut world, order), "Борис");
    world.device("Анна").online().sync();
    assert_eq!(world.device("Анна").unsent(), 0, "her work is taken, not thrown away");
    let words = world.device("Анна").words(order);
    assert!(words.starts_with("Уже передана: Борис") && words.contains("учтён"), "{words}");
    assert_eq!(holder_of(&mut world, order), "Борис");
}

#[on_both_databases]
fn nobody_left_is_said_aloud_and_a_cancelled_order_stops_ringing(mut world: World) {
    let order = world.order("1", DAY, &[METER]);
    for name in ["Анна", "Борис"] {
        world.device(name).sync().decline(order).sync();
    }
    assert_eq!(world.page(order).state, "nobody");
    let second = world.order("2", DAY, &[METER]);
    world.minutes(5);
    assert_eq!(world.office.get("/v1/calls").unwrap().as_array().unwrap().len(), 1);
    let reason = json!({ "reason": "клиент передумал" });
    world.office.post(&format!("/v1/orders/{second}/cancel"), &reason).unwrap();
    assert_eq!(world.office.get("/v1/calls").unwrap(), json!([]));
}

#[on_both_databases]
fn one_telephone_rings_about_one_order_at_a_time_and_no_order_is_forgotten(mut world: World) {
    let first = world.order("1", DAY, &[METER]);
    world.order("2", DAY, &[METER]);
    // The first two are spread; the third is somebody's second.
    let second = world.order("3", DAY, &[METER]);
    let asked = world.page(first).offers[0].person.clone();
    assert_eq!(world.page(second).offers[0].person, asked);
    world.minutes(5);
    let ringing = world.office.get("/v1/calls").unwrap();
    assert_eq!(ringing.as_array().unwrap().len(), 2, "{ringing}");
    let his = ringing.as_array().unwrap().iter().filter(|call| call["person"] == asked.as_str());
    let his: Vec<&serde_json::Value> = his.map(|call| &call["order"]).collect();
    assert_eq!(his, [&json!(first.to_string())], "one telephone, one order");
    world.seconds(61);
    let ringing = world.office.get("/v1/calls").unwrap();
    let orders: Vec<&str> =
        ringing.as_array().unwrap().iter().filter_map(|call| call["order"].as_str()).collect();
    assert!(orders.contains(&second.to_string().as_str()), "{ringing}");
}

#[on_both_databases]
fn orders_that_nobody_has_answered_yet_are_spread(mut world: World) {
    let orders: Vec<_> = (1..=6).map(|n| world.order(&n.to_string(), DAY, &[METER])).collect();
    let asked: Vec<String> =
        orders.iter().map(|order| world.page(*order).offers[0].person.clone()).collect();
    assert_eq!(asked.iter().filter(|name| *name == "Анна").count(), 3, "{asked:?}");
}

fn hours(world: &mut World, hours: &str) {
    let mut firm = world.office.get("/v1/firm").unwrap()["entities"][0].clone();
    firm["hours"] = json!(hours);
    let version = firm["version"].to_string();
    let said = world.office.send("PUT", "/v1/firm", &[("if-match", &version)], &firm).unwrap();
    assert_eq!(said.status, 204);
}

/// Half past two in Saratov, where people sleep; returns the zone and the day.
fn night(world: &mut World) -> (Zone, jiff::civil::Date) {
    hours(world, "08:00-21:00");
    let zone = Zone::parse("Europe/Saratov").unwrap();
    let midnight = zone.date(world.now()).tomorrow().unwrap();
    world.app.clock().move_to(zone.instant(midnight, 150));
    (zone, midnight)
}

/// Writes a field of an order's card as its form does.
fn change(world: &mut World, order: OrderId, field: &str, value: &str) {
    let path = format!("/v1/orders/{order}");
    let mut card = world.office.get(&path).unwrap();
    let version = card["version"].to_string();
    card["instruments"] = card["expected"].clone();
    card["zone"] = json!("");
    card[field] = json!(value);
    let said = world.office.send("PUT", &path, &[("if-match", &version)], &card).unwrap();
    assert_eq!(said.status, 200, "{}", said.json());
}

#[on_both_databases]
fn an_order_that_becomes_an_emergency_waits_for_no_morning(mut world: World) {
    let (zone, midnight) = night(&mut world);
    let order = world.order("1", DAY, &[METER]);
    assert_eq!(world.page(order).state, "new");
    change(&mut world, order, "urgency", "emergency");
    world.tick();
    assert_eq!(world.page(order).state, "offered");
    // An offer of the evening whose call waits for the morning is rung at once, too.
    world.app.clock().move_to(zone.instant(midnight, 20 * 60 + 58));
    let evening = world.order("2", DAY, &[METER]);
    world.minutes(60);
    let rings = |world: &mut World| world.page(evening).state == "calling";
    assert!(!rings(&mut world));
    change(&mut world, evening, "urgency", "emergency");
    world.tick();
    assert!(rings(&mut world), "{}", world.page(evening).lines());
}

#[on_both_databases]
fn other_hours_of_the_firm_reach_what_waits(mut world: World) {
    night(&mut world);
    let order = world.order("1", DAY, &[METER]);
    hours(&mut world, "06:00-21:00");
    world.tick();
    let page = world.page(order);
    assert!(page.state == "new" && page.lines().contains("в 06:00, Саратов"), "{}", page.lines());
    hours(&mut world, "00:00-24:00");
    world.tick();
    assert_eq!(world.page(order).state, "offered");
    // What says nothing of hours leaves them.
    hours(&mut world, "");
    let firm = world.office.get("/v1/firm").unwrap();
    assert_eq!(firm["entities"][0]["hours"], "00:00–23:59");
}

#[on_both_databases]
fn a_place_read_from_an_address_wakes_nobody(mut world: World) {
    night(&mut world);
    let order = world.order("1", DAY, &[METER]);
    // Half past eight in the morning there.
    change(&mut world, order, "address", "г. Владивосток, ул. Мира, д. 5");
    world.tick();
    let page = world.page(order);
    assert_eq!((page.state.as_str(), page.offers.len()), ("new", 0), "{}", page.lines());
}

#[on_both_databases]
fn a_colleague_named_at_night_is_the_first_in_the_morning(mut world: World) {
    let (zone, midnight) = night(&mut world);
    world.app.clock().move_to(zone.instant(midnight, 20 * 60 + 58));
    let order = world.order("1", DAY, &[METER]);
    let vera = json!({
        "login": "vera", "name": "Вера", "role": "metrologist", "active": true,
        "phone": "+7 900 000-00-03", "districts": ["Заводской"], "attested_until": "2028-12-31",
    });
    let vera = world.office.post("/v1/people", &vera).expect("a person")["id"].clone();
    let vera = vera.as_str().unwrap().parse().unwrap();
    let mut hers = world.enrol(vera, "Вера");
    let asked = world.page(order).offers[0].person.clone();
    world.minutes(30);
    let asked: &'static str = if asked == "Анна" { "Анна" } else { "Борис" };
    world.device(asked).sync();
    let offer = world.device(asked).device.offers()[0].offer;
    world.device(asked).device.forward(offer, vera).expect("passed on");
    world.device(asked).sync();
    assert_eq!(world.page(order).state, "new");
    let morning = midnight.tomorrow().unwrap();
    world.app.clock().move_to(zone.instant(morning, 481));
    world.tick();
    hers.sync().unwrap();
    assert_eq!(hers.offers().len(), 1, "{}", world.page(order).lines());
}

#[on_both_databases]
fn a_planned_order_lets_people_sleep_and_an_emergency_does_not(mut world: World) {
    let (zone, midnight) = night(&mut world);
    let planned = world.order("1", DAY, &[METER]);
    let mut card = world.office.get(&format!("/v1/orders/{planned}")).unwrap();
    card["number"] = json!("2");
    card["urgency"] = json!("emergency");
    card["instruments"] = json!([]);
    let urgent = world.office.post("/v1/orders", &card).unwrap()["id"].clone();
    let urgent = urgent.as_str().unwrap().parse().unwrap();
    assert_eq!(world.page(urgent).state, "offered");
    world.minutes(6);
    let calls = world.office.get("/v1/calls").unwrap();
    assert_eq!(calls.as_array().unwrap().len(), 1, "{calls}");
    assert_eq!(calls[0]["order_number"], json!("2"));
    let page = world.page(planned);
    assert_eq!((page.state.as_str(), page.offers.len()), ("new", 0));
    assert!(page.lines().contains("в 08:00"), "{}", page.lines());
    world.app.clock().move_to(zone.instant(midnight, 480));
    world.tick();
    assert_eq!(world.page(planned).state, "offered");
    for order in [planned, urgent] {
        let reason = json!({ "reason": "клиент передумал" });
        world.office.post(&format!("/v1/orders/{order}/cancel"), &reason).unwrap();
    }
    // An offer of the evening rings in the morning.
    world.app.clock().move_to(zone.instant(midnight, 20 * 60 + 58));
    let evening = world.order("3", DAY, &[METER]);
    assert_eq!(world.page(evening).state, "offered");
    world.minutes(60);
    let rings = |world: &mut World| {
        let calls = world.office.get("/v1/calls").unwrap();
        calls.as_array().unwrap().iter().any(|call| call["order_number"] == json!("3"))
    };
    assert!(!rings(&mut world));
    assert_eq!(world.page(evening).state, "offered", "it may be answered in the app");
    let morning = midnight.tomorrow().unwrap();
    world.app.clock().move_to(zone.instant(morning, 481));
    world.tick();
    assert!(rings(&mut world), "{}", world.page(evening).lines());
}

#[on_both_databases]
fn two_sheets_of_one_order_never_both_become_papers(mut world: World) {
    let order = world.order("1", DAY, &[METER]);
    world.device("Анна").sync();
    world.minutes(1);
    let typed = readings::fit("1", "08812345");
    world.device("Анна").offline().accept(order).visit(order, &typed);
    world.minutes(5);
    world.seconds(61);
    world.device("Борис").sync().accept(order).sync().visit(order, &typed).sync();
    world.seconds(1);
    world.device("Анна").online().sync();
    world.tick();
    let page = world.page(order);
    let states: Vec<&str> = page.sheets.iter().map(|sheet| sheet.state.as_str()).collect();
    assert_eq!(states, ["issued", "disputed"]);
    assert_eq!(page.kinds().iter().filter(|kind| **kind == "protocol").count(), 1);
}

#[on_both_databases]
fn an_offer_that_is_passed_on_goes_to_the_colleague_who_was_named_with_a_clock_of_his_own(
    mut world: World,
) {
    // Вера works in another district: nobody but a colleague would think of her.
    let vera = json!({
        "login": "vera", "name": "Вера", "role": "metrologist", "active": true,
        "phone": "+7 900 000-00-03", "districts": ["Заводской"], "attested_until": "2028-12-31",
    });
    let vera = world.office.post("/v1/people", &vera).expect("a person")["id"].clone();
    let vera = vera.as_str().expect("an id").parse().expect("an id");
    let mut hers = world.enrol(vera, "Вера");
    let order = world.order("1", DAY, &[METER]);
    world.minutes(1);
    world.device("Анна").sync();
    let offer = world.device("Анна").device.offers()[0].offer;
    let stranger = PersonId::from_bytes([9; 16]);
    let error = world.device("Анна").device.forward(offer, stranger).expect_err("nobody");
    assert_eq!(error.to_string(), "такого коллеги нет: обновите список при связи");
    world.device("Анна").offline().device.forward(offer, vera).expect("passed on");
    assert_eq!(world.device("Анна").words(order), "Отказ будет отправлен, предложили: Вера");
    world.device("Анна").online().sync();
    // What she declined is not hers: card, telephone and door code are gone from her phone.
    assert!(world.device("Анна").device.order(order).is_none());
    assert!(!world.device("Борис").sync().is_asked(order), "he is not the one");
    hers.sync().unwrap();
    let asked = hers.offers();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].app_until, world.now().plus_s(300), "five minutes, from now");
    let history = world.page(order).lines();
    assert!(history.contains("предлагает спросить — Вера"), "{history}");
    // She is silent: her telephone rings, as anybody's does, though the district is not hers.
    world.minutes(5);
    assert_eq!(world.page(order).state, "calling");
    hers.answer(asked[0].offer, true, "").unwrap();
    hers.sync().unwrap();
    assert_eq!(holder_of(&mut world, order), "Вера");
}

#[test]
fn whoever_declined_is_not_asked_again_because_a_colleague_names_him() {
    let Some(mut world) = World::new(Database::Sqlite) else { return };
    let order = world.order("1", DAY, &[METER]);
    world.device("Анна").sync().decline(order).sync();
    world.device("Борис").sync();
    let offer = world.device("Борис").device.offers()[0].offer;
    let anna = world.device("Анна").device.person;
    world.device("Борис").device.forward(offer, anna).expect("passed on");
    world.device("Борис").sync();
    assert!(!world.device("Анна").sync().is_asked(order));
    assert_eq!(world.page(order).state, "nobody");
}
