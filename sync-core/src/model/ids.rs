//! Names of things. An id is a UUIDv7 made by the creator of the thing, 16 bytes on the wire and 32
//! lower-case hex digits in paths and links (final: `docs/formats.md`).

use std::fmt;
use std::str::FromStr;

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text is no UUID: 32 hex digits, dashes allowed. Holds at most 64 characters of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id: {0:?}")]
pub struct BadId(pub String);

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name([u8; 16]);

        impl $name {
            /// Wraps 16 bytes unchecked: no version or variant bits are looked at.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// A UUIDv7 of the millisecond `unix_ms` and ten random bytes given by the caller.
            pub fn new(unix_ms: i64, entropy: [u8; 10]) -> Self {
                let ms = u64::try_from(unix_ms).unwrap_or(0);
                Self(*uuid::Builder::from_unix_timestamp_millis(ms, &entropy).as_uuid().as_bytes())
            }

            /// Unix milliseconds in the id itself: the creator's clock, not evidence.
            pub fn unix_ms(&self) -> u64 {
                let head: [u8; 8] = self.bytes()[..8].try_into().expect("eight of sixteen");
                u64::from_be_bytes(head) >> 16
            }

            /// All 16 bytes, big-endian as on the wire.
            pub const fn bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                uuid::Uuid::try_parse(text)
                    .map(|id| Self(*id.as_bytes()))
                    .map_err(|_| BadId(text.chars().take(64).collect()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let bytes = d.bytes()?;
                bytes
                    .try_into()
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("an id has 16 bytes"))
            }
        }
    )*};
}

id! {
    /// An order and its document share one id.
    OrderId
    /// One person's trip to one order. Made by the server with the offer, or by the receiver of a
    /// transfer.
    VisitId
    /// One instrument at the address of an order.
    InstrumentId
    /// One row of readings; never reused, since a correction is a new row that names the old one.
    MeasurementId
    /// A remark in an order document.
    NoteId
    /// A signed sheet of a visit.
    SealId
    /// One order shown to one person for a limited time.
    OfferId
    /// A person with an account: metrologist, clerk or administrator.
    PersonId
    /// An enrolled phone, the owner of one Ed25519 key.
    DeviceId
    /// One life of the app's store on one phone; a restored or copied store gets another.
    InstallId
    /// A legal entity that issues papers under its accreditation.
    EntityId
    /// A standard or other measuring means used at verifications.
    MeansId
    /// A set of means that one person takes along.
    KitId
    /// A block of consecutive paper numbers given to one installation.
    LeaseId
    /// A command or batch that waits for a receipt; a batch's id is derived from its hash.
    ItemId
    /// A telephone call made by the server in an escalation.
    CallId
    /// One printed paper: protocol, certificate, notice or service sheet.
    PaperId
    /// A file of verifications of a period for the Fund.
    PackageId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_from_both_spellings() {
        let id = OrderId::new(1_790_000_000_000, [7; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        let dashed = uuid::Uuid::from_bytes(*id.bytes()).to_string();
        assert_eq!(dashed.parse(), Ok(id));
        assert!("х".repeat(32).parse::<OrderId>().is_err());
    }
}
