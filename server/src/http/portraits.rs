//! Portraits of people: the client sees on the phone, without a network too, who came.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::codec::{hex, sha256};
use vyezd_core::model::PersonId;
use vyezd_core::picture::{Format, decode};

use super::extract::{Path, Whole};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{ActivePhone, Admin, Office};
use crate::code::Code;
use crate::limits::office::{PORTRAIT_BYTES_MAX, PORTRAIT_PIXELS_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::{PersonRow, Portrait, Tx};

/// The routes of portraits.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(of_person, put, remove)).routes(routes!(own))
}

/// Show a person's portrait.
///
/// `ETag` changes with the picture; 404 where there is none.
#[utoipa::path(get, path = "/v1/people/{person}/portrait", operation_id = "get_portrait",
    tag = "People", security(("office" = [])),
    responses((status = 200, description = "The portrait", body = String,
            content_type = "image/jpeg",
            headers(("ETag" = String, description = "For `If-None-Match`"))),
        (status = 304, description = "It is the one of `If-None-Match`")))]
pub(super) async fn of_person(
    State(app): State<App>,
    _: Office,
    Path(person): Path<PersonId>,
    headers: HeaderMap,
) -> Outcome<Response> {
    shown(&app, person, &headers).await
}

/// Show the portrait of the phone's person.
///
/// The phone keeps it for the client who signs without a network. 404 where there is none.
#[utoipa::path(get, path = "/v1/portrait", operation_id = "get_own_portrait", tag = "Phones",
    security(("phone" = [])),
    responses((status = 200, description = "The portrait", body = String,
            content_type = "image/jpeg",
            headers(("ETag" = String, description = "For `If-None-Match`"))),
        (status = 304, description = "It is the one of `If-None-Match`")))]
pub(super) async fn own(
    State(app): State<App>,
    ActivePhone(device): ActivePhone,
    headers: HeaderMap,
) -> Outcome<Response> {
    let phone = app.store.read().await?.device(device).await?.ok_or(Problem::NotFound)?;
    shown(&app, phone.person, &headers).await
}

async fn shown(app: &App, person: PersonId, headers: &HeaderMap) -> Outcome<Response> {
    let portrait = app.store.read().await?.portrait(person).await?.ok_or(Problem::NotFound)?;
    let tag = format!("\"{}\"", portrait.sha256);
    let seen = headers.get(header::IF_NONE_MATCH).is_some_and(|seen| *seen == *tag);
    let common = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if seen {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "image/jpeg")];
    Ok((common, kind, portrait.picture).into_response())
}

/// Set a portrait.
///
/// A JPEG of at most 150 kB and 1024 pixels a side; the page makes one of any photo.
#[utoipa::path(put, path = "/v1/people/{person}/portrait", operation_id = "set_portrait",
    tag = "People", request_body(content = String, content_type = "image/jpeg"),
    security(("office" = ["admin"])), responses((status = 204, description = "Set")),
    extensions(("x-codes" = json!([Code::BlobTooLarge, Code::PhotoUnreadable]))))]
pub(super) async fn put(
    State(app): State<App>,
    Admin(by): Admin,
    Path(person): Path<PersonId>,
    Whole(picture): Whole,
) -> Outcome<StatusCode> {
    if picture.len() > PORTRAIT_BYTES_MAX {
        let words = format!("снимок больше {} кБ", PORTRAIT_BYTES_MAX / 1024);
        return Err(Problem::Refused(Code::BlobTooLarge, words));
    }
    let small = |(width, height): (u32, u32)| width.max(height) <= PORTRAIT_PIXELS_MAX;
    let read = vyezd_core::picture::read(&picture)
        .filter(|of| of.format == Format::Jpeg && of.size.is_some_and(small));
    if read.is_none() || decode(&picture).is_none() {
        let words = format!("нужен снимок JPEG не больше {PORTRAIT_PIXELS_MAX} точек по стороне");
        return Err(Problem::Refused(Code::PhotoUnreadable, words));
    }
    let mut tx = app.store.begin().await?;
    let row = tx.person(person).await?.ok_or(Problem::NotFound)?;
    let sha256 = hex(&sha256(&picture));
    tx.put_portrait(person, &Portrait { sha256, picture: picture.to_vec() }).await?;
    note(&app, &mut tx, &by, ("person.portrait", &row)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a portrait.
#[utoipa::path(delete, path = "/v1/people/{person}/portrait", operation_id = "remove_portrait",
    tag = "People", security(("office" = ["admin"])),
    responses((status = 204, description = "Removed")))]
pub(super) async fn remove(
    State(app): State<App>,
    Admin(by): Admin,
    Path(person): Path<PersonId>,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    let row = tx.person(person).await?.ok_or(Problem::NotFound)?;
    if !tx.drop_portrait(person).await? {
        return Err(Problem::NotFound);
    }
    note(&app, &mut tx, &by, ("person.portrait_removed", &row)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn note(
    app: &App,
    tx: &mut Tx,
    by: &PersonRow,
    (kind, of): (&'static str, &PersonRow),
) -> Outcome<()> {
    let about = (&*of.id.to_string(), of.name.as_str());
    Ok(audit::note(app, tx, &Actor::person(by), kind, about).await?)
}
