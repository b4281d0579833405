//! Photos on the phone: encrypted files beside the store, named by the SHA-256 of what was taken, and
//! their way to the server (tus 1.0), which goes on where it was after any interruption.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use vyezd_core::client::{Input, Photo, Upload};
use vyezd_core::codec::{hex, sha256};
use vyezd_core::model::{InstrumentId, OrderId, Place, VisitId};

use super::{Phone, PhoneError, StoreError, Vault};

impl Phone {
    /// Keeps a photo durably and names it in the document. The bytes are never sent before that.
    pub fn take_photo(
        &mut self,
        (order, visit, instrument): (OrderId, VisitId, InstrumentId),
        (kind, place): (&str, Option<Place>),
        bytes: &[u8],
    ) -> Result<[u8; 32], PhoneError> {
        let name = sha256(bytes);
        let path = photo_path(&self.vault, &name);
        if !path.exists() {
            let closed = self.vault.key.close(&shelf(&name), bytes).map_err(StoreError::from)?;
            write_durably(&path, &closed).map_err(PhoneError::Photo)?;
        }
        let (length, kind) = (bytes.len() as u64, kind.to_owned());
        let photo = Photo { instrument, sha256: name, bytes: length, kind, place };
        self.handle(Input::Photo { order, visit, photo })?;
        Ok(name)
    }

    /// The bytes of a photo that is on this phone.
    pub fn photo(&self, name: &[u8; 32]) -> Result<Vec<u8>, PhoneError> {
        let closed = fs::read(photo_path(&self.vault, name)).map_err(PhoneError::Photo)?;
        Ok(self.vault.key.open(&shelf(name), &closed).ok_or(StoreError::Locked)?)
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
        let bytes = self.photo(&upload.sha256)?;
        self.transport().upload(upload, &bytes)?;
        self.handle(Input::Uploaded(upload.sha256))
    }

    /// Sends only a part of the next photo. Returns how many bytes the server has of it.
    pub fn upload_a_part(&mut self, bytes: usize) -> Result<u64, PhoneError> {
        let Some(upload) = self.client().uploads().into_iter().next() else { return Ok(0) };
        let all = self.photo(&upload.sha256)?;
        Ok(self.transport().upload_a_part(&upload, &all, bytes)?)
    }

    /// Removes files that nothing names any more: half-taken photos, orders of long ago.
    pub fn forget_photos(&mut self) -> Result<usize, PhoneError> {
        let kept: Vec<PathBuf> = {
            let names: Vec<[u8; 32]> = self.client().photos_kept().copied().collect();
            names.iter().map(|name| photo_path(&self.vault, name)).collect()
        };
        let mut gone = 0;
        let Ok(entries) = fs::read_dir(self.vault.beside(PHOTOS)) else { return Ok(0) };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if !kept.contains(&path) {
                fs::remove_file(&path).map_err(PhoneError::Photo)?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

/// The folder of photos beside the store.
const PHOTOS: &str = "photos";

fn photo_path(vault: &Vault, name: &[u8; 32]) -> PathBuf {
    vault.beside(PHOTOS).join(hex(name))
}

/// The place of a photo, to which its bytes are bound.
fn shelf(name: &[u8; 32]) -> Vec<u8> {
    [b"photo/", &name[..]].concat()
}

/// The file is there whole or not at all.
fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let half = path.with_extension("half");
    let mut file = fs::File::create(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&half, path)?;
    fs::File::open(dir)?.sync_all()
}
