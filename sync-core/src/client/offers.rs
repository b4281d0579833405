//! Offers on the phone: what was offered, what was answered, how it ended.

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::frame::OfferEnd;
use crate::model::{OfferId, OrderId, TimeEvidence, Timestamp, VisitId};

/// An offer as this phone knows it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct OfferOnPhone {
    /// The offer.
    #[n(0)]
    pub offer: OfferId,
    /// The order.
    #[n(1)]
    pub order: OrderId,
    /// The visit that it will be.
    #[n(2)]
    pub visit: VisitId,
    /// Until when the app is waited for.
    #[n(3)]
    pub app_until: Timestamp,
    /// The answer given here, and when.
    #[n(4)]
    pub answer: Option<GivenAnswer>,
    /// How it ended, by the server.
    #[n(5)]
    pub end: Option<OfferEnd>,
    /// When it ended.
    #[n(6)]
    pub ended_at: Option<Timestamp>,
    /// Who has the order, where that is another.
    #[n(7)]
    pub taken_by: Option<String>,
}

/// An answer given on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cbor(map)]
pub struct GivenAnswer {
    /// Accept or decline.
    #[n(0)]
    pub accept: bool,
    /// When.
    #[n(1)]
    pub at: TimeEvidence,
    /// To which colleague he passed it on, short name.
    #[n(2)]
    pub to: Option<String>,
}

impl OfferOnPhone {
    /// Whether a person may still answer it here.
    pub const fn is_open(&self) -> bool {
        self.answer.is_none() && self.end.is_none()
    }

    /// What became of the offer, in words for its person. `hhmm` prints an instant at the place.
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
