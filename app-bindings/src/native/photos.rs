//! Photos on the phone: encrypted files beside the store, named by the SHA-256 of the image, and
//! their upload (tus 1.0), which resumes after any interruption.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use vyezd_core::client::{ClientError, Input, Photo, Upload};
use vyezd_core::codec::{hex, sha256};
use vyezd_core::model::{InstrumentId, OrderId, Place, VisitId};
use vyezd_core::picture;

use super::{Phone, PhoneError, StoreError, Vault};

impl Phone {
    /// Keeps a photo durably, then names it in the document; photos are sent only afterwards.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Photo`] if the file cannot be written; [`PhoneError::Client`] by the limits and
    /// for bytes that are no picture.
    pub fn take_photo(
        &mut self,
        (order, visit, instrument): (OrderId, VisitId, InstrumentId),
        (kind, place): (&str, Option<Place>),
        bytes: &[u8],
    ) -> Result<[u8; 32], PhoneError> {
        if picture::decode(bytes).is_none() {
            return Err(ClientError::PhotoUnreadable.into());
        }
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

    /// Image bytes of a photo on this phone.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Photo`] without the file; [`StoreError::Locked`] if the file does not decrypt.
    pub fn photo(&self, name: &[u8; 32]) -> Result<Vec<u8>, PhoneError> {
        let closed = fs::read(photo_path(&self.vault, name)).map_err(PhoneError::Photo)?;
        Ok(self.vault.key.open(&shelf(name), &closed).ok_or(StoreError::Locked)?)
    }

    /// Uploads the photos that the server needs, as far as the network goes, and returns their
    /// number. A refused photo does not stop the others.
    ///
    /// # Errors
    ///
    /// The first refusal, after all other photos; a lost network at once.
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

    /// Sends only the next part of the first photo, and returns the server's offset.
    pub fn upload_a_part(&mut self, bytes: usize) -> Result<u64, PhoneError> {
        let Some(upload) = self.client().uploads().into_iter().next() else { return Ok(0) };
        let all = self.photo(&upload.sha256)?;
        Ok(self.transport().upload_a_part(&upload, &all, bytes)?)
    }

    /// Removes files that nothing names any more: half-taken photos, orders of long ago. Returns
    /// their number.
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

/// Suffix of the folder of photos, beside the store.
const PHOTOS: &str = "photos";

fn photo_path(vault: &Vault, name: &[u8; 32]) -> PathBuf {
    vault.beside(PHOTOS).join(hex(name))
}

/// Place of a photo, to which the encryption binds its bytes.
fn shelf(name: &[u8; 32]) -> Vec<u8> {
    [b"photo/", &name[..]].concat()
}

/// Writes a file that is there whole or not at all, also after a crash.
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
