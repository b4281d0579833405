//! Values as they are typed: what no room, rig or dial can show is not written.

use super::error::ClientError;
use super::machine::Client;
use crate::doc::Edit;
use crate::model::{InstrumentId, OrderId, Reading, VisitId};
use crate::rules::sense::{self, Finding, Row};

impl Client {
    /// Refuses the first impossible value of the edits.
    pub(super) fn refuse_senseless(
        &mut self,
        order: OrderId,
        edits: &[Edit],
    ) -> Result<(), ClientError> {
        for edit in edits {
            let found = match edit {
                Edit::SetConditions { conditions, .. } => sense::of_conditions(conditions),
                Edit::Measure { visit, instrument, row, .. } => {
                    let q_max = self.q_max(order, *visit, *instrument);
                    sense::of_row(&Row::from(row), q_max.as_ref())
                }
                _ => continue,
            };
            if let Some(finding) = found.into_iter().find(Finding::is_impossible) {
                return Err(ClientError::Impossible(finding));
            }
        }
        Ok(())
    }

    /// Qmax of an instrument's type, where the type is known.
    fn q_max(&mut self, order: OrderId, visit: VisitId, id: InstrumentId) -> Option<Reading> {
        let (read, _) = self.state.doc(order)?.read();
        let identity = &read.visits.get(&visit)?.instruments.get(&id)?.identity;
        let entity = self.state.cards.get(&order)?.entity;
        let reference = self.state.reference.as_ref()?.reference_of(entity)?;
        reference.kind_of(identity).0.map(|kind| kind.q_max)
    }
}
