//! SealedView v1: the named list of fields that the client read. Its deterministic CBOR is what is
//! signed, hashed, frozen and printed: papers are made from it alone.
//!
//! Maps have integer keys in ascending order, lengths are definite, integers are the shortest
//! (RFC 8949 section 4.2.1); absent fields are left out.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::model::{
    Card, Check, CheckResult, Conditions, Entity, EntityId, Identity, Instrument, InstrumentId,
    InstrumentType, LegalDate, Means, MeansKind, MeasurementId, Method, NumberKind, OrderId,
    PayMethod, Performer, PersonId, Phase, Position, Reading, Source, Visit, VisitId, Water,
    ZONE_TABLE_VERSION, Zone,
};
use crate::rules::next_date::valid_until;
use crate::rules::verdict::{JudgedRow, Judgement, Verdict, judge};

/// What the client read.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
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

    /// The kinds of paper that an instrument with this result gets, each with a number of its own: a protocol for a
    /// verdict, a certificate for a fit meter whose client asked for one, a notice for an unfit one.
    pub const fn papers(self, certificate: bool) -> &'static [NumberKind] {
        match self {
            Self::Fit if certificate => &[NumberKind::Protocol, NumberKind::Certificate],
            Self::Fit => &[NumberKind::Protocol],
            Self::Unfit => &[NumberKind::Protocol, NumberKind::Notice],
            Self::NotFinished => &[],
        }
    }
}

/// A check with its result.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
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

/// The data by which a visit is judged, borrowed from the phone's store or the server's tables.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// The issuer of the papers.
    pub entity: &'a Entity,
    /// The metrologist who verifies.
    pub performer: &'a Performer,
    /// The types of instruments that the firm verifies.
    pub types: &'a [InstrumentType],
    /// The methods of those types.
    pub methods: &'a [Method],
    /// The means of the firm.
    pub means: &'a [Means],
}

impl<'a> Reference<'a> {
    /// The type of an instrument, by number and modification, and its method; neither where the type is unknown.
    pub fn kind_of(&self, identity: &Identity) -> (Option<&'a InstrumentType>, Option<&'a Method>) {
        let kind = self.types.iter().find(|kind| {
            kind.type_number == identity.type_number && kind.modification == identity.modification
        });
        let method =
            kind.and_then(|kind| self.methods.iter().find(|method| method.title == kind.method));
        (kind, method)
    }

    /// Judges an instrument by its type and method.
    pub fn judge(&self, instrument: &Instrument) -> Judgement {
        let (kind, method) = self.kind_of(&instrument.identity);
        judge(instrument, kind, method)
    }
}

/// The view of a visit, without numbers: [`crate::sheet::draft::Draft`] asks for those.
pub fn make(
    card: &Card,
    (visit_id, visit): (VisitId, &Visit),
    date: LegalDate,
    reference: Reference<'_>,
) -> SealedView {
    let instruments: Vec<SealedInstrument> = visit
        .instruments
        .iter()
        .map(|(id, instrument)| SealedInstrument::of(*id, instrument, date, reference))
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

impl SealedInstrument {
    /// The printed number of a kind of paper.
    pub const fn number(&self, kind: NumberKind) -> Option<&String> {
        match kind {
            NumberKind::Protocol => self.protocol_number.as_ref(),
            NumberKind::Certificate => self.certificate_number.as_ref(),
            NumberKind::Notice => self.notice_number.as_ref(),
        }
    }

    /// The place of that number.
    pub const fn number_mut(&mut self, kind: NumberKind) -> &mut Option<String> {
        match kind {
            NumberKind::Protocol => &mut self.protocol_number,
            NumberKind::Certificate => &mut self.certificate_number,
            NumberKind::Notice => &mut self.notice_number,
        }
    }

    fn of(
        id: InstrumentId,
        instrument: &Instrument,
        date: LegalDate,
        reference: Reference<'_>,
    ) -> Self {
        let identity = &instrument.identity;
        let (kind, method) = reference.kind_of(identity);
        let Judgement { rows, verdict, .. } = judge(instrument, kind, method);
        let (result, reasons) = result_of(verdict);
        let valid_until = match (result, identity.water, kind) {
            (SealedResult::Fit, Some(water), Some(kind)) => {
                Some(valid_until(date, kind.interval_years(water)))
            }
            _ => None,
        };
        let flow = |of: fn(&InstrumentType, Position) -> rust_decimal::Decimal| {
            kind.zip(identity.position).map(|(kind, at)| Reading::from(of(kind, at)))
        };
        let checks = instrument.checks.iter();
        let means = reference.means.iter().filter(|m| instrument.means.contains(&m.id));
        Self {
            id,
            type_number: identity.type_number.clone(),
            modification: identity.modification.clone(),
            serial_number: identity.serial_number.clone(),
            year: identity.year,
            water: identity.water,
            position: identity.position,
            method: kind.map(|kind| kind.method.clone()).unwrap_or_default(),
            method_version: method.map_or(0, |method| method.version),
            result,
            reasons,
            valid_until,
            checks: checks
                .map(|(check, result)| SealedCheck { check: *check, result: result.clone() })
                .collect(),
            start: instrument.conditions.get(&Phase::Start).cloned(),
            end: instrument.conditions.get(&Phase::End).cloned(),
            rows: rows.into_iter().map(SealedRow::of).collect(),
            means: means.map(SealedMeans::of).collect(),
            protocol_number: None,
            certificate_number: None,
            notice_number: None,
            dn_mm: kind.map(|kind| kind.dn_mm),
            q_min: flow(InstrumentType::q_min),
            q_t: flow(InstrumentType::q_t),
            q_nom: kind.map(|kind| kind.q_nom),
            q_max: kind.map(|kind| kind.q_max),
        }
    }
}

fn result_of(verdict: Verdict) -> (SealedResult, Vec<String>) {
    match verdict {
        Verdict::Fit => (SealedResult::Fit, Vec::new()),
        Verdict::Unfit { reasons } => (SealedResult::Unfit, reasons),
        Verdict::NotFinished { missing } => {
            (SealedResult::NotFinished, missing.iter().map(ToString::to_string).collect())
        }
    }
}

impl SealedRow {
    fn of(judged: JudgedRow) -> Self {
        let row = judged.row;
        Self {
            measurement: judged.id,
            point: row.point,
            flow: row.flow,
            start: row.start,
            end: row.end,
            volume: judged.volume,
            reference: row.reference,
            duration_s: row.duration_s,
            error_percent: judged.error_percent,
            limit_percent: judged.limit_percent,
            within: judged.within,
            source: row.source,
        }
    }
}

impl SealedMeans {
    fn of(means: &Means) -> Self {
        Self {
            kind: means.kind,
            title: means.title.clone(),
            number: means.number.clone(),
            serial_number: means.serial_number.clone(),
            valid_until: means.valid_until,
        }
    }
}
