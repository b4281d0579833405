//! `POST /v1/sync`: one request, one answer. Everything else is in [`crate::sync`].

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use hyper::body::{Frame, SizeHint};
use vyezd_core::codec::encode;
use vyezd_core::frame::compress::{pack, unpack};
use vyezd_core::frame::{Request, decode_bounded};
use vyezd_core::limits::REQUEST_ITEMS_MAX;

use super::extract::Whole;
use crate::app::App;
use crate::auth::PhoneToken;
use crate::code::Code;
use crate::limits::phones::UNPACKED_MAX;
use crate::problem::{Outcome, Problem};
use crate::sync::Seat;

/// Exchange changes with the server.
///
/// One request, one answer, both CBOR, perhaps compressed: `docs/protocol.md`, sections 3 to 6.
/// The request is idempotent: sending it again is harmless. A phone has one under way; more than
/// four at once are answered 503 `busy`.
#[utoipa::path(post, path = "/v1/sync", operation_id = "sync", tag = "Sync",
    request_body(content = String, content_type = "application/cbor"), security(("phone" = [])),
    responses((status = 200, description = "The answer",
            body = String, content_type = "application/cbor")),
    extensions(("x-codes" = json!([Code::RequestUnreadable, Code::Busy]))))]
pub(super) async fn sync(
    State(app): State<App>,
    PhoneToken(device): PhoneToken,
    Whole(body): Whole,
) -> Outcome<impl IntoResponse> {
    let seat = app.budgets.seat(device).ok_or(Problem::Busy(BUSY_S))?;
    let unreadable = |why: String| {
        Problem::Field("body", Code::RequestUnreadable, format!("запрос не читается: {why}"))
    };
    let plain = unpack(&body, UNPACKED_MAX).map_err(|e| unreadable(e.to_string()))?;
    let request: Request =
        decode_bounded(&plain, REQUEST_ITEMS_MAX).map_err(|e| unreadable(e.to_string()))?;
    let response = Box::pin(crate::sync::handle_sync_request(&app, device, request)).await?;
    let rest = Bytes::from(pack(&encode(&response)));
    Ok(([(header::CONTENT_TYPE, "application/cbor")], Body::new(Answer { rest, _seat: seat })))
}

/// A phone that has too many requests under way comes again after so long, s.
const BUSY_S: u32 = 2;
/// Pieces in which an answer goes: what the connection holds of it is no more than two.
const PIECE: usize = 16 * 1024;

/// An answer that keeps its phone's seat until it has gone: whoever asks without listening asks no further.
struct Answer {
    rest: Bytes,
    _seat: Seat,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let most = self.rest.len().min(PIECE);
        // A copy: a slice would keep the whole answer in memory until its last byte is read.
        let piece = Bytes::copy_from_slice(&self.rest.split_to(most));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
