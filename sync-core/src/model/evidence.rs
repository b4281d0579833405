//! Instants, and what a phone can honestly say about when something happened.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::Place;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    Default,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// This instant and `ms` milliseconds.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// This instant and `s` seconds.
    pub const fn plus_s(self, s: i64) -> Self {
        self.plus_ms(s.saturating_mul(1000))
    }
}

/// How sure a phone is of a time it states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Server time at the last contact plus a monotonic clock since, in one boot.
    #[n(0)]
    Confirmed,
    /// The wall clock of the phone alone: «время не подтверждено».
    #[n(1)]
    Unconfirmed,
}

/// A phone's statement of when something happened. Evidence, never trusted for expiry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct TimeEvidence {
    /// The best estimate of the true instant.
    #[n(0)]
    pub at: Timestamp,
    /// How good that estimate is.
    #[n(1)]
    pub confidence: Confidence,
    /// What the phone's own clock showed.
    #[n(2)]
    pub wall: Timestamp,
    /// Milliseconds since the last contact with the server, where there was one in this boot.
    #[n(3)]
    pub since_contact_ms: Option<i64>,
}

/// When and where a photo was taken. The photo itself carries neither.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Taken {
    /// When.
    #[n(0)]
    pub at: TimeEvidence,
    /// Where, if the phone could and might say.
    #[n(1)]
    pub place: Option<Place>,
}

/// The clocks of a phone at one moment, as its shell reads them. The argument `now` of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Now {
    /// The wall clock, which the owner may set as he likes.
    pub wall: Timestamp,
    /// Milliseconds of a clock that only goes forward, since some start.
    pub mono_ms: i64,
    /// Names that start: another boot (or page load) makes the two `mono_ms` incomparable.
    pub boot: u64,
}

/// What the phone learnt of the server's clock at its last contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LastContact {
    /// The server's time, half a round trip added.
    #[n(0)]
    pub server: Timestamp,
    /// The monotonic clock then.
    #[n(1)]
    pub mono_ms: i64,
    /// The boot it belonged to.
    #[n(2)]
    pub boot: u64,
}

impl TimeEvidence {
    /// The evidence for an event that happens now.
    pub fn of(now: Now, contact: Option<LastContact>) -> Self {
        match contact {
            Some(c) if c.boot == now.boot && now.mono_ms >= c.mono_ms => {
                let since = now.mono_ms - c.mono_ms;
                Self {
                    at: c.server.plus_ms(since),
                    confidence: Confidence::Confirmed,
                    wall: now.wall,
                    since_contact_ms: Some(since),
                }
            }
            _ => Self {
                at: now.wall,
                confidence: Confidence::Unconfirmed,
                wall: now.wall,
                since_contact_ms: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_wall_clock_does_not_move_the_evidence_within_one_boot() {
        let contact = LastContact { server: Timestamp(1_000_000), mono_ms: 50, boot: 1 };
        let now = Now { wall: Timestamp(5), mono_ms: 2_050, boot: 1 };
        let e = TimeEvidence::of(now, Some(contact));
        assert_eq!((e.at, e.confidence), (Timestamp(1_002_000), Confidence::Confirmed));
        let rebooted = Now { boot: 2, ..now };
        assert_eq!(TimeEvidence::of(rebooted, Some(contact)).confidence, Confidence::Unconfirmed);
    }
}
