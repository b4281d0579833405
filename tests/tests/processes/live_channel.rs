//! The live channel only pokes: at once, when something of this phone's scope changes, and never for
//! others; a ticket is good once; whoever lost access hears nothing more.

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use vyezd_core::frame::Poke;
use vyezd_server::app::App;
use vyezd_server::live;
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World};

const METERS: [(&str, &str, &str); 1] = [("16078-13", "СХВ-15", "08812345")];

#[on_both_databases]
fn a_phone_is_poked_with_its_offer_and_asks(mut world: World) {
    let mut anna =
        world.device("Анна").device.phone.transport().listen().expect("the channel opens");
    let first = anna.wait().expect("a poke").expect("at once");
    assert!(first.offers.is_empty());
    let order = world.order("1001", "2026-08-26", &METERS);
    world.tick();
    let second = anna.wait().expect("a poke").expect("of the offer");
    assert!(second.seq > first.seq);
    let [offer] = &second.offers[..] else { panic!("{second:?}") };
    assert_eq!((offer.order, offer.number.as_str()), (order, "1001"));
    assert!(offer.app_until > world.now());
    // Truth is pulled: the offer of the poke is the one that the sync brings.
    let hand = world.device("Анна").sync();
    assert_eq!(hand.device.offers()[0].offer, offer.offer);
}

#[test]
fn a_phone_that_lost_access_hears_no_more() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let mut anna =
        world.device("Анна").device.phone.transport().listen().expect("the channel opens");
    anna.wait().expect("a poke").expect("at once");
    let device = world.device("Анна").device.phone.device();
    world.office.post(&format!("/v1/devices/{device}/revoke"), &json!({})).expect("revoked");
    assert!(anna.wait().expect("an end").is_none());
}

#[test]
fn a_second_connection_ends_the_first() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let mut old =
        world.device("Анна").device.phone.transport().listen().expect("the channel opens");
    old.wait().expect("a poke").expect("at once");
    let mut new =
        world.device("Анна").device.phone.transport().listen().expect("the channel opens");
    new.wait().expect("a poke").expect("at once");
    world.order("1001", "2026-08-26", &METERS);
    assert!(old.wait().expect("an end").is_none());
    assert!(new.wait().expect("a poke").is_some());
}

#[test]
fn a_ticket_opens_one_socket_once() {
    let mut world = World::new(Database::Sqlite).expect("a world");
    let token = world.device("Анна").device.phone.transport().token().expect("a token");
    let base = world.base().to_owned();
    let ask = || -> Value {
        let answer = ureq::post(format!("{base}/v1/live/ticket"))
            .header("authorization", format!("Bearer {token}"))
            .send_empty();
        let text = answer.expect("a ticket").body_mut().read_to_string().expect("a text");
        serde_json::from_str(&text).expect("JSON")
    };
    let ticket = ask()["ticket"].as_str().expect("a ticket").to_owned();
    let url = format!("{}/v1/live?ticket={ticket}", base.replace("http://", "ws://"));
    let order = world.order("1001", "2026-08-26", &METERS);
    world.tick();
    world.run(async {
        let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.expect("a socket");
        let message = socket.next().await.expect("a message").expect("a poke");
        let poke: Poke = serde_json::from_str(message.to_text().expect("a text")).expect("a poke");
        assert_eq!(poke.offers[0].order, order);
        assert!(tokio_tungstenite::connect_async(&url).await.is_err(), "the ticket is used");
    });
    let late = ask()["ticket"].as_str().expect("a ticket").to_owned();
    world.seconds(31);
    let url = format!("{}/v1/live?ticket={late}", base.replace("http://", "ws://"));
    world.run(async {
        assert!(tokio_tungstenite::connect_async(&url).await.is_err(), "the ticket is over");
    });
}

#[test]
fn replicas_wake_each_other() {
    let Some(world) = World::new(Database::Postgres) else { return };
    let (here, clock) = (world.app.clone(), world.app.clock().clone());
    world.run(async {
        let there = App::open(here.config.clone(), clock).await.expect("a second replica");
        let mut woken = there.change_tx.subscribe();
        let joined = tokio::spawn(live::join_replicas(there.clone()));
        let also = tokio::spawn(live::join_replicas(here.clone()));
        // Nobody says when the listening has begun: it is said again until it is heard.
        let heard = async {
            loop {
                here.changed();
                let wait = std::time::Duration::from_millis(500);
                if tokio::time::timeout(wait, woken.recv()).await.is_ok() {
                    return;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(1), heard).await.expect("it is heard");
        joined.abort();
        also.abort();
        there.store.close().await;
    });
}
