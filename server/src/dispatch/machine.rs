//! The machine. Time, ids and candidates are arguments; the same inputs give the same effects.

use std::collections::BTreeMap;

use vyezd_core::frame::OfferEnd;
use vyezd_core::model::{CallId, OfferId, PersonId, Timestamp, VisitId};

use super::rank::Candidate;
use crate::store::{Channel, OfferStatus};

/// How long people are waited for. The numbers are those of the users' regulation: 5 minutes for the
/// app, 10 minutes from the client to a performer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How long the app is waited for, s.
    pub app_wait_s: i64,
    /// How long a telephone rings, s.
    pub ring_s: i64,
    /// Within how long somebody should have the order, s: later waits are shortened to what is left.
    pub goal_s: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { app_wait_s: 300, ring_s: 60, goal_s: 600 }
    }
}

/// One order on its way to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DispatchCase {
    pub started_at: Option<Timestamp>,
    pub offers: BTreeMap<OfferId, Offer>,
    pub holder: Option<(PersonId, VisitId)>,
    /// Called off, done, postponed: nothing more is offered.
    pub stopped: bool,
    /// The next opening, or the instant that the office chose, where people are not asked now.
    pub quiet_until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub person: PersonId,
    /// The visit that an acceptance opens.
    pub visit: VisitId,
    pub state: OfferState,
    pub offered_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferState {
    Open,
    Calling(CallId),
    Ended(OfferOutcome),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferOutcome {
    Accepted,
    Declined,
    /// No answer in time.
    Expired,
    /// Withdrawn without an answer.
    Superseded,
}

impl OfferOutcome {
    pub const fn status(self) -> OfferStatus {
        match self {
            Self::Accepted => OfferStatus::Accepted,
            Self::Declined => OfferStatus::Declined,
            Self::Expired => OfferStatus::Expired,
            Self::Superseded => OfferStatus::Superseded,
        }
    }

    /// The end of an offer as phones get it.
    pub const fn event(self) -> OfferEnd {
        match self {
            Self::Accepted => OfferEnd::Accepted,
            Self::Declined => OfferEnd::Declined,
            Self::Expired => OfferEnd::Expired,
            Self::Superseded => OfferEnd::Superseded,
        }
    }
}

/// New ids for whatever the step makes.
#[derive(Debug, Clone, Copy)]
pub struct NewIds {
    pub offer: OfferId,
    pub visit: VisitId,
    pub call: CallId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub offer: OfferId,
    pub accept: bool,
    /// In the app or by key.
    pub channel: Channel,
    /// Time of the answer by the person's evidence, for the credit.
    pub at: Timestamp,
    pub reason: String,
    /// Declined in favour of this colleague: the next to be asked, with the whole time to answer.
    pub forwarded_to: Option<PersonId>,
}

/// Everything that can come in. `candidates` are ranked; those already asked are passed over.
#[derive(Debug)]
pub enum Input<'a> {
    /// Nobody is asked yet, or the opening has come; the person named by a decline outside working hours is
    /// the first.
    Start(&'a [Candidate], Option<PersonId>),
    Answered(Answer, &'a [Candidate]),
    /// The app was waited for long enough.
    AppTimeUp(OfferId, &'a [Candidate]),
    RangInVain(CallId, &'a [Candidate]),
    /// The order is taken off the table.
    Stop,
}

/// Everything that goes out: one commit, first.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make all of this durable, in one transaction.
    Commit(Vec<Change>),
}

/// Changes of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A candidate gets an offer.
    Offered {
        offer: OfferId,
        visit: VisitId,
        person: PersonId,
        /// Until when the app is waited for.
        app_until: Timestamp,
    },
    /// An offer ends.
    Closed { offer: OfferId, how: OfferOutcome },
    /// An answer is noted; a late one changes nothing and is credited.
    AnswerRecorded {
        answer: Answer,
        /// Came after the end of the offer.
        late: bool,
    },
    /// One person has the order.
    Assigned {
        offer: OfferId,
        person: PersonId,
        /// The visit of the offer.
        visit: VisitId,
    },
    /// The telephone is called.
    Call {
        call: CallId,
        /// The offer that the call is about.
        offer: OfferId,
        person: PersonId,
        phone: String,
        /// End of the ringing.
        until: Timestamp,
    },
    /// A call is no longer needed: it stops ringing.
    HangUp { call: CallId },
    /// No candidate is left to ask.
    Nobody,
    /// Outside working hours: people are asked from the opening on, the one named by a decline first.
    Waits { until: Timestamp, named: Option<PersonId> },
    /// Outside working hours: the person with the offer is telephoned at the opening.
    RingsLater { offer: OfferId, until: Timestamp },
}

/// One input in work: its arguments and the changes so far.
struct Turn<'a> {
    now: Timestamp,
    new_ids: NewIds,
    policy: Policy,
    candidates: &'a [Candidate],
    out: Vec<Change>,
}

impl DispatchCase {
    #[must_use = "effects that are not carried out are lost"]
    pub fn handle(
        &mut self,
        now: Timestamp,
        new_ids: NewIds,
        policy: Policy,
        input: Input<'_>,
    ) -> Vec<Effect> {
        let mut turn = Turn { now, new_ids, policy, candidates: &[], out: Vec::new() };
        match input {
            Input::Start(candidates, named) => {
                turn.candidates = candidates;
                if self.holder.is_none() && !self.stopped && self.in_work().is_none() {
                    self.started_at = Some(now);
                    self.next(&mut turn, named);
                }
            }
            Input::Answered(answer, candidates) => {
                turn.candidates = candidates;
                self.answered(&mut turn, answer);
            }
            Input::AppTimeUp(offer, candidates) => {
                turn.candidates = candidates;
                self.app_time_up(&mut turn, offer);
            }
            Input::RangInVain(call, candidates) => {
                turn.candidates = candidates;
                if let Some((id, _)) = self.calling(call) {
                    turn.out.push(Change::HangUp { call });
                    self.close(id, OfferOutcome::Expired, &mut turn.out);
                    self.next(&mut turn, None);
                }
            }
            Input::Stop => {
                self.stopped = true;
                self.withdraw(None, &mut turn.out);
            }
        }
        if turn.out.is_empty() { Vec::new() } else { vec![Effect::Commit(turn.out)] }
    }

    fn in_work(&self) -> Option<OfferId> {
        let open = |state| matches!(state, OfferState::Open | OfferState::Calling(_));
        self.offers.iter().find(|(_, offer)| open(offer.state)).map(|(id, _)| *id)
    }

    fn calling(&self, call: CallId) -> Option<(OfferId, &Offer)> {
        self.offers
            .iter()
            .find(|(_, offer)| offer.state == OfferState::Calling(call))
            .map(|(id, offer)| (*id, offer))
    }

    /// A colleague who was named and may still be asked: one who has not declined. Earlier silence
    /// is no obstacle.
    fn nameable<'a>(
        &self,
        forwarded_to: Option<PersonId>,
        candidates: &'a [Candidate],
    ) -> Option<&'a Candidate> {
        let declined = OfferState::Ended(OfferOutcome::Declined);
        let refused = |to| self.offers.values().any(|o| o.person == to && o.state == declined);
        candidates.iter().find(|c| Some(c.person) == forwarded_to && !refused(c.person))
    }

    /// Asks the one who was named, else the next candidate who was not asked yet.
    fn next(&mut self, turn: &mut Turn<'_>, forwarded_to: Option<PersonId>) {
        let Turn { now, new_ids, policy, candidates, .. } = *turn;
        if let Some(until) = self.quiet_until {
            let named = self.nameable(forwarded_to, candidates).map(|named| named.person);
            turn.out.push(Change::Waits { until, named });
            return;
        }
        let started = self.started_at.unwrap_or(now);
        // A refusal is remembered for ever; silence only for this round.
        let asked = |person| {
            self.offers.values().any(|offer| {
                offer.person == person
                    && (offer.offered_at >= started
                        || offer.state == OfferState::Ended(OfferOutcome::Declined))
            })
        };
        let chosen = self.nameable(forwarded_to, candidates);
        let Some(candidate) = chosen.or_else(|| candidates.iter().find(|c| !asked(c.person)))
        else {
            turn.out.push(Change::Nobody);
            return;
        };
        let left_s = (started.plus_s(policy.goal_s).0 - now.0) / 1000;
        let first = !self.offers.values().any(|offer| offer.offered_at >= started);
        // The goal beats the wait: later candidates get the rest of the goal, and the call at zero.
        // A candidate named by a colleague always has the whole wait.
        let wait_s = if first || chosen.is_some() {
            policy.app_wait_s
        } else {
            policy.app_wait_s.min(left_s.max(0))
        };
        let wait_s = if candidate.has_app || candidate.phone.is_none() { wait_s } else { 0 };
        let app_until = now.plus_s(wait_s);
        let (offer, visit, person) = (new_ids.offer, new_ids.visit, candidate.person);
        self.offers
            .insert(offer, Offer { person, visit, state: OfferState::Open, offered_at: now });
        turn.out.push(Change::Offered { offer, visit, person, app_until });
        if wait_s == 0 {
            self.call(turn, offer, candidate);
        }
    }

    fn call(&mut self, turn: &mut Turn<'_>, offer: OfferId, candidate: &Candidate) {
        let Some(phone) = candidate.phone.clone() else { return };
        if let Some(known) = self.offers.get_mut(&offer) {
            let call = turn.new_ids.call;
            known.state = OfferState::Calling(call);
            let until = turn.now.plus_s(turn.policy.ring_s);
            turn.out.push(Change::Call { call, offer, person: known.person, phone, until });
        }
    }

    fn app_time_up(&mut self, turn: &mut Turn<'_>, id: OfferId) {
        let Some(offer) = self.offers.get(&id).filter(|o| o.state == OfferState::Open) else {
            return;
        };
        if let Some(until) = self.quiet_until {
            turn.out.push(Change::RingsLater { offer: id, until });
            return;
        }
        let reachable =
            turn.candidates.iter().find(|c| c.person == offer.person && c.phone.is_some());
        match reachable {
            Some(candidate) => self.call(turn, id, candidate),
            None => {
                self.close(id, OfferOutcome::Expired, &mut turn.out);
                self.next(turn, None);
            }
        }
    }

    fn answered(&mut self, turn: &mut Turn<'_>, answer: Answer) {
        let id = answer.offer;
        let Some(offer) = self.offers.get(&id).cloned() else { return };
        let open = matches!(offer.state, OfferState::Open | OfferState::Calling(_));
        let accept = answer.accept;
        let forwarded_to = answer.forwarded_to.filter(|to| !accept && *to != offer.person);
        // A late acceptance counts while nobody holds the order; a refusal is never taken back so.
        let revived = accept
            && matches!(
                offer.state,
                OfferState::Ended(OfferOutcome::Expired | OfferOutcome::Superseded)
            )
            && self.holder.is_none()
            && !self.stopped;
        turn.out.push(Change::AnswerRecorded { answer, late: !open });
        if accept && self.holder.is_none() && (open || revived) {
            self.withdraw(Some(id), &mut turn.out);
            self.stop_ringing(id, &mut turn.out);
            self.close(id, OfferOutcome::Accepted, &mut turn.out);
            self.holder = Some((offer.person, offer.visit));
            turn.out.push(Change::Assigned { offer: id, person: offer.person, visit: offer.visit });
        } else if !accept && open {
            self.stop_ringing(id, &mut turn.out);
            self.close(id, OfferOutcome::Declined, &mut turn.out);
            self.next(turn, forwarded_to);
        } else if matches!(
            offer.state,
            OfferState::Ended(OfferOutcome::Expired | OfferOutcome::Superseded)
        ) && self.holder.is_none()
            && !self.stopped
            && self.in_work().is_none()
            && self.nameable(forwarded_to, turn.candidates).is_some()
        {
            // The answer came too late, but nobody is being asked.
            self.next(turn, forwarded_to);
        }
    }

    /// Any answer stops all ringing.
    fn stop_ringing(&mut self, id: OfferId, out: &mut Vec<Change>) {
        if let Some(OfferState::Calling(call)) = self.offers.get(&id).map(|offer| offer.state) {
            out.push(Change::HangUp { call });
        }
    }

    fn close(&mut self, id: OfferId, how: OfferOutcome, out: &mut Vec<Change>) {
        if let Some(offer) = self.offers.get_mut(&id) {
            offer.state = OfferState::Ended(how);
            out.push(Change::Closed { offer: id, how });
        }
    }

    fn withdraw(&mut self, except: Option<OfferId>, out: &mut Vec<Change>) {
        while let Some(id) = self.in_work().filter(|id| Some(*id) != except) {
            self.stop_ringing(id, out);
            self.close(id, OfferOutcome::Superseded, out);
        }
    }
}

#[cfg(test)]
mod tests;
