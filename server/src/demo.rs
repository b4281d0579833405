//! The demonstration: a working day (or several) from spreadsheets, with the real parts — a server on
//! a free port, phones that run the real client machine over real HTTP, real network outages, a
//! telephone that rings. What is simulated is people: who accepts when, what they type, how they sign.

mod crew;
mod firm;
mod live;
mod network;
mod office_client;
mod plan;
mod report;
mod run;

pub use crew::{Metrologist, Visit};
pub use firm::{Firm, FirmPerson};
pub use live::start as start_live;
pub use network::Network;
pub use office_client::{OfficeClient, Said};
pub use run::{Files, run};

/// The password of invented people.
pub const PASSWORD: &str = "vyezd-demo";
