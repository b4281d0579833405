//! Compares the documents of phone and server: a digest that costs nothing to keep, and negentropy
//! for the rare case that the digests differ.

use std::panic::{AssertUnwindSafe, catch_unwind};

use minicbor::bytes::ByteVec;
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use sha2::{Digest as _, Sha256};

use crate::frame::Digest16;
use crate::model::OrderId;

pub use crate::limits::RECONCILE_BYTES_MAX;

/// Context string of a term of the digest; final.
pub const DIGEST_CONTEXT: &str = "vyezd-digest-1";
/// Context string of a document's name in a comparison; final.
pub const NAME_CONTEXT: &str = "vyezd-name-1";

/// A head of 32 bytes, from the document library or from the wire.
pub trait Head {
    /// The 32 bytes of the hash.
    fn bytes(&self) -> &[u8];
}

impl Head for [u8; 32] {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl Head for ByteVec {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// Wrapping sum of one term a document, modulo 2¹²⁸: the order of additions does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digest(pub u128);

/// Term of a document: the first 16 bytes of SHA-256("vyezd-digest-1" ‖ doc ‖ sorted heads),
/// big-endian; 0 for a document without heads.
pub fn term<H: Head>(order: OrderId, heads: &[H]) -> u128 {
    if heads.is_empty() {
        return 0;
    }
    let mut hash = Sha256::new();
    hash.update(DIGEST_CONTEXT);
    hash.update(order.bytes());
    for head in heads {
        hash.update(head.bytes());
    }
    let full: [u8; 32] = hash.finalize().into();
    u128::from_be_bytes(full[..16].try_into().expect("sixteen of thirty-two"))
}

impl Digest {
    /// Replaces the term of a document; 0 stands for an absent document.
    pub const fn change(&mut self, before: u128, after: u128) {
        self.0 = self.0.wrapping_sub(before).wrapping_add(after);
    }

    /// Sixteen big-endian bytes, as on the wire and in the database.
    pub const fn bytes(self) -> Digest16 {
        Digest16(self.0.to_be_bytes())
    }

    /// Inverse of [`Self::bytes`].
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

/// Name of a document in a comparison: other heads or another card make another name.
pub fn name<H: Head>(order: OrderId, heads: &[H], card_sha256: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(NAME_CONTEXT);
    hash.update(order.bytes());
    for head in heads {
        hash.update(head.bytes());
    }
    hash.update(card_sha256);
    hash.finalize().into()
}

/// Orders of one side with their names.
#[derive(Debug, Default, Clone)]
pub struct Inventory {
    entries: Vec<(OrderId, [u8; 32])>,
}

/// Result of one answer for the asking side.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Next message to send; `None` when the comparison is complete.
    pub next: Option<Vec<u8>>,
    /// Orders that the other side lacks or holds differently, sorted.
    pub have: Vec<OrderId>,
    /// Names of documents that only the other side has, sorted.
    pub need: Vec<[u8; 32]>,
}

/// A negentropy message that does not parse, or an inventory that the library refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reconciliation message cannot be read")]
pub struct BadMessage;

impl Inventory {
    /// Adds a document under its [`name`].
    pub fn add(&mut self, order: OrderId, name: [u8; 32]) {
        self.entries.push((order, name));
    }

    /// The order with this name, found by a linear search.
    pub fn find(&self, name: &[u8]) -> Option<OrderId> {
        self.entries.iter().find(|(_, known)| known.as_slice() == name).map(|(order, _)| *order)
    }

    fn negentropy(&self) -> Result<Negentropy<'static, NegentropyStorageVector>, BadMessage> {
        let mut storage = NegentropyStorageVector::with_capacity(self.entries.len());
        for (order, name) in &self.entries {
            storage.insert(order.unix_ms(), Id::from_byte_array(*name)).map_err(|_| BadMessage)?;
        }
        storage.seal().map_err(|_| BadMessage)?;
        Negentropy::owned(storage, RECONCILE_BYTES_MAX).map_err(|_| BadMessage)
    }

    /// First message of the asking side.
    ///
    /// # Errors
    ///
    /// [`BadMessage`] if the library refuses the inventory.
    pub fn ask(&self) -> Result<Vec<u8>, BadMessage> {
        self.negentropy()?.initiate().map_err(|_| BadMessage)
    }

    /// Answer of the other side. Panics of the negentropy library are caught.
    ///
    /// # Errors
    ///
    /// [`BadMessage`] for a message that does not parse or makes the library panic.
    pub fn answer(&self, message: &[u8]) -> Result<Vec<u8>, BadMessage> {
        let mut side = self.negentropy()?;
        catch_unwind(AssertUnwindSafe(|| side.reconcile(message)))
            .map_err(|_| BadMessage)?
            .map_err(|_| BadMessage)
    }

    /// Takes an answer of the other side.
    ///
    /// # Errors
    ///
    /// [`BadMessage`] as for [`Self::answer`].
    pub fn step(&self, message: &[u8]) -> Result<Step, BadMessage> {
        let mut side = self.negentropy()?;
        side.set_initiator();
        let (mut have, mut need) = (Vec::new(), Vec::new());
        let next = catch_unwind(AssertUnwindSafe(|| {
            side.reconcile_with_ids(message, &mut have, &mut need)
        }));
        let next = next.map_err(|_| BadMessage)?.map_err(|_| BadMessage)?;
        let mut step = Step {
            next,
            have: have.iter().filter_map(|id| self.find(&id[..])).collect(),
            need: need.iter().map(|id| **id).collect(),
        };
        step.have.sort();
        step.need.sort_unstable();
        Ok(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(n: u16) -> OrderId {
        OrderId::new(1_790_000_000_000 + i64::from(n), [n as u8; 10])
    }

    fn inventory(of: impl Iterator<Item = (u16, u8)>) -> Inventory {
        let mut all = Inventory::default();
        for (n, head) in of {
            all.add(order(n), name(order(n), &[[head; 32]], &[0; 32]));
        }
        all
    }

    #[test]
    fn what_differs_is_found_in_few_messages() {
        let phone = inventory((0..1000).map(|n| (n, u8::from(n == 17))));
        let server = inventory((0..1001).map(|n| (n, 0)));
        let (mut have, mut need, mut messages) = (Vec::new(), Vec::new(), 0);
        let mut next = Some(phone.ask().unwrap());
        while let Some(message) = next {
            messages += 1;
            let step = phone.step(&server.answer(&message).unwrap()).unwrap();
            have.extend(step.have);
            need.extend(step.need);
            next = step.next;
        }
        assert_eq!(have, [order(17)]);
        let mut needed: Vec<_> = need.iter().filter_map(|name| server.find(name)).collect();
        needed.sort();
        assert_eq!(needed, [order(17), order(1000)]);
        assert!(messages <= 2, "{messages}");
    }

    #[test]
    fn nonsense_is_an_error() {
        let all = inventory((0..10).map(|n| (n, 0)));
        for bytes in [&[][..], &[0], &[0x61, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2]] {
            assert!(all.answer(bytes).is_err() || all.answer(bytes).is_ok_and(|a| a.len() < 4096));
        }
    }

    #[test]
    fn the_digest_does_not_know_the_order_of_events() {
        let (mut one, mut other) = (Digest::default(), Digest::default());
        let terms: Vec<u128> = (0..9).map(|n| term(order(n), &[[n as u8; 32]])).collect();
        for (forth, back) in terms.iter().zip(terms.iter().rev()) {
            one.change(0, *forth);
            other.change(0, *back);
        }
        assert_eq!(one, other);
        one.change(terms[3], 0);
        assert_ne!(one, other);
        assert_eq!(term::<[u8; 32]>(order(1), &[]), 0);
    }
}
