//! An order gets a holder and loses one: the one door for offers, the office, paper, transfers and
//! restored visits.

use vyezd_core::frame::{Event, OfferEnd};
use vyezd_core::model::{OrderId, PersonId, Timestamp, VisitId, short_name};

use crate::app::App;
use crate::store::{By, OfferStatus, OrderState, StoreError, Tx};

/// Why an order gets a holder; the history names the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    Offer,
    Office,
    /// Readings typed in from paper; the name of the typist.
    Paper(&'a str),
    /// A transfer from a colleague's phone.
    Transfer,
    /// Work that a phone returned after the server had lost its own record.
    Restored,
}

/// Gives an order to a person under a visit that is in the ledger: scope, holder, event for the
/// person's phones, state, the end of other people's offers, a line of the history. The caller has
/// checked that nobody holds the order: a second holder is an error.
pub async fn give(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    (person, visit): (PersonId, VisitId),
    reason: Reason<'_>,
) -> Result<(), StoreError> {
    let now = app.now();
    // The database guarantees the one holder; a second one is an error of ours.
    if !tx.assign(order, person, visit, now).await? {
        return Err(StoreError::Protocol("the order has a holder already".into()));
    }
    tx.join_scope(person, order).await?;
    // The holder may be one who transferred the order before and gets it back.
    tx.set_transferred(visit, false).await?;
    tx.enqueue_event(person, Event::Assigned { order, visit, at: now }).await?;
    tx.set_order_state(order, OrderState::Accepted).await?;
    leave_others(tx, order, person, now).await?;
    let name = name(tx, person).await?;
    let (who, how) = match reason {
        Reason::Offer | Reason::Office | Reason::Transfer => (By::System, ""),
        Reason::Paper(typist) => (By::Person(typist), " (ввод с бумаги)"),
        Reason::Restored => (By::System, " (по данным с телефона)"),
    };
    tx.note(order, now, who, &format!("Исполнитель: {name}{how}")).await
}

/// Takes an order from its holder and sends the reason to the holder's phones.
pub async fn take_away(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    reason: &str,
) -> Result<Option<PersonId>, StoreError> {
    let now = app.now();
    let holder = tx.unassign(order, now).await?;
    if let Some(person) = holder {
        let event = Event::Unassigned { order, reason: reason.to_owned(), at: now };
        tx.enqueue_event(person, event).await?;
        // Card, telephone and door code go with the order; everything written under the visit
        // stays.
        tx.leave_scope(person, order).await?;
        // The accepted offer is history.
        let accepted = |offer: &crate::store::OfferRow| offer.state == OfferStatus::Accepted;
        for offer in tx.offers(order).await?.into_iter().filter(accepted) {
            tx.set_offer_state(offer.id, OfferStatus::Superseded, Some(now)).await?;
        }
    }
    Ok(holder)
}

/// The order does not take place: card, telephone and door code leave the phones of everybody who
/// was asked.
pub async fn leave_all(tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    for person in tx.scope_of(order).await? {
        tx.leave_scope(person, order).await?;
    }
    Ok(())
}

/// People who were asked and did not get the order learn the holder's name; their edits stay.
async fn leave_others(
    tx: &mut Tx,
    order: OrderId,
    holder: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let taken_by = Some(short_name(&name(tx, holder).await?));
    for offer in tx.offers(order).await?.into_iter().filter(|offer| offer.person != holder) {
        let how = match offer.state {
            OfferStatus::Declined => continue,
            OfferStatus::Expired => OfferEnd::Expired,
            _ => OfferEnd::Superseded,
        };
        let event = Event::OfferClosed {
            offer: offer.id,
            how,
            at: now,
            taken_by: taken_by.clone(),
            answered_at: offer.answered_at.map(Timestamp),
        };
        tx.enqueue_event(offer.person, event).await?;
    }
    for person in tx.scope_of(order).await?.into_iter().filter(|person| *person != holder) {
        tx.leave_scope(person, order).await?;
    }
    Ok(())
}

async fn name(tx: &mut Tx, person: PersonId) -> Result<String, StoreError> {
    Ok(tx.person(person).await?.map(|row| row.name).unwrap_or_default())
}
