//! Web Push against a push service of our own: what it gets, and what becomes of its answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use vyezd_core::model::OrderId;
use vyezd_story::on_both_databases;
use vyezd_tests::{Database, World};
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
use web_push_native::{Auth, decrypt};

const DAY: &str = "2026-08-26";
const METER: (&str, &str, &str) = ("16078-13", "СХВ-15", "08812345");
const DEADLINE: Duration = Duration::from_mins(2);
const AUTH: [u8; 16] = [9; 16];

/// A push service: answers as it is told, and says what it got.
struct Service {
    base: String,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
    got: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

type Inside = (Arc<Mutex<VecDeque<StatusCode>>>, mpsc::UnboundedSender<(HeaderMap, Bytes)>);

async fn take(State((answers, said)): State<Inside>, head: HeaderMap, body: Bytes) -> StatusCode {
    said.send((head, body)).expect("the story listens");
    answers.lock().unwrap().pop_front().unwrap_or(StatusCode::CREATED)
}

impl Service {
    fn start(world: &World) -> Self {
        let (said, got) = mpsc::unbounded_channel();
        let answers: Arc<Mutex<VecDeque<StatusCode>>> = Arc::default();
        let inside = (answers.clone(), said);
        let base = world.run(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            let router = Router::new().fallback(take).with_state(inside);
            tokio::spawn(async move { axum::serve(listener, router).await });
            base
        });
        Self { base, answers, got }
    }

    fn will(&self, answer: StatusCode) {
        self.answers.lock().unwrap().push_back(answer);
    }

    /// The next push.
    fn next(&mut self, world: &World) -> (HeaderMap, Value) {
        let got = world.run(async { tokio::time::timeout(DEADLINE, self.got.recv()).await });
        let (head, body) = got.expect("a push in time").expect("the service runs");
        let plain = decrypt(body.to_vec(), &browser(), &Auth::from(AUTH)).expect("it opens");
        (head, serde_json::from_slice(&plain).expect("JSON"))
    }

    fn is_silent(&mut self) -> bool {
        self.got.try_recv().is_err()
    }
}

/// The key of the browser that is told.
fn browser() -> SecretKey {
    SecretKey::from_slice(&[7; 32]).unwrap()
}

fn subscription(endpoint: &str) -> Value {
    let key = BASE64.encode(browser().public_key().to_encoded_point(false).as_bytes());
    json!({"endpoint": endpoint, "expirationTime": null,
           "keys": {"p256dh": key, "auth": BASE64.encode(AUTH)}})
}

/// Anna's phone says where its browser takes pushes; the status.
fn subscribe(world: &mut World, body: &Value) -> u16 {
    let token = world.device("Анна").device.phone.transport().token().unwrap();
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = agent
        .put(format!("{}/v1/push/subscription", world.base()))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .send(body.to_string());
    answer.unwrap().status().as_u16()
}

/// A world in which Anna's browser takes pushes at a service of ours.
fn told(database: Database) -> Option<(World, Service)> {
    let mut world = World::new(database)?;
    let service = Service::start(&world);
    let endpoint = format!("{}/send/anna", service.base);
    assert_eq!(subscribe(&mut world, &subscription(&endpoint)), 204);
    Some((world, service))
}

/// Waits for the word of a change after which something of the server's background is done.
fn until(world: &mut World, what: &str, done: impl Fn(&mut World) -> bool) {
    let mut changes = world.app.change_tx.subscribe();
    while !done(world) {
        let next =
            world.run(async { tokio::time::timeout(Duration::from_mins(2), changes.recv()).await });
        assert!(next.is_ok(), "waited in vain: {what}");
    }
}

fn history(world: &mut World, order: OrderId) -> String {
    world.page(order).lines()
}

#[on_both_databases]
fn an_offer_reaches_a_browser_and_only_that_browser_can_read_it(database: Database) {
    let Some((mut world, mut service)) = told(database) else { return };
    let order = world.order("1", DAY, &[METER]);
    world.tick();
    let (head, message) = service.next(&world);
    assert_eq!(message["kind"], "offer");
    assert_eq!(message["title"], "Новая заявка № 1");
    assert_eq!(message["until"], world.now().plus_s(300).0);
    assert!(!message.to_string().contains("Кузнецова"), "no name of a client on a lock screen");
    assert_eq!(head["ttl"], "300", "nobody wants it after the telephone rang");
    assert_eq!(head["urgency"], "high");
    assert_eq!(head["content-encoding"], "aes128gcm");

    // Who we are, by the key that the page subscribed with (RFC 8292).
    let shown = head["authorization"].to_str().unwrap().to_owned();
    let (token, key) = shown.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    let told = world.office.get("/v1/push/key").unwrap();
    assert_eq!(told["key"], key);
    let key = DecodingKey::from_ec_der(&BASE64.decode(key).unwrap());
    let mut rules = Validation::new(Algorithm::ES256);
    rules.validate_exp = false;
    rules.set_audience(&[&service.base]);
    let claims = jsonwebtoken::decode::<Value>(token, &key, &rules).unwrap().claims;
    let left = claims["exp"].as_i64().unwrap() - world.now().0 / 1000;
    assert!((1..=24 * 3600).contains(&left), "{left} s");

    until(&mut world, "the history", |w| history(w, order).contains("Уведомление на телефон"));
    world.seconds(60);
    assert!(service.is_silent(), "once is enough");
}

#[on_both_databases]
fn a_push_that_did_not_go_is_tried_again(database: Database) {
    let Some((mut world, mut service)) = told(database) else { return };
    service.will(StatusCode::SERVICE_UNAVAILABLE);
    let order = world.order("1", DAY, &[METER]);
    world.tick();
    service.next(&world);
    world.seconds(30);
    let (head, _) = service.next(&world);
    assert_eq!(head["ttl"], "270");
    until(&mut world, "the history", |w| history(w, order).contains("Уведомление на телефон"));
}

#[on_both_databases]
fn an_answered_offer_is_not_pushed_again(database: Database) {
    let Some((mut world, mut service)) = told(database) else { return };
    service.will(StatusCode::SERVICE_UNAVAILABLE);
    let order = world.order("1", DAY, &[METER]);
    world.tick();
    service.next(&world);
    world.device("Анна").sync().decline(order).sync();
    world.seconds(30);
    world.seconds(30);
    assert!(service.is_silent());
}

#[on_both_databases]
fn a_browser_that_is_gone_is_forgotten(database: Database) {
    let Some((mut world, mut service)) = told(database) else { return };
    service.will(StatusCode::GONE);
    world.order("1", DAY, &[METER]);
    world.tick();
    service.next(&world);
    let anna = world.device("Анна").device.person;
    until(&mut world, "the browser is forgotten", |w| {
        let app = w.app.clone();
        w.run(async { app.store.read().await?.push_places(anna).await }).unwrap().is_empty()
    });
}

#[test]
fn strange_addresses_and_keys_are_refused_by_name() {
    let Some(mut world) = World::new(Database::Sqlite) else { return };
    for endpoint in
        ["http://169.254.169.254/latest", "https://example.org/push", "file:///etc/passwd"]
    {
        assert_eq!(subscribe(&mut world, &subscription(endpoint)), 422, "{endpoint}");
    }
    let good = subscription("https://fcm.googleapis.com/fcm/send/abc");
    for (place, bad) in [("p256dh", "AAAA"), ("auth", "AAAA"), ("auth", "не base64")] {
        let mut body = good.clone();
        body["keys"][place] = json!(bad);
        assert_eq!(subscribe(&mut world, &body), 422, "{place}: {bad}");
    }
    assert_eq!(subscribe(&mut world, &good), 204);
}
