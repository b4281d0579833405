//! The web pages, from the binary: `/` the office, `/field/` the metrologist, `/s/{link}` the client.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

use crate::problem::Problem;

#[derive(Embed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Web;

/// A file of the pages, or the page that an address belongs to.
pub(super) async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "v1" || path.starts_with("v1/") {
        return Problem::NotFound.into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Problem::of_status(StatusCode::METHOD_NOT_ALLOWED).into_response();
    }
    if let Some(file) = Web::get(path).filter(|_| !path.is_empty()) {
        // Built files carry a hash in their name and never change.
        let cache = if path.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let head = [
            (header::CONTENT_TYPE, mime(path)),
            (header::CACHE_CONTROL, cache),
            (header::VARY, "accept-encoding"),
        ];
        // Compressed when the pages were built.
        return match Web::get(&format!("{path}.br")).filter(|_| takes_brotli(&headers)) {
            Some(small) => {
                (head, [(header::CONTENT_ENCODING, "br")], small.data.to_vec()).into_response()
            }
            None => (head, file.data.to_vec()).into_response(),
        };
    }
    let entry = match path.split('/').next() {
        Some("field") => "field/index.html",
        Some("s") => "client/index.html",
        _ => "office/index.html",
    };
    match Web::get(entry) {
        Some(file) => {
            let head = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (head, file.data.to_vec()).into_response()
        }
        None => {
            let text = "Страницы не собраны: запустите scripts/run или scripts/build-web";
            (StatusCode::NOT_FOUND, text).into_response()
        }
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let mut accepted = accepted.unwrap_or_default().split(',').map(str::trim);
    accepted.any(|one| one == "br" || one.starts_with("br;") && !one.ends_with("q=0"))
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
