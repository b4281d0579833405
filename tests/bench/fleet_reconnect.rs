//! Monday, eight o'clock: all phones of a large firm come back at once with days of unsent work
//! Real server process, real phones over HTTP.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};
use vyezd_core::client::Input;
use vyezd_core::model::*;
use vyezd_phone::native::{DataKey, Link, Phone, Vault};
use vyezd_server::app::App;
use vyezd_server::clock::Clock;
use vyezd_server::config::Config;
use vyezd_server::demo::Firm;
use vyezd_server::entropy::random_bytes;
use vyezd_server::http;
use vyezd_server::import::types::BUILT_IN;
use vyezd_server::store::{PersonRow, Role};
use vyezd_tests::FIRM;
use vyezd_tests::simulation::SimRng;

use super::{sample, usage};

pub(crate) struct Plan {
    pub(crate) phones: usize,
    /// Orders of each phone, and how many of them it worked on.
    pub(crate) orders: usize,
    /// Saves of a form on each order, unsent.
    pub(crate) saves: usize,
    pub(crate) database: Option<String>,
    pub(crate) vyezd: PathBuf,
}

/// Connections at a time: more than a server of two cores can answer at once.
const AT_ONCE: usize = 64;

pub(crate) fn run(plan: &Plan) -> anyhow::Result<Value> {
    let dir = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut rng = SimRng::new(3);
    let config = Config::new(dir.path().to_owned(), plan.database.clone(), "http://bench");
    let codes = runtime.block_on(settle(config, plan, &mut rng))?;
    let (mut server, address) = start(plan, dir.path())?;
    let done = fleet_reconnect(plan, (&server, address), dir.path(), codes, &mut rng);
    // It may be gone by itself.
    let _: Result<(), _> = server.kill();
    done
}

fn start(plan: &Plan, dir: &std::path::Path) -> anyhow::Result<(Child, SocketAddr)> {
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = Command::new(&plan.vyezd);
    command.args(["serve", "--data"]).arg(dir).args(["--listen", &address.to_string()]);
    if let Some(url) = &plan.database {
        command.args(["--database-url", url]);
    }
    let server = command.env("RUST_LOG", "warn").stdout(Stdio::null()).spawn()?;
    for _ in 0..600 {
        if std::net::TcpStream::connect(address).is_ok() {
            return Ok((server, address));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("the server is not ready")
}

/// A server over a settled firm; it ends with this value.
pub(crate) struct World {
    pub(crate) server: Child,
    pub(crate) address: SocketAddr,
    dir: tempfile::TempDir,
    codes: Vec<String>,
}

impl Drop for World {
    fn drop(&mut self) {
        // It may be gone by itself.
        let _: Result<(), _> = self.server.kill();
    }
}

/// Settles a firm and starts its server.
pub(crate) fn open(plan: &Plan) -> anyhow::Result<World> {
    let dir = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let config = Config::new(dir.path().to_owned(), plan.database.clone(), "http://bench");
    let codes = runtime.block_on(settle(config, plan, &mut SimRng::new(3)))?;
    let (server, address) = start(plan, dir.path())?;
    Ok(World { server, address, dir, codes })
}

/// Enrols one of its phones.
pub(crate) fn phone(world: &World, at: usize) -> anyhow::Result<Phone> {
    let code = world.codes.get(at).context("a code")?;
    enrol(world.dir.path(), world.address, (at, code))
}

fn enrol(
    dir: &std::path::Path,
    address: SocketAddr,
    (at, code): (usize, &str),
) -> anyhow::Result<Phone> {
    let link = Link::new(&format!("http://{address}"));
    let clock = Clock::system();
    let clocks = Box::new(move || {
        let wall = clock.now();
        Now { wall, mono_ms: wall.0, boot: 1 }
    });
    let vault =
        Vault { path: dir.join(format!("phone-{at}.db")), key: DataKey::new(random_bytes()) };
    Ok(Phone::enrol(vault, link, code, "Замер", clocks, random_bytes())?)
}

fn fleet_reconnect(
    plan: &Plan,
    (server, address): (&Child, SocketAddr),
    dir: &std::path::Path,
    codes: Vec<String>,
    rng: &mut SimRng,
) -> anyhow::Result<Value> {
    let mut phones = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        let mut phone = enrol(dir, address, (at, code))?;
        phone.sync()?;
        let orders: Vec<OrderId> =
            phone.client().orders().into_iter().map(|line| line.card.id).collect();
        for order in orders {
            for _ in 0..plan.saves {
                let edit = sample::note(phone.now().wall.0, rng);
                phone.handle(Input::Edit { order, edits: vec![edit] })?;
            }
        }
        phones.push(Mutex::new(Some(phone)));
    }
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (took, failed) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let peak = Mutex::new(0.0_f64);
    let cpu = usage::cpu_ns(server.id());
    #[expect(clippy::disallowed_methods, reason = "a benchmark")]
    let now = Instant::now;
    let began = now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let rss = usage::rss_mb(server.id());
                if let Ok(mut peak) = peak.lock() {
                    *peak = peak.max(rss);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        let hands: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(slot) = phones.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let Some(mut phone) = slot.lock().ok().and_then(|mut slot| slot.take())
                        else {
                            continue;
                        };
                        let mine = now();
                        let went = phone.sync().is_ok() && phone.client().status().unsent == 0;
                        failed.fetch_add(usize::from(!went), Ordering::Relaxed);
                        if let Ok(mut took) = took.lock() {
                            took.push(mine.elapsed().as_secs_f64() * 1e3);
                        }
                    }
                })
            })
            .collect();
        for hand in hands {
            // A hand that panicked leaves its phone uncounted: the number of phones says so.
            let _: Result<(), _> = hand.join();
        }
        over.store(true, Ordering::Relaxed);
    });
    let wall = began.elapsed();
    let mut took = took.into_inner().unwrap_or_default();
    took.sort_by(f64::total_cmp);
    let at = |part: f64| took.get(((took.len() - 1) as f64 * part) as usize).map(|ms| ms.round());
    Ok(json!({
        "database": if plan.database.is_some() { "PostgreSQL" } else { "SQLite" },
        "phones": took.len(),
        "batches": plan.phones * plan.orders * plan.saves,
        "not_drained": failed.into_inner(),
        "wall_s": (wall.as_secs_f64() * 10.0).round() / 10.0,
        "phone_ms": { "p50": at(0.5), "p95": at(0.95), "max": at(1.0) },
        "server_cpu_s": ((usage::cpu_ns(server.id()) - cpu) as f64 / 1e8).round() / 10.0,
        "server_peak_rss_mb": peak.into_inner().unwrap_or_default().round(),
        "connections": AT_ONCE,
    }))
}

/// A firm with so many metrologists, each with orders in hand; returns their enrolment codes.
async fn settle(config: Config, plan: &Plan, rng: &mut SimRng) -> anyhow::Result<Vec<String>> {
    let app = App::open(config, Clock::system()).await?;
    let firm = Firm::parse(&app, FIRM)?;
    firm.create(&app, BUILT_IN.as_bytes()).await?;
    let mut codes = Vec::new();
    for n in 0..plan.phones {
        let mut tx = app.store.begin().await?;
        let person = PersonRow {
            id: app.id(PersonId::new),
            login: format!("m{n}"),
            name: format!("Метролог {n}"),
            role: Role::Metrologist,
            password_hash: None,
            phone: None,
            attested_until: LegalDate::parse("2099-12-31"),
            active: true,
            districts: Vec::new(),
        };
        tx.put_person(&person).await?;
        for order in 0..plan.orders {
            settle_order(&app, &mut tx, (person.id, n * 1000 + order), rng).await?;
        }
        let code = format!("{n:08}");
        let hash = vyezd_core::codec::sha256(format!("vyezd-enrol-1 {code}").as_bytes());
        tx.put_enrol_code(&hash, person.id, app.now().plus_s(24 * 3600).0).await?;
        tx.commit().await?;
        codes.push(code);
    }
    app.store.close().await;
    Ok(codes)
}

async fn settle_order(
    app: &App,
    tx: &mut vyezd_server::store::Tx,
    (person, n): (PersonId, usize),
    rng: &mut SimRng,
) -> anyhow::Result<()> {
    let new: http::NewOrder = serde_json::from_value(json!({
        "number": format!("З-{n}"), "date": "2026-08-26", "window": "10:00-12:00", "urgency": "planned",
        "client": format!("Кузнецова Мария {n}"), "phones": [], "district": "Ленинский",
        "price_kop": 180_000, "certificate": true, "address": format!("г. Саратов, ул. Тархова, д. {n}"),
        "instruments": [{"type_number": "16078-13", "modification": "СХВ-15", "serial_number": format!("{n:08}")}],
    }))?;
    let made = http::create_order(app, tx, &new, "замер", "office").await;
    let order = made.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
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
    Ok(())
}
