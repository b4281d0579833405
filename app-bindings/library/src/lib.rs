//! Phone library for native apps. Kotlin, Swift and Python see one object, [`VyezdPhone`], plain
//! records and one error; behind them runs the same machine as in the web page.
//!
//! Use: make the object at the start of the app (nothing is opened yet) and show
//! [`VyezdPhone::status`]. Where the phone is not enrolled, ask for the office's code and call
//! [`VyezdPhone::enrol`]. Read with [`VyezdPhone::orders`] and [`VyezdPhone::order`], write with
//! [`VyezdPhone::edit`] and its sisters: each returns once the work is on the disk, with or without
//! a network. In the foreground call [`VyezdPhone::go_online`]; when the system sends the app to
//! sleep, [`VyezdPhone::suspend`].
//!
//! Calls are asynchronous and never block the caller's thread: a thread of the object does the work
//! and another one the network, so that saving never waits for a slow answer. A call whose caller
//! stops waiting is carried out all the same.
//!
//! Dates are `YYYY-MM-DD`, instants unix milliseconds, sums kopecks, ids 32 hexadecimal digits.
//! Readings are decimal text with point or comma, returned with a point.

#![warn(missing_docs)]

mod clocks;
mod error;
mod keys;
mod location;
mod network_thread;
mod observer;
mod phone;
mod records;
mod store_thread;
mod transfer;

pub use error::{KeyStoreError, VyezdError};
pub use keys::KeyStore;
pub use location::{ColleagueNearby, ColleaguesNearby, Eta};
pub use observer::Observer;
pub use phone::{PhoneConfig, VyezdPhone, new_id};
pub use records::*;
pub use transfer::{Colleague, Scanned};

uniffi::setup_scaffolding!();
