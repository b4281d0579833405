//! The papers: protocol, certificate, unfitness notice, service sheet.
//!
//! A paper is made from the sealed view alone, so it can be made again and nothing needs to be
//! believed. The same view, issuer and renderer version give the same bytes, natively and in wasm:
//! no clock, no chance, our own deflate with a pinned encoder.
//!
//! `document/` says what stands on a form, `layout/` turns that into boxes at points, `draw` — the
//! only file that names printpdf — turns boxes into bytes.

pub mod document;
mod draw;
pub mod layout;
mod qr;
mod set;

pub use document::{Paper, Subject, certificate, notice, protocol, sheet};
pub use draw::render;
pub use set::{Printed, papers};
