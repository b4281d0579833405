//! Kits of means and who has had each.

use vyezd_core::model::{KitId, LegalDate, Means, PersonId, fold};

use super::{StoreError, Tx, id, on};

/// A kit with whoever has it now, and since which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitRow {
    pub id: KitId,
    pub name: String,
    pub holder: Option<(PersonId, String)>,
}

/// Id, name, person and first day of the open holding.
type Raw = (Vec<u8>, String, Option<Vec<u8>>, Option<String>);

impl Tx {
    /// All kits by name.
    pub async fn kits(&mut self) -> Result<Vec<KitRow>, StoreError> {
        let rows: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select k.id, k.name, h.person_id, h.from_day
                 from kit k left join kit_holding h on h.kit_id = k.id and h.until_day is null
                 order by k.name_key"
        )
        .fetch_all(conn)
        .await)?;
        let kit = |(kit, name, person, since): Raw| {
            let holder = match person.zip(since) {
                Some((person, since)) => Some((self::id(&person, PersonId::from_bytes)?, since)),
                None => None,
            };
            Ok(KitRow { id: self::id(&kit, KitId::from_bytes)?, name, holder })
        };
        rows.into_iter().map(kit).collect()
    }

    /// Adds a kit or gives it another name.
    pub async fn put_kit(&mut self, kit: KitId, name: &str) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into kit (id, name, name_key) values ($1, $2, $3)
             on conflict (id) do update set name = excluded.name, name_key = excluded.name_key"
        )
        .bind(kit.bytes().as_slice())
        .bind(name)
        .bind(fold(name))
        .execute(conn)
        .await
        .map(drop))
    }

    /// Gives a kit to a person from a day on, or lays it into the office; whoever had it had it on that day too.
    pub async fn hand_kit(
        &mut self,
        kit: KitId,
        person: Option<PersonId>,
        today: LegalDate,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update kit_holding set until_day = $2 where kit_id = $1 and until_day is null"
        )
        .bind(kit.bytes().as_slice())
        .bind(today.to_string())
        .execute(conn)
        .await
        .map(drop))?;
        let Some(person) = person else { return Ok(()) };
        on!(self, |conn| sqlx::query(
            "insert into kit_holding (kit_id, ordinal, person_id, from_day)
             select $1, coalesce(max(ordinal), 0) + 1, $2, $3 from kit_holding where kit_id = $1"
        )
        .bind(kit.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .bind(today.to_string())
        .execute(conn)
        .await
        .map(drop))
    }

    /// Kits that a person has now, or had on a day.
    pub async fn kits_of(
        &mut self,
        person: PersonId,
        day: Option<LegalDate>,
    ) -> Result<Vec<KitId>, StoreError> {
        let day = day.map(|day| day.to_string());
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select distinct kit_id from kit_holding
             where person_id = $1
                 and (($2 is null and until_day is null)
                     or (from_day <= $2 and (until_day is null or until_day >= $2)))"
        )
        .bind(person.bytes().as_slice())
        .bind(&day)
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|kit| self::id(kit, KitId::from_bytes)).collect()
    }

    /// Means that a person may use: those that he carries, and of the common ones those for which he carries none.
    /// Of a `day` that has passed, with the kits that he had then.
    pub async fn means_of(
        &mut self,
        person: PersonId,
        day: Option<LegalDate>,
    ) -> Result<Vec<Means>, StoreError> {
        let kits = self.kits_of(person, day).await?;
        let mut mine = Vec::new();
        for mut means in self.means().await? {
            match means.kit {
                Some(kit) if kits.contains(&kit) => means.held_by = Some(person),
                Some(_) => continue,
                None if means.held_by.is_some_and(|holder| holder != person) => continue,
                None => {}
            }
            mine.push(means);
        }
        let carried: Vec<Means> = mine.iter().filter(|of| of.held_by.is_some()).cloned().collect();
        mine.retain(|of| of.held_by.is_some() || !carried.iter().any(|own| own.stands_for(of)));
        Ok(mine)
    }
}
