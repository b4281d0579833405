//! Errors as HTTP: `application/problem+json` with a stable code, a Russian sentence, and the field.

use std::io::ErrorKind;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::blobs::BlobError;
use crate::code::Code;
use crate::store::{self, StoreError};

/// Why a request was not carried out.
#[derive(Debug)]
pub enum Problem {
    /// Something in the request is not right: the field, a code, words.
    Field(&'static str, Code, String),
    /// As above, at a place that only the request knows.
    Body(String, Code, String),
    /// Something in the query is not right: the parameter, a code, words.
    Asked(String, Code, String),
    Unauthorized(Code),
    Forbidden,
    NotFound,
    /// A state of the server forbids the request: words more particular than those of the code.
    Refused(Code, String),
    /// Too many attempts: a minute's pause.
    TooMany,
    /// Too many attempts: so many seconds of pause.
    Later(u32),
    /// More work than can wait: try again after so many seconds.
    Busy(u32),
    /// A text holds a character that no text may hold: where.
    Text(String),
    /// A newer version exists than the request names: words, and the present version.
    Stale(String, i64),
    /// A code whose status is that of the route here: a probe, a framework's own refusal.
    Status(StatusCode, Code),
    Internal(anyhow::Error),
}

/// The body of an error, RFC 9457 in spirit: `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "code": "version_old",
    "message": "изменила Смирнова Ольга Викторовна, пока вы правили: обновите страницу",
    "version": 4
}))]
pub struct ProblemBody {
    /// Stable, for programs: `docs/errors.md`.
    pub code: String,
    /// A sentence for people, in Russian.
    pub message: String,
    /// The field, parameter or header that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The version that stands there now, where an older one was to be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

pub type Outcome<T> = Result<T, Problem>;

impl Problem {
    /// A field that is not right.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Field(field, Code::FieldInvalid, message.into())
    }

    /// A parameter of the query that is not right.
    pub fn asked(parameter: &str, message: impl Into<String>) -> Self {
        Self::Asked(parameter.to_owned(), Code::FieldInvalid, message.into())
    }

    /// Marks faults of fields as faults of the query.
    #[must_use]
    pub fn in_query(self) -> Self {
        match self {
            Self::Field(field, code, words) => Self::Asked(field.to_owned(), code, words),
            other => other,
        }
    }

    /// The sentence, in Russian.
    pub fn words(&self) -> String {
        self.parts().message
    }

    /// Nothing more particular is known than the status.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized(Code::TokenMissing),
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::METHOD_NOT_ALLOWED => Self::of(Code::MethodNotAllowed),
            StatusCode::REQUEST_TIMEOUT => Self::of(Code::BodyTooSlow),
            StatusCode::PAYLOAD_TOO_LARGE => Self::of(Code::BodyTooLarge),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::of(Code::ContentType),
            status if status.is_server_error() => Self::of(Code::Internal),
            status => Self::Status(status, Code::RequestUnreadable),
        }
    }

    /// An error that is a fault of the server, not of the request: 500.
    pub fn ours(error: impl Into<anyhow::Error>) -> Self {
        Self::Internal(error.into())
    }

    /// A refusal in the words of its code.
    pub fn of(code: Code) -> Self {
        Self::Refused(code, code.words().to_owned())
    }

    /// After how many seconds the same may be tried again.
    const fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::TooMany => Some(60),
            Self::Later(seconds) | Self::Busy(seconds) => Some(*seconds),
            _ => None,
        }
    }

    fn parts(&self) -> Parts<'_> {
        let of = |status: u16, code: Code, message: &str, field| Parts {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            code,
            message: message.to_owned(),
            field,
        };
        let plain = |code: Code| of(code.status(), code, code.words(), None);
        match self {
            Self::Field(field, code, words) => of(422, *code, words, Some(field)),
            Self::Body(field, code, words) => of(422, *code, words, Some(field)),
            Self::Asked(field, code, words) => of(400, *code, words, Some(field)),
            Self::Text(field) => of(422, Code::TextControl, Code::TextControl.words(), Some(field)),
            Self::Unauthorized(code) => of(401, *code, code.words(), None),
            Self::Forbidden => plain(Code::Forbidden),
            Self::NotFound => plain(Code::NotFound),
            Self::Refused(code, words) => of(code.status(), *code, words, None),
            Self::Status(status, code) => of(status.as_u16(), *code, code.words(), None),
            Self::TooMany => {
                of(429, Code::TooMany, "слишком много попыток, подождите минуту", None)
            }
            Self::Later(seconds) => {
                let words = format!("слишком много попыток, подождите {seconds} с");
                of(429, Code::TooMany, &words, None)
            }
            Self::Busy(_) => plain(Code::Busy),
            Self::Stale(words, _) => of(412, Code::VersionOld, words, None),
            Self::Internal(error) if is_full(error) => plain(Code::DiskFull),
            Self::Internal(_) => plain(Code::Internal),
        }
    }
}

struct Parts<'a> {
    status: StatusCode,
    code: Code,
    message: String,
    field: Option<&'a str>,
}

/// Somewhere below there was no room: in the database, or among the files.
pub(crate) fn is_full(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let database = cause.downcast_ref::<StoreError>().is_some_and(store::is_full);
        let file = cause.downcast_ref::<std::io::Error>();
        database || file.is_some_and(|file| file.kind() == ErrorKind::StorageFull)
    })
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Parts { status, code, message, field } = self.parts();
        if let Self::Internal(error) = &self {
            tracing::error!(error = format!("{error:#}"), "a request failed");
        }
        let version = match self {
            Self::Stale(_, version) => Some(version),
            _ => None,
        };
        let field = field.map(str::to_owned);
        let body = ProblemBody { code: code.as_str().to_owned(), message, field, version };
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kind, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// The store failed; whatever else fails becomes a 500 only by [`Problem::ours`].
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::ours(error)
    }
}

/// Failure of the store of papers and photos.
impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        Self::ours(error)
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
