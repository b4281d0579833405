//! The phone of a request and its person, from the first look to the answer.

use std::collections::BTreeSet;

use vyezd_core::model::{DeviceId, InstallId};

use crate::store::{LeaseHolder, PersonRow};

/// A full answer is given at least this often, ms: leases of a new year, and the like.
pub(super) const LOOK_MS: i64 = 12 * 3600 * 1000;

pub(crate) struct Caller {
    pub(crate) device: DeviceId,
    pub(crate) install: InstallId,
    /// Key of the receipts: a phone that names another phone's installation neither meets nor
    /// leaves receipts there.
    pub(crate) receipts: InstallId,
    pub(crate) person: PersonRow,
    pub(crate) revoked: bool,
    /// Time of the last full answer.
    pub(crate) looked_at: i64,
    /// Places in the stream of this very request's own changes.
    pub(crate) fresh: BTreeSet<i64>,
}

impl Caller {
    pub(super) const fn lease_holder(&self) -> LeaseHolder {
        LeaseHolder { install: self.install, device: self.device }
    }
}
