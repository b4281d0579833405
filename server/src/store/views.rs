//! Lists of orders that the office named: filters as the address of the page has them.

use vyezd_core::model::{ItemId, PersonId};

use super::{StoreError, Tx, id, on};

/// A named list.
#[derive(Debug, Clone)]
pub struct SavedView {
    pub id: ItemId,
    /// Whose it is; none: everybody's.
    pub person: Option<PersonId>,
    pub name: String,
    pub query: String,
    pub made_by: String,
}

impl Tx {
    /// The lists that a person sees: everybody's first, then by name.
    pub async fn views(&mut self, person: PersonId) -> Result<Vec<SavedView>, StoreError> {
        type Raw = (Vec<u8>, Option<Vec<u8>>, String, String, String);
        let rows: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select id, person_id, name, query, made_by from saved_view
             where person_id is null or person_id = $1
             order by case when person_id is null then 0 else 1 end, name, id"
        )
        .bind(person.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        let view = |(key, person, name, query, made_by): Raw| {
            let person = person.map(|person| id(&person, PersonId::from_bytes)).transpose()?;
            Ok(SavedView { id: id(&key, ItemId::from_bytes)?, person, name, query, made_by })
        };
        rows.into_iter().map(view).collect()
    }

    pub async fn add_view(&mut self, view: &SavedView, now: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into saved_view (id, person_id, name, query, made_by, made_at)
             values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(view.id.bytes().as_slice())
        .bind(view.person.map(|person| person.bytes().to_vec()))
        .bind(&view.name)
        .bind(&view.query)
        .bind(&view.made_by)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Other filters under the name of a list.
    pub async fn change_view(&mut self, view: ItemId, query: &str) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update saved_view set query = $2 where id = $1")
            .bind(view.bytes().as_slice())
            .bind(query)
            .execute(conn)
            .await
            .map(drop))
    }

    pub async fn drop_view(&mut self, view: ItemId) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from saved_view where id = $1")
            .bind(view.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))
    }
}
