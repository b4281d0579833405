//! Every route × caller. The routes come from the router's own description; one that the table below does
//! not know fails.

use serde_json::{Value, json};
use vyezd_core::model::{DeviceId, PersonId};
use vyezd_server::entropy::random_bytes;
use vyezd_server::store::{PersonRow, Role, SessionRow};
use vyezd_story::on_both_databases;
use vyezd_tests::wire::Asking;
use vyezd_tests::{Database, World};

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Anybody; what he shows is in the body or the address, and a token changes nothing.
    Anybody,
    /// Whoever has a session to leave.
    Session,
    Office,
    Admin,
    Phone,
    /// The office and phones.
    Both,
}

const TABLE: &[(For, &[&str])] = &[
    (
        For::Anybody,
        &[
            "post /v1/login",
            "post /v1/refresh",
            "post /v1/devices/enrol",
            "post /v1/devices/challenge",
            "post /v1/devices/token",
            "get /v1/push/key",
            "options /v1/uploads",
            "get /v1/public/firm",
            "get /v1/public/sheets/{token}",
            "get /v1/public/sheets/{token}/papers/{paper}",
        ],
    ),
    (For::Session, &["post /v1/logout"]),
    (
        For::Office,
        &[
            "get /v1/me",
            "get /v1/me/totp",
            "post /v1/me/totp",
            "post /v1/me/totp/confirm",
            "post /v1/me/totp/stop",
            "get /v1/sessions",
            "post /v1/sessions/{session}/end",
            "post /v1/sessions/end-all",
            "get /v1/people/{person}/portrait",
            "get /v1/attention",
            "get /v1/inbox",
            "get /v1/suggest/types",
            "get /v1/suggest/performers",
            "post /v1/inbox/{order}/settle",
            "post /v1/orders/{order}/undo",
            "post /v1/orders/{order}/reopen",
            "get /v1/calls",
            "post /v1/calls/{call}/keys",
            "get /v1/conflicts",
            "post /v1/conflicts/{id}/decide",
            "post /v1/conflicts/{id}/undo",
            "get /v1/devices",
            "post /v1/devices/{device}/revoke",
            "get /v1/firm/faq",
            "get /v1/means",
            "get /v1/imports",
            "get /v1/imports/{job}/lines",
            "put /v1/imports/{job}/lines",
            "post /v1/imports/{job}/undo",
            "post /v1/imports/{job}/take",
            "post /v1/imports/{job}/stop",
            "get /v1/import/{kind}/template",
            "get /v1/views",
            "post /v1/views",
            "delete /v1/views/{view}",
            "post /v1/orders/{order}/comments",
            "get /v1/zones",
            "post /v1/zones/find",
            "get /v1/people/{person}",
            "post /v1/orders/{order}/sheets/{sheet}/link",
            "get /v1/imports/{job}",
            "post /v1/imports/{job}/continue",
            "post /v1/import/orders",
            "post /v1/import/readings",
            "get /v1/incidents",
            "post /v1/incidents/{id}/settle",
            "get /v1/orders",
            "post /v1/orders",
            "get /v1/orders/{order}",
            "put /v1/orders/{order}",
            "post /v1/orders/{order}/cancel",
            "post /v1/orders/{order}/offer",
            "post /v1/orders/{order}/postpone",
            "post /v1/orders/{order}/readings",
            "post /v1/orders/{order}/readings/doubts",
            "post /v1/orders/{order}/take-back",
            "get /v1/packages",
            "post /v1/packages",
            "get /v1/packages/{package}",
            "post /v1/packages/{package}/sent",
            "post /v1/packages/{package}/answer",
            "get /v1/fund/readiness",
            "get /v1/fund/answers",
            "get /v1/fund/answers/{answer}",
            "post /v1/fund/answers/{answer}/undo",
            "post /v1/fund/answers/{answer}/again",
            "post /v1/fund/numbers",
            "get /v1/papers.zip",
            "get /v1/papers/{paper}",
            "get /v1/people",
            "post /v1/people/{person}/enrol-code",
            "get /v1/quarantine",
            "post /v1/quarantine/{item}/dismiss",
            "post /v1/quarantine/{item}/release",
            "post /v1/quarantine/{item}/reopen",
        ],
    ),
    (
        For::Admin,
        &[
            "post /v1/people",
            "put /v1/people/{person}",
            "post /v1/people/{person}/totp/reset",
            "put /v1/firm/means/{means}",
            "put /v1/people/{person}/portrait",
            "delete /v1/people/{person}/portrait",
            "get /v1/firm",
            "get /v1/audit",
            "put /v1/firm/faq",
            "put /v1/firm",
            "post /v1/firm/means",
            "post /v1/firm/kits",
            "put /v1/firm/kits/{kit}",
            "post /v1/firm/methods/approve",
            "post /v1/import/types",
            "post /v1/import/people",
            "post /v1/recovery/confirm",
        ],
    ),
    (
        For::Phone,
        &[
            "post /v1/sync",
            "post /v1/live/ticket",
            "get /v1/portrait",
            "get /v1/live",
            "get /v1/live/events",
            "put /v1/push/subscription",
            "delete /v1/push/subscription",
            "post /v1/uploads",
            "head /v1/uploads/{id}",
            "patch /v1/uploads/{id}",
        ],
    ),
    (For::Both, &["get /v1/photos/{sha256}"]),
];

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Nobody,
    Nonsense,
    Expired,
    Ended,
    SwitchedOff,
    Metrologist,
    Office,
    Admin,
    Phone,
    ExpiredPhone,
}

const CALLERS: [Caller; 10] = [
    Caller::Nobody,
    Caller::Nonsense,
    Caller::Expired,
    Caller::Ended,
    Caller::SwitchedOff,
    Caller::Metrologist,
    Caller::Office,
    Caller::Admin,
    Caller::Phone,
    Caller::ExpiredPhone,
];

/// Nothing: he gets past the door, whatever stands behind it.
fn refused(who: Caller, route: For) -> Option<u16> {
    match (route, who) {
        (For::Anybody, _) => None,
        (For::Session, Caller::Office | Caller::Admin) => None,
        (For::Session, _) => Some(401),
        (For::Office, Caller::Office) | (For::Office | For::Admin, Caller::Admin) => None,
        (For::Office | For::Admin, Caller::Metrologist) | (For::Admin, Caller::Office) => Some(403),
        (For::Phone, Caller::Phone) => None,
        (For::Both, Caller::Office | Caller::Admin | Caller::Phone) => None,
        _ => Some(401),
    }
}

struct People {
    office: PersonId,
    admin: PersonId,
    metrologist: PersonId,
    off: PersonId,
    device: DeviceId,
}

fn people(world: &mut World) -> People {
    let device =
        world.office.get("/v1/devices").unwrap()[0]["id"].as_str().unwrap().parse().unwrap();
    world.run(async {
        let mut tx = world.app.store.begin().await.unwrap();
        let all = tx.people().await.unwrap();
        let one = |role| all.iter().find(|person| person.role == role).unwrap().clone();
        let off = PersonRow {
            id: world.app.id(PersonId::new),
            login: "uwolen".to_owned(),
            active: false,
            ..one(Role::Admin)
        };
        tx.put_person(&off).await.unwrap();
        tx.commit().await.unwrap();
        let (office, admin) = (one(Role::Office).id, one(Role::Admin).id);
        People { office, admin, metrologist: one(Role::Metrologist).id, off: off.id, device }
    })
}

/// A token of a session of its own, so that no call spoils another's.
fn session(world: &World, person: PersonId, ended: bool) -> String {
    let (id, now) = (random_bytes::<16>(), world.now());
    let row = SessionRow {
        id,
        person,
        began_at: now.0,
        seen_at: now.0,
        ends_at: now.plus_s(3600).0,
        agent: String::new(),
        address: String::new(),
    };
    world.run(async {
        let mut tx = world.app.store.begin().await.unwrap();
        tx.begin_session(&row, 1000).await.unwrap();
        if ended {
            tx.end_session(id, now.0).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
    world.app.keys.access(person, id, now).unwrap()
}

fn token(world: &World, all: &People, who: Caller) -> String {
    let long_ago = world.now().plus_s(-3600);
    match who {
        Caller::Nobody => String::new(),
        Caller::Nonsense => "e30.e30.e30".to_owned(),
        Caller::Expired => world.app.keys.access(all.admin, random_bytes(), long_ago).unwrap(),
        Caller::Ended => session(world, all.admin, true),
        Caller::SwitchedOff => session(world, all.off, false),
        Caller::Metrologist => session(world, all.metrologist, false),
        Caller::Office => session(world, all.office, false),
        Caller::Admin => session(world, all.admin, false),
        Caller::Phone => world.app.keys.device(all.device, world.now()).unwrap(),
        Caller::ExpiredPhone => world.app.keys.device(all.device, long_ago).unwrap(),
    }
}

/// The description's routes, as the table writes them.
fn routes() -> Vec<(String, String)> {
    let api: Value = serde_json::from_str(&vyezd_server::http::openapi()).unwrap();
    let paths = api["paths"].as_object().unwrap().clone();
    let all = paths.into_iter().flat_map(|(path, methods)| {
        let methods: Vec<String> = methods.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(move |method| (method, path.clone()))
    });
    all.collect()
}

/// Some whose token is good are refused for who they are.
fn refuses_roles(route: Option<For>) -> bool {
    matches!(route, Some(For::Office | For::Admin))
}

/// An address of something that is not there.
fn address(path: &str) -> String {
    let part = |part: &str| match part {
        "{sha256}" => "0".repeat(64),
        "{session}" | "{token}" => "0".repeat(32),
        part if part.starts_with('{') => "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[on_both_databases]
fn every_route_lets_in_whom_it_is_for(database: Database) {
    let Some(mut world) = World::new(database) else { return };
    let all = people(&mut world);
    let mut wrong = Vec::new();
    for (method, path) in routes() {
        let name = format!("{method} {path}");
        let row = TABLE.iter().find(|(_, routes)| routes.contains(&name.as_str()));
        let Some((route, _)) = row else {
            wrong.push(format!("{name} is not in the table"));
            continue;
        };
        for who in CALLERS {
            let asking = Asking::with(&token(&world, &all, who));
            let body = ["post", "put"].contains(&method.as_str()).then(|| json!({}));
            let method = method.to_uppercase();
            let said = asking.status(world.base(), &method, &address(&path), body.as_ref());
            let right = match refused(who, *route) {
                Some(status) => said == status,
                // What is shown in the body may be wrong, and that is another matter.
                None if *route == For::Anybody => said != 403 && said < 500,
                None => ![401, 403].contains(&said) && said < 500 && said != 0,
            };
            if !right {
                wrong.push(format!("{name}: {who:?} got {said}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{database:?}:\n{}", wrong.join("\n"));
}

#[on_both_databases]
fn nothing_of_another_is_told_or_touched(mut world: World) {
    let all = people(&mut world);
    let (office, admin) = (session(&world, all.office, false), session(&world, all.admin, false));
    let ask = |token: &str, method: &str, path: &str| {
        Asking::with(token).ask(world.base(), method, path, None)
    };
    let sessions = ask(&admin, "GET", "/v1/sessions").json();
    let id = sessions[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(ask(&office, "POST", &format!("/v1/sessions/{id}/end")).status, 404);
    let other = all.admin;
    assert_eq!(ask(&office, "GET", &format!("/v1/sessions?person={other}")).status, 403);
    assert_eq!(ask(&office, "POST", &format!("/v1/sessions/end-all?person={other}")).status, 403);
    let office_person = all.office;
    assert_eq!(ask(&admin, "GET", &format!("/v1/sessions?person={office_person}")).status, 200);
    assert_eq!(
        ask(&admin, "POST", &format!("/v1/sessions/end-all?person={office_person}")).status,
        204
    );
    assert_eq!(ask(&office, "GET", "/v1/me").status, 401);
    assert_eq!(ask(&admin, "GET", "/v1/me").status, 200);
}

#[test]
fn the_description_names_every_refusal_and_both_tokens() {
    let api: Value = serde_json::from_str(&vyezd_server::http::openapi()).unwrap();
    let schemes = api["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["office", "phone", "ticket"]);
    for (method, path) in routes() {
        let operation = &api["paths"][&path][&method];
        let has = |status: &str| operation["responses"][status].is_object();
        let name = format!("{method} {path}");
        assert!(has("500"), "{name}");
        let row = TABLE.iter().find(|(_, routes)| routes.contains(&name.as_str()));
        let secured = !matches!(row, Some((For::Anybody, _)));
        assert!(!secured || has("401"), "{name}");
        assert_eq!(operation["security"].is_array(), secured, "{name}");
        let route = row.map(|(route, _)| *route);
        assert_eq!(has("403"), refuses_roles(route) || name == "post /v1/uploads", "{name}");
        let admin = json!([{ "office": ["admin"] }]);
        assert_eq!(operation["security"] == admin, route == Some(For::Admin), "{name}");
        let body = &operation["requestBody"];
        if body.is_object() {
            assert!(has("408") && has("413") && has("422"), "{name}");
            let json = body["content"]["application/json"].is_object();
            let must = body["required"] == json!(true);
            assert_eq!(has("415"), json && must || name == "patch /v1/uploads/{id}", "{name}");
        }
        for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let declared = operation["parameters"].as_array().unwrap();
            assert!(declared.iter().any(|one| one["name"] == json!(part)), "{name}: {part}");
            assert!(has("404"), "{name}");
        }
    }
}
