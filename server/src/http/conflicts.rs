//! What merged, but not in meaning: a dispatcher decides, and may take it back.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vyezd_core::codec::hex;
use vyezd_core::model::ItemId;

use super::extract::{Json, Path, Query};
use super::inbox;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::conflicts::{self, Choice, Decided};
use crate::problem::{Outcome, Problem};
use crate::store::{ConflictKind, ConflictRow};

/// Decisions are shown for so long, ms.
const DECIDED_SHOWN_MS: i64 = 24 * 3600 * 1000;

/// A question for the dispatcher.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a09e9bb64074a3beacd5fa65f2b2e2", "order": "01a08a5fa88073eeb7e96e59ce40f9cb",
    "number": "2101", "kind": "moved_done",
    "question": "Заявка перенесена, но визит уже был. Что считать?", "at": 1_789_367_400_000_i64
}))]
pub(super) struct ConflictView {
    /// The question.
    id: String,
    /// The order.
    order: String,
    /// The order's number.
    number: String,
    /// What does not agree.
    kind: ConflictKind,
    /// For people, in Russian.
    question: String,
    /// Unix time, ms.
    at: i64,
    /// What may be chosen.
    options: Vec<Choice>,
    /// `code` of what was chosen; absent: it waits.
    choice: Option<String>,
    /// Who decided.
    decided_by: Option<String>,
    /// Unix time, ms.
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

/// Where the page begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// The last id of the page before; absent: the first page.
    #[param(value_type = Option<String>)]
    pub(super) after: Option<ItemId>,
}

/// List questions for the dispatcher.
///
/// Where two truths met and merged, but not in meaning. The oldest first, 500 a page; the first
/// page ends with those that were decided within a day.
#[utoipa::path(get, path = "/v1/conflicts", operation_id = "list_questions", tag = "Questions",
    params(After), security(("office" = [])),
    responses((status = 200, description = "A page of questions", body = Vec<ConflictView>)))]
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

/// How much waits for a person.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "waiting": 3, "emergencies": 1 }))]
pub(super) struct Attention {
    /// Questions, batches, incidents, orders and silent phones.
    waiting: i64,
    /// Emergencies that nobody took.
    emergencies: i64,
}

/// Count what waits for a person.
///
/// Questions, batches in quarantine, incidents, orders and phones of the inbox together.
#[utoipa::path(get, path = "/v1/attention", operation_id = "count_waiting", tag = "Questions",
    security(("office" = [])),
    responses((status = 200, description = "The count", body = Attention)))]
pub(super) async fn attention(State(app): State<App>, _: Office) -> Outcome<Json<Attention>> {
    let mut tx = app.store.read().await?;
    let waiting = tx.waiting_for_people().await? + inbox::count(&app, &mut tx).await?;
    let emergencies = tx.emergencies_of_nobody().await?;
    Ok(Json(Attention { waiting, emergencies }))
}

/// What is chosen.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "choice": "visit" }))]
pub(super) struct Decision {
    /// `code` of one of the options.
    choice: String,
}

/// Decide a question.
///
/// No decision removes what somebody wrote: what was not chosen stays in the order, and does not
/// count.
#[utoipa::path(post, path = "/v1/conflicts/{id}/decide", operation_id = "decide_question",
    tag = "Questions", request_body = Decision, security(("office" = [])),
    responses((status = 200, description = "The question with its decision", body = ConflictView)),
    extensions(("x-codes" = json!([Code::AlreadyDecided, Code::NotPossible]))))]
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

/// Take a decision back.
///
/// The question is open again, and may have other choices by now. Refused where the verification
/// is in a package.
#[utoipa::path(post, path = "/v1/conflicts/{id}/undo", operation_id = "undo_decision",
    tag = "Questions", security(("office" = [])),
    responses((status = 200, description = "The question, open again", body = ConflictView)),
    extensions(("x-codes" = json!([Code::AlreadyDecided, Code::NotPossible]))))]
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
