//! Codes of an authenticator app: whoever turned them on needs one at each log-in.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::PersonId;

use super::devices::qr_svg;
use super::extract::{ClientAddress, Json, Path};
use super::login::short;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Admin, Office, Session};
use crate::code::Code;
use crate::entropy::random_bytes;
use crate::limits::edge::{PASSWORD_BYTES_MAX, TOTP_CHARS_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::PersonRow;
use crate::totp;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(shown))
        .routes(routes!(begin))
        .routes(routes!(confirm))
        .routes(routes!(stop))
        .routes(routes!(reset))
}

/// Whether a log-in asks for a one-time code.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "on": true, "since": 1_775_034_000_000_i64 }))]
pub(super) struct TotpView {
    /// It does.
    on: bool,
    /// Since when, Unix time, ms.
    since: Option<i64>,
}

/// The password once more: an open session is not the person yet.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "password": "берёзовая-роща-27" }))]
pub(super) struct OwnPassword {
    /// One's own.
    #[schema(max_length = 512)]
    password: String,
}

/// The secret that app and server share. Until a code is confirmed, nothing changes at log-in.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
    "link": concat!(
        "otpauth://totp/Vyezd%20office.example:smirnova?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3P",
        "XP&issuer=Vyezd%20office.example"
    ),
    "qr_svg": "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 53 53\">…</svg>"
}))]
pub(super) struct TotpSecret {
    /// For typing in: base32 in groups of four.
    secret: String,
    /// The same for the app, `otpauth://totp/…`.
    link: String,
    /// The link as a QR code, SVG.
    qr_svg: String,
}

/// A one-time code.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "code": "482 913" }))]
pub(super) struct TotpCode {
    /// Six digits; blanks are ignored.
    #[schema(max_length = 16)]
    code: String,
}

/// Password and code: only whoever knows both turns it off.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "password": "берёзовая-роща-27", "code": "482 913" }))]
pub(super) struct TotpStop {
    /// One's own.
    #[schema(max_length = 512)]
    password: String,
    /// Six digits that were not used yet.
    #[schema(max_length = 16)]
    code: String,
}

/// Show whether one's own log-in asks for a one-time code.
#[utoipa::path(get, path = "/v1/me/totp", operation_id = "get_own_totp", tag = "Sessions",
    security(("office" = [])),
    responses((status = 200, description = "On or off", body = TotpView)))]
pub(super) async fn shown(State(app): State<App>, Office(by): Office) -> Outcome<Json<TotpView>> {
    let row = app.store.read().await?.totp(by.id).await?;
    let since = row.and_then(|row| row.confirmed_at);
    Ok(Json(TotpView { on: since.is_some(), since }))
}

/// Ask for a secret for an authenticator app.
///
/// The secret is shown this once. Nothing changes at log-in until a code made with it is
/// confirmed; a second call replaces a secret that was not.
#[utoipa::path(post, path = "/v1/me/totp", operation_id = "begin_totp", tag = "Sessions",
    request_body = OwnPassword, security(("office" = [])),
    responses((status = 200, description = "The new secret", body = TotpSecret)),
    extensions(("x-codes" = json!([Code::TotpOn, [422, Code::LoginWrong], Code::TooMany,
        Code::Busy]))))]
pub(super) async fn begin(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Office(by): Office,
    Json(asked): Json<OwnPassword>,
) -> Outcome<Json<TotpSecret>> {
    own_password(&app, &by, address, asked.password).await?;
    let secret = random_bytes::<{ totp::SECRET_BYTES }>();
    let mut tx = app.store.begin().await?;
    if !tx.propose_totp(by.id, &secret).await? {
        let words = "код из приложения уже включён: сначала выключите его";
        return Err(Problem::Refused(Code::TotpOn, words.to_owned()));
    }
    tx.commit().await?;
    let host = app.config.public_url.split("://").nth(1).unwrap_or_default();
    let link = totp::link(&secret, &format!("Vyezd {host}"), &by.login);
    Ok(Json(TotpSecret { secret: totp::spelled(&secret), qr_svg: qr_svg(&link)?, link }))
}

/// Turn one-time codes on.
///
/// The code proves that the app has the secret. All other sessions of the person end.
#[utoipa::path(post, path = "/v1/me/totp/confirm", operation_id = "confirm_totp", tag = "Sessions",
    request_body = TotpCode, security(("office" = [])),
    responses((status = 204, description = "Log-ins ask for a code from now on")),
    extensions(("x-codes" = json!([Code::TotpNone, [422, Code::TotpWrong], Code::TooMany]))))]
pub(super) async fn confirm(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Office(by): Office,
    Session(this): Session,
    Json(asked): Json<TotpCode>,
) -> Outcome<StatusCode> {
    short("code", &asked.code, TOTP_CHARS_MAX)?;
    let now = app.now();
    let attempt = app.brakes.own(&by.login, address, now).await?;
    let mut tx = app.store.begin().await?;
    let row = tx.totp(by.id).await?.filter(|row| row.confirmed_at.is_none());
    let nothing = "секрета, который ждёт кода, нет: начните сначала";
    let row = row.ok_or_else(|| Problem::Refused(Code::TotpNone, nothing.to_owned()))?;
    let wrong = "код не подошёл: проверьте время на телефоне и возьмите следующий";
    let wrong = || Problem::Field("code", Code::TotpWrong, wrong.to_owned());
    let step = totp::step(&row.secret, &asked.code, now)?.ok_or_else(wrong)?;
    if !tx.confirm_totp(by.id, (&row.secret, step), now.0).await? {
        return Err(wrong());
    }
    for session in tx.sessions(by.id, now.0).await? {
        if session.id != this {
            tx.end_session(session.id, now.0).await?;
        }
    }
    let who = Actor::person(&by).at(Some(address.to_string()));
    audit::note(&app, &mut tx, &who, "person.totp_on", (&by.id.to_string(), &by.name)).await?;
    tx.commit().await?;
    attempt.forgive();
    Ok(StatusCode::NO_CONTENT)
}

/// Turn one-time codes off.
///
/// Needs both, the password and a code that was not used yet. Whoever lost the phone asks an
/// administrator.
#[utoipa::path(post, path = "/v1/me/totp/stop", operation_id = "stop_totp", tag = "Sessions",
    request_body = TotpStop, security(("office" = [])),
    responses((status = 204, description = "Log-ins ask for the password alone")),
    extensions(("x-codes" = json!([Code::TotpNone, [422, Code::LoginWrong],
        [422, Code::TotpWrong], Code::TooMany, Code::Busy]))))]
pub(super) async fn stop(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Office(by): Office,
    Json(asked): Json<TotpStop>,
) -> Outcome<StatusCode> {
    short("code", &asked.code, TOTP_CHARS_MAX)?;
    let row = app.store.read().await?.totp(by.id).await?;
    let Some(row) = row.filter(|row| row.confirmed_at.is_some()) else {
        return Err(Problem::Refused(Code::TotpNone, "код из приложения не включён".to_owned()));
    };
    own_password(&app, &by, address, asked.password).await?;
    let attempt = app.brakes.own(&by.login, address, app.now()).await?;
    let mut tx = app.store.begin().await?;
    let step = totp::step(&row.secret, &asked.code, app.now())?;
    let used = match step {
        Some(step) => tx.use_totp(by.id, (&row.secret, step)).await?,
        None => false,
    };
    if !used {
        let words = "код неверен или уже использован: дождитесь следующего";
        return Err(Problem::Field("code", Code::TotpWrong, words.to_owned()));
    }
    off(&app, tx, (by.id, &by.name), &Actor::person(&by).at(Some(address.to_string()))).await?;
    attempt.forgive();
    Ok(StatusCode::NO_CONTENT)
}

/// Turn one-time codes off for somebody else.
///
/// For a person whose phone is lost. All sessions of that person end. One's own is turned off by
/// password and code.
#[utoipa::path(post, path = "/v1/people/{person}/totp/reset",
    operation_id = "reset_totp_of_person", tag = "People", security(("office" = ["admin"])),
    responses((status = 204, description = "That person's log-ins ask for the password alone")),
    extensions(("x-codes" = json!([Code::TotpOwn, Code::TotpNone]))))]
pub(super) async fn reset(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Admin(by): Admin,
    Path(person): Path<PersonId>,
) -> Outcome<StatusCode> {
    if person == by.id {
        let words = "себе код из приложения выключают паролем и кодом в разделе «Сеансы»";
        return Err(Problem::Refused(Code::TotpOwn, words.to_owned()));
    }
    let mut tx = app.store.begin().await?;
    let row = tx.person(person).await?.ok_or(Problem::NotFound)?;
    tx.end_sessions(person, app.now().0).await?;
    off(&app, tx, (person, &row.name), &Actor::person(&by).at(Some(address.to_string()))).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn off(
    app: &App,
    mut tx: crate::store::Tx,
    (person, name): (PersonId, &str),
    by: &Actor,
) -> Outcome<()> {
    if !tx.drop_totp(person).await? {
        return Err(Problem::Refused(Code::TotpNone, "код из приложения не включён".to_owned()));
    }
    audit::note(app, &mut tx, by, "person.totp_off", (&person.to_string(), name)).await?;
    Ok(tx.commit().await?)
}

/// Whoever holds the session also knows the password. Guesses are counted by person and by address.
async fn own_password(
    app: &App,
    by: &PersonRow,
    address: std::net::IpAddr,
    password: String,
) -> Outcome<()> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Problem::field("password", format!("длиннее {PASSWORD_BYTES_MAX} байт")));
    }
    let attempt = app.brakes.own(&by.login, address, app.now()).await?;
    if !app.passwords.check(by.password_hash.clone(), password).await? {
        let who = Actor::person(by).at(Some(address.to_string()));
        audit::note_alone(app, &who, "login.failed", (&by.id.to_string(), "открытый сеанс"))
            .await?;
        return Err(Problem::Field("password", Code::LoginWrong, "пароль неверен".to_owned()));
    }
    attempt.forgive();
    Ok(())
}
