//! Results of requests with an `Idempotency-Key`.

use vyezd_core::model::{PersonId, Timestamp};

use super::{StoreError, Tx, on};

/// A key of a caller, and what is known under it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MadeRow {
    /// SHA-256 of the request.
    pub request: Vec<u8>,
    /// Status of the answer; nothing while the answer is being made.
    pub status: Option<i64>,
    /// The content type of the answer.
    pub kind: Option<String>,
    pub body: Option<Vec<u8>>,
}

/// An `Idempotency-Key` with its caller.
#[derive(Debug, Clone, Copy)]
pub struct MadeKey<'a> {
    pub caller: PersonId,
    /// What stands in the database for the key.
    pub key: &'a str,
}

/// An answer to be given again.
#[derive(Debug, Clone, Copy)]
pub struct MadeAnswer<'a> {
    pub status: u16,
    /// The content type.
    pub kind: &'a str,
    pub body: &'a [u8],
}

impl Tx {
    /// Claims a key for a request. `false`: the key is known already.
    pub async fn claim_key(
        &mut self,
        of: MadeKey<'_>,
        request: &[u8],
        (now, oldest): (Timestamp, Timestamp),
    ) -> Result<bool, StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "delete from made where caller = $1 and key = $2 and at < $3"
        )
        .bind(of.caller.bytes().as_slice())
        .bind(of.key)
        .bind(oldest.0)
        .execute(conn)
        .await
        .map(drop))?;
        let done = on!(self, |conn| sqlx::query(
            "insert into made (caller, key, request, at) values ($1, $2, $3, $4)
             on conflict (caller, key) do nothing"
        )
        .bind(of.caller.bytes().as_slice())
        .bind(of.key)
        .bind(request)
        .bind(now.0)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// How many keys of a caller are kept.
    pub async fn count_keys(&mut self, caller: PersonId) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar("select count(*) from made where caller = $1")
            .bind(caller.bytes().as_slice())
            .fetch_one(conn)
            .await)
    }

    /// The stored request and answer of a key.
    pub async fn made(&mut self, of: MadeKey<'_>) -> Result<Option<MadeRow>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select request, status, kind, body from made where caller = $1 and key = $2"
        )
        .bind(of.caller.bytes().as_slice())
        .bind(of.key)
        .fetch_optional(conn)
        .await)
    }

    pub async fn keep_made(
        &mut self,
        of: MadeKey<'_>,
        answer: MadeAnswer<'_>,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update made set status = $3, kind = $4, body = $5 where caller = $1 and key = $2"
        )
        .bind(of.caller.bytes().as_slice())
        .bind(of.key)
        .bind(i64::from(answer.status))
        .bind(answer.kind)
        .bind(answer.body)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Nothing was made: the key may be used again.
    pub async fn free_key(&mut self, of: MadeKey<'_>) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from made where caller = $1 and key = $2")
            .bind(of.caller.bytes().as_slice())
            .bind(of.key)
            .execute(conn)
            .await
            .map(drop))
    }

    /// Forgets keys past their time, a bounded number at once.
    pub async fn forget_keys(&mut self, before: Timestamp, most: i64) -> Result<u64, StoreError> {
        on!(self, |conn| sqlx::query(
            "delete from made where (caller, key) in
                 (select caller, key from made where at < $1 order by at limit $2)"
        )
        .bind(before.0)
        .bind(most)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))
    }
}
