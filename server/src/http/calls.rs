//! Telephones that ring in the office page, and the keys pressed on them.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::CallId;

use super::extract::{Json, Path};
use super::order_view::CallView;
use crate::app::App;
use crate::auth::Office;
use crate::dispatch;
use crate::problem::{Outcome, Problem};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ringing)).routes(routes!(key))
}

/// A key of the telephone.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "key": "1" }))]
pub(super) struct Key {
    /// `1` accepts, `2` declines.
    key: String,
}

/// What the person hears.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "says": "Заявка ваша" }))]
pub(super) struct Heard {
    /// In Russian.
    says: String,
}

/// List telephones that ring now.
///
/// Calls go to metrologists whose app did not answer an offer in time.
#[utoipa::path(get, path = "/v1/calls", operation_id = "list_ringing_calls", tag = "Calls",
    security(("office" = [])),
    responses((status = 200, description = "Calls that ring", body = Vec<CallView>)))]
pub(super) async fn ringing(State(app): State<App>, _: Office) -> Outcome<Json<Vec<CallView>>> {
    let rows = app.store.read().await?.calls(None).await?;
    Ok(Json(rows.into_iter().map(CallView::from).collect()))
}

/// Press a key for the person who was called.
///
/// 1 accepts the order, 2 declines it; any other key only repeats the question. The answer is
/// what the person would hear.
#[utoipa::path(post, path = "/v1/calls/{call}/keys", operation_id = "press_key", tag = "Calls",
    request_body = Key, security(("office" = [])),
    responses((status = 200, description = "What is said into the telephone", body = Heard)))]
pub(super) async fn key(
    State(app): State<App>,
    _: Office,
    Path(call): Path<CallId>,
    Json(Key { key }): Json<Key>,
) -> Outcome<Json<Heard>> {
    let mut tx = app.store.begin().await?;
    tx.call(call).await?.ok_or(Problem::NotFound)?;
    let says = dispatch::call_key(&app, &mut tx, call, &key).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(Heard { says }))
}
