//! Offers on the phone: deadline, answer and end.

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::frame::OfferEnd;
use crate::model::{OfferId, OrderId, TimeEvidence, Timestamp, VisitId};

/// An offer as this phone knows it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct OfferOnPhone {
    /// Id that answers and events name.
    #[n(0)]
    pub offer: OfferId,
    /// Order behind the offer; its card may not be here yet.
    #[n(1)]
    pub order: OrderId,
    /// Visit of this person, writable once the offer is accepted.
    #[n(2)]
    pub visit: VisitId,
    /// Deadline of the app; afterwards the telephone rings.
    #[n(3)]
    pub app_until: Timestamp,
    /// Answer given on this phone, sent or not.
    #[n(4)]
    pub answer: Option<GivenAnswer>,
    /// End of the offer by the server; absent while open there.
    #[n(5)]
    pub end: Option<OfferEnd>,
    /// Time of the end, by the server.
    #[n(6)]
    pub ended_at: Option<Timestamp>,
    /// Name of the person who has the order, if another person has it.
    #[n(7)]
    pub taken_by: Option<String>,
}

/// An answer given on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct GivenAnswer {
    /// `true` accepts, `false` declines for good.
    #[n(0)]
    pub accept: bool,
    /// Evidence of the time of the answer, sent to the server as well.
    #[n(1)]
    pub at: TimeEvidence,
    /// Short name of the colleague to be asked next.
    #[n(2)]
    pub to: Option<String>,
}

impl OfferOnPhone {
    /// Whether the offer can be answered here: neither answered nor ended.
    pub const fn is_open(&self) -> bool {
        self.answer.is_none() && self.end.is_none()
    }

    /// Russian sentence about the offer; `hhmm` prints an instant in the zone of the place.
    pub fn words(&self, hhmm: impl Fn(Timestamp) -> String) -> String {
        let mine = self.answer.as_ref();
        let passed = mine.and_then(|given| given.to.as_ref());
        match (self.end, mine) {
            (Some(OfferEnd::Accepted), _) => "Заявка ваша".to_owned(),
            (Some(OfferEnd::Declined), _) => match passed {
                Some(to) => format!("Вы отказались, предложили: {to}"),
                None => "Вы отказались".to_owned(),
            },
            (Some(_), answer) => {
                let taken = match (&self.taken_by, self.ended_at) {
                    (Some(who), Some(at)) => format!("Уже передана: {who}, {}", hhmm(at)),
                    _ => "Предложение закрыто".to_owned(),
                };
                match answer {
                    Some(given) => format!("{taken}. Ваш ответ {} учтён", hhmm(given.at.at)),
                    None => taken,
                }
            }
            (None, Some(given)) if given.accept => "Ждёт подтверждения".to_owned(),
            (None, Some(_)) => match passed {
                Some(to) => format!("Отказ будет отправлен, предложили: {to}"),
                None => "Отказ будет отправлен".to_owned(),
            },
            (None, None) => "Новая заявка".to_owned(),
        }
    }
}
