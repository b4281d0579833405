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
use crate::limits::office::{
    INSTRUMENT_TEXT_CHARS_MAX, NAME_CHARS_MAX, PAPER_ROWS_MAX, POINT_CHARS_MAX,
};
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::verification::paper_entry::{Hands, PaperInstrument, PaperVisit, enter};

/// What stands on the paper.
#[derive(Deserialize, ToSchema)]
pub(super) struct Paper {
    /// Who verified.
    #[schema(value_type = String)]
    person: PersonId,
    /// The date on the paper, YYYY-MM-DD.
    date: String,
    /// Who signed; empty when nobody did.
    #[serde(default)]
    signer: String,
    received_kop: i64,
    instruments: Vec<PaperLine>,
}

/// One instrument of the paper. Decimals as text, with comma or point.
#[derive(Deserialize, ToSchema)]
pub(super) struct PaperLine {
    #[schema(value_type = Option<String>)]
    id: Option<InstrumentId>,
    type_number: String,
    modification: String,
    serial_number: String,
    year: Option<u16>,
    /// cold, hot.
    water: String,
    /// horizontal, vertical.
    position: String,
    air_c: String,
    humidity_percent: String,
    pressure_kpa: String,
    water_c: String,
    visual: bool,
    operation: bool,
    tightness: bool,
    rows: Vec<PaperRow>,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct PaperRow {
    point: String,
    flow: String,
    start: String,
    end: String,
    reference: String,
    #[serde(default)]
    duration_s: String,
}

/// Ввести показания с бумаги (источник «с бумаги» сохраняется) и выпустить документы.
#[utoipa::path(post, path = "/v1/orders/{order}/readings", tag = "заявки", request_body = Paper,
    params(("order" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = [])),
    responses((status = 200, body = OrderPage), (status = 422, body = ProblemBody)))]
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
    enter(&app, &mut tx, order, Hands { performer: &person, typist: &Actor::person(&by) }, visit)
        .await?;
    let page = order_view::read(&app, &mut tx, order).await?;
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
