//! Typing in one order's readings from paper.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use vyezd_core::model::{
    CARD_INSTRUMENTS_MAX, Check, CheckResult, Conditions, Identity, InstrumentId, LegalDate,
    Measurement, OrderId, PersonId, Position, Reading, Source, Water,
};

use super::extract::{Json, Path};
use super::fields;
use super::import_job::valid_means;
use super::order_view::{self, OrderPage};
use crate::app::App;
use crate::audit::Actor;
use crate::auth::Office;
use crate::code::Code;
use crate::documents::OrderDocument;
use crate::limits::office::{
    INSTRUMENT_TEXT_CHARS_MAX, NAME_CHARS_MAX, PAPER_ROWS_MAX, POINT_CHARS_MAX,
};
use crate::problem::{Outcome, Problem};
use crate::verification::paper_entry::{Hands, PaperInstrument, PaperVisit, enter};

/// What stands on the paper of one visit.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "person": "019cadc69a80738a81e87e79631e602b", "date": "2026-09-14",
    "signer": "Лаптева Нина Андреевна", "received_kop": 90000
}))]
pub(super) struct Paper {
    /// The metrologist who verified.
    #[schema(value_type = String)]
    person: PersonId,
    /// The date on the paper, `YYYY-MM-DD`.
    date: String,
    /// Who signed; empty where nobody did.
    #[serde(default)]
    signer: String,
    /// What the client paid, kopecks.
    received_kop: i64,
    /// What was verified.
    instruments: Vec<PaperLine>,
}

/// One instrument of the paper. Decimals are text, with comma or point.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a5fa8817bf5b4400481065a2943", "type_number": "16078-13", "modification": "СХВ-15",
    "serial_number": "00451207", "year": 2020, "water": "cold", "position": "horizontal",
    "air_c": "21,4", "humidity_percent": "48", "pressure_kpa": "99,8", "water_c": "11,8",
    "visual": true, "operation": true, "tightness": true
}))]
pub(super) struct PaperLine {
    /// Of an instrument of the card; absent: another one at the address.
    #[schema(value_type = Option<String>)]
    id: Option<InstrumentId>,
    /// Number of the type in the state register.
    type_number: String,
    /// As the register writes it.
    modification: String,
    /// As it stands on the instrument.
    serial_number: String,
    /// Year of make.
    year: Option<u16>,
    /// `cold` or `hot`.
    water: String,
    /// `horizontal` or `vertical`.
    position: String,
    /// Air, °C.
    air_c: String,
    /// Humidity, %.
    humidity_percent: String,
    /// Pressure, kPa.
    pressure_kpa: String,
    /// Water, °C.
    water_c: String,
    /// The visual check was passed.
    visual: bool,
    /// The check of operation was passed.
    operation: bool,
    /// The check of tightness was passed.
    tightness: bool,
    /// The pours.
    rows: Vec<PaperRow>,
}

/// One pour at one point. Decimals are text, with comma or point.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "point": "Qмин", "flow": "0,031", "start": "412,3300", "end": "412,3363",
    "reference": "0,0062", "duration_s": "720"
}))]
pub(super) struct PaperRow {
    /// The point, as the method names it.
    point: String,
    /// Flow, m³/h.
    flow: String,
    /// Reading of the instrument before, m³.
    start: String,
    /// Reading of the instrument after, m³.
    end: String,
    /// What the reference measured, m³.
    reference: String,
    /// How long it took, s; may be empty.
    #[serde(default)]
    duration_s: String,
}

/// Enter readings from paper.
///
/// Makes a visit, a signed sheet and its papers as a phone would; every value keeps its source «с
/// бумаги», and the journal keeps who typed. The person must have been a qualified metrologist on
/// the day. Instruments that lack data are passed over with a reason.
#[utoipa::path(post, path = "/v1/orders/{order}/readings", operation_id = "enter_readings",
    tag = "Orders", request_body = Paper, security(("office" = [])),
    responses((status = 200, description = "The order with its sheet", body = OrderPage)),
    extensions(("x-codes" = json!([Code::OrderClosed, Code::OrderSealed, Code::OrderHeld,
        Code::VisitIncomplete, Code::NotMetrologist, Code::NotWorking, Code::NotAttested,
        Code::TooLong, Code::SignUnprintable, Code::MoneyOutOfRange, Code::InstrumentTwice,
        [422, Code::TooMany]]))))]
pub(super) async fn enter_readings(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(paper): Json<Paper>,
) -> Outcome<Json<OrderPage>> {
    let given: Vec<InstrumentId> = paper.instruments.iter().filter_map(|line| line.id).collect();
    fields::all_different(&given)?;
    fields::list("instruments", &paper.instruments, CARD_INSTRUMENTS_MAX)?;
    let mut tx = app.store.begin().await?;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let expected = |id: &InstrumentId| row.card.instruments.iter().any(|known| known.id == *id);
    if !given.iter().all(expected) {
        return Err(Problem::field("instruments", "такого прибора нет в заявке"));
    }
    let person = tx.person(paper.person).await?;
    let person = person.ok_or_else(|| Problem::field("person", "такого сотрудника нет"))?;
    let date = fields::day("date", &paper.date)?;
    let at = row.card.zone.instant(date.0, row.card.window.to_min).min(app.now());
    if LegalDate(row.card.zone.date(at)) != date {
        return Err(Problem::field("date", "дата поверки не может быть в будущем"));
    }
    let means = valid_means(&mut tx, &person, date).await?;
    let instruments = paper.instruments.into_iter();
    let visit = PaperVisit {
        at: at.0,
        instruments: instruments
            .map(|line| instrument(line, means.clone()))
            .collect::<Outcome<_>>()?,
        received_kop: fields::kopecks("received_kop", paper.received_kop)?,
        signer: fields::text("signer", &paper.signer, NAME_CHARS_MAX)?,
    };
    let mut doc = OrderDocument::of(order);
    enter(
        &app,
        &mut tx,
        &mut doc,
        Hands { performer: &person, typist: &Actor::person(&by) },
        visit,
    )
    .await?;
    let page = order_view::read(&app, &mut tx, &mut doc).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(page))
}

fn instrument(line: PaperLine, means: Vec<vyezd_core::model::MeansId>) -> Outcome<PaperInstrument> {
    let conditions = Conditions {
        air_c: optional("air_c", &line.air_c)?,
        humidity_percent: optional("humidity_percent", &line.humidity_percent)?,
        pressure_kpa: optional("pressure_kpa", &line.pressure_kpa)?,
        water_c: optional("water_c", &line.water_c)?,
        source: Some(Source::Paper),
    };
    let short =
        |field: &'static str, text: &str| fields::text(field, text, INSTRUMENT_TEXT_CHARS_MAX);
    fields::list("rows", &line.rows, PAPER_ROWS_MAX)?;
    let checks = [
        (Check::Visual, line.visual),
        (Check::Operation, line.operation),
        (Check::Tightness, line.tightness),
    ];
    Ok(PaperInstrument {
        id: line.id,
        identity: Identity {
            type_number: short("type_number", &line.type_number)?,
            modification: short("modification", &line.modification)?,
            serial_number: short("serial_number", &line.serial_number)?,
            year: fields::year("year", line.year)?,
            water: Water::parse(&line.water),
            position: Position::parse(&line.position),
            source: Some(Source::Paper),
        },
        start: conditions.clone(),
        end: conditions,
        checks: checks
            .into_iter()
            .map(|(check, passed)| (check, CheckResult { passed, reason: String::new() }))
            .collect(),
        rows: line.rows.into_iter().map(row).collect::<Outcome<_>>()?,
        means,
    })
}

fn row(row: PaperRow) -> Outcome<Measurement> {
    Ok(Measurement {
        flow: value("flow", &row.flow)?,
        start: value("start", &row.start)?,
        end: value("end", &row.end)?,
        reference: value("reference", &row.reference)?,
        duration_s: optional("duration_s", &row.duration_s)?,
        point: fields::full("point", &row.point, POINT_CHARS_MAX)?,
        source: Source::Paper,
        replaces: None,
    })
}

fn value(field: &'static str, text: &str) -> Outcome<Reading> {
    Reading::parse(text).map_err(|e| Problem::field(field, e.to_string()))
}

fn optional(field: &'static str, text: &str) -> Outcome<Option<Reading>> {
    if text.trim().is_empty() { Ok(None) } else { value(field, text).map(Some) }
}
