//! Taking the server's answer: receipts, cards, documents, events, numbers. One page, one commit.

use std::collections::BTreeSet;

use minicbor::bytes::ByteVec;

use super::commands::delivered_id;
use super::error::ClientError;
use super::input::Effect;
use super::machine::Client;
use super::offers::OfferOnPhone;
use super::replay::head;
use super::rows::{HeldLease, ItemStatus, LostOnServer, OrderMeta, OutItem, OutKind};
use super::state::State;
use super::table::{Table, Write, put};
use super::work::InFlight;
use crate::codec::{decode, encode};
use crate::doc::{Document, Unjudged};
use crate::frame::compress::unpack;
use crate::frame::{
    CommandKind, Digest16, DocUpdate, Event, KnownOr, LeaseProof, PROTO, Receipt, ReceiptOutcome,
    Response,
};
use crate::model::{LastContact, Lease, Now, OrderId, Timestamp};
use crate::session::{DEPENDENCIES_MISSING, DEVICE_REVOKED};

pub use crate::limits::ANSWER_BYTES_MAX;

/// Time for which an order is shown after leaving the scope, ms.
const LEFT_KEPT_MS: i64 = 7 * 24 * 3600 * 1000;

impl Client {
    pub(super) fn answered(&mut self, now: Now, bytes: &[u8]) -> Result<Vec<Effect>, ClientError> {
        let in_flight = self.in_flight.take();
        let plain = unpack(bytes, ANSWER_BYTES_MAX).ok();
        let Some(response) = plain.and_then(|plain| decode::<Response>(&plain).ok()) else {
            return Ok(self.unreadable());
        };
        if response.proto != PROTO {
            self.failures = self.failures.saturating_add(1);
            return Err(ClientError::Protocol);
        }
        self.failures = 0;
        let mut writes = Vec::new();
        self.note_contact(now, in_flight.as_ref(), &response, &mut writes);
        let sync_state = self.state.sync.clone();
        writes.extend(self.take_sync_state(&response));
        for receipt in &response.receipts {
            writes.extend(self.take_receipt(receipt));
        }
        for card in &response.cards {
            writes.push(put(Table::Card, card.id.bytes(), card));
            let before = self.state.cards.insert(card.id, card.clone());
            self.state.cards_before.extend(before.map(|before| (card.id, before)));
        }
        for update in &response.docs {
            writes.extend(self.take_doc(update, &response));
        }
        self.state.cards_before.clear();
        for event in response.events.iter().cloned().filter_map(KnownOr::known) {
            writes.extend(self.take_event(now, event));
        }
        if let Some(in_flight) = &in_flight {
            self.state
                .reported_next
                .extend(in_flight.leases.iter().map(|held| (held.lease, held.next)));
        }
        for (at, lease) in response.leases.iter().enumerate() {
            writes.push(self.take_lease(lease, response.lease_codes.get(at).copied()));
        }
        if let Some(reference) = &response.reference {
            writes.push(put(Table::Reference, b"all", reference));
            self.state.reference = Some(reference.clone());
        }
        self.state.cursor = response.cursor;
        writes.push(self.state.put_cursor());
        if let Some(in_flight) = &in_flight {
            writes.extend(self.on_reconciliation(in_flight, &response));
            writes.extend(self.take_presence(in_flight, &response));
        }
        writes.extend(self.on_colleague_locations(in_flight.as_ref(), &response));
        self.compare(&response);
        writes.extend(self.state.forget_backed_up());
        writes.extend(self.evict(response.now));
        if self.state.sync != sync_state {
            writes.push(self.state.put_sync_state());
        }
        let done = self.state.unsent().next().is_none() && self.photos_left() == 0;
        if self.state.sync.revoked && done {
            writes = self.wipe();
        }
        Ok(self.go_on(now, in_flight, &response, writes))
    }

    /// Makes the commit, and the request that must follow.
    fn go_on(
        &mut self,
        now: Now,
        in_flight: Option<InFlight>,
        response: &Response,
        writes: Vec<Write>,
    ) -> Vec<Effect> {
        let mut effects = vec![Effect::Commit(writes), Effect::Changed];
        // New items may have been posted meanwhile, or by the events themselves.
        let sent = in_flight.map(|f| f.items).unwrap_or_default();
        let later = response.receipts.iter().any(|r| r.outcome == ReceiptOutcome::RetryLater);
        let fresh = self.state.unsent().any(|item| !sent.contains(&item.id))
            || self.state.unreported().is_some()
            || self.asks_colleagues;
        if response.more || fresh || self.state.sync.reconciling {
            effects.extend(self.send(now));
        } else {
            effects.extend(self.begin_replay().unwrap_or_default());
        }
        if later && self.in_flight.is_none() && self.pending.is_none() {
            self.failures = self.failures.saturating_add(1);
            effects.push(Effect::WakeIn(self.backoff()));
        }
        effects
    }

    /// Handles an answer that was cut or is not the server's: nothing is taken, and the request is
    /// repeated later.
    fn unreadable(&mut self) -> Vec<Effect> {
        self.failures = self.failures.saturating_add(1);
        vec![Effect::WakeIn(self.backoff()), Effect::Refused(ClientError::Answer)]
    }

    fn take_sync_state(&mut self, response: &Response) -> Vec<Write> {
        let sync_state = &mut self.state.sync;
        sync_state.backed_up_seq = response.backed_up_seq;
        sync_state.revoked |= response.revoked;
        if let Some(mark) = response.mark {
            sync_state.mark = Some(mark);
        }
        if !response.resend {
            return Vec::new();
        }
        // The server came back from an old copy: earlier places in its stream mean nothing any
        // more.
        sync_state.own_seq = 0;
        sync_state.backed_up_seq = 0;
        self.begin_reconciliation();
        self.back_up_everything();
        self.state.reported_next.clear();
        let mut writes = self.state.send_again();
        writes.extend(self.forget_admitted());
        writes.extend(self.ask_for_blobs_again());
        writes
    }

    /// The server of an old copy may have lost what it admitted since.
    fn forget_admitted(&mut self) -> Vec<Write> {
        let meta = self.state.meta.iter_mut();
        let orders: Vec<OrderId> =
            meta.filter_map(|(order, meta)| meta.admitted.take().map(|_| *order)).collect();
        orders.into_iter().filter_map(|order| self.state.put_meta(order)).collect()
    }

    /// A repeated lease begins at the number that the server last heard; a phone restored from an
    /// old copy must not use the numbers before twice.
    fn take_lease(&mut self, lease: &Lease, code: Option<Digest16>) -> Write {
        let fresh = HeldLease { next: lease.first, lease: lease.clone(), proof: None };
        let held = self.state.leases.entry(lease.id).or_insert(fresh);
        held.next = held.next.max(lease.first);
        if let Some(code) = code {
            held.proof = Some(LeaseProof { lease: lease.clone(), next: lease.first, code });
        }
        // The next request names the lease.
        self.state.reported_next.remove(&lease.id);
        put(Table::Lease, lease.id.bytes(), held)
    }

    /// Access is gone and nothing is unsent: erases everything but that fact.
    fn wipe(&mut self) -> Vec<Write> {
        let mut writes: Vec<Write> = Vec::new();
        let mut gone = |table, keys: Vec<Vec<u8>>| {
            writes.extend(keys.into_iter().map(|key| Write::Delete { table, key }));
        };
        let orders = |keys: Vec<OrderId>| keys.iter().map(|key| key.bytes().to_vec()).collect();
        let state = &self.state;
        gone(Table::Card, orders(state.cards.keys().copied().collect()));
        gone(Table::Doc, orders(state.saved.keys().copied().collect()));
        gone(Table::Order, orders(state.meta.keys().copied().collect()));
        gone(Table::Offer, state.offers.keys().map(|key| key.bytes().to_vec()).collect());
        gone(Table::Outbox, state.outbox.keys().map(|key| key.to_be_bytes().to_vec()).collect());
        gone(Table::Lease, state.leases.keys().map(|key| key.bytes().to_vec()).collect());
        gone(Table::Blob, state.blobs.keys().map(|key| key.to_vec()).collect());
        gone(Table::Reference, vec![b"all".to_vec()]);
        let (sync, contact) = (state.sync.clone(), state.contact);
        self.state = State { sync, contact, next_out: state.next_out, ..State::default() };
        writes.push(self.state.put_sync_state());
        writes.push(self.state.put_cursor());
        writes.push(self.state.put_location_state());
        writes
    }

    /// Removes orders that left the scope: at once if the person never had the order, because the
    /// card holds the client's name, telephone and door code; after [`LEFT_KEPT_MS`] if the person
    /// worked on the order and nothing of it is in the outbox.
    fn evict(&mut self, now: Timestamp) -> Vec<Write> {
        let busy: BTreeSet<OrderId> = self
            .state
            .outbox
            .values()
            .filter_map(|item| item.order(|kind| self.order_of(kind)))
            .collect();
        let accepted: BTreeSet<OrderId> = self
            .state
            .offers
            .values()
            .filter(|offer| offer.answer.as_ref().is_some_and(|answer| answer.accept))
            .map(|offer| offer.order)
            .collect();
        let never_his = |order: &OrderId, meta: &OrderMeta| {
            meta.visits.is_empty() && !meta.sealed && !accepted.contains(order)
        };
        let over = |order: &OrderId, meta: &OrderMeta| {
            meta.left_at
                .is_some_and(|at| at.plus_ms(LEFT_KEPT_MS).0 < now.0 || never_his(order, meta))
        };
        let gone: Vec<OrderId> = self
            .state
            .meta
            .iter()
            .filter(|(order, meta)| over(order, meta) && !busy.contains(order))
            .map(|(order, _)| *order)
            .collect();
        let mut writes = Vec::new();
        for order in gone {
            writes.extend(self.forget_blobs_of(order));
            self.state.cards.remove(&order);
            self.state.saved.remove(&order);
            self.state.loaded.remove(&order);
            self.state.meta.remove(&order);
            for table in [Table::Card, Table::Doc, Table::Order] {
                writes.push(Write::Delete { table, key: order.bytes().to_vec() });
            }
        }
        writes
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

    fn take_receipt(&mut self, receipt: &Receipt) -> Vec<Write> {
        let found = self.state.outbox.values().find(|item| item.id == receipt.item);
        let Some(seq) = found.map(|item| item.seq) else { return Vec::new() };
        self.state.sync.own_seq = self.state.sync.own_seq.max(receipt.seq);
        let reconciling = self.state.sync.reconciling;
        let Some(item) = self.state.outbox.get_mut(&seq) else { return Vec::new() };
        let order =
            if let OutKind::Batch { batch, .. } = &item.kind { Some(batch.doc) } else { None };
        let (mut replay, mut admitted) = (false, None);
        match receipt.outcome {
            ReceiptOutcome::Ok | ReceiptOutcome::Duplicate => {
                if order.is_none() || receipt.seq == 0 {
                    return vec![self.state.drop_item(seq)];
                }
                item.status = ItemStatus::Accepted { seq: receipt.seq };
                if let OutKind::Batch { batch, .. } = &item.kind {
                    admitted = batch.last_change();
                }
            }
            ReceiptOutcome::RetryLater => {
                // The ancestors are neither at the server nor on the way: write the edits again.
                replay = receipt.code == DEPENDENCIES_MISSING && !reconciling;
                if !replay {
                    return Vec::new();
                }
            }
            ReceiptOutcome::Refused => {
                if let OutKind::Command { command } = &item.kind {
                    let kind = command.kind.clone();
                    return self.command_refused(seq, &kind, receipt);
                }
                let (code, message) = (receipt.code.clone(), receipt.message.clone());
                item.status = ItemStatus::Refused { code, message };
                replay = true;
            }
            ReceiptOutcome::Quarantined => {
                let (code, message) = (receipt.code.clone(), receipt.message.clone());
                // A phone without access has nothing to go on with.
                replay = code != DEVICE_REVOKED;
                item.status = ItemStatus::Quarantined { message, code };
            }
        }
        let mut writes = vec![item.write()];
        if let Some(order) = order.filter(|_| replay || admitted.is_some()) {
            let meta = self.state.meta.entry(order).or_default();
            meta.replay |= replay;
            if let Some(change) = admitted {
                meta.admitted = Some(change.to_vec().into());
            }
            writes.extend(self.state.put_meta(order));
        }
        writes
    }

    fn take_doc(&mut self, update: &DocUpdate, response: &Response) -> Vec<Write> {
        let order = update.order;
        let before = self.state.term(order);
        let mut writes = Vec::new();
        if update.left {
            let meta = self.state.meta.entry(order).or_default();
            meta.lost.get_or_insert_with(|| "заявка передана".to_owned());
            meta.left_at.get_or_insert(response.now);
        } else {
            writes.extend(self.merge_chunks(order, &update.chunks));
            self.note_lost(order, &update.heads);
            let meta = self.state.meta.entry(order).or_default();
            meta.left_at = None;
            if !update.heads.is_empty() {
                meta.heads.clone_from(&update.heads);
            }
            if update.attestation.is_some() {
                meta.attestation = update.attestation;
                meta.attested_visits.clone_from(&update.visits);
            }
        }
        let after = self.state.term(order);
        self.state.digest.change(before, after);
        self.check_heads(order);
        writes.extend(self.state.put_meta(order));
        writes
    }

    /// A server from an old copy names heads that know nothing of what it attested before. The
    /// attested heads are put aside, to be returned, before the new heads take their place.
    fn note_lost(&mut self, order: OrderId, new: &[ByteVec]) {
        let Some(meta) = self.state.meta.get(&order).cloned() else { return };
        let new: Vec<[u8; 32]> = new.iter().filter_map(head).collect();
        let known = meta.lost_on_server.clone().map(|lost_on_server| lost_on_server.heads);
        let old = known.as_ref().unwrap_or(&meta.heads);
        let old: Vec<[u8; 32]> = old.iter().filter_map(head).collect();
        if new.is_empty() || old.is_empty() {
            return;
        }
        let Some(doc) = self.state.doc(order) else { return };
        // Where the document cannot tell, the heads count as lost: returning too much does no harm.
        let lost = old.iter().any(|head| doc.is_beyond(head, &new) != Some(false));
        let card = self.state.cards_before.get(&order).or_else(|| self.state.cards.get(&order));
        let lost_on_server = match (lost, meta.lost_on_server, meta.attestation, card) {
            (false, ..) => None,
            (true, Some(lost_on_server), ..) => Some(lost_on_server),
            (true, None, Some(attestation), Some(card)) => Some(LostOnServer {
                heads: meta.heads,
                card: encode(card).into(),
                visits: meta.attested_visits,
                attestation,
            }),
            (true, None, ..) => None,
        };
        if let Some(meta) = self.state.meta.get_mut(&order) {
            meta.lost_on_server = lost_on_server;
        }
    }

    fn merge_chunks(&mut self, order: OrderId, chunks: &[Unjudged]) -> Option<Write> {
        if chunks.is_empty() || self.state.excluded.contains(&order) {
            return None;
        }
        if self.state.saved.contains_key(&order) && self.state.doc(order).is_some() {
            let doc = self.state.doc(order)?;
            let failed = chunks.iter().any(|chunk| doc.merge(chunk).is_err());
            if failed {
                // Changes without their dependencies must not linger: back to the saved document.
                // The digests then differ, and the document comes anew.
                self.state.loaded.remove(&order);
                return None;
            }
        } else {
            if let Some(on_access) = self.state.on_access {
                on_access(order);
            }
            let doc = Document::from_wire(chunks);
            match doc.ok().and_then(Document::whole) {
                Some(doc) => drop(self.state.loaded.insert(order, doc)),
                None => {
                    self.state.unreadable.insert(order);
                    return None;
                }
            }
        }
        self.state.unreadable.remove(&order);
        self.state.save_doc(order)
    }

    /// A document without the heads that the server named counts for nothing until a comparison
    /// brings the rest.
    fn check_heads(&mut self, order: OrderId) {
        if self.state.excluded.contains(&order) {
            return;
        }
        let Some(meta) = self.state.meta.get(&order) else { return };
        let heads: Vec<[u8; 32]> = meta.heads.iter().filter_map(head).collect();
        let in_scope = meta.left_at.is_none();
        let whole = match self.state.doc(order) {
            Some(doc) => heads.iter().all(|head| doc.has(head)),
            None => heads.is_empty(),
        };
        if in_scope && !whole {
            // Without heads the document has no term, so the digests differ and a comparison
            // follows.
            let before = self.state.term(order);
            if let Some(meta) = self.state.meta.get_mut(&order) {
                meta.heads.clear();
            }
            let after = self.state.term(order);
            self.state.digest.change(before, after);
        }
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
                let command = self.command(now, delivered, CommandKind::OfferDelivered { offer });
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
                meta.outgoing = None;
                self.state.put_meta(order).into_iter().collect()
            }
            Event::Unassigned { order, reason, .. } => {
                let meta = self.state.meta.entry(order).or_default();
                meta.lost = Some(reason);
                meta.outgoing = None;
                self.state.put_meta(order).into_iter().collect()
            }
            Event::Settings { settings } => {
                // Settings chosen here and still unsent are newer.
                let newer = self.state.unsent().any(OutItem::keeps_settings);
                if newer {
                    return Vec::new();
                }
                self.state.sync.settings = settings;
                vec![self.state.put_sync_state()]
            }
            Event::SheetHeld { order, reason, .. } => {
                self.state.meta.entry(order).or_default().sheet_held = Some(reason);
                self.state.put_meta(order).into_iter().collect()
            }
            Event::Issued { order, link, .. } => {
                let meta = self.state.meta.entry(order).or_default();
                (meta.link, meta.sheet_held) = (Some(link), None);
                self.state.put_meta(order).into_iter().collect()
            }
        }
    }
}
