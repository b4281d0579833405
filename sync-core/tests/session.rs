//! The server's session by itself: what waits for what.

use std::collections::BTreeSet;

use vyezd_core::doc::document::ChangeBytes;
use vyezd_core::frame::*;
use vyezd_core::limits::LEASE_PROOFS_MAX;
use vyezd_core::model::*;
use vyezd_core::session::{Ahead, Effect, Input, Loaded, RequestContext, Session, receipt};

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn id<T>(n: u8, make: fn([u8; 16]) -> T) -> T {
    make([n; 16])
}

fn at() -> TimeEvidence {
    let now = Now { wall: NOW, mono_ms: 0, boot: 1 };
    TimeEvidence::of(now, None)
}

fn takes_over(n: u8, order: OrderId) -> Command {
    let person = |n| id(n, PersonId::from_bytes);
    let visit = |n| id(n, VisitId::from_bytes);
    let device = id(30, DeviceId::from_bytes);
    let (giver, to, signature) = (person(31), person(32), vec![0; 64]);
    let transfer = Transfer {
        order,
        from: visit(33),
        giver,
        device,
        to,
        visit: visit(34),
        at: at(),
        signature,
    };
    Command {
        id: id(n, ItemId::from_bytes),
        kind: CommandKind::AcceptTransfer { transfer },
        at: at(),
    }
}

fn batch(order: OrderId) -> Batch {
    let (device, install) = (id(40, DeviceId::from_bytes), id(41, InstallId::from_bytes));
    let change = ChangeBytes { hash: [1; 32], bytes: vec![1, 2, 3] };
    Batch::unsigned((order, device, install), 1, ([2; 16], [3; 8]), &[change]).0
}

fn request(commands: Vec<Command>, batches: Vec<Batch>) -> Request {
    Request {
        commands: commands.into_iter().map(KnownOr::Known).collect(),
        batches,
        ..Request::empty(id(41, InstallId::from_bytes))
    }
}

fn one(session: &mut Session, input: Input) -> Effect {
    session.handle(NOW, input).into_iter().next().expect("an effect")
}

#[test]
fn batches_of_an_order_whose_hand_over_is_undecided_wait_and_the_others_go_on() {
    let order = |n| id(n, OrderId::from_bytes);
    let (undecided, decided, plain) = (order(1), order(2), order(3));
    let commands = vec![takes_over(11, undecided), takes_over(12, decided)];
    let batches: Vec<Batch> = [undecided, decided, plain].into_iter().map(batch).collect();
    let (held, item) = (batches[0].item(), |n| id(n, ItemId::from_bytes));
    let mut session = Session::default();
    let asked = one(
        &mut session,
        Input::Request(Box::new(request(commands, batches)), RequestContext::default()),
    );
    assert!(matches!(asked, Effect::Decide(commands) if commands.len() == 2), "the ledger first");

    let said = vec![
        receipt(item(11), ReceiptOutcome::RetryLater, "recovering", ""),
        receipt(item(12), ReceiptOutcome::Ok, "", ""),
    ];
    let Effect::Load(plan) = one(&mut session, Input::Decided(said)) else { panic!("no load") };
    assert_eq!(plan.docs, BTreeSet::from([decided, plain]), "what waits is not even read");
    let Effect::Commit(_) = one(&mut session, Input::Loaded(Loaded::default())) else {
        panic!("no commit")
    };
    let Effect::Pull { .. } = one(&mut session, Input::Committed(Vec::new())) else {
        panic!("no pull")
    };
    let empty = Response::empty(Cursor::default(), NOW);
    let Effect::Respond(answer) = one(&mut session, Input::Pulled(Box::new(empty))) else {
        panic!("no answer")
    };
    let of = |item| answer.receipts.iter().find(|receipt| receipt.item == item).expect("a receipt");
    let later = of(held);
    assert_eq!(
        (later.outcome, later.code.as_str()),
        (ReceiptOutcome::RetryLater, "handover_waits")
    );
    assert_eq!(answer.receipts.len(), 5, "one for each item");
}

#[test]
fn a_request_that_brings_only_a_place_is_answered_at_once() {
    let mut session = Session::default();
    let asked = Request { wants_colleagues: true, ..request(Vec::new(), Vec::new()) };
    let Effect::Pull { .. } =
        one(&mut session, Input::Request(Box::new(asked), RequestContext::default()))
    else {
        panic!("nothing is decided, loaded or written")
    };
}

fn proof(n: u8) -> LeaseProof {
    let lease = Lease {
        id: id(n, LeaseId::from_bytes),
        entity: id(7, EntityId::from_bytes),
        kind: NumberKind::Protocol,
        year: 2026,
        first: 1,
        last: 50,
    };
    LeaseProof { lease, next: 3, code: Digest16::default() }
}

fn brings_everything() -> Request {
    let place = LocationReport { place: None, at: at(), order: None };
    Request {
        location: Some(place),
        lease_proofs: (0..=LEASE_PROOFS_MAX as u8).map(proof).collect(),
        ..request(vec![takes_over(11, id(1, OrderId::from_bytes))], Vec::new())
    }
}

#[test]
fn what_was_lost_comes_back_before_anything_is_decided() {
    let mut session = Session::default();
    let ahead = Some(Ahead { seen: 90, reached: 40 });
    let context = RequestContext { ahead, ..RequestContext::default() };
    let first = one(&mut session, Input::Request(Box::new(brings_everything()), context));
    assert!(matches!(first, Effect::Recover(Ahead { seen: 90, reached: 40 })));
    assert!(matches!(one(&mut session, Input::Kept), Effect::KeepLocation(_)));
    let Effect::RestoreLeases(proofs) = one(&mut session, Input::Kept) else { panic!("no leases") };
    assert_eq!(proofs.len(), LEASE_PROOFS_MAX, "the rest comes again");
    assert!(matches!(one(&mut session, Input::Kept), Effect::Decide(_)));
}

#[test]
fn a_phone_that_is_shut_out_restores_nothing() {
    let mut session = Session::default();
    let context = RequestContext { shut_out: true, ..RequestContext::default() };
    let first = one(&mut session, Input::Request(Box::new(brings_everything()), context));
    assert!(matches!(first, Effect::Decide(_)), "only its work is looked at");
}
