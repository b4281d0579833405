//! Bounds of one phone's cost: time and bytes in the gate, commands, tries of an item that cannot
//! be written. In memory only: a restart forgives, and so does a minute.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vyezd_core::model::{DeviceId, ItemId, Timestamp};

use crate::limits::phones::{
    COMMANDS_A_MINUTE, GATE_BYTES_A_MINUTE, GATE_MS_A_MINUTE, SYNCS_AT_ONCE, TURNS_WAITING_MAX,
    WRITE_TRIES_MAX,
};

/// Items whose tries are remembered at most; beyond them the oldest names go first.
const TRIES_KEPT: usize = 10_000;
/// Phones whose spending is remembered: those of the last minute.
const MINUTE_MS: i64 = 60_000;

#[derive(Default)]
pub struct Budgets {
    spent: Mutex<BTreeMap<DeviceId, Spent>>,
    tries: Mutex<BTreeMap<ItemId, u32>>,
    turns: Mutex<BTreeMap<DeviceId, Arc<tokio::sync::Mutex<()>>>>,
    seats: Mutex<BTreeMap<DeviceId, Arc<Semaphore>>>,
}

/// One request of a phone that is under way, until the last byte of its answer has gone.
#[must_use]
pub struct Seat {
    _permit: OwnedSemaphorePermit,
}

/// Spending that drains away within a minute.
#[derive(Clone, Copy, Default)]
struct Spent {
    at: i64,
    ms: u64,
    bytes: u64,
    commands: u64,
}

impl Spent {
    fn drained(self, now: i64) -> Self {
        let passed = (now - self.at).clamp(0, MINUTE_MS) as u64;
        let left = |spent: u64, rate: u64| spent.saturating_sub(rate * passed / MINUTE_MS as u64);
        Self {
            at: now,
            ms: left(self.ms, GATE_MS_A_MINUTE),
            bytes: left(self.bytes, GATE_BYTES_A_MINUTE),
            commands: left(self.commands, COMMANDS_A_MINUTE),
        }
    }
}

impl Budgets {
    pub fn has_room(&self, device: DeviceId, now: Timestamp) -> bool {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = spent.get(&device).copied().unwrap_or_default().drained(now.0);
        spent.ms < GATE_MS_A_MINUTE && spent.bytes < GATE_BYTES_A_MINUTE
    }

    /// Takes commands from the phone's budget; returns the number that may be decided now.
    pub fn take_commands(&self, device: DeviceId, now: Timestamp, asked: usize) -> usize {
        let mut all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = all.entry(device).or_default();
        *spent = spent.drained(now.0);
        let taken = COMMANDS_A_MINUTE.saturating_sub(spent.commands).min(asked as u64);
        spent.commands += taken;
        taken as usize
    }

    /// A seat for one more request of a phone; nothing where [`SYNCS_AT_ONCE`] are under way.
    pub fn seat(&self, device: DeviceId) -> Option<Seat> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats.retain(|_, free| free.available_permits() < SYNCS_AT_ONCE);
        let free = seats.entry(device).or_insert_with(|| Arc::new(Semaphore::new(SYNCS_AT_ONCE)));
        free.clone().try_acquire_owned().ok().map(|permit| Seat { _permit: permit })
    }

    /// One phone keeps one worker busy, however many requests it sends at once. `None`: too many wait already.
    pub async fn turn(&self, device: DeviceId) -> Option<tokio::sync::OwnedMutexGuard<()>> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|known, turn| *known == device || Arc::strong_count(turn) > 1);
            turns.entry(device).or_default().clone()
        };
        // The map, this caller, and those who wait or work.
        if Arc::strong_count(&turn) > 2 + TURNS_WAITING_MAX {
            return None;
        }
        Some(turn.lock_owned().await)
    }

    /// Counts the time that the gate and the database spent on a phone's items.
    pub fn spend(&self, device: DeviceId, now: Timestamp, busy: Duration, bytes: usize) {
        let mut all = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, spent| spent.at > now.0 - MINUTE_MS);
        let spent = all.entry(device).or_default();
        *spent = spent.drained(now.0);
        spent.ms = spent.ms.saturating_add(busy.as_millis() as u64);
        spent.bytes = spent.bytes.saturating_add(bytes as u64);
    }

    /// An item could not be written once more; `true`: that was the last try.
    pub fn failed(&self, item: ItemId) -> bool {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= TRIES_KEPT {
            tries.pop_first();
        }
        let count = tries.entry(item).or_default();
        *count += 1;
        let last = *count >= WRITE_TRIES_MAX;
        if last {
            tries.remove(&item);
        }
        last
    }
}
