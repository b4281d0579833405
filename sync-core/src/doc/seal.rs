//! A seal: what the client read and signed, bound to the document, the papers and the phone.
//!
//! The signed record is final (`docs/formats.md`): later versions add keys, never change any.

use ed25519_dalek::{Signature, VerifyingKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::view::SealedView;
use crate::codec::{decode, encode, sha256};
use crate::limits::{
    PAD_SIDES_MAX, REFUSAL_CHARS_MAX, SIGNER_CHARS_MAX, STROKE_EXTENT_PERCENT_MIN,
    STROKE_POINTS_MIN,
};
use crate::model::{
    DeviceId, InstrumentId, LeaseId, NumberKind, OrderId, SealId, TimeEvidence, VisitId,
};
use crate::texts::{is_one_line, one_line, unprintable};

/// The context of a seal's signature.
pub const SEAL_CONTEXT: &str = "vyezd-seal-1";
/// The version of the sentence that the client agrees to.
pub const CONSENT_VERSION: u32 = 1;
/// That sentence.
pub const CONSENT_TEXT: &str = "Работы выполнены, результаты мне показаны и понятны. Согласен(на), \
    что этот лист подписан простой электронной подписью.";

/// Everything that a seal states.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealBody {
    /// 1.
    #[n(0)]
    pub version: u32,
    /// The visit.
    #[n(1)]
    pub visit: VisitId,
    /// The seal that this one takes the place of.
    #[n(2)]
    pub supersedes: Option<SealId>,
    /// The deterministic CBOR of the [`SealedView`].
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub view: Vec<u8>,
    /// The heads of the document that the view was made from, 32 bytes each.
    #[n(4)]
    pub heads: Vec<ByteVec>,
    /// The SHA-256 of the PDF that was shown, where one was.
    #[n(5)]
    pub pdf_sha256: Option<ByteVec>,
    /// The SHA-256 of the strokes, where the client signed.
    #[n(6)]
    pub strokes_sha256: Option<ByteVec>,
    /// The version of the forms and their renderer.
    #[n(7)]
    pub renderer: u32,
    /// The version of the type catalogue.
    #[n(8)]
    pub catalogue: u64,
    /// Who signed, or why nobody did.
    #[n(9)]
    pub signer: Signer,
    /// The code from the SMS as the client typed it; the server checks it.
    #[n(10)]
    pub code: Option<String>,
    /// The version of the consent.
    #[n(11)]
    pub consent: u32,
    /// When.
    #[n(12)]
    pub at: TimeEvidence,
    /// The phone.
    #[n(13)]
    pub device: DeviceId,
    /// The numbers that this seal uses up.
    #[n(14)]
    pub numbers: Vec<UsedNumber>,
}

/// A seal: a body and the phone's signature over it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Seal {
    /// The CBOR of a [`SealBody`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// Ed25519 by the phone over [`signed_bytes`].
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "signer", rename_all = "snake_case")]
pub enum Signer {
    /// Somebody drew his signature.
    #[n(0)]
    Signed {
        /// His name.
        #[n(0)]
        name: String,
        /// What he is to the client: «собственник», «представитель».
        #[n(1)]
        relation: String,
    },
    /// The client did not want to.
    #[n(1)]
    Refused {
        /// Why.
        #[n(0)]
        reason: String,
    },
}

impl Signer {
    /// Whether it may be printed as it stands: lines of signs that are seen, none longer than its bound.
    pub fn is_plain(&self) -> bool {
        let line = |text: &str, most: usize| {
            is_one_line(text) && text.chars().count() <= most && unprintable(text).is_none()
        };
        let named = |text: &str, most: usize| line(text, most) && !text.trim().is_empty();
        match self {
            Self::Signed { name, relation } => {
                named(name, SIGNER_CHARS_MAX) && line(relation, SIGNER_CHARS_MAX)
            }
            Self::Refused { reason } => named(reason, REFUSAL_CHARS_MAX),
        }
    }

    /// The same as it may be printed: one line each, no control characters, not longer than a line.
    #[must_use]
    pub fn plain(self) -> Self {
        let line =
            |text: &str, most: usize| -> String { one_line(text).chars().take(most).collect() };
        match self {
            Self::Signed { name, relation } => Self::Signed {
                name: line(&name, SIGNER_CHARS_MAX),
                relation: line(&relation, SIGNER_CHARS_MAX),
            },
            Self::Refused { reason } => Self::Refused { reason: line(&reason, REFUSAL_CHARS_MAX) },
        }
    }
}

/// One number of a lease, used by a seal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UsedNumber {
    /// The lease.
    #[n(0)]
    pub lease: LeaseId,
    /// The kind of paper.
    #[n(1)]
    pub kind: NumberKind,
    /// The instrument.
    #[n(2)]
    pub instrument: InstrumentId,
    /// The number.
    #[n(3)]
    pub number: u64,
}

/// A drawn signature: strokes of points.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Strokes {
    /// Width of the pad, in its own units.
    #[n(0)]
    pub width: u32,
    /// Height of the pad.
    #[n(1)]
    pub height: u32,
    /// The strokes.
    #[n(2)]
    pub strokes: Vec<Vec<StrokePoint>>,
}

/// One point of a stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StrokePoint {
    /// From the left.
    #[n(0)]
    pub x: u32,
    /// From the top.
    #[n(1)]
    pub y: u32,
    /// Milliseconds since the first point.
    #[n(2)]
    pub t_ms: u32,
    /// Pressure, 0–1000; 0 where the screen does not tell.
    #[n(3)]
    pub pressure: u16,
}

pub use crate::limits::STROKE_POINTS_MAX;

impl Strokes {
    /// How many points there are.
    pub fn points(&self) -> usize {
        self.strokes.iter().map(Vec::len).sum()
    }

    /// Whether something can be seen of it: a line, not a dot, on a pad that has the shape of one.
    pub fn is_drawn(&self) -> bool {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let (longer, shorter) = (width.max(height), width.min(height));
        let on_pad = |p: &&StrokePoint| p.x <= self.width && p.y <= self.height;
        let points = || self.strokes.iter().flatten().filter(on_pad);
        let extent = |of: fn(&StrokePoint) -> u32| {
            let (least, most) = (points().map(of).min(), points().map(of).max());
            most.zip(least).map_or(0, |(most, least)| u64::from(most - least))
        };
        let furthest = extent(|p| p.x).max(extent(|p| p.y));
        shorter > 0
            && longer <= PAD_SIDES_MAX * shorter
            && points().count() >= STROKE_POINTS_MIN
            && furthest * 100 >= longer * STROKE_EXTENT_PERCENT_MIN
    }
}

/// Why a seal is not what it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSeal {
    /// The record cannot be read.
    #[error("подписанный лист не читается")]
    Unreadable,
    /// The signature is not the phone's.
    #[error("подпись телефона не сходится")]
    Signature,
    /// The strokes are not those of the seal.
    #[error("рисунок подписи не тот, что в листе")]
    Strokes,
    /// The view is not in its one deterministic form.
    #[error("лист записан не в своём виде")]
    NotCanonical,
}

/// What a phone signs: the CBOR array `["vyezd-seal-1", order, seal, body]`.
pub fn signed_bytes(order: OrderId, seal: SealId, body: &[u8]) -> Vec<u8> {
    encode(&(SEAL_CONTEXT, order, seal, minicbor::bytes::ByteVec::from(body.to_vec())))
}

impl Seal {
    /// Reads and checks a seal: signature, strokes, form of the view.
    pub fn open(
        record: &[u8],
        strokes: &[u8],
        order: OrderId,
        id: SealId,
        key: &[u8; 32],
    ) -> Result<(SealBody, SealedView), BadSeal> {
        let (body, view) = Self::peek(record)?;
        let seal: Self = decode(record).map_err(|_| BadSeal::Unreadable)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| BadSeal::Signature)?;
        let signature = Signature::from_slice(&seal.signature).map_err(|_| BadSeal::Signature)?;
        key.verify_strict(&signed_bytes(order, id, &seal.body), &signature)
            .map_err(|_| BadSeal::Signature)?;
        let expected = body.strokes_sha256.as_ref().map(|sha| sha.to_vec());
        let actual = (!strokes.is_empty()).then(|| sha256(strokes).to_vec());
        if expected != actual {
            return Err(BadSeal::Strokes);
        }
        Ok((body, view))
    }

    /// Reads a seal without checking who made it: for showing what is on the phone itself.
    pub fn peek(record: &[u8]) -> Result<(SealBody, SealedView), BadSeal> {
        let seal: Self = decode(record).map_err(|_| BadSeal::Unreadable)?;
        let body: SealBody = decode(&seal.body).map_err(|_| BadSeal::Unreadable)?;
        let view: SealedView = decode(&body.view).map_err(|_| BadSeal::Unreadable)?;
        if view.version == 1 && encode(&view) != body.view {
            return Err(BadSeal::NotCanonical);
        }
        Ok((body, view))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_a_line_that_is_seen() {
        let pad = |(width, height), points: &[(u32, u32)]| {
            let point = |(x, y): &(u32, u32)| StrokePoint { x: *x, y: *y, t_ms: 0, pressure: 0 };
            Strokes { width, height, strokes: vec![points.iter().map(point).collect()] }.is_drawn()
        };
        let sheet = (1_000, 400);
        assert!(pad(sheet, &[(10, 10), (30, 12)]));
        assert!(pad((400, 1_000), &[(10, 10), (11, 60)]));
        for (size, points) in [
            (sheet, &[(10, 10), (10, 10)][..]),
            (sheet, &[(0, 0), (19, 0)]),
            (sheet, &[(10, 10)]),
            (sheet, &[(2_000, 10), (3_000, 10)]),
            ((1, 4_000_000_000), &[(0, 0), (0, 4_000_000_000)]),
            ((0, 0), &[(0, 0), (5, 5)]),
        ] {
            assert!(!pad(size, points), "{size:?} {points:?}");
        }
    }
}
