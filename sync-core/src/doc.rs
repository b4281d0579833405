//! The order document: one small Automerge document an order, with the things that several phones
//! may write while apart. Paths and records are final; `docs/formats.md` writes them down.
//!
//! Invariants, as absences: no path holds an array of structs; no edit writes a whole struct; no
//! container is made by two writers; no document says who holds an order.

pub mod authority;
pub mod content;
pub mod document;
pub mod edit;
pub mod preparse;
pub mod read;
pub mod schema;
pub mod seal;
pub mod signed;
pub mod unjudged;
pub mod view;
pub mod write;

pub use authority::{Denied, Writer};
pub use document::{Document, DocumentError};
pub use edit::Edit;
pub use read::Problem;
pub use unjudged::Unjudged;
