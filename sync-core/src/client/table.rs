//! Store of the phone: rows of bytes in named tables, written in atomic batches.

use minicbor::Encode;

use crate::codec::encode;

/// Tables of a phone's store, with final names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Cursor, last contact, counters and places.
    State,
    /// Cards of orders, by id of the order.
    Card,
    /// Saved documents, by id of the order.
    Doc,
    /// Facts about orders beside card and document.
    Order,
    /// Offers shown to this person, by id.
    Offer,
    /// Items without a receipt or not in two backups yet, by local number.
    Outbox,
    /// Leased blocks of numbers, by id of the lease.
    Lease,
    /// Reference data: types, methods, means, issuers.
    Reference,
    /// Photos, by SHA-256; their bytes are in the shell.
    Blob,
}

impl Table {
    /// Every table; the order is of no meaning.
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

    /// Name of the table in a store; final.
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

    /// Inverse of [`Self::name`]; `None` for any other text.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// One row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Table that the key belongs to.
    pub table: Table,
    /// Key, unique within the table.
    pub key: Vec<u8>,
    /// Record of the row, CBOR.
    pub value: Vec<u8>,
}

/// One change of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Writes a row, in place of an older one with its key.
    Put(Row),
    /// Removes a row; a missing one is no error.
    Delete {
        /// Table that the key belongs to.
        table: Table,
        /// Key within the table.
        key: Vec<u8>,
    },
}

/// A row of the store that does not decode.
#[derive(Debug, thiserror::Error)]
#[error("the row {key:?} of table {table} cannot be read")]
pub struct OpenError {
    /// Name of the table, [`Table::name`].
    pub table: &'static str,
    /// Key within the table.
    pub key: Vec<u8>,
}

pub(super) fn put<T: Encode<()>>(table: Table, key: &[u8], value: &T) -> Write {
    put_bytes(table, key, encode(value))
}

pub(super) fn put_bytes(table: Table, key: &[u8], value: Vec<u8>) -> Write {
    Write::Put(Row { table, key: key.to_vec(), value })
}
