//! State of the phone in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::offers::OfferOnPhone;
use super::rows::{BlobOnPhone, HeldLease, LocationState, OrderMeta, OutItem, Received, SyncState};
use super::table::{OpenError, Row, Table, Write, put, put_bytes};
use crate::codec::decode;
use crate::doc::Document;
use crate::frame::{Cursor, ReferenceData};
use crate::model::{Card, LastContact, LeaseId, OfferId, OrderId};
use crate::reconcile::{Digest, term};

/// State of the phone. Documents are kept as bytes and loaded on access.
#[derive(Default)]
pub(super) struct State {
    pub(super) cursor: Cursor,
    pub(super) contact: Option<LastContact>,
    pub(super) next_out: u64,
    pub(super) cards: BTreeMap<OrderId, Card>,
    pub(super) saved: BTreeMap<OrderId, Vec<u8>>,
    pub(super) loaded: BTreeMap<OrderId, Document>,
    pub(super) meta: BTreeMap<OrderId, OrderMeta>,
    pub(super) offers: BTreeMap<OfferId, OfferOnPhone>,
    pub(super) outbox: BTreeMap<u64, OutItem>,
    pub(super) leases: BTreeMap<LeaseId, HeldLease>,
    pub(super) blobs: BTreeMap<[u8; 32], BlobOnPhone>,
    pub(super) reference: Option<ReferenceData>,
    /// Documents that do not load: left alone, the rest of the day opens.
    pub(super) unreadable: BTreeSet<OrderId>,
    /// Documents on which the library panicked in an earlier run; their bytes stay untouched.
    pub(super) excluded: BTreeSet<OrderId>,
    /// Called with each order whose document the library is about to touch.
    pub(super) on_access: Option<fn(OrderId)>,
    pub(super) sync: SyncState,
    pub(super) location: LocationState,
    /// Digest of the documents in scope, at the heads that the server named.
    pub(super) digest: Digest,
    /// Cards before the answer in progress replaced them.
    pub(super) cards_before: BTreeMap<OrderId, Card>,
    /// Next numbers of leases that the server has heard of since the start.
    pub(super) reported_next: BTreeMap<LeaseId, u64>,
}

const CURSOR: &[u8] = b"cursor";
const SYNC_STATE_ROW: &[u8] = b"standing";
const CONTACT: &[u8] = b"contact";

impl State {
    pub(super) fn open(rows: impl IntoIterator<Item = Row>) -> Result<Self, OpenError> {
        let mut state = Self { next_out: 1, ..Self::default() };
        for row in rows {
            let (table, key) = (row.table.name(), row.key.clone());
            state.take(row).ok_or(OpenError { table, key })?;
        }
        let terms: Vec<u128> = state.meta.keys().map(|order| state.term(*order)).collect();
        for term in terms {
            state.digest.change(0, term);
        }
        Ok(state)
    }

    fn take(&mut self, row: Row) -> Option<()> {
        let Row { table, key, value } = row;
        let order = || Some(OrderId::from_bytes(key.as_slice().try_into().ok()?));
        match table {
            Table::State if key == CURSOR => self.cursor = decode(&value).ok()?,
            Table::State if key == SYNC_STATE_ROW => self.sync = decode(&value).ok()?,
            Table::State if key == CONTACT => self.contact = Some(decode(&value).ok()?),
            Table::State if Self::is_location_row(&key) => self.location = decode(&value).ok()?,
            Table::State => {}
            Table::Card => drop(self.cards.insert(order()?, decode(&value).ok()?)),
            Table::Doc => drop(self.saved.insert(order()?, value)),
            Table::Order => drop(self.meta.insert(order()?, decode(&value).ok()?)),
            Table::Offer => {
                let offer: OfferOnPhone = decode(&value).ok()?;
                self.offers.insert(offer.offer, offer);
            }
            Table::Outbox => {
                let item: OutItem = decode(&value).ok()?;
                self.next_out = self.next_out.max(item.seq + 1);
                self.outbox.insert(item.seq, item);
            }
            Table::Lease => {
                let held: HeldLease = decode(&value).ok()?;
                self.leases.insert(held.lease.id, held);
            }
            Table::Blob => {
                self.blobs.insert(key.as_slice().try_into().ok()?, decode(&value).ok()?);
            }
            Table::Reference => self.reference = Some(decode(&value).ok()?),
        }
        Some(())
    }

    /// Term of an order in the digest; 0 unless the document is here and in scope.
    pub(super) fn term(&self, order: OrderId) -> u128 {
        match self.meta.get(&order) {
            Some(meta) if meta.left_at.is_none() && self.saved.contains_key(&order) => {
                term(order, &meta.heads)
            }
            _ => 0,
        }
    }

    /// The document of an order, loaded on access; `None` if absent, excluded or unreadable.
    pub(super) fn doc(&mut self, order: OrderId) -> Option<&mut Document> {
        if self.excluded.contains(&order) {
            return None;
        }
        if let Some(on_access) = self.on_access {
            on_access(order);
        }
        if !self.loaded.contains_key(&order) {
            // A few documents are in work at a time; the rest stay bytes.
            if self.loaded.len() >= LOADED_MAX {
                self.loaded.clear();
            }
            match Document::load(self.saved.get(&order)?) {
                Ok(doc) => drop(self.loaded.insert(order, doc)),
                Err(_) => {
                    self.unreadable.insert(order);
                    return None;
                }
            }
        }
        self.loaded.get_mut(&order)
    }

    /// Saves a loaded document and updates the facts beside it, which the caller must put.
    pub(super) fn save_doc(&mut self, order: OrderId) -> Option<Write> {
        let doc = self.loaded.get_mut(&order)?;
        let bytes = doc.save();
        let meta = self.meta.entry(order).or_default();
        meta.sealed = doc.is_sealed();
        let last = meta.visits.last().map(|visit| doc.progress(*visit));
        (meta.outcome, meta.moment) = last.unwrap_or_default();
        let paid = meta.visits.iter().filter_map(|visit| doc.received(*visit));
        meta.received = paid.map(|(method, kop)| Received { method, kop }).collect();
        self.saved.insert(order, bytes.clone());
        Some(put_bytes(Table::Doc, order.bytes(), bytes))
    }

    pub(super) fn put_cursor(&self) -> Write {
        put(Table::State, CURSOR, &self.cursor)
    }

    pub(super) fn put_sync_state(&self) -> Write {
        put(Table::State, SYNC_STATE_ROW, &self.sync)
    }

    pub(super) fn put_contact(&self) -> Option<Write> {
        self.contact.as_ref().map(|contact| put(Table::State, CONTACT, contact))
    }

    pub(super) fn put_meta(&self, order: OrderId) -> Option<Write> {
        self.meta.get(&order).map(|meta| put(Table::Order, order.bytes(), meta))
    }
}

/// Most documents kept loaded; each takes about 31 kB.
const LOADED_MAX: usize = 32;
