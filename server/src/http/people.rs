//! People: who works here, where, with which rights.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::frame::Seen;
use vyezd_core::model::{LegalDate, PersonId, Phone, fold};

use super::extract::{Json, Path};
use super::login::short;
use super::login_name;
use crate::app::App;
use crate::auth::{Admin, Office};
use crate::limits::edge::LOGIN_CHARS_MAX;
use crate::limits::office::DISTRICTS_A_PERSON_MAX;
use crate::passwords;
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{PersonRow, Role, Tx, met};
use crate::sync::shift;

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
    let hash = new.hash(&app).await?;
    let row = new.parse(app.id(PersonId::new))?;
    let row = PersonRow { password_hash: hash, login: login_name::accept(&row.login)?, ..row };
    let mut tx = app.store.begin().await?;
    put(&mut tx, &row, true).await?;
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
    let hash = new.hash(&app).await?;
    let row = new.parse(person)?;
    let mut tx = app.store.begin().await?;
    let old = tx.person(person).await?.ok_or(Problem::NotFound)?;
    let renamed = fold(&row.login) != old.login;
    if renamed {
        login_name::accept(&row.login)?;
    }
    let ends = hash.is_some() || row.role != old.role || !row.active;
    let row = PersonRow { password_hash: hash.or(old.password_hash), ..row };
    put(&mut tx, &row, renamed).await?;
    if ends {
        // Whoever knows the old password, or had the old rights, is out at once.
        tx.end_sessions(person, app.now().0).await?;
        tx.drop_enrol_codes(person).await?;
    }
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

/// Writes a person whose name to log in with is nobody else's, also where two ask for it at once.
async fn put(tx: &mut Tx, row: &PersonRow, new_name: bool) -> Outcome<()> {
    let people = tx.people().await?;
    let others =
        || people.iter().filter(|other| other.id != row.id).map(|other| other.login.as_str());
    let taken = |name: &str| {
        let message = format!("имя входа «{}» занято: есть «{name}»", row.login);
        Problem::Conflict("login_taken", message)
    };
    if others().any(|other| other == fold(&row.login)) {
        return Err(taken(&row.login));
    }
    if let Some(other) = login_name::alike(&row.login, others()).filter(|_| new_name) {
        return Err(taken(other));
    }
    match tx.put_person(row).await {
        Err(error) if met(&error) => Err(taken(&row.login)),
        done => Ok(done?),
    }
}

impl NewPerson {
    /// The hash of a new password; made before anything is locked.
    async fn hash(&self, app: &App) -> Outcome<Option<String>> {
        short("login", &self.login, LOGIN_CHARS_MAX)?;
        if self.password.is_empty() {
            return Ok(None);
        }
        passwords::accept(&self.password, &self.login)?;
        app.passwords.hash(self.password.clone()).await.map(Some)
    }

    fn parse(self, id: PersonId) -> Outcome<PersonRow> {
        let role = Role::parse(&self.role)
            .ok_or_else(|| Problem::field("role", "admin, office или metrologist"))?;
        let phone = match self.phone.trim() {
            "" => None,
            text => Some(Phone::parse(text).ok_or_else(|| Problem::field("phone", "не телефон"))?),
        };
        let attested_until = match self.attested_until.trim() {
            "" => None,
            text => Some(
                LegalDate::parse(text)
                    .ok_or_else(|| Problem::field("attested_until", "нужна дата ГГГГ-ММ-ДД"))?,
            ),
        };
        let districts = self.districts.iter().map(|district| district.trim());
        let districts: Vec<&str> = districts.filter(|district| !district.is_empty()).collect();
        if districts.len() > DISTRICTS_A_PERSON_MAX {
            let message = format!("больше {DISTRICTS_A_PERSON_MAX} районов");
            return Err(Problem::field("districts", message));
        }
        Ok(PersonRow {
            id,
            login: line("login", &self.login)?,
            name: line("name", &self.name)?,
            role,
            password_hash: None,
            phone: phone.map(|phone| phone.as_str().to_owned()),
            attested_until,
            active: self.active,
            districts: districts
                .into_iter()
                .map(|district| line("districts", district))
                .collect::<Outcome<_>>()?,
        })
    }
}

/// One line of text, neither empty nor long.
fn line(field: &'static str, text: &str) -> Outcome<String> {
    let text = text.trim();
    short(field, text, LINE_CHARS_MAX)?;
    if text.chars().any(char::is_control) {
        return Err(Problem::field(field, "нужна одна строка"));
    }
    match text {
        "" => Err(Problem::Field(field, "field_required", "нужно заполнить".to_owned())),
        text => Ok(text.to_owned()),
    }
}

/// A name, a login, a district, characters.
const LINE_CHARS_MAX: usize = 120;
