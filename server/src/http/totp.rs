//! Codes of an authenticator app: whoever turned them on needs one at each log-in.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::model::PersonId;

use super::devices::qr_svg;
use super::extract::{Caller, Json, Path};
use super::login::short;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Admin, Office, Session};
use crate::code::Code;
use crate::entropy::random_bytes;
use crate::limits::edge::{PASSWORD_BYTES_MAX, TOTP_CHARS_MAX};
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::PersonRow;
use crate::totp;

/// Нужен ли при входе код из приложения.
#[derive(Serialize, ToSchema)]
pub(super) struct TotpView {
    on: bool,
    /// unix ms; с какого времени
    since: Option<i64>,
}

/// Пароль ещё раз: открытый сеанс — ещё не сам человек.
#[derive(Deserialize, ToSchema)]
pub(super) struct OwnPassword {
    #[schema(max_length = 512)]
    password: String,
}

/// Секрет, который приложение и сервер знают вдвоём. Пока код не введён, вход остаётся прежним.
#[derive(Serialize, ToSchema)]
pub(super) struct TotpSecret {
    /// Для ввода вручную: base32 по четыре знака.
    secret: String,
    /// `otpauth://totp/…`
    link: String,
    /// Ссылка как QR-код, SVG.
    qr_svg: String,
}

/// Код из приложения.
#[derive(Deserialize, ToSchema)]
pub(super) struct TotpCode {
    #[schema(max_length = 16)]
    code: String,
}

/// Пароль и код: выключить может только тот, кто знает оба.
#[derive(Deserialize, ToSchema)]
pub(super) struct TotpStop {
    #[schema(max_length = 512)]
    password: String,
    #[schema(max_length = 16)]
    code: String,
}

/// Нужен ли при входе код из приложения.
#[utoipa::path(get, path = "/v1/me/totp", tag = "вход", security(("bearer" = [])),
    responses((status = 200, body = TotpView)))]
pub(super) async fn shown(State(app): State<App>, Office(by): Office) -> Outcome<Json<TotpView>> {
    let row = app.store.read().await?.totp(by.id).await?;
    let since = row.and_then(|row| row.confirmed_at);
    Ok(Json(TotpView { on: since.is_some(), since }))
}

/// Начать: новый секрет, который показывают один раз.
#[utoipa::path(post, path = "/v1/me/totp", tag = "вход", request_body = OwnPassword,
    security(("bearer" = [])),
    responses((status = 200, body = TotpSecret), (status = 409, body = ProblemBody)))]
pub(super) async fn begin(
    State(app): State<App>,
    Caller(address): Caller,
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

/// Включить: приложение показало код. Остальные сеансы закрываются.
#[utoipa::path(post, path = "/v1/me/totp/confirm", tag = "вход", request_body = TotpCode,
    security(("bearer" = [])),
    responses((status = 204), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn confirm(
    State(app): State<App>,
    Caller(address): Caller,
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

/// Выключить.
#[utoipa::path(post, path = "/v1/me/totp/stop", tag = "вход", request_body = TotpStop,
    security(("bearer" = [])),
    responses((status = 204), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn stop(
    State(app): State<App>,
    Caller(address): Caller,
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

/// Выключить другому, чей телефон потерян; его сеансы закрываются.
#[utoipa::path(post, path = "/v1/people/{person}/totp/reset", tag = "люди",
    params(("person" = String, Path)), security(("bearer" = [])),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(super) async fn reset(
    State(app): State<App>,
    Caller(address): Caller,
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
