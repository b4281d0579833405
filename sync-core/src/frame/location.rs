//! Places of phones, as far as their people share them. A place is state and no event: only the
//! newest counts, without a receipt, and nothing is kept longer than a shift.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::model::{OrderId, PersonId, Place, TimeEvidence, Timestamp};

/// Age at which a place is told to nobody any more, hours: an older one is of another shift.
pub const LOCATION_RETENTION_HOURS: i64 = 12;

/// Place of a phone at the press of a button.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LocationReport {
    /// Place; `None` withdraws consent, and the server deletes the known place.
    #[n(0)]
    pub place: Option<Place>,
    /// Order at whose address the person has just arrived.
    #[n(1)]
    pub order: Option<OrderId>,
    /// Evidence of the time; a report without a place counts from its arrival.
    #[n(2)]
    pub at: TimeEvidence,
}

/// Newest shared place of a colleague.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct ColleagueLocation {
    /// Account of the colleague, as in the reference data.
    #[n(0)]
    pub person: PersonId,
    /// Place as the colleague's phone reported it.
    #[n(1)]
    pub place: Place,
    /// Time of the place, by the server's clock.
    #[n(2)]
    pub at: Timestamp,
}

/// Places of the colleagues, sent when a request asked for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ColleagueLocations {
    /// One entry a person who shares and was seen within [`LOCATION_RETENTION_HOURS`].
    #[n(0)]
    pub all: Vec<ColleagueLocation>,
}
