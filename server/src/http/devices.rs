//! Phones: enrolment by a code or QR from the office, tokens for a signed challenge, revocation.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::codec::{sha256, unhex};
use vyezd_core::model::{DeviceId, InstallId, PersonId};
use vyezd_core::texts;

use super::extract::{Caller, Json, Path};
use super::login::short;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{CHALLENGE_S, ENROL_CODE_S, Office, check_signature};
use crate::code::Code;
use crate::entropy::random_bytes;
use crate::limits::edge::{DEVICE_NAME_CHARS_MAX, TOKEN_CHARS_MAX};
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{EnrolledPhone, Role};

/// A phone.
#[derive(Serialize, ToSchema)]
pub(super) struct DeviceView {
    id: String,
    person: String,
    person_name: String,
    name: String,
    /// unix ms
    enrolled_at: i64,
    /// unix ms
    seen_at: Option<i64>,
    /// unix ms
    revoked_at: Option<i64>,
    /// Кто сделал код, по которому он зарегистрирован.
    code_by: Option<String>,
    /// С какого адреса зарегистрирован.
    enrolled_from: Option<String>,
}

/// A one-time code.
#[derive(Serialize, ToSchema)]
pub(super) struct EnrolCode {
    /// Eight digits in two groups.
    code: String,
    /// The address that the QR leads to.
    link: String,
    qr_svg: String,
    /// unix ms
    expires_at: i64,
}

/// A phone introduces itself.
#[derive(Deserialize, ToSchema)]
pub(super) struct Enrol {
    code: String,
    /// What its owner calls it.
    name: String,
    /// The installation, 32 hex digits.
    #[schema(value_type = String)]
    install: InstallId,
    /// Ed25519, 64 hex digits.
    public_key: String,
}

/// A phone is enrolled.
#[derive(Serialize, ToSchema)]
pub(super) struct Enrolled {
    device: String,
    /// Whose phone it is.
    person_name: String,
}

/// Which phone wants a token.
#[derive(Deserialize, ToSchema)]
pub(super) struct AskChallenge {
    #[schema(value_type = String)]
    device: DeviceId,
}

/// What the phone must sign.
#[derive(Serialize, ToSchema)]
pub(super) struct Challenge {
    challenge: String,
}

/// A signed challenge.
#[derive(Deserialize, ToSchema)]
pub(super) struct Proof {
    #[schema(value_type = String)]
    device: DeviceId,
    challenge: String,
    /// Ed25519 over the challenge's text, 128 hex digits.
    signature: String,
}

/// A phone's token, for 15 minutes.
#[derive(Serialize, ToSchema)]
pub(super) struct DeviceToken {
    token: String,
}

/// Телефоны.
#[utoipa::path(get, path = "/v1/devices", tag = "телефоны", security(("bearer" = [])),
    responses((status = 200, body = Vec<DeviceView>)))]
pub(super) async fn list(State(app): State<App>, _: Office) -> Outcome<Json<Vec<DeviceView>>> {
    let mut tx = app.store.read().await?;
    let people = tx.people().await?;
    let rows = tx.devices().await?;
    let name = |id| people.iter().find(|p| p.id == id).map(|p| p.name.clone()).unwrap_or_default();
    Ok(Json(
        rows.into_iter()
            .map(|row| DeviceView {
                id: row.id.to_string(),
                person: row.person.to_string(),
                person_name: name(row.person),
                name: row.name,
                enrolled_at: row.enrolled_at,
                seen_at: row.seen_at.max(app.last_seen(row.id)),
                revoked_at: row.revoked_at,
                code_by: row.code_by,
                enrolled_from: row.enrolled_from,
            })
            .collect(),
    ))
}

/// Одноразовый код для телефона сотрудника.
#[utoipa::path(post, path = "/v1/people/{person}/enrol-code", tag = "телефоны",
    params(("person" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = [])), responses((status = 200, body = EnrolCode), (status = 404, body = ProblemBody)))]
pub(super) async fn code(
    State(app): State<App>,
    Office(by): Office,
    Path(person): Path<PersonId>,
) -> Outcome<Json<EnrolCode>> {
    let mut tx = app.store.begin().await?;
    let row = tx.person(person).await?.filter(|row| row.active).ok_or(Problem::NotFound)?;
    if row.role != Role::Metrologist {
        return Err(Problem::field("person", "телефон регистрируют метрологу"));
    }
    let expires_at = app.now().plus_s(ENROL_CODE_S).0;
    let code = loop {
        let code = enrol_code(u64::from_le_bytes(random_bytes::<8>()));
        if tx.put_enrol_code(&code_hash(&code), person, expires_at).await? {
            tx.note_code(&code_hash(&code), &by.name).await?;
            break code;
        }
    };
    let about = (&*person.to_string(), row.name.as_str());
    audit::note(&app, &mut tx, &Actor::person(&by), "device.code", about).await?;
    tx.commit().await?;
    let link = format!("{}/field/#enrol={code}", app.config.public_url);
    Ok(Json(EnrolCode { qr_svg: qr_svg(&link)?, code, link, expires_at }))
}

/// Twelve digits: with eight, whoever guesses from many addresses would have to be stopped by stopping everybody.
fn enrol_code(random_bytes: u64) -> String {
    let quad = |n: u32| random_bytes / 10_u64.pow(4 * n) % 10_000;
    format!("{:04}-{:04}-{:04}", quad(2), quad(1), quad(0))
}

fn code_hash(code: &str) -> [u8; 32] {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    sha256(format!("vyezd-enrol-1 {digits}").as_bytes())
}

/// A QR code as SVG: a path of squares, nothing else.
pub(super) fn qr_svg(text: &str) -> anyhow::Result<String> {
    let code = qrcode::QrCode::new(text)?;
    let width = code.width();
    let side = width + 8;
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4));
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path d=\"{path}\"/></svg>"
    ))
}

/// Закрыть телефону доступ.
#[utoipa::path(post, path = "/v1/devices/{device}/revoke", tag = "телефоны",
    params(("device" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn revoke(
    State(app): State<App>,
    Office(by): Office,
    Path(device): Path<DeviceId>,
) -> Outcome<axum::http::StatusCode> {
    let mut tx = app.store.begin().await?;
    if !tx.revoke_device(device, app.now().0).await? {
        return Err(Problem::NotFound);
    }
    let about = (&*device.to_string(), "");
    audit::note(&app, &mut tx, &Actor::person(&by), "device.revoked", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Зарегистрировать телефон по одноразовому коду.
#[utoipa::path(post, path = "/v1/devices/enrol", tag = "телефоны", request_body = Enrol,
    responses((status = 200, body = Enrolled), (status = 401, body = ProblemBody)))]
pub(super) async fn enrol(
    State(app): State<App>,
    Caller(address): Caller,
    Json(asked): Json<Enrol>,
) -> Outcome<Json<Enrolled>> {
    short("code", &asked.code, TOKEN_CHARS_MAX)?;
    short("public_key", &asked.public_key, TOKEN_CHARS_MAX)?;
    let name = texts::one_line(&asked.name);
    short("name", &name, DEVICE_NAME_CHARS_MAX)?;
    let key = unhex(&asked.public_key).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key =
        key.ok_or_else(|| Problem::field("public_key", "нужны 64 шестнадцатеричных знака"))?;
    // Counted before the database is waited for; a right code does not count, as a whole firm enrols on
    // its first morning.
    let attempt = app.brakes.code(address, app.now()).await?;
    let mut tx = app.store.begin().await?;
    let used = tx.use_enrol_code(&code_hash(&asked.code), app.now().0).await?;
    let (person, by) = used.ok_or(Problem::Unauthorized(Code::CodeWrong))?;
    attempt.forgive();
    let phone =
        EnrolledPhone { id: app.id(DeviceId::new), person, name, key, install: asked.install };
    if !tx.put_device(&phone, app.now().0).await? {
        let message = "этот ключ уже зарегистрирован".to_owned();
        return Err(Problem::Refused(Code::KeyKnown, message));
    }
    tx.note_enrolment(phone.id, (by.as_deref(), &address.to_string())).await?;
    let person_name = tx.person(person).await?.map(|row| row.name).unwrap_or_default();
    let by = Actor { person: Some(person), name: person_name.clone(), address: None };
    let about = (&*phone.id.to_string(), phone.name.as_str());
    audit::note(&app, &mut tx, &by, "device.enrolled", about).await?;
    tx.commit().await?;
    tracing::info!(device = %phone.id, %person, "a phone enrolled with a code");
    app.changed();
    Ok(Json(Enrolled { device: phone.id.to_string(), person_name }))
}

/// Что телефону подписать, чтобы получить токен.
#[utoipa::path(post, path = "/v1/devices/challenge", tag = "телефоны", request_body = AskChallenge,
    responses((status = 200, body = Challenge), (status = 401, body = ProblemBody)))]
pub(super) async fn challenge(
    State(app): State<App>,
    Json(asked): Json<AskChallenge>,
) -> Outcome<Json<Challenge>> {
    // One whose access was taken away may still bring its work into quarantine.
    if app.store.read().await?.device(asked.device).await?.is_none() {
        return Err(Problem::Unauthorized(Code::DeviceUnknown));
    }
    let until = app.now().plus_s(CHALLENGE_S);
    Ok(Json(Challenge { challenge: app.keys.challenge(asked.device, until, &random_bytes()) }))
}

/// Токен на 15 минут за подписанный вызов.
#[utoipa::path(post, path = "/v1/devices/token", tag = "телефоны", request_body = Proof,
    responses((status = 200, body = DeviceToken), (status = 401, body = ProblemBody)))]
pub(super) async fn token(
    State(app): State<App>,
    Json(proof): Json<Proof>,
) -> Outcome<Json<DeviceToken>> {
    short("challenge", &proof.challenge, TOKEN_CHARS_MAX)?;
    short("signature", &proof.signature, TOKEN_CHARS_MAX)?;
    let wrong = || Problem::Unauthorized(Code::ProofWrong);
    let (device, now) = (proof.device, app.now());
    let until = app.keys.challenged(&proof.challenge, device).filter(|until| *until > now);
    let until = until.ok_or_else(wrong)?;
    let row = app.store.read().await?.device(device).await?.ok_or_else(wrong)?;
    let signature = unhex(&proof.signature).unwrap_or_default();
    if !check_signature(&row.key, &proof.challenge, &signature) {
        return Err(wrong());
    }
    // Only whoever has the phone's key writes here.
    let mut tx = app.store.begin().await?;
    if !tx.use_challenge(&proof.challenge, device, (now.0, until.0)).await? {
        return Err(wrong());
    }
    tx.commit().await?;
    Ok(Json(DeviceToken { token: app.keys.device(device, now)? }))
}
