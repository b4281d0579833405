//! Comparison of documents with the server: ask for those missing here, return those missing there.

use minicbor::bytes::ByteVec;

use super::machine::Client;
use super::replay::head;
use super::rows::{HeldLease, OutKind};
use super::table::Write;
use super::work::{InFlight, Reconciliation};
use crate::codec::{encode, sha256};
use crate::frame::{BACKUPS_MAX, DocumentBackup, LeaseProof, Request, Response, WANT_MAX};
use crate::model::OrderId;
use crate::reconcile::{Inventory, name};

/// Comparisons in vain after which the phone goes on and tells its owner.
const FRUITLESS_MAX: u32 = 3;

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

    /// Adds the next step of a comparison to a request.
    pub(super) fn add_reconciliation(&mut self, request: &mut Request) {
        if !self.state.sync.reconciling {
            return;
        }
        if !self.reconciliation.asked && self.reconciliation.message.is_none() {
            self.reconciliation.message = self.inventory().ask().ok();
        }
        let held = self.state.leases.values();
        let proof = |held: &HeldLease| {
            held.proof.clone().map(|proof| LeaseProof { next: held.next, ..proof })
        };
        request.lease_proofs = held.filter_map(proof).collect();
        request.reconcile = self.reconciliation.message.clone().map(ByteVec::from);
        if request.reconcile.is_none() {
            let want = self.reconciliation.want.iter().take(WANT_MAX);
            request.want = want.map(|name| name.to_vec().into()).collect();
            let orders = self.orders_to_back_up();
            request.backups = orders.into_iter().filter_map(|order| self.backup(order)).collect();
        }
    }

    /// Orders that the next request returns: differing ones, and those that the server lost.
    fn orders_to_back_up(&self) -> Vec<OrderId> {
        let lost_on_server =
            self.state.meta.iter().filter(|(_, meta)| meta.lost_on_server.is_some());
        let mut orders: Vec<OrderId> = self
            .reconciliation
            .backup
            .iter()
            .copied()
            .chain(lost_on_server.map(|(order, _)| *order))
            .collect();
        orders.sort();
        orders.dedup();
        orders.truncate(BACKUPS_MAX);
        orders
    }

    fn backup(&mut self, order: OrderId) -> Option<DocumentBackup> {
        let mut meta = self.state.meta.get(&order)?.clone();
        let mut card = encode(self.state.cards.get(&order)?);
        if let Some(lost_on_server) = meta.lost_on_server {
            card = lost_on_server.card.into();
            meta.heads = lost_on_server.heads;
            (meta.attested_visits, meta.attestation) =
                (lost_on_server.visits, Some(lost_on_server.attestation));
        }
        let heads: Vec<[u8; 32]> = meta.heads.iter().map(head).collect::<Option<_>>()?;
        let doc = self.state.doc(order)?;
        if !heads.iter().all(|head| doc.has(head)) {
            return None;
        }
        let snapshot = doc.at(&heads).ok()?.save().into();
        let (visits, attestation) = (meta.attested_visits, meta.attestation?);
        Some(DocumentBackup {
            order,
            snapshot,
            heads: meta.heads,
            card: card.into(),
            visits,
            attestation,
        })
    }

    /// Starts a comparison if the digests differ or the server lost something; at most
    /// [`FRUITLESS_MAX`] in a row.
    pub(super) fn compare(&mut self, response: &Response) -> Option<Write> {
        let server_lost = self.state.meta.values().any(|meta| meta.lost_on_server.is_some());
        let other = response.digest.is_some_and(|digest| digest != self.state.digest.bytes());
        let differs = server_lost || other;
        if response.more || self.state.sync.reconciling {
            return None;
        }
        if !differs {
            self.reconciliation.fruitless = 0;
            return None;
        }
        if self.reconciliation.fruitless >= FRUITLESS_MAX {
            return None;
        }
        self.begin_reconciliation()
    }

    /// Starts a comparison with the next request.
    pub(super) fn begin_reconciliation(&mut self) -> Option<Write> {
        self.state.sync.reconciling = true;
        self.reconciliation = Reconciliation {
            fruitless: self.reconciliation.fruitless,
            ..Reconciliation::default()
        };
        Some(self.state.put_sync_state())
    }

    /// After a server came back from an old copy: returns every order that this phone worked on,
    /// held or not.
    pub(super) fn back_up_everything(&mut self) {
        let worked = self.state.outbox.values().filter_map(|item| match &item.kind {
            OutKind::Batch { batch, .. } => Some(batch.doc),
            _ => None,
        });
        // Orders that left this phone are in no comparison and are returned unasked.
        let left = self.state.meta.iter().filter(|(_, meta)| meta.left_at.is_some());
        let all: Vec<OrderId> = worked.chain(left.map(|(order, _)| *order)).collect();
        self.reconciliation.backup.extend(all);
        self.reconciliation.backup.sort();
        self.reconciliation.backup.dedup();
    }

    /// Takes the server's step of a comparison.
    pub(super) fn on_reconciliation(
        &mut self,
        in_flight: &InFlight,
        response: &Response,
    ) -> Vec<Write> {
        if !self.state.sync.reconciling {
            return Vec::new();
        }
        if let Some(message) = &response.reconcile {
            self.reconciliation.asked = true;
            match self.inventory().step(message) {
                Ok(step) => {
                    self.reconciliation.message = step.next;
                    self.reconciliation.want.extend(step.need);
                    self.reconciliation.backup.extend(step.have);
                }
                // A broken message ends this comparison; a new one begins with the next request.
                Err(_) => self.reconciliation.message = None,
            }
        } else if in_flight.compared {
            // The server does not compare: nothing more can be done here.
            self.reconciliation.asked = true;
            self.reconciliation.message = None;
        }
        let asked = &in_flight.reconciled;
        self.reconciliation.want.retain(|name| !asked.0.contains(name));
        self.reconciliation.backup.retain(|order| !asked.1.contains(order));
        let done = self.reconciliation.asked
            && self.reconciliation.message.is_none()
            && self.reconciliation.want.is_empty()
            && self.reconciliation.backup.is_empty();
        if done && !response.more {
            self.state.sync.reconciling = false;
            self.reconciliation.fruitless += 1;
            return vec![self.state.put_sync_state()];
        }
        Vec::new()
    }

    /// Parts of a comparison carried by a request, settled by the answer to that very request.
    pub(super) fn carried_reconciliation(
        &self,
        request: &Request,
    ) -> (Vec<[u8; 32]>, Vec<OrderId>) {
        if request.reconcile.is_some() {
            return Default::default();
        }
        let want = request.want.iter().filter_map(head).collect();
        // A document that this phone cannot return is passed over as well.
        (want, self.orders_to_back_up())
    }
}
