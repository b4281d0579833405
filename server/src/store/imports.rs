//! Spreadsheets on their way in: how far each is, and what was not taken of it.

use vyezd_core::model::{ItemId, PersonId, Timestamp};

use super::{ImportKind, ImportState, StoreError, Tx, id, on};

#[derive(Debug, Clone)]
pub struct ImportRow {
    pub id: ItemId,
    pub kind: ImportKind,
    pub person: PersonId,
    pub who: String,
    /// The performer for readings whose order has no holder.
    pub whom: Option<PersonId>,
    /// When, unix ms.
    pub at: i64,
    pub state: ImportState,
    /// Every order is tried and rolled back; nothing is taken.
    pub trial: bool,
    /// People are asked about its orders from this instant on, unix ms; none: at once.
    pub offers_from: Option<i64>,
    /// How many orders there are in it.
    pub total: i64,
    /// How many of them were looked at.
    pub done: i64,
    pub taken: i64,
    /// The line of the file where it stands.
    pub line: i64,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct ImportStep {
    /// How many orders were looked at.
    pub done: i64,
    pub taken: i64,
    /// The line of the file where it stands.
    pub line: i64,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Vec<u8>,
    kind: String,
    person_id: Vec<u8>,
    who: String,
    whom: Option<Vec<u8>>,
    at: i64,
    state: String,
    trial: bool,
    offers_from: Option<i64>,
    total: i64,
    done: i64,
    taken: i64,
    line: i64,
}

impl TryFrom<Raw> for ImportRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&raw.id, ItemId::from_bytes)?,
            kind: ImportKind::try_from(raw.kind)?,
            person: id(&raw.person_id, PersonId::from_bytes)?,
            who: raw.who,
            whom: raw.whom.map(|whom| id(&whom, PersonId::from_bytes)).transpose()?,
            at: raw.at,
            state: raw.state.try_into()?,
            trial: raw.trial,
            offers_from: raw.offers_from,
            total: raw.total,
            done: raw.done,
            taken: raw.taken,
            line: raw.line,
        })
    }
}

impl Tx {
    /// Adds a spreadsheet; its file is kept until all rows are done.
    pub async fn add_import(
        &mut self,
        row: &ImportRow,
        file: &[u8],
        run: i64,
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into import_job
                 (id, kind, person_id, who, whom, at, state, total, done, taken, line, run,
                  alive_at, trial)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $6, $13)"
        )
        .bind(row.id.bytes().as_slice())
        .bind(row.kind.as_str())
        .bind(row.person.bytes().as_slice())
        .bind(&row.who)
        .bind(row.whom.map(|whom| whom.bytes().to_vec()))
        .bind(row.at)
        .bind(row.state.as_str())
        .bind(row.total)
        .bind(row.done)
        .bind(row.taken)
        .bind(row.line)
        .bind(run)
        .bind(row.trial)
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| sqlx::query("insert into import_file (job_id, file) values ($1, $2)")
            .bind(row.id.bytes().as_slice())
            .bind(file)
            .execute(conn)
            .await
            .map(drop))
    }

    pub async fn import(&mut self, job: ItemId) -> Result<Option<ImportRow>, StoreError> {
        let raw: Option<Raw> = on!(self, |conn| sqlx::query_as(
            "select id, kind, person_id, who, whom, at, state, trial, offers_from, total, done,
                    taken, line
             from import_job where id = $1"
        )
        .bind(job.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        raw.map(ImportRow::try_from).transpose()
    }

    /// The last imports, the newest first.
    pub async fn imports(&mut self, most: i64) -> Result<Vec<ImportRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select id, kind, person_id, who, whom, at, state, trial, offers_from, total, done,
                    taken, line
             from import_job order by at desc, id desc limit $1"
        )
        .bind(most)
        .fetch_all(conn)
        .await)?;
        raw.into_iter().map(ImportRow::try_from).collect()
    }

    /// Number of imports on their way.
    pub async fn imports_running(&mut self) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select count(*) from import_job where state = 'running'"
        )
        .fetch_one(conn)
        .await)
    }

    /// The file of an import; empty once it was let go.
    pub async fn import_file(&mut self, job: ItemId) -> Result<Vec<u8>, StoreError> {
        let file: Option<Vec<u8>> =
            on!(self, |conn| sqlx::query_scalar("select file from import_file where job_id = $1")
                .bind(job.bytes().as_slice())
                .fetch_optional(conn)
                .await)?;
        Ok(file.unwrap_or_default())
    }

    /// An order of an import was looked at. `false`: it is not this start's any more, and nothing of this
    /// transaction must stay.
    pub async fn step_import(
        &mut self,
        (job, run): (ItemId, i64),
        step: ImportStep,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        on!(self, |conn| sqlx::query(
            "update import_job set done = $3, taken = $4, line = $5, alive_at = $6
             where id = $1 and run = $2 and state = 'running'"
        )
        .bind(job.bytes().as_slice())
        .bind(run)
        .bind(step.done)
        .bind(step.taken)
        .bind(step.line)
        .bind(now.0)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() > 0))
    }

    pub async fn add_import_problem(
        &mut self,
        job: ItemId,
        position: i64,
        body: &str,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into import_problem (job_id, position, body) values ($1, $2, $3)
             on conflict do nothing"
        )
        .bind(job.bytes().as_slice())
        .bind(position)
        .bind(body)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Everything that was not taken, in the order of the file.
    pub async fn import_problems(&mut self, job: ItemId) -> Result<Vec<String>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select body from import_problem where job_id = $1 order by position"
        )
        .bind(job.bytes().as_slice())
        .fetch_all(conn)
        .await)
    }

    /// An import is over; its file stays to be looked at until the import is forgotten.
    pub async fn end_import(
        &mut self,
        (job, run): (ItemId, i64),
        state: ImportState,
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "update import_job set state = $3 where id = $1 and run = $2 and state = 'running'"
        )
        .bind(job.bytes().as_slice())
        .bind(run)
        .bind(state.as_str())
        .execute(conn)
        .await
        .map(drop))
    }

    /// Marks running imports without a sign of life since then as interrupted: another process or
    /// person may continue them.
    pub async fn interrupt_imports(&mut self, since: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update import_job set state = 'interrupted' where state = 'running' and alive_at <= $1"
        )
        .bind(since.0)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Takes an import that was interrupted for this start. `false`: there is none, or somebody was
    /// faster.
    pub async fn continue_import(
        &mut self,
        (job, run): (ItemId, i64),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        on!(self, |conn| sqlx::query(
            "update import_job set state = 'running', run = $2, alive_at = $3
             where id = $1 and state in ('interrupted', 'failed')"
        )
        .bind(job.bytes().as_slice())
        .bind(run)
        .bind(now.0)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() > 0))
    }

    /// Takes an import that was only tried for this start: what was said of it goes, and it begins anew. `false`:
    /// somebody was faster.
    pub async fn take_import(
        &mut self,
        (job, run): (ItemId, i64),
        now: Timestamp,
        offers_from: Option<i64>,
    ) -> Result<bool, StoreError> {
        let taken = on!(&mut *self, |conn| sqlx::query(
            "update import_job set state = 'running', trial = false, run = $2, alive_at = $3,
                 offers_from = $4, done = 0, taken = 0, line = 0
             where id = $1 and state = 'checked'"
        )
        .bind(job.bytes().as_slice())
        .bind(run)
        .bind(now.0)
        .bind(offers_from)
        .execute(conn)
        .await
        .map(|done| done.rows_affected() > 0))?;
        if taken {
            on!(self, |conn| sqlx::query("delete from import_problem where job_id = $1")
                .bind(job.bytes().as_slice())
                .execute(conn)
                .await
                .map(drop))?;
        }
        Ok(taken)
    }

    /// Stops a running import where it stands. `false`: it does not run.
    pub async fn stop_import(&mut self, job: ItemId) -> Result<bool, StoreError> {
        on!(self, |conn| sqlx::query(
            "update import_job set state = 'interrupted' where id = $1 and state = 'running'"
        )
        .bind(job.bytes().as_slice())
        .execute(conn)
        .await
        .map(|done| done.rows_affected() > 0))
    }

    /// Reports that are old enough go.
    pub async fn forget_imports(&mut self, before: Timestamp) -> Result<(), StoreError> {
        for sql in [
            "delete from import_problem where job_id in
                 (select id from import_job where at < $1 and state <> 'running')",
            "delete from import_repair where job_id in
                 (select id from import_job where at < $1 and state <> 'running')",
            "delete from import_file where job_id in
                 (select id from import_job where at < $1 and state <> 'running')",
            "delete from import_made where job_id in
                 (select id from import_job where at < $1 and state <> 'running')",
            "delete from import_type where job_id in
                 (select id from import_job where at < $1 and state <> 'running')",
            "delete from import_person where job_id in
                 (select id from import_job where at < $1 and state <> 'running')",
            "delete from import_job where at < $1 and state <> 'running'",
        ] {
            on!(&mut *self, |conn| sqlx::query(sql).bind(before.0).execute(conn).await.map(drop))?;
        }
        Ok(())
    }
}
