//! From a signed sheet to papers, numbers and packages.

pub mod arshin;
pub mod check;
pub mod fund;
pub mod issue;
pub mod leases;
pub mod link;
pub mod notices;
mod order_state;
pub(crate) mod paper_doubts;
pub mod paper_entry;
pub mod project;
pub mod sheets;
