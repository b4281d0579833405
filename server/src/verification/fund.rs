//! Numbers that the Fund gives: from its answer to a package, or from a table. One path binds them, whatever brought
//! them, and one step takes them back.

pub mod answer;
pub mod claim;
pub mod reissue;
pub mod table;
pub mod take;
