//! The phone's link to the server: enrolment, a short token for a signed challenge, sync.

use std::io;
use std::time::Duration;

use ed25519_dalek::{Signer as _, SigningKey};
use serde::{Deserialize, Serialize};
use vyezd_core::model::{DeviceId, InstallId};

/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No network, no server, or it broke off.
    #[error("нет связи с сервером")]
    Unreachable(#[source] Box<ureq::Error>),
    /// The server refused, with a code.
    #[error("сервер ответил {status}: {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The stable code of the problem.
        code: String,
    },
    /// The answer makes no sense.
    #[error("ответ сервера не читается")]
    Answer(#[source] io::Error),
}

impl From<ureq::Error> for HttpError {
    fn from(error: ureq::Error) -> Self {
        Self::Unreachable(Box::new(error))
    }
}

/// A link to one server.
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

#[derive(Deserialize, Default)]
struct Problem {
    #[serde(default)]
    code: String,
}

impl Link {
    /// A link to the server at `base`: `https://vyezd.example`.
    pub fn new(base: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .max_redirects(0)
            .proxy(None)
            .build()
            .into();
        Self { base: base.trim_end_matches('/').to_owned(), agent, token: None }
    }

    /// Where the server is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Enrols a public key with a one-time code.
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

    /// Sends one sync request, with a new token where the old one is over.
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
        Err(HttpError::Refused { status: 401, code: "token_expired".to_owned() })
    }

    /// Shows who the phone is and gets a token for a quarter of an hour.
    pub fn log_in(&mut self, device: DeviceId, key: &SigningKey) -> Result<String, HttpError> {
        #[derive(Serialize)]
        struct Ask {
            device: DeviceId,
        }
        let Challenge { challenge } = self.json("/v1/devices/challenge", &Ask { device })?;
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

fn refused(status: u16, body: &[u8]) -> HttpError {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    HttpError::Refused { status, code: problem.code }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
