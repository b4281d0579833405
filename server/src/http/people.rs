//! People: who works here, where, with which rights.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::frame::Seen;
use vyezd_core::model::{LegalDate, PersonId, Phone};

use super::extract::{Json, Path};
use crate::app::App;
use crate::auth::{Admin, Office, hash_password};
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{PersonRow, Role, Tx};
use crate::sync::shift;

/// Shortest password, in characters.
const PASSWORD_CHARS_MIN: usize = 8;

/// A person.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonView {
    id: String,
    login: String,
    name: String,
    /// admin, office, metrologist.
    role: String,
    phone: Option<String>,
    /// YYYY-MM-DD
    attested_until: Option<String>,
    active: bool,
    districts: Vec<String>,
    /// Where he was last, if he lets it be known.
    seen: Option<SeenView>,
}

/// Where a person was.
#[derive(Serialize, ToSchema)]
struct SeenView {
    /// `51.533120, 46.034450`
    place: String,
    /// Within how many metres.
    accuracy_m: u32,
    /// unix ms
    at: i64,
}

impl From<Seen> for SeenView {
    fn from(seen: Seen) -> Self {
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
            districts: row.districts,
            seen: None,
        }
    }
}

/// A new person, or the new content of one.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewPerson {
    login: String,
    name: String,
    /// admin, office, metrologist.
    role: String,
    /// Empty: unchanged.
    #[serde(default)]
    password: String,
    #[serde(default)]
    phone: String,
    /// YYYY-MM-DD
    #[serde(default)]
    attested_until: String,
    #[serde(default)]
    districts: Vec<String>,
    active: bool,
}

/// Сотрудники.
#[utoipa::path(get, path = "/v1/people", tag = "люди", security(("bearer" = [])),
    responses((status = 200, body = Vec<PersonView>)))]
pub(super) async fn list(State(app): State<App>, _: Office) -> Outcome<Json<Vec<PersonView>>> {
    let mut tx = app.store.read().await?;
    let seen = tx.person_places(shift(&app)).await?;
    let view = |row: PersonRow| {
        let seen = seen.iter().find(|seen| seen.person == row.id).copied();
        PersonView { seen: seen.map(Into::into), ..row.into() }
    };
    Ok(Json(tx.people().await?.into_iter().map(view).collect()))
}

/// Новый сотрудник.
#[utoipa::path(post, path = "/v1/people", tag = "люди", request_body = NewPerson,
    security(("bearer" = [])),
    responses((status = 200, body = PersonView), (status = 422, body = ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    _: Admin,
    Json(new): Json<NewPerson>,
) -> Outcome<Json<PersonView>> {
    let mut tx = app.store.begin().await?;
    let row = put(&mut tx, app.id(PersonId::new), None, new).await?;
    // Colleagues hand orders over to him.
    tx.raise_reference_version().await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(row.into()))
}

/// Изменить сотрудника.
#[utoipa::path(put, path = "/v1/people/{person}", tag = "люди", request_body = NewPerson,
    params(("person" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = PersonView), (status = 409, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    _: Admin,
    Path(person): Path<PersonId>,
    Json(new): Json<NewPerson>,
) -> Outcome<Json<PersonView>> {
    let mut tx = app.store.begin().await?;
    let old = tx.person(person).await?.ok_or(Problem::NotFound)?;
    let row = put(&mut tx, person, Some(old), new).await?;
    if tx.administrators().await? == 0 {
        let message = "нужен хотя бы один действующий администратор".to_owned();
        return Err(Problem::Conflict("last_admin", message));
    }
    // Names and attestations are printed on papers: phones must know.
    tx.raise_reference_version().await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(row.into()))
}

async fn put(
    tx: &mut Tx,
    id: PersonId,
    old: Option<PersonRow>,
    new: NewPerson,
) -> Outcome<PersonRow> {
    let full = |field: &'static str, text: &str| match text.trim().chars().count() {
        0 => Err(Problem::Field(field, "field_required", "нужно заполнить".to_owned())),
        1..=120 => Ok(text.trim().to_owned()),
        _ => Err(Problem::field(field, "длиннее 120 знаков")),
    };
    let role = Role::parse(&new.role)
        .ok_or_else(|| Problem::field("role", "admin, office или metrologist"))?;
    let phone = match new.phone.trim() {
        "" => None,
        text => {
            let phone = Phone::parse(text);
            Some(phone.ok_or_else(|| Problem::field("phone", "не телефон"))?.as_str().to_owned())
        }
    };
    let attested_until = match new.attested_until.trim() {
        "" => None,
        text => Some(
            LegalDate::parse(text)
                .ok_or_else(|| Problem::field("attested_until", "нужна дата ГГГГ-ММ-ДД"))?,
        ),
    };
    let password_hash = match new.password.as_str() {
        "" => old.and_then(|row| row.password_hash),
        short if short.chars().count() < PASSWORD_CHARS_MIN => {
            let message = format!("не короче {PASSWORD_CHARS_MIN} знаков");
            return Err(Problem::field("password", message));
        }
        password => {
            let password = password.to_owned();
            Some(tokio::task::spawn_blocking(move || hash_password(&password)).await??)
        }
    };
    let login = full("login", &new.login)?;
    let taken = tx.person_by_login(&login).await?.is_some_and(|row| row.id != id);
    if taken {
        return Err(Problem::Conflict("login_taken", format!("имя входа «{login}» занято")));
    }
    let row = PersonRow {
        id,
        login,
        name: full("name", &new.name)?,
        role,
        password_hash,
        phone,
        attested_until,
        active: new.active,
        districts: new.districts.into_iter().filter(|d| !d.trim().is_empty()).collect(),
    };
    tx.put_person(&row).await?;
    Ok(row)
}
