//! Series, leases, used numbers.

use vyezd_core::frame::LeaseHeld;
use vyezd_core::model::{
    DeviceId, EntityId, InstallId, InstrumentId, Lease, LeaseId, NumberKind, SealId, Series,
    VisitId,
};

use super::{NumberState, StoreError, Tx, id, on};

#[derive(sqlx::FromRow)]
struct RawLease {
    id: Vec<u8>,
    entity_id: Vec<u8>,
    kind: String,
    year: i64,
    first: i64,
    last: i64,
    next: i64,
}

impl RawLease {
    fn lease(&self) -> Result<Lease, StoreError> {
        Ok(Lease {
            id: id(&self.id, LeaseId::from_bytes)?,
            entity: id(&self.entity_id, EntityId::from_bytes)?,
            kind: number_kind(&self.kind)?,
            year: self.year as u16,
            first: self.first as u64,
            last: self.last as u64,
        })
    }
}

#[derive(sqlx::FromRow)]
struct RawUse {
    state: String,
    instrument_id: Option<Vec<u8>>,
    visit_id: Option<Vec<u8>>,
}

/// The installation that holds a lease, and its phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseHolder {
    pub install: InstallId,
    pub device: DeviceId,
}

/// How many numbers of a series are where.
#[derive(Debug, Clone)]
pub struct SeriesAccount {
    /// The issuer's name.
    pub entity: String,
    pub kind: NumberKind,
    pub year: i64,
    /// The last number that was given out.
    pub last: i64,
    /// On phones, not used yet.
    pub leased: i64,
    pub used: i64,
    /// Spoiled or returned.
    pub other: i64,
}

#[derive(sqlx::FromRow)]
struct RawAccount {
    entity: String,
    kind: String,
    year: i64,
    last: i64,
    leased: i64,
    used: i64,
    other: i64,
}

impl TryFrom<RawAccount> for SeriesAccount {
    type Error = StoreError;

    fn try_from(raw: RawAccount) -> Result<Self, StoreError> {
        let RawAccount { entity, year, last, leased, used, other, .. } = raw;
        Ok(Self { entity, kind: number_kind(&raw.kind)?, year, last, leased, used, other })
    }
}

fn number_kind(code: &str) -> Result<NumberKind, StoreError> {
    NumberKind::parse(code).ok_or_else(|| StoreError::Decode("unknown kind of number".into()))
}

#[derive(Debug, Clone, Copy)]
pub enum Ranges {
    Leased,
    JumpedOver,
    Whole,
}

/// Consecutive numbers of a series, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberRange {
    pub series: Series,
    pub first: i64,
    pub last: i64,
}

#[derive(sqlx::FromRow)]
struct RawRange {
    entity_id: Vec<u8>,
    kind: String,
    year: i64,
    first: i64,
    last: i64,
}

impl TryFrom<RawRange> for NumberRange {
    type Error = StoreError;

    fn try_from(raw: RawRange) -> Result<Self, StoreError> {
        let kind = number_kind(&raw.kind)?;
        let entity = id(&raw.entity_id, EntityId::from_bytes)?;
        let series = Series { entity, kind, year: raw.year as u16 };
        Ok(Self { series, first: raw.first, last: raw.last })
    }
}

/// The use of a number: the instrument, and the visit whose sheet names the number; nothing where
/// unused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedBy(pub Option<(InstrumentId, VisitId)>);

impl Tx {
    /// Leases the next block of a series to an installation.
    pub async fn lease_block(
        &mut self,
        lease: LeaseId,
        LeaseHolder { install, device }: LeaseHolder,
        Series { entity, kind, year }: Series,
        (size, now): (u64, i64),
    ) -> Result<Lease, StoreError> {
        let last: i64 = on!(&mut *self, |conn| sqlx::query_scalar(
            "insert into series (entity_id, kind, year, last) values ($1, $2, $3, $4)
             on conflict (entity_id, kind, year) do update set last = series.last + $4
             returning last"
        )
        .bind(entity.bytes().as_slice())
        .bind(kind.code())
        .bind(i64::from(year))
        .bind(size as i64)
        .fetch_one(conn)
        .await)?;
        let first = last - size as i64 + 1;
        on!(&mut *self, |conn| sqlx::query(
            "insert into lease
                 (id, install, device_id, entity_id, kind, year, first, last, next, confirmed,
                  made_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $7, false, $9)"
        )
        .bind(lease.bytes().as_slice())
        .bind(install.bytes().as_slice())
        .bind(device.bytes().as_slice())
        .bind(entity.bytes().as_slice())
        .bind(kind.code())
        .bind(i64::from(year))
        .bind(first)
        .bind(last)
        .bind(now)
        .execute(conn)
        .await
        .map(drop))?;
        Ok(Lease { id: lease, entity, kind, year, first: first as u64, last: last as u64 })
    }

    /// The leases of a phone's installation with the next number of each, by the phone's last
    /// report. Another phone that names the installation has none.
    pub async fn leases(
        &mut self,
        LeaseHolder { install, device }: LeaseHolder,
    ) -> Result<Vec<(Lease, u64)>, StoreError> {
        let rows: Vec<RawLease> = on!(self, |conn| sqlx::query_as(
            "select id, entity_id, kind, year, first, last, next from lease
             where install = $1 and device_id = $2 order by entity_id, kind, year, first"
        )
        .bind(install.bytes().as_slice())
        .bind(device.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|row| Ok((row.lease()?, row.next as u64))).collect()
    }

    /// One lease and whose installation holds it.
    pub async fn lease(&mut self, lease: LeaseId) -> Result<Option<(Lease, DeviceId)>, StoreError> {
        let row: Option<RawLease> = on!(&mut *self, |conn| sqlx::query_as(
            "select id, entity_id, kind, year, first, last, next from lease where id = $1"
        )
        .bind(lease.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        let Some(row) = row else { return Ok(None) };
        let device: Vec<u8> =
            on!(self, |conn| sqlx::query_scalar("select device_id from lease where id = $1")
                .bind(lease.bytes().as_slice())
                .fetch_one(conn)
                .await)?;
        Ok(Some((row.lease()?, id(&device, DeviceId::from_bytes)?)))
    }

    /// Notes the next number of a lease by the phone's report, never back.
    pub async fn note_lease_held(
        &mut self,
        LeaseHolder { install, device }: LeaseHolder,
        held: &LeaseHeld,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update lease set confirmed = true,
                 next = case when next < $3 and $3 <= last + 1 then $3 else next end
             where id = $1 and install = $2 and device_id = $4"
        )
        .bind(held.lease.bytes().as_slice())
        .bind(install.bytes().as_slice())
        .bind(i64::try_from(held.next).unwrap_or(i64::MAX))
        .bind(device.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))
    }

    /// Leases of an installation that the phone has not reported yet.
    pub async fn unconfirmed_leases(
        &mut self,
        LeaseHolder { install, device }: LeaseHolder,
    ) -> Result<Vec<LeaseId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select id from lease where install = $1 and device_id = $2 and not confirmed"
        )
        .bind(install.bytes().as_slice())
        .bind(device.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|lease| id(lease, LeaseId::from_bytes)).collect()
    }

    /// Numbers of a series that a phone holds over all its installations: leased ones, those that
    /// became papers or were spoiled, and those leased since an instant.
    pub async fn leased_to(
        &mut self,
        device: DeviceId,
        Series { entity, kind, year }: Series,
        since: i64,
    ) -> Result<(i64, i64, i64), StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select cast(coalesce(sum(l.last + 1 - l.first), 0) as bigint),
                    cast(coalesce(sum((select count(*) from number_used n
                        where n.entity_id = l.entity_id and n.kind = l.kind and n.year = l.year
                          and n.number between l.first and l.last)), 0) as bigint),
                    cast(coalesce(sum(case when l.made_at >= $5
                        then l.last + 1 - l.first else 0 end), 0) as bigint)
             from lease l
             where l.device_id = $1 and l.entity_id = $2 and l.kind = $3 and l.year = $4"
        )
        .bind(device.bytes().as_slice())
        .bind(entity.bytes().as_slice())
        .bind(kind.code())
        .bind(i64::from(year))
        .bind(since)
        .fetch_one(conn)
        .await)
    }

    /// Puts a lease back that an older copy of the database does not know. `false`: the lease is
    /// known.
    pub async fn restore_lease(
        &mut self,
        lease: &Lease,
        LeaseHolder { install, device }: LeaseHolder,
        next: u64,
    ) -> Result<bool, StoreError> {
        let made: Option<Vec<u8>> = on!(&mut *self, |conn| sqlx::query_scalar(
            "insert into lease
                 (id, install, device_id, entity_id, kind, year, first, last, next, confirmed)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true)
             on conflict do nothing returning id"
        )
        .bind(lease.id.bytes().as_slice())
        .bind(install.bytes().as_slice())
        .bind(device.bytes().as_slice())
        .bind(lease.entity.bytes().as_slice())
        .bind(lease.kind.code())
        .bind(i64::from(lease.year))
        .bind(lease.first as i64)
        .bind(lease.last as i64)
        .bind(next as i64)
        .fetch_optional(conn)
        .await)?;
        self.raise_series(lease.series(), lease.last).await?;
        Ok(made.is_some())
    }

    /// A series has given out everything up to a number.
    pub async fn raise_series(
        &mut self,
        Series { entity, kind, year }: Series,
        last: u64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into series (entity_id, kind, year, last) values ($1, $2, $3, $4)
             on conflict (entity_id, kind, year) do update
                 set last = case when series.last < $4 then $4 else series.last end"
        )
        .bind(entity.bytes().as_slice())
        .bind(kind.code())
        .bind(i64::from(year))
        .bind(last as i64)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Every series jumps over `gap` numbers, and the account says why.
    pub async fn jump_series(
        &mut self,
        gap: u64,
        now: i64,
        reason: &str,
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "insert into number_gap (entity_id, kind, year, first, last, at, reason)
             select entity_id, kind, year, last + 1, last + $1, $2, $3 from series"
        )
        .bind(gap as i64)
        .bind(now)
        .bind(reason)
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| sqlx::query("update series set last = last + $1")
            .bind(gap as i64)
            .execute(conn)
            .await
            .map(drop))
    }

    /// Records the end of a number: a paper, spoiled or returned. `false`: the end was recorded
    /// before.
    pub async fn use_number(
        &mut self,
        (Series { entity, kind, year }, number): (Series, u64),
        state: NumberState,
        of: Option<(SealId, InstrumentId)>,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let made: Option<i64> = on!(self, |conn| sqlx::query_scalar(
            "insert into number_used
                 (entity_id, kind, year, number, state, seal_id, instrument_id, reason)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning number"
        )
        .bind(entity.bytes().as_slice())
        .bind(kind.code())
        .bind(i64::from(year))
        .bind(number.min(i64::MAX as u64) as i64)
        .bind(state.as_str())
        .bind(of.map(|(seal, _)| seal.bytes().to_vec()))
        .bind(of.map(|(_, instrument)| instrument.bytes().to_vec()))
        .bind(reason)
        .fetch_optional(conn)
        .await)?;
        Ok(made.is_some())
    }

    /// The use of a number; nothing where the number is free.
    pub async fn number_of(
        &mut self,
        (Series { entity, kind, year }, number): (Series, u64),
    ) -> Result<Option<UsedBy>, StoreError> {
        let found: Option<RawUse> = on!(self, |conn| sqlx::query_as(
            "select n.state, n.instrument_id, s.visit_id
                 from number_used n left join seal s on s.id = n.seal_id
                 where n.entity_id = $1 and n.kind = $2 and n.year = $3 and n.number = $4"
        )
        .bind(entity.bytes().as_slice())
        .bind(kind.code())
        .bind(i64::from(year))
        .bind(number as i64)
        .fetch_optional(conn)
        .await)?;
        let Some(found) = found else { return Ok(None) };
        let used = found
            .instrument_id
            .zip(found.visit_id)
            .filter(|_| found.state == NumberState::Used.as_str());
        let of = |(instrument, visit): (Vec<u8>, Vec<u8>)| {
            Ok::<_, StoreError>((
                id(&instrument, InstrumentId::from_bytes)?,
                id(&visit, VisitId::from_bytes)?,
            ))
        };
        Ok(Some(UsedBy(used.map(of).transpose()?)))
    }

    pub async fn series_report(&mut self) -> Result<Vec<SeriesAccount>, StoreError> {
        let rows: Vec<RawAccount> = on!(self, |conn| sqlx::query_as(
            "select e.name as entity, s.kind, s.year, s.last,
                    cast(coalesce((select sum(l.last + 1 - l.next) from lease l
                        where l.entity_id = s.entity_id and l.kind = s.kind and l.year = s.year), 0)
                        as bigint) as leased,
                    (select count(*) from number_used n where n.entity_id = s.entity_id
                        and n.kind = s.kind and n.year = s.year and n.state = 'used') as used,
                    (select count(*) from number_used n where n.entity_id = s.entity_id
                        and n.kind = s.kind and n.year = s.year and n.state <> 'used') as other
             from series s join entity e on e.id = s.entity_id
             order by e.name, s.year, s.kind"
        )
        .fetch_all(conn)
        .await)?;
        rows.into_iter().map(SeriesAccount::try_from).collect()
    }

    /// Every range that was leased, or jumped over.
    pub async fn number_ranges(&mut self, of: Ranges) -> Result<Vec<NumberRange>, StoreError> {
        let sql = match of {
            Ranges::Leased => "select entity_id, kind, year, first, last from lease",
            Ranges::JumpedOver => "select entity_id, kind, year, first, last from number_gap",
            // One range a series: from its first number to its last.
            Ranges::Whole => {
                "select entity_id, kind, year, cast(1 as bigint) as first, last from series"
            }
        };
        let rows: Vec<RawRange> = on!(self, |conn| sqlx::query_as(sql).fetch_all(conn).await)?;
        rows.into_iter().map(NumberRange::try_from).collect()
    }

    /// The most verifications that a person's phones made on one day.
    pub async fn busiest_day(&mut self, performer: &str) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select cast(coalesce(max(n), 0) as bigint) from
                 (select count(*) as n from verification
                  where performer = $1 and result <> 'not_finished' group by date) as days"
        )
        .bind(performer)
        .fetch_one(conn)
        .await)
    }
}
