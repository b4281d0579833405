//! Carrier of a phone's requests, separate from the machine, so that saving never waits for the
//! network.

use ed25519_dalek::SigningKey;
use vyezd_core::client::Upload;
use vyezd_core::codec::hex;
use vyezd_core::model::DeviceId;

use super::error::HttpError;
use super::http::{Link, Tus};
use super::live::Listener;

/// First part of an upload, bytes; each accepted part doubles the next.
const PART_FIRST: usize = 64 * 1024;
/// Largest part of an upload, bytes.
const PART_MOST: usize = 1024 * 1024;
/// Restarts of an upload after a wrong checksum (status 460), before the upload is left for later.
const ANEW_MAX: u32 = 2;

/// A link, and the key that proves whose phone speaks.
#[derive(Clone)]
pub struct HttpTransport {
    link: Link,
    device: DeviceId,
    key: SigningKey,
}

impl HttpTransport {
    pub(super) const fn new(link: Link, device: DeviceId, key: SigningKey) -> Self {
        Self { link, device, key }
    }

    /// The same phone over another link.
    pub fn over(&self, link: Link) -> Self {
        Self { link, device: self.device, key: self.key.clone() }
    }

    /// Breaks off every request on this link, and closes the connections.
    pub fn shut_down(&self) {
        self.link.shut_down();
    }

    /// Sends one sync request and returns the body of the answer.
    pub fn send(&mut self, request: &[u8]) -> Result<Vec<u8>, HttpError> {
        self.link.sync(self.device, &self.key, request)
    }

    /// Gets a fresh token for 15 minutes; later requests use the same one.
    pub fn token(&mut self) -> Result<String, HttpError> {
        self.link.log_in(self.device, &self.key)
    }

    /// Opens the live channel; the host waits on it in a thread of its own. A poke only says that
    /// it is time to sync.
    pub fn listen(&mut self) -> Result<Listener, HttpError> {
        let token = self.token()?;
        self.link.listen(&token)
    }

    /// Uploads the bytes of a photo, from the server's offset on.
    ///
    /// # Errors
    ///
    /// [`HttpError`]; an interrupted upload resumes at the next call.
    pub fn upload(&mut self, upload: &Upload, bytes: &[u8]) -> Result<(), HttpError> {
        let mut anew = 0;
        loop {
            match self.send_rest(upload, bytes) {
                Err(error) if error.status() == Some(460) && anew < ANEW_MAX => anew += 1,
                other => return other,
            }
        }
    }

    /// Sends only one part of a photo, as a failing network does. Returns the server's offset.
    pub fn upload_a_part(
        &mut self,
        upload: &Upload,
        all: &[u8],
        bytes: usize,
    ) -> Result<u64, HttpError> {
        let (tus, at) = self.begin(upload)?;
        let end = (at as usize + bytes).min(all.len());
        tus.send(&mut self.link, at, &all[at as usize..end])
    }

    fn begin(&mut self, upload: &Upload) -> Result<(Tus, u64), HttpError> {
        // A fresh token: an upload may outlast the current one.
        self.token()?;
        self.link.begin_upload(&hex(&upload.sha256), upload.order, upload.bytes)
    }

    fn send_rest(&mut self, upload: &Upload, bytes: &[u8]) -> Result<(), HttpError> {
        let (tus, mut at) = self.begin(upload)?;
        let mut part = PART_FIRST;
        while (at as usize) < bytes.len() {
            let end = (at as usize + part).min(bytes.len());
            at = tus.send(&mut self.link, at, &bytes[at as usize..end])?;
            part = (part * 2).min(PART_MOST);
        }
        Ok(())
    }
}
