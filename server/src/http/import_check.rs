//! A table that was tried is taken; one on its way is stopped; an empty one is there to be filled.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{ItemId, Timestamp};

use super::extract::{Json, Path};
use super::import_job::{ImportLines, keep_problems};
use super::imports::{self, ImportJob, file_as_repaired, not_too_many};
use super::order_card::offers_from;
use super::papers;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::import::{orders, people, readings, types};
use crate::problem::{Outcome, Problem};
use crate::store::{ImportKind, ImportState, Role};

/// How a table is taken.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "offers_from": 1_789_448_400_000_i64 }))]
pub(super) struct Taking {
    /// People are asked about its orders from this instant on, Unix time, ms; absent: at once, in working hours.
    #[serde(default)]
    offers_from: Option<i64>,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(take)).routes(routes!(stop)).routes(routes!(template))
}

/// Take an import that was tried.
///
/// Its rows are taken as they stand after the repairs; what cannot be used is said as by `import_orders`.
#[utoipa::path(post, path = "/v1/imports/{job}/take", operation_id = "take_import",
    tag = "Imports", request_body = Taking, security(("office" = [])),
    responses((status = 200, description = "The import is over", body = ImportJob),
        (status = 202, description = "It goes on", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ImportClosed, Code::ImportRunning, Code::Forbidden,
        Code::FieldInvalid]))))]
pub(super) async fn take(
    State(app): State<App>,
    Office(by): Office,
    Path(job): Path<ItemId>,
    Json(Taking { offers_from: from }): Json<Taking>,
) -> Outcome<(StatusCode, Json<ImportJob>)> {
    let from = offers_from(&app, from)?;
    let mut tx = app.store.begin().await?;
    tx.lock_import(job).await?;
    not_too_many(&mut tx).await?;
    let tried = tx.import(job).await?.ok_or(Problem::NotFound)?;
    if matches!(tried.kind, ImportKind::Types | ImportKind::People) && by.role != Role::Admin {
        return Err(Problem::Forbidden);
    }
    let table = file_as_repaired(&mut tx, &tried).await?.placed();
    if !tx.take_import((job, app.run() as i64), app.now(), from).await? {
        let words = match tried.state {
            ImportState::Running if tried.trial => "таблица ещё проверяется: дождитесь конца",
            ImportState::Interrupted | ImportState::Failed if tried.trial => {
                "проверка прервана: сначала продолжите её"
            }
            _ => "эту таблицу уже приняли или отменили",
        };
        return Err(Problem::Refused(Code::ImportClosed, words.to_owned()));
    }
    let row = tx.import(job).await?.ok_or(Problem::NotFound)?;
    let (lines, problems) = ImportLines::read(row.kind, &table, Timestamp(row.at));
    keep_problems(&mut tx, job, 0, &problems).await?;
    let details = format!("{}: {}", row.kind.as_str(), row.total);
    let about = (&*job.to_string(), details.as_str());
    audit::note(&app, &mut tx, &Actor::person(&by), "import.started", about).await?;
    tx.commit().await?;
    imports::run(&app, row, lines).await
}

/// Stop an import.
///
/// It stands where it is: what was taken stays, and `continue_import` goes on from there.
#[utoipa::path(post, path = "/v1/imports/{job}/stop", operation_id = "stop_import",
    tag = "Imports", security(("office" = [])),
    responses((status = 200, description = "The import, stopped", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ImportClosed]))))]
pub(super) async fn stop(
    State(app): State<App>,
    Office(by): Office,
    Path(job): Path<ItemId>,
) -> Outcome<Json<ImportJob>> {
    let mut tx = app.store.begin().await?;
    let row = tx.import(job).await?.ok_or(Problem::NotFound)?;
    if !tx.stop_import(job).await? {
        let words = "эта загрузка уже не идёт".to_owned();
        return Err(Problem::Refused(Code::ImportClosed, words));
    }
    let details = format!("{}: {} из {}", row.kind.as_str(), row.done, row.total);
    let about = (&*job.to_string(), details.as_str());
    audit::note(&app, &mut tx, &Actor::person(&by), "import.stopped", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(imports::read(&app, job).await?))
}

/// Download an empty table.
///
/// `orders`, `readings`, `types` or `people`: a CSV file with the columns that are read, for a spreadsheet.
#[utoipa::path(get, path = "/v1/import/{kind}/template", operation_id = "import_template",
    tag = "Imports", security(("office" = [])),
    responses((status = 200, description = "The table", body = String, content_type = "text/csv")))]
pub(super) async fn template(_: Office, Path(kind): Path<String>) -> Outcome<Response> {
    let kind = ImportKind::try_from(kind).map_err(|_| Problem::NotFound)?;
    let (name, columns): (_, Vec<&str>) = match kind {
        ImportKind::Orders => (orders::FILE, orders::columns().collect()),
        ImportKind::Readings => (readings::FILE, readings::columns().collect()),
        ImportKind::Types => (types::FILE, types::columns().collect()),
        ImportKind::People => (people::FILE, people::columns().collect()),
    };
    // A byte order mark: Excel reads a CSV without one as Windows-1251.
    let text = format!("\u{feff}{}\r\n", columns.join(";"));
    let name = format!("{name}.csv");
    Ok(papers::file("text/csv; charset=utf-8", &name, text.into_bytes()))
}
