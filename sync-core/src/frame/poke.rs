//! Messages of the live channel: JSON, because browsers read it without the core.

use serde::{Deserialize, Serialize};

use crate::model::{Card, OfferId, OrderId, Timestamp};

/// «Something changed: ask.» A phone that never hears a poke misses nothing but time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poke {
    /// Data set of the server; see [`super::Cursor`].
    pub epoch: u64,
    /// Place of the scope in the stream; a phone whose cursor is behind asks.
    pub seq: u64,
    /// Offers that this connection has not carried yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<CompactOffer>,
}

/// An offer in few words, so that a screen can ring before the next exchange. Of the client only
/// the address is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompactOffer {
    /// Id for [`super::CommandKind::AnswerOffer`].
    pub offer: OfferId,
    /// Order behind the offer; its card may not be on the phone yet.
    pub order: OrderId,
    /// Number used in speech: «1001».
    pub number: String,
    /// District as on the card.
    pub district: String,
    /// Address in one line, as on the card.
    pub address: String,
    /// Agreed day at the address, `YYYY-MM-DD`.
    pub date: String,
    /// Earliest minute of arrival, counted from midnight at the address.
    pub from_min: u16,
    /// Latest minute of arrival, counted from midnight at the address.
    pub to_min: u16,
    /// Agreed price as on the card, kopecks.
    pub price_kop: i64,
    /// Number of instruments that the card expects.
    pub instruments: u32,
    /// Deadline of the app; afterwards the telephone rings.
    pub app_until: Timestamp,
}

impl CompactOffer {
    /// Makes the short form of an offer from the card of the order.
    pub fn of(offer: OfferId, app_until: Timestamp, card: &Card) -> Self {
        Self {
            offer,
            order: card.id,
            number: card.number.clone(),
            district: card.district.clone(),
            address: card.address.clone(),
            date: card.date.to_string(),
            from_min: card.window.from_min,
            to_min: card.window.to_min,
            price_kop: card.price_kop,
            instruments: card.instruments.len() as u32,
            app_until,
        }
    }
}
