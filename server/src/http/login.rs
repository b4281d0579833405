//! The office logs in and out.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::doc::seal::sha256;

use super::extract::{Caller, Json, Whole, json};
use crate::app::{App, chance};
use crate::audit::{self, By};
use crate::auth::{Office, REFRESH_GRACE_MS, REFRESH_S, Session};
use crate::blobs::hex;
use crate::brakes::{self, Place};
use crate::limits::edge::AGENT_CHARS_MAX;
use crate::limits::edge::{
    KNOWN_PLACE_DAYS, LOGIN_CHARS_MAX, PASSWORD_BYTES_MAX, SESSION_S_MAX, SESSIONS_A_PERSON_MAX,
    TOKEN_CHARS_MAX,
};
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{PersonRow, Role, SessionRow};

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub(super) struct Credentials {
    #[schema(max_length = 128)]
    login: String,
    #[schema(max_length = 512)]
    password: String,
    /// What an earlier log-in under this name gave as `device`: others who guess do not slow it down.
    #[serde(default)]
    device: Option<String>,
}

/// What a client needs to go on.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// For 15 minutes, in `Authorization: Bearer`.
    access: String,
    /// For the next pair; works once.
    refresh: String,
    /// To be kept by the browser and shown at the next log-in under this name. It opens nothing.
    device: String,
    me: Me,
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    id: String,
    name: String,
    /// admin, office.
    role: String,
}

impl From<&PersonRow> for Me {
    fn from(row: &PersonRow) -> Self {
        Self { id: row.id.to_string(), name: row.name.clone(), role: row.role.code().to_owned() }
    }
}

/// A token for the next pair.
#[derive(Deserialize, ToSchema)]
pub(super) struct Refresh {
    refresh: String,
}

/// Войти по имени и паролю.
#[utoipa::path(post, path = "/v1/login", tag = "вход", request_body = Credentials,
    responses((status = 200, body = Tokens), (status = 401, body = ProblemBody)))]
pub(super) async fn login(
    State(app): State<App>,
    Caller(address): Caller,
    headers: HeaderMap,
    Json(asked): Json<Credentials>,
) -> Outcome<Json<Tokens>> {
    short("login", &asked.login, LOGIN_CHARS_MAX)?;
    if asked.password.len() > PASSWORD_BYTES_MAX {
        return Err(Problem::field("password", format!("длиннее {PASSWORD_BYTES_MAX} байт")));
    }
    let known = app.keys.known_device(&asked.login);
    let shown = asked.device.as_deref().filter(|shown| *shown == known);
    let mut tx = app.store.read().await?;
    let row = tx.person_by_login(&asked.login).await?;
    let row = row.filter(|row| row.active && row.role != Role::Metrologist);
    let since = app.now().plus_s(-KNOWN_PLACE_DAYS * 24 * 3600).0;
    let places = match &row {
        Some(row) => tx.logged_in_from(row.id, since).await?,
        None => Vec::new(),
    };
    drop(tx);
    let known = brakes::is_among(address, &places);
    let place = Place { address, device: shown, known };
    let attempt = app.brakes.login(&asked.login, place, app.now()).await?;
    let hash = row.as_ref().and_then(|row| row.password_hash.clone());
    let good = app.passwords.check(hash, asked.password).await?;
    if let Some(row) = row.as_ref().filter(|_| !good) {
        // Names that nobody has leave no line: a stranger does not fill the journal.
        let by = By::stranger(&row.name).at(Some(address.to_string()));
        audit::note_alone(&app, &by, "login.failed", (&row.id.to_string(), "")).await?;
    }
    let row = row.filter(|_| good).ok_or(Problem::Unauthorized("login_wrong"))?;
    let session = begin(&app, &row, (address.to_string(), agent(&headers))).await?;
    attempt.forgive();
    let (session, refresh) = session;
    tokens(&app, &row, session, refresh)
}

/// Opens a session, if nothing changed about the person while his password was being checked.
async fn begin(
    app: &App,
    row: &PersonRow,
    (address, agent): (String, String),
) -> Outcome<([u8; 16], String)> {
    let now = app.now();
    let (session, refresh) = (chance::<16>(), hex(&chance::<32>()));
    let mut tx = app.store.begin().await?;
    let same = tx.person(row.id).await?.is_some_and(|fresh| {
        fresh.active && fresh.role == row.role && fresh.password_hash == row.password_hash
    });
    if !same {
        return Err(Problem::Unauthorized("login_wrong"));
    }
    let (began_at, ends_at) = (now.0, now.plus_s(SESSION_S_MAX).0);
    let seen_at = began_at;
    let begun =
        SessionRow { id: session, person: row.id, began_at, seen_at, ends_at, agent, address };
    tx.begin_session(&begun, SESSIONS_A_PERSON_MAX).await?;
    let ends = now.plus_s(REFRESH_S).0;
    tx.put_refresh(&sha256(refresh.as_bytes()), (session, row.id), ends).await?;
    let by = By::person(row).at(Some(begun.address));
    audit::note(app, &mut tx, &by, "login.succeeded", (&row.id.to_string(), &begun.agent)).await?;
    tx.commit().await?;
    Ok((session, refresh))
}

/// Следующая пара токенов. Второе использование того же токена закрывает весь сеанс.
#[utoipa::path(post, path = "/v1/refresh", tag = "вход", request_body = Refresh,
    responses((status = 200, body = Tokens), (status = 401, body = ProblemBody)))]
pub(super) async fn refresh(
    State(app): State<App>,
    Caller(address): Caller,
    Json(asked): Json<Refresh>,
) -> Outcome<Json<Tokens>> {
    short("refresh", &asked.refresh, TOKEN_CHARS_MAX)?;
    let expired = || Problem::Unauthorized("token_expired");
    let (hash, now) = (sha256(asked.refresh.as_bytes()), app.now());
    let next = app.keys.successor(&asked.refresh);
    let mut tx = app.store.begin().await?;
    let token = tx.refresh(&hash, now.0).await?.ok_or_else(expired)?;
    let session = token.session;
    if token.expires_at <= now.0 {
        return Err(expired());
    }
    // The grace is for two tabs that ask at once: it ends when the next pair has been used.
    let went_on = tx.refresh(&sha256(next.as_bytes()), now.0).await?;
    let went_on = went_on.is_some_and(|next| next.used_at.is_some());
    if token.used_at.is_some_and(|used| went_on || now.0 - used > REFRESH_GRACE_MS) {
        tx.end_session(session.id, now.0).await?;
        tx.commit().await?;
        return Err(Problem::Unauthorized("refresh_reused"));
    }
    let row = tx.person(session.person).await?.filter(|row| row.active);
    let row = row.filter(|row| row.role != Role::Metrologist).ok_or_else(expired)?;
    tx.use_refresh(&hash, (session.id, &address.to_string()), now.0).await?;
    let ends = now.plus_s(REFRESH_S).0.min(session.ends_at);
    tx.put_refresh(&sha256(next.as_bytes()), (session.id, row.id), ends).await?;
    tx.commit().await?;
    tokens(&app, &row, session.id, next)
}

/// Кто вошёл.
#[utoipa::path(get, path = "/v1/me", tag = "вход", security(("bearer" = [])),
    responses((status = 200, body = Me), (status = 401, body = ProblemBody)))]
pub(super) async fn me(Office(row): Office) -> Json<Me> {
    Json(Me::from(&row))
}

/// A token for the next pair, if the other one is over.
#[derive(Default, Deserialize, ToSchema)]
pub(super) struct Logout {
    #[serde(default)]
    refresh: String,
}

/// Выйти: сеанс закрыт сразу, вместе с токеном обновления. Сеанс называет токен в заголовке или, если
/// он истёк, токен обновления в теле.
#[utoipa::path(post, path = "/v1/logout", tag = "вход",
    request_body(content = Option<Logout>), security((), ("bearer" = [])),
    responses((status = 204), (status = 401, body = ProblemBody)))]
pub(super) async fn logout(
    State(app): State<App>,
    mut leaving: Leaving,
    Whole(body): Whole,
) -> Outcome<StatusCode> {
    let asked: Logout = if body.is_empty() { Logout::default() } else { json(&body)? };
    short("refresh", &asked.refresh, TOKEN_CHARS_MAX)?;
    let (now, hash) = (app.now().0, sha256(asked.refresh.as_bytes()));
    let mut tx = app.store.begin().await?;
    if let Some(token) = tx.refresh(&hash, now).await? {
        leaving.0.push(token.session.id);
    }
    if leaving.0.is_empty() {
        return Err(Problem::Unauthorized("token_expired"));
    }
    for session in leaving.0 {
        tx.end_session(session, now).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The session of the header, if its token is still good.
pub(super) struct Leaving(Vec<[u8; 16]>);

impl FromRequestParts<App> for Leaving {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let session = Session::from_request_parts(parts, app).await;
        Ok(Self(session.into_iter().map(|Session(id)| id).collect()))
    }
}

/// What a browser calls itself.
fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().chars().take(AGENT_CHARS_MAX).collect()
}

/// A text that is no longer than it has to be.
pub(super) fn short(field: &'static str, text: &str, chars_max: usize) -> Outcome<()> {
    // Four bytes are the longest character: a length in bytes is known at once.
    if text.len() > 4 * chars_max || text.chars().count() > chars_max {
        return Err(Problem::field(field, format!("длиннее {chars_max} знаков")));
    }
    Ok(())
}

fn tokens(app: &App, row: &PersonRow, session: [u8; 16], refresh: String) -> Outcome<Json<Tokens>> {
    let access = app.keys.access(row.id, session, app.now())?;
    let device = app.keys.known_device(&row.login);
    Ok(Json(Tokens { access, refresh, device, me: Me::from(row) }))
}
