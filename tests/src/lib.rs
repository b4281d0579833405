//! The world of the stories: a real server over HTTP, real phones, real networks that can be cut, and
//! a clock that is moved by hand. One door: [`World`].
//!
//! ```no_run
//! use vyezd_tests::{Database, World};
//!
//! let mut world = World::new(Database::Sqlite).unwrap();
//! let order = world.order("1001", "2026-08-26", &[("16078-13", "СХВ-15", "08812345")]);
//! world.device("Анна").accept(order);
//! world.minutes(5);
//! ```

pub mod page;
pub mod pictures;
pub mod raw;
pub mod readings;
#[path = "../simulation/mod.rs"]
pub mod simulation;
pub mod wire;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use vyezd_core::client::Input;
use vyezd_core::doc::Edit;
use vyezd_core::doc::seal::{Signer, StrokePoint, Strokes};
use vyezd_core::model::{
    Money, NoteId, OrderId, PersonId, SealId, Timestamp, VisitMoment, VisitOutcome, Zone,
};
use vyezd_people::{Metrologist, Network, OfficeClient, Readings, Visit};
use vyezd_server::app::App;
use vyezd_server::clock::Clock;
use vyezd_server::config::Config;
use vyezd_server::demo::{Firm, PASSWORD, clocks};
use vyezd_server::entropy::random_bytes;
use vyezd_server::import::types::BUILT_IN;
use vyezd_server::serve::serve;
use vyezd_server::store::Role;
use vyezd_server::{http, timers};

use crate::page::Page;

/// On which database a story runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite,
    /// `TEST_POSTGRES_URL`, in a schema of its own.
    Postgres,
}

impl Database {
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// The firm of the stories: Анна and Борис work in one district.
pub const FIRM: &str = r#"
[entity]
name = "ООО «Поверка»"
address = "410000, г. Саратов, ул. Московская, д. 1"
accreditation = "RA.RU.300000"
sign_cipher = "АБВ"
code = "ПВ"
zone = "Europe/Saratov"
hours = "00:00-24:00"

[[metrologist]]
name = "Анна"
districts = ["Ленинский"]
phone = "+7 900 000-00-01"
attested_until = "2028-12-31"

[[metrologist]]
name = "Борис"
districts = ["Ленинский"]
phone = "+7 900 000-00-02"
attested_until = "2028-12-31"

[[means]]
kind = "mieta"
title = "УПСЖ-3П"
number = "72850.18.3Р.00701885"
serial_number = "17"
valid_from = "2026-01-01"
valid_until = "2027-12-31"
"#;

pub struct World {
    pub app: App,
    pub office: OfficeClient,
    base: String,
    devices: BTreeMap<String, Metrologist>,
    orders: BTreeMap<String, OrderId>,
    serving: tokio::task::JoinHandle<()>,
    runtime: Runtime,
    dir: PathBuf,
    _own: Option<TempDir>,
}

impl World {
    /// A world at seven in the morning of 26 August 2026 in Saratov. Nothing where the database is not
    /// there; that is said aloud.
    pub fn new(database: Database) -> Option<Self> {
        Self::with(database, |_| {})
    }

    /// The same, with settings of one's own.
    pub fn with(database: Database, settings: impl FnOnce(&mut Config)) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        let at = dir.path().to_owned();
        Self::open(database, (at, Some(dir)), settings)
    }

    /// The same, with the server's files in a place that is somebody else's to remove.
    pub fn new_at(database: Database, at: PathBuf) -> Option<Self> {
        Self::open(database, (at, None), |_| {})
    }

    fn open(
        database: Database,
        (at, own): (PathBuf, Option<TempDir>),
        settings: impl FnOnce(&mut Config),
    ) -> Option<Self> {
        let url = match (database, std::env::var("TEST_POSTGRES_URL")) {
            (Database::Sqlite, _) => None,
            (Database::Postgres, Ok(url)) => Some(url),
            (Database::Postgres, Err(_)) => {
                assert!(std::env::var("REQUIRE_POSTGRES").is_err(), "TEST_POSTGRES_URL is not set");
                eprintln!("skipped: no PostgreSQL (TEST_POSTGRES_URL)");
                return None;
            }
        };
        let runtime = Runtime::new().expect("a runtime");
        std::fs::create_dir_all(&at).expect("a directory");
        let zone = Zone::parse("Europe/Saratov").expect("a zone");
        let date = "2026-08-26".parse().expect("a date");
        let clock = Clock::manual(zone.instant(date, 7 * 60));
        let (app, base, serving) = runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let base = format!("http://{}", listener.local_addr().expect("an address"));
            let mut config = Config::new(at.clone(), url, &base);
            // A push service of a story is on this machine.
            config.push_hosts = vec!["127.0.0.1".to_owned()];
            config.schema = Some(format!("t_{}", vyezd_core::codec::hex(&random_bytes::<8>())));
            settings(&mut config);
            let app = App::open(config, clock).await.expect("the server opens");
            let firm = Firm::parse(&app, FIRM).expect("the firm");
            firm.seed_example(&app, BUILT_IN.as_bytes()).await.expect("the firm is written");
            let serving = tokio::spawn(listen(listener, app.clone()));
            (app, base, serving)
        });
        let office = OfficeClient::new(&base, "admin", PASSWORD);
        let mut world = Self {
            app,
            office,
            base,
            devices: BTreeMap::new(),
            orders: BTreeMap::new(),
            serving,
            runtime,
            dir: at,
            _own: own,
        };
        for (person, name) in world.people() {
            let device = world.enrol(person, &name);
            world.devices.insert(name, device);
        }
        Some(world)
    }

    pub fn people(&self) -> Vec<(PersonId, String)> {
        let people = self.runtime.block_on(async {
            self.app.store.read().await.expect("a transaction").people().await.expect("people")
        });
        let metrologists = people.into_iter().filter(|p| p.role == Role::Metrologist);
        metrologists.map(|p| (p.id, p.name)).collect()
    }

    /// Enrols another phone for a person.
    pub fn enrol(&mut self, person: PersonId, name: &str) -> Metrologist {
        let mut device = self.enrol_silently(person, name);
        device.sync().expect("the first sync");
        device
    }

    /// The same; the phone has not spoken to the server yet.
    pub fn enrol_silently(&mut self, person: PersonId, name: &str) -> Metrologist {
        let answer = self.office.post(&format!("/v1/people/{person}/enrol-code"), &json!({}));
        let code = answer.expect("a code")["code"].as_str().expect("a code").to_owned();
        let address = self.base.trim_start_matches("http://").parse().expect("an address");
        let network = self.runtime.block_on(Network::open(address)).expect("a network");
        let dir = self.dir.join(vyezd_core::codec::hex(&random_bytes::<4>()));
        std::fs::create_dir_all(&dir).expect("a directory");
        let clocks = clocks(self.app.clock().clone());
        Metrologist::enrol((person, name), network, &code, &dir, clocks).expect("enrolled")
    }

    /// Address of the server.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Folder of the server's files.
    pub fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// The server stops, something happens to its files, and it starts again at the same address.
    pub fn restart(&mut self, meanwhile: impl FnOnce(&std::path::Path)) {
        let (config, clock) = (self.app.config.clone(), self.app.clock().clone());
        let address = self.base.trim_start_matches("http://").to_owned();
        self.serving.abort();
        self.runtime.block_on(self.app.store.close());
        meanwhile(&self.dir);
        let (app, serving) = self.runtime.block_on(async {
            let app = App::open(config, clock).await.expect("the server opens");
            let listener = loop {
                // The old listener may need a moment to go.
                match tokio::net::TcpListener::bind(&address).await {
                    Ok(listener) => break listener,
                    Err(_) => tokio::task::yield_now().await,
                }
            };
            (app.clone(), tokio::spawn(listen(listener, app)))
        });
        (self.app, self.serving) = (app, serving);
    }

    /// Runs a future on the server's runtime.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub fn seconds(&self, seconds: i64) {
        self.app.clock().move_to(self.app.now().plus_s(seconds));
        self.runtime.block_on(timers::tick(&self.app)).expect("the timers");
    }

    pub fn minutes(&self, minutes: i64) {
        self.seconds(minutes * 60);
    }

    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// Runs due timers.
    pub fn tick(&self) {
        self.seconds(0);
    }

    pub fn order(
        &mut self,
        number: &str,
        date: &str,
        instruments: &[(&str, &str, &str)],
    ) -> OrderId {
        let instruments: Vec<Value> = instruments
            .iter()
            .map(|(type_number, modification, serial_number)| {
                json!({
                    "type_number": type_number, "modification": modification,
                    "serial_number": serial_number, "year": 2020, "water": "cold",
                    "position": "horizontal",
                })
            })
            .collect();
        let page = self.office.post(
            "/v1/orders",
            &json!({
                "number": number, "date": date, "window": "10:00-12:00", "urgency": "planned",
                "client": "Кузнецова Мария Петровна", "phones": ["+7 917 000-10-01"],
                "district": "Ленинский", "address": "г. Саратов, ул. Тархова, д. 12, кв. 45",
                "price_kop": 180_000, "certificate": true, "instruments": instruments,
            }),
        );
        let id: OrderId =
            page.expect("an order")["id"].as_str().expect("an id").parse().expect("an id");
        self.orders.insert(number.to_owned(), id);
        id
    }

    /// Somebody's phone.
    pub fn device(&mut self, name: &str) -> PhoneActor<'_> {
        PhoneActor { device: self.devices.get_mut(name).expect("a device of the world") }
    }

    /// Everything the office sees of an order.
    pub fn page(&mut self, order: OrderId) -> Page {
        let page = self.office.get(&format!("/v1/orders/{order}")).expect("the order's page");
        serde_json::from_value(page).expect("the fields that stories ask for")
    }
}

async fn listen(listener: tokio::net::TcpListener, app: App) {
    let (router, patience) = (http::router(app.clone()), app.config.patience.clone());
    serve(listener, router, patience, std::future::pending()).await;
}

/// Acts of a person on the phone.
pub struct PhoneActor<'a> {
    pub device: &'a mut Metrologist,
}

impl PhoneActor<'_> {
    pub fn offline(self) -> Self {
        self.device.network.cut();
        self
    }

    pub fn online(self) -> Self {
        self.device.network.restore();
        self
    }

    /// Talks to the server.
    pub fn sync(self) -> Self {
        self.device.sync().expect("the phone reaches the server");
        self
    }

    /// Accepts the open offer of an order.
    pub fn accept(self, order: OrderId) -> Self {
        self.answer(order, true)
    }

    /// Declines the open offer of an order.
    pub fn decline(self, order: OrderId) -> Self {
        self.answer(order, false)
    }

    fn answer(self, order: OrderId, accept: bool) -> Self {
        let offers = self.device.offers();
        let offer = offers.iter().find(|offer| offer.order == order).expect("an open offer");
        self.device.answer(offer.offer, accept, "занят").expect("the phone takes the answer");
        self
    }

    /// Whether the phone shows an open offer of an order.
    pub fn is_asked(&mut self, order: OrderId) -> bool {
        self.device.offers().iter().any(|offer| offer.order == order)
    }

    /// Works through a visit with these readings and lets the client sign.
    pub fn visit(self, order: OrderId, readings: &[Readings]) -> Self {
        self.visit_with_code(order, readings, None)
    }

    /// As above; the client types a code beside the signature.
    pub fn visit_with_code(
        self,
        order: OrderId,
        readings: &[Readings],
        code: Option<&str>,
    ) -> Self {
        let visit = Visit { order, readings, received_kop: None, offline: false, code };
        self.device.visit(&visit).expect("the visit is signed");
        self
    }

    /// Writes a note into an order.
    pub fn note(self, order: OrderId, text: &str) -> Self {
        let phone = &mut self.device.phone;
        let now = phone.now();
        let at = phone.client().evidence(now);
        let note = NoteId::new(now.wall.0, random_bytes());
        let edit = Edit::AddNote { note, text: text.to_owned(), at };
        phone.handle(Input::Edit { order, edits: vec![edit] }).expect("the phone takes the note");
        self
    }

    /// The client wants to sign at once; returns the phone's reason against a signature.
    pub fn cannot_sign(self, order: OrderId) -> String {
        let visit = self.device.order(order).and_then(|view| view.visit).expect("a visit");
        let phone = &mut self.device.phone;
        let now = phone.now();
        let (moment, at) = (VisitMoment::Arrived, phone.client().evidence(now));
        let money = Money { received_kop: Some(0), ..Money::default() };
        let edits = vec![
            Edit::Mark { visit, moment, at },
            Edit::Pay { visit, money },
            Edit::Finish { visit, outcome: VisitOutcome::Done, comment: String::new() },
        ];
        phone.handle(Input::Edit { order, edits }).expect("the phone takes the edits");
        let (name, relation) = ("Клиент".to_owned(), "собственник".to_owned());
        let point = |n: u32| StrokePoint { x: 10 * n, y: 50, t_ms: 16 * n, pressure: 0 };
        let strokes =
            Strokes { width: 1000, height: 400, strokes: vec![(0..20).map(point).collect()] };
        let seal = SealId::new(now.wall.0, random_bytes());
        let signer = Signer::Signed { name, relation };
        let input = Input::Seal { order, visit, seal, signer, strokes, code: None };
        phone.handle(input).expect_err("nothing is finished").to_string()
    }

    /// The notes of an order, as this phone reads them.
    pub fn notes(&mut self, order: OrderId) -> Vec<String> {
        let view = self.device.order(order);
        view.map(|view| view.document.notes.into_values().map(|note| note.text).collect())
            .unwrap_or_default()
    }

    /// How many items wait to be sent.
    pub fn unsent(&mut self) -> usize {
        self.device.phone.client().status().unsent
    }

    /// Words of the phone about an order.
    pub fn words(&mut self, order: OrderId) -> String {
        self.device.order(order).map(|view| view.line.words).unwrap_or_default()
    }
}
