//! Typing in one order's readings from paper.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::doc::seal::Signer;
use vyezd_core::limits::REFUSAL_CHARS_MAX;
use vyezd_core::model::{
    CARD_INSTRUMENTS_MAX, Card, Check, CheckResult, Conditions, ExpectedInstrument, Identity,
    InstrumentId, LegalDate, MeansId, Measurement, Money, OrderId, PayMethod, PersonId, Position,
    Reading, Source, Timestamp, Water, fold,
};

use super::extract::{Json, Path};
use super::fields;
use super::order_card::date as visit_date;
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
use crate::store::{PersonRow, Tx};
use crate::verification::paper_doubts::{self, About, Doubt};
use crate::verification::paper_entry::{Hands, PaperInstrument, PaperVisit, enter, means_on_paper};

/// What stands on the paper of one visit.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "person": "019cadc69a80738a81e87e79631e602b", "date": "2026-09-14",
    "signer": "Лаптева Нина Андреевна", "refusal": "", "received_kop": 90000,
    "pay_method": "cash", "means": ["019cadc69a80738a81e87e79631e602c"]
}))]
pub(super) struct Paper {
    /// The metrologist who verified.
    #[schema(value_type = String)]
    person: PersonId,
    /// The date on the paper, `YYYY-MM-DD`.
    date: String,
    /// Name in the signature; empty where the paper names nobody.
    #[serde(default)]
    signer: String,
    /// Reason on the paper why nobody signed; empty where the paper gives none.
    #[serde(default)]
    refusal: String,
    /// Sum received, kopecks; absent where the paper names none.
    #[serde(default)]
    received_kop: Option<i64>,
    /// Way of payment; absent where the paper names none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pay_method: Option<PayMethod>,
    /// Means of verification on the paper. Empty: the valid ones, where there is one of each
    /// sort to choose from.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    means: Vec<MeansId>,
    /// What was verified.
    instruments: Vec<PaperLine>,
}

/// One instrument of the paper. Decimals are text, with comma or point.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a5fa8817bf5b4400481065a2943", "type_number": "16078-13", "modification": "СХВ-15",
    "serial_number": "00451207", "year": 2020, "water": "cold", "position": "horizontal",
    "air_c": "21,4", "humidity_percent": "48", "pressure_kpa": "99,8", "water_c": "11,8",
    "end_air_c": "21,6", "end_humidity_percent": "", "end_pressure_kpa": "", "end_water_c": "",
    "passed_over": "", "visual": true, "operation": true, "tightness": true
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
    /// Air at the end, °C; empty where the paper has none.
    #[serde(default)]
    end_air_c: String,
    /// Humidity at the end, %; empty where the paper has none.
    #[serde(default)]
    end_humidity_percent: String,
    /// Pressure at the end, kPa; empty where the paper has none.
    #[serde(default)]
    end_pressure_kpa: String,
    /// Water at the end, °C; empty where the paper has none.
    #[serde(default)]
    end_water_c: String,
    /// Result of the visual check; absent where the paper has none.
    #[serde(default)]
    visual: Option<bool>,
    /// Result of the check of operation; absent where the paper has none.
    #[serde(default)]
    operation: Option<bool>,
    /// Result of the check of tightness; absent where the paper has none.
    #[serde(default)]
    tightness: Option<bool>,
    /// Reason why the instrument was not verified; empty where it was.
    #[serde(default)]
    passed_over: String,
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

/// One thing to compare with the paper.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "serial_number": "00451207", "point": "1,1Qп",
    "text": "показания перекрываются с точкой Qмин: проверьте"
}))]
pub(super) struct DoubtView {
    /// Of the instrument, as typed.
    serial_number: String,
    /// Point of the row; empty where it is all of them.
    point: String,
    /// Russian sentence without the point.
    text: String,
}

/// Enter readings from paper.
///
/// Makes a visit, a signed sheet and its papers as a phone would; every value keeps its source «с
/// бумаги», and the journal keeps who typed. The person must have been a qualified metrologist on
/// the day. Nothing is made up: an instrument of the order that is neither verified nor passed over
/// with a reason leaves the order open, and everything that lacks is named.
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
    let mut tx = app.store.begin().await?;
    let (person, visit) = read_paper(&app, &mut tx, order, paper).await?;
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

/// What a typist is asked about before readings from paper are entered.
///
/// Nothing is written. Answers with what is possible and looks like a slip: dials that overlap,
/// the pours of another instrument. What is impossible is refused as entering would refuse it.
#[utoipa::path(post, path = "/v1/orders/{order}/readings/doubts", operation_id = "doubt_readings",
    tag = "Orders", request_body = Paper, security(("office" = [])),
    responses((status = 200, description = "Empty where there is nothing to ask", body = [DoubtView])),
    extensions(("x-codes" = json!([Code::OrderClosed, Code::OrderSealed, Code::OrderHeld,
        Code::VisitIncomplete, Code::NotMetrologist, Code::NotWorking, Code::NotAttested,
        Code::TooLong, Code::SignUnprintable, Code::MoneyOutOfRange, Code::InstrumentTwice,
        [422, Code::TooMany]]))))]
pub(super) async fn doubt_readings(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(paper): Json<Paper>,
) -> Outcome<Json<Vec<DoubtView>>> {
    let mut tx = app.store.begin().await?;
    let (person, visit) = read_paper(&app, &mut tx, order, paper).await?;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let zone = row.card.zone;
    let date = LegalDate(zone.date(Timestamp(visit.at)));
    let data = tx.reference_on(&person, Some(date)).await?;
    let about = About {
        card: &row.card,
        made: LegalDate(zone.date(Timestamp(row.created_at))),
        date,
        reference: data.reference_of(row.card.entity).ok_or(Problem::NotFound)?,
    };
    let mut doubts = paper_doubts::of_visit(&row.card, &visit);
    doubts.extend(paper_doubts::all(&mut tx, &about, &visit.instruments).await?);
    // What entering would refuse is refused here too.
    let hands = Hands { performer: &person, typist: &Actor::person(&by) };
    let entered = enter(&app, &mut tx, &mut OrderDocument::of(order), hands, visit).await;
    entered.map_err(|problem| beside_doubts(problem, &doubts))?;
    tx.rollback().await?;
    let view =
        |of: Doubt| DoubtView { serial_number: of.serial_number, point: of.point, text: of.words };
    Ok(Json(doubts.into_iter().map(view).collect()))
}

/// A refusal of entering, with what is doubtful: one slip may be behind both.
fn beside_doubts(problem: Problem, doubts: &[Doubt]) -> Problem {
    match problem {
        Problem::Refused(code, words) if !doubts.is_empty() => {
            let said: Vec<String> = doubts.iter().map(|doubt| doubt.words.clone()).collect();
            Problem::Refused(code, format!("{words}. Смотрите также: {}", said.join("; ")))
        }
        other => other,
    }
}

/// The paper judged field by field, with the metrologist whom it names.
async fn read_paper(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    paper: Paper,
) -> Outcome<(PersonRow, PaperVisit)> {
    fields::list("instruments", &paper.instruments, CARD_INSTRUMENTS_MAX)?;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let paper = with_ids(&row.card, paper);
    let given: Vec<InstrumentId> = paper.instruments.iter().filter_map(|line| line.id).collect();
    fields::all_different(&given)?;
    let named = |line: &PaperLine| (fold(&line.serial_number), fold(&line.type_number));
    let different: BTreeSet<_> = paper.instruments.iter().map(named).collect();
    if different.len() < paper.instruments.len() {
        let words = "один прибор (тип и заводской номер) указан дважды".to_owned();
        return Err(Problem::Field("instruments", Code::InstrumentTwice, words));
    }
    let expected = |id: &InstrumentId| row.card.instruments.iter().any(|known| known.id == *id);
    if !given.iter().all(expected) {
        return Err(Problem::field("instruments", "такого прибора нет в заявке"));
    }
    let person = tx.person(paper.person).await?;
    let person = person.ok_or_else(|| Problem::field("person", "такого сотрудника нет"))?;
    let date = visit_date(app, &paper.date)?;
    let at = row.card.zone.instant(date.0, row.card.window.to_min).min(app.now());
    if LegalDate(row.card.zone.date(at)) != date {
        return Err(Problem::field("date", "дата поверки не может быть в будущем"));
    }
    let signer = signer(&paper)?;
    let means = means_on_paper(tx, (&person, date), &paper.means).await?;
    let received = paper.received_kop;
    let instruments = paper.instruments.into_iter();
    let visit = PaperVisit {
        at: at.0,
        instruments: instruments
            .map(|line| instrument(line, means.clone(), date))
            .collect::<Outcome<_>>()?,
        money: Money {
            received_kop: received.map(|sum| fields::kopecks("received_kop", sum)).transpose()?,
            method: paper.pay_method,
            ..Money::default()
        },
        signer,
    };
    Ok((person, visit))
}

/// Gives a line without an id the instrument of the card whose serial number it has.
fn with_ids(card: &Card, mut paper: Paper) -> Paper {
    for line in paper.instruments.iter_mut().filter(|line| line.id.is_none()) {
        let same = |of: &&ExpectedInstrument| {
            !of.serial_number.is_empty() && fold(&of.serial_number) == fold(&line.serial_number)
        };
        line.id = card.instruments.iter().find(same).map(|of| of.id);
    }
    paper
}

/// A name or a reason, never both.
fn signer(paper: &Paper) -> Outcome<Signer> {
    let name = fields::text("signer", &paper.signer, NAME_CHARS_MAX)?;
    let refusal = reason("refusal", &paper.refusal)?;
    if !name.is_empty() && !refusal.is_empty() {
        let words = "на бумаге стоит либо подпись, либо причина, почему её нет";
        return Err(Problem::field("refusal", words));
    }
    let signer = Signer::Paper { name, refusal };
    if signer.is_plain() {
        Ok(signer)
    } else {
        Err(Problem::field("signer", "имя подписавшего: нужны хотя бы две буквы"))
    }
}

fn instrument(line: PaperLine, means: Vec<MeansId>, date: LegalDate) -> Outcome<PaperInstrument> {
    let start = Conditions {
        air_c: optional("air_c", &line.air_c)?,
        humidity_percent: optional("humidity_percent", &line.humidity_percent)?,
        pressure_kpa: optional("pressure_kpa", &line.pressure_kpa)?,
        water_c: optional("water_c", &line.water_c)?,
        source: Some(Source::Paper),
    };
    let end = Conditions {
        air_c: optional("end_air_c", &line.end_air_c)?,
        humidity_percent: optional("end_humidity_percent", &line.end_humidity_percent)?,
        pressure_kpa: optional("end_pressure_kpa", &line.end_pressure_kpa)?,
        water_c: optional("end_water_c", &line.end_water_c)?,
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
    let passed_over = reason("passed_over", &line.passed_over)?;
    if !passed_over.is_empty() && !line.rows.is_empty() {
        let words = format!(
            "прибор № {}: есть и показания, и причина, почему он не поверен: оставьте одно",
            line.serial_number
        );
        return Err(Problem::field("passed_over", words));
    }
    Ok(PaperInstrument {
        id: line.id,
        identity: Identity {
            type_number: short("type_number", &line.type_number)?,
            modification: short("modification", &line.modification)?,
            serial_number: fields::serial(&line.serial_number, INSTRUMENT_TEXT_CHARS_MAX)?,
            year: fields::year("year", line.year, date)?,
            water: Water::parse(&line.water),
            position: Position::parse(&line.position),
            source: Some(Source::Paper),
        },
        start,
        end,
        checks: checks
            .into_iter()
            .filter_map(|(check, passed)| {
                Some((check, CheckResult { passed: passed?, reason: String::new() }))
            })
            .collect(),
        rows: line.rows.into_iter().map(row).collect::<Outcome<_>>()?,
        means,
        passed_over,
    })
}

/// A reason in words; empty where there is none.
fn reason(field: &'static str, text: &str) -> Outcome<String> {
    let reason = fields::text(field, text, REFUSAL_CHARS_MAX)?;
    let answers = ["да", "нет", "не", "yes", "no", "true", "false"];
    let is_reason = reason.chars().any(char::is_alphabetic) && !answers.contains(&&*fold(&reason));
    if reason.is_empty() || is_reason {
        Ok(reason)
    } else {
        Err(Problem::field(field, "нужна причина словами"))
    }
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
