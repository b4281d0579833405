//! Lines of a spreadsheet that were repaired, and the orders that it made.

use vyezd_core::model::{ItemId, OrderId};

use super::{ImportState, StoreError, Tx, id, on};

/// An order that an import made.
#[derive(Debug, Clone, Copy)]
pub struct MadeOrder {
    pub order: OrderId,
    /// The line of the file that it was made from.
    pub line: i64,
    /// Version of the card that the import wrote last.
    pub version: i64,
}

impl Tx {
    /// Locks an import until the commit: lines are repaired and undone one after another.
    pub async fn lock_import(&mut self, job: ItemId) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update import_job set run = run where id = $1")
            .bind(job.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))
    }

    /// Problems with their places in the list.
    pub async fn import_problem_rows(
        &mut self,
        job: ItemId,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select position, body from import_problem where job_id = $1 order by position"
        )
        .bind(job.bytes().as_slice())
        .fetch_all(conn)
        .await)
    }

    pub async fn drop_import_problem(
        &mut self,
        job: ItemId,
        position: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "delete from import_problem where job_id = $1 and position = $2"
        )
        .bind(job.bytes().as_slice())
        .bind(position)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Repaired lines and their cells, JSON.
    pub async fn import_repairs(&mut self, job: ItemId) -> Result<Vec<(i64, String)>, StoreError> {
        on!(self, |conn| sqlx::query_as("select line, cells from import_repair where job_id = $1")
            .bind(job.bytes().as_slice())
            .fetch_all(conn)
            .await)
    }

    pub async fn put_import_repair(
        &mut self,
        job: ItemId,
        line: i64,
        cells: &str,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into import_repair (job_id, line, cells) values ($1, $2, $3)
             on conflict (job_id, line) do update set cells = excluded.cells"
        )
        .bind(job.bytes().as_slice())
        .bind(line)
        .bind(cells)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Counts orders of repaired lines: those that were taken, and those that the file as it was read
    /// first did not have.
    pub async fn add_import_taken(
        &mut self,
        job: ItemId,
        (taken, more): (i64, i64),
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update import_job set taken = taken + $2, total = total + $3, done = done + $3
             where id = $1"
        )
        .bind(job.bytes().as_slice())
        .bind(taken)
        .bind(more)
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn set_import_state(
        &mut self,
        job: ItemId,
        state: ImportState,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update import_job set state = $2 where id = $1")
            .bind(job.bytes().as_slice())
            .bind(state.as_str())
            .execute(conn)
            .await
            .map(drop))
    }

    /// Notes that the import wrote this version of an order's card.
    pub async fn note_import_made(
        &mut self,
        job: ItemId,
        MadeOrder { order, line, version }: MadeOrder,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into import_made (job_id, order_id, line, version) values ($1, $2, $4, $3)
             on conflict (job_id, order_id) do update set version = excluded.version"
        )
        .bind(job.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(version)
        .bind(line)
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn import_made(&mut self, job: ItemId) -> Result<Vec<MadeOrder>, StoreError> {
        let rows: Vec<(Vec<u8>, i64, i64)> = on!(self, |conn| {
            sqlx::query_as(
            "select order_id, line, version from import_made where job_id = $1 order by order_id"
        )
        .bind(job.bytes().as_slice())
        .fetch_all(conn)
        .await
        })?;
        let made = |(order, line, version): (Vec<u8>, i64, i64)| {
            Ok(MadeOrder { order: id(&order, OrderId::from_bytes)?, line, version })
        };
        rows.into_iter().map(made).collect()
    }
}
