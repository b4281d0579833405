//! Two people at one card: `ETag` says which version was read, `If-Match` which one is replaced.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::{Outcome, Problem};
use crate::store::Tx;

/// The version that the person saw.
pub(super) struct IfMatch(i64);

/// An answer with its version.
pub(super) struct Versioned<T>(pub(super) T, pub(super) i64);

impl FromRequestParts<App> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Outcome<Self> {
        let Some(given) = parts.headers.get(header::IF_MATCH) else {
            let words = "нужен заголовок If-Match: версия, которую вы видели".to_owned();
            return Err(Problem::Status(428, "version_missing", words));
        };
        let text = given.to_str().unwrap_or_default().trim();
        let text = text.trim_start_matches("W/").trim_matches('"');
        let seen = text.parse().map_err(|_| Problem::field("If-Match", "это не версия"))?;
        Ok(Self(seen))
    }
}

impl IfMatch {
    /// Goes on where nobody changed it meanwhile. Kind and subject say which line of the journal tells
    /// who did.
    pub(super) async fn is_current(
        &self,
        tx: &mut Tx,
        version: i64,
        (kind, subject): (&str, &str),
    ) -> Outcome<()> {
        if self.0 == version {
            return Ok(());
        }
        let words = match tx.last_change(kind, subject).await? {
            Some((who, _)) => format!("изменил {who}, пока вы правили: обновите страницу"),
            None => "уже изменено, пока вы правили: обновите страницу".to_owned(),
        };
        Err(Problem::Stale(words, version))
    }
}

impl<T: IntoResponse> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let etag = [(header::ETAG, format!("\"{}\"", self.1))];
        (etag, self.0).into_response()
    }
}
