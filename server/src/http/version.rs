//! Two people at one card: `ETag` says which version was read, `If-Match` which one is replaced.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use vyezd_core::model::Card;

use crate::app::App;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::store::{LineKind, Tx};

/// The version that the person saw.
pub(super) struct IfMatch(i64);

/// An answer with its version.
pub(super) struct Versioned<T>(pub(super) T, pub(super) i64);

impl FromRequestParts<App> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Outcome<Self> {
        let Some(given) = parts.headers.get(header::IF_MATCH) else {
            let words = "нужен заголовок If-Match: версия, которую вы видели".to_owned();
            return Err(Problem::Refused(Code::VersionMissing, words));
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
        let who = tx.last_change(kind, subject).await?.map(|(who, _)| who);
        Err(stale(who, version))
    }

    /// The same for an order: its history tells who did.
    pub(super) async fn is_current_card(&self, tx: &mut Tx, card: &Card) -> Outcome<()> {
        let version = card.version as i64;
        if self.0 == version {
            return Ok(());
        }
        let history = tx.history(card.id).await?;
        let changed = |kind| matches!(kind, LineKind::CardChanged | LineKind::Moved);
        let last = history.into_iter().rev().find(|line| changed(line.kind));
        Err(stale(last.map(|line| line.who), version))
    }
}

fn stale(who: Option<String>, version: i64) -> Problem {
    let words = match who {
        Some(who) => format!("изменил {who}, пока вы правили: обновите страницу"),
        None => "уже изменено, пока вы правили: обновите страницу".to_owned(),
    };
    Problem::Stale(words, version)
}

impl<T: IntoResponse> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let etag = [(header::ETAG, format!("\"{}\"", self.1))];
        (etag, self.0).into_response()
    }
}
