//! The key of the phone's data: 32 random bytes, wrapped by the platform's key store and kept
//! wrapped beside the store. The key file is written before anything encrypted under the key, and
//! never changes.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use vyezd_phone::native::{DataKey, Vault};
use zeroize::Zeroizing;

use crate::error::{KeyStoreError, VyezdError};

/// Key store of the platform, brought by the app: Android Keystore, iOS Keychain with the Secure
/// Enclave, or a key derived from a typed code. Called on a thread of the library, once at each
/// opening.
#[uniffi::export(with_foreign)]
pub trait KeyStore: Send + Sync {
    /// Encrypts the data key (32 bytes) under a key that never leaves the platform's store.
    ///
    /// # Errors
    ///
    /// [`KeyStoreError`], shown to the person as [`VyezdError::Locked`].
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreError>;
    /// Decrypts bytes that [`KeyStore::wrap`] returned.
    ///
    /// # Errors
    ///
    /// [`KeyStoreError`], shown to the person as [`VyezdError::Locked`].
    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreError>;
}

/// Path and key of the phone in the app's folder; makes a key if neither key nor store is there.
pub(crate) fn vault(dir: &Path, keys: &dyn KeyStore) -> Result<Vault, VyezdError> {
    fs::create_dir_all(dir).map_err(|_| VyezdError::storage())?;
    let kept = dir.join("phone.key");
    let path = dir.join("phone.db");
    let key = match fs::read(&kept) {
        Ok(wrapped) => unwrap(keys, wrapped)?,
        Err(_) if path.exists() => {
            let words = "Ключ к данным телефона пропал: подключите телефон заново";
            return Err(VyezdError::locked("key_missing", words));
        }
        Err(_) => make(keys, &kept)?,
    };
    Ok(Vault { path, key })
}

/// Whether a phone was ever enrolled in the folder.
pub(crate) fn is_there(dir: &Path) -> bool {
    dir.join("phone.db").exists()
}

fn unwrap(keys: &dyn KeyStore, wrapped: Vec<u8>) -> Result<DataKey, VyezdError> {
    let bytes = Zeroizing::new(keys.unwrap(wrapped).map_err(refused)?);
    let words = "Хранилище ключей вернуло не тот ключ";
    let bytes = bytes.as_slice().try_into();
    bytes.map(DataKey::new).map_err(|_| VyezdError::locked("key_missing", words))
}

fn make(keys: &dyn KeyStore, kept: &Path) -> Result<DataKey, VyezdError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut bytes[..]).map_err(|_| VyezdError::storage())?;
    let wrapped = keys.wrap(bytes.to_vec()).map_err(refused)?;
    write(kept, &wrapped).map_err(|_| VyezdError::storage())?;
    Ok(DataKey::new(*bytes))
}

/// Writes the wrapped key whole and synced, before anything needs the key.
fn write(kept: &Path, wrapped: &[u8]) -> std::io::Result<()> {
    let half = kept.with_extension("half");
    let mut file = fs::File::create(&half)?;
    file.write_all(wrapped)?;
    file.sync_all()?;
    fs::rename(&half, kept)?;
    match kept.parent() {
        Some(dir) => fs::File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

fn refused(error: KeyStoreError) -> VyezdError {
    match error {
        KeyStoreError::Gone => VyezdError::locked(
            "key_missing",
            "Ключ к данным телефона пропал: подключите телефон заново",
        ),
        KeyStoreError::Refused => {
            VyezdError::locked("key_refused", "Разблокируйте телефон и попробуйте ещё раз")
        }
    }
}
