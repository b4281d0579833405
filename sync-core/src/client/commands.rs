//! Commands: how a person's command is posted, and how the phone takes a refusal.

use super::error::ClientError;
use super::input::Effect;
use super::machine::Client;
use super::offers::{GivenAnswer, OfferOnPhone};
use super::rows::ItemStatus;
use super::table::{Table, Write, put};
use crate::codec::derive_id;
use crate::frame::{CommandKind, OfferEnd, Receipt};
use crate::model::{ItemId, Now, OfferId, OrderId};
use crate::session::DEVICE_REVOKED;

impl Client {
    pub(super) fn put_offer(&self, offer: OfferId) -> Option<Write> {
        self.state.offers.get(&offer).map(|known| put(Table::Offer, offer.bytes(), known))
    }

    pub(super) fn command_of_person(
        &mut self,
        now: Now,
        id: ItemId,
        kind: CommandKind,
    ) -> Result<Vec<Effect>, ClientError> {
        let at = self.evidence(now);
        let offer = match &kind {
            CommandKind::AnswerOffer { offer, accept, forward, .. } => {
                let to = forward.filter(|_| !accept);
                if to.is_some_and(|to| !self.colleagues().iter().any(|known| known.id == to)) {
                    return Err(ClientError::ColleagueUnknown);
                }
                let to = to.map(|to| self.colleague(to));
                let known = self.state.offers.get_mut(offer).ok_or(ClientError::OfferClosed)?;
                if !known.is_open() {
                    return Err(ClientError::OfferClosed);
                }
                known.answer = Some(GivenAnswer { accept: *accept, at, to });
                Some(*offer)
            }
            CommandKind::OfferDelivered { offer } | CommandKind::OfferSeen { offer } => {
                Some(*offer)
            }
            CommandKind::KeepSettings { settings } => {
                self.state.sync.settings.clone_from(settings);
                None
            }
            CommandKind::SpoilNumber { .. }
            | CommandKind::Help { .. }
            | CommandKind::AcceptTransfer { .. }
            | CommandKind::TransferConfirmed { .. }
            | CommandKind::TransferCancelled { .. } => None,
        };
        let mut writes = vec![self.state.put_sync_state(), self.command(now, id, kind)];
        writes.extend(offer.and_then(|offer| self.put_offer(offer)));
        let mut effects = vec![Effect::Commit(writes), Effect::Changed];
        effects.extend(self.send(now));
        Ok(effects)
    }

    /// Order that a command concerns.
    pub(super) fn order_of(&self, kind: &CommandKind) -> Option<OrderId> {
        match kind {
            CommandKind::OfferDelivered { offer }
            | CommandKind::OfferSeen { offer }
            | CommandKind::AnswerOffer { offer, .. } => {
                self.state.offers.get(offer).map(|o| o.order)
            }
            CommandKind::Help { order, .. } => *order,
            CommandKind::TransferConfirmed { order, .. }
            | CommandKind::TransferCancelled { order, .. } => Some(*order),
            CommandKind::AcceptTransfer { transfer } => Some(transfer.order),
            CommandKind::SpoilNumber { .. } | CommandKind::KeepSettings { .. } => None,
        }
    }

    /// Offer that the list shows for an order: an accepted one, else the one with the latest
    /// deadline.
    pub(super) fn offer_of(&self, order: OrderId) -> Option<&OfferOnPhone> {
        let mut all: Vec<_> = self.state.offers.values().filter(|o| o.order == order).collect();
        all.sort_by_key(|offer| (offer.end != Some(OfferEnd::Accepted), offer.app_until));
        all.iter().find(|o| o.end == Some(OfferEnd::Accepted)).or(all.last()).copied()
    }

    /// Handles a refused command. Acknowledgements by the app itself go; a person's command stays
    /// with its reason, and an offer that the server does not know is over.
    pub(super) fn command_refused(
        &mut self,
        seq: u64,
        kind: &CommandKind,
        receipt: &Receipt,
    ) -> Vec<Write> {
        let own =
            matches!(kind, CommandKind::OfferDelivered { .. } | CommandKind::OfferSeen { .. });
        let mut writes = Vec::new();
        if let CommandKind::OfferDelivered { offer }
        | CommandKind::OfferSeen { offer }
        | CommandKind::AnswerOffer { offer, .. } = kind
            && let Some(known) = self.state.offers.get_mut(offer)
        {
            known.end.get_or_insert(OfferEnd::Superseded);
            writes.extend(self.put_offer(*offer));
        }
        // Without access the work waits for the office and is still sent.
        if let CommandKind::AcceptTransfer { transfer } = kind
            && receipt.code != DEVICE_REVOKED
        {
            writes.extend(self.transfer_refused((transfer.order, transfer.visit), receipt));
        }
        if own {
            writes.push(self.state.drop_item(seq));
        } else if let Some(item) = self.state.outbox.get_mut(&seq) {
            let (code, message) = (receipt.code.clone(), receipt.message.clone());
            item.status = ItemStatus::Refused { code, message };
            writes.push(item.write());
        }
        writes
    }
}

/// Id of the acknowledgement of an offer, derived from the offer: a phone that starts anew repeats
/// the same command.
pub(super) fn delivered_id(offer: OfferId) -> ItemId {
    ItemId::from_bytes(derive_id(&[b"vyezd-delivered-1", offer.bytes()]))
}
