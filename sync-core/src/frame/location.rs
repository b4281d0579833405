//! Where phones are, as far as their people let colleagues know. State, no event: only the newest counts, no
//! receipt is given, and nothing of it is kept longer than a shift.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::model::{OrderId, PersonId, Place, TimeEvidence, Timestamp};

/// A position older than this is told to nobody, hours: it is of another shift.
pub const LOCATION_RETENTION_HOURS: i64 = 12;

/// Where a phone was when its person pressed a button.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LocationReport {
    /// Where; nothing: the person does not let colleagues know any more, what is known is to be forgotten.
    #[n(0)]
    pub place: Option<Place>,
    /// He has just arrived at this order's address.
    #[n(1)]
    pub order: Option<OrderId>,
    /// When.
    #[n(2)]
    pub at: TimeEvidence,
}

/// Where a colleague was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct ColleagueLocation {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// Where.
    #[n(1)]
    pub place: Place,
    /// When, by the server's clock.
    #[n(2)]
    pub at: Timestamp,
}

/// The colleagues' positions, when they were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ColleagueLocations {
    /// One for each who lets it be known and was somewhere in the last [`LOCATION_RETENTION_HOURS`].
    #[n(0)]
    pub all: Vec<ColleagueLocation>,
}
