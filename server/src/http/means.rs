//! Means of verification: standards and instruments with their days of validity.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{
    Means, MeansId, MeansKind, MeansRole, PersonId, fold, rank_number_meant, roles_of,
};
use vyezd_core::rules::serial::{is_spoilt, serial_words};

use super::extract::{Json, Path, Query};
use super::{fields, kits};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Admin, Office};
use crate::code::Code;
use crate::limits::office::{FIRM_TEXT_CHARS_MAX, INSTRUMENT_TEXT_CHARS_MAX, MEANS_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::Tx;

/// The routes of means and their kits.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_means))
        .routes(routes!(change_means))
        .routes(routes!(list_means))
        .merge(kits::routes())
}

/// A means of verification.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "019ca86a3a607703b2d559269a27a08e", "title": "Установка поверочная переносная УПСЖ-3П",
    "number": "72850.18.3Р.00701885", "serial_number": "0117", "kind": "mieta",
    "valid_from": "2025-10-01", "valid_until": "2027-09-30", "roles": ["rig"],
    "accuracy": "3-й разряд", "certificate": "С-ВУМ/01-10-2025/401887122"
}))]
pub(super) struct MeansView {
    /// The means.
    id: String,
    /// What it is.
    title: String,
    /// Number in the register.
    number: String,
    /// Of the means itself.
    serial_number: String,
    /// As in `NewMeans`.
    kind: &'static str,
    /// The first day of its own verification, `YYYY-MM-DD`.
    valid_from: String,
    /// The last day of its own verification, `YYYY-MM-DD`.
    valid_until: String,
    /// Who carries it; absent: it lies in the office, for everybody, or is in a kit.
    held_by: Option<String>,
    /// The kit that it is in.
    kit: Option<String>,
    /// What it measures: `rig`, `thermohygrometer`, `barometer`, `water_thermometer`, `stopwatch`.
    roles: Vec<&'static str>,
    /// Rank, class or error as papers print it; empty where nobody wrote it.
    accuracy: String,
    /// Number of its own certificate; empty where nobody wrote it.
    certificate: String,
}

impl From<&Means> for MeansView {
    fn from(m: &Means) -> Self {
        Self {
            id: m.id.to_string(),
            title: m.title.clone(),
            number: m.number.clone(),
            serial_number: m.serial_number.clone(),
            kind: kind_name(m.kind),
            valid_from: m.valid_from.to_string(),
            valid_until: m.valid_until.to_string(),
            held_by: m.held_by.map(|person| person.to_string()),
            kit: m.kit.map(|kit| kit.to_string()),
            roles: m.roles().into_iter().map(MeansRole::code).collect(),
            accuracy: m.accuracy.clone().unwrap_or_default(),
            certificate: m.certificate.clone().unwrap_or_default(),
        }
    }
}

/// A person and a day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhoAndWhen {
    /// The metrologist.
    #[param(value_type = String)]
    person: PersonId,
    /// The day, `YYYY-MM-DD`.
    date: String,
}

/// List a person's means.
///
/// The means of verification that the metrologist may have used on the day: valid on it, and
/// nobody else's.
#[utoipa::path(get, path = "/v1/means", operation_id = "list_means", tag = "Firm",
    params(WhoAndWhen), security(("office" = [])),
    responses((status = 200, description = "Valid means", body = Vec<MeansView>)),
    extensions(("x-codes" = json!([Code::FieldInvalid]))))]
pub(super) async fn list_means(
    State(app): State<App>,
    _: Office,
    Query(of): Query<WhoAndWhen>,
) -> Outcome<Json<Vec<MeansView>>> {
    let date = fields::day("date", &of.date)?;
    let mut tx = app.store.read().await?;
    let person = tx.person(of.person).await?;
    let person = person.ok_or_else(|| Problem::field("person", "такого сотрудника нет"))?;
    let all = tx.means_of(person.id, Some(date)).await?;
    Ok(Json(all.iter().filter(|m| m.valid_on(date)).map(MeansView::from).collect()))
}

/// A new means of verification.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "title": "Установка поверочная переносная УПСЖ-3П", "kind": "mieta",
    "number": "72850.18.3Р.00701885", "serial_number": "0117", "valid_from": "2025-10-01",
    "valid_until": "2027-09-30", "accuracy": "3-й разряд"
}))]
pub(super) struct NewMeans {
    /// What it is.
    title: String,
    /// As in «Аршин»: `mieta` a measuring instrument used as a standard, `mis` one used in
    /// verification, `uve` a standard.
    kind: String,
    /// Number in the register.
    number: String,
    /// Of the means itself; may be empty. Absent from a change: it stays.
    #[serde(default)]
    serial_number: Option<String>,
    /// `YYYY-MM-DD`.
    valid_from: String,
    /// `YYYY-MM-DD`, included.
    valid_until: String,
    /// The metrologist who carries it; absent: it is common. A means in a kit goes with its kit.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    held_by: Option<PersonId>,
    /// What it measures, as in `MeansView`; absent: as its kind and title say. Absent from a change: it stays.
    #[serde(default)]
    roles: Option<Vec<String>>,
    /// Rank, class or error as papers print it. Absent from a change: it stays.
    #[serde(default)]
    accuracy: Option<String>,
    /// Number of its own certificate, or of the record in the Fund. Absent from a change: it stays.
    #[serde(default)]
    certificate: Option<String>,
}

const fn kind_name(kind: MeansKind) -> &'static str {
    match kind {
        MeansKind::Mieta => "mieta",
        MeansKind::Mis => "mis",
        MeansKind::Uve => "uve",
    }
}

/// Add a means of verification.
///
/// A means is known to all phones with their next exchange.
#[utoipa::path(post, path = "/v1/firm/means", operation_id = "add_means", tag = "Firm",
    request_body = NewMeans, security(("office" = ["admin"])),
    responses((status = 204, description = "Added")),
    extensions(("x-codes" = json!([Code::TooLong, Code::SignUnprintable,
        [422, Code::TooMany]]))))]
pub(super) async fn add_means(
    State(app): State<App>,
    Admin(by): Admin,
    Json(new): Json<NewMeans>,
) -> Outcome<StatusCode> {
    let means = means(app.id(MeansId::new), &new)?;
    let mut tx = app.store.begin().await?;
    tx.raise_reference_version().await?;
    kits::may_carry(&mut tx, means.held_by).await?;
    is_one(&mut tx, &means).await?;
    if tx.means().await?.len() >= MEANS_MAX {
        let words = format!("средств поверки уже {MEANS_MAX}");
        return Err(Problem::Field("number", Code::TooMany, words));
    }
    tx.put_means(&means).await?;
    let about = (means.number.as_str(), means.title.as_str());
    audit::note(&app, &mut tx, &Actor::person(&by), "means.added", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Change a means of verification.
///
/// All of it is sent. Sheets that are signed keep what stood there; phones hear of it with their next
/// exchange.
#[utoipa::path(put, path = "/v1/firm/means/{means}", operation_id = "change_means", tag = "Firm",
    request_body = NewMeans, security(("office" = ["admin"])),
    responses((status = 204, description = "Changed")),
    extensions(("x-codes" = json!([Code::TooLong, Code::SignUnprintable]))))]
pub(super) async fn change_means(
    State(app): State<App>,
    Admin(by): Admin,
    Path(id): Path<MeansId>,
    Json(new): Json<NewMeans>,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    tx.raise_reference_version().await?;
    let known = tx.means().await?.into_iter().find(|known| known.id == id);
    let known = known.ok_or(Problem::NotFound)?;
    let whole = NewMeans {
        serial_number: new.serial_number.clone().or(Some(known.serial_number.clone())),
        accuracy: new.accuracy.clone().or(known.accuracy.clone()),
        certificate: new.certificate.clone().or(known.certificate.clone()),
        ..new
    };
    let mut means = means(id, &whole)?;
    if whole.roles.is_none() {
        means.given_roles = known.given_roles;
    }
    means.kit = known.kit;
    if means.kit.is_some() && means.held_by.is_some() {
        let words = "средство в комплекте: передавайте комплект или уберите средство из него";
        return Err(Problem::field("held_by", words));
    }
    kits::may_carry(&mut tx, means.held_by).await?;
    is_one(&mut tx, &means).await?;
    tx.put_means(&means).await?;
    let about = (means.number.as_str(), means.title.as_str());
    audit::note(&app, &mut tx, &Actor::person(&by), "means.changed", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses a second means with the same numbers and days: it would stand twice in every record.
async fn is_one(tx: &mut Tx, means: &Means) -> Outcome<()> {
    let same = |of: &Means| {
        of.id != means.id
            && of.number == means.number
            && fold(&of.serial_number) == fold(&means.serial_number)
            && of.valid_from <= means.valid_until
            && means.valid_from <= of.valid_until
    };
    if tx.means().await?.iter().any(same) {
        let words = "средство с этими номерами на эти дни уже есть";
        return Err(Problem::field("serial_number", words));
    }
    Ok(())
}

fn means(id: MeansId, new: &NewMeans) -> Outcome<Means> {
    let kind = match new.kind.as_str() {
        "mieta" => MeansKind::Mieta,
        "mis" => MeansKind::Mis,
        "uve" => MeansKind::Uve,
        _ => return Err(Problem::field("kind", "mieta, mis или uve")),
    };
    let valid_from = fields::day("valid_from", &new.valid_from)?;
    let valid_until = fields::day("valid_until", &new.valid_until)?;
    fields::in_order("valid_until", (valid_from, valid_until))?;
    let serial_number = new.serial_number.as_deref().unwrap_or_default();
    let serial_number = fields::serial(serial_number, INSTRUMENT_TEXT_CHARS_MAX)?;
    if is_spoilt(&serial_number) {
        let words = serial_words(&serial_number).unwrap_or_default();
        return Err(Problem::field("serial_number", words));
    }
    let number = fields::full("number", &new.number, 32)?;
    if let Some(right) = rank_number_meant(&number) {
        let words = format!("разряд эталона пишется русской «Р»: {right}");
        return Err(Problem::field("number", words));
    }
    let title = fields::full("title", &new.title, FIRM_TEXT_CHARS_MAX)?;
    let roles = new.roles.as_deref().map(roles).transpose()?;
    let said = |field: &'static str, text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        let text = fields::text(field, text, INSTRUMENT_TEXT_CHARS_MAX)?;
        Outcome::Ok(Some(text).filter(|text| !text.is_empty()))
    };
    Ok(Means {
        id,
        kind,
        // What kind and title say needs no word of the office.
        given_roles: roles.filter(|roles| *roles != roles_of(None, kind, &title)),
        accuracy: said("accuracy", &new.accuracy)?,
        certificate: said("certificate", &new.certificate)?,
        kit: None,
        title,
        number,
        serial_number,
        valid_from,
        valid_until,
        held_by: new.held_by,
    })
}

/// What a means measures, in the order of papers, each once.
fn roles(codes: &[String]) -> Outcome<Vec<MeansRole>> {
    let known: Vec<&str> = MeansRole::ALL.into_iter().map(MeansRole::code).collect();
    if let Some(unknown) = codes.iter().find(|code| MeansRole::from_code(code).is_none()) {
        let words = format!("нет назначения «{unknown}»: {}", known.join(", "));
        return Err(Problem::field("roles", words));
    }
    let named = |role: &MeansRole| codes.iter().any(|code| code == role.code());
    Ok(MeansRole::ALL.into_iter().filter(named).collect())
}
