//! The firm: issuers, methods, the account of numbers.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::frame::Faq;
use vyezd_core::model::{Entity, EntityId, NumberTemplates, Window, check_template};

use super::extract::Json;
use super::kits::KitView;
use super::means::MeansView;
use super::version::{IfMatch, Versioned};
use super::{fields, zones};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Admin, Office};
use crate::code::Code;
use crate::dispatch;
use crate::limits::office::{FAQ_CHARS_MAX, FAQ_MAX, FIRM_TEXT_CHARS_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::{Tx, Waiting};

/// Everything about the firm.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "types": 41 }))]
pub(super) struct FirmView {
    /// Issuers.
    entities: Vec<EntityView>,
    /// Methods of verification.
    methods: Vec<MethodView>,
    /// Means of verification.
    means: Vec<MeansView>,
    /// Kits that they are carried in.
    kits: Vec<KitView>,
    /// The account of numbers.
    series: Vec<SeriesView>,
    /// How many types of instruments are known.
    types: usize,
}

/// An issuer: a legal person in whose name papers are made.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ca8695000753586f8eb511f5d966a", "name": "ООО «Водоучёт-Поверка»",
    "address": "410012, г. Саратов, ул. Московская, д. 66", "accreditation": "RA.RU.312345",
    "sign_cipher": "ВУП", "code": "ВМ", "head": "Громов А. С.", "phone": "+7 845 200-00-00",
    "template_protocol": "{код}-П-{ГГГГ}-{номер:6}",
    "template_certificate": "{код}-С-{ГГГГ}-{номер:6}",
    "template_notice": "{код}-И-{ГГГГ}-{номер:6}", "specimen": false, "hours": "08:00–21:00",
    "zone": "Europe/Saratov",
    "version": 3
}))]
pub(super) struct EntityView {
    /// The issuer.
    id: String,
    /// As papers print it.
    name: String,
    /// As papers print it.
    address: String,
    /// Number in the register of accredited persons.
    accreditation: String,
    /// Cipher of the verification mark, «шифр знака поверки»: 1 to 3 capital Russian letters.
    sign_cipher: String,
    /// Stands for `{код}` in templates.
    code: String,
    /// Who heads it.
    head: String,
    /// For clients.
    phone: String,
    /// How numbers of protocols are made.
    template_protocol: String,
    /// The same of certificates.
    template_certificate: String,
    /// The same of notices.
    template_notice: String,
    /// Every paper is stamped «ОБРАЗЕЦ».
    specimen: bool,
    /// Working hours, `08:00-21:00`: planned and paid orders are offered, and telephones ring, in
    /// these hours, both at the order's place and at the firm. `00:00-24:00`: at any time. Emergencies never
    /// wait. Absent: as they are.
    #[serde(default)]
    hours: String,
    /// IANA name of the zone of orders whose address names no place; absent: as it is.
    #[serde(default)]
    zone: String,
    /// For `If-Match`.
    #[serde(default)]
    version: i64,
}

impl EntityView {
    fn new(e: &Entity, version: i64, hours: Window) -> Self {
        Self {
            version,
            hours: hours.to_string(),
            zone: e.zone.name().to_owned(),
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

/// A method of verification.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "title": "МИ 1592-2015", "points": ["Qмин", "1,1Qп", "Qнаиб"],
    "approved_by": "Громов Андрей Сергеевич"
}))]
pub(super) struct MethodView {
    /// As papers print it.
    title: String,
    /// Its points, in their order.
    points: Vec<String>,
    /// Who approved it; absent: it must not be used yet.
    approved_by: Option<String>,
}

/// The account of a series of numbers.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "entity": "ООО «Водоучёт-Поверка»", "kind": "protocol", "year": 2026, "last": 240,
    "leased": 103, "used": 131, "other": 6
}))]
pub(super) struct SeriesView {
    /// The issuer's name.
    entity: String,
    /// What is numbered: `protocol`, `certificate` or `notice`.
    kind: &'static str,
    /// The year of the numbers.
    year: i64,
    /// Issued to phones up to this number.
    last: i64,
    /// On phones, not used yet.
    leased: i64,
    /// Stand on papers.
    used: i64,
    /// Spoiled, returned, sealed.
    other: i64,
}

/// Which method is approved.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "title": "МИ 1592-2015" }))]
pub(super) struct Approve {
    /// The method, by its title.
    title: String,
}

/// Show the firm.
///
/// Issuers, methods, means and the account of numbers. `ETag` is the version of the first issuer;
/// each issuer also has its own.
#[utoipa::path(get, path = "/v1/firm", operation_id = "get_firm", tag = "Firm",
    security(("office" = ["admin"])),
    responses((status = 200, description = "The firm", body = FirmView,
            headers(("ETag" = String, description = "The version, for `If-Match`")))))]
pub(super) async fn firm(State(app): State<App>, _: Admin) -> Outcome<Versioned<Json<FirmView>>> {
    let mut tx = app.store.read().await?;
    let series = tx.series_report().await?.into_iter().map(|of| SeriesView {
        kind: of.kind.code(),
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
    let mut views = Vec::new();
    for entity in &entities {
        let hours = tx.working_hours(entity.id).await?;
        views.push(EntityView::new(entity, version(entity), hours));
    }
    let means = tx.means().await?;
    let view = FirmView {
        entities: views,
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
        kits: tx.kits().await?.into_iter().map(|kit| KitView::new(kit, &means)).collect(),
        means: means.iter().map(MeansView::from).collect(),
        types: tx.types().await?.len(),
        series,
    };
    Ok(Versioned(Json(view), seen))
}

/// Change an issuer.
///
/// Papers that are made already stay as they are. A template of numbers that could look like a
/// record of the Fund is refused.
#[utoipa::path(put, path = "/v1/firm", operation_id = "change_issuer", tag = "Firm",
    params(("If-Match" = String, Header)), request_body = EntityView,
    security(("office" = ["admin"])), responses((status = 204, description = "Written",
            headers(("ETag" = String, description = "The version, for `If-Match`")))),
    extensions(("x-codes" = json!([Code::NotFound, Code::TooLong, Code::SignUnprintable]))))]
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
    let (zone, before) = (entity.zone, tx.working_hours(id).await?);
    let hours = if new.hours.trim().is_empty() { before } else { working_hours(&new.hours)? };
    let entity = requisites(entity, new)?;
    tx.put_entity(&entity).await?;
    tx.set_working_hours(id, hours).await?;
    if (hours, entity.zone) != (before, zone) {
        dispatch::look_again(&app, &mut tx, Waiting::Entity(id)).await?;
    }
    let about = (subject.as_str(), entity.name.as_str());
    audit::note(&app, &mut tx, &Actor::person(&by), "firm.changed", about).await?;
    let version = entity_version(&mut tx, id).await?;
    tx.commit().await?;
    app.changed();
    Ok(Versioned(StatusCode::NO_CONTENT, version))
}

/// Hours of a day; those over midnight are none, as the day of an order would be unclear.
fn working_hours(text: &str) -> Outcome<Window> {
    Window::parse(text).ok_or_else(|| {
        let words = "нужны часы одних суток: 08:00-21:00; круглосуточно — 00:00-24:00";
        Problem::field("hours", words)
    })
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
    let zone = match new.zone.as_str() {
        "" => old.zone,
        name => zones::parsed("zone", name)?,
    };
    Ok(Entity {
        zone,
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

/// Approve a method for use.
///
/// Phones do not use a method that nobody approved. It cannot be taken back.
#[utoipa::path(post, path = "/v1/firm/methods/approve", operation_id = "approve_method",
    tag = "Firm", request_body = Approve, security(("office" = ["admin"])),
    responses((status = 204, description = "Approved")),
    extensions(("x-codes" = json!([Code::NotFound]))))]
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

/// A question and its answer, for those in the field.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "question": "Клиент не пускает в квартиру?",
    "answer": "Позвоните диспетчеру и отметьте в визите «не попал»."
}))]
pub(super) struct FaqView {
    /// One line.
    question: String,
    /// Several lines.
    answer: String,
}

/// Show the firm's questions and answers.
///
/// `ETag` is their version, for `If-Match`.
#[utoipa::path(get, path = "/v1/firm/faq", operation_id = "get_faq", tag = "Firm",
    security(("office" = [])),
    responses((status = 200, description = "Questions and answers", body = Vec<FaqView>,
            headers(("ETag" = String, description = "The version, for `If-Match`")))))]
pub(super) async fn faq(
    _: Office,
    State(app): State<App>,
) -> Outcome<Versioned<Json<Vec<FaqView>>>> {
    let mut tx = app.store.read().await?;
    let faq = tx.faq().await?.into_iter();
    let faq = faq.map(|Faq { question, answer }| FaqView { question, answer }).collect();
    Ok(Versioned(Json(faq), tx.faq_version().await?))
}

/// Replace the firm's questions and answers.
///
/// The whole list. It reaches all phones with their next exchange.
#[utoipa::path(put, path = "/v1/firm/faq", operation_id = "set_faq", tag = "Firm",
    params(("If-Match" = String, Header)), request_body = Vec<FaqView>,
    security(("office" = ["admin"])), responses((status = 204, description = "Written",
            headers(("ETag" = String, description = "The version, for `If-Match`")))),
    extensions(("x-codes" = json!([Code::TooLong, [422, Code::TooMany]]))))]
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
