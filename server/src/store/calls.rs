//! Telephone calls.

use vyezd_core::model::{CallId, OfferId, OrderId, PersonId, Timestamp};

use super::{CallOutcome, StoreError, Tx, id, on};

#[derive(Debug, Clone)]
pub struct CallRow {
    pub id: CallId,
    pub order: OrderId,
    /// The order's number, for people.
    pub order_number: String,
    pub offer: OfferId,
    pub person: PersonId,
    pub person_name: String,
    pub phone: String,
    pub ringing: bool,
    pub placed_at: i64,
    pub ended_at: Option<i64>,
    pub pressed: Option<String>,
    pub outcome: Option<CallOutcome>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Vec<u8>,
    order_id: Vec<u8>,
    order_number: String,
    offer_id: Vec<u8>,
    person_id: Vec<u8>,
    person_name: String,
    phone: String,
    state: String,
    placed_at: i64,
    ended_at: Option<i64>,
    pressed: Option<String>,
    outcome: Option<String>,
}

impl TryFrom<Raw> for CallRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&raw.id, CallId::from_bytes)?,
            order: id(&raw.order_id, OrderId::from_bytes)?,
            order_number: raw.order_number,
            offer: id(&raw.offer_id, OfferId::from_bytes)?,
            person: id(&raw.person_id, PersonId::from_bytes)?,
            person_name: raw.person_name,
            phone: raw.phone,
            ringing: raw.state == "ringing",
            placed_at: raw.placed_at,
            ended_at: raw.ended_at,
            pressed: raw.pressed,
            outcome: raw.outcome.map(CallOutcome::try_from).transpose()?,
        })
    }
}

impl Tx {
    /// Places a call. `false`: the same telephone rings already.
    pub async fn place_call(
        &mut self,
        call: CallId,
        (order, offer, person): (OrderId, OfferId, PersonId),
        phone: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let made: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "insert into call (id, order_id, offer_id, person_id, phone, state, placed_at)
             values ($1, $2, $3, $4, $5, 'ringing', $6) on conflict do nothing returning id"
        )
        .bind(call.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(offer.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .bind(phone)
        .bind(now.0)
        .fetch_optional(conn)
        .await)?;
        Ok(made.is_some())
    }

    /// Ends a call, once. `false`: it had ended already.
    pub async fn end_call(
        &mut self,
        call: CallId,
        now: Timestamp,
        (pressed, outcome): (Option<&str>, CallOutcome),
    ) -> Result<bool, StoreError> {
        let done: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update call set state = 'ended', ended_at = $2, pressed = $3, outcome = $4
             where id = $1 and state = 'ringing' returning id"
        )
        .bind(call.bytes().as_slice())
        .bind(now.0)
        .bind(pressed)
        .bind(outcome.as_str())
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }

    /// Calls: of an order, or all that ring now.
    pub async fn calls(&mut self, order: Option<OrderId>) -> Result<Vec<CallRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select c.id, c.order_id, o.number as order_number, c.offer_id, c.person_id,
                    p.name as person_name, c.phone, c.state, c.placed_at, c.ended_at, c.pressed,
                    c.outcome
             from call c join person p on p.id = c.person_id join orders o on o.id = c.order_id
             where (c.order_id = $1) or ($1 is null and c.state = 'ringing')
             order by c.placed_at, c.id"
        )
        .bind(order.map(|order| order.bytes().to_vec()))
        .fetch_all(conn)
        .await)?;
        raw.into_iter().map(CallRow::try_from).collect()
    }

    pub async fn call(&mut self, call: CallId) -> Result<Option<CallRow>, StoreError> {
        let raw: Option<Raw> = on!(self, |conn| sqlx::query_as(
            "select c.id, c.order_id, o.number as order_number, c.offer_id, c.person_id,
                    p.name as person_name, c.phone, c.state, c.placed_at, c.ended_at, c.pressed,
                    c.outcome
             from call c join person p on p.id = c.person_id join orders o on o.id = c.order_id
             where c.id = $1"
        )
        .bind(call.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        raw.map(CallRow::try_from).transpose()
    }
}
