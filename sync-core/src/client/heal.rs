//! When phone and server do not hold the same documents: compare, ask for what is missing here, bear
//! witness of what is missing there.

use minicbor::bytes::ByteVec;

use super::machine::Client;
use super::replay::head;
use super::rows::{HeldLease, OutKind};
use super::table::Write;
use super::work::{Healing, InFlight};
use crate::codec::{encode, sha256};
use crate::frame::{LeaseProof, Request, Response, WANT_MAX, WITNESSES_MAX, Witness};
use crate::model::OrderId;
use crate::reconcile::{Inventory, name};

/// After so many comparisons in vain the phone goes on and says so to its owner.
const IN_VAIN_MAX: u32 = 3;

impl Client {
    fn inventory(&self) -> Inventory {
        let mut all = Inventory::default();
        for (order, meta) in &self.state.meta {
            let Some(card) = self.state.cards.get(order) else { continue };
            if meta.left_at.is_none()
                && !meta.heads.is_empty()
                && self.state.saved.contains_key(order)
            {
                all.add(*order, name(*order, &meta.heads, &sha256(&encode(card))));
            }
        }
        all
    }

    /// Adds what the comparison needs to a request.
    pub(super) fn ask_for_healing(&mut self, request: &mut Request) {
        if !self.state.standing.reconciling {
            return;
        }
        if !self.healing.asked && self.healing.message.is_none() {
            self.healing.message = self.inventory().ask().ok();
        }
        let held = self.state.leases.values();
        let proof =
            |held: &HeldLease| held.told.clone().map(|told| LeaseProof { next: held.next, ..told });
        request.lease_proofs = held.filter_map(proof).collect();
        request.reconcile = self.healing.message.clone().map(ByteVec::from);
        if request.reconcile.is_none() {
            let want = self.healing.want.iter().take(WANT_MAX);
            request.want = want.map(|name| name.to_vec().into()).collect();
            let orders = self.witnessing();
            request.witnesses =
                orders.into_iter().filter_map(|order| self.witness(order)).collect();
        }
    }

    /// The orders that this request bears witness of: those that differ, and those that are owed.
    fn witnessing(&self) -> Vec<OrderId> {
        let owed = self.state.meta.iter().filter(|(_, meta)| meta.owed.is_some());
        let mut orders: Vec<OrderId> =
            self.healing.witness.iter().copied().chain(owed.map(|(order, _)| *order)).collect();
        orders.sort();
        orders.dedup();
        orders.truncate(WITNESSES_MAX);
        orders
    }

    fn witness(&mut self, order: OrderId) -> Option<Witness> {
        let mut meta = self.state.meta.get(&order)?.clone();
        let mut card = encode(self.state.cards.get(&order)?);
        if let Some(owed) = meta.owed {
            card = owed.card.into();
            meta.heads = owed.heads;
            (meta.vouched_visits, meta.vouch) = (owed.visits, Some(owed.vouch));
        }
        let heads: Vec<[u8; 32]> = meta.heads.iter().map(head).collect::<Option<_>>()?;
        let doc = self.state.doc(order)?;
        if !heads.iter().all(|head| doc.has(head)) {
            return None;
        }
        let snapshot = doc.at(&heads).ok()?.save().into();
        let (visits, vouch) = (meta.vouched_visits, meta.vouch?);
        Some(Witness { order, snapshot, heads: meta.heads, card: card.into(), visits, vouch })
    }

    /// Whether the digests say that something differs.
    pub(super) fn compare(&mut self, response: &Response) -> Option<Write> {
        let owes = self.state.meta.values().any(|meta| meta.owed.is_some());
        let other = response.digest.is_some_and(|digest| digest != self.state.digest.bytes());
        let differs = owes || other;
        if response.more || self.state.standing.reconciling {
            return None;
        }
        if !differs {
            self.healing.in_vain = 0;
            return None;
        }
        if self.healing.in_vain >= IN_VAIN_MAX {
            return None;
        }
        self.begin_healing()
    }

    /// Compare everything with the server, beginning with the next request.
    pub(super) fn begin_healing(&mut self) -> Option<Write> {
        self.state.standing.reconciling = true;
        self.healing = Healing { in_vain: self.healing.in_vain, ..Healing::default() };
        Some(self.state.put_standing())
    }

    /// The server came back from an old copy: whatever this phone worked on is given back, also where
    /// the order is not his any more.
    pub(super) fn give_back_everything(&mut self) {
        let worked = self.state.outbox.values().filter_map(|item| match &item.kind {
            OutKind::Batch { batch, .. } => Some(batch.doc),
            _ => None,
        });
        // Orders that left this phone are in no comparison: they are given back unasked.
        let left = self.state.meta.iter().filter(|(_, meta)| meta.left_at.is_some());
        let all: Vec<OrderId> = worked.chain(left.map(|(order, _)| *order)).collect();
        self.healing.witness.extend(all);
        self.healing.witness.sort();
        self.healing.witness.dedup();
    }

    /// Takes the server's part of the comparison.
    pub(super) fn healed(&mut self, in_flight: &InFlight, response: &Response) -> Vec<Write> {
        if !self.state.standing.reconciling {
            return Vec::new();
        }
        if let Some(message) = &response.reconcile {
            self.healing.asked = true;
            match self.inventory().step(message) {
                Ok(step) => {
                    self.healing.message = step.next;
                    self.healing.want.extend(step.need);
                    self.healing.witness.extend(step.have);
                }
                // An answer that makes no sense: begin again at another time.
                Err(_) => self.healing.message = None,
            }
        } else if in_flight.compared {
            // A server that does not compare: nothing more can be done here.
            self.healing.asked = true;
            self.healing.message = None;
        }
        let asked = &in_flight.healed;
        self.healing.want.retain(|name| !asked.0.contains(name));
        self.healing.witness.retain(|order| !asked.1.contains(order));
        let done = self.healing.asked
            && self.healing.message.is_none()
            && self.healing.want.is_empty()
            && self.healing.witness.is_empty();
        if done && !response.more {
            self.state.standing.reconciling = false;
            self.healing.in_vain += 1;
            return vec![self.state.put_standing()];
        }
        Vec::new()
    }

    /// What of the comparison a request carries: it is settled by the answer to that very request.
    pub(super) fn settling(&self, request: &Request) -> (Vec<[u8; 32]>, Vec<OrderId>) {
        if request.reconcile.is_some() {
            return Default::default();
        }
        let want = request.want.iter().filter_map(head).collect();
        // A document that this phone cannot bear witness of is passed over as well.
        (want, self.witnessing())
    }
}
