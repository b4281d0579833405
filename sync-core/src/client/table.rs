//! The phone's store: rows of bytes in named tables, written in atomic batches.

use minicbor::Encode;

use crate::codec::encode;

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

/// A store that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the row {key:?} of table {table} cannot be read")]
pub struct OpenError {
    /// Its table.
    pub table: &'static str,
    /// Its key.
    pub key: Vec<u8>,
}

pub(super) fn put<T: Encode<()>>(table: Table, key: &[u8], value: &T) -> Write {
    put_bytes(table, key, encode(value))
}

pub(super) fn put_bytes(table: Table, key: &[u8], value: Vec<u8>) -> Write {
    Write::Put(Row { table, key: key.to_vec(), value })
}
