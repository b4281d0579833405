//! What every answer and every address has, whoever handles it: no control characters come in, errors go
//! out as problems, browsers are told what a page may do, and logs name routes instead of links.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::classify::ServerErrorsFailureClass;
use tracing::Span;

use super::extract::{control, percent_decoded};
use crate::app::App;
use crate::code::Code;
use crate::limits::edge::HEADER_BYTES_MAX;
use crate::problem::Problem;

/// Nothing from elsewhere; wasm may run. A worker is held to the policy of its own script.
const PAGES: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// An answer of the interface is no page, and phones pay for each byte of it.
const ANSWERS: &str = "default-src 'none'; frame-ancestors 'none'";
/// A browser's own viewer of PDF needs its styles.
const PAPERS: &str = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The metrologist's page takes photos, reads codes and says where it is; nothing else is asked for.
const PERMISSIONS: &str = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), \
    serial=(), bluetooth=(), midi=(), display-capture=(), browsing-topics=()";
const ANSWERS_PERMISSIONS: &str = "camera=(self), geolocation=(self)";
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// An address with a control character in it is refused, in the path as unknown.
pub(super) async fn plain_address(request: Request, next: Next) -> Response {
    let uri = request.uri();
    if percent_decoded(uri.path()).chars().any(control) {
        return Problem::NotFound.into_response();
    }
    if uri.query().is_some_and(|query| percent_decoded(query).chars().any(control)) {
        let words = "недопустимый знак: управляющие знаки не принимаются".to_owned();
        return Problem::Asked("query".to_owned(), Code::TextControl, words).into_response();
    }
    next.run(request).await
}

/// A head that is larger than any of ours is refused. The connection itself bounds what it reads only to a
/// multiple of that.
pub(super) async fn small_head(request: Request, next: Next) -> Response {
    if head_bytes(&request) > HEADER_BYTES_MAX {
        let words = format!("адрес и заголовки запроса больше {} кБ", HEADER_BYTES_MAX / 1024);
        return Problem::Refused(Code::HeadTooLarge, words).into_response();
    }
    next.run(request).await
}

fn head_bytes(request: &Request) -> usize {
    let line = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    let uri = request.uri();
    let address = uri.path_and_query().map_or(0, |both| both.as_str().len());
    let host = uri.authority().map_or(0, |authority| authority.as_str().len());
    address + host + request.headers().iter().map(line).sum::<usize>()
}

/// What is true of every answer.
pub(super) async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let interface = is_interface(request.uri().path());
    let mut response = next.run(request).await;
    if interface {
        response = as_problem(response);
    }
    let kind = response.headers().get(header::CONTENT_TYPE).cloned();
    let pdf = kind.is_some_and(|kind| kind == "application/pdf");
    let policy = match (interface, pdf) {
        (true, true) => PAPERS,
        (true, false) => ANSWERS,
        (false, _) => PAGES,
    };
    let headers = response.headers_mut();
    put(headers, header::CONTENT_SECURITY_POLICY, policy);
    put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, header::X_FRAME_OPTIONS, "DENY");
    put(headers, header::REFERRER_POLICY, "no-referrer");
    let permissions = if interface { ANSWERS_PERMISSIONS } else { PERMISSIONS };
    put(headers, PERMISSIONS_POLICY, permissions);
    if interface {
        put(headers, header::CACHE_CONTROL, "no-store");
    }
    if app.config.public_url.starts_with("https://") {
        put(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

fn is_interface(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// A library's plain words become a problem like any other.
fn as_problem(response: Response) -> Response {
    let status = response.status();
    let problem = HeaderValue::from_static("application/problem+json");
    let said = response.headers().get(header::CONTENT_TYPE) == Some(&problem);
    if said || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut dressed = Problem::of_status(status).into_response();
    for (name, value) in response.headers() {
        let about_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
        if !about_body.contains(name) {
            dressed.headers_mut().insert(name.clone(), value.clone());
        }
    }
    dressed
}

/// The method does not fit the address.
pub(super) async fn method_unknown() -> Problem {
    Problem::of_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// A request that failed. A busy server says so by the thousand: those are no errors.
pub(super) fn failed(class: ServerErrorsFailureClass, latency: Duration, _: &Span) {
    let ms = latency.as_millis() as u64;
    match class {
        ServerErrorsFailureClass::StatusCode(status)
            if status == StatusCode::SERVICE_UNAVAILABLE =>
        {
            tracing::debug!(ms, "busy");
        }
        class => tracing::error!(%class, ms, "a response failed"),
    }
}

/// The span of a request names its route: an address may hold a client's link or a ticket.
pub(super) fn span<B>(request: &axum::http::Request<B>) -> Span {
    let path = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    tracing::debug_span!("request", method = %request.method(), path)
}
