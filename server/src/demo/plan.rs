//! Facts of the files that are known before anybody moves: the person of each district, the
//! beginning of each day, readings without an order.

use serde_json::{Value, json};
use vyezd_core::model::{LegalDate, Timestamp, Zone};

use crate::import::orders::OrderLine;
use crate::import::readings::ReadingLine;
use crate::import::{RowProblem, Severity, orders, readings};

/// When a day's orders are given out, minutes of the day.
const MORNING_MIN: u16 = 7 * 60;
/// Readings of orders and instruments that nobody ordered.
pub(super) fn strangers(
    orders: &[OrderLine],
    readings: &[ReadingLine],
    problems: &mut Vec<RowProblem>,
) {
    for line in readings {
        let order = orders.iter().find(|order| order.number == line.order);
        let message = match order {
            None if problems.iter().any(|p| p.file == orders::FILE && p.order == line.order) => {
                "заявка не принята (см. замечание к ней): строка пропущена"
            }
            None => "заявки с этим номером нет: строка пропущена",
            Some(order)
                if !order.instruments.iter().any(|i| i.serial_number == line.serial_number) =>
            {
                "прибора с этим заводским номером нет в заявке: строка пропущена"
            }
            Some(_) => continue,
        };
        let problem = RowProblem::new(Severity::Error, readings::FILE, line.line, message);
        problems.push(problem.about(&line.order, &line.serial_number));
    }
}

/// The districts of the orders, in the order of the file.
pub(super) fn districts(orders: &[OrderLine]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for order in orders {
        let key = vyezd_core::model::fold(&order.district);
        if !found.iter().any(|known| vyezd_core::model::fold(known) == key) {
            found.push(order.district.clone());
        }
    }
    found
}

/// The zone of an order, as the server finds it: by the address, else the firm's.
pub(super) fn zone(order: &OrderLine, firm: Zone) -> Zone {
    Zone::of_address(&order.address).unwrap_or(firm)
}

/// The morning of a day, at the easternmost of its orders.
pub(super) fn morning(day: LegalDate, orders: &[OrderLine], firm: Zone) -> Timestamp {
    let mine = orders.iter().filter(|order| order.date == day);
    mine.map(|order| zone(order, firm).instant(day.0, MORNING_MIN)).min().unwrap_or_default()
}

/// An order of the spreadsheet as the office's form sends it. The client asked for certificates.
pub(super) fn order_json(line: &OrderLine) -> Value {
    json!({
        "number": line.number,
        "date": line.date.to_string(),
        "window": line.window.to_string().replace('–', "-"),
        "kind": line.kind,
        "urgency": line.urgency.code(),
        "client": line.client,
        "phones": line.phones.iter().map(|phone| phone.as_str()).collect::<Vec<_>>(),
        "district": line.district,
        "address": line.address,
        "place": line.place.map(|place| place.to_string()).unwrap_or_default(),
        "entrance": line.access.entrance,
        "floor": line.access.floor,
        "intercom": line.access.intercom,
        "note": line.access.note,
        "price_kop": line.price_kop,
        "certificate": true,
        "instruments": line.instruments.iter().map(|i| json!({
            "type_number": i.type_number,
            "modification": i.modification,
            "serial_number": i.serial_number,
            "year": i.year,
            "water": i.water.map(|water| water.code()),
            "position": i.position.map(|position| position.code()),
        })).collect::<Vec<_>>(),
    })
}
