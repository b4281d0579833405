//! Bytes that another program calls a document or a change. The type has no `load`: [`crate::gate`]
//! judges it on the server, in a process of its own; [`crate::doc::Document`] takes it on a phone,
//! after a bounded look.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// Bytes from outside that nothing has checked. On the wire a plain byte string.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Unjudged(#[n(0)] ByteVec);

impl Unjudged {
    /// Wraps bytes from outside, unchecked.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the byte string is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes as they came, to be hashed, kept and carried; no document may be loaded from them.
    pub fn as_wire(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Unjudged {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}
