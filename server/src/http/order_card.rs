//! The card of an order as the office sends it, parsed at the edge: every refusal names its field.

use serde::Deserialize;
use utoipa::ToSchema;
use vyezd_core::model::{
    Access, CARD_INSTRUMENTS_MAX, CARD_TEXT_CHARS_MAX, Card, Entity, ExpectedInstrument,
    InstrumentId, LegalDate, OrderId, Phone, Place, Position, Urgency, Water, Window, Zone,
    abroad_words, fold, phones,
};
use vyezd_core::rules::hints::type_number_meant;
use vyezd_core::rules::serial::serial_meant;
use vyezd_core::texts::look_same;

use super::{fields, zones};
use crate::app::App;
use crate::code::Code;
use crate::limits::office::{
    INSTRUMENT_TEXT_CHARS_MAX, OFFERS_AHEAD_DAYS, ORDER_PHONES_MAX, VISIT_DAYS_MAX,
};
use crate::problem::{Outcome, Problem};

/// A new order, or the new card of one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(example = json!({
    "date": "2026-09-14", "window": "09:00-11:00", "kind": "поверка", "urgency": "planned",
    "client": "Лаптева Нина Андреевна", "phones": ["+7 927 110-21-01"], "district": "Октябрьский",
    "address": "г. Саратов, ул. Чапаева, д. 8, кв. 12", "entrance": "1", "floor": "3",
    "intercom": "12к", "note": "собака; звонить за час", "price_kop": 90000, "certificate": true
}))]
pub struct NewOrder {
    /// What people say; empty: the next one. Ignored where the order is there already.
    #[serde(default)]
    pub number: String,
    /// The day of the visit, `YYYY-MM-DD`.
    pub date: String,
    /// When the client is at home, local time of the place: `10:00-12:00`.
    pub window: String,
    /// Kind of work; empty: «поверка».
    #[serde(default)]
    pub kind: String,
    /// `planned`, `paid` or `emergency`.
    pub urgency: String,
    /// The client's name; may be empty.
    #[serde(default)]
    pub client: String,
    /// Telephones of the client, in any usual spelling; words beside one go into the note.
    #[serde(default)]
    pub phones: Vec<String>,
    /// Metrologists are chosen by it.
    pub district: String,
    /// One line; it also decides the zone where `zone` is empty.
    pub address: String,
    /// IANA name of the place's zone, `Asia/Omsk`; empty: the one that the address names, else the
    /// firm's.
    #[serde(default)]
    pub zone: String,
    /// `51.533120, 46.034450`; empty: where an earlier visit to the building found it.
    #[serde(default)]
    pub place: String,
    /// Entrance, «подъезд».
    #[serde(default)]
    pub entrance: String,
    /// Floor.
    #[serde(default)]
    pub floor: String,
    /// Code of the intercom, «домофон».
    #[serde(default)]
    pub intercom: String,
    /// What helps to get in; several lines.
    #[serde(default)]
    pub note: String,
    /// Kopecks.
    #[serde(default)]
    pub price_kop: i64,
    /// The owner asked for a certificate on paper.
    #[serde(default)]
    pub certificate: bool,
    /// What the client named.
    #[serde(default)]
    pub instruments: Vec<NewInstrument>,
    /// People are asked from this instant on, Unix time, ms; absent: at once, in working hours. Ignored where the
    /// order is there already.
    #[serde(default)]
    pub offers_from: Option<i64>,
}

/// An instrument of a new order; all that is known of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(example = json!({
    "type_number": "16078-13", "modification": "СХВ-15", "serial_number": "00451207",
    "year": 2020, "water": "cold", "position": "horizontal"
}))]
pub struct NewInstrument {
    /// Of an instrument that the order has already.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub id: Option<InstrumentId>,
    /// Number of the type in the state register, `NNNNN-YY`.
    #[serde(default)]
    pub type_number: String,
    /// As the register writes it.
    #[serde(default)]
    pub modification: String,
    /// As it stands on the instrument; text, zeros count.
    #[serde(default)]
    pub serial_number: String,
    /// Year of make.
    #[serde(default)]
    pub year: Option<u16>,
    /// `cold` or `hot`.
    #[serde(default)]
    pub water: Option<String>,
    /// `horizontal` or `vertical`.
    #[serde(default)]
    pub position: Option<String>,
}

/// The day of a visit: within a year of today, before it and after it.
pub(super) fn date(app: &App, text: &str) -> Outcome<LegalDate> {
    let date = fields::day("date", text)?;
    let today = Zone::MOSCOW.date(app.now());
    let away = today.until(date.0).map_or(i32::MAX, |span| span.get_days().abs());
    if away > VISIT_DAYS_MAX {
        let words =
            format!("{} — больше чем за год от сегодняшнего дня: проверьте год", date.russian());
        return Err(Problem::field("date", words));
    }
    Ok(date)
}

/// The day of a visit that is yet to come, where it takes place.
pub(super) fn coming_date(app: &App, text: &str, zone: Zone) -> Outcome<LegalDate> {
    let date = date(app, text)?;
    if date < LegalDate(zone.date(app.now())) {
        let words = format!("{} уже прошло: выберите день не раньше сегодняшнего", date.russian());
        return Err(Problem::field("date", words));
    }
    Ok(date)
}

/// When people are first asked: in the coming days; an instant that has passed is none.
pub(super) fn offers_from(app: &App, from: Option<i64>) -> Outcome<Option<i64>> {
    let now = app.now();
    if from.is_some_and(|from| from > now.plus_s(OFFERS_AHEAD_DAYS * 86_400).0) {
        let words = format!("не позже чем через {OFFERS_AHEAD_DAYS} дней");
        return Err(Problem::field("offers_from", words));
    }
    Ok(from.filter(|from| *from > now.0))
}

pub(super) fn window(text: &str) -> Outcome<Window> {
    let backwards = || {
        let (from, to) = text.split_once(['-', '–'])?;
        Window::parse(&format!("{}-{}", to.trim(), from.trim()))
    };
    let empty = || {
        let (from, to) = text.split_once(['-', '–'])?;
        (from.trim() == to.trim() && from.contains(':')).then_some(())
    };
    Window::parse(text).ok_or_else(|| {
        let words = match backwards().map(|_| ()).or_else(empty) {
            Some(()) => "конец не позже начала: нужно время вида 10:00-12:00",
            None => "нужно время вида 10:00-12:00",
        };
        Problem::field("window", words)
    })
}

pub(super) fn card(
    app: &App,
    id: OrderId,
    entity: &Entity,
    new: &NewOrder,
    source: &str,
) -> Outcome<Card> {
    let text = |field: &'static str, text: &str| fields::text(field, text, CARD_TEXT_CHARS_MAX);
    let full = |field: &'static str, text: &str| fields::full(field, text, CARD_TEXT_CHARS_MAX);
    fields::list("phones", &new.phones, ORDER_PHONES_MAX)?;
    fields::list("instruments", &new.instruments, CARD_INSTRUMENTS_MAX)?;
    let (phones, beside) = telephones(&new.phones)?;
    let urgency = Urgency::parse(&new.urgency);
    Ok(Card {
        id,
        number: full("number", &new.number)?,
        version: 1,
        entity: entity.id,
        district: full("district", &new.district)?,
        zone: zones::of_card(&new.zone, &new.address, entity)?,
        date: date(app, &new.date)?,
        window: window(&new.window)?,
        kind: Some(text("kind", &new.kind)?)
            .filter(|kind| !kind.is_empty())
            .unwrap_or_else(|| "поверка".to_owned()),
        urgency: urgency.ok_or_else(|| Problem::field("urgency", "planned, paid или emergency"))?,
        client: text("client", &new.client)?,
        phones,
        address: full("address", &new.address)?,
        access: Access {
            entrance: text("entrance", &new.entrance)?,
            floor: text("floor", &new.floor)?,
            intercom: text("intercom", &new.intercom)?,
            note: fields::lines("note", &phones::beside(&new.note, &beside), CARD_TEXT_CHARS_MAX)?,
        },
        price_kop: fields::kopecks("price_kop", new.price_kop)?,
        instruments: new_instruments(app, &new.instruments)?,
        certificate: new.certificate,
        source: source.to_owned(),
        place: place(&new.place)?,
    })
}

/// Telephones of all fields, each once, and the words beside them: «доб. 12».
fn telephones(typed: &[String]) -> Outcome<(Vec<Phone>, String)> {
    let mut found: Vec<Phone> = Vec::new();
    let mut beside = Vec::new();
    for read in typed.iter().map(|text| phones::read(text)) {
        if let Some(problem) = read.problems.first() {
            return Err(Problem::field("phones", problem.to_string()));
        }
        for phone in read.phones {
            if !found.contains(&phone) {
                found.push(phone);
            }
        }
        beside.extend(Some(read.note).filter(|note| !note.is_empty()));
    }
    fields::list("phones", &found, ORDER_PHONES_MAX)?;
    Ok((found, beside.join("; ")))
}

fn place(text: &str) -> Outcome<Option<Place>> {
    let wrong = || Problem::field("place", "нужны широта и долгота вида 51.533120, 46.034450");
    match text.trim() {
        "" => Ok(None),
        text => {
            let place = Place::parse(text).ok_or_else(wrong)?;
            if place.is_in_russia() {
                Ok(Some(place))
            } else {
                Err(Problem::field("place", format!("координаты {}", abroad_words(&place))))
            }
        }
    }
}

/// New ids ascend in the order of the card, so papers follow it.
pub(super) fn new_instruments(
    app: &App,
    new: &[NewInstrument],
) -> Outcome<Vec<ExpectedInstrument>> {
    let given: Vec<InstrumentId> = new.iter().filter_map(|new| new.id).collect();
    fields::all_different(&given)?;
    let mut ids: Vec<InstrumentId> = new.iter().map(|_| app.id(InstrumentId::new)).collect();
    ids.sort_unstable();
    let today = LegalDate(Zone::MOSCOW.date(app.now()));
    let instruments: Vec<ExpectedInstrument> = new
        .iter()
        .zip(ids)
        .map(|(new, fresh)| instrument(fresh, new, today))
        .collect::<Outcome<_>>()?;
    for (at, of) in instruments.iter().enumerate() {
        if instruments[..at].iter().any(|one| is_same_meter(one, of)) {
            let words = format!("прибор № {} указан дважды", of.serial_number);
            return Err(Problem::Field("instruments", Code::InstrumentTwice, words));
        }
    }
    Ok(instruments)
}

/// Whether two lines name one meter: the same serial number, on the eye, of the same type or of one that
/// nobody knows.
fn is_same_meter(one: &ExpectedInstrument, other: &ExpectedInstrument) -> bool {
    let serial = |of: &ExpectedInstrument| fold(&serial_meant(&of.serial_number));
    let kind = |of: &ExpectedInstrument| type_number_meant(&of.type_number);
    let kinds_differ =
        !one.type_number.is_empty() && !other.type_number.is_empty() && kind(one) != kind(other);
    let same = serial(one) == serial(other) || look_same(&one.serial_number, &other.serial_number);
    !one.serial_number.is_empty() && same && !kinds_differ
}

fn instrument(
    fresh: InstrumentId,
    new: &NewInstrument,
    today: LegalDate,
) -> Outcome<ExpectedInstrument> {
    let short =
        |field: &'static str, text: &str| fields::text(field, text, INSTRUMENT_TEXT_CHARS_MAX);
    let water = new.water.as_deref().filter(|text| !text.is_empty());
    let position = new.position.as_deref().filter(|text| !text.is_empty());
    let pick = |bad: bool, field: &'static str| {
        if bad {
            Err(Problem::field(field, "неизвестное значение"))
        } else {
            Ok(())
        }
    };
    let (water_read, position_read) =
        (water.and_then(Water::parse), position.and_then(Position::parse));
    pick(water.is_some() && water_read.is_none(), "water")?;
    pick(position.is_some() && position_read.is_none(), "position")?;
    Ok(ExpectedInstrument {
        id: new.id.unwrap_or(fresh),
        type_number: short("type_number", &new.type_number)?,
        modification: short("modification", &new.modification)?,
        serial_number: fields::serial(&new.serial_number, INSTRUMENT_TEXT_CHARS_MAX)?,
        year: fields::year("year", new.year, today)?,
        water: water_read,
        position: position_read,
        last_reading: None,
    })
}
