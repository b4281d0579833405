//! Telephones that ring in the office page, and the keys pressed on them.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::model::CallId;

use super::extract::{Json, Path};
use super::order_view::CallView;
use crate::app::App;
use crate::auth::Office;
use crate::dispatch;
use crate::problem::{Outcome, Problem, ProblemBody};

#[derive(Deserialize, ToSchema)]
pub(super) struct Key {
    /// 1 accepts, 2 declines.
    key: String,
}

/// What the person hears.
#[derive(Serialize, ToSchema)]
pub(super) struct Heard {
    says: String,
}

/// Звонки, которые звонят сейчас.
#[utoipa::path(get, path = "/v1/calls", tag = "звонки", security(("bearer" = [])),
    responses((status = 200, body = Vec<CallView>)))]
pub(super) async fn ringing(State(app): State<App>, _: Office) -> Outcome<Json<Vec<CallView>>> {
    let rows = app.store.read().await?.calls(None).await?;
    Ok(Json(rows.into_iter().map(CallView::from).collect()))
}

/// Нажать клавишу: 1 — принять, 2 — отказаться.
#[utoipa::path(post, path = "/v1/calls/{call}/keys", tag = "звонки", request_body = Key,
    params(("call" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = Heard), (status = 404, body = ProblemBody)))]
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
