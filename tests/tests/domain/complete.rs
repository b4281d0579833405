//! Nothing is signed half done: each instrument is verified, or passed over with a reason.

use serde_json::json;
use vyezd_people::Visit;
use vyezd_story::on_both_databases;
use vyezd_tests::{World, readings};

const METERS: [(&str, &str, &str); 2] =
    [("16078-13", "СХВ-15", "08812345"), ("16078-13", "СГВ-15", "0000457")];

#[on_both_databases]
fn a_visit_is_not_closed_while_an_instrument_is_open(mut world: World) {
    let order = world.order("1001", "2026-08-26", &METERS);
    let names = ["Анна", "Борис"];
    let asked = names.into_iter().find(|name| world.device(name).sync().is_asked(order));
    let who = asked.expect("somebody is asked");
    world.device(who).accept(order).sync();

    let why = world.device(who).cannot_sign(order);
    assert!(why.contains("прибор"), "it names the instrument: {why}");
    assert!(why.contains("не указано"), "and what is missing: {why}");
    assert_eq!(world.page(order).state, "accepted");

    // One is measured whole; of the other a point is missing, and it is passed over for that.
    let mut typed = readings::fit("1001", "08812345");
    typed.extend(readings::fit("1001", "0000457").into_iter().take(2));
    world.device(who).visit(order, &typed).sync();
    world.tick();
    let page = world.page(order);
    assert_eq!(page.state, "done");
    assert_eq!(page.kinds().iter().filter(|kind| **kind == "protocol").count(), 1);
    let verdicts = json!(page.sheets[0].instruments).to_string();
    assert!(verdicts.contains("нет измерения в точке Qнаиб"), "the reason is read");
}

#[on_both_databases]
fn a_number_that_the_template_does_not_print_stops_the_signature(mut world: World) {
    let template = |world: &World, text: &str| {
        let app = world.app.clone();
        let text = text.to_owned();
        world.run(async move {
            let mut tx = app.store.begin().await.unwrap();
            let mut entity = tx.entities().await.unwrap().remove(0);
            entity.templates.protocol = text;
            tx.put_entity(&entity).await.unwrap();
            tx.commit().await.unwrap();
        });
    };
    let order = world.order("1", "2026-08-26", &METERS[..1]);
    let names = ["Анна", "Борис"];
    let asked = names.into_iter().find(|name| world.device(name).sync().is_asked(order));
    let who = asked.expect("somebody is asked");
    // The office's form refuses it; an older database may hold it.
    template(&world, "без года {номер}");
    world.device(who).accept(order).sync();
    let typed = readings::fit("1", "08812345");
    let visit = Visit { order, readings: &typed, received_kop: None, offline: false, code: None };
    let left = |world: &mut World| world.device(who).device.phone.client().status().numbers_left;
    let before = format!("{:?}", left(&mut world));
    let why = world.device(who).device.visit(&visit).unwrap_err().to_string();
    assert!(why.contains("номер не напечатать (протокол): в шаблоне нет «{ГГГГ}»"), "{why}");
    assert_eq!(format!("{:?}", left(&mut world)), before, "no number is used up");
    assert!(world.device(who).sync().device.order(order).unwrap().document.seals.is_empty());
}
