//! SealedView v1: the named list of fields that the client read. Its deterministic CBOR is what is
//! signed, hashed, frozen and printed: papers are made from it alone.
//!
//! Maps have integer keys in ascending order, lengths are definite, integers are the shortest
//! (RFC 8949 section 4.2.1); absent fields are left out.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::model::{
    Card, Check, CheckResult, Conditions, Entity, EntityId, InstrumentId, InstrumentType,
    LegalDate, Means, MeansKind, MeasurementId, Method, OrderId, PayMethod, Performer, PersonId,
    Position, Reading, Source, Visit, VisitId, Water, ZONE_TABLE_VERSION, Zone,
};
use crate::rules::next_date::valid_until;
use crate::rules::verdict::{Judgement, Verdict, judge};

/// What the client read.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedView {
    /// 1.
    #[n(0)]
    pub version: u32,
    /// The order.
    #[n(1)]
    pub order: OrderId,
    /// The visit.
    #[n(2)]
    pub visit: VisitId,
    /// The number that people say.
    #[n(3)]
    pub order_number: String,
    /// Who issues the papers.
    #[n(4)]
    pub entity: EntityId,
    /// Its name.
    #[n(5)]
    pub entity_name: String,
    /// Who came.
    #[n(6)]
    pub performer: PersonId,
    /// His name.
    #[n(7)]
    pub performer_name: String,
    /// The client's name, where he gave one.
    #[n(8)]
    pub client: String,
    /// The address.
    #[n(9)]
    pub address: String,
    /// The legal date of the verification.
    #[n(10)]
    pub date: LegalDate,
    /// The zone in which that date is counted.
    #[n(11)]
    pub zone: Zone,
    /// The version of the table of zones.
    #[n(12)]
    pub zone_table: u32,
    /// The instruments, by id.
    #[n(13)]
    pub instruments: Vec<SealedInstrument>,
    /// Works and sums.
    #[n(14)]
    pub works: Vec<Work>,
    /// What the client owes, kopecks.
    #[n(15)]
    pub due_kop: i64,
    /// What he paid, kopecks.
    #[n(16)]
    pub received_kop: i64,
    /// How.
    #[n(17)]
    pub pay_method: Option<PayMethod>,
}

/// A line of the bill.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Work {
    /// What was done.
    #[n(0)]
    pub name: String,
    /// For how much, kopecks.
    #[n(1)]
    pub sum_kop: i64,
}

/// One instrument as the client read it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedInstrument {
    /// The instrument.
    #[n(0)]
    pub id: InstrumentId,
    /// `NNNNN-YY`.
    #[n(1)]
    pub type_number: String,
    /// The modification.
    #[n(2)]
    pub modification: String,
    /// The serial number.
    #[n(3)]
    pub serial_number: String,
    /// The year of make.
    #[n(4)]
    pub year: Option<u16>,
    /// Cold or hot.
    #[n(5)]
    pub water: Option<Water>,
    /// The mounting.
    #[n(6)]
    pub position: Option<Position>,
    /// The method.
    #[n(7)]
    pub method: String,
    /// Its version.
    #[n(8)]
    pub method_version: u32,
    /// The verdict.
    #[n(9)]
    pub result: SealedResult,
    /// Why it is unfit or was not verified.
    #[n(10)]
    pub reasons: Vec<String>,
    /// The last day on which a fit instrument counts as verified.
    #[n(11)]
    pub valid_until: Option<LegalDate>,
    /// The checks.
    #[n(12)]
    pub checks: Vec<SealedCheck>,
    /// The conditions at the start.
    #[n(13)]
    pub start: Option<Conditions>,
    /// The conditions at the end.
    #[n(14)]
    pub end: Option<Conditions>,
    /// The rows.
    #[n(15)]
    pub rows: Vec<SealedRow>,
    /// The means.
    #[n(16)]
    pub means: Vec<SealedMeans>,
    /// The number of the protocol.
    #[n(17)]
    pub protocol_number: Option<String>,
    /// The local number of the certificate.
    #[n(18)]
    pub certificate_number: Option<String>,
    /// The local number of the notice.
    #[n(19)]
    pub notice_number: Option<String>,
    /// Nominal diameter, mm.
    #[n(20)]
    pub dn_mm: Option<u16>,
    /// Qmin of the class, m³/h.
    #[n(21)]
    pub q_min: Option<Reading>,
    /// Qп of the class, m³/h.
    #[n(22)]
    pub q_t: Option<Reading>,
    /// Qnom, m³/h.
    #[n(23)]
    pub q_nom: Option<Reading>,
    /// Qmax, m³/h.
    #[n(24)]
    pub q_max: Option<Reading>,
}

/// How it ended for an instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum SealedResult {
    /// Пригодно.
    #[n(0)]
    Fit,
    /// Непригодно.
    #[n(1)]
    Unfit,
    /// Не завершено или не поверялось: no paper, no number.
    #[n(2)]
    NotFinished,
}

impl SealedResult {
    /// The word for people.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Fit => "пригоден",
            Self::Unfit => "непригоден",
            Self::NotFinished => "не завершено",
        }
    }

    /// The code in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Unfit => "unfit",
            Self::NotFinished => "not_finished",
        }
    }
}

/// A check with its result.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedCheck {
    /// Which.
    #[n(0)]
    pub check: Check,
    /// The result.
    #[n(1)]
    pub result: CheckResult,
}

/// A row with what was computed from it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedRow {
    /// The row.
    #[n(0)]
    pub measurement: MeasurementId,
    /// The point.
    #[n(1)]
    pub point: String,
    /// The flow, m³/h.
    #[n(2)]
    pub flow: Reading,
    /// The dial before, m³.
    #[n(3)]
    pub start: Reading,
    /// The dial after, m³.
    #[n(4)]
    pub end: Reading,
    /// The volume by the meter, m³.
    #[n(5)]
    pub volume: Reading,
    /// The volume by the standard, m³.
    #[n(6)]
    pub reference: Reading,
    /// The time, s.
    #[n(7)]
    pub duration_s: Option<Reading>,
    /// δ, %.
    #[n(8)]
    pub error_percent: Reading,
    /// The limit, ± %.
    #[n(9)]
    pub limit_percent: Reading,
    /// Within it.
    #[n(10)]
    pub within: bool,
    /// Where the values come from.
    #[n(11)]
    pub source: Source,
}

/// A means as papers and the Fund's file name it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedMeans {
    /// Which element of the Fund's file.
    #[n(0)]
    pub kind: MeansKind,
    /// For people.
    #[n(1)]
    pub title: String,
    /// Its number.
    #[n(2)]
    pub number: String,
    /// Its serial number.
    #[n(3)]
    pub serial_number: String,
    /// Its last day.
    #[n(4)]
    pub valid_until: LegalDate,
}

/// What a visit is judged by. Borrowed from the phone's store or the server's tables.
#[derive(Clone, Copy)]
pub struct Reference<'a> {
    /// The issuer.
    pub entity: &'a Entity,
    /// The person.
    pub performer: &'a Performer,
    /// The type of an instrument.
    pub find_type: &'a dyn Fn(&str, &str) -> Option<InstrumentType>,
    /// The method with a title.
    pub find_method: &'a dyn Fn(&str) -> Option<Method>,
    /// The means of the firm.
    pub means: &'a [Means],
}

/// Numbers for one instrument.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstrumentNumbers {
    /// Of the protocol.
    pub protocol: Option<String>,
    /// Of the certificate.
    pub certificate: Option<String>,
    /// Of the notice.
    pub notice: Option<String>,
}

/// Makes the view of a visit; `numbers` is asked for each instrument that has a verdict.
pub fn make(
    card: &Card,
    (visit_id, visit): (VisitId, &Visit),
    date: LegalDate,
    reference: Reference<'_>,
    mut numbers: impl FnMut(InstrumentId, &SealedInstrument) -> InstrumentNumbers,
) -> SealedView {
    let instruments: Vec<SealedInstrument> = visit
        .instruments
        .iter()
        .map(|(id, instrument)| {
            let mut sealed = seal_instrument(*id, instrument, date, reference);
            let given = numbers(*id, &sealed);
            sealed.protocol_number = given.protocol;
            sealed.certificate_number = given.certificate;
            sealed.notice_number = given.notice;
            sealed
        })
        .collect();
    let due_kop = visit.money.due_kop.unwrap_or(card.price_kop);
    let verified = instruments.iter().filter(|i| i.result != SealedResult::NotFinished).count();
    SealedView {
        version: 1,
        order: card.id,
        visit: visit_id,
        order_number: card.number.clone(),
        entity: card.entity,
        entity_name: reference.entity.name.clone(),
        performer: reference.performer.id,
        performer_name: reference.performer.name.clone(),
        client: card.client.clone(),
        address: card.address.clone(),
        date,
        zone: card.zone,
        zone_table: ZONE_TABLE_VERSION,
        works: vec![Work {
            name: format!("Поверка приборов учёта воды: {verified}"),
            sum_kop: due_kop,
        }],
        instruments,
        due_kop,
        received_kop: visit.money.received_kop.unwrap_or(0),
        pay_method: visit.money.method,
    }
}

fn seal_instrument(
    id: InstrumentId,
    instrument: &crate::model::Instrument,
    date: LegalDate,
    reference: Reference<'_>,
) -> SealedInstrument {
    let identity = &instrument.identity;
    let kind = (reference.find_type)(&identity.type_number, &identity.modification);
    let method = kind.as_ref().and_then(|kind| (reference.find_method)(&kind.method));
    let Judgement { rows, verdict, .. } = judge(instrument, kind.as_ref(), method.as_ref());
    let (result, reasons) = match &verdict {
        Verdict::Fit => (SealedResult::Fit, Vec::new()),
        Verdict::Unfit { reasons } => (SealedResult::Unfit, reasons.clone()),
        Verdict::NotFinished { missing } => {
            (SealedResult::NotFinished, missing.iter().map(|m| m.to_string()).collect())
        }
    };
    let valid = match (result, identity.water, &kind) {
        (SealedResult::Fit, Some(water), Some(kind)) => {
            Some(valid_until(date, kind.interval_years(water)))
        }
        _ => None,
    };
    let flow = |of: fn(&InstrumentType, Position) -> rust_decimal::Decimal| {
        kind.as_ref().zip(identity.position).map(|(kind, at)| Reading::from(of(kind, at)))
    };
    let means = reference.means.iter().filter(|m| instrument.means.contains(&m.id));
    SealedInstrument {
        id,
        type_number: identity.type_number.clone(),
        modification: identity.modification.clone(),
        serial_number: identity.serial_number.clone(),
        year: identity.year,
        water: identity.water,
        position: identity.position,
        method: kind.as_ref().map(|kind| kind.method.clone()).unwrap_or_default(),
        method_version: method.as_ref().map_or(0, |method| method.version),
        result,
        reasons,
        valid_until: valid,
        checks: instrument
            .checks
            .iter()
            .map(|(check, result)| SealedCheck { check: *check, result: result.clone() })
            .collect(),
        start: instrument.conditions.get(&crate::model::Phase::Start).cloned(),
        end: instrument.conditions.get(&crate::model::Phase::End).cloned(),
        rows: rows
            .into_iter()
            .map(|row| SealedRow {
                measurement: row.id,
                point: row.row.point.clone(),
                flow: row.row.flow,
                start: row.row.start,
                end: row.row.end,
                volume: row.volume,
                reference: row.row.reference,
                duration_s: row.row.duration_s,
                error_percent: row.error_percent,
                limit_percent: row.limit_percent,
                within: row.within,
                source: row.row.source,
            })
            .collect(),
        means: means
            .map(|m| SealedMeans {
                kind: m.kind,
                title: m.title.clone(),
                number: m.number.clone(),
                serial_number: m.serial_number.clone(),
                valid_until: m.valid_until,
            })
            .collect(),
        protocol_number: None,
        certificate_number: None,
        notice_number: None,
        dn_mm: kind.as_ref().map(|kind| kind.dn_mm),
        q_min: flow(InstrumentType::q_min),
        q_t: flow(InstrumentType::q_t),
        q_nom: kind.as_ref().map(|kind| kind.q_nom),
        q_max: kind.as_ref().map(|kind| kind.q_max),
    }
}
