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

fn new_ids(n: u8) -> NewIds {
    NewIds {
        offer: OfferId::from_bytes([n; 16]),
        visit: VisitId::from_bytes([n; 16]),
        call: CallId::from_bytes([n; 16]),
    }
}

fn changes(effects: Vec<Effect>) -> Vec<Change> {
    effects.into_iter().flat_map(|Effect::Commit(changes)| changes).collect()
}

fn answer(n: u8, accept: bool, channel: Channel) -> Answer {
    let (offer, at, reason) = (new_ids(n).offer, Timestamp(1), String::new());
    Answer { offer, accept, channel, at, reason, forwarded_to: None }
}

#[test]
fn silence_rings_a_key_accepts_and_the_late_one_is_credited() {
    let all = candidates(2);
    let mut case = DispatchCase::default();
    let t = |s: i64| Timestamp(s * 1000);
    let _effects = case.handle(t(0), new_ids(1), POLICY, Input::Start(&all, None));
    let rang =
        changes(case.handle(t(300), new_ids(2), POLICY, Input::AppTimeUp(new_ids(1).offer, &all)));
    assert!(matches!(rang[..], [Change::Call { until: Timestamp(360_000), .. }]));
    // The telephone rings in vain: the next one has 240 s left of the goal, not 300.
    let next =
        changes(case.handle(t(360), new_ids(3), POLICY, Input::RangInVain(new_ids(2).call, &all)));
    assert!(next.contains(&Change::Offered {
        offer: new_ids(3).offer,
        visit: new_ids(3).visit,
        person: person(2),
        app_until: t(600),
    }));
    // The first person's acceptance arrives late and nobody holds the order: the order goes to the
    // first person.
    let late = changes(case.handle(
        t(400),
        new_ids(4),
        POLICY,
        Input::Answered(answer(1, true, Channel::App), &all),
    ));
    assert!(
        late.contains(&Change::Closed { offer: new_ids(3).offer, how: OfferOutcome::Superseded })
    );
    assert_eq!(case.holder, Some((person(1), new_ids(1).visit)));
    // The second one's answer is noted as late and changes nothing.
    let noted = changes(case.handle(
        t(401),
        new_ids(5),
        POLICY,
        Input::Answered(answer(3, true, Channel::Key), &all),
    ));
    assert!(matches!(noted[..], [Change::AnswerRecorded { late: true, .. }]));
    assert_eq!(case.holder, Some((person(1), new_ids(1).visit)));
}

#[test]
fn whatever_the_order_of_events_there_is_at_most_one_holder() {
    // Every sequence of five events out of nine, over two people.
    let all = candidates(2);
    let events = 9_u32;
    for code in 0..events.pow(5) {
        let mut case = DispatchCase::default();
        let _effects = case.handle(Timestamp(0), new_ids(1), POLICY, Input::Start(&all, None));
        let mut assigned = 0;
        let mut rest = code;
        for step in 1..=5_u8 {
            let pick = rest % events;
            rest /= events;
            let ids = new_ids(step + 1);
            let offers: Vec<OfferId> = case.offers.keys().copied().collect();
            let calls: Vec<CallId> = (1..=6).map(|n| new_ids(n).call).collect();
            let (first, last) = (offers[0], offers[offers.len() - 1]);
            let ask = |offer, accept| Answer { offer, ..answer(1, accept, Channel::App) };
            let input = match pick {
                0 => Input::Answered(ask(first, true), &all),
                1 => Input::Answered(ask(first, false), &all),
                2 => Input::Answered(ask(last, true), &all),
                3 => Input::Answered(ask(last, false), &all),
                4 => Input::AppTimeUp(last, &all),
                5 => Input::RangInVain(calls[usize::from(step)], &all),
                6 => Input::Answered(
                    Answer { forwarded_to: Some(person(1)), ..ask(last, false) },
                    &all,
                ),
                7 => Input::Answered(
                    Answer { forwarded_to: Some(person(2)), ..ask(first, false) },
                    &all,
                ),
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

#[test]
fn whom_a_colleague_names_is_asked_though_he_was_silent_and_has_the_whole_wait() {
    let all = candidates(3);
    let mut case = DispatchCase::default();
    let t = |s: i64| Timestamp(s * 1000);
    let _effects = case.handle(t(0), new_ids(1), POLICY, Input::Start(&all, None));
    let _effects =
        case.handle(t(300), new_ids(2), POLICY, Input::AppTimeUp(new_ids(1).offer, &all));
    let _effects =
        case.handle(t(360), new_ids(3), POLICY, Input::RangInVain(new_ids(2).call, &all));
    let passes = |forwarded_to, n: u8| Answer {
        forwarded_to: Some(forwarded_to),
        ..answer(n, false, Channel::App)
    };
    // The second one rang up the first and passes it on, with ten seconds of the goal left.
    let asked = changes(case.handle(
        t(590),
        new_ids(4),
        POLICY,
        Input::Answered(passes(person(1), 3), &all),
    ));
    let (offer, visit) = (new_ids(4).offer, new_ids(4).visit);
    let again = Change::Offered { offer, visit, person: person(1), app_until: t(890) };
    assert!(asked.contains(&again), "{asked:?}");
    // The third person is asked: the first declines in favour of the second, who has declined
    // before.
    let next = changes(case.handle(
        t(600),
        new_ids(5),
        POLICY,
        Input::Answered(passes(person(2), 4), &all),
    ));
    assert!(next.iter().any(|c| matches!(c, Change::Offered { person: p, .. } if *p == person(3))));
}

#[test]
fn a_word_that_comes_too_late_still_names_somebody_while_nobody_is_asked() {
    let all = candidates(2);
    let mut case = DispatchCase::default();
    let t = |s: i64| Timestamp(s * 1000);
    let _effects = case.handle(t(0), new_ids(1), POLICY, Input::Start(&all[..1], None));
    let _effects =
        case.handle(t(300), new_ids(2), POLICY, Input::AppTimeUp(new_ids(1).offer, &all[..1]));
    let over = changes(case.handle(
        t(360),
        new_ids(3),
        POLICY,
        Input::RangInVain(new_ids(2).call, &all[..1]),
    ));
    assert!(over.contains(&Change::Nobody));
    let word = Answer { forwarded_to: Some(person(2)), ..answer(1, false, Channel::App) };
    let asked =
        changes(case.handle(t(400), new_ids(4), POLICY, Input::Answered(word.clone(), &all)));
    assert!(
        asked.iter().any(|c| matches!(c, Change::Offered { person: p, .. } if *p == person(2)))
    );
    // Once somebody is asked, a second late decline in favour of a colleague changes nothing.
    let noted = changes(case.handle(t(401), new_ids(5), POLICY, Input::Answered(word, &all)));
    assert!(matches!(noted[..], [Change::AnswerRecorded { late: true, .. }]), "{noted:?}");
}
