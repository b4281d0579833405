//! Stories of the domain over HTTP, with a clock that the test moves; none may fail by chance.

mod account;
mod attack;
mod beside;
mod budgets;
mod circles;
mod complete;
mod conflicts;
mod dated;
mod documents;
mod first_day;
mod floods;
mod forged;
mod location;
mod offers;
mod office;
mod office_forms;
mod office_trust;
mod operations;
mod photos;
mod rebuild;
mod reconcile;
mod simulation;
mod sync;
mod tidy;
mod transfer;
mod trespass;
