//! Place of this phone, places of colleagues, and ways between them. Places age while they are
//! read, so each comes with its age.

use serde::Serialize;

use super::input::Effect;
use super::machine::Client;
use super::state::State;
use super::table::{Table, Write, put};
use super::work::InFlight;
use crate::frame::{ColleagueLocation, LOCATION_RETENTION_HOURS, LocationReport, Response};
use crate::model::{Colleague, Eta, Now, OrderId, Place, Timestamp};

/// Age above which the phone's own place gives no way any more, seconds.
pub const ETA_STALE_S: i64 = 2 * 3600;

/// Most arrivals that wait for a network; beyond that the oldest are dropped.
const ARRIVALS_MAX: usize = 32;

/// Estimated way from the phone's last place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EtaFromHere {
    /// Metres, minutes, and whether on foot.
    #[serde(flatten)]
    pub eta: Eta,
    /// Age of the phone's own place, seconds.
    pub age_s: i64,
}

/// A colleague with the last known place.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ColleagueNearby {
    /// Id, name and telephone.
    #[serde(flatten)]
    pub colleague: Colleague,
    /// Place, if the colleague shares one.
    pub place: Option<Place>,
    /// Age of the place, seconds.
    pub age_s: Option<i64>,
    /// Way from the last place of this phone.
    pub eta: Option<EtaFromHere>,
}

/// Colleagues, the nearest first.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Colleagues {
    /// Every colleague, those without a known place last.
    pub all: Vec<ColleagueNearby>,
    /// Age of the server's answer, seconds; `None` before the first.
    pub age_s: Option<i64>,
}

impl Client {
    /// Takes a place of this phone. With `share` the server hears the place; `None` without `share`
    /// withdraws what the server has heard. `order`: the person has just arrived there.
    pub(super) fn report_location(
        &mut self,
        now: Now,
        (place, order): (Option<Place>, Option<OrderId>),
        share: bool,
    ) -> Vec<Effect> {
        let at = self.evidence(now);
        let place = place.filter(Place::is_possible);
        let known = &mut self.state.location;
        if place.is_some() {
            known.mine = Some(LocationReport { place, order: None, at: at.clone() });
        }
        if share == place.is_some() {
            let order = order.filter(|order| share && self.state.cards.contains_key(order));
            let said = LocationReport { place, order, at };
            known.shares = share;
            if !share {
                known.arrivals.clear();
            }
            if order.is_some() {
                known.arrivals.push(said);
                let over = known.arrivals.len().saturating_sub(ARRIVALS_MAX);
                known.arrivals.drain(..over);
                known.unreported = None;
            } else {
                known.unreported = Some(said);
            }
        }
        let mut effects =
            vec![Effect::Commit(vec![self.state.put_location_state()]), Effect::Changed];
        if self.state.unreported().is_some() {
            effects.extend(self.send(now));
        }
        effects
    }

    /// Asks the server for the places of colleagues.
    pub(super) fn refresh_colleagues(&mut self, now: Now) -> Vec<Effect> {
        self.asks_colleagues = true;
        self.send(now)
    }

    /// Takes places from an answer, and drops the reports that the request carried.
    pub(super) fn on_colleague_locations(
        &mut self,
        in_flight: Option<&InFlight>,
        response: &Response,
    ) -> Option<Write> {
        let before = self.state.location.clone();
        let known = &mut self.state.location;
        let heard = in_flight.and_then(|sent| sent.location.as_ref());
        known.arrivals.retain(|arrival| Some(arrival) != heard);
        if heard == known.unreported.as_ref() {
            known.unreported = None;
        }
        // One request asks once: a server that does not know the question is not asked for ever.
        self.asks_colleagues &= !in_flight.is_some_and(|sent| sent.wants_colleagues);
        if let Some(colleagues_nearby) = &response.colleague_locations {
            known.colleagues.clone_from(colleagues_nearby);
            known.colleagues_at = Some(response.now);
        }
        (before != self.state.location).then(|| self.state.put_location_state())
    }

    /// Way to an order from the phone's last place; `None` while either place is unknown, the own
    /// one older than [`ETA_STALE_S`], or views are hidden.
    pub fn eta(&self, now: Now, order: OrderId) -> Option<EtaFromHere> {
        let to = self.state.cards.get(&order)?.place.filter(|_| !self.is_hidden())?;
        self.eta_to(self.evidence(now).at, &to)
    }

    fn eta_to(&self, now: Timestamp, to: &Place) -> Option<EtaFromHere> {
        let mine = self.state.location.mine.as_ref()?;
        let age_s = age_s(now, mine.at.at);
        let eta = mine.place.as_ref()?.eta_to(to);
        (age_s <= ETA_STALE_S).then_some(EtaFromHere { eta, age_s })
    }

    /// Colleagues with their last known places: the nearest first, then by age.
    pub fn colleagues_nearby(&self, now: Now) -> Colleagues {
        if self.is_hidden() {
            return Colleagues::default();
        }
        let at = self.evidence(now).at;
        let known = &self.state.location;
        let of_shift =
            |seen: &&ColleagueLocation| age_s(at, seen.at) <= LOCATION_RETENTION_HOURS * 3600;
        let mut all: Vec<ColleagueNearby> = Vec::new();
        for colleague in self.colleagues() {
            let seen = known.colleagues.all.iter().find(|seen| seen.person == colleague.id);
            let seen = seen.filter(of_shift);
            all.push(ColleagueNearby {
                colleague: colleague.clone(),
                place: seen.map(|seen| seen.place),
                age_s: seen.map(|seen| age_s(at, seen.at)),
                eta: seen.and_then(|seen| self.eta_to(at, &seen.place)),
            });
        }
        let far = |one: &ColleagueNearby| one.eta.map_or(u32::MAX, |there| there.eta.metres);
        all.sort_by_key(|one| {
            (far(one), one.age_s.unwrap_or(i64::MAX), one.colleague.name.clone())
        });
        Colleagues { all, age_s: known.colleagues_at.map(|told| age_s(at, told)) }
    }
}

/// Age in seconds, never negative, since clocks differ.
fn age_s(now: Timestamp, at: Timestamp) -> i64 {
    (now.0.saturating_sub(at.0) / 1000).max(0)
}

const LOCATION_ROW: &[u8] = b"whereabouts";

impl State {
    /// Whether a key of [`Table::State`] is the row of the places.
    pub(super) fn is_location_row(key: &[u8]) -> bool {
        key == LOCATION_ROW
    }

    pub(super) fn put_location_state(&self) -> Write {
        put(Table::State, LOCATION_ROW, &self.location)
    }

    /// Report for the next request: arrivals first, then the newest place.
    pub(super) fn unreported(&self) -> Option<LocationReport> {
        self.location.arrivals.first().or(self.location.unreported.as_ref()).cloned()
    }

    /// Whether the newest report, heard or not, shares a place.
    pub(super) const fn shares_place(&self) -> bool {
        self.location.shares
    }
}
