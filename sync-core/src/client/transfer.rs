//! Transfer of an order to a colleague's phone with no network, from screen to camera.
//!
//! The giver's phone records the transfer and changes nothing else: the giver holds the order until
//! the server has heard the receiver's phone. The receiver takes card and document as the server
//! last had them, opens a visit of its own and works at once; its first command to the server is
//! the giver's signed statement.

use serde::Serialize;

use super::error::ClientError;
use super::input::Effect;
use super::machine::Client;
use super::replay::ANCESTOR_REFUSED;
use super::rows::{ItemStatus, OrderMeta, OutItem, OutKind, OutgoingTransfer};
use super::table::{Table, Write, put};
use super::work::Pending;
use crate::doc::{Document, Edit, Unjudged};
use crate::frame::{CommandKind, Receipt, Transfer, TransferBundle};
use crate::model::{Colleague, ItemId, Now, OrderId, PersonId, VisitId, short_name};

/// Progress of reading a colleague's codes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Scanned {
    /// Number of codes read.
    pub got: usize,
    /// Number of codes needed; 0 before the first code and after the last.
    pub of: usize,
    /// Order opened by the last code, until another code is read.
    pub order: Option<OrderId>,
}

impl Client {
    /// Progress of reading a colleague's screen.
    pub fn scanned(&self) -> Scanned {
        let (got, of) = self.scanning.codes.progress();
        Scanned { got, of, order: self.scanning.taken }
    }

    pub(super) fn scan(
        &mut self,
        now: Now,
        id: ItemId,
        text: &str,
    ) -> Result<Vec<Effect>, ClientError> {
        self.scanning.taken = None;
        let read = self.scanning.codes.take(text).map_err(|_| ClientError::TransferUnreadable)?;
        let Some(bundle) = read else { return Ok(vec![Effect::Changed]) };
        let order = bundle.transfer.order;
        let effects = self.accept_transfer(now, id, bundle)?;
        self.scanning.taken = Some(order);
        Ok(effects)
    }

    /// Other metrologists of the firm, as the server last named them.
    pub fn colleagues(&self) -> &[Colleague] {
        self.state.reference.as_ref().map_or(&[], |reference| &reference.colleagues)
    }

    /// Short name of a colleague; empty for an unknown one.
    pub(super) fn colleague(&self, person: PersonId) -> String {
        let known = self.colleagues().iter().find(|colleague| colleague.id == person);
        known.map_or_else(String::new, |colleague| short_name(&colleague.name))
    }

    pub(super) fn begin_transfer(
        &mut self,
        now: Now,
        order: OrderId,
        (to, visit): (PersonId, VisitId),
    ) -> Result<Vec<Effect>, ClientError> {
        let at = self.evidence(now);
        let meta = self.state.meta.get(&order).ok_or(ClientError::NoOrder(order))?;
        if meta.sealed {
            return Err(ClientError::TransferOfSigned);
        }
        let from = meta.visits.last().copied().filter(|_| meta.lost.is_none());
        let from = from.ok_or(ClientError::NotYourVisit)?;
        let giver = self.state.reference.as_ref().map(|reference| reference.performer.id);
        let giver =
            giver.filter(|_| !meta.heads.is_empty()).ok_or(ClientError::NoDocument(order))?;
        if !self.colleagues().iter().any(|colleague| colleague.id == to) {
            return Err(ClientError::ColleagueUnknown);
        }
        let unsettled = |item: &OutItem| match &item.kind {
            OutKind::Command { command } => {
                matches!(&command.kind, CommandKind::AcceptTransfer { transfer } if transfer.order == order)
            }
            _ => false,
        };
        if self.state.unsent().any(unsettled) {
            return Err(ClientError::TransferUnsettled);
        }
        let device = self.me.device;
        let mut transfer =
            Transfer { order, from, giver, device, to, visit, at, signature: vec![0; 64] };
        // Check the size with a signature of full length, so that nothing is signed that does not
        // fit into the QR codes.
        self.codes_of(transfer.clone())?;
        transfer.signature.clear();
        let bytes = transfer.signed_bytes();
        self.pending = Some(Pending::Transfer(Box::new(transfer)));
        Ok(vec![Effect::Sign(bytes)])
    }

    pub(super) fn transfer_signed(
        &mut self,
        mut transfer: Transfer,
        signature: Vec<u8>,
    ) -> Vec<Effect> {
        transfer.signature = signature;
        let order = transfer.order;
        let meta = self.state.meta.entry(order).or_default();
        meta.outgoing = Some(OutgoingTransfer { transfer, confirmed: false });
        let writes = self.state.put_meta(order).into_iter().collect();
        vec![Effect::Commit(writes), Effect::Changed]
    }

    /// Texts of the QR codes, to be shown to the colleague's camera one after another.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoOrder`] without an open transfer or while hidden;
    /// [`ClientError::TransferTooLarge`] if the document has grown since.
    pub fn transfer_codes(&mut self, order: OrderId) -> Result<Vec<String>, ClientError> {
        let meta = self.state.meta.get(&order).cloned().ok_or(ClientError::NoOrder(order))?;
        let outgoing =
            meta.outgoing.filter(|_| !self.is_hidden()).ok_or(ClientError::NoOrder(order))?;
        self.codes_of(outgoing.transfer)
    }

    fn codes_of(&mut self, transfer: Transfer) -> Result<Vec<String>, ClientError> {
        let order = transfer.order;
        let meta = self.state.meta.get(&order).cloned().ok_or(ClientError::NoOrder(order))?;
        let card = self.state.cards.get(&order).cloned().ok_or(ClientError::NoOrder(order))?;
        let heads: Vec<[u8; 32]> = meta.heads.iter().filter_map(super::replay::head).collect();
        let doc = self.state.doc(order).ok_or(ClientError::NoDocument(order))?;
        let document = doc.at(&heads)?.save_plain().into();
        let bundle = TransferBundle { transfer, card, document };
        bundle.codes().ok_or(ClientError::TransferTooLarge)
    }

    /// Ends a transfer: the giver saw that the colleague has the order, or keeps the order.
    pub(super) fn end_transfer(
        &mut self,
        now: Now,
        (id, order): (ItemId, OrderId),
        confirmed: bool,
    ) -> Result<Vec<Effect>, ClientError> {
        let meta = self.state.meta.get(&order).ok_or(ClientError::NoOrder(order))?;
        let outgoing = meta.outgoing.clone().filter(|outgoing| !outgoing.confirmed);
        let Transfer { to, visit, .. } = outgoing.ok_or(ClientError::NoOrder(order))?.transfer;
        let name = self.colleague(to);
        let Some(meta) = self.state.meta.get_mut(&order) else { return Ok(Vec::new()) };
        if confirmed {
            meta.lost = Some(format!("Передана с телефона на телефон: {name}"));
            if let Some(outgoing) = &mut meta.outgoing {
                outgoing.confirmed = true;
            }
        } else {
            meta.outgoing = None;
        }
        let mut writes: Vec<Write> = self.state.put_meta(order).into_iter().collect();
        let said = if confirmed {
            CommandKind::TransferConfirmed { order, to }
        } else {
            CommandKind::TransferCancelled { order, visit }
        };
        writes.push(self.command(now, id, said));
        let mut effects = vec![Effect::Commit(writes), Effect::Changed];
        effects.extend(self.send(now));
        Ok(effects)
    }

    /// Opens a transferred order on this phone, at once and with a visit of its own.
    fn accept_transfer(
        &mut self,
        now: Now,
        id: ItemId,
        bundle: TransferBundle,
    ) -> Result<Vec<Effect>, ClientError> {
        let TransferBundle { transfer, card, document } = bundle;
        let (order, visit) = (transfer.order, transfer.visit);
        let known = self.state.reference.as_ref().ok_or(ClientError::NoContact)?;
        if known.performer.id != transfer.to {
            return Err(ClientError::TransferNotForYou(self.colleague(transfer.to)));
        }
        if card.id != order {
            return Err(ClientError::TransferUnreadable);
        }
        if self.state.meta.get(&order).is_some_and(|meta| meta.visits.contains(&visit)) {
            return Ok(Vec::new()); // read once more
        }
        // A stale or forged screen must not touch an order that this person holds.
        if self.state.meta.get(&order).is_some_and(|m| m.lost.is_none() && !m.visits.is_empty()) {
            return Err(ClientError::AlreadyYours);
        }
        let before = self.remember(order);
        let taken = self.open_transferred(now, id, (transfer, card), &document);
        taken.inspect_err(|_| self.forget(order, before))
    }

    fn open_transferred(
        &mut self,
        now: Now,
        id: ItemId,
        (transfer, card): (Transfer, crate::model::Card),
        document: &Unjudged,
    ) -> Result<Vec<Effect>, ClientError> {
        let (order, visit) = (transfer.order, transfer.visit);
        if let Some(on_access) = self.state.on_access {
            on_access(order);
        }
        let mut given =
            Document::from_wire([document])?.whole().ok_or(ClientError::TransferUnreadable)?;
        let transferred = given.heads().iter().map(|head| head.to_vec().into()).collect();
        match self.state.doc(order) {
            Some(doc) => doc.merge(document)?,
            None => drop(self.state.loaded.insert(order, given)),
        }
        // The card with the higher version wins: the giver's may be older than one that was here
        // before.
        let known = self.state.cards.get(&order).is_some_and(|known| known.version >= card.version);
        let instruments = card.instruments.iter().map(|expected| expected.id).collect();
        let mut writes = Vec::new();
        if !known {
            writes.push(put(Table::Card, order.bytes(), &card));
            self.state.cards.insert(order, card);
        }
        let meta = self.state.meta.entry(order).or_default();
        meta.transferred = transferred;
        meta.visits.push(visit);
        (meta.lost, meta.outgoing) = (None, None);
        writes.push(self.command(now, id, CommandKind::AcceptTransfer { transfer }));
        self.write_edits(order, vec![Edit::OpenVisit { visit, instruments }], writes)
    }

    /// Takes a refused transfer back. Work done stays in the outbox with the reason. The document
    /// returns to what the server knows, and goes if the server never named any heads.
    pub(super) fn transfer_refused(
        &mut self,
        (order, visit): (OrderId, VisitId),
        receipt: &Receipt,
    ) -> Vec<Write> {
        let mut writes = Vec::new();
        // Where the server has the document, the rewrite leaves out what belongs to this visit
        // only.
        let stranger = self.state.meta.get(&order).is_none_or(|meta| meta.heads.is_empty());
        for item in self.state.outbox.values_mut() {
            if matches!(&item.kind, OutKind::Batch { batch, .. } if batch.doc == order && stranger)
                && item.status == ItemStatus::Saved
            {
                let (code, message) = (ANCESTOR_REFUSED.to_owned(), receipt.message.clone());
                item.status = ItemStatus::Refused { code, message };
                writes.push(item.write());
            }
        }
        let meta = self.state.meta.entry(order).or_default();
        meta.visits.retain(|known| *known != visit);
        meta.lost = Some(receipt.message.clone());
        meta.replay = !meta.heads.is_empty();
        if meta.heads.is_empty() {
            self.state.loaded.remove(&order);
            self.state.saved.remove(&order);
            writes.push(Write::Delete { table: Table::Doc, key: order.bytes().to_vec() });
        }
        writes.extend(self.state.put_meta(order));
        writes
    }

    /// State of an order before a transfer is opened, to be put back on failure.
    fn remember(&self, order: OrderId) -> Before {
        let state = &self.state;
        let (card, meta) = (state.cards.get(&order).cloned(), state.meta.get(&order).cloned());
        (card, meta, state.next_out)
    }

    fn forget(&mut self, order: OrderId, (card, meta, next_out): Before) {
        let state = &mut self.state;
        state.loaded.remove(&order);
        state.outbox.split_off(&next_out);
        state.next_out = next_out;
        state.cards.remove(&order);
        state.meta.remove(&order);
        state.cards.extend(card.map(|card| (order, card)));
        state.meta.extend(meta.map(|meta| (order, meta)));
    }
}

type Before = (Option<crate::model::Card>, Option<OrderMeta>, u64);
