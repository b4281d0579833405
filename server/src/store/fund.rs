//! Records of the Fund: numbers and refusals, with the answers that brought them.

use vyezd_core::model::{
    Entity, EntityId, FundNumber, InstrumentId, ItemId, LegalDate, OrderId, PackageId, SealId,
    Timestamp, fold,
};

use super::{StoreError, Tx, id, on};

/// A verification that the Fund may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub seal: SealId,
    pub instrument: InstrumentId,
    pub order: OrderId,
    pub order_number: String,
    pub type_number: String,
    pub serial_number: String,
    pub date: LegalDate,
    pub is_fit: bool,
    /// Шифр знака поверки of the issuer.
    pub cipher: String,
    /// The number that it has, where it has one.
    pub known: Option<FundNumber>,
}

/// An answer, or a table of numbers.
#[derive(Debug, Clone)]
pub struct AnswerRow {
    pub id: ItemId,
    /// `answer` or `table`.
    pub source: String,
    pub package: Option<PackageId>,
    /// Number of the package with its issuer.
    pub package_number: Option<i64>,
    pub at: i64,
    pub who: String,
    pub sha256: String,
    pub published: i64,
    pub refused: i64,
    pub undone_at: Option<i64>,
    pub undone_by: Option<String>,
}

/// What an answer says of one verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundRecord {
    /// Its place in the answer, from 1; in a table, its line.
    pub position: i64,
    pub seal: SealId,
    pub instrument: InstrumentId,
    /// None: refused.
    pub number: Option<FundNumber>,
    /// Why it was refused, for people; otherwise empty.
    pub refusal: String,
    /// The refused record as it stands in the file.
    pub xml: String,
}

/// A record of an answer as the office sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FundLine {
    pub position: i64,
    pub order_id: Vec<u8>,
    pub order_number: String,
    pub type_number: String,
    pub serial_number: String,
    pub date: String,
    pub number: Option<String>,
    pub refusal: String,
    pub live: bool,
}

/// What the Fund says of an instrument of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundState {
    pub instrument: InstrumentId,
    pub number: Option<FundNumber>,
    pub refusal: String,
}

#[derive(sqlx::FromRow)]
struct RawAnswer {
    id: Vec<u8>,
    source: String,
    package_id: Option<Vec<u8>>,
    package_number: Option<i64>,
    at: i64,
    who: String,
    sha256: String,
    published: i64,
    refused: i64,
    undone_at: Option<i64>,
    undone_by: Option<String>,
}

impl TryFrom<RawAnswer> for AnswerRow {
    type Error = StoreError;

    fn try_from(raw: RawAnswer) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&raw.id, ItemId::from_bytes)?,
            source: raw.source,
            package: raw.package_id.map(|b| id(&b, PackageId::from_bytes)).transpose()?,
            package_number: raw.package_number,
            at: raw.at,
            who: raw.who,
            sha256: raw.sha256,
            published: raw.published,
            refused: raw.refused,
            undone_at: raw.undone_at,
            undone_by: raw.undone_by,
        })
    }
}

#[derive(sqlx::FromRow)]
struct RawVerified {
    seal_id: Vec<u8>,
    instrument_id: Vec<u8>,
    order_id: Vec<u8>,
    order_number: String,
    type_number: String,
    serial_number: String,
    date: String,
    result: String,
    entity_id: Vec<u8>,
    known: Option<String>,
}

impl RawVerified {
    fn verified(self, issuers: &[Entity]) -> Result<Verified, StoreError> {
        let bad = |what: &str| StoreError::Decode(what.to_owned().into());
        let entity = id(&self.entity_id, EntityId::from_bytes)?;
        let issuer = issuers.iter().find(|of| of.id == entity);
        Ok(Verified {
            seal: id(&self.seal_id, SealId::from_bytes)?,
            instrument: id(&self.instrument_id, InstrumentId::from_bytes)?,
            order: id(&self.order_id, OrderId::from_bytes)?,
            order_number: self.order_number,
            type_number: self.type_number,
            serial_number: self.serial_number,
            date: LegalDate::parse(&self.date).ok_or_else(|| bad("a date of a verification"))?,
            is_fit: self.result == "fit",
            cipher: issuer.map(|of| of.sign_cipher.clone()).unwrap_or_default(),
            known: self
                .known
                .map(|text| FundNumber::parse(&text).ok_or_else(|| bad("a number of the Fund")))
                .transpose()?,
        })
    }
}

/// A verification with the number that it has.
macro_rules! verified {
    ($rest:literal) => {
        concat!(
            "select v.seal_id, v.instrument_id, v.order_id, o.number as order_number, v.type_number,
                    v.serial_number, v.date, v.result, v.entity_id, r.number as known
             from verification v
             join orders o on o.id = v.order_id
             left join fund_record r on r.seal_id = v.seal_id
                 and r.instrument_id = v.instrument_id and r.live ",
            $rest
        )
    };
}

/// An answer with the counts of its records.
macro_rules! answers {
    ($rest:literal) => {
        concat!(
            "select a.id, a.source, a.package_id, k.number as package_number, a.at, a.who, a.sha256,
                    (select count(*) from fund_record r
                     where r.answer_id = a.id and r.number is not null) as published,
                    (select count(*) from fund_record r
                     where r.answer_id = a.id and r.number is null) as refused,
                    a.undone_at, a.undone_by
             from fund_answer a left join package k on k.id = a.package_id ",
            $rest
        )
    };
}

impl Tx {
    /// The verifications of a package in its order.
    pub async fn packed_verifications(
        &mut self,
        package: PackageId,
    ) -> Result<Vec<Verified>, StoreError> {
        let raw: Vec<RawVerified> = on!(&mut *self, |conn| sqlx::query_as(verified!(
            "join package_item i on i.seal_id = v.seal_id and i.instrument_id = v.instrument_id
             where i.package_id = $1 order by i.position"
        ))
        .bind(package.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        let issuers = self.entities().await?;
        raw.into_iter().map(|raw| raw.verified(&issuers)).collect()
    }

    /// Finished verifications of a serial number on a day, those that count.
    pub async fn verifications_of(
        &mut self,
        serial_number: &str,
        date: LegalDate,
    ) -> Result<Vec<Verified>, StoreError> {
        let raw: Vec<RawVerified> = on!(&mut *self, |conn| sqlx::query_as(verified!(
            "join seal s on s.id = v.seal_id
             where v.serial_key = $1 and v.date = $2 and not v.void
                 and v.result <> 'not_finished' and s.state = 'issued'"
        ))
        .bind(fold(serial_number))
        .bind(date.to_string())
        .fetch_all(conn)
        .await)?;
        let issuers = self.entities().await?;
        raw.into_iter().map(|raw| raw.verified(&issuers)).collect()
    }

    /// The verification that has a number of the Fund, and the answer that brought it.
    pub async fn owner_of_number(
        &mut self,
        number: &FundNumber,
    ) -> Result<Option<(Verified, ItemId)>, StoreError> {
        let raw: Option<RawVerified> = on!(&mut *self, |conn| {
            sqlx::query_as(verified!("where r.number = $1"))
                .bind(number.as_str())
                .fetch_optional(conn)
                .await
        })?;
        let Some(raw) = raw else { return Ok(None) };
        let of = raw.verified(&self.entities().await?)?;
        let answer: Vec<u8> = on!(self, |conn| sqlx::query_scalar(
            "select answer_id from fund_record where number = $1 and live"
        )
        .bind(number.as_str())
        .fetch_one(conn)
        .await)?;
        Ok(Some((of, id(&answer, ItemId::from_bytes)?)))
    }

    /// What the Fund says of the instruments of a sheet.
    pub async fn fund_states(&mut self, seal: SealId) -> Result<Vec<FundState>, StoreError> {
        let rows: Vec<(Vec<u8>, Option<String>, String)> = on!(self, |conn| sqlx::query_as(
            "select instrument_id, number, refusal from fund_record
             where seal_id = $1 and live order by instrument_id"
        )
        .bind(seal.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.into_iter()
            .map(|(instrument, number, refusal)| {
                Ok(FundState {
                    instrument: id(&instrument, InstrumentId::from_bytes)?,
                    number: number.as_deref().and_then(FundNumber::parse),
                    refusal,
                })
            })
            .collect()
    }

    /// Everybody who binds numbers waits here for the others.
    pub async fn lock_fund(&mut self) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update entity set name = name").execute(conn).await.map(drop))
    }

    pub async fn add_answer(&mut self, row: &AnswerRow) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into fund_answer (id, source, package_id, at, who, sha256)
             values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(row.id.bytes().as_slice())
        .bind(&row.source)
        .bind(row.package.map(|id| id.bytes().to_vec()))
        .bind(row.at)
        .bind(&row.who)
        .bind(&row.sha256)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Adds a record in place of an earlier refusal.
    pub async fn add_fund_record(
        &mut self,
        answer: ItemId,
        record: &FundRecord,
    ) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "update fund_record set live = false
             where seal_id = $1 and instrument_id = $2 and live and number is null"
        )
        .bind(record.seal.bytes().as_slice())
        .bind(record.instrument.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| sqlx::query(
            "insert into fund_record
                 (answer_id, position, seal_id, instrument_id, number, refusal, xml, live)
             values ($1, $2, $3, $4, $5, $6, $7, true)"
        )
        .bind(answer.bytes().as_slice())
        .bind(record.position)
        .bind(record.seal.bytes().as_slice())
        .bind(record.instrument.bytes().as_slice())
        .bind(record.number.as_ref().map(FundNumber::as_str))
        .bind(&record.refusal)
        .bind(&record.xml)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Takes an answer back; returns the sheets whose numbers are gone. `None`: it was taken back before.
    pub async fn undo_answer(
        &mut self,
        answer: ItemId,
        (who, now): (&str, Timestamp),
    ) -> Result<Option<Vec<SealId>>, StoreError> {
        let mine: Option<Vec<u8>> = on!(&mut *self, |conn| sqlx::query_scalar(
            "update fund_answer set undone_at = $2, undone_by = $3
             where id = $1 and undone_at is null returning id"
        )
        .bind(answer.bytes().as_slice())
        .bind(now.0)
        .bind(who)
        .fetch_optional(conn)
        .await)?;
        if mine.is_none() {
            return Ok(None);
        }
        let seals: Vec<Vec<u8>> = on!(&mut *self, |conn| sqlx::query_scalar(
            "select distinct seal_id from fund_record where answer_id = $1 and live"
        )
        .bind(answer.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        on!(self, |conn| sqlx::query("update fund_record set live = false where answer_id = $1")
            .bind(answer.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))?;
        seals.iter().map(|seal| id(seal, SealId::from_bytes)).collect::<Result<_, _>>().map(Some)
    }

    /// Verifications that left a package: what the Fund had refused was made ready again.
    pub async fn left_package(
        &mut self,
        package: PackageId,
    ) -> Result<Vec<(SealId, InstrumentId)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = on!(self, |conn| sqlx::query_as(
            "select i.seal_id, i.instrument_id from package_item i
             join verification v on v.seal_id = i.seal_id and v.instrument_id = i.instrument_id
             where i.package_id = $1 and not i.live and not v.void"
        )
        .bind(package.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.iter()
            .map(|(seal, of)| {
                Ok((id(seal, SealId::from_bytes)?, id(of, InstrumentId::from_bytes)?))
            })
            .collect()
    }

    /// Puts verifications back that left the package of an answer, where they are in no other package.
    /// The number of a package that holds one of them by now, if any does.
    pub async fn return_to_package(
        &mut self,
        answer: &AnswerRow,
    ) -> Result<Option<i64>, StoreError> {
        let Some(package) = answer.package else { return Ok(None) };
        let elsewhere: Option<i64> = on!(&mut *self, |conn| sqlx::query_scalar(
            "select k.number from fund_record r
             join package_item i on i.package_id = $2 and i.seal_id = r.seal_id
                 and i.instrument_id = r.instrument_id and not i.live
             join package_item o on o.seal_id = r.seal_id
                 and o.instrument_id = r.instrument_id and o.live
             join package k on k.id = o.package_id
             where r.answer_id = $1 and r.number is null and not r.live limit 1"
        )
        .bind(answer.id.bytes().as_slice())
        .bind(package.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        if elsewhere.is_some() {
            return Ok(elsewhere);
        }
        on!(self, |conn| sqlx::query(
            "update package_item set live = true
             where package_id = $2 and not live and exists
                 (select 1 from fund_record r
                  join verification v on v.seal_id = r.seal_id
                      and v.instrument_id = r.instrument_id and not v.void
                  where r.answer_id = $1 and r.number is null and not r.live
                      and r.seal_id = package_item.seal_id
                      and r.instrument_id = package_item.instrument_id)"
        )
        .bind(answer.id.bytes().as_slice())
        .bind(package.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))?;
        Ok(None)
    }

    /// A refused record is out of its package: it can be packed again. `false`: nothing was refused there.
    pub async fn free_refused(
        &mut self,
        answer: ItemId,
        position: i64,
    ) -> Result<bool, StoreError> {
        let freed: Option<(Vec<u8>, Vec<u8>)> = on!(&mut *self, |conn| sqlx::query_as(
            "update fund_record set live = false
             where answer_id = $1 and position = $2 and live and number is null
             returning seal_id, instrument_id"
        )
        .bind(answer.bytes().as_slice())
        .bind(position)
        .fetch_optional(conn)
        .await)?;
        let Some((seal, instrument)) = freed else { return Ok(false) };
        on!(self, |conn| sqlx::query(
            "update package_item set live = false where seal_id = $1 and instrument_id = $2"
        )
        .bind(seal)
        .bind(instrument)
        .execute(conn)
        .await
        .map(drop))?;
        Ok(true)
    }

    pub async fn answer(&mut self, answer: ItemId) -> Result<Option<AnswerRow>, StoreError> {
        let raw: Option<RawAnswer> = on!(self, |conn| {
            sqlx::query_as(answers!("where a.id = $1"))
                .bind(answer.bytes().as_slice())
                .fetch_optional(conn)
                .await
        })?;
        raw.map(AnswerRow::try_from).transpose()
    }

    /// The last answers, the newest first.
    pub async fn answers(&mut self, limit: i64) -> Result<Vec<AnswerRow>, StoreError> {
        let raw: Vec<RawAnswer> =
            on!(self, |conn| sqlx::query_as(answers!("order by a.at desc, a.id desc limit $1"))
                .bind(limit)
                .fetch_all(conn)
                .await)?;
        raw.into_iter().map(AnswerRow::try_from).collect()
    }

    /// The records of an answer, refusals first.
    pub async fn answer_lines(
        &mut self,
        answer: ItemId,
        limit: i64,
    ) -> Result<Vec<FundLine>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select r.position, v.order_id, o.number as order_number, v.type_number,
                    v.serial_number, v.date, r.number, r.refusal, r.live
             from fund_record r
             join verification v on v.seal_id = r.seal_id and v.instrument_id = r.instrument_id
             join orders o on o.id = v.order_id
             where r.answer_id = $1
             order by case when r.number is null then 0 else 1 end, r.position limit $2"
        )
        .bind(answer.bytes().as_slice())
        .bind(limit)
        .fetch_all(conn)
        .await)
    }

    /// How many verifications of an issuer's days are ready, packed, sent, published, refused.
    pub async fn fund_counts(
        &mut self,
        entity: EntityId,
        (from, to): (LegalDate, LegalDate),
    ) -> Result<[i64; 4], StoreError> {
        let (packed, sent, published, refused): (i64, i64, i64, i64) =
            on!(self, |conn| sqlx::query_as(
                "select count(*) filter (where k.sent_at is null and r.answer_id is null),
                        count(*) filter (where k.sent_at is not null and r.answer_id is null),
                        count(*) filter (where r.number is not null),
                        count(*) filter (where r.answer_id is not null and r.number is null)
                 from verification v
                 left join package_item i on i.seal_id = v.seal_id
                     and i.instrument_id = v.instrument_id and i.live
                 left join package k on k.id = i.package_id
                 left join fund_record r on r.seal_id = v.seal_id
                     and r.instrument_id = v.instrument_id and r.live
                 where v.entity_id = $1 and v.date >= $2 and v.date <= $3 and not v.void
                   and (k.id is not null or r.answer_id is not null)"
            )
            .bind(entity.bytes().as_slice())
            .bind(from.to_string())
            .bind(to.to_string())
            .fetch_one(conn)
            .await)?;
        Ok([packed, sent, published, refused])
    }

    /// Notes that a package was sent; `false`: it was before.
    pub async fn mark_sent(
        &mut self,
        package: PackageId,
        (who, now): (&str, Timestamp),
    ) -> Result<bool, StoreError> {
        let mine: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update package set sent_at = $2, sent_by = $3
             where id = $1 and sent_at is null returning id"
        )
        .bind(package.bytes().as_slice())
        .bind(now.0)
        .bind(who)
        .fetch_optional(conn)
        .await)?;
        Ok(mine.is_some())
    }
}
