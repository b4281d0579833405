//! A day's orders from a spreadsheet: one row an instrument; rows of one number make one order.

use std::collections::HashMap;

use vyezd_core::model::{
    Access, CARD_TEXT_CHARS_MAX, LegalDate, Place, Urgency, Window, Zone, abroad_words,
    building_key, fold, parse_rubles, phones,
};
use vyezd_core::texts::unprintable;

use self::instrument::instrument;
pub use self::merge::{InstrumentLine, OrderLine};
use self::merge::{Orders, too_dear};
use self::torn::in_place;
use super::nearest::instrument_key;
use super::table::{Columns, RawTable, Record, Table, TableError};
use super::words::{self, NoWindow, WHOLE_DAY};
use super::{Flaw, RowProblem, Severity, dates, numbers};
use crate::limits::office::{INSTRUMENT_TEXT_CHARS_MAX, MONEY_KOP_MAX};

mod instrument;
mod merge;
mod torn;

/// Minute of the day before which no client is at home for a visit, unless he says so: «2-4» is an afternoon.
const NIGHT_ENDS_MIN: u16 = 6 * 60;
/// Columns of texts like «1/5», which spreadsheets take for dates.
const TEXTS_TAKEN_FOR_DATES: [&str; 7] =
    ["вид", "клиент", "район", "адрес", "подъезд", "этаж", "домофон"];
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
    day: None,
    once: &["цена_руб"],
};

/// Reads orders, in the order of the file. `today` is where the caller knows it: a day far from it is
/// a slip of the finger.
pub fn parse(
    bytes: &[u8],
    today: Option<LegalDate>,
) -> Result<(Vec<OrderLine>, Vec<RowProblem>), TableError> {
    Ok(read(&raw(bytes)?.placed(), today))
}

/// The columns that are read, for an empty table.
pub fn columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.all()
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
    let orders = orders.together();
    problems.extend(unpriced(table, &orders, &problems));
    problems.extend(without_phone(&orders, &problems));
    problems.extend(twins(&orders));
    problems.sort_by_key(|problem| problem.line);
    (orders, problems)
}

/// A sentence for each order without a telephone in any of its rows, where nothing was said of one.
fn without_phone(orders: &[OrderLine], said: &[RowProblem]) -> Vec<RowProblem> {
    let told = |order: &OrderLine| {
        said.iter().any(|of| of.order == order.number && of.column == "телефон")
    };
    let silent = orders.iter().filter(|order| order.phones.is_empty() && !told(order));
    let warning = |order: &OrderLine| {
        let flaw = Flaw::at("телефон", "телефон не указан");
        flaw.problem(Severity::Warning, FILE, order.line).about(&order.number, "")
    };
    silent.map(warning).collect()
}

/// A sentence for each instrument that another order of the file has at the same address and day.
fn twins(orders: &[OrderLine]) -> Vec<RowProblem> {
    let mut seen: HashMap<(String, LegalDate, String), (&str, u64)> = HashMap::new();
    let mut said = Vec::new();
    for order in orders {
        for of in &order.instruments {
            let place = building_key(&order.district, &order.address);
            let place = place.unwrap_or_else(|| fold(&order.address));
            let key = (place, order.date, instrument_key(&of.serial_number));
            let (number, line) = *seen.entry(key).or_insert((&order.number, of.line));
            if number == order.number {
                continue;
            }
            let words = format!(
                "этот прибор по этому адресу на этот день уже в заявке {number} (строка {line}): \
                 проверьте, не одна ли это заявка"
            );
            let flaw = Flaw::at("заводской_номер", words);
            let problem = flaw.problem(Severity::Warning, FILE, of.line);
            said.push(problem.about(&order.number, &of.serial_number));
        }
    }
    said
}

/// A sentence for each order that costs nothing, or one for a table without prices.
fn unpriced(table: &Table, orders: &[OrderLine], said: &[RowProblem]) -> Vec<RowProblem> {
    if table.has("цена_руб") {
        let free = orders.iter().filter(|order| order.price_kop == 0 && !said_zero(said, order));
        let words = "цена не указана: к оплате ничего не будет";
        let warning = |order: &OrderLine| {
            let flaw = Flaw::at("цена_руб", words);
            flaw.problem(Severity::Warning, FILE, order.line).about(&order.number, "")
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
    let number = numbers::order(r.get("заявка")).map_err(|words| Flaw::at("заявка", words));
    let serial = numbers::read("заводской номер", r.get("заводской_номер"));
    let serial = serial.map_err(|words| Flaw::at("заводской_номер", words));
    let shown = |read: &Result<String, Flaw>, column| {
        read.clone().unwrap_or_else(|_| r.get(column).to_owned())
    };
    let (number_shown, serial_shown) =
        (shown(&number, "заявка"), shown(&serial, "заводской_номер"));
    let mut say = |severity, flaw: Flaw| {
        let problem = flaw.problem(severity, FILE, r.line);
        problems.push(problem.about(&number_shown, &serial_shown));
    };
    let number = said(number, &mut say);
    let serial = said(serial, &mut say);
    if let Some(serial) =
        serial.as_ref().filter(|serial| *serial != r.get("заводской_номер").trim())
    {
        let typed = r.get("заводской_номер").trim();
        let words = format!("заводской номер «{typed}» прочитан как {serial}: сверьте с прибором");
        say(Severity::Warning, Flaw::at("заводской_номер", words));
    }
    if r.uneven {
        let Some(doubt) = said(in_place(r), &mut say) else { return };
        if let Some(doubt) = doubt {
            say(Severity::Warning, doubt);
        }
    }
    let line = whole(r, number, today, &mut say);
    let date = line.as_ref().map(|line| line.date).or(today);
    let judged = serial.as_ref().map(|serial| instrument(r, (serial.clone(), date), &mut say));
    let Some((line, instrument)) = line.zip(judged) else { return };
    said(orders.add(line, instrument, &mut say), &mut say);
}

/// The value of a cell; a flaw of it is said, and the other cells of the row are judged all the same.
fn said<T>(read: Result<T, Flaw>, say: &mut impl FnMut(Severity, Flaw)) -> Option<T> {
    read.map_err(|flaw| say(Severity::Error, flaw)).ok()
}

/// Whether a zero of the order's own was said already.
fn said_zero(problems: &[RowProblem], order: &OrderLine) -> bool {
    problems.iter().any(|of| of.order == order.number && of.message.starts_with(PRICE_ZERO))
}

/// Reads a row without its instrument; everything that stops the row is said at once.
fn whole(
    r: Record<'_>,
    number: Option<String>,
    today: Option<LegalDate>,
    say: &mut impl FnMut(Severity, Flaw),
) -> Option<OrderLine> {
    let mut full = true;
    if number.as_ref().is_some_and(String::is_empty) {
        let words = "нет номера заявки, он нужен в каждой строке: строка пропущена";
        say(Severity::Error, Flaw::at("заявка", words));
    }
    let named = number.as_ref().filter(|number| !number.is_empty());
    if let Some(none) = named.filter(|number| !number.chars().any(|sign| sign.is_ascii_digit())) {
        let words = format!("«{none}» — не номер заявки, в нём нет цифр: строка пропущена");
        say(Severity::Error, Flaw::at("заявка", words));
        full = false;
    }
    let number = number.filter(|number| !number.is_empty());
    let date = dates::day(r.get("дата"), today).map_err(|words| Flaw::at("дата", words));
    let date = said(date, say);
    if let Some(past) = date.filter(|date| today.is_some_and(|today| *date < today)) {
        let words = format!("дата {} уже прошла: проверьте", past.russian());
        say(Severity::Warning, Flaw::at("дата", words));
    }
    for column in ["район", "адрес"].into_iter().filter(|column| r.get(column).is_empty())
    {
        say(Severity::Error, Flaw::at(column, format!("не указан {column}: строка пропущена")));
        full = false;
    }
    for column in TEXTS_TAKEN_FOR_DATES {
        let text = r.get(column);
        if numbers::is_date_of_spreadsheet(text) {
            let words =
                format!("«{text}» — дата, в которую таблица превратила текст: строка пропущена");
            say(Severity::Error, Flaw::at(column, words));
            full = false;
        }
    }
    full &= fits(r, say);
    let (window, price_kop) = (window(r, say), price(r, say));
    let (window, price_kop) = (said(window, say), said(price_kop, say));
    // What is doubtful in a row that stops is said with the rest.
    let known = number.is_some() && date.is_some() && window.is_some() && price_kop.is_some();
    let named = (number.unwrap_or_default(), date.unwrap_or(LegalDate(jiff::civil::Date::ZERO)));
    let sold = (window.unwrap_or(WHOLE_DAY), price_kop.unwrap_or_default());
    let line = taken(r, named, sold, say);
    (known && full).then_some(line)
}

/// The order of a row whose number, day, window and price could be read.
fn taken(
    r: Record<'_>,
    (number, date): (String, LegalDate),
    (window, price_kop): (Window, i64),
    say: &mut impl FnMut(Severity, Flaw),
) -> OrderLine {
    let mut warn = |column, words: String| say(Severity::Warning, Flaw::at(column, words));
    if let Some(words) = zone_words(r.get("адрес")) {
        warn("адрес", words);
    }

    let urgency = words::urgency(r.get("срочность")).unwrap_or_else(|| {
        let words = format!(
            "срочность «{}» неизвестна: плановая; слова записаны в комментарий",
            r.get("срочность")
        );
        warn("срочность", words);
        Urgency::Planned
    });
    let read = phones::read(r.get("телефон"));
    if let Some(words) = phone_words(&read) {
        warn("телефон", words);
    }
    let mut note = phones::beside(r.get("комментарий"), &read.note);
    let lost = [
        ("окно", words::window(r.get("окно")).is_err()),
        ("срочность", words::urgency_alone(r.get("срочность")).is_none()),
        ("координаты", Place::parse(r.get("координаты")).is_none()),
    ];
    for (column, _) in lost.into_iter().filter(|(_, lost)| *lost) {
        let words = unread(column, r.get(column));
        let parts = [note.as_str(), words.as_str()].into_iter().filter(|part| !part.is_empty());
        note = parts.collect::<Vec<_>>().join("; ");
    }
    let place = Place::parse(r.get("координаты"));
    if place.is_none() && !r.get("координаты").is_empty() {
        let words = format!("координаты «{}» не читаются: не учтены", r.get("координаты"));
        warn("координаты", format!("{words}; записаны в комментарий"));
    }
    let abroad = place.filter(|place| !place.is_in_russia());
    if let Some(place) = abroad {
        warn("координаты", format!("координаты {}: не учтены", abroad_words(&place)));
    }
    let text = |column: &str| r.get(column).to_owned();
    OrderLine {
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
        place: place.filter(Place::is_in_russia),
        access: Access {
            entrance: text("подъезд"),
            floor: text("этаж"),
            intercom: text("домофон"),
            note,
        },
        price_kop,
        instruments: Vec::new(),
    }
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
        ([], "") => None,
        ([], note) => Some(format!("«{note}» при телефоне записано в комментарий")),
        (problems, _) => {
            let words = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            Some(format!("телефон: {words}; записано в комментарий"))
        }
    }
}

/// Whether every cell has room in the card and can be printed; nothing is cut.
fn fits(r: Record<'_>, say: &mut impl FnMut(Severity, Flaw)) -> bool {
    let mut fits = true;
    for column in COLUMNS.all() {
        let max = match column {
            "рег_номер" | "модификация" | "заводской_номер" => {
                INSTRUMENT_TEXT_CHARS_MAX
            }
            _ => CARD_TEXT_CHARS_MAX,
        };
        let text = r.get(column);
        let size = text.chars().count();
        let sign = unprintable(text).filter(|_| column != "комментарий");
        let words = if size > max {
            format!("в колонке «{column}» {size} знаков, больше {max}: сократите; строка пропущена")
        } else if let Some(sign) = sign {
            format!(
                "{column}: знак «{sign}» на документах не напечатать: замените его; строка пропущена"
            )
        } else {
            continue;
        };
        say(Severity::Error, Flaw::at(column, words));
        fits = false;
    }
    fits
}

/// A cell that could not be understood, as a remark: nothing that a client said is lost.
fn unread(column: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{column}: {text}") }
}

fn window(r: Record<'_>, say: &mut impl FnMut(Severity, Flaw)) -> Result<Window, Flaw> {
    let text = r.get("окно");
    let flaw = |words: String| Flaw::at("окно", words);
    if numbers::is_date_of_spreadsheet(text) {
        return Err(flaw(format!(
            "окно «{text}» превращено таблицей в дату: оформите столбец как текст; строка пропущена"
        )));
    }
    match words::window(text) {
        Ok(window) => {
            if window.from_min < NIGHT_ENDS_MIN {
                let words = format!("окно «{text}» — ночью ({window}): проверьте, не днём ли");
                say(Severity::Warning, flaw(words));
            }
            Ok(window)
        }
        Err(NoWindow::Backwards) => {
            Err(flaw(format!("окно «{text}»: конец не позже начала; строка пропущена")))
        }
        Err(NoWindow::Unread) => {
            let words = if text.is_empty() {
                "не указано".to_owned()
            } else {
                format!("«{text}» не читается")
            };
            let kept = if text.is_empty() {
                ""
            } else {
                "; слова записаны в комментарий"
            };
            say(Severity::Warning, flaw(format!("окно {words}: взят день с 9 до 21{kept}")));
            Ok(WHOLE_DAY)
        }
    }
}

fn price(r: Record<'_>, say: &mut impl FnMut(Severity, Flaw)) -> Result<i64, Flaw> {
    let text = r.get("цена_руб");
    let flaw = |words: String| Flaw::at("цена_руб", words);
    if text.is_empty() {
        return Ok(0);
    }
    let kopecks = parse_rubles(text).map_err(|_| {
        flaw(format!(
            "цена «{text}» не читается, напишите её как 1900 или 1900,50: строка пропущена"
        ))
    })?;
    if kopecks > MONEY_KOP_MAX {
        return Err(too_dear());
    }
    if kopecks == 0 {
        say(Severity::Warning, flaw(format!("{PRICE_ZERO}: за эту строку платить не нужно?")));
    }
    Ok(kopecks)
}

#[cfg(test)]
mod tests;
