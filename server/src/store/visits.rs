//! Visits of orders, with their people.

use vyezd_core::model::{OrderId, PersonId, VisitId};

use super::{StoreError, Tx, id, on};
use crate::limits::phones::CANCELLED_TRANSFERS_MAX;

impl Tx {
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

    /// Records the typist of a visit from paper.
    pub async fn set_typist(
        &mut self,
        visit: VisitId,
        person: Option<PersonId>,
        name: &str,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update visit set typed_by = $2, typed_by_name = $3 where id = $1"
        )
        .bind(visit.bytes().as_slice())
        .bind(person.map(|person| person.bytes().to_vec()))
        .bind(name)
        .execute(conn)
        .await
        .map(drop))
    }

    /// The visits of an order that were typed in from paper, with the typist of each.
    pub async fn typists(&mut self, order: OrderId) -> Result<Vec<(VisitId, String)>, StoreError> {
        let rows: Vec<(Vec<u8>, String)> = on!(self, |conn| sqlx::query_as(
            "select id, typed_by_name from visit
             where order_id = $1 and typed_by_name is not null"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.into_iter().map(|(visit, name)| Ok((id(&visit, VisitId::from_bytes)?, name))).collect()
    }

    /// Whether a visit's person transferred the order. Written only where the value changes.
    pub async fn set_transferred(
        &mut self,
        visit: VisitId,
        transferred: bool,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update visit set handed = $2 where id = $1 and handed <> $2")
            .bind(visit.bytes().as_slice())
            .bind(transferred)
            .execute(conn)
            .await
            .map(drop))
    }

    /// The visits of an order that ended with a transfer.
    pub async fn transferred_visits(&mut self, order: OrderId) -> Result<Vec<VisitId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select id from visit where order_id = $1 and handed"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|visit| id(visit, VisitId::from_bytes)).collect()
    }

    /// The giver keeps the order that was to be transferred under this visit. Only the newest
    /// [`CANCELLED_TRANSFERS_MAX`] of a person stay.
    pub async fn put_cancelled_transfer(
        &mut self,
        visit: VisitId,
        person: PersonId,
        at: i64,
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into kept_visit (visit_id, person_id, at) values ($1, $2, $3)
             on conflict do nothing"
        )
        .bind(visit.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .bind(at)
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| sqlx::query(
            "delete from kept_visit where person_id = $1 and visit_id not in (
                 select visit_id from kept_visit where person_id = $1
                 order by at desc, visit_id desc limit $2)"
        )
        .bind(person.bytes().as_slice())
        .bind(CANCELLED_TRANSFERS_MAX)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Whether the giver cancelled the transfer.
    pub async fn is_transfer_cancelled(
        &mut self,
        visit: VisitId,
        person: PersonId,
    ) -> Result<bool, StoreError> {
        on!(self, |conn| sqlx::query_scalar::<_, i64>(
            "select count(*) from kept_visit where visit_id = $1 and person_id = $2"
        )
        .bind(visit.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .fetch_one(conn)
        .await)
        .map(|found| found > 0)
    }

    /// The order and the person of a visit.
    pub async fn whose_visit(
        &mut self,
        visit: VisitId,
    ) -> Result<Option<(OrderId, PersonId)>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select order_id, person_id from visit where id = $1"
        )
        .bind(visit.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        let of = |(o, p): (Vec<u8>, Vec<u8>)| {
            Ok((id(&o, OrderId::from_bytes)?, id(&p, PersonId::from_bytes)?))
        };
        row.map(of).transpose()
    }

    /// The visits of an order, with the person and name of each.
    pub async fn visits_named(
        &mut self,
        order: OrderId,
    ) -> Result<Vec<(VisitId, PersonId, String)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>, String)> = on!(self, |conn| sqlx::query_as(
            "select v.id, v.person_id, p.name from visit v join person p on p.id = v.person_id
             where v.order_id = $1 order by v.made_at, v.id"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.into_iter()
            .map(|(visit, person, name)| {
                Ok((id(&visit, VisitId::from_bytes)?, id(&person, PersonId::from_bytes)?, name))
            })
            .collect()
    }

    /// The visits of an order, with their people.
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
