//! An order goes to a colleague's phone with no network: the giver shows, the colleague's camera reads.
//!
//! The giver's phone changes nothing but its own memory: he has the order until the server has heard the
//! colleague's phone. That one takes card and document as the server last had them, opens a visit of its
//! own and works; its first words to the server are the giver's signed word.

use serde::Serialize;

use super::error::ClientError;
use super::input::Effect;
use super::machine::Client;
use super::replay::ANCESTOR_REFUSED;
use super::rows::{Given, ItemStatus, OrderMeta, OutItem, OutKind};
use super::table::{Table, Write, put};
use super::work::Pending;
use crate::doc::{Document, Edit, Unjudged};
use crate::frame::{Ask, Handover, Parcel, Receipt};
use crate::model::{Colleague, ItemId, Now, OrderId, PersonId, VisitId, short_name};

/// How much of a colleague's codes is here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Scanned {
    /// So many codes.
    pub got: usize,
    /// Of so many; 0 before the first.
    pub of: usize,
    /// The order that was taken over last, once it was read whole.
    pub order: Option<OrderId>,
}

impl Client {
    /// How far the reading of a colleague's screen is.
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
        let read = self.scanning.codes.take(text).map_err(|_| ClientError::Parcel)?;
        let Some(parcel) = read else { return Ok(vec![Effect::Changed]) };
        let order = parcel.handover.order;
        let effects = self.take_over(now, id, parcel)?;
        self.scanning.taken = Some(order);
        Ok(effects)
    }

    /// The other metrologists, as the server last named them.
    pub fn colleagues(&self) -> &[Colleague] {
        self.state.reference.as_ref().map_or(&[], |reference| &reference.colleagues)
    }

    /// The name of a colleague, short; empty where he is not known.
    pub(super) fn colleague(&self, person: PersonId) -> String {
        let known = self.colleagues().iter().find(|colleague| colleague.id == person);
        known.map_or_else(String::new, |colleague| short_name(&colleague.name))
    }

    pub(super) fn hand_over(
        &mut self,
        now: Now,
        order: OrderId,
        (to, visit): (PersonId, VisitId),
    ) -> Result<Vec<Effect>, ClientError> {
        let at = self.evidence(now);
        let meta = self.state.meta.get(&order).ok_or(ClientError::NoOrder(order))?;
        if meta.sealed {
            return Err(ClientError::HandoverSigned);
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
                matches!(&command.ask, Ask::TakeOver { handover } if handover.order == order)
            }
            _ => false,
        };
        if self.state.unsent().any(unsettled) {
            return Err(ClientError::HandoverUnsettled);
        }
        let device = self.me.device;
        let mut handover =
            Handover { order, from, giver, device, to, visit, at, signature: vec![0; 64] };
        // The size is checked with a signature of full length, so that nothing is signed that does not fit into the QR codes.
        self.codes_of(handover.clone())?;
        handover.signature.clear();
        let bytes = handover.signed_bytes();
        self.pending = Some(Pending::Handover(Box::new(handover)));
        Ok(vec![Effect::Sign(bytes)])
    }

    pub(super) fn handover_signed(
        &mut self,
        mut handover: Handover,
        signature: Vec<u8>,
    ) -> Vec<Effect> {
        handover.signature = signature;
        let order = handover.order;
        let meta = self.state.meta.entry(order).or_default();
        meta.given = Some(Given { handover, taken: false });
        let writes = self.state.put_meta(order).into_iter().collect();
        vec![Effect::Commit(writes), Effect::Changed]
    }

    /// The texts of the codes to be shown to the colleague's camera, one after another.
    pub fn handover_codes(&mut self, order: OrderId) -> Result<Vec<String>, ClientError> {
        let meta = self.state.meta.get(&order).cloned().ok_or(ClientError::NoOrder(order))?;
        let given = meta.given.filter(|_| !self.is_hidden()).ok_or(ClientError::NoOrder(order))?;
        self.codes_of(given.handover)
    }

    fn codes_of(&mut self, handover: Handover) -> Result<Vec<String>, ClientError> {
        let order = handover.order;
        let meta = self.state.meta.get(&order).cloned().ok_or(ClientError::NoOrder(order))?;
        let card = self.state.cards.get(&order).cloned().ok_or(ClientError::NoOrder(order))?;
        let heads: Vec<[u8; 32]> = meta.heads.iter().filter_map(super::replay::head).collect();
        let doc = self.state.doc(order).ok_or(ClientError::NoDocument(order))?;
        let document = doc.at(&heads)?.save_plain().into();
        let parcel = Parcel { handover, card, document };
        parcel.codes().ok_or(ClientError::HandoverTooLarge)
    }

    /// The giver saw that the colleague has the order, or keeps it after all.
    pub(super) fn handed_over(
        &mut self,
        now: Now,
        (id, order): (ItemId, OrderId),
        taken: bool,
    ) -> Result<Vec<Effect>, ClientError> {
        let meta = self.state.meta.get(&order).ok_or(ClientError::NoOrder(order))?;
        let given = meta.given.clone().filter(|given| !given.taken);
        let Handover { to, visit, .. } = given.ok_or(ClientError::NoOrder(order))?.handover;
        let name = self.colleague(to);
        let Some(meta) = self.state.meta.get_mut(&order) else { return Ok(Vec::new()) };
        if taken {
            meta.lost = Some(format!("Передана с телефона на телефон: {name}"));
            if let Some(given) = &mut meta.given {
                given.taken = true;
            }
        } else {
            meta.given = None;
        }
        let mut writes: Vec<Write> = self.state.put_meta(order).into_iter().collect();
        let said = if taken { Ask::GaveOver { order, to } } else { Ask::KeptOver { order, visit } };
        writes.push(self.command(now, id, said));
        let mut effects = vec![Effect::Commit(writes), Effect::Changed];
        effects.extend(self.send(now));
        Ok(effects)
    }

    /// Takes what the camera read whole. The order is on this phone at once, with a visit of its own.
    fn take_over(
        &mut self,
        now: Now,
        id: ItemId,
        parcel: Parcel,
    ) -> Result<Vec<Effect>, ClientError> {
        let Parcel { handover, card, document } = parcel;
        let (order, visit) = (handover.order, handover.visit);
        let known = self.state.reference.as_ref().ok_or(ClientError::NoContact)?;
        if known.performer.id != handover.to {
            return Err(ClientError::NotHandedToYou(self.colleague(handover.to)));
        }
        if card.id != order {
            return Err(ClientError::Parcel);
        }
        if self.state.meta.get(&order).is_some_and(|meta| meta.visits.contains(&visit)) {
            return Ok(Vec::new()); // read once more
        }
        // A stale screen, or a forged one, must not touch what he holds.
        if self.state.meta.get(&order).is_some_and(|m| m.lost.is_none() && !m.visits.is_empty()) {
            return Err(ClientError::AlreadyYours);
        }
        let before = self.remember(order);
        let taken = self.accept(now, id, (handover, card), &document);
        taken.inspect_err(|_| self.forget(order, before))
    }

    fn accept(
        &mut self,
        now: Now,
        id: ItemId,
        (handover, card): (Handover, crate::model::Card),
        document: &Unjudged,
    ) -> Result<Vec<Effect>, ClientError> {
        let (order, visit) = (handover.order, handover.visit);
        if let Some(touched) = self.state.touched {
            touched(order);
        }
        match self.state.doc(order) {
            Some(doc) => doc.merge(document)?,
            None => {
                let doc = Document::from_wire([document])?.whole().ok_or(ClientError::Parcel)?;
                self.state.loaded.insert(order, doc);
            }
        }
        // What the office said last counts; the giver's card may be older than one that was here before.
        let known = self.state.cards.get(&order).is_some_and(|known| known.version >= card.version);
        let instruments = card.instruments.iter().map(|expected| expected.id).collect();
        let mut writes = Vec::new();
        if !known {
            writes.push(put(Table::Card, order.bytes(), &card));
            self.state.cards.insert(order, card);
        }
        let meta = self.state.meta.entry(order).or_default();
        meta.visits.push(visit);
        (meta.lost, meta.given) = (None, None);
        writes.push(self.command(now, id, Ask::TakeOver { handover }));
        self.write_edits(order, vec![Edit::OpenVisit { visit, instruments }], writes)
    }

    /// The server says that the order was not his to take. What he did stays in the outbox, with the reason;
    /// the document goes back to what the server knows of, and goes where the server never named it.
    pub(super) fn not_taken(
        &mut self,
        (order, visit): (OrderId, VisitId),
        receipt: &Receipt,
    ) -> Vec<Write> {
        let mut writes = Vec::new();
        // Where the server knows the document, writing it anew leaves out what belongs to this visit only.
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

    /// What is known of an order, to be put back where taking it fails.
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
