//! Everything a hand may do to a document: small, typed, addressed by ids.
//!
//! The outbox of a phone keeps edits, not bytes: after a refusal they can be replayed on what the
//! server admitted. One save of a form is one list of edits, one change, one batch.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::model::{
    Check, CheckResult, Conditions, Identity, InstrumentId, LabelKey, MeansId, Measurement,
    MeasurementId, Money, NoteId, Phase, SealId, Taken, TimeEvidence, VisitCall, VisitId,
    VisitMoment, VisitOutcome,
};
use crate::texts::{lines, one_line};

/// One thing done to a document. Numbers are final; new edits get new numbers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    /// A visit is opened with the instruments that the card expects: by the ledger, or by the phone that
    /// took the order over with no network.
    #[n(0)]
    OpenVisit {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The instruments.
        #[n(1)]
        instruments: Vec<InstrumentId>,
    },
    /// Another instrument was found at the address.
    #[n(1)]
    AddInstrument {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// A new id.
        #[n(1)]
        instrument: InstrumentId,
    },
    /// Something happened at this time.
    #[n(2)]
    Mark {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// What happened.
        #[n(1)]
        moment: VisitMoment,
        /// When.
        #[n(2)]
        at: TimeEvidence,
    },
    /// What the instrument is. Empty fields are left as they are.
    #[n(3)]
    Identify {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The instrument.
        #[n(1)]
        instrument: InstrumentId,
        /// The fields.
        #[n(2)]
        #[cfg_attr(feature = "typescript", ts(type = "Partial<Identity>"))]
        identity: Identity,
    },
    /// The conditions at the start or the end. Absent fields are left as they are.
    #[n(4)]
    SetConditions {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The instrument.
        #[n(1)]
        instrument: InstrumentId,
        /// Start or end.
        #[n(2)]
        phase: Phase,
        /// The fields.
        #[n(3)]
        #[cfg_attr(feature = "typescript", ts(type = "Partial<Conditions>"))]
        conditions: Conditions,
    },
    /// The result of a check.
    #[n(5)]
    SetCheck {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The instrument.
        #[n(1)]
        instrument: InstrumentId,
        /// Which.
        #[n(2)]
        check: Check,
        /// The result.
        #[n(3)]
        result: CheckResult,
    },
    /// A row of readings; a correction names the row it replaces.
    #[n(6)]
    Measure {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The instrument.
        #[n(1)]
        instrument: InstrumentId,
        /// A new id.
        #[n(2)]
        measurement: MeasurementId,
        /// The row.
        #[n(3)]
        row: Measurement,
    },
    /// With which means the instrument is verified.
    #[n(7)]
    UseMeans {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The instrument.
        #[n(1)]
        instrument: InstrumentId,
        /// The means.
        #[n(2)]
        means: Vec<MeansId>,
    },
    /// The instrument is not verified, for a reason; an empty reason takes that back.
    #[n(8)]
    SkipInstrument {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The instrument.
        #[n(1)]
        instrument: InstrumentId,
        /// Why.
        #[n(2)]
        reason: String,
    },
    /// What was paid. Absent fields are left as they are.
    #[n(9)]
    Pay {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The fields.
        #[n(1)]
        #[cfg_attr(feature = "typescript", ts(type = "Partial<Money>"))]
        money: Money,
    },
    /// How the visit ended.
    #[n(10)]
    Finish {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// How.
        #[n(1)]
        outcome: VisitOutcome,
        /// A sentence.
        #[n(2)]
        comment: String,
    },
    /// A remark on the order.
    #[n(11)]
    AddNote {
        /// A new id.
        #[n(0)]
        note: NoteId,
        /// What it says.
        #[n(1)]
        text: String,
        /// When.
        #[n(2)]
        at: TimeEvidence,
    },
    /// A label is put on or taken off.
    #[n(12)]
    SetLabel {
        /// The label.
        #[n(0)]
        label: LabelKey,
        /// On or off.
        #[n(1)]
        on: bool,
    },
    /// The signed view of a visit.
    #[n(13)]
    AddSeal {
        /// A new id.
        #[n(0)]
        seal: SealId,
        /// The signed record, CBOR.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        record: Vec<u8>,
        /// The drawn signature, CBOR; empty after a refusal.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        strokes: Vec<u8>,
    },
    /// A photo of the instrument; its bytes travel on their own.
    #[n(14)]
    AddPhoto {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// The instrument.
        #[n(1)]
        instrument: InstrumentId,
        /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
        #[n(2)]
        sha256: String,
        /// What is on it, as [`is_photo_kind`](super::content::is_photo_kind) knows.
        #[n(3)]
        kind: String,
        /// When and where.
        #[n(4)]
        #[serde(default)]
        taken: Option<Taken>,
    },
    /// What the call before the visit brought.
    #[n(15)]
    Call {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// What was said and agreed.
        #[n(1)]
        call: VisitCall,
    },
    /// What the client thinks of the visit.
    #[n(16)]
    Rate {
        /// The visit.
        #[n(0)]
        visit: VisitId,
        /// 1–10.
        #[n(1)]
        rating: u8,
    },
}

impl Edit {
    /// The same with texts as they are kept: a number of an instrument is one line, a remark has no sign that
    /// nobody sees.
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

    /// The visit that it writes into, where it does.
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
            | Self::Finish { visit, .. } => Some(*visit),
            Self::AddNote { .. } | Self::SetLabel { .. } | Self::AddSeal { .. } => None,
        }
    }
}
