//! Edits of a visit. One save of a form is one list of edits.

use vyezd_core::doc::Edit as Core;
use vyezd_core::model::{self, NoteId, Now, TimeEvidence, VisitId};

use super::{
    Call, Check, Conditions, Identity, Money, Phase, Row, VisitMoment, VisitOutcome, date, id,
    needed, reading,
};
use crate::error::VyezdError;
use crate::store_thread::random_bytes;

/// One edit. The library takes the times, because they are evidence.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Edit {
    /// Records a moment of the visit at the time of the call.
    Mark {
        /// Visit to write into; one of the writer's own.
        visit: String,
        /// Leaving, arrival or departure.
        moment: VisitMoment,
    },
    /// Records the call to the client before the visit, in place of an earlier one.
    Called {
        /// Visit to write into; one of the writer's own.
        visit: String,
        /// Reaction of the client and the newly agreed time.
        call: Call,
    },
    /// Adds an instrument that the card does not name; see also
    /// [`crate::VyezdPhone::add_instrument`].
    AddInstrument {
        /// Visit with the instrument; one of the writer's own.
        visit: String,
        /// Fresh id from [`crate::new_id`], never one of the card.
        instrument: String,
    },
    /// Writes the identity of an instrument. Empty and absent fields are left as they are.
    Identify {
        /// Visit with the instrument; one of the writer's own.
        visit: String,
        /// Instrument to write into, opened in that visit before.
        instrument: String,
        /// Fields to write; `None` is skipped.
        identity: Identity,
    },
    /// Writes conditions at the start or the end. Absent fields are left as they are.
    SetConditions {
        /// Visit with the instrument; one of the writer's own.
        visit: String,
        /// Instrument to write into, opened in that visit before.
        instrument: String,
        /// Start or end of the work.
        phase: Phase,
        /// Fields to write; `None` is skipped.
        conditions: Conditions,
    },
    /// Writes the result of a check, in place of an earlier one.
    SetCheck {
        /// Visit with the instrument; one of the writer's own.
        visit: String,
        /// Instrument to write into, opened in that visit before.
        instrument: String,
        /// Visual, operation or tightness.
        check: Check,
        /// `false` makes the instrument unfit.
        passed: bool,
        /// Reason of a failure; the verdict quotes it in brackets.
        reason: String,
    },
    /// Adds a row of readings; a correction names the row that it replaces.
    Measure {
        /// Visit with the instrument; one of the writer's own.
        visit: String,
        /// Instrument to write into, opened in that visit before.
        instrument: String,
        /// Readings of one pour, under a fresh id.
        row: Row,
    },
    /// Sets the means used for an instrument; means not named are taken back.
    UseMeans {
        /// Visit with the instrument; one of the writer's own.
        visit: String,
        /// Instrument to write into, opened in that visit before.
        instrument: String,
        /// Ids of every means in use.
        means: Vec<String>,
    },
    /// Passes an instrument over with a reason; an empty reason takes that back.
    SkipInstrument {
        /// Visit with the instrument; one of the writer's own.
        visit: String,
        /// Instrument to pass over, opened in that visit before.
        instrument: String,
        /// Reason in words; printed on the sheet.
        reason: String,
    },
    /// Writes money of the visit. Absent fields and an empty reason are left as they are.
    Pay {
        /// Visit to write into; one of the writer's own.
        visit: String,
        /// Fields to write, kopecks; `None` is skipped.
        money: Money,
    },
    /// Writes the outcome of the visit and the remark to the outcome.
    Finish {
        /// Visit to write into; one of the writer's own.
        visit: String,
        /// Outcome in place of an earlier one.
        outcome: VisitOutcome,
        /// Remark, in place of an earlier one; may be empty.
        comment: String,
    },
    /// Takes the outcome of the visit back: the visit goes on.
    Resume {
        /// Visit to write into; one of the writer's own.
        visit: String,
    },
    /// Takes a photo out of the instrument.
    RemovePhoto {
        /// Visit with the instrument; one of the writer's own.
        visit: String,
        /// Instrument that names the photo.
        instrument: String,
        /// Name of the photo: SHA-256, 64 lower-case hexadecimal digits.
        sha256: String,
    },
    /// Records the client's rating of the visit.
    Rate {
        /// Visit to write into; one of the writer's own.
        visit: String,
        /// 1–10; other values are clamped.
        rating: u8,
    },
    /// Adds a remark on the order; a remark cannot be changed afterwards.
    AddNote {
        /// Text of at most 4,096 bytes.
        text: String,
    },
    /// Puts a label on or takes a label off.
    SetLabel {
        /// Text of the label, cut at 40 characters; case and ё do not matter.
        label: String,
        /// `true` puts the label on.
        on: bool,
    },
}

impl Edit {
    /// The core's edit at this moment; fails with [`VyezdError::Invalid`] for a malformed field.
    pub(crate) fn core(self, now: Now, at: &TimeEvidence) -> Result<Core, VyezdError> {
        let of =
            |visit: &str, instrument: &str| -> Result<(VisitId, model::InstrumentId), VyezdError> {
                Ok((id("visit", visit)?, id("instrument", instrument)?))
            };
        Ok(match self {
            Self::Mark { visit, moment } => {
                Core::Mark { visit: id("visit", &visit)?, moment, at: at.clone() }
            }
            Self::Called { visit, call } => {
                Core::Call { visit: id("visit", &visit)?, call: call.core(at.clone())? }
            }
            Self::AddInstrument { visit, instrument } => {
                let (visit, instrument) = of(&visit, &instrument)?;
                Core::AddInstrument { visit, instrument }
            }
            Self::Identify { visit, instrument, identity } => {
                let (visit, instrument) = of(&visit, &instrument)?;
                Core::Identify { visit, instrument, identity: identity.into() }
            }
            Self::SetConditions { visit, instrument, phase, conditions } => {
                let (visit, instrument) = of(&visit, &instrument)?;
                Core::SetConditions { visit, instrument, phase, conditions: conditions.core()? }
            }
            Self::SetCheck { visit, instrument, check, passed, reason } => {
                let (visit, instrument) = of(&visit, &instrument)?;
                let result = model::CheckResult { passed, reason };
                Core::SetCheck { visit, instrument, check, result }
            }
            Self::Measure { visit, instrument, row } => {
                let (visit, instrument) = of(&visit, &instrument)?;
                Core::Measure {
                    visit,
                    instrument,
                    measurement: id("id", &row.id)?,
                    row: row.core()?,
                }
            }
            Self::UseMeans { visit, instrument, means } => {
                let (visit, instrument) = of(&visit, &instrument)?;
                let means = means.iter().map(|text| id("means", text)).collect::<Result<_, _>>()?;
                Core::UseMeans { visit, instrument, means }
            }
            Self::SkipInstrument { visit, instrument, reason } => {
                let (visit, instrument) = of(&visit, &instrument)?;
                Core::SkipInstrument { visit, instrument, reason }
            }
            Self::Pay { visit, money } => {
                Core::Pay { visit: id("visit", &visit)?, money: money.into() }
            }
            Self::Finish { visit, outcome, comment } => {
                Core::Finish { visit: id("visit", &visit)?, outcome, comment }
            }
            Self::Resume { visit } => Core::Resume { visit: id("visit", &visit)? },
            Self::RemovePhoto { visit, instrument, sha256 } => {
                let (visit, instrument) = of(&visit, &instrument)?;
                Core::RemovePhoto { visit, instrument, sha256 }
            }
            Self::Rate { visit, rating } => Core::Rate { visit: id("visit", &visit)?, rating },
            Self::AddNote { text } => {
                let note = NoteId::new(now.wall.0, random_bytes()?);
                Core::AddNote { note, text, at: at.clone() }
            }
            Self::SetLabel { label, on } => {
                let label = model::LabelKey::new(&label);
                let label = label.ok_or_else(|| VyezdError::invalid("label", "Это не метка"))?;
                Core::SetLabel { label, on }
            }
        })
    }
}

impl Call {
    fn core(self, at: TimeEvidence) -> Result<model::VisitCall, VyezdError> {
        let window = self.window.map(|w| model::Window { from_min: w.from_min, to_min: w.to_min });
        let date = self.date.map(|text| date("date", &text)).transpose()?;
        Ok(model::VisitCall { result: self.result, date, window, comment: self.comment, at })
    }
}

impl Conditions {
    fn core(self) -> Result<model::Conditions, VyezdError> {
        Ok(model::Conditions {
            air_c: reading("air_c", self.air_c)?,
            humidity_percent: reading("humidity_percent", self.humidity_percent)?,
            pressure_kpa: reading("pressure_kpa", self.pressure_kpa)?,
            water_c: reading("water_c", self.water_c)?,
            source: self.source,
        })
    }
}

impl Row {
    fn core(self) -> Result<model::Measurement, VyezdError> {
        Ok(model::Measurement {
            point: self.point,
            flow: needed("flow", &self.flow)?,
            start: needed("start", &self.start)?,
            end: needed("end", &self.end)?,
            reference: needed("reference", &self.reference)?,
            duration_s: reading("duration_s", self.duration_s)?,
            source: self.source,
            replaces: self.replaces.map(|text| id("replaces", &text)).transpose()?,
        })
    }
}

impl From<Identity> for model::Identity {
    fn from(identity: Identity) -> Self {
        Self {
            type_number: identity.type_number,
            modification: identity.modification,
            serial_number: identity.serial_number,
            year: identity.year,
            water: identity.water,
            position: identity.position,
            source: identity.source,
        }
    }
}

impl From<Money> for model::Money {
    fn from(money: Money) -> Self {
        Self {
            due_kop: money.due_kop,
            received_kop: money.received_kop,
            method: money.method,
            reason: money.reason,
        }
    }
}
