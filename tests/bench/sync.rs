//! One phone with many orders, over HTTP, through the counting proxy.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Map, Value, json};
use vyezd_core::client::Input;
use vyezd_core::frame::Event;
use vyezd_core::model::*;
use vyezd_phone::native::{DataKey, Link, Phone, Vault};
use vyezd_server::app::App;
use vyezd_server::clock::Clock;
use vyezd_server::config::Config;
use vyezd_server::demo::Firm;
use vyezd_server::documents::OrderDocument;
use vyezd_server::entropy::random_bytes;
use vyezd_server::http;
use vyezd_server::import::types::BUILT_IN;
use vyezd_server::store::Role;
use vyezd_tests::FIRM;
use vyezd_tests::simulation::SimRng;

use super::proxy::{self, Counters};
use super::{sample, usage};

pub(crate) struct Plan {
    pub(crate) docs: usize,
    pub(crate) rtt: u64,
    pub(crate) rounds: usize,
    pub(crate) tls: bool,
    pub(crate) vyezd: PathBuf,
}

/// How many documents change in `server10` and `phone10`.
const CHANGED: usize = 10;

struct Bench {
    app: App,
    server: Child,
    address: SocketAddr,
    proxy: SocketAddr,
    counters: Arc<Counters>,
    /// The certificate to believe, where TLS is spoken.
    authority: Option<Vec<u8>>,
    person: PersonId,
    orders: Vec<OrderId>,
    rng: SimRng,
    dir: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    phones: usize,
}

/// One measurement.
#[derive(Clone, Copy)]
struct Row {
    bytes_up: f64,
    bytes_down: f64,
    requests: f64,
    round_trips: f64,
    server_cpu_ms: f64,
    server_rss_mb: f64,
    phone_cpu_ms: f64,
    wall_ms: f64,
}

pub(crate) fn run(plan: &Plan, json: &Path) -> anyhow::Result<()> {
    let mut bench = Bench::new(plan)?;
    let done = bench.measure(plan);
    // It may be gone by itself.
    let _: Result<(), _> = bench.server.kill();
    let numbers = done?;
    std::fs::File::create(json)?.write_all(serde_json::to_string_pretty(&numbers)?.as_bytes())?;
    println!("{}", serde_json::to_string_pretty(&numbers)?);
    Ok(())
}

impl Bench {
    fn new(plan: &Plan) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut rng = SimRng::new(1);
        let (app, person, orders) = runtime.block_on(settle(dir.path(), plan.docs, &mut rng))?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        drop(listener);
        let server = Command::new(&plan.vyezd)
            .args(["serve", "--data"])
            .arg(dir.path())
            .args(["--listen", &address.to_string()])
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .context("the server does not start")?;
        let counters = Arc::new(Counters::default());
        let rtt = Duration::from_millis(plan.rtt);
        let (behind, authority) = if plan.tls {
            let (behind, authority) = runtime.block_on(proxy::tls(address, dir.path()))?;
            (behind, Some(authority))
        } else {
            (address, None)
        };
        let proxy = runtime.block_on(proxy::open(behind, rtt, counters.clone()))?;
        let bench = Self {
            app,
            server,
            address,
            proxy,
            counters,
            authority,
            person,
            orders,
            rng,
            dir,
            runtime,
            phones: 0,
        };
        bench.wait_until_ready()?;
        Ok(bench)
    }

    fn wait_until_ready(&self) -> anyhow::Result<()> {
        for _ in 0..600 {
            if std::net::TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        anyhow::bail!("the server is not ready")
    }

    fn enrol(&mut self) -> anyhow::Result<Phone> {
        self.phones += 1;
        let code = format!("{:08}", self.phones);
        self.runtime.block_on(put_code(&self.app, self.person, &code))?;
        let link = match &self.authority {
            Some(pem) => Link::trusting(&format!("https://localhost:{}", self.proxy.port()), pem)?,
            None => Link::new(&format!("http://{}", self.proxy)),
        };
        let clock = self.app.clock().clone();
        let clocks = Box::new(move || {
            let wall = clock.now();
            Now { wall, mono_ms: wall.0, boot: 1 }
        });
        let path = self.dir.path().join(format!("phone-{}.db", self.phones));
        let vault = Vault { path, key: DataKey::new(random_bytes()) };
        Ok(Phone::enrol(vault, link, &code, "Замер", clocks, random_bytes())?)
    }

    fn measure(&mut self, plan: &Plan) -> anyhow::Result<Value> {
        let mut numbers = Map::new();
        let mut phone = None;
        let mut install = Vec::new();
        for _ in 0..plan.rounds {
            let mut fresh = self.enrol()?;
            // The token and the connection are there before: the exchange itself is measured.
            fresh.transport().token()?;
            install.push(self.watch(&mut fresh)?);
            phone = Some(fresh);
        }
        let mut phone = phone.context("a phone")?;
        for _ in 0..4 {
            phone.sync()?;
        }
        let mut rows = Vec::new();
        for _ in 0..plan.rounds {
            rows.push(self.watch(&mut phone)?);
        }
        numbers.insert("unchanged".to_owned(), median(&rows));
        rows.clear();
        for _ in 0..plan.rounds {
            self.change_on_the_server()?;
            rows.push(self.watch(&mut phone)?);
        }
        numbers.insert("server10".to_owned(), median(&rows));
        rows.clear();
        for _ in 0..plan.rounds {
            self.change_on_the_phone(&mut phone)?;
            rows.push(self.watch(&mut phone)?);
        }
        numbers.insert("phone10".to_owned(), median(&rows));
        numbers.insert("install".to_owned(), median(&install));
        numbers.insert("docs".to_owned(), json!(plan.docs));
        numbers.insert("rtt_ms".to_owned(), json!(plan.rtt));
        numbers.insert("tls".to_owned(), json!(plan.tls));
        numbers.insert("rounds".to_owned(), json!(plan.rounds));
        numbers.insert("machine".to_owned(), json!(machine()));
        Ok(Value::Object(numbers))
    }

    /// One sync, watched from all sides.
    fn watch(&self, phone: &mut Phone) -> anyhow::Result<Row> {
        let pid = self.server.id();
        std::thread::sleep(Duration::from_millis(60));
        let before = self.counters.read();
        let (cpu, own) = (usage::cpu_ns(pid), usage::this_thread_ns());
        #[expect(clippy::disallowed_methods, reason = "a benchmark")]
        let began = Instant::now();
        phone.sync()?;
        let wall = began.elapsed();
        let own = usage::this_thread_ns() - own;
        let cpu = usage::cpu_ns(pid) - cpu;
        let after = self.counters.read();
        let of = |n: usize| (after[n] - before[n]) as f64;
        Ok(Row {
            bytes_up: of(0),
            bytes_down: of(1),
            requests: of(2),
            round_trips: of(3),
            server_cpu_ms: cpu as f64 / 1e6,
            server_rss_mb: usage::rss_mb(pid),
            phone_cpu_ms: own as f64 / 1e6,
            wall_ms: wall.as_secs_f64() * 1e3,
        })
    }

    fn pick(&mut self) -> Vec<OrderId> {
        let from = self.rng.below((self.orders.len() - CHANGED) as u64) as usize;
        self.orders[from..from + CHANGED].to_vec()
    }

    fn change_on_the_server(&mut self) -> anyhow::Result<()> {
        for order in self.pick() {
            let edit = sample::note(self.app.now().0, &mut self.rng);
            self.runtime.block_on(async {
                let mut tx = self.app.store.begin().await?;
                OrderDocument::of(order).write(&self.app, &mut tx, &[edit]).await?;
                tx.commit().await
            })?;
        }
        Ok(())
    }

    fn change_on_the_phone(&mut self, phone: &mut Phone) -> anyhow::Result<()> {
        for order in self.pick() {
            let edit = sample::note(self.app.now().0, &mut self.rng);
            phone.handle(Input::Edit { order, edits: vec![edit] })?;
        }
        Ok(())
    }
}

/// The same firm for somebody else to look at: the code for its metrologist's phone.
pub(crate) fn world(dir: &Path, docs: usize) -> anyhow::Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        std::fs::create_dir_all(dir)?;
        let (app, person, orders) = settle(dir, docs, &mut SimRng::new(1)).await?;
        let mut tx = app.store.begin().await?;
        for order in orders {
            for (visit, _) in tx.visits(order).await? {
                tx.enqueue_event(person, Event::Assigned { order, visit, at: app.now() }).await?;
            }
        }
        tx.commit().await?;
        put_code(&app, person, "00000001").await?;
        Ok("00000001".to_owned())
    })
}

async fn put_code(app: &App, person: PersonId, code: &str) -> anyhow::Result<()> {
    let mut tx = app.store.begin().await?;
    let hash = vyezd_core::codec::sha256(format!("vyezd-enrol-1 {code}").as_bytes());
    tx.put_enrol_code(&hash, person, app.now().plus_s(3600).0).await?;
    Ok(tx.commit().await?)
}

/// A firm with so many orders of one metrologist, each with a whole visit in it.
async fn settle(
    dir: &Path,
    count: usize,
    rng: &mut SimRng,
) -> anyhow::Result<(App, PersonId, Vec<OrderId>)> {
    let config = Config::new(dir.to_owned(), None, "http://bench");
    let app = App::open(config, Clock::system()).await?;
    let firm = Firm::parse(&app, FIRM)?;
    firm.create(&app, BUILT_IN.as_bytes()).await?;
    let people = app.store.read().await?.people().await?;
    let person = people.iter().find(|p| p.role == Role::Metrologist).context("a metrologist")?.id;
    let mut orders = Vec::new();
    let mut tx = app.store.begin().await?;
    for n in 0..count {
        let new: http::NewOrder = serde_json::from_value(json!({
            "number": format!("З-{n}"), "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned",
            "client": format!("Кузнецова Мария {n}"), "phones": [format!("+7 917 {:07}", n)],
            "district": "Ленинский", "price_kop": 180_000, "certificate": true,
            "address": format!("г. Саратов, ул. Тархова, д. {}, кв. {}", n / 90, n % 90),
            "instruments": [
                {"type_number": "16078-13", "modification": "СХВ-15", "serial_number": format!("{n:08}"), "water": "cold"},
                {"type_number": "16078-13", "modification": "СГВ-15", "serial_number": format!("{n:07}1"), "water": "hot"}
            ],
        }))?;
        let order = http::create_order(&app, &mut tx, &new, "замер", "office")
            .await
            .map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        let row = tx.order(order).await?.context("an order")?;
        let visit = app.id(VisitId::new);
        tx.add_visit(visit, order, person, app.now().0).await?;
        tx.assign(order, person, visit, app.now()).await?;
        let instruments: Vec<InstrumentId> = row.card.instruments.iter().map(|i| i.id).collect();
        let mut made = sample::make(visit, &instruments, rng);
        let heads: Vec<_> = made.doc.heads().iter().map(|head| head.to_vec().into()).collect();
        let snapshot = made.doc.save_plain();
        let seq = tx.append(order, None, &[&snapshot], &heads).await?;
        tx.fold(order, seq[0], &snapshot).await?;
        tx.join_scope(person, order).await?;
        orders.push(order);
    }
    tx.commit().await?;
    Ok((app, person, orders))
}

fn median(rows: &[Row]) -> Value {
    let of = |pick: fn(&Row) -> f64| {
        let mut all: Vec<f64> = rows.iter().map(pick).collect();
        all.sort_by(f64::total_cmp);
        (all[all.len() / 2] * 100.0).round() / 100.0
    };
    json!({
        "bytes_up": of(|r| r.bytes_up),
        "bytes_down": of(|r| r.bytes_down),
        "requests": of(|r| r.requests),
        "round_trips": of(|r| r.round_trips),
        "server_cpu_ms": of(|r| r.server_cpu_ms),
        "server_rss_mb": of(|r| r.server_rss_mb),
        "phone_cpu_ms": of(|r| r.phone_cpu_ms),
        "wall_ms": of(|r| r.wall_ms),
    })
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("?");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{} × {cores}", name.trim_start_matches([' ', '\t', ':']))
}
