//! What the machine does to the server: a disk that is full, a second server, an import that is cut off.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::json;
use vyezd_tests::{Database, World};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");

/// A disk of its own, so small that it is soon full.
struct SmallDisk(PathBuf);

impl SmallDisk {
    const BYTES: usize = 16 * 1024 * 1024;

    /// Nothing where nobody may mount one; that is said aloud.
    fn new() -> Option<Self> {
        let at = tempfile::tempdir().unwrap().keep();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={}", Self::BYTES), "tmpfs"])
            .arg(&at)
            .status();
        if mount.is_ok_and(|done| done.success()) {
            return Some(Self(at));
        }
        eprintln!("skipped: a small disk cannot be mounted (needs root)");
        fs::remove_dir(&at).unwrap();
        None
    }

    /// Nothing more goes onto it until the answer is dropped.
    fn fill(&self) -> Ballast {
        let ballast = Ballast(self.0.join("ballast"));
        let mut bytes = vec![1; 64 * 1024];
        let mut file = fs::File::create(&ballast.0).unwrap();
        while !bytes.is_empty() {
            if std::io::Write::write_all(&mut file, &bytes).is_err() {
                bytes.truncate(bytes.len() / 2);
            }
        }
        ballast
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(unmounted.unwrap().success());
        fs::remove_dir(&self.0).unwrap();
    }
}

struct Ballast(PathBuf);

impl Drop for Ballast {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

fn readiness(world: &World) -> (u16, String) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build();
    let agent: ureq::Agent = agent.into();
    let mut answer = agent.get(format!("{}/readyz", world.base())).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

fn order(number: usize) -> serde_json::Value {
    json!({
        "number": format!("П-{number}"), "date": "2026-08-26", "window": "10:00-12:00",
        "urgency": "planned", "district": "Ленинский", "address": "г. Саратов, ул. Тархова, д. 12",
        "note": "x".repeat(400),
    })
}

#[test]
fn a_full_disk_stops_nothing_for_longer_than_it_is_full() {
    let Some(disk) = SmallDisk::new() else { return };
    let mut world = World::new_at(Database::Sqlite, disk.0.join("data")).unwrap();
    let first = world.order("1", "2026-08-26", &[METER]);
    assert_eq!(readiness(&world).0, 200);

    let ballast = disk.fill();
    let refused = (0..200).find_map(|n| world.desk.post("/v1/orders", &order(n)).err());
    let words = refused.expect("the disk is full").to_string();
    assert!(words.contains("кончилось место"), "{words}");
    world.app.clock().move_to(world.now().plus_s(10));
    let (status, said) = readiness(&world);
    assert_eq!(status, 503, "{said}");
    assert!(said.contains("disk_full"), "{said}");
    // What is there can be read all the time.
    assert_eq!(world.page(first)["number"], json!("1"));

    drop(ballast);
    world.desk.post("/v1/orders", &order(1_000)).expect("there is room again");
    world.minutes(6);
    assert_eq!(readiness(&world).0, 200);
    assert_eq!(world.page(first)["state"], json!("calling"), "timers go on");
}
