//! Portraits of people.

use vyezd_core::model::PersonId;

use super::{StoreError, Tx, on};

/// A portrait, a JPEG.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Portrait {
    /// SHA-256 of the picture, hex.
    pub sha256: String,
    pub picture: Vec<u8>,
}

impl Tx {
    pub async fn portrait(&mut self, of: PersonId) -> Result<Option<Portrait>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select sha256, picture from portrait where person_id = $1"
        )
        .bind(of.bytes().as_slice())
        .fetch_optional(conn)
        .await)
    }

    pub async fn put_portrait(&mut self, of: PersonId, new: &Portrait) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into portrait (person_id, sha256, picture) values ($1, $2, $3)
             on conflict (person_id) do update
             set sha256 = excluded.sha256, picture = excluded.picture"
        )
        .bind(of.bytes().as_slice())
        .bind(&new.sha256)
        .bind(&new.picture)
        .execute(conn)
        .await
        .map(drop))
    }

    /// `false`: there was none.
    pub async fn drop_portrait(&mut self, of: PersonId) -> Result<bool, StoreError> {
        on!(self, |conn| sqlx::query("delete from portrait where person_id = $1")
            .bind(of.bytes().as_slice())
            .execute(conn)
            .await
            .map(|done| done.rows_affected() > 0))
    }
}
