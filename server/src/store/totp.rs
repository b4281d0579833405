//! Secrets of authenticator apps, one a person at most.

use std::collections::BTreeSet;

use vyezd_core::model::PersonId;

use super::{StoreError, Tx, id, on};

/// A secret that a person's app and the server share.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TotpRow {
    pub secret: Vec<u8>,
    /// Time of the first code from the person, unix ms; from then on each log-in needs one.
    pub confirmed_at: Option<i64>,
    /// The last step whose code was used: none is good twice (RFC 6238 section 5.2).
    pub step: i64,
}

impl Tx {
    /// The secret of a person, confirmed or not.
    pub async fn totp(&mut self, person: PersonId) -> Result<Option<TotpRow>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select secret, confirmed_at, step from totp where person_id = $1"
        )
        .bind(person.bytes().as_slice())
        .fetch_optional(conn)
        .await)
    }

    /// Everybody whose log-in needs a code.
    pub async fn people_with_totp(&mut self) -> Result<BTreeSet<PersonId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select person_id from totp where confirmed_at is not null"
        )
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|bytes| id(bytes, PersonId::from_bytes)).collect()
    }

    /// Proposes a new secret in place of one that was never confirmed. `false`: a confirmed secret
    /// exists and stays.
    pub async fn propose_totp(
        &mut self,
        person: PersonId,
        secret: &[u8],
    ) -> Result<bool, StoreError> {
        let done: Option<i64> = on!(self, |conn| sqlx::query_scalar(
            "insert into totp (person_id, secret, step) values ($1, $2, 0)
             on conflict (person_id) do update set secret = excluded.secret, step = 0
                 where totp.confirmed_at is null
             returning step"
        )
        .bind(person.bytes().as_slice())
        .bind(secret)
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }

    /// Confirms a secret by its first code: from now on each log-in needs one. `false`: another
    /// secret is stored.
    pub async fn confirm_totp(
        &mut self,
        person: PersonId,
        (secret, step): (&[u8], i64),
        now: i64,
    ) -> Result<bool, StoreError> {
        let done: Option<i64> = on!(self, |conn| sqlx::query_scalar(
            "update totp set confirmed_at = $4, step = $3
             where person_id = $1 and secret = $2 and confirmed_at is null returning step"
        )
        .bind(person.bytes().as_slice())
        .bind(secret)
        .bind(step)
        .bind(now)
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }

    /// Uses the code of a step. `false`: this step or a later one was used before, or the secret is
    /// another by now.
    pub async fn use_totp(
        &mut self,
        person: PersonId,
        (secret, step): (&[u8], i64),
    ) -> Result<bool, StoreError> {
        let done: Option<i64> = on!(self, |conn| sqlx::query_scalar(
            "update totp set step = $3
             where person_id = $1 and secret = $2 and step < $3 and confirmed_at is not null
             returning step"
        )
        .bind(person.bytes().as_slice())
        .bind(secret)
        .bind(step)
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }

    /// Log-ins of a person need no code any more. `false`: none was needed before.
    pub async fn drop_totp(&mut self, person: PersonId) -> Result<bool, StoreError> {
        let done: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "delete from totp where person_id = $1 returning secret"
        )
        .bind(person.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }
}
