//! Nothing is signed half done: each instrument is verified, or passed over with a reason.

use serde_json::json;
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
