//! The firm: issuers, methods, means, the account of numbers.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::frame::Faq;
use vyezd_core::model::{
    Entity, EntityId, LegalDate, Means, MeansId, MeansKind, NumberKind, NumberTemplates,
    check_template,
};

use super::extract::Json;
use crate::app::App;
use crate::auth::{Admin, Office};
use crate::problem::{Outcome, Problem, ProblemBody};

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
}

impl From<&Entity> for EntityView {
    fn from(e: &Entity) -> Self {
        Self {
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

/// A method.
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

/// Организация: реквизиты, методики, средства поверки, номера.
#[utoipa::path(get, path = "/v1/firm", tag = "организация", security(("bearer" = [])),
    responses((status = 200, body = FirmView)))]
pub(super) async fn firm(State(app): State<App>, _: Office) -> Outcome<Json<FirmView>> {
    let mut tx = app.store.read().await?;
    let series = tx.series_report().await?.into_iter().map(
        |(entity, kind, year, last, leased, used, other)| SeriesView {
            kind: NumberKind::parse(&kind).map_or(kind, |kind| kind.russian().to_owned()),
            entity,
            year,
            last,
            leased,
            used,
            other,
        },
    );
    let series = series.collect();
    Ok(Json(FirmView {
        entities: tx.entities().await?.iter().map(EntityView::from).collect(),
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
    }))
}

/// Изменить реквизиты организации.
#[utoipa::path(put, path = "/v1/firm", tag = "организация", request_body = EntityView,
    security(("bearer" = [])),
    responses((status = 204), (status = 422, body = ProblemBody)))]
pub(super) async fn change_entity(
    State(app): State<App>,
    _: Admin,
    Json(new): Json<EntityView>,
) -> Outcome<axum::http::StatusCode> {
    let id: EntityId = new.id.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = app.store.begin().await?;
    let mut entity = tx.entity(id).await?.ok_or(Problem::NotFound)?;
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
    entity.name = new.name;
    entity.address = new.address;
    entity.accreditation = new.accreditation;
    entity.sign_cipher = new.sign_cipher;
    entity.code = new.code;
    entity.head = new.head;
    entity.phone = new.phone;
    entity.specimen = new.specimen;
    entity.templates = NumberTemplates {
        protocol: new.template_protocol,
        certificate: new.template_certificate,
        notice: new.template_notice,
    };
    tx.put_entity(&entity).await?;
    tx.commit().await?;
    app.changed();
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Утвердить методику для применения.
#[utoipa::path(post, path = "/v1/firm/methods/approve", tag = "организация", request_body = Approve,
    security(("bearer" = [])),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn approve_method(
    State(app): State<App>,
    Admin(by): Admin,
    Json(asked): Json<Approve>,
) -> Outcome<axum::http::StatusCode> {
    let mut tx = app.store.begin().await?;
    let method = tx.methods().await?.into_iter().find(|m| m.title == asked.title);
    let mut method = method.ok_or(Problem::NotFound)?;
    method.approved_by = Some(by.name);
    tx.put_method(&method).await?;
    tx.commit().await?;
    app.changed();
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Добавить средство поверки.
#[utoipa::path(post, path = "/v1/firm/means", tag = "организация", request_body = NewMeans,
    security(("bearer" = [])),
    responses((status = 204), (status = 422, body = ProblemBody)))]
pub(super) async fn add_means(
    State(app): State<App>,
    _: Admin,
    Json(new): Json<NewMeans>,
) -> Outcome<axum::http::StatusCode> {
    let kind = match new.kind.as_str() {
        "mieta" => MeansKind::Mieta,
        "mis" => MeansKind::Mis,
        "uve" => MeansKind::Uve,
        _ => return Err(Problem::field("kind", "mieta, mis или uve")),
    };
    let date = |field, text: &str| {
        LegalDate::parse(text).ok_or_else(|| Problem::field(field, "нужна дата ГГГГ-ММ-ДД"))
    };
    let number = new.number.trim();
    if number.is_empty() || number.chars().count() > 32 {
        return Err(Problem::field("number", "от 1 до 32 знаков"));
    }
    let means = Means {
        id: app.id(MeansId::new),
        kind,
        title: new.title.trim().to_owned(),
        number: number.to_owned(),
        serial_number: new.serial_number.trim().to_owned(),
        valid_from: date("valid_from", &new.valid_from)?,
        valid_until: date("valid_until", &new.valid_until)?,
        held_by: None,
    };
    let mut tx = app.store.begin().await?;
    tx.put_means(&means).await?;
    tx.commit().await?;
    app.changed();
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Вопрос и ответ для тех, кто в поле.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct FaqView {
    question: String,
    answer: String,
}

/// Most questions of a firm.
const FAQ_MAX: usize = 100;
/// Longest question or answer, characters.
const FAQ_CHARS_MAX: usize = 2_000;

/// Вопросы и ответы фирмы.
#[utoipa::path(get, path = "/v1/firm/faq", tag = "организация", security(("bearer" = [])),
    responses((status = 200, body = [FaqView]), (status = 401, body = ProblemBody)))]
pub(super) async fn faq(_: Office, State(app): State<App>) -> Outcome<Json<Vec<FaqView>>> {
    let faq = app.store.read().await?.faq().await?.into_iter();
    Ok(Json(faq.map(|Faq { question, answer }| FaqView { question, answer }).collect()))
}

/// Записать вопросы и ответы: они придут на все телефоны.
#[utoipa::path(put, path = "/v1/firm/faq", tag = "организация", security(("bearer" = [])),
    request_body = Vec<FaqView>,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn set_faq(
    _: Office,
    State(app): State<App>,
    Json(given): Json<Vec<FaqView>>,
) -> Outcome<StatusCode> {
    let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= FAQ_CHARS_MAX;
    if given.len() > FAQ_MAX {
        return Err(Problem::field("faq", format!("Не больше {FAQ_MAX} вопросов")));
    }
    if given.iter().any(|one| !fits(&one.question) || !fits(&one.answer)) {
        let words = format!("Вопрос и ответ нужны оба, не длиннее {FAQ_CHARS_MAX} знаков");
        return Err(Problem::field("faq", words));
    }
    let faq: Vec<Faq> =
        given.into_iter().map(|one| Faq { question: one.question, answer: one.answer }).collect();
    let mut tx = app.store.begin().await?;
    tx.set_faq(&faq).await?;
    tx.commit().await?;
    app.changed();
    Ok(StatusCode::NO_CONTENT)
}
