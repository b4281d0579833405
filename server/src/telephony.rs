//! The telephone: a port, and the adapter `console` that rings in the office page.
//!
//! A call is a row before it is a call. An adapter learns of it after the row is written, rings, and
//! brings back facts: a key, silence. What a key means is decided in the ledger while the person is
//! on the line, so what he hears is true. A real adapter (SIP) joins here as another variant.

use vyezd_core::model::CallId;

/// How people are called.
pub enum Telephony {
    /// The call rings in the office page, where keys 1 and 2 can be pressed.
    Console,
}

impl Telephony {
    /// The default adapter.
    pub const fn console() -> Self {
        Self::Console
    }

    /// Places a call whose row is being written.
    pub fn place(&self, call: CallId) {
        match self {
            // The row is the ringing: the office page shows every call that rings.
            Self::Console => tracing::info!(%call, "a telephone rings in the office page"),
        }
    }

    /// Stops a call.
    pub fn hang_up(&self, call: CallId) {
        match self {
            Self::Console => tracing::info!(%call, "the telephone stops"),
        }
    }

    /// Its name, for people.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Console => "console",
        }
    }
}
