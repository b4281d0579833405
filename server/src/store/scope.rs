//! Scopes: the orders that a person's phones hold, the place of each scope in the stream, and the
//! digest of its documents.
//!
//! A change that a phone should know of also moves the scope's row, in the same transaction and
//! after the change took its place in the stream: a phone that asks needs to see one row.

use std::collections::BTreeMap;

use vyezd_core::model::{DeviceId, OrderId, PersonId};
use vyezd_core::reconcile::Digest;

use super::{Moved, StoreError, Tx, id, on};

/// State of a phone and its scope, read in one query.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PhoneStatus {
    pub person_id: Vec<u8>,
    pub active: bool,
    /// The phone's access was taken away.
    pub revoked_at: Option<i64>,
    /// When a full answer was last given.
    pub looked_at: i64,
    /// The scope's place in the stream.
    pub top: i64,
    /// How many documents are in it.
    pub docs: i64,
    pub digest: Option<Vec<u8>>,
    /// Epoch of the data set.
    pub epoch: i64,
    pub reference_version: i64,
    /// Everything up to here is in a backup.
    pub backed_up_seq: i64,
    pub recovering: bool,
}

impl PhoneStatus {
    /// The phone may bring its work, and learns nothing: its access was taken away, or its person left.
    pub const fn is_shut_out(&self) -> bool {
        self.revoked_at.is_some() || !self.active
    }

    /// Start of the exclusion. The day is unknown for a person who left without a revoked phone: a
    /// month is assumed.
    pub fn shut_out_since(&self, now: i64) -> Option<i64> {
        const MONTH_MS: i64 = 30 * 24 * 3600 * 1000;
        self.is_shut_out().then(|| self.revoked_at.unwrap_or(now - MONTH_MS))
    }

    /// The digest of the scope's documents.
    pub fn digest(&self) -> Digest {
        let bytes = self.digest.as_deref().and_then(|bytes| bytes.try_into().ok());
        Digest::from_bytes(bytes.unwrap_or_default())
    }
}

/// Orders that one statement moves at most.
const ORDERS_AT_ONCE: usize = 200;

/// An order that a phone should hear of.
#[derive(Debug, Clone, Copy)]
pub struct ScopeRow {
    pub order: OrderId,
    /// Place in the stream at which the order came into the scope.
    pub joined_seq: i64,
    pub left_seq: Option<i64>,
    /// Place in the stream of the card's last change.
    pub card_seq: i64,
}

impl Tx {
    /// Everything that an unchanged sync needs to know: one row, no document.
    pub async fn phone_status(
        &mut self,
        device: DeviceId,
    ) -> Result<Option<PhoneStatus>, StoreError> {
        on!(self, |conn| {
            sqlx::query_as(
            "select d.person_id, p.active and p.role = 'metrologist' as active, d.revoked_at, d.looked_at,
                    coalesce(s.top, 0) as top, coalesce(s.docs, 0) as docs, s.digest,
                    i.epoch, i.reference_version, i.backed_up_seq, i.recovering
             from device d
             join person p on p.id = d.person_id
             left join scope s on s.person_id = d.person_id
             join installation i on i.one = 1
             where d.id = $1"
        )
        .bind(device.bytes().as_slice())
        .fetch_optional(conn)
        .await
        })
    }

    /// Moves one scope to a place of the stream, never back; its digest changes by terms, its size by a
    /// number.
    pub async fn move_scope(
        &mut self,
        person: PersonId,
        seq: i64,
        terms: &[(u128, u128)],
        docs: i64,
    ) -> Result<(), StoreError> {
        let digest: Vec<u8> = on!(&mut *self, |conn| sqlx::query_scalar(
            "insert into scope (person_id, top, docs, digest) values ($1, $2, $3, $4)
             on conflict (person_id) do update
                 set top = case when excluded.top > scope.top then excluded.top else scope.top end,
                     docs = scope.docs + excluded.docs
             returning digest"
        )
        .bind(person.bytes().as_slice())
        .bind(seq)
        .bind(docs)
        .bind(Digest::default().bytes().0.as_slice())
        .fetch_one(conn)
        .await)?;
        if terms.iter().all(|(before, after)| before == after) {
            return Ok(());
        }
        let mut digest = Digest::from_bytes(digest.as_slice().try_into().unwrap_or_default());
        for (before, after) in terms {
            digest.change(*before, *after);
        }
        self.set_digest(person, digest).await
    }

    async fn set_digest(&mut self, person: PersonId, digest: Digest) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update scope set digest = $2 where person_id = $1")
            .bind(person.bytes().as_slice())
            .bind(digest.bytes().0.as_slice())
            .execute(conn)
            .await
            .map(drop))
    }

    /// An order is at a new place: the scopes of its people move.
    pub async fn move_order(&mut self, order: OrderId, seq: i64) -> Result<(), StoreError> {
        self.move_orders(&[Moved { order, seq, before: 0, after: 0 }]).await
    }

    /// Orders are at new places: the scopes of their people move.
    pub async fn move_orders(&mut self, moves: &[Moved]) -> Result<(), StoreError> {
        let mut people: BTreeMap<PersonId, (i64, Vec<(u128, u128)>)> = BTreeMap::new();
        for moves in moves.chunks(ORDERS_AT_ONCE) {
            let (mut cases, mut names) = (String::new(), Vec::new());
            for at in 0..moves.len() {
                cases.push_str(&format!(" when ${} then ${}", 2 * at + 1, 2 * at + 2));
                names.push(format!("${}", 2 * at + 1));
            }
            let sql = format!(
                "update scope_doc set top_seq = case order_id{cases} else top_seq end
                 where order_id in ({}) and left_seq is null returning person_id, order_id",
                names.join(", ")
            );
            let holders: Vec<(Vec<u8>, Vec<u8>)> = on!(&mut *self, |conn| {
                let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
                for moved in moves {
                    query = query.bind(moved.order.bytes().to_vec()).bind(moved.seq);
                }
                query.fetch_all(conn).await
            })?;
            for (person, order) in holders {
                let order = id(&order, OrderId::from_bytes)?;
                let Some(moved) = moves.iter().find(|moved| moved.order == order) else { continue };
                let of = people.entry(id(&person, PersonId::from_bytes)?).or_default();
                of.0 = of.0.max(moved.seq);
                of.1.push((moved.before, moved.after));
            }
        }
        for (person, (seq, terms)) in people {
            self.move_scope(person, seq, &terms, 0).await?;
        }
        Ok(())
    }

    /// An order comes into a person's scope.
    pub async fn join_scope(&mut self, person: PersonId, order: OrderId) -> Result<(), StoreError> {
        if self.scope_of(order).await?.contains(&person) {
            return Ok(());
        }
        let seq = self.next_seq().await?;
        on!(&mut *self, |conn| sqlx::query(
            "insert into scope_doc (person_id, order_id, joined_seq, top_seq)
             values ($1, $2, $3, $3)
             on conflict (person_id, order_id) do update
                 set joined_seq = excluded.joined_seq, top_seq = excluded.top_seq, left_seq = null"
        )
        .bind(person.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(seq)
        .execute(conn)
        .await
        .map(drop))?;
        let term = self.doc_term(order).await?;
        self.move_scope(person, seq, &[(0, term)], 1).await
    }

    /// An order leaves a person's scope.
    pub async fn leave_scope(
        &mut self,
        person: PersonId,
        order: OrderId,
    ) -> Result<(), StoreError> {
        if !self.scope_of(order).await?.contains(&person) {
            return Ok(());
        }
        let seq = self.next_seq().await?;
        on!(&mut *self, |conn| sqlx::query(
            "update scope_doc set left_seq = $3, top_seq = $3
             where person_id = $1 and order_id = $2 and left_seq is null"
        )
        .bind(person.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(seq)
        .execute(conn)
        .await
        .map(drop))?;
        let term = self.doc_term(order).await?;
        self.move_scope(person, seq, &[(term, 0)], -1).await
    }

    /// Everybody whose phones hold an order.
    pub async fn scope_of(&mut self, order: OrderId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select person_id from scope_doc
             where order_id = $1 and left_seq is null order by person_id"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|person| id(person, PersonId::from_bytes)).collect()
    }

    /// How many orders are in a person's scope.
    pub async fn scope_size(&mut self, person: PersonId) -> Result<i64, StoreError> {
        let docs: Option<i64> =
            on!(self, |conn| sqlx::query_scalar("select docs from scope where person_id = $1")
                .bind(person.bytes().as_slice())
                .fetch_optional(conn)
                .await)?;
        Ok(docs.unwrap_or(0))
    }

    /// Orders that a person's phones should hear of, after a place.
    pub async fn scope_after(
        &mut self,
        person: PersonId,
        after: i64,
    ) -> Result<Vec<ScopeRow>, StoreError> {
        let rows: Vec<(Vec<u8>, i64, Option<i64>, i64)> = on!(self, |conn| sqlx::query_as(
            "select s.order_id, s.joined_seq, s.left_seq, o.card_seq
             from scope_doc s join orders o on o.id = s.order_id
             where s.person_id = $1 and s.top_seq > $2"
        )
        .bind(person.bytes().as_slice())
        .bind(after)
        .fetch_all(conn)
        .await)?;
        let row = |(order, joined_seq, left_seq, card_seq): &(Vec<u8>, i64, Option<i64>, i64)| {
            Ok(ScopeRow {
                order: id(order, OrderId::from_bytes)?,
                joined_seq: *joined_seq,
                left_seq: *left_seq,
                card_seq: *card_seq,
            })
        };
        rows.iter().map(row).collect()
    }

    /// All orders in a person's scope: order, heads, card.
    pub async fn scope_inventory(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<(OrderId, Vec<u8>, Vec<u8>)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select d.order_id, d.heads, o.card from scope_doc s
             join doc d on d.order_id = s.order_id join orders o on o.id = s.order_id
             where s.person_id = $1 and s.left_seq is null"
        )
        .bind(person.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.into_iter()
            .map(|(order, heads, card)| Ok((id(&order, OrderId::from_bytes)?, heads, card)))
            .collect()
    }

    /// Finished orders of days before `before` that are still in somebody's scope.
    pub async fn scope_over(
        &mut self,
        before: &str,
    ) -> Result<Vec<(PersonId, OrderId)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select s.person_id, s.order_id from scope_doc s join orders o on o.id = s.order_id
             where s.left_seq is null and o.date < $1
               and o.state in ('done', 'not_done', 'postponed', 'cancelled')
             order by s.person_id, s.order_id limit 5000"
        )
        .bind(before)
        .fetch_all(conn)
        .await)?;
        rows.iter()
            .map(|(person, order)| {
                Ok((id(person, PersonId::from_bytes)?, id(order, OrderId::from_bytes)?))
            })
            .collect()
    }

    pub async fn scopes(&mut self) -> Result<Vec<(PersonId, Digest)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select person_id, digest from scope order by person_id"
        )
        .fetch_all(conn)
        .await)?;
        rows.iter()
            .map(|(person, digest)| {
                let digest = Digest::from_bytes(digest.as_slice().try_into().unwrap_or_default());
                Ok((id(person, PersonId::from_bytes)?, digest))
            })
            .collect()
    }

    /// The digest of a scope as its documents say, and their number.
    pub async fn recount_scope(&mut self, person: PersonId) -> Result<(Digest, i64), StoreError> {
        let terms: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select d.term from scope_doc s join doc d on d.order_id = s.order_id
             where s.person_id = $1 and s.left_seq is null"
        )
        .bind(person.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        let mut digest = Digest::default();
        for term in &terms {
            let bytes = term.as_slice().try_into().unwrap_or_default();
            digest.change(0, u128::from_be_bytes(bytes));
        }
        Ok((digest, terms.len() as i64))
    }

    /// Gives every digest up: the next count makes them anew.
    pub async fn forget_digests(&mut self) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update scope set digest = $1, docs = 0")
            .bind(vec![0_u8; 16])
            .execute(conn)
            .await
            .map(drop))
    }

    /// Writes a scope anew, as counted.
    pub async fn rewrite_scope(
        &mut self,
        person: PersonId,
        digest: Digest,
        docs: i64,
    ) -> Result<(), StoreError> {
        let seq = self.next_seq().await?;
        on!(self, |conn| sqlx::query(
            "insert into scope (person_id, top, docs, digest) values ($1, $2, $3, $4)
             on conflict (person_id) do update
                 set top = excluded.top, docs = excluded.docs, digest = excluded.digest"
        )
        .bind(person.bytes().as_slice())
        .bind(seq)
        .bind(docs)
        .bind(digest.bytes().0.as_slice())
        .execute(conn)
        .await
        .map(drop))
    }
}
