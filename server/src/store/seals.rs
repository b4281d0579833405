//! Seals and the verifications that they carry.

use vyezd_core::doc::view::{SealedInstrument, SealedView};
use vyezd_core::model::{
    DeviceId, EntityId, InstrumentId, LegalDate, OrderId, SealId, Timestamp, VisitId, fold,
};

use super::{SealState, StoreError, Tx, id, on};

#[derive(Debug, Clone)]
pub struct SealRow {
    pub id: SealId,
    pub order: OrderId,
    pub visit: VisitId,
    pub device: DeviceId,
    /// Time of the signature by the phone's clock.
    pub signed_at: i64,
    pub record: Vec<u8>,
    pub strokes: Vec<u8>,
    /// The client's link: `/s/{token}`.
    pub token: String,
    pub state: SealState,
    /// Reason of a dispute.
    pub problem: String,
}

/// The office's decision about a client's link.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct LinkRow {
    /// Time of the closing, unix ms.
    pub link_closed_at: Option<i64>,
    pub link_closed_by: Option<String>,
    /// End after a reopening, unix ms.
    pub link_until: Option<i64>,
}

/// An instrument's verification within the record of its signed sheet.
pub struct LastVerification {
    pub instrument: InstrumentId,
    pub record: Vec<u8>,
}

/// A verification: one instrument of a seal.
#[derive(Debug, Clone)]
pub struct VerificationRow {
    pub seal: SealId,
    pub instrument: InstrumentId,
    pub order: OrderId,
    pub entity: EntityId,
    pub date: LegalDate,
    /// The result's code.
    pub result: String,
}

/// A signed sheet, without its record.
#[derive(Debug, Clone)]
pub struct SheetRow {
    pub id: SealId,
    pub visit: VisitId,
    pub state: SealState,
    /// Time of the signature by the phone's clock, ms.
    pub signed_at: i64,
    /// Reason of the wait.
    pub problem: String,
}

impl SheetRow {
    /// Whether the sheet counts: its papers are issued or will be.
    pub fn counts(&self) -> bool {
        self.state.counts()
    }

    /// Whether the sheet waits for a decision.
    pub fn waits(&self) -> bool {
        self.state == SealState::Disputed
    }
}

#[derive(sqlx::FromRow)]
struct RawSeal {
    id: Vec<u8>,
    order_id: Vec<u8>,
    visit_id: Vec<u8>,
    device_id: Vec<u8>,
    signed_at: i64,
    record: Vec<u8>,
    strokes: Vec<u8>,
    token: String,
    state: String,
    problem: String,
}

impl TryFrom<RawSeal> for SealRow {
    type Error = StoreError;

    fn try_from(raw: RawSeal) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(&raw.id, SealId::from_bytes)?,
            order: id(&raw.order_id, OrderId::from_bytes)?,
            visit: id(&raw.visit_id, VisitId::from_bytes)?,
            device: id(&raw.device_id, DeviceId::from_bytes)?,
            signed_at: raw.signed_at,
            record: raw.record,
            strokes: raw.strokes,
            token: raw.token,
            state: raw.state.try_into()?,
            problem: raw.problem,
        })
    }
}

impl Tx {
    /// Claims a seal for issuing. `false`: the seal is recorded already.
    pub async fn claim_seal(
        &mut self,
        seal: &SealRow,
        supersedes: Option<SealId>,
        countersignature: &[u8],
        (now, silent): (Timestamp, Option<i64>),
    ) -> Result<bool, StoreError> {
        let made: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "insert into seal
                 (id, order_id, visit_id, supersedes, device_id, signed_at, received_at, record,
                  strokes, countersignature, token, state, problem, silent_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             on conflict do nothing returning id"
        )
        .bind(seal.id.bytes().as_slice())
        .bind(seal.order.bytes().as_slice())
        .bind(seal.visit.bytes().as_slice())
        .bind(supersedes.map(|id| id.bytes().to_vec()))
        .bind(seal.device.bytes().as_slice())
        .bind(seal.signed_at)
        .bind(now.0)
        .bind(&seal.record)
        .bind(&seal.strokes)
        .bind(countersignature)
        .bind(&seal.token)
        .bind(seal.state.as_str())
        .bind(&seal.problem)
        .bind(silent)
        .fetch_optional(conn)
        .await)?;
        Ok(made.is_some())
    }

    /// Time at which the seal's phone had last spoken without a sheet when the seal came. The outer
    /// nothing: the seal is not known.
    pub async fn silence_when_received(
        &mut self,
        seal: SealId,
    ) -> Result<Option<Option<i64>>, StoreError> {
        on!(self, |conn| sqlx::query_scalar("select silent_at from seal where id = $1")
            .bind(seal.bytes().as_slice())
            .fetch_optional(conn)
            .await)
    }

    /// A claimed seal is issued, once. `false`: it is not claimed any more.
    pub async fn issue_seal(&mut self, seal: SealId) -> Result<bool, StoreError> {
        let done: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update seal set state = 'issued' where id = $1 and state = 'claimed' returning id"
        )
        .bind(seal.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        Ok(done.is_some())
    }

    /// Moves a seal to another state.
    pub async fn set_seal_state(
        &mut self,
        seal: SealId,
        state: SealState,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("update seal set state = $2 where id = $1")
            .bind(seal.bytes().as_slice())
            .bind(state.as_str())
            .execute(conn)
            .await
            .map(drop))
    }

    /// Another seal takes the place of this one, whose papers and verifications become void.
    pub async fn supersede_seal(&mut self, seal: SealId) -> Result<(), StoreError> {
        self.wait_for_packing(seal).await?;
        self.set_seal_state(seal, SealState::Superseded).await?;
        on!(&mut *self, |conn| sqlx::query(
            "update verification set void = true where seal_id = $1"
        )
        .bind(seal.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| sqlx::query("update paper set void = true where seal_id = $1")
            .bind(seal.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))
    }

    /// A sheet that waited or was superseded counts again, with its earlier papers.
    pub async fn revive_seal(&mut self, seal: SealId) -> Result<(), StoreError> {
        let issued: i64 = on!(&mut *self, |conn| sqlx::query_scalar(
            "select count(*) from paper where seal_id = $1"
        )
        .bind(seal.bytes().as_slice())
        .fetch_one(conn)
        .await)?;
        self.set_seal_state(seal, if issued > 0 { SealState::Issued } else { SealState::Claimed })
            .await?;
        for sql in [
            "update verification set void = false where seal_id = $1",
            "update paper set void = false where seal_id = $1 and not replaced",
            "update seal set problem = '' where id = $1",
        ] {
            on!(&mut *self, |conn| sqlx::query(sql)
                .bind(seal.bytes().as_slice())
                .execute(conn)
                .await
                .map(drop))?;
        }
        Ok(())
    }

    /// Waits for a packing under way, which holds the issuer's row: a sheet about to be void is not
    /// packed meanwhile.
    async fn wait_for_packing(&mut self, seal: SealId) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update entity set name = name
             where id in (select entity_id from verification where seal_id = $1)"
        )
        .bind(seal.bytes().as_slice())
        .execute(conn)
        .await
        .map(drop))
    }

    /// Locks an issued sheet until the commit; `false`: it is not issued, or another has taken its place.
    pub async fn lock_issued_seal(&mut self, seal: SealId) -> Result<bool, StoreError> {
        let mine: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "update seal set state = state where id = $1 and state = 'issued' returning id"
        )
        .bind(seal.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        Ok(mine.is_some())
    }

    /// Whether a sheet's verifications are in a package that counts; nobody packs them before the commit.
    pub async fn is_packed(&mut self, seal: SealId) -> Result<bool, StoreError> {
        self.wait_for_packing(seal).await?;
        let found: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from package_item where seal_id = $1 and live"
        )
        .bind(seal.bytes().as_slice())
        .fetch_one(conn)
        .await)?;
        Ok(found > 0)
    }

    /// Whether a sheet has verifications already.
    pub async fn is_verified(&mut self, seal: SealId) -> Result<bool, StoreError> {
        let found: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from verification where seal_id = $1"
        )
        .bind(seal.bytes().as_slice())
        .fetch_one(conn)
        .await)?;
        Ok(found > 0)
    }

    /// The last verification of a meter by type and serial number, and the record of its sheet.
    pub async fn last_verification(
        &mut self,
        (type_number, serial_number): (&str, &str),
    ) -> Result<Option<LastVerification>, StoreError> {
        let found: Option<(Vec<u8>, Vec<u8>)> = on!(self, |conn| {
            sqlx::query_as(
                "select v.instrument_id, s.record from verification v join seal s on s.id = v.seal_id
                 where v.serial_key = $1 and v.type_number = $2 and not v.void
                 order by v.date desc, v.seal_id desc limit 1",
            )
            .bind(fold(serial_number))
            .bind(type_number)
            .fetch_optional(conn)
            .await
        })?;
        let read = |(instrument, record): (Vec<u8>, Vec<u8>)| {
            Ok(LastVerification { instrument: id(&instrument, InstrumentId::from_bytes)?, record })
        };
        found.map(read).transpose()
    }

    /// The last finished verification of a meter within some days by a sheet of another order: the record of that
    /// sheet.
    pub async fn verification_elsewhere(
        &mut self,
        order: OrderId,
        (type_number, serial_number): (&str, &str),
        (from, to): (LegalDate, LegalDate),
    ) -> Result<Option<Vec<u8>>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select s.record from verification v join seal s on s.id = v.seal_id
             where v.serial_key = $1 and v.type_number = $2 and v.order_id <> $3
               and v.date >= $4 and v.date <= $5 and not v.void and v.result <> 'not_finished'
             order by v.date desc, v.seal_id desc limit 1"
        )
        .bind(fold(serial_number))
        .bind(type_number)
        .bind(order.bytes().as_slice())
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_optional(conn)
        .await)
    }

    /// Sheets of other orders with a finished verification of a meter within some days.
    pub async fn seals_elsewhere(
        &mut self,
        order: OrderId,
        (type_number, serial_number): (&str, &str),
        (from, to): (LegalDate, LegalDate),
    ) -> Result<Vec<SealId>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "select distinct v.seal_id from verification v
             where v.serial_key = $1 and v.type_number = $2 and v.order_id <> $3
               and v.date >= $4 and v.date <= $5 and not v.void and v.result <> 'not_finished'"
        )
        .bind(fold(serial_number))
        .bind(type_number)
        .bind(order.bytes().as_slice())
        .bind(from.to_string())
        .bind(to.to_string())
        .fetch_all(conn)
        .await)?;
        rows.iter().map(|seal| id(seal, SealId::from_bytes)).collect()
    }

    /// The verification of one instrument. `false`: its protocol number is taken.
    pub async fn add_verification(
        &mut self,
        seal: SealId,
        view: &SealedView,
        instrument: &SealedInstrument,
    ) -> Result<bool, StoreError> {
        let made: Option<Vec<u8>> = on!(self, |conn| sqlx::query_scalar(
            "insert into verification
                 (seal_id, instrument_id, order_id, entity_id, date, type_number, modification,
                  serial_number, serial_key, result, valid_until, protocol_number, performer, void)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, false)
             on conflict do nothing returning seal_id"
        )
        .bind(seal.bytes().as_slice())
        .bind(instrument.id.bytes().as_slice())
        .bind(view.order.bytes().as_slice())
        .bind(view.entity.bytes().as_slice())
        .bind(view.date.to_string())
        .bind(&instrument.type_number)
        .bind(&instrument.modification)
        .bind(&instrument.serial_number)
        .bind(fold(&instrument.serial_number))
        .bind(instrument.result.code())
        .bind(instrument.valid_until.map(|date| date.to_string()))
        .bind(&instrument.protocol_number)
        .bind(&view.performer_name)
        .fetch_optional(conn)
        .await)?;
        Ok(made.is_some())
    }

    pub async fn seal(&mut self, seal: SealId) -> Result<Option<SealRow>, StoreError> {
        let raw: Option<RawSeal> = on!(self, |conn| {
            sqlx::query_as(
            "select id, order_id, visit_id, device_id, signed_at, record, strokes, token, state, problem
             from seal where id = $1"
        )
        .bind(seal.bytes().as_slice())
        .fetch_optional(conn)
        .await
        })?;
        raw.map(SealRow::try_from).transpose()
    }

    /// The sheets of an order, oldest first, without their records.
    pub async fn sheets(&mut self, order: OrderId) -> Result<Vec<SheetRow>, StoreError> {
        /// Seal, visit, state, signed at, problem.
        type Sheet = (Vec<u8>, Vec<u8>, String, i64, String);
        let rows: Vec<Sheet> = on!(self, |conn| sqlx::query_as(
            "select id, visit_id, state, signed_at, problem from seal
             where order_id = $1 order by signed_at, id"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.into_iter()
            .map(|(seal, visit, state, signed_at, problem)| {
                let (id, visit) =
                    (id(&seal, SealId::from_bytes)?, id(&visit, VisitId::from_bytes)?);
                Ok(SheetRow { id, visit, state: SealState::try_from(state)?, signed_at, problem })
            })
            .collect()
    }

    /// The seals of an order, oldest first.
    pub async fn seals(&mut self, order: OrderId) -> Result<Vec<SealRow>, StoreError> {
        let raw: Vec<RawSeal> = on!(self, |conn| {
            sqlx::query_as(
            "select id, order_id, visit_id, device_id, signed_at, record, strokes, token, state, problem
             from seal where order_id = $1 order by received_at, id"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await
        })?;
        raw.into_iter().map(SealRow::try_from).collect()
    }

    /// The office's decision about a sheet's link.
    pub async fn link_of(&mut self, seal: SealId) -> Result<LinkRow, StoreError> {
        let row: Option<LinkRow> = on!(self, |conn| sqlx::query_as(
            "select link_closed_at, link_closed_by, link_until from seal where id = $1"
        )
        .bind(seal.bytes().as_slice())
        .fetch_optional(conn)
        .await)?;
        Ok(row.unwrap_or_default())
    }

    /// Closes a sheet's link, or opens it again.
    pub async fn set_link(&mut self, seal: SealId, link: &LinkRow) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "update seal set link_closed_at = $2, link_closed_by = $3, link_until = $4
             where id = $1"
        )
        .bind(seal.bytes().as_slice())
        .bind(link.link_closed_at)
        .bind(&link.link_closed_by)
        .bind(link.link_until)
        .execute(conn)
        .await
        .map(drop))
    }

    /// The seal behind a client's link.
    pub async fn seal_by_token(&mut self, token: &str) -> Result<Option<SealRow>, StoreError> {
        let raw: Option<RawSeal> = on!(self, |conn| {
            sqlx::query_as(
            "select id, order_id, visit_id, device_id, signed_at, record, strokes, token, state, problem
             from seal where token = $1"
        )
        .bind(token)
        .fetch_optional(conn)
        .await
        })?;
        raw.map(SealRow::try_from).transpose()
    }
}
