//! The history of an order: what was changed, from what to what, and remarks of the office.

use serde_json::{Value, json};
use vyezd_core::model::{OrderId, rubles};
use vyezd_server::limits::office::COMMENTS_MAX;
use vyezd_story::on_both_databases;
use vyezd_tests::World;

use crate::office_trust::{expect, said};

const METERS: [(&str, &str, &str); 1] = [("16078-13", "СХВ-15", "08812345")];

fn page(world: &mut World, order: OrderId) -> Value {
    world.office.get(&format!("/v1/orders/{order}")).expect("the order")
}

fn last(page: &Value) -> (&str, bool) {
    let line = page["history"].as_array().unwrap().last().unwrap();
    (line["what"].as_str().unwrap(), line["comment"].as_bool().unwrap())
}

fn change(world: &mut World, order: OrderId, change: impl FnOnce(&mut Value)) -> Value {
    let mut card = page(world, order);
    card["instruments"] = card["expected"].clone();
    change(&mut card);
    let path = format!("/v1/orders/{order}");
    let version = format!("\"{}\"", card["version"]);
    let said = world.office.send("PUT", &path, &[("if-match", &version)], &card).unwrap();
    assert_eq!(said.status, 200, "{}", said.json());
    said.json()
}

#[on_both_databases]
fn a_changed_card_says_from_what_to_what(mut world: World) {
    let order = world.order("1001", "2026-08-26", &METERS);
    let seen = change(&mut world, order, |card| {
        card["price_kop"] = json!(250_000);
        card["entrance"] = json!("2");
    });
    let what = last(&seen).0;
    let [was, is] = [180_000, 250_000].map(|sum| rubles(sum).replace('\u{a0}', " "));
    assert_eq!(what, format!("Карточка изменена: подъезд — → 2; цена {was} → {is}"));
    let seen = change(&mut world, order, |card| {
        card["instruments"][0]["serial_number"] = json!("08812346");
        let more =
            json!({ "type_number": "16078-13", "modification": "СГВ-15", "serial_number": "77" });
        card["instruments"].as_array_mut().unwrap().push(more);
    });
    let what = last(&seen).0;
    let words = "прибор № 08812345: номер 08812345 → 08812346; прибор № 77 добавлен";
    assert!(what.ends_with(words), "{what}");
    let seen = change(&mut world, order, |card| {
        card["instruments"].as_array_mut().unwrap().pop();
        card["note"] = json!("б".repeat(300));
    });
    let what = last(&seen).0;
    assert!(what.contains("прибор № 77 убран") && what.contains("бб…"), "{what}");
    assert!(what.chars().count() < 200, "{what}");
    let seen = change(&mut world, order, |_| ());
    assert_eq!(last(&seen).0, "Карточка сохранена без изменений");
    let body = json!({ "date": "2026-08-28", "window": "12:00-14:00", "reason": "просила позже" });
    world.office.post(&format!("/v1/orders/{order}/postpone"), &body).unwrap();
    let what = last(&page(&mut world, order)).0.to_owned();
    assert!(what.starts_with("Перенесена на 28.08.2026 12:00–14:00 с 26.08.2026 "), "{what}");
}

#[on_both_databases]
fn remarks_of_the_office_stand_in_the_history_also_of_a_closed_order(mut world: World) {
    let order = world.order("1001", "2026-08-26", &METERS);
    let path = format!("/v1/orders/{order}/comments");
    let text = json!({ "text": "Просила перезвонить\nпосле шести" });
    let seen = world.office.post(&path, &text).unwrap();
    assert_eq!(last(&seen), ("Просила перезвонить\nпосле шести", true));
    world
        .office
        .post(&format!("/v1/orders/{order}/cancel"), &json!({ "reason": "уехала" }))
        .unwrap();
    assert!(!last(&page(&mut world, order)).1);
    let seen = world.office.post(&path, &json!({ "text": "Вернётся в октябре" })).unwrap();
    assert_eq!(last(&seen), ("Вернётся в октябре", true));
    expect(&said(&mut world, &path, &json!({ "text": " " })), 422, "field_required", "text");
    let long = "б".repeat(vyezd_core::model::CARD_TEXT_CHARS_MAX + 1);
    expect(&said(&mut world, &path, &json!({ "text": long })), 422, "too_long", "text");
    for n in 2..COMMENTS_MAX {
        world.office.post(&path, &json!({ "text": n.to_string() })).unwrap();
    }
    expect(&said(&mut world, &path, &json!({ "text": "ещё" })), 422, "too_many", "text");
}
