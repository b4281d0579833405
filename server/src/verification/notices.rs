//! Notices about sheets, for the office and the phone.

use jiff::ToSpan as _;
use vyezd_core::doc::seal::Seal;
use vyezd_core::doc::view::{SealedResult, SealedView};
use vyezd_core::frame::Event;
use vyezd_core::model::{LegalDate, Order, OrderId, PayMethod, SealId, VisitId};
use vyezd_core::texts::one_line;

use super::check::still_says;

use crate::app::App;
use crate::incidents;
use crate::refusal::reason;
use crate::store::{By, IncidentKind, SealState, SheetRow, StoreError, Tx};

/// Days within which a meter is verified once.
const TWIN_DAYS: i32 = 30;
/// Characters of the words about a sheet that differs; the rest is cut.
pub(super) const PROBLEM_CHARS_MAX: usize = 500;

/// Compares the visit of a sheet that counts with the sheet, after a phone has written there: a
/// difference goes to the office. Papers stay as signed.
pub async fn look_after_signature(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    read: &Order,
) -> Result<(), StoreError> {
    for sheet in tx.sheets(order).await?.into_iter().filter(SheetRow::counts) {
        let Some(seal) = tx.seal(sheet.id).await? else { continue };
        let Some(why) = reason(still_says(app, tx, read, &seal).await)? else { continue };
        let number = tx.order(order).await?.map(|row| row.card.number).unwrap_or_default();
        let why: String = one_line(&why).chars().take(PROBLEM_CHARS_MAX).collect();
        let what = format!(
            "Заявка № {number}: после подписи в визит записано другое ({why}). Документы выпущены по \
             подписанному листу; если верно новое, нужен новый лист."
        );
        let subject = sheet.id.to_string();
        if !tx.was_reported(&IncidentKind::ChangedAfterSignature.about(&subject), &what).await? {
            let about = IncidentKind::ChangedAfterSignature.about(&subject);
            incidents::report_anew(app, tx, &about, &what).await?;
        }
    }
    Ok(())
}

/// A sheet takes the place of an earlier one: the office learns the fate of the earlier papers. A
/// sheet that waited was never printed; papers of one that counted may be in somebody's hands.
pub(super) async fn superseded(
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
    tx.note(
        earlier.order,
        app.now(),
        By::Person(who),
        "Прежний лист не считается: клиент подписал новый",
    )
    .await?;
    incidents::report(app, tx, &IncidentKind::SheetSuperseded.about(earlier.id), &what).await
}

/// Tells the office where the sum on a sheet is not the card's: a metrologist may change the sum.
pub(super) async fn price(app: &App, tx: &mut Tx, view: &SealedView) -> Result<(), StoreError> {
    let price = tx.order(view.order).await?.map(|row| row.card.price_kop);
    let Some(price) = price.filter(|price| *price != view.due_kop) else { return Ok(()) };
    let rub = |kop: i64| format!("{},{:02} ₽", kop / 100, kop % 100);
    let what = format!("Сумма по листу {}, по карточке {}", rub(view.due_kop), rub(price));
    tx.note(view.order, app.now(), By::Person(&view.performer_name), &what).await?;
    if view.due_kop >= price {
        return Ok(());
    }
    let words = format!("Заявка № {}: {what}. {}.", view.order_number, view.performer_name);
    incidents::report(app, tx, &IncidentKind::PriceLowered.about(view.order), &words).await
}

/// Asks the office about a meter that another order's sheet verified within [`TWIN_DAYS`].
pub(super) async fn verified_twice(
    app: &App,
    tx: &mut Tx,
    seal: SealId,
    view: &SealedView,
) -> Result<(), StoreError> {
    let mut said = Vec::new();
    for meter in view.instruments.iter().filter(|of| of.result != SealedResult::NotFinished) {
        let named = (meter.type_number.as_str(), meter.serial_number.as_str());
        said.extend(earlier_verification(tx, view.order, named, view.date).await?);
    }
    if said.is_empty() {
        return Ok(());
    }
    let what = format!(
        "Заявка № {}: {}. В «Аршин» не уйдёт, пока вопрос открыт.",
        view.order_number,
        said.join("; ")
    );
    incidents::report(app, tx, &IncidentKind::VerifiedTwice.about(seal), &what).await
}

/// The days within [`TWIN_DAYS`] of a day.
pub(super) fn days_around(date: LegalDate) -> (LegalDate, LegalDate) {
    let days = |count: i32| LegalDate(date.0.saturating_add(count.days()));
    (days(-TWIN_DAYS), days(TWIN_DAYS))
}

/// «Прибор № 00451207 уже поверен 14.09.2026 по заявке № 2101», where it was by another order within [`TWIN_DAYS`].
pub(crate) async fn earlier_verification(
    tx: &mut Tx,
    order: OrderId,
    (type_number, serial_number): (&str, &str),
    date: LegalDate,
) -> Result<Option<String>, StoreError> {
    let record =
        tx.verification_elsewhere(order, (type_number, serial_number), days_around(date)).await?;
    let Some(Ok(seal)) = record.map(|record| Seal::decode(&record)) else { return Ok(None) };
    Ok(Some(format!(
        "прибор № {serial_number} уже поверен {} по заявке № {}",
        seal.view.date.russian(),
        seal.view.order_number
    )))
}

/// Tells the office where the visit brought less money than was due, or no signature.
pub(super) async fn short(
    app: &App,
    tx: &mut Tx,
    view: &SealedView,
    refusal: Option<&str>,
) -> Result<(), StoreError> {
    let rub = |kop: i64| format!("{},{:02} ₽", kop / 100, kop % 100);
    let (number, who) = (&view.order_number, &view.performer_name);
    let owed = view.received_kop.filter(|got| *got < view.due_kop);
    if let Some(got) = owed.filter(|_| view.pay_method != Some(PayMethod::Invoice)) {
        let due = rub(view.due_kop);
        let words = format!("Заявка № {number}: получено {} из {due}. {who}.", rub(got));
        incidents::report(app, tx, &IncidentKind::PaidLess.about(view.order), &words).await?;
    }
    if let Some(reason) = refusal {
        let words = format!("Заявка № {number}: клиент отказался подписать ({reason}). {who}.");
        let about = IncidentKind::SignatureRefused.about(view.order);
        incidents::report(app, tx, &about, &words).await?;
    }
    Ok(())
}

/// Reports a typed code that is not the client's.
pub(super) async fn wrong_code(
    app: &App,
    tx: &mut Tx,
    view: &SealedView,
) -> Result<(), StoreError> {
    let what = format!(
        "Заявка № {}: код, набранный при подписи, не совпал с выданным клиенту. Исполнитель: {}.",
        view.order_number, view.performer_name
    );
    incidents::report(app, tx, &IncidentKind::ClientCode.about(view.order), &what).await
}

/// Tells the sheet's person that nothing is issued from the sheet, with the reason.
pub async fn disputed(
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

/// Leaves a line and an incident, once, for a seal that cannot be kept as a sheet.
pub(super) async fn strange(
    app: &App,
    tx: &mut Tx,
    (order, seal, visit): (OrderId, SealId, Option<VisitId>),
    what: &str,
) -> Result<(), StoreError> {
    if tx.lines_since(order, what, 0).await? > 0 {
        return Ok(());
    }
    tx.note(order, app.now(), By::System, what).await?;
    let number = tx.order(order).await?.map(|row| row.card.number).unwrap_or_default();
    let words = format!("Заявка № {number}: {what}.");
    incidents::report(app, tx, &IncidentKind::SheetStrange.about(order), &words).await?;
    let Some(visit) = visit else { return Ok(()) };
    enqueue_event(app, tx, (order, seal, visit), what).await
}
