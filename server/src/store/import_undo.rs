//! What an import of types or people wrote, and how it is taken back.

use vyezd_core::codec::encode;
use vyezd_core::model::{InstrumentType, ItemId, PersonId, Timestamp};

use super::{StoreError, Tx, id, on, record};

/// A type that an import wrote.
#[derive(Debug, Clone)]
pub struct MadeType {
    /// As it stood before; nothing where it was new.
    pub before: Option<InstrumentType>,
    pub after: InstrumentType,
}

impl Tx {
    pub async fn note_import_type(
        &mut self,
        job: ItemId,
        MadeType { before, after }: &MadeType,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into import_type (job_id, type_number, modification, before, after)
             values ($1, $2, $3, $4, $5)
             on conflict (job_id, type_number, modification) do update set after = excluded.after"
        )
        .bind(job.bytes().as_slice())
        .bind(&after.type_number)
        .bind(&after.modification)
        .bind(before.as_ref().map(encode))
        .bind(encode(after))
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn import_types(&mut self, job: ItemId) -> Result<Vec<MadeType>, StoreError> {
        let rows: Vec<(Option<Vec<u8>>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select before, after from import_type where job_id = $1
             order by type_number, modification"
        )
        .bind(job.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        let read = |(before, after): (Option<Vec<u8>>, Vec<u8>)| {
            let before = before.map(|body| record(&body)).transpose()?;
            Ok(MadeType { before, after: record(&after)? })
        };
        rows.into_iter().map(read).collect()
    }

    /// Whether a sheet that came since an instant verified a meter of this type.
    pub async fn is_type_used(
        &mut self,
        of: &InstrumentType,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let count: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from verification v join seal s on s.id = v.seal_id
             where v.type_number = $1 and v.modification = $2 and s.received_at > $3"
        )
        .bind(&of.type_number)
        .bind(&of.modification)
        .bind(since.0)
        .fetch_one(conn)
        .await)?;
        Ok(count > 0)
    }

    pub async fn drop_type(&mut self, of: &InstrumentType) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "delete from instrument_type where type_number = $1 and modification = $2"
        )
        .bind(&of.type_number)
        .bind(&of.modification)
        .execute(conn)
        .await
        .map(drop))?;
        self.raise_reference_version().await
    }

    pub async fn note_import_person(
        &mut self,
        job: ItemId,
        person: PersonId,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into import_person (job_id, person_id) values ($1, $2)"
        )
        .bind(job.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn import_people(&mut self, job: ItemId) -> Result<Vec<PersonId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select person_id from import_person where job_id = $1 order by person_id"
        )
        .bind(job.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|person| id(person, PersonId::from_bytes)).collect()
    }

    /// Removes a person whom nobody has changed and nothing names. `false`: somebody has, or something does.
    pub async fn drop_untouched_person(&mut self, person: PersonId) -> Result<bool, StoreError> {
        on!(&mut *self, |conn| sqlx::query("delete from person_district where person_id = $1")
            .bind(person.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))?;
        let gone: Result<bool, StoreError> =
            on!(&mut *self, |conn| sqlx::query("delete from person where id = $1 and version = 1")
                .bind(person.bytes().as_slice())
                .execute(conn)
                .await
                .map(|done| done.rows_affected() > 0));
        match gone {
            Err(StoreError::Database(error)) if error.is_foreign_key_violation() => Ok(false),
            gone => {
                self.raise_reference_version().await?;
                gone
            }
        }
    }
}
