//! Parts that a visit lacks for a signature. Phone, office and server ask this one function.

use crate::doc::view::Reference;
use crate::model::{
    BadTemplate, Card, Conditions, Instrument, InstrumentId, LegalDate, Means, MeansKind,
    MeansRole, Source, Visit, VisitMoment, VisitOutcome,
};
use crate::rules::verdict::{Missing, Verdict};
use crate::texts::unprintable;

/// A part that a visit lacks for a signature; `Display` gives the Russian sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lacking {
    /// No time of arrival is written.
    #[error("не отмечено прибытие")]
    Arrival,
    /// No outcome of the visit is written.
    #[error("не указан итог визита")]
    Outcome,
    /// The visit was done, yet names no instrument.
    #[error("нет ни одного прибора")]
    Instrument,
    /// An instrument is neither verified nor passed over: its id, serial number and missing part.
    #[error("прибор {1}: {2}")]
    Unfinished(InstrumentId, String, Missing),
    /// The visit was done, yet no sum received is written; 0 counts as written. A visit typed in
    /// from paper may leave the sum blank: the paper is what there is.
    #[error("не указана полученная сумма")]
    Money,
    /// The card names another issuer than the reference data at hand.
    #[error("реквизиты организации не загружены")]
    Entity,
    /// Title of a used means that is not valid on the day.
    #[error("средство поверки «{0}» не действует на дату поверки")]
    MeansExpired(String),
    /// An instrument was measured, and its means name no standard: its id and serial number.
    #[error("прибор {1}: среди средств поверки нет эталона (установки)")]
    Standard(InstrumentId, String),
    /// A value was measured and no means that measures it is named: the instrument's id and serial number, what
    /// measures the value.
    #[error("прибор {1}: не указано, чем измерено: {what} ({means})", what = .2.measured(), means = .2.russian())]
    Role(InstrumentId, String, MeansRole),
    /// The metrologist has no qualification, or an expired one, on the day of a visit that was done.
    #[error("аттестация метролога не указана или не действует на дату поверки")]
    Qualification,
    /// An instrument has a verdict, yet the outcome (here in Russian) is not «выполнено».
    #[error(
        "приборы поверены, а итог визита — «{0}»: укажите «Выполнено» или снимите поверку с причиной"
    )]
    VerifiedNotDone(&'static str),
    /// A sign that no paper can print: instrument, Russian name of the text, sign.
    #[error("{1}: знак «{2}» не напечатать, исправьте")]
    Unprintable(InstrumentId, &'static str, char),
    /// No leased number is left for a kind of paper, here in Russian.
    #[error("закончились номера: {0}")]
    Numbers(&'static str),
    /// The issuer's template does not print a number: its kind of paper, the reason.
    #[error("номер не напечатать ({0}): {1}")]
    NumberTemplate(&'static str, BadTemplate),
}

impl Lacking {
    /// Stable code in snake case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Arrival => "arrival_missing",
            Self::Outcome => "outcome_missing",
            Self::Instrument => "instrument_missing",
            Self::Unfinished(_, _, missing) => missing.code(),
            Self::Money => "money_missing",
            Self::Entity => "entity_missing",
            Self::MeansExpired(_) => "means_expired",
            Self::Standard(..) => "standard_missing",
            Self::Role(..) => "means_role_missing",
            Self::Qualification => "attestation_expired",
            Self::VerifiedNotDone(_) => "outcome_contradicts",
            Self::Unprintable(..) => "sign_unprintable",
            Self::Numbers(_) => "numbers_exhausted",
            Self::NumberTemplate(..) => "number_template",
        }
    }
}

/// Everything the visit lacks. Each instrument of a visit that was done is verified or passed over
/// with a reason. No instrument of another visit has a verdict, since a verdict gets papers.
pub fn lacking(
    card: &Card,
    visit: &Visit,
    date: LegalDate,
    reference: Reference<'_>,
) -> Vec<Lacking> {
    let mut found = Vec::new();
    let mut need = |yes: bool, what: Lacking| {
        if yes {
            found.push(what);
        }
    };
    need(card.entity != reference.entity.id, Lacking::Entity);
    need(!visit.times.contains_key(&VisitMoment::Arrived), Lacking::Arrival);
    need(visit.outcome.is_none(), Lacking::Outcome);
    for (id, instrument) in card.found(visit) {
        let of = &instrument.identity;
        let reason = instrument.not_verified.as_ref().map_or("", |passed| passed.reason.as_str());
        for (what, text) in [
            ("заводской номер", of.serial_number.as_str()),
            ("модификация", &of.modification),
            ("номер типа", &of.type_number),
            ("причина", reason),
        ] {
            if let Some(sign) = unprintable(text) {
                need(true, Lacking::Unprintable(*id, what, sign));
            }
        }
    }
    if visit.outcome == Some(VisitOutcome::Done) {
        need(card.found(visit).next().is_none(), Lacking::Instrument);
        for (id, instrument) in card.found(visit) {
            for missing in unfinished(instrument, reference) {
                let serial = instrument.identity.serial_number.clone();
                need(true, Lacking::Unfinished(*id, serial, missing));
            }
            let serial = instrument.identity.serial_number.clone();
            need(lacks_standard(instrument, reference), Lacking::Standard(*id, serial.clone()));
            for role in unmeasured(instrument, reference) {
                need(true, Lacking::Role(*id, serial.clone(), role));
            }
        }
        need(visit.money.received_kop.is_none() && !from_paper(visit), Lacking::Money);
        let attested = reference.performer.attested_until;
        need(attested.is_none_or(|until| until < date), Lacking::Qualification);
        let used = reference
            .means
            .iter()
            .filter(|m| visit.instruments.values().any(|i| i.means.contains(&m.id)));
        for means in used.filter(|m| !m.valid_on(date)) {
            need(true, Lacking::MeansExpired(means.title.clone()));
        }
    } else if let Some(outcome) = visit.outcome {
        let verified = visit.instruments.values().any(|of| has_verdict(of, reference));
        need(verified, Lacking::VerifiedNotDone(outcome.russian()));
    }
    found
}

/// Whether means are named and none of them is a standard: a thermometer measures no volume.
fn lacks_standard(instrument: &Instrument, reference: Reference<'_>) -> bool {
    let used = || reference.means.iter().filter(|means| instrument.means.contains(&means.id));
    let is_standard = |of: &Means| matches!(of.kind, MeansKind::Mieta | MeansKind::Uve);
    has_verdict(instrument, reference) && used().next().is_some() && !used().any(is_standard)
}

/// Values of a verified instrument that none of its means measures, though the firm has means that do.
fn unmeasured(instrument: &Instrument, reference: Reference<'_>) -> Vec<MeansRole> {
    if !has_verdict(instrument, reference) || instrument.means.is_empty() {
        return Vec::new();
    }
    let used = reference.means.iter().filter(|means| instrument.means.contains(&means.id));
    let named: Vec<MeansRole> = used.flat_map(Means::roles).collect();
    let has = |role: &MeansRole| reference.roles.contains(role) && !named.contains(role);
    measured(instrument).into_iter().filter(has).collect()
}

/// What was measured besides volume, which has a rule of its own ([`Lacking::Standard`]); the time of a pour only
/// checks it.
fn measured(instrument: &Instrument) -> Vec<MeansRole> {
    let written = |of: fn(&Conditions) -> bool| instrument.conditions.values().any(of);
    let roles = [
        (
            MeansRole::Thermohygrometer,
            written(|of| of.air_c.is_some() || of.humidity_percent.is_some()),
        ),
        (MeansRole::Barometer, written(|of| of.pressure_kpa.is_some())),
        (MeansRole::WaterThermometer, written(|of| of.water_c.is_some())),
    ];
    roles.into_iter().filter(|(_, is_written)| *is_written).map(|(role, _)| role).collect()
}

/// Whether every instrument was typed in from paper.
fn from_paper(visit: &Visit) -> bool {
    visit.instruments.values().all(|of| of.identity.source == Some(Source::Paper))
}

/// Whether an instrument is fit or unfit and not passed over.
fn has_verdict(instrument: &Instrument, reference: Reference<'_>) -> bool {
    instrument.not_verified.is_none() && reference.judge(instrument).verdict.is_final()
}

/// Parts that an instrument lacks for a verdict; none if a person passed it over.
fn unfinished(instrument: &Instrument, reference: Reference<'_>) -> Vec<Missing> {
    if let Some(passed) = &instrument.not_verified {
        let in_words = passed.reason.chars().any(char::is_alphabetic);
        let reason = Missing::Field("причина, по которой прибор не поверен");
        return if in_words { Vec::new() } else { vec![reason] };
    }
    match reference.judge(instrument).verdict {
        Verdict::NotFinished { missing } => missing,
        Verdict::Fit | Verdict::Unfit { .. } => Vec::new(),
    }
}
