//! What merged, but not in meaning: a dispatcher decides, and may take it back.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vyezd_core::codec::hex;
use vyezd_core::model::ItemId;

use super::extract::{Json, Path, Query};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::conflicts::{self, Choice, Decided};
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{ConflictKind, ConflictRow};

/// Decisions are shown for so long, ms.
const DECIDED_SHOWN_MS: i64 = 24 * 3600 * 1000;

/// Вопрос диспетчеру.
#[derive(Serialize, ToSchema)]
pub(super) struct ConflictView {
    id: String,
    order: String,
    number: String,
    kind: ConflictKind,
    question: String,
    at: i64,
    options: Vec<Choice>,
    choice: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
}

fn view(row: ConflictRow) -> ConflictView {
    ConflictView {
        id: hex(&row.id),
        order: hex(&row.order_id),
        number: row.number,
        question: conflicts::question(row.kind).to_owned(),
        kind: row.kind,
        at: row.at,
        options: serde_json::from_str(&row.options).unwrap_or_default(),
        choice: row.choice,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
    }
}

/// С какого места показывать.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// Последний показанный: дальше идут следующие.
    #[param(value_type = Option<String>)]
    pub(super) after: Option<ItemId>,
}

/// Вопросы, которые ждут решения, старые первыми, по 500; на первой странице и решённые за сутки.
#[utoipa::path(get, path = "/v1/conflicts", tag = "вопросы", params(After), security(("bearer" = [])),
    responses((status = 200, body = Vec<ConflictView>)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Office,
    Query(After { after }): Query<After>,
) -> Outcome<Json<Vec<ConflictView>>> {
    let since = app.now().0 - DECIDED_SHOWN_MS;
    let mut tx = app.store.read().await?;
    let mut rows = tx.conflicts(after).await?;
    if after.is_none() {
        rows.extend(tx.decided_conflicts(since).await?);
    }
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// Сколько ждёт человека.
#[derive(Serialize, ToSchema)]
pub(super) struct Attention {
    waiting: i64,
}

/// Сколько вопросов, непринятой работы и происшествий ждёт решения.
#[utoipa::path(get, path = "/v1/attention", tag = "вопросы", security(("bearer" = [])),
    responses((status = 200, body = Attention)))]
pub(super) async fn attention(State(app): State<App>, _: Office) -> Outcome<Json<Attention>> {
    Ok(Json(Attention { waiting: app.store.read().await?.waiting_for_people().await? }))
}

/// Выбор.
#[derive(Deserialize, ToSchema)]
pub(super) struct Decision {
    choice: String,
}

/// Решить.
#[utoipa::path(post, path = "/v1/conflicts/{id}/decide", tag = "вопросы", request_body = Decision,
    security(("bearer" = [])),
    responses((status = 200, body = ConflictView), (status = 409, body = ProblemBody)))]
pub(super) async fn decide(
    State(app): State<App>,
    Office(by): Office,
    Path(id): Path<ItemId>,
    Json(decision): Json<Decision>,
) -> Outcome<Json<ConflictView>> {
    let decided = conflicts::decide(&app, id, &decision.choice, &by.name).await?;
    let answer = answer(&app, id, decided).await?;
    let about = (&*id.to_string(), decision.choice.as_str());
    audit::note_alone(&app, &Actor::person(&by), "decision.made", about).await?;
    Ok(answer)
}

/// Отменить решение.
#[utoipa::path(post, path = "/v1/conflicts/{id}/undo", tag = "вопросы", security(("bearer" = [])),
    responses((status = 200, body = ConflictView), (status = 409, body = ProblemBody)))]
pub(super) async fn undo(
    State(app): State<App>,
    Office(by): Office,
    Path(id): Path<ItemId>,
) -> Outcome<Json<ConflictView>> {
    let answer = answer(&app, id, conflicts::undo(&app, id, &by.name).await?).await?;
    let about = (&*id.to_string(), "");
    audit::note_alone(&app, &Actor::person(&by), "decision.undone", about).await?;
    Ok(answer)
}

async fn answer(app: &App, id: ItemId, decided: Decided) -> Outcome<Json<ConflictView>> {
    match decided {
        Decided::Done => {
            let row = app.store.read().await?.conflict(id).await?.ok_or(Problem::NotFound)?;
            Ok(Json(view(row)))
        }
        Decided::Unknown => Err(Problem::NotFound),
        Decided::NoChoice => Err(Problem::field("choice", "такого варианта нет")),
        Decided::Already => {
            Err(Problem::Refused(Code::AlreadyDecided, "это уже решено".to_owned()))
        }
        Decided::No(why) => Err(Problem::Refused(Code::NotPossible, why)),
    }
}
