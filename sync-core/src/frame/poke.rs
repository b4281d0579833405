//! What the live channel says: JSON, because browsers read it without the core.

use serde::{Deserialize, Serialize};

use crate::model::{Card, OfferId, OrderId, Timestamp};

/// «Something changed: ask.» Never the truth itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poke {
    /// The data set.
    pub epoch: u64,
    /// The scope is there; a phone whose cursor is behind asks.
    pub seq: u64,
    /// Offers that this connection has not carried yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<CompactOffer>,
}

/// An offer in few words, so that a screen can ring before the answer is here: nothing about the client
/// but the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompactOffer {
    /// The offer.
    pub offer: OfferId,
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub number: String,
    /// Its district.
    pub district: String,
    /// Where.
    pub address: String,
    /// The day, YYYY-MM-DD.
    pub date: String,
    /// Not before, minutes of the day.
    pub from_min: u16,
    /// Not after.
    pub to_min: u16,
    /// What the client pays, kopecks.
    pub price_kop: i64,
    /// How many instruments.
    pub instruments: u32,
    /// Until when the app is waited for.
    pub app_until: Timestamp,
}

impl CompactOffer {
    /// An offer of the order on a card.
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
