//! The server's identity for push services (RFC 8292), and the connection to them.

use std::time::Duration;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Client, Url, redirect};
use serde::Serialize;
use vyezd_core::model::Timestamp;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
use web_push_native::p256::pkcs8::EncodePrivateKey;

use crate::entropy::random_bytes;
use crate::store::Tx;

/// How long a push service is waited for.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// A signed introduction is good for this long, s; RFC 8292 allows a day.
const VAPID_S: i64 = 12 * 3600;

/// The server's side of Web Push.
pub struct Push {
    pub(super) key: SecretKey,
    pub(super) signing: EncodingKey,
    pub(super) client: Client,
}

impl Push {
    /// Reads the key, or makes it at the first start: browsers believe only the one that they subscribed with.
    pub async fn open(tx: &mut Tx) -> anyhow::Result<Self> {
        let seed = tx.meta_once("push_key", &random_bytes::<32>()).await?;
        // An installed provider is as good.
        let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
        let key = SecretKey::from_slice(&seed).context("ключ Web Push не годится")?;
        let der = key.to_pkcs8_der().context("ключ Web Push не кодируется")?;
        let client =
            Client::builder().redirect(redirect::Policy::none()).timeout(ANSWER_MAX).build()?;
        Ok(Self { signing: EncodingKey::from_ec_der(der.as_bytes()), key, client })
    }

    /// The key of a page's subscription: an uncompressed point of P-256, base64url.
    pub fn public_key(&self) -> String {
        BASE64.encode(self.key.public_key().to_encoded_point(false).as_bytes())
    }

    /// The server's identity for the push service at `url` (RFC 8292).
    pub(super) fn introduction(
        &self,
        url: &Url,
        subject: &str,
        now: Timestamp,
    ) -> anyhow::Result<String> {
        #[derive(Serialize)]
        struct Claims<'a> {
            aud: String,
            exp: i64,
            sub: &'a str,
        }
        let (aud, exp) = (url.origin().ascii_serialization(), now.0 / 1000 + VAPID_S);
        let claims = Claims { aud, exp, sub: subject };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &self.signing)?;
        Ok(format!("vapid t={token}, k={}", self.public_key()))
    }
}
