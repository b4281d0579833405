//! Who asks: short access tokens for the office, rotating refresh tokens, device keys for phones.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use vyezd_core::codec::{derive_id, hex, sha256, unhex};
use vyezd_core::model::{DeviceId, OrderId, PersonId, Timestamp, fold};

use crate::app::{App, chance};
use crate::problem::{Outcome, Problem};
use crate::store::{PersonRow, Role, StoreError, Tx};

pub use crate::limits::edge::ACCESS_S;
pub use crate::limits::edge::CHALLENGE_S;
pub use crate::limits::edge::DEVICE_TOKEN_S;
pub use crate::limits::edge::ENROL_CODE_S;
pub use crate::limits::edge::REFRESH_GRACE_MS;
pub use crate::limits::edge::REFRESH_S;

pub use crate::passwords::hash_password;

/// The keys of this installation.
pub struct Keys {
    /// Countersigns seals and signs for papers typed in by the office.
    pub server: SigningKey,
    encoding: EncodingKey,
    decoding: DecodingKey,
    secret: [u8; 32],
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    kind: String,
    exp: i64,
    /// The session of an office's token, 32 hex digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    sid: String,
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
        })
    }

    fn token(&self, claims: &Claims) -> anyhow::Result<String> {
        Ok(jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, &self.encoding)?)
    }

    /// A token for the office, good while its session is.
    pub fn access(
        &self,
        person: PersonId,
        session: [u8; 16],
        now: Timestamp,
    ) -> anyhow::Result<String> {
        let exp = now.plus_s(ACCESS_S).0 / 1000;
        let sid = vyezd_core::codec::hex(&session);
        self.token(&Claims { sub: person.to_string(), kind: "office".to_owned(), exp, sid })
    }

    /// A token for a phone.
    pub fn device(&self, device: DeviceId, now: Timestamp) -> anyhow::Result<String> {
        let exp = now.plus_s(DEVICE_TOKEN_S).0 / 1000;
        let kind = "device".to_owned();
        self.token(&Claims { sub: device.to_string(), kind, exp, sid: String::new() })
    }

    fn read(&self, token: &str, kind: &str, now: Timestamp) -> Option<Claims> {
        // The clock is ours, so the library must not use its own.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        let claims =
            jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        (claims.kind == kind && claims.exp > now.0 / 1000).then_some(claims)
    }

    /// What a browser keeps after a log-in under this name and shows at the next: it is known, and
    /// strangers' failures do not slow it down. It opens nothing.
    pub fn known_device(&self, login: &str) -> String {
        let login = fold(login);
        hex(&derive_id(&[b"vyezd-known-device-1", &self.secret, login.as_bytes()]))
    }

    /// The successor of a refresh token: always the same one, so that a client whose answer was lost
    /// may ask again.
    pub fn successor(&self, token: &str) -> String {
        let bytes = [b"vyezd-refresh-1".as_slice(), &self.secret, token.as_bytes()].concat();
        vyezd_core::codec::hex(&sha256(&bytes))
    }

    /// What a phone signs to get a token: good until then, for this phone alone. Nothing is kept of it.
    pub fn challenge(&self, device: DeviceId, until: Timestamp, nonce: &[u8; 12]) -> String {
        let until = until.0.to_string();
        let code = self.challenge_code(device, &until, nonce);
        format!("vyezd-challenge-1 {until}.{}.{}", hex(nonce), hex(&code))
    }

    fn challenge_code(&self, device: DeviceId, until: &str, nonce: &[u8]) -> [u8; 16] {
        let context = b"vyezd-challenge-code-1".as_slice();
        derive_id(&[context, &self.secret, device.bytes(), nonce, until.as_bytes()])
    }

    /// Until when a challenge is good, if it was given to this phone.
    pub fn challenged(&self, text: &str, device: DeviceId) -> Option<Timestamp> {
        let mut parts = text.strip_prefix("vyezd-challenge-1 ")?.splitn(3, '.');
        let (until, nonce, code) = (parts.next()?, unhex(parts.next()?)?, parts.next()?);
        let same = hex(&self.challenge_code(device, until, &nonce)) == code;
        until.parse().ok().filter(|_| same).map(Timestamp)
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

/// The session of whoever asks from the office.
pub struct Session(pub [u8; 16]);

/// RFC 7235: the scheme in any case, then at least one space.
fn bearer(parts: &Parts) -> Outcome<&str> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    header
        .and_then(|value| value.trim().split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim_start())
        .ok_or(Problem::Unauthorized("token_missing"))
}

async fn office(parts: &Parts, app: &App) -> Outcome<(PersonRow, [u8; 16])> {
    let expired = || Problem::Unauthorized("token_expired");
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
        let expired = || Problem::Unauthorized("token_expired");
        let claims = app.keys.read(bearer(parts)?, "device", app.now()).ok_or_else(expired)?;
        Ok(Self(claims.sub.parse().map_err(|_| expired())?))
    }
}

/// A phone asks whose access is good and whose person works here.
pub struct ActivePhone(pub DeviceId);

impl FromRequestParts<App> for ActivePhone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let PhoneToken(device) = PhoneToken::from_request_parts(parts, app).await?;
        let row = app.store.read().await?.standing(device).await?;
        let row = row.filter(|row| row.active && row.revoked_at.is_none());
        row.map(|_| Self(device)).ok_or(Problem::Unauthorized("token_expired"))
    }
}
