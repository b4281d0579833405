//! What strangers cost an honest phone: for each attack the waits of a phone that asks all the while, the server's
//! CPU, its memory at most and half a minute later.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vyezd_core::codec::encode;
use vyezd_core::doc::document::ChangeBytes;
use vyezd_core::frame::compress::pack;
use vyezd_core::frame::{Batch, Command, CommandKind, KnownOr, Request};
use vyezd_core::limits::COMMANDS_MAX;
use vyezd_core::model::{DeviceId, InstallId, ItemId, OrderId};
use vyezd_phone::native::Phone;
use vyezd_server::entropy::random_bytes;

use super::{fleet_reconnect, sample, usage};

/// How long each attack goes on, s.
const ATTACK_S: u64 = 10;
/// When the memory is looked at again, s.
const SETTLE_S: u64 = 30;
/// Attackers at a time.
const HANDS: usize = 20;

/// What an attacker may know: where the server is, and for an enrolled one its token, renewed before each attack.
struct Target {
    address: SocketAddr,
    token: String,
}

type Attack = (&'static str, fn(&Target, &AtomicBool));

const ATTACKS: [Attack; 9] = [
    ("log-ins with names of 1 MB", |target, over| {
        let body = json!({ "login": "a".repeat(1 << 20), "password": "x" }).to_string();
        flood(target.address, over, "/v1/login", &body);
    }),
    ("wrong passwords of unknown names", |target, over| {
        let mut n = 0_u64;
        while !over.load(Ordering::Relaxed) {
            n += 1;
            let body = json!({ "login": format!("n{n}"), "password": "wrong password" });
            post(target.address, "/v1/login", &body.to_string());
        }
    }),
    ("wrong enrolment codes", |target, over| {
        let body = json!({ "code": "1234-5678-9012", "name": "x", "install": "00".repeat(16), "public_key": "00".repeat(32) });
        flood(target.address, over, "/v1/devices/enrol", &body.to_string());
    }),
    ("requests that are never finished", |target, over| {
        hold(target, over, b"POST /v1/login HTTP/1.1\r\nhost: x\r\n", b"");
    }),
    ("bodies that never end, byte by byte", |target, over| {
        let head = b"POST /v1/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                     content-length: 16000\r\n\r\n{";
        hold(target, over, head, b" ");
    }),
    ("readers that take nothing", |target, over| {
        let ask = format!("GET {} HTTP/1.1\r\nhost: x\r\n\r\n", largest_page());
        hold(target, over, ask.as_bytes(), b"");
    }),
    ("an enrolled phone: millions of empty values", |target, over| {
        let mut bomb = vec![0xa3, 0x00, 0x01, 0x01, 0x50];
        bomb.extend([7; 16]);
        bomb.extend([0x05, 0x9a, 0, 0x3e, 0x8f, 0xa0]);
        bomb.resize(bomb.len() + 4_100_000, 0xa0);
        let bomb = pack(&bomb);
        while !over.load(Ordering::Relaxed) {
            sync(target, &bomb);
        }
    }),
    ("an enrolled phone: commands without end", |target, over| {
        let install = InstallId::new(0, random_bytes());
        while !over.load(Ordering::Relaxed) {
            let help = || Command {
                id: ItemId::new(0, random_bytes()),
                kind: CommandKind::Help { order: None, text: "беда".to_owned() },
                at: sample::evidence(1_787_730_000_000),
            };
            let commands = (0..COMMANDS_MAX).map(|_| KnownOr::Known(help())).collect();
            sync(target, &pack(&encode(&Request { commands, ..Request::empty(install) })));
        }
    }),
    ("an enrolled phone: batches that are no changes", |target, over| {
        let install = InstallId::new(0, random_bytes());
        let device = DeviceId::new(0, random_bytes());
        while !over.load(Ordering::Relaxed) {
            let batch = |n| {
                let order = OrderId::new(0, random_bytes());
                let bytes = ChangeBytes { hash: random_bytes(), bytes: vec![0x85; 4_000] };
                Batch::unsigned(
                    (order, device, install),
                    n,
                    (random_bytes(), random_bytes()),
                    &[bytes],
                )
                .0
            };
            let batches = (0..64).map(batch).collect();
            sync(target, &pack(&encode(&Request { batches, ..Request::empty(install) })));
        }
    }),
];

/// Opens connections without end, each of which begins so and goes on so; one hand holds so many at a time.
fn hold(target: &Target, over: &AtomicBool, begins: &[u8], goes_on: &[u8]) {
    const HELD: usize = 200;
    let mut open = Vec::new();
    while !over.load(Ordering::Relaxed) {
        if let Ok(mut stream) = TcpStream::connect(target.address) {
            // A connection that the server ended is one less.
            let _: Result<(), _> = stream.write_all(begins);
            open.push(stream);
        }
        for stream in &mut open {
            let _: Result<(), _> = stream.write_all(goes_on);
        }
        open.truncate(HELD);
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The address of the largest file of the pages.
fn largest_page() -> String {
    let files = std::fs::read_dir("web/dist/assets").into_iter().flatten().flatten();
    let largest = files.max_by_key(|file| file.metadata().map_or(0, |about| about.len()));
    largest.map_or_else(
        || "/".to_owned(),
        |file| format!("/assets/{}", file.file_name().to_string_lossy()),
    )
}

fn sync(target: &Target, body: &[u8]) {
    // Whatever the answer is: the attack goes on.
    let _: Result<_, _> = agent()
        .post(format!("http://{}/v1/sync", target.address))
        .header("content-type", "application/cbor")
        .header("authorization", format!("Bearer {}", target.token))
        .send(body);
}

fn flood(address: SocketAddr, over: &AtomicBool, path: &str, body: &str) {
    while !over.load(Ordering::Relaxed) {
        post(address, path, body);
    }
}

fn post(address: SocketAddr, path: &str, body: &str) {
    // Whatever the answer is: the attack goes on.
    let _: Result<_, _> = agent()
        .post(format!("http://{address}{path}"))
        .header("content-type", "application/json")
        .send(body);
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .proxy(None)
        .max_idle_connections(0)
        .build()
        .into()
}

pub(crate) fn run(vyezd: PathBuf, only: &str) -> anyhow::Result<()> {
    let plan = fleet_reconnect::Plan { phones: 2, orders: 20, saves: 0, database: None, vyezd };
    let world = fleet_reconnect::open(&plan)?;
    let mut phone = fleet_reconnect::phone(&world, 0)?;
    phone.sync()?;
    let mut attacker = fleet_reconnect::phone(&world, 1)?;
    std::thread::sleep(Duration::from_secs(2));
    let idle = usage::rss_mb(world.server.id());
    println!(
        "{}",
        json!({ "attack": "none", "rss_mb": idle.round(), "honest": ask(&mut phone, ATTACK_S) })
    );
    for (name, attack) in ATTACKS.into_iter().filter(|(name, _)| name.contains(only)) {
        let target = Target { address: world.address, token: attacker.transport().token()? };
        let seen = under(&world, &mut phone, (attack, &target));
        println!("{}", json!({ "attack": name, "idle_rss_mb": idle.round(), "seen": seen }));
    }
    Ok(())
}

fn under(
    world: &fleet_reconnect::World,
    phone: &mut Phone,
    (attack, target): (fn(&Target, &AtomicBool), &Target),
) -> Value {
    let (over, peak) = (AtomicBool::new(false), Mutex::new(0.0_f64));
    let cpu = usage::cpu_ns(world.server.id());
    let mut honest = Value::Null;
    std::thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| attack(target, &over));
        }
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                if let Ok(mut peak) = peak.lock() {
                    *peak = peak.max(usage::rss_mb(world.server.id()));
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        honest = ask(phone, ATTACK_S);
        over.store(true, Ordering::Relaxed);
    });
    let cpu = (usage::cpu_ns(world.server.id()) - cpu) as f64 / 1e9;
    std::thread::sleep(Duration::from_secs(SETTLE_S));
    json!({
        "honest": honest,
        "server_cpu_s": (cpu * 10.0).round() / 10.0,
        "peak_rss_mb": peak.into_inner().unwrap_or_default().round(),
        "settled_rss_mb": usage::rss_mb(world.server.id()).round(),
    })
}

/// An honest phone asks «what is new» again and again: its waits, ms.
fn ask(phone: &mut Phone, seconds: u64) -> Value {
    #[expect(clippy::disallowed_methods, reason = "a benchmark")]
    let now = Instant::now;
    let (began, mut waits, mut failed) = (now(), Vec::new(), 0);
    while began.elapsed() < Duration::from_secs(seconds) {
        let asked = now();
        failed += u32::from(phone.sync().is_err());
        waits.push(asked.elapsed().as_secs_f64() * 1e3);
        std::thread::sleep(Duration::from_millis(20));
    }
    waits.sort_by(f64::total_cmp);
    let at = |part: f64| waits.get(((waits.len() - 1) as f64 * part) as usize).map(|ms| ms.round());
    json!({ "asked": waits.len(), "failed": failed, "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0) })
}
