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
use crate::problem::{Outcome, Problem};
use crate::store::{HeldBatch, HeldState, IncidentKind};
use crate::sync::{self, Released};

/// Decisions are shown for so long, ms.
const DECIDED_SHOWN_MS: i64 = 24 * 3600 * 1000;

/// A batch that the gate did not admit.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "item": "01a09e9bb64074a3beacd5fa65f2b2e2", "order": "01a08a5fa88073eeb7e96e59ce40f9cb",
    "number": "2101", "person": "Быков Борис Ильич", "at": 1_789_367_400_000_i64,
    "state": "quarantined",
    "code": "device_revoked", "message": "доступ телефона закрыт",
    "content": ["показание после: 412.3363"]
}))]
pub(super) struct Held {
    /// The batch.
    item: String,
    /// The order.
    order: String,
    /// The order's number, if it is known.
    number: Option<String>,
    /// Whose phone sent it.
    person: Option<String>,
    /// Unix time, ms.
    at: i64,
    /// Where it is.
    state: HeldState,
    /// Why, for programs.
    code: String,
    /// Why, in Russian.
    message: String,
    /// What is in it, a line for each value, in Russian.
    content: Vec<String>,
    /// Who decided.
    decided_by: Option<String>,
    /// Unix time, ms.
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

/// List batches that were not admitted.
///
/// What waits for a decision comes first, then what was refused, the newest first, 500 a page;
/// the first page ends with those that were decided within a day.
#[utoipa::path(get, path = "/v1/quarantine", operation_id = "list_quarantine",
    tag = "Quarantine and incidents", params(After), security(("office" = [])),
    responses((status = 200, description = "A page of batches", body = Vec<Held>)))]
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

/// Let a batch into its document.
///
/// It passes the gate once more, and the gate may refuse it again.
#[utoipa::path(post, path = "/v1/quarantine/{item}/release", operation_id = "release_batch",
    tag = "Quarantine and incidents", security(("office" = [])),
    responses((status = 200, description = "The batch, released", body = Held)),
    extensions(("x-codes" = json!([Code::AlreadyDecided, Code::StillRefused]))))]
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

/// Put a batch away.
///
/// It is kept, and gets into no document.
#[utoipa::path(post, path = "/v1/quarantine/{item}/dismiss", operation_id = "dismiss_batch",
    tag = "Quarantine and incidents", security(("office" = [])),
    responses((status = 200, description = "The batch, dismissed", body = Held)),
    extensions(("x-codes" = json!([Code::AlreadyDecided]))))]
pub(super) async fn dismiss(
    State(app): State<App>,
    office: Office,
    Path(item): Path<ItemId>,
) -> Outcome<Json<Held>> {
    let row = app.store.read().await?.held_batch(item).await?.ok_or(Problem::NotFound)?;
    decide(&app, item, (row.state, HeldState::Dismissed), &office).await
}

/// Bring a dismissed batch back for a decision.
#[utoipa::path(post, path = "/v1/quarantine/{item}/reopen", operation_id = "reopen_batch",
    tag = "Quarantine and incidents", security(("office" = [])),
    responses((status = 200, description = "The batch, waiting again", body = Held)),
    extensions(("x-codes" = json!([Code::AlreadyDecided]))))]
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

/// What a person has to look at.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a09ea04a207d4191834714542dcf3e", "at": 1_789_367_700_000_i64, "kind": "help",
    "subject": "019cadc69a80738a81e87e79631e602b/0",
    "what": "Быков Борис Ильич просит помощи (заявка № 2103): нет доступа в подвал"
}))]
pub(super) struct Incident {
    /// The incident.
    id: String,
    /// Unix time, ms.
    at: i64,
    /// What it is.
    kind: IncidentKind,
    /// What it is about: an order, a phone, a person.
    subject: String,
    /// What happened, in Russian.
    what: String,
}

/// The state of the installation.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({}))]
pub(super) struct Health {
    /// Since when it recovers from a backup, Unix time, ms; absent: it does not.
    recovering_since: Option<i64>,
    /// What nobody settled yet, the newest first.
    incidents: Vec<Incident>,
}

/// List incidents and the state of recovery.
#[utoipa::path(get, path = "/v1/incidents", operation_id = "list_incidents",
    tag = "Quarantine and incidents", security(("office" = [])),
    responses((status = 200, description = "Incidents that nobody settled", body = Health)))]
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

/// Settle an incident.
///
/// Says that somebody looked; it mends nothing by itself. One that nobody knows is answered like
/// one that is settled.
#[utoipa::path(post, path = "/v1/incidents/{id}/settle", operation_id = "settle_incident",
    tag = "Quarantine and incidents", security(("office" = [])),
    responses((status = 200, description = "Settled; the body is `null`")),
    extensions(("x-codes" = json!([Code::AlreadyDecided]))))]
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

/// Confirm a recovery from a backup.
///
/// Numbers jump ahead of all that phones may have used, the gap is explained in the account, and
/// packages can be made again.
#[utoipa::path(post, path = "/v1/recovery/confirm", operation_id = "confirm_recovery",
    tag = "Quarantine and incidents", security(("office" = ["admin"])),
    responses((status = 200, description = "Confirmed; the body is `null`")),
    extensions(("x-codes" = json!([Code::NotRecovering]))))]
pub(super) async fn confirm(State(app): State<App>, admin: Admin) -> Outcome<Json<()>> {
    if !sync::confirm(&app, &admin.0.name).await? {
        let message = "восстановление не идёт".to_owned();
        return Err(Problem::Refused(Code::NotRecovering, message));
    }
    let about = ("installation", "");
    audit::note_alone(&app, &Actor::person(&admin.0), "recovery.confirmed", about).await?;
    Ok(Json(()))
}
