//! How far a phone reaches: remarks and labels only in what it holds, a share of each document, values that every
//! reader understands — and a document that comes back is looked at before it is loaded.

#[path = "../fuzz/harness.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod harness;

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, Change, ObjType, ROOT, ReadDoc, ScalarValue};
use minicbor::bytes::ByteVec;
use vyezd_core::doc::document::ChangeBytes;
use vyezd_core::doc::{Document, Edit, Unjudged};
use vyezd_core::gate::{Backup, Restored, Task, Usage, Verdict, judge, restore};
use vyezd_core::limits::{AUTHOR_BYTES_MAX, DOC_BYTES_MAX};
use vyezd_core::model::{NoteId, Now, TimeEvidence, Timestamp};

/// The code of a verdict.
fn code(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Admitted { .. } => "admitted".to_owned(),
        Verdict::Known => "known".to_owned(),
        Verdict::Waits => "waits".to_owned(),
        Verdict::Refused { code, .. } | Verdict::Quarantined { code, .. } => code.clone(),
    }
}

/// The verdict over one change that a raw client writes into the hostile phone's document.
fn verdict(write: impl FnOnce(&mut AutoCommit)) -> String {
    verdict_of(write, |_| {})
}

fn verdict_of(write: impl FnOnce(&mut AutoCommit), bend: impl FnOnce(&mut Task)) -> String {
    let mut doc = AutoCommit::load(&harness::document().save_plain()).unwrap();
    doc.set_actor(ActorId::from(harness::hostile_actor()));
    write(&mut doc);
    doc.commit().unwrap();
    let change = doc.get_last_local_change().unwrap().raw_bytes().to_vec();
    let mut task = harness::task(&harness::join(&[change]));
    bend(&mut task);
    code(&judge(&task).verdicts[0])
}

fn at(doc: &AutoCommit, path: &[&str]) -> automerge::ObjId {
    path.iter().fold(ROOT, |place, key| doc.get(&place, *key).unwrap().unwrap().1)
}

fn instrument() -> Vec<String> {
    let (visit, instrument) = (harness::visit().to_string(), "03".repeat(16));
    ["visits", &visit, "instruments", &instrument].map(str::to_owned).to_vec()
}

fn put(path: &[&str], key: &str, value: impl Into<ScalarValue>) -> String {
    verdict(|doc| {
        let mut full: Vec<String> = instrument();
        full.extend(path.iter().map(|part| (*part).to_owned()));
        let full: Vec<&str> = full.iter().map(String::as_str).collect();
        let place = at(doc, &full);
        doc.put(place, key, value).unwrap();
    })
}

#[test]
fn values_that_no_reader_understands_are_refused_with_their_path() {
    assert_eq!(put(&["identity"], "water", "cold"), "admitted");
    assert_eq!(put(&["identity"], "water", "tepid"), "value_refused");
    assert_eq!(put(&["identity"], "position", "upside_down"), "value_refused");
    assert_eq!(put(&["conditions", "start"], "source", "guessed"), "value_refused");
    assert_eq!(put(&["identity"], "year", 2018), "admitted");
    for year in [0, 1899, 2200, i64::MAX] {
        assert_eq!(put(&["identity"], "year", year), "value_refused", "{year}");
    }
    assert_eq!(put(&["checks"], "visual", ScalarValue::Bytes(vec![0xff])), "value_refused");
    let id = "0a".repeat(16);
    assert_eq!(put(&["measurements"], &id, ScalarValue::Bytes(vec![1, 2])), "value_refused");
}

#[test]
fn control_characters_are_refused_and_line_breaks_are_not() {
    assert_eq!(put(&["identity"], "serial_number", "123"), "admitted");
    for text in ["a\u{0}b", "a\u{1b}[31m", "\u{202e}abc", "\u{85}"] {
        assert_eq!(put(&["identity"], "serial_number", text), "value_refused", "{text:?}");
    }
    assert_eq!(put(&["outcome"], "not_verified", "нет доступа\nв подвал"), "admitted");
}

#[test]
fn a_number_of_an_instrument_is_one_line_of_signs_that_are_seen() {
    assert_eq!(put(&["identity"], "serial_number", "№\u{a0}08812345"), "admitted");
    assert_eq!(put(&["identity"], "serial_number", "Й-1"), "admitted");
    for text in [
        "1\n2",
        "1\t2",
        "\u{feff}1",
        "1\u{200b}2",
        "1\u{2028}2",
        "1 ",
        "\u{a0}1",
        " ",
        "И\u{306}-1",
    ] {
        assert_eq!(put(&["identity"], "modification", text), "value_refused", "{text:?}");
    }
}

#[test]
fn a_number_is_no_longer_than_the_fund_takes() {
    for (letters, code) in [(128, "admitted"), (129, "value_refused")] {
        assert_eq!(put(&["identity"], "serial_number", "я".repeat(letters)), code, "{letters}");
    }
    let piled = format!("1{}", "\u{301}".repeat(200));
    assert_eq!(put(&["identity"], "serial_number", piled), "value_refused");
}

#[test]
fn a_label_is_written_as_it_is_read_and_the_offices_are_the_offices() {
    let label = |key: &str| {
        verdict(|doc| {
            let labels = at(doc, &["labels"]);
            doc.put(labels, key, true).unwrap();
        })
    };
    assert_eq!(label("ключ у соседа"), "admitted");
    let row = "03".repeat(16);
    for office in ["вне ", "Вне ", "вне\u{a0}", " вне ", "вне\u{3000}", "ВНЕ  ", "вне\t"]
    {
        let said = label(&format!("{office}{row}"));
        assert!(["path_unknown", "path_not_yours"].contains(&said.as_str()), "{office:?}: {said}");
    }
    for folded in ["Ключ", "ключ  у", "ёлка", "я\0", "а\u{200b}", "ｋ"] {
        assert_eq!(label(folded), "path_unknown", "{folded:?}");
    }
}

/// The document with remarks of the server behind it, as long as this to a few kilobytes.
fn padded(doc: &[u8], bytes: usize) -> Vec<u8> {
    let (mut all, mut doc) = (doc.to_vec(), Document::load(doc).unwrap());
    let at = TimeEvidence::of(Now { wall: Timestamp(1), mono_ms: 1, boot: 1 }, None);
    for n in 0.. {
        let note = NoteId::new(n, [9; 10]);
        let edit = Edit::AddNote { note, text: "x".repeat(4_000), at: at.clone() };
        let change = doc.edit([9; 16], &[edit]).unwrap().unwrap();
        if all.len() + change.bytes.len() > bytes {
            break;
        }
        all.extend(change.bytes);
    }
    all
}

#[test]
fn who_does_not_have_the_order_leaves_its_holder_his_share() {
    let add = |kept: usize, shared: bool| {
        verdict_of(
            |doc| {
                let (visit, money) = (harness::visit().to_string(), "money");
                let place = at(doc, &["visits", &visit, money]);
                doc.put(place, "reason", "клиент заплатит потом").unwrap();
            },
            |task| {
                task.items[0].shared = shared;
                task.doc = padded(&task.doc, DOC_BYTES_MAX - kept).into();
            },
        )
    };
    let share = AUTHOR_BYTES_MAX as usize;
    assert_eq!(add(share / 2, true), "admitted");
    assert_eq!(add(share / 2, false), "document_too_large");
    assert_eq!(add(share * 5 / 4, false), "admitted");
}

#[test]
fn a_photo_shows_what_is_known() {
    let photo = "5e".repeat(32);
    for kind in ["serial", "reading", "before:1,1Qп", "after:Qнаиб"] {
        assert_eq!(put(&["photos"], &photo, kind), "admitted", "{kind}");
    }
    let long = format!("before:{}", "Q".repeat(21));
    for kind in ["", "пломба", "before:", "during:Qп", "after:Q\nп", "serial:1", &long] {
        assert_eq!(put(&["photos"], &photo, kind), "value_refused", "{kind:?}");
    }
}

#[test]
fn sums_have_bounds() {
    let pay = |kop: i64| {
        verdict(|doc| {
            let place = at(doc, &["visits", &harness::visit().to_string(), "money"]);
            doc.put(place, "received_kop", kop).unwrap();
        })
    };
    assert_eq!(pay(180_000), "admitted");
    for kop in [-1, 1_000_000_001, i64::MIN, i64::MAX] {
        assert_eq!(pay(kop), "value_refused", "{kop}");
    }
}

#[test]
fn who_has_no_order_writes_no_label_into_it_but_goes_on_with_his_visit() {
    let label = |doc: &mut AutoCommit| {
        let labels = at(doc, &["labels"]);
        doc.put(labels, "чужой ярлык", true).unwrap();
    };
    let serial = |doc: &mut AutoCommit| {
        let mut path = instrument();
        path.push("identity".to_owned());
        let place = at(doc, &path.iter().map(String::as_str).collect::<Vec<_>>());
        doc.put(place, "serial_number", "123").unwrap();
    };
    let left = |task: &mut Task| task.items[0].shared = false;
    assert_eq!(verdict_of(label, |_| {}), "admitted");
    assert_eq!(verdict_of(label, left), "order_not_yours");
    assert_eq!(verdict_of(serial, left), "admitted");
    let declined = |task: &mut Task| task.items[0].visits.clear();
    assert_eq!(verdict_of(serial, declined), "path_not_yours");
}

#[test]
fn an_author_fills_his_share_and_no_more() {
    let label = |doc: &mut AutoCommit| {
        let labels = at(doc, &["labels"]);
        (0..50).for_each(|n| doc.put(&labels, format!("ярлык {n}"), true).unwrap());
    };
    for left in [
        Usage { bytes: 10, ..Usage::SHARE },
        Usage { changes: 0, ..Usage::SHARE },
        Usage { ops: 49, ..Usage::SHARE },
    ] {
        assert_eq!(verdict_of(label, |task| task.items[0].left = left), "author_budget");
    }
    let enough = Usage { ops: 50, ..Usage::SHARE };
    assert_eq!(verdict_of(label, |task| task.items[0].left = enough), "admitted");
}

#[test]
fn a_change_begins_where_the_document_ends() {
    // A label far beyond the counter: a hundred of them would end the document's life.
    let mut doc = AutoCommit::load(&harness::document().save_plain()).unwrap();
    let heads = doc.get_heads();
    let max = doc.get_changes_meta(&[]).iter().map(|meta| meta.max_op).max().unwrap();
    let labels = at(&doc, &["labels"]);
    doc.set_actor(ActorId::from(harness::hostile_actor()));
    doc.put(labels, "x", true).unwrap();
    doc.commit().unwrap();
    let honest = doc.get_last_local_change().unwrap();
    let with_start = |start: u64| {
        let mut expanded = honest.decode();
        expanded.start_op = start.try_into().unwrap();
        expanded.deps.clone_from(&heads);
        let bytes = Change::from(expanded).raw_bytes().to_vec();
        code(&judge(&harness::task(&harness::join(&[bytes]))).verdicts[0])
    };
    assert_eq!(with_start(max + 1), "admitted");
    for ahead in [2, 100, 9_999] {
        assert_eq!(with_start(max + ahead), "counter_out_of_range", "{ahead}");
    }
}

#[test]
fn the_last_of_many_batches_is_found_when_it_poisons_the_others() {
    let note = |n| {
        let mut doc = harness::document();
        let change = doc.edit(harness::hostile_actor(), &[harness::note(n)]).unwrap().unwrap();
        ChangeBytes { ..change }
    };
    let one = harness::task(&harness::join(&[note(1).bytes]));
    let other = harness::task(&harness::join(&[note(2).bytes]));
    let items = one.items.iter().chain(&other.items).cloned().collect();
    // Two changes of one actor with one number: the second is refused, the first stands.
    let judged = judge(&Task { items, ..one });
    assert_eq!(judged.verdicts.iter().map(code).collect::<Vec<_>>(), ["admitted", "actor_wrong"]);
    assert_eq!(judged.order.unwrap().notes.len(), 1);
}

fn backup(snapshot: Vec<u8>, heads: &[[u8; 32]]) -> Restored {
    let heads: Vec<ByteVec> = heads.iter().map(|head| head.to_vec().into()).collect();
    restore(&Backup { known: ByteVec::from(Vec::new()), snapshot: Unjudged::new(snapshot), heads })
}

#[test]
fn a_document_comes_back_deflated_or_not_and_only_at_its_heads() {
    let mut doc = harness::document();
    let heads = doc.heads();
    for saved in [doc.save(), doc.save_plain()] {
        let restored = backup(saved.clone(), &heads);
        let Restored::Merged { snapshot, order, .. } = restored else { panic!("{restored:?}") };
        assert_eq!(Document::load(&snapshot).unwrap().heads(), heads);
        assert_eq!(order.visits.len(), 1);
        assert!(matches!(backup(saved, &[[7; 32]]), Restored::Refused { .. }));
    }
}

#[test]
fn bombs_and_rubbish_are_refused_before_they_are_expanded() {
    let mut doc = harness::document();
    let (saved, heads) = (doc.save_plain(), doc.heads());
    for cut in 0..saved.len() {
        assert!(matches!(backup(saved[..cut].to_vec(), &heads), Restored::Refused { .. }), "{cut}");
    }
    // A deflated change of 64 MiB of zeros, and a document that holds it as a column.
    let mut deflate = flate2_bomb(64 << 20);
    let change = chunk(2, &deflate);
    assert!(matches!(backup(change, &heads), Restored::Refused { .. }));
    let mut body = vec![0, 0, 0, 1, 0x08 | 7];
    leb(&mut body, deflate.len() as u64);
    body.append(&mut deflate);
    assert!(matches!(backup(chunk(0, &body), &heads), Restored::Refused { .. }));
    // A run of two to the fortieth operations in a handful of bytes.
    let mut run = Vec::new();
    leb(&mut run, 1 << 40);
    run.push(1);
    let mut body = vec![0, 0, 0, 1, 2];
    leb(&mut body, run.len() as u64);
    body.append(&mut run);
    assert!(matches!(backup(chunk(0, &body), &heads), Restored::Refused { .. }));
    // A document with an object that the schema does not know is taken: reading it is tolerant.
    let mut strange = AutoCommit::load(&saved).unwrap();
    strange.put_object(ROOT, "strange", ObjType::Map).unwrap();
    strange.commit().unwrap();
    let heads: Vec<[u8; 32]> = strange.get_heads().iter().map(|head| head.0).collect();
    assert!(matches!(backup(strange.save(), &heads), Restored::Merged { .. }));
}

fn leb(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, kind];
    leb(&mut bytes, body.len() as u64);
    bytes.extend_from_slice(body);
    harness::mend_checksum(&mut bytes);
    bytes
}

fn flate2_bomb(size: usize) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    (0..size >> 20).for_each(|_| encoder.write_all(&zeros).unwrap());
    encoder.finish().unwrap()
}
