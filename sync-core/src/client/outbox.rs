//! Items on their way to the server. A command leaves with its receipt, a batch once two backups
//! have it; a refused item stays with its reason and never stands in the way of others.

use std::collections::BTreeSet;

use super::rows::{ItemStatus, OutItem, OutKind};
use super::state::State;
use super::table::{Table, Write};
use crate::frame::{BATCHES_MAX, Batch, COMMANDS_MAX, Command, KnownOr, LeaseHeld, Request};
use crate::model::{InstallId, ItemId, OrderId};

/// Bytes of changes at which a request is full; the server takes a megabyte.
const REQUEST_BYTES: usize = 700 * 1024;

impl State {
    /// Appends an item to the outbox.
    pub(super) fn post(&mut self, id: ItemId, kind: OutKind) -> Write {
        let item = OutItem { seq: self.next_out, id, kind, status: ItemStatus::Saved };
        self.next_out += 1;
        let write = item.write();
        self.outbox.insert(item.seq, item);
        write
    }

    /// Items without a receipt, oldest first.
    pub(super) fn unsent(&self) -> impl Iterator<Item = &OutItem> {
        self.outbox.values().filter(|item| item.status == ItemStatus::Saved)
    }

    /// The next request, and the items in it: commands first, then batches of orders with an unsent
    /// signed sheet, then other batches, each oldest first.
    pub(super) fn request(&self, install: InstallId) -> (Request, Vec<ItemId>) {
        let mut lanes = Lanes::default();
        let signed: BTreeSet<OrderId> = self.unsent().filter_map(OutItem::signed_order).collect();
        let later = |item: &&OutItem| match &item.kind {
            OutKind::Command { .. } => 0,
            OutKind::Batch { batch, .. } if signed.contains(&batch.doc) => 1,
            OutKind::Batch { .. } | OutKind::Carried { .. } => 2,
        };
        let mut items: Vec<&OutItem> = self.unsent().collect();
        // During a comparison batches wait: their dependencies may be missing on the server.
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

    /// Removes accepted items that two backups have.
    pub(super) fn forget_backed_up(&mut self) -> Vec<Write> {
        let safe = self.sync.backed_up_seq;
        let over =
            |item: &&OutItem| matches!(item.status, ItemStatus::Accepted { seq } if seq <= safe);
        let gone: Vec<u64> = self.outbox.values().filter(over).map(|item| item.seq).collect();
        gone.iter().map(|seq| self.drop_item(*seq)).collect()
    }

    /// Marks every accepted item unsent again: the server lost some of them.
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
    /// `false` if the request is full. A batch larger than a request still goes, alone.
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
