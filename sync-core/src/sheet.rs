//! Rules of a sheet: the parts missing before a signature, agreement with the server's own view,
//! and values that no room, rig or meter can show.

pub mod agreement;
pub mod complete;
pub mod draft;
pub mod sense;
