//! Packages for the Fund: make one, download the same bytes as often as you like.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::model::PackageId;

use super::extract::{Json, Path};
use super::fields;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::PackageRow;
use crate::verification::arshin;

#[derive(Serialize, ToSchema)]
pub(super) struct PackageView {
    id: String,
    entity: String,
    number: i64,
    /// unix ms
    made_at: i64,
    made_by: String,
    records: i64,
    bytes: i64,
    sha256: String,
}

impl From<PackageRow> for PackageView {
    fn from(row: PackageRow) -> Self {
        Self {
            id: row.id.to_string(),
            entity: row.entity_name,
            number: row.number,
            made_at: row.made_at,
            made_by: row.made_by,
            records: row.records,
            bytes: row.bytes,
            sha256: row.sha256,
        }
    }
}

/// Which days are packed.
#[derive(Deserialize, ToSchema)]
pub(super) struct Pack {
    /// YYYY-MM-DD
    from: String,
    /// YYYY-MM-DD, included.
    to: String,
}

/// What was packed and what was left out.
#[derive(Serialize, ToSchema)]
pub(super) struct Packed {
    packages: Vec<PackageView>,
    left_out: Vec<LeftOut>,
}

/// A verification that the Fund would refuse.
#[derive(Serialize, ToSchema)]
pub(super) struct LeftOut {
    serial_number: String,
    reason: String,
}

/// Пакеты «Аршин».
#[utoipa::path(get, path = "/v1/packages", tag = "Аршин", security(("bearer" = [])),
    responses((status = 200, body = Vec<PackageView>)))]
pub(super) async fn list(State(app): State<App>, _: Office) -> Outcome<Json<Vec<PackageView>>> {
    let rows = app.store.read().await?.packages().await?;
    Ok(Json(rows.into_iter().map(PackageView::from).collect()))
}

/// Сформировать пакеты из поверок, которых ещё нет ни в одном действующем пакете.
#[utoipa::path(post, path = "/v1/packages", tag = "Аршин", request_body = Pack,
    params(("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = [])),
    responses((status = 200, body = Packed), (status = 422, body = ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    Office(by): Office,
    Json(days): Json<Pack>,
) -> Outcome<Json<Packed>> {
    let days = (fields::day("from", &days.from)?, fields::day("to", &days.to)?);
    fields::in_order("to", days)?;
    if app.store.read().await?.recovering_since().await?.is_some() {
        let message = "учёт восстанавливается из копии: сначала подтвердите восстановление";
        return Err(Problem::Refused(Code::LedgerRecovering, message.to_owned()));
    }
    let entities = app.store.read().await?.entities().await?;
    let mut made = Packed { packages: Vec::new(), left_out: Vec::new() };
    for entity in entities {
        let packed = arshin::pack(&app, entity.id, days, &by.name).await?;
        made.packages.extend(packed.packages.into_iter().map(PackageView::from));
        let left_out = packed.left_out.into_iter();
        made.left_out
            .extend(left_out.map(|(serial_number, reason)| LeftOut { serial_number, reason }));
    }
    let about =
        (&*format!("{} — {}", days.0, days.1), &*format!("пакетов: {}", made.packages.len()));
    audit::note_alone(&app, &Actor::person(&by), "package.made", about).await?;
    Ok(Json(made))
}

/// Файл пакета: всегда одни и те же байты.
#[utoipa::path(get, path = "/v1/packages/{package}", tag = "Аршин",
    params(("package" = String, Path)), security(("bearer" = [])),
    responses((status = 200, content_type = "application/xml"), (status = 404, body = ProblemBody)))]
pub(super) async fn xml(
    State(app): State<App>,
    Office(by): Office,
    Path(package): Path<PackageId>,
) -> Outcome<Response> {
    let row = app.store.read().await?.package(package).await?.ok_or(Problem::NotFound)?;
    let bytes = app.blobs.get(&row.sha256).await?;
    let about = (&*row.number.to_string(), row.entity_name.as_str());
    audit::note_alone(&app, &Actor::person(&by), "package.downloaded", about).await?;
    Ok(super::papers::file("application/xml", &format!("аршин_{:04}.xml", row.number), bytes))
}
