//! The office logs in.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::doc::seal::sha256;
use vyezd_core::model::PersonId;

use super::extract::Json;
use crate::app::{App, chance};
use crate::auth::{Office, REFRESH_GRACE_MS, REFRESH_S, check_password};
use crate::blobs::hex;
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{PersonRow, Role};

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub(super) struct Login {
    login: String,
    password: String,
}

/// What a client needs to go on.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// For 15 minutes, in `Authorization: Bearer`.
    access: String,
    /// For the next pair; works once.
    refresh: String,
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
#[utoipa::path(post, path = "/v1/login", tag = "вход", request_body = Login,
    responses((status = 200, body = Tokens), (status = 401, body = ProblemBody)))]
pub(super) async fn login(
    State(app): State<App>,
    Json(login): Json<Login>,
) -> Outcome<Json<Tokens>> {
    app.keys.attempt(&format!("login {}", login.login), app.now())?;
    let mut tx = app.store.begin().await?;
    let wrong = || Problem::Unauthorized("login_wrong");
    let row = tx.person_by_login(&login.login).await?.filter(|row| row.active);
    let row = row.filter(|row| row.role != Role::Metrologist).ok_or_else(wrong)?;
    let hash = row.password_hash.clone().unwrap_or_default();
    let good = tokio::task::spawn_blocking(move || check_password(&hash, &login.password)).await?;
    if !good {
        return Err(wrong());
    }
    let refresh = hex(&chance::<32>());
    let ends = app.now().plus_s(REFRESH_S).0;
    tx.put_refresh(&sha256(refresh.as_bytes()), &chance::<16>(), row.id, ends).await?;
    tx.commit().await?;
    tokens(&app, &row, refresh)
}

/// Следующая пара токенов. Второе использование того же токена закрывает весь сеанс.
#[utoipa::path(post, path = "/v1/refresh", tag = "вход", request_body = Refresh,
    responses((status = 200, body = Tokens), (status = 401, body = ProblemBody)))]
pub(super) async fn refresh(
    State(app): State<App>,
    Json(asked): Json<Refresh>,
) -> Outcome<Json<Tokens>> {
    let expired = || Problem::Unauthorized("token_expired");
    let mut tx = app.store.begin().await?;
    let hash = sha256(asked.refresh.as_bytes());
    let (family, person, ends, used, revoked) = tx.refresh(&hash).await?.ok_or_else(expired)?;
    let now = app.now();
    if revoked || ends <= now.0 {
        return Err(expired());
    }
    if used.is_some_and(|used| now.0 - used > REFRESH_GRACE_MS) {
        tx.revoke_family(&family).await?;
        tx.commit().await?;
        return Err(Problem::Unauthorized("refresh_reused"));
    }
    let row = active(&mut tx, person).await?.ok_or_else(expired)?;
    let next = app.keys.successor(&asked.refresh);
    tx.use_refresh(&hash, now.0).await?;
    let ends = now.plus_s(REFRESH_S).0;
    tx.put_refresh(&sha256(next.as_bytes()), &family, person, ends).await?;
    tx.commit().await?;
    tokens(&app, &row, next)
}

/// Кто вошёл.
#[utoipa::path(get, path = "/v1/me", tag = "вход", security(("bearer" = [])),
    responses((status = 200, body = Me), (status = 401, body = ProblemBody)))]
pub(super) async fn me(Office(row): Office) -> Json<Me> {
    Json(Me::from(&row))
}

async fn active(tx: &mut crate::store::Tx, person: PersonId) -> Outcome<Option<PersonRow>> {
    Ok(tx.person(person).await?.filter(|row| row.active))
}

fn tokens(app: &App, row: &PersonRow, refresh: String) -> Outcome<Json<Tokens>> {
    let access = app.keys.access(row.id, app.now())?;
    Ok(Json(Tokens { access, refresh, me: Me::from(row) }))
}
