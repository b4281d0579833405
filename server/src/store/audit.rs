//! The journal: acts of people on the installation itself, append only.

use vyezd_core::model::{PersonId, Timestamp};

use super::{StoreError, Tx, id, on};
use crate::limits::office::{AUDIT_DETAILS_CHARS_MAX, AUDIT_SUBJECT_CHARS_MAX};

#[derive(Debug, Clone)]
pub struct AuditEntry<'a> {
    /// Ascends with time: [`crate::app::App::id`] makes it.
    pub id: [u8; 16],
    pub at: Timestamp,
    /// Absent where the person is unknown.
    pub person: Option<PersonId>,
    /// The person's name, or the login that was typed.
    pub who: &'a str,
    /// A stable code, `person.changed`: [`crate::audit::KINDS`] has them all.
    pub kind: &'a str,
    /// An id or a name.
    pub subject: &'a str,
    /// A short sentence in Russian.
    pub details: &'a str,
    /// The source address, where one is known.
    pub address: Option<&'a str>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AuditRow {
    pub id: Vec<u8>,
    /// When, unix ms.
    pub at: i64,
    pub person_id: Option<Vec<u8>>,
    /// The name at that time.
    pub who: String,
    pub kind: String,
    /// An id or a name.
    pub subject: String,
    /// A short sentence in Russian.
    pub details: String,
    pub address: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    pub person: Option<PersonId>,
    /// Of this kind, or of this family: `person` means `person.changed` too.
    pub kind: Option<String>,
    /// Before this line: its time and id.
    pub before: Option<(i64, Vec<u8>)>,
    pub limit: i64,
}

impl Tx {
    /// Writes a line; long texts are cut.
    pub async fn audit(&mut self, entry: &AuditEntry<'_>) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into audit (id, at, person_id, who, kind, subject, details, address)
             values ($1, $2, $3, $4, $5, $6, $7, $8)"
        )
        .bind(entry.id.as_slice())
        .bind(entry.at.0)
        .bind(entry.person.map(|person| person.bytes().to_vec()))
        .bind(cut(entry.who, AUDIT_SUBJECT_CHARS_MAX))
        .bind(entry.kind)
        .bind(cut(entry.subject, AUDIT_SUBJECT_CHARS_MAX))
        .bind(cut(entry.details, AUDIT_DETAILS_CHARS_MAX))
        .bind(entry.address.map(|address| cut(address, AUDIT_SUBJECT_CHARS_MAX)))
        .execute(conn)
        .await
        .map(drop))
    }

    /// The lines asked for, the newest first.
    pub async fn audit_lines(&mut self, f: &AuditFilter) -> Result<Vec<AuditRow>, StoreError> {
        let (at, last) = f.before.clone().unwrap_or((i64::MAX, Vec::new()));
        let family = f.kind.as_ref().map(|kind| format!("{kind}.%"));
        on!(self, |conn| sqlx::query_as(
            "select id, at, person_id, who, kind, subject, details, address from audit
             where ($1 is null or person_id = $1)
               and ($2 is null or kind = $2 or kind like $3)
               and (at < $4 or (at = $4 and id < $5))
             order by at desc, id desc limit $6"
        )
        .bind(f.person.map(|person| person.bytes().to_vec()))
        .bind(&f.kind)
        .bind(family)
        .bind(at)
        .bind(last)
        .bind(f.limit)
        .fetch_all(conn)
        .await)
    }

    /// The person and the time of the last act of this kind on a subject.
    pub async fn last_change(
        &mut self,
        kind: &str,
        subject: &str,
    ) -> Result<Option<(String, i64)>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select who, at from audit where kind = $1 and subject = $2
             order by at desc, id desc limit 1"
        )
        .bind(kind)
        .bind(subject)
        .fetch_optional(conn)
        .await)
    }

    /// Everybody who stands in the lines, by name.
    pub async fn audit_people(&mut self) -> Result<Vec<(PersonId, String)>, StoreError> {
        let rows: Vec<(Vec<u8>, String)> = on!(self, |conn| sqlx::query_as(
            "select p.id, p.name from person p
             where p.id in (select person_id from audit where person_id is not null)
             order by p.name_key, p.id"
        )
        .fetch_all(conn)
        .await)?;
        rows.into_iter().map(|(who, name)| Ok((id(&who, PersonId::from_bytes)?, name))).collect()
    }

    /// Takes away what is older than the retention time, so many lines at most.
    pub async fn forget_audit(&mut self, before: Timestamp, most: i64) -> Result<u64, StoreError> {
        on!(self, |conn| {
            sqlx::query(
            "delete from audit where id in (select id from audit where at < $1 order by at limit $2)"
        )
        .bind(before.0)
        .bind(most)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
        })
    }
}

/// U+0000 is no text on PostgreSQL; other control characters would break a line in two.
fn cut(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect()
}
