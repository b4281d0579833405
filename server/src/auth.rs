//! Authentication: short access tokens for the office, rotating refresh tokens, device keys for
//! phones.

pub mod keys;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use vyezd_core::model::DeviceId;

use crate::app::App;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::store::{PersonRow, Role};

pub use crate::limits::edge::ACCESS_S;
pub use crate::limits::edge::CHALLENGE_S;
pub use crate::limits::edge::DEVICE_TOKEN_S;
pub use crate::limits::edge::ENROL_CODE_S;
pub use crate::limits::edge::REFRESH_GRACE_MS;
pub use crate::limits::edge::REFRESH_S;

pub use crate::passwords::hash_password;
pub use keys::{Keys, check_signature};

/// A clerk or an administrator asks.
pub struct Office(pub PersonRow);

pub struct Admin(pub PersonRow);

/// A phone asks; the token is good, and nothing was read from the database yet. A phone without
/// access may still bring work into quarantine.
pub struct PhoneToken(pub DeviceId);

/// The session of an office request.
pub struct Session(pub [u8; 16]);

/// RFC 7235: the scheme in any case, then at least one space.
fn bearer(parts: &Parts) -> Outcome<&str> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    header
        .and_then(|value| value.trim().split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim_start())
        .ok_or(Problem::Unauthorized(Code::TokenMissing))
}

async fn office(parts: &Parts, app: &App) -> Outcome<(PersonRow, [u8; 16])> {
    let expired = || Problem::Unauthorized(Code::TokenExpired);
    let claims = app.keys.read(bearer(parts)?, "office", app.now()).ok_or_else(expired)?;
    let session = vyezd_core::codec::unhex(&claims.sid).and_then(|bytes| bytes.try_into().ok());
    let session = session.ok_or_else(expired)?;
    let mut tx = app.store.read().await?;
    let person = tx.session_of(session, app.now().0).await?.ok_or_else(expired)?;
    let row = tx.person(person).await?.filter(|row| row.active && row.id.to_string() == claims.sub);
    let row = row.ok_or_else(expired)?;
    if row.role == Role::Metrologist { Err(Problem::Forbidden) } else { Ok((row, session)) }
}

impl FromRequestParts<App> for Office {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        office(parts, app).await.map(|(row, _)| Self(row))
    }
}

impl FromRequestParts<App> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        office(parts, app).await.map(|(_, session)| Self(session))
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let Office(row) = Office::from_request_parts(parts, app).await?;
        if row.role == Role::Admin { Ok(Self(row)) } else { Err(Problem::Forbidden) }
    }
}

impl FromRequestParts<App> for PhoneToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let expired = || Problem::Unauthorized(Code::TokenExpired);
        let claims = app.keys.read(bearer(parts)?, "device", app.now()).ok_or_else(expired)?;
        Ok(Self(claims.sub.parse().map_err(|_| expired())?))
    }
}

/// A phone asks with good access and an active person.
pub struct ActivePhone(pub DeviceId);

impl FromRequestParts<App> for ActivePhone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let PhoneToken(device) = PhoneToken::from_request_parts(parts, app).await?;
        let row = app.store.read().await?.phone_status(device).await?;
        let row = row.filter(|row| row.active && row.revoked_at.is_none());
        row.map(|_| Self(device)).ok_or(Problem::Unauthorized(Code::TokenExpired))
    }
}
