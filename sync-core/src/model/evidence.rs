//! Instants, and a phone's evidence of the time and place of an event.

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
    /// The instant `ms` milliseconds later, saturating.
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The instant `s` seconds later, saturating.
    pub const fn plus_s(self, s: i64) -> Self {
        self.plus_ms(s.saturating_mul(1000))
    }
}

/// How much a stated time can be trusted.
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

/// A phone's statement of the time of an event: evidence, never a ground for expiry.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct TimeEvidence {
    /// Best estimate of the true instant: never earlier than the last server time that the phone
    /// heard.
    #[n(0)]
    pub at: Timestamp,
    /// Whether the server's clock or the phone's wall clock is behind [`Self::at`].
    #[n(1)]
    pub confidence: Confidence,
    /// Wall clock of the phone at the event.
    #[n(2)]
    pub wall: Timestamp,
    /// Milliseconds since the last contact with the server; absent without a contact in this boot.
    #[n(3)]
    pub since_contact_ms: Option<i64>,
}

/// Time and place of a photo. Image files carry neither.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Taken {
    /// Time at which the photo was taken.
    #[n(0)]
    pub at: TimeEvidence,
    /// Place of the phone; absent without a fix or without the person's consent.
    #[n(1)]
    pub place: Option<Place>,
}

/// Clocks of a phone at one moment, read by its shell and passed to the machine as `now`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Now {
    /// Wall clock, which the owner of the phone can set to anything.
    pub wall: Timestamp,
    /// Milliseconds of a monotonic clock with an arbitrary start.
    pub mono_ms: i64,
    /// Identifies a boot or page load; values of `mono_ms` compare only within one.
    pub boot: u64,
}

/// Server clock as heard at the last contact, tied to the monotonic clock of that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LastContact {
    /// Server time plus half of the round trip.
    #[n(0)]
    pub server: Timestamp,
    /// Monotonic clock at that contact, milliseconds.
    #[n(1)]
    pub mono_ms: i64,
    /// Boot in which [`Self::mono_ms`] was read.
    #[n(2)]
    pub boot: u64,
}

impl TimeEvidence {
    /// Evidence for an event happening now. Confirmed only if the contact was in the same boot.
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
            // The wall clock may be set to anything, yet never back behind what was heard.
            _ => Self {
                at: contact.map_or(now.wall, |c| now.wall.max(c.server)),
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
        let e = TimeEvidence::of(rebooted, Some(contact));
        assert_eq!((e.at, e.confidence), (Timestamp(1_000_000), Confidence::Unconfirmed));
        assert_eq!(e.wall, Timestamp(5), "what the clock showed is kept");
        let later = Now { wall: Timestamp(1_000_001), ..rebooted };
        assert_eq!(TimeEvidence::of(later, Some(contact)).at, later.wall);
    }
}
