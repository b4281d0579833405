//! The phone, as a machine: every [`Input`] yields an ordered list of [`Effect`]s.
//!
//! The whole duty of the shell: carry the effects out in order. The commit, where there is one,
//! comes first and is atomic; if the commit fails, drop the machine and open another from the
//! store. Nothing is shown as saved, signed or sent before its commit succeeded.

mod blobs;
mod commands;
mod error;
mod input;
mod location;
mod machine;
mod offers;
mod outbox;
mod reconcile;
mod replay;
mod response;
mod rows;
mod sealing;
mod sense;
mod state;
mod table;
mod transfer;
mod views;
mod work;

pub use blobs::Upload;
pub use error::ClientError;
pub use input::{Effect, Input, Me, Photo};
pub use location::{ColleagueNearby, Colleagues, ETA_STALE_S, EtaFromHere};
pub use machine::{BACKOFF_FIRST_MS, BACKOFF_MAX_MS, CONTACT_DAYS, Client};
pub use offers::OfferOnPhone;
pub use replay::ANCESTOR_REFUSED;
pub use response::ANSWER_BYTES_MAX;
pub use rows::{HeldLease, ItemStatus, OutItem, OutKind, Received};
pub use table::{OpenError, Row, Table, Write};
pub use transfer::Scanned;
pub use views::{Lack, OrderLine, OrderView, Safety, Status, Trouble};
