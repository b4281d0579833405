//! Small things that belong to the installation as a whole: keys, epoch, versions.

use super::{StoreError, Tx, on};

impl Tx {
    pub async fn meta(&mut self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        on!(self, |conn| sqlx::query_scalar("select value from meta where key = $1")
            .bind(key)
            .fetch_optional(conn)
            .await)
    }

    /// The value of the installation, made once.
    pub async fn meta_once(&mut self, key: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into meta (key, value) values ($1, $2) on conflict (key) do nothing"
        )
        .bind(key)
        .bind(fresh)
        .execute(conn)
        .await
        .map(drop))?;
        self.meta(key).await?.ok_or(StoreError::RowNotFound)
    }

    /// Sets a value of the installation.
    pub async fn set_meta(&mut self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into meta (key, value) values ($1, $2)
             on conflict (key) do update set value = excluded.value"
        )
        .bind(key)
        .bind(value)
        .execute(conn)
        .await
        .map(drop))
    }
}
