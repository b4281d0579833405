//! Transfer of an order from phone to phone with no network: the signed statement of the giver, and
//! its way from screen to camera. Final: `docs/formats.md`.
//!
//! The giver signs that the order goes to one named colleague. Only that colleague's phone can use
//! the statement, and the server decides once that phone speaks. Until then the receiver works
//! under a visit of its own.

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

/// Context string of the signature of a transfer; final.
pub const TRANSFER_CONTEXT: &str = "vyezd-handover-1";
/// First field of each code: program and version.
pub const CODE_MARK: &str = "VZ1";
/// Bytes carried by one code. With base64 and the head a code has about 430 characters, a QR code
/// of version 14, readable from another phone's screen.
pub const CODE_BYTES: usize = 300;

/// Statement that an order goes to one colleague, signed by the giver's phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Transfer {
    /// Order that goes from giver to receiver.
    #[n(0)]
    pub order: OrderId,
    /// Visit under which the giver holds the order.
    #[n(1)]
    pub from: VisitId,
    /// Person who gives the order away.
    #[n(2)]
    pub giver: PersonId,
    /// Phone of the giver, whose key signs.
    #[n(3)]
    pub device: DeviceId,
    /// Person who receives the order.
    #[n(4)]
    pub to: PersonId,
    /// Fresh UUIDv7 of the receiver's visit.
    #[n(5)]
    pub visit: VisitId,
    /// Time by the giver's phone; the server honours a transfer for three days.
    #[n(6)]
    pub at: TimeEvidence,
    /// Ed25519 signature over [`Transfer::signed_bytes`], 64 bytes.
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

impl Transfer {
    /// Signed bytes: CBOR `["vyezd-handover-1", order, from, giver, device, to, visit, at]`.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let Self { order, from, giver, device, to, visit, at, signature: _ } = self;
        encode(&(TRANSFER_CONTEXT, order, from, giver, device, to, visit, at))
    }

    /// Whether the signature verifies with the key; `false` for a malformed key as well.
    pub fn is_signed_by(&self, key: &[u8; 32]) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
        let Ok(signature) = Signature::from_slice(&self.signature) else { return false };
        key.verify_strict(&self.signed_bytes(), &signature).is_ok()
    }
}

/// Everything that the receiving phone needs to work offline.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TransferBundle {
    /// Statement signed by the giver's phone.
    #[n(0)]
    pub transfer: Transfer,
    /// Card as the giver's phone has it.
    #[n(1)]
    pub card: Card,
    /// Document as the server last had it; unsent work of the giver reaches the server from the
    /// giver's phone.
    #[n(2)]
    pub document: Unjudged,
}

/// A text read by the camera is no code of a transfer, or the codes do not add up to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("это не передача заявки: код не читается")]
pub struct NotATransfer;

impl TransferBundle {
    /// Texts of the QR codes, to be shown one after another; `None` beyond [`TRANSFER_CODES_MAX`]
    /// codes.
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

/// Name of a bundle in its codes: the first four bytes of the packed bundle's SHA-256, in hex.
fn name(packed: &[u8]) -> String {
    Sha256::digest(packed)[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Collects codes from a camera, in any order and with repetitions.
#[derive(Debug, Default)]
pub struct QrAssembler {
    name: String,
    of: usize,
    parts: BTreeMap<usize, Vec<u8>>,
}

impl QrAssembler {
    /// Number of codes read, and number of codes needed; (0, 0) before the first
    /// and after the last.
    pub fn progress(&self) -> (usize, usize) {
        (self.parts.len(), self.of)
    }

    /// Takes one code, and returns the bundle once no code is missing. A code of another bundle
    /// starts over: the other phone shows something else now.
    ///
    /// # Errors
    ///
    /// [`NotATransfer`] for a text that is no code, or a last code after which hash or contents are
    /// wrong.
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
