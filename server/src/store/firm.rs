//! The firm's reference data: issuers, means, methods, types. Every change raises its version.

use std::collections::BTreeSet;

use vyezd_core::codec::encode;
use vyezd_core::frame::{Faq, Limits, ReferenceData};
use vyezd_core::model::{
    Colleague, Entity, EntityId, InstrumentType, LegalDate, Means, MeansRole, Method, Performer,
    PersonId, Window,
};

use super::{PersonRow, StoreError, Tx, id, on, record};

impl Tx {
    /// Adds an issuer or changes it.
    pub async fn put_entity(&mut self, entity: &Entity) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into entity (id, name, body) values ($1, $2, $3)
             on conflict (id) do update set name = excluded.name, body = excluded.body,
                 version = entity.version + 1"
        )
        .bind(entity.id.bytes().as_slice())
        .bind(&entity.name)
        .bind(encode(entity))
        .execute(conn)
        .await
        .map(drop))?;
        self.raise_reference_version().await
    }

    /// Hours in which people are asked about orders of an issuer.
    pub async fn working_hours(&mut self, entity: EntityId) -> Result<Window, StoreError> {
        let row: Option<(i64, i64)> = on!(self, |conn| sqlx::query_as(
            "select work_from_min, work_to_min from entity where id = $1"
        )
        .bind(entity.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        let minute = |min: i64| u16::try_from(min).map_err(|e| StoreError::Decode(e.into()));
        let (from, to) = row.unwrap_or((0, 24 * 60 - 1));
        Ok(Window { from_min: minute(from)?, to_min: minute(to)? })
    }

    pub async fn set_working_hours(
        &mut self,
        entity: EntityId,
        hours: Window,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update entity set work_from_min = $2, work_to_min = $3 where id = $1"
        )
        .bind(entity.bytes().as_slice())
        .bind(i64::from(hours.from_min))
        .bind(i64::from(hours.to_min))
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn entities(&mut self) -> Result<Vec<Entity>, StoreError> {
        let rows: Vec<Vec<u8>> =
            on!(self, |conn| sqlx::query_scalar("select body from entity order by id")
                .fetch_all(conn)
                .await)?;
        rows.iter().map(|body| record(body)).collect()
    }

    /// The versions of the issuers, for `If-Match`.
    pub async fn entity_versions(&mut self) -> Result<Vec<(EntityId, i64)>, StoreError> {
        let rows: Vec<(Vec<u8>, i64)> =
            on!(self, |conn| sqlx::query_as("select id, version from entity order by id")
                .fetch_all(conn)
                .await)?;
        rows.into_iter()
            .map(|(entity, version)| Ok((id(&entity, EntityId::from_bytes)?, version)))
            .collect()
    }

    pub async fn entity(&mut self, wanted: EntityId) -> Result<Option<Entity>, StoreError> {
        Ok(self.entities().await?.into_iter().find(|entity| entity.id == wanted))
    }

    /// Adds a means or changes it.
    pub async fn put_means(&mut self, means: &Means) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into means (id, body) values ($1, $2)
             on conflict (id) do update set body = excluded.body"
        )
        .bind(means.id.bytes().as_slice())
        .bind(encode(means))
        .execute(conn)
        .await
        .map(drop))?;
        self.raise_reference_version().await
    }

    pub async fn means(&mut self) -> Result<Vec<Means>, StoreError> {
        let rows: Vec<Vec<u8>> =
            on!(self, |conn| sqlx::query_scalar("select body from means order by id")
                .fetch_all(conn)
                .await)?;
        rows.iter().map(|body| record(body)).collect()
    }

    /// Adds a method or changes it.
    pub async fn put_method(&mut self, method: &Method) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into method (title, body) values ($1, $2)
             on conflict (title) do update set body = excluded.body"
        )
        .bind(&method.title)
        .bind(encode(method))
        .execute(conn)
        .await
        .map(drop))?;
        self.raise_reference_version().await
    }

    pub async fn methods(&mut self) -> Result<Vec<Method>, StoreError> {
        let rows: Vec<Vec<u8>> =
            on!(self, |conn| sqlx::query_scalar("select body from method order by title")
                .fetch_all(conn)
                .await)?;
        rows.iter().map(|body| record(body)).collect()
    }

    /// Adds types or changes them; methods that nobody knows yet come unapproved.
    pub async fn put_types(&mut self, types: &[InstrumentType]) -> Result<(), StoreError> {
        let known: Vec<String> = self.methods().await?.into_iter().map(|m| m.title).collect();
        let mut titles: Vec<&String> = types.iter().map(|kind| &kind.method).collect();
        titles.sort();
        titles.dedup();
        for title in titles.into_iter().filter(|title| !known.contains(title)) {
            self.put_method(&Method::three_points(title)).await?;
        }
        for kind in types {
            on!(&mut *self, |conn| sqlx::query(
                "insert into instrument_type (type_number, modification, body) values ($1, $2, $3)
                 on conflict (type_number, modification) do update set body = excluded.body"
            )
            .bind(&kind.type_number)
            .bind(&kind.modification)
            .bind(encode(kind))
            .execute(conn)
            .await
            .map(drop))?;
        }
        self.raise_reference_version().await
    }

    /// The modifications of one type.
    pub async fn types_of(&mut self, number: &str) -> Result<Vec<InstrumentType>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select body from instrument_type where type_number = $1 order by modification"
        )
        .bind(number)
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|body| record(body)).collect()
    }

    pub async fn types(&mut self) -> Result<Vec<InstrumentType>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select body from instrument_type order by type_number, modification"
        )
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|body| record(body)).collect()
    }

    /// Remembers what a person's phone was told.
    pub async fn keep_reference(&mut self, data: &ReferenceData) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into reference_served (version, person_id, body) values ($1, $2, $3)
             on conflict do nothing"
        )
        .bind(data.version as i64)
        .bind(data.performer.id.bytes().as_slice())
        .bind(encode(data))
        .execute(conn)
        .await
        .map(drop))
    }

    /// The reference data of a person's phone at a version.
    pub async fn reference_known(
        &mut self,
        version: u64,
        person: PersonId,
    ) -> Result<Option<ReferenceData>, StoreError> {
        let body: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select body from reference_served where version = $1 and person_id = $2"
        )
        .bind(version as i64)
        .bind(person.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        body.map(|body| record(&body)).transpose()
    }

    /// The reference data for the phone of a person.
    pub async fn reference_for(&mut self, person: &PersonRow) -> Result<ReferenceData, StoreError> {
        self.reference_on(person, None).await
    }

    /// The same with the kits that the person had on a day.
    pub async fn reference_on(
        &mut self,
        person: &PersonRow,
        day: Option<LegalDate>,
    ) -> Result<ReferenceData, StoreError> {
        let roles: BTreeSet<MeansRole> =
            self.means().await?.iter().flat_map(Means::roles).collect();
        Ok(ReferenceData {
            version: self.reference_version().await?,
            entities: self.entities().await?,
            performer: Performer {
                id: person.id,
                name: person.name.clone(),
                attested_until: person.attested_until,
            },
            means: self.means_of(person.id, day).await?,
            roles: roles.into_iter().collect(),
            methods: self.methods().await?,
            types: self.types().await?,
            limits: Limits::default(),
            public_url: self.public_url().await?,
            faq: self.faq().await?,
            colleagues: self.colleagues_of(person.id).await?,
        })
    }

    /// The other active metrologists.
    async fn colleagues_of(&mut self, person: PersonId) -> Result<Vec<Colleague>, StoreError> {
        let others = self.colleagues().await?.into_iter().filter(|other| other.id != person);
        Ok(others
            .map(|p| Colleague { id: p.id, name: p.name, phone: p.phone.unwrap_or_default() })
            .collect())
    }

    pub async fn faq(&mut self) -> Result<Vec<Faq>, StoreError> {
        match self.meta("faq").await? {
            Some(body) => record(&body),
            None => Ok(Vec::new()),
        }
    }

    /// How often they were changed, for `If-Match`.
    pub async fn faq_version(&mut self) -> Result<i64, StoreError> {
        let bytes = self.meta("faq_version").await?;
        Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes))
    }

    /// Sets them; every phone gets them.
    pub async fn set_faq(&mut self, faq: &[Faq]) -> Result<(), StoreError> {
        self.set_meta("faq", &encode(&faq.to_vec())).await?;
        let version = self.faq_version().await? + 1;
        self.set_meta("faq_version", &version.to_be_bytes()).await?;
        self.raise_reference_version().await
    }
}
