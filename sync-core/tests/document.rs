//! The document: typed edits, merges, authority by path and role.

use proptest::prelude::*;
use vyezd_core::doc::authority::{Denied, Writer, check};
use vyezd_core::doc::document::ChangeBytes;
use vyezd_core::doc::{Document, Edit};
use vyezd_core::model::*;

const SERVER: [u8; 16] = [1; 16];
const ANNA: [u8; 16] = [2; 16];
const BORIS: [u8; 16] = [3; 16];

fn id<T>(n: u8, make: fn([u8; 16]) -> T) -> T {
    make([n; 16])
}

fn visit() -> VisitId {
    id(7, VisitId::from_bytes)
}

fn instrument() -> InstrumentId {
    id(8, InstrumentId::from_bytes)
}

/// A document with one open visit of one instrument.
fn opened() -> Document {
    let (mut doc, _) = Document::create(SERVER).unwrap();
    let edit = Edit::OpenVisit { visit: visit(), instruments: vec![instrument()] };
    doc.edit(SERVER, &[edit]).unwrap();
    doc
}

fn copy(doc: &mut Document) -> Document {
    Document::load(&doc.save()).unwrap()
}

fn row(end: &str, replaces: Option<MeasurementId>) -> Measurement {
    let read = |text| Reading::parse(text).unwrap();
    Measurement {
        point: "Qмин".to_owned(),
        flow: read("0,031"),
        start: read("1"),
        end: read(end),
        reference: read("0,0063"),
        duration_s: None,
        source: Source::Typed,
        replaces,
    }
}

fn measure(n: u8, end: &str, replaces: Option<MeasurementId>) -> Edit {
    let measurement = id(n, MeasurementId::from_bytes);
    Edit::Measure { visit: visit(), instrument: instrument(), measurement, row: row(end, replaces) }
}

fn judge_change(
    doc: &mut Document,
    change: &ChangeBytes,
    actor: &[u8; 16],
    writer: &Writer,
) -> Result<(), Denied> {
    let change = automerge::Change::from_bytes(change.bytes.clone()).unwrap();
    let positions = vyezd_core::doc::document::Positions::of(doc);
    check(doc, &positions, &change, actor, writer)
}

#[test]
fn two_hands_measure_apart_and_every_row_is_kept() {
    let mut base = opened();
    let (mut anna, mut boris) = (copy(&mut base), copy(&mut base));
    let first = anna.edit(ANNA, &[measure(1, "1.0062", None)]).unwrap().unwrap();
    let second = boris.edit(BORIS, &[measure(2, "1.0070", None)]).unwrap().unwrap();
    anna.merge(&second.bytes.clone().into()).unwrap();
    boris.merge(&first.bytes.clone().into()).unwrap();
    assert_eq!(anna.read().0, boris.read().0);
    assert_eq!(anna.read().0.visits[&visit()].instruments[&instrument()].measurements.len(), 2);
}

#[test]
fn a_correction_is_a_new_row_and_the_old_one_stays() {
    let mut doc = opened();
    doc.edit(ANNA, &[measure(1, "1.0062", None)]).unwrap();
    let corrected = measure(2, "1.0063", Some(id(1, MeasurementId::from_bytes)));
    doc.edit(ANNA, &[corrected]).unwrap();
    let read = doc.read().0.visits[&visit()].instruments[&instrument()].clone();
    assert_eq!(read.measurements.len(), 2);
    assert_eq!(read.current_measurements().count(), 1);
    assert!(doc.edit(ANNA, &[measure(1, "9", None)]).is_err(), "a row is written once");
}

#[test]
fn values_written_apart_are_shown_as_contested_and_never_silently_chosen() {
    let mut base = opened();
    let (mut anna, mut boris) = (copy(&mut base), copy(&mut base));
    let identify = |serial: &str| Edit::Identify {
        visit: visit(),
        instrument: instrument(),
        identity: Identity { serial_number: serial.to_owned(), ..Identity::default() },
    };
    let change = boris.edit(BORIS, &[identify("0012")]).unwrap().unwrap();
    anna.edit(ANNA, &[identify("0011")]).unwrap();
    anna.merge(&change.bytes.clone().into()).unwrap();
    let read = anna.read().0.visits[&visit()].instruments[&instrument()].clone();
    assert_eq!(read.contested.len(), 1, "{:?}", read.contested);
}

#[test]
fn only_the_holder_of_a_visit_writes_in_it() {
    let mut base = opened();
    let mut anna = copy(&mut base);
    let change = anna.edit(ANNA, &[measure(1, "1.0062", None)]).unwrap().unwrap();
    let hers = Writer::Person { visits: vec![visit()], shared: true };
    let strangers = Writer::Person { visits: vec![id(9, VisitId::from_bytes)], shared: true };
    assert_eq!(judge_change(&mut base, &change, &ANNA, &hers), Ok(()));
    assert!(matches!(
        judge_change(&mut base, &change, &ANNA, &strangers),
        Err(Denied::NotYours(_))
    ));
    assert_eq!(judge_change(&mut base, &change, &BORIS, &hers), Err(Denied::WrongActor));
    // Notes belong to everybody with access; opening visits belongs to the ledger.
    let at = TimeEvidence {
        at: Timestamp(1),
        confidence: Confidence::Unconfirmed,
        wall: Timestamp(1),
        since_contact_ms: None,
    };
    let note =
        Edit::AddNote { note: id(4, NoteId::from_bytes), text: "собака".to_owned(), at };
    let mut other = copy(&mut base);
    let change = other.edit(BORIS, &[note]).unwrap().unwrap();
    assert_eq!(judge_change(&mut base, &change, &BORIS, &strangers), Ok(()));
    let mut other = copy(&mut base);
    let open = Edit::OpenVisit { visit: id(5, VisitId::from_bytes), instruments: vec![] };
    let change = other.edit(BORIS, &[open]).unwrap().unwrap();
    assert!(matches!(judge_change(&mut base, &change, &BORIS, &hers), Err(Denied::NotYours(_))));
    let his = Writer::Person { visits: vec![id(5, VisitId::from_bytes)], shared: true };
    assert_eq!(judge_change(&mut base, &change, &BORIS, &his), Ok(()));
    // Opened twice, a visit would lose what stands in one of its two containers.
    let mut late = copy(&mut base);
    let open = Edit::OpenVisit { visit: id(5, VisitId::from_bytes), instruments: vec![] };
    let twice = late.edit(ANNA, &[open]).unwrap().unwrap();
    assert!(matches!(judge_change(&mut other, &twice, &ANNA, &his), Err(Denied::WrittenOnce(_))));
}

#[test]
fn foreign_operations_are_refused_by_path() {
    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{ActorId, AutoCommit, ROOT, ReadDoc};
    let mut base = opened();
    let saved = base.save();
    let hers = Writer::Person { visits: vec![visit()], shared: true };
    let mut try_it = |write: &dyn Fn(&mut AutoCommit)| {
        let mut doc = AutoCommit::load(&saved).unwrap().with_actor(ActorId::from(ANNA));
        write(&mut doc);
        doc.commit_with(CommitOptions::default());
        let change = doc.get_last_local_change().unwrap();
        let positions = vyezd_core::doc::document::Positions::of(&mut base);
        check(&mut base, &positions, &change, &ANNA, &hers)
    };
    assert!(matches!(
        try_it(&|doc| doc.put(ROOT, "holder", "Анна").unwrap()),
        Err(Denied::Path(_))
    ));
    assert!(matches!(try_it(&|doc| doc.put(ROOT, "schema", 2).unwrap()), Err(Denied::NotYours(_))));
    assert!(matches!(try_it(&|doc| doc.delete(ROOT, "visits").unwrap()), Err(Denied::NotYours(_))));
    let inside = |doc: &mut AutoCommit, value: automerge::ScalarValue| {
        let visits = doc.get(ROOT, "visits").unwrap().unwrap().1;
        let place = doc.get(&visits, visit().to_string()).unwrap().unwrap().1;
        let money = doc.get(&place, "money").unwrap().unwrap().1;
        doc.put(&money, "received_kop", value).unwrap();
    };
    assert_eq!(try_it(&|doc| inside(doc, 100.into())), Ok(()));
    assert!(matches!(try_it(&|doc| inside(doc, "много".into())), Err(Denied::Value(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever two hands do and in whatever order it arrives, all see the same.
    #[test]
    fn merge_order_does_not_matter(
        hands in prop::collection::vec((0_u8..2, 0_u8..5, "[0-9]{1,3}"), 1..12),
        shuffle in any::<u64>(),
    ) {
        let mut base = opened();
        let mut docs = [copy(&mut base), copy(&mut base)];
        let mut changes = Vec::new();
        for (n, (who, what, text)) in hands.iter().enumerate() {
            let edit = match what {
                0 => measure(10 + n as u8, &format!("1.{text}"), None),
                1 => Edit::Identify { visit: visit(), instrument: instrument(),
                    identity: Identity { serial_number: text.clone(), ..Identity::default() } },
                2 => Edit::Pay { visit: visit(), money: Money { received_kop: text.parse().ok(), ..Money::default() } },
                3 => Edit::SetLabel { label: LabelKey::new(text).unwrap(), on: n % 2 == 0 },
                _ => Edit::SetCheck { visit: visit(), instrument: instrument(), check: Check::Visual,
                    result: CheckResult { passed: n % 2 == 0, reason: text.clone() } },
            };
            let actor = [20 + who; 16];
            if let Some(change) = docs[usize::from(*who)].edit(actor, &[edit]).unwrap() {
                changes.push(change.bytes);
            }
        }
        let mut order: Vec<usize> = (0..changes.len()).collect();
        order.sort_by_key(|n| (*n as u64).wrapping_mul(shuffle | 1).rotate_left(17));
        let parse = |n: &usize| automerge::Change::from_bytes(changes[*n].clone()).unwrap();
        let mut forwards = copy(&mut base);
        forwards.apply((0..changes.len()).map(|n| parse(&n)).collect()).unwrap();
        let mut shuffled = copy(&mut base);
        shuffled.apply(order.iter().map(parse).collect()).unwrap();
        // Once more changes nothing.
        shuffled.apply(order.iter().map(parse).collect()).unwrap();
        prop_assert_eq!(forwards.heads(), shuffled.heads());
        prop_assert_eq!(forwards.read().0, shuffled.read().0);
    }

    /// Reading never fails, whatever strange but valid document it is given.
    #[test]
    fn reading_never_panics(
        puts in prop::collection::vec((0_usize..8, "[a-z_]{0,12}|[0-9a-f]{32}", 0_u8..6, ".{0,12}"), 0..24),
    ) {
        use automerge::transaction::Transactable;
        use automerge::{AutoCommit, ObjType, ROOT};
        let mut base = opened();
        let mut doc = AutoCommit::load(&base.save()).unwrap();
        let mut places = vec![ROOT];
        for (at, key, kind, text) in puts {
            let place = places[at % places.len()].clone();
            let key = match text.len() % 4 { 0 => "visits".to_owned(), 1 => "instruments".to_owned(), _ => key };
            match kind {
                0 => doc.put(&place, key, text).unwrap(),
                1 => doc.put(&place, key, text.into_bytes()).unwrap(),
                2 => doc.put(&place, key, at as i64).unwrap(),
                3 => doc.put(&place, key, true).unwrap(),
                4 => places.push(doc.put_object(&place, key, ObjType::Map).unwrap()),
                _ => drop(doc.put_object(&place, key, ObjType::List).unwrap()),
            }
        }
        let read = Document::load(&doc.save()).unwrap().read();
        drop(read);
    }
}
