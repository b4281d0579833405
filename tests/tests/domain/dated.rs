//! When a sheet was signed, by its phone and by what the server heard of the phone meanwhile.

use serde_json::{Value, json};
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::SealBody;
use vyezd_story::on_both_databases;
use vyezd_tests::Database;
use vyezd_tests::raw::{Bend, RawPhone, evidence};

use crate::attack::{hostile, sheet, sign};
use crate::forged::{body, is_asked, next};

#[on_both_databases]
fn a_sheet_is_not_dated_before_a_contact_that_did_not_bring_it(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let earlier = world.now().plus_s(60);
    world.minutes(30);
    raw.sync(&world);
    world.minutes(1);
    let back = |body: &mut SealBody| body.at = evidence(earlier);
    sign(&world, &mut raw, order, body(&back));
    is_asked(&mut world, order, "без листа");
    // Nor with a contact before the phone was there.
    let order = next(&mut world, &mut raw, "5402");
    sign(&world, &mut raw, order, body(&|body| body.at.since_contact_ms = Some(1 << 40)));
    is_asked(&mut world, order, "раньше, чем появился телефон");
}

#[on_both_databases]
fn contacts_that_repeat_old_work_count_and_outlive_a_restart(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let label = vyezd_core::model::LabelKey::new("рядом").unwrap();
    let repeated = raw.batch(order, &[Edit::SetLabel { label, on: true }]);
    let earlier = world.now().plus_s(60);
    for _ in 0..10 {
        world.minutes(1);
        let said = raw.send(&world, vec![repeated.clone()]);
        assert!(said.iter().all(|one| one.code.is_empty()), "{said:?}");
    }
    let back = |body: &mut SealBody| body.at = evidence(earlier);
    sign(&world, &mut raw, order, body(&back));
    is_asked(&mut world, order, "без листа");

    let order = next(&mut world, &mut raw, "5702");
    let earlier = world.now();
    world.minutes(10);
    raw.sync(&world);
    world.run(vyezd_server::timers::housekeeping(&world.app)).unwrap();
    world.restart(|_| {});
    let back = |body: &mut SealBody| body.at = evidence(earlier);
    sign(&world, &mut raw, order, body(&back));
    is_asked(&mut world, order, "без листа");
    // An honest one is not: signed, carried about, brought at last; looked at again much later it stands as it came.
    let order = next(&mut world, &mut raw, "5703");
    let (_, seal) = raw.seal(world.now(), order, Bend::default());
    world.minutes(90);
    raw.write(&world, order, &[seal]);
    let (state, problem) = sheet(&mut world, order);
    assert_eq!(state, "issued", "{problem}");
}

#[on_both_databases]
fn a_sheet_that_waited_for_something_else_is_not_late_when_it_is_looked_at_again(
    database: Database,
) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let (_, seal) = raw.seal(world.now(), order, Bend::default());
    let price = |card: &mut Value| card["client"] = json!("Кто-то другой");
    // The office changed the client, the phone heard of it and signed the old name.
    crate::attack::change_card(&mut world, order, price);
    raw.write(&world, order, &[seal]);
    let (state, _) = sheet(&mut world, order);
    assert_eq!(state, "issued", "what the phone was told last is honest");
    let order = next(&mut world, &mut raw, "5802");
    let forge: &dyn Fn(&mut vyezd_core::doc::view::SealedView) =
        &|view| "Петров Пётр".clone_into(&mut view.client);
    sign(&world, &mut raw, order, Bend { view: Some(forge), body: None });
    is_asked(&mut world, order, "клиент");
    for _ in 0..10 {
        world.minutes(5);
        raw.sync(&world);
    }
    let id = world.page(order).id.clone();
    let asked = world.office.get("/v1/conflicts").unwrap();
    let one = asked.as_array().unwrap().iter().find(|one| one["order"] == id).unwrap().clone();
    let path = format!("/v1/conflicts/{}/decide", one["id"].as_str().unwrap());
    let said = world.office.post(&path, &json!({ "choice": "recheck" }));
    let said = format!("{said:?}");
    assert!(said.contains("клиент") && !said.contains("без листа"), "{said}");
}

#[on_both_databases]
fn a_phone_signs_nothing_after_its_access_was_taken_away(database: Database) {
    let Some((mut world, mut raw, order)) = hostile(database) else { return };
    let path = format!("/v1/devices/{}/revoke", raw.device);
    let mut second = RawPhone::enrol(&mut world, "Анна");
    second.sync(&world);
    second.offers.clone_from(&raw.offers);
    world.office.post(&path, &json!({})).unwrap();
    world.minutes(1);
    let (_, seal) = raw.seal(world.now(), order, Bend::default());
    assert_eq!(second.write(&world, order, &[seal]), "");
    is_asked(&mut world, order, "отозван доступ");
}
