//! Honest batches through the gate: here, and through worker processes.

use std::path::PathBuf;
use std::time::Instant;

use ed25519_dalek::{Signer as _, SigningKey};
use vyezd_core::doc::Edit;
use vyezd_core::frame::envelope::{Batch, actor};
use vyezd_core::gate::{Done, Item, Task, Usage, Verdict, Work, judge};
use vyezd_core::model::*;
use vyezd_server::gate::Isolation;
use vyezd_tests::simulation::SimRng;

use super::sample;

#[path = "../../sync-core/fuzz/harness.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod harness;

pub(crate) fn run(batches: usize, vyezd: PathBuf) -> anyhow::Result<()> {
    let tasks = tasks(batches);
    let per = |what: &str, began: Instant, cpu: u64| {
        let s = began.elapsed().as_secs_f64();
        let a_core = batches as f64 / (cpu as f64 / 1e9);
        println!(
            "{what}: {:.0} batches/s, {a_core:.0} a second a core, {:.2} ms each",
            batches as f64 / s,
            s * 1e3 / batches as f64
        );
    };
    #[expect(clippy::disallowed_methods, reason = "a benchmark")]
    let now = Instant::now;
    let (began, cpu) = (now(), super::usage::this_thread_ns());
    for task in &tasks {
        anyhow::ensure!(
            matches!(judge(task).verdicts[..], [Verdict::Admitted { .. }]),
            "an honest batch"
        );
    }
    per("in process", began, super::usage::this_thread_ns() - cpu);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let workers = Isolation::workers(vyezd, 2);
        anyhow::ensure!(matches!(
            workers.judge(tasks[0].clone()).await.verdicts[..],
            [Verdict::Admitted { .. }]
        ));
        let pid = std::process::id();
        let (began, cpu) = (now(), super::usage::cpu_ns(pid));
        for task in tasks {
            workers.judge(task).await;
        }
        per(
            "in workers, one after another, CPU of both sides",
            began,
            super::usage::cpu_ns(pid) - cpu,
        );
        Ok(())
    })
}

/// Each attack of the corpus in a worker of its own: how long, and how much memory it took at most.
pub(crate) fn hostile(vyezd: &std::path::Path) -> anyhow::Result<()> {
    use std::io::{Read as _, Write as _};
    use vyezd_core::codec::{decode, encode};
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../sync-core/fuzz/corpus/gate");
    #[expect(clippy::disallowed_methods, reason = "a benchmark")]
    let now = Instant::now;
    for entry in std::fs::read_dir(corpus)? {
        let path = entry?.path();
        let task = encode(&[Work::Judge(harness::task(&std::fs::read(&path)?))]);
        let mut worker = std::process::Command::new(vyezd)
            .arg("gate-worker")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()?;
        let (mut to, mut from) = (worker.stdin.take(), worker.stdout.take());
        let (Some(to), Some(from)) = (to.as_mut(), from.as_mut()) else { continue };
        let mut took = f64::MAX;
        let mut verdicts: Vec<Verdict> = Vec::new();
        for _ in 0..5 {
            let began = now();
            to.write_all(&(task.len() as u32).to_be_bytes())?;
            to.write_all(&task)?;
            let mut length = [0; 4];
            from.read_exact(&mut length)?;
            let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
            from.read_exact(&mut bytes)?;
            took = took.min(began.elapsed().as_secs_f64() * 1e3);
            if let Some(Done::Judged(judged)) = decode::<Vec<Done>>(&bytes)?.pop() {
                verdicts = judged.verdicts;
            }
        }
        let peak = super::usage::peak_mb(worker.id());
        worker.kill()?;
        worker.wait()?;
        let code = match verdicts.first() {
            Some(Verdict::Refused { code, .. } | Verdict::Quarantined { code, .. }) => code.clone(),
            other => format!("{other:?}").chars().take(8).collect(),
        };
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        println!("{name:16} {took:8.2} ms {peak:6.1} MB  {code}");
    }
    Ok(())
}

/// One batch each on a document of its own.
fn tasks(count: usize) -> Vec<Task> {
    let mut rng = SimRng::new(7);
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = key.verifying_key().to_bytes();
    let one = |_| {
        let at = 1_787_730_000_000;
        let visit = VisitId::new(at, rng.bytes());
        let instruments = [(); 2].map(|()| InstrumentId::new(at, rng.bytes()));
        let mut made = sample::make(visit, &instruments, &mut rng);
        let saved = made.doc.save_plain();
        let order = OrderId::new(at, rng.bytes());
        let install = InstallId::new(at, rng.bytes());
        let nonce = rng.bytes();
        let actor = actor(&public, order, install, &nonce);
        let edit: Edit = sample::note(at, &mut rng);
        let change = made.doc.edit(actor, &[edit]).expect("an edit").expect("a change");
        let ids = (order, DeviceId::new(at, rng.bytes()), install);
        let (mut batch, bytes) = Batch::unsigned(ids, 1, (actor, nonce), &[change]);
        batch.signature = key.sign(&bytes).to_bytes().to_vec();
        Task {
            doc: saved.into(),
            items: vec![Item {
                batch,
                key: public,
                visits: vec![visit],
                shared: true,
                left: Usage::SHARE,
            }],
        }
    };
    (0..count).map(one).collect()
}
