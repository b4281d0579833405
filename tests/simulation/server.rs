//! The server of a simulation: the real one over a real file, which may die after any commit, and whose
//! file may be replaced by an older copy.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;
use vyezd_core::codec::{decode, encode};
use vyezd_core::frame::Request;
use vyezd_core::frame::compress::{pack, unpack};
use vyezd_core::model::{DeviceId, OrderId, Timestamp, Zone};
use vyezd_server::app::App;
use vyezd_server::clock::Clock;
use vyezd_server::config::Config;
use vyezd_server::demo::Firm;
use vyezd_server::documents::OrderDocument;
use vyezd_server::entropy::Entropy;
use vyezd_server::http::{self, NewInstrument, NewOrder};
use vyezd_server::store::OrderState;
use vyezd_server::{dispatch, sync, timers};

use super::SimRng;
use crate::FIRM;

/// Name of the person with the hostile phone.
pub(super) const HOSTILE: &str = "Чужой";

/// The firm of the stories and the person with the hostile phone.
fn firm() -> String {
    format!(
        "{FIRM}\n[[metrologist]]\nname = \"{HOSTILE}\"\ndistricts = [\"Ленинский\"]\n\
         phone = \"+7 900 000-00-03\"\nattested_until = \"2028-12-31\"\n"
    )
}

const CATALOGUE: &str = include_str!("../../server/data/water_meter_types.csv");

pub(super) struct Server {
    pub(super) app: Option<App>,
    pub(super) clock: Clock,
    dir: TempDir,
    seed: u64,
    starts: u64,
}

/// An installation with a firm in it, made once and copied for every seed.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
    TEMPLATE
        .get_or_init(|| {
            let dir = scratch();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let config = Config::new(dir.path().to_owned(), None, "http://sim");
                let clock = Clock::manual(morning());
                let app = App::open_with(config, clock, Entropy::seeded(0)).await.expect("opens");
                let firm = Firm::parse(&app, &firm()).expect("the firm");
                // One type is enough: phones get all of them with their first sync.
                let types: Vec<&str> = CATALOGUE
                    .lines()
                    .enumerate()
                    .filter(|(n, line)| *n == 0 || line.contains("16078-13"))
                    .map(|(_, line)| line)
                    .collect();
                firm.create(&app, types.join("\n").as_bytes()).await.expect("the firm is written");
                let mut tx = app.store.begin().await.expect("a transaction");
                for mut method in tx.methods().await.expect("methods") {
                    method.approved_by = Some("Главный метролог".to_owned());
                    tx.put_method(&method).await.expect("a method");
                }
                tx.commit().await.expect("committed");
                app.store.close().await;
            });
            dir
        })
        .path()
}

/// Makes the template, outside of any runtime.
pub(super) fn prepare() {
    template();
}

/// In memory where the machine offers that: a simulation syncs to its disk all the time.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
        .expect("a directory")
}

pub(super) fn morning() -> Timestamp {
    let zone = Zone::parse("Europe/Saratov").expect("a zone");
    zone.instant("2026-08-26".parse().expect("a date"), 7 * 60)
}

impl Server {
    pub(super) async fn new(seed: u64) -> Self {
        let dir = scratch();
        copy_database(template(), dir.path());
        std::fs::create_dir_all(dir.path().join("keys")).expect("a directory");
        std::fs::copy(template().join("keys/marks"), dir.path().join("keys/marks"))
            .expect("the key");
        let clock = Clock::manual(morning());
        let mut this = Self { app: None, clock, dir, seed, starts: 0 };
        this.start().await;
        this
    }

    pub(super) async fn start(&mut self) {
        self.starts += 1;
        let config = Config::new(self.dir.path().to_owned(), None, "http://sim");
        let random_bytes =
            Entropy::seeded(self.seed.wrapping_mul(1_000_003).wrapping_add(self.starts));
        let app = App::open_with(config, self.clock.clone(), random_bytes).await;
        self.app = Some(app.expect("the server opens its own file"));
    }

    /// The process dies: whatever was not committed never was.
    pub(super) async fn die(&mut self) {
        if let Some(app) = self.app.take() {
            app.store.close().await;
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An online copy of the database, as `vyezd backup` makes it.
    pub(super) async fn backup(&self, n: u64) -> Option<PathBuf> {
        let app = self.app.as_ref()?;
        let to = self.dir.path().join(format!("backup-{n}.db"));
        vyezd_server::backup::database(app, &to).await.ok()?;
        Some(to)
    }

    /// Replaces the database with an older copy: by hand, without a word to the server, or with
    /// `vyezd restore`, which begins another epoch.
    pub(super) async fn restore(&mut self, copy: &Path, noticed: bool) {
        self.die().await;
        let file = self.dir.path().join("vyezd.db");
        for tail in ["", "-wal", "-shm"] {
            // The file may not exist.
            let _: std::io::Result<()> = std::fs::remove_file(format!("{}{tail}", file.display()));
        }
        std::fs::copy(copy, &file).expect("the copy is put in place");
        self.start().await;
        if noticed && let Some(app) = &self.app {
            vyezd_server::backup::begin_recovery(app, "симуляция").await.expect("recovery begins");
        }
    }

    /// One request as bytes. `None`: the server died of something on the way, or is dead.
    pub(super) async fn handle_sync_request(
        &self,
        device: DeviceId,
        bytes: &[u8],
    ) -> Option<Vec<u8>> {
        let app = self.app.as_ref()?;
        let plain = unpack(bytes, 8 << 20).ok()?;
        let request: Request = decode(&plain).ok()?;
        let response = sync::handle_sync_request(app, device, request).await.ok()?;
        Some(pack(&encode(&response)))
    }

    pub(super) async fn tick(&self) -> Option<()> {
        let app = self.app.as_ref()?;
        timers::tick(app).await.ok()?;
        timers::housekeeping(app).await.ok()
    }

    pub(super) async fn order(&self, n: u64, rng: &mut SimRng) -> Option<OrderId> {
        let app = self.app.as_ref()?;
        let new = NewOrder {
            offers_from: None,
            zone: String::new(),
            number: format!("С-{n}"),
            date: "2026-08-26".to_owned(),
            window: "10:00-12:00".to_owned(),
            kind: String::new(),
            urgency: "planned".to_owned(),
            client: "Кузнецова Мария".to_owned(),
            phones: Vec::new(),
            district: "Ленинский".to_owned(),
            address: "г. Саратов, ул. Тархова, д. 12".to_owned(),
            place: String::new(),
            entrance: String::new(),
            floor: String::new(),
            intercom: String::new(),
            note: String::new(),
            price_kop: 90_000,
            certificate: rng.once_in(2),
            instruments: (0..=rng.below(2))
                .map(|at| NewInstrument {
                    id: None,
                    type_number: "16078-13".to_owned(),
                    modification: "СХВ-15".to_owned(),
                    serial_number: format!("{n:06}{at}"),
                    year: Some(2020),
                    water: Some("cold".to_owned()),
                    position: Some("horizontal".to_owned()),
                })
                .collect(),
        };
        let mut tx = app.store.begin().await.ok()?;
        let order = http::create_order(app, &mut tx, &new, "офис", "office").await.ok()?;
        dispatch::start(app, &mut tx, &mut OrderDocument::of(order)).await.ok()?;
        tx.commit().await.ok()?;
        Some(order)
    }

    /// The office takes an order from its holder and offers it anew, or cancels the order.
    pub(super) async fn take_back(&self, order: OrderId, cancel: bool) -> Option<()> {
        let app = self.app.as_ref()?;
        let mut tx = app.store.begin().await.ok()?;
        let row = tx.order(order).await.ok()??;
        if !row.state.is_open() {
            return Some(());
        }
        dispatch::cancel(app, &mut tx, &mut OrderDocument::of(order)).await.ok()?;
        vyezd_server::assignment::take_away(app, &mut tx, order, "передана").await.ok()?;
        if cancel {
            tx.set_order_state(order, OrderState::Cancelled).await.ok()?;
        } else {
            tx.set_order_state(order, OrderState::New).await.ok()?;
            dispatch::start(app, &mut tx, &mut OrderDocument::of(order)).await.ok()?;
        }
        tx.commit().await.ok()
    }
}

fn copy_database(from: &Path, to: &Path) {
    for tail in ["", "-wal"] {
        let name = format!("vyezd.db{tail}");
        if from.join(&name).exists() {
            std::fs::copy(from.join(&name), to.join(&name)).expect("the template is copied");
        }
    }
}
