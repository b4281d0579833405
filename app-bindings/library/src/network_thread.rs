//! The network thread exchanges with the server while the store thread goes on working. In the
//! foreground it listens to the live channel, sends new work, and retries after failures.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_channel::oneshot;
use vyezd_core::client::Input;
use vyezd_phone::native::HttpTransport;

use crate::error::VyezdError;
use crate::observer::Observer;
use crate::store_thread::StoreThread;

/// Time without a poke after which an online phone asks.
const ASK_ANYWAY: Duration = Duration::from_mins(5);
/// Pause before a broken live channel is opened again.
const LISTEN_AGAIN: Duration = Duration::from_secs(15);

/// Orders to the network thread.
enum Task {
    Sync(oneshot::Sender<Result<(), VyezdError>>),
    Online(Arc<dyn Observer>),
    Offline(oneshot::Sender<()>),
    Nudge,
    Quit,
}

/// Handle of the network thread.
pub(crate) struct NetworkThread {
    tasks: Sender<Task>,
}

impl NetworkThread {
    /// Starts the thread; dropping the handle ends it.
    pub(crate) fn start(store_thread: Arc<StoreThread>) -> Self {
        let (tasks, todo) = channel();
        let own = tasks.clone();
        std::thread::spawn(move || {
            NetworkLoop { store_thread, transport: None, online: None, wake: ASK_ANYWAY, own }
                .work(&todo);
        });
        Self { tasks }
    }

    /// Exchanges with the server until nothing waits, then uploads photos.
    pub(crate) async fn sync(&self) -> Result<(), VyezdError> {
        let (answer, answered) = oneshot::channel();
        self.tasks.send(Task::Sync(answer)).map_err(|_| VyezdError::closed())?;
        answered.await.unwrap_or_else(|_| Err(VyezdError::closed()))
    }

    /// Starts exchanging without being asked.
    pub(crate) fn online(&self, observer: Arc<dyn Observer>) {
        let _closing = self.tasks.send(Task::Online(observer));
    }

    /// Stops exchanging without being asked; returns when nothing is under way.
    pub(crate) async fn offline(&self) {
        let (answer, answered) = oneshot::channel();
        if self.tasks.send(Task::Offline(answer)).is_ok() {
            let _closing = answered.await;
        }
    }

    /// Announces new work, which goes out at once while online.
    pub(crate) fn wake(&self) {
        let _closing = self.tasks.send(Task::Nudge);
    }
}

impl Drop for NetworkThread {
    fn drop(&mut self) {
        let _ended_already = self.tasks.send(Task::Quit);
    }
}

struct NetworkLoop {
    store_thread: Arc<StoreThread>,
    transport: Option<HttpTransport>,
    online: Option<(Arc<dyn Observer>, LiveListener)>,
    wake: Duration,
    own: Sender<Task>,
}

impl NetworkLoop {
    fn work(mut self, todo: &Receiver<Task>) {
        loop {
            let wait = if self.online.is_some() { self.wake } else { Duration::MAX };
            match todo.recv_timeout(wait.min(ASK_ANYWAY)) {
                Ok(Task::Sync(answer)) => {
                    let done = self.sync();
                    let _nobody_waits = answer.send(done);
                }
                Ok(Task::Online(observer)) => {
                    let ear = LiveListener::open(self.store_thread.clone(), self.own.clone());
                    self.online = Some((observer, ear));
                    self.sync_in_background();
                }
                Ok(Task::Offline(answer)) => {
                    (self.online, self.transport) = (None, None);
                    let _nobody_waits = answer.send(());
                }
                Ok(Task::Nudge) | Err(RecvTimeoutError::Timeout) => self.sync_in_background(),
                Ok(Task::Quit) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// While online: exchanges, and tells the observer that views may have changed.
    fn sync_in_background(&mut self) {
        let Some((observer, _)) = &self.online else { return };
        let observer = observer.clone();
        self.wake = match self.sync() {
            Ok(()) => ASK_ANYWAY,
            Err(_) => self.wait_of_machine().unwrap_or(ASK_ANYWAY),
        };
        observer.changed();
    }

    fn wait_of_machine(&self) -> Option<Duration> {
        let wait =
            self.store_thread.run_blocking(|session| Ok(session.phone()?.wake_in_ms())).ok()??;
        Some(Duration::from_millis(wait.max(0) as u64))
    }

    fn sync(&mut self) -> Result<(), VyezdError> {
        if self.transport.is_none() {
            self.transport =
                Some(self.store_thread.run_blocking(|o| Ok(o.phone()?.transport().clone()))?);
        }
        let done = self.sync_once().and_then(|()| self.photos());
        if done.is_err() {
            // Whatever the cause, the next exchange takes another link and another token.
            self.transport = None;
        }
        done
    }

    fn sync_once(&mut self) -> Result<(), VyezdError> {
        let mut request =
            self.store_thread.run_blocking(|session| Ok(session.phone()?.begin_sync()?))?;
        while let (Some(bytes), Some(transport)) = (request, &mut self.transport) {
            let answer = transport.send(&bytes);
            request = self
                .store_thread
                .run_blocking(|session| Ok(session.phone()?.end_sync(answer)?))?;
        }
        Ok(())
    }

    /// Uploads the needed photos. A refused one does not stop the others; a lost network does.
    fn photos(&mut self) -> Result<(), VyezdError> {
        let uploads =
            self.store_thread.run_blocking(|session| Ok(session.phone()?.client().uploads()))?;
        let mut failed = None;
        for upload in uploads {
            let name = upload.sha256;
            let bytes =
                self.store_thread.run_blocking(move |session| Ok(session.phone()?.photo(&name)?));
            let Some(transport) = &mut self.transport else { break };
            let done = bytes.and_then(|bytes| Ok(transport.upload(&upload, &bytes)?));
            match done {
                Ok(()) => {
                    let uploaded = Input::Uploaded(name);
                    self.store_thread
                        .run_blocking(|session| Ok(session.phone()?.handle(uploaded)?))?;
                }
                Err(error) if error.is_offline() => return Err(error),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

/// Listens to the live channel on a thread of its own.
struct LiveListener {
    over: Arc<AtomicBool>,
    /// Dropping this sender wakes a listener that pauses.
    awake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    link: Arc<Mutex<Option<HttpTransport>>>,
}

impl LiveListener {
    fn open(store_thread: Arc<StoreThread>, tasks: Sender<Task>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let link = Arc::new(Mutex::new(None));
        let (awake, sleep) = channel::<()>();
        let (ends, held) = (over.clone(), link.clone());
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::SeqCst) {
                listen(&store_thread, &tasks, (&held, &ends));
                if sleep.recv_timeout(LISTEN_AGAIN) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                let _closing = tasks.send(Task::Nudge);
            }
        });
        Self { over, awake: Some(awake), thread: Some(thread), link }
    }
}

impl Drop for LiveListener {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        self.awake = None;
        if let Some(transport) = self.link.lock().unwrap_or_else(PoisonError::into_inner).take() {
            transport.shut_down();
        }
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn listen(
    store_thread: &StoreThread,
    tasks: &Sender<Task>,
    (held, over): (&Mutex<Option<HttpTransport>>, &AtomicBool),
) {
    let transport = store_thread.run_blocking(|session| {
        let link = session.new_link()?;
        Ok(session.phone()?.transport().over(link))
    });
    let Ok(mut transport) = transport else { return };
    *held.lock().unwrap_or_else(PoisonError::into_inner) = Some(transport.clone());
    if over.load(Ordering::SeqCst) {
        return;
    }
    let Ok(mut listener) = transport.listen() else { return };
    while let Ok(Some(_)) = listener.wait() {
        let _closing = tasks.send(Task::Nudge);
    }
}
