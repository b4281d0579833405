//! Errors as HTTP: `application/problem+json` with a stable code, a Russian sentence, and the field.

use std::io::ErrorKind;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{self, StoreError};

/// Why a request was not carried out.
#[derive(Debug)]
pub enum Problem {
    /// Something in the request is not right: the field, a code, words.
    Field(&'static str, &'static str, String),
    /// The same at a place that only the request knows.
    Body(String, &'static str, String),
    /// Something in the query is not right: the parameter, a code, words.
    Asked(String, &'static str, String),
    /// Who are you?
    Unauthorized(&'static str),
    /// You may not.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// Something stands against it: a code and words.
    Conflict(&'static str, String),
    /// Too many attempts: a minute's pause.
    TooMany,
    /// Too many attempts: so many seconds of pause.
    Later(u32),
    /// More work than can wait: try again after so many seconds.
    Busy(u32),
    /// A text holds a character that no text may hold: where.
    Text(String),
    /// More than is taken: a code and words.
    TooLarge(&'static str, String),
    /// Somebody changed it since it was read: words, and the version that it has now.
    Stale(String, i64),
    /// A status of a protocol of its own: status, code, words.
    Status(u16, &'static str, String),
    /// Our fault.
    Internal(anyhow::Error),
}

/// The body of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Stable, for programs.
    pub code: String,
    /// A sentence, in Russian.
    pub message: String,
    /// The field that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The version that it has now, where an older one was to be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// The result of a handler.
pub type Outcome<T> = Result<T, Problem>;

impl Problem {
    /// A field that is not right.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Field(field, "field_invalid", message.into())
    }

    /// A parameter of the query that is not right.
    pub fn asked(parameter: &str, message: impl Into<String>) -> Self {
        Self::Asked(parameter.to_owned(), "field_invalid", message.into())
    }

    /// What was found in a field, where it came in the query.
    #[must_use]
    pub fn in_query(self) -> Self {
        match self {
            Self::Field(field, code, words) => Self::Asked(field.to_owned(), code, words),
            other => other,
        }
    }

    /// The sentence, in Russian.
    pub fn words(&self) -> String {
        self.parts().2
    }

    /// Nothing more particular is known than the status.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, words) = match status {
            StatusCode::UNAUTHORIZED => return Self::Unauthorized("token_missing"),
            StatusCode::FORBIDDEN => return Self::Forbidden,
            StatusCode::NOT_FOUND => return Self::NotFound,
            StatusCode::TOO_MANY_REQUESTS => return Self::TooMany,
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "по этому адресу так нельзя"),
            StatusCode::REQUEST_TIMEOUT => ("body_too_slow", "запрос идёт слишком медленно"),
            StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "запрос слишком велик"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("content_type", "такое содержание не читается"),
            status if status.is_server_error() => ("internal", "внутренняя ошибка"),
            _ => ("request_unreadable", "запрос не читается"),
        };
        Self::Status(status.as_u16(), code, words.to_owned())
    }

    /// After how many seconds the same may be tried again.
    const fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::TooMany => Some(60),
            Self::Later(seconds) | Self::Busy(seconds) => Some(*seconds),
            _ => None,
        }
    }

    fn parts(&self) -> (StatusCode, &'static str, String, Option<&str>) {
        match self {
            Self::Field(field, code, message) => {
                (StatusCode::UNPROCESSABLE_ENTITY, code, message.clone(), Some(field))
            }
            Self::Body(field, code, message) => {
                (StatusCode::UNPROCESSABLE_ENTITY, code, message.clone(), Some(field))
            }
            Self::Asked(field, code, message) => {
                (StatusCode::BAD_REQUEST, code, message.clone(), Some(field))
            }
            Self::Text(field) => {
                let message = "недопустимый знак: управляющие знаки не принимаются".to_owned();
                (StatusCode::UNPROCESSABLE_ENTITY, "text_control", message, Some(field))
            }
            Self::Unauthorized(code) => {
                let message = match *code {
                    "login_wrong" => "неверное имя или пароль",
                    "totp_needed" => "введите код из приложения",
                    "totp_wrong" => {
                        "код из приложения неверен или уже использован: дождитесь следующего"
                    }
                    "code_wrong" => "код неверен, использован или истёк",
                    _ => "нужно войти",
                };
                (StatusCode::UNAUTHORIZED, code, message.to_owned(), None)
            }
            Self::Forbidden => {
                (StatusCode::FORBIDDEN, "forbidden", "недостаточно прав".to_owned(), None)
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "не найдено".to_owned(), None),
            Self::Conflict(code, message) => (StatusCode::CONFLICT, code, message.clone(), None),
            Self::TooMany => {
                let message = "слишком много попыток, подождите минуту".to_owned();
                (StatusCode::TOO_MANY_REQUESTS, "too_many", message, None)
            }
            Self::Later(seconds) => {
                let message = format!("слишком много попыток, подождите {seconds} с");
                (StatusCode::TOO_MANY_REQUESTS, "too_many", message, None)
            }
            Self::Busy(_) => {
                let message = "сервер занят, повторите через несколько секунд".to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, "busy", message, None)
            }
            Self::TooLarge(code, message) => {
                (StatusCode::PAYLOAD_TOO_LARGE, code, message.clone(), None)
            }
            Self::Stale(message, _) => {
                (StatusCode::PRECONDITION_FAILED, "version_old", message.clone(), None)
            }
            Self::Status(status, code, message) => {
                let status = StatusCode::from_u16(*status);
                (status.unwrap_or(StatusCode::BAD_REQUEST), code, message.clone(), None)
            }
            Self::Internal(error) if is_full(error) => {
                let message = "на сервере кончилось место: ничего не записано, повторите позже";
                (StatusCode::INSUFFICIENT_STORAGE, "disk_full", message.to_owned(), None)
            }
            Self::Internal(_) => {
                let message = "внутренняя ошибка, мы уже видим её в журнале".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", message, None)
            }
        }
    }
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
        let (status, code, message, field) = self.parts();
        if let Self::Internal(error) = &self {
            tracing::error!(error = format!("{error:#}"), "a request failed");
        }
        let version = match self {
            Self::Stale(_, version) => Some(version),
            _ => None,
        };
        let field = field.map(str::to_owned);
        let body = ProblemBody { code: code.to_owned(), message, field, version };
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kind, Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl<E: Into<anyhow::Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}
