//! People: who works here, where, with which rights.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::frame::ColleagueLocation;
use vyezd_core::limits::NAME_LETTERS_MIN;
use vyezd_core::model::{LegalDate, PersonId, Phone, fold};

use super::extract::{Json, Path};
use super::fields;
use super::version::{IfMatch, Versioned};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Admin, Office};
use crate::code::Code;
use crate::limits::edge::LOGIN_CHARS_MAX;
use crate::limits::office::{NAME_CHARS_MAX, PEOPLE_MAX, PERSON_DISTRICTS_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::{PersonRow, Role, Tx, is_retryable_conflict};
use crate::sync::retention_start;
use crate::{dispatch, login_name, passwords};

/// The routes of people.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(one, change))
}

/// Somebody who works here, or did.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "019cadc69a80738a81e87e79631e602b", "login": "anohina",
    "name": "Анохина Анна Сергеевна", "role": "metrologist", "phone": "+79001000001",
    "attested_until": "2030-12-31", "active": true, "totp": false,
    "districts": ["Октябрьский", "Волжский"], "version": 4,
    "seen": {"place": "51.533120, 46.034450", "accuracy_m": 20, "at": 1_789_365_900_000_i64}
}))]
pub(super) struct PersonView {
    /// The person.
    id: String,
    /// The name to log in with.
    login: String,
    /// The full name.
    name: String,
    /// `admin`, `office` or `metrologist`.
    role: String,
    /// For calls about offers.
    phone: Option<String>,
    /// The last day of a metrologist's qualification, `YYYY-MM-DD`.
    attested_until: Option<String>,
    /// Works here.
    active: bool,
    /// Log-ins ask for a one-time code.
    totp: bool,
    /// Where a metrologist works.
    districts: Vec<String>,
    /// For `If-Match`.
    version: i64,
    /// Where he was last, if he lets it be known.
    seen: Option<SeenView>,
}

/// Where a person was.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "place": "51.533120, 46.034450", "accuracy_m": 20, "at": 1_789_365_900_000_i64
}))]
struct SeenView {
    /// `51.533120, 46.034450`.
    place: String,
    /// Within how many metres.
    accuracy_m: u32,
    /// Unix time, ms.
    at: i64,
}

impl From<ColleagueLocation> for SeenView {
    fn from(seen: ColleagueLocation) -> Self {
        let place = seen.place;
        Self { place: place.to_string(), accuracy_m: place.accuracy_m, at: seen.at.0 }
    }
}

impl From<PersonRow> for PersonView {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id.to_string(),
            login: row.login,
            name: row.name,
            role: row.role.code().to_owned(),
            phone: row.phone,
            attested_until: row.attested_until.map(|date| date.to_string()),
            active: row.active,
            totp: false,
            districts: row.districts,
            version: 0,
            seen: None,
        }
    }
}

/// A new person, or the new content of one.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "login": "anohina", "name": "Анохина Анна Сергеевна", "role": "metrologist", "password": "",
    "phone": "+7 900 100-00-01", "attested_until": "2030-12-31",
    "districts": ["Октябрьский", "Волжский"], "active": true
}))]
pub(super) struct NewPerson {
    /// The name to log in with; one that looks like another's is refused.
    pub(super) login: String,
    /// The full name, as papers print it.
    pub(super) name: String,
    /// `admin`, `office` or `metrologist`.
    pub(super) role: String,
    /// At least 8 characters. Empty: unchanged, or none.
    #[serde(default)]
    pub(super) password: String,
    /// For calls about offers; may be empty.
    #[serde(default)]
    pub(super) phone: String,
    /// `YYYY-MM-DD`; may be empty.
    #[serde(default)]
    pub(super) attested_until: String,
    /// Where a metrologist works.
    #[serde(default)]
    pub(super) districts: Vec<String>,
    /// Works here.
    pub(super) active: bool,
}

/// List people.
///
/// Also those who do not work here any more. Only this list says where somebody was.
#[utoipa::path(get, path = "/v1/people", operation_id = "list_people", tag = "People",
    security(("office" = [])),
    responses((status = 200, description = "All people", body = Vec<PersonView>)))]
pub(super) async fn list(State(app): State<App>, _: Office) -> Outcome<Json<Vec<PersonView>>> {
    let mut tx = app.store.read().await?;
    let seen = tx.person_places(retention_start(&app)).await?;
    let versions = tx.person_versions().await?;
    let totp = tx.people_with_totp().await?;
    let view = |row: PersonRow| {
        let seen = seen.iter().find(|seen| seen.person == row.id).copied();
        let version = versions.get(&row.id).copied().unwrap_or_default();
        let totp = totp.contains(&row.id);
        PersonView { seen: seen.map(Into::into), totp, version, ..row.into() }
    };
    Ok(Json(tx.people().await?.into_iter().map(view).collect()))
}

/// Show a person.
///
/// `ETag` is the version, for `If-Match`.
#[utoipa::path(get, path = "/v1/people/{person}", operation_id = "get_person", tag = "People",
    security(("office" = [])),
    responses((status = 200, description = "The person", body = PersonView,
            headers(("ETag" = String, description = "The version, for `If-Match`")))))]
pub(super) async fn one(
    State(app): State<App>,
    _: Office,
    Path(person): Path<PersonId>,
) -> Outcome<Versioned<Json<PersonView>>> {
    view(&mut app.store.read().await?, person).await
}

async fn view(tx: &mut Tx, person: PersonId) -> Outcome<Versioned<Json<PersonView>>> {
    let row = tx.person(person).await?.ok_or(Problem::NotFound)?;
    let version = version(tx, person).await?;
    let totp = tx.people_with_totp().await?.contains(&person);
    Ok(Versioned(Json(PersonView { totp, version, ..row.into() }), version))
}

async fn version(tx: &mut Tx, person: PersonId) -> Outcome<i64> {
    Ok(tx.person_versions().await?.get(&person).copied().unwrap_or_default())
}

/// Add a person.
///
/// The name to log in with must not look like another's. A metrologist needs no password.
#[utoipa::path(post, path = "/v1/people", operation_id = "create_person", tag = "People",
    request_body = NewPerson, security(("office" = ["admin"])),
    responses((status = 200, description = "The person", body = PersonView,
            headers(("ETag" = String, description = "The version, for `If-Match`")))),
    extensions(("x-codes" = json!([Code::LoginTaken, Code::TooLong, Code::SignUnprintable,
        [422, Code::TooMany], Code::Busy]))))]
pub(super) async fn create(
    State(app): State<App>,
    Admin(by): Admin,
    Json(new): Json<NewPerson>,
) -> Outcome<Versioned<Json<PersonView>>> {
    let new = parse(&app, new).await?;
    let mut tx = app.store.begin().await?;
    let person = add(&app, &mut tx, &Actor::person(&by), new).await?;
    let view = view(&mut tx, person).await?;
    tx.commit().await?;
    app.changed();
    Ok(view)
}

/// Adds a person inside of the caller's transaction.
pub(super) async fn add(app: &App, tx: &mut Tx, by: &Actor, mut new: Parsed) -> Outcome<PersonId> {
    new.login = login_name::accept(&new.login)?;
    // Colleagues hand orders over to him.
    tx.raise_reference_version().await?;
    if tx.count_people().await? >= PEOPLE_MAX as i64 {
        let words = format!("в организации уже {PEOPLE_MAX} сотрудников");
        return Err(Problem::Field("login", Code::TooMany, words));
    }
    let row = put(tx, app.id(PersonId::new), None, new).await?;
    note(app, tx, by, None, &row).await?;
    Ok(row.id)
}

/// Change a person.
///
/// A new password, another role or `active` false ends the person's sessions at once and
/// withdraws codes for phones. Orders of a metrologist who leaves are taken back and offered to
/// others. The last administrator who can log in stays one.
#[utoipa::path(put, path = "/v1/people/{person}", operation_id = "change_person", tag = "People",
    params(("If-Match" = String, Header)), request_body = NewPerson,
    security(("office" = ["admin"])),
    responses((status = 200, description = "The person", body = PersonView,
            headers(("ETag" = String, description = "The version, for `If-Match`")))),
    extensions(("x-codes" = json!([Code::LoginTaken, Code::LastAdmin, Code::TooLong,
        Code::SignUnprintable, [422, Code::TooMany], Code::Busy]))))]
pub(super) async fn change(
    State(app): State<App>,
    Admin(by): Admin,
    Path(person): Path<PersonId>,
    seen: IfMatch,
    Json(new): Json<NewPerson>,
) -> Outcome<Versioned<Json<PersonView>>> {
    let new = parse(&app, new).await?;
    let mut tx = app.store.begin().await?;
    // Names and attestations are printed on papers: phones must know. The row of the version stays
    // locked, so two administrators count each other.
    tx.raise_reference_version().await?;
    let old = tx.person(person).await?.ok_or(Problem::NotFound)?;
    let version = version(&mut tx, person).await?;
    seen.is_current(&mut tx, version, ("person.changed", &person.to_string())).await?;
    let row = put(&mut tx, person, Some(old.clone()), new).await?;
    let changed = row.password_hash != old.password_hash || row.role != old.role;
    if changed || !row.active {
        // Whoever knows the old password, or had the old rights, is out at once.
        tx.end_sessions(person, app.now().0).await?;
        tx.drop_enrol_codes(person).await?;
    }
    let stopped = old.active && !row.active;
    let demoted = old.role == Role::Metrologist && row.role != Role::Metrologist;
    if stopped || demoted {
        dispatch::person_left(&app, &mut tx, (person, &row.name), &by.name).await?;
    }
    if tx.administrators().await? == 0 {
        let message =
            "нужен хотя бы один администратор, который может войти: действующий и с паролем";
        return Err(Problem::Refused(Code::LastAdmin, message.to_owned()));
    }
    note(&app, &mut tx, &Actor::person(&by), Some(&old), &row).await?;
    let view = view(&mut tx, person).await?;
    tx.commit().await?;
    app.changed();
    Ok(view)
}

/// What was typed, parsed; the password is hashed, so that nobody waits for it inside a transaction.
pub(super) struct Parsed {
    login: String,
    name: String,
    role: Role,
    password_hash: Option<String>,
    phone: Option<String>,
    attested_until: Option<LegalDate>,
    districts: Vec<String>,
    active: bool,
}

pub(super) async fn parse(app: &App, new: NewPerson) -> Outcome<Parsed> {
    fields::list("districts", &new.districts, PERSON_DISTRICTS_MAX)?;
    let district = |text: &String| fields::text("districts", text, NAME_CHARS_MAX);
    let mut districts = new.districts.iter().map(district).collect::<Outcome<Vec<String>>>()?;
    districts.retain(|district| !district.is_empty());
    let phone = Some(new.phone.trim()).filter(|text| !text.is_empty()).map(|text| {
        let phone = Phone::parse(text).ok_or_else(|| Problem::field("phone", "не телефон"))?;
        Ok::<_, Problem>(phone.as_str().to_owned())
    });
    let attested = Some(new.attested_until.trim()).filter(|text| !text.is_empty());
    Ok(Parsed {
        login: fields::exact("login", &new.login, LOGIN_CHARS_MAX)?,
        name: person_name(&new.name)?,
        role: Role::parse(&new.role)
            .ok_or_else(|| Problem::field("role", "admin, office или metrologist"))?,
        phone: phone.transpose()?,
        attested_until: attested.map(|text| fields::day("attested_until", text)).transpose()?,
        districts,
        active: new.active,
        password_hash: hashed(app, new.password, &new.login).await?,
    })
}

/// A name that papers can print: it begins with a letter and has two.
fn person_name(text: &str) -> Outcome<String> {
    let name = fields::full("name", text, NAME_CHARS_MAX)?;
    let letters = name.chars().filter(|sign| sign.is_alphabetic()).count();
    if letters >= NAME_LETTERS_MIN && name.starts_with(char::is_alphabetic) {
        Ok(name)
    } else {
        Err(Problem::field("name", "нужны фамилия, имя и отчество буквами"))
    }
}

async fn hashed(app: &App, password: String, login: &str) -> Outcome<Option<String>> {
    if password.is_empty() {
        return Ok(None);
    }
    passwords::accept(&password, login)?;
    app.passwords.hash(password).await.map(Some)
}

/// Writes a person whose name to log in with is nobody else's and looks like nobody else's.
async fn put(tx: &mut Tx, id: PersonId, old: Option<PersonRow>, new: Parsed) -> Outcome<PersonRow> {
    let Parsed { login, name, role, phone, attested_until, districts, active, .. } = new;
    let renamed = old.as_ref().is_none_or(|old| fold(&old.login) != fold(&login));
    if renamed && old.is_some() {
        login_name::accept(&login)?;
    }
    let taken = |other: &str| {
        let message = format!("имя входа «{login}» занято: есть «{other}»");
        Problem::Refused(Code::LoginTaken, message)
    };
    let people = tx.people().await?;
    let others = || people.iter().filter(|other| other.id != id).map(|other| other.login.as_str());
    if others().any(|other| other == fold(&login)) {
        return Err(taken(&login));
    }
    if let Some(other) = login_name::alike(&login, others()).filter(|_| renamed) {
        return Err(taken(other));
    }
    let password_hash = new.password_hash.or_else(|| old.and_then(|row| row.password_hash));
    let row = PersonRow {
        id,
        login: login.clone(),
        name,
        role,
        password_hash,
        phone,
        attested_until,
        active,
        districts,
    };
    match tx.put_person(&row).await {
        // Two asked for one name at once.
        Err(error) if is_retryable_conflict(&error) => Err(taken(&login)),
        done => {
            done?;
            Ok(row)
        }
    }
}

/// One line for the change as a whole, one for each thing that gives or takes rights.
async fn note(
    app: &App,
    tx: &mut Tx,
    by: &Actor,
    old: Option<&PersonRow>,
    new: &PersonRow,
) -> Outcome<()> {
    let subject = new.id.to_string();
    for (kind, details) in lines(old, new) {
        audit::note(app, tx, by, kind, (&subject, &details)).await?;
    }
    Ok(())
}

fn lines(old: Option<&PersonRow>, new: &PersonRow) -> Vec<(&'static str, String)> {
    let Some(old) = old else {
        return vec![("person.created", format!("{}: {}", new.name, new.role.russian()))];
    };
    let changed = [
        ("имя входа", fold(&old.login) != fold(&new.login)),
        ("ФИО", old.name != new.name),
        ("роль", old.role != new.role),
        ("пароль", old.password_hash != new.password_hash),
        ("телефон", old.phone != new.phone),
        ("аттестация", old.attested_until != new.attested_until),
        ("работает", old.active != new.active),
        ("районы", old.districts != new.districts),
    ];
    let changed: Vec<&str> =
        changed.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect();
    let mut lines = vec![("person.changed", format!("{}: {}", new.name, changed.join(", ")))];
    if old.role != new.role {
        let (from, to) = (old.role.russian(), new.role.russian());
        lines.push(("person.role", format!("{}: {from} → {to}", new.name)));
    }
    if old.password_hash != new.password_hash {
        lines.push(("person.password", new.name.clone()));
    }
    if old.active != new.active {
        let kind = if new.active { "person.switched_on" } else { "person.switched_off" };
        lines.push((kind, new.name.clone()));
    }
    lines
}
