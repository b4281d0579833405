//! Photos on the phone: files by their SHA-256 beside the store, and their way to the server (tus 1.0),
//! which goes on where it was after any interruption.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use vyezd_core::client::{Input, Photo, Upload};
use vyezd_core::doc::seal::sha256;
use vyezd_core::model::{InstrumentId, OrderId, VisitId};

use super::http::{Tus, hex};
use super::{Phone, PhoneError};

/// The first part of an upload, in bytes; it doubles while the network carries it.
const PART_FIRST: usize = 64 * 1024;
/// The largest.
const PART_MOST: usize = 1024 * 1024;
/// How often an upload begins anew because the bytes did not fit, before it is left for later.
const ANEW_MAX: u32 = 2;

impl Phone {
    /// Keeps a photo durably and names it in the document. The bytes are never sent before that.
    pub fn take_photo(
        &mut self,
        (order, visit, instrument): (OrderId, VisitId, InstrumentId),
        kind: &str,
        bytes: &[u8],
    ) -> Result<[u8; 32], PhoneError> {
        let name = sha256(bytes);
        let path = self.photo_path(&name);
        if !path.exists() {
            write_durably(&path, bytes).map_err(PhoneError::Photo)?;
        }
        let photo =
            Photo { instrument, sha256: name, bytes: bytes.len() as u64, kind: kind.to_owned() };
        self.handle(Input::Photo { order, visit, photo })?;
        Ok(name)
    }

    /// Uploads the photos that the server needs, as far as the network goes. What was done stays done;
    /// one that cannot go does not keep the others, and its reason comes back at the end.
    pub fn upload_photos(&mut self) -> Result<usize, PhoneError> {
        let (mut done, mut failed) = (0, None);
        for upload in self.client().uploads() {
            match self.upload_one(&upload) {
                Ok(()) => done += 1,
                Err(PhoneError::Http(error)) if error.status().is_none() => {
                    return Err(error.into());
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(done), Err)
    }

    fn upload_one(&mut self, upload: &Upload) -> Result<(), PhoneError> {
        let bytes = fs::read(self.photo_path(&upload.sha256)).map_err(PhoneError::Photo)?;
        self.upload(upload, &bytes)?;
        self.handle(Input::Uploaded(upload.sha256))
    }

    /// Sends only a part of the next photo, as a network that breaks off does. Returns how many bytes
    /// the server has of it.
    pub fn upload_a_part(&mut self, bytes: usize) -> Result<u64, PhoneError> {
        let Some(upload) = self.client().uploads().into_iter().next() else { return Ok(0) };
        let all = fs::read(self.photo_path(&upload.sha256)).map_err(PhoneError::Photo)?;
        let (tus, at) = self.begin(&upload)?;
        let end = (at as usize + bytes).min(all.len());
        Ok(tus.send(&mut self.link, at, &all[at as usize..end])?)
    }

    fn begin(&mut self, upload: &Upload) -> Result<(Tus, u64), PhoneError> {
        // A fresh token: an upload may take longer than the old one has left.
        self.token()?;
        Ok(self.link.begin_upload(&hex(&upload.sha256), upload.order, upload.bytes)?)
    }

    fn upload(&mut self, upload: &Upload, bytes: &[u8]) -> Result<(), PhoneError> {
        let mut anew = 0;
        loop {
            match self.send_rest(upload, bytes) {
                Err(PhoneError::Http(error)) if error.status() == Some(460) && anew < ANEW_MAX => {
                    anew += 1;
                }
                other => return other,
            }
        }
    }

    fn send_rest(&mut self, upload: &Upload, bytes: &[u8]) -> Result<(), PhoneError> {
        let (tus, mut at) = self.begin(upload)?;
        let mut part = PART_FIRST;
        while (at as usize) < bytes.len() {
            let end = (at as usize + part).min(bytes.len());
            at = tus.send(&mut self.link, at, &bytes[at as usize..end])?;
            part = (part * 2).min(PART_MOST);
        }
        Ok(())
    }

    /// Removes files that nothing names any more: half-taken photos, orders of long ago.
    pub fn forget_photos(&mut self) -> Result<usize, PhoneError> {
        let kept: Vec<PathBuf> = {
            let names: Vec<[u8; 32]> = self.client().photos_kept().copied().collect();
            names.iter().map(|name| self.photo_path(name)).collect()
        };
        let mut gone = 0;
        let Ok(entries) = fs::read_dir(&self.photos) else { return Ok(0) };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if !kept.contains(&path) {
                fs::remove_file(&path).map_err(PhoneError::Photo)?;
                gone += 1;
            }
        }
        Ok(gone)
    }

    fn photo_path(&self, name: &[u8; 32]) -> PathBuf {
        self.photos.join(hex(name))
    }
}

/// The file is there whole or not at all.
fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let aside = path.with_extension("half");
    let mut file = fs::File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&aside, path)?;
    fs::File::open(dir)?.sync_all()
}
