//! One arithmetic for phone, server and papers: decimal, never float.

pub mod hints;
pub mod next_date;
pub mod sense;
pub mod serial;
pub mod tolerance;
pub mod verdict;
