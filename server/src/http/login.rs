//! The office logs in: a name, a password, and a code where the person has turned that on.

use std::net::IpAddr;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::codec::{hex, sha256};

use super::extract::{ClientAddress, Json};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Office, REFRESH_S};
use crate::brakes::{self, Place};
use crate::code::Code;
use crate::entropy::random_bytes;
use crate::limits::edge::{
    AGENT_CHARS_MAX, KNOWN_PLACE_DAYS, LOGIN_CHARS_MAX, PASSWORD_BYTES_MAX, SESSION_S_MAX,
    SESSIONS_A_PERSON_MAX, TOTP_CHARS_MAX,
};
use crate::problem::{Outcome, Problem};
use crate::store::{PersonRow, Role, SessionRow, TotpRow};
use crate::totp;

/// What a person of the office logs in with.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "login": "smirnova", "password": "берёзовая-роща-27", "code": "482 913"
}))]
pub(super) struct Credentials {
    /// The name to log in with; upper and lower case are the same.
    #[schema(max_length = 128)]
    login: String,
    /// The password, as it is.
    #[schema(max_length = 512)]
    password: String,
    /// What an earlier log-in under this name gave as `device`: others who guess do not slow it down.
    #[serde(default)]
    device: Option<String>,
    /// A one-time code, where the person has turned that on: six digits, blanks are ignored.
    #[serde(default)]
    #[schema(max_length = 16)]
    code: String,
}

/// What a client goes on with.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTlj…",
    "refresh": "d6cc0a088c07683c65cd266860cab8d94b3a1937b17420d9da30ca299c09fb77",
    "device": "7117fff2d0fd294462b3c802b7cb8753"
}))]
pub(super) struct Tokens {
    /// For 15 minutes, in `Authorization: Bearer`.
    access: String,
    /// For the next pair; works once.
    refresh: String,
    /// To be kept by the browser and shown at the next log-in under this name. It opens nothing.
    device: String,
    /// Who is logged in.
    me: Me,
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "019cadcb2e607c409c72b0228e5850d8", "name": "Смирнова Ольга Викторовна",
    "role": "office"
}))]
pub(super) struct Me {
    /// The person.
    id: String,
    /// The full name.
    name: String,
    /// `admin` or `office`.
    role: String,
}

impl From<&PersonRow> for Me {
    fn from(row: &PersonRow) -> Self {
        Self { id: row.id.to_string(), name: row.name.clone(), role: row.role.code().to_owned() }
    }
}

/// Log in with a name and a password.
///
/// Metrologists have no log-in: their phones have keys. Where the person has turned a one-time
/// code on, a request without `code` and with the right password is answered `totp_needed`: ask
/// for the six digits and send the same again with them. Wrong guesses are answered ever later,
/// by name and by address; a browser that shows `device` of an earlier log-in is not slowed down
/// by others who guess.
#[utoipa::path(post, path = "/v1/login", operation_id = "log_in", tag = "Sessions",
    request_body = Credentials,
    responses((status = 200, description = "A session has begun", body = Tokens)),
    extensions(("x-codes" = json!([Code::LoginWrong, Code::TotpNeeded, Code::TotpWrong,
        Code::TooMany, Code::Busy]))))]
pub(super) async fn login(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Json(asked): Json<Credentials>,
) -> Outcome<Json<Tokens>> {
    short("login", &asked.login, LOGIN_CHARS_MAX)?;
    short("code", &asked.code, TOTP_CHARS_MAX)?;
    if asked.password.len() > PASSWORD_BYTES_MAX {
        return Err(Problem::field("password", format!("длиннее {PASSWORD_BYTES_MAX} байт")));
    }
    let known = app.keys.known_device(&asked.login);
    let device = asked.device.as_deref().filter(|shown| *shown == known);
    let Named { row, totp, places } = Named::find(&app, &asked).await?;
    let code = totp.as_ref().is_some_and(|totp| {
        totp.typed && app.brakes.passes(&asked.login, totp.step.is_some(), app.now())
    });
    let place = Place { address, device, known: brakes::is_among(address, &places), code };
    let attempt = app.brakes.login(&asked.login, place, app.now()).await?;
    let row = right_password(&app, row, asked.password, address).await?;
    let begun = match totp {
        None => begin(&app, &row, None, (address, &headers)).await?,
        // Whoever does not know the password is not told that a code is needed.
        Some(totp) if !totp.typed => {
            attempt.forgive();
            return Err(Problem::Unauthorized(Code::TotpNeeded));
        }
        Some(totp) => {
            let guess = match app.brakes.totp(&asked.login, place, app.now()).await {
                Ok(guess) => guess,
                // The password was right: the pause is for codes alone.
                Err(later) => {
                    attempt.forgive();
                    return Err(later);
                }
            };
            let begun = begin(&app, &row, Some(totp), (address, &headers)).await?;
            guess.forgive();
            begun
        }
    };
    attempt.forgive();
    let (session, refresh) = begun;
    tokens(&app, &row, session, refresh)
}

/// What is known about a name that somebody logs in with.
struct Named {
    /// The person, if he may log in at all.
    row: Option<PersonRow>,
    totp: Option<Totp>,
    /// Addresses that he logged in from of late.
    places: Vec<String>,
}

impl Named {
    async fn find(app: &App, asked: &Credentials) -> Outcome<Self> {
        let mut tx = app.store.read().await?;
        let row = tx.person_by_login(&asked.login).await?;
        let row = row.filter(|row| row.active && row.role != Role::Metrologist);
        let Some(person) = row.as_ref().map(|row| row.id) else {
            return Ok(Self { row: None, totp: None, places: Vec::new() });
        };
        let since = app.now().plus_s(-KNOWN_PLACE_DAYS * 24 * 3600).0;
        let places = tx.logged_in_from(person, since).await?;
        let totp = Totp::of(app, tx.totp(person).await?, &asked.code)?;
        Ok(Self { row, totp, places })
    }
}

/// The person, if the password is his. A name that nobody has takes as long as another.
async fn right_password(
    app: &App,
    row: Option<PersonRow>,
    password: String,
    address: IpAddr,
) -> Outcome<PersonRow> {
    let hash = row.as_ref().and_then(|row| row.password_hash.clone());
    let good = app.passwords.check(hash, password).await?;
    if let Some(row) = row.as_ref().filter(|_| !good) {
        // Names that nobody has leave no line: a stranger does not fill the journal.
        let by = Actor::stranger(&row.name).at(Some(address.to_string()));
        audit::note_alone(app, &by, "login.failed", (&row.id.to_string(), "")).await?;
    }
    row.filter(|_| good).ok_or(Problem::Unauthorized(Code::LoginWrong))
}

/// A person's authenticator app, and what was typed of it.
struct Totp {
    secret: Vec<u8>,
    /// Something was typed.
    typed: bool,
    /// The step whose code it is, if none as late was used.
    step: Option<i64>,
}

impl Totp {
    fn of(app: &App, row: Option<TotpRow>, code: &str) -> Outcome<Option<Self>> {
        let Some(row) = row.filter(|row| row.confirmed_at.is_some()) else { return Ok(None) };
        let step = totp::step(&row.secret, code, app.now())?.filter(|step| *step > row.step);
        Ok(Some(Self { secret: row.secret, typed: !code.trim().is_empty(), step }))
    }
}

/// Opens a session, if nothing changed about the person while his password was being checked, and uses up the
/// code that he typed.
async fn begin(
    app: &App,
    row: &PersonRow,
    totp: Option<Totp>,
    (address, headers): (IpAddr, &HeaderMap),
) -> Outcome<([u8; 16], String)> {
    let (now, address, agent) = (app.now(), address.to_string(), agent(headers));
    let (session, refresh) = (random_bytes::<16>(), hex(&random_bytes::<32>()));
    let mut tx = app.store.begin().await?;
    let same = tx.person(row.id).await?.is_some_and(|fresh| {
        fresh.active && fresh.role == row.role && fresh.password_hash == row.password_hash
    });
    let needed = tx.totp(row.id).await?.is_some_and(|row| row.confirmed_at.is_some());
    if !same || needed != totp.is_some() {
        return Err(Problem::Unauthorized(Code::LoginWrong));
    }
    if let Some(totp) = totp {
        let used = match totp.step {
            Some(step) => tx.use_totp(row.id, (&totp.secret, step)).await?,
            None => false,
        };
        if !used {
            let by = Actor::stranger(&row.name).at(Some(address));
            audit::note(app, &mut tx, &by, "login.code_wrong", (&row.id.to_string(), &agent))
                .await?;
            tx.commit().await?;
            return Err(Problem::Unauthorized(Code::TotpWrong));
        }
    }
    let (began_at, ends_at) = (now.0, now.plus_s(SESSION_S_MAX).0);
    let seen_at = began_at;
    let begun =
        SessionRow { id: session, person: row.id, began_at, seen_at, ends_at, agent, address };
    tx.begin_session(&begun, SESSIONS_A_PERSON_MAX).await?;
    let ends = now.plus_s(REFRESH_S).0;
    tx.put_refresh(&sha256(refresh.as_bytes()), (session, row.id), ends).await?;
    let by = Actor::person(row).at(Some(begun.address));
    audit::note(app, &mut tx, &by, "login.succeeded", (&row.id.to_string(), &begun.agent)).await?;
    tx.commit().await?;
    Ok((session, refresh))
}

/// Show who is logged in.
#[utoipa::path(get, path = "/v1/me", operation_id = "get_me", tag = "Sessions",
    security(("office" = [])),
    responses((status = 200, description = "The person of the token", body = Me)))]
pub(super) async fn me(Office(row): Office) -> Json<Me> {
    Json(Me::from(&row))
}

/// What a browser calls itself.
fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().chars().take(AGENT_CHARS_MAX).collect()
}

/// A text that is no longer than it has to be.
pub(super) fn short(field: &'static str, text: &str, chars_max: usize) -> Outcome<()> {
    // Four bytes are the longest character: a length in bytes is known at once.
    if text.len() > 4 * chars_max || text.chars().count() > chars_max {
        return Err(Problem::field(field, format!("длиннее {chars_max} знаков")));
    }
    Ok(())
}

/// The pair that a client goes on with.
pub(super) fn tokens(
    app: &App,
    row: &PersonRow,
    session: [u8; 16],
    refresh: String,
) -> Outcome<Json<Tokens>> {
    let access = app.keys.access(row.id, session, app.now())?;
    let device = app.keys.known_device(&row.login);
    Ok(Json(Tokens { access, refresh, device, me: Me::from(row) }))
}
