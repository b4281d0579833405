//! What the Fund says: answers to packages, tables of numbers, what is ready to be sent.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{ItemId, LegalDate, OrderId, PackageId};

use super::extract::{Json, Path, Query, Whole};
use super::fields;
use super::import_job::unusable;
use super::packages::LeftOut;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::import::RowProblem;
use crate::limits::office::ANSWER_LINES_MAX;
use crate::problem::{Outcome, Problem};
use crate::store::{AnswerRow, FundLine, PersonRow, Timer, Tx};
use crate::verification::arshin;
use crate::verification::fund::{table, take};

/// How many answers the page shows.
const SHOWN: i64 = 50;

/// The routes of the Fund.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(readiness))
        .routes(routes!(mark_sent))
        .routes(routes!(bring_answer))
        .routes(routes!(bring_numbers))
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(undo))
        .routes(routes!(free))
}

/// Days of verifications.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Days {
    /// The first day, `YYYY-MM-DD`.
    from: String,
    /// The last day, `YYYY-MM-DD`.
    to: String,
}

/// Where the verifications of some days are on their way to the Fund.
#[derive(Default, Serialize, ToSchema)]
#[schema(example = json!({
    "ready": 312, "packed": 40, "sent": 120, "published": 2210, "refused": 1, "left_out": []
}))]
pub(super) struct Readiness {
    /// In no package, without a mistake.
    ready: usize,
    /// In a package that nobody has sent.
    packed: i64,
    /// Sent, without an answer.
    sent: i64,
    /// With a number of the Fund.
    published: i64,
    /// Refused by the Fund.
    refused: i64,
    /// In no package, and the Fund would refuse them: all mistakes of each.
    left_out: Vec<LeftOut>,
}

/// Say what is ready for the Fund.
///
/// Nothing is packed. Every mistake of every verification is named.
#[utoipa::path(get, path = "/v1/fund/readiness", operation_id = "get_fund_readiness",
    tag = "Fund", params(Days), security(("office" = [])),
    responses((status = 200, description = "Counts and mistakes", body = Readiness)),
    extensions(("x-codes" = json!([Code::FieldInvalid]))))]
pub(super) async fn readiness(
    State(app): State<App>,
    _: Office,
    Query(days): Query<Days>,
) -> Outcome<Json<Readiness>> {
    let days = span(&days).map_err(Problem::in_query)?;
    let entities = app.store.read().await?.entities().await?;
    let mut all = Readiness::default();
    for entity in entities {
        let (ready, left_out) = arshin::readiness(&app, entity.id, days).await?;
        let counts = app.store.read().await?.fund_counts(entity.id, days).await?;
        let [packed, sent, published, refused] = counts;
        all.ready += ready;
        all.packed += packed;
        all.sent += sent;
        all.published += published;
        all.refused += refused;
        all.left_out.extend(left_out.into_iter().map(LeftOut::from));
    }
    Ok(Json(all))
}

fn span(days: &Days) -> Outcome<(LegalDate, LegalDate)> {
    let days = (fields::day("from", &days.from)?, fields::day("to", &days.to)?);
    fields::in_order("to", days)?;
    Ok(days)
}

/// Note that a package was sent.
///
/// A person uploaded its file in the cabinet of the Fund. Noted again, nothing changes.
#[utoipa::path(post, path = "/v1/packages/{package}/sent", operation_id = "mark_package_sent",
    tag = "Fund", security(("office" = [])), responses((status = 204, description = "Noted")))]
pub(super) async fn mark_sent(
    State(app): State<App>,
    Office(by): Office,
    Path(package): Path<PackageId>,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    let row = tx.package(package).await?.ok_or(Problem::NotFound)?;
    if tx.mark_sent(package, (&by.name, app.now())).await? {
        let about = (&*row.number.to_string(), row.entity_name.as_str());
        audit::note(&app, &mut tx, &Actor::person(&by), "package.sent", about).await?;
    }
    tx.commit().await?;
    app.changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a file is only tried.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Check {
    /// Only say what the file would change.
    check: Option<bool>,
}

/// What a file of the Fund changed, or would change.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "taken": true, "unchanged": 0, "problems": [], "contradicts": null
}))]
pub(super) struct BroughtView {
    /// The answer, where it brought something new.
    answer: Option<AnswerView>,
    /// It was taken; false: it was only tried, or brought nothing new.
    taken: bool,
    /// Records that were known already.
    unchanged: usize,
    /// Rows of a table that fit no verification.
    problems: Vec<RowProblem>,
    /// An answer that gave one of the numbers to another instrument: one of the two is shifted.
    contradicts: Option<String>,
    /// The new records, refusals first; at most 200.
    lines: Vec<FundLineView>,
}

/// An answer of the Fund, or a table of numbers.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a0a3dd89807bc4a71180870f794517", "source": "answer", "package_number": 12,
    "at": 1_789_542_000_000_i64, "who": "Смирнова Ольга Викторовна", "published": 37, "refused": 1
}))]
pub(super) struct AnswerView {
    /// The answer.
    id: String,
    /// `answer` or `table`.
    source: String,
    /// Number of the package that it is of; none for a table.
    package_number: Option<i64>,
    /// Unix time, ms.
    at: i64,
    /// Who brought it.
    who: String,
    /// How many records it published.
    published: i64,
    /// How many it refused.
    refused: i64,
    /// When it was taken back, Unix time, ms.
    undone_at: Option<i64>,
    /// Who took it back.
    undone_by: Option<String>,
}

impl From<AnswerRow> for AnswerView {
    fn from(row: AnswerRow) -> Self {
        Self {
            id: row.id.to_string(),
            source: row.source,
            package_number: row.package_number,
            at: row.at,
            who: row.who,
            published: row.published,
            refused: row.refused,
            undone_at: row.undone_at,
            undone_by: row.undone_by,
        }
    }
}

/// A record of the Fund.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "position": 1, "order": "01a08a5fa88073eeb7e96e59ce40f9cb", "order_number": "2101",
    "type_number": "16078-13", "serial_number": "00451207", "date": "2026-09-14",
    "number": "С-ВУП/14-09-2026/402123271", "refusal": "", "live": true
}))]
pub(super) struct FundLineView {
    /// Its place in the answer, from 1; in a table, its line.
    position: i64,
    /// The order.
    #[schema(value_type = String)]
    order: OrderId,
    /// What people say.
    order_number: String,
    /// Of the type.
    type_number: String,
    /// Of the instrument.
    serial_number: String,
    /// Of the verification, `YYYY-MM-DD`.
    date: String,
    /// Of the record; none where it was refused.
    number: Option<String>,
    /// Why it was refused; otherwise empty.
    refusal: String,
    /// It counts: it was neither taken back nor replaced.
    live: bool,
}

impl TryFrom<FundLine> for FundLineView {
    type Error = Problem;

    fn try_from(line: FundLine) -> Outcome<Self> {
        let order: [u8; 16] = line.order_id.try_into().map_err(|_| Problem::NotFound)?;
        Ok(Self {
            position: line.position,
            order: OrderId::from_bytes(order),
            order_number: line.order_number,
            type_number: line.type_number,
            serial_number: line.serial_number,
            date: line.date,
            number: line.number,
            refusal: line.refusal,
            live: line.live,
        })
    }
}

async fn lines(tx: &mut Tx, answer: ItemId) -> Outcome<Vec<FundLineView>> {
    let lines = tx.answer_lines(answer, ANSWER_LINES_MAX).await?;
    lines.into_iter().map(FundLineView::try_from).collect()
}

/// Take the Fund's answer to a package.
///
/// Its records are matched by their order, and their days, ciphers and verdicts are compared: an answer that is not of
/// this package is refused whole. Papers are issued anew with the numbers. The same answer again changes nothing.
#[utoipa::path(post, path = "/v1/packages/{package}/answer", operation_id = "take_fund_answer",
    tag = "Fund", params(Check), request_body(content = String, content_type = "application/xml"),
    security(("office" = [])),
    responses((status = 200, description = "What it changed", body = BroughtView)),
    extensions(("x-codes" = json!([Code::AnswerUnread, Code::AnswerMismatch]))))]
pub(super) async fn bring_answer(
    State(app): State<App>,
    Office(by): Office,
    Path(package): Path<PackageId>,
    Query(Check { check }): Query<Check>,
    Whole(file): Whole,
) -> Outcome<Json<BroughtView>> {
    let row = new_answer(&app, &by, ("answer", Some(package)), &file).await?;
    let mut tx = app.store.begin().await?;
    tx.lock_fund().await?;
    let of = tx.package(package).await?.ok_or(Problem::NotFound)?;
    let brought = take::answer(&mut tx, &of, &file).await?;
    finish(&app, tx, (&row, &brought), &by, check == Some(true)).await
}

/// Take a table of numbers of the Fund.
///
/// Its own extract or a clerk's table, with the serial number and the number of the record in each row; a row that fits
/// no verification of ours harms no other. Papers are issued anew with the numbers.
#[utoipa::path(post, path = "/v1/fund/numbers", operation_id = "take_fund_numbers", tag = "Fund",
    params(Check), request_body(content = String, content_type = "text/csv"),
    security(("office" = [])),
    responses((status = 200, description = "What it changed", body = BroughtView)),
    extensions(("x-codes" = json!([Code::ColumnsMissing, Code::FileEmpty, Code::FileTooLarge]))))]
pub(super) async fn bring_numbers(
    State(app): State<App>,
    Office(by): Office,
    Query(Check { check }): Query<Check>,
    Whole(file): Whole,
) -> Outcome<Json<BroughtView>> {
    let read = table::read(&file).map_err(unusable)?;
    let row = new_answer(&app, &by, ("table", None), &file).await?;
    let mut tx = app.store.begin().await?;
    tx.lock_fund().await?;
    let brought = take::numbers(&mut tx, read).await?;
    finish(&app, tx, (&row, &brought), &by, check == Some(true)).await
}

/// The row of a file; its bytes are kept before the row that names them.
async fn new_answer(
    app: &App,
    by: &PersonRow,
    (source, package): (&str, Option<PackageId>),
    file: &[u8],
) -> Outcome<AnswerRow> {
    Ok(AnswerRow {
        id: app.id(ItemId::new),
        source: source.to_owned(),
        package,
        package_number: None,
        at: app.now().0,
        who: by.name.clone(),
        sha256: app.blobs.put(file.to_vec()).await?,
        published: 0,
        refused: 0,
        undone_at: None,
        undone_by: None,
    })
}

async fn finish(
    app: &App,
    mut tx: Tx,
    (row, brought): (&AnswerRow, &take::Brought),
    by: &PersonRow,
    check: bool,
) -> Outcome<Json<BroughtView>> {
    let bound = take::bind(app, &mut tx, row, brought).await?;
    let mut view = BroughtView {
        answer: None,
        taken: bound.is_some() && !check,
        unchanged: brought.unchanged,
        problems: brought.problems.clone(),
        contradicts: brought.contradicts.map(|id| id.to_string()),
        lines: Vec::new(),
    };
    if let Some(answer) = bound {
        view.lines = lines(&mut tx, answer).await?;
        let mine = tx.answer(answer).await?.ok_or(Problem::NotFound)?;
        view.answer = Some(mine.into());
    }
    if !view.taken {
        tx.rollback().await?;
        return Ok(Json(view));
    }
    let published = brought.records.iter().filter(|of| of.number.is_some()).count();
    let refused = brought.records.len() - published;
    let details = format!("номеров: {published}, отказов: {refused}");
    let about = (&*row.id.to_string(), details.as_str());
    audit::note(app, &mut tx, &Actor::person(by), "fund.taken", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(view))
}

/// List answers of the Fund.
///
/// The last 50, tables of numbers too.
#[utoipa::path(get, path = "/v1/fund/answers", operation_id = "list_fund_answers", tag = "Fund",
    security(("office" = [])),
    responses((status = 200, description = "Answers, the newest first", body = Vec<AnswerView>)))]
pub(super) async fn list(State(app): State<App>, _: Office) -> Outcome<Json<Vec<AnswerView>>> {
    let rows = app.store.read().await?.answers(SHOWN).await?;
    Ok(Json(rows.into_iter().map(AnswerView::from).collect()))
}

/// Show the records of an answer.
///
/// Refusals first; at most 200.
#[utoipa::path(get, path = "/v1/fund/answers/{answer}", operation_id = "get_fund_answer",
    tag = "Fund", security(("office" = [])),
    responses((status = 200, description = "Records", body = Vec<FundLineView>)))]
pub(super) async fn one(
    State(app): State<App>,
    _: Office,
    Path(answer): Path<ItemId>,
) -> Outcome<Json<Vec<FundLineView>>> {
    let mut tx = app.store.read().await?;
    tx.answer(answer).await?.ok_or(Problem::NotFound)?;
    Ok(Json(lines(&mut tx, answer).await?))
}

/// Take an answer back.
///
/// All its numbers and refusals are gone at once, and papers are issued anew without them.
#[utoipa::path(post, path = "/v1/fund/answers/{answer}/undo", operation_id = "undo_fund_answer",
    tag = "Fund", security(("office" = [])),
    responses((status = 204, description = "Taken back")),
    extensions(("x-codes" = json!([Code::NotPossible]))))]
pub(super) async fn undo(
    State(app): State<App>,
    Office(by): Office,
    Path(answer): Path<ItemId>,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    tx.lock_fund().await?;
    let row = tx.answer(answer).await?.ok_or(Problem::NotFound)?;
    if let Some(package) = tx.return_to_package(&row).await? {
        let words = format!(
            "запись, в которой ФИФ отказал, уже в пакете № {package}: отменить этот ответ нельзя"
        );
        return Err(Problem::Refused(Code::NotPossible, words));
    }
    let Some(seals) = tx.undo_answer(answer, (&by.name, app.now())).await? else {
        let words = "этот ответ уже отменён".to_owned();
        return Err(Problem::Refused(Code::NotPossible, words));
    };
    for seal in &seals {
        tx.set_timer(Timer::ReissueSeal, seal.bytes(), app.now()).await?;
    }
    let about = (&*answer.to_string(), &*format!("листов: {}", seals.len()));
    audit::note(&app, &mut tx, &Actor::person(&by), "fund.undone", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(StatusCode::NO_CONTENT)
}

/// A refused record.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "position": 7 }))]
pub(super) struct Refused {
    /// Its place in the answer.
    position: i64,
}

/// Prepare a refused record anew.
///
/// It leaves its package and is packed again with the next one: what the Fund refused was put right.
#[utoipa::path(post, path = "/v1/fund/answers/{answer}/again",
    operation_id = "prepare_refused_again", tag = "Fund", request_body = Refused,
    security(("office" = [])), responses((status = 204, description = "It waits for a package")),
    extensions(("x-codes" = json!([Code::NotPossible]))))]
pub(super) async fn free(
    State(app): State<App>,
    Office(by): Office,
    Path(answer): Path<ItemId>,
    Json(Refused { position }): Json<Refused>,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    tx.lock_fund().await?;
    tx.answer(answer).await?.ok_or(Problem::NotFound)?;
    if !tx.free_refused(answer, position).await? {
        let words = "этой записи Фонд не отказывал, или она уже готовится снова".to_owned();
        return Err(Problem::Refused(Code::NotPossible, words));
    }
    let about = (&*answer.to_string(), &*format!("запись {position}"));
    audit::note(&app, &mut tx, &Actor::person(&by), "fund.again", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(StatusCode::NO_CONTENT)
}
