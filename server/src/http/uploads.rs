//! Photos over tus 1.0 (<https://tus.io/protocols/resumable-upload>): core, creation, checksum. Any tus
//! client can send; ours does too.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::frame::Limits;
use vyezd_core::model::PersonId;

use super::extract::Path;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::{Office, PhoneToken};
use crate::blobs::is_name;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::store;
use crate::store::PersonRow;
use crate::uploads::{self, Announced, UploadError};

/// The version of the protocol.
const TUS: &str = "1.0.0";
/// What a part's checksum may be made with; sha1 is what the protocol asks every server to know.
const ALGORITHMS: &str = "sha1,sha256";

/// The tus routes and the photos.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(options, create))
        .routes(routes!(offset, part))
        .layer(axum::middleware::map_response(speak_tus))
        .routes(routes!(photo))
}

/// Every answer says which tus is spoken, errors too; one that asks for another is told which there are.
async fn speak_tus(mut response: Response) -> Response {
    let version = HeaderValue::from_static(TUS);
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert("tus-version", version.clone());
    }
    response.headers_mut().insert("tus-resumable", version);
    response
}

/// A tus answer: the status and headers.
struct Tus(StatusCode, Vec<(&'static str, String)>);

impl IntoResponse for Tus {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        for (name, value) in [("cache-control", "no-store".to_owned())].into_iter().chain(self.1) {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn problem(error: UploadError) -> Problem {
    let message = error.to_string();
    match error {
        UploadError::NotYours => Problem::Forbidden,
        UploadError::TooLarge => Problem::Refused(Code::BlobTooLarge, message),
        UploadError::TooMany => Problem::TooMany,
        UploadError::OrderFull => Problem::Refused(Code::OrderPhotosFull, message),
        UploadError::Unknown => Problem::NotFound,
        UploadError::Offset => Problem::Refused(Code::OffsetOther, message),
        UploadError::Busy => Problem::Busy(60),
        UploadError::Checksum => Problem::Refused(Code::ChecksumOther, message),
        UploadError::Unreadable => Problem::Refused(Code::PhotoUnreadable, message),
        UploadError::Blob(error) => Problem::Internal(error.into()),
        UploadError::Store(error) => Problem::Internal(error.into()),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn version(headers: &HeaderMap) -> Outcome<()> {
    if text(headers, "tus-resumable") == Some(TUS) {
        Ok(())
    } else {
        Err(Problem::Refused(Code::TusVersion, format!("нужен tus {TUS}")))
    }
}

fn number(headers: &HeaderMap, name: &'static str) -> Outcome<u64> {
    let number = text(headers, name).and_then(|text| text.parse().ok());
    number.ok_or_else(|| Problem::field(name, "нужно целое число байт"))
}

/// Show what the reception of photos can do.
///
/// Photos come over tus 1.0 with the extensions creation and checksum.
#[utoipa::path(options, path = "/v1/uploads", operation_id = "get_upload_options", tag = "Photos",
    responses((status = 204, description = "See the headers",
            headers(("Tus-Version" = String, description = "Versions of tus"),
            ("Tus-Extension" = String, description = "Extensions"),
            ("Tus-Checksum-Algorithm" = String, description = "Algorithms of checksums"),
            ("Tus-Max-Size" = u64, description = "Bytes of the largest photo")))))]
pub(super) async fn options() -> impl IntoResponse {
    Tus(
        StatusCode::NO_CONTENT,
        vec![
            ("tus-version", TUS.to_owned()),
            ("tus-extension", "creation,checksum".to_owned()),
            ("tus-checksum-algorithm", ALGORITHMS.to_owned()),
            ("tus-max-size", Limits::default().blob_bytes.to_string()),
        ],
    )
}

/// Begin or resume the upload of a photo.
///
/// The same order and photo of the same phone are the same upload: `Upload-Offset` says how much
/// is here already.
#[utoipa::path(post, path = "/v1/uploads", operation_id = "begin_upload", tag = "Photos",
    params(("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Length" = u64, Header, description = "Bytes of the whole photo"),
        ("Upload-Metadata" = String, Header,
            description = "`sha256` and `order`, comma between: name, space, base64 of the value")),
    security(("phone" = [])), responses((status = 201, description = "The upload",
            headers(("Location" = String, description = "Where parts go: `/v1/uploads/{id}`"),
            ("Upload-Offset" = u64, description = "Bytes that are here")))),
    extensions(("x-codes" = json!([Code::FieldInvalid, Code::Forbidden,
        Code::BlobTooLarge, Code::OrderPhotosFull, Code::TusVersion, Code::ChecksumOther,
        Code::TooMany]))))]
pub(super) async fn create(
    State(app): State<App>,
    PhoneToken(device): PhoneToken,
    headers: HeaderMap,
) -> Outcome<Response> {
    version(&headers)?;
    let metadata = text(&headers, "upload-metadata").unwrap_or_default();
    let field = |name: &'static str| {
        let value = metadata.split(',').find_map(|pair| pair.trim().strip_prefix(name));
        value.and_then(|value| base64(value.trim())).and_then(|bytes| String::from_utf8(bytes).ok())
    };
    let sha256 = field("sha256 ").filter(|name| is_name(name));
    let order = field("order ").and_then(|order| order.parse().ok());
    let announced = Announced {
        order: order.ok_or_else(|| Problem::field("order", "нужен номер заявки в системе"))?,
        sha256: sha256
            .ok_or_else(|| Problem::field("sha256", "нужны 64 шестнадцатеричных знака"))?,
        bytes: number(&headers, "upload-length")?,
    };
    let row = app.store.read().await?.phone_status(device).await?;
    let row = row.ok_or(Problem::Unauthorized(Code::TokenExpired))?;
    let person = store::id(&row.person_id, PersonId::from_bytes)?;
    let from = uploads::From { device, person, shut_out: row.shut_out_since(app.now().0) };
    let upload = uploads::begin(&app, from, &announced).await.map_err(problem)?;
    let made = vec![
        ("location", format!("/v1/uploads/{}", upload.id)),
        ("upload-offset", upload.received.to_string()),
    ];
    Ok(Tus(StatusCode::CREATED, made).into_response())
}

/// Show how much of a photo has arrived.
#[utoipa::path(head, path = "/v1/uploads/{id}", operation_id = "get_upload_offset", tag = "Photos",
    params(("Tus-Resumable" = String, Header, description = "`1.0.0`")), security(("phone" = [])),
    responses((status = 200, description = "See the headers",
            headers(("Upload-Offset" = u64, description = "Bytes that are here"),
            ("Upload-Length" = u64, description = "Bytes of the whole photo")))),
    extensions(("x-codes" = json!([Code::TusVersion]))))]
pub(super) async fn offset(
    State(app): State<App>,
    PhoneToken(device): PhoneToken,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Outcome<Response> {
    version(&headers)?;
    let upload = uploads::find(&app, device, &id).await.map_err(problem)?;
    let told = vec![
        ("upload-offset", upload.received.to_string()),
        ("upload-length", upload.bytes.to_string()),
    ];
    Ok(Tus(StatusCode::OK, told).into_response())
}

/// Send the next part of a photo.
///
/// What arrives before a connection breaks is kept; a part with a checksum counts whole or not at
/// all. With the last part the photo is compared with its SHA-256 and must be a picture.
#[utoipa::path(patch, path = "/v1/uploads/{id}", operation_id = "send_upload_part", tag = "Photos",
    params(("Tus-Resumable" = String, Header, description = "`1.0.0`"),
        ("Upload-Offset" = u64, Header, description = "Where the part begins"),
        ("Upload-Checksum" = Option<String>, Header,
            description = "`sha1` or `sha256`, a space, the sum in base64")),
    request_body(content = String, content_type = "application/offset+octet-stream"),
    security(("phone" = [])), responses((status = 204, description = "How much is here now",
            headers(("Upload-Offset" = u64, description = "Bytes that are here")))),
    extensions(("x-codes" = json!([Code::FieldInvalid, Code::TusVersion,
        Code::ContentType, Code::ChecksumUnknown, Code::OffsetOther, Code::BlobTooLarge,
        Code::ChecksumOther, Code::PhotoUnreadable, Code::Busy]))))]
pub(super) async fn part(
    State(app): State<App>,
    PhoneToken(device): PhoneToken,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Outcome<Response> {
    version(&headers)?;
    if text(&headers, "content-type") != Some("application/offset+octet-stream") {
        let words = "нужен тип application/offset+octet-stream".to_owned();
        return Err(Problem::Refused(Code::ContentType, words));
    }
    let at = number(&headers, "upload-offset")?;
    let checksum = text(&headers, "upload-checksum").map(Checksum::parse).transpose()?;
    let (bytes, whole) = receive(body).await?;
    match checksum {
        // A part with a checksum counts whole or not at all.
        Some(checksum) if !whole || !checksum.fits(&bytes) => {
            return Err(problem(UploadError::Checksum));
        }
        _ => {}
    }
    let received = uploads::go_on(&app, device, (&id, at), bytes).await.map_err(problem)?;
    Ok(Tus(StatusCode::NO_CONTENT, vec![("upload-offset", received.to_string())]).into_response())
}

/// What of a body arrived, and whether that is all: a connection that breaks off in the middle has
/// brought something, and it is kept.
async fn receive(body: Body) -> Outcome<(Vec<u8>, bool)> {
    let most = Limits::default().part_bytes as usize;
    let (mut bytes, mut stream) = (Vec::new(), body.into_data_stream());
    while let Some(piece) = stream.next().await {
        let Ok(piece) = piece else { return Ok((bytes, false)) };
        if bytes.len() + piece.len() > most {
            let words = "часть больше, чем принимает сервер".to_owned();
            return Err(Problem::Refused(Code::PartTooLarge, words));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok((bytes, true))
}

enum Checksum {
    Sha1(Vec<u8>),
    Sha256(Vec<u8>),
}

impl Checksum {
    fn parse(text: &str) -> Outcome<Self> {
        let wrong =
            || Problem::Refused(Code::ChecksumUnknown, format!("контрольная сумма: {ALGORITHMS}"));
        let (algorithm, value) = text.split_once(' ').ok_or_else(wrong)?;
        let value = base64(value).ok_or_else(wrong)?;
        match algorithm {
            "sha1" => Ok(Self::Sha1(value)),
            "sha256" => Ok(Self::Sha256(value)),
            _ => Err(wrong()),
        }
    }

    fn fits(&self, bytes: &[u8]) -> bool {
        use sha1::Digest as _;
        match self {
            Self::Sha1(sum) => sha1::Sha1::digest(bytes).as_slice() == sum,
            Self::Sha256(sum) => vyezd_core::codec::sha256(bytes).as_slice() == sum,
        }
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// Download a photo.
///
/// For the office, and for phones of whoever works on its order. The journal keeps which of the
/// office took it.
#[utoipa::path(get, path = "/v1/photos/{sha256}", operation_id = "download_photo", tag = "Photos",
    security(("office" = []), ("phone" = [])), responses((status = 200, description = "The photo",
            body = String, content_type = "image/jpeg")))]
pub(super) async fn photo(
    State(app): State<App>,
    viewer: Viewer,
    Path(sha256): Path<String>,
) -> Outcome<Response> {
    let mut tx = app.store.read().await?;
    let may = match &viewer {
        Viewer::Office(_) => tx.photo_known(&sha256).await?,
        Viewer::Person(person) => tx.photo_for(*person, &sha256).await?,
    };
    drop(tx);
    if !may {
        return Err(Problem::NotFound);
    }
    let bytes = app.blobs.get(&sha256).await?;
    if let Viewer::Office(by) = &viewer {
        audit::note_alone(&app, &Actor::person(by), "photo.downloaded", (&sha256, "")).await?;
    }
    let kind = vyezd_core::picture::read(&bytes).map(|picture| picture.format.media_type());
    let kind = kind.unwrap_or("application/octet-stream");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes).into_response())
}

/// Who looks at a photo.
pub(super) enum Viewer {
    /// The office sees all orders.
    Office(Box<PersonRow>),
    /// A phone sees what its person works on.
    Person(PersonId),
}

impl axum::extract::FromRequestParts<App> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &App,
    ) -> Outcome<Self> {
        if let Ok(Office(by)) = Office::from_request_parts(parts, app).await {
            return Ok(Self::Office(Box::new(by)));
        }
        let PhoneToken(device) = PhoneToken::from_request_parts(parts, app).await?;
        let row = app.store.read().await?.phone_status(device).await?;
        let row = row.filter(|row| row.active && row.revoked_at.is_none());
        let row = row.ok_or(Problem::Unauthorized(Code::TokenExpired))?;
        Ok(Self::Person(store::id(&row.person_id, PersonId::from_bytes)?))
    }
}
