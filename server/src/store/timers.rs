//! Timers are rows; each is claimed once, on either database.

use vyezd_core::model::{EntityId, OrderId, Timestamp};

use super::{StoreError, Tx, id, on};

/// Purpose of a timer. The codes are in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Subject: an offer; the wait for the app ends.
    OfferWait,
    /// Subject: an offer; a push goes to the page.
    OfferPush,
    /// Subject: a call; the ringing ends.
    CallRing,
    /// Subject: a seal; its papers are issued.
    IssueSeal,
    /// Subject: a seal; its papers are issued anew.
    ReissueSeal,
    /// Subject: an order; people are asked from the opening on.
    DispatchStart,
    /// The work of the night; no subject.
    Night,
}

impl Timer {
    const ALL: [Self; 7] = [
        Self::OfferWait,
        Self::OfferPush,
        Self::CallRing,
        Self::IssueSeal,
        Self::ReissueSeal,
        Self::DispatchStart,
        Self::Night,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::OfferWait => "offer_app",
            Self::OfferPush => "offer_push",
            Self::CallRing => "call_ring",
            Self::IssueSeal => "issue_seal",
            Self::ReissueSeal => "reissue_seal",
            Self::DispatchStart => "dispatch_start",
            Self::Night => "night",
        }
    }
}

/// Whose dispatch waits for working hours.
#[derive(Debug, Clone, Copy)]
pub enum Waiting {
    Order(OrderId),
    /// All orders of an issuer.
    Entity(EntityId),
}

/// A timer that is due: its kind and its subject of 16 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub kind: Timer,
    /// Id of the offer, call, seal or other subject.
    pub subject: [u8; 16],
}

impl Tx {
    /// Sets a timer, over an older one of the same kind and subject.
    pub async fn set_timer(
        &mut self,
        kind: Timer,
        subject: &[u8; 16],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into due (kind, subject, at) values ($1, $2, $3)
             on conflict (kind, subject) do update set at = excluded.at"
        )
        .bind(kind.code())
        .bind(subject.as_slice())
        .bind(at.0)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Makes what waits for working hours due, for an order or for all of an issuer: the start of
    /// dispatch, and the end of an offer's wait where the app has been waited for long enough.
    pub async fn hurry_dispatch(
        &mut self,
        of: Waiting,
        now: Timestamp,
        app_wait_s: i64,
    ) -> Result<(), StoreError> {
        let (order, entity) = match of {
            Waiting::Order(order) => (Some(order.bytes().to_vec()), None),
            Waiting::Entity(entity) => (None, Some(entity.bytes().to_vec())),
        };
        on!(&mut *self, |conn| sqlx::query(
            "update due set at = $2 where kind = $1 and at > $2 and subject in
                 (select id from orders where state = 'new' and (id = $3 or entity_id = $4))"
        )
        .bind(Timer::DispatchStart.code())
        .bind(now.0)
        .bind(&order)
        .bind(&entity)
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| {
            sqlx::query(
            "update due set at = $2 where kind = $1 and at > $2 and subject in
                 (select f.id from offer f join orders o on o.id = f.order_id
                  where f.state = 'open' and f.offered_at <= $5 and (o.id = $3 or o.entity_id = $4))"
        )
        .bind(Timer::OfferWait.code())
        .bind(now.0)
        .bind(&order)
        .bind(&entity)
        .bind(now.plus_s(-app_wait_s).0)
        .execute(conn)
        .await
        .map(drop)
        })
    }

    /// Stops a timer where nobody has set it anew.
    pub async fn stop_timer_of(
        &mut self,
        kind: Timer,
        subject: &[u8; 16],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "delete from due where kind = $1 and subject = $2 and at = $3"
        )
        .bind(kind.code())
        .bind(subject.as_slice())
        .bind(at.0)
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn stop_timer(&mut self, kind: Timer, subject: &[u8; 16]) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from due where kind = $1 and subject = $2")
            .bind(kind.code())
            .bind(subject.as_slice())
            .execute(conn)
            .await
            .map(drop))
    }

    /// Claims the oldest timer that is due; no other process gets the same one.
    pub async fn claim_due(&mut self, now: Timestamp) -> Result<Option<Due>, StoreError> {
        let row: Option<(String, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "delete from due where (kind, subject) in
                 (select kind, subject from due where at <= $1 order by at, kind, subject limit 1)
             returning kind, subject"
        )
        .bind(now.0)
        .fetch_optional(conn)
        .await)?;
        let Some((code, subject)) = row else { return Ok(None) };
        let kind = Timer::ALL.into_iter().find(|timer| timer.code() == code);
        let kind = kind.ok_or_else(|| StoreError::Decode(format!("a timer «{code}»").into()))?;
        Ok(Some(Due { kind, subject: id(&subject, |bytes| bytes)? }))
    }

    pub async fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> =
            on!(self, |conn| sqlx::query_scalar("select min(at) from due").fetch_one(conn).await)?;
        Ok(at.map(Timestamp))
    }
}
