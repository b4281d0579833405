//! Link of the phone to the server: enrolment, tokens for signed challenges, sync, uploads.

use std::time::Duration;

use ed25519_dalek::{Signer as _, SigningKey};
use serde::{Deserialize, Serialize};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use vyezd_core::codec::hex;
use vyezd_core::model::{DeviceId, InstallId, OrderId};

use super::error::{HttpError, refused};
use super::live::Listener;

/// Largest answer that is read, bytes.
const ANSWER_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// A link to one server, with the current token.
#[derive(Clone)]
pub struct Link {
    base: String,
    agent: ureq::Agent,
    token: Option<String>,
}

#[derive(Serialize)]
struct Enrol<'a> {
    code: &'a str,
    name: &'a str,
    install: InstallId,
    public_key: String,
}

#[derive(Deserialize)]
struct Enrolled {
    device: DeviceId,
}

#[derive(Deserialize)]
struct Challenge {
    challenge: String,
}

#[derive(Serialize)]
struct Proof<'a> {
    device: DeviceId,
    challenge: &'a str,
    signature: String,
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

impl Link {
    /// A link to the server at `base`: `https://vyezd.example`.
    pub fn new(base: &str) -> Self {
        Self::with(base, TlsConfig::default())
    }

    /// A link to a server whose certificate comes from the firm's own authority (PEM), the only one
    /// trusted.
    ///
    /// # Errors
    ///
    /// If the PEM does not parse.
    pub fn trusting(base: &str, authority: &[u8]) -> Result<Self, HttpError> {
        let certificate = Certificate::from_pem(authority)?;
        let roots = RootCerts::new_with_certs(&[certificate]);
        Ok(Self::with(base, TlsConfig::builder().root_certs(roots).build()))
    }

    fn with(base: &str, tls: TlsConfig) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .max_redirects(0)
            .proxy(None)
            .tls_config(tls)
            .build()
            .into();
        Self { base: base.trim_end_matches('/').to_owned(), agent, token: None }
    }

    /// Opens the live channel.
    pub(super) fn listen(&self, token: &str) -> Result<Listener, HttpError> {
        Listener::open(&self.agent, &self.base, token)
    }

    /// Breaks off every request on this link and its copies, and closes the connections. The link
    /// is of no use afterwards.
    pub fn shut_down(&self) {
        self.agent.clone().shutdown();
    }

    /// Address of the server without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Enrols a public key with a one-time code; `name` is shown to the office.
    ///
    /// # Errors
    ///
    /// [`HttpError::Refused`] with `code_wrong`, `key_known` or `too_many`.
    pub fn enrol(
        &self,
        code: &str,
        name: &str,
        install: InstallId,
        key: &[u8; 32],
    ) -> Result<DeviceId, HttpError> {
        let body = Enrol { code, name, install, public_key: hex(key) };
        let enrolled: Enrolled = self.json("/v1/devices/enrol", &body)?;
        Ok(enrolled.device)
    }

    /// Sends one sync request, with a fresh token if the current one has expired.
    ///
    /// # Errors
    ///
    /// [`HttpError`]; a 401 with a fresh token is a refusal.
    pub fn sync(
        &mut self,
        device: DeviceId,
        key: &SigningKey,
        request: &[u8],
    ) -> Result<Vec<u8>, HttpError> {
        for fresh in [false, true] {
            let token = match self.token.clone().filter(|_| !fresh) {
                Some(token) => token,
                None => self.log_in(device, key)?,
            };
            let (status, body) = self.post("/v1/sync", "application/cbor", &token, request)?;
            match status {
                200 => return Ok(body),
                401 if !fresh => self.token = None,
                _ => return Err(refused(status, &body)),
            }
        }
        Err(refused(401, br#"{"code":"token_expired"}"#))
    }

    /// Signs a challenge of the server and gets a token for 15 minutes.
    pub fn log_in(&mut self, device: DeviceId, key: &SigningKey) -> Result<String, HttpError> {
        #[derive(Serialize)]
        struct ChallengeRequest {
            device: DeviceId,
        }
        let Challenge { challenge } =
            self.json("/v1/devices/challenge", &ChallengeRequest { device })?;
        let signature = hex(&key.sign(challenge.as_bytes()).to_bytes());
        let proof = Proof { device, challenge: &challenge, signature };
        let Token { token } = self.json("/v1/devices/token", &proof)?;
        self.token = Some(token.clone());
        Ok(token)
    }

    fn json<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, HttpError> {
        let body = serde_json::to_vec(body).map_err(|e| HttpError::Answer(e.into()))?;
        let (status, answer) = self.post(path, "application/json", "", &body)?;
        if status == 200 {
            serde_json::from_slice(&answer).map_err(|e| HttpError::Answer(e.into()))
        } else {
            Err(refused(status, &answer))
        }
    }

    fn post(
        &self,
        path: &str,
        kind: &str,
        token: &str,
        body: &[u8],
    ) -> Result<(u16, Vec<u8>), HttpError> {
        let mut request =
            self.agent.post(format!("{}{path}", self.base)).header("content-type", kind);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = request.send(body)?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok((status, body))
    }
}

/// Path of an upload on the server (tus 1.0).
pub(super) struct Tus(String);

impl Link {
    /// Creates an upload or finds the existing one of this phone, order and photo; returns the
    /// offset as well.
    pub(super) fn begin_upload(
        &mut self,
        sha256: &str,
        order: OrderId,
        bytes: u64,
    ) -> Result<(Tus, u64), HttpError> {
        let metadata = format!("sha256 {},order {}", base64(sha256), base64(&order.to_string()));
        let answer = self
            .agent
            .post(format!("{}/v1/uploads", self.base))
            .header("authorization", self.bearer())
            .header("tus-resumable", TUS)
            .header("upload-length", bytes.to_string())
            .header("upload-metadata", metadata)
            .send_empty()?;
        let (at, place) = (offset(&answer), answer.headers().get("location"));
        let place = place.and_then(|place| place.to_str().ok()).map(str::to_owned);
        match (place, at) {
            (Some(place), Some(at)) if answer.status() == 201 => Ok((Tus(place), at)),
            _ => Err(refused_by(answer)),
        }
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token.as_deref().unwrap_or_default())
    }
}

impl Tus {
    /// Sends one part with its checksum and returns the server's new offset.
    pub(super) fn send(&self, link: &mut Link, at: u64, part: &[u8]) -> Result<u64, HttpError> {
        let sum = vyezd_core::codec::sha256(part);
        let answer = link
            .agent
            .patch(format!("{}{}", link.base, self.0))
            .header("authorization", link.bearer())
            .header("tus-resumable", TUS)
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", at.to_string())
            .header("upload-checksum", format!("sha256 {}", base64_bytes(&sum)))
            .send(part)?;
        match offset(&answer) {
            Some(at) if answer.status() == 204 => Ok(at),
            _ => Err(refused_by(answer)),
        }
    }
}

/// Version of tus.
const TUS: &str = "1.0.0";

fn offset(answer: &ureq::http::Response<ureq::Body>) -> Option<u64> {
    answer.headers().get("upload-offset")?.to_str().ok()?.parse().ok()
}

fn refused_by(mut answer: ureq::http::Response<ureq::Body>) -> HttpError {
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(64 * 1024).read_to_vec().unwrap_or_default();
    refused(status, &body)
}

fn base64(text: &str) -> String {
    base64_bytes(text.as_bytes())
}

fn base64_bytes(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
