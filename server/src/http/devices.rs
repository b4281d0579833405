//! Phones: enrolment by a code or QR from the office, tokens for a signed challenge, revocation.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::codec::{sha256, unhex};
use vyezd_core::model::{DeviceId, InstallId, PersonId};
use vyezd_core::texts;

use super::extract::{ClientAddress, Json, Path};
use super::login::short;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{CHALLENGE_S, ENROL_CODE_S, Office, check_signature};
use crate::code::Code;
use crate::entropy::random_bytes;
use crate::limits::edge::{DEVICE_NAME_CHARS_MAX, TOKEN_CHARS_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::{EnrolledPhone, Role};

/// A phone.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "019cadfd89007263a4dbe41488fb8721", "person": "019cadc69a80738a81e87e79631e602b",
    "person_name": "Анохина Анна Сергеевна", "name": "Рабочий телефон",
    "enrolled_at": 1_772_445_600_000_i64, "seen_at": 1_789_368_000_000_i64,
    "code_by": "Смирнова Ольга Викторовна", "enrolled_from": "198.51.100.4"
}))]
pub(super) struct DeviceView {
    /// The phone.
    id: String,
    /// Whose it is.
    person: String,
    /// His full name.
    person_name: String,
    /// What its owner calls it.
    name: String,
    /// Unix time, ms.
    enrolled_at: i64,
    /// When it last asked, Unix time, ms.
    seen_at: Option<i64>,
    /// When its access was taken away, Unix time, ms.
    revoked_at: Option<i64>,
    /// Who made the code that it enrolled with.
    code_by: Option<String>,
    /// The address that it enrolled from.
    enrolled_from: Option<String>,
}

/// A one-time code.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "code": "4821-0937-5518", "link": "https://office.example/field/#enrol=4821-0937-5518",
    "qr_svg": "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 41 41\">…</svg>",
    "expires_at": 1_772_531_880_000_i64
}))]
pub(super) struct EnrolCode {
    /// Twelve digits in three groups.
    code: String,
    /// Where the QR code leads to.
    link: String,
    /// The link as a QR code, SVG.
    qr_svg: String,
    /// Unix time, ms.
    expires_at: i64,
}

/// A phone introduces itself.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "code": "4821-0937-5518", "name": "Рабочий телефон",
    "install": "019cadfe736071e182e6277b12b7e111",
    "public_key": "f569a86d3c2c8d7dda26b5dbea20bd5c19eeb35dfc63fdb724bac4f21c227850"
}))]
pub(super) struct Enrol {
    /// The one-time code of the office; only its digits count.
    code: String,
    /// What its owner calls it.
    name: String,
    /// One life of the app's store, 32 hexadecimal digits: after a restore, a copy or a new
    /// installation another one.
    #[schema(value_type = String)]
    install: InstallId,
    /// Ed25519, 64 hexadecimal digits.
    public_key: String,
}

/// A phone is enrolled.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "device": "019cadfd89007263a4dbe41488fb8721", "person_name": "Анохина Анна Сергеевна"
}))]
pub(super) struct Enrolled {
    /// The phone, from now on.
    device: String,
    /// Whose phone it is.
    person_name: String,
}

/// Which phone wants a token.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "device": "019cadfd89007263a4dbe41488fb8721" }))]
pub(super) struct AskChallenge {
    /// From enrolment.
    #[schema(value_type = String)]
    device: DeviceId,
}

/// What the phone must sign.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "challenge": concat!(
        "vyezd-challenge-1 1789368120000.78377b525757b494427f8901.2dd00bd77e0222ced882665481a",
        "9c1d9"
    )
}))]
pub(super) struct Challenge {
    /// Its UTF-8 bytes are signed.
    challenge: String,
}

/// A signed challenge.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "device": "019cadfd89007263a4dbe41488fb8721",
    "challenge": concat!(
        "vyezd-challenge-1 1789368120000.78377b525757b494427f8901.2dd00bd77e0222ced882665481a",
        "9c1d9"
    ),
    "signature": concat!(
        "645761ef0cb669e4c9879bb2dbb64c5fdd8de10211f307fd0d0366b6b96ceee5c7ef45afd6494bc8bb44",
        "b5274ce2e46d91eba5ad8b7136a693829bea4bbd5a59"
    )
}))]
pub(super) struct Proof {
    /// From enrolment.
    #[schema(value_type = String)]
    device: DeviceId,
    /// As it was given.
    challenge: String,
    /// Ed25519 over the bytes of the challenge, 128 hexadecimal digits.
    signature: String,
}

/// A phone's token, for 15 minutes.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTlj…" }))]
pub(super) struct DeviceToken {
    /// In `Authorization: Bearer`.
    token: String,
}

/// List phones.
#[utoipa::path(get, path = "/v1/devices", operation_id = "list_phones", tag = "Phones",
    security(("office" = [])),
    responses((status = 200, description = "All phones, also those without access",
            body = Vec<DeviceView>)))]
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

/// Make a one-time code for a metrologist's phone.
///
/// Good for 24 hours, once. 422 for a person who is no metrologist.
#[utoipa::path(post, path = "/v1/people/{person}/enrol-code", operation_id = "make_enrol_code",
    tag = "Phones", security(("office" = [])),
    responses((status = 200, description = "The code, also as a link and a QR code",
            body = EnrolCode)), extensions(("x-codes" = json!([Code::FieldInvalid]))))]
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

/// Take a phone's access away.
///
/// It erases its orders at the next exchange. Its unsent work still arrives, in quarantine.
#[utoipa::path(post, path = "/v1/devices/{device}/revoke", operation_id = "revoke_phone",
    tag = "Phones", security(("office" = [])),
    responses((status = 204, description = "Taken away")))]
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

/// Enrol a phone with a one-time code.
///
/// The private key stays on the phone. Wrong codes are answered ever later.
#[utoipa::path(post, path = "/v1/devices/enrol", operation_id = "enrol_phone", tag = "Phones",
    request_body = Enrol,
    responses((status = 200, description = "The phone is enrolled", body = Enrolled)),
    extensions(("x-codes" = json!([Code::CodeWrong, Code::KeyKnown, Code::TooMany,
        Code::TooLong]))))]
pub(super) async fn enrol(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
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

/// Ask for a challenge to sign.
///
/// Good for 120 seconds, once. A phone whose access was taken away gets one too: it may bring its
/// work into quarantine.
#[utoipa::path(post, path = "/v1/devices/challenge", operation_id = "ask_challenge",
    tag = "Phones", request_body = AskChallenge,
    responses((status = 200, description = "What is to be signed", body = Challenge)),
    extensions(("x-codes" = json!([Code::DeviceUnknown]))))]
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

/// Exchange a signed challenge for a phone's token.
#[utoipa::path(post, path = "/v1/devices/token", operation_id = "get_phone_token", tag = "Phones",
    request_body = Proof,
    responses((status = 200, description = "A token for 15 minutes", body = DeviceToken)),
    extensions(("x-codes" = json!([Code::ProofWrong]))))]
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
