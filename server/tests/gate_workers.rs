//! The gate behind its real process boundary: a worker that is killed, one that always dies, one that
//! answers nonsense.

#[path = "../../sync-core/fuzz/harness.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod harness;

use std::path::PathBuf;

use vyezd_core::gate::Verdict;
use vyezd_server::gate::Isolation;

fn honest() -> vyezd_core::gate::Task {
    let mut doc = harness::document();
    let change = doc.edit(harness::hostile_actor(), &[harness::note(10)]).unwrap().unwrap();
    harness::task(&harness::join(&[change.bytes]))
}

fn vyezd() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_vyezd"))
}

/// The workers of this very test: children of this process.
fn worker_pids() -> Vec<u32> {
    let me = std::process::id().to_string();
    let dirs = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let pids = dirs.filter_map(|dir| dir.file_name().to_string_lossy().parse::<u32>().ok());
    let is_worker = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let parent =
            stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).map(str::to_owned);
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        parent.as_deref() == Some(me.as_str()) && line.contains("gate-worker")
    };
    pids.filter(is_worker).collect()
}

#[tokio::test]
async fn a_killed_worker_is_replaced_and_the_batch_admitted() {
    let gate = Isolation::workers(vyezd(), 1);
    assert!(matches!(gate.judge(honest()).await[..], [Verdict::Admitted { .. }]));
    let before = worker_pids();
    assert_eq!(before.len(), 1);
    let killed =
        std::process::Command::new("sh").args(["-c", &format!("kill -9 {}", before[0])]).status();
    assert!(killed.unwrap().success());
    assert!(matches!(gate.judge(honest()).await[..], [Verdict::Admitted { .. }]));
    assert_ne!(worker_pids(), before);
}

#[tokio::test]
async fn attacks_leave_the_worker_alive() {
    let gate = Isolation::workers(vyezd(), 1);
    assert!(matches!(gate.judge(honest()).await[..], [Verdict::Admitted { .. }]));
    let before = worker_pids();
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../sync-core/fuzz/corpus/gate");
    for file in std::fs::read_dir(corpus).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert_eq!(gate.judge(harness::task(&bytes)).await.len(), 1);
    }
    assert_eq!(worker_pids(), before);
}

#[tokio::test]
async fn a_batch_that_kills_every_worker_is_quarantined() {
    for program in ["/bin/false", "/bin/cat"] {
        let gate = Isolation::workers(PathBuf::from(program), 1);
        let verdicts = gate.judge(honest()).await;
        let [Verdict::Quarantined { code, .. }] = &verdicts[..] else { panic!("{verdicts:?}") };
        assert_eq!(code, "gate_killed", "{program}");
    }
}
