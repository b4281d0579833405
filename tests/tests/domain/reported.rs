//! What people of the field reported, from the table to the page: telephones, zones, readings that no
//! room shows.

use serde_json::{Value, json};
use vyezd_core::client::Input;
use vyezd_core::doc::Edit;
use vyezd_core::model::VisitOutcome;
use vyezd_phone::native::Phone;
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World};

use crate::office_trust::metrologist;
use crate::paper::{ORDER_HEAD, READING_HEAD, find, order_row, readings};

/// The order's page after an import of one row with other texts.
fn brought(world: &mut World, number: &str, changes: &[(&str, &str)]) -> (Value, String) {
    let mut row = order_row(number, "16078-13", "СХВ-15", "0001");
    for (from, to) in changes {
        assert!(row.contains(from), "{from}");
        row = row.replace(from, to);
    }
    let table = format!("{ORDER_HEAD}\n{row}");
    let done = world.office.upload("/v1/import/orders", table.as_bytes()).unwrap();
    let order = find(world, number);
    let page = world.office.get(&format!("/v1/orders/{order}")).unwrap();
    (page, done["problems"].to_string())
}

#[on_both_databases]
fn nobodys_telephone_is_made_of_digits(mut world: World) {
    const MOBILE: &str = "+79001102102";
    let cases: [(&str, &[&str], &str); 12] = [
        ("110-21-02 (3 подъезд, кв 12)", &[], "110-21-02 (3 подъезд, кв 12)"),
        ("+49 30 123456", &[], "+49 30 123456"),
        ("+372 512 3456", &[], "+372 512 3456"),
        ("7,9271102E+10", &[], "7,9271102E+10"),
        ("8 927 110 21 0", &[], "8 927 110 21 0"),
        ("0000000000", &[], "0000000000"),
        ("8 (900) 110-21-02, 8-845-222-33-44", &[MOBILE, "+78452223344"], ""),
        ("8 (900) 110-21-02 доб. 12", &[MOBILE], "доб. 12"),
        ("9001102102.0", &[MOBILE], ""),
        ("9001102102 / +7 845 222 33 44", &[MOBILE, "+78452223344"], ""),
        ("900 110 21 02 и 900", &[MOBILE], "900"),
        ("+7 900 110-21-02 Анна", &[MOBILE], "Анна"),
    ];
    for (at, (typed, phones, note)) in cases.into_iter().enumerate() {
        let number = format!("10{at:02}");
        let (page, said) = brought(&mut world, &number, &[("+7 900 555-00-01", typed)]);
        let found: Vec<String> = page["phones"]
            .as_array()
            .unwrap()
            .iter()
            .map(|of| of.as_str().unwrap().chars().filter(|c| !" -()".contains(*c)).collect())
            .collect();
        assert_eq!(found, phones, "{typed}: {page}");
        assert!(page["note"].as_str().unwrap().contains(note), "{typed}: {}", page["note"]);
        assert_eq!(said.contains("комментарий"), !note.is_empty(), "{typed}: {said}");
    }
}

#[on_both_databases]
fn a_street_called_after_a_town_moves_no_clock(mut world: World) {
    let cases = [
        ("Московская ул., д. 66, кв. 1", "Europe/Saratov"),
        ("Волжский р-н, ул. Чернышевского, д. 100", "Europe/Saratov"),
        ("г. Нижний Тагил, ул. Мира, д. 5", "Asia/Yekaterinburg"),
        ("ЖК «Казань», ул. Мира, д. 5", "Europe/Saratov"),
        ("мкр. Кузбасс, д. 5", "Europe/Saratov"),
        ("г. Благовещенск, Республика Башкортостан, ул. Мира, 5", "Asia/Yekaterinburg"),
        ("г. Южно-Сахалинск, ул. Мира, д. 5", "Asia/Sakhalin"),
        ("бульвар Омск, Владивостокская ул., 3", "Europe/Saratov"),
        ("Чукотский АО, с. Саратово", "Asia/Anadyr"),
    ];
    for (at, (address, zone)) in cases.into_iter().enumerate() {
        let number = format!("14{at:02}");
        let own = format!("г. Саратов, ул. Тархова, д. {number}");
        let (page, _) = brought(&mut world, &number, &[(&own, address)]);
        assert_eq!(page["zone"], zone, "{address}");
        assert_eq!(page["zone_chosen"], false);
    }
}

#[on_both_databases]
fn what_no_room_shows_is_neither_certified_nor_packed(mut world: World) {
    // What stands in the paper, what is typed instead of it, what the clerk is told.
    let cases = [
        (";48;99,8;", ";48;745;", "похоже на мм рт. ст."),
        (";48;99,8;", ";0,48;99,8;", "влажность"),
        (";48;99,8;", ";520;99,8;", "влажность"),
        (";48;99,8;", ";-52;99,8;", "влажность"),
        (";21,4;", ";228;", "воздуха"),
        (";0,880;", ";940;", "похоже на л/ч"),
        (";412,3300;412,3363;", ";-412,3363;-412,3300;", "меньше нуля"),
        (";412,3300;412,3363;", ";412,3363;412,3300;", "идут назад"),
    ];
    let mut orders = format!("{ORDER_HEAD}\n");
    let mut table = format!("{READING_HEAD}\n");
    for (at, (from, to, _)) in cases.iter().enumerate() {
        let (number, serial) = (format!("07{at:02}"), format!("00{at}"));
        orders += &order_row(&number, "16078-13", "СХВ-15", &serial);
        let rows = readings(&number, &serial, "412");
        assert!(rows.contains(from), "{from}");
        table += &rows.replace(from, to);
    }
    // One pour typed for three points.
    orders += &order_row("0799", "16078-13", "СХВ-15", "0099");
    let one = "0,0062;;11,8;21,4;48;99,8;да;да;да;бумага";
    for (point, flow) in [("Qмин", "0,031"), ("1,1Qп", "0,132"), ("Qнаиб", "0,880")] {
        table += &format!("0799;0099;{point};{flow};18,0400;18,0462;{one}\n");
    }
    world.office.upload("/v1/import/orders", orders.as_bytes()).unwrap();
    world.minutes(10 * 60);
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let done = world.office.upload(&path, table.as_bytes()).unwrap();
    assert_eq!(done["taken"], 0, "{done}");
    let numbers = (0..cases.len()).map(|at| format!("07{at:02}")).chain(["0799".to_owned()]);
    let words = cases.iter().map(|case| case.2).chain(["один пролив"]);
    for (number, words) in numbers.zip(words) {
        let all = done["problems"].as_array().unwrap();
        let mine: Vec<&Value> = all.iter().filter(|of| of["order"] == *number).collect();
        assert!(mine.iter().any(|of| of.to_string().contains(words)), "{number}: {mine:?}");
        let order = find(&mut world, &number);
        let page = world.page(order);
        assert!(page.sheets.is_empty() && page.papers.is_empty(), "{number}: {page:?}");
    }
    let days = json!({ "from": "2026-08-26", "to": "2026-08-26" });
    let packed = world.office.post("/v1/packages", &days);
    assert!(packed.is_err() || packed.is_ok_and(|made| made["packages"] == json!([])));
}

#[test]
fn an_instrument_is_passed_over_for_a_reason_in_words() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let order = world.order("1", "2026-08-26", &[("16078-13", "СХВ-15", "08812345")]);
    world.tick();
    world.device("Анна").sync().accept(order).sync();
    let phone = &mut world.device("Анна").device.phone;
    let lacks = |phone: &mut Phone, reason: &str| {
        let now = phone.now();
        let view = phone.client().order(now, order).expect("the order");
        let visit = view.visit.expect("a visit");
        let instrument = *view.document.visits[&visit].instruments.keys().next().expect("a meter");
        let reason = reason.to_owned();
        let edits = vec![
            Edit::SkipInstrument { visit, instrument, reason },
            Edit::Finish { visit, outcome: VisitOutcome::Done, comment: String::new() },
        ];
        phone.handle(Input::Edit { order, edits }).expect("written");
        let now = phone.now();
        let view = phone.client().order(now, order).expect("the order");
        view.lacking.iter().any(|lack| lack.words.contains("причина"))
    };
    for reason in [".", "—", "\u{301}"] {
        assert!(lacks(phone, reason), "{reason:?}");
    }
    assert!(!lacks(phone, "зашит коробом"));
}
