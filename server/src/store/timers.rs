//! Timers are rows; each is claimed once, on either database.

use vyezd_core::model::Timestamp;

use super::{StoreError, Tx, id, on};

/// A timer that is due: what, and about which 16 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What is due.
    pub kind: String,
    /// The id that it is about.
    pub subject: [u8; 16],
}

impl Tx {
    /// Sets a timer, over an older one of the same kind and subject.
    pub async fn set_timer(
        &mut self,
        kind: &str,
        subject: &[u8; 16],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into due (kind, subject, at) values ($1, $2, $3)
             on conflict (kind, subject) do update set at = excluded.at"
        )
        .bind(kind)
        .bind(subject.as_slice())
        .bind(at.0)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Takes a timer away.
    pub async fn stop_timer(&mut self, kind: &str, subject: &[u8; 16]) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from due where kind = $1 and subject = $2")
            .bind(kind)
            .bind(subject.as_slice())
            .execute(conn)
            .await
            .map(drop))
    }

    /// Claims one timer that is due, the oldest. Nobody else gets it.
    pub async fn claim_due(&mut self, now: Timestamp) -> Result<Option<Due>, StoreError> {
        let row: Option<(String, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "delete from due where (kind, subject) in
                 (select kind, subject from due where at <= $1 order by at, kind, subject limit 1)
             returning kind, subject"
        )
        .bind(now.0)
        .fetch_optional(conn)
        .await)?;
        row.map(|(kind, subject)| Ok(Due { kind, subject: id(&subject, |bytes| bytes)? }))
            .transpose()
    }

    /// When the next timer is due.
    pub async fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            on!(self, |conn| sqlx::query_scalar("select min(at) from due").fetch_one(conn).await)?;
        Ok(at.map(Timestamp))
    }
}
