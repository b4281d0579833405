//! Core of Vyezd: orders and visits, their judgement, and the agreement of phone and server about
//! them.
//!
//! Nothing here does I/O, reads a clock or draws a random number: time, random bytes and ids are
//! arguments, and an action outside is returned as an effect. So the same code runs in the server,
//! in a native phone app and, as wasm, in the browser, and any run can be replayed from its inputs.
//!
//! Read the modules in this order:
//!
//! 1. [`model`] — cards, instruments, numbers, money, time: the types of the domain;
//! 2. [`doc`] — the order document: paths, tolerant reading, typed edits, authority, seals;
//! 3. [`rules`] — the one arithmetic: error, limit, verdict, next date;
//!    [`sheet`] — what a sheet still lacks, and whether it agrees with the server's own view;
//! 4. [`frame`] — the wire: envelopes, requests, answers ([`codec`] has the bytes);
//! 5. [`gate`] — the judgement of a phone's bytes before they touch a document;
//! 6. [`session`] — the server's side of one sync request, as a machine;
//! 7. [`client`] — the phone, as a machine.
//!
//! ```
//! use vyezd_core::model::Reading;
//! use vyezd_core::rules::tolerance::error_percent;
//!
//! let read = |text| Reading::parse(text).unwrap();
//! let error = error_percent(&read("143,2510"), &read("143.2572"), &read("0,0063")).unwrap();
//! assert_eq!(error.to_string(), "-1.6");
//! ```

#![warn(missing_docs)]

pub mod client;
pub mod codec;
pub mod doc;
pub mod frame;
pub mod gate;
pub mod limits;
pub mod model;
pub mod reconcile;
pub mod rules;
pub mod session;
pub mod sheet;
pub mod texts;
