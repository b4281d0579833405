//! A transfer from phone to phone with no network: the receiver's phone brings the giver's
//! signature. The ledger decides about the holder; work in between is kept in any case.

use vyezd_core::frame::{Event, Transfer};
use vyezd_core::model::{OrderId, PersonId, short_name};

use super::caller::Caller;
use crate::app::App;
use crate::assignment;
use crate::limits::phones::{TRANSFER_VALID_DAYS, VISITS_AN_ORDER_MAX};
use crate::store::{OrderRow, OrderState, Role, StoreError, Tx};

/// A refusal: the stable code and the words.
type Refusal = (&'static str, &'static str);

pub(super) enum TransferOutcome {
    /// Taken down: the order goes to the receiver, or the receiver's visit stands beside the
    /// holder's.
    Accepted,
    Refused(Refusal),
    /// The server may have lost the named visit a moment ago: the phone asks again.
    Later,
}

/// Decides about a transfer that the receiver brings.
pub(super) async fn take(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    transfer: &Transfer,
) -> Result<TransferOutcome, StoreError> {
    let (order, to) = (transfer.order, &caller.person);
    tx.lock_order(order).await?;
    if let Some(refusal) = refusal(tx, caller, transfer).await? {
        let recovering = tx.recovering_since().await?.is_some();
        return Ok(if recovering {
            TransferOutcome::Later
        } else {
            TransferOutcome::Refused(refusal)
        });
    }
    let Some(row) = tx.order(order).await? else {
        return Ok(TransferOutcome::Refused(("order_unknown", "такой заявки нет")));
    };
    let visits = tx.visits(order).await?;
    if visits.contains(&(transfer.visit, to.id)) {
        return Ok(TransferOutcome::Accepted); // another phone of his has brought it
    }
    let now = app.now();
    // The visit is recorded even where the order has gone another way: work done under it is its receiver's.
    tx.add_visit(transfer.visit, order, to.id, now.0).await?;
    let giver = tx.person(transfer.giver).await?.map(|person| person.name).unwrap_or_default();
    let (giver, taker) = (short_name(&giver), short_name(&to.name));
    let what = format!("Передана с телефона на телефон: {giver} → {taker}");
    tx.note_of_phone(order, now, &to.name, &what).await?;
    let holder = tx.holder(order).await?;
    let his = holder.is_some_and(|(person, _)| person == to.id);
    let kept = tx.is_transfer_cancelled(transfer.visit, transfer.giver).await?;
    let counts = his
        || (!kept
            && holder == Some((transfer.giver, transfer.from))
            && may_give(tx, app, transfer).await?);
    if counts && row.state.is_open() && row.state != OrderState::Postponed {
        assignment::take_away(app, tx, order, &what).await?;
        tx.set_transferred(transfer.from, true).await?;
        assignment::give(app, tx, order, (to.id, transfer.visit), assignment::Reason::Transfer)
            .await?;
        return Ok(TransferOutcome::Accepted);
    }
    // The order went another way meanwhile. The receiver learns the holder's name and works under
    // the new visit; card, telephones and the shared part of the order stay with the holder. A
    // dispatcher decides once the receiver has worked.
    let holder = match holder {
        Some((person, _)) => tx.person(person).await?.map(|person| short_name(&person.name)),
        None => None,
    };
    let reason = match holder {
        Some(holder) if kept => format!("{holder} оставил заявку себе"),
        Some(holder) => format!("Заявку уже ведёт {holder}"),
        None => "Заявку забрал диспетчер".to_owned(),
    };
    tx.enqueue_event(to.id, Event::Unassigned { order, reason, at: now }).await?;
    Ok(TransferOutcome::Accepted)
}

/// Whether the giver's signature still moves an order: the giver is active, the signing phone has
/// access, and the signature is younger than [`TRANSFER_VALID_DAYS`].
async fn may_give(tx: &mut Tx, app: &App, transfer: &Transfer) -> Result<bool, StoreError> {
    let active = tx.person(transfer.giver).await?.is_some_and(|person| person.active);
    let device = tx.device(transfer.device).await?;
    let access = device.is_some_and(|row| row.revoked_at.is_none());
    let fresh = transfer.at.at.plus_s(TRANSFER_VALID_DAYS * 24 * 3600) > app.now();
    Ok(active && access && fresh)
}

/// Why the giver's signature does not count.
async fn refusal(
    tx: &mut Tx,
    caller: &Caller,
    transfer: &Transfer,
) -> Result<Option<Refusal>, StoreError> {
    let to = &caller.person;
    if transfer.to != to.id {
        return Ok(Some(("handover_not_yours", "эту заявку передали другому")));
    }
    if !to.active || to.role != Role::Metrologist {
        return Ok(Some(("handover_not_allowed", "заявки ведут только действующие поверители")));
    }
    if transfer.giver == to.id {
        return Ok(Some(("handover_not_allowed", "самому себе заявку не передают")));
    }
    let row = tx.order(transfer.order).await?;
    let attested = |row: &OrderRow| to.attested_until.is_some_and(|until| until >= row.card.date);
    if row.as_ref().is_some_and(|row| !attested(row)) {
        let words = "аттестация закончилась или не указана: заявку на поверку вести нельзя";
        return Ok(Some(("handover_not_attested", words)));
    }
    let device = tx.device(transfer.device).await?.filter(|row| row.person == transfer.giver);
    if !device.is_some_and(|row| transfer.is_signed_by(&row.key)) {
        return Ok(Some(("handover_signature", "подпись того, кто передал, не сходится")));
    }
    let visits = tx.visits(transfer.order).await?;
    let is_new = !visits.contains(&(transfer.visit, to.id));
    if is_new && visits.len() >= VISITS_AN_ORDER_MAX {
        return Ok(Some(("handover_too_many", "заявку передавали слишком много раз")));
    }
    // A visit of another order, or of another person, is no new one.
    let known = tx.whose_visit(transfer.visit).await?;
    let taken = known.is_some_and(|of| of != (transfer.order, to.id));
    let own = visits.contains(&(transfer.from, transfer.giver));
    // A person who was merely asked has a visit too, but never had an order to give.
    let asked = tx.offers(transfer.order).await?.iter().any(|offer| offer.visit == transfer.from);
    let offered_only = asked && !tx.was_assigned(transfer.from).await?;
    if taken || !own || offered_only {
        return Ok(Some(("handover_unknown", "тот, кто передал, эту заявку не вёл")));
    }
    Ok(None)
}

/// The giver says that the colleague has the order. Only the history gets a line.
pub(super) async fn given(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (order, to): (OrderId, PersonId),
) -> Result<(), StoreError> {
    let held = tx.holder(order).await?.is_some_and(|(person, _)| person == caller.person.id);
    let Some(to) = tx.person(to).await?.filter(|_| held) else { return Ok(()) };
    let what = format!(
        "Передал с телефона на телефон: {} — его телефон ещё не на связи",
        short_name(&to.name)
    );
    if tx.lines_since(order, &what, 0).await? > 0 {
        return Ok(()); // said before
    }
    tx.note_of_phone(order, app.now(), &caller.person.name, &what).await
}
