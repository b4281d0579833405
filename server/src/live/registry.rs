//! The phones that are connected, and the sign that the server is about to stop.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;
use vyezd_core::model::DeviceId;

/// Connected phones, and the sign that the server is about to stop.
pub struct Live {
    turns: Mutex<BTreeMap<DeviceId, u64>>,
    stop: watch::Sender<bool>,
}

impl Default for Live {
    fn default() -> Self {
        Self { turns: Mutex::default(), stop: watch::channel(false).0 }
    }
}

impl Live {
    /// All connections end; a server that stops does not wait for them.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(super) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    pub(super) fn take_turn(&self, device: DeviceId) -> u64 {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(device).or_default();
        *turn += 1;
        *turn
    }

    pub(super) fn is_turn(&self, device: DeviceId, turn: u64) -> bool {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.get(&device) == Some(&turn)
    }
}
