//! What was not taken from phones, and what people should look at. A person decides; every decision can
//! be taken back.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::codec::hex;
use vyezd_core::model::ItemId;

use super::conflicts::After;
use super::extract::{Json, Path, Query};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Admin, Office};
use crate::code::Code;
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{HeldBatch, HeldState, IncidentKind};
use crate::sync::{self, Released};

/// Decisions are shown for so long, ms.
const DECIDED_SHOWN_MS: i64 = 24 * 3600 * 1000;

/// Изменения с телефона, которые не приняты.
#[derive(Serialize, ToSchema)]
pub(super) struct Held {
    item: String,
    order: String,
    number: Option<String>,
    person: Option<String>,
    at: i64,
    state: HeldState,
    code: String,
    message: String,
    /// Что внутри, по строке на значение.
    content: Vec<String>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
}

async fn held(app: &App, row: HeldBatch) -> Held {
    // A stranger's bytes are read where the process may die of them.
    let content = match row.batch() {
        Ok(batch) => app.gate.describe(batch).await,
        Err(_) => Vec::new(),
    };
    Held {
        item: hex(&row.item),
        order: hex(&row.order_id),
        number: row.number,
        person: row.person,
        at: row.at,
        state: row.state,
        code: row.code,
        message: row.message,
        content,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
    }
}

/// Что не принято с телефонов и ждёт решения, по 500: сначала отложенное, новое первым; на первой странице и решённое
/// за сутки.
#[utoipa::path(get, path = "/v1/quarantine", tag = "карантин", params(After), security(("bearer" = [])),
    responses((status = 200, body = Vec<Held>)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Office,
    Query(After { after }): Query<After>,
) -> Outcome<Json<Vec<Held>>> {
    let since = app.now().0 - DECIDED_SHOWN_MS;
    let mut tx = app.store.read().await?;
    let mut rows = tx.held_batches(after).await?;
    if after.is_none() {
        rows.extend(tx.decided_batches(since).await?);
    }
    drop(tx);
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(held(&app, row).await);
    }
    Ok(Json(all))
}

/// Принять работу в документ: она проходит ту же проверку ещё раз.
#[utoipa::path(post, path = "/v1/quarantine/{item}/release", tag = "карантин", security(("bearer" = [])),
    responses((status = 200, body = Held), (status = 409, body = ProblemBody)))]
pub(super) async fn release(
    State(app): State<App>,
    office: Office,
    Path(item): Path<ItemId>,
) -> Outcome<Json<Held>> {
    match sync::release(&app, item, &office.0.name).await? {
        Released::Done => {
            let (by, about) = (Actor::person(&office.0), (&*item.to_string(), ""));
            audit::note_alone(&app, &by, "quarantine.released", about).await?;
            one(&app, item).await
        }
        Released::Unknown => Err(Problem::NotFound),
        Released::Decided => Err(decided()),
        Released::No(message) => Err(Problem::Refused(Code::StillRefused, message)),
    }
}

/// Отклонить: работа остаётся в журнале, но в документ не попадёт.
#[utoipa::path(post, path = "/v1/quarantine/{item}/dismiss", tag = "карантин", security(("bearer" = [])),
    responses((status = 200, body = Held), (status = 409, body = ProblemBody)))]
pub(super) async fn dismiss(
    State(app): State<App>,
    office: Office,
    Path(item): Path<ItemId>,
) -> Outcome<Json<Held>> {
    let row = app.store.read().await?.held_batch(item).await?.ok_or(Problem::NotFound)?;
    decide(&app, item, (row.state, HeldState::Dismissed), &office).await
}

/// Вернуть отклонённое на решение.
#[utoipa::path(post, path = "/v1/quarantine/{item}/reopen", tag = "карантин", security(("bearer" = [])),
    responses((status = 200, body = Held), (status = 409, body = ProblemBody)))]
pub(super) async fn reopen(
    State(app): State<App>,
    office: Office,
    Path(item): Path<ItemId>,
) -> Outcome<Json<Held>> {
    decide(&app, item, (HeldState::Dismissed, HeldState::Quarantined), &office).await
}

async fn decide(
    app: &App,
    item: ItemId,
    (from, to): (HeldState, HeldState),
    office: &Office,
) -> Outcome<Json<Held>> {
    if from == HeldState::Released || from == to {
        return Err(decided());
    }
    let mut tx = app.store.begin().await?;
    if !tx.decide_batch(item, (from, to), &office.0.name, app.now().0).await? {
        return Err(decided());
    }
    let kind =
        if to == HeldState::Dismissed { "quarantine.dismissed" } else { "quarantine.reopened" };
    audit::note(app, &mut tx, &Actor::person(&office.0), kind, (&item.to_string(), "")).await?;
    tx.commit().await?;
    app.changed();
    one(app, item).await
}

async fn one(app: &App, item: ItemId) -> Outcome<Json<Held>> {
    let row = app.store.read().await?.held_batch(item).await?.ok_or(Problem::NotFound)?;
    Ok(Json(held(app, row).await))
}

fn decided() -> Problem {
    Problem::Refused(Code::AlreadyDecided, "это уже решено".to_owned())
}

/// То, на что стоит посмотреть человеку.
#[derive(Serialize, ToSchema)]
pub(super) struct Incident {
    id: String,
    at: i64,
    kind: IncidentKind,
    subject: String,
    what: String,
}

/// Состояние установки.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// С какого времени учёт восстанавливается; нет, если всё в порядке.
    recovering_since: Option<i64>,
    incidents: Vec<Incident>,
}

/// Восстановление и происшествия.
#[utoipa::path(get, path = "/v1/incidents", tag = "карантин", security(("bearer" = [])),
    responses((status = 200, body = Health)))]
pub(super) async fn incidents(State(app): State<App>, _: Office) -> Outcome<Json<Health>> {
    let mut tx = app.store.read().await?;
    let incidents = tx.incidents().await?.into_iter().map(|row| Incident {
        id: hex(&row.id),
        at: row.at,
        kind: row.kind,
        subject: row.subject,
        what: row.what,
    });
    let incidents = incidents.collect();
    Ok(Json(Health { recovering_since: tx.recovering_since().await?, incidents }))
}

/// Посмотрел.
#[utoipa::path(post, path = "/v1/incidents/{id}/settle", tag = "карантин", security(("bearer" = [])),
    responses((status = 200), (status = 409, body = ProblemBody)))]
pub(super) async fn settle(
    State(app): State<App>,
    office: Office,
    Path(id): Path<ItemId>,
) -> Outcome<Json<()>> {
    let mut tx = app.store.begin().await?;
    if !tx.settle_incident(id.bytes(), &office.0.name, app.now().0).await? {
        return Err(decided());
    }
    let by = Actor::person(&office.0);
    audit::note(&app, &mut tx, &by, "incident.settled", (&id.to_string(), "")).await?;
    tx.commit().await?;
    Ok(Json(()))
}

/// Завершить восстановление: номера перескочат вперёд, пропуск будет объяснён.
#[utoipa::path(post, path = "/v1/recovery/confirm", tag = "карантин", security(("bearer" = [])),
    responses((status = 200), (status = 409, body = ProblemBody)))]
pub(super) async fn confirm(State(app): State<App>, admin: Admin) -> Outcome<Json<()>> {
    if !sync::confirm(&app, &admin.0.name).await? {
        let message = "восстановление не идёт".to_owned();
        return Err(Problem::Refused(Code::NotRecovering, message));
    }
    let about = ("installation", "");
    audit::note_alone(&app, &Actor::person(&admin.0), "recovery.confirmed", about).await?;
    Ok(Json(()))
}
