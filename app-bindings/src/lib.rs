//! The phone library: one client machine ([`vyezd_core::client`]) and two thin shells around it.
//!
//! [`native`] keeps its rows in SQLite and talks HTTP; it is what the demonstration's phones and the
//! stories use. `web` is what the browser's page calls: it gives and takes the types of `page`, and the
//! page's own code keeps the rows, signs and talks. Neither shell knows a rule of the domain.

#[cfg(not(target_arch = "wasm32"))]
pub mod native;
#[cfg(any(target_arch = "wasm32", feature = "typescript"))]
pub mod page;
#[cfg(target_arch = "wasm32")]
pub mod web;
