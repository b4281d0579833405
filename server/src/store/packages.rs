//! Packages for the Fund. Immutable once made; a verification is in at most one live package.

use vyezd_core::model::{EntityId, InstrumentId, LegalDate, PackageId, SealId, Timestamp};

use super::{StoreError, Tx, id, on};

#[derive(Debug, Clone)]
pub struct PackageRow {
    pub id: PackageId,
    pub entity: EntityId,
    pub entity_name: String,
    /// Counted for each issuer.
    pub number: i64,
    pub made_at: i64,
    pub made_by: String,
    pub records: i64,
    /// The SHA-256 of its file.
    pub sha256: String,
    pub bytes: i64,
    pub sent_at: Option<i64>,
    pub sent_by: Option<String>,
    /// Records with a number of the Fund.
    pub published: i64,
    /// Records that the Fund refused.
    pub refused: i64,
}

/// A verification that waits for a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packable {
    pub seal: SealId,
    pub instrument: InstrumentId,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Vec<u8>,
    entity_id: Vec<u8>,
    entity_name: String,
    number: i64,
    made_at: i64,
    made_by: String,
    records: i64,
    sha256: String,
    bytes: i64,
    sent_at: Option<i64>,
    sent_by: Option<String>,
    published: i64,
    refused: i64,
}

impl TryFrom<Raw> for PackageRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&raw.id, PackageId::from_bytes)?,
            entity: id(&raw.entity_id, EntityId::from_bytes)?,
            entity_name: raw.entity_name,
            number: raw.number,
            made_at: raw.made_at,
            made_by: raw.made_by,
            records: raw.records,
            sha256: raw.sha256,
            bytes: raw.bytes,
            sent_at: raw.sent_at,
            sent_by: raw.sent_by,
            published: raw.published,
            refused: raw.refused,
        })
    }
}

impl Tx {
    /// Issued verifications of some days that are in no live package, oldest first.
    pub async fn packable(
        &mut self,
        entity: EntityId,
        (from, to): (LegalDate, LegalDate),
        limit: i64,
    ) -> Result<Vec<Packable>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select v.seal_id, v.instrument_id from verification v
             join seal s on s.id = v.seal_id
             left join package_item i on i.seal_id = v.seal_id
                 and i.instrument_id = v.instrument_id and i.live
             where v.entity_id = $1 and v.date >= $2 and v.date <= $3 and not v.void
               and v.result <> 'not_finished' and s.state = 'issued' and i.package_id is null
             order by v.date, v.protocol_number limit $4"
        )
        .bind(entity.bytes().as_slice())
        .bind(from.to_string())
        .bind(to.to_string())
        .bind(limit)
        .fetch_all(conn)
        .await)?;
        rows.iter()
            .map(|(seal, instrument)| {
                Ok(Packable {
                    seal: id(seal, SealId::from_bytes)?,
                    instrument: id(instrument, InstrumentId::from_bytes)?,
                })
            })
            .collect()
    }

    /// The number of an issuer's next package. Its issuer's row is locked until the commit.
    pub async fn next_package_number(&mut self, entity: EntityId) -> Result<i64, StoreError> {
        on!(&mut *self, |conn| sqlx::query("update entity set name = name where id = $1")
            .bind(entity.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))?;
        on!(self, |conn| sqlx::query_scalar(
            "select cast(coalesce(max(number), 0) + 1 as bigint) from package where entity_id = $1"
        )
        .bind(entity.bytes().as_slice())
        .fetch_one(conn)
        .await)
    }

    /// Adds a package with its records. The database refuses a verification that is in another.
    pub async fn add_package(
        &mut self,
        package: &PackageRow,
        items: &[Packable],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into package (id, entity_id, number, made_at, made_by, records, sha256, bytes)
             values ($1, $2, $3, $4, $5, $6, $7, $8)"
        )
        .bind(package.id.bytes().as_slice())
        .bind(package.entity.bytes().as_slice())
        .bind(package.number)
        .bind(now.0)
        .bind(&package.made_by)
        .bind(items.len() as i64)
        .bind(&package.sha256)
        .bind(package.bytes)
        .execute(conn)
        .await
        .map(drop))?;
        for (position, item) in items.iter().enumerate() {
            on!(&mut *self, |conn| sqlx::query(
                "insert into package_item (package_id, position, seal_id, instrument_id, live)
                 values ($1, $2, $3, $4, true)"
            )
            .bind(package.id.bytes().as_slice())
            .bind(position as i64 + 1)
            .bind(item.seal.bytes().as_slice())
            .bind(item.instrument.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))?;
        }
        Ok(())
    }

    /// All packages, the newest first.
    pub async fn packages(&mut self) -> Result<Vec<PackageRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select k.id, k.entity_id, e.name as entity_name, k.number, k.made_at, k.made_by,
                    k.records, k.sha256, k.bytes, k.sent_at, k.sent_by,
                    (select count(*) from package_item i join fund_record r
                         on r.seal_id = i.seal_id and r.instrument_id = i.instrument_id and r.live
                     where i.package_id = k.id and r.number is not null) as published,
                    (select count(*) from package_item i join fund_record r
                         on r.seal_id = i.seal_id and r.instrument_id = i.instrument_id and r.live
                     where i.package_id = k.id and r.number is null) as refused
             from package k join entity e on e.id = k.entity_id
             order by k.made_at desc, k.number desc"
        )
        .fetch_all(conn)
        .await)?;
        raw.into_iter().map(PackageRow::try_from).collect()
    }

    pub async fn package(&mut self, package: PackageId) -> Result<Option<PackageRow>, StoreError> {
        Ok(self.packages().await?.into_iter().find(|row| row.id == package))
    }
}
