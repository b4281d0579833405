//! A generated day: 1,000 orders and the readings of 250 of them, with 300 faults of all kinds. Every
//! fault is said once, with its line and what to do; nothing else is harmed.

use std::collections::BTreeMap;

use serde_json::Value;
use vyezd_core::model::LegalDate;
use vyezd_server::import::{RowProblem, Severity, orders, readings};
use vyezd_tests::{Database, World};

use crate::office_trust::metrologist;

const SEED: u64 = 12;
const ORDERS: u64 = 1_000;
const FAULTS_OF_ORDERS: u64 = 200;
const READ_ORDERS: u64 = 250;
const FAULTS_OF_READINGS: u64 = 100;
const DAY: &str = "2026-08-26";
const ORDER_HEAD: [&str; 17] = [
    "заявка",
    "дата",
    "окно",
    "вид",
    "срочность",
    "клиент",
    "телефон",
    "район",
    "адрес",
    "рег_номер",
    "модификация",
    "заводской_номер",
    "год_выпуска",
    "вода",
    "положение",
    "цена_руб",
    "координаты",
];
const READING_HEAD: [&str; 16] = [
    "заявка",
    "заводской_номер",
    "точка",
    "расход_м3ч",
    "начало_м3",
    "конец_м3",
    "эталон_м3",
    "длительность_с",
    "темп_воды_С",
    "темп_воздуха_С",
    "влажность_проц",
    "давление_кПа",
    "внешний_осмотр",
    "опробование",
    "герметичность",
    "источник",
];

/// What becomes of an order with a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// The order is there, and the fault is only said.
    Taken,
    /// The order is not there.
    Lost,
    /// The order is there without its second instrument.
    WithoutSecond,
}
use After::{Lost, Taken, WithoutSecond};

/// A fault: row of the order (0 or 1), column, what stands in it, a word of what is said, what becomes
/// of the order.
type OrderFault = (usize, &'static str, &'static str, &'static str, After);

const ORDER_FAULTS: &[OrderFault] = &[
    (0, "заявка", "", "нет номера заявки", Lost),
    (0, "заявка", "2,1E+03", "степени", Lost),
    (0, "дата", "31.02.2026", "не читается", Lost),
    (0, "дата", "", "нет даты", Lost),
    (0, "дата", "26.08", "без года", Lost),
    (0, "дата", "08/09/2026", "двумя днями", Lost),
    (0, "дата", "26.08.2062", "проверьте год", Lost),
    (0, "дата", "46266", "Excel", Lost),
    (0, "окно", "18:00-12:00", "конец не позже начала", Lost),
    (0, "окно", "10.дек", "превращено таблицей в дату", Lost),
    (0, "окно", "как-нибудь", "взят день с 9 до 21", Taken),
    (0, "окно", "", "взят день с 9 до 21", Taken),
    (0, "срочность", "очень", "плановая", Taken),
    (0, "клиент", "#ИМЯ?", "исправьте её в таблице", Lost),
    (0, "телефон", "12-34", "записано в комментарий", Taken),
    (0, "телефон", "", "телефон не указан", Taken),
    (0, "телефон", "+7 900 555-00-01 доб. 12", "записано в комментарий", Taken),
    (0, "телефон", "7,92711E+10", "записано в комментарий", Taken),
    (0, "район", "", "не указан район", Lost),
    (0, "адрес", "", "не указан адрес", Lost),
    (0, "адрес", "#Н/Д", "исправьте её в таблице", Lost),
    (0, "адрес", "г. Саратов, ул. Тар\u{fffd}ова, 5", "испорченный знак", Lost),
    (0, "рег_номер", "16О78-13", "буква вместо цифры", Taken),
    (0, "рег_номер", "16078–13", "чужое тире", Taken),
    (0, "модификация", "CХВ-15", "латинская буква", Taken),
    (0, "заводской_номер", "8,81E+06", "степени", Lost),
    (0, "заводской_номер", "01.окт", "превращён таблицей в дату", Lost),
    (0, "заводской_номер", "", "нет заводского номера", Taken),
    (0, "заводской_номер", "451207А1B", "буква", Taken),
    (0, "год_выпуска", "202О", "год_выпуска", Taken),
    (0, "вода", "тёплая", "вода «тёплая»", Taken),
    (0, "положение", "боком", "положение «боком»", Taken),
    (0, "цена_руб", "девятьсот", "напишите её как", Lost),
    (0, "цена_руб", "0", "цена 0", Taken),
    (0, "цена_руб", "99999999999999", "больше", Lost),
    (0, "координаты", "у моста", "координаты «у моста»", Taken),
    (1, "клиент", "Другой В. Г.", "это разные заявки", WithoutSecond),
    (1, "адрес", "г. Энгельс, ул. Иная, 1", "это разные заявки", WithoutSecond),
    (1, "дата", "27.08.2026", "это разные заявки", WithoutSecond),
    (1, "заводской_номер", "=", "в заявке уже есть", WithoutSecond),
    (1, "район", "Иной", "отличается от первой строки", Taken),
];

/// A fault of readings: row of the order, column, what stands in it, a word of what is said, whether the
/// order still gets its papers.
type ReadingFault = (usize, &'static str, &'static str, &'static str, bool);

const READING_FAULTS: &[ReadingFault] = &[
    (0, "заявка", "=", "заявки № Ч-", false),
    (1, "заводской_номер", "чужой", "нет в заявке", false),
    (1, "заводской_номер", "8,81E+06", "степени", false),
    (1, "точка", "", "не указана точка", false),
    (0, "расход_м3ч", "131", "похоже на л/ч", false),
    (1, "расход_м3ч", "0,13 или 0,14", "расход_м3ч", false),
    (1, "начало_м3", "-412,3370", "меньше нуля", false),
    (1, "начало_м3", "412,9999", "идут назад", false),
    (1, "конец_м3", "412,35O1", "конец_м3", false),
    (1, "эталон_м3", "0", "больше нуля", false),
    (1, "длительность_с", "долго", "не имеет смысла", false),
    (0, "влажность_проц", "520", "так не бывает", false),
    (0, "влажность_проц", "-52", "так не бывает", false),
    (0, "давление_кПа", "745", "мм рт. ст.", false),
    (0, "темп_воздуха_С", "228", "так не бывает", false),
    (0, "темп_воды_С", "холодная", "темп_воды_С", false),
    (1, "опробование", "наверное", "«да» или «нет»", false),
    (1, "источник", "слух", "без источника", false),
];

/// Numbers from a seed: the high half of a linear congruence (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// So many different numbers below an end.
    fn different(&mut self, count: u64, end: u64) -> Vec<u64> {
        let mut all: Vec<u64> = (0..end).collect();
        for at in 0..count {
            let other = at + self.below(end - at);
            all.swap(at as usize, other as usize);
        }
        all.truncate(count as usize);
        all
    }
}

fn number(order: u64) -> String {
    format!("Д-{order:04}")
}

fn serial(order: u64, instrument: usize) -> String {
    format!("04{order:04}{instrument}")
}

/// The rows of an order; every third has one instrument.
fn order_rows(order: u64, instruments: usize) -> Vec<Vec<String>> {
    let row = |at: usize| {
        let cells = [
            &*number(order),
            "26.08.2026",
            "09:00-11:00",
            "поверка",
            "плановая",
            &format!("Проба А. {order}"),
            "+7 900 555-00-01",
            "Октябрьский",
            &format!("г. Саратов, ул. Тархова, д. {order}"),
            "16078-13",
            "СХВ-15",
            &serial(order, at),
            "2020",
            "холодная",
            "горизонтально",
            "900,50",
            "51.533120, 46.034450",
        ];
        cells.map(str::to_owned).to_vec()
    };
    (0..instruments).map(row).collect()
}

/// Whole cubic metres on the dial of an order: no two dials of the day are alike.
fn dial(order: u64) -> String {
    (412 + order).to_string()
}

fn reading_rows(order: u64) -> Vec<Vec<String>> {
    let row = |point: &str, flow: &str, start: &str, end: &str, reference: &str| {
        let (start, end) = (start.replace("412", &dial(order)), end.replace("412", &dial(order)));
        let cells = [
            &*number(order),
            &serial(order, 0),
            point,
            flow,
            &start,
            &end,
            reference,
            "",
            "11,8",
            "21,4",
            "48",
            "99,8",
            "да",
            "да",
            "да",
            "с бумаги",
        ];
        cells.map(str::to_owned).to_vec()
    };
    vec![
        row("Qмин", "0,031", "412,3300", "412,3363", "0,0062"),
        row("1,1Qп", "0,132", "412,3370", "412,3501", "0,0132"),
        row("Qнаиб", "0,880", "412,3510", "412,3806", "0,0293"),
    ]
}

fn put(row: &mut [String], head: &[&str], column: &str, cell: &str) {
    let at = head.iter().position(|name| *name == column).expect("a column");
    cell.clone_into(&mut row[at]);
}

/// A line with a fault, and a word of what is said of it.
type Said = (u64, &'static str);

struct Day {
    orders: String,
    /// What becomes of each order, and how many instruments it has.
    after: BTreeMap<u64, (After, usize)>,
    said_of_orders: Vec<Said>,
    readings: String,
    /// Whether each order with readings gets its papers.
    papers: BTreeMap<u64, bool>,
    said_of_readings: Vec<Said>,
}

/// Makes the day of a seed. Readings are of orders without a fault.
fn day(seed: u64) -> Day {
    let mut numbers = Numbers(seed);
    let chosen = numbers.different(FAULTS_OF_ORDERS, ORDERS);
    let faults: BTreeMap<u64, OrderFault> = chosen
        .iter()
        .zip(ORDER_FAULTS.iter().cycle())
        .map(|(order, fault)| (*order, *fault))
        .collect();
    let mut lines = vec![ORDER_HEAD.join(";")];
    let (mut after, mut said_of_orders) = (BTreeMap::new(), Vec::new());
    for order in 0..ORDERS {
        let fault = faults.get(&order);
        // A fault of the first row is of the only one, so that it is said once.
        let instruments = match fault {
            Some((0, ..)) => 1,
            Some(_) => 2,
            None => 1 + (order % 3 > 0) as usize,
        };
        let mut rows = order_rows(order, instruments);
        after.insert(order, (Taken, instruments));
        if let Some((row, column, cell, words, then)) = fault.copied() {
            let same = serial(order, 0);
            let cell = if cell == "=" { same.as_str() } else { cell };
            put(&mut rows[row], &ORDER_HEAD, column, cell);
            said_of_orders.push(((lines.len() + row + 1) as u64, words));
            let bare = column == "заводской_номер" && cell.is_empty();
            let left = instruments - usize::from(then == WithoutSecond || bare);
            after.insert(order, (then, left));
        }
        lines.extend(rows.iter().map(|row| row.join(";")));
    }
    let good: Vec<u64> = (0..ORDERS)
        .filter(|order| !faults.contains_key(order) && order % 3 == 0)
        .take(READ_ORDERS as usize)
        .collect();
    let (readings, papers, said_of_readings) = readings_of(&good, &mut numbers);
    Day { orders: lines.join("\n"), after, said_of_orders, readings, papers, said_of_readings }
}

/// Readings of orders, the first of them with a fault each.
fn readings_of(good: &[u64], numbers: &mut Numbers) -> (String, BTreeMap<u64, bool>, Vec<Said>) {
    let chosen = numbers.different(FAULTS_OF_READINGS, good.len() as u64);
    let mut lines = vec![READING_HEAD.join(";")];
    let (mut papers, mut said) = (BTreeMap::new(), Vec::new());
    for (at, order) in good.iter().enumerate() {
        let mut rows = reading_rows(*order);
        papers.insert(*order, true);
        if let Some(turn) = chosen.iter().position(|chosen| *chosen == at as u64) {
            let (row, column, cell, words, issued) = READING_FAULTS[turn % READING_FAULTS.len()];
            let strange = format!("Ч-{order}");
            let cell = if cell == "=" { strange.as_str() } else { cell };
            put(&mut rows[row], &READING_HEAD, column, &cell.replace("412", &dial(*order)));
            said.push(((lines.len() + row + 1) as u64, words));
            papers.insert(*order, issued);
        }
        lines.extend(rows.iter().map(|row| row.join(";")));
    }
    (lines.join("\n"), papers, said)
}

/// Every fault is said once, in its line.
fn each_said_once(problems: &[RowProblem], said: &[Said]) {
    for (line, words) in said {
        let mine: Vec<&RowProblem> = problems
            .iter()
            .filter(|problem| problem.line == *line && problem.message.contains(words))
            .collect();
        let of_line: Vec<&RowProblem> = problems.iter().filter(|p| p.line == *line).collect();
        assert_eq!(mine.len(), 1, "line {line}, «{words}»: {of_line:?}");
    }
}

fn problems_of(job: &Value) -> Vec<RowProblem> {
    serde_json::from_value(job["problems"].clone()).unwrap()
}

#[test]
fn every_fault_of_a_thousand_orders_is_said_once_and_the_rest_goes_on() {
    let day = day(SEED);
    println!("seed {SEED}");
    assert_eq!(day.said_of_orders.len() + day.said_of_readings.len(), 300);
    let (read, problems) =
        orders::parse(day.orders.as_bytes(), LegalDate::parse(DAY)).expect("a table");
    each_said_once(&problems, &day.said_of_orders);
    let lines: Vec<u64> = day.said_of_orders.iter().map(|(line, _)| *line).collect();
    let more: Vec<&RowProblem> = problems.iter().filter(|of| !lines.contains(&of.line)).collect();
    assert_eq!(problems.len(), lines.len(), "nothing else is said: {more:?}");
    let taken: BTreeMap<&str, usize> =
        read.iter().map(|line| (line.number.as_str(), line.instruments.len())).collect();
    for (order, (after, instruments)) in &day.after {
        let wanted = (*after != Lost).then_some(*instruments);
        assert_eq!(taken.get(number(*order).as_str()).copied(), wanted, "{}", number(*order));
    }
    let (_, problems) = readings::parse(day.readings.as_bytes()).expect("a table");
    // The order and its types are known to the office alone.
    let stranger = |of: &&Said| {
        ["нет в заявке", "заявки № Ч-", "л/ч"].iter().any(|words| of.1.contains(words))
    };
    let of_reader: Vec<Said> =
        day.said_of_readings.iter().filter(|of| !stranger(of)).copied().collect();
    each_said_once(&problems, &of_reader);
    assert_eq!(problems.len(), of_reader.len(), "nothing else is said");
}

#[test]
fn a_faulty_day_goes_through_the_office_and_only_good_orders_get_papers() {
    let day = day(SEED);
    println!("seed {SEED}");
    let mut world = World::new(Database::Sqlite).expect("a world");
    let done = world.office.upload("/v1/import/orders", day.orders.as_bytes()).unwrap();
    let there = day.after.values().filter(|(after, _)| *after != Lost).count();
    assert_eq!(
        (done["taken"].as_u64(), done["total"].as_u64()),
        (Some(there as u64), Some(there as u64))
    );
    each_said_once(&problems_of(&done), &day.said_of_orders);
    world.minutes(10 * 60);
    let anna = metrologist(&mut world)["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/import/readings?person={anna}");
    let done = world.office.upload(&path, day.readings.as_bytes()).unwrap();
    let problems = problems_of(&done);
    each_said_once(&problems, &day.said_of_readings);
    let issued = day.papers.values().filter(|issued| **issued).count();
    assert_eq!(done["taken"].as_u64(), Some(issued as u64), "{problems:?}");
    let closed = world.office.get("/v1/orders?state=done&limit=1").unwrap();
    assert_eq!(closed["total"].as_u64(), Some(issued as u64), "{closed}");
    // Whatever was refused says its order, so that a clerk finds it.
    let refused = problems.iter().filter(|p| p.severity == Severity::Error);
    assert!(refused.into_iter().all(|p| !p.order.is_empty() && p.line > 0));
}
