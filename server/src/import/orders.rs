//! A day's orders from a spreadsheet: one row an instrument; rows of one number make one order.

use vyezd_core::model::{
    Access, CARD_TEXT_CHARS_MAX, LegalDate, Phone, Place, Position, Urgency, Water, Window,
    parse_rubles, phones,
};
use vyezd_core::texts::{lookalike_words, mended};

use super::table::{Record, Table, TableError};
use super::{RowProblem, Severity};

/// Name of the file in problems.
pub const FILE: &str = "заявки";
const NEEDED: [&str; 14] = [
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
];

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

/// The hours of a day without a window (the working day of the firms asked).
pub const WHOLE_DAY: Window = Window { from_min: 9 * 60, to_min: 21 * 60 };

/// Reads orders, in the order of the file.
pub fn parse(bytes: &[u8]) -> Result<(Vec<OrderLine>, Vec<RowProblem>), TableError> {
    let table = Table::parse(FILE, bytes, &NEEDED)?;
    let mut orders: Vec<OrderLine> = Vec::new();
    let mut problems = Vec::new();
    for record in table.records() {
        row(record, &mut orders, &mut problems);
    }
    Ok((orders, problems))
}

fn row(r: Record<'_>, orders: &mut Vec<OrderLine>, problems: &mut Vec<RowProblem>) {
    let (number, serial) = (r.get("заявка"), r.get("заводской_номер"));
    let mut say = |severity, message: String| {
        problems.push(RowProblem::new(severity, FILE, r.line, message).about(number, serial));
    };
    let date = match needed(r) {
        Ok(date) => date,
        Err(message) => return say(Severity::Error, message),
    };
    let price_kop = match r.get("цена_руб") {
        "" => 0,
        text => parse_rubles(text).unwrap_or_else(|e| {
            say(Severity::Warning, format!("цена не читается ({e}): не учтена"));
            0
        }),
    };
    let instrument = instrument(r, &mut say);
    if let Some(order) = orders.iter_mut().find(|order| order.number == number) {
        differences(r, order, date, &mut say);
        let Some(instrument) = instrument else { return };
        if order.instruments.iter().any(|i| i.serial_number == instrument.serial_number) {
            let message = "прибор с этим номером в заявке уже есть: строка пропущена";
            return say(Severity::Error, message.to_owned());
        }
        order.price_kop += price_kop;
        return order.instruments.push(instrument);
    }
    orders.push(OrderLine {
        price_kop,
        instruments: instrument.into_iter().collect(),
        ..first(r, date, &mut say)
    });
}

/// The day of a row that has all without which there is no order; the message of the first that is missing.
fn needed(r: Record<'_>) -> Result<LegalDate, String> {
    if r.get("заявка").is_empty() {
        return Err("нет номера заявки".to_owned());
    }
    let date = LegalDate::parse(r.get("дата"));
    let date =
        date.ok_or_else(|| format!("дата «{}» не читается: строка пропущена", r.get("дата")))?;
    for column in ["район", "адрес"] {
        if r.get(column).is_empty() {
            return Err(format!("не указан {column}: строка пропущена"));
        }
    }
    Ok(date)
}

/// Says where a later row of an order differs from its first.
fn differences(
    r: Record<'_>,
    order: &OrderLine,
    date: LegalDate,
    say: &mut impl FnMut(Severity, String),
) {
    if order.date != date {
        let message = format!("дата отличается от первой строки заявки ({})", order.date);
        say(Severity::Warning, message);
    }
    for (what, seen, now) in [
        ("адрес", &order.address, r.get("адрес")),
        ("клиент", &order.client, r.get("клиент")),
        ("район", &order.district, r.get("район")),
    ] {
        if vyezd_core::model::fold(seen) != vyezd_core::model::fold(now) {
            let message = format!("{what} отличается от первой строки заявки: взят «{seen}»");
            say(Severity::Warning, message);
        }
    }
}

/// The order of its first row, without price and instruments.
fn first(r: Record<'_>, date: LegalDate, say: &mut impl FnMut(Severity, String)) -> OrderLine {
    let mut warn = |message: String| say(Severity::Warning, message);
    let window = Window::parse(r.get("окно")).unwrap_or_else(|| {
        warn(format!("окно «{}» не читается: взят день с 9 до 21", r.get("окно")));
        WHOLE_DAY
    });
    let urgency = Urgency::parse(r.get("срочность")).unwrap_or_else(|| {
        warn(format!("срочность «{}» неизвестна: плановая", r.get("срочность")));
        Urgency::Planned
    });
    let read = phones::read(r.get("телефон"));
    match (read.problems.as_slice(), read.note.as_str()) {
        ([], "") if read.phones.is_empty() => warn("телефон не указан".to_owned()),
        ([], "") => {}
        ([], note) => warn(format!("«{note}» при телефоне записано в комментарий")),
        (problems, _) => {
            let words = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            warn(format!("телефон: {words}; записано в комментарий"));
        }
    }
    let place = Place::parse(r.get("координаты"));
    if place.is_none() && !r.get("координаты").is_empty() {
        warn(format!("координаты «{}» не читаются: не учтены", r.get("координаты")));
    }
    let text = |column: &str| r.get(column).chars().take(CARD_TEXT_CHARS_MAX).collect::<String>();
    OrderLine {
        line: r.line,
        number: text("заявка"),
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
        price_kop: 0,
        instruments: Vec::new(),
    }
}

fn instrument(r: Record<'_>, say: &mut impl FnMut(Severity, String)) -> Option<InstrumentLine> {
    let serial_number: String = r.get("заводской_номер").chars().take(128).collect();
    if serial_number.is_empty() {
        say(Severity::Error, "нет заводского номера: прибор пропущен".to_owned());
        return None;
    }
    for column in ["рег_номер", "модификация", "заводской_номер"] {
        let (text, right) = (r.get(column), mended(r.get(column)));
        if right != text {
            say(Severity::Warning, format!("{column}: {}", lookalike_words(text, &right)));
        }
    }
    let mut word = |column: &str, found: bool| {
        if !found {
            say(Severity::Warning, format!("{column} «{}» не читается", r.get(column)));
        }
    };
    let water = Water::parse(r.get("вода"));
    word("вода", water.is_some());
    let position = Position::parse(r.get("положение"));
    word("положение", position.is_some());
    let year = r.get("год_выпуска").parse().ok().filter(|year| (1900..=2100).contains(year));
    word("год_выпуска", year.is_some() || r.get("год_выпуска").is_empty());
    Some(InstrumentLine {
        line: r.line,
        type_number: r.get("рег_номер").chars().take(32).collect(),
        modification: r.get("модификация").chars().take(128).collect(),
        serial_number,
        year,
        water,
        position,
    })
}
