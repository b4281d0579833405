//! Bytes that a stranger calls a document or a change. The type has no `load`: what it holds becomes a document
//! in [`crate::gate`] alone, after a bounded look and, on the server, in a process of its own.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// Bytes from outside, not judged yet. On the wire a plain byte string.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Unjudged(#[n(0)] ByteVec);

impl Unjudged {
    /// Wraps bytes that came from outside.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes as they came: to hash, to keep and to carry them. A document is never loaded from here.
    pub fn as_wire(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Unjudged {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(bytes)
    }
}
