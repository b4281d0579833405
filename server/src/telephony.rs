//! Telephone calls: a port, and the adapter `console` that rings in the office page.
//!
//! The row of a call is written before the call. An adapter learns of a call after that, rings, and
//! brings back facts: a key, silence. The ledger decides about a key while the person is on the
//! line, so the spoken answer is true. A real adapter (SIP) joins here as another variant.

use vyezd_core::model::CallId;

pub enum Telephony {
    /// The call rings in the office page, where keys 1 and 2 can be pressed.
    Console,
}

impl Telephony {
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

    pub fn hang_up(&self, call: CallId) {
        match self {
            Self::Console => tracing::info!(%call, "the telephone stops"),
        }
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Console => "console",
        }
    }
}
