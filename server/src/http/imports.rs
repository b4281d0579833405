//! Spreadsheets from the firm: orders, readings from paper, types. Each row has its own result. Orders and
//! readings go on by themselves once the file is here, whoever closes his page.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{ItemId, PersonId, Timestamp};

use super::extract::{Json, Path, Query, Whole};
use super::import_job::{ImportLines, keep_problems, work};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Admin, Office};
use crate::code::Code;
use crate::import::{RawTable, RowProblem};
use crate::limits::office::{IMPORT_WAIT_MS, IMPORTS_AT_ONCE_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::{ImportKind, ImportRow, ImportState, PersonRow, Tx};

/// The routes of imports.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(orders))
        .routes(routes!(readings))
        .routes(routes!(types))
        .routes(routes!(people))
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(go_on))
}

/// How many imports the page shows.
const SHOWN: i64 = 20;

/// An import and how far it is.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a66fb8075e889902207afaeb712", "kind": "orders",
    "who": "Смирнова Ольга Викторовна", "at": 1_789_028_400_000_i64, "state": "done",
    "trial": false, "total": 12, "done": 12, "taken": 11, "line": 17
}))]
pub(super) struct ImportJob {
    /// The import.
    id: String,
    kind: ImportKind,
    /// Who brought the file.
    who: String,
    /// Unix time, ms.
    at: i64,
    /// Where it is.
    state: ImportState,
    /// Every order is tried and rolled back; nothing is taken.
    trial: bool,
    /// People are asked about its orders from this instant on, Unix time, ms; absent: at once.
    offers_from: Option<i64>,
    /// How many orders or types there are in the file.
    total: i64,
    /// How many of them were looked at.
    done: i64,
    /// How many were taken; of a trial, how many would be.
    taken: i64,
    /// The line of the file where it stands.
    line: i64,
    /// What was not taken, and what is doubtful; empty in the list of imports.
    #[schema(value_type = Vec<RowProblem>)]
    problems: Vec<serde_json::Value>,
}

impl From<ImportRow> for ImportJob {
    fn from(row: ImportRow) -> Self {
        Self {
            id: row.id.to_string(),
            kind: row.kind,
            who: row.who,
            at: row.at,
            state: row.state,
            trial: row.trial,
            offers_from: row.offers_from,
            total: row.total,
            done: row.done,
            taken: row.taken,
            line: row.line,
            problems: Vec::new(),
        }
    }
}

/// For whom readings are typed in where an order has nobody.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ForWhom {
    /// The metrologist who signed the papers of orders that nobody has.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// Only try: nothing is taken until `take_import`.
    check: Option<bool>,
}

/// Whether a file is only tried.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Check {
    /// Only try: nothing is taken until `take_import`.
    check: Option<bool>,
}

/// A file and what to do with it.
struct Brought<'a> {
    kind: ImportKind,
    whom: Option<PersonId>,
    check: Option<bool>,
    file: &'a [u8],
}

/// Import orders from a spreadsheet.
///
/// Each order is offered at once. The file is a workbook (`.xlsx`, `.xls`, `.ods`) or a delimited
/// text in any usual encoding, whatever its media type says; columns are known by their names, in
/// any order. What takes longer than three seconds is answered 202 and goes on by itself, also
/// when the client goes away: ask for the import by its id. A row that cannot be used harms no
/// other.
#[utoipa::path(post, path = "/v1/import/orders", operation_id = "import_orders", tag = "Imports",
    params(Check), request_body(content = String, content_type = "text/csv"),
    security(("office" = [])),
    responses((status = 200, description = "The import is over", body = ImportJob),
        (status = 202, description = "It goes on", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ColumnsMissing, Code::FileEmpty,
        Code::FileTooLarge, Code::ImportRunning]))))]
pub(super) async fn orders(
    State(app): State<App>,
    Office(by): Office,
    Query(Check { check }): Query<Check>,
    Whole(file): Whole,
) -> Outcome<(StatusCode, Json<ImportJob>)> {
    let brought = Brought { kind: ImportKind::Orders, whom: None, check, file: &file };
    bring(&app, &by, brought).await
}

/// Import readings from paper from a spreadsheet.
///
/// For orders that are there; sheets and papers are made as by `enter_readings`. The file is read
/// as by `import_orders`. What takes longer than three seconds is answered 202 and goes on by
/// itself, also when the client goes away: ask for the import by its id. A row that cannot be used
/// harms no other.
#[utoipa::path(post, path = "/v1/import/readings", operation_id = "import_readings",
    tag = "Imports", params(ForWhom), request_body(content = String, content_type = "text/csv"),
    security(("office" = [])),
    responses((status = 200, description = "The import is over", body = ImportJob),
        (status = 202, description = "It goes on", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ColumnsMissing, Code::FileEmpty,
        Code::FileTooLarge, Code::ImportRunning]))))]
pub(super) async fn readings(
    State(app): State<App>,
    Office(by): Office,
    Query(ForWhom { person: whom, check }): Query<ForWhom>,
    Whole(file): Whole,
) -> Outcome<(StatusCode, Json<ImportJob>)> {
    bring(&app, &by, Brought { kind: ImportKind::Readings, whom, check, file: &file }).await
}

async fn bring(
    app: &App,
    by: &PersonRow,
    Brought { kind, whom, check, file }: Brought<'_>,
) -> Outcome<(StatusCode, Json<ImportJob>)> {
    let at = app.now();
    let table = ImportLines::raw(kind, file)?.placed();
    let (lines, problems) = ImportLines::read(kind, &table, at);
    let row = ImportRow {
        id: app.id(ItemId::new),
        kind,
        person: by.id,
        who: by.name.clone(),
        whom,
        at: at.0,
        state: ImportState::Running,
        trial: check == Some(true),
        offers_from: None,
        total: lines.total() as i64,
        done: 0,
        taken: 0,
        line: 0,
    };
    let mut tx = app.store.begin().await?;
    not_too_many(&mut tx).await?;
    tx.add_import(&row, file, app.run() as i64).await?;
    keep_problems(&mut tx, row.id, 0, &problems).await?;
    let details = format!("{}: {}", kind.as_str(), row.total);
    let about = (&*row.id.to_string(), details.as_str());
    let event = if row.trial { "import.tried" } else { "import.started" };
    audit::note(app, &mut tx, &Actor::person(by), event, about).await?;
    tx.commit().await?;
    run(app, row, lines).await
}

pub(super) async fn not_too_many(tx: &mut Tx) -> Outcome<()> {
    if tx.imports_running().await? < IMPORTS_AT_ONCE_MAX {
        return Ok(());
    }
    let words = "уже идут другие загрузки: дождитесь их конца".to_owned();
    Err(Problem::Refused(Code::ImportRunning, words))
}

/// Lets it run, and waits for a little: most are over at once.
pub(super) async fn run(
    app: &App,
    row: ImportRow,
    lines: ImportLines,
) -> Outcome<(StatusCode, Json<ImportJob>)> {
    let id = row.id;
    let work = tokio::spawn(work(app.clone(), row, lines));
    let over = tokio::time::timeout(Duration::from_millis(IMPORT_WAIT_MS), work).await.is_ok();
    let job = read(app, id).await?;
    Ok((if over { StatusCode::OK } else { StatusCode::ACCEPTED }, Json(job)))
}

pub(super) async fn read(app: &App, id: ItemId) -> Outcome<ImportJob> {
    let mut tx = app.store.read().await?;
    let row = tx.import(id).await?.ok_or(Problem::NotFound)?;
    let problems = tx.import_problems(id).await?;
    let problems = problems.iter().map(|body| serde_json::from_str(body));
    let mut problems: Vec<serde_json::Value> =
        problems.collect::<Result<_, _>>().map_err(Problem::ours)?;
    problems.sort_by_key(|problem| problem["line"].as_u64());
    Ok(ImportJob { problems, ..row.into() })
}

/// The file with the lines that a person has repaired.
pub(super) async fn file_as_repaired(tx: &mut Tx, row: &ImportRow) -> Outcome<RawTable> {
    let file = tx.import_file(row.id).await?;
    if file.is_empty() {
        let words = Code::ImportClosed.words().to_owned();
        return Err(Problem::Refused(Code::ImportClosed, words));
    }
    let mut repairs = BTreeMap::new();
    for (line, cells) in tx.import_repairs(row.id).await? {
        repairs.insert(line as u64, serde_json::from_str(&cells).map_err(Problem::ours)?);
    }
    Ok(ImportLines::raw(row.kind, &file)?.repaired(&repairs))
}

/// List the last imports.
///
/// The last 20, without their problems.
#[utoipa::path(get, path = "/v1/imports", operation_id = "list_imports", tag = "Imports",
    security(("office" = [])),
    responses((status = 200, description = "Imports, the newest first", body = Vec<ImportJob>)))]
pub(super) async fn list(State(app): State<App>, _: Office) -> Outcome<Json<Vec<ImportJob>>> {
    let rows = app.store.read().await?.imports(SHOWN).await?;
    Ok(Json(rows.into_iter().map(ImportJob::from).collect()))
}

/// Show an import.
///
/// How far it is, and what was not taken.
#[utoipa::path(get, path = "/v1/imports/{job}", operation_id = "get_import", tag = "Imports",
    security(("office" = [])),
    responses((status = 200, description = "The import", body = ImportJob)))]
pub(super) async fn one(
    State(app): State<App>,
    _: Office,
    Path(job): Path<ItemId>,
) -> Outcome<Json<ImportJob>> {
    Ok(Json(read(&app, job).await?))
}

/// Continue an interrupted import.
///
/// It begins exactly where it stands; no order is taken twice.
#[utoipa::path(post, path = "/v1/imports/{job}/continue", operation_id = "continue_import",
    tag = "Imports", security(("office" = [])),
    responses((status = 200, description = "The import is over", body = ImportJob),
        (status = 202, description = "It goes on", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ImportRunning, Code::ImportNotInterrupted]))))]
pub(super) async fn go_on(
    State(app): State<App>,
    _: Office,
    Path(job): Path<ItemId>,
) -> Outcome<(StatusCode, Json<ImportJob>)> {
    let mut tx = app.store.begin().await?;
    not_too_many(&mut tx).await?;
    if !tx.continue_import((job, app.run() as i64), app.now()).await? {
        let words = "эта загрузка не прервана".to_owned();
        return Err(Problem::Refused(Code::ImportNotInterrupted, words));
    }
    let row = tx.import(job).await?.ok_or(Problem::NotFound)?;
    let table = file_as_repaired(&mut tx, &row).await?.placed();
    let (lines, _) = ImportLines::read(row.kind, &table, Timestamp(row.at));
    tx.commit().await?;
    run(&app, row, lines).await
}

/// Import types of instruments from a spreadsheet.
///
/// The key is type number and modification: a known pair is replaced, and none is removed. The
/// file is read as by `import_orders`, and what takes long goes on by itself.
#[utoipa::path(post, path = "/v1/import/types", operation_id = "import_types", tag = "Imports",
    params(Check), request_body(content = String, content_type = "text/csv"),
    security(("office" = ["admin"])),
    responses((status = 200, description = "The import is over", body = ImportJob),
        (status = 202, description = "It goes on", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ColumnsMissing, Code::FileEmpty,
        Code::FileTooLarge, Code::ImportRunning]))))]
pub(super) async fn types(
    State(app): State<App>,
    Admin(by): Admin,
    Query(Check { check }): Query<Check>,
    Whole(file): Whole,
) -> Outcome<(StatusCode, Json<ImportJob>)> {
    bring(&app, &by, Brought { kind: ImportKind::Types, whom: None, check, file: &file }).await
}

/// Import people from a spreadsheet.
///
/// Metrologists and the office, without passwords: who logs in gets one by `change_person`. A name
/// to log in with that is taken, or looks like another's, is refused; nobody is changed. The file is
/// read as by `import_orders`.
#[utoipa::path(post, path = "/v1/import/people", operation_id = "import_people", tag = "Imports",
    params(Check), request_body(content = String, content_type = "text/csv"),
    security(("office" = ["admin"])),
    responses((status = 200, description = "The import is over", body = ImportJob),
        (status = 202, description = "It goes on", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ColumnsMissing, Code::FileEmpty,
        Code::FileTooLarge, Code::ImportRunning]))))]
pub(super) async fn people(
    State(app): State<App>,
    Admin(by): Admin,
    Query(Check { check }): Query<Check>,
    Whole(file): Whole,
) -> Outcome<(StatusCode, Json<ImportJob>)> {
    bring(&app, &by, Brought { kind: ImportKind::People, whom: None, check, file: &file }).await
}
