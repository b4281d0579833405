//! What comes back from an old copy heals by itself: documents from the phones, numbers with a person's
//! word; nothing acknowledged or unsent is lost, no number is used twice, and the office is told.

use std::path::Path;

use serde_json::json;
use vyezd_core::client::Input;
use vyezd_core::doc::Edit;
use vyezd_core::model::{NoteId, Now, OrderId, PersonId};
use vyezd_phone::native::{DataKey, Link, Phone, Vault};
use vyezd_server::entropy::random_bytes;
use vyezd_server::store::Ranges;
use vyezd_server::{backup, timers};
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World, readings};

const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");
const OTHER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812346");

fn replace(file: &Path, copy: &Path) {
    for tail in ["", "-wal", "-shm"] {
        // They may not be there.
        let _: std::io::Result<()> = std::fs::remove_file(format!("{}{tail}", file.display()));
    }
    std::fs::copy(copy, file).unwrap();
}

fn kinds(world: &mut World) -> Vec<String> {
    let page = world.office.get("/v1/incidents").unwrap();
    let all = page["incidents"].as_array().unwrap().iter();
    all.map(|incident| incident["kind"].as_str().unwrap().to_owned()).collect()
}

fn numbers(world: &mut World, order: OrderId) -> Vec<String> {
    let papers = world.page(order).papers.into_iter();
    let mut all: Vec<String> =
        papers.filter(|paper| paper.kind == "protocol").map(|paper| paper.number).collect();
    all.sort();
    all
}

/// PostgreSQL is copied and restored with its own tools; what follows is the same code.
#[test]
fn a_server_restored_from_an_old_copy_gets_its_documents_back() {
    for told in [false, true] {
        let mut world = World::new(Database::Sqlite).unwrap();
        let first = world.order("1", "2026-08-26", &[METER]);
        world.device("Анна").sync().accept(first).sync();
        let copy = world.dir().join("copy.db");
        world.run(backup::database(&world.app, &copy)).unwrap();

        let second = world.order("2", "2026-08-26", &[OTHER]);
        world.device("Борис").sync().decline(second).sync();
        world.device("Анна").sync().accept(second).sync();
        world.device("Анна").visit(first, &readings::fit("1", "08812345")).sync();
        world.device("Анна").note(second, "ключ у соседа").sync();
        world.tick();
        let before = numbers(&mut world, first);
        assert_eq!(before.len(), 1);
        world.device("Анна").offline().note(second, "не отправлено").online();

        world.restart(|dir| replace(&dir.join("vyezd.db"), &copy));
        if told {
            world.run(backup::begin_recovery(&world.app, "проверка")).unwrap();
        }
        world.device("Анна").sync().sync();
        world.tick();
        assert_eq!(kinds(&mut world), ["recovery"], "told: {told}");
        assert_eq!(numbers(&mut world, first), before, "the same number, not another");
        assert_eq!(world.page(second).number, "2", "the order itself is back");
        let mut notes = world.device("Анна").notes(second);
        notes.sort();
        assert_eq!(notes, ["ключ у соседа", "не отправлено"]);
        let status = world.device("Анна").device.phone.client().status();
        assert_eq!((status.unsent, status.unlike, status.troubles.len()), (0, 0, 0));

        let days = json!({"from": "2026-08-26", "to": "2026-08-26"});
        assert!(world.office.post("/v1/packages", &days).is_err(), "no package while it recovers");
        world.office.post("/v1/recovery/confirm", &json!({})).unwrap();
        world.office.post("/v1/packages", &days).unwrap();
        assert!(kinds(&mut world).is_empty());
        let gaps = world.run(async {
            let mut tx = world.app.store.read().await.unwrap();
            tx.number_ranges(Ranges::JumpedOver).await.unwrap()
        });
        assert!(!gaps.is_empty(), "the jump is explained");
    }
}

/// A phone apart from the world's hands: it is closed, copied and opened again.
struct DetachedPhone {
    vault: Vault,
    url: String,
    clock: vyezd_server::clock::Clock,
}

impl DetachedPhone {
    fn enrol(world: &mut World, name: &str) -> (Self, Phone) {
        let (person, url) = (person(world, name), world.base().to_owned());
        let code =
            world.office.post(&format!("/v1/people/{person}/enrol-code"), &json!({})).unwrap();
        let path =
            world.dir().join(format!("loose-{}.db", vyezd_core::codec::hex(&random_bytes::<4>())));
        let vault = Vault { path, key: DataKey::new(random_bytes()) };
        let this = Self { vault, url, clock: world.app.clock().clone() };
        let code = code["code"].as_str().unwrap();
        let link = Link::new(&this.url);
        let phone =
            Phone::enrol(this.vault.clone(), link, code, "Телефон", this.clocks(), random_bytes());
        (this, phone.unwrap())
    }

    fn clocks(&self) -> Box<dyn FnMut() -> Now + Send> {
        let clock = self.clock.clone();
        Box::new(move || Now { wall: clock.now(), mono_ms: clock.now().0, boot: 1 })
    }

    fn open(&self) -> Phone {
        Phone::open(self.vault.clone(), Link::new(&self.url), self.clocks(), random_bytes())
            .unwrap()
    }
}

fn person(world: &mut World, name: &str) -> PersonId {
    let people = world.run(async { world.app.store.read().await.unwrap().people().await.unwrap() });
    people.into_iter().find(|person| person.name == name).unwrap().id
}

fn note(phone: &mut Phone, order: OrderId, text: &str) {
    let now = phone.now();
    let at = phone.client().evidence(now);
    let edit =
        Edit::AddNote { note: NoteId::new(now.wall.0, random_bytes()), text: text.to_owned(), at };
    phone.handle(Input::Edit { order, edits: vec![edit] }).unwrap();
}

fn notes(phone: &mut Phone, order: OrderId) -> Vec<String> {
    let now = phone.now();
    let view = phone.client().order(now, order).unwrap();
    let mut all: Vec<String> = view.document.notes.into_values().map(|note| note.text).collect();
    all.sort();
    all
}

#[on_both_databases]
fn a_phone_restored_from_an_old_copy_uses_no_old_number_and_gets_its_work_back(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync();
    let (loose, mut phone) = DetachedPhone::enrol(&mut world, "Анна");
    phone.sync().unwrap();
    note(&mut phone, order, "до копии");
    phone.sync().unwrap();
    drop(phone);
    let copy = world.dir().join("phone-copy.db");
    std::fs::copy(&loose.vault.path, &copy).unwrap();
    let mut phone = loose.open();
    note(&mut phone, order, "после копии");
    phone.sync().unwrap();
    drop(phone);

    // The backup has the store; the marker is of another place.
    replace(&loose.vault.path, &copy);
    std::fs::remove_file(format!("{}.install", loose.vault.path.display())).unwrap();
    world.seconds(60);
    let mut phone = loose.open();
    let left = phone.client().status().numbers_left;
    assert!(left.iter().all(|(_, left)| *left == 0), "no old number: {left:?}");
    phone.sync().unwrap();
    phone.sync().unwrap();
    assert_eq!(notes(&mut phone, order), ["до копии", "после копии"]);
    assert!(phone.client().status().numbers_left.iter().all(|(_, left)| *left > 0));
    assert_eq!(kinds(&mut world), ["phone_restored"]);
}

#[on_both_databases]
fn a_copied_phone_is_noticed_and_both_go_on(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync();
    let (loose, mut phone) = DetachedPhone::enrol(&mut world, "Анна");
    phone.sync().unwrap();
    drop(phone);
    let twin = DetachedPhone {
        vault: Vault { path: world.dir().join("twin.db"), key: loose.vault.key.clone() },
        url: loose.url.clone(),
        clock: loose.clock.clone(),
    };
    std::fs::copy(&loose.vault.path, &twin.vault.path).unwrap();
    let (mut one, mut other) = (loose.open(), twin.open());
    note(&mut one, order, "первый");
    note(&mut other, order, "второй");
    one.sync().unwrap();
    other.sync().unwrap();
    world.seconds(60);
    one.sync().unwrap();
    other.sync().unwrap();
    assert_eq!(notes(&mut one, order), ["второй", "первый"]);
    assert_eq!(notes(&mut other, order), ["второй", "первый"]);
    assert!(kinds(&mut world).contains(&"phone_copied".to_owned()));
    assert_ne!(one.client().numbers(), other.client().numbers(), "no number twice");
}

#[on_both_databases]
fn a_wiped_table_heals_on_either_side(mut world: World) {
    let order = world.order("1", "2026-08-26", &[METER]);
    world.device("Анна").sync().accept(order).sync();
    let (loose, mut phone) = DetachedPhone::enrol(&mut world, "Анна");
    phone.sync().unwrap();
    note(&mut phone, order, "заметка");
    phone.sync().unwrap();
    drop(phone);
    // The phone's documents are gone.
    rusqlite::Connection::open(&loose.vault.path)
        .unwrap()
        .execute("delete from rows where tbl = 'doc'", [])
        .unwrap();
    let mut phone = loose.open();
    phone.sync().unwrap();
    phone.sync().unwrap();
    assert_eq!(notes(&mut phone, order), ["заметка"]);
    // The server's scopes are gone: the night counts them anew, and says so.
    world.run(async {
        let mut tx = world.app.store.begin().await.unwrap();
        tx.forget_digests().await.unwrap();
        tx.commit().await.unwrap();
        assert!(timers::nightly(&world.app).await.unwrap() > 0);
        assert_eq!(timers::nightly(&world.app).await.unwrap(), 0);
    });
    assert!(kinds(&mut world).contains(&"digest_wrong".to_owned()));
    phone.sync().unwrap();
    assert_eq!(phone.client().status().unlike, 0);
}
