//! The server: one binary, `vyezd`. It keeps the ledger, admits what phones write, finds a performer
//! for each order, issues papers and packages, and serves the pages.
//!
//! The data flows one way: edit → change → frame → append → project → decide → issue → export.

pub mod app;
pub mod assignment;
pub mod attestation;
pub mod audit;
pub mod auth;
pub mod backup;
pub mod blobs;
pub mod brakes;
pub mod clock;
pub mod code;
pub mod config;
pub mod conflicts;
pub mod demo;
pub mod dispatch;
pub mod documents;
pub mod entropy;
pub mod epoch;
pub mod folder;
pub mod gate;
pub mod http;
pub mod import;
pub mod incidents;
pub mod limits;
pub mod live;
pub mod login_name;
pub mod orders;
pub mod passwords;
pub mod problem;
pub mod push;
pub mod rebuild;
pub mod refusal;
pub mod sealed;
pub mod serve;
pub mod staff;
pub mod store;
pub mod sync;
pub mod telephony;
pub mod timers;
pub mod totp;
pub mod uploads;
pub mod verification;
