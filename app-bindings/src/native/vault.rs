//! Path of a phone's store, and the key that encrypts its values. The host app keeps the key: the
//! platform's key store wraps it, or a code typed by the user yields it.

use std::path::PathBuf;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// First byte of every encrypted value: the method of encryption.
const VERSION: u8 = 1;
/// XChaCha20-Poly1305 takes 24 random bytes with each value (draft-irtf-cfrg-xchacha-03).
const NONCE_BYTES: usize = 24;
/// Purpose that every value is bound to, beside its place.
const PURPOSE: &[u8] = b"vyezd-phone-1";

/// Key of one phone's data: 32 random bytes, made once, before the phone is enrolled.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl DataKey {
    /// Wraps 32 bytes, as the host's key store returned them.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// All 32 bytes, for the host's key store.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Encrypts a value for a place; at any other place the value does not open.
    pub(super) fn close(&self, place: &[u8], value: &[u8]) -> Result<Vec<u8>, NoEntropy> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| NoEntropy)?;
        let aad = [PURPOSE, place].concat();
        let payload = Payload { msg: value, aad: &aad };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| NoEntropy)?;
        Ok([&[VERSION][..], &nonce, &sealed].concat())
    }

    /// Decrypts a value of a place; `None` for a changed value, another place or another key.
    pub(super) fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (version, rest) = sealed.split_first()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let aad = [PURPOSE, place].concat();
        let payload = Payload { msg: sealed, aad: &aad };
        (*version == VERSION).then_some(())?;
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

/// The system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoEntropy;

/// Path and key of a phone.
#[derive(Clone)]
pub struct Vault {
    /// Database file; photos and the marker of the installation lie beside it.
    pub path: PathBuf,
    /// Key of the values in those files.
    pub key: DataKey,
}

impl Vault {
    /// Path of a file beside the database, `{path}.{what}`.
    pub(super) fn beside(&self, what: &str) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".");
        name.push(what);
        PathBuf::from(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_only_at_its_place_with_its_key_and_whole() {
        let key = DataKey::new([7; 32]);
        let closed = key.close(b"card/1", "ул. Чапаева, 12".as_bytes()).unwrap();
        assert_eq!(key.open(b"card/1", &closed).unwrap(), "ул. Чапаева, 12".as_bytes());
        assert_ne!(key.close(b"card/1", b"x").unwrap(), key.close(b"card/1", b"x").unwrap());
        assert!(key.open(b"card/2", &closed).is_none());
        assert!(DataKey::new([8; 32]).open(b"card/1", &closed).is_none());
        for at in 0..closed.len() {
            let mut bent = closed.clone();
            bent[at] ^= 1;
            assert!(key.open(b"card/1", &bent).is_none(), "byte {at}");
            assert!(key.open(b"card/1", &closed[..at]).is_none(), "cut at {at}");
        }
    }
}
