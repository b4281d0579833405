//! Documents: append-only chunks, batches with their envelopes, receipts.

use vyezd_core::frame::{Batch, Receipt, encode};
use vyezd_core::model::{DeviceId, InstallId, ItemId, OrderId, PersonId, VisitId};

use super::{StoreError, Tx, id, on, record};

impl Tx {
    /// Appends a chunk. Returns its place in the stream.
    pub async fn append_chunk(
        &mut self,
        order: OrderId,
        device: Option<DeviceId>,
        body: &[u8],
    ) -> Result<i64, StoreError> {
        let seq = self.next_seq().await?;
        on!(&mut *self, |conn| sqlx::query(
            "insert into chunk (order_id, seq, device_id, body) values ($1, $2, $3, $4)"
        )
        .bind(order.bytes().as_slice())
        .bind(seq)
        .bind(device.map(|device| device.bytes().to_vec()))
        .bind(body)
        .execute(conn)
        .await
        .map(drop))?;
        on!(&mut *self, |conn| sqlx::query(
            "insert into doc (order_id, last_seq) values ($1, $2)
             on conflict (order_id) do update set last_seq = excluded.last_seq"
        )
        .bind(order.bytes().as_slice())
        .bind(seq)
        .execute(conn)
        .await
        .map(drop))?;
        Ok(seq)
    }

    /// The chunks of a document, in order; those after `after` only.
    pub async fn chunks(&mut self, order: OrderId, after: i64) -> Result<Vec<Vec<u8>>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select body from chunk where order_id = $1 and seq > $2 order by seq"
        )
        .bind(order.bytes().as_slice())
        .bind(after)
        .fetch_all(conn)
        .await)
    }

    /// Locks a document until the commit, so that two admissions do not pass each other.
    pub async fn lock_doc(&mut self, order: OrderId) -> Result<bool, StoreError> {
        let found: Option<i64> = on!(self, |conn| sqlx::query_scalar(
            "update doc set last_seq = last_seq where order_id = $1 returning last_seq"
        )
        .bind(order.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        Ok(found.is_some())
    }

    /// Keeps an admitted batch with its envelope.
    pub async fn keep_batch(&mut self, batch: &Batch, seq: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into batch (item, order_id, device_id, seq, body) values ($1, $2, $3, $4, $5)
             on conflict (item) do nothing"
        )
        .bind(batch.item().bytes().as_slice())
        .bind(batch.doc.bytes().as_slice())
        .bind(batch.device.bytes().as_slice())
        .bind(seq)
        .bind(encode(batch))
        .execute(conn)
        .await
        .map(drop))
    }

    /// Keeps a refused batch with its reason.
    pub async fn keep_refused(
        &mut self,
        batch: &Batch,
        receipt: &Receipt,
        now: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into refused_batch (item, order_id, device_id, at, code, message, body)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (item) do nothing"
        )
        .bind(receipt.item.bytes().as_slice())
        .bind(batch.doc.bytes().as_slice())
        .bind(batch.device.bytes().as_slice())
        .bind(now)
        .bind(&receipt.code)
        .bind(&receipt.message)
        .bind(encode(batch))
        .execute(conn)
        .await
        .map(drop))
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

    /// Remembers a receipt.
    pub async fn put_receipt(
        &mut self,
        install: InstallId,
        receipt: &Receipt,
        now: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into receipt (install, item, at, body) values ($1, $2, $3, $4)
             on conflict do nothing"
        )
        .bind(install.bytes().as_slice())
        .bind(receipt.item.bytes().as_slice())
        .bind(now)
        .bind(encode(receipt))
        .execute(conn)
        .await
        .map(drop))
    }

    /// A receipt given earlier.
    pub async fn receipt(
        &mut self,
        install: InstallId,
        item: ItemId,
    ) -> Result<Option<Receipt>, StoreError> {
        let body: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select body from receipt where install = $1 and item = $2"
        )
        .bind(install.bytes().as_slice())
        .bind(item.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        body.map(|body| record(&body)).transpose()
    }

    /// A visit is minted.
    pub async fn add_visit(
        &mut self,
        visit: VisitId,
        order: OrderId,
        person: PersonId,
        now: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into visit (id, order_id, person_id, made_at) values ($1, $2, $3, $4)"
        )
        .bind(visit.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    }

    /// The visits of an order and whose they are.
    pub async fn visits(&mut self, order: OrderId) -> Result<Vec<(VisitId, PersonId)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select id, person_id from visit where order_id = $1 order by made_at, id"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter()
            .map(|(v, p)| Ok((id(v, VisitId::from_bytes)?, id(p, PersonId::from_bytes)?)))
            .collect()
    }
}
