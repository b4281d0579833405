//! What comes in and cannot be read is a problem like any other: `application/problem+json`, with a
//! code and words, never a library's plain text. No text with a control character gets past this file.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::unreadable;
use crate::app::App;
use crate::code::Code;
use crate::problem::{Outcome, Problem};

/// A JSON body, in or out.
pub(super) struct Json<T>(pub(super) T);

/// A body as it is.
pub(super) struct Whole(pub(super) Bytes);

/// Parts of the path.
pub(super) struct Path<T>(pub(super) T);

pub(super) struct Query<T>(pub(super) T);

/// From where somebody speaks.
pub(super) struct ClientAddress(pub(super) IpAddr);

/// A character that no address of ours has: controls of C0 and C1 except line ends and tabs, what
/// turns the direction of a line around, and what is no character at all.
pub(super) fn control(sign: char) -> bool {
    match sign {
        '\n' | '\r' | '\t' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        sign => sign.is_control() || turns(sign),
    }
}

/// The same of a text, which loses its turning signs instead.
fn spoils(sign: char) -> bool {
    control(sign) && !turns(sign)
}

/// A sign that turns the direction of a line around; it comes with copied text, and nobody sees it.
const fn turns(sign: char) -> bool {
    matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Drops what turns a line around from every text.
fn straighten(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|sign| !turns(sign)),
        Value::Array(all) => all.iter_mut().for_each(straighten),
        Value::Object(all) => all.values_mut().for_each(straighten),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A path or query as it was before it became an address.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        if let (b'%', Some(byte)) = (first, escaped) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Where a value has a text with a control character.
fn spoilt(value: &Value) -> Option<String> {
    let within = |name: &str, value: &Value| {
        let inner = spoilt(value)?;
        Some(if inner.is_empty() { name.to_owned() } else { format!("{name}.{inner}") })
    };
    match value {
        Value::String(text) => text.chars().any(spoils).then(String::new),
        Value::Array(all) => {
            all.iter().enumerate().find_map(|(at, value)| within(&at.to_string(), value))
        }
        Value::Object(all) => all.iter().find_map(|(name, value)| {
            if name.chars().any(control) { Some(String::new()) } else { within(name, value) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// JSON of bytes, without control characters.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Outcome<T> {
    let mut value: Value =
        serde_json::from_slice(bytes).map_err(|error| unreadable::syntax(&error))?;
    if let Some(field) = spoilt(&value) {
        return Err(Problem::Text(field));
    }
    straighten(&mut value);
    serde_path_to_error::deserialize(value).map_err(|error| unreadable::body(&error))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Outcome<Self> {
        if !is_json(request.headers()) {
            let words = "тело запроса не читается: нужен тип application/json".to_owned();
            return Err(Problem::Refused(Code::ContentType, words));
        }
        let Whole(bytes) = Whole::from_request(request, app).await?;
        json(&bytes).map(Self)
    }
}

impl FromRequest<App> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Outcome<Self> {
        // How long it may be and take is decided by its route (`bodies.rs`).
        let bytes = Bytes::from_request(request, app).await;
        bytes.map(Self).map_err(|_| {
            Problem::Field(
                "body",
                Code::BodyUnreadable,
                "тело запроса не пришло целиком".to_owned(),
            )
        })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        // An id that is none names nothing.
        match axum::extract::Path::<T>::from_request_parts(parts, app).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(_) => Err(Problem::NotFound),
        }
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Outcome<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let read = serde_path_to_error::deserialize(pairs);
        read.map(Self).map_err(|error| unreadable::query(&error))
    }
}

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |ConnectInfo(peer)| peer.ip());
        Ok(Self(behind(peer.to_canonical(), &parts.headers, &app.config.patience.trusted_proxies)))
    }
}

/// Who stands behind proxies of one's own: the last address in `X-Forwarded-For` that is none of them.
/// What a stranger wrote into it stands further to the left.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let all = headers.get_all("x-forwarded-for").into_iter().filter_map(|one| one.to_str().ok());
    let named: Vec<&str> = all.flat_map(|one| one.split(',')).map(str::trim).collect();
    let named = named.iter().rev().map(|one| one.parse::<IpAddr>().map(|one| one.to_canonical()));
    named.map_while(Result::ok).find(|one| !trusted.contains(one)).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_found_wherever_they_stand() {
        let field = |text: &str| match json::<Value>(text.as_bytes()) {
            Err(Problem::Text(field)) => Some(field),
            _ => None,
        };
        assert_eq!(field(r#"{"a": [{"b": "x\u0000"}]}"#).as_deref(), Some("a.0.b"));
        let turned = json::<Value>("{\"a\": [\"x\u{202e}y\u{2069}\"]}".as_bytes());
        assert_eq!(turned.ok().map(|value| value.to_string()), Some(r#"{"a":["xy"]}"#.to_owned()));
        assert_eq!(field("{\"a\": \"\u{85}\"}").as_deref(), Some("a"));
        assert_eq!(field(r#"{"a\u0007": 1}"#).as_deref(), Some(""));
        assert_eq!(field(r#"{"a": "line\nline\tend\r\n", "n": 18446744073709551615}"#), None);
        assert_eq!(percent_decoded("/a%00%D0%B0%zz%"), "/a\0а%zz%");
    }

    #[test]
    fn only_a_proxy_of_ones_own_is_believed() {
        let (proxy, client) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([8, 8, 8, 8]));
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "1.1.1.1, 8.8.8.8".parse().expect("a header"));
        headers.append("x-forwarded-for", "10.0.0.1".parse().expect("a header"));
        assert_eq!(behind(proxy, &headers, &[proxy]), client);
        assert_eq!(behind(client, &headers, &[proxy]), client);
        assert_eq!(behind(proxy, &HeaderMap::new(), &[proxy]), proxy);
    }
}
