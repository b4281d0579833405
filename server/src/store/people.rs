//! People and their districts.

use std::collections::BTreeMap;

use vyezd_core::model::{LegalDate, PersonId, fold};

use super::{StoreError, Tx, id, on};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin,
    /// Orders, papers, packages.
    Office,
    /// The person's own orders, on the phone.
    Metrologist,
}

impl Role {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Office => "office",
            Self::Metrologist => "metrologist",
        }
    }

    pub const fn russian(self) -> &'static str {
        match self {
            Self::Admin => "администратор",
            Self::Office => "офис",
            Self::Metrologist => "метролог",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Admin, Self::Office, Self::Metrologist].into_iter().find(|r| r.code() == code)
    }
}

#[derive(Debug, Clone)]
pub struct PersonRow {
    pub id: PersonId,
    pub login: String,
    /// Family name, given name, patronymic.
    pub name: String,
    pub role: Role,
    /// argon2id, PHC string.
    pub password_hash: Option<String>,
    /// Telephone for offers.
    pub phone: Option<String>,
    /// The last day of the qualification.
    pub attested_until: Option<LegalDate>,
    pub active: bool,
    pub districts: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Vec<u8>,
    login_key: String,
    name: String,
    role: String,
    password_hash: Option<String>,
    phone: Option<String>,
    attested_until: Option<String>,
    active: bool,
}

impl Raw {
    fn with(self, districts: Vec<String>) -> Result<PersonRow, StoreError> {
        Ok(PersonRow {
            id: id(&self.id, PersonId::from_bytes)?,
            login: self.login_key,
            name: self.name,
            role: Role::parse(&self.role)
                .ok_or_else(|| StoreError::Decode("unknown role".into()))?,
            password_hash: self.password_hash,
            phone: self.phone,
            attested_until: self.attested_until.as_deref().and_then(LegalDate::parse),
            active: self.active,
            districts,
        })
    }
}

impl Tx {
    /// Adds or changes a person.
    pub async fn put_person(&mut self, p: &PersonRow) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into person
                 (id, login_key, name, name_key, role, password_hash, phone, attested_until, active)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (id) do update set
                 login_key = excluded.login_key, name = excluded.name, name_key = excluded.name_key,
                 role = excluded.role, password_hash = excluded.password_hash,
                 phone = excluded.phone, attested_until = excluded.attested_until,
                 active = excluded.active, version = person.version + 1"
        )
        .bind(p.id.bytes().as_slice())
        .bind(fold(&p.login))
        .bind(&p.name)
        .bind(fold(&p.name))
        .bind(p.role.code())
        .bind(&p.password_hash)
        .bind(&p.phone)
        .bind(p.attested_until.map(|date| date.to_string()))
        .bind(p.active)
        .execute(conn)
        .await
        .map(drop))?;
        on!(&mut *self, |conn| sqlx::query("delete from person_district where person_id = $1")
            .bind(p.id.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))?;
        for district in &p.districts {
            on!(&mut *self, |conn| sqlx::query(
                "insert into person_district (person_id, district, district_key)
                 values ($1, $2, $3) on conflict do nothing"
            )
            .bind(p.id.bytes().as_slice())
            .bind(district)
            .bind(fold(district))
            .execute(conn)
            .await
            .map(drop))?;
        }
        Ok(())
    }

    /// Everybody, by name.
    pub async fn people(&mut self) -> Result<Vec<PersonRow>, StoreError> {
        let raw: Vec<Raw> = on!(&mut *self, |conn| sqlx::query_as(
            "select id, login_key, name, role, password_hash, phone, attested_until, active
             from person order by name_key, id"
        )
        .fetch_all(conn)
        .await)?;
        let places: Vec<(Vec<u8>, String)> = on!(&mut *self, |conn| sqlx::query_as(
            "select person_id, district from person_district order by district_key"
        )
        .fetch_all(conn)
        .await)?;
        let mut districts: BTreeMap<Vec<u8>, Vec<String>> = BTreeMap::new();
        for (person, district) in places {
            districts.entry(person).or_default().push(district);
        }
        let mut mine = |raw: &Raw| districts.remove(&raw.id).unwrap_or_default();
        raw.into_iter()
            .map(|raw| {
                let districts = mine(&raw);
                raw.with(districts)
            })
            .collect()
    }

    /// The active metrologists: colleagues learn their name and telephone.
    pub async fn colleagues(&mut self) -> Result<Vec<PersonRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select id, login_key, name, role, password_hash, phone, attested_until, active
             from person where role = 'metrologist' and active order by name_key, id"
        )
        .fetch_all(conn)
        .await)?;
        raw.into_iter().map(|raw| raw.with(Vec::new())).collect()
    }

    pub async fn person(&mut self, person: PersonId) -> Result<Option<PersonRow>, StoreError> {
        let raw: Option<Raw> = on!(&mut *self, |conn| sqlx::query_as(
            "select id, login_key, name, role, password_hash, phone, attested_until, active
             from person where id = $1"
        )
        .bind(person.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        match raw {
            Some(row) => self.full(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The person who logs in under this name.
    pub async fn person_by_login(&mut self, login: &str) -> Result<Option<PersonRow>, StoreError> {
        let raw: Option<Raw> = on!(&mut *self, |conn| sqlx::query_as(
            "select id, login_key, name, role, password_hash, phone, attested_until, active
             from person where login_key = $1"
        )
        .bind(fold(login))
        .fetch_optional(conn)
        .await)?;
        match raw {
            Some(row) => self.full(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Administrators who can log in: the last one cannot be removed. A change of people holds the
    /// row of the installation ([`Tx::raise_reference_version`]), so two do not count at once.
    pub async fn administrators(&mut self) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select count(*) from person
             where role = 'admin' and active and password_hash is not null"
        )
        .fetch_one(conn)
        .await)
    }

    /// The versions of everybody, for `If-Match`.
    pub async fn person_versions(&mut self) -> Result<BTreeMap<PersonId, i64>, StoreError> {
        let rows: Vec<(Vec<u8>, i64)> =
            on!(self, |conn| sqlx::query_as("select id, version from person")
                .fetch_all(conn)
                .await)?;
        rows.into_iter()
            .map(|(person, version)| Ok((id(&person, PersonId::from_bytes)?, version)))
            .collect()
    }

    pub async fn count_people(&mut self) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar("select count(*) from person").fetch_one(conn).await)
    }

    /// Metrologists who work and take orders in a district, or who were named; their districts are not
    /// read.
    pub async fn metrologists_for(
        &mut self,
        district_key: &str,
        named: Option<PersonId>,
    ) -> Result<Vec<PersonRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select p.id, p.login_key, p.name, p.role, p.password_hash, p.phone,
                    p.attested_until, p.active
             from person p
             where p.role = 'metrologist' and p.active and (p.id = $2 or exists
                 (select 1 from person_district d
                  where d.person_id = p.id and d.district_key = $1))
             order by p.name_key, p.id"
        )
        .bind(district_key)
        .bind(named.map(|person| person.bytes().to_vec()))
        .fetch_all(conn)
        .await)?;
        raw.into_iter().map(|raw| raw.with(Vec::new())).collect()
    }

    async fn full(&mut self, raw: Raw) -> Result<PersonRow, StoreError> {
        let districts = on!(self, |conn| sqlx::query_scalar(
            "select district from person_district where person_id = $1 order by district_key"
        )
        .bind(&raw.id)
        .fetch_all(conn)
        .await)?;
        raw.with(districts)
    }
}
