//! SealedView v1: the named list of fields that the client read. The deterministic CBOR of a view
//! is signed, hashed, kept and printed: papers are made from the view alone.
//!
//! Maps have integer keys in ascending order, lengths are definite, integers are the shortest
//! (RFC 8949 section 4.2.1); absent fields are left out.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::model::{
    Card, Check, CheckResult, Conditions, Entity, EntityId, Identity, Instrument, InstrumentId,
    InstrumentType, LegalDate, Means, MeansKind, MeansRole, MeasurementId, Method, NumberKind,
    OrderId, PayMethod, Performer, PersonId, Phase, Position, Reading, Source, Visit, VisitId,
    Water, ZONE_TABLE_VERSION, Zone, roles_of,
};
use crate::rules::next_date::valid_until;
use crate::rules::verdict::{JudgedRow, Judgement, Verdict, judge};

/// View of one visit for the client to read and sign. How each field is computed:
/// `docs/protocol.md`, 12.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedView {
    /// Always 1 so far.
    #[n(0)]
    pub version: u32,
    /// Order that the visit belongs to.
    #[n(1)]
    pub order: OrderId,
    /// Visit whose work the sheet lists.
    #[n(2)]
    pub visit: VisitId,
    /// Number used in speech: «1001».
    #[n(3)]
    pub order_number: String,
    /// Issuer named by the card.
    #[n(4)]
    pub entity: EntityId,
    /// Full name of the issuer.
    #[n(5)]
    pub entity_name: String,
    /// Metrologist who made the visit.
    #[n(6)]
    pub performer: PersonId,
    /// Full name of the metrologist.
    #[n(7)]
    pub performer_name: String,
    /// Name of the client; empty where the card has none.
    #[n(8)]
    pub client: String,
    /// Address in one line, as on the card.
    #[n(9)]
    pub address: String,
    /// Legal date of the verification, the day of signing in [`Self::zone`].
    #[n(10)]
    pub date: LegalDate,
    /// Zone of the card, in which the date is counted.
    #[n(11)]
    pub zone: Zone,
    /// Version of the table of zones, [`ZONE_TABLE_VERSION`].
    #[n(12)]
    pub zone_table: u32,
    /// Instruments of the visit, by id ascending.
    #[n(13)]
    pub instruments: Vec<SealedInstrument>,
    /// Lines of the bill; one so far.
    #[n(14)]
    pub works: Vec<Work>,
    /// Sum due, kopecks: written at the visit, else the card's price.
    #[n(15)]
    pub due_kop: i64,
    /// Sum received, kopecks; absent where a sheet of paper names none.
    #[n(16)]
    pub received_kop: Option<i64>,
    /// Way of payment, where said.
    #[n(17)]
    pub pay_method: Option<PayMethod>,
}

/// One line of the bill.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Work {
    /// Name of the work: «Поверка приборов учёта воды: 2».
    #[n(0)]
    pub name: String,
    /// Sum of the line, kopecks; the sum due.
    #[n(1)]
    pub sum_kop: i64,
}

/// One instrument as the client read it; texts of the document, numbers of the reference data.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedInstrument {
    /// Id under which the document holds the instrument.
    #[n(0)]
    pub id: InstrumentId,
    /// Number in the state register, `NNNNN-YY`.
    #[n(1)]
    pub type_number: String,
    /// Modification as written at the visit.
    #[n(2)]
    pub modification: String,
    /// Serial number as text, as written at the visit.
    #[n(3)]
    pub serial_number: String,
    /// Year of make, where written.
    #[n(4)]
    pub year: Option<u16>,
    /// Cold or hot water, where written.
    #[n(5)]
    pub water: Option<Water>,
    /// Mounting, where written; decides the class.
    #[n(6)]
    pub position: Option<Position>,
    /// Title of the type's method; empty without a known type.
    #[n(7)]
    pub method: String,
    /// Version of the method used; 0 without one.
    #[n(8)]
    pub method_version: u32,
    /// Verdict, derived from checks and rows.
    #[n(9)]
    pub result: SealedResult,
    /// Reasons of an unfit instrument, or what an unfinished one lacks; Russian sentences.
    #[n(10)]
    pub reasons: Vec<String>,
    /// Last day on which a fit instrument counts as verified; absent for any other.
    #[n(11)]
    pub valid_until: Option<LegalDate>,
    /// Checks that were made, in the order of the protocol.
    #[n(12)]
    pub checks: Vec<SealedCheck>,
    /// Conditions at the start, where written.
    #[n(13)]
    pub start: Option<Conditions>,
    /// Conditions at the end, where written.
    #[n(14)]
    pub end: Option<Conditions>,
    /// Rows that count, in the order of the method's points, then by id.
    #[n(15)]
    pub rows: Vec<SealedRow>,
    /// Means used, in the order of the reference data.
    #[n(16)]
    pub means: Vec<SealedMeans>,
    /// Printed number of the protocol; fit and unfit instruments have one.
    #[n(17)]
    pub protocol_number: Option<String>,
    /// Printed number of the certificate; fit instruments have one if the card asks for it.
    #[n(18)]
    pub certificate_number: Option<String>,
    /// Printed number of the notice; unfit instruments have one.
    #[n(19)]
    pub notice_number: Option<String>,
    /// Nominal diameter, mm; this and the flows below are absent without a known type.
    #[n(20)]
    pub dn_mm: Option<u16>,
    /// Qmin of the class, m³/h; absent without a position.
    #[n(21)]
    pub q_min: Option<Reading>,
    /// Qп of the class, m³/h; absent without a position.
    #[n(22)]
    pub q_t: Option<Reading>,
    /// Qnom of the type, m³/h.
    #[n(23)]
    pub q_nom: Option<Reading>,
    /// Qmax of the type, m³/h.
    #[n(24)]
    pub q_max: Option<Reading>,
}

/// Verdict in a signed sheet; numbers 0–2 are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum SealedResult {
    /// Пригоден: protocol, and certificate on request.
    #[n(0)]
    Fit,
    /// Непригоден: protocol and notice.
    #[n(1)]
    Unfit,
    /// Не завершено или не поверялось: no paper, no number.
    #[n(2)]
    NotFinished,
}

impl SealedResult {
    /// Russian word as papers print it.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Fit => "пригоден",
            Self::Unfit => "непригоден",
            Self::NotFinished => "не завершено",
        }
    }

    /// Code in the database and in JSON.
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

/// One check that was made.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedCheck {
    /// Visual, operation or tightness.
    #[n(0)]
    pub check: Check,
    /// Whether the check passed, and the reason if not.
    #[n(1)]
    pub result: CheckResult,
}

/// A row with the values computed from it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedRow {
    /// Id of the row in the document.
    #[n(0)]
    pub measurement: MeasurementId,
    /// Name of the point as written in the row.
    #[n(1)]
    pub point: String,
    /// Flow, m³/h.
    #[n(2)]
    pub flow: Reading,
    /// Dial of the meter before the pour, m³.
    #[n(3)]
    pub start: Reading,
    /// Dial of the meter after the pour, m³.
    #[n(4)]
    pub end: Reading,
    /// Volume by the meter, m³: end − start, with the decimals of the longer of the two.
    #[n(5)]
    pub volume: Reading,
    /// Volume by the standard, m³.
    #[n(6)]
    pub reference: Reading,
    /// Duration of the pour, s, where written.
    #[n(7)]
    pub duration_s: Option<Reading>,
    /// δ, %, rounded half away from zero to one decimal (МИ 1592-2015).
    #[n(8)]
    pub error_percent: Reading,
    /// Limit of the type at this flow, ± %.
    #[n(9)]
    pub limit_percent: Reading,
    /// Whether |δ| as printed is at most the limit.
    #[n(10)]
    pub within: bool,
    /// Source of the readings, 0–5.
    #[n(11)]
    pub source: Source,
}

/// A means of verification as papers and the Fund's file name it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct SealedMeans {
    /// Element of the Fund's file.
    #[n(0)]
    pub kind: MeansKind,
    /// Title as papers print it.
    #[n(1)]
    pub title: String,
    /// Register number, or type number for `mis`.
    #[n(2)]
    pub number: String,
    /// Serial number; may be empty except for `mis`.
    #[n(3)]
    pub serial_number: String,
    /// Last day of validity, included.
    #[n(4)]
    pub valid_until: LegalDate,
    /// What the office says that the means measures; absent where the title says it.
    #[n(5)]
    pub given_roles: Option<Vec<MeansRole>>,
    /// Rank, class or error, where the office gave it.
    #[n(6)]
    pub accuracy: Option<String>,
    /// Number of the means' own certificate, where the office gave it.
    #[n(7)]
    pub certificate: Option<String>,
}

impl SealedMeans {
    /// What the means measures: as the office says, else by kind and title.
    pub fn roles(&self) -> Vec<MeansRole> {
        roles_of(self.given_roles.as_deref(), self.kind, &self.title)
    }
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
    /// The means that the metrologist may use.
    pub means: &'a [Means],
    /// What somebody's means of the firm measure: a value of such a kind is measured by one of them.
    pub roles: &'a [MeansRole],
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
    let instruments: Vec<SealedInstrument> = card
        .found(visit)
        .map(|(id, instrument)| SealedInstrument::of(*id, instrument, date, reference))
        .collect();
    let verified = instruments.iter().filter(|i| i.result != SealedResult::NotFinished).count();
    // Nothing verified costs nothing, unless the metrologist writes a sum for coming.
    let price_kop = if verified > 0 { card.price_kop } else { 0 };
    let due_kop = visit.money.due_kop.unwrap_or(price_kop);
    let work = match (verified, due_kop) {
        (0, 0) => None,
        (0, _) => Some("Выезд метролога без поверки".to_owned()),
        (verified, _) => Some(format!("Поверка приборов учёта воды: {verified}")),
    };
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
        works: work.into_iter().map(|name| Work { name, sum_kop: due_kop }).collect(),
        instruments,
        due_kop,
        received_kop: visit.money.received_kop,
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
            given_roles: means.given_roles.clone(),
            accuracy: means.accuracy.clone(),
            certificate: means.certificate.clone(),
        }
    }
}
