//! A file under a key: what a copy of the installation is when it is asked for encrypted.
//!
//! `vyezd-sealed-1\n`, 19 bytes of chance, then pieces of 64 KiB under XChaCha20-Poly1305, the last one
//! shorter. The nonce of a piece is the chance, its number (4 bytes, big-endian) and 1 for the last piece
//! or 0, so pieces cannot be left out, doubled or put in another order; the associated data is the name
//! of the file in its copy, so files cannot take each other's place.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use vyezd_core::codec::unhex;

use crate::entropy::random_bytes;
use crate::folder;

const MAGIC: &[u8] = b"vyezd-sealed-1\n";
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;
const CHANCE: usize = 19;

pub struct CopyKey(XChaCha20Poly1305);

impl CopyKey {
    /// Reads 64 hexadecimal digits.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        folder::secret(path)?;
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("ключ копий {} не читается", path.display()))?;
        let key: Option<[u8; 32]> = unhex(text.trim()).and_then(|bytes| bytes.try_into().ok());
        let key = key.context(
            "в ключе копий должно быть 64 шестнадцатеричных знака: (umask 077; openssl rand -hex 32 > copy.key)",
        )?;
        Ok(Self(XChaCha20Poly1305::new(&key.into())))
    }

    pub fn seal(&self, from: &Path, to: &Path, name: &str) -> anyhow::Result<()> {
        let mut plain = BufReader::new(File::open(from)?);
        let mut sealed = BufWriter::new(File::create(to)?);
        let random = random_bytes::<CHANCE>();
        sealed.write_all(MAGIC)?;
        sealed.write_all(&random)?;
        let mut next = piece(&mut plain, PIECE)?;
        for number in 0_u32.. {
            let now = next;
            next = piece(&mut plain, PIECE)?;
            let last = next.is_empty();
            let payload = Payload { msg: &now, aad: name.as_bytes() };
            let nonce = nonce(&random, number, last);
            let closed = self.0.encrypt(&nonce, payload).map_err(|_| anyhow!("не шифруется"))?;
            sealed.write_all(&closed)?;
            if last {
                break;
            }
        }
        sealed.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        Ok(())
    }

    /// Writes the plain bytes of an encrypted file.
    pub fn open(&self, from: &Path, to: &Path, name: &str) -> anyhow::Result<()> {
        let mut sealed = BufReader::new(File::open(from)?);
        let mut plain = BufWriter::new(File::create(to)?);
        let mut head = [0; MAGIC.len() + CHANCE];
        sealed.read_exact(&mut head).with_context(|| format!("файл {name} оборван"))?;
        let (magic, random) = head.split_at(MAGIC.len());
        ensure!(magic == MAGIC, "файл {name} зашифрован не «Выездом»");
        let mut next = piece(&mut sealed, PIECE + TAG)?;
        for number in 0_u32.. {
            let now = next;
            next = piece(&mut sealed, PIECE + TAG)?;
            let last = next.is_empty();
            let payload = Payload { msg: &now, aad: name.as_bytes() };
            let opened = self.0.decrypt(&nonce(random, number, last), payload);
            let opened = opened.map_err(|_| anyhow!("файл {name} испорчен, или ключ другой"))?;
            plain.write_all(&opened)?;
            if last {
                break;
            }
        }
        plain.flush()?;
        Ok(())
    }
}

fn nonce(random: &[u8], number: u32, last: bool) -> XNonce {
    let mut nonce = [0; 24];
    nonce[..CHANCE].copy_from_slice(random);
    nonce[CHANCE..CHANCE + 4].copy_from_slice(&number.to_be_bytes());
    nonce[23] = u8::from(last);
    nonce.into()
}

/// The next piece; shorter only at the end.
fn piece(from: &mut impl Read, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most);
    from.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_as_it_was_and_a_changed_one_does_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let at = |name: &str| dir.path().join(name);
        let (secret, other) = (at("key"), at("other"));
        std::fs::write(&secret, "ab".repeat(32)).expect("a key");
        std::fs::write(&other, "cd".repeat(32)).expect("a key");
        for file in [&secret, &other] {
            let owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(file, owner).expect("the owner's alone");
        }
        let key = CopyKey::read(&secret).expect("a key");
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let plain: Vec<u8> = (0..size).map(|n| n as u8).collect();
            std::fs::write(at("plain"), &plain).expect("written");
            key.seal(&at("plain"), &at("sealed"), "a").expect("sealed");
            key.open(&at("sealed"), &at("again"), "a").expect("opened");
            assert_eq!(std::fs::read(at("again")).expect("read"), plain);
            assert!(key.open(&at("sealed"), &at("again"), "b").is_err(), "another's place");
            let stranger = CopyKey::read(&other).expect("a key");
            assert!(stranger.open(&at("sealed"), &at("again"), "a").is_err(), "another key");
            let whole = std::fs::read(at("sealed")).expect("read");
            let cut = whole.len().saturating_sub(PIECE + TAG).max(MAGIC.len() + CHANCE);
            std::fs::write(at("cut"), &whole[..cut]).expect("written");
            assert!(key.open(&at("cut"), &at("again"), "a").is_err(), "a piece less, {size}");
        }
    }
}
