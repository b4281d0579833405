//! Push subscriptions of the browsers of phones.

use vyezd_core::model::{DeviceId, OfferId, PersonId};

use super::{StoreError, Tx, on};

/// A push subscription of a phone's browser.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PushPlace {
    pub device_id: Vec<u8>,
    /// The push service's address for it.
    pub endpoint: String,
    /// The browser's public key, 65 bytes.
    pub p256dh: Vec<u8>,
    /// The browser's secret for authentication, 16 bytes.
    pub auth: Vec<u8>,
}

impl Tx {
    /// Keeps a phone's subscription in place of an older one.
    pub async fn put_push_place(&mut self, place: &PushPlace, now: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into push_place (device_id, endpoint, p256dh, auth, made_at)
             values ($1, $2, $3, $4, $5)
             on conflict (device_id) do update set endpoint = excluded.endpoint,
                 p256dh = excluded.p256dh, auth = excluded.auth, made_at = excluded.made_at"
        )
        .bind(place.device_id.as_slice())
        .bind(&place.endpoint)
        .bind(place.p256dh.as_slice())
        .bind(place.auth.as_slice())
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Forgets a phone's subscription; with an address only where the stored address is the same.
    pub async fn drop_push_place(
        &mut self,
        device: &[u8],
        endpoint: Option<&str>,
    ) -> Result<(), StoreError> {
        on!(self, |conn| {
            sqlx::query(
            "delete from push_place where device_id = $1 and (cast($2 as text) is null or endpoint = $2)"
        )
        .bind(device)
        .bind(endpoint)
        .execute(conn)
        .await
        .map(drop)
        })
    }

    /// The subscriptions of a person's phones that still have access.
    pub async fn push_places(&mut self, person: PersonId) -> Result<Vec<PushPlace>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select p.device_id, p.endpoint, p.p256dh, p.auth from push_place p
             join device d on d.id = p.device_id
             where d.person_id = $1 and d.revoked_at is null order by p.made_at"
        )
        .bind(person.bytes().as_slice())
        .fetch_all(conn)
        .await)
    }

    /// The card of an offer's order, as phones get it.
    pub async fn card_of_offer(&mut self, offer: OfferId) -> Result<Option<Vec<u8>>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select o.card from offer f join orders o on o.id = f.order_id where f.id = $1"
        )
        .bind(offer.bytes().as_slice())
        .fetch_optional(conn)
        .await)
    }
}

impl PushPlace {
    pub fn new(device: DeviceId, endpoint: String, p256dh: Vec<u8>, auth: Vec<u8>) -> Self {
        Self { device_id: device.bytes().to_vec(), endpoint, p256dh, auth }
    }
}
