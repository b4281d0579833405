//! Reasons for a missing answer of the server.

use std::io;

use serde::Deserialize;

/// Reasons for a missing answer of the server.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No network, no server, or a connection that broke off.
    #[error("нет связи с сервером")]
    Unreachable(#[source] Box<ureq::Error>),
    /// The server refused; code and words are empty unless the body was a problem document.
    #[error("сервер ответил {status}: {}", if message.is_empty() { code } else { message })]
    Refused {
        /// HTTP status of the refusal.
        status: u16,
        /// Stable code of `docs/errors.md`.
        code: String,
        /// Sentence of the server, Russian.
        message: String,
    },
    /// The answer does not decode.
    #[error("ответ сервера не читается")]
    Answer(#[source] io::Error),
}

impl From<ureq::Error> for HttpError {
    fn from(error: ureq::Error) -> Self {
        Self::Unreachable(Box::new(error))
    }
}

impl HttpError {
    /// HTTP status of a refusal; `None` for any other failure.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }
}

#[derive(Deserialize, Default)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

pub(super) fn refused(status: u16, body: &[u8]) -> HttpError {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    HttpError::Refused { status, code: problem.code, message: problem.message }
}
