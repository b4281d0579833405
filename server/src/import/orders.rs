//! A day's orders from a spreadsheet: one row an instrument; rows of one number make one order.

use std::collections::HashMap;

use vyezd_core::model::{
    Access, CARD_TEXT_CHARS_MAX, LegalDate, Phone, Place, Position, Urgency, Water, Window, Zone,
    fold, is_type_number, parse_rubles, phones,
};
use vyezd_core::rules::hints::type_number_meant;
use vyezd_core::texts::{lookalike_words, mended};

use super::table::{Columns, RawTable, Record, Table, TableError};
use super::words::{self, NoWindow, WHOLE_DAY};
use super::{RowProblem, Severity, dates, numbers};
use crate::limits::office::{INSTRUMENT_TEXT_CHARS_MAX, MONEY_KOP_MAX, YEAR_MAX, YEAR_MIN};

/// Columns whose cells can hold anything.
const FREE_COLUMNS: [&str; 9] = [
    "вид",
    "клиент",
    "район",
    "адрес",
    "подъезд",
    "этаж",
    "домофон",
    "модификация",
    "заводской_номер",
];
/// Columns whose cells show by their kind that they are in their place.
const JUDGED_COLUMNS: [&str; 8] =
    ["дата", "окно", "телефон", "рег_номер", "год_выпуска", "вода", "положение", "цена_руб"];
/// Beginning of what is said of a price of zero.
const PRICE_ZERO: &str = "цена 0";
/// Name of the file in problems.
pub const FILE: &str = "заявки";
const COLUMNS: Columns = Columns {
    needed: &[
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
        "вода",
        "положение",
    ],
    known: &["цена_руб", "год_выпуска", "подъезд", "этаж", "домофон", "координаты", "комментарий"],
    synonyms: &[
        ("№ заявки", "заявка"),
        ("номер заявки", "заявка"),
        ("заявка №", "заявка"),
        ("дата визита", "дата"),
        ("дата выезда", "дата"),
        ("время", "окно"),
        ("интервал", "окно"),
        ("время визита", "окно"),
        ("вид работ", "вид"),
        ("вид работы", "вид"),
        ("ФИО", "клиент"),
        ("Ф.И.О. клиента", "клиент"),
        ("клиент ФИО", "клиент"),
        ("тел.", "телефон"),
        ("телефон клиента", "телефон"),
        ("адрес клиента", "адрес"),
        ("№ в реестре", "рег_номер"),
        ("номер в реестре", "рег_номер"),
        ("рег. №", "рег_номер"),
        ("№ госреестра", "рег_номер"),
        ("номер госреестра", "рег_номер"),
        ("регистрационный номер", "рег_номер"),
        ("зав. номер", "заводской_номер"),
        ("зав. №", "заводской_номер"),
        ("заводской №", "заводской_номер"),
        ("№ заводской", "заводской_номер"),
        ("серийный номер", "заводской_номер"),
        ("год", "год_выпуска"),
        ("год вып.", "год_выпуска"),
        ("цена", "цена_руб"),
        ("цена, руб.", "цена_руб"),
        ("цена, р", "цена_руб"),
        ("стоимость", "цена_руб"),
        ("стоимость, руб.", "цена_руб"),
        ("стоимость услуг", "цена_руб"),
        ("цена за прибор", "цена_руб"),
        ("сумма", "цена_руб"),
        ("сумма, руб.", "цена_руб"),
        ("к оплате", "цена_руб"),
        ("к оплате, руб.", "цена_руб"),
        ("руб.", "цена_руб"),
        ("заметки", "комментарий"),
        ("под.", "подъезд"),
        ("год выпуска прибора", "год_выпуска"),
        ("примечание", "комментарий"),
        ("коммент.", "комментарий"),
        ("код домофона", "домофон"),
    ],
    free_text: Some("комментарий"),
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The line of its first row.
    pub line: u64,
    pub number: String,
    pub date: LegalDate,
    pub window: Window,
    pub kind: String,
    pub urgency: Urgency,
    pub client: String,
    pub phones: Vec<Phone>,
    pub district: String,
    pub address: String,
    /// Coordinates of the building, where the file has them.
    pub place: Option<Place>,
    pub access: Access,
    /// The sum of the rows' prices, kopecks.
    pub price_kop: i64,
    pub instruments: Vec<InstrumentLine>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentLine {
    pub line: u64,
    /// `NNNNN-YY`.
    pub type_number: String,
    pub modification: String,
    /// The serial number, text.
    pub serial_number: String,
    pub year: Option<u16>,
    pub water: Option<Water>,
    pub position: Option<Position>,
}

impl OrderLine {
    /// Lines of the order in the file: its first and those of its instruments.
    pub fn lines(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.line).chain(self.instruments.iter().map(|of| of.line))
    }
}

/// Orders that were read so far, and where each number stands.
#[derive(Default)]
struct Orders {
    lines: Vec<OrderLine>,
    by_number: HashMap<String, usize>,
    /// Price of a first row whose instrument was passed over, by the order's place: nobody pays for it, unless it is
    /// the only one.
    passed_over: HashMap<usize, i64>,
}

/// Reads orders, in the order of the file. `today` is where the caller knows it: a day far from it is
/// a slip of the finger.
pub fn parse(
    bytes: &[u8],
    today: Option<LegalDate>,
) -> Result<(Vec<OrderLine>, Vec<RowProblem>), TableError> {
    Ok(read(&raw(bytes)?.placed(), today))
}

/// The file as it is.
pub fn raw(bytes: &[u8]) -> Result<RawTable, TableError> {
    RawTable::read(FILE, bytes, &COLUMNS)
}

/// Reads the orders of a table.
pub fn read(table: &Table, today: Option<LegalDate>) -> (Vec<OrderLine>, Vec<RowProblem>) {
    let mut orders = Orders::default();
    let mut problems = table.problems();
    for record in table.records() {
        row(record, today, &mut orders, &mut problems);
    }
    for (at, price) in std::mem::take(&mut orders.passed_over) {
        if let Some(order) = orders.lines.get_mut(at).filter(|order| order.instruments.is_empty()) {
            order.price_kop = price;
        }
    }
    problems.extend(unpriced(table, &orders.lines, &problems));
    problems.sort_by_key(|problem| problem.line);
    (orders.lines, problems)
}

/// A sentence for each order that costs nothing, or one for a table without prices.
fn unpriced(table: &Table, orders: &[OrderLine], said: &[RowProblem]) -> Vec<RowProblem> {
    if table.has("цена_руб") {
        let free = orders.iter().filter(|order| order.price_kop == 0 && !said_zero(said, order));
        let words = "цена не указана: к оплате ничего не будет";
        let warning = |order: &OrderLine| {
            RowProblem::new(Severity::Warning, FILE, order.line, words).about(&order.number, "")
        };
        free.map(warning).collect()
    } else {
        let words = "колонки с ценой нет («цена_руб»): у всех заявок к оплате ничего не будет";
        vec![RowProblem::new(Severity::Warning, FILE, 0, words)]
    }
}

fn row(
    r: Record<'_>,
    today: Option<LegalDate>,
    orders: &mut Orders,
    problems: &mut Vec<RowProblem>,
) {
    let number = numbers::read("номер заявки", r.get("заявка"));
    let serial = numbers::read("заводской номер", r.get("заводской_номер"));
    let shown = |read: &Result<String, String>, column| {
        read.clone().unwrap_or_else(|_| r.get(column).to_owned())
    };
    let (number_shown, serial_shown) =
        (shown(&number, "заявка"), shown(&serial, "заводской_номер"));
    let mut say = |severity, message: String| {
        let problem = RowProblem::new(severity, FILE, r.line, message);
        problems.push(problem.about(&number_shown, &serial_shown));
    };
    let read = number.and_then(|number| Ok((number, serial?)));
    let read = read.and_then(|(number, serial)| {
        if serial != r.get("заводской_номер").trim() {
            let words =
                "заводской номер прочитан без того, что добавила таблица: сверьте с прибором";
            say(Severity::Warning, words.to_owned());
        }
        let line = whole(r, number, today, &mut say)?;
        let instrument = instrument(r, (serial, line.date), &mut say);
        Ok((line, instrument))
    });
    let added = read.and_then(|(line, instrument)| orders.add(line, instrument, &mut say));
    if let Err(message) = added {
        say(Severity::Error, message);
    }
}

impl Orders {
    /// Adds a row: a new order, or an instrument of one that is there.
    fn add(
        &mut self,
        row: OrderLine,
        instrument: Option<InstrumentLine>,
        say: &mut impl FnMut(Severity, String),
    ) -> Result<(), String> {
        let known = self.by_number.get(&row.number).and_then(|at| self.lines.get_mut(*at));
        let Some(order) = known else {
            let at = self.lines.len();
            self.by_number.insert(row.number.clone(), at);
            let mut order = OrderLine { instruments: instrument.into_iter().collect(), ..row };
            if order.instruments.is_empty() {
                self.passed_over.insert(at, std::mem::take(&mut order.price_kop));
            }
            self.lines.push(order);
            return Ok(());
        };
        contradiction(order, &row)?;
        differences(order, &row, say);
        // The first who is named is the client: a later name is compared with it.
        if order.client.is_empty() {
            order.client.clone_from(&row.client);
        }
        let Some(instrument) = instrument else { return Ok(()) };
        if order.instruments.iter().any(|i| i.serial_number == instrument.serial_number) {
            return Err("прибор с этим номером в заявке уже есть: строка пропущена".to_owned());
        }
        let sum = order.price_kop.checked_add(row.price_kop).filter(|sum| *sum <= MONEY_KOP_MAX);
        order.price_kop = sum.ok_or_else(too_dear)?;
        order.instruments.push(instrument);
        Ok(())
    }
}

/// Whether a zero of the order's own was said already.
fn said_zero(problems: &[RowProblem], order: &OrderLine) -> bool {
    problems.iter().any(|of| of.order == order.number && of.message.starts_with(PRICE_ZERO))
}

fn too_dear() -> String {
    format!("сумма заявки больше {} рублей: строка пропущена", MONEY_KOP_MAX / 100)
}

/// Reads a row without its instrument; what stops the row is said.
fn whole(
    r: Record<'_>,
    number: String,
    today: Option<LegalDate>,
    say: &mut impl FnMut(Severity, String),
) -> Result<OrderLine, String> {
    if number.is_empty() {
        return Err("нет номера заявки, он нужен в каждой строке: строка пропущена".to_owned());
    }
    let date = dates::day(r.get("дата"), today)?;
    if today.is_some_and(|today| date < today) {
        say(Severity::Warning, format!("дата {} уже прошла: проверьте", date.russian()));
    }
    for column in ["район", "адрес"] {
        if r.get(column).is_empty() {
            return Err(format!("не указан {column}: строка пропущена"));
        }
    }
    if r.wide {
        in_place(r)?;
    }
    too_long(r)?;
    let window = window(r, say)?;
    let price_kop = price(r, say)?;
    let mut warn = |message: String| say(Severity::Warning, message);
    if let Some(words) = zone_words(r.get("адрес")) {
        warn(words);
    }
    let urgency = words::urgency(r.get("срочность")).unwrap_or_else(|| {
        warn(format!("срочность «{}» неизвестна: плановая", r.get("срочность")));
        Urgency::Planned
    });
    let read = phones::read(r.get("телефон"));
    if let Some(words) = phone_words(&read) {
        warn(words);
    }
    let place = Place::parse(r.get("координаты"));
    if place.is_none() && !r.get("координаты").is_empty() {
        warn(format!("координаты «{}» не читаются: не учтены", r.get("координаты")));
    }
    let text = |column: &str| r.get(column).to_owned();
    Ok(OrderLine {
        line: r.line,
        number,
        date,
        window,
        kind: text("вид"),
        urgency,
        client: text("клиент"),
        phones: read.phones,
        district: text("район"),
        address: text("адрес"),
        place,
        access: Access {
            entrance: text("подъезд"),
            floor: text("этаж"),
            intercom: text("домофон"),
            note: phones::beside(&text("комментарий"), &read.note),
        },
        price_kop,
        instruments: Vec::new(),
    })
}

/// A sentence about a town whose zone nobody knows.
fn zone_words(address: &str) -> Option<String> {
    let town = Zone::unknown_town(address)?;
    Some(format!(
        "город «{town}» не из списка: часовой пояс взят по организации; если он другой, выберите его \
         в карточке"
    ))
}

/// A sentence about a cell of telephones that is not numbers alone.
fn phone_words(read: &phones::PhonesRead) -> Option<String> {
    match (read.problems.as_slice(), read.note.as_str()) {
        ([], "") if read.phones.is_empty() => Some("телефон не указан".to_owned()),
        ([], "") => None,
        ([], note) => Some(format!("«{note}» при телефоне записано в комментарий")),
        (problems, _) => {
            let words = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Some(format!("телефон: {words}; записано в комментарий"))
        }
    }
}

/// A row with more cells than the head is whole where every cell of a known kind is in its place.
fn in_place(r: Record<'_>) -> Result<(), String> {
    let year = r.get("год_выпуска");
    let type_number = r.get("рег_номер");
    let fits = (type_number.is_empty() || is_type_number(type_number))
        && (year.is_empty() || year.parse::<u16>().is_ok())
        && words::water(r.get("вода")).is_some()
        && words::position(r.get("положение")).is_some()
        && (r.get("цена_руб").is_empty() || parse_rubles(r.get("цена_руб")).is_ok())
        && (r.get("телефон").is_empty() || !phones::read(r.get("телефон")).phones.is_empty())
        && words::window(r.get("окно")).is_ok();
    // A cell that was torn in a column of free text shifts what stands behind it: only a cell of a known kind there
    // shows that none was.
    let last_free = FREE_COLUMNS.iter().filter_map(|column| r.place(column)).max();
    let witness = JUDGED_COLUMNS
        .iter()
        .any(|column| r.place(column) > last_free && !r.get(column).is_empty());
    if fits && witness {
        return Ok(());
    }
    Err(format!(
        "ячеек больше, чем колонок в шапке ({}), и они сдвинуты: возьмите ячейку с лишним \
         разделителем в кавычки; строка пропущена",
        r.width()
    ))
}

/// A cell that the card has no room for; nothing is cut.
fn too_long(r: Record<'_>) -> Result<(), String> {
    let columns = COLUMNS.needed.iter().chain(COLUMNS.known);
    for column in columns {
        let max = match *column {
            "рег_номер" | "модификация" | "заводской_номер" => {
                INSTRUMENT_TEXT_CHARS_MAX
            }
            _ => CARD_TEXT_CHARS_MAX,
        };
        let size = r.get(column).chars().count();
        if size > max {
            return Err(format!(
                "в колонке «{column}» {size} знаков, больше {max}: сократите; строка пропущена"
            ));
        }
    }
    Ok(())
}

fn window(r: Record<'_>, say: &mut impl FnMut(Severity, String)) -> Result<Window, String> {
    let text = r.get("окно");
    if numbers::is_date_of_spreadsheet(text) {
        return Err(format!(
            "окно «{text}» превращено таблицей в дату: оформите столбец как текст; строка пропущена"
        ));
    }
    match words::window(text) {
        Ok(window) => Ok(window),
        Err(NoWindow::Backwards) => {
            Err(format!("окно «{text}»: конец не позже начала; строка пропущена"))
        }
        Err(NoWindow::Unread) => {
            let words = if text.is_empty() {
                "не указано".to_owned()
            } else {
                format!("«{text}» не читается")
            };
            say(Severity::Warning, format!("окно {words}: взят день с 9 до 21"));
            Ok(WHOLE_DAY)
        }
    }
}

fn price(r: Record<'_>, say: &mut impl FnMut(Severity, String)) -> Result<i64, String> {
    let text = r.get("цена_руб");
    if text.is_empty() {
        return Ok(0);
    }
    let kopecks = parse_rubles(text).map_err(|_| {
        format!("цена «{text}» не читается, напишите её как 1900 или 1900,50: строка пропущена")
    })?;
    if kopecks > MONEY_KOP_MAX {
        return Err(too_dear());
    }
    if kopecks == 0 {
        say(Severity::Warning, format!("{PRICE_ZERO}: к оплате ничего не будет"));
    }
    Ok(kopecks)
}

/// What makes a later row another order under the same number: a question to the office.
fn contradiction(order: &OrderLine, row: &OrderLine) -> Result<(), String> {
    let question = |what: &str, seen: &str, now: &str| {
        Err(format!(
            "под одним номером заявки {what}: «{seen}» (строка {}) и «{now}»; это разные заявки? \
             строка пропущена",
            order.line
        ))
    };
    if order.date != row.date {
        return question("две даты", &order.date.russian(), &row.date.russian());
    }
    for (what, seen, now) in
        [("два клиента", &order.client, &row.client), ("два адреса", &order.address, &row.address)]
    {
        if !seen.is_empty() && !now.is_empty() && fold(seen) != fold(now) {
            return question(what, seen, now);
        }
    }
    Ok(())
}

/// Says where a later row of an order differs from its first.
fn differences(order: &OrderLine, row: &OrderLine, say: &mut impl FnMut(Severity, String)) {
    let mut differs = |what: &str, seen: &str, now: &str| {
        if fold(seen) != fold(now) {
            let message = format!("{what} отличается от первой строки заявки: взят «{seen}»");
            say(Severity::Warning, message);
        }
    };
    let phone =
        |line: &OrderLine| line.phones.iter().map(Phone::as_str).collect::<Vec<&str>>().join(", ");
    if !order.client.is_empty() {
        differs("клиент", &order.client, &row.client);
    }
    differs("район", &order.district, &row.district);
    differs("телефон", &phone(order), &phone(row));
    differs("окно", &order.window.to_string(), &row.window.to_string());
    differs("срочность", urgency_word(order.urgency), urgency_word(row.urgency));
    let mut more = |what: &str, seen: &str, now: &str| {
        if !now.is_empty() {
            differs(what, seen, now);
        }
    };
    more("вид", &order.kind, &row.kind);
    more("подъезд", &order.access.entrance, &row.access.entrance);
    more("этаж", &order.access.floor, &row.access.floor);
    more("домофон", &order.access.intercom, &row.access.intercom);
    more("комментарий", &order.access.note, &row.access.note);
}

const fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Planned => "плановая",
        Urgency::Paid => "платная",
        Urgency::Emergency => "аварийная",
    }
}

fn instrument(
    r: Record<'_>,
    (serial_number, date): (String, LegalDate),
    say: &mut impl FnMut(Severity, String),
) -> Option<InstrumentLine> {
    if serial_number.is_empty() {
        say(Severity::Error, "нет заводского номера: прибор пропущен".to_owned());
        return None;
    }
    for column in ["рег_номер", "модификация", "заводской_номер"] {
        let text = r.get(column);
        let right =
            if column == "рег_номер" { type_number_meant(text) } else { mended(text) };
        if right != text {
            say(Severity::Warning, format!("{column}: {}", lookalike_words(text, &right)));
        }
    }
    let mut word = |column: &str, found: bool| {
        if !found {
            say(Severity::Warning, format!("{column} «{}» не читается", r.get(column)));
        }
    };
    let water = words::water(r.get("вода"));
    word("вода", water.is_some());
    let position = words::position(r.get("положение"));
    word("положение", position.is_some());
    let year = r.get("год_выпуска").parse().ok();
    let latest = (date.0.year() as u16).min(YEAR_MAX);
    let year = year.filter(|year| (YEAR_MIN..=latest).contains(year));
    word("год_выпуска", year.is_some() || r.get("год_выпуска").is_empty());
    Some(InstrumentLine {
        line: r.line,
        // The register writes a hyphen, spreadsheets make dashes of it.
        type_number: r.get("рег_номер").replace(['–', '−', '‑'], "-"),
        modification: r.get("модификация").to_owned(),
        serial_number,
        year,
        water,
        position,
    })
}

#[cfg(test)]
mod tests;
