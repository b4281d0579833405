//! A session goes on with the next pair of tokens, until somebody leaves.

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::ToSchema;
use vyezd_core::codec::sha256;

use super::extract::{ClientAddress, Json, Whole, json};
use super::login::{Tokens, short, tokens};
use crate::app::App;
use crate::auth::{REFRESH_GRACE_MS, REFRESH_S, Session};
use crate::code::Code;
use crate::limits::edge::TOKEN_CHARS_MAX;
use crate::problem::{Outcome, Problem};
use crate::store::Role;

/// A token for the next pair.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "refresh": "d6cc0a088c07683c65cd266860cab8d94b3a1937b17420d9da30ca299c09fb77"
}))]
pub(super) struct Refresh {
    /// From the last pair; works once.
    refresh: String,
}

/// Exchange a refresh token for the next pair.
///
/// A refresh token works once. The same request again within a few seconds gives the same pair,
/// for an answer that was lost or for two tabs; any later use ends the whole session.
#[utoipa::path(post, path = "/v1/refresh", operation_id = "refresh_tokens", tag = "Sessions",
    request_body = Refresh,
    responses((status = 200, description = "The next pair", body = Tokens)),
    extensions(("x-codes" = json!([Code::TokenExpired, Code::RefreshReused]))))]
pub(super) async fn refresh(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Json(asked): Json<Refresh>,
) -> Outcome<Json<Tokens>> {
    short("refresh", &asked.refresh, TOKEN_CHARS_MAX)?;
    let expired = || Problem::Unauthorized(Code::TokenExpired);
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
        return Err(Problem::Unauthorized(Code::RefreshReused));
    }
    let row = tx.person(session.person).await?.filter(|row| row.active);
    let row = row.filter(|row| row.role != Role::Metrologist).ok_or_else(expired)?;
    tx.use_refresh(&hash, (session.id, &address.to_string()), now.0).await?;
    let ends = now.plus_s(REFRESH_S).0.min(session.ends_at);
    tx.put_refresh(&sha256(next.as_bytes()), (session.id, row.id), ends).await?;
    tx.commit().await?;
    tokens(&app, &row, session.id, next)
}

/// Names the session where the access token is over.
#[derive(Default, Deserialize, ToSchema)]
#[schema(example = json!({
    "refresh": "d6cc0a088c07683c65cd266860cab8d94b3a1937b17420d9da30ca299c09fb77"
}))]
pub(super) struct Logout {
    /// From the last pair.
    #[serde(default)]
    refresh: String,
}

/// End this session.
///
/// The session and its refresh token end at once. It is named by the access token in the header
/// or, where that is over, by the refresh token in the body; with neither the answer is 401.
#[utoipa::path(post, path = "/v1/logout", operation_id = "log_out", tag = "Sessions",
    request_body(content = Option<Logout>), security((), ("office" = [])),
    responses((status = 204, description = "The session is over")),
    extensions(("x-codes" = json!([Code::TokenExpired]))))]
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
        return Err(Problem::Unauthorized(Code::TokenExpired));
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
