//! How much a route takes and how slowly: refused by its length before a byte is read, cut where no
//! length was told, given up where nothing comes any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, timeout_at};
use vyezd_core::frame::{Limits, REQUEST_BYTES_MAX};

use crate::app::App;
use crate::code::Code;
use crate::config::Patience;
use crate::limits::edge::{
    BODY_IMPORT_BYTES_MAX, BODY_JSON_BYTES_MAX, BODY_LINGER_BYTES_MAX, BODY_LINGER_MS,
    BODY_SMALL_BYTES_MAX,
};
use crate::problem::Problem;

/// What a route takes.
#[derive(Clone, Copy)]
struct Most {
    bytes: usize,
    code: Code,
}

fn most(path: &str) -> Most {
    let (bytes, code) = match path {
        "/v1/sync" => (REQUEST_BYTES_MAX, Code::RequestTooLarge),
        "/v1/uploads/{id}" => (Limits::default().part_bytes as usize, Code::PartTooLarge),
        "/v1/login"
        | "/v1/refresh"
        | "/v1/logout"
        | "/v1/devices/enrol"
        | "/v1/devices/challenge"
        | "/v1/devices/token"
        | "/v1/live/ticket"
        | "/v1/push/subscription"
        | "/v1/uploads"
        | "" => (BODY_SMALL_BYTES_MAX, Code::BodyTooLarge),
        "/v1/packages/{package}/answer" | "/v1/fund/numbers" => {
            (BODY_IMPORT_BYTES_MAX, Code::BodyTooLarge)
        }
        import if import.starts_with("/v1/import/") => (BODY_IMPORT_BYTES_MAX, Code::BodyTooLarge),
        public if public.starts_with("/v1/public/") => (BODY_SMALL_BYTES_MAX, Code::BodyTooLarge),
        _ => (BODY_JSON_BYTES_MAX, Code::BodyTooLarge),
    };
    Most { bytes, code }
}

/// What a body is refused with that is larger than its route takes.
pub(super) fn too_large_code(path: &str) -> Code {
    most(path).code
}

/// Refused as too large.
const LARGE: u8 = 1;
/// Given up as too slow.
const SLOW: u8 = 2;

/// Holds a request's body to what its route takes.
pub(super) async fn bounded(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let most = most(path);
    let told = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if told.and_then(|text| text.parse::<u64>().ok()).is_some_and(|told| told > most.bytes as u64) {
        return lingering(too_large(most), request.into_body());
    }
    let fault = Arc::new(AtomicU8::new(0));
    let patience = app.config.patience.clone();
    let request = request.map(|body| paced(body, most.bytes, patience, fault.clone()));
    let response = next.run(request).await;
    // Whoever read the body said only that it ended.
    match fault.load(Ordering::SeqCst) {
        LARGE if !response.status().is_success() => too_large(most).into_response(),
        SLOW if !response.status().is_success() => {
            let words = "запрос идёт слишком медленно".to_owned();
            Problem::Refused(Code::BodyTooSlow, words).into_response()
        }
        _ => response,
    }
}

fn too_large(most: Most) -> Problem {
    let words = match most.bytes / 1024 {
        small if small < 1024 => format!("запрос больше {small} кБ"),
        large => format!("запрос больше {} МБ", large / 1024),
    };
    Problem::Refused(most.code, words)
}

/// A refusal that a client hears which is still sending: the refusal goes out at once, and what comes meanwhile is
/// thrown away for a moment, because a connection that is closed under a sender loses the answer.
fn lingering(problem: Problem, body: Body) -> Response {
    let (mut parts, said) = problem.into_response().into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let ends = Instant::now() + Duration::from_millis(BODY_LINGER_MS);
    let rest = stream::once(async move {
        let (mut pieces, mut left) = (body.into_data_stream(), BODY_LINGER_BYTES_MAX);
        while let Ok(Some(Ok(piece))) = timeout_at(ends, pieces.next()).await {
            left = left.saturating_sub(piece.len());
            if left == 0 {
                break;
            }
        }
        Ok(Bytes::new())
    });
    Response::from_parts(parts, Body::from_stream(said.into_data_stream().chain(rest)))
}

fn paced(body: Body, most: usize, patience: Patience, fault: Arc<AtomicU8>) -> Body {
    let began = Instant::now();
    let pieces = stream::unfold(Some((body.into_data_stream(), 0)), move |state| {
        let (fault, patience) = (fault.clone(), patience.clone());
        async move {
            let (mut pieces, got) = state?;
            let due = Duration::from_secs(got as u64 / patience.bytes_a_second);
            let due = (began + patience.grace + due).min(Instant::now() + patience.stall);
            let broken = |what: u8| {
                fault.store(what, Ordering::SeqCst);
                Some((Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::Other))), None))
            };
            match timeout_at(due, pieces.next()).await {
                Err(_) => broken(SLOW),
                Ok(None) => None,
                Ok(Some(Err(error))) => Some((Err(error), None)),
                Ok(Some(Ok(piece))) if got + piece.len() > most => broken(LARGE),
                Ok(Some(Ok(piece))) => {
                    let got = got + piece.len();
                    Some((Ok(piece), Some((pieces, got))))
                }
            }
        }
    });
    Body::from_stream(pieces)
}
