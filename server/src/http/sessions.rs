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
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{PersonRow, Role};

/// Открытый сеанс.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    id: String,
    /// unix ms
    began_at: i64,
    /// unix ms
    seen_at: i64,
    /// unix ms; позже сеанс закончится, как бы часто им ни пользовались.
    ends_at: i64,
    /// Как назвал себя браузер.
    agent: String,
    /// С какого адреса продлён в последний раз.
    address: String,
    /// Этот самый сеанс.
    current: bool,
}

/// Чьи сеансы; без имени — свои.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Whose {
    /// Чужие видит и закрывает только администратор.
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

/// Открытые сеансы.
#[utoipa::path(get, path = "/v1/sessions", tag = "вход", params(Whose), security(("bearer" = [])),
    responses((status = 200, body = Vec<SessionView>), (status = 403, body = ProblemBody)))]
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

/// Закрыть один сеанс: свой или, администратору, чужой.
#[utoipa::path(post, path = "/v1/sessions/{session}/end", tag = "вход",
    params(("session" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 404, body = ProblemBody)))]
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

/// Выйти отовсюду: закрыть все сеансы, и этот.
#[utoipa::path(post, path = "/v1/sessions/end-all", tag = "вход", params(Whose),
    security(("bearer" = [])),
    responses((status = 204), (status = 403, body = ProblemBody)))]
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
