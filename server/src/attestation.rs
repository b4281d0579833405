//! Codes over the server's own statements, under a key that is not in the database. A server that
//! comes back from an old copy recognises its statements by these codes.

use std::path::Path;

use anyhow::{Context, ensure};
use hmac::{Hmac, KeyInit, Mac};
use minicbor::bytes::ByteVec;
use sha2::Sha256;
use vyezd_core::codec::{encode, sha256};
use vyezd_core::frame::{Digest16, Mark};
use vyezd_core::model::{InstallId, Lease, OrderId, PersonId, VisitId};

use crate::entropy::random_bytes;

pub struct Attestor {
    key: [u8; 32],
}

/// The content of one attestation: a document, its card and the person's visits in it.
#[derive(Debug, Clone, Copy)]
pub struct Attested<'a> {
    pub order: OrderId,
    pub heads: &'a [ByteVec],
    /// CBOR.
    pub card: &'a [u8],
    pub person: PersonId,
    /// Visits of the person in this order.
    pub visits: &'a [VisitId],
}

impl Attestor {
    /// Reads the key, or makes it where that is allowed: at the first start. Keep it apart from backups
    /// of the database.
    pub fn open(path: &Path, make: bool) -> anyhow::Result<Self> {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        if !path.exists() {
            ensure!(
                make,
                "ключ отметок {} потерян: верните его на место. Если его больше нигде нет, запустите \
                 сервер с --new-marks: тогда он не узнает своих слов, сказанных до этого дня, и старую \
                 копию базы не отличит от новой",
                path.display()
            );
            std::fs::write(path, random_bytes::<32>()).context("ключ отметок не записывается")?;
        }
        let bytes = std::fs::read(path).context("ключ отметок не читается")?;
        let key = bytes
            .try_into()
            .map_err(|_| anyhow::anyhow!("в ключе отметок должно быть 32 байта"))?;
        Ok(Self { key })
    }

    fn code(&self, message: &[u8]) -> Digest16 {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length of key will do");
        mac.update(message);
        let full = mac.finalize().into_bytes();
        let mut code = [0; 16];
        code.copy_from_slice(&full[..16]);
        Digest16(code)
    }

    pub fn mark(&self, epoch: u64, seq: u64, run: u64) -> Mark {
        Mark { epoch, seq, code: self.code(&encode(&("vyezd-mark-1", epoch, seq, run))), run }
    }

    /// Whether this installation made the mark.
    pub fn is_ours(&self, mark: &Mark) -> bool {
        same(&self.mark(mark.epoch, mark.seq, mark.run).code, &mark.code)
    }

    /// The code over a lease of an installation.
    pub fn lease(&self, install: InstallId, lease: &Lease) -> Digest16 {
        self.code(&encode(&("vyezd-lease-1", install, lease)))
    }

    /// Whether this installation gave exactly this lease to that phone's installation.
    pub fn leased(&self, install: InstallId, lease: &Lease, code: &Digest16) -> bool {
        same(&self.lease(install, lease), code)
    }

    pub fn attest(&self, of: Attested<'_>) -> Digest16 {
        let card = ByteVec::from(sha256(of.card).to_vec());
        let heads: Vec<&ByteVec> = of.heads.iter().collect();
        let visits: Vec<&VisitId> = of.visits.iter().collect();
        self.code(&encode(&("vyezd-vouch-1", of.order, heads, card, of.person, visits)))
    }

    /// Whether this server attested exactly this content.
    pub fn is_attested(&self, of: Attested<'_>, code: &Digest16) -> bool {
        same(&self.attest(of), code)
    }
}

/// Constant-time comparison.
fn same(one: &Digest16, other: &Digest16) -> bool {
    one.0.iter().zip(other.0).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}
