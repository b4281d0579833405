//! Numbers of the Fund: an answer or a table brings them, papers and pages say them, one step takes them back.

use serde_json::{Value, json};
use vyezd_story::on_both_databases;
use vyezd_tests::World;

use crate::office_trust::{expect, metrologist, said};
use crate::paper::{ORDER_HEAD, READING_HEAD, find, order_row, readings};

const NAMESPACE: &str = "urn://fgis-arshin.gost.ru/module-verifications/protocol/2020-06-19";

/// Verifies one fit meter in each order; returns the package of all of them.
fn packed(world: &mut World, numbers: &[&str]) -> Value {
    let (mut orders, mut rows) = (format!("{ORDER_HEAD}\n"), format!("{READING_HEAD}\n"));
    for (at, number) in numbers.iter().enumerate() {
        let serial = format!("0045{number}");
        orders += &order_row(number, "16078-13", "СХВ-15", &serial);
        rows += &readings(number, &serial, &format!("{}", 412 + at));
    }
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    world.minutes(10 * 60);
    let anna = metrologist(world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let done = world.office.upload(&path, rows.as_bytes()).unwrap();
    assert_eq!(done["taken"], json!(numbers.len()), "{done}");
    world.tick();
    let days = json!({ "from": "2026-08-26", "to": "2026-08-26" });
    let made = world.office.post("/v1/packages", &days).unwrap();
    assert_eq!(made["packages"][0]["records"], json!(numbers.len()), "{made}");
    made["packages"][0].clone()
}

/// Шифр знака поверки of the firm.
fn cipher(world: &mut World) -> String {
    let firm = world.office.get("/v1/firm").unwrap();
    firm["entities"][0]["sign_cipher"].as_str().unwrap().to_owned()
}

fn number(cipher: &str, id: u32) -> String {
    format!("С-{cipher}/26-08-2026/{id}")
}

fn published(number: &str) -> String {
    let id = number.rsplit('/').next().unwrap();
    format!(
        "<g:record corrID=\"x\"><g:success><g:globalID>{id}</g:globalID><g:certNum>{number}</g:certNum>\
         </g:success></g:record>"
    )
}

fn answer(records: &[String]) -> String {
    format!(
        "\u{feff}<?xml version=\"1.0\"?><g:protocol xmlns:g=\"{NAMESPACE}\"><g:appProcessed>{}</g:appProcessed>\
         </g:protocol>",
        records.concat()
    )
}

fn path(package: &Value) -> String {
    format!("/v1/packages/{}/answer", package["id"].as_str().unwrap())
}

/// Numbers of the Fund that the page of an order shows, and how many of its papers count.
fn of_order(world: &mut World, order: &str) -> (Vec<Value>, usize) {
    let order = find(world, order);
    let page = world.office.get(&format!("/v1/orders/{order}")).unwrap();
    let sheets = page["sheets"].as_array().unwrap();
    let verdicts = sheets.iter().flat_map(|sheet| sheet["instruments"].as_array().unwrap());
    let papers = page["papers"].as_array().unwrap();
    let valid = papers.iter().filter(|paper| paper["void"] == false).count();
    (verdicts.map(|of| of["fund_number"].clone()).collect(), valid)
}

fn refused_whole(world: &mut World, package: &Value, file: &str, code: &str, words: &str) {
    refused(world, package, file, (code, words));
    assert_eq!(world.office.get("/v1/fund/answers").unwrap(), json!([]));
}

fn refused(world: &mut World, package: &Value, file: &str, (code, words): (&str, &str)) {
    let refused =
        world.office.send_file("POST", &path(package), ("application/xml", file.as_bytes()));
    let refused = refused.unwrap();
    assert_eq!(refused.json()["code"], code, "{}", refused.json());
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(words), "{message}");
}

#[on_both_databases]
fn an_answer_reaches_papers_and_pages_and_is_taken_back_in_one_step(mut world: World) {
    let package = packed(&mut world, &["901", "902", "903"]);
    let cipher = cipher(&mut world);
    let numbers = [number(&cipher, 402_123_271), number(&cipher, 402_123_272)];
    let refused = "<g:record><g:error>Не найден тип</g:error></g:record>".to_owned();
    let file = answer(&[published(&numbers[0]), refused, published(&numbers[1])]);
    let before = of_order(&mut world, "901");
    assert_eq!(before.0, [Value::Null]);
    let tried = format!("{}?check=true", path(&package));
    let tried = world.office.upload(&tried, file.as_bytes()).unwrap();
    assert_eq!((&tried["taken"], tried["lines"].as_array().unwrap().len()), (&json!(false), 3));
    assert_eq!(of_order(&mut world, "901"), before, "a trial changes nothing");

    let done = world.office.upload(&path(&package), file.as_bytes()).unwrap();
    assert_eq!((&done["answer"]["published"], &done["answer"]["refused"]), (&json!(2), &json!(1)));
    world.tick();
    let (said_now, valid) = of_order(&mut world, "901");
    assert_eq!((said_now, valid), (vec![json!(numbers[0])], before.1), "as many papers count");
    let order = find(&mut world, "901");
    let page = world.office.get(&format!("/v1/orders/{order}")).unwrap();
    let replaced = page["papers"].as_array().unwrap().iter().filter(|of| of["replaced"] == true);
    assert!(replaced.count() > 0, "the papers without the number are kept: {page}");
    let link = page["sheets"][0]["link"].as_str().unwrap().to_owned();
    let token = link.rsplit('/').next().unwrap().to_owned();
    let client = world.office.get(&format!("/v1/public/sheets/{token}")).unwrap();
    assert_eq!(client["fund"], json!(numbers[0]));
    assert_eq!(client["papers"].as_array().unwrap().len(), valid, "replaced papers are not shown");

    let again = world.office.upload(&path(&package), file.as_bytes()).unwrap();
    assert_eq!((&again["taken"], &again["unchanged"]), (&json!(false), &json!(3)));
    let listed = world.office.get("/v1/packages").unwrap();
    assert_eq!((&listed[0]["published"], &listed[0]["refused"]), (&json!(2), &json!(1)));

    let undo = format!("/v1/fund/answers/{}/undo", done["answer"]["id"].as_str().unwrap());
    assert_eq!(said(&mut world, &undo, &json!({})).0, 204);
    world.tick();
    assert_eq!(of_order(&mut world, "901"), before);
    let page = world.office.get(&format!("/v1/orders/{order}")).unwrap();
    let replaced = page["papers"].as_array().unwrap().iter().filter(|of| of["replaced"] == true);
    assert_eq!(replaced.count(), before.1 - 1, "all but the sheet had the number");
    expect(&said(&mut world, &undo, &json!({})), 409, "not_possible", "");
}

#[on_both_databases]
fn an_answer_that_is_not_of_the_package_is_refused_whole(mut world: World) {
    let package = packed(&mut world, &["911", "912"]);
    let cipher = cipher(&mut world);
    let (one, two) = (number(&cipher, 1), number(&cipher, 2));
    let record = |text: &str| published(text);
    let cases = [
        (answer(&[record(&one)]), "answer_mismatch", "записей 1"),
        (answer(&[record(&one), record(&one)]), "answer_mismatch", "уже стоит"),
        (
            answer(&[record(&one), record(&two.replace("26-08", "25-08"))]),
            "answer_mismatch",
            "25.08.2026",
        ),
        (
            answer(&[record(&one), record(&two.replacen('С', "И", 1))]),
            "answer_mismatch",
            "начинался",
        ),
        (answer(&[record(&one), record(&number("ГДЯ", 2))]), "answer_mismatch", "шифр «ГДЯ»"),
        (
            answer(&[record(&one), record(&two)]).replace("2020-06-19", "x"),
            "answer_unread",
            "не ответ",
        ),
        ("<application/>".to_owned(), "answer_unread", "для отправки"),
        ("не XML".to_owned(), "answer_unread", "XML"),
    ];
    for (file, code, words) in cases {
        refused_whole(&mut world, &package, &file, code, words);
    }
    assert_eq!(of_order(&mut world, "911").0, [Value::Null]);
}

#[on_both_databases]
fn a_table_binds_numbers_row_by_row_and_finds_a_shifted_answer(mut world: World) {
    let package = packed(&mut world, &["921", "922", "923"]);
    let cipher = cipher(&mut world);
    let of = |id: u32| number(&cipher, id);
    // The answer is shifted by one; all of its days are equal, so nothing in it shows that.
    let file = answer(&[published(&of(3)), published(&of(1)), published(&of(2))]);
    let done = world.office.upload(&path(&package), file.as_bytes()).unwrap();
    let answer_id = done["answer"]["id"].as_str().unwrap().to_owned();
    let table = format!(
        "Зав. №;Номер записи в ФИФ ОЕИ\n0045921;{}\n0045922;{}\n0045923;{}\n9999;{}\n0045921;{}\n",
        of(1),
        of(2),
        of(3),
        of(4),
        number("ГДЯ", 5)
    );
    let table = table.as_bytes();
    let shifted = world.office.upload("/v1/fund/numbers", table).unwrap();
    assert_eq!((&shifted["taken"], &shifted["contradicts"]), (&json!(false), &json!(answer_id)));
    assert_eq!(shifted["problems"].as_array().unwrap().len(), 5, "{shifted}");
    let undo = format!("/v1/fund/answers/{answer_id}/undo");
    assert_eq!(said(&mut world, &undo, &json!({})).0, 204);
    let done = world.office.upload("/v1/fund/numbers", table).unwrap();
    let problems = done["problems"].as_array().unwrap();
    let lines: Vec<&Value> = problems.iter().map(|of| &of["line"]).collect();
    assert_eq!((&done["answer"]["published"], lines), (&json!(3), vec![&json!(5), &json!(6)]));
    world.tick();
    assert_eq!(of_order(&mut world, "922").0, [json!(of(2))]);
    let again = world.office.upload("/v1/fund/numbers", table).unwrap();
    assert_eq!((&again["taken"], &again["unchanged"]), (&json!(false), &json!(3)));
}

#[on_both_databases]
fn what_the_fund_refused_is_packed_again_when_a_person_says_so(mut world: World) {
    let package = packed(&mut world, &["931"]);
    let sent = format!("/v1/packages/{}/sent", package["id"].as_str().unwrap());
    assert_eq!(said(&mut world, &sent, &json!({})).0, 204);
    let days = json!({ "from": "2026-08-26", "to": "2026-08-26" });
    let readiness = "/v1/fund/readiness?from=2026-08-26&to=2026-08-26";
    let ready = world.office.get(readiness).unwrap();
    assert_eq!((&ready["ready"], &ready["sent"]), (&json!(0), &json!(1)), "{ready}");
    let refused = "<g:record><g:error>Не найден тип</g:error></g:record>".to_owned();
    let done = world.office.upload(&path(&package), answer(&[refused]).as_bytes()).unwrap();
    assert_eq!(done["lines"][0]["refusal"], "Не найден тип");
    assert_eq!(world.office.get(readiness).unwrap()["refused"], 1);
    let nothing = world.office.post("/v1/packages", &days).unwrap();
    assert_eq!(nothing["packages"], json!([]), "nobody has put it right");
    let again = format!("/v1/fund/answers/{}/again", done["answer"]["id"].as_str().unwrap());
    let undo = format!("/v1/fund/answers/{}/undo", done["answer"]["id"].as_str().unwrap());
    assert_eq!(said(&mut world, &again, &json!({ "position": 1 })).0, 204);
    expect(&said(&mut world, &again, &json!({ "position": 1 })), 409, "not_possible", "");
    let ready = world.office.get(readiness).unwrap();
    assert_eq!((&ready["ready"], &ready["refused"]), (&json!(1), &json!(0)), "{ready}");
    let made = world.office.post("/v1/packages", &days).unwrap();
    assert_eq!(made["packages"][0]["records"], 1, "{made}");
    // The old answer says nothing of a record that has left its package, and cannot be taken back any more.
    let refused = "<g:record><g:error>Другие слова</g:error></g:record>".to_owned();
    let same = world.office.upload(&path(&package), answer(&[refused]).as_bytes()).unwrap();
    assert_eq!((&same["taken"], &same["unchanged"]), (&json!(false), &json!(1)), "{same}");
    let cipher = cipher(&mut world);
    let late = answer(&[published(&number(&cipher, 7))]);
    crate::fund::refused(&mut world, &package, &late, ("answer_mismatch", "готовили снова"));
    expect(&said(&mut world, &undo, &json!({})), 409, "not_possible", "");
    let ready = world.office.get(readiness).unwrap();
    assert_eq!((&ready["packed"], &ready["refused"]), (&json!(1), &json!(0)), "{ready}");
}

#[on_both_databases]
fn an_answer_that_is_taken_back_takes_back_what_was_made_ready(mut world: World) {
    let package = packed(&mut world, &["932"]);
    let refused = "<g:record><g:error>Не найден тип</g:error></g:record>".to_owned();
    let done = world.office.upload(&path(&package), answer(&[refused]).as_bytes()).unwrap();
    let of =
        |what: &str| format!("/v1/fund/answers/{}/{what}", done["answer"]["id"].as_str().unwrap());
    assert_eq!(said(&mut world, &of("again"), &json!({ "position": 1 })).0, 204);
    assert_eq!(said(&mut world, &of("undo"), &json!({})).0, 204);
    let days = json!({ "from": "2026-08-26", "to": "2026-08-26" });
    let nothing = world.office.post("/v1/packages", &days).unwrap();
    assert_eq!(nothing["packages"], json!([]), "it is in its package again");
    let cipher = cipher(&mut world);
    let right = answer(&[published(&number(&cipher, 8))]);
    let done = world.office.upload(&path(&package), right.as_bytes()).unwrap();
    assert_eq!(done["answer"]["published"], 1, "{done}");
}

/// An answer beyond the bounds: `ANSWER_BYTES_MAX`, `ANSWER_RECORDS_MAX`, `ANSWER_DEPTH_MAX`.
#[on_both_databases]
fn an_answer_beyond_its_bounds_is_refused(mut world: World) {
    let package = packed(&mut world, &["941"]);
    let many = answer(&vec!["<g:record/>".to_owned(); 5_001]);
    refused_whole(&mut world, &package, &many, "answer_unread", "больше 5000");
    let deep = answer(&["<g:record>".to_owned(), "<g:x>".repeat(40), "</g:x>".repeat(40)]);
    refused_whole(&mut world, &package, &deep, "answer_unread", "XML");
    let long = format!("<g:record>{}</g:record>", "а".repeat(9 * 1024 * 1024));
    refused_whole(&mut world, &package, &answer(&[long]), "answer_unread", "16 МБ");
    // Words of a refusal are cut at `REFUSAL_CHARS_MAX`, its XML is kept.
    let wordy = format!("<g:record>{}</g:record>", "а".repeat(5_000));
    let done = world.office.upload(&path(&package), answer(&[wordy]).as_bytes()).unwrap();
    let words = done["lines"][0]["refusal"].as_str().unwrap();
    assert_eq!(words.chars().count(), 1_000);
}
