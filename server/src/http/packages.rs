//! Packages for the Fund: make one, download the same bytes as often as you like.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{LegalDate, PackageId};

use super::extract::{Json, Path};
use super::fields;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::store::{PackageRow, PersonRow};
use crate::verification::arshin;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(xml))
}

/// A package for «Аршин».
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a0a3dd89807bc4a71180870f794515", "entity": "ООО «Водоучёт-Поверка»", "number": 12,
    "made_at": 1_789_455_600_000_i64, "made_by": "Смирнова Ольга Викторовна", "records": 38,
    "bytes": 61204, "sha256": "bc4a71180870f7945155fbb02f4b0a2e3faa2a62d6d31b7039013055ed19869a",
    "published": 37, "refused": 1
}))]
pub(super) struct PackageView {
    /// For `/v1/packages/{package}`.
    id: String,
    /// The issuer's name.
    entity: String,
    /// Its number with that issuer.
    number: i64,
    /// Unix time, ms.
    made_at: i64,
    /// Who made it.
    made_by: String,
    /// How many verifications are in it.
    records: i64,
    /// Its size.
    bytes: i64,
    /// Of its bytes, hexadecimal.
    sha256: String,
    /// When somebody noted that it was sent, Unix time, ms.
    sent_at: Option<i64>,
    /// Who sent it.
    sent_by: Option<String>,
    /// How many of its records have a number of the Fund.
    published: i64,
    /// How many of its records the Fund refused.
    refused: i64,
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
            sent_at: row.sent_at,
            sent_by: row.sent_by,
            published: row.published,
            refused: row.refused,
        }
    }
}

/// Which days are packed.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "from": "2026-09-01", "to": "2026-09-14" }))]
pub(super) struct Pack {
    /// `YYYY-MM-DD`.
    from: String,
    /// `YYYY-MM-DD`, included.
    to: String,
}

/// What was packed and what was left out.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({}))]
pub(super) struct Packed {
    /// None where nothing was left to pack.
    packages: Vec<PackageView>,
    /// What stays outside until it is mended.
    left_out: Vec<LeftOut>,
}

/// A verification that the Fund would refuse.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "serial_number": "Б-17-0042", "reason": "год выпуска: не указан" }))]
pub(super) struct LeftOut {
    /// Of the instrument.
    serial_number: String,
    /// The field and what is wrong with it, in Russian.
    reason: String,
}

impl From<(String, String)> for LeftOut {
    fn from((serial_number, reason): (String, String)) -> Self {
        Self { serial_number, reason }
    }
}

/// List packages for the Fund.
#[utoipa::path(get, path = "/v1/packages", operation_id = "list_packages", tag = "Packages",
    security(("office" = [])),
    responses((status = 200, description = "All packages, the newest first",
            body = Vec<PackageView>)))]
pub(super) async fn list(State(app): State<App>, _: Office) -> Outcome<Json<Vec<PackageView>>> {
    let rows = app.store.read().await?.packages().await?;
    Ok(Json(rows.into_iter().map(PackageView::from).collect()))
}

/// Pack verifications for the Fund.
///
/// Takes those of the days that are in no live package yet; one that the Fund would refuse is
/// left out, with the reason. Nothing is sent: the file is uploaded to the Fund by hand. Asked a
/// second time, there is nothing left to pack. It goes on when the client goes away.
#[utoipa::path(post, path = "/v1/packages", operation_id = "make_packages", tag = "Packages",
    request_body = Pack, security(("office" = [])),
    responses((status = 200, description = "What was packed and left out", body = Packed)),
    extensions(("x-codes" = json!([Code::LedgerRecovering]))))]
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
    // Whoever closes the page finds the packages in the list.
    let made = tokio::spawn(pack_all(app, by, days)).await.map_err(Problem::ours)??;
    Ok(Json(made))
}

async fn pack_all(app: App, by: PersonRow, days: (LegalDate, LegalDate)) -> Outcome<Packed> {
    let entities = app.store.read().await?.entities().await?;
    let mut made = Packed { packages: Vec::new(), left_out: Vec::new() };
    for entity in entities {
        let packed = arshin::pack(&app, entity.id, days, &by.name).await?;
        made.packages.extend(packed.packages.into_iter().map(PackageView::from));
        made.left_out.extend(packed.left_out.into_iter().map(LeftOut::from));
    }
    let about =
        (&*format!("{} — {}", days.0, days.1), &*format!("пакетов: {}", made.packages.len()));
    audit::note_alone(&app, &Actor::person(&by), "package.made", about).await?;
    Ok(made)
}

/// Download a package.
///
/// Always the same bytes.
#[utoipa::path(get, path = "/v1/packages/{package}", operation_id = "download_package",
    tag = "Packages", security(("office" = [])),
    responses((status = 200, description = "The file for «Аршин»",
            body = String, content_type = "application/xml",
            headers(("Content-Disposition" = String, description = "The name of the file")))))]
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
