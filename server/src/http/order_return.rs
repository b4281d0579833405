//! Ways back: an act that is taken back at once, a closed order that goes on.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::OrderId;

use super::extract::{Json, Path};
use super::order_card::{coming_date, window};
use super::order_view::OrderPage;
use super::orders::{committed, required, save};
use crate::app::App;
use crate::assignment;
use crate::auth::Office;
use crate::code::Code;
use crate::conflicts;
use crate::dispatch;
use crate::documents::OrderDocument;
use crate::limits::office::UNDO_S;
use crate::problem::{Outcome, Problem};
use crate::store::{By, LineKind, OrderRow, OrderState, SheetRow, Tx};

/// When a closed order takes place.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "date": "2026-09-16", "window": "17:00-19:00", "reason": "клиент будет дома"
}))]
pub(super) struct Reopening {
    /// `YYYY-MM-DD`.
    date: String,
    /// Local time of the place, `10:00-12:00`.
    window: String,
    /// Goes into the history.
    reason: String,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(undo)).routes(routes!(reopen))
}

/// Take back a cancellation or a take-back.
///
/// Within a minute. Whoever had the order has it again with the same visit, unless another accepted it meanwhile;
/// an order that nobody had is offered, or waits for the day that it was moved to.
#[utoipa::path(post, path = "/v1/orders/{order}/undo", operation_id = "undo_order_act",
    tag = "Orders", security(("office" = [])),
    responses((status = 200, description = "The order as it was", body = OrderPage)),
    extensions(("x-codes" = json!([Code::NotPossible, Code::OrderHeld]))))]
pub(super) async fn undo(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
) -> Outcome<Json<OrderPage>> {
    let mut tx = app.store.begin().await?;
    let mut doc = OrderDocument::of(order);
    let row = locked(&mut tx, order).await?;
    let acts = tx.last_acts(order).await?;
    let act = acts.first().filter(|act| match act.kind {
        LineKind::Cancelled => row.state == OrderState::Cancelled,
        LineKind::TakenAway => row.state.is_open(),
        _ => false,
    });
    let Some(act) = act else { return Err(no("отменять нечего")) };
    if act.at < app.now().0 - UNDO_S * 1000 {
        return Err(no("отменить уже нельзя: прошло больше минуты"));
    }
    if let Some((_, name)) = row.holder {
        let words = format!("заявку уже принял другой исполнитель: {name}");
        return Err(Problem::Refused(Code::OrderHeld, words));
    }
    dispatch::cancel(&app, &mut tx, &mut doc).await?;
    tx.set_order_state(order, OrderState::New).await?;
    let line = (LineKind::Returned, &*format!("Взято назад: {}", act.what));
    tx.note_act(order, app.now(), By::Person(&by.name), line).await?;
    let act_before = acts.get(1).map_or(0, |before| before.at);
    match tx.last_holder(order, (act_before, act.at)).await? {
        Some(before) => {
            assignment::give(&app, &mut tx, order, before, assignment::Reason::Office).await?;
        }
        None if row.moved.is_some() => {
            tx.set_order_state(order, OrderState::Postponed).await?;
        }
        None => dispatch::start(&app, &mut tx, &mut doc).await?,
    }
    conflicts::detect_and_store(&app, &mut tx, &mut doc).await?;
    committed(&app, tx, &mut doc).await.map(Json)
}

/// Bring a closed order back to work.
///
/// One that was cancelled or whose visit did not take place, at a new time. It is offered like a new one; what was
/// written at earlier visits stays.
#[utoipa::path(post, path = "/v1/orders/{order}/reopen", operation_id = "reopen_order",
    tag = "Orders", request_body = Reopening, security(("office" = [])),
    responses((status = 200, description = "The order, offered", body = OrderPage)),
    extensions(("x-codes" = json!([Code::NotPossible]))))]
pub(super) async fn reopen(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(to): Json<Reopening>,
) -> Outcome<Json<OrderPage>> {
    let reason = required("reason", &to.reason)?;
    let window = window(&to.window)?;
    let mut tx = app.store.begin().await?;
    let mut doc = OrderDocument::of(order);
    let row = locked(&mut tx, order).await?;
    if !matches!(row.state, OrderState::Cancelled | OrderState::NotDone) {
        return Err(no("вернуть можно отменённую заявку или ту, где визит не состоялся"));
    }
    if tx.last_acts(order).await?.first().is_some_and(|act| act.kind == LineKind::ImportUndone) {
        return Err(no("загрузка с этой заявкой отменена целиком: загрузите файл ещё раз"));
    }
    if tx.sheets(order).await?.iter().any(SheetRow::counts) {
        return Err(no("по заявке есть подписанный лист: её можно только повторить"));
    }
    let date = coming_date(&app, &to.date, row.card.zone)?;
    assignment::take_away(&app, &mut tx, order, "заявка возвращена в работу").await?;
    let mut card = row.card;
    let seen = card.version;
    (card.date, card.window, card.version) = (date, window, seen + 1);
    save(&mut tx, &card, seen).await?;
    tx.forget_settled(order).await?;
    tx.set_order_state(order, OrderState::New).await?;
    let what = format!("Возвращена в работу на {} {window}: {reason}", date.russian());
    tx.note_act(order, app.now(), By::Person(&by.name), (LineKind::Returned, &what)).await?;
    dispatch::start(&app, &mut tx, &mut doc).await?;
    conflicts::detect_and_store(&app, &mut tx, &mut doc).await?;
    committed(&app, tx, &mut doc).await.map(Json)
}

async fn locked(tx: &mut Tx, order: OrderId) -> Outcome<OrderRow> {
    tx.lock_order(order).await?;
    tx.order(order).await?.ok_or(Problem::NotFound)
}

fn no(words: &str) -> Problem {
    Problem::Refused(Code::NotPossible, words.to_owned())
}
