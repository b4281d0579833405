//! Entry from paper, one by one and from a table: nothing closes with a gap, and nothing is made up.

use serde_json::{Value, json};
use vyezd_core::doc::seal::{DecodedSeal, Seal, Signer};
use vyezd_core::model::{OrderId, Phase};
use vyezd_story::on_both_databases;
use vyezd_tests::World;

use crate::office_trust::{METER, expect, metrologist, paper, said};

pub(crate) const ORDER_HEAD: &str = "заявка;дата;окно;вид;срочность;клиент;телефон;район;адрес;рег_номер;модификация;заводской_номер;год_выпуска;вода;положение;цена_руб";
pub(crate) const READING_HEAD: &str = "заявка;заводской_номер;точка;расход_м3ч;начало_м3;конец_м3;эталон_м3;длительность_с;темп_воды_С;темп_воздуха_С;влажность_проц;давление_кПа;внешний_осмотр;опробование;герметичность;источник";

pub(crate) fn order_row(number: &str, kind: &str, modification: &str, serial: &str) -> String {
    format!(
        "{number};2026-08-26;09:00-11:00;поверка;плановая;Проба А. Б.;+7 900 555-00-01;Нигде;г. Саратов, ул. Тархова, д. {number};{kind};{modification};{serial};2020;холодная;горизонтально;900\n"
    )
}

/// The three rows of a fit instrument, begun at a dial.
pub(crate) fn readings(number: &str, serial: &str, dial: &str) -> String {
    let row = |point: &str, flow: &str, start: &str, end: &str, reference: &str| {
        format!(
            "{number};{serial};{point};{flow};{dial},{start};{dial},{end};{reference};;11,8;21,4;48;99,8;да;да;да;бумага\n"
        )
    };
    row("Qмин", "0,031", "3300", "3363", "0,0062")
        + &row("1,1Qп", "0,132", "3370", "3501", "0,0132")
        + &row("Qнаиб", "0,880", "3510", "3806", "0,0293")
}

pub(crate) fn find(world: &mut World, number: &str) -> OrderId {
    let list = world.office.get(&format!("/v1/orders?q={number}")).unwrap();
    let items = list["items"].as_array().unwrap();
    let found = items.iter().find(|order| order["number"] == number).unwrap();
    found["id"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn signed(world: &World, order: OrderId) -> DecodedSeal {
    let app = &world.app;
    let seals = world.run(async { app.store.read().await?.seals(order).await }).unwrap();
    Seal::decode(&seals.last().expect("a sheet").record).unwrap()
}

#[on_both_databases]
fn readings_that_match_no_instrument_close_no_order_and_the_corrected_file_does(mut world: World) {
    const CASES: [(&str, &str, &str, &str, &str, &str); 6] = [
        // number, type, modification, serial number, typed serial number, what the office is told
        ("91", "16078-13", "СХВ-15", "00451207", "451207", "№ 00451207"),
        ("92", "16078-13", "СХВ-15", "Б-17", "б-17", "№ Б-17"),
        ("93", "16078-13", "СХВ-15", "A123", "А123", "№ A123"),
        ("95", "16078-13", "CXB-15", "5", "5", "не найден в справочнике"),
        ("96", "16078-13", "СХВ-15", "6", "6", "сначала исправьте строки"),
        ("97", "16078-13", "СХВ-15", "7", "7", "нет показаний приборов № 8"),
    ];
    let (mut orders, mut wrong) = (format!("{ORDER_HEAD}\n"), format!("{READING_HEAD}\n"));
    for (number, kind, modification, serial, typed, _) in CASES {
        orders += &order_row(number, kind, modification, serial);
        let dial = if number == "96" { "1\u{a0}412" } else { "412" };
        wrong += &readings(number, typed, dial);
    }
    orders += &order_row("97", "16078-13", "СХВ-15", "8");
    orders += &order_row("98", "16078-13", "СХВ-15", "00450098");
    wrong += &readings("98", "00450098", "412");
    // A foreign dash in a type number has one meaning only.
    orders += &order_row("94", "16078–13", "СХВ-15", "4");
    wrong += &readings("94", "4", "412");
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    world.minutes(10 * 60);
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let done = world.office.upload(&path, wrong.as_bytes()).unwrap();
    world.tick();
    assert_eq!(done["taken"], 2, "{done}");
    let problems = done["problems"].as_array().unwrap().clone();
    for (number, _, _, _, _, told) in CASES {
        let order = find(&mut world, number);
        let page = world.page(order);
        assert!(page.sheets.is_empty() && page.papers.is_empty(), "{number}: {page:?}");
        assert_ne!(page.state, "done", "{number}");
        let mine: Vec<&Value> = problems.iter().filter(|of| of["order"] == number).collect();
        let words = format!("{mine:?}");
        assert!(words.contains(told), "{number}: {words}");
    }
    for good in ["94", "98"] {
        let good = find(&mut world, good);
        assert_eq!(world.page(good).state, "done", "one bad order harms no other");
    }

    let mut right = format!("{READING_HEAD}\n");
    for (number, _, _, serial, _, _) in CASES.iter().filter(|of| of.0 != "95") {
        right += &readings(number, serial, "412");
    }
    right += &readings("97", "8", "500");
    let done = world.office.upload(&path, right.as_bytes()).unwrap();
    world.tick();
    assert_eq!(done["taken"], 5, "{done}");
    let again = find(&mut world, "97");
    assert_eq!(world.page(again).kinds(), ["protocol", "protocol", "sheet"]);
}

#[on_both_databases]
fn what_a_paper_does_not_say_stays_blank(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let mut body = paper(&mut world, order, &anna);
    let path = format!("/v1/orders/{order}/readings");
    let fields = body.as_object_mut().unwrap();
    fields.remove("signer");
    fields.remove("received_kop");
    for check in ["visual", "operation", "tightness"] {
        let mut blank = body.clone();
        blank["instruments"][0].as_object_mut().unwrap().remove(check);
        expect(&said(&mut world, &path, &blank), 409, "visit_incomplete", "");
    }
    assert!(world.page(order).sheets.is_empty());
    assert_eq!(said(&mut world, &path, &body).0, 200);
    let DecodedSeal { body, view, .. } = signed(&world, order);
    let blank = Signer::Paper { name: String::new(), refusal: String::new() };
    assert_eq!((body.signer, body.consent), (blank, 0), "no word of a client, no consent");
    assert_eq!((view.received_kop, view.pay_method), (None, None));
    let app = &world.app;
    let chunks = world.run(async { app.store.read().await?.chunks(order, 0).await }).unwrap();
    let doc = vyezd_core::doc::Document::from_chunks(chunks.iter().map(Vec::as_slice)).unwrap();
    let (read, _) = doc.read();
    let mut found = read.visits.values().flat_map(|visit| visit.instruments.values());
    let found = found.find(|of| !of.measurements.is_empty()).expect("the typed instrument");
    let end = found.conditions.get(&Phase::End).cloned().unwrap_or_default();
    assert_eq!((end.air_c, end.pressure_kpa), (None, None), "no copied conditions");
    let page = world.page(order);
    assert_eq!(page.state, "done");
    assert!(page.lines().contains("кто подписал, не указано"), "{}", page.lines());
}

#[on_both_databases]
fn the_words_of_a_paper_are_kept_and_an_instrument_is_passed_over_by_name(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER, ("16078-13", "СГВ-15", "08812346")]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let mut body = paper(&mut world, order, &anna);
    let path = format!("/v1/orders/{order}/readings");
    let refused = world.office.send("POST", &path, &[], &body).unwrap().json();
    assert_eq!(refused["code"], "visit_incomplete");
    assert!(refused["message"].as_str().unwrap().contains("№ 08812346"), "{refused}");
    let mut second = body["instruments"][0].clone();
    second["id"] = world.page(order).expected[1]["id"].clone();
    second["modification"] = json!("СГВ-15");
    second["serial_number"] = json!("08812346");
    second["rows"] = json!([]);
    second["passed_over"] = json!("доступа к прибору нет, зашит коробом");
    body["instruments"].as_array_mut().unwrap().push(second);
    body["signer"] = json!("");
    body["refusal"] = json!("клиента не было дома, открыл сосед");
    body["pay_method"] = json!("invoice");
    assert_eq!(said(&mut world, &path, &body).0, 200);
    let DecodedSeal { body, view, .. } = signed(&world, order);
    assert!(matches!(&body.signer, Signer::Paper { refusal, .. } if refusal.contains("сосед")));
    assert_eq!(view.pay_method.map(|method| method.russian()), Some("по счёту"));
    let reasons: Vec<&String> = view.instruments.iter().flat_map(|of| &of.reasons).collect();
    assert_eq!(reasons, ["доступа к прибору нет, зашит коробом"]);
    let page = world.page(order);
    assert!(page.lines().contains("подписи нет — клиента не было дома"), "{}", page.lines());
}

#[on_both_databases]
fn a_choice_of_means_is_the_typists(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let path = format!("/v1/orders/{order}/readings");
    let second = json!({ "title": "Установка переносная УПСЖ-3П вторая", "kind": "mieta",
        "number": "72850.18.3Р.00701886", "serial_number": "0118",
        "valid_from": "2026-01-01", "valid_until": "2027-12-31" });
    world.office.post("/v1/firm/means", &second).unwrap();
    let mut body = paper(&mut world, order, &anna);
    expect(&said(&mut world, &path, &body), 422, "field_invalid", "means");
    let who = anna["id"].as_str().unwrap();
    let list = world.office.get(&format!("/v1/means?person={who}&date=2026-08-26")).unwrap();
    let all: Vec<Value> = list.as_array().unwrap().iter().map(|of| of["id"].clone()).collect();
    body["means"] = json!(["00112233445566778899aabbccddeeff"]);
    expect(&said(&mut world, &path, &body), 422, "field_invalid", "means");
    let one_rig: Vec<&Value> =
        list.as_array().unwrap().iter().filter(|of| of["title"] != second["title"]).collect();
    assert_eq!(one_rig.len() + 1, all.len());
    body["means"] = one_rig.iter().map(|of| of["id"].clone()).collect();
    assert_eq!(said(&mut world, &path, &body).0, 200);
    let view = signed(&world, order).view;
    let names = format!("{:?}", view.instruments[0].means);
    assert!(!names.contains("вторая"), "{names}");
}

#[on_both_databases]
fn readings_of_a_day_to_come_are_not_taken(mut world: World) {
    let orders = format!("{ORDER_HEAD}\n{}", order_row("91", "16078-13", "СХВ-15", "00451207"));
    let orders = orders.replace("2026-08-26", "2026-10-26");
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let table = format!("{READING_HEAD}\n{}", readings("91", "00451207", "412"));
    let done = world.office.upload(&path, table.as_bytes()).unwrap();
    assert_eq!(done["taken"], 0);
    assert!(done["problems"].to_string().contains("ещё не наступила"), "{done}");
}

#[on_both_databases]
fn an_order_with_a_wrong_or_contradictory_line_stays_open(mut world: World) {
    let good = |number: &str, serial: &str| readings(number, serial, "412");
    let last = |rows: &str, from: &str, to: &str| {
        let at = rows.rfind(from).expect("in the rows");
        format!("{}{to}{}", &rows[..at], &rows[at + from.len()..])
    };
    let rows = [
        // Tightness is passed, failed and passed again.
        good("81", "0081").replacen(
            "да;да;да;бумага\n81;0081;1,1Qп",
            "да;да;нет;бумага\n81;0081;1,1Qп",
            1,
        ),
        // Three good rows and a fourth that runs back.
        good("82", "0082")
            + "82;0082;Qнаиб;0,880;500,0000;499,0000;0,0293;;11,8;21,4;48;99,8;да;да;да;бумага\n",
        last(&good("83", "0083"), ";99,8;", ";745;"),
        last(&good("84", "0084"), "бумага", "слух"),
    ];
    let mut orders = format!("{ORDER_HEAD}\n");
    for (number, serial) in [("81", "0081"), ("82", "0082"), ("83", "0083"), ("84", "0084")] {
        orders += &order_row(number, "16078-13", "СХВ-15", serial);
    }
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    world.minutes(10 * 60);
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let table = format!("{READING_HEAD}\n{}", rows.concat());
    let done = world.office.upload(&path, table.as_bytes()).unwrap();
    assert_eq!(done["taken"], 0, "{done}");
    let said = done["problems"].to_string();
    assert!(said.contains("разное") && said.contains("сначала исправьте строки 8"), "{said}");
    for number in ["81", "82", "83", "84"] {
        let order = find(&mut world, number);
        assert!(world.page(order).sheets.is_empty(), "{number}");
    }
}

#[on_both_databases]
fn the_same_pours_of_two_instruments_are_asked_about(mut world: World) {
    let orders = format!(
        "{ORDER_HEAD}\n{}{}",
        order_row("85", "16078-13", "СХВ-15", "0085"),
        order_row("85", "16078-13", "СХВ-15", "0086")
    );
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    world.minutes(10 * 60);
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let table = format!(
        "{READING_HEAD}\n{}{}",
        readings("85", "0085", "412"),
        readings("85", "0086", "412")
    );
    let done = world.office.upload(&path, table.as_bytes()).unwrap();
    let said = &done["problems"][0];
    assert!(said["message"].as_str().unwrap().contains("что у прибора № 0085"), "{done}");
    assert_eq!((&said["serial_number"], &done["taken"]), (&json!("0086"), &json!(1)));
}

#[on_both_databases]
fn one_serial_number_of_two_instruments_is_refused(mut world: World) {
    let other = (METER.0, METER.1, "08812346");
    let order = world.order("7", "2026-08-26", &[METER, other]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let mut body = paper(&mut world, order, &anna);
    let expected = world.page(order).expected.clone();
    let mut second = body["instruments"][0].clone();
    second["id"] = expected[1]["id"].clone();
    body["instruments"][0]["id"] = expected[0]["id"].clone();
    second["serial_number"] = body["instruments"][0]["serial_number"].clone();
    body["instruments"].as_array_mut().unwrap().push(second);
    let path = format!("/v1/orders/{order}/readings");
    expect(&said(&mut world, &path, &body), 422, "instrument_twice", "instruments");
    assert!(world.page(order).sheets.is_empty());
}

#[on_both_databases]
fn the_form_of_a_paper_asks_before_anything_is_written(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER, ("16078-13", "СГВ-15", "08812346")]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let mut body = paper(&mut world, order, &anna);
    let path = format!("/v1/orders/{order}/readings/doubts");
    (body["received_kop"], body["pay_method"]) = (json!(0), json!("cash"));
    expect(&said(&mut world, &path, &body), 409, "visit_incomplete", "");
    let mut second = body["instruments"][0].clone();
    second["id"] = world.page(order).expected[1]["id"].clone();
    second["serial_number"] = json!("08812346");
    body["instruments"].as_array_mut().unwrap().push(second);
    let rows = body["instruments"][0]["rows"].as_array_mut().unwrap();
    rows[1]["start"] = json!("10,0061");
    body["instruments"][1]["rows"] = body["instruments"][0]["rows"].clone();
    let asked = world.office.send("POST", &path, &[], &body).unwrap().json();
    let text = asked.to_string();
    assert!(text.contains("перекрываются с точкой") && text.contains("что у прибора № "), "{text}");
    assert!(text.contains("модификация «СХВ-15», в заявке «СГВ-15»"), "{text}");
    assert_eq!(asked.as_array().unwrap().len(), 4, "{text}");
    body["instruments"][1]["rows"][0]["flow"] = json!("быстро");
    let (status, _, _) = said(&mut world, &path, &body);
    assert_eq!(status, 422, "what is wrong is refused as entering would");
    assert!(world.page(order).sheets.is_empty());
}

#[on_both_databases]
fn two_readings_of_one_point_are_decided_by_whoever_holds_the_paper(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let mut body = paper(&mut world, order, &anna);
    let rows = body["instruments"][0]["rows"].as_array_mut().unwrap();
    let mut again = rows[0].clone();
    again["start"] = json!("512,3300");
    again["end"] = json!("512,3363");
    rows.push(again);
    let path = format!("/v1/orders/{order}/readings");
    let answer = world.office.send("POST", &path, &[], &body).unwrap();
    let words = answer.json()["message"].to_string();
    assert_eq!(answer.status, 409, "{words}");
    assert!(words.contains("измерений 2, нужно 1"), "{words}");
    assert!(world.page(order).sheets.is_empty());
}

#[on_both_databases]
fn a_meter_that_two_orders_verified_waits_for_an_answer_before_it_is_packed(mut world: World) {
    let orders = ["7", "8"].map(|number| world.order(number, "2026-08-26", &[METER]));
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    for order in orders {
        let body = paper(&mut world, order, &anna);
        let path = format!("/v1/orders/{order}/readings");
        assert_eq!(said(&mut world, &path, &body).0, 200);
    }
    world.minutes(1);
    let days = json!({ "from": "2026-08-26", "to": "2026-08-26" });
    let packed = world.office.post("/v1/packages", &days).expect("packed");
    let left = packed["left_out"].to_string();
    assert_eq!(left.matches("поверен дважды").count(), 2, "both sheets wait: {packed}");
    assert_eq!(packed["packages"], json!([]), "{packed}");
    let open = world.office.get("/v1/incidents").expect("incidents");
    let open = open["incidents"].as_array().unwrap().clone();
    let twice =
        open.iter().find(|of| of["what"].as_str().unwrap().contains("уже поверен")).unwrap();
    let settle = format!("/v1/incidents/{}/settle", twice["id"].as_str().unwrap());
    world.office.post(&settle, &json!({})).expect("settled");
    let packed = world.office.post("/v1/packages", &days).expect("packed");
    assert_eq!(packed["left_out"], json!([]), "{packed}");
    assert_eq!(packed["packages"][0]["records"], 2, "{packed}");
}

#[on_both_databases]
fn a_meter_that_was_passed_over_was_not_verified(mut world: World) {
    let orders = ["7", "8"].map(|number| world.order(number, "2026-08-26", &[METER]));
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let mut passed = paper(&mut world, orders[0], &anna);
    passed["instruments"][0]["rows"] = json!([]);
    passed["instruments"][0]["passed_over"] = json!("нет доступа к прибору");
    for (order, body) in [(orders[0], Some(passed)), (orders[1], None)] {
        let body = body.unwrap_or_else(|| paper(&mut world, order, &anna));
        let path = format!("/v1/orders/{order}/readings");
        let answer = said(&mut world, &path, &body);
        assert_eq!(answer.0, 200, "{answer:?}");
    }
    world.minutes(1);
    let days = json!({ "from": "2026-08-26", "to": "2026-08-26" });
    let packed = world.office.post("/v1/packages", &days).expect("packed");
    assert_eq!((&packed["left_out"], &packed["packages"][0]["records"]), (&json!([]), &json!(1)));
}

#[on_both_databases]
fn an_order_is_moved_to_a_day_that_is_yet_to_come(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    let to = json!({ "date": "2026-08-20", "window": "10:00-12:00", "reason": "ошибка" });
    let (status, _, field) = said(&mut world, &format!("/v1/orders/{order}/postpone"), &to);
    assert_eq!((status, field.as_str()), (422, "date"));
}
