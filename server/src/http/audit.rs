//! The journal of the installation, for administrators.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vyezd_core::codec::{hex, unhex};
use vyezd_core::model::PersonId;

use super::extract::{Json, Query};
use super::fields;
use crate::app::App;
use crate::audit::KINDS;
use crate::auth::Admin;
use crate::limits::office::AUDIT_PAGE_MAX;
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{AuditFilter, AuditRow};

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// `person.changed`, or `person` for all of that family.
    kind: Option<String>,
    /// `next` of the page before.
    before: Option<String>,
    /// How many, 200 at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of the journal, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditPage {
    items: Vec<AuditLine>,
    /// For `before`; nothing: there are no older lines.
    next: Option<String>,
    /// Whose lines there are.
    people: Vec<AuditPerson>,
    kinds: Vec<AuditKind>,
}

#[derive(Serialize, ToSchema)]
struct AuditLine {
    id: String,
    /// unix ms
    at: i64,
    person: Option<String>,
    who: String,
    kind: String,
    /// The kind in Russian.
    what: String,
    subject: String,
    details: String,
    address: Option<String>,
}

/// Somebody whose lines there are.
#[derive(Serialize, ToSchema)]
struct AuditPerson {
    id: String,
    name: String,
}

/// A kind of line.
#[derive(Serialize, ToSchema)]
struct AuditKind {
    kind: String,
    /// In Russian.
    what: String,
}

fn what(kind: &str) -> String {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, what)| what).to_owned()
}

impl From<AuditRow> for AuditLine {
    fn from(row: AuditRow) -> Self {
        let person = row.person_id.and_then(|id| id.try_into().ok());
        Self {
            id: hex(&row.id),
            at: row.at,
            person: person.map(|id| PersonId::from_bytes(id).to_string()),
            who: row.who,
            what: what(&row.kind),
            kind: row.kind,
            subject: row.subject,
            details: row.details,
            address: row.address,
        }
    }
}

/// Журнал: кто что менял, входил, скачивал.
#[utoipa::path(get, path = "/v1/audit", tag = "журнал", params(AuditQuery),
    security(("bearer" = [])),
    responses((status = 200, body = AuditPage), (status = 403, body = ProblemBody)))]
pub(super) async fn audit(
    State(app): State<App>,
    _: Admin,
    Query(query): Query<AuditQuery>,
) -> Outcome<Json<AuditPage>> {
    let limit = fields::limit(query.limit, (50, AUDIT_PAGE_MAX))?;
    let filter = AuditFilter {
        person: query.person,
        kind: query.kind.filter(|kind| !kind.is_empty()),
        before: query.before.as_deref().map(place).transpose()?,
        limit: limit + 1,
    };
    let mut tx = app.store.read().await?;
    let mut rows = tx.audit_lines(&filter).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| format!("{}-{}", row.at, hex(&row.id)));
    let people = tx.audit_people().await?.into_iter();
    let kinds = KINDS.iter();
    Ok(Json(AuditPage {
        items: rows.into_iter().map(AuditLine::from).collect(),
        next,
        people: people.map(|(id, name)| AuditPerson { id: id.to_string(), name }).collect(),
        kinds: kinds
            .map(|(kind, what)| AuditKind { kind: (*kind).to_owned(), what: (*what).to_owned() })
            .collect(),
    }))
}

fn place(text: &str) -> Outcome<(i64, Vec<u8>)> {
    let (at, id) = text.split_once('-').unwrap_or_default();
    let place = at.parse().ok().zip(unhex(id));
    place.ok_or_else(|| Problem::asked("before", "это не место в журнале"))
}
