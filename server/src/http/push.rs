//! Where a phone's browser takes pushes.

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web_push_native::p256::PublicKey;

use super::extract::Json;
use crate::app::App;
use crate::auth::ActivePhone;
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::push::endpoint;
use crate::store::PushPlace;

/// Ключ, с которым страница подписывается на уведомления.
#[derive(Serialize, ToSchema)]
pub(super) struct PushKey {
    /// P-256, несжатая точка, base64url без дополнения.
    key: String,
}

/// Подписка браузера, как её отдаёт `PushSubscription.toJSON()`.
#[derive(Deserialize, ToSchema)]
pub(super) struct Subscription {
    /// Адрес у службы уведомлений.
    endpoint: String,
    keys: SubscriptionKeys,
}

#[derive(Deserialize, ToSchema)]
struct SubscriptionKeys {
    /// Открытый ключ браузера, base64url.
    p256dh: String,
    /// Секрет браузера, base64url.
    auth: String,
}

/// Ключ сервера для уведомлений.
#[utoipa::path(get, path = "/v1/push/key", tag = "телефоны", responses((status = 200, body = PushKey)))]
pub(super) async fn key(State(app): State<App>) -> Json<PushKey> {
    Json(PushKey { key: app.push.public_key() })
}

/// Телефон принимает уведомления здесь.
#[utoipa::path(put, path = "/v1/push/subscription", tag = "телефоны", security(("bearer" = [])),
    request_body = Subscription,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn subscribe(
    State(app): State<App>,
    ActivePhone(device): ActivePhone,
    Json(given): Json<Subscription>,
) -> Outcome<StatusCode> {
    if endpoint(&given.endpoint, &app.config.push_hosts).is_none() {
        return Err(Problem::field("endpoint", "Эта служба уведомлений не известна"));
    }
    let p256dh = BASE64.decode(&given.keys.p256dh).unwrap_or_default();
    if PublicKey::from_sec1_bytes(&p256dh).is_err() {
        return Err(Problem::field("keys.p256dh", "Это не ключ браузера"));
    }
    let auth = BASE64.decode(&given.keys.auth).unwrap_or_default();
    if auth.len() != 16 {
        return Err(Problem::field("keys.auth", "В секрете браузера 16 байт"));
    }
    let mut tx = app.store.begin().await?;
    let place = PushPlace::new(device, given.endpoint, p256dh, auth);
    tx.put_push_place(&place, app.now().0).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Больше не присылать уведомлений.
#[utoipa::path(delete, path = "/v1/push/subscription", tag = "телефоны", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = ProblemBody)))]
pub(super) async fn unsubscribe(
    State(app): State<App>,
    ActivePhone(device): ActivePhone,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    tx.drop_push_place(device.bytes(), None).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
