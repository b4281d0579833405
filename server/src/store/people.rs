//! People and their districts.

use vyezd_core::model::{LegalDate, PersonId, fold};

use super::{StoreError, Tx, id, on};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin,
    /// Orders, papers, packages.
    Office,
    /// His own orders, on his phone.
    Metrologist,
}

impl Role {
    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Office => "office",
            Self::Metrologist => "metrologist",
        }
    }

    /// The role with this code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Admin, Self::Office, Self::Metrologist].into_iter().find(|r| r.code() == code)
    }
}

/// A person.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// His id.
    pub id: PersonId,
    /// What he types to log in.
    pub login: String,
    /// Family name, given name, patronymic.
    pub name: String,
    /// What he may do.
    pub role: Role,
    /// argon2id, PHC string.
    pub password_hash: Option<String>,
    /// Where the telephone calls him.
    pub phone: Option<String>,
    /// The last day of his attestation.
    pub attested_until: Option<LegalDate>,
    /// Works here.
    pub active: bool,
    /// Where he takes orders.
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

impl Tx {
    /// Adds a person or changes him.
    pub async fn put_person(&mut self, p: &PersonRow) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into person
                 (id, login_key, name, name_key, role, password_hash, phone, attested_until, active)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (id) do update set
                 login_key = excluded.login_key, name = excluded.name, name_key = excluded.name_key,
                 role = excluded.role, password_hash = excluded.password_hash,
                 phone = excluded.phone, attested_until = excluded.attested_until,
                 active = excluded.active"
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
        let mut people = Vec::with_capacity(raw.len());
        for row in raw {
            people.push(self.full(row).await?);
        }
        Ok(people)
    }

    /// One person.
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

    /// Active administrators: the last one cannot be removed.
    pub async fn administrators(&mut self) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select count(*) from person where role = 'admin' and active"
        )
        .fetch_one(conn)
        .await)
    }

    async fn full(&mut self, raw: Raw) -> Result<PersonRow, StoreError> {
        let districts = on!(self, |conn| sqlx::query_scalar(
            "select district from person_district where person_id = $1 order by district_key"
        )
        .bind(&raw.id)
        .fetch_all(conn)
        .await)?;
        Ok(PersonRow {
            id: id(&raw.id, PersonId::from_bytes)?,
            login: raw.login_key,
            name: raw.name,
            role: Role::parse(&raw.role).unwrap_or(Role::Metrologist),
            password_hash: raw.password_hash,
            phone: raw.phone,
            attested_until: raw.attested_until.as_deref().and_then(LegalDate::parse),
            active: raw.active,
            districts,
        })
    }
}
