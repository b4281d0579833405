//! Who goes to the server for a phone. Apart from the machine, so that nobody waits for the network who
//! only wants to write something down.

use ed25519_dalek::SigningKey;
use vyezd_core::client::Upload;
use vyezd_core::codec::hex;
use vyezd_core::model::DeviceId;

use super::error::HttpError;
use super::http::{Link, Tus};
use super::live::Listener;

/// The first part of an upload, in bytes; it doubles while the network carries it.
const PART_FIRST: usize = 64 * 1024;
/// The largest.
const PART_MOST: usize = 1024 * 1024;
/// How often an upload begins anew because the bytes did not fit, before it is left for later.
const ANEW_MAX: u32 = 2;

/// A link, and the key that shows whose it is.
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

    /// The same person over another link.
    pub fn over(&self, link: Link) -> Self {
        Self { link, device: self.device, key: self.key.clone() }
    }

    /// Breaks off whatever is under way on this link, and leaves no connection open.
    pub fn shut_down(&self) {
        self.link.shut_down();
    }

    /// Carries one sync request to the server and its answer back.
    pub fn send(&mut self, request: &[u8]) -> Result<Vec<u8>, HttpError> {
        self.link.sync(self.device, &self.key, request)
    }

    /// A fresh token of a quarter of an hour; the next request uses it too.
    pub fn token(&mut self) -> Result<String, HttpError> {
        self.link.log_in(self.device, &self.key)
    }

    /// Opens the live channel. The host waits on it in a thread of its own; what a poke says is never
    /// the truth, it only says that it is time to sync.
    pub fn listen(&mut self) -> Result<Listener, HttpError> {
        let token = self.token()?;
        self.link.listen(&token)
    }

    /// Brings the bytes of a photo to the server, from where they were left last time.
    pub fn upload(&mut self, upload: &Upload, bytes: &[u8]) -> Result<(), HttpError> {
        let mut anew = 0;
        loop {
            match self.send_rest(upload, bytes) {
                Err(error) if error.status() == Some(460) && anew < ANEW_MAX => anew += 1,
                other => return other,
            }
        }
    }

    /// Sends only a part of a photo, as a network that breaks off does. Returns how many bytes the
    /// server has of it.
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
        // A fresh token: an upload may take longer than the old one has left.
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
