//! Carries the machine's effects out: loads a case, feeds the machine, writes the changes — in the
//! caller's transaction.

use vyezd_core::frame::{Event, SCOPE_DOCS_MAX};
use vyezd_core::model::{
    CallId, LegalDate, OfferId, OrderId, PersonId, Timestamp, Zone, short_name,
};

use super::hours::quiet_until;
use super::machine::{
    Answer, Change, DispatchCase, Effect, Input, NewIds, Offer, OfferOutcome, OfferState, Policy,
};
use super::rank::{Candidate, rank};
use crate::app::App;
use crate::assignment;
use crate::documents::OrderDocument;
use crate::incidents;
use crate::store::{
    By, CallOutcome, Channel, IncidentKind, LineKind, OfferStatus, OrderState, StoreError, Timer,
    Tx, Waiting,
};

pub async fn start(app: &App, tx: &mut Tx, doc: &mut OrderDocument) -> Result<(), StoreError> {
    let named = tx.named_colleague(doc.order()).await?;
    let candidates = candidates(tx, doc.order(), named).await?;
    tx.name_colleague(doc.order(), None).await?;
    step(app, tx, doc, |case, now, new_ids, policy| {
        case.handle(now, new_ids, policy, Input::Start(&candidates, named))
    })
    .await
}

/// A card or the hours of a firm have changed: what waits for working hours, to be offered or to be rung,
/// is decided at once by what stands now.
pub async fn look_again(app: &App, tx: &mut Tx, of: Waiting) -> Result<(), StoreError> {
    tx.hurry_dispatch(of, app.now(), app.config.policy.app_wait_s).await
}

pub async fn answer(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    given: Answer,
) -> Result<(), StoreError> {
    if held_without_offer(tx, order).await? {
        tx.note_answer(given.offer, (given.at, given.channel, &given.reason)).await?;
        return close(tx, order, app.now(), given.offer, OfferOutcome::Superseded).await;
    }
    let candidates = candidates(tx, order, given.forwarded_to).await?;
    step(app, tx, &mut OrderDocument::of(order), |case, now, new_ids, policy| {
        case.handle(now, new_ids, policy, Input::Answered(given, &candidates))
    })
    .await
}

/// The order has a holder but no accepted offer of that visit: a phone returned work after a
/// restore from an old copy, for example. A late answer of another person is credited and closed.
async fn held_without_offer(tx: &mut Tx, order: OrderId) -> Result<bool, StoreError> {
    let Some((_, visit)) = tx.holder(order).await? else { return Ok(false) };
    let offers = tx.offers(order).await?;
    Ok(!offers.iter().any(|offer| offer.state == OfferStatus::Accepted && offer.visit == visit))
}

/// The app was waited for long enough.
pub async fn time_up(app: &App, tx: &mut Tx, offer: OfferId) -> Result<(), StoreError> {
    let Some(row) = tx.offer(offer).await? else { return Ok(()) };
    let candidates = candidates(tx, row.order, Some(row.person)).await?;
    step(app, tx, &mut OrderDocument::of(row.order), |case, now, new_ids, policy| {
        case.handle(now, new_ids, policy, Input::AppTimeUp(offer, &candidates))
    })
    .await
}

pub async fn ring_timeout(app: &App, tx: &mut Tx, call: CallId) -> Result<(), StoreError> {
    let Some(row) = tx.call(call).await?.filter(|row| row.ringing) else { return Ok(()) };
    let candidates = candidates(tx, row.order, None).await?;
    tx.end_call(call, app.now(), (None, CallOutcome::NoAnswer)).await?;
    step(app, tx, &mut OrderDocument::of(row.order), |case, now, new_ids, policy| {
        case.handle(now, new_ids, policy, Input::RangInVain(call, &candidates))
    })
    .await
}

/// A key was pressed: 1 accepts, 2 declines. The returned sentence is read to the person on the
/// line, after the decision is made.
pub async fn call_key(
    app: &App,
    tx: &mut Tx,
    call: CallId,
    key: &str,
) -> Result<String, StoreError> {
    let Some(row) = tx.call(call).await? else {
        return Ok("Вызов не найден".to_owned());
    };
    let accept = match key {
        "1" => true,
        "2" => false,
        _ => return Ok("Нажмите 1, чтобы принять, или 2, чтобы отказаться".to_owned()),
    };
    tx.end_call(call, app.now(), (Some(key), CallOutcome::Answered)).await?;
    tx.stop_timer(Timer::CallRing, call.bytes()).await?;
    let given = Answer {
        offer: row.offer,
        accept,
        channel: Channel::Key,
        at: app.now(),
        reason: if accept { String::new() } else { "отказ по телефону".to_owned() },
        forwarded_to: None,
    };
    answer(app, tx, row.order, given).await?;
    let holder = tx.holder(row.order).await?.map(|(person, _)| person);
    Ok(match (accept, holder) {
        (true, Some(person)) if person == row.person => "Заявка ваша".to_owned(),
        (true, Some(_)) => "Заявка уже передана другому. Ваш ответ учтён".to_owned(),
        (true, None) => "Заявка снята. Ваш ответ учтён".to_owned(),
        (false, _) => "Отказ принят".to_owned(),
    })
}

/// The order is taken off the table: offers are withdrawn, telephones stop.
pub async fn cancel(app: &App, tx: &mut Tx, doc: &mut OrderDocument) -> Result<(), StoreError> {
    step(app, tx, doc, |case, now, new_ids, policy| case.handle(now, new_ids, policy, Input::Stop))
        .await
}

/// A person leaves: held and offered orders go to others, and the office gets an incident. Returns
/// the number of these orders.
pub async fn person_left(
    app: &App,
    tx: &mut Tx,
    (person, name): (PersonId, &str),
    by: &str,
) -> Result<usize, StoreError> {
    let orders = tx.orders_in_hand(person).await?;
    for order in &orders {
        let reason = format!("{} больше не работает", short_name(name));
        let mut doc = OrderDocument::of(*order);
        cancel(app, tx, &mut doc).await?;
        if assignment::take_away(app, tx, *order, &reason).await?.is_some() {
            let line = format!("Забрана у {name}: больше не работает");
            let line = (LineKind::TakenAway, line.as_str());
            tx.note_act(*order, app.now(), By::Person(by), line).await?;
        }
        tx.leave_scope(person, *order).await?;
        tx.set_order_state(*order, OrderState::New).await?;
        start(app, tx, &mut doc).await?;
    }
    if !orders.is_empty() {
        let what = format!(
            "{name} отключён(а): заявки ({}) забраны и предложены другим. Проверьте, что их приняли.",
            orders.len()
        );
        incidents::report(app, tx, &IncidentKind::PersonLeft.about(person), &what).await?;
    }
    Ok(orders.len())
}

/// Candidates in the order of asking. A colleague named by a decline need not work in the district.
async fn candidates(
    tx: &mut Tx,
    order: OrderId,
    forwarded_to: Option<PersonId>,
) -> Result<Vec<Candidate>, StoreError> {
    let Some(row) = tx.order(order).await? else { return Ok(Vec::new()) };
    let found = working(tx, (&row.card.district, row.card.date), forwarded_to).await?;
    // People from whom the order was taken come last: the office had a reason.
    let once = tx.once_held(order).await?;
    let mut ranked = rank(found);
    ranked.sort_by_key(|candidate| once.contains(&candidate.person));
    Ok(ranked)
}

/// Who would be asked about a new order, in the order of asking.
pub async fn candidates_for(
    tx: &mut Tx,
    district: &str,
    date: LegalDate,
) -> Result<Vec<Candidate>, StoreError> {
    Ok(rank(working(tx, (district, date), None).await?))
}

/// Those who may work in a district on a day, and a colleague who was named.
async fn working(
    tx: &mut Tx,
    (district, date): (&str, LegalDate),
    forwarded_to: Option<PersonId>,
) -> Result<Vec<Candidate>, StoreError> {
    let district = vyezd_core::model::fold(district);
    let devices = tx.devices().await?;
    let mut found = Vec::new();
    for person in tx.metrologists_for(&district, forwarded_to).await? {
        let works = person.attested_until.is_some_and(|until| until >= date);
        // A phone that is full is not offered more; the office sees «никого нет» and why.
        if works && tx.scope_size(person.id).await? < SCOPE_DOCS_MAX as i64 {
            // The device that signs papers typed in from paper never speaks, so is no app.
            let has_app = devices
                .iter()
                .any(|d| d.person == person.id && d.revoked_at.is_none() && d.seen_at.is_some());
            found.push(Candidate {
                person: person.id,
                load: tx.load_on(person.id, date).await?,
                name: person.name,
                phone: person.phone,
                has_app,
            });
        }
    }
    Ok(found)
}

async fn load(
    tx: &mut Tx,
    order: OrderId,
    now: Timestamp,
) -> Result<Option<DispatchCase>, StoreError> {
    let Some(row) = tx.order(order).await? else { return Ok(None) };
    let hours = tx.working_hours(row.card.entity).await?;
    let firm = tx.entity(row.card.entity).await?.map_or(row.card.zone, |entity| entity.zone);
    let calls = tx.calls(Some(order)).await?;
    let offers = tx.offers(order).await?.into_iter().map(|offer| {
        let call = calls.iter().rev().find(|call| call.offer == offer.id);
        let state = match (offer.state, call) {
            (OfferStatus::Open, _) | (OfferStatus::Calling, None) => OfferState::Open,
            (OfferStatus::Calling, Some(call)) => OfferState::Calling(call.id),
            (OfferStatus::Accepted, _) => OfferState::Ended(OfferOutcome::Accepted),
            (OfferStatus::Declined, _) => OfferState::Ended(OfferOutcome::Declined),
            (OfferStatus::Superseded, _) => OfferState::Ended(OfferOutcome::Superseded),
            (OfferStatus::Expired, _) => OfferState::Ended(OfferOutcome::Expired),
        };
        let offered_at = Timestamp(offer.offered_at);
        (offer.id, Offer { person: offer.person, visit: offer.visit, state, offered_at })
    });
    Ok(Some(DispatchCase {
        started_at: row.dispatch_started_at.map(Timestamp),
        offers: offers.collect(),
        holder: tx.holder(order).await?,
        stopped: !row.state.is_open() || row.state == OrderState::Postponed,
        quiet_until: quiet_until(now, row.card.urgency, (row.card.zone, firm), hours)
            .max(row.offers_from.map(Timestamp).filter(|from| *from > now)),
    }))
}

async fn step(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    feed: impl FnOnce(&mut DispatchCase, Timestamp, NewIds, Policy) -> Vec<Effect>,
) -> Result<(), StoreError> {
    let (now, order) = (app.now(), doc.order());
    let new_ids = NewIds {
        offer: app.id(OfferId::new),
        visit: app.id(vyezd_core::model::VisitId::new),
        call: app.id(CallId::new),
    };
    // Decisions about one order wait here for each other.
    tx.lock_order(order).await?;
    let Some(mut case) = load(tx, order, now).await? else { return Ok(()) };
    let before = case.started_at;
    let effects = feed(&mut case, now, new_ids, app.config.policy);
    if case.started_at != before {
        tx.set_dispatch_started(order, case.started_at).await?;
    }
    for Effect::Commit(changes) in effects {
        for change in changes {
            write(app, tx, doc, now, change).await?;
        }
    }
    Ok(())
}

async fn write(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    now: Timestamp,
    change: Change,
) -> Result<(), StoreError> {
    let order = doc.order();
    match change {
        Change::Offered { offer, visit, person, app_until } => {
            let name = name(tx, person).await?;
            tx.add_visit(visit, order, person, now.0).await?;
            tx.add_offer(offer, (order, person, visit), now, app_until).await?;
            doc.open_visit(app, tx, visit).await?;
            tx.join_scope(person, order).await?;
            tx.enqueue_event(person, Event::Offered { offer, order, visit, app_until }).await?;
            tx.set_order_state(order, OrderState::Offered).await?;
            tx.set_timer(Timer::OfferWait, offer.bytes(), app_until).await?;
            if !tx.push_places(person).await?.is_empty() {
                tx.set_timer(Timer::OfferPush, offer.bytes(), now).await?;
            }
            tx.note(order, now, By::System, &format!("Предложена: {name}")).await
        }
        Change::Closed { offer, how } => close(tx, order, now, offer, how).await,
        Change::AnswerRecorded { answer, late } => {
            let who = match tx.offer(answer.offer).await? {
                Some(row) => row.person_name,
                None => return Ok(()),
            };
            tx.note_answer(answer.offer, (answer.at, answer.channel, &answer.reason)).await?;
            let mut what = if answer.accept { "Принял" } else { "Отказался" }.to_owned();
            what.push_str(match answer.channel {
                Channel::App => " в приложении",
                Channel::Key => " клавишей по телефону",
            });
            if late {
                what.push_str("; ответ пришёл после срока и учтён");
            }
            if !answer.reason.is_empty() {
                what.push_str(&format!(": {}", answer.reason));
            }
            tx.note_of_phone(order, now, &who, &what).await
        }
        Change::Assigned { person, visit, .. } => {
            assignment::give(app, tx, order, (person, visit), assignment::Reason::Offer).await
        }
        Change::Call { call, offer, person, phone, until } => {
            let name = name(tx, person).await?;
            if !tx.place_call(call, (order, offer, person), &phone, now).await? {
                // The person's telephone rings about another order: this offer waits for its turn.
                return tx.set_timer(Timer::OfferWait, offer.bytes(), until).await;
            }
            tx.set_offer_state(offer, OfferStatus::Calling, None).await?;
            tx.set_order_state(order, OrderState::Calling).await?;
            tx.stop_timer(Timer::OfferWait, offer.bytes()).await?;
            tx.set_timer(Timer::CallRing, call.bytes(), until).await?;
            app.telephony.place(call);
            tx.note(order, now, By::System, &format!("Нет ответа — звоним: {name}, {phone}")).await
        }
        Change::HangUp { call } => hang_up(app, tx, now, call).await,
        Change::Nobody => nobody(tx, order, now).await,
        Change::Waits { until, named } => {
            tx.name_colleague(order, named).await?;
            waits(tx, order, now, until).await
        }
        Change::RingsLater { offer, until } => {
            tx.set_timer(Timer::OfferWait, offer.bytes(), until).await
        }
    }
}

async fn hang_up(app: &App, tx: &mut Tx, now: Timestamp, call: CallId) -> Result<(), StoreError> {
    tx.stop_timer(Timer::CallRing, call.bytes()).await?;
    tx.end_call(call, now, (None, CallOutcome::Cancelled)).await?;
    app.telephony.hang_up(call);
    Ok(())
}

async fn waits(
    tx: &mut Tx,
    order: OrderId,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StoreError> {
    tx.set_order_state(order, OrderState::New).await?;
    tx.set_timer(Timer::DispatchStart, order.bytes(), until).await?;
    let row = tx.order(order).await?;
    let zone = row.as_ref().map_or(Zone::MOSCOW, |row| row.card.zone);
    let at = zone.civil(until);
    let chosen = row.is_some_and(|row| row.offers_from == Some(until.0));
    let why = if chosen { "Так выбрал офис" } else { "Нерабочее время" };
    let line = format!(
        "{why}: исполнители получат предложение {} в {:02}:{:02}, {}",
        LegalDate(at.date()).russian(),
        at.hour(),
        at.minute(),
        zone.russian()
    );
    tx.note(order, now, By::System, &line).await
}

async fn nobody(tx: &mut Tx, order: OrderId, now: Timestamp) -> Result<(), StoreError> {
    tx.set_order_state(order, OrderState::Nobody).await?;
    tx.note(order, now, By::System, "Никто не принял: нужен диспетчер").await
}

async fn close(
    tx: &mut Tx,
    order: OrderId,
    now: Timestamp,
    offer: OfferId,
    how: OfferOutcome,
) -> Result<(), StoreError> {
    let Some(row) = tx.offer(offer).await? else { return Ok(()) };
    tx.stop_timer(Timer::OfferWait, offer.bytes()).await?;
    tx.stop_timer(Timer::OfferPush, offer.bytes()).await?;
    tx.set_offer_state(offer, how.status(), Some(now)).await?;
    let taken_by = match tx.holder(order).await? {
        Some((person, _)) if person != row.person => Some(short_name(&name(tx, person).await?)),
        _ => None,
    };
    let answered_at = row.answered_at.map(Timestamp);
    let event = Event::OfferClosed { offer, how: how.event(), at: now, taken_by, answered_at };
    tx.enqueue_event(row.person, event).await?;
    if how == OfferOutcome::Declined
        && tx.holder(order).await?.is_none_or(|(who, _)| who != row.person)
    {
        tx.leave_scope(row.person, order).await?;
    }
    if how == OfferOutcome::Expired {
        tx.note(order, now, By::System, &format!("Не ответил: {}", row.person_name)).await?;
    }
    Ok(())
}

async fn name(tx: &mut Tx, person: PersonId) -> Result<String, StoreError> {
    Ok(tx.person(person).await?.map(|row| row.name).unwrap_or_default())
}
