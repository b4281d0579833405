//! `POST /v1/sync`: carries the session machine's effects out over the database.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use vyezd_core::doc::seal::sha256;
use vyezd_core::frame::{
    Ask, Command, Cursor, DocUpdate, REQUEST_BYTES_MAX, Receipt, ReceiptOutcome, Request, Response,
    decode, encode,
};
use vyezd_core::model::{InstallId, Timestamp};
use vyezd_core::session::{self, Author, Commit, Effect, Input, Loaded, Plan, Pull, Session};

use crate::app::App;
use crate::auth::Phone;
use crate::dispatch::{self, Answer, By};
use crate::docs;
use crate::problem::{Outcome, Problem};
use crate::store::{StoreError, Tx};
use crate::verification::{leases, project};

/// Обмен телефона с сервером: один запрос, один ответ (CBOR, docs/sync-protocol.md).
#[utoipa::path(post, path = "/v1/sync", tag = "телефоны", security(("bearer" = [])),
    request_body(content = Vec<u8>, content_type = "application/cbor"),
    responses((status = 200, body = Vec<u8>, content_type = "application/cbor")))]
pub(super) async fn sync(
    State(app): State<App>,
    phone: Phone,
    body: Bytes,
) -> Outcome<impl IntoResponse> {
    if body.len() > REQUEST_BYTES_MAX {
        return Err(Problem::Field("body", "request_too_large", "запрос больше 1 МБ".to_owned()));
    }
    let request: Request = decode(&body).map_err(|e| {
        Problem::Field("body", "request_unreadable", format!("запрос не читается: {e}"))
    })?;
    let install = request.install;
    let response = talk(&app, &phone, install, request).await?;
    Ok(([(header::CONTENT_TYPE, "application/cbor")], encode(&response)))
}

async fn talk(app: &App, phone: &Phone, install: InstallId, request: Request) -> Outcome<Response> {
    let mut session = Session::default();
    let mut tx = app.store.begin().await?;
    tx.seen_device(phone.device, app.now().0).await?;
    let mut next = Input::Request(Box::new(request));
    loop {
        let effect = session.handle(app.now(), next).into_iter().next();
        next = match effect {
            Some(Effect::Load(plan)) => Input::Loaded(load(&mut tx, install, &plan).await?),
            Some(Effect::Commit(commit)) => {
                let wrote = !commit.appends.is_empty() || !commit.commands.is_empty();
                let receipts = write(app, &mut tx, phone, install, commit).await?;
                tx.commit().await?;
                if wrote {
                    app.changed();
                }
                tx = app.store.begin().await?;
                Input::Committed(receipts)
            }
            Some(Effect::Pull(pull)) => {
                let page = page(app, &mut tx, phone, &pull).await?;
                tx.commit().await?;
                tx = app.store.read().await?;
                Input::Pulled(Box::new(page))
            }
            Some(Effect::Respond(response)) => return Ok(*response),
            None => return Err(anyhow::anyhow!("the session stopped without an answer").into()),
        };
    }
}

async fn load(tx: &mut Tx, install: InstallId, plan: &Plan) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    for item in &plan.items {
        loaded.receipts.extend(tx.receipt(install, *item).await?);
    }
    for device in &plan.devices {
        if let Some(row) = tx.device(*device).await? {
            let author =
                Author { key: row.key, person: row.person, revoked: row.revoked_at.is_some() };
            loaded.devices.insert(*device, author);
        }
    }
    for order in &plan.docs {
        tx.lock_order(*order).await?;
        if tx.lock_doc(*order).await? {
            loaded.docs.insert(*order, tx.chunks(*order, 0).await?.concat());
            loaded.visits.insert(*order, tx.visits(*order).await?);
        }
    }
    Ok(loaded)
}

async fn write(
    app: &App,
    tx: &mut Tx,
    phone: &Phone,
    install: InstallId,
    commit: Commit,
) -> Result<Vec<Receipt>, StoreError> {
    let now = app.now();
    let mut touched = Vec::new();
    for append in commit.appends {
        let mut seq = 0;
        for change in &append.batch.changes {
            seq = tx.append_chunk(append.order, Some(append.device), change).await?;
        }
        tx.keep_batch(&append.batch, seq).await?;
        if !touched.contains(&append.order) {
            touched.push(append.order);
        }
    }
    for (batch, receipt) in &commit.refused {
        tx.keep_refused(batch, receipt, now.0).await?;
        let order = tx.order(batch.doc).await?;
        if order.is_some() {
            let what = format!("Изменения с телефона не приняты: {}", receipt.message);
            tx.note(batch.doc, now, &phone.person.name, &what).await?;
        }
    }
    let mut receipts = commit.receipts;
    let mut ledger = Vec::new();
    for command in commit.commands {
        let receipt = decide(app, tx, phone, command).await?;
        ledger.push(receipt.clone());
        receipts.push(receipt);
    }
    for order in touched {
        project::project(app, tx, order).await?;
    }
    for receipt in &receipts {
        tx.put_receipt(install, receipt, now.0).await?;
    }
    Ok(ledger)
}

/// One command of the ledger.
async fn decide(
    app: &App,
    tx: &mut Tx,
    phone: &Phone,
    command: Command,
) -> Result<Receipt, StoreError> {
    let ok = session::receipt(command.id, ReceiptOutcome::Ok, "", "");
    let refused = |code: &str, words: &str| {
        session::receipt(command.id, ReceiptOutcome::Refused, code, words)
    };
    // A phone's clock is evidence; it cannot place an event in the future.
    let at = Timestamp(command.at.at.0.min(app.now().0));
    match command.ask {
        Ask::OfferDelivered { offer }
        | Ask::OfferSeen { offer }
        | Ask::AnswerOffer { offer, .. } => {
            let row = tx.offer(offer).await?.filter(|row| row.person == phone.person.id);
            let Some(row) = row else {
                return Ok(refused("offer_unknown", "такого предложения нет"));
            };
            match command.ask {
                Ask::OfferDelivered { .. } => tx.note_delivered(offer, at).await?,
                Ask::OfferSeen { .. } => tx.note_seen(offer, at).await?,
                Ask::AnswerOffer { accept, reason, .. } => {
                    let reason = words(&reason);
                    let given = Answer { offer, accept, by: By::App, at, reason };
                    dispatch::answer(app, tx, row.order, given).await?;
                }
                Ask::SpoilNumber { .. } => {}
            }
            Ok(ok)
        }
        Ask::SpoilNumber { lease, number, reason } => {
            let held = tx.lease(lease).await?.filter(|(lease, device)| {
                *device == phone.device && (lease.first..=lease.last).contains(&number)
            });
            let Some((lease, _)) = held else {
                return Ok(refused("number_not_yours", "номер не выдан этому телефону"));
            };
            let series = (lease.entity, lease.kind, lease.year, number);
            let reason = words(&reason);
            if tx.use_number(series, "spoiled", None, &reason).await? {
                Ok(ok)
            } else {
                Ok(refused("number_used", "номер уже использован"))
            }
        }
    }
}

/// A person's words, cut and without what a database refuses.
fn words(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(500).collect()
}

/// What the phone does not know yet. Nothing changed: one row read, no document loaded.
async fn page(app: &App, tx: &mut Tx, phone: &Phone, pull: &Pull) -> Result<Response, StoreError> {
    let person = &phone.person;
    let epoch = epoch(app, tx).await?;
    // A cursor of another data set is worth nothing: everything is told anew.
    let after = if pull.cursor.epoch == epoch { pull.cursor.seq as i64 } else { 0 };
    let holder = (pull.install, phone.device);
    let leases = leases::top_up(app, tx, holder, person, &pull.leases).await?;
    let version = tx.reference_version().await?;
    let mut response = Response {
        proto: 0,
        receipts: Vec::new(),
        cards: Vec::new(),
        docs: Vec::new(),
        events: Vec::new(),
        cursor: Cursor { epoch, seq: after.max(0) as u64 },
        more: false,
        now: app.now(),
        leases,
        reference: None,
    };
    if version != pull.reference {
        let data = tx.reference_for(person).await?;
        tx.keep_reference(&data).await?;
        response.reference = Some(data);
    }
    let head = tx.scope_head(person.id).await?;
    if head <= after {
        return Ok(response);
    }
    response.cards = tx.cards_since(person.id, after).await?;
    for (order, whole) in tx.docs_since(person.id, after).await? {
        let chunks = tx.chunks(order, if whole { 0 } else { after }).await?;
        let chunks = if whole && chunks.len() > SNAPSHOT_FROM {
            let mut doc = docs::load(tx, order).await?;
            vec![doc.save().into()]
        } else {
            chunks.into_iter().map(Into::into).collect()
        };
        response.docs.push(DocUpdate { order, chunks, left: false });
    }
    for order in tx.left_since(person.id, after).await? {
        response.docs.push(DocUpdate { order, chunks: Vec::new(), left: true });
    }
    response.events = tx.events(person.id, after).await?.into_iter().map(|(_, e)| e).collect();
    response.cursor.seq = head as u64;
    Ok(response)
}

/// A document with more chunks than this goes out as one snapshot.
const SNAPSHOT_FROM: usize = 32;

async fn epoch(app: &App, tx: &mut Tx) -> Result<u64, StoreError> {
    let fresh = sha256(&[app.process.as_slice(), &app.now().0.to_be_bytes()].concat());
    let kept = tx.meta_once("epoch", &fresh[..8]).await?;
    let bytes = kept.as_slice().try_into().unwrap_or_default();
    // CBOR integers of JavaScript are exact to 53 bits.
    Ok(u64::from_be_bytes(bytes) >> 11)
}
