//! What the phone keeps: rows of bytes in named tables, written in atomic batches.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::blobs::BlobOnPhone;
use super::handover::Given;
use super::offers::OfferOnPhone;
use super::outbox::OutItem;
use super::whereabouts::Whereabouts;
use crate::codec::{decode, encode};
use crate::doc::Document;
use crate::frame::{Cursor, Digest16, LeaseProof, Mark, ReferenceData};
use crate::model::{
    Card, LastContact, Lease, LeaseId, OfferId, OrderId, PayMethod, Timestamp, VisitId,
};
use crate::reconcile::{Digest, term};

/// The tables of a phone's store. The names are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Cursor, last contact, counters.
    State,
    /// Cards by order.
    Card,
    /// Saved documents by order.
    Doc,
    /// What the phone knows of an order beside its document.
    Order,
    /// Offers.
    Offer,
    /// What is not acknowledged yet, by local number.
    Outbox,
    /// Leased numbers.
    Lease,
    /// Types, methods, means.
    Reference,
    /// Photos by their SHA-256.
    Blob,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::State,
        Self::Card,
        Self::Doc,
        Self::Order,
        Self::Offer,
        Self::Outbox,
        Self::Lease,
        Self::Reference,
        Self::Blob,
    ];

    /// The name in a store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Card => "card",
            Self::Doc => "doc",
            Self::Order => "order",
            Self::Offer => "offer",
            Self::Outbox => "outbox",
            Self::Lease => "lease",
            Self::Reference => "reference",
            Self::Blob => "blob",
        }
    }

    /// The table with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its table.
    pub table: Table,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
}

/// One change of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// The row is written, over an older one.
    Put(Row),
    /// The row is removed.
    Delete {
        /// Its table.
        table: Table,
        /// Its key.
        key: Vec<u8>,
    },
}

/// What the phone knows of an order beside card and document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct OrderMeta {
    /// The number of the next batch, from 1.
    #[n(0)]
    pub(super) next_n: u64,
    /// The visits that the ledger gave to this person.
    #[n(1)]
    pub(super) visits: Vec<VisitId>,
    /// Why the order is no longer his.
    #[n(2)]
    pub(super) lost: Option<String>,
    /// The client's link, once the office has the sheet.
    #[n(3)]
    pub(super) link: Option<String>,
    /// The document's heads at the server, as it last said: 32 bytes each, sorted.
    #[n(4)]
    #[cbor(default)]
    pub(super) heads: Vec<ByteVec>,
    /// The visits that the code below covers.
    #[n(5)]
    #[cbor(default)]
    pub(super) vouched_visits: Vec<VisitId>,
    /// The server's code over heads, card and visits.
    #[n(6)]
    pub(super) vouch: Option<Digest16>,
    /// Since when it is no longer in this phone's scope.
    #[n(7)]
    pub(super) left_at: Option<Timestamp>,
    /// A batch of it was refused: what came after must be written anew, without it.
    #[n(8)]
    #[cbor(default)]
    pub(super) replay: bool,
    /// What the server once vouched for and no longer has: it is given back.
    #[n(9)]
    pub(super) owed: Option<Owed>,
    /// Its document holds a signed sheet: the day's list asks without loading it.
    #[n(10)]
    #[cbor(default)]
    pub(super) sealed: bool,
    /// What clients paid at this person's visits: the day's total asks without loading it.
    #[n(11)]
    #[cbor(default)]
    pub(super) received: Vec<Received>,
    /// It is being handed over to a colleague's phone.
    #[n(12)]
    pub(super) given: Option<Given>,
    /// Why the office has not accepted its signed sheet.
    #[n(13)]
    pub(super) sheet_held: Option<String>,
}

/// What a client paid at a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, serde::Serialize)]
#[cbor(map)]
pub struct Received {
    /// How.
    #[n(0)]
    pub method: PayMethod,
    /// How much, kopecks.
    #[n(1)]
    pub kop: i64,
}

/// Something that the server lost, with its own code over it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Owed {
    #[n(0)]
    pub(super) heads: Vec<ByteVec>,
    #[n(1)]
    pub(super) card: ByteVec,
    #[n(2)]
    pub(super) visits: Vec<VisitId>,
    #[n(3)]
    pub(super) vouch: Digest16,
}

/// What the phone knows of its place with the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Standing {
    /// The greatest place that a receipt named.
    #[n(0)]
    pub(super) own_seq: u64,
    /// The newest high-water mark.
    #[n(1)]
    pub(super) mark: Option<Mark>,
    /// What is kept beyond need may go up to here.
    #[n(2)]
    pub(super) backed_up_seq: u64,
    /// The documents are being compared with the server's.
    #[n(3)]
    pub(super) reconciling: bool,
    /// The person has logged out: nothing is shown, unsent work still goes out.
    #[n(4)]
    pub(super) locked: bool,
    /// The office took the access away.
    #[n(5)]
    pub(super) revoked: bool,
    /// How the person likes the app, JSON.
    #[n(6)]
    #[cbor(default)]
    pub(super) settings: String,
}

/// A leased block on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HeldLease {
    /// The block.
    #[n(0)]
    pub lease: Lease,
    /// The next number; one past the last when it is used up.
    #[n(1)]
    pub next: u64,
    /// The lease as it was told, and the server's code over it.
    #[n(2)]
    pub told: Option<LeaseProof>,
}

impl HeldLease {
    /// How many numbers are left.
    pub fn left(&self) -> u64 {
        (self.lease.last + 1).saturating_sub(self.next)
    }
}

/// A store that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the row {key:?} of table {table} cannot be read")]
pub struct OpenError {
    /// Its table.
    pub table: &'static str,
    /// Its key.
    pub key: Vec<u8>,
}

/// Everything in memory. Documents are kept saved and loaded when they are touched.
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
    /// Documents that cannot be loaded: set aside, the rest of the day opens.
    pub(super) broken: BTreeSet<OrderId>,
    /// Documents on which the library itself gave up: their bytes stay, nothing touches them.
    pub(super) aside: BTreeSet<OrderId>,
    /// Told of each document that is about to be touched.
    pub(super) touched: Option<fn(OrderId)>,
    pub(super) standing: Standing,
    pub(super) whereabouts: Whereabouts,
    /// Of the documents in scope, at the heads that the server named.
    pub(super) digest: Digest,
    /// Cards as they were before the answer that is being taken.
    pub(super) cards_before: BTreeMap<OrderId, Card>,
    /// The numbers that the server has heard of.
    pub(super) told: BTreeMap<LeaseId, u64>,
}

const CURSOR: &[u8] = b"cursor";
const STANDING: &[u8] = b"standing";
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
            Table::State if key == STANDING => self.standing = decode(&value).ok()?,
            Table::State if key == CONTACT => self.contact = Some(decode(&value).ok()?),
            Table::State if Self::is_whereabouts(&key) => self.whereabouts = decode(&value).ok()?,
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

    /// What an order counts for in the digest: nothing unless its document is here and in scope.
    pub(super) fn term(&self, order: OrderId) -> u128 {
        match self.meta.get(&order) {
            Some(meta) if meta.left_at.is_none() && self.saved.contains_key(&order) => {
                term(order, &meta.heads)
            }
            _ => 0,
        }
    }

    /// The loaded document of an order.
    pub(super) fn doc(&mut self, order: OrderId) -> Option<&mut Document> {
        if self.aside.contains(&order) {
            return None;
        }
        if let Some(touched) = self.touched {
            touched(order);
        }
        if !self.loaded.contains_key(&order) {
            // A few documents are in work at a time; the rest stay bytes.
            if self.loaded.len() >= LOADED_MAX {
                self.loaded.clear();
            }
            match Document::load(self.saved.get(&order)?) {
                Ok(doc) => drop(self.loaded.insert(order, doc)),
                Err(_) => {
                    self.broken.insert(order);
                    return None;
                }
            }
        }
        self.loaded.get_mut(&order)
    }

    /// Saves a document as a write; what is known beside it is for the caller to put.
    pub(super) fn save_doc(&mut self, order: OrderId) -> Option<Write> {
        let doc = self.loaded.get_mut(&order)?;
        let bytes = doc.save();
        let meta = self.meta.entry(order).or_default();
        meta.sealed = doc.is_sealed();
        let paid = meta.visits.iter().filter_map(|visit| doc.received(*visit));
        meta.received = paid.map(|(method, kop)| Received { method, kop }).collect();
        self.saved.insert(order, bytes.clone());
        Some(put_bytes(Table::Doc, order.bytes(), bytes))
    }

    pub(super) fn put_cursor(&self) -> Write {
        put(Table::State, CURSOR, &self.cursor)
    }

    pub(super) fn put_standing(&self) -> Write {
        put(Table::State, STANDING, &self.standing)
    }

    pub(super) fn put_contact(&self) -> Option<Write> {
        self.contact.as_ref().map(|contact| put(Table::State, CONTACT, contact))
    }

    pub(super) fn put_meta(&self, order: OrderId) -> Option<Write> {
        self.meta.get(&order).map(|meta| put(Table::Order, order.bytes(), meta))
    }
}

/// Most documents kept loaded: about 31 kB each.
const LOADED_MAX: usize = 32;

pub(super) fn put<T: Encode<()>>(table: Table, key: &[u8], value: &T) -> Write {
    put_bytes(table, key, encode(value))
}

pub(super) fn put_bytes(table: Table, key: &[u8], value: Vec<u8>) -> Write {
    Write::Put(Row { table, key: key.to_vec(), value })
}
