//! The server's answer: receipts, cards, documents, events, numbers — one page, one commit.

use minicbor::bytes::ByteVec;

use super::ClientError;
use super::machine::{Client, Effect, InFlight};
use super::offers::{GivenAnswer, OfferOnPhone};
use super::outbox::ItemStatus;
use super::state::{HeldLease, Table, Write, put};
use crate::doc::Document;
use crate::doc::seal::sha256;
use crate::frame::{
    Ask, DocUpdate, Event, OfferEnd, PROTO, Receipt, ReceiptOutcome, Response, decode,
};
use crate::model::{ItemId, LastContact, Now, OfferId, OrderId};

impl Client {
    pub(super) fn answered(&mut self, now: Now, bytes: &[u8]) -> Result<Vec<Effect>, ClientError> {
        let in_flight = self.in_flight.take();
        let Ok(response) = decode::<Response>(bytes) else {
            self.failures = self.failures.saturating_add(1);
            return Err(ClientError::Answer);
        };
        if response.proto != PROTO {
            return Err(ClientError::Protocol);
        }
        self.failures = 0;
        let mut writes = Vec::new();
        self.note_contact(now, in_flight.as_ref(), &response, &mut writes);
        for receipt in &response.receipts {
            writes.extend(self.take_receipt(receipt));
        }
        for card in response.cards {
            writes.push(put(Table::Card, card.id.bytes(), &card));
            self.state.cards.insert(card.id, card);
        }
        for update in response.docs {
            writes.extend(self.take_doc(update));
        }
        for event in response.events.into_iter().filter_map(crate::frame::Maybe::known) {
            writes.extend(self.take_event(now, event));
        }
        for lease in response.leases {
            let held = HeldLease { next: lease.first, lease };
            self.state.leases.entry(held.lease.id).or_insert_with(|| {
                writes.push(put(Table::Lease, held.lease.id.bytes(), &held));
                held
            });
        }
        if let Some(reference) = response.reference {
            writes.push(put(Table::Reference, b"all", &reference));
            self.state.reference = Some(reference);
        }
        self.state.cursor = response.cursor;
        writes.push(self.state.put_cursor());
        let mut effects = vec![Effect::Commit(writes), Effect::Changed];
        // New items may have been posted meanwhile, or by the events themselves.
        let sent = in_flight.map(|f| f.items).unwrap_or_default();
        if response.more || self.state.unsent().any(|item| !sent.contains(&item.id)) {
            effects.extend(self.send(now));
        }
        Ok(effects)
    }

    fn note_contact(
        &mut self,
        now: Now,
        in_flight: Option<&InFlight>,
        response: &Response,
        writes: &mut Vec<Write>,
    ) {
        let round_trip = in_flight
            .filter(|f| f.sent_at.boot == now.boot)
            .map_or(0, |f| (now.mono_ms - f.sent_at.mono_ms).max(0));
        self.state.contact = Some(LastContact {
            server: response.now.plus_ms(round_trip / 2),
            mono_ms: now.mono_ms,
            boot: now.boot,
        });
        writes.extend(self.state.put_contact());
    }

    fn take_receipt(&mut self, receipt: &Receipt) -> Option<Write> {
        let seq = self.state.outbox.values().find(|item| item.id == receipt.item)?.seq;
        match receipt.outcome {
            ReceiptOutcome::Ok | ReceiptOutcome::Duplicate => {
                self.state.outbox.remove(&seq);
                Some(Write::Delete { table: Table::Outbox, key: seq.to_be_bytes().to_vec() })
            }
            ReceiptOutcome::RetryLater => None,
            ReceiptOutcome::Refused | ReceiptOutcome::Quarantined => {
                let item = self.state.outbox.get_mut(&seq)?;
                let message = receipt.message.clone();
                item.status = if receipt.outcome == ReceiptOutcome::Quarantined {
                    ItemStatus::Quarantined { message }
                } else {
                    ItemStatus::Refused { code: receipt.code.clone(), message }
                };
                Some(item.write())
            }
        }
    }

    fn take_doc(&mut self, update: DocUpdate) -> Option<Write> {
        let order = update.order;
        if update.left {
            let meta = self.state.meta.entry(order).or_default();
            meta.lost.get_or_insert_with(|| "заявка передана".to_owned());
            return self.state.put_meta(order);
        }
        let chunks: Vec<&[u8]> = update.chunks.iter().map(|chunk: &ByteVec| &chunk[..]).collect();
        if self.state.saved.contains_key(&order) {
            let doc = self.state.doc(order)?;
            let failed = chunks.into_iter().filter(|chunk| doc.merge(chunk).is_err()).count();
            if failed > 0 {
                self.state.broken.insert(order);
            }
        } else {
            match Document::from_chunks(chunks) {
                Ok(doc) => drop(self.state.loaded.insert(order, doc)),
                Err(_) => {
                    self.state.broken.insert(order);
                    return None;
                }
            }
        }
        self.state.save_doc(order)
    }

    fn take_event(&mut self, now: Now, event: Event) -> Vec<Write> {
        match event {
            Event::Offered { offer, order, visit, app_until } => {
                if self.state.offers.contains_key(&offer) {
                    return Vec::new();
                }
                let on_phone = OfferOnPhone {
                    offer,
                    order,
                    visit,
                    app_until,
                    answer: None,
                    end: None,
                    ended_at: None,
                    taken_by: None,
                };
                self.state.offers.insert(offer, on_phone);
                let delivered = delivered_id(offer);
                let command = self.command(now, delivered, Ask::OfferDelivered { offer });
                self.put_offer(offer).into_iter().chain([command]).collect()
            }
            Event::OfferClosed { offer, how, at, taken_by, .. } => {
                if let Some(known) = self.state.offers.get_mut(&offer) {
                    known.end = Some(how);
                    known.ended_at = Some(at);
                    known.taken_by = taken_by;
                }
                self.put_offer(offer).into_iter().collect()
            }
            Event::Assigned { order, visit, .. } => {
                let meta = self.state.meta.entry(order).or_default();
                if !meta.visits.contains(&visit) {
                    meta.visits.push(visit);
                }
                meta.lost = None;
                self.state.put_meta(order).into_iter().collect()
            }
            Event::Unassigned { order, reason, .. } => {
                self.state.meta.entry(order).or_default().lost = Some(reason);
                self.state.put_meta(order).into_iter().collect()
            }
            Event::Issued { order, link, .. } => {
                self.state.meta.entry(order).or_default().link = Some(link);
                self.state.put_meta(order).into_iter().collect()
            }
        }
    }

    fn put_offer(&self, offer: OfferId) -> Option<Write> {
        self.state.offers.get(&offer).map(|known| put(Table::Offer, offer.bytes(), known))
    }

    pub(super) fn answer_offer(
        &mut self,
        now: Now,
        id: ItemId,
        ask: Ask,
    ) -> Result<Vec<Effect>, ClientError> {
        let at = self.evidence(now);
        let offer = match &ask {
            Ask::AnswerOffer { offer, accept, .. } => {
                let known = self.state.offers.get_mut(offer).ok_or(ClientError::OfferClosed)?;
                if !known.is_open() {
                    return Err(ClientError::OfferClosed);
                }
                known.answer = Some(GivenAnswer { accept: *accept, at });
                Some(*offer)
            }
            Ask::OfferDelivered { offer } | Ask::OfferSeen { offer } => Some(*offer),
            Ask::SpoilNumber { .. } => None,
        };
        let mut writes = vec![self.command(now, id, ask)];
        writes.extend(offer.and_then(|offer| self.put_offer(offer)));
        let mut effects = vec![Effect::Commit(writes), Effect::Changed];
        effects.extend(self.send(now));
        Ok(effects)
    }

    /// The order that a command is about.
    pub(super) fn order_of(&self, ask: &Ask) -> Option<OrderId> {
        match ask {
            Ask::OfferDelivered { offer }
            | Ask::OfferSeen { offer }
            | Ask::AnswerOffer { offer, .. } => self.state.offers.get(offer).map(|o| o.order),
            Ask::SpoilNumber { .. } => None,
        }
    }

    /// How an offer for this order ended here, for the list.
    pub(super) fn offer_of(&self, order: OrderId) -> Option<&OfferOnPhone> {
        let mut all: Vec<_> = self.state.offers.values().filter(|o| o.order == order).collect();
        all.sort_by_key(|offer| (offer.end != Some(OfferEnd::Accepted), offer.app_until));
        all.iter().find(|o| o.end == Some(OfferEnd::Accepted)).or(all.last()).copied()
    }
}

/// The acknowledgement of an offer has a name of its own, so a phone that starts anew says it again
/// and nothing is doubled.
fn delivered_id(offer: OfferId) -> ItemId {
    let hash = sha256(&[b"vyezd-delivered-1".as_slice(), offer.bytes()].concat());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    ItemId::from_bytes(id)
}
