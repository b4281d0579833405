//! Phone library: one client machine ([`vyezd_core::client`]) and two thin shells around it.
//!
//! [`native`] keeps its rows in SQLite and speaks HTTP; native apps, the demonstration's phones and
//! the stories use it. `web` is called by the browser's page with plain values, and the page's own
//! code keeps the rows, signs and talks. Neither shell knows a rule of the domain.

#[cfg(not(target_arch = "wasm32"))]
pub mod native;
#[cfg(any(target_arch = "wasm32", feature = "typescript"))]
pub mod page;
#[cfg(target_arch = "wasm32")]
pub mod web;
