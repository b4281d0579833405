//! Cursor of each phone, with times: a sheet is compared with the card and the reference data that
//! its phone had been told. Kept in memory until the phone brings something, so that a request for
//! news costs no write.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use vyezd_core::model::{DeviceId, Timestamp};

use crate::store::{Heard, HeardOf};

/// Numbers of one phone that wait to be written, at most: those between two of its pushes.
const PENDING_MAX: usize = 256;

/// Content of one answer or of one request: a place in the stream (0 where of another data set) and
/// a version of the reference data.
#[derive(Debug, Clone, Copy)]
pub struct At {
    pub seq: i64,
    /// The version of the reference data.
    pub reference: i64,
}

#[derive(Default)]
pub struct Cursors(Mutex<BTreeMap<DeviceId, Of>>);

#[derive(Default)]
struct Of {
    places: Track,
    references: Track,
    /// Time of the last request without a new sheet.
    silent_at: Option<i64>,
    silence_unwritten: bool,
}

/// One number that only grows.
#[derive(Default)]
struct Track {
    sent: Option<(i64, i64)>,
    said: i64,
    pending: Vec<Heard>,
}

impl Track {
    fn sent(&mut self, number: i64, now: Timestamp) {
        if self.sent.is_none_or(|(known, _)| known != number) {
            self.sent = Some((number, now.0));
        }
    }

    fn said(&mut self, number: i64, now: Timestamp) {
        if self.said == number {
            return;
        }
        self.said = number;
        let told_at = self.sent.filter(|(sent, _)| *sent == number).map_or(now.0, |(_, at)| at);
        if self.pending.len() >= PENDING_MAX {
            self.pending.remove(0);
        }
        self.pending.push(Heard { number, told_at, said_at: now.0 });
    }
}

impl Cursors {
    /// Notes the numbers of an answer to the phone.
    pub fn sent(&self, device: DeviceId, at: At, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = all.entry(device).or_default();
        of.places.sent(at.seq, now);
        of.references.sent(at.reference, now);
    }

    /// Notes the numbers that the phone names itself.
    pub fn said(&self, device: DeviceId, at: At, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = all.entry(device).or_default();
        of.places.said(at.seq, now);
        of.references.said(at.reference, now);
    }

    /// A request came that held all that the phone had, and no new sheet among it.
    pub fn spoke_without_sheet(&self, device: DeviceId, at: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = all.entry(device).or_default();
        if of.silent_at.is_none_or(|silent| silent < at.0) {
            of.silent_at = Some(at.0);
            of.silence_unwritten = true;
        }
    }

    /// When the phone last spoke without a sheet, as far as this process has heard.
    pub fn silent(&self, device: DeviceId) -> Option<i64> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&device).and_then(|of| of.silent_at)
    }

    /// Silences that are not written down yet; each is returned once.
    pub fn silences(&self) -> Vec<(DeviceId, i64)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let unwritten = |(device, of): (&DeviceId, &mut Of)| {
            std::mem::take(&mut of.silence_unwritten).then_some((*device, of.silent_at?))
        };
        all.iter_mut().filter_map(unwritten).collect()
    }

    /// Numbers of a phone that wait to be written. A second write changes nothing, so a lost one
    /// may come again.
    pub fn pending(&self, device: DeviceId) -> HeardOf {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(of) = all.get_mut(&device) else { return HeardOf::default() };
        HeardOf {
            places: std::mem::take(&mut of.places.pending),
            references: std::mem::take(&mut of.references.pending),
        }
    }
}
