//! The one row about this installation as a whole: data set, reference data, backup, recovery.

use super::{StoreError, Tx, on};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Run {
    /// Place in the stream now.
    pub last: i64,
    /// Whether this database knows the start.
    pub known: bool,
    /// Place in the stream at the next start; nothing for the latest start.
    pub ended: Option<i64>,
}

impl Tx {
    /// The epoch of the data set; `fresh` becomes it where there is none yet.
    pub async fn epoch(&mut self, fresh: i64) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "update installation set epoch = case when epoch = 0 then $1 else epoch end
             where one = 1 returning epoch"
        )
        .bind(fresh)
        .fetch_one(conn)
        .await)
    }

    pub async fn begin_run(&mut self, run: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into run (id, n, from_seq)
             select $1, (select coalesce(max(n), 0) + 1 from run), last from stream where one = 1
             on conflict do nothing"
        )
        .bind(run)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Whether a server worked with this database already.
    pub async fn was_started(&mut self) -> Result<bool, StoreError> {
        let runs: i64 =
            on!(self, |conn| sqlx::query_scalar("select count(*) from run").fetch_one(conn).await)?;
        Ok(runs > 0)
    }

    /// A start of the server, as this database knows it.
    pub async fn run(&mut self, run: i64) -> Result<Run, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select s.last, r.n is not null as known,
                    (select later.from_seq from run later where later.n > r.n
                     order by later.n limit 1) as ended
             from stream s left join run r on r.id = $1 where s.one = 1"
        )
        .bind(run)
        .fetch_one(conn)
        .await)
    }

    /// The version of the reference data.
    pub async fn reference_version(&mut self) -> Result<u64, StoreError> {
        let version: i64 = on!(self, |conn| sqlx::query_scalar(
            "select reference_version from installation where one = 1"
        )
        .fetch_one(conn)
        .await)?;
        Ok(version as u64)
    }

    /// The reference data changed: every phone gets it with its next sync.
    pub async fn raise_reference_version(&mut self) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update installation set reference_version = reference_version + 1 where one = 1"
        )
        .execute(conn)
        .await
        .map(drop))
    }

    /// Sets the address of the clients' pages. Another address than at the last start is sent to
    /// every phone.
    pub async fn move_to(&mut self, public_url: &str) -> Result<(), StoreError> {
        let known = self.meta_once("public_url", public_url.as_bytes()).await?;
        if known != public_url.as_bytes() {
            self.set_meta("public_url", public_url.as_bytes()).await?;
            self.raise_reference_version().await?;
        }
        Ok(())
    }

    pub async fn public_url(&mut self) -> Result<String, StoreError> {
        let bytes = self.meta("public_url").await?.unwrap_or_default();
        String::from_utf8(bytes).map_err(|error| StoreError::Decode(error.into()))
    }

    /// Notes a copy with everything up to a place. Phones learn of the copy before it: forgotten
    /// items are then in two copies, because the newest may turn out to be damaged.
    pub async fn note_backup(&mut self, seq: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update installation set backed_up_seq = newest_copy_seq, newest_copy_seq = $1
             where one = 1 and newest_copy_seq <= $1"
        )
        .bind(seq)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Another data set begins, and the ledger recovers until an administrator confirms. `false`:
    /// somebody began it a moment ago.
    pub async fn begin_recovery(
        &mut self,
        (old, new): (i64, i64),
        now: i64,
    ) -> Result<bool, StoreError> {
        let began: Option<i64> = on!(self, |conn| sqlx::query_scalar(
            "update installation
             set epoch = $1, recovering = true, recovering_since = $2, backed_up_seq = 0,
                 newest_copy_seq = 0
             where one = 1 and epoch = $3 returning epoch"
        )
        .bind(new)
        .bind(now)
        .bind(old)
        .fetch_optional(conn)
        .await)?;
        Ok(began.is_some())
    }

    pub async fn recovering_since(&mut self) -> Result<Option<i64>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select case when recovering then coalesce(recovering_since, 0) end
             from installation where one = 1"
        )
        .fetch_one(conn)
        .await)
    }

    pub async fn end_recovery(&mut self) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update installation set recovering = false where one = 1")
            .execute(conn)
            .await
            .map(drop))
    }

    /// The stream jumps forward: places that phones saw must not be given out again.
    pub async fn raise_stream(&mut self, at_least: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update stream set last = $1 where one = 1 and last < $1")
            .bind(at_least)
            .execute(conn)
            .await
            .map(drop))
    }
}
