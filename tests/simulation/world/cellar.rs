//! Two phones in a cellar: an order goes from one to the other with nobody listening.

use vyezd_core::client::Input;
use vyezd_core::model::{ItemId, OrderId, VisitId};

use super::World;

impl World {
    /// A person begins a transfer. The camera may see only a part, and the giver may say anything
    /// then.
    pub(super) fn begin_transfer(&mut self, giver: usize) {
        let now = self.server.now();
        let lines = self.phones[giver].client.orders();
        let free = |line: &&vyezd_core::client::OrderLine| {
            !line.sealed && line.lost.is_none() && !line.visits.is_empty()
        };
        let open: Vec<OrderId> = lines.iter().filter(free).map(|line| line.card.id).collect();
        let colleagues: Vec<_> =
            self.phones[giver].client.colleagues().iter().map(|one| one.id).collect();
        let (Some(&order), Some(&to)) = (self.rng.of(&open), self.rng.of(&colleagues)) else {
            return;
        };
        let his: Vec<usize> = (0..self.phones.len())
            .filter(|at| self.phones[*at].person == to && !self.phones[*at].gone)
            .collect();
        let Some(&taker) = self.rng.of(&his) else { return };
        let visit = VisitId::new(now.0, self.rng.bytes());
        if !self.act(giver, Input::BeginTransfer { order, to, visit }) {
            return;
        }
        let Ok(codes) = self.phones[giver].client.transfer_codes(order) else { return };
        let seen = if self.rng.once_in(5) { codes.len() - 1 } else { codes.len() };
        let names = (self.phones[giver].name.clone(), self.phones[taker].name.clone());
        self.say(format!("{} hands over to {}: {seen} codes of {}", names.0, names.1, codes.len()));
        for text in codes.into_iter().take(seen) {
            let id = ItemId::new(now.0, self.rng.bytes());
            self.act(taker, Input::Scan { id, text });
        }
        let id = ItemId::new(now.0, self.rng.bytes());
        if !self.rng.once_in(4) {
            let confirmed = !self.rng.once_in(4);
            self.act(giver, Input::EndTransfer { id, order, confirmed });
        }
    }
}
