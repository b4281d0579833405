//! Documents: append-only chunks and their heads.

use std::collections::BTreeMap;

use minicbor::bytes::ByteVec;
use vyezd_core::gate::Usage;
use vyezd_core::model::{DeviceId, InstallId, OrderId, PersonId, VisitId};
use vyezd_core::reconcile::term;

use super::{StoreError, Tx, id, listed, marks_of_rows, on};

/// Rows that one statement takes at most; far below what either database allows.
pub(super) const ROWS_AT_ONCE: usize = 500;

#[derive(Debug, Clone, Copy)]
pub struct Moved {
    pub order: OrderId,
    /// Place of the change in the stream.
    pub seq: i64,
    /// The document's term in a digest before the change.
    pub before: u128,
    /// The term after the change.
    pub after: u128,
}

/// Changes about to be appended to one document.
pub struct Incoming<'a> {
    /// The document after the append.
    pub moved: Moved,
    heads: Vec<u8>,
    chunks: Vec<NewChunk<'a>>,
}

struct NewChunk<'a> {
    order: OrderId,
    seq: i64,
    from: Option<(DeviceId, InstallId)>,
    body: &'a [u8],
}

impl<'a> Incoming<'a> {
    /// Nothing yet, for a document that counts for `term` now.
    pub const fn new(order: OrderId, term: u128) -> Self {
        let moved = Moved { order, seq: 0, before: term, after: term };
        Self { moved, heads: Vec::new(), chunks: Vec::new() }
    }

    /// Changes of one author from a place on, with the heads afterwards.
    pub fn add(
        &mut self,
        first: i64,
        from: Option<(DeviceId, InstallId)>,
        bodies: &[&'a [u8]],
        heads: &[ByteVec],
    ) {
        let order = self.moved.order;
        let chunks = (first..).zip(bodies);
        self.chunks.extend(chunks.map(|(seq, body)| NewChunk { order, seq, from, body }));
        self.moved.seq = first + bodies.len() as i64 - 1;
        self.moved.after = term(order, heads);
        self.heads = heads.iter().flat_map(|head| head.iter().copied()).collect();
    }
}

/// A document, read for the judgement of its changes.
#[derive(Debug, Default)]
pub struct ReadDoc {
    pub bytes: Vec<u8>,
    pub version: i64,
    /// The visits of the order with their people; visits of a declined offer are left out.
    pub visits: Vec<(VisitId, PersonId)>,
    /// People whose phones hold the order now, and those who transferred the order themselves:
    /// their remarks may still be under way.
    pub scope: Vec<PersonId>,
    /// Amounts that each person has written into the document so far.
    pub usage: BTreeMap<PersonId, Usage>,
}

impl Tx {
    /// Appends changes to a document, all of one author, and moves everybody whose phone holds it.
    /// Returns the places in the stream, one for each.
    pub async fn append(
        &mut self,
        order: OrderId,
        from: Option<(DeviceId, InstallId)>,
        bodies: &[&[u8]],
        heads: &[ByteVec],
    ) -> Result<Vec<i64>, StoreError> {
        if bodies.is_empty() {
            return Ok(Vec::new());
        }
        let first = self.reserve(bodies.len() as i64).await?;
        let mut incoming = Incoming::new(order, self.doc_term(order).await?);
        incoming.add(first, from, bodies, heads);
        let moved = incoming.moved;
        self.append_many(&[&incoming]).await?;
        self.move_orders(&[moved]).await?;
        Ok((first..=moved.seq).collect())
    }

    /// Appends to several documents at once, at reserved places. The caller moves the scopes of
    /// these orders.
    pub async fn append_many(&mut self, incoming: &[&Incoming<'_>]) -> Result<(), StoreError> {
        let chunks: Vec<_> = incoming.iter().flat_map(|of| &of.chunks).collect();
        for chunks in chunks.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "insert into chunk (order_id, seq, device_id, install, snapshot, body) values {}",
                marks_of_rows(chunks.len(), 6)
            );
            on!(&mut *self, |conn| {
                let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
                for chunk in chunks {
                    query = query
                        .bind(chunk.order.bytes().to_vec())
                        .bind(chunk.seq)
                        .bind(chunk.from.map(|(device, _)| device.bytes().to_vec()))
                        .bind(chunk.from.map(|(_, install)| install.bytes().to_vec()))
                        .bind(false)
                        .bind(chunk.body);
                }
                query.execute(conn).await.map(drop)
            })?;
        }
        for docs in incoming.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "insert into doc (order_id, last_seq, heads, term, chunks, bytes) values {}
                 on conflict (order_id) do update set
                     last_seq = excluded.last_seq, heads = excluded.heads, term = excluded.term,
                     chunks = doc.chunks + excluded.chunks, bytes = doc.bytes + excluded.bytes",
                marks_of_rows(docs.len(), 6)
            );
            on!(&mut *self, |conn| {
                let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
                for doc in docs {
                    let bytes: usize = doc.chunks.iter().map(|chunk| chunk.body.len()).sum();
                    query = query
                        .bind(doc.moved.order.bytes().to_vec())
                        .bind(doc.moved.seq)
                        .bind(doc.heads.clone())
                        .bind(doc.moved.after.to_be_bytes().to_vec())
                        .bind(doc.chunks.len() as i64)
                        .bind(bytes as i64);
                }
                query.execute(conn).await.map(drop)
            })?;
        }
        Ok(())
    }

    async fn put_chunk(
        &mut self,
        order: OrderId,
        seq: i64,
        from: Option<(DeviceId, InstallId)>,
        snapshot: bool,
        body: &[u8],
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into chunk (order_id, seq, device_id, install, snapshot, body)
             values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(order.bytes().as_slice())
        .bind(seq)
        .bind(from.map(|(device, _)| device.bytes().to_vec()))
        .bind(from.map(|(_, install)| install.bytes().to_vec()))
        .bind(snapshot)
        .bind(body)
        .execute(conn)
        .await
        .map(drop))
    }

    /// The document's term in a digest; zero where there is no document.
    pub async fn doc_term(&mut self, order: OrderId) -> Result<u128, StoreError> {
        let term: Option<Vec<u8>> =
            on!(self, |conn| sqlx::query_scalar("select term from doc where order_id = $1")
                .bind(order.bytes().as_slice())
                .fetch_optional(conn)
                .await)?;
        Ok(term.and_then(|t| t.try_into().ok()).map_or(0, u128::from_be_bytes))
    }

    /// The heads of a document, 32 bytes each, sorted.
    pub async fn doc_heads(&mut self, order: OrderId) -> Result<Vec<ByteVec>, StoreError> {
        let heads: Option<Vec<u8>> =
            on!(self, |conn| sqlx::query_scalar("select heads from doc where order_id = $1")
                .bind(order.bytes().as_slice())
                .fetch_optional(conn)
                .await)?;
        Ok(split_heads(&heads.unwrap_or_default()))
    }

    /// Writes the head index of a document anew, as its chunks say.
    pub async fn set_doc_heads(
        &mut self,
        order: OrderId,
        heads: &[ByteVec],
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update doc set heads = $2, term = $3,
                 chunks = (select count(*) from chunk where chunk.order_id = doc.order_id)
             where order_id = $1"
        )
        .bind(order.bytes().as_slice())
        .bind(heads.iter().flat_map(|head| head.iter().copied()).collect::<Vec<u8>>())
        .bind(term(order, heads).to_be_bytes().to_vec())
        .execute(conn)
        .await
        .map(drop))
    }

    /// The version of a document: its last place in the stream.
    pub async fn doc_version(&mut self, order: OrderId) -> Result<Option<i64>, StoreError> {
        on!(self, |conn| sqlx::query_scalar("select last_seq from doc where order_id = $1")
            .bind(order.bytes().as_slice())
            .fetch_optional(conn)
            .await)
    }

    /// Every order that has a document.
    pub async fn all_docs(&mut self) -> Result<Vec<OrderId>, StoreError> {
        let rows: Vec<Vec<u8>> =
            on!(self, |conn| sqlx::query_scalar("select order_id from doc order by order_id")
                .fetch_all(conn)
                .await)?;
        rows.iter().map(|order| id(order, OrderId::from_bytes)).collect()
    }

    /// Documents with many chunks, to be folded.
    pub async fn docs_to_compact(
        &mut self,
        chunks: i64,
        most: i64,
    ) -> Result<Vec<OrderId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select order_id from doc where chunks > $1 order by chunks desc, order_id limit $2"
        )
        .bind(chunks)
        .bind(most)
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|order| id(order, OrderId::from_bytes)).collect()
    }

    /// Puts one snapshot in the place of all chunks of a document up to `seq`.
    pub async fn fold(
        &mut self,
        order: OrderId,
        seq: i64,
        snapshot: &[u8],
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query("delete from chunk where order_id = $1 and seq <= $2")
            .bind(order.bytes().as_slice())
            .bind(seq)
            .execute(conn)
            .await
            .map(drop))?;
        self.put_chunk(order, seq, None, true, snapshot).await?;
        on!(self, |conn| sqlx::query("update doc set chunks = 1, bytes = $2 where order_id = $1")
            .bind(order.bytes().as_slice())
            .bind(snapshot.len() as i64)
            .execute(conn)
            .await
            .map(drop))
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

    /// Documents with their chunks and visits; those that are not there are left out.
    pub async fn read_docs(
        &mut self,
        orders: &[OrderId],
    ) -> Result<BTreeMap<OrderId, ReadDoc>, StoreError> {
        let mut docs = BTreeMap::new();
        for (order, version, _) in self.versions(orders).await? {
            docs.insert(order, ReadDoc { version, ..ReadDoc::default() });
        }
        let chunks: Vec<(Vec<u8>, Vec<u8>)> = listed!(
            self,
            orders,
            "select order_id, body from chunk where order_id in ({}) order by order_id, seq"
        );
        for (order, body) in chunks {
            if let Some(doc) = docs.get_mut(&id(&order, OrderId::from_bytes)?) {
                doc.bytes.extend_from_slice(&body);
            }
        }
        let visits: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = listed!(
            self,
            orders,
            "select order_id, id, person_id from visit v where order_id in ({}) and (
                 not exists (select 1 from offer o where o.visit_id = v.id and o.state = 'declined')
                 or exists (select 1 from assignment a where a.visit_id = v.id))
             order by made_at, id"
        );
        for (order, visit, person) in visits {
            if let Some(doc) = docs.get_mut(&id(&order, OrderId::from_bytes)?) {
                let visit = id(&visit, VisitId::from_bytes)?;
                doc.visits.push((visit, id(&person, PersonId::from_bytes)?));
            }
        }
        self.read_authors(orders, &mut docs).await?;
        Ok(docs)
    }

    /// The scopes of these orders, and each person's amounts in their documents.
    async fn read_authors(
        &mut self,
        orders: &[OrderId],
        docs: &mut BTreeMap<OrderId, ReadDoc>,
    ) -> Result<(), StoreError> {
        let scope: Vec<(Vec<u8>, Vec<u8>)> = listed!(
            self,
            orders,
            "select order_id, person_id from (
                 select order_id, person_id from scope_doc where left_seq is null
                 union select order_id, person_id from visit where handed) as reach
             where order_id in ({}) order by order_id, person_id"
        );
        for (order, person) in scope {
            if let Some(doc) = docs.get_mut(&id(&order, OrderId::from_bytes)?) {
                doc.scope.push(id(&person, PersonId::from_bytes)?);
            }
        }
        /// Order, person, bytes, changes, operations.
        type Wrote = (Vec<u8>, Vec<u8>, i64, i64, i64);
        let wrote: Vec<Wrote> = listed!(
            self,
            orders,
            "select b.order_id, d.person_id, cast(sum(length(b.body)) as bigint),
                    cast(sum(b.changes) as bigint), cast(sum(b.ops) as bigint)
             from batch b join device d on d.id = b.device_id
             where b.order_id in ({}) group by b.order_id, d.person_id"
        );
        for (order, person, bytes, changes, ops) in wrote {
            if let Some(doc) = docs.get_mut(&id(&order, OrderId::from_bytes)?) {
                let usage = Usage { bytes: bytes as u64, changes: changes as u64, ops: ops as u64 };
                doc.usage.insert(id(&person, PersonId::from_bytes)?, usage);
            }
        }
        Ok(())
    }

    /// Places of documents in the stream, with their terms in a digest.
    async fn versions(
        &mut self,
        orders: &[OrderId],
    ) -> Result<Vec<(OrderId, i64, u128)>, StoreError> {
        let rows: Vec<(Vec<u8>, i64, Vec<u8>)> = listed!(
            self,
            orders,
            "select order_id, last_seq, term from doc where order_id in ({})"
        );
        rows.into_iter()
            .map(|(order, seq, term)| {
                let term = term.try_into().map_or(0, u128::from_be_bytes);
                Ok((id(&order, OrderId::from_bytes)?, seq, term))
            })
            .collect()
    }

    /// Locks documents and their orders until the commit; their places, and their terms in a
    /// digest.
    pub async fn lock_docs(
        &mut self,
        orders: &[OrderId],
    ) -> Result<BTreeMap<OrderId, (i64, u128)>, StoreError> {
        if !self.is_alone() {
            for order in orders {
                self.lock_order(*order).await?;
                self.lock_doc(*order).await?;
            }
        }
        let rows = self.versions(orders).await?;
        Ok(rows.into_iter().map(|(order, seq, term)| (order, (seq, term))).collect())
    }

    /// Locks a document until the commit, so that two admissions do not pass each other. Its version;
    /// nothing where there is none.
    pub async fn lock_doc(&mut self, order: OrderId) -> Result<Option<i64>, StoreError> {
        if self.is_alone() {
            return self.doc_version(order).await;
        }
        on!(self, |conn| sqlx::query_scalar(
            "update doc set last_seq = last_seq where order_id = $1 returning last_seq"
        )
        .bind(order.bytes().as_slice())
        .fetch_optional(conn)
        .await)
    }
}

/// Heads as they are kept: one after another.
pub fn split_heads(bytes: &[u8]) -> Vec<ByteVec> {
    bytes.chunks_exact(32).map(|head| head.to_vec().into()).collect()
}
