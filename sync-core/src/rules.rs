//! One arithmetic for phone, server and client page: decimal, never float.

pub mod next_date;
pub mod tolerance;
pub mod verdict;
