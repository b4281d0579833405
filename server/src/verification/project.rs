//! Projection: what a document says becomes rows. Seals are checked here, once each.

use vyezd_core::doc::Document;
use vyezd_core::doc::seal::{Seal, SealBody};
use vyezd_core::doc::signed::client_token;
use vyezd_core::doc::view::{InstrumentNumbers, Reference, SealedInstrument, SealedView, make};
use vyezd_core::frame::ReferenceData;
use vyezd_core::model::{
    Entity, InstrumentId, InstrumentType, LegalDate, Method, NumberKind, Order, OrderId, Performer,
    SealId, VisitId, VisitOutcome, print_number,
};
use vyezd_core::rules::complete::{agree, lacking};

use crate::app::App;
use crate::conflicts;
use crate::docs;
use crate::store::{OrderAtHand, OrderRow, OrderState, SealRow, SheetRow, StoreError, Tx};
use crate::timers::ISSUE_TIMER;

/// Projects one document, in the transaction that changed it.
pub async fn project(app: &App, tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let (read, problems) = docs::load(tx, order).await?.read();
    for problem in problems {
        tracing::warn!(%order, ?problem, "a document holds something that was not understood");
    }
    match tx.order_at_hand(order).await? {
        Some(at_hand) => Box::pin(project_read(app, tx, (at_hand, &mut None), &read)).await,
        None => Ok(()),
    }
}

/// The same for a document that was read and an order that is at hand, locked.
pub async fn project_read(
    app: &App,
    tx: &mut Tx,
    (mut at_hand, methods): (OrderAtHand, &mut conflicts::Methods),
    read: &Order,
) -> Result<(), StoreError> {
    let order = at_hand.row.card.id;
    let photos = photos(read);
    if at_hand.photos != photos.len() as i64 {
        tx.set_photo_refs(order, &photos).await?;
    }
    let mut sheets = sheets(tx, &at_hand).await?;
    let new: Vec<(SealId, Option<SealId>)> = read
        .seals
        .iter()
        .filter(|(id, _)| sheets.iter().all(|known| known.id != **id))
        .map(|(id, parts)| (*id, Seal::peek(&parts.record).ok().and_then(|(b, _)| b.supersedes)))
        .collect();
    if !new.is_empty() {
        take_seals(app, tx, read, (order, new)).await?;
        sheets = tx.sheets(order).await?;
    }
    settle_state(app, tx, read, (&mut at_hand.row, &sheets)).await?;
    conflicts::record(app, tx, read, (at_hand, sheets, methods)).await
}

async fn take_seals(
    app: &App,
    tx: &mut Tx,
    read: &Order,
    (order, mut new): (OrderId, Vec<(SealId, Option<SealId>)>),
) -> Result<(), StoreError> {
    let mut doc = docs::load(tx, order).await?;
    // A sheet comes before the one that takes its place, whatever the phone's clock said.
    while !new.is_empty() {
        let waits = |earlier: Option<SealId>| {
            earlier.is_some_and(|earlier| new.iter().any(|(id, _)| *id == earlier))
        };
        let at = new.iter().position(|(_, earlier)| !waits(*earlier)).unwrap_or(0);
        let (id, _) = new.remove(at);
        take_seal(app, tx, order, &mut doc, read, id).await?;
    }
    Ok(())
}

async fn sheets(tx: &mut Tx, at_hand: &OrderAtHand) -> Result<Vec<SheetRow>, StoreError> {
    if at_hand.sheets == 0 { Ok(Vec::new()) } else { tx.sheets(at_hand.row.card.id).await }
}

/// The photos that a document names.
fn photos(read: &Order) -> Vec<(String, VisitId, InstrumentId, String)> {
    let mut all = Vec::new();
    for (visit, of) in &read.visits {
        for (instrument, of) in &of.instruments {
            let named = of.photos.iter();
            all.extend(named.map(|(name, kind)| (name.clone(), *visit, *instrument, kind.clone())));
        }
    }
    all
}

/// The order's state follows the visit that counts: the holder's.
async fn settle_state(
    app: &App,
    tx: &mut Tx,
    read: &Order,
    (row, sheets): (&mut OrderRow, &[SheetRow]),
) -> Result<(), StoreError> {
    let Some(visit) = row.held else { return Ok(()) };
    let outcome = read.visits.get(&visit).and_then(|visit| visit.outcome);
    let sealed = sheets.iter().any(|sheet| sheet.visit == visit && sheet.counts());
    let state = match outcome {
        Some(VisitOutcome::Done) if sealed => OrderState::Done,
        Some(VisitOutcome::Done) | None => return Ok(()),
        Some(VisitOutcome::Postponed) => OrderState::Postponed,
        Some(_) => OrderState::NotDone,
    };
    if row.state != state && row.state != OrderState::Cancelled {
        row.state = state;
        tx.set_order_state(row.card.id, state).await?;
        let words = outcome.map_or("", VisitOutcome::russian);
        let who = row.holder.as_ref().map_or("система", |(_, name)| name);
        tx.note(row.card.id, app.now(), who, &format!("Визит: {words}")).await?;
    }
    Ok(())
}

async fn take_seal(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    doc: &mut Document,
    read: &Order,
    id: SealId,
) -> Result<(), StoreError> {
    let Some(parts) = read.seals.get(&id) else { return Ok(()) };
    let checked = check(tx, order, doc, id, &parts.record, &parts.strokes).await?;
    let peeked = Seal::peek(&parts.record).ok();
    let Some((body, view)) = peeked else {
        let what = "Подписанный лист не читается: документы не выпущены";
        return tx.note(order, app.now(), "система", what).await;
    };
    let problem = checked.err().unwrap_or_default();
    let seal = SealRow {
        id,
        order,
        visit: body.visit,
        device: body.device,
        signed_at: body.at.at.0,
        record: parts.record.clone(),
        strokes: parts.strokes.clone(),
        token: client_token(&parts.record),
        state: if problem.is_empty() { "claimed" } else { "disputed" }.to_owned(),
        problem,
    };
    let countersignature = app.keys.countersign(&parts.record);
    if let Some(earlier) = body.supersedes.filter(|_| seal.problem.is_empty()) {
        tx.supersede_seal(earlier).await?;
    }
    if !tx.claim_seal(&seal, body.supersedes, &countersignature, app.now()).await? {
        return Ok(());
    }
    if !seal.problem.is_empty() {
        let what = format!("Лист не принят к выпуску: {}", seal.problem);
        return tx.note(order, app.now(), "система", &what).await;
    }
    let_count(app, tx, id, (&body, &view)).await?;
    let signed = match &body.signer {
        vyezd_core::doc::seal::Signer::Signed { name, relation } => {
            let code = match code_given(app, order, &body) {
                Some(true) => ", код клиента верный",
                Some(false) => ", КОД КЛИЕНТА НЕВЕРНЫЙ",
                None => "",
            };
            format!("Лист подписан: {name} ({relation}){code}")
        }
        vyezd_core::doc::seal::Signer::Refused { reason } => {
            format!("Клиент отказался подписать: {reason}")
        }
    };
    if code_given(app, order, &body) == Some(false) {
        let id = *app.id(vyezd_core::model::ItemId::new).bytes();
        let what = format!(
            "Заявка № {}: код, набранный при подписи, не совпал с выданным клиенту. Исполнитель: {}.",
            view.order_number, view.performer_name
        );
        tx.report(id, app.now().0, ("client_code", &order.to_string()), &what).await?;
    }
    tx.note(order, app.now(), &view.performer_name, &signed).await
}

/// Whether the code that the client typed is the one that he was given; nothing where he typed none. The
/// signature stands either way: somebody looks at it.
pub fn code_given(app: &App, order: OrderId, body: &SealBody) -> Option<bool> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let typed = body.code.as_deref().map(digits).filter(|typed| !typed.is_empty())?;
    Some(typed == app.keys.client_code(order))
}

/// The sheet counts: its numbers are used, its verifications stand, its papers will be issued.
async fn let_count(
    app: &App,
    tx: &mut Tx,
    id: SealId,
    (body, view): (&SealBody, &SealedView),
) -> Result<(), StoreError> {
    use_numbers(tx, id, body, view).await?;
    for instrument in &view.instruments {
        if !tx.add_verification(id, view, instrument).await? {
            return Err(StoreError::Protocol("a protocol number is taken".into()));
        }
    }
    tx.set_timer(ISSUE_TIMER, id.bytes(), app.now()).await
}

/// A dispatcher decided that a sheet counts that waited only for its place: everything else is checked
/// once more. The inner error is a sentence for the office.
pub async fn accept(app: &App, tx: &mut Tx, id: SealId) -> Result<Result<(), String>, StoreError> {
    let Some(seal) = tx.seal(id).await? else {
        return Ok(Err("лист не найден".to_owned()));
    };
    let order = seal.order;
    let Ok((body, view)) = Seal::peek(&seal.record) else {
        return Ok(Err("лист не читается".to_owned()));
    };
    let mut doc = docs::load(tx, order).await?;
    let checked = check_sheet(tx, order, &mut doc, id, &seal.record, &seal.strokes).await?;
    if let Err(problem) = checked {
        return Ok(Err(problem));
    }
    revive(app, tx, id).await?;
    if !tx.is_verified(id).await? {
        let_count(app, tx, id, (&body, &view)).await?;
    }
    let (read, _) = doc.read();
    if let Some(mut row) = tx.order(order).await? {
        let sheets = tx.sheets(order).await?;
        settle_state(app, tx, &read, (&mut row, &sheets)).await?;
    }
    Ok(Ok(()))
}

/// A sheet counts again; papers that were never issued will be.
pub async fn revive(app: &App, tx: &mut Tx, id: SealId) -> Result<(), StoreError> {
    tx.revive_seal(id).await?;
    tx.set_timer(ISSUE_TIMER, id.bytes(), app.now()).await
}

/// Checks everything about a seal. The error is a sentence for the office.
async fn check(
    tx: &mut Tx,
    order: OrderId,
    doc: &mut Document,
    id: SealId,
    record: &[u8],
    strokes: &[u8],
) -> Result<Result<(), String>, StoreError> {
    let sheet = check_sheet(tx, order, doc, id, record, strokes).await?;
    match (sheet, Seal::peek(record)) {
        (Ok(()), Ok((body, _))) => check_place(tx, order, &body).await,
        (sheet, _) => Ok(sheet),
    }
}

/// The sheet by itself: whose it is, its numbers, its arithmetic.
async fn check_sheet(
    tx: &mut Tx,
    order: OrderId,
    doc: &mut Document,
    id: SealId,
    record: &[u8],
    strokes: &[u8],
) -> Result<Result<(), String>, StoreError> {
    let Ok((peeked, _)) = Seal::peek(record) else {
        return Ok(Err("не читается".to_owned()));
    };
    let Some(device) = tx.device(peeked.device).await? else {
        return Ok(Err("телефон не зарегистрирован".to_owned()));
    };
    let (body, view) = match Seal::open(record, strokes, order, id, &device.key) {
        Ok(opened) => opened,
        Err(bad) => return Ok(Err(bad.to_string())),
    };
    let visits = tx.visits(order).await?;
    let own = visits.iter().any(|(visit, person)| (*visit, *person) == (body.visit, device.person));
    if !own || view.order != order || view.visit != body.visit || view.performer != device.person {
        return Ok(Err("лист относится к чужому визиту".to_owned()));
    }
    let Some(person) = tx.person(view.performer).await? else {
        return Ok(Err("исполнитель не найден".to_owned()));
    };
    // What the phone knew when the sheet was signed; the firm's data may have changed since.
    let data = match tx.reference_known(body.catalogue, person.id).await? {
        Some(data) => data,
        None => tx.reference_for(&person).await?,
    };
    let Some(entity) = data.entities.iter().find(|e| e.id == view.entity).cloned() else {
        return Ok(Err("организация не найдена".to_owned()));
    };
    if let Err(problem) = check_numbers(tx, &entity, &body, &view).await? {
        return Ok(Err(problem));
    }
    recompute(tx, order, doc, &body, &view, &data).await
}

/// One sheet of an order counts: a second one, or one of a visit that the ledger gave to another,
/// waits for a person.
async fn check_place(
    tx: &mut Tx,
    order: OrderId,
    body: &SealBody,
) -> Result<Result<(), String>, StoreError> {
    if !tx.was_assigned(body.visit).await? {
        return Ok(Err("заявка передана другому; работа сохранена".to_owned()));
    }
    let cancelled = tx.order(order).await?.is_some_and(|row| row.state == OrderState::Cancelled);
    if cancelled {
        return Ok(Err("заявка отменена; решает диспетчер".to_owned()));
    }
    // Signed again by whoever signed before: what counted goes on counting.
    let held = tx.holder(order).await?.is_some_and(|(_, visit)| visit == body.visit);
    if !held && body.supersedes.is_none() {
        return Ok(Err("заявка передана другому; решает диспетчер".to_owned()));
    }
    let sheets = tx.sheets(order).await?;
    if let Some(earlier) = body.supersedes {
        let own = sheets.iter().any(|sheet| sheet.id == earlier && sheet.visit == body.visit);
        if !own {
            return Ok(Err("лист заменяет чужой лист".to_owned()));
        }
    }
    let another = sheets.iter().any(|sheet| sheet.counts() && Some(sheet.id) != body.supersedes);
    if another {
        return Ok(Err("по заявке уже есть другой подписанный лист".to_owned()));
    }
    Ok(Ok(()))
}

/// Every printed number is one that the phone's lease gives, and was not used for another instrument.
async fn check_numbers(
    tx: &mut Tx,
    entity: &Entity,
    body: &SealBody,
    view: &SealedView,
) -> Result<Result<(), String>, StoreError> {
    let year = view.date.0.year() as u16;
    let mut seen: Vec<&String> = Vec::new();
    for instrument in &view.instruments {
        let printed = [
            (NumberKind::Protocol, &instrument.protocol_number),
            (NumberKind::Certificate, &instrument.certificate_number),
            (NumberKind::Notice, &instrument.notice_number),
        ];
        for (kind, printed) in printed {
            let Some(printed) = printed else { continue };
            let used =
                body.numbers.iter().find(|u| u.instrument == instrument.id && u.kind == kind);
            let Some(used) = used else {
                return Ok(Err(format!("номер {printed} взят ниоткуда")));
            };
            let lease = tx.lease(used.lease).await?;
            let good = lease.as_ref().is_some_and(|(lease, device)| {
                *device == body.device
                    && (lease.entity, lease.kind, lease.year) == (entity.id, kind, year)
                    && (lease.first..=lease.last).contains(&used.number)
            });
            let same = print_number(entity.templates.of(kind), &entity.code, year, used.number)
                .is_ok_and(|expected| expected == *printed);
            let owner = tx.number_of((entity.id, kind, year, used.number)).await?;
            let taken =
                owner.is_some_and(|(state, of)| state != "used" || of != Some(instrument.id));
            let twice = seen.contains(&printed);
            seen.push(printed);
            if !good || !same || taken || twice {
                return Ok(Err(format!("номер {printed} не выдан этому телефону или уже занят")));
            }
        }
    }
    Ok(Ok(()))
}

async fn use_numbers(
    tx: &mut Tx,
    seal: SealId,
    body: &SealBody,
    view: &SealedView,
) -> Result<(), StoreError> {
    let year = view.date.0.year() as u16;
    for used in &body.numbers {
        let of = Some((seal, used.instrument));
        // A sheet signed again keeps its numbers: the row is there already.
        tx.use_number((view.entity, used.kind, year, used.number), "used", of, "").await?;
    }
    Ok(())
}

/// The server's own arithmetic over what was there when it was signed.
async fn recompute(
    tx: &mut Tx,
    order: OrderId,
    doc: &mut Document,
    body: &SealBody,
    view: &SealedView,
    data: &ReferenceData,
) -> Result<Result<(), String>, StoreError> {
    let heads: Vec<[u8; 32]> =
        body.heads.iter().filter_map(|head| head.as_slice().try_into().ok()).collect();
    // After a refusal the phone writes its other edits anew, under other names: what the client read is
    // then compared with the visit as it is now.
    let (read, _) = doc.at(&heads).map_or_else(|_| doc.read(), |at_signing| at_signing.read());
    let Some(row) = tx.order(order).await? else {
        return Ok(Err("заявки нет".to_owned()));
    };
    let Some(visit) = read.visits.get(&body.visit) else {
        return Ok(Err("в документе нет подписанного визита".to_owned()));
    };
    if row.card.zone == view.zone && LegalDate(view.zone.date(body.at.at)) != view.date {
        return Ok(Err("дата листа не сходится со временем подписи".to_owned()));
    }
    let Some(entity) = data.entities.iter().find(|entity| entity.id == view.entity) else {
        return Ok(Err("организация не найдена".to_owned()));
    };
    Ok(with_data(&data.types, &data.methods, |find_type, find_method| {
        let reference = Reference {
            entity,
            performer: &data.performer,
            find_type,
            find_method,
            means: &data.means,
        };
        if let Some(lack) = lacking(&row.card, visit, view.date, reference).first() {
            return Err(lack.to_string());
        }
        let none = |_, _: &SealedInstrument| InstrumentNumbers::default();
        agree(view, &make(&row.card, (body.visit, visit), view.date, reference, none))
    }))
}

/// Finders over plain lists.
pub fn with_data<T>(
    types: &[InstrumentType],
    methods: &[Method],
    use_them: impl FnOnce(
        &dyn Fn(&str, &str) -> Option<InstrumentType>,
        &dyn Fn(&str) -> Option<Method>,
    ) -> T,
) -> T {
    let find_type = |number: &str, modification: &str| {
        types.iter().find(|t| t.type_number == number && t.modification == modification).cloned()
    };
    let find_method = |title: &str| methods.iter().find(|m| m.title == title).cloned();
    use_them(&find_type, &find_method)
}

/// The performer of a person's row.
pub fn performer(person: &crate::store::PersonRow) -> Performer {
    Performer { id: person.id, name: person.name.clone(), attested_until: person.attested_until }
}
