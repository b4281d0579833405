//! Places of people and of buildings.

use vyezd_core::frame::ColleagueLocation;
use vyezd_core::model::{PersonId, Place, Timestamp};

use super::{StoreError, Tx, id, on};

type PlaceColumns = (i64, i64, i64);

const fn place((lat, lon, accuracy): PlaceColumns) -> Place {
    Place { lat_e6: lat as i32, lon_e6: lon as i32, accuracy_m: accuracy as u32 }
}

impl Tx {
    /// Keeps a person's place; nothing where the person switched the location off. An older report
    /// than the known one changes nothing.
    pub async fn put_person_place(
        &mut self,
        person: PersonId,
        place: Option<Place>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into person_place (person_id, lat_e6, lon_e6, accuracy_m, at)
             values ($1, $2, $3, $4, $5)
             on conflict (person_id) do update set lat_e6 = excluded.lat_e6,
                 lon_e6 = excluded.lon_e6, accuracy_m = excluded.accuracy_m, at = excluded.at
             where person_place.at <= excluded.at"
        )
        .bind(person.bytes().as_slice())
        .bind(place.map(|place| i64::from(place.lat_e6)))
        .bind(place.map(|place| i64::from(place.lon_e6)))
        .bind(place.map(|place| i64::from(place.accuracy_m)))
        .bind(at.0)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Whether there is a position from before a moment.
    pub async fn places_before(&mut self, before: Timestamp) -> Result<bool, StoreError> {
        on!(self, |conn| sqlx::query_scalar::<_, i64>(
            "select count(*) from person_place where at < $1"
        )
        .bind(before.0)
        .fetch_one(conn)
        .await)
        .map(|found| found > 0)
    }

    /// Forgets every position from before a moment.
    pub async fn forget_places(&mut self, before: Timestamp) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from person_place where at < $1")
            .bind(before.0)
            .execute(conn)
            .await
            .map(drop))
    }

    /// Places of the metrologists, from a moment on.
    pub async fn person_places(
        &mut self,
        from: Timestamp,
    ) -> Result<Vec<ColleagueLocation>, StoreError> {
        let rows: Vec<(Vec<u8>, i64, i64, i64, i64)> = on!(self, |conn| sqlx::query_as(
            "select w.person_id, w.lat_e6, w.lon_e6, w.accuracy_m, w.at
             from person_place w join person p on p.id = w.person_id
             where w.lat_e6 is not null and w.at >= $1 and p.active and p.role = 'metrologist'
             order by p.name_key, p.id"
        )
        .bind(from.0)
        .fetch_all(conn)
        .await)?;
        let seen = |(person, lat, lon, accuracy, at): (Vec<u8>, i64, i64, i64, i64)| {
            let place = place((lat, lon, accuracy));
            Ok(ColleagueLocation {
                person: id(&person, PersonId::from_bytes)?,
                place,
                at: Timestamp(at),
            })
        };
        rows.into_iter().map(seen).collect()
    }

    /// Keeps a building's place: the newest arrival counts, so that the next visit mends a wrong
    /// place.
    pub async fn put_building_place(
        &mut self,
        building: &str,
        place: Place,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into building_place (building, lat_e6, lon_e6, accuracy_m, at)
             values ($1, $2, $3, $4, $5)
             on conflict (building) do update set lat_e6 = excluded.lat_e6,
                 lon_e6 = excluded.lon_e6, accuracy_m = excluded.accuracy_m, at = excluded.at
             where building_place.at <= excluded.at"
        )
        .bind(building)
        .bind(i64::from(place.lat_e6))
        .bind(i64::from(place.lon_e6))
        .bind(i64::from(place.accuracy_m))
        .bind(at.0)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Nobody knows where a building is any more.
    pub async fn forget_building_place(&mut self, building: &str) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from building_place where building = $1")
            .bind(building)
            .execute(conn)
            .await
            .map(drop))
    }

    pub async fn building_place(&mut self, building: &str) -> Result<Option<Place>, StoreError> {
        let row: Option<PlaceColumns> = on!(self, |conn| sqlx::query_as(
            "select lat_e6, lon_e6, accuracy_m from building_place where building = $1"
        )
        .bind(building)
        .fetch_optional(conn)
        .await)?;
        Ok(row.map(place))
    }
}
