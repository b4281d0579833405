//! The store thread runs the phone's machine, one call after the other and never the network. The
//! phone is opened by the first call and closed by `suspend`; a document that ends the machine is
//! excluded.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use futures_channel::oneshot;
use vyezd_core::model::OrderId;
use vyezd_phone::native::{Link, Phone};

use crate::clocks::clocks;
use crate::error::VyezdError;
use crate::keys::{KeyStore, is_there, vault};

/// Arguments of every opening of the phone.
pub(crate) struct Setup {
    pub(crate) dir: PathBuf,
    pub(crate) server: String,
    pub(crate) authority: Option<Vec<u8>>,
    pub(crate) keys: Arc<dyn KeyStore>,
    pub(crate) boot: u64,
}

/// Link of the open phone; `suspend` breaks the link off from another thread.
pub(crate) type CurrentLink = Arc<Mutex<Option<Link>>>;

/// State of the store thread: the phone, if open.
pub(crate) struct Session {
    pub(crate) setup: Setup,
    phone: Option<Phone>,
    link: CurrentLink,
    excluded: BTreeSet<OrderId>,
}

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// Handle of the store thread.
pub(crate) struct StoreThread {
    jobs: Sender<Job>,
    pub(crate) link: CurrentLink,
}

impl StoreThread {
    /// Starts the thread; dropping the last handle ends it.
    pub(crate) fn start(setup: Setup) -> Arc<Self> {
        let (jobs, todo) = channel::<Job>();
        let link = CurrentLink::default();
        let excluded = read_excluded(&setup);
        let mut session = Session { setup, phone: None, link: link.clone(), excluded };
        std::thread::spawn(move || {
            while let Ok(job) = todo.recv() {
                if catch_unwind(AssertUnwindSafe(|| job(&mut session))).is_err() {
                    session.ended();
                }
            }
        });
        Arc::new(Self { jobs, link })
    }

    /// Runs work on the thread and awaits the result.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, VyezdError> + Send + 'static,
    ) -> Result<T, VyezdError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |session| drop(answer.send(work(session))));
        self.jobs.send(job).map_err(|_| VyezdError::closed())?;
        answered.await.unwrap_or_else(|_| Err(ended()))
    }

    /// Runs work on the thread and blocks for the result: for the other threads of the library.
    pub(crate) fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, VyezdError> + Send + 'static,
    ) -> Result<T, VyezdError> {
        let (answer, answered) = channel();
        let job: Job = Box::new(move |session| drop(answer.send(work(session))));
        self.jobs.send(job).map_err(|_| VyezdError::closed())?;
        answered.recv().unwrap_or_else(|_| Err(ended()))
    }
}

impl Session {
    /// The phone, opened if necessary.
    pub(crate) fn phone(&mut self) -> Result<&mut Phone, VyezdError> {
        if self.phone.is_none() {
            if !is_there(&self.setup.dir) {
                return Err(VyezdError::not_enrolled());
            }
            let vault = vault(&self.setup.dir, &*self.setup.keys)?;
            let link = self.new_link()?;
            let clocks = clocks(self.setup.boot);
            let mut phone = Phone::open(vault, link.clone(), clocks, random_bytes()?)?;
            phone.exclude(self.excluded.clone(), |order| LAST_ACCESSED.set(Some(order)));
            self.take(phone, link);
        }
        self.phone.as_mut().ok_or_else(VyezdError::not_enrolled)
    }

    /// A link to the server, with the firm's own authority if one is configured.
    pub(crate) fn new_link(&self) -> Result<Link, VyezdError> {
        match &self.setup.authority {
            None => Ok(Link::new(&self.setup.server)),
            Some(pem) => Link::trusting(&self.setup.server, pem)
                .map_err(|_| VyezdError::invalid("authority_pem", "Сертификат не читается")),
        }
    }

    /// Makes this phone and its link the current ones.
    pub(crate) fn take(&mut self, phone: Phone, link: Link) {
        self.phone = Some(phone);
        *self.link.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    }

    /// Closes the phone: no file and no connection stays open.
    pub(crate) fn close(&mut self) {
        self.phone = None;
        break_off(&self.link);
    }

    /// The machine panicked: the next call opens the durable state again, without the document that
    /// the machine touched last.
    fn ended(&mut self) {
        self.close();
        if let Some(order) = LAST_ACCESSED.take()
            && self.excluded.insert(order)
        {
            // If this line cannot be written, the next start finds the same document out again.
            let path = self.setup.dir.join(EXCLUDED_FILE);
            let file = fs::OpenOptions::new().create(true).append(true).open(path);
            let _noted = file.and_then(|mut file| writeln!(file, "{VERSION} {order}"));
        }
    }
}

/// Shuts the current link down.
pub(crate) fn break_off(link: &CurrentLink) {
    if let Some(link) = link.lock().unwrap_or_else(PoisonError::into_inner).take() {
        link.shut_down();
    }
}

/// Random bytes of the system.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], VyezdError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| VyezdError::storage())?;
    Ok(bytes)
}

thread_local! {
    /// Order whose document the machine touched last.
    static LAST_ACCESSED: Cell<Option<OrderId>> = const { Cell::new(None) };
}

/// File of excluded orders, one line each: `{version} {order}`. Another version of the library
/// tries the order again.
const EXCLUDED_FILE: &str = "phone.aside";
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn read_excluded(setup: &Setup) -> BTreeSet<OrderId> {
    let text = fs::read_to_string(setup.dir.join(EXCLUDED_FILE)).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.filter(|(v, _)| *v == VERSION).filter_map(|(_, order)| order.parse().ok()).collect()
}

fn ended() -> VyezdError {
    VyezdError::refused(
        "core_ended",
        "Документ одной заявки не открывается: он отложен, остальной день открыт. Повторите действие",
    )
}
