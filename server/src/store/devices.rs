//! Enrolled phones, enrolment codes, challenges.

use vyezd_core::model::{DeviceId, InstallId, PersonId};

use super::{StoreError, Tx, id, on};

#[derive(Debug, Clone)]
pub struct DeviceRow {
    pub id: DeviceId,
    pub person: PersonId,
    /// Name that the owner gave.
    pub name: String,
    /// Ed25519 public key.
    pub key: [u8; 32],
    pub enrolled_at: i64,
    /// When its access was taken away.
    pub revoked_at: Option<i64>,
    pub seen_at: Option<i64>,
    /// When it last spoke without a signed sheet.
    pub silent_at: Option<i64>,
    /// Author of the enrolment code.
    pub code_by: Option<String>,
    pub enrolled_from: Option<String>,
}

#[derive(Debug, Clone)]
pub struct EnrolledPhone {
    pub id: DeviceId,
    pub person: PersonId,
    /// Name that the owner gave.
    pub name: String,
    /// Ed25519 public key.
    pub key: [u8; 32],
    pub install: InstallId,
}

/// A place in the stream, or a version of the reference data, that a phone has come to.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    /// The place or the version.
    pub number: i64,
    /// Time of the answer with this number.
    pub told_at: i64,
    /// Time at which the phone first named this number.
    pub said_at: i64,
}

/// Numbers of one phone that wait to be written.
#[derive(Debug, Default)]
pub struct HeardOf {
    pub places: Vec<Heard>,
    pub references: Vec<Heard>,
}

const PUT_PLACE: &str = "insert into phone_cursor (device_id, seq, told_at, said_at)
     values ($1, $2, $3, $4) on conflict do nothing";
const PUT_REFERENCE: &str = "insert into phone_reference (device_id, version, told_at, said_at)
     values ($1, $2, $3, $4) on conflict do nothing";
const PLACE_AT: &str = "select cast(coalesce(max(seq), 0) as bigint) from phone_cursor
     where device_id = $1 and (told_at <= $2 or said_at <= $3)";
const REFERENCE_AT: &str = "select cast(coalesce(max(version), 0) as bigint) from phone_reference
     where device_id = $1 and (told_at <= $2 or said_at <= $3)";
const PRUNE_PLACES: &str = "delete from phone_cursor where said_at < $1 and seq < (
         select max(newer.seq) from phone_cursor newer
         where newer.device_id = phone_cursor.device_id and newer.said_at < $1)";
const PRUNE_REFERENCES: &str = "delete from phone_reference where said_at < $1 and version < (
         select max(newer.version) from phone_reference newer
         where newer.device_id = phone_reference.device_id and newer.said_at < $1)";

#[derive(sqlx::FromRow)]
struct Raw {
    id: Vec<u8>,
    person_id: Vec<u8>,
    name: String,
    public_key: Vec<u8>,
    enrolled_at: i64,
    revoked_at: Option<i64>,
    seen_at: Option<i64>,
    silent_at: Option<i64>,
    code_by: Option<String>,
    enrolled_from: Option<String>,
}

impl TryFrom<Raw> for DeviceRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&raw.id, DeviceId::from_bytes)?,
            person: id(&raw.person_id, PersonId::from_bytes)?,
            name: raw.name,
            key: raw
                .public_key
                .as_slice()
                .try_into()
                .map_err(|_| StoreError::Decode("a key has 32 bytes".into()))?,
            enrolled_at: raw.enrolled_at,
            revoked_at: raw.revoked_at,
            seen_at: raw.seen_at,
            silent_at: raw.silent_at,
            code_by: raw.code_by,
            enrolled_from: raw.enrolled_from,
        })
    }
}

impl Tx {
    /// Keeps the numbers that phones have come to.
    pub async fn put_heard(&mut self, device: DeviceId, heard: &HeardOf) -> Result<(), StoreError> {
        let places = heard.places.iter().map(|heard| (PUT_PLACE, heard));
        let references = heard.references.iter().map(|heard| (PUT_REFERENCE, heard));
        for (sql, heard) in places.chain(references) {
            on!(&mut *self, |conn| sqlx::query(sql)
                .bind(device.bytes().as_slice())
                .bind(heard.number)
                .bind(heard.told_at)
                .bind(heard.said_at)
                .execute(conn)
                .await
                .map(drop))?;
        }
        Ok(())
    }

    /// The newest place in the stream and the newest reference data that a phone had been told by one instant, or
    /// had named itself by another; 0 where neither is known.
    pub async fn heard_by(
        &mut self,
        device: DeviceId,
        (told_by, said_by): (i64, i64),
    ) -> Result<(i64, i64), StoreError> {
        let mut newest = [0_i64; 2];
        for (sql, newest) in [PLACE_AT, REFERENCE_AT].into_iter().zip(&mut newest) {
            *newest = on!(&mut *self, |conn| sqlx::query_scalar(sql)
                .bind(device.bytes().as_slice())
                .bind(told_by)
                .bind(said_by)
                .fetch_one(conn)
                .await)?;
        }
        Ok((newest[0], newest[1]))
    }

    /// Removes older knowledge of phones than `before`, but for the newest row of each phone.
    pub async fn prune_heard(&mut self, before: i64) -> Result<(), StoreError> {
        for sql in [PRUNE_PLACES, PRUNE_REFERENCES] {
            on!(&mut *self, |conn| sqlx::query(sql).bind(before).execute(conn).await.map(drop))?;
        }
        Ok(())
    }

    /// Remembers a one-time code by its hash. Older ones of the same person are good no more. `false`:
    /// somebody has that code.
    pub async fn put_enrol_code(
        &mut self,
        hash: &[u8],
        person: PersonId,
        expires_at: i64,
    ) -> Result<bool, StoreError> {
        self.drop_enrol_codes(person).await?;
        let made: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "insert into enrol_code (hash, person_id, expires_at) values ($1, $2, $3)
             on conflict do nothing returning hash"
        )
        .bind(hash)
        .bind(person.bytes().as_slice())
        .bind(expires_at)
        .fetch_optional(conn)
        .await)?;
        Ok(made.is_some())
    }

    /// Writes down the author of a code.
    pub async fn note_code(&mut self, hash: &[u8], by: &str) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update enrol_code set made_by = $2 where hash = $1")
            .bind(hash)
            .bind(by)
            .execute(conn)
            .await
            .map(drop))
    }

    /// Makes a person's unused codes invalid.
    pub async fn drop_enrol_codes(&mut self, person: PersonId) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "delete from enrol_code where person_id = $1 and used_at is null"
        )
        .bind(person.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))
    }

    /// Uses a code up. Returns the person and the author of the code, if the code was good and the
    /// person still works here.
    pub async fn use_enrol_code(
        &mut self,
        hash: &[u8],
        now: i64,
    ) -> Result<Option<(PersonId, Option<String>)>, StoreError> {
        let used: Option<(Vec<u8>, Option<String>)> = on!(self, |conn| sqlx::query_as(
            "update enrol_code set used_at = $2
             where hash = $1 and used_at is null and expires_at > $2 and person_id in
                 (select id from person where active and role = 'metrologist')
             returning person_id, made_by"
        )
        .bind(hash)
        .bind(now)
        .fetch_optional(conn)
        .await)?;
        used.map(|(person, by)| Ok((id(&person, PersonId::from_bytes)?, by))).transpose()
    }

    /// Writes down the author of a phone's code, and the address of its use.
    pub async fn note_enrolment(
        &mut self,
        device: DeviceId,
        (by, from): (Option<&str>, &str),
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update device set code_by = $2, enrolled_from = $3 where id = $1"
        )
        .bind(device.bytes().as_slice())
        .bind(by)
        .bind(from)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Enrols a phone. `false`: the key is enrolled already.
    pub async fn put_device(
        &mut self,
        phone: &EnrolledPhone,
        now: i64,
    ) -> Result<bool, StoreError> {
        let made: Option<Vec<u8>> = on!(self, |conn| {
            sqlx::query_scalar(
            "insert into device (id, person_id, name, public_key, install, enrolled_at, looked_at)
             values ($1, $2, $3, $4, $5, $6, 0) on conflict do nothing returning id"
        )
        .bind(phone.id.bytes().as_slice())
        .bind(phone.person.bytes().as_slice())
        .bind(&phone.name)
        .bind(phone.key.as_slice())
        .bind(phone.install.bytes().as_slice())
        .bind(now)
        .fetch_optional(conn)
        .await
        })?;
        Ok(made.is_some())
    }

    pub async fn device(&mut self, device: DeviceId) -> Result<Option<DeviceRow>, StoreError> {
        let raw: Option<Raw> = on!(self, |conn| {
            sqlx::query_as(
            "select id, person_id, name, public_key, enrolled_at, revoked_at, seen_at, silent_at,
                 code_by, enrolled_from
             from device where id = $1"
        )
        .bind(device.bytes().as_slice())
        .fetch_optional(conn)
        .await
        })?;
        raw.map(DeviceRow::try_from).transpose()
    }

    /// All phones, the newest first.
    pub async fn devices(&mut self) -> Result<Vec<DeviceRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| {
            sqlx::query_as(
            "select id, person_id, name, public_key, enrolled_at, revoked_at, seen_at, silent_at,
                 code_by, enrolled_from
             from device order by enrolled_at desc, id"
        )
        .fetch_all(conn)
        .await
        })?;
        raw.into_iter().map(DeviceRow::try_from).collect()
    }

    pub async fn revoke_device(&mut self, device: DeviceId, now: i64) -> Result<bool, StoreError> {
        let done: Option<Vec<u8>> = on!(self, |conn| {
            sqlx::query_scalar(
            "update device set revoked_at = $2 where id = $1 and revoked_at is null returning id"
        )
        .bind(device.bytes().as_slice())
        .bind(now)
        .fetch_optional(conn)
        .await
        })?;
        Ok(done.is_some())
    }

    /// Sets the times of the phones' last contacts.
    pub async fn seen_devices(&mut self, seen: &[(DeviceId, i64)]) -> Result<(), StoreError> {
        for (device, at) in seen {
            on!(&mut *self, |conn| sqlx::query(
                "update device set seen_at = $2
                 where id = $1 and (seen_at is null or seen_at < $2)"
            )
            .bind(device.bytes().as_slice())
            .bind(at)
            .execute(conn)
            .await
            .map(drop))?;
        }
        Ok(())
    }

    /// One phone speaks at a time: its row is locked until the commit.
    pub async fn lock_device(&mut self, device: DeviceId) -> Result<(), StoreError> {
        if self.is_alone() {
            return Ok(());
        }
        on!(self, |conn| sqlx::query("update device set name = name where id = $1")
            .bind(device.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))
    }

    /// A full answer is given at `now`; `looked` is when the next one need not be.
    pub async fn note_looked(
        &mut self,
        device: DeviceId,
        (now, looked): (i64, i64),
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update device set looked_at = $2, seen_at = $3 where id = $1"
        )
        .bind(device.bytes().as_slice())
        .bind(looked)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    }

    /// When phones last spoke without a signed sheet.
    pub async fn silent_devices(&mut self, silent: &[(DeviceId, i64)]) -> Result<(), StoreError> {
        for (device, at) in silent {
            on!(&mut *self, |conn| sqlx::query(
                "update device set silent_at = $2
                 where id = $1 and (silent_at is null or silent_at < $2)"
            )
            .bind(device.bytes().as_slice())
            .bind(at)
            .execute(conn)
            .await
            .map(drop))?;
        }
        Ok(())
    }

    /// The installations of a phone: install, first and last seen.
    pub async fn installs(
        &mut self,
        device: DeviceId,
    ) -> Result<Vec<(InstallId, i64, i64)>, StoreError> {
        let rows: Vec<(Vec<u8>, i64, i64)> = on!(self, |conn| sqlx::query_as(
            "select install, first_seen_at, last_seen_at from phone_install
             where device_id = $1 order by first_seen_at, install"
        )
        .bind(device.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter()
            .map(|(install, first, last)| Ok((id(install, InstallId::from_bytes)?, *first, *last)))
            .collect()
    }

    /// Notes that an installation speaks with a phone's key.
    pub async fn note_install(
        &mut self,
        install: InstallId,
        device: DeviceId,
        now: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into phone_install (install, device_id, first_seen_at, last_seen_at)
             values ($1, $2, $3, $3) on conflict (device_id, install) do update
                 set last_seen_at = excluded.last_seen_at"
        )
        .bind(install.bytes().as_slice())
        .bind(device.bytes().as_slice())
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Uses a challenge up. `false`: it was used before.
    pub async fn use_challenge(
        &mut self,
        text: &str,
        device: DeviceId,
        (now, expires_at): (i64, i64),
    ) -> Result<bool, StoreError> {
        on!(&mut *self, |conn| sqlx::query("delete from challenge where expires_at < $1")
            .bind(now)
            .execute(conn)
            .await
            .map(drop))?;
        let used: Option<String> = on!(self, |conn| sqlx::query_scalar(
            "insert into challenge (text, device_id, expires_at) values ($1, $2, $3)
             on conflict do nothing returning text"
        )
        .bind(text)
        .bind(device.bytes().as_slice())
        .bind(expires_at)
        .fetch_optional(conn)
        .await)?;
        Ok(used.is_some())
    }
}
