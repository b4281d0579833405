//! How far each phone is, and since when: a sheet is compared with the card that its phone had been told. Kept in
//! memory until the phone brings something, so that asking costs no write.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use vyezd_core::model::{DeviceId, Timestamp};

use crate::store::PhoneCursor;

/// Places of one phone that wait to be written, at most: those between two of its pushes.
const PENDING_MAX: usize = 256;

/// The cursors of phones.
#[derive(Default)]
pub struct Cursors(Mutex<BTreeMap<DeviceId, Of>>);

#[derive(Default)]
struct Of {
    told: Option<(i64, i64)>,
    said: i64,
    pending: Vec<PhoneCursor>,
}

impl Cursors {
    /// An answer with this cursor goes to the phone.
    pub fn told(&self, device: DeviceId, seq: i64, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = all.entry(device).or_default();
        if of.told.is_none_or(|(known, _)| known != seq) {
            of.told = Some((seq, now.0));
        }
    }

    /// The phone names this cursor.
    pub fn said(&self, device: DeviceId, seq: i64, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = all.entry(device).or_default();
        if of.said == seq {
            return;
        }
        of.said = seq;
        let told_at = of.told.filter(|(told, _)| *told == seq).map_or(now.0, |(_, at)| at);
        if of.pending.len() >= PENDING_MAX {
            of.pending.remove(0);
        }
        of.pending.push(PhoneCursor { seq, told_at, said_at: now.0 });
    }

    /// What waits to be written of a phone. Writing it again changes nothing, so it may be lost and come anew.
    pub fn pending(&self, device: DeviceId) -> Vec<PhoneCursor> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(&device).map(|of| std::mem::take(&mut of.pending)).unwrap_or_default()
    }
}
