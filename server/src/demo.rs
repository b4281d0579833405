//! The demonstration: a working day (or several) from spreadsheets, with the real parts — a server on
//! a free port, phones that run the real client machine over real HTTP, real network outages, a
//! telephone that rings. What is simulated is people: who accepts when, what they type, how they sign.

use vyezd_core::model::Now;
use vyezd_people::{Clocks, Readings};

use crate::clock::Clock;
use crate::import::readings::ReadingLine;

mod firm;
mod live;
mod plan;
mod report;
mod run;

pub use firm::{Firm, FirmPerson};
pub use live::start as start_live;
pub use run::{Files, run};

pub const PASSWORD: &str = "vyezd-demo";

/// A phone's clocks over the server's clock.
pub fn clocks(clock: Clock) -> Clocks {
    Box::new(move || {
        let wall = clock.now();
        Now { wall, mono_ms: wall.0, boot: 1 }
    })
}

impl From<&ReadingLine> for Readings {
    fn from(line: &ReadingLine) -> Self {
        let ReadingLine { order, serial_number, conditions, checks, row, .. } = line.clone();
        Self { order, serial_number, conditions, checks, row }
    }
}
