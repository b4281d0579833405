//! What the form of an order suggests while it is typed: types of meters, and who will be asked.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::fold;

use super::extract::{Json, Query};
use super::fields;
use crate::app::App;
use crate::auth::Office;
use crate::dispatch;
use crate::limits::office::SUGGESTED_MAX;
use crate::problem::{Outcome, Problem};

/// What is being typed of a type.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TypeQuery {
    /// Beginning of the number, or part of the modification: `схв`.
    q: String,
}

/// A type of meters.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "type_number": "16078-13", "modification": "СХВ-15" }))]
pub(super) struct SuggestedType {
    /// Number in the state register.
    type_number: String,
    /// As the register writes it.
    modification: String,
}

/// Where and when an order will be.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PerformerQuery {
    /// The district; upper and lower case are the same.
    district: String,
    /// `YYYY-MM-DD`.
    date: String,
}

/// Somebody who will be asked.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "name": "Гостев Пётр Ильич", "busy": ["10:00–12:00"], "app": true
}))]
pub(super) struct SuggestedPerformer {
    /// The full name.
    name: String,
    /// Windows of the orders that the person holds on that day.
    busy: Vec<String>,
    /// The app asks; otherwise the telephone.
    app: bool,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(types)).routes(routes!(performers))
}

/// Suggest types of meters.
///
/// Those whose number begins with the text or whose modification has it, at most ten.
#[utoipa::path(get, path = "/v1/suggest/types", operation_id = "suggest_types", tag = "Orders",
    params(TypeQuery), security(("office" = [])),
    responses((status = 200, description = "Types", body = Vec<SuggestedType>)))]
pub(super) async fn types(
    State(app): State<App>,
    _: Office,
    Query(TypeQuery { q }): Query<TypeQuery>,
) -> Outcome<Json<Vec<SuggestedType>>> {
    let key = fold(&q);
    if key.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let all = app.store.read().await?.types().await?;
    let found = all.into_iter().filter(|kind| {
        kind.type_number.starts_with(&key) || fold(&kind.modification).contains(&key)
    });
    let view = found.take(SUGGESTED_MAX).map(|kind| SuggestedType {
        type_number: kind.type_number,
        modification: kind.modification,
    });
    Ok(Json(view.collect()))
}

/// Suggest performers.
///
/// Who would be asked about an order, in the order of asking, at most ten; empty where nobody works there.
#[utoipa::path(get, path = "/v1/suggest/performers", operation_id = "suggest_performers",
    tag = "Orders", params(PerformerQuery), security(("office" = [])),
    responses((status = 200, description = "People", body = Vec<SuggestedPerformer>)))]
pub(super) async fn performers(
    State(app): State<App>,
    _: Office,
    Query(PerformerQuery { district, date }): Query<PerformerQuery>,
) -> Outcome<Json<Vec<SuggestedPerformer>>> {
    let date = fields::day("date", &date).map_err(Problem::in_query)?;
    let mut tx = app.store.read().await?;
    let asked = dispatch::candidates_for(&mut tx, &district, date).await?;
    let mut view = Vec::new();
    for candidate in asked.into_iter().take(SUGGESTED_MAX) {
        let mut busy = tx.windows_on(candidate.person, date).await?;
        busy.sort_by_key(|window| window.from_min);
        view.push(SuggestedPerformer {
            name: candidate.name,
            busy: busy.iter().map(ToString::to_string).collect(),
            app: candidate.has_app,
        });
    }
    Ok(Json(view))
}
