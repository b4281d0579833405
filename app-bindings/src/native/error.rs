//! Why the server gave no answer.

use std::io;

use serde::Deserialize;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No network, no server, or it broke off.
    #[error("нет связи с сервером")]
    Unreachable(#[source] Box<ureq::Error>),
    /// The server refused, with a code.
    #[error("сервер ответил {status}: {}", if message.is_empty() { code } else { message })]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The stable code of the problem.
        code: String,
        /// The server's own words, in Russian.
        message: String,
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

impl HttpError {
    /// The status that the server refused with.
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
