//! Tickets to the live channel, what a poke carries, and waking other replicas.

use vyezd_core::model::{DeviceId, PersonId};

use super::{Pool, Store, StoreError, Tx, id, on};

/// An open offer in few words: what a poke may carry.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenOffer {
    pub id: Vec<u8>,
    /// The order's card, as a phone gets it.
    pub card: Vec<u8>,
    /// Until when the app is waited for, unix ms.
    pub app_until: i64,
}

impl Tx {
    /// Writes a ticket down, and forgets those that are over.
    pub async fn put_live_ticket(
        &mut self,
        hash: &[u8; 32],
        device: DeviceId,
        (now, until): (i64, i64),
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query("delete from live_ticket where expires_at <= $1")
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        on!(self, |conn| sqlx::query(
            "insert into live_ticket (hash, device_id, expires_at) values ($1, $2, $3)"
        )
        .bind(hash.as_slice())
        .bind(device.bytes().as_slice())
        .bind(until)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Uses a ticket up: its phone, if the ticket was good.
    pub async fn use_live_ticket(
        &mut self,
        hash: &[u8; 32],
        now: i64,
    ) -> Result<Option<DeviceId>, StoreError> {
        let device: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "delete from live_ticket where hash = $1 and expires_at > $2 returning device_id"
        )
        .bind(hash.as_slice())
        .bind(now)
        .fetch_optional(conn)
        .await)?;
        device.map(|device| id(&device, DeviceId::from_bytes)).transpose()
    }

    /// The offers that wait for a person's answer, oldest first.
    pub async fn open_offers(&mut self, person: PersonId) -> Result<Vec<OpenOffer>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select f.id, o.card, f.app_until from offer f
             join orders o on o.id = f.order_id
             where f.person_id = $1 and f.state in ('open', 'calling') order by f.offered_at"
        )
        .bind(person.bytes().as_slice())
        .fetch_all(conn)
        .await)
    }
}

/// The channel of PostgreSQL on which replicas wake each other.
const CHANNEL: &str = "vyezd";

impl Store {
    /// Tells other replicas of a change. The message only wakes; polling is the truth.
    pub async fn wake_others(&self, from: &str) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite { .. } => Ok(()),
            Pool::Postgres(pool) => sqlx::query("select pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(from)
                .execute(pool)
                .await
                .map(drop),
        }
    }

    /// Calls `woken` whenever another replica wakes this one; ends only with an error. Never on SQLite:
    /// there is one process.
    pub async fn listen(&self, me: &str, mut woken: impl FnMut()) -> Result<(), StoreError> {
        let Pool::Postgres(pool) = &self.pool else { return std::future::pending().await };
        let mut listener = sqlx::postgres::PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            if listener.recv().await?.payload() != me {
                woken();
            }
        }
    }
}
