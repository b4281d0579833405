//! What every handler may use: the store, the clock, the keys. Cheap to clone.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};

use tokio::sync::broadcast;
use vyezd_core::model::Timestamp;

use crate::auth::Keys;
use crate::blobs::Blobs;
use crate::config::Config;
use crate::store::Store;
use crate::telephony::Telephony;

/// The server's parts.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] holds.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The settings.
    pub config: Config,
    /// The keys of this installation.
    pub keys: Keys,
    /// Where papers are kept.
    pub blobs: Blobs,
    /// How people are called.
    pub telephony: Telephony,
    /// Says that something changed: pages ask again.
    pub poke: broadcast::Sender<()>,
    /// Names this process in documents that it writes.
    pub process: [u8; 16],
    clock: Clock,
    made: AtomicU16,
}

/// Where the time comes from.
#[derive(Clone)]
pub enum Clock {
    /// The process's clock, corrected to the database's where several processes share one.
    System(Arc<AtomicI64>),
    /// Moved by a test or a demonstration: unix milliseconds.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The process's clock.
    pub fn system() -> Self {
        Self::System(Arc::default())
    }

    /// A clock that stands at `start` until it is moved.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.0)))
    }

    /// The time.
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

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens everything that the settings name.
    pub async fn open(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let store = Store::open(&config.database_url, config.schema.as_deref()).await?;
        let mut tx = store.begin().await?;
        let keys = Keys::open(&mut tx).await?;
        tx.commit().await?;
        Ok(Self(Arc::new(Parts {
            blobs: Blobs::open(&config.data_dir.join("blobs"))?,
            telephony: Telephony::console(),
            poke: broadcast::channel(16).0,
            process: chance(),
            store,
            config,
            keys,
            clock,
            made: AtomicU16::new(0),
        })))
    }

    /// The clock for decisions.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock itself.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A new id. Those of one process ascend also within a millisecond.
    pub fn id<T>(&self, make: fn(i64, [u8; 10]) -> T) -> T {
        let mut chance: [u8; 10] = chance();
        let made = self.made.fetch_add(1, Ordering::Relaxed) % (1 << 12);
        [chance[0], chance[1]] = made.to_be_bytes();
        make(self.now().0, chance)
    }

    /// Pages may look again.
    pub fn changed(&self) {
        // Nobody may be listening.
        let _: Result<usize, _> = self.poke.send(());
    }
}

/// Bytes of chance.
pub fn chance<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}
