//! What is not acknowledged yet. An item leaves the outbox only by a receipt; a refused one stays,
//! with its reason, and never stands in the way of the others.

use std::collections::BTreeSet;

use super::rows::{ItemStatus, OutItem, OutKind};
use super::state::State;
use super::table::{Table, Write};
use crate::frame::{BATCHES_MAX, Batch, COMMANDS_MAX, Command, KnownOr, LeaseHeld, Request};
use crate::model::{InstallId, ItemId, OrderId};

/// A request stays below this: the server takes a megabyte.
const REQUEST_BYTES: usize = 700 * 1024;

impl State {
    /// Puts an item into the outbox.
    pub(super) fn post(&mut self, id: ItemId, kind: OutKind) -> Write {
        let item = OutItem { seq: self.next_out, id, kind, status: ItemStatus::Saved };
        self.next_out += 1;
        let write = item.write();
        self.outbox.insert(item.seq, item);
        write
    }

    /// What waits to be sent.
    pub(super) fn unsent(&self) -> impl Iterator<Item = &OutItem> {
        self.outbox.values().filter(|item| item.status == ItemStatus::Saved)
    }

    /// The request for all that waits: answers and statuses first, then documents with a signed
    /// sheet, then the other changes, each oldest first.
    pub(super) fn request(&self, install: InstallId) -> (Request, Vec<ItemId>) {
        let mut lanes = Lanes::default();
        let signed: BTreeSet<OrderId> = self.unsent().filter_map(OutItem::signed_order).collect();
        let later = |item: &&OutItem| match &item.kind {
            OutKind::Command { .. } => 0,
            OutKind::Batch { batch, .. } if signed.contains(&batch.doc) => 1,
            OutKind::Batch { .. } | OutKind::Carried { .. } => 2,
        };
        let mut items: Vec<&OutItem> = self.unsent().collect();
        // While documents are compared, changes wait: what they stand on may not be there yet.
        items.retain(|item| !self.sync.reconciling || later(item) == 0);
        items.sort_by_key(|item| (later(item), item.seq));
        for item in items {
            if !lanes.take(item) {
                break;
            }
        }
        let request = Request {
            cursor: self.cursor,
            digest: Some(self.digest.bytes()),
            leases: self
                .leases
                .values()
                .filter(|held| self.reported_next.get(&held.lease.id) != Some(&held.next))
                .map(|held| LeaseHeld { lease: held.lease.id, next: held.next })
                .collect(),
            commands: lanes.commands,
            batches: lanes.batches,
            own_seq: self.sync.own_seq,
            reference: self.reference.as_ref().map_or(0, |reference| reference.version),
            mark: self.sync.mark,
            location: self.unreported(),
            ..Request::empty(install)
        };
        (request, lanes.sent)
    }

    /// What is kept though the server has it: gone once it is in a backup.
    pub(super) fn forget_backed_up(&mut self) -> Vec<Write> {
        let safe = self.sync.backed_up_seq;
        let over =
            |item: &&OutItem| matches!(item.status, ItemStatus::Accepted { seq } if seq <= safe);
        let gone: Vec<u64> = self.outbox.values().filter(over).map(|item| item.seq).collect();
        gone.iter().map(|seq| self.drop_item(*seq)).collect()
    }

    /// Everything accepted is to be sent again: the server lost some of it.
    pub(super) fn send_again(&mut self) -> Vec<Write> {
        let mut writes = Vec::new();
        for item in self.outbox.values_mut() {
            if matches!(item.status, ItemStatus::Accepted { .. }) {
                item.status = ItemStatus::Saved;
                writes.push(item.write());
            }
        }
        writes
    }

    pub(super) fn drop_item(&mut self, seq: u64) -> Write {
        self.outbox.remove(&seq);
        Write::Delete { table: Table::Outbox, key: seq.to_be_bytes().to_vec() }
    }
}

/// A request while it fills up.
#[derive(Default)]
struct Lanes {
    commands: Vec<KnownOr<Command>>,
    batches: Vec<Batch>,
    sent: Vec<ItemId>,
    bytes: usize,
}

impl Lanes {
    /// `false`: the request is full. An item larger than a request of its own still goes alone.
    fn take(&mut self, item: &OutItem) -> bool {
        let batch = match &item.kind {
            OutKind::Command { command } => {
                if self.commands.len() < COMMANDS_MAX {
                    self.commands.push(KnownOr::Known(command.clone()));
                    self.sent.push(item.id);
                }
                return true;
            }
            OutKind::Batch { batch, .. } | OutKind::Carried { batch } => batch,
        };
        self.bytes += batch.changes.iter().map(|change| change.len() + 160).sum::<usize>();
        if self.batches.len() >= BATCHES_MAX
            || (self.bytes > REQUEST_BYTES && !self.sent.is_empty())
        {
            return false;
        }
        self.batches.push(batch.clone());
        self.sent.push(item.id);
        true
    }
}
