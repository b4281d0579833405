//! The keys of the installation: tokens, countersignatures, and what is derived from its secret.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use vyezd_core::codec::{derive_id, hex, sha256, unhex};
use vyezd_core::model::{DeviceId, OrderId, PersonId, Timestamp, fold};

use crate::entropy::random_bytes;
use crate::limits::edge::{ACCESS_S, DEVICE_TOKEN_S};
use crate::store::{StoreError, Tx};

pub struct Keys {
    /// Countersigns seals and signs for papers typed in by the office.
    pub server: SigningKey,
    encoding: EncodingKey,
    decoding: DecodingKey,
    secret: [u8; 32],
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    kind: String,
    exp: i64,
    /// The session of an office's token, 32 hex digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) sid: String,
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
        let server = seed(tx.meta_once("server_key", &random_bytes::<32>()).await?)?;
        let token = seed(tx.meta_once("token_key", &random_bytes::<32>()).await?)?;
        let secret = seed(tx.meta_once("refresh_secret", &random_bytes::<32>()).await?)?;
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

    pub fn device(&self, device: DeviceId, now: Timestamp) -> anyhow::Result<String> {
        let exp = now.plus_s(DEVICE_TOKEN_S).0 / 1000;
        let kind = "device".to_owned();
        self.token(&Claims { sub: device.to_string(), kind, exp, sid: String::new() })
    }

    pub(super) fn read(&self, token: &str, kind: &str, now: Timestamp) -> Option<Claims> {
        // The clock is ours, so the library must not use its own.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        let claims =
            jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?.claims;
        (claims.kind == kind && claims.exp > now.0 / 1000).then_some(claims)
    }

    /// A browser keeps this token after a log-in under the name and shows it at the next one:
    /// failures of strangers do not slow a known browser down. The token opens nothing.
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

    /// The challenge that a phone signs to get a token: valid until `until`, for this phone alone.
    /// The server stores no copy.
    pub fn challenge(&self, device: DeviceId, until: Timestamp, nonce: &[u8; 12]) -> String {
        let until = until.0.to_string();
        let code = self.challenge_code(device, &until, nonce);
        format!("vyezd-challenge-1 {until}.{}.{}", hex(nonce), hex(&code))
    }

    fn challenge_code(&self, device: DeviceId, until: &str, nonce: &[u8]) -> [u8; 16] {
        let context = b"vyezd-challenge-code-1".as_slice();
        derive_id(&[context, &self.secret, device.bytes(), nonce, until.as_bytes()])
    }

    /// End of a challenge, if the challenge was made for this phone.
    pub fn challenged(&self, text: &str, device: DeviceId) -> Option<Timestamp> {
        let mut parts = text.strip_prefix("vyezd-challenge-1 ")?.splitn(3, '.');
        let (until, nonce, code) = (parts.next()?, unhex(parts.next()?)?, parts.next()?);
        let same = hex(&self.challenge_code(device, until, &nonce)) == code;
        until.parse().ok().filter(|_| same).map(Timestamp)
    }

    /// Four digits: told to the client with the booking, typed by the client at the signature.
    pub fn client_code(&self, order: OrderId) -> String {
        let hash =
            sha256(&[b"vyezd-client-code-1".as_slice(), &self.secret, order.bytes()].concat());
        let number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        format!("{:04}", number % 10_000)
    }

    /// The key that signs for papers of one person which the office types in.
    pub fn paper_entry(&self, person: PersonId) -> SigningKey {
        let seed = [b"vyezd-paper-desk-1".as_slice(), &self.server.to_bytes(), person.bytes()];
        SigningKey::from_bytes(&sha256(&seed.concat()))
    }

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
