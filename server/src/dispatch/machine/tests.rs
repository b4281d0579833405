//! The machine alone: one story and every short sequence of events.

use super::*;

const POLICY: Policy = Policy { app_wait_s: 300, ring_s: 60, goal_s: 600 };

fn person(n: u8) -> PersonId {
    PersonId::from_bytes([n; 16])
}

fn candidates(n: u8) -> Vec<Candidate> {
    (1..=n)
        .map(|n| Candidate {
            person: person(n),
            name: format!("{n}"),
            phone: Some(format!("+7917000000{n}")),
            load: 0,
            has_app: true,
        })
        .collect()
}

fn fresh(n: u8) -> Fresh {
    Fresh {
        offer: OfferId::from_bytes([n; 16]),
        visit: VisitId::from_bytes([n; 16]),
        call: CallId::from_bytes([n; 16]),
    }
}

fn changes(effects: Vec<Effect>) -> Vec<Change> {
    effects.into_iter().flat_map(|Effect::Commit(changes)| changes).collect()
}

fn answer(n: u8, accept: bool, by: By) -> Answer {
    Answer { offer: fresh(n).offer, accept, by, at: Timestamp(1), reason: String::new() }
}

#[test]
fn silence_rings_a_key_accepts_and_the_late_one_is_credited() {
    let all = candidates(2);
    let mut case = Case::default();
    let t = |s: i64| Timestamp(s * 1000);
    case.handle(t(0), fresh(1), POLICY, Input::Start(&all));
    let rang =
        changes(case.handle(t(300), fresh(2), POLICY, Input::AppTimeUp(fresh(1).offer, &all)));
    assert!(matches!(rang[..], [Change::Call { until: Timestamp(360_000), .. }]));
    // The telephone rings in vain: the next one has 240 s left of the goal, not 300.
    let next =
        changes(case.handle(t(360), fresh(3), POLICY, Input::RangInVain(fresh(2).call, &all)));
    assert!(next.contains(&Change::Offered {
        offer: fresh(3).offer,
        visit: fresh(3).visit,
        person: person(2),
        app_until: t(600),
    }));
    // The first one's acceptance arrives late and nobody holds the order: it is his.
    let late = changes(case.handle(
        t(400),
        fresh(4),
        POLICY,
        Input::Answered(answer(1, true, By::App), &all),
    ));
    assert!(late.contains(&Change::Closed { offer: fresh(3).offer, how: Ended::Superseded }));
    assert_eq!(case.holder, Some((person(1), fresh(1).visit)));
    // The second one's answer is noted as late and changes nothing.
    let noted = changes(case.handle(
        t(401),
        fresh(5),
        POLICY,
        Input::Answered(answer(3, true, By::Key), &all),
    ));
    assert!(matches!(noted[..], [Change::Noted { late: true, .. }]));
    assert_eq!(case.holder, Some((person(1), fresh(1).visit)));
}

#[test]
fn whatever_the_order_of_events_there_is_at_most_one_holder() {
    // Every sequence of five events out of seven, over two people.
    let all = candidates(2);
    let events = 7_u32;
    for code in 0..events.pow(5) {
        let mut case = Case::default();
        case.handle(Timestamp(0), fresh(1), POLICY, Input::Start(&all));
        let mut assigned = 0;
        let mut rest = code;
        for step in 1..=5_u8 {
            let pick = rest % events;
            rest /= events;
            let ids = fresh(step + 1);
            let offers: Vec<OfferId> = case.offers.keys().copied().collect();
            let calls: Vec<CallId> = (1..=6).map(|n| fresh(n).call).collect();
            let (first, last) = (offers[0], offers[offers.len() - 1]);
            let ask = |offer, accept| Answer { offer, ..answer(1, accept, By::App) };
            let input = match pick {
                0 => Input::Answered(ask(first, true), &all),
                1 => Input::Answered(ask(first, false), &all),
                2 => Input::Answered(ask(last, true), &all),
                3 => Input::Answered(ask(last, false), &all),
                4 => Input::AppTimeUp(last, &all),
                5 => Input::RangInVain(calls[usize::from(step)], &all),
                _ => Input::Stop,
            };
            let at = Timestamp(i64::from(step) * 60_000);
            for change in changes(case.handle(at, ids, POLICY, input)) {
                assigned += u32::from(matches!(change, Change::Assigned { .. }));
            }
            let open = |o: &&Offer| !matches!(o.state, OfferState::Ended(_));
            assert!(case.offers.values().filter(open).count() <= 1, "code {code}");
        }
        assert!(assigned <= 1, "code {code}");
    }
}
