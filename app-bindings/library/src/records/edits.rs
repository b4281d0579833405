//! What a person does to a visit. One save of a form is one list of edits.

use vyezd_core::doc::Edit as Core;
use vyezd_core::model::{self, NoteId, Now, TimeEvidence, VisitId};

use super::{
    Call, Check, Conditions, Identity, Money, Phase, Row, VisitMoment, VisitOutcome, date, id,
    needed, reading,
};
use crate::error::VyezdError;
use crate::store_thread::random_bytes;

/// One thing done to a visit. Times are taken by the library: they are evidence.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Edit {
    /// Something happens now.
    Mark {
        /// The visit.
        visit: String,
        /// What happens.
        moment: VisitMoment,
    },
    /// What the call before the visit brought.
    Called {
        /// The visit.
        visit: String,
        /// What was said and agreed.
        call: Call,
    },
    /// Another instrument was found; see also [`crate::VyezdPhone::add_instrument`].
    AddInstrument {
        /// The visit.
        visit: String,
        /// A new id.
        instrument: String,
    },
    /// What the instrument is.
    Identify {
        /// The visit.
        visit: String,
        /// The instrument.
        instrument: String,
        /// The fields.
        identity: Identity,
    },
    /// The conditions at the start or the end.
    SetConditions {
        /// The visit.
        visit: String,
        /// The instrument.
        instrument: String,
        /// Start or end.
        phase: Phase,
        /// The fields.
        conditions: Conditions,
    },
    /// The result of a check.
    SetCheck {
        /// The visit.
        visit: String,
        /// The instrument.
        instrument: String,
        /// Which.
        check: Check,
        /// Passed.
        passed: bool,
        /// Why not.
        reason: String,
    },
    /// A row of readings; a correction names the row that it replaces.
    Measure {
        /// The visit.
        visit: String,
        /// The instrument.
        instrument: String,
        /// The row.
        row: Row,
    },
    /// With which means the instrument is verified.
    UseMeans {
        /// The visit.
        visit: String,
        /// The instrument.
        instrument: String,
        /// The means.
        means: Vec<String>,
    },
    /// The instrument is not verified, for a reason; an empty reason takes that back.
    SkipInstrument {
        /// The visit.
        visit: String,
        /// The instrument.
        instrument: String,
        /// Why.
        reason: String,
    },
    /// What was paid.
    Pay {
        /// The visit.
        visit: String,
        /// The fields.
        money: Money,
    },
    /// How the visit ended.
    Finish {
        /// The visit.
        visit: String,
        /// How.
        outcome: VisitOutcome,
        /// A sentence.
        comment: String,
    },
    /// What the client thinks of the visit.
    Rate {
        /// The visit.
        visit: String,
        /// 1–10.
        rating: u8,
    },
    /// A remark on the order.
    AddNote {
        /// What it says.
        text: String,
    },
    /// A label is put on or taken off.
    SetLabel {
        /// The label.
        label: String,
        /// On or off.
        on: bool,
    },
}

impl Edit {
    /// The machine's edit, at this moment.
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
