//! Projection: what a document says becomes rows. Seals are checked here, once each.

use std::collections::BTreeSet;

use vyezd_core::doc::Document;
use vyezd_core::doc::seal::{Seal, SealBody, Signer};
use vyezd_core::doc::signed::client_token;
use vyezd_core::doc::view::SealedView;
use vyezd_core::frame::Event;
use vyezd_core::model::{InstrumentId, Order, OrderId, SealId, VisitId, VisitOutcome};
use vyezd_core::texts::one_line;

use super::check::{Sheet, check, check_sheet, silence, still_says};
use crate::app::App;
use crate::incidents;
use crate::store::{
    IncidentKind, NumberState, OrderAtHand, OrderRow, OrderState, SealRow, SealState, SheetRow,
    StoreError, Timer, Tx,
};
use crate::{conflicts, documents};

/// What is said of a sheet that differs; the rest is cut.
const PROBLEM_CHARS_MAX: usize = 500;

/// Projects one document, in the transaction that changed it.
pub async fn project(app: &App, tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let (read, problems) = documents::load(tx, order).await?.read();
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
        process_seals(app, tx, read, (order, new)).await?;
        sheets = tx.sheets(order).await?;
    }
    settle_order_state(app, tx, read, (&mut at_hand.row, &sheets)).await?;
    conflicts::store(app, tx, read, (at_hand, sheets, methods)).await
}

async fn process_seals(
    app: &App,
    tx: &mut Tx,
    read: &Order,
    (order, mut new): (OrderId, Vec<(SealId, Option<SealId>)>),
) -> Result<(), StoreError> {
    let mut doc = documents::load(tx, order).await?;
    let together: BTreeSet<SealId> = new.iter().map(|(id, _)| *id).collect();
    let replaced: BTreeSet<SealId> = new.iter().filter_map(|(_, earlier)| *earlier).collect();
    // A sheet comes before the one that takes its place, whatever the phone's clock said.
    while !new.is_empty() {
        let waits = |earlier: Option<SealId>| {
            earlier.is_some_and(|earlier| new.iter().any(|(id, _)| *id == earlier))
        };
        let at = new.iter().position(|(_, earlier)| !waits(*earlier)).unwrap_or(0);
        let (id, _) = new.remove(at);
        let with = (&together, replaced.contains(&id));
        process_seal(app, tx, &mut doc, read, (order, id), with).await?;
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
async fn settle_order_state(
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

async fn process_seal(
    app: &App,
    tx: &mut Tx,
    doc: &mut Document,
    read: &Order,
    (order, id): (OrderId, SealId),
    (together, replaced): (&BTreeSet<SealId>, bool),
) -> Result<(), StoreError> {
    let Some(parts) = read.seals.get(&id) else { return Ok(()) };
    let sheet = Sheet { order, id, record: &parts.record, strokes: &parts.strokes };
    let checked = Box::pin(check(app, tx, doc, sheet)).await?;
    let peeked = Seal::peek(&parts.record).ok();
    let Some((body, view)) = peeked else {
        let what = "Подписанный лист не читается: документы не выпущены";
        return strange(app, tx, (order, id, None), what).await;
    };
    // It may quote what the sheet says, however long that is.
    let problem = one_line(&checked.err().unwrap_or_default());
    let problem: String = problem.chars().take(PROBLEM_CHARS_MAX).collect();
    let seal = SealRow {
        id,
        order,
        visit: body.visit,
        device: body.device,
        signed_at: body.at.at.0,
        record: parts.record.clone(),
        strokes: parts.strokes.clone(),
        token: client_token(&parts.record),
        state: if problem.is_empty() { SealState::Claimed } else { SealState::Disputed },
        problem,
    };
    let countersignature = app.keys.countersign(&parts.record);
    if let Some(earlier) = body.supersedes.filter(|_| seal.problem.is_empty()) {
        say_superseded(app, tx, (earlier, together.contains(&earlier)), &view).await?;
        tx.supersede_seal(earlier).await?;
    }
    let silent = match tx.device(body.device).await? {
        Some(device) => silence(app, tx, (id, &device)).await?,
        None => None,
    };
    let times = (app.now(), silent);
    if !tx.claim_seal(&seal, body.supersedes, &countersignature, times).await? {
        let what = "Подписанный лист повторяет другой, уже записанный: не принят";
        return strange(app, tx, (order, id, Some(body.visit)), what).await;
    }
    if !seal.problem.is_empty() && replaced {
        // The sheet that came with it says what the visit says now; where that one differs, both wait.
        return Ok(());
    }
    if !seal.problem.is_empty() {
        let what = format!("Лист не принят к выпуску: {}", seal.problem);
        tx.note(order, app.now(), "система", &what).await?;
        return announce_disputed(app, tx, (order, id), &seal.problem).await;
    }
    admit_sheet(app, tx, id, (&body, &view)).await?;
    say_price(app, tx, &view).await?;
    let signed = match &body.signer {
        Signer::Signed { name, relation } => {
            let code = match code_given(app, order, &body) {
                Some(true) => ", код клиента верный",
                Some(false) => ", КОД КЛИЕНТА НЕВЕРНЫЙ",
                None => "",
            };
            format!("Лист подписан: {name} ({relation}){code}")
        }
        Signer::Refused { reason } => {
            format!("Клиент отказался подписать: {reason}")
        }
    };
    if code_given(app, order, &body) == Some(false) {
        let what = format!(
            "Заявка № {}: код, набранный при подписи, не совпал с выданным клиенту. Исполнитель: {}.",
            view.order_number, view.performer_name
        );
        incidents::report(app, tx, (IncidentKind::ClientCode, &order.to_string()), &what).await?;
    }
    tx.note(order, app.now(), &view.performer_name, &signed).await
}

/// A phone wrote into the visit of a sheet that counts: where the visit says something else now, the office hears of
/// it. Papers stay as they were signed.
pub async fn look_after_signature(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    read: &Order,
) -> Result<(), StoreError> {
    for sheet in tx.sheets(order).await?.into_iter().filter(SheetRow::counts) {
        let Some(seal) = tx.seal(sheet.id).await? else { continue };
        let Err(why) = still_says(app, tx, read, &seal).await? else { continue };
        let number = tx.order(order).await?.map(|row| row.card.number).unwrap_or_default();
        let why: String = one_line(&why).chars().take(PROBLEM_CHARS_MAX).collect();
        let what = format!(
            "Заявка № {number}: после подписи в визит записано другое ({why}). Документы выпущены по \
             подписанному листу; если верно новое, нужен новый лист."
        );
        let subject = sheet.id.to_string();
        if !tx.was_reported((IncidentKind::ChangedAfterSignature, &subject), &what).await? {
            let about = (IncidentKind::ChangedAfterSignature, &subject as _);
            incidents::report_anew(app, tx, about, &what).await?;
        }
    }
    Ok(())
}

/// A sheet takes the place of an earlier one: the office sees what becomes of it. One that waited was never printed,
/// papers of one that counted may be in somebody's hands.
async fn say_superseded(
    app: &App,
    tx: &mut Tx,
    (earlier, together): (SealId, bool),
    view: &SealedView,
) -> Result<(), StoreError> {
    let Some(earlier) = tx.seal(earlier).await? else { return Ok(()) };
    let of_it = match (earlier.state, earlier.problem.as_str()) {
        _ if together => "его документы выпущены не были".to_owned(),
        (SealState::Issued, _) => "его документы недействительны, отдайте клиенту новые".to_owned(),
        (_, "") => "его документы выпущены не были".to_owned(),
        (_, problem) => format!("он ждал вашего решения: {problem}"),
    };
    let (number, who) = (&view.order_number, &view.performer_name);
    let what =
        format!("Заявка № {number}: лист подписан заново ({who}). О прежнем листе: {of_it}.");
    tx.note(earlier.order, app.now(), who, "Прежний лист не считается: клиент подписал новый")
        .await?;
    incidents::report(app, tx, (IncidentKind::SheetSuperseded, &earlier.id), &what).await
}

/// The sum on a sheet is the metrologist's to change; the office sees where it is not the card's.
async fn say_price(app: &App, tx: &mut Tx, view: &SealedView) -> Result<(), StoreError> {
    let price = tx.order(view.order).await?.map(|row| row.card.price_kop);
    let Some(price) = price.filter(|price| *price != view.due_kop) else { return Ok(()) };
    let rub = |kop: i64| format!("{},{:02} ₽", kop / 100, kop % 100);
    let what = format!("Сумма по листу {}, по карточке {}", rub(view.due_kop), rub(price));
    tx.note(view.order, app.now(), &view.performer_name, &what).await?;
    if view.due_kop >= price {
        return Ok(());
    }
    let words = format!("Заявка № {}: {what}. {}.", view.order_number, view.performer_name);
    incidents::report(app, tx, (IncidentKind::PriceLowered, &view.order), &words).await
}

/// Whether the code that the client typed is the one that he was given; nothing where he typed none. The
/// signature stands either way: somebody looks at it.
pub fn code_given(app: &App, order: OrderId, body: &SealBody) -> Option<bool> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let typed = body.code.as_deref().map(digits).filter(|typed| !typed.is_empty())?;
    Some(typed == app.keys.client_code(order))
}

/// The sheet counts: its numbers are used, its verifications stand, its papers will be issued.
async fn admit_sheet(
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
    tx.set_timer(Timer::IssueSeal, id.bytes(), app.now()).await
}

/// A dispatcher decided that a sheet counts that waited only for its place: everything else is checked
/// once more. The inner error is a sentence for the office.
pub async fn accept_disputed(
    app: &App,
    tx: &mut Tx,
    id: SealId,
) -> Result<Result<(), String>, StoreError> {
    let Some(seal) = tx.seal(id).await? else {
        return Ok(Err("лист не найден".to_owned()));
    };
    let order = seal.order;
    let Ok((body, view)) = Seal::peek(&seal.record) else {
        return Ok(Err("лист не читается".to_owned()));
    };
    let mut doc = documents::load(tx, order).await?;
    let sheet = Sheet { order, id, record: &seal.record, strokes: &seal.strokes };
    let checked = Box::pin(check_sheet(app, tx, &mut doc, sheet)).await?;
    if let Err(problem) = checked {
        return Ok(Err(problem));
    }
    readmit(app, tx, id).await?;
    if !tx.is_verified(id).await? {
        admit_sheet(app, tx, id, (&body, &view)).await?;
    }
    let (read, _) = doc.read();
    if let Some(mut row) = tx.order(order).await? {
        let sheets = tx.sheets(order).await?;
        settle_order_state(app, tx, &read, (&mut row, &sheets)).await?;
    }
    Ok(Ok(()))
}

/// A person looked at a sheet that waited: everything about it is checked once more, its place as well.
pub async fn recheck(app: &App, tx: &mut Tx, id: SealId) -> Result<Result<(), String>, StoreError> {
    let Some(seal) = tx.seal(id).await? else {
        return Ok(Err("лист не найден".to_owned()));
    };
    let mut doc = documents::load(tx, seal.order).await?;
    let (order, record, strokes) = (seal.order, seal.record.as_slice(), seal.strokes.as_slice());
    match Box::pin(check(app, tx, &mut doc, Sheet { order, id, record, strokes })).await? {
        Ok(()) => accept_disputed(app, tx, id).await,
        Err(why) => Ok(Err(format!("лист по-прежнему не сходится: {why}"))),
    }
}

/// The person whose sheet it is hears that it is not issued, and why.
pub async fn announce_disputed(
    app: &App,
    tx: &mut Tx,
    (order, seal): (OrderId, SealId),
    reason: &str,
) -> Result<(), StoreError> {
    let Some(row) = tx.seal(seal).await? else { return Ok(()) };
    enqueue_event(app, tx, (order, seal, row.visit), reason).await
}

async fn enqueue_event(
    app: &App,
    tx: &mut Tx,
    (order, seal, visit): (OrderId, SealId, VisitId),
    reason: &str,
) -> Result<(), StoreError> {
    let visits = tx.visits(order).await?;
    let Some((_, person)) = visits.into_iter().find(|(known, _)| *known == visit) else {
        return Ok(());
    };
    let event = Event::SheetHeld { order, seal, reason: reason.to_owned(), at: app.now() };
    tx.enqueue_event(person, event).await
}

/// A seal that cannot be kept as a sheet leaves a line and something to look at, once.
async fn strange(
    app: &App,
    tx: &mut Tx,
    (order, seal, visit): (OrderId, SealId, Option<VisitId>),
    what: &str,
) -> Result<(), StoreError> {
    if tx.lines_since(order, what, 0).await? > 0 {
        return Ok(());
    }
    tx.note(order, app.now(), "система", what).await?;
    let number = tx.order(order).await?.map(|row| row.card.number).unwrap_or_default();
    let words = format!("Заявка № {number}: {what}.");
    incidents::report(app, tx, (IncidentKind::SheetStrange, &order.to_string()), &words).await?;
    let Some(visit) = visit else { return Ok(()) };
    enqueue_event(app, tx, (order, seal, visit), what).await
}

/// A sheet counts again; papers that were never issued will be.
pub async fn readmit(app: &App, tx: &mut Tx, id: SealId) -> Result<(), StoreError> {
    tx.revive_seal(id).await?;
    tx.set_timer(Timer::IssueSeal, id.bytes(), app.now()).await
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
        tx.use_number((view.entity, used.kind, year, used.number), NumberState::Used, of, "")
            .await?;
    }
    Ok(())
}
