//! A seal: the view that the client read and signed, bound to the document, the papers and the
//! phone.
//!
//! The signed record is final (`docs/formats.md`): later versions add keys, never change any.

use ed25519_dalek::{Signature, VerifyingKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::view::SealedView;
use crate::codec::{decode, encode, sha256};
use crate::limits::{
    NAME_LETTERS_MIN, PAD_SIDE_MIN, PAD_SIDES_MAX, REFUSAL_CHARS_MAX, SIGNATURE_LENGTH_MIN,
    SIGNER_CHARS_MAX, STROKE_EXTENT_PERCENT_MIN, STROKE_POINTS_MIN,
};
use crate::model::{
    DeviceId, InstrumentId, LeaseId, NumberKind, OrderId, SealId, TimeEvidence, VisitId,
};
use crate::texts::{is_one_line, one_line, unprintable};

/// Context string of the signature of a seal; final.
pub const SEAL_CONTEXT: &str = "vyezd-seal-1";
/// Version of [`CONSENT_TEXT`]; a sealed body names the version.
pub const CONSENT_VERSION: u32 = 1;
/// Sentence above which the client signs (`docs/domain.md`, Signature).
pub const CONSENT_TEXT: &str = "Работы выполнены, результаты мне показаны и понятны. Согласен(на), \
    что этот лист подписан простой электронной подписью.";

/// Signed contents of a seal: the view, and its binding to document, numbers and phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealBody {
    /// Always 1 so far.
    #[n(0)]
    pub version: u32,
    /// Visit of the signing phone's person.
    #[n(1)]
    pub visit: VisitId,
    /// Earlier seal of the same visit that this one replaces.
    #[n(2)]
    pub supersedes: Option<SealId>,
    /// Deterministic CBOR of the [`SealedView`].
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub view: Vec<u8>,
    /// Heads of the document that the view was computed from, 32 bytes each.
    #[n(4)]
    pub heads: Vec<ByteVec>,
    /// SHA-256 of the PDF shown to the client, if one was shown.
    #[n(5)]
    pub pdf_sha256: Option<ByteVec>,
    /// SHA-256 of the strokes; absent after a refusal.
    #[n(6)]
    pub strokes_sha256: Option<ByteVec>,
    /// Version of the paper forms and their renderer.
    #[n(7)]
    pub renderer: u32,
    /// Version of the reference data that the view was computed by.
    #[n(8)]
    pub catalogue: u64,
    /// Name of the signer, or the reason for a refusal.
    #[n(9)]
    pub signer: Signer,
    /// Client's code of four digits as typed; the server checks it, and a wrong code disputes
    /// nothing.
    #[n(10)]
    pub code: Option<String>,
    /// [`CONSENT_VERSION`] at the time of signing; 0 under [`Signer::Paper`].
    #[n(11)]
    pub consent: u32,
    /// Time of signing; its day in the card's zone is the legal date.
    #[n(12)]
    pub at: TimeEvidence,
    /// Phone whose key signs the record.
    #[n(13)]
    pub device: DeviceId,
    /// Numbers used up by this seal, one for each printed paper.
    #[n(14)]
    pub numbers: Vec<UsedNumber>,
}

/// A signed record: a body and the phone's signature over the body.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Seal {
    /// CBOR of a [`SealBody`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// Ed25519 signature of the phone over [`signed_bytes`], 64 bytes.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

/// Outcome of asking the client to sign.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "signer", rename_all = "snake_case")]
pub enum Signer {
    /// The client or a representative drew a signature.
    #[n(0)]
    Signed {
        /// Name of the signer, at most [`SIGNER_CHARS_MAX`] characters.
        #[n(0)]
        name: String,
        /// Relation to the client: «собственник», «представитель».
        #[n(1)]
        relation: String,
    },
    /// The client declined to sign; the sheet has no strokes.
    #[n(1)]
    Refused {
        /// Reason, at most [`REFUSAL_CHARS_MAX`] characters.
        #[n(0)]
        reason: String,
    },
    /// The office typed a sheet of paper in; a signature stands on the paper alone, and no consent
    /// to an electronic one was given.
    #[n(2)]
    Paper {
        /// Name in the signature, at most [`SIGNER_CHARS_MAX`] characters; empty where the paper
        /// names nobody.
        #[n(0)]
        name: String,
        /// Reason on the paper why nobody signed, at most [`REFUSAL_CHARS_MAX`] characters; empty
        /// where the paper gives none.
        #[n(1)]
        refusal: String,
    },
}

impl Signer {
    /// Whether the texts may be printed as they stand: visible signs on one line, within their
    /// bounds; two letters at least in name and reason.
    pub fn is_plain(&self) -> bool {
        let line = |text: &str, most: usize| {
            is_one_line(text) && text.chars().count() <= most && unprintable(text).is_none()
        };
        let named = |text: &str, most: usize| line(text, most) && letters(text) >= NAME_LETTERS_MIN;
        let blank_or_named = |text: &str, most: usize| text.is_empty() || named(text, most);
        match self {
            Self::Signed { name, relation } => {
                named(name, SIGNER_CHARS_MAX) && line(relation, SIGNER_CHARS_MAX)
            }
            Self::Refused { reason } => named(reason, REFUSAL_CHARS_MAX),
            Self::Paper { name, refusal } => {
                blank_or_named(name, SIGNER_CHARS_MAX)
                    && blank_or_named(refusal, REFUSAL_CHARS_MAX)
                    && (name.is_empty() || refusal.is_empty())
            }
        }
    }

    /// Name of the signer with the relation, as papers print it; empty for a refusal.
    pub fn name_and_relation(&self) -> String {
        match self {
            Self::Signed { name, relation } if !relation.is_empty() => {
                format!("{name} ({relation})")
            }
            Self::Signed { name, .. } | Self::Paper { name, .. } => name.clone(),
            Self::Refused { .. } => String::new(),
        }
    }

    /// The signer with printable texts: each one line, cut at its bound.
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
            Self::Paper { name, refusal } => Self::Paper {
                name: line(&name, SIGNER_CHARS_MAX),
                refusal: line(&refusal, REFUSAL_CHARS_MAX),
            },
        }
    }
}

/// Number of letters; «ª» and «º» are none, though Unicode counts them.
fn letters(text: &str) -> usize {
    text.chars().filter(|sign| sign.is_alphabetic() && !matches!(sign, 'ª' | 'º')).count()
}

/// One number of a lease, used up by a seal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UsedNumber {
    /// Lease that the number belongs to.
    #[n(0)]
    pub lease: LeaseId,
    /// Kind of the paper that prints the number.
    #[n(1)]
    pub kind: NumberKind,
    /// Instrument that the paper is about.
    #[n(2)]
    pub instrument: InstrumentId,
    /// Number within the lease; the view holds its printed form.
    #[n(3)]
    pub number: u64,
}

/// A drawn signature: strokes of points on a pad.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Strokes {
    /// Width of the pad; points use the same units.
    #[n(0)]
    pub width: u32,
    /// Height of the pad; points use the same units.
    #[n(1)]
    pub height: u32,
    /// Strokes in the order of drawing; at most [`STROKE_POINTS_MAX`] points in all.
    #[n(2)]
    pub strokes: Vec<Vec<StrokePoint>>,
}

/// One point of a stroke, encoded as an array of four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StrokePoint {
    /// Distance from the left edge of the pad.
    #[n(0)]
    pub x: u32,
    /// Distance from the top edge of the pad.
    #[n(1)]
    pub y: u32,
    /// Milliseconds since the first point of the signature.
    #[n(2)]
    pub t_ms: u32,
    /// Pressure, 0–1000; 0 where the screen does not report any.
    #[n(3)]
    pub pressure: u16,
}

pub use crate::limits::STROKE_POINTS_MAX;

impl Strokes {
    /// Number of points in all strokes.
    pub fn points(&self) -> usize {
        self.strokes.iter().map(Vec::len).sum()
    }

    /// Whether one pointer drew a line that can be seen: time never runs back, at least
    /// [`STROKE_POINTS_MIN`] points on the pad and at most [`STROKE_POINTS_MAX`], over at least
    /// [`STROKE_EXTENT_PERCENT_MIN`] % of the longer side, along at least
    /// [`SIGNATURE_LENGTH_MIN`] % of the width.
    pub fn is_drawn(&self) -> bool {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let (longer, shorter) = (width.max(height), width.min(height));
        let points = || self.strokes.iter().flatten().filter(|point| self.has(point));
        let extent = |of: fn(&StrokePoint) -> u32| {
            let (least, most) = (points().map(of).min(), points().map(of).max());
            most.zip(least).map_or(0, |(most, least)| u64::from(most - least))
        };
        let furthest = extent(|p| p.x).max(extent(|p| p.y));
        shorter >= PAD_SIDE_MIN
            && self.points() <= STROKE_POINTS_MAX
            && self.strokes.iter().flatten().is_sorted_by_key(|point| point.t_ms)
            && longer <= PAD_SIDES_MAX * shorter
            && points().count() >= STROKE_POINTS_MIN
            && furthest * 100 >= longer * STROKE_EXTENT_PERCENT_MIN
            && self.length_percent_sum() >= u128::from(width * SIGNATURE_LENGTH_MIN)
    }

    /// The strokes without the points outside the pad; a stroke that leaves the pad is divided.
    #[must_use]
    pub fn on_pad(self) -> Self {
        let Self { width, height, strokes } = self;
        let outside = |point: &StrokePoint| point.x > width || point.y > height;
        let parts = strokes.iter().flat_map(|stroke| stroke.split(outside));
        let strokes = parts.filter(|part| !part.is_empty()).map(<[_]>::to_vec).collect();
        Self { width, height, strokes }
    }

    fn has(&self, point: &StrokePoint) -> bool {
        point.x <= self.width && point.y <= self.height
    }

    /// Length of all strokes on the pad, in hundredths of its unit.
    fn length_percent_sum(&self) -> u128 {
        let steps = self.strokes.iter().flat_map(|stroke| stroke.windows(2));
        let on_pad = steps.filter(|step| step.iter().all(|point| self.has(point)));
        let length = |step: &[StrokePoint]| {
            let (dx, dy) = (step[0].x.abs_diff(step[1].x), step[0].y.abs_diff(step[1].y));
            let square = |side: u32| u128::from(side) * u128::from(side);
            ((square(dx) + square(dy)) * 10_000).isqrt()
        };
        on_pad.map(length).sum()
    }
}

/// Faults found while a seal is opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSeal {
    /// Record, body or view does not decode.
    #[error("подписанный лист не читается")]
    Unreadable,
    /// The signature does not verify with the phone's key.
    #[error("подпись телефона не сходится")]
    Signature,
    /// The strokes do not have the hash in the body.
    #[error("рисунок подписи не тот, что в листе")]
    Strokes,
    /// The view is not in deterministic CBOR, or holds keys unknown to version 1.
    #[error("лист записан не в своём виде")]
    NotCanonical,
}

/// Bytes that a phone signs: the CBOR array `["vyezd-seal-1", order, seal, body]`.
pub fn signed_bytes(order: OrderId, seal: SealId, body: &[u8]) -> Vec<u8> {
    encode(&(SEAL_CONTEXT, order, seal, minicbor::bytes::ByteVec::from(body.to_vec())))
}

/// A record that was decoded; [`DecodedSeal::verify`] tells whether its phone made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedSeal {
    /// Everything that the seal states.
    pub body: SealBody,
    /// The view that the client read.
    pub view: SealedView,
    seal: Seal,
}

impl Seal {
    /// Decodes a record with the body and the view in it.
    ///
    /// # Errors
    ///
    /// [`BadSeal::Unreadable`], and [`BadSeal::NotCanonical`] for a view that is not in its one deterministic form.
    pub fn decode(record: &[u8]) -> Result<DecodedSeal, BadSeal> {
        let seal: Self = decode(record).map_err(|_| BadSeal::Unreadable)?;
        let body: SealBody = decode(&seal.body).map_err(|_| BadSeal::Unreadable)?;
        let view: SealedView = decode(&body.view).map_err(|_| BadSeal::Unreadable)?;
        if view.version == 1 && encode(&view) != body.view {
            return Err(BadSeal::NotCanonical);
        }
        Ok(DecodedSeal { body, view, seal })
    }
}

impl DecodedSeal {
    /// Checks the signature by the phone's Ed25519 key, and that the strokes are those of the body.
    ///
    /// # Errors
    ///
    /// [`BadSeal::Signature`] and [`BadSeal::Strokes`].
    pub fn verify(
        &self,
        strokes: &[u8],
        (order, id): (OrderId, SealId),
        key: &[u8; 32],
    ) -> Result<(), BadSeal> {
        let key = VerifyingKey::from_bytes(key).map_err(|_| BadSeal::Signature)?;
        let signature = Signature::from_slice(&self.seal.signature);
        let signature = signature.map_err(|_| BadSeal::Signature)?;
        key.verify_strict(&signed_bytes(order, id, &self.seal.body), &signature)
            .map_err(|_| BadSeal::Signature)?;
        let expected = self.body.strokes_sha256.as_ref().map(|sum| sum.to_vec());
        let actual = (!strokes.is_empty()).then(|| sha256(strokes).to_vec());
        if expected == actual { Ok(()) } else { Err(BadSeal::Strokes) }
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
        assert!(pad(sheet, &[(10, 10), (160, 10)]));
        assert!(pad(sheet, &[(10, 10), (60, 50), (110, 10), (150, 40)]));
        assert!(pad((400, 1_000), &[(10, 10), (11, 80)]));
        for (size, points) in [
            (sheet, &[(10, 10), (10, 10)][..]),
            (sheet, &[(0, 0), (149, 0)]),
            (sheet, &[(0, 0), (10, 0), (0, 0), (10, 0), (0, 0), (10, 0)]),
            (sheet, &[(10, 10), (100, 10), (9_000, 9_000), (60_000, 60_000), (10, 10)]),
            ((400, 200), &[(9_000, 9_000), (60_000, 60_000)]),
            ((u32::MAX, u32::MAX), &[(0, 0), (9, 9)]),
            (sheet, &[(10, 10)]),
            (sheet, &[(2_000, 10), (3_000, 10)]),
            ((1, 4_000_000_000), &[(0, 0), (0, 4_000_000_000)]),
            ((0, 0), &[(0, 0), (5, 5)]),
            ((1, 1), &[(0, 0), (1, 1), (0, 0), (1, 0)]),
            ((49, 400), &[(0, 0), (40, 300)]),
            // A scribble of one place.
            (
                sheet,
                &[
                    (500, 100),
                    (520, 110),
                    (500, 105),
                    (525, 100),
                    (500, 110),
                    (525, 120),
                    (500, 100),
                    (525, 130),
                ],
            ),
        ] {
            assert!(!pad(size, points), "{size:?} {points:?}");
        }
    }

    #[test]
    fn one_pointer_draws_for_half_a_minute() {
        let point = |at: u32, t_ms| StrokePoint { x: at % 300, y: 100, t_ms, pressure: 0 };
        let drawn = |strokes: Vec<Vec<StrokePoint>>| {
            Strokes { width: 400, height: 200, strokes }.is_drawn()
        };
        let long = |n: u32| vec![(0..n).map(|at| point(at, at)).collect()];
        assert!(drawn(long(2_000)) && !drawn(long(2_001)));
        let one = vec![point(0, 0), point(100, 40)];
        let beside = vec![point(200, 20), point(250, 60)];
        let behind = vec![point(200, 50), point(250, 60)];
        assert!(drawn(vec![one.clone(), behind]), "one stroke after the other");
        assert!(!drawn(vec![one, beside]), "a second finger");
        assert!(!drawn(vec![vec![point(0, 50), point(200, 10)]]), "time runs back");
    }

    #[test]
    fn points_outside_the_pad_are_clipped() {
        let point = |x, y| StrokePoint { x, y, t_ms: 0, pressure: 0 };
        let stroke = vec![point(1, 1), point(2, 2), point(90, 90), point(3, 3)];
        let clipped = Strokes { width: 10, height: 10, strokes: vec![stroke] }.on_pad();
        assert_eq!(clipped.strokes, [vec![point(1, 1), point(2, 2)], vec![point(3, 3)]]);
    }

    #[test]
    fn a_signer_has_a_name() {
        let signed = |name: &str| {
            let name = name.to_owned();
            Signer::Signed { name, relation: String::new() }.plain().is_plain()
        };
        assert!(signed("Анна") && signed("Ғ. Әхмәтов"));
        for blank in ["", "   ", "\u{a0}\u{200b}", "\u{2003}", "—", "...", "1", "ª", "º", "ь"]
        {
            assert!(!signed(blank), "{blank:?}");
            let refusal = Signer::Refused { reason: blank.to_owned() };
            assert!(!refusal.plain().is_plain(), "{blank:?}");
        }
        let paper = |name: &str, refusal: &str| {
            let (name, refusal) = (name.to_owned(), refusal.to_owned());
            Signer::Paper { name, refusal }.is_plain()
        };
        assert!(paper("", "") && paper("Анна", "") && paper("", "не было дома"));
        assert!(!paper("Анна", "отказалась") && !paper(".", "") && !paper("", "—"));
    }
}
