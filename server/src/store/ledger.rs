//! Who holds what, and what the phones are told: assignments, scopes, events, pages.

use vyezd_core::frame::{Event, Maybe, encode};
use vyezd_core::model::{Card, OrderId, PersonId, Timestamp, VisitId};

use super::{StoreError, Tx, id, on, record};

impl Tx {
    /// Gives an order to a person. `false`: somebody holds it already — the database says so.
    pub async fn assign(
        &mut self,
        order: OrderId,
        person: PersonId,
        visit: VisitId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let made: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "insert into assignment (visit_id, order_id, person_id, since)
             values ($1, $2, $3, $4) on conflict do nothing returning visit_id"
        )
        .bind(visit.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .bind(now.0)
        .fetch_optional(conn)
        .await)?;
        Ok(made.is_some())
    }

    /// Takes an order from whoever holds it.
    pub async fn unassign(
        &mut self,
        order: OrderId,
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let person: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update assignment set until = $2
             where order_id = $1 and until is null returning person_id"
        )
        .bind(order.bytes().as_slice())
        .bind(now.0)
        .fetch_optional(conn)
        .await)?;
        person.map(|bytes| id(&bytes, PersonId::from_bytes)).transpose()
    }

    /// Who holds an order, under which visit.
    pub async fn holder(
        &mut self,
        order: OrderId,
    ) -> Result<Option<(PersonId, VisitId)>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select person_id, visit_id from assignment where order_id = $1 and until is null"
        )
        .bind(order.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        row.map(|(p, v)| Ok((id(&p, PersonId::from_bytes)?, id(&v, VisitId::from_bytes)?)))
            .transpose()
    }

    /// Whether an order was ever his under this visit.
    pub async fn was_assigned(&mut self, visit: VisitId) -> Result<bool, StoreError> {
        let found: Option<i64> = on!(self, |conn| sqlx::query_scalar(
            "select since from assignment where visit_id = $1"
        )
        .bind(visit.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        Ok(found.is_some())
    }

    /// An order comes into a person's scope.
    pub async fn join_scope(&mut self, person: PersonId, order: OrderId) -> Result<(), StoreError> {
        let seq = self.next_seq().await?;
        on!(self, |conn| sqlx::query(
            "insert into scope_doc (person_id, order_id, joined_seq) values ($1, $2, $3)
             on conflict (person_id, order_id) do update
                 set joined_seq = case when scope_doc.left_seq is null
                                       then scope_doc.joined_seq else excluded.joined_seq end,
                     left_seq = null"
        )
        .bind(person.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(seq)
        .execute(conn)
        .await
        .map(drop))
    }

    /// An order leaves a person's scope.
    pub async fn leave_scope(
        &mut self,
        person: PersonId,
        order: OrderId,
    ) -> Result<(), StoreError> {
        let seq = self.next_seq().await?;
        on!(self, |conn| sqlx::query(
            "update scope_doc set left_seq = $3
             where person_id = $1 and order_id = $2 and left_seq is null"
        )
        .bind(person.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(seq)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Tells a person's phones.
    pub async fn tell(&mut self, person: PersonId, event: Event) -> Result<(), StoreError> {
        let seq = self.next_seq().await?;
        on!(self, |conn| sqlx::query(
            "insert into event (person_id, seq, body) values ($1, $2, $3)"
        )
        .bind(person.bytes().as_slice())
        .bind(seq)
        .bind(encode(&event))
        .execute(conn)
        .await
        .map(drop))
    }

    /// The highest number of anything a person's phones should know. One row each, no document.
    pub async fn scope_head(&mut self, person: PersonId) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select cast(coalesce(max(top), 0) as bigint) from (
                 select max(seq) as top from event where person_id = $1
                 union all
                 select max(s.joined_seq) from scope_doc s where s.person_id = $1
                 union all
                 select max(s.left_seq) from scope_doc s where s.person_id = $1
                 union all
                 select max(o.card_seq) from scope_doc s join orders o on o.id = s.order_id
                     where s.person_id = $1 and s.left_seq is null
                 union all
                 select max(d.last_seq) from scope_doc s join doc d on d.order_id = s.order_id
                     where s.person_id = $1 and s.left_seq is null
             ) as tops"
        )
        .bind(person.bytes().as_slice())
        .fetch_one(conn)
        .await)
    }

    /// Events after a place, oldest first, with their places.
    pub async fn events(
        &mut self,
        person: PersonId,
        after: i64,
    ) -> Result<Vec<(i64, Maybe<Event>)>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select seq, body from event where person_id = $1 and seq > $2 order by seq"
        )
        .bind(person.bytes().as_slice())
        .bind(after)
        .fetch_all(conn)
        .await)?;
        rows.into_iter().map(|(seq, body)| Ok((seq, record(&body)?))).collect()
    }

    /// Cards in scope that are new to the phone.
    pub async fn cards_since(
        &mut self,
        person: PersonId,
        after: i64,
    ) -> Result<Vec<Card>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select o.card from scope_doc s join orders o on o.id = s.order_id
             where s.person_id = $1 and s.left_seq is null
               and (o.card_seq > $2 or s.joined_seq > $2)
             order by o.id"
        )
        .bind(person.bytes().as_slice())
        .bind(after)
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|body| record(body)).collect()
    }

    /// Documents in scope that are new to the phone: order, and whether all of it is new.
    pub async fn docs_since(
        &mut self,
        person: PersonId,
        after: i64,
    ) -> Result<Vec<(OrderId, bool)>, StoreError> {
        let rows: Vec<(Vec<u8>, bool)> = on!(self, |conn| {
            sqlx::query_as(
            "select d.order_id, s.joined_seq > $2 from scope_doc s join doc d on d.order_id = s.order_id
             where s.person_id = $1 and s.left_seq is null
               and (d.last_seq > $2 or s.joined_seq > $2)
             order by d.order_id"
        )
        .bind(person.bytes().as_slice())
        .bind(after)
        .fetch_all(conn)
        .await
        })?;
        rows.iter().map(|(order, all)| Ok((id(order, OrderId::from_bytes)?, *all))).collect()
    }

    /// Orders that left the scope after a place.
    pub async fn left_since(
        &mut self,
        person: PersonId,
        after: i64,
    ) -> Result<Vec<OrderId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select order_id from scope_doc
             where person_id = $1 and left_seq > $2 order by order_id"
        )
        .bind(person.bytes().as_slice())
        .bind(after)
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|order| id(order, OrderId::from_bytes)).collect()
    }

    /// Everybody whose phones hold an order.
    pub async fn scope_of(&mut self, order: OrderId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select person_id from scope_doc where order_id = $1 and left_seq is null"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|person| id(person, PersonId::from_bytes)).collect()
    }
}
