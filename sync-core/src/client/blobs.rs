//! Photos. The shell holds their bytes, durable before the document names them; here is what the
//! server has of each. Photos travel on a connection of their own, after everything else.

use minicbor::bytes::ByteVec;
use serde::Serialize;

use super::error::ClientError;
use super::input::{Effect, Photo};
use super::machine::Client;
use super::rows::{BlobOnPhone, BlobState};
use super::table::{Table, Write, put};
use super::work::InFlight;
use crate::codec::hex;
use crate::doc::Edit;
use crate::doc::content::is_photo_kind;
use crate::frame::{BLOBS_ASKED_MAX, Response};
use crate::model::{Now, OrderId, Taken, VisitId};

/// A photo that the shell should upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Upload {
    /// SHA-256 of the bytes, hexadecimal in JSON; names the upload.
    #[serde(serialize_with = "as_hex")]
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub sha256: [u8; 32],
    /// Order that the photo belongs to.
    pub order: OrderId,
    /// Size of the photo, bytes.
    pub bytes: u64,
}

fn as_hex<S: serde::Serializer>(sha256: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&hex(sha256))
}

impl Client {
    /// Names a photo in the document. The server's limits are known beforehand, so that nobody
    /// learns at the end of the day that a photo is too large.
    pub(super) fn photo(
        &mut self,
        now: Now,
        (order, visit): (OrderId, VisitId),
        photo: Photo,
    ) -> Result<Vec<Effect>, ClientError> {
        let limits = self.state.reference.as_ref().map(|data| data.limits).unwrap_or_default();
        let known = self.state.blobs.values().filter(|blob| blob.order == order).count() as u64;
        if photo.bytes > limits.blob_bytes || photo.bytes == 0 {
            return Err(ClientError::PhotoTooLarge(limits.blob_bytes));
        }
        if !is_photo_kind(&photo.kind) {
            return Err(ClientError::PhotoKindUnknown(photo.kind));
        }
        if known >= limits.blobs_an_order {
            return Err(ClientError::TooManyPhotos(limits.blobs_an_order));
        }
        let Photo { instrument, sha256, bytes, kind, place } = photo;
        // The very same bytes are no evidence of a second visit.
        if self.state.blobs.get(&sha256).is_some_and(|known| known.order != order) {
            return Err(ClientError::PhotoOfAnother);
        }
        let blob = BlobOnPhone { order, bytes, state: BlobState::Unasked };
        let write = put(Table::Blob, &sha256, &blob);
        let taken = Some(Taken { at: self.evidence(now), place });
        let edit = Edit::AddPhoto { visit, instrument, sha256: hex(&sha256), kind, taken };
        let effects = self.edit(order, vec![edit], vec![write])?;
        self.state.blobs.insert(sha256, blob);
        Ok(effects)
    }

    /// Photos that the next request asks about; none during a comparison.
    pub(super) fn blobs_to_ask(&self) -> Vec<ByteVec> {
        if self.state.sync.reconciling {
            return Vec::new();
        }
        let unasked = self.state.blobs.iter().filter(|(_, blob)| blob.state == BlobState::Unasked);
        unasked.take(BLOBS_ASKED_MAX).map(|(sha256, _)| sha256.to_vec().into()).collect()
    }

    /// Takes the server's bits about the photos asked about, from the highest: 1 means needed.
    pub(super) fn take_presence(&mut self, asked: &InFlight, response: &Response) -> Vec<Write> {
        let Some(bits) = &response.blobs_need else { return Vec::new() };
        let mut writes = Vec::new();
        for (at, name) in asked.blobs.iter().enumerate() {
            let Ok(sha256) = <[u8; 32]>::try_from(name.as_slice()) else { continue };
            let Some(byte) = bits.get(at / 8) else { break };
            let needed = byte & (0x80 >> (at % 8)) != 0;
            let Some(blob) = self.state.blobs.get_mut(&sha256) else { continue };
            blob.state = if needed { BlobState::Needed } else { BlobState::There };
            writes.push(put(Table::Blob, &sha256, blob));
        }
        writes
    }

    /// Asks about every photo again: a server that came back from an old copy may have lost some.
    pub(super) fn ask_for_blobs_again(&mut self) -> Vec<Write> {
        let mut writes = Vec::new();
        for (sha256, blob) in &mut self.state.blobs {
            if blob.state != BlobState::Unasked {
                blob.state = BlobState::Unasked;
                writes.push(put(Table::Blob, sha256, blob));
            }
        }
        writes
    }

    /// Photos to be uploaded, smallest first: many done are worth more than one begun.
    pub fn uploads(&self) -> Vec<Upload> {
        let needed =
            |blob: &BlobOnPhone| blob.state == BlobState::Needed && !self.is_strangers(blob.order);
        let needed = self.state.blobs.iter().filter(|(_, blob)| needed(blob));
        let mut all: Vec<Upload> = needed
            .map(|(sha256, blob)| Upload { sha256: *sha256, order: blob.order, bytes: blob.bytes })
            .collect();
        all.sort_by_key(|upload| upload.bytes);
        all
    }

    /// Number of photos that the server lacks, as far as known.
    pub(super) fn photos_left(&self) -> usize {
        let left =
            |blob: &&BlobOnPhone| blob.state != BlobState::There && !self.is_strangers(blob.order);
        self.state.blobs.values().filter(left).count()
    }

    /// Whether the order came by a transfer that was refused: the server knows no work of this
    /// person there and takes no photo. The bytes stay, in case the order is assigned after all.
    fn is_strangers(&self, order: OrderId) -> bool {
        let meta = self.state.meta.get(&order);
        meta.is_some_and(|m| m.lost.is_some() && m.heads.is_empty() && m.visits.is_empty())
    }

    /// Notes that the server has a photo.
    pub(super) fn uploaded(&mut self, now: Now, sha256: [u8; 32]) -> Vec<Effect> {
        let Some(blob) = self.state.blobs.get_mut(&sha256) else { return Vec::new() };
        blob.state = BlobState::There;
        let mut effects =
            vec![Effect::Commit(vec![put(Table::Blob, &sha256, blob)]), Effect::Changed];
        let unasked = self.state.blobs.values().any(|blob| blob.state == BlobState::Unasked);
        // The answer after the last photo erases a phone whose access was taken away.
        if unasked || (self.state.sync.revoked && self.photos_left() == 0) {
            effects.extend(self.send(now));
        }
        effects
    }

    /// Removes the rows of an order's photos that the server has; the shell may then delete the
    /// bytes.
    pub(super) fn forget_blobs_of(&mut self, order: OrderId) -> Vec<Write> {
        let gone: Vec<[u8; 32]> = self
            .state
            .blobs
            .iter()
            .filter(|(_, blob)| blob.order == order && blob.state == BlobState::There)
            .map(|(sha256, _)| *sha256)
            .collect();
        let forget = |sha256: &[u8; 32]| {
            self.state.blobs.remove(sha256);
            Write::Delete { table: Table::Blob, key: sha256.to_vec() }
        };
        gone.iter().map(forget).collect()
    }

    /// SHA-256 of each photo whose bytes must stay; the shell may remove any other.
    pub fn photos_kept(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.state.blobs.keys()
    }
}
