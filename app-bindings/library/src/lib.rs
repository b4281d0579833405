//! The phone library for native apps. Kotlin, Swift and Python see one object, [`VyezdPhone`], plain
//! records and one error; everything behind it is the machine that the web page runs too.
//!
//! How an app uses it: make the object at start (nothing is opened yet), show [`VyezdPhone::status`]; where
//! the phone is not enrolled, ask for the office's code and call [`VyezdPhone::enrol`]. Read with
//! [`VyezdPhone::orders`] and [`VyezdPhone::order`], write with [`VyezdPhone::edit`] and its sisters: each
//! returns after the work is on the disk, whatever the network does. In the foreground call
//! [`VyezdPhone::go_online`]; when the system sends the app to sleep, [`VyezdPhone::suspend`].
//!
//! Calls are asynchronous and never block the caller's thread: work is done on a thread of the object,
//! the network on another, so that saving never waits for a slow answer. A call that the host no longer
//! waits for is carried out all the same.
//!
//! Dates are `YYYY-MM-DD`, instants unix milliseconds, sums kopecks, readings decimal text with point or
//! comma (given back with a point), ids 32 hexadecimal digits.

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
