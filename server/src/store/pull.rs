//! Orders of a page, read for several at once: each query of SQLite wakes a thread, and a page has
//! hundreds of orders.

use std::collections::BTreeMap;

use minicbor::bytes::ByteVec;
use vyezd_core::model::{Card, InstallId, OrderId, PersonId, VisitId};

use super::{StoreError, Tx, id, listed, marks, on, padded, record, split_heads};

/// An order as a page carries it.
#[derive(Debug)]
pub struct PulledOrder {
    pub card: Card,
    pub heads: Vec<ByteVec>,
    pub visits: Vec<VisitId>,
    /// The chunks of its document after a place, in order.
    pub chunks: Vec<PulledChunk>,
}

/// A chunk, its place and the installation that sent it.
#[derive(Debug)]
pub struct PulledChunk {
    pub seq: i64,
    /// The installation; nothing: the server itself, or a snapshot of many.
    pub install: Option<InstallId>,
    pub body: Vec<u8>,
}

impl Tx {
    /// Orders for a person's phone, with the chunks after a place.
    pub async fn pulled(
        &mut self,
        person: PersonId,
        orders: &[OrderId],
        after: i64,
    ) -> Result<BTreeMap<OrderId, PulledOrder>, StoreError> {
        let mut pulled = BTreeMap::new();
        let cards: Vec<(Vec<u8>, Option<Vec<u8>>)> = listed!(
            self,
            orders,
            "select o.card, d.heads from orders o left join doc d on d.order_id = o.id
             where o.id in ({})"
        );
        for (card, heads) in cards {
            let card: Card = record(&card)?;
            let heads = split_heads(&heads.unwrap_or_default());
            pulled.insert(
                card.id,
                PulledOrder { card, heads, visits: Vec::new(), chunks: Vec::new() },
            );
        }
        let visits: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = listed!(
            self,
            orders,
            "select order_id, id, person_id from visit where order_id in ({}) order by made_at, id"
        );
        for (order, visit, whose) in visits {
            let own = whose == person.bytes();
            if let Some(of) = pulled.get_mut(&id(&order, OrderId::from_bytes)?).filter(|_| own) {
                of.visits.push(id(&visit, VisitId::from_bytes)?);
            }
        }
        for (order, seq, install, body) in self.chunks_of(orders, after).await? {
            if let Some(of) = pulled.get_mut(&id(&order, OrderId::from_bytes)?) {
                let install = install.map(|bytes| id(&bytes, InstallId::from_bytes)).transpose()?;
                of.chunks.push(PulledChunk { seq, install, body });
            }
        }
        Ok(pulled)
    }

    async fn chunks_of(
        &mut self,
        orders: &[OrderId],
        after: i64,
    ) -> Result<Vec<(Vec<u8>, i64, Option<Vec<u8>>, Vec<u8>)>, StoreError> {
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let orders = padded(orders);
        let sql = format!(
            "select order_id, seq, install, body from chunk
             where seq > $1 and order_id in ({}) order by order_id, seq",
            marks(1, orders.len())
        );
        on!(self, |conn| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(after);
            for order in orders {
                query = query.bind(order.bytes().to_vec());
            }
            query.fetch_all(conn).await
        })
    }

    /// Place of the first chunk of each of these documents after `after`; documents without one are
    /// left out.
    pub async fn first_chunks(
        &mut self,
        orders: &[OrderId],
        after: i64,
    ) -> Result<BTreeMap<OrderId, i64>, StoreError> {
        if orders.is_empty() {
            return Ok(BTreeMap::new());
        }
        let orders = padded(orders);
        let sql = format!(
            "select order_id, min(seq) from chunk where seq > $1 and order_id in ({})
             group by order_id",
            marks(1, orders.len())
        );
        let rows: Vec<(Vec<u8>, i64)> = on!(self, |conn| {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(after);
            for order in orders {
                query = query.bind(order.bytes().to_vec());
            }
            query.fetch_all(conn).await
        })?;
        rows.iter().map(|(order, seq)| Ok((id(order, OrderId::from_bytes)?, *seq))).collect()
    }
}
