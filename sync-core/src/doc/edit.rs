//! Edits of a document: small, typed, addressed by ids.
//!
//! The outbox of a phone keeps edits, not bytes: after a refusal they are written again on top of
//! the changes that the server admitted. One save of a form is one list of edits, one change, one
//! batch.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::model::{
    Check, CheckResult, Conditions, Identity, InstrumentId, LabelKey, MeansId, Measurement,
    MeasurementId, Money, NoteId, Phase, SealId, Taken, TimeEvidence, VisitCall, VisitId,
    VisitMoment, VisitOutcome,
};
use crate::texts::{lines, one_line};

/// One edit of a document. CBOR numbers are final; new edits get new numbers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// Opens a visit with the card's expected instruments: written by the server, or by the phone
    /// that accepts a transfer.
    #[n(0)]
    OpenVisit {
        /// Id of the new visit.
        #[n(0)]
        visit: VisitId,
        /// Ids of the expected instruments; may be empty.
        #[n(1)]
        instruments: Vec<InstrumentId>,
    },
    /// Adds an instrument that the card does not name.
    #[n(1)]
    AddInstrument {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Fresh UUIDv7, never one of the card.
        #[n(1)]
        instrument: InstrumentId,
    },
    /// Records the time of a moment of the visit; a later edit overwrites the time.
    #[n(2)]
    Mark {
        /// Visit to write into; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Leaving, arrival or departure.
        #[n(1)]
        moment: VisitMoment,
        /// Evidence of the time, in place of earlier evidence.
        #[n(2)]
        at: TimeEvidence,
    },
    /// Writes the identity of an instrument. Empty fields are left as they are.
    #[n(3)]
    Identify {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Instrument to write into, opened in that visit before.
        #[n(1)]
        instrument: InstrumentId,
        /// Fields to write; empty texts and `None` are skipped.
        #[n(2)]
        #[cfg_attr(feature = "typescript", ts(type = "Partial<Identity>"))]
        identity: Identity,
    },
    /// Writes conditions at the start or the end. Absent fields are left as they are.
    #[n(4)]
    SetConditions {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Instrument to write into, opened in that visit before.
        #[n(1)]
        instrument: InstrumentId,
        /// Start or end of the work.
        #[n(2)]
        phase: Phase,
        /// Fields to write; `None` is skipped.
        #[n(3)]
        #[cfg_attr(feature = "typescript", ts(type = "Partial<Conditions>"))]
        conditions: Conditions,
    },
    /// Writes the result of a check, in place of an earlier one.
    #[n(5)]
    SetCheck {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Instrument to write into, opened in that visit before.
        #[n(1)]
        instrument: InstrumentId,
        /// Visual, operation or tightness.
        #[n(2)]
        check: Check,
        /// Whether the check passed, and the reason if not.
        #[n(3)]
        result: CheckResult,
    },
    /// Adds a row of readings; a correction names the row that it replaces.
    #[n(6)]
    Measure {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Instrument to write into, opened in that visit before.
        #[n(1)]
        instrument: InstrumentId,
        /// Fresh UUIDv7 of the row.
        #[n(2)]
        measurement: MeasurementId,
        /// Readings of one pour at one point.
        #[n(3)]
        row: Measurement,
    },
    /// Sets the means used for an instrument; means not named are marked `false`.
    #[n(7)]
    UseMeans {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Instrument to write into, opened in that visit before.
        #[n(1)]
        instrument: InstrumentId,
        /// Every means in use, not only the new ones.
        #[n(2)]
        means: Vec<MeansId>,
    },
    /// Passes an instrument over with a reason; an empty reason takes that back.
    #[n(8)]
    SkipInstrument {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Instrument to pass over, opened in that visit before.
        #[n(1)]
        instrument: InstrumentId,
        /// Reason in words; printed on the sheet.
        #[n(2)]
        reason: String,
    },
    /// Writes money of the visit. Absent fields and an empty reason are left as they are.
    #[n(9)]
    Pay {
        /// Visit to write into; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Fields to write, kopecks; `None` is skipped.
        #[n(1)]
        #[cfg_attr(feature = "typescript", ts(type = "Partial<Money>"))]
        money: Money,
    },
    /// Writes the outcome of the visit and the remark to the outcome.
    #[n(10)]
    Finish {
        /// Visit to write into; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Outcome in place of an earlier one.
        #[n(1)]
        outcome: VisitOutcome,
        /// Remark, in place of an earlier one; may be empty.
        #[n(2)]
        comment: String,
    },
    /// Adds a remark on the order; a remark is written once.
    #[n(11)]
    AddNote {
        /// Fresh UUIDv7 of the remark.
        #[n(0)]
        note: NoteId,
        /// Text of at most 4,096 bytes.
        #[n(1)]
        text: String,
        /// Evidence of the time of writing.
        #[n(2)]
        at: TimeEvidence,
    },
    /// Puts a label on or takes a label off.
    #[n(12)]
    SetLabel {
        /// Folded text of the label.
        #[n(0)]
        label: LabelKey,
        /// `true` puts the label on.
        #[n(1)]
        on: bool,
    },
    /// Adds a signed sheet; record and strokes are written once.
    #[n(13)]
    AddSeal {
        /// Fresh UUIDv7 of the sheet, bound into the signature.
        #[n(0)]
        seal: SealId,
        /// Signed record ([`Seal`](super::seal::Seal), CBOR); must be of the writer's own visit.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        record: Vec<u8>,
        /// Drawn signature, CBOR; empty after a refusal.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        strokes: Vec<u8>,
    },
    /// Names a photo of the instrument; the bytes of the photo are uploaded apart.
    #[n(14)]
    AddPhoto {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Instrument on the photo, opened in that visit before.
        #[n(1)]
        instrument: InstrumentId,
        /// SHA-256 of the photo's bytes, 64 lower-case hexadecimal digits.
        #[n(2)]
        sha256: String,
        /// Kind of the photo, one that [`is_photo_kind`](super::content::is_photo_kind) accepts.
        #[n(3)]
        kind: String,
        /// Time and place, written once for each photo.
        #[n(4)]
        #[serde(default)]
        taken: Option<Taken>,
    },
    /// Records the call to the client before the visit, in place of an earlier one.
    #[n(15)]
    Call {
        /// Visit to write into; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Reaction of the client and the newly agreed time.
        #[n(1)]
        call: VisitCall,
    },
    /// Records the client's rating of the visit.
    #[n(16)]
    Rate {
        /// Visit to write into; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// 1–10; other values are clamped.
        #[n(1)]
        rating: u8,
    },
    /// Takes the outcome of the visit back: the visit goes on.
    #[n(17)]
    Resume {
        /// Visit to write into; one of the writer's own.
        #[n(0)]
        visit: VisitId,
    },
    /// Takes a photo out of the instrument. Its bytes are kept as long as those of other photos.
    #[n(18)]
    RemovePhoto {
        /// Visit with the instrument; one of the writer's own.
        #[n(0)]
        visit: VisitId,
        /// Instrument that names the photo.
        #[n(1)]
        instrument: InstrumentId,
        /// SHA-256 of the photo's bytes, 64 lower-case hexadecimal digits.
        #[n(2)]
        sha256: String,
    },
}

impl Edit {
    /// The edit with cleaned texts: identity and point become one line, remarks lose invisible
    /// signs.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        match &mut self {
            Self::Identify { identity, .. } => {
                for text in [
                    &mut identity.type_number,
                    &mut identity.modification,
                    &mut identity.serial_number,
                ] {
                    *text = one_line(text);
                }
            }
            Self::Measure { row, .. } => row.point = one_line(&row.point),
            Self::Call { call, .. } => call.comment = lines(&call.comment),
            Self::AddNote { text, .. }
            | Self::SkipInstrument { reason: text, .. }
            | Self::Finish { comment: text, .. }
            | Self::Pay { money: Money { reason: text, .. }, .. }
            | Self::SetCheck { result: CheckResult { reason: text, .. }, .. } => {
                *text = lines(text);
            }
            _ => {}
        }
        self
    }

    /// Visit that the edit writes into; `None` for notes, labels and seals.
    pub fn visit(&self) -> Option<VisitId> {
        match self {
            Self::OpenVisit { visit, .. }
            | Self::AddInstrument { visit, .. }
            | Self::Mark { visit, .. }
            | Self::Identify { visit, .. }
            | Self::SetConditions { visit, .. }
            | Self::SetCheck { visit, .. }
            | Self::Measure { visit, .. }
            | Self::UseMeans { visit, .. }
            | Self::SkipInstrument { visit, .. }
            | Self::Pay { visit, .. }
            | Self::AddPhoto { visit, .. }
            | Self::Call { visit, .. }
            | Self::Rate { visit, .. }
            | Self::Resume { visit }
            | Self::RemovePhoto { visit, .. }
            | Self::Finish { visit, .. } => Some(*visit),
            Self::AddNote { .. } | Self::SetLabel { .. } | Self::AddSeal { .. } => None,
        }
    }
}
