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
use crate::problem::{Outcome, Problem};
use crate::push::endpoint;
use crate::store::PushPlace;

/// The key that a page subscribes to pushes with.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "key": concat!(
        "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7",
        "DkM"
    )
}))]
pub(super) struct PushKey {
    /// P-256, uncompressed point, base64url without padding.
    key: String,
}

/// A browser's subscription, as `PushSubscription.toJSON()` gives it.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "endpoint": "https://fcm.googleapis.com/fcm/send/dQw4w9WgXcQ:APA91b"
}))]
pub(super) struct Subscription {
    /// Its address at the push service.
    endpoint: String,
    /// What messages to it are closed with.
    keys: SubscriptionKeys,
}

/// What messages to a browser are closed with.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "p256dh": concat!(
        "BIPUL12DLfytvTajnryr2PRdAgXS3HGKiLqndGcJGabyhHheJYlNGCeXl1dn18gSJ1WAkAPIxr4gK0_dQds4",
        "yiI"
    ),
    "auth": "FPssNDTKnInHVndSTdbKFw"
}))]
struct SubscriptionKeys {
    /// The browser's public key, base64url.
    p256dh: String,
    /// The browser's secret, 16 bytes in base64url.
    auth: String,
}

/// Show the key that browsers subscribe to pushes with.
#[utoipa::path(get, path = "/v1/push/key", operation_id = "get_push_key", tag = "Sync",
    responses((status = 200, description = "The key", body = PushKey)))]
pub(super) async fn key(State(app): State<App>) -> Json<PushKey> {
    Json(PushKey { key: app.push.public_key() })
}

/// Send pushes to this phone's browser.
///
/// One place a phone: a new one replaces the old one. Only addresses of known push services are
/// taken.
#[utoipa::path(put, path = "/v1/push/subscription", operation_id = "subscribe_to_pushes",
    tag = "Sync", request_body = Subscription, security(("phone" = [])),
    responses((status = 204, description = "Subscribed")))]
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

/// Send no more pushes to this phone.
#[utoipa::path(delete, path = "/v1/push/subscription", operation_id = "unsubscribe_from_pushes",
    tag = "Sync", security(("phone" = [])),
    responses((status = 204, description = "No more pushes")))]
pub(super) async fn unsubscribe(
    State(app): State<App>,
    ActivePhone(device): ActivePhone,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    tx.drop_push_place(device.bytes(), None).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
