//! Names of things. Every id is a UUIDv7 made by whoever creates the thing, 16 bytes on the wire
//! and 32 lower-case hex digits in paths and links (final: `docs/formats.md`).

use std::fmt;
use std::str::FromStr;

use minicbor::decode::{Decode, Decoder};
use minicbor::encode::{Encode, Encoder, Write};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text was not 32 hex digits (dashes allowed).
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
            /// The id with these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// A UUIDv7: the millisecond `unix_ms` and ten bytes of chance, both given by the caller.
            pub fn new(unix_ms: i64, entropy: [u8; 10]) -> Self {
                let ms = u64::try_from(unix_ms).unwrap_or(0);
                Self(*uuid::Builder::from_unix_timestamp_millis(ms, &entropy).as_uuid().as_bytes())
            }

            /// When it was made, as it says itself: unix milliseconds.
            pub fn unix_ms(&self) -> u64 {
                let head: [u8; 8] = self.bytes()[..8].try_into().expect("eight of sixteen");
                u64::from_be_bytes(head) >> 16
            }

            /// The 16 bytes.
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
    /// An order, and the document that belongs to it.
    OrderId
    /// One attempt to carry out an order by one person. Minted by the ledger with the offer.
    VisitId
    /// One instrument at one visit.
    InstrumentId
    /// One row of readings. Never reused: a correction is a new row that names the old one.
    MeasurementId
    /// A remark on an order.
    NoteId
    /// A signed view of a visit.
    SealId
    /// An offer of an order to one person.
    OfferId
    /// A person with an account: metrologist, clerk, administrator.
    PersonId
    /// An enrolled phone: the holder of one key.
    DeviceId
    /// One installation of the application on a phone; a restored or copied store gets a new one.
    InstallId
    /// A legal entity that issues papers.
    EntityId
    /// A standard or another means of verification.
    MeansId
    /// A leased block of numbers.
    LeaseId
    /// One thing a phone sent and wants a receipt for: a command, or a batch.
    ItemId
    /// A telephone call.
    CallId
    /// One printed paper: protocol, certificate, notice or service sheet.
    PaperId
    /// A package for the Fund.
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
