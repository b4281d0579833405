//! What is doubtful is said where it is typed, in a table, a form or a paper, with its place.

use serde_json::{Value, json};
use vyezd_story::on_both_databases;
use vyezd_tests::World;

use crate::office_trust::{METER, expect, metrologist, paper, said};
use crate::paper::{READING_HEAD, find, order_row, readings};
use crate::repair::{HEAD, order, row};

fn tried(world: &mut World, kind: &str, table: &str) -> Value {
    let path = format!("/v1/import/{kind}?check=true");
    world.office.upload(&path, table.as_bytes()).expect("the table is tried")
}

/// Severity, line, column and words of everything that was said.
fn problems(job: &Value) -> Vec<(String, u64, String, String)> {
    let text = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    let problem = |of: &Value| {
        (
            text(of, "severity"),
            of["line"].as_u64().unwrap(),
            text(of, "column"),
            text(of, "message"),
        )
    };
    job["problems"].as_array().unwrap().iter().map(problem).collect()
}

/// A good row of orders with some of its cells changed.
fn changed(number: &str, cells: &[(&str, &str)]) -> String {
    let row = row(number, "2026-08-26", &format!("0045{number}"));
    let mut row: Vec<&str> = row.trim_end().split(';').collect();
    for (column, cell) in cells {
        row[HEAD.split(';').position(|name| name == *column).expect("a column")] = cell;
    }
    format!("{}\n", row.join(";"))
}

#[on_both_databases]
fn cells_that_mean_something_else_are_said_with_their_column(mut world: World) {
    let cases = [
        ("заводской_номер", "б/н", "error", "нет цифр"),
        ("заводской_номер", "TRUE", "error", "нет цифр"),
        ("заводской_номер", "4512071/4512082", "warning", "два номера"),
        ("заводской_номер", "№ 4512071", "warning", "прочитан как 4512071"),
        ("заводской_номер", "O0451207", "warning", "буква вместо цифры"),
        ("рег_номер", "янв.78", "warning", "NNNNN-ГГ"),
        ("рег_номер", "16078–13", "warning", "чужое тире"),
        ("телефон", "сч./дог. 9271112233", "warning", "записано в комментарий"),
        ("окно", "2-4", "warning", "ночью"),
        ("адрес", "644000, Омск, ул. Мира, 1", "warning", "Омск"),
    ];
    let rows = cases.iter().enumerate();
    let rows =
        rows.map(|(at, (column, cell, ..))| changed(&format!("{}", 700 + at), &[(column, cell)]));
    let job = tried(&mut world, "orders", &format!("{HEAD}\n{}", rows.collect::<String>()));
    let said = problems(&job);
    for (line, (column, cell, severity, words)) in (2..).zip(cases) {
        let found = said.iter().any(|(how, at, of, what)| {
            (how.as_str(), *at, of.as_str()) == (severity, line, column) && what.contains(words)
        });
        assert!(found, "{column} «{cell}»: {said:#?}");
    }
    let head = format!("{HEAD};координаты\n");
    let swapped = changed("720", &[]).replace('\n', ";46.034450, 51.533120\n");
    let job = tried(&mut world, "orders", &format!("{head}{swapped}"));
    assert!(problems(&job)[0].3.contains("широта и долгота переставлены"), "{job}");
    let empty = tried(&mut world, "orders", &format!("{HEAD}\n"));
    assert!(problems(&empty)[0].3.contains("ни одной строки"), "{empty}");
}

#[on_both_databases]
fn what_a_client_said_is_kept_where_no_column_understands_it(mut world: World) {
    let table = format!(
        "{HEAD}\n{}{}{}{}",
        changed("801", &[("окно", "до обеда, звонить за час"), ("срочность", "как договоримся")]),
        changed("802", &[("срочность", "АВАРИЯ!!! течёт"), ("телефон", "")]),
        changed("802", &[("телефон", "+7 927 555-66-77"), ("заводской_номер", "0045802А")]),
        changed("803", &[("срочность", "не авария, плановая")]),
    );
    let job = world.office.upload("/v1/import/orders", table.as_bytes()).unwrap();
    assert_eq!(job["taken"], 3, "{job}");
    let third = order(&mut world, "803");
    assert_eq!(third["urgency"], "planned");
    assert!(third["note"].as_str().unwrap().contains("не авария"), "{third}");
    let first = order(&mut world, "801");
    let note = first["note"].as_str().unwrap();
    assert!(note.contains("звонить за час") && note.contains("как договоримся"), "{note}");
    let second = order(&mut world, "802");
    assert!(second["note"].as_str().unwrap().contains("течёт"), "{second}");
    assert_eq!(
        (&second["urgency"], second["phones"].as_array().unwrap().len()),
        (&json!("emergency"), 1)
    );
}

#[on_both_databases]
fn one_visit_under_two_numbers_is_asked_about(mut world: World) {
    let same = |number: &str| changed(number, &[("заводской_номер", "0045820")]);
    let other = changed("822", &[("заводской_номер", "0045820"), ("адрес", "ул. Мира, 2")]);
    let blank = changed("823", &[("телефон", "")]);
    let filled = changed("823", &[("заводской_номер", "0045823А")]);
    let table = format!("{HEAD}\n{}{}{other}{blank}{filled}", same("820"), same("821"));
    let job = tried(&mut world, "orders", &table);
    let said: Vec<(u64, String)> = problems(&job).into_iter().map(|of| (of.1, of.3)).collect();
    let [(3, words)] = &said[..] else { panic!("{said:?}") };
    assert!(words.contains("в заявке 820 (строка 2)"), "{words}");
    // Taken, the pair is said once, and both cards speak of the other.
    let job = world.office.upload("/v1/import/orders", table.as_bytes()).unwrap();
    let said = problems(&job).into_iter().filter(|of| of.3.contains("не одна ли это заявка"));
    assert_eq!(said.count(), 1, "{job}");
    let first = order(&mut world, "820");
    let second = order(&mut world, "821");
    assert_eq!(first["doubts"][0]["other"], second["id"], "{first}");
    assert_eq!(second["doubts"][0]["other"], first["id"], "{second}");
    let third = order(&mut world, "822");
    assert_eq!(third["doubts"], json!([]));
}

#[on_both_databases]
fn the_card_of_an_open_order_says_what_is_doubtful(mut world: World) {
    let meter = json!({
        "type_number": "99999-99", "modification": "СХВ-15", "serial_number": "45 99", "year": 2020,
        "water": "cold", "position": "horizontal",
    });
    let new = json!({
        "number": "830", "date": "2026-08-25", "window": "10:00-12:00", "urgency": "planned",
        "client": "Иванoв Иван", "district": "Заречный", "address": "644000, Омск, ул. Мира – 1",
        "price_kop": 90_000, "instruments": [meter],
    });
    let page = world.office.post("/v1/orders", &new).unwrap();
    let fields = |page: &Value| {
        let fields = page["doubts"].as_array().unwrap().iter();
        fields.map(|of| of["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(fields(&page), ["client", "type_number", "district", "address", "date"], "{page}");
    let order = page["id"].as_str().unwrap();
    let page = world
        .office
        .post(&format!("/v1/orders/{order}/cancel"), &json!({ "reason": "ошибка" }))
        .unwrap();
    assert_eq!(fields(&page), [""; 0], "a cancelled order asks nothing");
}

#[on_both_databases]
fn a_row_with_a_missing_cell_is_no_order_of_other_values(mut world: World) {
    let mut rows = String::new();
    for column in ["срочность", "телефон", "адрес", "рег_номер", "год_выпуска"]
    {
        let row = changed("810", &[]);
        let mut cells: Vec<&str> = row.trim_end().split(';').collect();
        cells.remove(HEAD.split(';').position(|name| name == column).unwrap());
        rows += &format!("{}\n", cells.join(";"));
    }
    // Empty cells at the end may be left out.
    let row = changed("811", &[]);
    rows += &format!("{}\n", row.trim_end().trim_end_matches(";900"));
    let job = tried(&mut world, "orders", &format!("{HEAD}\n{rows}"));
    let wrong: Vec<u64> =
        problems(&job).iter().filter(|of| of.0 == "error").map(|of| of.1).collect();
    assert_eq!((wrong, &job["taken"]), (vec![2, 3, 4, 5, 6], &json!(1)), "{job}");
}

#[on_both_databases]
fn a_table_of_readings_says_the_day_and_the_means(mut world: World) {
    let second = json!({
        "kind": "mieta", "title": "УПСЖ-3П", "number": "72850.18.3Р.00701886", "serial_number": "18",
        "valid_from": "2026-01-01", "valid_until": "2027-12-31",
    });
    assert_eq!(said(&mut world, "/v1/firm/means", &second).0, 204);
    let orders =
        format!("{}\n{}", crate::paper::ORDER_HEAD, order_row("91", "16078-13", "СХВ-15", "9001"));
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    world.minutes(36 * 60);
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let bring = |world: &mut World, extra: &str| {
        let rows = readings("91", "9001", "412");
        let rows: String = rows.lines().map(|row| format!("{row};{extra}\n")).collect();
        let table = format!("{READING_HEAD};Дата поверки;Средства поверки\n{rows}");
        world.office.upload(&path, table.as_bytes()).unwrap()
    };
    for (extra, words) in [
        ("27.08.2026;", "не указано, чем поверяли"),
        ("27.08.2026;19", "есть № 17, № 18"),
        ("29.08.2026;18", "ещё не наступила"),
    ] {
        let done = bring(&mut world, extra);
        assert!(done["taken"] == 0 && problems(&done)[0].3.contains(words), "{extra}: {done}");
    }
    // Days under a name that nobody knows are not passed over: the paper would get the order's day.
    let rows = readings("91", "9001", "412");
    let rows: String = rows.lines().map(|row| format!("{row};27.08.2026\n")).collect();
    let unread = format!("{READING_HEAD};когда\n{rows}");
    let refused = world.office.upload(&path, unread.as_bytes()).unwrap_err();
    assert!(refused.to_string().contains("дата_поверки"), "{refused}");
    let done = bring(&mut world, "27.08.2026;18");
    assert_eq!(done["taken"], 1, "{done}");
    let order = find(&mut world, "91");
    let sheet = world.page(order).sheets[0].clone();
    assert!(format!("{sheet:?}").contains("26.08.2032"), "{sheet:?}");
}

#[on_both_databases]
fn one_pour_for_all_points_and_minutes_in_place_of_seconds_give_no_paper(mut world: World) {
    let orders =
        format!("{}\n{}", crate::paper::ORDER_HEAD, order_row("91", "16078-13", "СХВ-15", "9001"));
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    world.minutes(10 * 60);
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let good = readings("91", "9001", "412");
    let once = good.replace("412,3370;412,3501", "412,3300;412,3363");
    let once = once.replace("412,3510;412,3806", "412,3300;412,3363");
    let late = good.replace(";0,0062;;", ";0,0062;12;");
    let spoilt = good.replace(";9001;", ";8,81E+06;");
    for (rows, words) in [(once, "один пролив"), (late, "похоже на минуты"), (spoilt, "степени")]
    {
        let done =
            world.office.upload(&path, format!("{READING_HEAD}\n{rows}").as_bytes()).unwrap();
        assert!(done["taken"] == 0 && done.to_string().contains(words), "{words}: {done}");
    }
    let order = find(&mut world, "91");
    assert!(world.page(order).sheets.is_empty());
}

#[on_both_databases]
fn every_fault_of_a_row_is_said_at_once(mut world: World) {
    let faults = [
        ("заявка", ""),
        ("дата", "31.02.2026"),
        ("окно", "18-12"),
        ("район", ""),
        ("заводской_номер", "8,81E+06"),
        ("цена_руб", "много"),
    ];
    let job = tried(&mut world, "orders", &format!("{HEAD}\n{}", changed("1", &faults)));
    let said = problems(&job);
    for (column, _) in faults {
        let times = said.iter().filter(|(how, _, of, _)| how == "error" && of == column).count();
        assert_eq!(times, 1, "{column}: {said:#?}");
    }
}

#[on_both_databases]
fn people_and_types_are_compared_with_each_other_and_with_what_is_known(mut world: World) {
    let table = "фио;имя_входа;роль;телефон;аттестация_до\n\
        Первый А.;pervyi1;поверитель;+7 900 100-00-11;31.12.2030\n\
        Второй Б.;pervyi1;офис;;\n\
        Третий В.;реrvyi1;офис;;\n\
        Четвёртый Г.;chetv;поверитель;+7 900 100-00-11;01.01.2020\n\
        Анна;anna2;офис;;\n";
    let said = problems(&tried(&mut world, "people", table));
    for (severity, line, column, words) in [
        ("error", 3, "имя_входа", "строке 2"),
        ("error", 4, "имя_входа", ""),
        ("warning", 5, "телефон", "Первый А."),
        ("warning", 5, "аттестация_до", "закончилась"),
        ("warning", 6, "фио", "уже есть"),
    ] {
        let found = said.iter().any(|(how, at, of, what)| {
            (how.as_str(), *at, of.as_str()) == (severity, line, column) && what.contains(words)
        });
        assert!(found, "{line} {column}: {said:#?}");
    }
    let types = world.office.get("/v1/types").map(|types| types.to_string()).unwrap_or_default();
    let head = "type_number;modification;dn_mm;method;q_min_b_m3h;q_min_a_m3h;q_t_b_m3h;q_t_a_m3h;\
        q_nom_m3h;q_max_m3h;limit_below_q_t_percent;limit_from_q_t_percent;interval_cold_years;\
        interval_hot_years\n";
    let kind = "16078-13;СХВ-15;15;МИ 1592-2015;0,03;0,06;0,12;0,15;1,5;3;5;2;";
    tried_and_taken(&mut world, &format!("{head}{kind}6;4\n"));
    let said = problems(&tried(&mut world, "types", &format!("{head}{kind}6;4\n")));
    assert_eq!(said, [], "the same facts again: {types}");
    let said = problems(&tried(&mut world, "types", &format!("{head}{kind}10;4\n")));
    assert!(said[0].3.contains("interval_cold_years 6 → 10"), "{said:?}");
}

fn tried_and_taken(world: &mut World, types: &str) {
    let done = world.office.upload("/v1/import/types", types.as_bytes()).unwrap();
    assert_eq!(done["taken"], 1, "{done}");
}

#[on_both_databases]
fn a_paper_is_compared_with_its_order_before_it_is_entered(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let good = paper(&mut world, order, &anna);
    let path = format!("/v1/orders/{order}/readings/doubts");
    let asked = |world: &mut World, change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        world.office.post(&path, &body).expect("doubts").to_string()
    };
    for (change, words) in [
        ((|of: &mut Value| of["received_kop"] = json!(100)) as fn(&mut Value), "а по заявке"),
        (|of| of["signer"] = json!(""), "кто расписался"),
        (|of| of["pay_method"] = json!(null), "как заплатили"),
        (|of| of["instruments"][0]["year"] = json!(2019), "год выпуска «2019»"),
    ] {
        let said = asked(&mut world, &change);
        assert!(said.contains(words), "{words}: {said}");
    }
    // A slip that makes entering impossible is named beside what it makes impossible.
    let mut vertical = good.clone();
    vertical["instruments"][0]["position"] = json!("vertical");
    let refused = world.office.send("POST", &path, &[], &vertical).unwrap().json().to_string();
    assert!(refused.contains("вне допуска точки"), "{refused}");
    assert!(refused.contains("положение «вертикально», в заявке «горизонтально»"), "{refused}");
    // Entering would refuse these, and so does the question.
    let mut other = good.clone();
    (other["instruments"][0]["id"], other["instruments"][0]["serial_number"]) =
        (json!(null), json!("08812346"));
    expect(&said(&mut world, &path, &other), 409, "visit_incomplete", "");
    let refused = world.office.send("POST", &path, &[], &other).unwrap().json().to_string();
    assert!(refused.contains("№ 08812346 — не № 08812345 ли?"), "{refused}");
    let mut both = good.clone();
    both["instruments"][0]["passed_over"] = json!("не читается");
    expect(&said(&mut world, &path, &both), 422, "field_invalid", "passed_over");
    let mut twice = good.clone();
    let line = twice["instruments"][0].clone();
    twice["instruments"].as_array_mut().unwrap().push(line);
    expect(&said(&mut world, &path, &twice), 422, "instrument_twice", "instruments");
    let mut early = good.clone();
    early["date"] = json!("2025-09-01");
    let refused = said(&mut world, &path, &early);
    assert_ne!(refused.0, 200, "{refused:?}");
    // The meter of the card is known by its serial number.
    let mut same = good.clone();
    same["instruments"][0]["id"] = json!(null);
    let enter = format!("/v1/orders/{order}/readings");
    assert_eq!(said(&mut world, &enter, &same).0, 200);
}

#[on_both_databases]
fn a_thermometer_alone_verifies_nothing(mut world: World) {
    let order = world.order("7", "2026-08-26", &[METER]);
    world.minutes(8 * 60);
    let anna = metrologist(&mut world);
    let means = json!({
        "kind": "mis", "title": "Термогигрометр ИВА-6", "number": "46434-11",
        "serial_number": "5", "valid_from": "2026-01-01", "valid_until": "2027-12-31",
    });
    assert_eq!(said(&mut world, "/v1/firm/means", &means).0, 204);
    expect(&said(&mut world, "/v1/firm/means", &means), 422, "field_invalid", "serial_number");
    for (field, bad) in [("title", " "), ("number", "72850.18.3P.1"), ("serial_number", "9,9E+05")]
    {
        let mut wrong = means.clone();
        wrong[field] = json!(bad);
        assert_eq!(said(&mut world, "/v1/firm/means", &wrong).2, field);
    }
    let known = format!("/v1/means?person={}&date=2026-08-26", anna["id"].as_str().unwrap());
    let known = world.office.get(&known).unwrap();
    let mut known = known.as_array().unwrap().iter();
    let thermometer = known.find(|of| of["number"] == "46434-11").unwrap()["id"].clone();
    let mut body = paper(&mut world, order, &anna);
    body["means"] = json!([thermometer]);
    let path = format!("/v1/orders/{order}/readings");
    let refused = world.office.send("POST", &path, &[], &body).unwrap();
    assert_eq!(refused.status, 409);
    assert!(refused.json().to_string().contains("нет эталона"), "{}", refused.json());
}

#[on_both_databases]
fn a_form_names_what_stands_twice_or_is_not_there(mut world: World) {
    let card = json!({
        "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned",
        "district": "Ленинский", "address": "г. Саратов, ул. Тархова, д. 12",
    });
    let with = |field: &str, value: Value| {
        let mut card = card.clone();
        card[field] = value;
        card
    };
    let meter = |kind: &str, serial: &str| json!({ "type_number": kind, "serial_number": serial });
    for twin in [meter("16078-13", "0045120"), meter("", "O045120"), meter("16О78-13", "0045120")]
    {
        let both = with("instruments", json!([meter("16078-13", "0045120"), twin]));
        expect(&said(&mut world, "/v1/orders", &both), 422, "instrument_twice", "instruments");
    }
    let labelled = with("instruments", json!([meter("16078-13", "зав. № 0045120")]));
    expect(&said(&mut world, "/v1/orders", &labelled), 422, "field_invalid", "serial_number");
    let apart = with("instruments", json!([meter("16078-13", "1"), meter("38760-08", "1")]));
    assert_eq!(said(&mut world, "/v1/orders", &apart).0, 200);
    let swapped = with("place", json!("46.034450, 51.533120"));
    expect(&said(&mut world, "/v1/orders", &swapped), 422, "field_invalid", "place");
    let order = world.order("7", "2026-08-26", &[METER]);
    let strange = json!([{ "id": "01a08a5fa8817bf5b4400481065a2943", "serial_number": "1" }]);
    let path = format!("/v1/orders/{order}");
    let etag = world.office.send("GET", &path, &[], &json!({})).unwrap();
    assert_eq!(etag.status, 200);
    let put = with("instruments", strange);
    let refused = world.office.send("PUT", &path, &[("if-match", "\"1\"")], &put).unwrap();
    assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("instruments")));
}

#[on_both_databases]
fn conditions_that_no_paper_shows_are_said_with_their_line(mut world: World) {
    let orders =
        format!("{}\n{}", crate::paper::ORDER_HEAD, order_row("91", "16078-13", "СХВ-15", "9001"));
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    world.minutes(10 * 60);
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let rows = readings("91", "9001", "412");
    let mut rows: Vec<String> = rows.lines().map(str::to_owned).collect();
    rows[1] = rows[1].replace(";11,8;", ";12,9;");
    let table = format!("{READING_HEAD}\n{}\n", rows.join("\n"));
    let path = format!("/v1/import/readings?person={anna}");
    let done = world.office.upload(&path, table.as_bytes()).unwrap();
    assert_eq!(done["taken"], 1, "{done}");
    let said = problems(&done);
    let found = said.iter().any(|(how, line, column, words)| {
        (how.as_str(), *line, column.as_str()) == ("warning", 3, "темп_воды_С")
            && words.contains("не попадут")
    });
    assert!(found, "{said:?}");
    let order = find(&mut world, "91");
    assert_eq!(world.page(order).state, "done");
}

#[on_both_databases]
fn types_and_people_of_a_table_are_undone_while_nothing_was_done(mut world: World) {
    let head = "type_number;modification;dn_mm;method;q_min_b_m3h;q_min_a_m3h;q_t_b_m3h;q_t_a_m3h;\
        q_nom_m3h;q_max_m3h;limit_below_q_t_percent;limit_from_q_t_percent;interval_cold_years;\
        interval_hot_years\n";
    let kind = |modification: &str, limits: &str| {
        format!(
            "{head}16078-13;{modification};15;МИ 1592-2015;0,03;0,06;0,12;0,15;1,5;3;{limits};6;4\n"
        )
    };
    let undo = |world: &mut World, job: &Value| {
        let path = format!("/v1/imports/{}/undo", job["id"].as_str().unwrap());
        said(world, &path, &json!({}))
    };
    let bring = |world: &mut World, kind: &str, table: &str| {
        world.office.upload(&format!("/v1/import/{kind}"), table.as_bytes()).unwrap()
    };
    let limits = |world: &mut World, modification: &str| {
        let said = problems(&tried(world, "types", &kind(modification, "10;10")));
        said.into_iter().map(|of| of.3).collect::<Vec<_>>().join(" ")
    };
    bring(&mut world, "types", &kind("СХВ-15", "5;2"));
    let looser = bring(&mut world, "types", &kind("СХВ-15", "10;9"));
    let fresh = bring(&mut world, "types", &kind("СХВ-15Ж", "5;2"));
    assert!(limits(&mut world, "СХВ-15").contains("limit_from_q_t_percent 9 → 10"));
    assert_eq!(undo(&mut world, &looser).0, 200);
    assert!(limits(&mut world, "СХВ-15").contains("limit_from_q_t_percent 2 → 10"));
    let again = bring(&mut world, "types", &kind("СХВ-15Ж", "6;2"));
    expect(&undo(&mut world, &fresh), 409, "import_used", "");
    assert_eq!((undo(&mut world, &again).0, undo(&mut world, &fresh).0), (200, 200));
    assert_eq!(limits(&mut world, "СХВ-15Ж"), "", "it is gone");

    let people = "фио;имя_входа;роль;телефон;районы\nПервый А.;pervyi1;поверитель;;Ленинский\n";
    let job = bring(&mut world, "people", people);
    let is_there =
        |world: &mut World| world.office.get("/v1/people").unwrap().to_string().contains("pervyi1");
    assert!(is_there(&mut world));
    assert_eq!(undo(&mut world, &job).0, 200);
    assert!(!is_there(&mut world));
    let job = bring(&mut world, "people", people);
    let first =
        crate::office_trust::person(&mut world, "pervyi1")["id"].as_str().unwrap().to_owned();
    world.enrol(first.parse().unwrap(), "Первый");
    expect(&undo(&mut world, &job), 409, "import_used", "");
    assert!(is_there(&mut world));
}
