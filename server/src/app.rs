//! The state shared by all handlers: database, clock, keys. A clone copies one reference.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, broadcast};
use vyezd_core::model::{DeviceId, ItemId, Timestamp};

use crate::attestation::Attestor;
use crate::auth::keys::Keys;
use crate::blobs::Blobs;
use crate::brakes::Brakes;
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::epoch::next_epoch;
use crate::gate::Isolation;
use crate::limits::office::READY_EVERY_MS;
use crate::live::registry::Live;
use crate::passwords::Passwords;
use crate::push::vapid::Push;
use crate::store::{AuditEntry, Store, StoreError};
use crate::sync::budget::Budgets;
use crate::sync::cursors::Cursors;
use crate::telephony::Telephony;

#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub store: Store,
    pub config: Config,
    pub keys: Keys,
    pub passwords: Passwords,
    pub brakes: Brakes,
    /// Sends Web Push to browsers whose page is closed.
    pub push: Push,
    pub blobs: Blobs,
    /// The place of the one photo whose pixels are decoded.
    pub(crate) decoder: Semaphore,
    pub telephony: Telephony,
    /// Signals a change: pages ask again.
    pub change_tx: broadcast::Sender<()>,
    /// Signals a change made in this very process: other replicas are told.
    pub local_change_tx: broadcast::Sender<()>,
    pub live: Live,
    /// Name of this process in the documents that the process writes.
    pub process: [u8; 16],
    /// Codes over the server's own statements, with a key that is not in the database.
    pub attestor: Attestor,
    pub gate: Isolation,
    pub cursors: Cursors,
    pub budgets: Budgets,
    clock: Clock,
    entropy: Entropy,
    made: AtomicU16,
    seen: Mutex<BTreeMap<DeviceId, i64>>,
    ready: tokio::sync::Mutex<Option<Trial>>,
}

/// Time of the last trial write, and the reason of its failure.
struct Trial {
    at: i64,
    fault: Option<Unready>,
}

/// Reasons why the server cannot do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unready {
    /// There is no room for anything more.
    DiskFull,
    /// The database does not take what is written.
    Database,
    /// The data folder takes no file.
    Folder,
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
        Self::open_with(config, clock, Entropy::System).await
    }

    /// As [`App::open`], with the caller's own source of random bytes.
    pub async fn open_with(config: Config, clock: Clock, entropy: Entropy) -> anyhow::Result<Self> {
        let store = Store::open(&config.database_url, config.schema.as_deref()).await?;
        let gate = match &config.gate {
            Some(program) => Isolation::workers(program.clone(), config.gate_workers),
            None => Isolation::InProcess,
        };
        let mut tx = store.begin().await?;
        let keys = Keys::open(&mut tx).await?;
        let push = Push::open(&mut tx).await?;
        let lost = tx.was_started().await? && !config.attestation_key().exists();
        tx.commit().await?;
        let this = Self(Arc::new(Parts {
            blobs: Blobs::open(&config.blobs)?,
            decoder: Semaphore::new(1),
            attestor: Attestor::open(&config.attestation_key(), !lost || config.new_marks)?,
            gate,
            cursors: Cursors::default(),
            budgets: Budgets::default(),
            telephony: Telephony::console(),
            change_tx: broadcast::channel(16).0,
            local_change_tx: broadcast::channel(16).0,
            live: Live::default(),
            process: entropy.bytes(),
            store,
            push,
            config,
            keys,
            passwords: Passwords::default(),
            brakes: Brakes::default(),
            clock,
            entropy,
            made: AtomicU16::new(0),
            seen: Mutex::default(),
            ready: tokio::sync::Mutex::default(),
        }));
        let mut tx = this.store.begin().await?;
        tx.epoch(next_epoch(this.random_bytes())).await?;
        if lost {
            tx.audit(&AuditEntry {
                id: *this.id(ItemId::new).bytes(),
                at: this.now(),
                person: None,
                who: "командная строка",
                kind: "marks.replaced",
                subject: "keys/marks",
                details: "",
                address: None,
            })
            .await?;
        }
        if this.config.serving {
            tx.move_to(&this.config.public_url).await?;
            tx.begin_run(this.run() as i64).await?;
            if this.store.is_alone() {
                // No import survives the process that worked on one: the open ones count as
                // interrupted.
                tx.interrupt_imports(this.now()).await?;
            }
        }
        tx.commit().await?;
        Ok(this)
    }

    /// The name of this start of the server: 53 bits.
    pub fn run(&self) -> u64 {
        let head = self.process[..8].try_into().expect("eight of sixteen");
        (u64::from_be_bytes(head) >> 11).max(1)
    }

    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        self.entropy.bytes()
    }

    /// Notes in memory that a phone is here; [`App::note_seen`] writes the time down, so that a
    /// sync without changes writes nothing.
    pub fn seen(&self, device: DeviceId) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(device, self.now().0);
    }

    /// Time of a phone's last contact, where not written down yet.
    pub fn last_seen(&self, device: DeviceId) -> Option<i64> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&device).copied()
    }

    /// Writes down the times of the phones' last contacts.
    pub async fn note_seen(&self) -> Result<(), StoreError> {
        let seen: Vec<(DeviceId, i64)> = {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *seen).into_iter().collect()
        };
        let silent = self.cursors.silences();
        if seen.is_empty() && silent.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        tx.seen_devices(&seen).await?;
        tx.silent_devices(&silent).await?;
        tx.commit().await
    }

    /// Whether the server can write. Tried at most every [`READY_EVERY_MS`], one caller at a time.
    pub async fn unready(&self) -> Option<Unready> {
        let now = self.now();
        let mut last = self.ready.lock().await;
        if let Some(trial) = last.as_ref().filter(|trial| now.0 - trial.at < READY_EVERY_MS) {
            return trial.fault;
        }
        let fault = match self.store.try_writing(now).await {
            // The database may have room within its files for one more row, and the disk none for the next file.
            Ok(()) => self.unwritable_folder().await,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "nothing can be written");
                let full = crate::store::is_full(&error);
                Some(if full { Unready::DiskFull } else { Unready::Database })
            }
        };
        *last = Some(Trial { at: now.0, fault });
        fault
    }

    async fn unwritable_folder(&self) -> Option<Unready> {
        let dir = self.config.data_dir.clone();
        let tried = tokio::task::spawn_blocking(move || crate::folder::try_writing(&dir)).await;
        let error = tried.unwrap_or_else(|error| Err(std::io::Error::other(error))).err()?;
        tracing::error!(%error, "nothing can be written into the data folder");
        let full = error.kind() == std::io::ErrorKind::StorageFull;
        Some(if full { Unready::DiskFull } else { Unready::Folder })
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A new id. Those of one process ascend also within a millisecond.
    pub fn id<T>(&self, make: fn(i64, [u8; 10]) -> T) -> T {
        let mut random: [u8; 10] = self.random_bytes();
        let made = self.made.fetch_add(1, Ordering::Relaxed) % (1 << 12);
        [random[0], random[1]] = made.to_be_bytes();
        make(self.now().0, random)
    }

    /// Wakes everybody who waits for news: pages, live connections, timers.
    pub fn changed(&self) {
        // Nobody may be listening.
        let _: Result<usize, _> = self.change_tx.send(());
        let _: Result<usize, _> = self.local_change_tx.send(());
    }
}
