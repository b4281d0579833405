//! Holders of orders, and messages to phones: assignments, scopes, events, pages.

use vyezd_core::codec::encode;
use vyezd_core::frame::{Event, KnownOr};
use vyezd_core::model::{OrderId, PersonId, Timestamp, VisitId};

use super::{StoreError, Tx, id, on, record};

pub use crate::limits::phones::EVENTS_A_PAGE;

impl Tx {
    /// Gives an order to a person. `false`: the order has a holder already, by a unique index.
    pub async fn assign(
        &mut self,
        order: OrderId,
        person: PersonId,
        visit: VisitId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // A visit that was taken back may be given to the same person again.
        let again: Option<Vec<u8>> = on!(&mut *self, |conn| sqlx::query_scalar(
            "update assignment set until = null, since = $3
             where visit_id = $1 and until is not null and not exists
                 (select 1 from assignment other where other.order_id = $2 and other.until is null)
             returning visit_id"
        )
        .bind(visit.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(now.0)
        .fetch_optional(conn)
        .await)?;
        if again.is_some() {
            return Ok(true);
        }
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

    /// Takes an order from its holder.
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

    /// The holder of an order, with the visit.
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

    /// Who lost the order last, behind one instant and not behind another, with the visit.
    pub async fn last_holder(
        &mut self,
        order: OrderId,
        (after, until): (i64, i64),
    ) -> Result<Option<(PersonId, VisitId)>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select person_id, visit_id from assignment
             where order_id = $1 and until > $2 and until <= $3 order by until desc limit 1"
        )
        .bind(order.bytes().as_slice())
        .bind(after)
        .bind(until)
        .fetch_optional(conn)
        .await)?;
        row.map(|(p, v)| Ok((id(&p, PersonId::from_bytes)?, id(&v, VisitId::from_bytes)?)))
            .transpose()
    }

    /// All holders of an order: one or none, by a unique index.
    pub async fn holders(&mut self, order: OrderId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select person_id from assignment where order_id = $1 and until is null"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|person| id(person, PersonId::from_bytes)).collect()
    }

    /// Everybody from whom an order was taken.
    pub async fn once_held(&mut self, order: OrderId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select person_id from assignment where order_id = $1 and until is not null"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|person| id(person, PersonId::from_bytes)).collect()
    }

    /// The open orders that a person holds or is offered now.
    pub async fn orders_in_hand(&mut self, person: PersonId) -> Result<Vec<OrderId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| {
            sqlx::query_scalar(
            "select o.id from orders o where o.state in ('offered', 'calling', 'accepted') and (
                 exists (select 1 from assignment a
                     where a.order_id = o.id and a.person_id = $1 and a.until is null)
                 or exists (select 1 from offer f
                     where f.order_id = o.id and f.person_id = $1 and f.state in ('open', 'calling')))
             order by o.id"
        )
        .bind(person.bytes().as_slice())
        .fetch_all(conn)
        .await
        })?;
        rows.iter().map(|order| id(order, OrderId::from_bytes)).collect()
    }

    /// Whether the order was ever assigned under this visit.
    pub async fn was_assigned(&mut self, visit: VisitId) -> Result<bool, StoreError> {
        let found: Option<i64> = on!(self, |conn| sqlx::query_scalar(
            "select since from assignment where visit_id = $1"
        )
        .bind(visit.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        Ok(found.is_some())
    }

    pub async fn enqueue_event(
        &mut self,
        person: PersonId,
        event: Event,
    ) -> Result<(), StoreError> {
        let seq = self.next_seq().await?;
        on!(self, |conn| sqlx::query(
            "insert into event (person_id, seq, body) values ($1, $2, $3)"
        )
        .bind(person.bytes().as_slice())
        .bind(seq)
        .bind(encode(&event))
        .execute(conn)
        .await
        .map(drop))?;
        self.move_scope(person, seq, &[], 0).await
    }

    /// Removes the settings events of a person: newer ones follow.
    pub async fn forget_settings(&mut self, person: PersonId) -> Result<(), StoreError> {
        // The first bytes of `Event::Settings`: an array of two, the number 5.
        on!(self, |conn| sqlx::query(
            "delete from event where person_id = $1 and substr(body, 1, 2) = $2"
        )
        .bind(person.bytes().as_slice())
        .bind([0x82_u8, 5].as_slice())
        .execute(conn)
        .await
        .map(drop))
    }

    /// Events after a place, oldest first, with their places.
    pub async fn events(
        &mut self,
        person: PersonId,
        after: i64,
    ) -> Result<Vec<(i64, KnownOr<Event>)>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> = on!(self, |conn| {
            sqlx::query_as(
            "select seq, body from event where person_id = $1 and seq > $2 order by seq limit $3"
        )
        .bind(person.bytes().as_slice())
        .bind(after)
        .bind(EVENTS_A_PAGE)
        .fetch_all(conn)
        .await
        })?;
        rows.into_iter().map(|(seq, body)| Ok((seq, record(&body)?))).collect()
    }
}
