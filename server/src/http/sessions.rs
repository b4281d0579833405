//! Where somebody is logged in, and how he ends it.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vyezd_core::codec::{hex, unhex};
use vyezd_core::model::PersonId;

use super::extract::{Json, Path, Query};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Office, Session};
use crate::problem::{Outcome, Problem};
use crate::store::{PersonRow, Role};

/// An open session.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "3f3af1ecebbd1410ab417ec0d27bbfcb", "began_at": 1_789_361_880_000_i64,
    "seen_at": 1_789_368_000_000_i64,
    "ends_at": 1_791_953_880_000_i64, "agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    "address": "192.0.2.17", "current": true
}))]
pub(super) struct SessionView {
    /// 32 hexadecimal digits.
    id: String,
    /// Unix time, ms.
    began_at: i64,
    /// When it was last used, Unix time, ms.
    seen_at: i64,
    /// It ends then, however often it is used; Unix time, ms.
    ends_at: i64,
    /// What the browser calls itself.
    agent: String,
    /// The address that it was last renewed from.
    address: String,
    /// It is the session that asks.
    current: bool,
}

/// Whose sessions; without a name one's own.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// Another person, for administrators; absent: oneself.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
}

impl Whose {
    fn of(&self, by: &PersonRow) -> Outcome<PersonId> {
        match self.person {
            Some(other) if other != by.id && by.role != Role::Admin => Err(Problem::Forbidden),
            whose => Ok(whose.unwrap_or(by.id)),
        }
    }
}

/// List open sessions.
///
/// One's own; another person's are for administrators.
#[utoipa::path(get, path = "/v1/sessions", operation_id = "list_sessions", tag = "Sessions",
    params(Whose), security(("office" = [])),
    responses((status = 200, description = "Open sessions", body = Vec<SessionView>)))]
pub(super) async fn list(
    State(app): State<App>,
    Office(by): Office,
    Session(this): Session,
    Query(whose): Query<Whose>,
) -> Outcome<Json<Vec<SessionView>>> {
    let person = whose.of(&by)?;
    let rows = app.store.read().await?.sessions(person, app.now().0).await?;
    let view = |row: crate::store::SessionRow| SessionView {
        id: hex(&row.id),
        began_at: row.began_at,
        seen_at: row.seen_at,
        ends_at: row.ends_at,
        agent: row.agent,
        address: row.address,
        current: row.id == this,
    };
    Ok(Json(rows.into_iter().map(view).collect()))
}

/// End one session.
///
/// One's own or, for administrators, another's. The session that asks may be ended too.
#[utoipa::path(post, path = "/v1/sessions/{session}/end", operation_id = "end_session",
    tag = "Sessions", security(("office" = [])),
    responses((status = 204, description = "The session is over")))]
pub(super) async fn end(
    State(app): State<App>,
    Office(by): Office,
    Path(session): Path<String>,
) -> Outcome<StatusCode> {
    let session = unhex(&session).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    let session = session.ok_or(Problem::NotFound)?;
    let now = app.now().0;
    let mut tx = app.store.begin().await?;
    let person = tx.session_of(session, now).await?.ok_or(Problem::NotFound)?;
    if person != by.id && by.role != Role::Admin {
        return Err(Problem::NotFound);
    }
    tx.end_session(session, now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all sessions of a person.
///
/// One's own, this one included; another person's are for administrators.
#[utoipa::path(post, path = "/v1/sessions/end-all", operation_id = "end_all_sessions",
    tag = "Sessions", params(Whose), security(("office" = [])),
    responses((status = 204, description = "All are over")))]
pub(super) async fn end_all(
    State(app): State<App>,
    Office(by): Office,
    Query(whose): Query<Whose>,
) -> Outcome<StatusCode> {
    let person = whose.of(&by)?;
    let mut tx = app.store.begin().await?;
    tx.end_sessions(person, app.now().0).await?;
    let about = (&*person.to_string(), "все сеансы");
    audit::note(&app, &mut tx, &Actor::person(&by), "login.ended", about).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
