//! Offers, with their four separate times: offered, delivered, seen, answered.

use vyezd_core::model::{OfferId, OrderId, PersonId, Timestamp, VisitId};

use super::{Channel, OfferStatus, StoreError, Tx, id, on};

#[derive(Debug, Clone)]
pub struct OfferRow {
    pub id: OfferId,
    pub order: OrderId,
    pub person: PersonId,
    pub person_name: String,
    /// The visit that an acceptance opens.
    pub visit: VisitId,
    pub state: OfferStatus,
    pub offered_at: i64,
    /// Until when the app is waited for.
    pub app_until: i64,
    pub delivered_at: Option<i64>,
    pub seen_at: Option<i64>,
    /// Time of the answer by the person's own evidence.
    pub answered_at: Option<i64>,
    pub answered_by: Option<Channel>,
    /// Time of the end, by the server.
    pub closed_at: Option<i64>,
    /// Words of a decline.
    pub reason: String,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Vec<u8>,
    order_id: Vec<u8>,
    person_id: Vec<u8>,
    person_name: String,
    visit_id: Vec<u8>,
    state: String,
    offered_at: i64,
    app_until: i64,
    delivered_at: Option<i64>,
    seen_at: Option<i64>,
    answered_at: Option<i64>,
    answered_by: Option<String>,
    closed_at: Option<i64>,
    reason: String,
}

impl TryFrom<Raw> for OfferRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&raw.id, OfferId::from_bytes)?,
            order: id(&raw.order_id, OrderId::from_bytes)?,
            person: id(&raw.person_id, PersonId::from_bytes)?,
            person_name: raw.person_name,
            visit: id(&raw.visit_id, VisitId::from_bytes)?,
            state: raw.state.try_into()?,
            offered_at: raw.offered_at,
            app_until: raw.app_until,
            delivered_at: raw.delivered_at,
            seen_at: raw.seen_at,
            answered_at: raw.answered_at,
            answered_by: raw.answered_by.map(Channel::try_from).transpose()?,
            closed_at: raw.closed_at,
            reason: raw.reason,
        })
    }
}

impl Tx {
    /// Makes an offer. The database refuses a second open one.
    pub async fn add_offer(
        &mut self,
        offer: OfferId,
        (order, person, visit): (OrderId, PersonId, VisitId),
        now: Timestamp,
        app_until: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn| {
            sqlx::query(
            "insert into offer (id, order_id, person_id, visit_id, state, offered_at, app_until, reason)
             values ($1, $2, $3, $4, 'open', $5, $6, '')"
        )
        .bind(offer.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .bind(visit.bytes().as_slice())
        .bind(now.0)
        .bind(app_until.0)
        .execute(conn)
        .await
        .map(drop)
        })
    }

    /// Moves an offer to another state; `closed_at` stays empty while the offer is open or calling.
    pub async fn set_offer_state(
        &mut self,
        offer: OfferId,
        state: OfferStatus,
        closed_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update offer set state = $2, closed_at = $3 where id = $1")
            .bind(offer.bytes().as_slice())
            .bind(state.as_str())
            .bind(closed_at.map(|at| at.0))
            .execute(conn)
            .await
            .map(drop))
    }

    /// Notes an answer; the first one stays.
    pub async fn note_answer(
        &mut self,
        offer: OfferId,
        (at, channel, reason): (Timestamp, Channel, &str),
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update offer set answered_at = $2, answered_by = $3, reason = $4
             where id = $1 and answered_at is null"
        )
        .bind(offer.bytes().as_slice())
        .bind(at.0)
        .bind(channel.as_str())
        .bind(reason)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Notes that an offer reached a phone, by the phone's evidence.
    pub async fn note_delivered(
        &mut self,
        offer: OfferId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update offer set delivered_at = $2 where id = $1 and delivered_at is null"
        )
        .bind(offer.bytes().as_slice())
        .bind(at.0)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Notes that somebody looked at an offer, by the phone's evidence.
    pub async fn note_seen(&mut self, offer: OfferId, at: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update offer set seen_at = $2 where id = $1 and seen_at is null"
        )
        .bind(offer.bytes().as_slice())
        .bind(at.0)
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn offer(&mut self, offer: OfferId) -> Result<Option<OfferRow>, StoreError> {
        let raw: Option<Raw> = on!(self, |conn| sqlx::query_as(
            "select f.id, f.order_id, f.person_id, p.name as person_name, f.visit_id, f.state,
                    f.offered_at, f.app_until, f.delivered_at, f.seen_at, f.answered_at,
                    f.answered_by, f.closed_at, f.reason
             from offer f join person p on p.id = f.person_id where f.id = $1"
        )
        .bind(offer.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        raw.map(OfferRow::try_from).transpose()
    }

    /// The offers of an order, oldest first.
    pub async fn offers(&mut self, order: OrderId) -> Result<Vec<OfferRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select f.id, f.order_id, f.person_id, p.name as person_name, f.visit_id, f.state,
                    f.offered_at, f.app_until, f.delivered_at, f.seen_at, f.answered_at,
                    f.answered_by, f.closed_at, f.reason
             from offer f join person p on p.id = f.person_id
             where f.order_id = $1 order by f.offered_at, f.id"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        raw.into_iter().map(OfferRow::try_from).collect()
    }
}
