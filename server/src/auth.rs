//! Who asks: short access tokens for the office, rotating refresh tokens, device keys for phones.

use std::collections::BTreeMap;
use std::sync::Mutex;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use vyezd_core::doc::seal::sha256;
use vyezd_core::model::{DeviceId, OrderId, PersonId, Timestamp};

use crate::app::{App, chance};
use crate::problem::{Outcome, Problem};
use crate::store::{PersonRow, Role, StoreError, Tx};

/// An access token of the office lives this long, s.
pub const ACCESS_S: i64 = 15 * 60;
/// A phone's token lives this long, s.
pub const DEVICE_TOKEN_S: i64 = 15 * 60;
/// A refresh token lives this long, s.
pub const REFRESH_S: i64 = 30 * 24 * 3600;
/// The same client may ask twice within this time and gets the same successor, ms.
pub const REFRESH_GRACE_MS: i64 = 60_000;
/// A challenge for a phone lives this long, s.
pub const CHALLENGE_S: i64 = 120;
/// An enrolment code lives this long, s.
pub const ENROL_CODE_S: i64 = 24 * 3600;
/// Failed attempts that a name or a code has a minute.
pub const ATTEMPTS_A_MINUTE: usize = 10;
pub use crate::limits::edge::PUBLIC_A_MINUTE;

/// The keys of this installation.
pub struct Keys {
    /// Countersigns seals and signs for papers typed in by the office.
    pub server: SigningKey,
    encoding: EncodingKey,
    decoding: DecodingKey,
    secret: [u8; 32],
    attempts: Mutex<BTreeMap<String, Vec<i64>>>,
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    kind: String,
    exp: i64,
}

/// PKCS#8 of an Ed25519 seed (RFC 8410 section 7): a fixed head and the seed.
const PKCS8_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

impl Keys {
    /// Reads the keys, or makes them at the first start.
    pub async fn open(tx: &mut Tx) -> Result<Self, StoreError> {
        let seed = |bytes: Vec<u8>| -> Result<[u8; 32], StoreError> {
            bytes.try_into().map_err(|_| StoreError::Decode("a seed has 32 bytes".into()))
        };
        let server = seed(tx.meta_once("server_key", &chance::<32>()).await?)?;
        let token = seed(tx.meta_once("token_key", &chance::<32>()).await?)?;
        let secret = seed(tx.meta_once("refresh_secret", &chance::<32>()).await?)?;
        let public = SigningKey::from_bytes(&token).verifying_key().to_bytes();
        Ok(Self {
            server: SigningKey::from_bytes(&server),
            encoding: EncodingKey::from_ed_der(&[&PKCS8_HEAD[..], &token].concat()),
            decoding: DecodingKey::from_ed_der(&public),
            secret,
            attempts: Mutex::default(),
        })
    }

    fn token(&self, sub: String, kind: &str, exp: Timestamp) -> anyhow::Result<String> {
        let claims = Claims { sub, kind: kind.to_owned(), exp: exp.0 / 1000 };
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.encoding)?)
    }

    /// A token for the office.
    pub fn access(&self, person: PersonId, now: Timestamp) -> anyhow::Result<String> {
        self.token(person.to_string(), "office", now.plus_s(ACCESS_S))
    }

    /// A token for a phone.
    pub fn device(&self, device: DeviceId, now: Timestamp) -> anyhow::Result<String> {
        self.token(device.to_string(), "device", now.plus_s(DEVICE_TOKEN_S))
    }

    fn read(&self, token: &str, kind: &str, now: Timestamp) -> Option<String> {
        // The clock is ours, so the library must not use its own.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        let claims =
            jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        (claims.kind == kind && claims.exp > now.0 / 1000).then_some(claims.sub)
    }

    /// The successor of a refresh token: always the same one, so that a client whose answer was lost
    /// may ask again.
    pub fn successor(&self, token: &str) -> String {
        let bytes = [b"vyezd-refresh-1".as_slice(), &self.secret, token.as_bytes()].concat();
        crate::blobs::hex(&sha256(&bytes))
    }

    /// The four digits that a client gets when he books, and types when he signs.
    pub fn client_code(&self, order: OrderId) -> String {
        let hash =
            sha256(&[b"vyezd-client-code-1".as_slice(), &self.secret, order.bytes()].concat());
        let number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        format!("{:04}", number % 10_000)
    }

    /// The key that signs for papers of one person which the office types in.
    pub fn paper_desk(&self, person: PersonId) -> SigningKey {
        let seed = [b"vyezd-paper-desk-1".as_slice(), &self.server.to_bytes(), person.bytes()];
        SigningKey::from_bytes(&sha256(&seed.concat()))
    }

    /// Countersigns.
    pub fn countersign(&self, bytes: &[u8]) -> Vec<u8> {
        self.server.sign(bytes).to_bytes().to_vec()
    }

    /// Refuses where too many attempts failed in the last minute.
    pub fn not_guessing(&self, what: &str, now: Timestamp) -> Outcome<()> {
        let attempts = self.attempts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let failed = attempts.get(what).into_iter().flatten().filter(|at| **at > now.0 - 60_000);
        if failed.count() >= ATTEMPTS_A_MINUTE { Err(Problem::TooMany) } else { Ok(()) }
    }

    /// Counts an attempt; refuses when there were too many in a minute.
    pub fn attempt(&self, what: &str, now: Timestamp) -> Outcome<()> {
        self.count(what, now, ATTEMPTS_A_MINUTE)
    }

    /// Counts a look at a client's page, all clients together.
    pub fn attempt_public(&self, now: Timestamp) -> Outcome<()> {
        self.count("public", now, PUBLIC_A_MINUTE)
    }

    fn count(&self, what: &str, now: Timestamp, most: usize) -> Outcome<()> {
        let mut attempts = self.attempts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        attempts.retain(|_, times| times.last().is_some_and(|at| *at > now.0 - 60_000));
        let times = attempts.entry(what.to_owned()).or_default();
        times.retain(|at| *at > now.0 - 60_000);
        times.push(now.0);
        if times.len() > most { Err(Problem::TooMany) } else { Ok(()) }
    }
}

/// Hashes a password with argon2id.
pub fn hash_password(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|e| anyhow::anyhow!("{e}"))
}

/// Checks a password.
pub fn check_password(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Checks a phone's signature over a challenge.
pub fn check_signature(key: &[u8; 32], text: &str, signature: &[u8]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    Signature::from_slice(signature)
        .is_ok_and(|signature| key.verify_strict(text.as_bytes(), &signature).is_ok())
}

/// A clerk or an administrator asks.
pub struct Office(pub PersonRow);

/// An administrator asks.
pub struct Admin(pub PersonRow);

/// A phone asks; its token is good, and nothing was read yet. One whose access was taken away may
/// still bring its work into quarantine.
pub struct PhoneToken(pub DeviceId);

fn bearer(parts: &Parts) -> Outcome<&str> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    header
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Problem::Unauthorized("token_missing"))
}

impl FromRequestParts<App> for Office {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let sub = app.keys.read(bearer(parts)?, "office", app.now());
        let person = sub.and_then(|sub| sub.parse().ok());
        let person = person.ok_or(Problem::Unauthorized("token_expired"))?;
        let row = app.store.read().await?.person(person).await?.filter(|row| row.active);
        let row = row.ok_or(Problem::Unauthorized("token_expired"))?;
        if row.role == Role::Metrologist { Err(Problem::Forbidden) } else { Ok(Self(row)) }
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
        let expired = || Problem::Unauthorized("token_expired");
        let sub = app.keys.read(bearer(parts)?, "device", app.now()).ok_or_else(expired)?;
        Ok(Self(sub.parse().map_err(|_| expired())?))
    }
}
