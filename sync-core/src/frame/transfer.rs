//! An order that goes from one phone to another with no network: what the giver signs, and how it
//! crosses from screen to camera. Final: `docs/formats.md`.
//!
//! The giver signs that he hands the order over to one named colleague; only that colleague's phone may
//! use it, once it speaks to the server, which decides. Until then the phone that took it works under a
//! visit of its own.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::compress::{pack, unpack};
use crate::codec::{decode, encode};
use crate::doc::Unjudged;
use crate::model::{Card, DeviceId, OrderId, PersonId, TimeEvidence, VisitId};

pub use crate::limits::TRANSFER_BYTES_MAX;
pub use crate::limits::TRANSFER_CODES_MAX;

/// The context of a hand-over's signature.
pub const TRANSFER_CONTEXT: &str = "vyezd-handover-1";
/// What each code begins with: program and version.
pub const CODE_MARK: &str = "VZ1";
/// Bytes that one code carries: with base64 and its head about 430 characters, a QR code of version 14,
/// which a telephone reads from another's screen.
pub const CODE_BYTES: usize = 300;

/// «I hand this order over to him», signed by the giver's phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Transfer {
    /// The order.
    #[n(0)]
    pub order: OrderId,
    /// Under which visit the giver holds it.
    #[n(1)]
    pub from: VisitId,
    /// The giver.
    #[n(2)]
    pub giver: PersonId,
    /// The giver's phone.
    #[n(3)]
    pub device: DeviceId,
    /// Who is to have it.
    #[n(4)]
    pub to: PersonId,
    /// The visit that it will be; new.
    #[n(5)]
    pub visit: VisitId,
    /// When, by the giver's phone.
    #[n(6)]
    pub at: TimeEvidence,
    /// Ed25519 over [`Transfer::signed_bytes`].
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

impl Transfer {
    /// What is signed: CBOR `["vyezd-handover-1", order, from, giver, device, to, visit, at]`.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let Self { order, from, giver, device, to, visit, at, signature: _ } = self;
        encode(&(TRANSFER_CONTEXT, order, from, giver, device, to, visit, at))
    }

    /// Whether this key signed it.
    pub fn is_signed_by(&self, key: &[u8; 32]) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
        let Ok(signature) = Signature::from_slice(&self.signature) else { return false };
        key.verify_strict(&self.signed_bytes(), &signature).is_ok()
    }
}

/// Everything that the other phone needs to work.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TransferBundle {
    /// The giver's word.
    #[n(0)]
    pub transfer: Transfer,
    /// The card.
    #[n(1)]
    pub card: Card,
    /// The document as the server last had it; what the giver has not sent yet he sends himself.
    #[n(2)]
    pub document: Unjudged,
}

/// What was read from the other screen is no parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("это не передача заявки: код не читается")]
pub struct NotATransfer;

impl TransferBundle {
    /// The texts of the codes that are shown one after another; nothing where it is too large for that.
    pub fn codes(&self) -> Option<Vec<String>> {
        let packed = pack(&encode(self));
        let parts: Vec<&[u8]> = packed.chunks(CODE_BYTES).collect();
        if parts.len() > TRANSFER_CODES_MAX {
            return None;
        }
        let (name, of) = (name(&packed), parts.len());
        let code = |(at, part): (usize, &&[u8])| {
            format!("{CODE_MARK}.{name}.{at}.{of}.{}", URL_SAFE_NO_PAD.encode(part))
        };
        Some(parts.iter().enumerate().map(code).collect())
    }
}

/// The first four bytes of the packed parcel's SHA-256: which parcel a code belongs to.
fn name(packed: &[u8]) -> String {
    Sha256::digest(packed)[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Codes as the camera sees them: in any order, again and again.
#[derive(Debug, Default)]
pub struct QrAssembler {
    name: String,
    of: usize,
    parts: BTreeMap<usize, Vec<u8>>,
}

impl QrAssembler {
    /// How many codes are here, of how many; (0, 0) before the first.
    pub fn progress(&self) -> (usize, usize) {
        (self.parts.len(), self.of)
    }

    /// Takes one code. The parcel, when it was the last that was missing. A code of another parcel begins
    /// anew: the other phone shows something else now.
    pub fn take(&mut self, text: &str) -> Result<Option<TransferBundle>, NotATransfer> {
        let mut fields = text.split('.');
        let mut field = || fields.next().ok_or(NotATransfer);
        if field()? != CODE_MARK {
            return Err(NotATransfer);
        }
        let whose = field()?;
        let mut number = || field()?.parse::<usize>().map_err(|_| NotATransfer);
        let (at, of) = (number()?, number()?);
        let part = URL_SAFE_NO_PAD.decode(field()?).map_err(|_| NotATransfer)?;
        if of == 0
            || of > TRANSFER_CODES_MAX
            || at >= of
            || part.len() > CODE_BYTES
            || whose.len() != 8
        {
            return Err(NotATransfer);
        }
        if whose != self.name || of != self.of {
            *self = Self { name: whose.to_owned(), of, parts: BTreeMap::new() };
        }
        self.parts.insert(at, part);
        if self.parts.len() < self.of {
            return Ok(None);
        }
        let packed: Vec<u8> = std::mem::take(self).parts.into_values().flatten().collect();
        if name(&packed) != whose {
            return Err(NotATransfer);
        }
        let plain = unpack(&packed, TRANSFER_BYTES_MAX).map_err(|_| NotATransfer)?;
        decode(&plain).map(Some).map_err(|_| NotATransfer)
    }
}
