//! Dispatch of an order to a person: a pure machine over one case, and the code that carries its
//! effects out.
//!
//! ```text
//!          start          silent 5 min         key 1
//! Waiting ───────▶ Open ───────────────▶ Calling ─────▶ Assigned
//!                   │ ▲  accept in the app ──────────────▲  ▲
//!          declined │ │ next candidate       a late accept ─┘
//!                   ▼ │ (while nobody holds the order)
//!                 Nobody
//! ```

mod executor;
mod hours;
mod machine;
mod rank;

pub use crate::store::Channel;
pub use executor::{
    answer, call_key, cancel, candidates_for, look_again, person_left, ring_timeout, start, time_up,
};
pub use hours::{ROUND_THE_CLOCK, WORKING_HOURS, quiet_until};
pub use machine::{
    Answer, Change, DispatchCase, Effect, Input, NewIds, Offer, OfferOutcome, OfferState, Policy,
};
pub use rank::{Candidate, rank};
