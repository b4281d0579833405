//! `POST /v1/sync`: one request, one answer. Everything else is in [`crate::sync`].

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use vyezd_core::codec::encode;
use vyezd_core::frame::compress::{pack, unpack};
use vyezd_core::frame::{Request, decode_bounded};
use vyezd_core::limits::REQUEST_ITEMS_MAX;

use super::extract::Whole;
use crate::app::App;
use crate::auth::PhoneToken;
use crate::limits::phones::UNPACKED_MAX;
use crate::problem::{Outcome, Problem};

/// Обмен телефона с сервером: один запрос, один ответ (CBOR, docs/sync-protocol.md).
#[utoipa::path(post, path = "/v1/sync", tag = "телефоны", security(("bearer" = [])),
    request_body(content = Vec<u8>, content_type = "application/cbor"),
    responses((status = 200, body = Vec<u8>, content_type = "application/cbor")))]
pub(super) async fn sync(
    State(app): State<App>,
    PhoneToken(device): PhoneToken,
    Whole(body): Whole,
) -> Outcome<impl IntoResponse> {
    let unreadable = |why: String| {
        Problem::Field("body", "request_unreadable", format!("запрос не читается: {why}"))
    };
    let plain = unpack(&body, UNPACKED_MAX).map_err(|e| unreadable(e.to_string()))?;
    let request: Request =
        decode_bounded(&plain, REQUEST_ITEMS_MAX).map_err(|e| unreadable(e.to_string()))?;
    let response = Box::pin(crate::sync::talk(&app, device, request)).await?;
    Ok(([(header::CONTENT_TYPE, "application/cbor")], pack(&encode(&response))))
}
