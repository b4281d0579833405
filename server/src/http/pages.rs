//! The web pages, from the binary: `/` the office, `/field/` the metrologist, `/s/{link}` the
//! client, `/api` the interface for those who write programs.

use std::borrow::Cow;

use axum::body::Bytes;
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
                (head, [(header::CONTENT_ENCODING, "br")], shared(small.data)).into_response()
            }
            None => (head, shared(file.data)).into_response(),
        };
    }
    let Some(entry) = entry(path) else { return nothing("Такой страницы нет") };
    match Web::get(entry) {
        Some(file) => {
            let head = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (head, shared(file.data)).into_response()
        }
        None => nothing("Страницы не собраны: запустите scripts/run или scripts/build-web"),
    }
}

/// The program's own bytes, however many take them, and slowly: no answer has a copy.
fn shared(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

/// The page that an address belongs to; nothing: it is no page's, or a file's that is not there.
fn entry(path: &str) -> Option<&'static str> {
    let mut parts = path.trim_end_matches('/').split('/');
    let (first, rest): (_, Vec<&str>) = (parts.next(), parts.collect());
    let file = rest.last().is_some_and(|last| last.contains('.'));
    match (first, &rest[..]) {
        (Some("" | "office"), []) => Some("office/index.html"),
        (Some("api"), []) => Some("api/index.html"),
        (Some("ui"), []) => Some("ui/index.html"),
        (Some("field"), _) if !file => Some("field/index.html"),
        (Some("s"), [_]) if !file => Some("client/index.html"),
        _ => None,
    }
}

/// Kept by nobody: the next version may have it.
fn nothing(words: &'static str) -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], words).into_response()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_one_page_or_to_none() {
        let (office, field) = (Some("office/index.html"), Some("field/index.html"));
        for (path, page) in [
            ("", office),
            ("office/", office),
            ("field", field),
            ("field/", field),
            ("field/orders/1", field),
            ("api", Some("api/index.html")),
            ("api/", Some("api/index.html")),
            ("api/none", None),
            ("ui/", Some("ui/index.html")),
            ("s/abc", Some("client/index.html")),
            ("s/abc/", Some("client/index.html")),
            ("s", None),
            ("s/abc/def", None),
            ("s/abc.js", None),
            ("field/sw2.js", None),
            ("field/.env", None),
            ("assets/none", None),
            ("none", None),
            (".env", None),
            ("office/none", None),
            ("wp-admin/", None),
        ] {
            assert_eq!(entry(path), page, "{path}");
        }
    }
}
