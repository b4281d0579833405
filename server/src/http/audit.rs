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
use crate::problem::{Outcome, Problem};
use crate::store::{AuditFilter, AuditRow};

/// Which lines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Lines of this person alone.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// `person.changed`, or `person` for all of that family.
    kind: Option<String>,
    /// `next` of the page before.
    before: Option<String>,
    /// How many lines a page has; 50 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of the journal, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "next": "1789027920000-01a08a5fac68738a9c1e721584da284b" }))]
pub(super) struct AuditPage {
    /// The lines of this page.
    items: Vec<AuditLine>,
    /// For `before`; absent: there are no older lines.
    next: Option<String>,
    /// Whose lines there are.
    people: Vec<AuditPerson>,
    /// All kinds of lines.
    kinds: Vec<AuditKind>,
}

/// A line of the journal.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a5fac68738a9c1e721584da284b", "at": 1_789_027_920_000_i64,
    "person": "019cadcb2e607c409c72b0228e5850d8", "who": "Смирнова Ольга Викторовна",
    "kind": "person.changed", "what": "Сотрудник изменён",
    "subject": "019cadc69a80738a81e87e79631e602b", "details": "Анохина Анна Сергеевна: районы",
    "address": "192.0.2.17"
}))]
struct AuditLine {
    /// The line.
    id: String,
    /// Unix time, ms.
    at: i64,
    /// Who did it, if it is a person that is known.
    person: Option<String>,
    /// The name at that time.
    who: String,
    /// For programs and for the filter.
    kind: String,
    /// The kind in Russian.
    what: String,
    /// What it was done to.
    subject: String,
    /// In Russian; may be empty.
    details: String,
    /// The address that he spoke from.
    address: Option<String>,
}

/// Somebody whose lines there are.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "019cadcb2e607c409c72b0228e5850d8", "name": "Смирнова Ольга Викторовна"
}))]
struct AuditPerson {
    /// The person.
    id: String,
    /// The full name.
    name: String,
}

/// A kind of line.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "kind": "person.changed", "what": "Сотрудник изменён" }))]
struct AuditKind {
    /// For the filter.
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

/// Read the journal.
///
/// Who logged in, changed people and the firm, took papers away. The newest first; `before` is
/// `next` of the page before.
#[utoipa::path(get, path = "/v1/audit", operation_id = "list_journal", tag = "Journal",
    params(AuditQuery), security(("office" = ["admin"])),
    responses((status = 200, description = "A page of the journal", body = AuditPage)))]
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
