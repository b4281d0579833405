//! Papers and packages by the SHA-256 of their bytes, in a local directory.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use vyezd_core::doc::seal::sha256;

/// A directory of blobs.
pub struct Blobs {
    dir: PathBuf,
}

impl Blobs {
    /// Opens or makes the directory.
    pub fn open(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// Keeps bytes durably and returns their name. Keeping them again changes nothing.
    pub fn put(&self, bytes: &[u8]) -> io::Result<String> {
        let name = hex(&sha256(bytes));
        let path = self.path(&name);
        if path.exists() {
            return Ok(name);
        }
        let parent = path.parent().unwrap_or(&self.dir);
        fs::create_dir_all(parent)?;
        // Written aside and renamed, so a blob is there whole or not at all.
        let aside = parent.join(format!("{name}.{}", hex(&crate::app::chance::<8>())));
        let mut file = fs::File::create(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, &path)?;
        fs::File::open(parent)?.sync_all()?;
        Ok(name)
    }

    /// The bytes with this name, checked against it.
    pub fn get(&self, name: &str) -> io::Result<Vec<u8>> {
        let plain = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        if !plain {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a blob"));
        }
        let bytes = fs::read(self.path(name))?;
        if hex(&sha256(&bytes)) == name {
            Ok(bytes)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidData, "a blob does not match its name"))
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(&name[..2]).join(name)
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hex.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
