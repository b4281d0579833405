//! The gate behind its real process boundary: a worker that is killed, one that always dies, one that
//! answers nonsense.

#[path = "../../../sync-core/fuzz/harness.rs"]
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

/// The program under a name of this test's own, so that its workers are told from those of the
/// tests beside it.
struct Program {
    dir: tempfile::TempDir,
}

impl Program {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_vyezd"), dir.path().join("vyezd")).unwrap();
        Self { dir }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("vyezd")
    }

    fn worker_pids(&self) -> Vec<u32> {
        let path = self.path();
        let dirs = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let pids = dirs.filter_map(|dir| dir.file_name().to_string_lossy().parse::<u32>().ok());
        let runs = |pid: &u32| {
            let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line.split('\0').next() == path.to_str()
        };
        pids.filter(runs).collect()
    }
}

#[tokio::test]
async fn a_killed_worker_is_replaced_and_the_batch_admitted() {
    let program = Program::new();
    let gate = Isolation::workers(program.path(), 1);
    assert!(matches!(gate.judge(honest()).await.verdicts[..], [Verdict::Admitted { .. }]));
    let before = program.worker_pids();
    assert_eq!(before.len(), 1);
    let killed =
        std::process::Command::new("sh").args(["-c", &format!("kill -9 {}", before[0])]).status();
    assert!(killed.unwrap().success());
    assert!(matches!(gate.judge(honest()).await.verdicts[..], [Verdict::Admitted { .. }]));
    assert_ne!(program.worker_pids(), before);
}

#[tokio::test]
async fn attacks_leave_the_worker_alive() {
    let program = Program::new();
    let gate = Isolation::workers(program.path(), 1);
    assert!(matches!(gate.judge(honest()).await.verdicts[..], [Verdict::Admitted { .. }]));
    let before = program.worker_pids();
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../sync-core/fuzz/corpus/gate");
    for file in std::fs::read_dir(corpus).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert_eq!(gate.judge(harness::task(&bytes)).await.verdicts.len(), 1);
    }
    assert_eq!(program.worker_pids(), before);
}

#[tokio::test]
async fn a_batch_that_kills_every_worker_is_quarantined() {
    for program in ["/bin/false", "/bin/cat"] {
        let gate = Isolation::workers(PathBuf::from(program), 1);
        let verdicts = gate.judge(honest()).await.verdicts;
        let [Verdict::Quarantined { code, .. }] = &verdicts[..] else { panic!("{verdicts:?}") };
        assert_eq!(code, "gate_killed", "{program}");
    }
}

#[tokio::test]
async fn documents_judged_together_are_judged_as_each_by_itself() {
    let tasks: Vec<_> = (0..40).map(|_| honest()).collect();
    let alone = vyezd_core::gate::judge(&honest());
    assert!(alone.order.is_some(), "what it read is handed back");
    let program = Program::new();
    let gate = Isolation::workers(program.path(), 2);
    assert!(gate.judge_all(tasks.clone()).await.0.iter().all(|judged| *judged == alone));
    for judged in Isolation::workers(PathBuf::from("/bin/false"), 1).judge_all(tasks).await.0 {
        assert!(judged.order.is_none());
        assert!(matches!(judged.verdicts[..], [Verdict::Quarantined { .. }]));
    }
}
