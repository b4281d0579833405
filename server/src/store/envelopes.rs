//! Records that come with changes and outlive snapshots: envelopes, refused batches, receipts.

use vyezd_core::codec::encode;
use vyezd_core::frame::{Batch, Receipt, ReceiptOutcome};
use vyezd_core::model::{DeviceId, InstallId, ItemId, OrderId};

use super::docs::ROWS_AT_ONCE;
use super::{StoreError, Tx, marks, marks_of_rows, on, record};

impl Tx {
    /// Keeps admitted batches with their envelopes, each with its place in the stream and its operations.
    pub async fn keep_batches(&mut self, kept: &[(&Batch, i64, u64)]) -> Result<(), StoreError> {
        for kept in kept.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "insert into batch (item, order_id, device_id, seq, body, changes, ops) values {}
                 on conflict (item) do nothing",
                marks_of_rows(kept.len(), 7)
            );
            on!(&mut *self, |conn| {
                let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
                for (batch, seq, ops) in kept {
                    query = query
                        .bind(batch.item().bytes().to_vec())
                        .bind(batch.doc.bytes().to_vec())
                        .bind(batch.device.bytes().to_vec())
                        .bind(seq)
                        .bind(encode(*batch))
                        .bind(batch.changes.len() as i64)
                        .bind(*ops as i64);
                }
                query.execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Keeps a refused batch with its reason.
    pub async fn keep_refused(
        &mut self,
        batch: &Batch,
        receipt: &Receipt,
        (sender, now): (DeviceId, i64),
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into refused_batch
                 (item, order_id, device_id, at, state, code, message, body, sender)
             values ($1, $2, $3, $4, $8, $5, $6, $7, $9) on conflict (item) do nothing"
        )
        .bind(receipt.item.bytes().as_slice())
        .bind(batch.doc.bytes().as_slice())
        .bind(batch.device.bytes().as_slice())
        .bind(now)
        .bind(&receipt.code)
        .bind(&receipt.message)
        .bind(encode(batch))
        .bind(if receipt.outcome == ReceiptOutcome::Quarantined {
            "quarantined"
        } else {
            "refused"
        })
        .bind(sender.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))
    }

    /// Number and bytes of a phone's refused batches that wait for a decision.
    pub async fn refused_of(&mut self, sender: DeviceId) -> Result<(i64, i64), StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select count(*), cast(coalesce(sum(length(body)), 0) as bigint) from refused_batch
             where sender = $1 and state in ('refused', 'quarantined')"
        )
        .bind(sender.bytes().as_slice())
        .fetch_one(conn)
        .await)
    }

    /// Refused batches of an order: when, code, words.
    pub async fn refused(
        &mut self,
        order: OrderId,
    ) -> Result<Vec<(i64, String, String)>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select at, code, message from refused_batch where order_id = $1 order by at"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)
    }

    pub async fn put_receipts(
        &mut self,
        install: InstallId,
        receipts: &[&Receipt],
        now: i64,
    ) -> Result<(), StoreError> {
        for receipts in receipts.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "insert into receipt (install, item, at, body) values {} on conflict do nothing",
                marks_of_rows(receipts.len(), 4)
            );
            on!(&mut *self, |conn| {
                let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
                for receipt in receipts {
                    query = query
                        .bind(install.bytes().to_vec())
                        .bind(receipt.item.bytes().to_vec())
                        .bind(now)
                        .bind(encode(*receipt));
                }
                query.execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Receipts given earlier for some of these items.
    pub async fn receipts(
        &mut self,
        install: InstallId,
        items: &[ItemId],
    ) -> Result<Vec<Receipt>, StoreError> {
        let mut found = Vec::new();
        for items in items.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "select body from receipt where install = $1 and item in ({})",
                marks(1, items.len())
            );
            let bodies: Vec<Vec<u8>> = on!(&mut *self, |conn| {
                let mut query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
                query = query.bind(install.bytes().to_vec());
                for item in items {
                    query = query.bind(item.bytes().to_vec());
                }
                query.fetch_all(conn).await
            })?;
            for body in bodies {
                found.push(record(&body)?);
            }
        }
        Ok(found)
    }
}
