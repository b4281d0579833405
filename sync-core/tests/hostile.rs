//! The corpus of attacks as ordinary tests: each of `sync-core/fuzz/corpus` goes through its door. What
//! automerge 0.12 does with them unguarded is said beside each attack in `attacks`.
//!
//! `cargo test -p vyezd-core --test hostile -- --ignored` writes the corpus anew.

#[path = "../fuzz/harness.rs"]
mod harness;

use std::path::PathBuf;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, Change, ObjType, ROOT, ScalarValue};
use proptest::prelude::*;
use vyezd_core::gate::Verdict;

fn corpus(door: &str) -> Vec<(String, Vec<u8>)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(door);
    let mut all: Vec<(String, Vec<u8>)> = std::fs::read_dir(dir)
        .expect("the corpus")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(path).expect("a file"),
            )
        })
        .collect();
    all.sort();
    assert!(!all.is_empty(), "no corpus for {door}");
    all
}

#[test]
fn every_attack_is_met_as_expected() {
    let expected = |name: &str| match name {
        "honest" => "admitted",
        "orphans" => "waits",
        "bool_runs" | "orphans_many" => "batch_size",
        "deflate_bomb" => "batch_unreadable",
        "start_op_2_32" | "start_op_beyond" => "batch_size",
        "deep_maps" => "path_unknown",
        "cloned_actor" => "actor_wrong",
        _ => "",
    };
    for (name, bytes) in corpus("gate") {
        let verdict = harness::gate(&bytes);
        let got = match &verdict {
            Verdict::Admitted { .. } => "admitted",
            Verdict::Known => "known",
            Verdict::Waits => "waits",
            Verdict::Refused { code, .. } | Verdict::Quarantined { code, .. } => code,
        };
        let want = expected(name.trim_end_matches(".bin"));
        assert!(want.is_empty() || want == got, "{name}: {verdict:?}");
        if name.starts_with("mutant") {
            assert!(!matches!(verdict, Verdict::Admitted { .. }), "{name}: {verdict:?}");
        }
    }
}

#[test]
fn frames_of_the_corpus_harm_nothing() {
    for (_, bytes) in corpus("frames") {
        harness::frames(&bytes);
    }
}

#[test]
fn backups_of_the_corpus_harm_nothing() {
    for (_, bytes) in corpus("backup") {
        harness::backup(&bytes);
    }
}

#[test]
fn answers_of_the_corpus_harm_no_phone() {
    for (_, bytes) in corpus("client") {
        harness::client(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A whole document with any few bytes changed, deflated or not.
    #[test]
    fn mutants_never_break_a_backup(deflated: bool, at in prop::collection::vec((0..4_000_usize, any::<u8>()), 0..6)) {
        let mut doc = harness::document();
        let mut bytes = if deflated { doc.save() } else { doc.save_plain() };
        for (place, value) in at {
            let place = place % bytes.len();
            bytes[place] = value;
        }
        harness::backup(&bytes);
    }

    /// Honest changes with any few bytes changed and the checksum mended.
    #[test]
    fn mutants_never_break_the_gate(seed in 0..3_u8, at in prop::collection::vec((0..400_usize, any::<u8>()), 1..6)) {
        let mut changes = honest(seed);
        let bytes = changes.last_mut().unwrap();
        for (place, byte) in at {
            let place = 8 + place % (bytes.len() - 8);
            bytes[place] = byte;
        }
        harness::gate(&harness::join(&changes));
    }
}

/// What an honest phone sends: one change, three changes, a visit's worth of edits.
fn honest(kind: u8) -> Vec<Vec<u8>> {
    let mut doc = harness::document();
    let actor = harness::hostile_actor();
    let notes: Vec<_> = (10..16).map(harness::note).collect();
    let mut write =
        |edits: &[vyezd_core::doc::Edit]| doc.edit(actor, edits).unwrap().unwrap().bytes;
    match kind {
        0 => vec![write(&notes[..1])],
        1 => notes[..3].iter().map(|note| write(std::slice::from_ref(note))).collect(),
        _ => vec![write(&notes)],
    }
}

/// One change of the hostile phone by the library itself: `make` writes whatever it likes.
fn by_library(make: impl FnOnce(&mut AutoCommit)) -> Change {
    let mut doc = AutoCommit::load(&harness::document().save()).unwrap();
    doc.set_actor(ActorId::from(harness::hostile_actor()));
    make(&mut doc);
    doc.commit_with(CommitOptions::default());
    doc.get_last_local_change().unwrap()
}

fn start_at(op: u64) -> Vec<u8> {
    let change = by_library(|doc| doc.put(ROOT, "x", 1).unwrap());
    let mut expanded = change.decode();
    expanded.start_op = std::num::NonZeroU64::new(op).unwrap();
    Change::from(expanded).raw_bytes().to_vec()
}

/// The attacks of the measurements, one file each.
fn attacks() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let text = |of: &str| of.to_owned();
    vec![
        ("honest", honest(1)),
        // 142 bytes: a million operations, 2.9 s and 561 MB.
        (
            "bool_runs",
            vec![
                by_library(|doc| {
                    let list = doc.put_object(ROOT, "x", ObjType::List).unwrap();
                    doc.splice(&list, 0, 0, (0..1_000_000).map(|_| ScalarValue::Boolean(true)))
                        .unwrap();
                })
                .raw_bytes()
                .to_vec(),
            ],
        ),
        // 60 kB that unpack into 60 MB.
        (
            "deflate_bomb",
            vec![
                by_library(|doc| doc.put(ROOT, "x", text(&"a".repeat(60 << 20))).unwrap())
                    .bytes()
                    .to_vec(),
            ],
        ),
        // Accepted by the library; every later edit of the document panics, for everybody and for ever.
        ("start_op_2_32", vec![start_at((1 << 32) - 2)]),
        // Silently ignored by the library.
        ("start_op_beyond", vec![start_at((1 << 32) + 7)]),
        // Overflows a stack of 2 MiB when it is shown.
        (
            "deep_maps",
            vec![
                by_library(|doc| {
                    let mut at = ROOT;
                    for _ in 0..500 {
                        at = doc.put_object(&at, "x", ObjType::Map).unwrap();
                    }
                })
                .raw_bytes()
                .to_vec(),
            ],
        ),
        // The second of two changes with the same number is an error, the next one waits for ever.
        ("cloned_actor", [honest(0), honest(2)].concat()),
        // Changes without what they stand on are kept and saved by the library.
        ("orphans", honest(1)[1..].to_vec()),
        ("orphans_many", (0..65).map(|_| honest(1).pop().unwrap()).collect()),
    ]
}

#[test]
#[ignore = "writes the corpus of the gate anew"]
fn write_corpus() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, changes) in attacks() {
        std::fs::write(dir.join("gate").join(format!("{name}.bin")), harness::join(&changes))
            .unwrap();
    }
    for entry in std::fs::read_dir(dir.join("../../../docs/golden")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let hex = std::fs::read_to_string(&path).unwrap();
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        let bytes: Vec<u8> = (0..hex.trim().len()).step_by(2).map(byte).collect();
        let door = if name.starts_with("response") { "client" } else { "frames" };
        std::fs::write(dir.join(door).join(format!("{name}.bin")), &bytes).unwrap();
    }
    // A server that was broken into sends the same attacks to phones.
    for (name, changes) in attacks() {
        let answer = harness::answer(changes.into_iter().take(65).collect());
        std::fs::write(dir.join("client").join(format!("{name}.bin")), answer).unwrap();
    }
    std::fs::create_dir_all(dir.join("backup")).unwrap();
    let mut doc = harness::document();
    std::fs::write(dir.join("backup/deflated.bin"), doc.save()).unwrap();
    std::fs::write(dir.join("backup/plain.bin"), doc.save_plain()).unwrap();
    std::fs::write(dir.join("frames/endless_array.bin"), [0xbf, 0x01, 0x9f, 0x9f, 0x9f]).unwrap();
    std::fs::write(
        dir.join("frames/huge_length.bin"),
        [0xa1, 0x06, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    )
    .unwrap();
    std::fs::write(dir.join("frames/deep.bin"), [0x81; 4_000]).unwrap();
}
