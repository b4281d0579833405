//! Records of a visit, as the document holds them. Everything may be absent: reading a document
//! never fails, and [`crate::sheet::complete`] lists the missing parts.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::codes::codes;
use super::{
    Instrument, InstrumentId, LabelKey, LegalDate, NoteId, SealId, TimeEvidence, VisitId, Window,
};

/// An order document as read, in one value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Order {
    /// Visits by id; each belongs to one person.
    #[n(0)]
    pub visits: BTreeMap<VisitId, Visit>,
    /// Remarks by id; never changed once written.
    #[n(1)]
    pub notes: BTreeMap<NoteId, Note>,
    /// Labels that are switched on, folded.
    #[n(2)]
    pub labels: Vec<LabelKey>,
    /// Signed sheets by id: record and strokes as undecoded bytes.
    #[n(3)]
    pub seals: BTreeMap<SealId, SealParts>,
}

/// The two byte strings under `seals/{seal}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "Record<string, never>"))]
#[cbor(map)]
pub struct SealParts {
    /// Signed record ([`crate::doc::seal::Seal`], CBOR).
    #[serde(skip)]
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub record: Vec<u8>,
    /// Drawn signature of the client ([`crate::doc::seal::Strokes`], CBOR); empty after a refusal.
    #[serde(skip)]
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub strokes: Vec<u8>,
}

/// One person's trip to the order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Visit {
    /// Times of leaving, arriving and departing, as far as written.
    #[n(0)]
    pub times: BTreeMap<VisitMoment, TimeEvidence>,
    /// Telephone call to the client before the visit.
    #[n(1)]
    pub call: Option<VisitCall>,
    /// Instruments by id: the expected ones and any found at the address.
    #[n(2)]
    pub instruments: BTreeMap<InstrumentId, Instrument>,
    /// Sums due and received, kopecks.
    #[n(3)]
    pub money: Money,
    /// Ending of the visit; absent while the visit goes on.
    #[n(4)]
    pub outcome: Option<VisitOutcome>,
    /// Free remark to the outcome.
    #[n(5)]
    pub comment: String,
    /// Rating by the client, 1–10; absent unless given. The metrologist's app does not show the
    /// rating.
    #[n(6)]
    pub rating: Option<u8>,
}

/// Best rating; ratings start at 1.
pub const RATING_MAX: u8 = 10;

/// Moments of a visit that are written with their time.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum VisitMoment {
    /// Выехал: the metrologist left for the address.
    #[n(0)]
    OnTheWay,
    /// Прибыл: a sheet needs this time.
    #[n(1)]
    Arrived,
    /// Уехал: the metrologist left the address.
    #[n(2)]
    Departed,
}

/// Result of the call to the client before the visit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct VisitCall {
    /// Reaction of the client to the agreed time.
    #[n(0)]
    pub result: CallResult,
    /// Newly agreed day, if one was named.
    #[n(1)]
    #[serde(default)]
    pub date: Option<LegalDate>,
    /// Newly agreed time of day, if one was named.
    #[n(2)]
    #[serde(default)]
    pub window: Option<Window>,
    /// Free remark to the call.
    #[n(3)]
    #[serde(default)]
    pub comment: String,
    /// Evidence of the time of the call.
    #[n(4)]
    pub at: TimeEvidence,
}

impl VisitCall {
    /// Newly agreed day and time; `None` unless both were named.
    pub fn agreed(&self) -> Option<(LegalDate, Window)> {
        self.date.zip(self.window)
    }
}

/// Reaction of a client to the call before the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum CallResult {
    /// Подтверждён: the agreed day and time stay.
    #[n(0)]
    Confirmed,
    /// Перенос: the client asks for another day or time.
    #[n(1)]
    Moved,
    /// Отказ: the client does not want the work.
    #[n(2)]
    Refused,
    /// Не ответил: nobody picked up.
    #[n(3)]
    NoAnswer,
}

impl CallResult {
    /// Russian words, lower case, for pages.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Confirmed => "подтверждён",
            Self::Moved => "перенос",
            Self::Refused => "отказ",
            Self::NoAnswer => "не ответил",
        }
    }
}

/// Ending of a visit; decides the state of the order on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    /// Выполнено: each instrument is verified or passed over with a reason.
    #[n(0)]
    Done,
    /// Нет доступа к прибору.
    #[n(1)]
    NoAccess,
    /// Клиент отказался на месте.
    #[n(2)]
    Refused,
    /// Не тот адрес: the address of the card is wrong.
    #[n(3)]
    WrongAddress,
    /// Перенос на другой день.
    #[n(4)]
    Postponed,
}

/// Money of a visit, kopecks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
#[serde(default)]
pub struct Money {
    /// Sum due; without one the sheet takes the price of the card.
    #[n(0)]
    pub due_kop: Option<i64>,
    /// Sum received; a sheet of a visit that was done needs one.
    #[n(1)]
    pub received_kop: Option<i64>,
    /// Way of payment, where said.
    #[n(2)]
    pub method: Option<PayMethod>,
    /// Reason for a difference between the two sums.
    #[n(3)]
    pub reason: String,
}

/// Way of payment; numbers 0–3 in the signed view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum PayMethod {
    /// Наличными на месте.
    #[n(0)]
    Cash,
    /// Картой на месте.
    #[n(1)]
    Card,
    /// Перевод денег; shown as «переводом».
    #[n(2)]
    Transfer,
    /// По счёту: nothing was paid on the spot.
    #[n(3)]
    Invoice,
}

impl PayMethod {
    /// Russian word in the instrumental case: «наличными».
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Cash => "наличными",
            Self::Card => "картой",
            Self::Transfer => "переводом",
            Self::Invoice => "по счёту",
        }
    }
}

/// A remark on an order, written once.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct Note {
    /// The remark, at most 4,096 bytes.
    #[n(0)]
    pub text: String,
    /// Time of writing, where the phone gave evidence.
    #[n(1)]
    pub at: Option<TimeEvidence>,
}

codes! {
    VisitMoment { OnTheWay = "on_the_way", Arrived = "arrived", Departed = "departed" }
    VisitOutcome {
        Done = "done", NoAccess = "no_access", Refused = "refused",
        WrongAddress = "wrong_address", Postponed = "postponed",
    }
    PayMethod { Cash = "cash", Card = "card", Transfer = "transfer", Invoice = "invoice" }
}

impl VisitOutcome {
    /// Russian words, lower case, for pages.
    pub const fn russian(self) -> &'static str {
        match self {
            Self::Done => "выполнено",
            Self::NoAccess => "нет доступа",
            Self::Refused => "клиент отказался",
            Self::WrongAddress => "не тот адрес",
            Self::Postponed => "перенос",
        }
    }
}
