//! The wire: binary CBOR with integer keys. Unknown keys are ignored, unknown variants are kept and
//! skipped, so an old phone and a new server understand each other.

mod bounded;
pub mod compress;
pub mod envelope;
pub mod location;
pub mod poke;
pub mod request;
pub mod response;
pub mod transfer;

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};

pub use bounded::decode_bounded;
pub use envelope::{Batch, BatchError};
pub use location::{
    ColleagueLocation, ColleagueLocations, LOCATION_RETENTION_HOURS, LocationReport,
};
pub use poke::{CompactOffer, Poke};
pub use request::*;
pub use response::*;
pub use transfer::{NotATransfer, QrAssembler, Transfer, TransferBundle};

/// A value of a variant that this version may not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownOr<T> {
    /// A value of a variant known to this version.
    Known(T),
    /// A value that did not decode; its CBOR goes out again byte by byte.
    Unknown(Vec<u8>),
}

impl<T> KnownOr<T> {
    /// The value, or `None` for an unknown variant.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<C, T: Encode<C>> Encode<C> for KnownOr<T> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Known(value) => value.encode(e, ctx),
            Self::Unknown(raw) => {
                e.writer_mut().write_all(raw).map_err(minicbor::encode::Error::write)
            }
        }
    }
}

impl<'b, C, T: Decode<'b, C>> Decode<'b, C> for KnownOr<T> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let from = d.position();
        d.skip()?;
        let raw = &d.input()[from..d.position()];
        let value = T::decode(&mut Decoder::new(raw), ctx);
        Ok(value.map_or_else(|_| Self::Unknown(raw.to_vec()), Self::Known))
    }
}
