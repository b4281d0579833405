//! A batch: the changes of one save, signed at the commit by the phone that made them.
//!
//! The session authenticates the carrier of a batch, the envelope its writer: any enrolled phone
//! may carry another's batch. Final: `docs/formats.md`.

use automerge::Change;
use ed25519_dalek::{Signature, VerifyingKey};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::codec::{derive_id, encode};
use crate::doc::Unjudged;
use crate::doc::document::ChangeBytes;
use crate::doc::preparse::{Malformed, preparse};
use crate::doc::schema::BATCH_CHANGES_MAX;
use crate::model::{DeviceId, InstallId, ItemId, OrderId};

/// Context string of the signature of a batch; final.
pub const BATCH_CONTEXT: &str = "vyezd-batch-1";
/// Context string of the hash of a phone's actor; final.
pub const ACTOR_CONTEXT: &str = "vyezd-actor-1";
/// Context string of the hash of the server's actors.
pub const SERVER_ACTOR_CONTEXT: &str = "vyezd-server-actor-1";

/// Changes of one document under one signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Batch {
    /// Order whose document is changed.
    #[n(0)]
    pub doc: OrderId,
    /// Phone that wrote and signed the changes.
    #[n(1)]
    pub device: DeviceId,
    /// Installation of the app on that phone.
    #[n(2)]
    pub install: InstallId,
    /// The number of the batch, from 1, counted for each (install, doc).
    #[n(3)]
    pub n: u64,
    /// Automerge actor of every change in the batch, [`actor`] of the fields around.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub actor: [u8; 16],
    /// Random bytes of a session of writing; a new nonce makes a new actor.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 8],
    /// One to [`BATCH_CHANGES_MAX`] uncompressed change chunks, each after its dependencies.
    #[n(6)]
    pub changes: Vec<Unjudged>,
    /// Ed25519 signature over [`Batch::signed_bytes`], 64 bytes.
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

/// Reasons for which a batch does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// The signature does not verify with the phone's key.
    #[error("подпись телефона не сходится")]
    Signature,
    /// The actor is not the hash of this key, document, installation and nonce.
    #[error("автор изменений не связан с телефоном")]
    Actor,
    /// No change, too many changes, or a change beyond its bounds.
    #[error("пакет изменений пуст или слишком велик")]
    Size,
    /// A chunk is no plain change, or its checksum is wrong.
    #[error("изменения не читаются")]
    Unreadable,
}

impl BatchError {
    /// Stable code of a receipt (`docs/protocol.md`, 15).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Signature => "batch_signature",
            Self::Actor => "batch_actor",
            Self::Size => "batch_size",
            Self::Unreadable => "batch_unreadable",
        }
    }
}

/// Actor of a phone in a document: the first 16 bytes of SHA-256("vyezd-actor-1" ‖ device key ‖ doc
/// ‖ install ‖ nonce).
pub fn actor(key: &[u8; 32], doc: OrderId, install: InstallId, nonce: &[u8; 8]) -> [u8; 16] {
    derive_id(&[ACTOR_CONTEXT.as_bytes(), key, doc.bytes(), install.bytes(), nonce])
}

/// Actor of one server process in a document.
pub fn server_actor(process: &[u8; 16], doc: OrderId) -> [u8; 16] {
    derive_id(&[SERVER_ACTOR_CONTEXT.as_bytes(), process, doc.bytes()])
}

impl Batch {
    /// Signed bytes: CBOR `["vyezd-batch-1", doc, device, install, n, actor, change hashes]`.
    pub fn signed_bytes(&self, hashes: &[[u8; 32]]) -> Vec<u8> {
        let hashes: Vec<ByteVec> = hashes.iter().map(|hash| hash.to_vec().into()).collect();
        let actor = ByteVec::from(self.actor.to_vec());
        encode(&(BATCH_CONTEXT, self.doc, self.device, self.install, self.n, actor, hashes))
    }

    /// A batch without its signature, and the bytes to sign.
    pub fn unsigned(
        (doc, device, install): (OrderId, DeviceId, InstallId),
        n: u64,
        (actor, nonce): ([u8; 16], [u8; 8]),
        changes: &[ChangeBytes],
    ) -> (Self, Vec<u8>) {
        let batch = Self {
            doc,
            device,
            install,
            n,
            actor,
            nonce,
            changes: changes.iter().map(|change| Unjudged::new(change.bytes.clone())).collect(),
            signature: Vec::new(),
        };
        let hashes: Vec<[u8; 32]> = changes.iter().map(|change| change.hash).collect();
        let bytes = batch.signed_bytes(&hashes);
        (batch, bytes)
    }

    /// Id in receipts: the first 16 bytes of the SHA-256 of the batch's CBOR, signature included.
    pub fn item(&self) -> ItemId {
        ItemId::from_bytes(derive_id(&[&encode(self)]))
    }

    /// Hash of the last change; `None` if there is none or the bytes are no change. Nothing is
    /// checked against the signature.
    pub fn last_change(&self) -> Option<[u8; 32]> {
        plain_change(self.changes.last()?.as_wire()).ok().map(|change| change.hash().0)
    }

    /// Checks size, actor, form and signature, and returns the parsed changes.
    ///
    /// # Errors
    ///
    /// [`BatchError`] of the first check that fails.
    pub fn open(&self, key: &[u8; 32]) -> Result<Vec<Change>, BatchError> {
        if self.changes.is_empty() || self.changes.len() > BATCH_CHANGES_MAX {
            return Err(BatchError::Size);
        }
        if actor(key, self.doc, self.install, &self.nonce) != self.actor {
            return Err(BatchError::Actor);
        }
        let changes: Vec<Change> = self
            .changes
            .iter()
            .map(|bytes| plain_change(bytes.as_wire()))
            .collect::<Result<_, _>>()?;
        let hashes: Vec<[u8; 32]> = changes.iter().map(|change| change.hash().0).collect();
        let key = VerifyingKey::from_bytes(key).map_err(|_| BatchError::Signature)?;
        let signature =
            Signature::from_slice(&self.signature).map_err(|_| BatchError::Signature)?;
        key.verify_strict(&self.signed_bytes(&hashes), &signature)
            .map_err(|_| BatchError::Signature)?;
        Ok(changes)
    }
}

fn plain_change(bytes: &[u8]) -> Result<Change, BatchError> {
    preparse(bytes).map_err(|malformed| match malformed {
        Malformed::Shape => BatchError::Unreadable,
        Malformed::TooMuch => BatchError::Size,
    })?;
    let change = std::panic::catch_unwind(|| Change::from_bytes(bytes.to_vec()))
        .map_err(|_| BatchError::Unreadable)?
        .map_err(|_| BatchError::Unreadable)?;
    let checksum_holds = bytes.get(4..8) == Some(&change.hash().0[..4]);
    checksum_holds.then_some(change).ok_or(BatchError::Unreadable)
}
