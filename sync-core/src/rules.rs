//! One arithmetic for phone, server and client page: decimal, never float.

pub mod agreement;
pub mod complete;
pub mod next_date;
pub mod sense;
pub mod tolerance;
pub mod verdict;
