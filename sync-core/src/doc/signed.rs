//! A signed sheet with everything its papers need: phone and server make the same bytes from it.

use minicbor::{Decode, Encode};

use super::seal::{DecodedSeal, SealBody, Signer, Strokes};
use super::view::SealedView;
use crate::codec::{decode, derive_id, hex};
use crate::model::{Entity, TimeEvidence};

/// Contents of the papers of one sheet.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedSheet {
    /// Issuer as of the signing, with templates and specimen mark.
    #[n(0)]
    pub entity: Entity,
    /// View that the client read; papers print nothing computed anew.
    #[n(1)]
    pub view: SealedView,
    /// Name of the signer, or the reason for a refusal.
    #[n(2)]
    pub signer: Signer,
    /// Drawn signature; empty after a refusal.
    #[n(3)]
    pub strokes: Strokes,
    /// Evidence of the time of signing.
    #[n(4)]
    pub at: TimeEvidence,
    /// Address of the client's page, as [`client_link`] makes it.
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

/// Address of the client's page, known offline as soon as the sheet is signed. The token covers the
/// phone's signature, so only somebody with the sheet itself can compute the address.
pub fn client_link(base: &str, record: &[u8]) -> String {
    format!("{base}/s/{}", client_token(record))
}

/// Token of the client's page: 32 hexadecimal digits of SHA-256("vyezd-client-page-1" ‖ record),
/// first half.
pub fn client_token(record: &[u8]) -> String {
    hex(&derive_id(&[b"vyezd-client-page-1", record]))
}
