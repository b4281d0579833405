//! Incidents: things that people should look at.

use vyezd_core::texts::lines;

use super::{IncidentKind, StoreError, Tx, on};

/// Something that somebody should look at.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct IncidentRow {
    pub id: Vec<u8>,
    pub at: i64,
    #[sqlx(try_from = "String")]
    pub kind: IncidentKind,
    /// The subject: a phone, an order, the installation.
    pub subject: String,
    /// A sentence for people.
    pub what: String,
}

/// Kind and subject of an incident: one of each pair is open at a time.
#[derive(Debug, Clone)]
pub struct About {
    pub kind: IncidentKind,
    /// Id or name of the thing concerned.
    pub subject: String,
}

impl IncidentKind {
    pub fn about(self, subject: impl ToString) -> About {
        About { kind: self, subject: subject.to_string() }
    }
}

impl Tx {
    /// Reports an incident, once while open.
    pub async fn report(
        &mut self,
        id: [u8; 16],
        now: i64,
        about: &About,
        what: &str,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into incident (id, at, kind, subject, what) values ($1, $2, $3, $4, $5)
             on conflict do nothing"
        )
        .bind(id.as_slice())
        .bind(now)
        .bind(about.kind.as_str())
        .bind(lines(&about.subject))
        .bind(lines(what))
        .execute(conn)
        .await
        .map(drop))
    }

    /// Number of open incidents of a kind whose subject begins with a prefix.
    pub async fn open_reports(
        &mut self,
        kind: IncidentKind,
        begins: &str,
    ) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select count(*) from incident
             where settled_at is null and kind = $1 and subject like $2"
        )
        .bind(kind.as_str())
        .bind(format!("{begins}%"))
        .fetch_one(conn)
        .await)
    }

    /// Reports an incident, or replaces the sentence of one that is open.
    pub async fn report_anew(
        &mut self,
        id: [u8; 16],
        now: i64,
        about: &About,
        what: &str,
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "update incident set at = $1, what = $2
             where settled_at is null and kind = $3 and subject = $4"
        )
        .bind(now)
        .bind(lines(what))
        .bind(about.kind.as_str())
        .bind(lines(&about.subject))
        .execute(conn)
        .await
        .map(drop))?;
        self.report(id, now, about, what).await
    }

    /// Whether exactly this was reported before, settled or not.
    pub async fn was_reported(&mut self, about: &About, what: &str) -> Result<bool, StoreError> {
        let there: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from incident where kind = $1 and subject = $2 and what = $3"
        )
        .bind(about.kind.as_str())
        .bind(lines(&about.subject))
        .bind(lines(what))
        .fetch_one(conn)
        .await)?;
        Ok(there > 0)
    }

    /// Whether an incident about a subject waits for a person.
    pub async fn is_open_incident(&mut self, about: &About) -> Result<bool, StoreError> {
        let open: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from incident
             where kind = $1 and subject = $2 and settled_at is null"
        )
        .bind(about.kind.as_str())
        .bind(lines(&about.subject))
        .fetch_one(conn)
        .await)?;
        Ok(open > 0)
    }

    /// Open incidents, the newest first.
    pub async fn incidents(&mut self) -> Result<Vec<IncidentRow>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select id, at, kind, subject, what from incident
             where settled_at is null order by at desc, id"
        )
        .fetch_all(conn)
        .await)
    }

    pub async fn settle_incident(
        &mut self,
        id: &[u8],
        who: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let done: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update incident set settled_at = $2, settled_by = $3
             where id = $1 and settled_at is null returning id"
        )
        .bind(id)
        .bind(now)
        .bind(who)
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }
}
