//! The server's clock: the process's own, or one that a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use vyezd_core::model::Timestamp;

#[derive(Clone)]
pub enum Clock {
    /// The process's clock, corrected to the database's where several processes share one.
    System(Arc<AtomicI64>),
    /// Moved by a test or a demonstration: unix milliseconds.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Self {
        Self::System(Arc::default())
    }

    /// A clock that stands at `start` until a test moves the time.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.0)))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where the server reads a clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System(offset) => {
                let since = std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .map_or(0, |d| d.as_millis() as i64);
                Timestamp(since + offset.load(Ordering::Relaxed))
            }
            Self::Manual(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward; it never goes back.
    pub fn move_to(&self, to: Timestamp) {
        if let Self::Manual(at) = self {
            at.fetch_max(to.0, Ordering::SeqCst);
        }
    }
}
