//! The office's list of orders: any number of pages, and a search as people speak.

use serde_json::{Value, json};
use vyezd_story::on_both_databases;
use vyezd_tests::World;

use crate::paper::{ORDER_HEAD, order_row};

fn found(world: &mut World, query: &str) -> Vec<String> {
    let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let list = world.office.get(&format!("/v1/orders?q={encoded}")).unwrap();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|order| order["number"].as_str().unwrap().to_owned()).collect()
}

#[on_both_databases]
fn a_search_understands_people(mut world: World) {
    let first = order_row("801", "16078-13", "СХВ-15", "00451207")
        .replace("+7 900 555-00-01", "+7 927 110-45-67")
        .replace("ул. Тархова, д. 801", "ул. Лермонтова, д. 25, кв. 14");
    let second = order_row("802", "16078-13", "СХВ-15", "00459999")
        .replace("ул. Тархова, д. 802", "ул. Лермонтова, д. 125, кв. 114");
    let both = format!("{ORDER_HEAD}\n{first}{second}");
    assert!(both.contains("110-45-67") && both.contains("д. 125"), "{both}");
    world.office.upload("/v1/import/orders", both.as_bytes()).unwrap();
    for (query, numbers) in [
        ("45-67", &["801"][..]),
        ("8 (927) 110-45-67", &["801"]),
        ("Лермонтова 25-14", &["801"]),
        ("лермонтова, 25", &["801"]),
        ("ул. Лермонтова", &["801", "802"]),
        ("1207", &["801"]),
        ("Лермонтова 9", &[]),
        ("100%", &[]),
        ("_", &[]),
    ] {
        assert_eq!(found(&mut world, query), numbers, "{query}");
    }
}

#[on_both_databases]
fn a_page_goes_on_behind_the_last_order_whatever_comes_meanwhile(mut world: World) {
    for number in 1..=7 {
        let day = format!("2026-08-{:02}", 25 + number % 3);
        world.order(&number.to_string(), &day, &[("16078-13", "СХВ-15", "08812345")]);
    }
    for sort in ["time", "newest"] {
        let (mut seen, mut after, mut pages): (Vec<Value>, _, _) = (Vec::new(), String::new(), 0);
        loop {
            let path = format!("/v1/orders?sort={sort}&limit=3&after={after}");
            let page = world.office.get(&path).unwrap();
            seen.extend(page["items"].as_array().unwrap().iter().cloned());
            pages += 1;
            if pages == 1 {
                // One comes in before the page that was read.
                let day = if sort == "time" { "2026-08-01" } else { "2026-12-31" };
                let late = format!("late-{sort}");
                world.order(&late, day, &[("16078-13", "СХВ-15", "08812345")]);
            }
            let Some(next) = page["next"].as_str() else { break };
            next.clone_into(&mut after);
        }
        let mut numbers: Vec<&str> = seen.iter().map(|of| of["number"].as_str().unwrap()).collect();
        let days: Vec<&str> = seen.iter().map(|of| of["date"].as_str().unwrap()).collect();
        let ordered = if sort == "time" { days.is_sorted() } else { days.iter().rev().is_sorted() };
        assert!(ordered, "{days:?}");
        numbers.retain(|number| !number.starts_with("late"));
        numbers.sort_unstable();
        assert_eq!(numbers, ["1", "2", "3", "4", "5", "6", "7"], "{sort}: each once");
    }
    let none = world.office.get("/v1/orders?limit=200").unwrap();
    assert_eq!((none["next"].clone(), none["total"].clone()), (json!(null), json!(9)));
}
