//! What strangers cost an honest phone: for each attack the waits of a phone that asks all the while, the server's
//! CPU, its memory at most and half a minute later.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vyezd_phone::native::Phone;

use super::{herd, usage};

/// How long each attack goes on, s.
const ATTACK_S: u64 = 10;
/// When the memory is looked at again, s.
const SETTLE_S: u64 = 30;
/// Attackers at a time.
const HANDS: usize = 20;

type Attack = (&'static str, fn(SocketAddr, &AtomicBool));

const ATTACKS: [Attack; 4] = [
    ("log-ins with names of 1 MB", |address, over| {
        let body = json!({ "login": "a".repeat(1 << 20), "password": "x" }).to_string();
        flood(address, over, "/v1/login", &body);
    }),
    ("wrong passwords of unknown names", |address, over| {
        let mut n = 0_u64;
        while !over.load(Ordering::Relaxed) {
            n += 1;
            let body = json!({ "login": format!("n{n}"), "password": "wrong password" });
            post(address, "/v1/login", &body.to_string());
        }
    }),
    ("wrong enrolment codes", |address, over| {
        let body = json!({ "code": "1234-5678", "name": "x", "install": "00".repeat(16), "public_key": "00".repeat(32) });
        flood(address, over, "/v1/devices/enrol", &body.to_string());
    }),
    ("requests that are never finished", |address, over| {
        let mut open = Vec::new();
        while !over.load(Ordering::Relaxed) {
            if let Ok(mut stream) = TcpStream::connect(address) {
                // A connection that the server ended is one less.
                let _: Result<(), _> = stream.write_all(b"POST /v1/login HTTP/1.1\r\nhost: x\r\n");
                open.push(stream);
            }
            open.truncate(100);
            std::thread::sleep(Duration::from_millis(20));
        }
    }),
];

fn flood(address: SocketAddr, over: &AtomicBool, path: &str, body: &str) {
    while !over.load(Ordering::Relaxed) {
        post(address, path, body);
    }
}

fn post(address: SocketAddr, path: &str, body: &str) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .proxy(None)
        .max_idle_connections(0)
        .build()
        .into();
    // Whatever the answer is: the attack goes on.
    let _: Result<_, _> = agent
        .post(format!("http://{address}{path}"))
        .header("content-type", "application/json")
        .send(body);
}

pub(crate) fn run(vyezd: PathBuf) -> anyhow::Result<()> {
    let plan = herd::Plan { phones: 1, orders: 20, saves: 0, database: None, vyezd };
    let world = herd::open(&plan)?;
    let mut phone = herd::phone(&world, 0)?;
    phone.sync()?;
    std::thread::sleep(Duration::from_secs(2));
    let idle = usage::rss_mb(world.server.id());
    println!(
        "{}",
        json!({ "attack": "none", "rss_mb": idle.round(), "honest": ask(&mut phone, ATTACK_S) })
    );
    for (name, attack) in ATTACKS {
        let seen = under(&world, &mut phone, attack);
        println!("{}", json!({ "attack": name, "idle_rss_mb": idle.round(), "seen": seen }));
    }
    Ok(())
}

fn under(world: &herd::World, phone: &mut Phone, attack: fn(SocketAddr, &AtomicBool)) -> Value {
    let (over, peak) = (AtomicBool::new(false), Mutex::new(0.0_f64));
    let cpu = usage::cpu_ns(world.server.id());
    let mut honest = Value::Null;
    std::thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| attack(world.address, &over));
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
