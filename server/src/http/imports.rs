//! Spreadsheets from the firm: orders, readings from paper, types. Each row has its own result.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vyezd_core::model::{Conditions, Identity, MeansId, PersonId, Timestamp, means_for};

use super::extract::{Json, Query, Whole};
use super::order_card::{NewInstrument, NewOrder};
use super::orders::create_order;
use crate::app::App;
use crate::auth::{Admin, Office};
use crate::dispatch;
use crate::import::orders::OrderLine;
use crate::import::readings::ReadingLine;
use crate::import::{
    RowProblem, Severity, TableError, orders as order_file, readings as reading_file,
    types as type_file,
};
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::Tx;
use crate::verification::paper_desk::{PaperInstrument, PaperVisit, enter};

/// What became of a file.
#[derive(Serialize, ToSchema)]
pub(super) struct Imported {
    /// How many orders, visits or types were taken.
    taken: usize,
    /// What was not, and what is doubtful.
    problems: Vec<RowProblem>,
}

/// For whom readings are typed in where an order has nobody.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ForWhom {
    /// The metrologist who signed the papers.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
}

/// A file that cannot be used at all.
fn unusable(error: TableError) -> Problem {
    let code = match error {
        TableError::MissingColumns { .. } => "columns_missing",
        TableError::Empty(_) => "file_empty",
        TableError::TooLarge(_) => "file_too_large",
    };
    Problem::Field("file", code, error.to_string())
}

/// Загрузить заявки из CSV; каждая сразу предлагается исполнителю.
#[utoipa::path(post, path = "/v1/import/orders", tag = "загрузка", security(("bearer" = [])),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Imported), (status = 422, body = ProblemBody)))]
pub(super) async fn orders(
    State(app): State<App>,
    Office(by): Office,
    Whole(body): Whole,
) -> Outcome<Json<Imported>> {
    let (lines, mut problems) = order_file::parse(&body).map_err(unusable)?;
    let mut taken = 0;
    for line in lines {
        // A transaction an order: a row that cannot be used harms no other.
        let mut tx = app.store.begin().await?;
        match create_order(&app, &mut tx, &new_order(&line, false), &by.name, "import").await {
            Ok(order) => {
                dispatch::start(&app, &mut tx, order).await?;
                tx.commit().await?;
                taken += 1;
            }
            Err(error) => {
                let message = words(error)?;
                let problem =
                    RowProblem::new(Severity::Error, order_file::FILE, line.line, message);
                problems.push(problem.about(&line.number, ""));
                tx.rollback().await?;
            }
        }
    }
    app.changed();
    Ok(Json(Imported { taken, problems }))
}

/// An expected refusal in words; anything else is passed on.
fn words(problem: Problem) -> Outcome<String> {
    match problem {
        Problem::Field(field, _, message) => Ok(format!("{field}: {message}")),
        Problem::Conflict(_, message) => Ok(message),
        Problem::NotFound => Ok("не найдено".to_owned()),
        other => Err(other),
    }
}

/// An order of a spreadsheet as a new order.
pub(crate) fn new_order(line: &OrderLine, certificate: bool) -> NewOrder {
    NewOrder {
        number: line.number.clone(),
        date: line.date.to_string(),
        window: line.window.to_string(),
        kind: line.kind.clone(),
        urgency: line.urgency.code().to_owned(),
        client: line.client.clone(),
        phones: line.phone.iter().map(|phone| phone.as_str().to_owned()).collect(),
        district: line.district.clone(),
        address: line.address.clone(),
        place: line.place.map(|place| place.to_string()).unwrap_or_default(),
        entrance: line.access.entrance.clone(),
        floor: line.access.floor.clone(),
        intercom: line.access.intercom.clone(),
        note: line.access.note.clone(),
        price_kop: line.price_kop,
        certificate,
        instruments: line
            .instruments
            .iter()
            .map(|i| NewInstrument {
                id: None,
                type_number: i.type_number.clone(),
                modification: i.modification.clone(),
                serial_number: i.serial_number.clone(),
                year: i.year,
                water: i.water.map(|water| water.code().to_owned()),
                position: i.position.map(|position| position.code().to_owned()),
            })
            .collect(),
    }
}

/// Загрузить показания с бумаги; источник сохраняется, документы выпускаются.
#[utoipa::path(post, path = "/v1/import/readings", tag = "загрузка", params(ForWhom),
    security(("bearer" = [])), request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Imported), (status = 422, body = ProblemBody)))]
pub(super) async fn readings(
    State(app): State<App>,
    _: Office,
    Query(whom): Query<ForWhom>,
    Whole(body): Whole,
) -> Outcome<Json<Imported>> {
    let (lines, mut problems) = reading_file::parse(&body).map_err(unusable)?;
    let mut by_order: BTreeMap<String, Vec<ReadingLine>> = BTreeMap::new();
    for line in lines {
        by_order.entry(line.order.clone()).or_default().push(line);
    }
    let mut taken = 0;
    for (number, lines) in by_order {
        let mut tx = app.store.begin().await?;
        let first = lines.first().map_or(0, |line| line.line);
        match enter_order(&app, &mut tx, &number, whom.person, &lines, &mut problems).await {
            Ok(()) => {
                tx.commit().await?;
                taken += 1;
            }
            Err(error) => {
                let message = words(error)?;
                let problem = RowProblem::new(Severity::Error, reading_file::FILE, first, message);
                problems.push(problem.about(&number, ""));
                tx.rollback().await?;
            }
        }
    }
    app.changed();
    Ok(Json(Imported { taken, problems }))
}

async fn enter_order(
    app: &App,
    tx: &mut Tx,
    number: &str,
    whom: Option<PersonId>,
    lines: &[ReadingLine],
    problems: &mut Vec<RowProblem>,
) -> Outcome<()> {
    let order = tx.order_by_number(number).await?;
    let order = order.ok_or_else(|| Problem::field("заявка", format!("заявки № {number} нет")))?;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let person = row.holder.as_ref().map(|(person, _)| *person).or(whom);
    let person = person.ok_or_else(|| Problem::field("person", "не указано, кто поверял"))?;
    let person = tx.person(person).await?.ok_or(Problem::NotFound)?;
    let card = &row.card;
    // The paper says the day; the hour is the end of the window, in the place's zone.
    let at = card.zone.instant(card.date.0, card.window.to_min).min(app.now());
    let means: Vec<MeansId> = valid_means(tx, &person, card.date).await?;
    let mut instruments = Vec::new();
    for expected in &card.instruments {
        let mine: Vec<&ReadingLine> =
            lines.iter().filter(|line| line.serial_number == expected.serial_number).collect();
        if mine.is_empty() {
            continue;
        }
        instruments.push(PaperInstrument {
            id: Some(expected.id),
            identity: Identity {
                type_number: expected.type_number.clone(),
                modification: expected.modification.clone(),
                serial_number: expected.serial_number.clone(),
                year: expected.year,
                water: expected.water,
                position: expected.position,
                source: None,
            },
            start: mine.first().map_or_else(Conditions::default, |line| line.conditions.clone()),
            end: mine.last().map_or_else(Conditions::default, |line| line.conditions.clone()),
            checks: mine.iter().flat_map(|line| line.checks.clone()).collect(),
            rows: mine.iter().filter_map(|line| line.row.clone()).collect(),
            means: means.clone(),
        });
    }
    let known = |serial: &str| card.instruments.iter().any(|i| i.serial_number == serial);
    for line in lines.iter().filter(|line| !known(&line.serial_number)) {
        let message = "прибора с этим номером нет в заявке: строка пропущена";
        let problem = RowProblem::new(Severity::Error, reading_file::FILE, line.line, message);
        problems.push(problem.about(number, &line.serial_number));
    }
    let paper = PaperVisit {
        at: Timestamp(at.0).0,
        instruments,
        received_kop: card.price_kop,
        signer: card.client.clone(),
    };
    enter(app, tx, order, &person, paper).await
}

/// The means that a person may use on a day.
pub(super) async fn valid_means(
    tx: &mut Tx,
    person: &crate::store::PersonRow,
    date: vyezd_core::model::LegalDate,
) -> Outcome<Vec<MeansId>> {
    Ok(means_for(&tx.reference_for(person).await?.means, date))
}

/// Загрузить справочник типов из CSV; ключ — номер типа и модификация.
#[utoipa::path(post, path = "/v1/import/types", tag = "загрузка", security(("bearer" = [])),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Imported), (status = 422, body = ProblemBody)))]
pub(super) async fn types(
    State(app): State<App>,
    _: Admin,
    Whole(body): Whole,
) -> Outcome<Json<Imported>> {
    let (types, problems) = type_file::parse(&body).map_err(unusable)?;
    let mut tx = app.store.begin().await?;
    tx.put_types(&types).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(Imported { taken: types.len(), problems }))
}
