//! The sheet: how it is made, what is still missing before it can be signed, whether it is what the server
//! computes, and whether its values are such as a room, a rig and a meter can show.

pub mod agreement;
pub mod complete;
pub mod draft;
pub mod sense;
