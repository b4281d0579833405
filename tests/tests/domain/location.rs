//! Where metrologists are, as far as they let it be known; how far it is to the next address. Everything with its
//! age, and nothing kept longer than a shift.

use serde_json::{Value, json};
use vyezd_core::client::{Colleagues, ETA_STALE_S, EtaFromHere, Input};
use vyezd_core::frame::{LOCATION_RETENTION_HOURS, LocationReport, Request};
use vyezd_core::model::{InstallId, Now, OrderId, Place, TimeEvidence, Timestamp};
use vyezd_server::{sync, timers};
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, PhoneActor, World};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");
/// At the door of the stories' building.
const DOOR: Place = Place { lat_e6: 51_533_120, lon_e6: 46_034_450, accuracy_m: 12 };
/// About 4.4 km north of it.
const FAR: Place = Place { lat_e6: 51_573_120, lon_e6: 46_034_450, accuracy_m: 30 };

fn report_location(
    hand: PhoneActor<'_>,
    place: impl Into<Option<Place>>,
    order: Option<OrderId>,
    share: bool,
) {
    let input = Input::ReportLocation { place: place.into(), order, share };
    hand.device.phone.handle(input).expect("kept");
}

fn colleagues_nearby(world: &mut World, who: &str) -> Colleagues {
    let phone = &mut world.device(who).device.phone;
    let now = phone.now();
    phone.client().colleagues_nearby(now)
}

fn refresh_colleagues(world: &mut World, who: &str) -> Colleagues {
    world.device(who).device.phone.handle(Input::RefreshColleagues).expect("asked");
    world.device(who).sync();
    colleagues_nearby(world, who)
}

fn eta(world: &mut World, who: &str, order: OrderId) -> Option<EtaFromHere> {
    let phone = &mut world.device(who).device.phone;
    let now = phone.now();
    phone.client().eta(now, order)
}

fn in_office(world: &mut World, who: &str) -> Value {
    let people = world.office.get("/v1/people").expect("people");
    let found = people.as_array().unwrap().iter().find(|person| person["name"] == json!(who));
    found.expect("a person")["seen"].clone()
}

#[on_both_databases]
fn colleagues_and_office_see_the_newest_place_with_its_age_and_only_while_the_person_likes(
    mut world: World,
) {
    let nobody = refresh_colleagues(&mut world, "Борис");
    assert_eq!((nobody.all.len(), nobody.all[0].place, nobody.age_s), (1, None, Some(0)));

    // She presses a button in a cellar; the server hears of it twenty minutes later.
    report_location(world.device("Анна").offline(), FAR, None, true);
    report_location(world.device("Анна"), DOOR, None, true);
    world.minutes(20);
    assert_eq!(world.device("Анна").unsent(), 0, "it is no work that could be lost");
    world.device("Анна").online().sync();
    let seen = refresh_colleagues(&mut world, "Борис");
    assert_eq!((seen.all[0].place, seen.all[0].age_s), (Some(DOOR), Some(20 * 60)));
    assert_eq!(seen.all[0].eta, None, "he does not know where he is himself");
    assert_eq!(in_office(&mut world, "Анна")["place"], json!("51.533120, 46.034450"));

    // He keeps his own place to himself: it serves him, and nobody else hears of it.
    report_location(world.device("Борис"), FAR, None, false);
    let there = colleagues_nearby(&mut world, "Борис").all[0].eta.expect("a way");
    assert_eq!((there.eta.metres, there.eta.minutes, there.eta.on_foot), (4_448, 18, false));
    world.device("Борис").offline();
    world.minutes(10);
    let older = colleagues_nearby(&mut world, "Борис");
    assert_eq!((older.all[0].age_s, older.age_s), (Some(30 * 60), Some(10 * 60)));
    assert_eq!(older.all[0].eta.map(|there| there.age_s), Some(10 * 60));
    world.device("Борис").online().sync();
    assert_eq!(in_office(&mut world, "Борис"), Value::Null);
    assert_eq!(refresh_colleagues(&mut world, "Анна").all[0].place, None);

    // She has had enough; a word of hers that comes late does not bring it back.
    report_location(world.device("Анна"), None, None, false);
    let person = world.device("Анна").device.person;
    let mut old = world.enrol(person, "Анна");
    world.device("Анна").sync();
    assert_eq!(refresh_colleagues(&mut world, "Борис").all[0].place, None);
    assert_eq!(in_office(&mut world, "Анна"), Value::Null);
    report_location(PhoneActor { device: &mut old }, DOOR, None, true);
    world.seconds(1);
    report_location(world.device("Анна"), None, None, false);
    world.device("Анна").sync();
    old.sync().unwrap();
    assert_eq!(refresh_colleagues(&mut world, "Борис").all[0].place, None);
}

/// How many places the server has, of whatever age.
fn kept(world: &World) -> usize {
    world.run(async {
        let mut tx = world.app.store.read().await.expect("a transaction");
        tx.person_places(Timestamp(0)).await.expect("places").len()
    })
}

#[on_both_databases]
fn a_place_is_of_its_shift_and_nothing_older_is_told_or_kept(mut world: World) {
    report_location(world.device("Анна"), DOOR, None, true);
    world.device("Анна").sync();
    world.minutes(LOCATION_RETENTION_HOURS * 60);
    assert_eq!(refresh_colleagues(&mut world, "Борис").all[0].place, Some(DOOR), "to the minute");
    world.device("Борис").offline();
    world.minutes(1);
    assert_eq!(colleagues_nearby(&mut world, "Борис").all[0].place, None, "his phone knows it too");
    world.device("Борис").online();
    assert_eq!(refresh_colleagues(&mut world, "Борис").all[0].place, None);
    assert_eq!(in_office(&mut world, "Анна"), Value::Null);
    // What was said on another shift and arrives now is told to nobody.
    report_location(world.device("Анна").offline(), DOOR, None, true);
    world.minutes(LOCATION_RETENTION_HOURS * 60 + 1);
    world.run(timers::housekeeping(&world.app)).expect("tidied");
    world.device("Анна").online().sync();
    assert_eq!(refresh_colleagues(&mut world, "Борис").all[0].place, None);
    assert_eq!(kept(&world), 0, "and is not kept either");
    report_location(world.device("Анна"), DOOR, None, true);
    world.device("Анна").sync();
    assert_eq!(kept(&world), 1);
    world.minutes(LOCATION_RETENTION_HOURS * 60 + 1);
    world.run(timers::housekeeping(&world.app)).expect("tidied");
    assert_eq!(kept(&world), 0, "it goes by itself");
}

#[on_both_databases]
fn a_building_is_learnt_from_an_arrival_and_the_next_visit_knows_how_far_it_is(mut world: World) {
    let first = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(first).sync();
    report_location(world.device("Анна"), FAR, None, false);
    assert_eq!(eta(&mut world, "Анна", first), None, "nobody knows where the building is");
    // A vague place is no building's; one that was not shared neither.
    report_location(world.device("Анна"), Place { accuracy_m: 101, ..DOOR }, Some(first), true);
    world.device("Анна").sync();
    report_location(world.device("Анна"), DOOR, Some(first), false);
    world.device("Анна").sync();
    assert_eq!(world.page(first).place, "");
    // Another's order teaches nothing, though its card is still on her phone.
    let path = format!("/v1/orders/{first}/take-back");
    world.office.post(&path, &json!({ "reason": "заболела" })).expect("taken back");
    world.tick();
    world.device("Анна").sync();
    report_location(world.device("Анна"), FAR, Some(first), true);
    world.device("Анна").sync();
    let second = world.order("2", "2026-08-26", &[METER]);
    assert_eq!(world.page(second).place, "");
    world.device("Борис").sync().accept(first).sync();
    report_location(world.device("Борис"), DOOR, Some(first), true);
    world.device("Борис").sync();
    let third = world.order("3", "2026-08-26", &[METER]);
    assert_eq!(world.page(third).place, "51.533120, 46.034450");

    // Who holds fewer is asked first.
    if world.device("Борис").sync().is_asked(third) {
        world.device("Борис").decline(third).sync();
    }
    world.device("Анна").sync().accept(third).sync();
    report_location(world.device("Анна"), FAR, None, false);
    world.device("Анна").offline();
    world.minutes(8);
    let there = eta(&mut world, "Анна", third).expect("a way");
    assert_eq!((there.eta.metres, there.eta.minutes, there.age_s), (4_448, 18, 8 * 60));
    world.seconds(ETA_STALE_S - 8 * 60);
    assert!(eta(&mut world, "Анна", third).is_some(), "to the second");
    world.seconds(1);
    assert_eq!(eta(&mut world, "Анна", third), None, "too old to say anything");
}

#[on_both_databases]
fn two_arrivals_far_apart_teach_nobody_where_a_building_is(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync();
    let place = |world: &mut World| world.page(order).place.clone();
    let arrive = |world: &mut World, at: Place| {
        world.minutes(1);
        report_location(world.device("Анна"), at, Some(order), true);
        world.device("Анна").sync();
    };
    let number = |world: &mut World, n: &str| {
        let next = world.order(n, "2026-08-26", &[METER]);
        world.page(next).place.clone()
    };
    arrive(&mut world, DOOR);
    arrive(&mut world, Place { lat_e6: DOOR.lat_e6 + 2_000, ..DOOR });
    assert_eq!(number(&mut world, "2"), json!("51.535120, 46.034450"), "another entrance");
    arrive(&mut world, FAR);
    assert_eq!(number(&mut world, "3"), json!(""), "{}", place(&mut world));
    let said = world.office.get("/v1/incidents").unwrap().to_string();
    assert!(said.contains("building_elsewhere") && said.contains("Анна"), "{said}");
    arrive(&mut world, DOOR);
    assert_eq!(number(&mut world, "4"), json!("51.533120, 46.034450"));
}

#[on_both_databases]
fn a_word_without_a_place_counts_from_when_it_is_heard(mut world: World) {
    report_location(world.device("Анна"), DOOR, None, true);
    world.device("Анна").sync();
    assert_ne!(in_office(&mut world, "Анна"), Value::Null);
    // She takes it back on a phone whose clock is a day behind.
    let at = world.now().plus_s(-24 * 3600);
    let wall = Now { wall: at, mono_ms: 0, boot: 7 };
    let device = world.device("Анна").device.phone.device();
    let install = InstallId::from_bytes([7; 16]);
    let said = LocationReport { place: None, order: None, at: TimeEvidence::of(wall, None) };
    let request = Request { location: Some(said), ..Request::empty(install) };
    world.run(sync::handle_sync_request(&world.app, device, request)).expect("an answer");
    assert_eq!(in_office(&mut world, "Анна"), Value::Null);
}

#[on_both_databases]
fn what_is_switched_off_elsewhere_is_taken_back(mut world: World) {
    let shares =
        |world: &mut World| world.device("Анна").device.phone.client().status().shares_place;
    report_location(world.device("Анна"), DOOR, None, true);
    assert!(shares(&mut world), "said, or about to be");
    world.device("Анна").sync();
    world.minutes(30);
    // Another phone of hers says no; this one is told how she likes the app, sees that it said otherwise,
    // and takes it back.
    report_location(world.device("Анна").offline(), FAR, None, true);
    let person = world.device("Анна").device.person;
    let mut other = world.enrol(person, "Анна");
    report_location(PhoneActor { device: &mut other }, None, None, false);
    other.sync().unwrap();
    assert_eq!(in_office(&mut world, "Анна"), Value::Null);
    world.device("Анна").online().sync();
    assert!(shares(&mut world));
    report_location(world.device("Анна"), None, None, false);
    assert!(!shares(&mut world));
    world.device("Анна").sync();
    assert_eq!(in_office(&mut world, "Анна"), Value::Null);
}

#[on_both_databases]
fn arrivals_of_a_day_without_a_network_teach_all_their_buildings(mut world: World) {
    let streets = ["Чапаева", "Рахова"];
    let enter = |world: &mut World, street: &str| -> OrderId {
        let card = json!({
            "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned",
            "district": "Ленинский", "address": format!("г. Саратов, ул. {street}, д. 8, кв. 1"),
        });
        let page = world.office.post("/v1/orders", &card).expect("entered");
        page["id"].as_str().unwrap().parse().unwrap()
    };
    let orders = streets.map(|street| {
        let order = enter(&mut world, street);
        if world.device("Борис").sync().is_asked(order) {
            world.device("Борис").decline(order).sync();
        }
        world.device("Анна").sync().accept(order).sync();
        order
    });
    world.device("Анна").offline();
    for (order, place) in orders.into_iter().zip([DOOR, FAR]) {
        report_location(world.device("Анна"), place, Some(order), true);
        world.minutes(40);
        report_location(world.device("Анна"), place, None, true);
    }
    world.device("Анна").online().sync();
    for (street, place) in streets.into_iter().zip([DOOR, FAR]) {
        let order = enter(&mut world, street);
        assert_eq!(world.page(order).place, json!(place.to_string()), "{street}");
    }
}

#[test]
fn the_office_may_say_where_a_building_is() {
    let Some(mut world) = World::new(Database::Sqlite) else { return };
    let mut card = json!({
        "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned", "district": "Ленинский",
        "address": "г. Саратов, ул. Чапаева, д. 8",
    });
    card["place"] = json!("за углом");
    let error = world.office.post("/v1/orders", &card).expect_err("no place").to_string();
    assert!(error.contains("широта и долгота"), "{error}");
    card["place"] = json!("51,573120 46,034450");
    let page = world.office.post("/v1/orders", &card).expect("entered");
    assert_eq!(page["place"], "51.573120, 46.034450");
    let order: OrderId = page["id"].as_str().unwrap().parse().unwrap();
    world.device("Анна").sync();
    if !world.device("Анна").is_asked(order) {
        // The other one holds fewer.
        world.device("Борис").sync().decline(order).sync();
    }
    world.device("Анна").sync().accept(order).sync();
    report_location(world.device("Анна"), DOOR, None, false);
    let there = eta(&mut world, "Анна", order).expect("a way");
    assert_eq!(there.eta.metres, 4_448);
    world.device("Анна").device.phone.handle(Input::LogOut).expect("she goes");
    assert_eq!(eta(&mut world, "Анна", order), None, "nobody's data is shown");
    assert!(colleagues_nearby(&mut world, "Анна").all.is_empty());
}
