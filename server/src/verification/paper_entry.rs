//! Entry from paper: the office types the values that a metrologist measured and the client signed
//! on paper. The same document, the same rules, the same numbers; every value's source is «с
//! бумаги».

use ed25519_dalek::Signer as _;
use serde::Deserialize;
use vyezd_core::codec::{derive_id, encode};
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{Seal, Signer, UsedNumber, signed_bytes};
use vyezd_core::doc::view::Reference;
use vyezd_core::frame::{LeaseHeld, ReferenceData};
use vyezd_core::model::{
    Card, Check, CheckResult, Conditions, Confidence, DeviceId, Identity, InstallId, InstrumentId,
    LeaseId, LegalDate, Means, MeansId, Measurement, MeasurementId, Money, OrderId, Phase, SealId,
    Series, Source, TimeEvidence, Timestamp, Visit, VisitId, VisitMoment, VisitOutcome, means_for,
    point_key,
};
use vyezd_core::sheet::complete::Lacking;
use vyezd_core::sheet::draft::{Draft, Signing};

use super::project::project;
use crate::app::App;
use crate::assignment;
use crate::audit::{self, Actor};
use crate::code::Code;
use crate::dispatch;
use crate::documents::OrderDocument;
use crate::import::nearest;
use crate::problem::{Outcome, Problem};
use crate::store::{By, EnrolledPhone, LeaseHolder, PersonRow, Role, Tx};

/// Content of the paper of one visit.
#[derive(Debug, Clone, Deserialize)]
pub struct PaperVisit {
    /// Time of the visit, unix ms.
    pub at: i64,
    pub instruments: Vec<PaperInstrument>,
    pub money: Money,
    /// [`Signer::Paper`] with the words of the paper.
    pub signer: Signer,
}

/// Content of the paper of one instrument.
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
    /// Reason why the instrument was not verified, as the paper or the typist says; empty where it
    /// was.
    pub passed_over: String,
}

#[derive(Debug, Clone, Copy)]
pub struct Hands<'a> {
    /// The person who verified, by the paper.
    pub performer: &'a PersonRow,
    pub typist: &'a Actor,
}

/// A visit that is being typed in.
struct Typed<'a> {
    card: &'a Card,
    visit: VisitId,
    performer: &'a PersonRow,
    at: TimeEvidence,
    data: &'a ReferenceData,
}

impl Typed<'_> {
    fn reference(&self) -> Outcome<Reference<'_>> {
        self.data.reference_of(self.card.entity).ok_or(Problem::NotFound)
    }

    async fn read(&self, tx: &mut Tx, doc: &mut OrderDocument) -> Outcome<Visit> {
        Ok(doc.read(tx).await?.visits.remove(&self.visit).unwrap_or_default())
    }
}

/// Writes a paper visit into the order's document, seals it and projects it.
pub async fn enter(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    hands: Hands<'_>,
    paper: PaperVisit,
) -> Outcome<()> {
    let order = doc.order();
    let performer = hands.performer;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let day = LegalDate(row.card.zone.date(Timestamp(paper.at)));
    may_verify(tx, performer, (Timestamp(paper.at), day)).await?;
    if !row.state.is_open() {
        return Err(Problem::Refused(Code::OrderClosed, "заявка уже закрыта".to_owned()));
    }
    let sealed = tx.seals(order).await?.iter().any(|seal| seal.state.counts());
    if sealed {
        let message = "по заявке уже есть подписанный лист".to_owned();
        return Err(Problem::Refused(Code::OrderSealed, message));
    }
    let visit = Box::pin(give_to_performer(app, tx, doc, hands)).await?;
    note_typist(app, tx, (order, visit), hands).await?;
    let at = TimeEvidence {
        at: Timestamp(paper.at),
        confidence: Confidence::Unconfirmed,
        wall: Timestamp(paper.at),
        since_contact_ms: None,
    };
    all_typed(&row.card, &paper)?;
    doc.write(app, tx, &edits(app, visit, &at, &paper)).await?;
    let data = tx.reference_on(performer, Some(day)).await?;
    let reference = data.reference_of(row.card.entity).ok_or(Problem::NotFound)?;
    one_reading_a_point(&paper, reference)?;
    let typed = Typed { card: &row.card, visit, performer, at, data: &data };
    Box::pin(seal(app, tx, doc, &typed, paper.signer)).await?;
    Ok(Box::pin(project(app, tx, doc)).await?)
}

/// Means of a paper: those that the typist named, each valid on the day. Where none is named, the
/// one standard and the one instrument of each type that were valid; a choice is the typist's.
pub async fn means_on_paper(
    tx: &mut Tx,
    (person, date): (&PersonRow, LegalDate),
    named: &[MeansId],
) -> Outcome<Vec<MeansId>> {
    let all = tx.means_of(person.id, Some(date)).await?;
    let valid: Vec<&Means> = all.iter().filter(|means| means.valid_on(date)).collect();
    if !named.is_empty() {
        if named.iter().all(|id| valid.iter().any(|means| means.id == *id)) {
            return Ok(named.to_vec());
        }
        let words = format!("средство поверки не действует на {} или не ваше", date.russian());
        return Err(Problem::field("means", words));
    }
    if valid.is_empty() && !all.is_empty() {
        let words = format!(
            "на {} не действует ни одно средство поверки, которым работает {}: проверьте дату",
            date.russian(),
            person.name
        );
        return Err(Problem::field("date", words));
    }
    let mine = means_for(&all, date);
    let valid: Vec<&Means> = valid.into_iter().filter(|of| mine.contains(&of.id)).collect();
    let another = |one: &Means| valid.iter().any(|of| of.id != one.id && of.stands_for(one));
    let choice: Vec<&str> =
        valid.iter().filter(|of| another(of)).map(|of| of.title.as_str()).collect();
    if !choice.is_empty() {
        let words =
            format!("не указано, чем поверяли: на эту дату действуют {}", choice.join(", "));
        return Err(Problem::field("means", words));
    }
    Ok(valid.iter().map(|means| means.id).collect())
}

/// Refuses a performer who is no metrologist, had left by the time of the visit, or has no
/// qualification valid on the day.
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

/// Keeps the typist's name with the visit, in the order's history and in the journal.
async fn note_typist(
    app: &App,
    tx: &mut Tx,
    (order, visit): (OrderId, VisitId),
    Hands { performer: person, typist }: Hands<'_>,
) -> Outcome<()> {
    tx.set_typist(visit, typist.person, &typist.name).await?;
    let what = format!("Показания ввёл с бумаги: {}; поверитель: {}", typist.name, person.name);
    tx.note(order, app.now(), By::Person(&typist.name), &what).await?;
    let about = (order.to_string(), format!("поверитель: {}", person.name));
    Ok(audit::note(app, tx, typist, "readings.typed", (&about.0, &about.1)).await?)
}

/// Gives an order without a holder to the performer; an order of another holder is refused.
async fn give_to_performer(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    Hands { performer: person, typist }: Hands<'_>,
) -> Outcome<VisitId> {
    let order = doc.order();
    tx.lock_order(order).await?;
    match tx.holder(order).await? {
        Some((holder, visit)) if holder == person.id => return Ok(visit),
        Some(_) => {
            let message = "заявку ведёт другой метролог".to_owned();
            return Err(Problem::Refused(Code::OrderHeld, message));
        }
        None => {}
    }
    dispatch::cancel(app, tx, doc).await?;
    let visit = app.id(VisitId::new);
    tx.add_visit(visit, order, person.id, app.now().0).await?;
    doc.open_visit(app, tx, visit).await?;
    let reason = assignment::Reason::Paper(&typist.name);
    assignment::give(app, tx, order, (person.id, visit), reason).await?;
    Ok(visit)
}

/// The device that signs for this person's papers; its key is derived from the server's.
async fn signing_device(app: &App, tx: &mut Tx, person: &PersonRow) -> Outcome<LeaseHolder> {
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
    Ok(LeaseHolder { install, device })
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
        if !found.passed_over.is_empty() {
            let reason = found.passed_over.clone();
            edits.push(Edit::SkipInstrument { visit, instrument, reason });
        }
        let mut ids: Vec<MeasurementId> =
            found.rows.iter().map(|_| app.id(MeasurementId::new)).collect();
        ids.sort_unstable();
        for (row, measurement) in found.rows.iter().zip(ids) {
            let row = Measurement { source: Source::Paper, replaces: None, ..row.clone() };
            edits.push(Edit::Measure { visit, instrument, measurement, row });
        }
    }
    edits.push(Edit::Pay { visit, money: paper.money.clone() });
    let comment = "введено с бумаги".to_owned();
    edits.push(Edit::Finish { visit, outcome: VisitOutcome::Done, comment });
    edits
}

/// Refuses a paper that says nothing of an instrument of the card: the order would be closed without
/// the instrument.
fn all_typed(card: &Card, paper: &PaperVisit) -> Outcome<()> {
    let typed = |id| paper.instruments.iter().any(|found| found.id == Some(id));
    let left = card.instruments.iter().filter(|expected| !typed(expected.id));
    let left: Vec<&str> = left.map(|expected| expected.serial_number.as_str()).collect();
    if left.is_empty() {
        return Ok(());
    }
    let others = paper.instruments.iter().filter(|found| found.id.is_none());
    let near = others.filter_map(|found| {
        let serial = &found.identity.serial_number;
        let near = nearest(serial, &left);
        (!near.is_empty()).then(|| format!("№ {serial} — не № {} ли?", near.join(" или № ")))
    });
    let near: Vec<String> = near.collect();
    let near = if near.is_empty() { String::new() } else { format!(" ({})", near.join("; ")) };
    let words = format!(
        "нет показаний приборов № {}{near}: введите их или укажите, почему прибор не поверен",
        left.join(", ")
    );
    Err(Problem::Refused(Code::VisitIncomplete, words))
}

/// Refuses more readings of a point than the method asks for: whoever holds the paper knows which one counts.
fn one_reading_a_point(paper: &PaperVisit, reference: Reference<'_>) -> Outcome<()> {
    for of in &paper.instruments {
        let (_, method) = reference.kind_of(&of.identity);
        for point in method.into_iter().flat_map(|method| &method.points) {
            let key = point_key(&point.name);
            let rows = of.rows.iter().filter(|row| point_key(&row.point) == key).count();
            if rows > usize::from(point.repeats) {
                let words = format!(
                    "прибор № {}: в точке {} измерений {rows}, нужно {}: оставьте верные",
                    of.identity.serial_number, point.name, point.repeats
                );
                return Err(Problem::Refused(Code::VisitIncomplete, words));
            }
        }
    }
    Ok(())
}

async fn seal(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    typed: &Typed<'_>,
    signer: Signer,
) -> Outcome<()> {
    let reference = typed.reference()?;
    let seen = typed.read(tx, doc).await?;
    let heads = doc.get(tx).await?.heads();
    let draft = Draft::new(typed.card, (typed.visit, &seen), typed.at.clone(), reference);
    let mut draft = draft.map_err(|lacks| {
        let words: Vec<String> = lacks.iter().map(ToString::to_string).collect();
        Problem::Refused(Code::VisitIncomplete, words.join("; "))
    })?;
    let holder = signing_device(app, tx, typed.performer).await?;
    for (instrument, kind) in draft.wanted() {
        let used = take_number(app, tx, holder, draft.series(kind), instrument).await?;
        let template = |bad: Lacking| Problem::Refused(Code::VisitIncomplete, bad.to_string());
        draft.number(used).map_err(template)?;
    }
    let body = encode(&draft.body(Signing {
        supersedes: None,
        heads: &heads,
        catalogue: typed.data.version,
        signer,
        strokes: &[],
        code: None,
        device: holder.device,
    }));
    let seal = app.id(SealId::new);
    let key = app.keys.paper_entry(typed.performer.id);
    let signature = key.sign(&signed_bytes(doc.order(), seal, &body)).to_bytes().to_vec();
    let record = encode(&Seal { body, signature });
    Ok(doc.write(app, tx, &[Edit::AddSeal { seal, record, strokes: Vec::new() }]).await?)
}

/// One number, as a lease of its own.
async fn take_number(
    app: &App,
    tx: &mut Tx,
    holder: LeaseHolder,
    series: Series,
    instrument: InstrumentId,
) -> Outcome<UsedNumber> {
    let id = app.id(LeaseId::new);
    let lease = tx.lease_block(id, holder, series, (1, app.now().0)).await?;
    tx.note_lease_held(holder, &LeaseHeld { lease: id, next: lease.last + 1 }).await?;
    Ok(UsedNumber { lease: id, kind: series.kind, instrument, number: lease.first })
}
