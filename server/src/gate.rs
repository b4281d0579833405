//! The place of the admission gate: worker processes of this very binary (`vyezd gate-worker`), or
//! the process itself for simulations. Hostile bytes may make the document library trap, allocate
//! or overflow its stack; only a worker dies then, and only the batch that killed the worker is set
//! aside.

use std::io::{Read, Write as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, Semaphore};
use vyezd_core::codec::{decode, encode};
use vyezd_core::doc::Unjudged;
use vyezd_core::frame::Batch;
use vyezd_core::gate::{Backup, Done, Judged, Restored, Task, Verdict, Work, judge, work};

pub use crate::limits::phones::GATE_FRAME_BYTES_MAX;
pub use crate::limits::phones::WORKER_MEMORY;
pub use crate::limits::phones::WORKER_STACK;

/// How long one task may take; an honest batch takes about a millisecond.
pub const TASK_TIME: Duration = Duration::from_secs(5);
/// Tasks go to a worker together up to so many bytes: each exchange wakes two processes.
const TOGETHER_BYTES: usize = 256 * 1024;

pub enum Isolation {
    /// Here: for simulations, where all bytes are our own.
    InProcess,
    Workers(Workers),
}

pub struct Workers {
    program: PathBuf,
    slots: Vec<Mutex<Option<Child>>>,
    free: Semaphore,
}

impl Isolation {
    /// `count` workers of this binary.
    pub fn workers(program: PathBuf, count: usize) -> Self {
        let slots = (0..count.max(1)).map(|_| Mutex::new(None)).collect::<Vec<_>>();
        Self::Workers(Workers { program, free: Semaphore::new(slots.len()), slots })
    }

    pub async fn judge(&self, task: Task) -> Judged {
        self.judge_all(vec![task]).await.0.pop().unwrap_or_default()
    }

    /// Judges tasks of different documents, each by itself, and says how long a worker was busy with them.
    pub async fn judge_all(&self, tasks: Vec<Task>) -> (Vec<Judged>, Duration) {
        let workers = match self {
            Self::InProcess => return (tasks.iter().map(judge).collect(), Duration::ZERO),
            Self::Workers(workers) => workers,
        };
        let mut judged = Vec::with_capacity(tasks.len());
        let mut busy = Duration::ZERO;
        let mut tasks = tasks.into_iter().peekable();
        while let Some(first) = tasks.next() {
            let mut bytes = size(&first);
            let mut together = vec![first];
            while let Some(task) = tasks.next_if(|task| bytes + size(task) <= TOGETHER_BYTES) {
                bytes += size(&task);
                together.push(task);
            }
            judged.extend(workers.judge(together, &mut busy).await);
        }
        (judged, busy)
    }

    /// Takes a document back that a phone kept.
    pub async fn restore(&self, backup: Backup) -> (Restored, Duration) {
        let refused = || Restored::Refused { why: "the gate's worker died of it".to_owned() };
        let mut busy = Duration::ZERO;
        match self.one(Work::Restore(backup), &mut busy).await {
            Some(Done::Restored(restored)) => (restored, busy),
            _ => (refused(), busy),
        }
    }

    /// The writes of a batch, one line for each value.
    pub async fn describe(&self, batch: Batch) -> Vec<String> {
        match self.one(Work::Describe(batch), &mut Duration::default()).await {
            Some(Done::Described(lines)) => lines,
            _ => vec!["не читается".to_owned()],
        }
    }

    async fn one(&self, asked: Work, busy: &mut Duration) -> Option<Done> {
        match self {
            Self::InProcess => Some(work(&asked)),
            Self::Workers(workers) => workers.ask(&[asked], busy).await?.pop(),
        }
    }
}

fn size(task: &Task) -> usize {
    let changes = task.items.iter().flat_map(|item| &item.batch.changes);
    task.doc.len() + changes.map(Unjudged::len).sum::<usize>()
}

/// Each task frees all that it took. Given back to the system, the same pages would be faulted in again
/// by the next one; that was most of a worker's time. (Names of glibc; elsewhere they mean nothing.)
const MEMORY_KEPT: [(&str, &str); 3] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_TRIM_THRESHOLD_", "67108864"),
    ("MALLOC_MMAP_THRESHOLD_", "33554432"),
];

impl Workers {
    /// A batch that kills a worker is found by smaller and smaller requests; only that batch is set
    /// aside.
    async fn judge(&self, tasks: Vec<Task>, busy: &mut Duration) -> Vec<Judged> {
        let alone = tasks.len() == 1;
        let asked: Vec<Work> = tasks.into_iter().map(Work::Judge).collect();
        if let Some(judged) = self.judged(&asked, busy).await {
            return judged;
        }
        let mut all = Vec::with_capacity(asked.len());
        for work in asked {
            let again = std::slice::from_ref(&work);
            let judged = if alone { None } else { self.judged(again, busy).await };
            match (judged.and_then(|mut judged| judged.pop()), work) {
                (Some(judged), _) => all.push(judged),
                (None, Work::Judge(task)) => all.push(self.one_by_one(task, busy).await),
                (None, _) => {}
            }
        }
        all
    }

    /// `None`: the worker died of it, took too long, or answered something else.
    async fn judged(&self, asked: &[Work], busy: &mut Duration) -> Option<Vec<Judged>> {
        let done = self.ask(asked, busy).await?;
        let whole = |(done, work): (Done, &Work)| match (done, work) {
            (Done::Judged(judged), Work::Judge(task))
                if judged.verdicts.len() == task.items.len() =>
            {
                Some(judged)
            }
            _ => None,
        };
        done.into_iter().zip(asked).map(whole).collect()
    }

    async fn one_by_one(&self, task: Task, busy: &mut Duration) -> Judged {
        let mut doc = task.doc.to_vec();
        let mut all = Judged::default();
        for item in task.items {
            let changes: Vec<u8> =
                item.batch.changes.iter().flat_map(|c| c.as_wire().iter().copied()).collect();
            let alone = Work::Judge(Task { doc: doc.clone().into(), items: vec![item] });
            let judged = self.judged(&[alone], busy).await.and_then(|mut judged| judged.pop());
            let mut judged = judged.unwrap_or_else(|| Judged {
                verdicts: vec![Verdict::Quarantined {
                    code: "gate_killed".to_owned(),
                    message: "проверка изменения прервалась; оно ждёт решения офиса".to_owned(),
                }],
                ..Judged::default()
            });
            if judged.order.is_some() {
                doc.extend_from_slice(&changes);
                (all.order, all.not_understood) = (judged.order, judged.not_understood);
            }
            all.verdicts.append(&mut judged.verdicts);
        }
        all
    }

    /// `None`: the worker died of it, or took too long.
    async fn ask(&self, asked: &[Work], busy: &mut Duration) -> Option<Vec<Done>> {
        let _permit = self.free.acquire().await.ok()?;
        let mut slot = self.slots.iter().find_map(|slot| slot.try_lock().ok())?;
        let mut worker = match slot.take() {
            Some(worker) => worker,
            None => self.start().inspect_err(|e| tracing::error!(%e, "no gate worker")).ok()?,
        };
        let began = tokio::time::Instant::now();
        let answer = tokio::time::timeout(TASK_TIME, exchange(&mut worker, &encode(asked))).await;
        *busy += began.elapsed();
        match answer {
            Ok(Ok(bytes)) => {
                let done = decode::<Vec<Done>>(&bytes).ok()?;
                let whole = done.len() == asked.len();
                *slot = whole.then_some(worker);
                whole.then_some(done)
            }
            _ => {
                tracing::warn!("a gate worker died of its work or took too long");
                // The process may have ended already.
                let _: Result<(), _> = worker.start_kill();
                None
            }
        }
    }

    fn start(&self) -> std::io::Result<Child> {
        Command::new(&self.program)
            .arg("gate-worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .env_clear()
            .envs(MEMORY_KEPT)
            .kill_on_drop(true)
            .spawn()
    }
}

async fn exchange(worker: &mut Child, tasks: &[u8]) -> std::io::Result<Vec<u8>> {
    let broken = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
    let stdin = worker.stdin.as_mut().ok_or_else(broken)?;
    stdin.write_all(&(tasks.len() as u32).to_be_bytes()).await?;
    stdin.write_all(tasks).await?;
    stdin.flush().await?;
    let stdout = worker.stdout.as_mut().ok_or_else(broken)?;
    let length = stdout.read_u32().await?;
    if length > GATE_FRAME_BYTES_MAX {
        return Err(broken());
    }
    let mut bytes = vec![0; length as usize];
    stdout.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// The worker's whole life: reads work, writes what came of it, until its input ends.
pub fn serve_worker() -> anyhow::Result<()> {
    // A trap is an answer to the parent process, not a line of the log.
    std::panic::set_hook(Box::new(|_| {}));
    let (_, hard) = rlimit::Resource::AS.get()?;
    rlimit::Resource::AS.set((WORKER_MEMORY + in_use()).min(hard), hard)?;
    let judging = std::thread::Builder::new().stack_size(WORKER_STACK).spawn(serve)?;
    judging.join().map_err(|_| anyhow::anyhow!("the gate stopped"))?
}

/// Address space that the program itself takes, in bytes.
fn in_use() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split(' ').next().and_then(|first| first.parse::<u64>().ok()));
    pages.unwrap_or(64 * 1024) * 4096
}

fn serve() -> anyhow::Result<()> {
    let (mut stdin, mut stdout) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut length = [0; 4];
    while stdin.read_exact(&mut length).is_ok() {
        let length = u32::from_be_bytes(length);
        anyhow::ensure!(length <= GATE_FRAME_BYTES_MAX, "a frame is too large");
        let mut bytes = vec![0; length as usize];
        stdin.read_exact(&mut bytes)?;
        let asked: Vec<Work> = decode(&bytes)?;
        let done = encode(&asked.iter().map(work).collect::<Vec<_>>());
        stdout.write_all(&(done.len() as u32).to_be_bytes())?;
        stdout.write_all(&done)?;
        stdout.flush()?;
    }
    Ok(())
}
