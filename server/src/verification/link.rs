//! The life of a client's link: good while its papers are of use, and while the office does not
//! close it.

use vyezd_core::doc::seal::{DecodedSeal, Seal};
use vyezd_core::model::Timestamp;

use crate::limits::office::{LINK_DAYS_AFTER, LINK_DAYS_MIN};
use crate::store::{LinkRow, SealRow};

const DAY_S: i64 = 24 * 3600;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    Open {
        until: Timestamp,
    },
    Ended,
    Closed {
        /// When, unix ms.
        at: i64,
        by: String,
    },
}

/// State of the link of a sheet.
pub fn state(seal: &SealRow, link: &LinkRow, now: Timestamp) -> LinkState {
    if let Some(at) = link.link_closed_at {
        return LinkState::Closed { at, by: link.link_closed_by.clone().unwrap_or_default() };
    }
    let until = ends(seal).max(link.link_until.map_or(Timestamp(0), Timestamp));
    if until > now { LinkState::Open { until } } else { LinkState::Ended }
}

/// End without the office: the last day of the longest verification and a year, at least a year.
fn ends(seal: &SealRow) -> Timestamp {
    let least = Timestamp(seal.signed_at).plus_s(LINK_DAYS_MIN * DAY_S);
    let Ok(DecodedSeal { view, .. }) = Seal::decode(&seal.record) else { return least };
    let last = view.instruments.iter().filter_map(|instrument| instrument.valid_until).max();
    last.map_or(least, |day| {
        let midnight = view.zone.instant(day.0, 0);
        midnight.plus_s((LINK_DAYS_AFTER + 1) * DAY_S).max(least)
    })
}

/// A link opened now, with its end.
pub fn opened(now: Timestamp) -> LinkRow {
    let until = now.plus_s(LINK_DAYS_MIN * DAY_S).0;
    LinkRow { link_until: Some(until), ..LinkRow::default() }
}
