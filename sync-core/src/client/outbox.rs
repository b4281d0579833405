//! What is not acknowledged yet. An item leaves the outbox only by a receipt; a refused one stays,
//! with its reason, and never stands in the way of the others.

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::state::{State, Table, Write, put};
use crate::doc::Edit;
use crate::frame::{
    Ask, BATCHES_MAX, Batch, COMMANDS_MAX, Command, LeaseHeld, Maybe, PROTO, Request, encode,
};
use crate::model::{InstallId, ItemId, OrderId};

/// One thing to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct OutItem {
    /// The local number: the order of making.
    #[n(0)]
    pub seq: u64,
    /// The name under which it is acknowledged.
    #[n(1)]
    pub id: ItemId,
    /// What it is.
    #[n(2)]
    pub kind: OutKind,
    /// What became of it.
    #[n(3)]
    pub status: ItemStatus,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum OutKind {
    /// A question to the ledger.
    #[n(0)]
    Command {
        /// The command.
        #[n(0)]
        command: Command,
    },
    /// Changes of a document, with the edits that made them.
    #[n(1)]
    Batch {
        /// The signed batch.
        #[n(0)]
        batch: Batch,
        /// The edits, for replaying.
        #[n(1)]
        edits: Vec<Edit>,
    },
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ItemStatus {
    /// «Сохранено на телефоне».
    #[n(0)]
    Saved,
    /// «Не принято», with the reason.
    #[n(1)]
    Refused {
        /// The stable code.
        #[n(0)]
        code: String,
        /// For people.
        #[n(1)]
        message: String,
    },
    /// «На проверке в офисе».
    #[n(2)]
    Quarantined {
        /// For people.
        #[n(0)]
        message: String,
    },
}

/// A request stays below this: the server takes a megabyte.
const REQUEST_BYTES: usize = 700 * 1024;

impl OutItem {
    /// The order that it is about, where it is about one.
    pub fn order(&self, state_offers: impl Fn(&Ask) -> Option<OrderId>) -> Option<OrderId> {
        match &self.kind {
            OutKind::Batch { batch, .. } => Some(batch.doc),
            OutKind::Command { command } => state_offers(&command.ask),
        }
    }

    pub(super) fn write(&self) -> Write {
        put(Table::Outbox, &self.seq.to_be_bytes(), self)
    }
}

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

    /// The request for all that waits: answers and statuses first, then changes, each oldest first.
    pub(super) fn request(&self, install: InstallId) -> (Request, Vec<ItemId>) {
        let mut sent = Vec::new();
        let mut commands = Vec::new();
        let mut batches = Vec::new();
        let mut bytes = 0;
        for item in self.unsent() {
            bytes += encode(item).len();
            if bytes > REQUEST_BYTES && !sent.is_empty() {
                break;
            }
            match &item.kind {
                OutKind::Command { command } if commands.len() < COMMANDS_MAX => {
                    commands.push(Maybe::Known(command.clone()));
                }
                OutKind::Batch { batch, .. } if batches.len() < BATCHES_MAX => {
                    batches.push(batch.clone());
                }
                _ => continue,
            }
            sent.push(item.id);
        }
        let request = Request {
            proto: PROTO,
            install,
            cursor: self.cursor,
            leases: self
                .leases
                .values()
                .map(|held| LeaseHeld { lease: held.lease.id, next: held.next })
                .collect(),
            commands,
            batches,
            reference: self.reference.as_ref().map_or(0, |reference| reference.version),
        };
        (request, sent)
    }
}
