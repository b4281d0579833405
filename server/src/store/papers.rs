//! Papers: what was printed, under which number, with which bytes.

use vyezd_core::model::{InstrumentId, OrderId, PaperId, SealId};

pub use vyezd_core::model::PaperKind;

use super::{StoreError, Tx, id, on};

#[derive(Debug, Clone)]
pub struct PaperRow {
    pub id: PaperId,
    pub order: OrderId,
    pub seal: SealId,
    /// The instrument; none for a sheet.
    pub instrument: Option<InstrumentId>,
    pub kind: PaperKind,
    pub number: String,
    pub date: String,
    pub file_name: String,
    /// The SHA-256 of its bytes, hex.
    pub sha256: String,
    pub bytes: i64,
    /// It does not count any more.
    pub void: bool,
    /// The same paper with another number of the Fund stands in its place.
    pub replaced: bool,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: Vec<u8>,
    order_id: Vec<u8>,
    seal_id: Vec<u8>,
    instrument_id: Option<Vec<u8>>,
    kind: String,
    number: String,
    date: String,
    file_name: String,
    sha256: String,
    bytes: i64,
    void: bool,
    replaced: bool,
}

impl TryFrom<Raw> for PaperRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let kind = PaperKind::parse(&raw.kind);
        Ok(Self {
            id: id(&raw.id, PaperId::from_bytes)?,
            order: id(&raw.order_id, OrderId::from_bytes)?,
            seal: id(&raw.seal_id, SealId::from_bytes)?,
            instrument: raw.instrument_id.map(|b| id(&b, InstrumentId::from_bytes)).transpose()?,
            kind: kind.ok_or_else(|| StoreError::Decode("unknown kind of paper".into()))?,
            number: raw.number,
            date: raw.date,
            file_name: raw.file_name,
            sha256: raw.sha256,
            bytes: raw.bytes,
            void: raw.void,
            replaced: raw.replaced,
        })
    }
}

impl Tx {
    /// Adds a paper; adding it again changes nothing.
    pub async fn add_paper(&mut self, p: &PaperRow) -> Result<(), StoreError> {
        on!(self, |conn| {
            sqlx::query(
            "insert into paper (id, order_id, seal_id, instrument_id, kind, number, date, file_name,
                                sha256, bytes, void)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing"
        )
        .bind(p.id.bytes().as_slice())
        .bind(p.order.bytes().as_slice())
        .bind(p.seal.bytes().as_slice())
        .bind(p.instrument.map(|id| id.bytes().to_vec()))
        .bind(p.kind.code())
        .bind(&p.number)
        .bind(&p.date)
        .bind(&p.file_name)
        .bind(&p.sha256)
        .bind(p.bytes)
        .bind(p.void)
        .execute(conn)
        .await
        .map(drop)
        })
    }

    /// Puts a paper in the place of another; the paper may have stood there before.
    pub async fn replace_paper(&mut self, old: PaperId, new: &PaperRow) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "update paper set void = true, replaced = true where id = $1"
        )
        .bind(old.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))?;
        self.add_paper(new).await?;
        on!(self, |conn| sqlx::query(
            "update paper set void = false, replaced = false where id = $1"
        )
        .bind(new.id.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn paper(&mut self, paper: PaperId) -> Result<Option<PaperRow>, StoreError> {
        let raw: Option<Raw> = on!(self, |conn| {
            sqlx::query_as(
            "select id, order_id, seal_id, instrument_id, kind, number, date, file_name, sha256,
                    bytes, void, replaced
             from paper where id = $1"
        )
        .bind(paper.bytes().as_slice())
        .fetch_optional(conn)
        .await
        })?;
        raw.map(PaperRow::try_from).transpose()
    }

    /// The papers of an order, valid ones first.
    pub async fn papers(&mut self, order: OrderId) -> Result<Vec<PaperRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| {
            sqlx::query_as(
            "select id, order_id, seal_id, instrument_id, kind, number, date, file_name, sha256,
                    bytes, void, replaced
             from paper where order_id = $1 order by void, kind, number, id"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await
        })?;
        raw.into_iter().map(PaperRow::try_from).collect()
    }

    /// The valid papers of some days, by name.
    pub async fn papers_between(
        &mut self,
        from: &str,
        to: &str,
    ) -> Result<Vec<PaperRow>, StoreError> {
        let raw: Vec<Raw> = on!(self, |conn| {
            sqlx::query_as(
            "select id, order_id, seal_id, instrument_id, kind, number, date, file_name, sha256,
                    bytes, void, replaced
             from paper where date >= $1 and date <= $2 and not void
             order by kind, file_name, id"
        )
        .bind(from)
        .bind(to)
        .fetch_all(conn)
        .await
        })?;
        raw.into_iter().map(PaperRow::try_from).collect()
    }
}
