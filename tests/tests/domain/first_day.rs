//! The story of the first day, over real HTTP, on both databases: two phones, one offline for a whole
//! visit, four instruments of which one is unfit, one order declined and taken by the other, one
//! accepted by a key after five minutes.

use serde_json::{Value, json};
use vyezd_core::model::OrderId;
use vyezd_tests::page::Page;
use vyezd_tests::{Database, World, readings};

const DAY: &str = "2026-08-26";

fn texts<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().into_iter().flatten().filter_map(|item| item[key].as_str()).collect()
}

/// Whoever has an open offer of the order.
fn asked(world: &mut World, order: OrderId) -> &'static str {
    let names = ["Анна", "Борис"];
    let found: Vec<&str> =
        names.into_iter().filter(|name| world.device(name).sync().is_asked(order)).collect();
    assert_eq!(found.len(), 1, "one person is asked at a time");
    found[0]
}

fn other(name: &str) -> &'static str {
    if name == "Анна" { "Борис" } else { "Анна" }
}

fn first_day(database: Database) {
    let Some(mut world) = World::new(database) else { return };

    // An order with two instruments: accepted and worked through without any network.
    let two = world.order(
        "1001",
        DAY,
        &[("16078-13", "СХВ-15", "08812345"), ("16078-13", "СГВ-15", "0000457")],
    );
    let who = asked(&mut world, two);
    world.device(who).offline().accept(two);
    assert_eq!(world.page(two).state, "offered", "the answer has not travelled");
    assert_eq!(world.device(who).words(two), "Ждёт подтверждения");
    let typed = [readings::fit("1001", "08812345"), readings::unfit("1001", "0000457")].concat();
    let before = world.device(who).visit(two, &typed).unsent();
    assert!(before > 10, "everything is kept on the phone: {before}");
    world.minutes(2);
    world.device(who).online().sync();
    assert_eq!(world.device(who).unsent(), 0, "everything went up by itself");
    world.tick();
    assert_eq!(world.device(who).sync().words(two), "Заявка ваша");

    // One is declined and taken by the other.
    let declined = world.order("1002", DAY, &[("60780-15", "ТРИТОН-УЛЬТРА", "А-1")]);
    let first = asked(&mut world, declined);
    world.device(first).decline(declined).sync();
    assert_eq!(asked(&mut world, declined), other(first));
    world.device(other(first)).accept(declined).sync();
    let page = world.page(declined);
    assert_eq!(page.holder(), other(first));
    let states: Vec<&str> = page.offers.iter().map(|offer| offer.state.as_str()).collect();
    assert_eq!(states, ["declined", "accepted"]);

    // One is silent for five minutes: the telephone rings, not a second earlier, and a key accepts.
    let rung = world.order("1003", DAY, &[("38760-08", "СВ-15Х", "А-55-0113")]);
    let silent = asked(&mut world, rung);
    world.seconds(299);
    assert_eq!(world.office.get("/v1/calls").unwrap(), json!([]));
    world.seconds(1);
    let calls = world.office.get("/v1/calls").unwrap();
    assert_eq!(texts(&calls, "person"), [silent]);
    let call = calls[0]["id"].as_str().unwrap();
    let heard =
        world.office.post(&format!("/v1/calls/{call}/keys"), &json!({ "key": "1" })).unwrap();
    assert_eq!(heard["says"], json!("Заявка ваша"));
    assert_eq!(world.office.get("/v1/calls").unwrap(), json!([]), "nothing rings any more");
    world.device(silent).sync();

    for (order, number, serial, holder) in
        [(declined, "1002", "А-1", other(first)), (rung, "1003", "А-55-0113", silent)]
    {
        world.device(holder).visit(order, &readings::fit(number, serial)).sync();
    }
    world.tick();

    papers(&mut world, &[two, declined, rung]);
    package(&mut world);
    nothing_lost_or_doubled(&mut world, &[two, declined, rung]);
}

fn papers(world: &mut World, orders: &[OrderId]) {
    let mut kinds: Vec<String> = Vec::new();
    let mut numbers: Vec<String> = Vec::new();
    for order in orders {
        let page = world.page(*order);
        assert_eq!(page.state, "done", "{page:?}");
        for paper in page.papers {
            if paper.kind != "sheet" {
                numbers.push(format!("{} {}", paper.kind, paper.number));
            }
            let pdf = world.office.download(&format!("/v1/papers/{}", paper.id)).unwrap();
            kinds.push(paper.kind);
            assert!(pdf.starts_with(b"%PDF-") && pdf.len() <= 60_000, "{} bytes", pdf.len());
        }
        let token = page.sheets[0].link.rsplit('/').next().unwrap();
        let sheet = world.office.get(&format!("/v1/public/sheets/{token}")).unwrap();
        assert_eq!(sheet["fund"], json!("номер будет присвоен ФИФ ОЕИ"));
    }
    let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    let counts = ["protocol", "certificate", "notice", "sheet"].map(count);
    assert_eq!(counts, [4, 3, 1, 3]);
    let all = numbers.len();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), all, "a number is used once");
    let zip = world.office.download(&format!("/v1/papers.zip?from={DAY}")).unwrap();
    assert!(zip.starts_with(b"PK"));
}

fn package(world: &mut World) {
    let days = json!({ "from": DAY, "to": DAY });
    let made = world.office.post("/v1/packages", &days).unwrap();
    assert_eq!(made["packages"][0]["records"], json!(4), "{made}");
    assert_eq!(made["left_out"], json!([]));
    let id = made["packages"][0]["id"].as_str().unwrap().to_owned();
    let again = world.office.post("/v1/packages", &days).unwrap();
    assert_eq!(again["packages"], json!([]), "a verification is in at most one live package");
    let once = world.office.download(&format!("/v1/packages/{id}")).unwrap();
    assert_eq!(once, world.office.download(&format!("/v1/packages/{id}")).unwrap());
    let xml = String::from_utf8(once).unwrap();
    assert_eq!(xml.matches("<result>").count(), 4);
    assert_eq!(xml.matches("<inapplicable>").count(), 1);
    assert_eq!(xml.matches("<validDate>").count(), 3, "an unfit instrument has no end of validity");
    assert!(!xml.contains("Кузнецова"), "a citizen is never named in a public register");
}

fn nothing_lost_or_doubled(world: &mut World, orders: &[OrderId]) {
    let seen: Vec<Page> = orders.iter().map(|order| world.page(*order)).collect();
    for name in ["Анна", "Борис"] {
        world.device(name).sync().sync();
        assert_eq!(world.device(name).unsent(), 0);
    }
    world.minutes(30);
    for (order, before) in orders.iter().zip(seen) {
        let after = world.page(*order);
        assert_eq!(after.papers, before.papers);
        assert_eq!(after.history, before.history);
        // What the phone holds is what the server holds.
        let chunks = world
            .run(async { world.app.store.read().await.unwrap().chunks(*order, 0).await.unwrap() });
        let server = vyezd_core::doc::Document::load(&chunks.concat()).unwrap().read().0;
        let holder = after.holder().to_owned();
        assert_eq!(world.device(&holder).device.order(*order).unwrap().document, server);
    }
}

#[test]
fn first_day_on_sqlite() {
    first_day(Database::Sqlite);
}

#[test]
fn first_day_on_postgres() {
    first_day(Database::Postgres);
}
