//! The thread of the network: it goes to the server for the phone while the desk goes on working. In the
//! foreground it listens to the live channel, sends what was written, and tries again after failures.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_channel::oneshot;
use vyezd_core::client::Input;
use vyezd_phone::native::Courier;

use crate::desk::Desk;
use crate::error::VyezdError;
use crate::observer::Observer;

/// After this long without a poke the phone asks by itself, while it is online.
const ASK_ANYWAY: Duration = Duration::from_mins(5);
/// How long the ear waits before it opens a channel again that broke off.
const LISTEN_AGAIN: Duration = Duration::from_secs(15);

/// What the road is asked to do.
enum Task {
    Sync(oneshot::Sender<Result<(), VyezdError>>),
    Online(Arc<dyn Observer>),
    Offline(oneshot::Sender<()>),
    Nudge,
    Quit,
}

/// The thread's front side.
pub(crate) struct Road {
    tasks: Sender<Task>,
}

impl Road {
    /// Starts the thread; it ends with the `Road`.
    pub(crate) fn start(desk: Arc<Desk>) -> Self {
        let (tasks, todo) = channel();
        let own = tasks.clone();
        std::thread::spawn(move || {
            Traveller { desk, courier: None, online: None, wake: ASK_ANYWAY, own }.work(&todo);
        });
        Self { tasks }
    }

    /// Talks to the server until nothing is left to say, then uploads photos.
    pub(crate) async fn sync(&self) -> Result<(), VyezdError> {
        let (answer, answered) = oneshot::channel();
        self.tasks.send(Task::Sync(answer)).map_err(|_| VyezdError::closed())?;
        answered.await.unwrap_or_else(|_| Err(VyezdError::closed()))
    }

    /// From now on by itself.
    pub(crate) fn online(&self, observer: Arc<dyn Observer>) {
        let _closing = self.tasks.send(Task::Online(observer));
    }

    /// Not by itself any more; returns when nothing is under way.
    pub(crate) async fn offline(&self) {
        let (answer, answered) = oneshot::channel();
        if self.tasks.send(Task::Offline(answer)).is_ok() {
            let _closing = answered.await;
        }
    }

    /// Something was written: while it is online it goes out.
    pub(crate) fn nudge(&self) {
        let _closing = self.tasks.send(Task::Nudge);
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        let _ended_already = self.tasks.send(Task::Quit);
    }
}

struct Traveller {
    desk: Arc<Desk>,
    courier: Option<Courier>,
    online: Option<(Arc<dyn Observer>, Ear)>,
    wake: Duration,
    own: Sender<Task>,
}

impl Traveller {
    fn work(mut self, todo: &Receiver<Task>) {
        loop {
            let wait = if self.online.is_some() { self.wake } else { Duration::MAX };
            match todo.recv_timeout(wait.min(ASK_ANYWAY)) {
                Ok(Task::Sync(answer)) => {
                    let done = self.sync();
                    let _nobody_waits = answer.send(done);
                }
                Ok(Task::Online(observer)) => {
                    let ear = Ear::open(self.desk.clone(), self.own.clone());
                    self.online = Some((observer, ear));
                    self.by_itself();
                }
                Ok(Task::Offline(answer)) => {
                    (self.online, self.courier) = (None, None);
                    let _nobody_waits = answer.send(());
                }
                Ok(Task::Nudge) | Err(RecvTimeoutError::Timeout) => self.by_itself(),
                Ok(Task::Quit) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// While it is online: sync, and say that what is shown may have changed.
    fn by_itself(&mut self) {
        let Some((observer, _)) = &self.online else { return };
        let observer = observer.clone();
        self.wake = match self.sync() {
            Ok(()) => ASK_ANYWAY,
            Err(_) => self.wait_of_machine().unwrap_or(ASK_ANYWAY),
        };
        observer.changed();
    }

    fn wait_of_machine(&self) -> Option<Duration> {
        let wait = self.desk.ask_here(|opened| Ok(opened.phone()?.wake_in_ms())).ok()??;
        Some(Duration::from_millis(wait.max(0) as u64))
    }

    fn sync(&mut self) -> Result<(), VyezdError> {
        if self.courier.is_none() {
            self.courier = Some(self.desk.ask_here(|o| Ok(o.phone()?.courier().clone()))?);
        }
        let done = self.talk().and_then(|()| self.photos());
        if done.is_err() {
            // Whatever it was: another link, another token.
            self.courier = None;
        }
        done
    }

    fn talk(&mut self) -> Result<(), VyezdError> {
        let mut request = self.desk.ask_here(|opened| Ok(opened.phone()?.begin_sync()?))?;
        while let (Some(bytes), Some(courier)) = (request, &mut self.courier) {
            let answer = courier.carry(&bytes);
            request = self.desk.ask_here(|opened| Ok(opened.phone()?.end_sync(answer)?))?;
        }
        Ok(())
    }

    /// One that cannot go does not keep the others; without a network all wait.
    fn photos(&mut self) -> Result<(), VyezdError> {
        let uploads = self.desk.ask_here(|opened| Ok(opened.phone()?.client().uploads()))?;
        let mut failed = None;
        for upload in uploads {
            let name = upload.sha256;
            let bytes = self.desk.ask_here(move |opened| Ok(opened.phone()?.photo(&name)?));
            let Some(courier) = &mut self.courier else { break };
            let done = bytes.and_then(|bytes| Ok(courier.upload(&upload, &bytes)?));
            match done {
                Ok(()) => {
                    let uploaded = Input::Uploaded(name);
                    self.desk.ask_here(|opened| Ok(opened.phone()?.handle(uploaded)?))?;
                }
                Err(error) if error.is_offline() => return Err(error),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

/// Listens to the live channel on a thread of its own.
struct Ear {
    over: Arc<AtomicBool>,
    /// Whoever waits before trying again is woken by its end.
    awake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    link: Arc<Mutex<Option<Courier>>>,
}

impl Ear {
    fn open(desk: Arc<Desk>, tasks: Sender<Task>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let link = Arc::new(Mutex::new(None));
        let (awake, sleep) = channel::<()>();
        let (ends, held) = (over.clone(), link.clone());
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::SeqCst) {
                listen(&desk, &tasks, (&held, &ends));
                if sleep.recv_timeout(LISTEN_AGAIN) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                let _closing = tasks.send(Task::Nudge);
            }
        });
        Self { over, awake: Some(awake), thread: Some(thread), link }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.awake = None;
        if let Some(courier) = self.link.lock().unwrap_or_else(PoisonError::into_inner).take() {
            courier.shut_down();
        }
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn listen(desk: &Desk, tasks: &Sender<Task>, (held, over): (&Mutex<Option<Courier>>, &AtomicBool)) {
    let courier = desk.ask_here(|opened| {
        let link = opened.new_link()?;
        Ok(opened.phone()?.courier().over(link))
    });
    let Ok(mut courier) = courier else { return };
    *held.lock().unwrap_or_else(PoisonError::into_inner) = Some(courier.clone());
    if over.load(Ordering::SeqCst) {
        return;
    }
    let Ok(mut listener) = courier.listen() else { return };
    while let Ok(Some(_)) = listener.wait() {
        let _closing = tasks.send(Task::Nudge);
    }
}
