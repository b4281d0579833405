//! The firm: issuers, methods, means, the account of numbers.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::frame::Faq;
use vyezd_core::model::{
    Entity, EntityId, Means, MeansId, MeansKind, NumberKind, NumberTemplates, check_template,
};

use super::extract::Json;
use super::fields;
use super::version::{IfMatch, Versioned};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Admin, Office};
use crate::code::Code;
use crate::limits::office::{
    FAQ_CHARS_MAX, FAQ_MAX, FIRM_TEXT_CHARS_MAX, INSTRUMENT_TEXT_CHARS_MAX, MEANS_MAX,
};
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::Tx;

/// Everything about the firm.
#[derive(Serialize, ToSchema)]
pub(super) struct FirmView {
    entities: Vec<EntityView>,
    methods: Vec<MethodView>,
    means: Vec<MeansView>,
    series: Vec<SeriesView>,
    types: usize,
}

/// An issuer.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct EntityView {
    id: String,
    name: String,
    address: String,
    accreditation: String,
    /// Шифр знака поверки: 1–3 прописные русские буквы.
    sign_cipher: String,
    code: String,
    head: String,
    phone: String,
    template_protocol: String,
    template_certificate: String,
    template_notice: String,
    /// Every paper is stamped «ОБРАЗЕЦ».
    specimen: bool,
    /// For `If-Match`.
    #[serde(default)]
    version: i64,
}

impl EntityView {
    fn new(e: &Entity, version: i64) -> Self {
        Self {
            version,
            id: e.id.to_string(),
            name: e.name.clone(),
            address: e.address.clone(),
            accreditation: e.accreditation.clone(),
            sign_cipher: e.sign_cipher.clone(),
            code: e.code.clone(),
            head: e.head.clone(),
            phone: e.phone.clone(),
            template_protocol: e.templates.protocol.clone(),
            template_certificate: e.templates.certificate.clone(),
            template_notice: e.templates.notice.clone(),
            specimen: e.specimen,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct MethodView {
    title: String,
    points: Vec<String>,
    /// Nobody: it must not be used yet.
    approved_by: Option<String>,
}

/// A means of verification.
#[derive(Serialize, ToSchema)]
pub(super) struct MeansView {
    id: String,
    title: String,
    number: String,
    serial_number: String,
    /// YYYY-MM-DD
    valid_until: String,
}

/// A new means of verification.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewMeans {
    title: String,
    /// mieta, mis, uve.
    kind: String,
    number: String,
    #[serde(default)]
    serial_number: String,
    /// YYYY-MM-DD
    valid_from: String,
    /// YYYY-MM-DD
    valid_until: String,
}

/// The account of a series of numbers.
#[derive(Serialize, ToSchema)]
pub(super) struct SeriesView {
    entity: String,
    kind: String,
    year: i64,
    /// Issued to phones up to this number.
    last: i64,
    /// On phones, not used yet.
    leased: i64,
    used: i64,
    /// Spoiled, returned, sealed.
    other: i64,
}

/// Which method is approved.
#[derive(Deserialize, ToSchema)]
pub(super) struct Approve {
    title: String,
}

/// Организация: реквизиты, методики, средства поверки, номера. `ETag` — версия реквизитов.
#[utoipa::path(get, path = "/v1/firm", tag = "организация", security(("bearer" = [])),
    responses((status = 200, body = FirmView), (status = 403, body = ProblemBody)))]
pub(super) async fn firm(State(app): State<App>, _: Admin) -> Outcome<Versioned<Json<FirmView>>> {
    let mut tx = app.store.read().await?;
    let series = tx.series_report().await?.into_iter().map(|of| SeriesView {
        kind: NumberKind::parse(&of.kind).map_or(of.kind, |kind| kind.russian().to_owned()),
        entity: of.entity,
        year: of.year,
        last: of.last,
        leased: of.leased,
        used: of.used,
        other: of.other,
    });
    let series = series.collect();
    let versions: BTreeMap<EntityId, i64> = tx.entity_versions().await?.into_iter().collect();
    let version = |entity: &Entity| versions.get(&entity.id).copied().unwrap_or_default();
    let entities = tx.entities().await?;
    let seen = entities.first().map_or(0, version);
    let view = FirmView {
        entities: entities.iter().map(|e| EntityView::new(e, version(e))).collect(),
        methods: tx
            .methods()
            .await?
            .into_iter()
            .map(|m| MethodView {
                points: m.points.iter().map(|point| point.name.clone()).collect(),
                title: m.title,
                approved_by: m.approved_by,
            })
            .collect(),
        means: tx
            .means()
            .await?
            .into_iter()
            .map(|m| MeansView {
                id: m.id.to_string(),
                valid_until: m.valid_until.to_string(),
                title: m.title,
                number: m.number,
                serial_number: m.serial_number,
            })
            .collect(),
        types: tx.types().await?.len(),
        series,
    };
    Ok(Versioned(Json(view), seen))
}

/// Изменить реквизиты организации; `If-Match` — версия, которую видел администратор.
#[utoipa::path(put, path = "/v1/firm", tag = "организация", request_body = EntityView,
    params(("If-Match" = String, Header)), security(("bearer" = [])),
    responses((status = 204), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 428, body = ProblemBody)))]
pub(super) async fn change_entity(
    State(app): State<App>,
    Admin(by): Admin,
    seen: IfMatch,
    Json(new): Json<EntityView>,
) -> Outcome<Versioned<StatusCode>> {
    let id: EntityId = new.id.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = app.store.begin().await?;
    // Its row stays locked: of two administrators the second sees what the first wrote.
    tx.raise_reference_version().await?;
    let entity = tx.entity(id).await?.ok_or(Problem::NotFound)?;
    let version = entity_version(&mut tx, id).await?;
    seen.is_current(&mut tx, version, ("firm.changed", &new.id)).await?;
    let subject = new.id.clone();
    let entity = requisites(entity, new)?;
    tx.put_entity(&entity).await?;
    let about = (subject.as_str(), entity.name.as_str());
    audit::note(&app, &mut tx, &Actor::person(&by), "firm.changed", about).await?;
    let version = entity_version(&mut tx, id).await?;
    tx.commit().await?;
    app.changed();
    Ok(Versioned(StatusCode::NO_CONTENT, version))
}

async fn entity_version(tx: &mut Tx, id: EntityId) -> Outcome<i64> {
    let versions = tx.entity_versions().await?;
    Ok(versions.into_iter().find(|(entity, _)| *entity == id).map_or(0, |(_, version)| version))
}

/// The issuer with what was typed.
fn requisites(old: Entity, new: EntityView) -> Outcome<Entity> {
    if !Entity::sign_cipher_is_valid(&new.sign_cipher) {
        return Err(Problem::field("sign_cipher", "нужны 1–3 прописные русские буквы"));
    }
    let templates = [
        ("template_protocol", &new.template_protocol),
        ("template_certificate", &new.template_certificate),
        ("template_notice", &new.template_notice),
    ];
    for (field, template) in templates {
        check_template(template, &new.code)
            .map_err(|bad| Problem::field(field, bad.to_string()))?;
    }
    let text = |field, text: &str| fields::text(field, text, FIRM_TEXT_CHARS_MAX);
    Ok(Entity {
        name: fields::full("name", &new.name, FIRM_TEXT_CHARS_MAX)?,
        address: text("address", &new.address)?,
        accreditation: text("accreditation", &new.accreditation)?,
        sign_cipher: new.sign_cipher,
        code: text("code", &new.code)?,
        head: text("head", &new.head)?,
        phone: text("phone", &new.phone)?,
        specimen: new.specimen,
        templates: NumberTemplates {
            protocol: new.template_protocol,
            certificate: new.template_certificate,
            notice: new.template_notice,
        },
        ..old
    })
}

/// Утвердить методику для применения.
#[utoipa::path(post, path = "/v1/firm/methods/approve", tag = "организация", request_body = Approve,
    security(("bearer" = [])),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn approve_method(
    State(app): State<App>,
    Admin(by): Admin,
    Json(asked): Json<Approve>,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    let method = tx.methods().await?.into_iter().find(|m| m.title == asked.title);
    let mut method = method.ok_or(Problem::NotFound)?;
    method.approved_by = Some(by.name.clone());
    tx.put_method(&method).await?;
    let about = (method.title.as_str(), "");
    audit::note(&app, &mut tx, &Actor::person(&by), "method.approved", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Добавить средство поверки.
#[utoipa::path(post, path = "/v1/firm/means", tag = "организация", request_body = NewMeans,
    params(("Idempotency-Key" = Option<String>, Header)),
    security(("bearer" = [])),
    responses((status = 204), (status = 422, body = ProblemBody)))]
pub(super) async fn add_means(
    State(app): State<App>,
    Admin(by): Admin,
    Json(new): Json<NewMeans>,
) -> Outcome<StatusCode> {
    let means = means(&app, &new)?;
    let mut tx = app.store.begin().await?;
    tx.raise_reference_version().await?;
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

fn means(app: &App, new: &NewMeans) -> Outcome<Means> {
    let kind = match new.kind.as_str() {
        "mieta" => MeansKind::Mieta,
        "mis" => MeansKind::Mis,
        "uve" => MeansKind::Uve,
        _ => return Err(Problem::field("kind", "mieta, mis или uve")),
    };
    let valid_from = fields::day("valid_from", &new.valid_from)?;
    let valid_until = fields::day("valid_until", &new.valid_until)?;
    fields::in_order("valid_until", (valid_from, valid_until))?;
    Ok(Means {
        id: app.id(MeansId::new),
        kind,
        title: fields::text("title", &new.title, FIRM_TEXT_CHARS_MAX)?,
        number: fields::full("number", &new.number, 32)?,
        serial_number: fields::text(
            "serial_number",
            &new.serial_number,
            INSTRUMENT_TEXT_CHARS_MAX,
        )?,
        valid_from,
        valid_until,
        held_by: None,
    })
}

/// Вопрос и ответ для тех, кто в поле.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct FaqView {
    question: String,
    answer: String,
}

/// Вопросы и ответы фирмы; `ETag` — их версия.
#[utoipa::path(get, path = "/v1/firm/faq", tag = "организация", security(("bearer" = [])),
    responses((status = 200, body = [FaqView]), (status = 401, body = ProblemBody)))]
pub(super) async fn faq(
    _: Office,
    State(app): State<App>,
) -> Outcome<Versioned<Json<Vec<FaqView>>>> {
    let mut tx = app.store.read().await?;
    let faq = tx.faq().await?.into_iter();
    let faq = faq.map(|Faq { question, answer }| FaqView { question, answer }).collect();
    Ok(Versioned(Json(faq), tx.faq_version().await?))
}

/// Записать вопросы и ответы: они придут на все телефоны. `If-Match` — версия, которую видели.
#[utoipa::path(put, path = "/v1/firm/faq", tag = "организация", security(("bearer" = [])),
    params(("If-Match" = String, Header)), request_body = Vec<FaqView>,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 412, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
pub(super) async fn set_faq(
    Admin(by): Admin,
    State(app): State<App>,
    seen: IfMatch,
    Json(given): Json<Vec<FaqView>>,
) -> Outcome<Versioned<StatusCode>> {
    fields::list("faq", &given, FAQ_MAX)?;
    let one = |one: FaqView| {
        Ok::<_, Problem>(Faq {
            question: fields::full_line("question", &one.question, FAQ_CHARS_MAX)?,
            answer: fields::full_lines("answer", &one.answer, FAQ_CHARS_MAX)?,
        })
    };
    let faq: Vec<Faq> = given.into_iter().map(one).collect::<Outcome<_>>()?;
    let mut tx = app.store.begin().await?;
    tx.raise_reference_version().await?;
    let version = tx.faq_version().await?;
    seen.is_current(&mut tx, version, ("faq.changed", "faq")).await?;
    tx.set_faq(&faq).await?;
    let about = ("faq", &*format!("вопросов: {}", faq.len()));
    audit::note(&app, &mut tx, &Actor::person(&by), "faq.changed", about).await?;
    let version = tx.faq_version().await?;
    tx.commit().await?;
    app.changed();
    Ok(Versioned(StatusCode::NO_CONTENT, version))
}
