//! Typing in from paper: the office writes down what a metrologist measured and the client signed on
//! paper. The same document, the same rules, the same numbers; every value's source is «с бумаги».

use std::collections::BTreeMap;

use ed25519_dalek::Signer as _;
use minicbor::bytes::ByteVec;
use serde::Deserialize;
use vyezd_core::client::RENDERER_VERSION;
use vyezd_core::codec::{derive_id, encode};
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{CONSENT_VERSION, Seal, SealBody, Signer, UsedNumber, signed_bytes};
use vyezd_core::doc::view::{InstrumentNumbers, Reference, make};
use vyezd_core::model::{
    Check, CheckResult, Conditions, Confidence, DeviceId, Entity, Identity, InstallId,
    InstrumentId, LeaseId, LegalDate, MeansId, Measurement, MeasurementId, Money, NumberKind,
    OrderId, PayMethod, Phase, SealId, Source, TimeEvidence, Timestamp, VisitId, VisitMoment,
    VisitOutcome, print_number,
};
use vyezd_core::sheet::agreement::papers_required;
use vyezd_core::sheet::complete::{Lacking, lacking};

use super::check::{performer, with_data};
use super::project::project;
use crate::app::App;
use crate::assignment;
use crate::audit::{self, Actor};
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::store::{EnrolledPhone, PersonRow, Role, Tx};
use crate::{dispatch, documents};

/// What stands on the paper of one visit.
#[derive(Debug, Clone, Deserialize)]
pub struct PaperVisit {
    /// When the visit was, unix ms.
    pub at: i64,
    pub instruments: Vec<PaperInstrument>,
    /// What the client paid, kopecks.
    pub received_kop: i64,
    /// Who signed the paper; empty when nobody did.
    pub signer: String,
}

/// What stands on the paper of one instrument.
#[derive(Debug, Clone, Deserialize)]
pub struct PaperInstrument {
    /// The expected instrument, where the card has it.
    pub id: Option<InstrumentId>,
    pub identity: Identity,
    pub start: Conditions,
    pub end: Conditions,
    pub checks: Vec<(Check, CheckResult)>,
    pub rows: Vec<Measurement>,
    pub means: Vec<MeansId>,
}

#[derive(Debug, Clone, Copy)]
pub struct Hands<'a> {
    /// Who verified, by the paper.
    pub performer: &'a PersonRow,
    /// Who typed it in.
    pub typist: &'a Actor,
}

/// Writes a paper visit into the order's document, seals it and projects it.
pub async fn enter(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    Hands { performer: person, typist }: Hands<'_>,
    paper: PaperVisit,
) -> Outcome<()> {
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let day = LegalDate(row.card.zone.date(Timestamp(paper.at)));
    may_verify(tx, person, (Timestamp(paper.at), day)).await?;
    if !row.state.is_open() {
        return Err(Problem::Refused(Code::OrderClosed, "заявка уже закрыта".to_owned()));
    }
    let sealed = tx.seals(order).await?.iter().any(|seal| seal.state.counts());
    if sealed {
        let message = "по заявке уже есть подписанный лист".to_owned();
        return Err(Problem::Refused(Code::OrderSealed, message));
    }
    let visit = give_to_performer(app, tx, order, (person, typist)).await?;
    note_typist(app, tx, (order, visit), (person, typist)).await?;
    let device = signing_device(app, tx, person).await?;
    let at = TimeEvidence {
        at: Timestamp(paper.at),
        confidence: Confidence::Unconfirmed,
        wall: Timestamp(paper.at),
        since_contact_ms: None,
    };
    documents::write(app, tx, order, &edits(app, visit, &at, &paper)).await?;
    skip_incomplete(app, tx, (order, visit), person, &at).await?;
    seal(app, tx, (order, visit), person, device, at, &paper.signer).await?;
    project(app, tx, order).await?;
    Ok(())
}

/// Only a metrologist of the firm whose attestation is valid on the day can stand on a protocol.
async fn may_verify(
    tx: &mut Tx,
    person: &PersonRow,
    (at, day): (Timestamp, LegalDate),
) -> Outcome<()> {
    let refuse = |code, words: String| Err(Problem::Field("person", code, words));
    if person.role != Role::Metrologist {
        return refuse(Code::NotMetrologist, format!("{} — не метролог", person.name));
    }
    if !person.active {
        let left = tx.last_change("person.switched_off", &person.id.to_string()).await?;
        if left.is_none_or(|(_, left)| left <= at.0) {
            let words = format!("{} в этот день не работает в организации", person.name);
            return refuse(Code::NotWorking, words);
        }
    }
    match person.attested_until {
        None => refuse(Code::NotAttested, format!("у {} не указана аттестация", person.name)),
        Some(until) if until < day => {
            let words = format!("аттестация {} закончилась {}", person.name, until.russian());
            refuse(Code::NotAttested, words)
        }
        Some(_) => Ok(()),
    }
}

/// Who typed it stays with the visit, in the order's history and in the journal.
async fn note_typist(
    app: &App,
    tx: &mut Tx,
    (order, visit): (OrderId, VisitId),
    (person, typist): (&PersonRow, &Actor),
) -> Outcome<()> {
    tx.set_typist(visit, typist.person, &typist.name).await?;
    let what = format!("Показания ввёл с бумаги: {}; поверитель: {}", typist.name, person.name);
    tx.note(order, app.now(), &typist.name, &what).await?;
    let about = (order.to_string(), format!("поверитель: {}", person.name));
    Ok(audit::note(app, tx, typist, "readings.typed", (&about.0, &about.1)).await?)
}

/// The order becomes his, if it is nobody's; another's stays another's.
async fn give_to_performer(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    (person, typist): (&PersonRow, &Actor),
) -> Outcome<VisitId> {
    tx.lock_order(order).await?;
    match tx.holder(order).await? {
        Some((holder, visit)) if holder == person.id => return Ok(visit),
        Some(_) => {
            let message = "заявку ведёт другой метролог".to_owned();
            return Err(Problem::Refused(Code::OrderHeld, message));
        }
        None => {}
    }
    dispatch::cancel(app, tx, order).await?;
    let visit = app.id(VisitId::new);
    tx.add_visit(visit, order, person.id, app.now().0).await?;
    documents::open_visit(app, tx, order, visit).await?;
    let reason = assignment::Reason::Paper(&typist.name);
    assignment::give(app, tx, order, (person.id, visit), reason).await?;
    Ok(visit)
}

/// The device that signs for this person's papers; its key is derived from the server's.
async fn signing_device(
    app: &App,
    tx: &mut Tx,
    person: &PersonRow,
) -> Outcome<(DeviceId, InstallId)> {
    let key = app.keys.paper_entry(person.id).verifying_key().to_bytes();
    let id = derive_id(&[&key]);
    let (device, install) = (DeviceId::from_bytes(id), InstallId::from_bytes(id));
    let phone = EnrolledPhone {
        id: device,
        person: person.id,
        name: "Офис: ввод с бумаги".to_owned(),
        key,
        install,
    };
    tx.put_device(&phone, app.now().0).await?;
    Ok((device, install))
}

fn edits(app: &App, visit: VisitId, at: &TimeEvidence, paper: &PaperVisit) -> Vec<Edit> {
    let mut edits = vec![Edit::Mark { visit, moment: VisitMoment::Arrived, at: at.clone() }];
    for found in &paper.instruments {
        let instrument = found.id.unwrap_or_else(|| app.id(InstrumentId::new));
        if found.id.is_none() {
            edits.push(Edit::AddInstrument { visit, instrument });
        }
        let identity = Identity { source: Some(Source::Paper), ..found.identity.clone() };
        edits.push(Edit::Identify { visit, instrument, identity });
        for (phase, conditions) in [(Phase::Start, &found.start), (Phase::End, &found.end)] {
            let conditions = Conditions { source: Some(Source::Paper), ..conditions.clone() };
            edits.push(Edit::SetConditions { visit, instrument, phase, conditions });
        }
        for (check, result) in &found.checks {
            let (check, result) = (*check, result.clone());
            edits.push(Edit::SetCheck { visit, instrument, check, result });
        }
        edits.push(Edit::UseMeans { visit, instrument, means: found.means.clone() });
        let mut ids: Vec<MeasurementId> =
            found.rows.iter().map(|_| app.id(MeasurementId::new)).collect();
        ids.sort_unstable();
        for (row, measurement) in found.rows.iter().zip(ids) {
            let row = Measurement { source: Source::Paper, replaces: None, ..row.clone() };
            edits.push(Edit::Measure { visit, instrument, measurement, row });
        }
    }
    let money = Money {
        received_kop: Some(paper.received_kop),
        method: Some(PayMethod::Cash),
        ..Money::default()
    };
    edits.push(Edit::Pay { visit, money });
    let comment = "введено с бумаги".to_owned();
    edits.push(Edit::Finish { visit, outcome: VisitOutcome::Done, comment });
    edits
}

/// What the paper leaves unfinished cannot be finished in the office: it is passed over, and the reason
/// says what is missing.
async fn skip_incomplete(
    app: &App,
    tx: &mut Tx,
    (order, visit): (OrderId, VisitId),
    person: &PersonRow,
    at: &TimeEvidence,
) -> Outcome<()> {
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let entity = tx.entity(row.card.entity).await?.ok_or(Problem::NotFound)?;
    let data = tx.reference_for(person).await?;
    let (read, _) = documents::load(tx, order).await?.read();
    let seen = read.visits.get(&visit).cloned().unwrap_or_default();
    let date = LegalDate(row.card.zone.date(at.at));
    let who = performer(person);
    let lacks = with_data(&data.types, &data.methods, |find_type, find_method| {
        let (entity, performer, means) = (&entity, &who, &data.means);
        let reference = Reference { entity, performer, find_type, find_method, means };
        lacking(&row.card, &seen, date, reference)
    });
    let mut reasons: BTreeMap<InstrumentId, Vec<String>> = BTreeMap::new();
    for lack in lacks {
        if let Lacking::Unfinished(instrument, _, missing) = lack {
            reasons.entry(instrument).or_default().push(missing.to_string());
        }
    }
    let skip = |(instrument, reasons): (InstrumentId, Vec<String>)| Edit::SkipInstrument {
        visit,
        instrument,
        reason: format!("на бумаге: {}", reasons.join("; ")),
    };
    let edits: Vec<Edit> = reasons.into_iter().map(skip).collect();
    Ok(documents::write(app, tx, order, &edits).await?)
}

async fn seal(
    app: &App,
    tx: &mut Tx,
    (order, visit): (OrderId, VisitId),
    person: &PersonRow,
    (device, install): (DeviceId, InstallId),
    at: TimeEvidence,
    signer: &str,
) -> Outcome<()> {
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let entity = tx.entity(row.card.entity).await?.ok_or(Problem::NotFound)?;
    let data = tx.reference_for(person).await?;
    let mut doc = documents::load(tx, order).await?;
    let heads = doc.heads();
    let (read, _) = doc.read();
    let seen = read.visits.get(&visit).cloned().unwrap_or_default();
    let date = LegalDate(row.card.zone.date(at.at));
    let who = performer(person);
    // First without numbers, to learn which are needed; numbers are made outside of the closure.
    let mut view = with_data(&data.types, &data.methods, |find_type, find_method| {
        let reference = Reference {
            entity: &entity,
            performer: &who,
            find_type,
            find_method,
            means: &data.means,
        };
        let lacks = lacking(&row.card, &seen, date, reference);
        if let Some(lack) = lacks.first() {
            return Err(Problem::Refused(Code::VisitIncomplete, lack.to_string()));
        }
        Ok(make(&row.card, (visit, &seen), date, reference, |_, _| InstrumentNumbers::default()))
    })?;
    let mut numbers = Vec::new();
    for instrument in &mut view.instruments {
        for kind in papers_required(instrument.result, row.card.certificate) {
            let printed = take(
                app,
                tx,
                (install, device),
                &entity,
                (*kind, date),
                instrument.id,
                &mut numbers,
            )
            .await?;
            match kind {
                NumberKind::Protocol => instrument.protocol_number = Some(printed),
                NumberKind::Certificate => instrument.certificate_number = Some(printed),
                NumberKind::Notice => instrument.notice_number = Some(printed),
            }
        }
    }
    let signer = match signer.trim() {
        "" => Signer::Refused { reason: "на бумаге нет подписи".to_owned() },
        name => Signer::Signed {
            name: name.to_owned(), relation: "подпись на бумаге".to_owned()
        },
    };
    let body = encode(&SealBody {
        version: 1,
        visit,
        supersedes: None,
        view: encode(&view),
        heads: heads.iter().map(|head| ByteVec::from(head.to_vec())).collect(),
        pdf_sha256: None,
        strokes_sha256: None,
        renderer: RENDERER_VERSION,
        catalogue: data.version,
        signer,
        code: None,
        consent: CONSENT_VERSION,
        at,
        device,
        numbers,
    });
    let id = app.id(SealId::new);
    let key = app.keys.paper_entry(person.id);
    let signature = key.sign(&signed_bytes(order, id, &body)).to_bytes().to_vec();
    let record = encode(&Seal { body, signature });
    documents::write(app, tx, order, &[Edit::AddSeal { seal: id, record, strokes: Vec::new() }])
        .await?;
    Ok(())
}

/// One number, as a lease of its own.
async fn take(
    app: &App,
    tx: &mut Tx,
    holder: (InstallId, DeviceId),
    entity: &Entity,
    (kind, date): (NumberKind, LegalDate),
    instrument: InstrumentId,
    numbers: &mut Vec<UsedNumber>,
) -> Outcome<String> {
    let year = date.0.year() as u16;
    let id = app.id(LeaseId::new);
    let lease = tx.lease_block(id, holder, (entity.id, kind, year), (1, app.now().0)).await?;
    let held = vyezd_core::frame::LeaseHeld { lease: id, next: lease.last + 1 };
    tx.note_lease_held(holder, &held).await?;
    numbers.push(UsedNumber { lease: id, kind, instrument, number: lease.first });
    Ok(print_number(entity.templates.of(kind), &entity.code, year, lease.first)?)
}
