//! How rows of one number become one order: what makes them two orders, and what is only said.

use std::collections::HashMap;

use vyezd_core::model::{Access, LegalDate, Phone, Place, Position, Urgency, Water, Window, fold};

use crate::import::{Flaw, Severity};
use crate::limits::office::MONEY_KOP_MAX;
use vyezd_core::rules::serial::serial_meant;
use vyezd_core::texts::look_same;

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
pub(super) struct Orders {
    lines: Vec<OrderLine>,
    by_number: HashMap<String, usize>,
    /// Price of a first row whose instrument was passed over, by the order's place: nobody pays for it, unless it is
    /// the only one.
    passed_over: HashMap<usize, i64>,
}

impl Orders {
    /// Adds a row: a new order, or an instrument of one that is there.
    pub(super) fn add(
        &mut self,
        row: OrderLine,
        instrument: Option<InstrumentLine>,
        say: &mut impl FnMut(Severity, Flaw),
    ) -> Result<(), Flaw> {
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
        fill(order, &row);
        differences(order, &row, say);
        let Some(instrument) = instrument else { return Ok(()) };
        if order.instruments.iter().any(|i| i.serial_number == instrument.serial_number) {
            let words = "прибор с этим номером в заявке уже есть: строка пропущена";
            return Err(Flaw::at("заводской_номер", words));
        }
        let key = |of: &InstrumentLine| fold(&serial_meant(&of.serial_number)).replace(' ', "");
        let alike = |of: &&InstrumentLine| {
            look_same(&of.serial_number, &instrument.serial_number)
                || key(of).trim_start_matches('0') == key(&instrument).trim_start_matches('0')
        };
        if let Some(twin) = order.instruments.iter().find(alike) {
            let words = format!(
                "номер похож на № {} в строке {}: это другой прибор?",
                twin.serial_number, twin.line
            );
            say(Severity::Warning, Flaw::at("заводской_номер", words));
        }
        let sum = order.price_kop.checked_add(row.price_kop).filter(|sum| *sum <= MONEY_KOP_MAX);
        order.price_kop = sum.ok_or_else(too_dear)?;
        order.instruments.push(instrument);
        Ok(())
    }

    /// The orders in the order of their first rows.
    pub(super) fn together(mut self) -> Vec<OrderLine> {
        for (at, price) in self.passed_over {
            if let Some(order) = self.lines.get_mut(at).filter(|of| of.instruments.is_empty()) {
                order.price_kop = price;
            }
        }
        self.lines
    }
}

/// Fills what the first rows left blank with what a later row has; its telephones are joined.
fn fill(order: &mut OrderLine, row: &OrderLine) {
    let mut texts = [
        (&mut order.client, &row.client),
        (&mut order.kind, &row.kind),
        (&mut order.access.entrance, &row.access.entrance),
        (&mut order.access.floor, &row.access.floor),
        (&mut order.access.intercom, &row.access.intercom),
        (&mut order.access.note, &row.access.note),
    ];
    for (seen, now) in texts.iter_mut().filter(|(seen, _)| seen.is_empty()) {
        seen.clone_from(now);
    }
    for phone in &row.phones {
        if !order.phones.contains(phone) {
            order.phones.push(phone.clone());
        }
    }
    order.place = order.place.or(row.place);
}

pub(super) fn too_dear() -> Flaw {
    let words = format!("сумма заявки больше {} рублей: строка пропущена", MONEY_KOP_MAX / 100);
    Flaw::at("цена_руб", words)
}

/// What makes a later row another order under the same number: a question to the office.
fn contradiction(order: &OrderLine, row: &OrderLine) -> Result<(), Flaw> {
    let question = |column, what: &str, seen: &str, now: &str| {
        let words = format!(
            "под одним номером заявки {what}: «{seen}» (строка {}) и «{now}»; это разные заявки? \
             строка пропущена",
            order.line
        );
        Err(Flaw::at(column, words))
    };
    if order.date != row.date {
        return question("дата", "две даты", &order.date.russian(), &row.date.russian());
    }
    for (column, what, seen, now) in [
        ("клиент", "два клиента", &order.client, &row.client),
        ("адрес", "два адреса", &order.address, &row.address),
    ] {
        if !seen.is_empty() && !now.is_empty() && fold(seen) != fold(now) {
            return question(column, what, seen, now);
        }
    }
    Ok(())
}

/// Says where a later row of an order differs from its first.
fn differences(order: &OrderLine, row: &OrderLine, say: &mut impl FnMut(Severity, Flaw)) {
    let mut differs = |column: &'static str, seen: &str, now: &str| {
        if fold(seen) != fold(now) {
            let words = format!("{column} отличается от первой строки заявки: взят «{seen}»");
            say(Severity::Warning, Flaw::at(column, words));
        }
    };
    if !order.client.is_empty() {
        differs("клиент", &order.client, &row.client);
    }
    differs("район", &order.district, &row.district);
    differs("окно", &order.window.to_string(), &row.window.to_string());
    differs("срочность", urgency_word(order.urgency), urgency_word(row.urgency));
    let mut more = |column: &'static str, seen: &str, now: &str| {
        if !now.is_empty() {
            differs(column, seen, now);
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
