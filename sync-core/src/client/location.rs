//! Where this phone is, where colleagues are, and how far it is to the next address. All of it is old by the time
//! it is read, so everything is given with its age.

use serde::Serialize;

use super::input::Effect;
use super::machine::Client;
use super::state::State;
use super::table::{Table, Write, put};
use super::work::InFlight;
use crate::frame::{ColleagueLocation, LOCATION_RETENTION_HOURS, LocationReport, Response};
use crate::model::{Colleague, Eta, Now, OrderId, Place, Timestamp};

/// A place of one's own that is older than this says nothing of the way any more, seconds.
pub const ETA_STALE_S: i64 = 2 * 3600;

/// So many arrivals wait for a network; of more the oldest are given up.
const ARRIVALS_MAX: usize = 32;

/// The way to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EtaFromHere {
    /// How far.
    #[serde(flatten)]
    pub eta: Eta,
    /// How old the phone's own place is by which this was found, seconds.
    pub age_s: i64,
}

/// A colleague and where he was.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ColleagueNearby {
    /// Who.
    #[serde(flatten)]
    pub colleague: Colleague,
    /// Where he was, if he lets it be known.
    pub place: Option<Place>,
    /// How long ago, seconds.
    pub age_s: Option<i64>,
    /// The way to him from where this phone was last.
    pub eta: Option<EtaFromHere>,
}

/// The colleagues, the nearest first.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Colleagues {
    /// Everybody.
    pub all: Vec<ColleagueNearby>,
    /// How long ago the server told where they are, seconds; nothing: never.
    pub age_s: Option<i64>,
}

impl Client {
    /// The phone knows where it is. With `share` the server hears it; nothing and no `share` takes back what it
    /// has heard. `order`: the person has just arrived there.
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

    /// The person looks at where his colleagues are: the server is asked.
    pub(super) fn refresh_colleagues(&mut self, now: Now) -> Vec<Effect> {
        self.asks_colleagues = true;
        self.send(now)
    }

    /// What an answer says of it.
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
        // Whatever was answered, it was asked: a server that does not know the question is not asked for ever.
        self.asks_colleagues &= !in_flight.is_some_and(|sent| sent.wants_colleagues);
        if let Some(colleagues_nearby) = &response.colleague_locations {
            known.colleagues.clone_from(colleagues_nearby);
            known.colleagues_at = Some(response.now);
        }
        (before != self.state.location).then(|| self.state.put_location_state())
    }

    /// The way to an order from where the phone was last; nothing while one of the two is not known.
    pub fn eta(&self, now: Now, order: OrderId) -> Option<EtaFromHere> {
        let to = self.state.cards.get(&order)?.place.filter(|_| !self.is_hidden())?;
        self.eta_to(self.at_least(now), &to)
    }

    /// Now, by this phone's evidence, but never before the server's last word: a clock that is behind makes
    /// nothing younger than it is.
    fn at_least(&self, now: Now) -> Timestamp {
        let heard = self.state.contact.map_or(Timestamp(0), |contact| contact.server);
        self.evidence(now).at.max(heard)
    }

    fn eta_to(&self, now: Timestamp, to: &Place) -> Option<EtaFromHere> {
        let mine = self.state.location.mine.as_ref()?;
        let age_s = age_s(now, mine.at.at);
        let eta = mine.place.as_ref()?.eta_to(to);
        (age_s <= ETA_STALE_S).then_some(EtaFromHere { eta, age_s })
    }

    /// The colleagues with what is known of where they are: the nearest first, then those heard of last.
    pub fn colleagues_nearby(&self, now: Now) -> Colleagues {
        if self.is_hidden() {
            return Colleagues::default();
        }
        let at = self.at_least(now);
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

/// Never negative: clocks differ.
fn age_s(now: Timestamp, at: Timestamp) -> i64 {
    (now.0.saturating_sub(at.0) / 1000).max(0)
}

const LOCATION_ROW: &[u8] = b"whereabouts";

impl State {
    /// Whether a row of [`Table::State`] is the one of this.
    pub(super) fn is_location_row(key: &[u8]) -> bool {
        key == LOCATION_ROW
    }

    pub(super) fn put_location_state(&self) -> Write {
        put(Table::State, LOCATION_ROW, &self.location)
    }

    /// What the server is to hear with the next request.
    pub(super) fn unreported(&self) -> Option<LocationReport> {
        self.location.arrivals.first().or(self.location.unreported.as_ref()).cloned()
    }

    /// Whether the last word to the server is a place.
    pub(super) const fn shares_place(&self) -> bool {
        self.location.shares
    }
}
