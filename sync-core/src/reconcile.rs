//! Whether phone and server hold the same documents: a digest that costs nothing to keep, and
//! negentropy for the rare case that it differs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use minicbor::bytes::ByteVec;
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use sha2::{Digest as _, Sha256};

use crate::frame::Digest16;
use crate::model::OrderId;

pub use crate::limits::RECONCILE_BYTES_MAX;

/// The context of a term of the digest.
pub const DIGEST_CONTEXT: &str = "vyezd-digest-1";
/// The context of a document's name in a reconciliation.
pub const NAME_CONTEXT: &str = "vyezd-name-1";

/// A head, 32 bytes, wherever it comes from.
pub trait Head {
    /// The bytes.
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

/// The wrapping sum of one term for each document: documents come and go in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digest(pub u128);

/// The term of a document: the first 16 bytes of SHA-256("vyezd-digest-1" ‖ doc ‖ sorted heads).
/// A document without heads counts for nothing.
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
    /// A document has other heads now, comes or goes: its terms before and after.
    pub const fn change(&mut self, before: u128, after: u128) {
        self.0 = self.0.wrapping_sub(before).wrapping_add(after);
    }

    /// As it stands on the wire and in the database.
    pub const fn bytes(self) -> Digest16 {
        Digest16(self.0.to_be_bytes())
    }

    /// From the wire or the database.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

/// A document's name in a reconciliation: another one whenever its heads or its card are others.
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

/// What one side holds: orders and their names.
#[derive(Debug, Default, Clone)]
pub struct Inventory {
    entries: Vec<(OrderId, [u8; 32])>,
}

/// What one more message brought to the side that asks.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The next message; nothing when all is known.
    pub next: Option<Vec<u8>>,
    /// Orders that are otherwise, or not at all, at the other side.
    pub have: Vec<OrderId>,
    /// Names of documents that the other side has and this one has not.
    pub need: Vec<[u8; 32]>,
}

/// The message makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reconciliation message cannot be read")]
pub struct BadMessage;

impl Inventory {
    /// Adds a document.
    pub fn add(&mut self, order: OrderId, name: [u8; 32]) {
        self.entries.push((order, name));
    }

    /// The order with this name.
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

    /// The first message of the side that asks.
    pub fn ask(&self) -> Result<Vec<u8>, BadMessage> {
        self.negentropy()?.initiate().map_err(|_| BadMessage)
    }

    /// The answer of the other side. Never panics, whatever the bytes.
    pub fn answer(&self, message: &[u8]) -> Result<Vec<u8>, BadMessage> {
        let mut side = self.negentropy()?;
        catch_unwind(AssertUnwindSafe(|| side.reconcile(message)))
            .map_err(|_| BadMessage)?
            .map_err(|_| BadMessage)
    }

    /// Takes an answer and says what is known now.
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
