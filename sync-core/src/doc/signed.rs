//! A signed sheet with all that its papers are made from: phone and server make the same bytes of it.

use minicbor::{Decode, Encode};

use super::seal::{DecodedSeal, SealBody, Signer, Strokes};
use super::view::SealedView;
use crate::codec::{decode, derive_id, hex};
use crate::model::{Entity, TimeEvidence};

/// A signed sheet.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedSheet {
    /// The issuer.
    #[n(0)]
    pub entity: Entity,
    /// What the client read.
    #[n(1)]
    pub view: SealedView,
    /// Who signed, or why nobody did.
    #[n(2)]
    pub signer: Signer,
    /// What he drew; empty after a refusal.
    #[n(3)]
    pub strokes: Strokes,
    /// When.
    #[n(4)]
    pub at: TimeEvidence,
    /// The client's page.
    #[n(5)]
    pub link: String,
}

impl SignedSheet {
    /// The sheet of a seal, decoded from `record`. `base` is the server's address for clients:
    /// `https://vyezd.example`.
    pub fn of(
        entity: Entity,
        seal: DecodedSeal,
        (record, strokes): (&[u8], &[u8]),
        base: &str,
    ) -> Self {
        let DecodedSeal { body: SealBody { signer, at, .. }, view, .. } = seal;
        let link = client_link(base, record);
        Self { entity, view, signer, strokes: decode(strokes).unwrap_or_default(), at, link }
    }
}

/// The client's page: known as soon as he has signed, with no network. The record holds the phone's signature,
/// so nobody can guess the name who does not have the sheet itself.
pub fn client_link(base: &str, record: &[u8]) -> String {
    format!("{base}/s/{}", client_token(record))
}

/// The name of the client's page: 32 hexadecimal digits, the first half of SHA-256("vyezd-client-page-1" ‖ record).
pub fn client_token(record: &[u8]) -> String {
    hex(&derive_id(&[b"vyezd-client-page-1", record]))
}
