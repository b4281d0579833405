//! `Idempotency-Key`: the same request of the same person twice is made once, and answered twice. One
//! place for everything that makes something; a request without the key is made each time.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use vyezd_core::codec::{hex, sha256};
use vyezd_core::model::PersonId;

use crate::app::App;
use crate::auth::Office;
use crate::code::Code;
use crate::entropy::random_bytes;
use crate::limits::office::{
    BODY_BYTES_MAX, KEY_ANSWER_BYTES_MAX, KEY_CHARS_MAX, KEY_DAY_S, KEY_WAIT_MS, KEYS_MAX,
};
use crate::problem::{Outcome, Problem};
use crate::store::{MadeAnswer, MadeKey, MadeRow};

const NAME: &str = "idempotency-key";
/// How often somebody who waits for the first of two requests looks.
const LOOK_MS: u64 = 50;

/// Whose request it is, under which key. The key itself is not kept: it opens the answer, which may hold a code or a
/// token.
#[derive(Clone)]
struct Claim {
    caller: PersonId,
    /// What stands in the database for the key.
    name: String,
    /// What the answer is kept under.
    secret: [u8; 32],
}

impl Claim {
    fn new(caller: PersonId, key: &str) -> Self {
        let derive = |context: &[u8]| sha256(&[context, caller.bytes(), key.as_bytes()].concat());
        let (name, secret) = (derive(b"vyezd-once-name-1 "), derive(b"vyezd-once-answer-1 "));
        Self { caller, name: hex(&name), secret }
    }

    fn close(&self, body: &[u8]) -> Vec<u8> {
        let nonce = random_bytes::<24>();
        let closed = XChaCha20Poly1305::new(&self.secret.into()).encrypt(&nonce.into(), body);
        [nonce.as_slice(), &closed.unwrap_or_default()].concat()
    }

    fn open(&self, kept: &[u8]) -> Option<Vec<u8>> {
        let (nonce, closed) = kept.split_first_chunk::<24>()?;
        XChaCha20Poly1305::new(&self.secret.into()).decrypt(&(*nonce).into(), closed).ok()
    }

    fn name(&self) -> MadeKey<'_> {
        MadeKey { caller: self.caller, key: &self.name }
    }
}

/// Makes a request once.
pub(super) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(NAME) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    // Whoever may not ask is told so by the handler.
    let Ok(Office(by)) = Office::from_request_parts(&mut parts, &app).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    let answer = keyed(app, by.id, (parts, body), next).await;
    answer.unwrap_or_else(IntoResponse::into_response)
}

async fn keyed(
    app: App,
    caller: PersonId,
    (parts, body): (Parts, Body),
    next: Next,
) -> Outcome<Response> {
    let key = parts.headers.get(NAME).and_then(|key| key.to_str().ok()).unwrap_or_default();
    if key.is_empty() || key.len() > KEY_CHARS_MAX {
        let words = format!("ключ от 1 до {KEY_CHARS_MAX} знаков");
        return Err(Problem::Field("Idempotency-Key", Code::IdempotencyKey, words));
    }
    let claim = Claim::new(caller, key);
    let body = to_bytes(body, BODY_BYTES_MAX).await;
    let body = body.map_err(|_| {
        Problem::Field("body", Code::BodyUnreadable, "тело запроса не читается".to_owned())
    })?;
    let digest = digest(&parts, &body);
    if !claimed(&app, &claim, &digest).await? {
        return known(&app, &claim, &digest).await;
    }
    let request = Request::from_parts(parts, Body::from(body));
    // A client that goes away takes nothing with it: what is begun is finished, and its answer kept.
    let freed = (app.clone(), claim.clone());
    match tokio::spawn(make(app, claim, request, next)).await {
        Ok(answer) => answer,
        Err(error) => {
            free(&freed.0, &freed.1).await?;
            Err(Problem::ours(error))
        }
    }
}

fn digest(parts: &Parts, body: &Bytes) -> [u8; 32] {
    let place = format!("{} {}\n", parts.method, parts.uri);
    sha256(&[place.as_bytes(), body].concat())
}

async fn claimed(app: &App, claim: &Claim, digest: &[u8]) -> Outcome<bool> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    if tx.count_keys(claim.caller).await? >= KEYS_MAX {
        return Err(Problem::TooMany);
    }
    let claimed = tx.claim_key(claim.name(), digest, (now, now.plus_s(-KEY_DAY_S))).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Somebody asked under this key before: the same again, or it is another request.
async fn known(app: &App, claim: &Claim, digest: &[u8]) -> Outcome<Response> {
    let mut waited = 0;
    loop {
        let row = app.store.read().await?.made(claim.name()).await?;
        match row {
            // The first of the two was refused, so nothing was made.
            None => return Err(running()),
            Some(row) if row.request != digest => {
                let words = "этот ключ уже был у другого запроса".to_owned();
                return Err(Problem::Field("Idempotency-Key", Code::IdempotencyMismatch, words));
            }
            Some(row) if row.status.is_some() => return again(claim, row),
            Some(_) if waited >= KEY_WAIT_MS => return Err(running()),
            Some(_) => {
                tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
                waited += LOOK_MS;
            }
        }
    }
}

/// A server that was killed meanwhile does not know either: nothing is made a second time.
fn running() -> Problem {
    let words =
        "такой запрос уже выполняется или был прерван: посмотрите, сделано ли то, что нужно";
    Problem::Refused(Code::IdempotencyRunning, words.to_owned())
}

fn again(claim: &Claim, row: MadeRow) -> Outcome<Response> {
    let body = claim.open(&row.body.unwrap_or_default()).ok_or_else(running)?;
    let status = row.status.and_then(|status| StatusCode::from_u16(status as u16).ok());
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status.unwrap_or(StatusCode::OK);
    if let Some(kind) = row.kind.and_then(|kind| HeaderValue::from_str(&kind).ok()) {
        answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    answer.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(answer)
}

async fn make(app: App, claim: Claim, request: Request, next: Next) -> Outcome<Response> {
    let (parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if parts.status.is_success() && body.len() <= KEY_ANSWER_BYTES_MAX {
        let body = &claim.close(&body);
        let answer = MadeAnswer { status: parts.status.as_u16(), kind, body };
        let mut tx = app.store.begin().await?;
        tx.keep_made(claim.name(), answer).await?;
        tx.commit().await?;
    } else if !parts.status.is_success() {
        free(&app, &claim).await?;
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

async fn free(app: &App, claim: &Claim) -> Outcome<()> {
    let mut tx = app.store.begin().await?;
    tx.free_key(claim.name()).await?;
    Ok(tx.commit().await?)
}
