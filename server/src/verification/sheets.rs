//! Sheets: each seal of a document is checked once, recorded, and counts where nothing differs.

use std::collections::BTreeSet;

use vyezd_core::doc::seal::{DecodedSeal, Seal, SealBody, Signer};
use vyezd_core::doc::signed::client_token;
use vyezd_core::doc::view::SealedView;
use vyezd_core::model::{Order, OrderId, SealId, SealParts, Series};
use vyezd_core::texts::one_line;

use super::check::{SheetToCheck, check, check_sheet, silence};
use super::notices::{self, PROBLEM_CHARS_MAX};
use super::order_state::settle_order_state;
use crate::app::App;
use crate::documents::OrderDocument;
use crate::refusal::{Refusal, reason};
use crate::store::{By, NumberState, SealRow, SealState, StoreError, Timer, Tx};

/// A seal of a document without a row: its id and its content, where readable.
pub(super) type NewSeal = (SealId, Option<DecodedSeal>);

/// Checks and records new seals. A sheet comes before the one that takes its place, whatever the phone's clock said.
pub(super) async fn record_new(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    read: &Order,
    mut new: Vec<NewSeal>,
) -> Result<(), StoreError> {
    let order = doc.order();
    let earlier = |(_, seal): &NewSeal| seal.as_ref().and_then(|seal| seal.body.supersedes);
    let together: BTreeSet<SealId> = new.iter().map(|(id, _)| *id).collect();
    let replaced: BTreeSet<SealId> = new.iter().filter_map(earlier).collect();
    while !new.is_empty() {
        let waits = |seal: &NewSeal| {
            earlier(seal).is_some_and(|earlier| new.iter().any(|(id, _)| *id == earlier))
        };
        let at = new.iter().position(|seal| !waits(seal)).unwrap_or(0);
        let (id, decoded) = new.remove(at);
        let Some(parts) = read.seals.get(&id) else { continue };
        let Some(decoded) = decoded else {
            let what = "Подписанный лист не читается: документы не выпущены";
            notices::strange(app, tx, (order, id, None), what).await?;
            continue;
        };
        let arrived = Arrived { id, parts, decoded: &decoded, together: &together };
        let Some(seal) = claim(app, tx, doc, arrived).await? else { continue };
        if seal.problem.is_empty() {
            admit_new(app, tx, id, &decoded).await?;
        } else if !replaced.contains(&id) {
            // No notice about a sheet that another arrived sheet replaces: the newer one speaks for
            // the visit, and where the newer one differs, both wait.
            let what = format!("Лист не принят к выпуску: {}", seal.problem);
            tx.note(order, app.now(), By::System, &what).await?;
            notices::disputed(app, tx, (order, id), &seal.problem).await?;
        }
    }
    Ok(())
}

/// A seal that came in a document.
#[derive(Clone, Copy)]
struct Arrived<'a> {
    id: SealId,
    parts: &'a SealParts,
    decoded: &'a DecodedSeal,
    /// Seals that came with this one.
    together: &'a BTreeSet<SealId>,
}

/// Records a seal with the problem found; nothing where its record is another seal's.
async fn claim(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    Arrived { id, parts, decoded, together }: Arrived<'_>,
) -> Result<Option<SealRow>, StoreError> {
    let order = doc.order();
    let sheet = SheetToCheck { order, id, decoded, strokes: &parts.strokes };
    let loaded = doc.get(tx).await?;
    let checked = Box::pin(check(app, tx, loaded, sheet)).await;
    // The reason may quote the sheet, however long its text is.
    let problem = one_line(&reason(checked)?.unwrap_or_default());
    let problem: String = problem.chars().take(PROBLEM_CHARS_MAX).collect();
    let body = &decoded.body;
    let seal = SealRow {
        id,
        order,
        visit: body.visit,
        device: body.device,
        signed_at: body.at.at.0,
        record: parts.record.clone(),
        strokes: parts.strokes.clone(),
        token: client_token(&parts.record),
        state: if problem.is_empty() { SealState::Claimed } else { SealState::Disputed },
        problem,
    };
    if let Some(earlier) = body.supersedes.filter(|_| seal.problem.is_empty()) {
        let with = (earlier, together.contains(&earlier));
        notices::superseded(app, tx, with, &decoded.view).await?;
        tx.supersede_seal(earlier).await?;
    }
    let silent = match tx.device(body.device).await? {
        Some(device) => silence(app, tx, (id, &device)).await?,
        None => None,
    };
    let countersignature = app.keys.countersign(&parts.record);
    let times = (app.now(), silent);
    if tx.claim_seal(&seal, body.supersedes, &countersignature, times).await? {
        return Ok(Some(seal));
    }
    let what = "Подписанный лист повторяет другой, уже записанный: не принят";
    notices::strange(app, tx, (order, id, Some(body.visit)), what).await?;
    Ok(None)
}

/// A sheet in which nothing differs counts; the order's history says who signed.
async fn admit_new(
    app: &App,
    tx: &mut Tx,
    id: SealId,
    decoded: &DecodedSeal,
) -> Result<(), StoreError> {
    let DecodedSeal { body, view, .. } = decoded;
    notices::verified_twice(app, tx, id, view).await?;
    admit(app, tx, id, decoded).await?;
    notices::price(app, tx, view).await?;
    let refusal = match &body.signer {
        Signer::Refused { reason } => Some(reason.as_str()),
        Signer::Signed { .. } | Signer::Paper { .. } => None,
    };
    notices::short(app, tx, view, refusal).await?;
    let right = code_given(app, view.order, body);
    let signed = match &body.signer {
        Signer::Signed { .. } => {
            let code = match right {
                Some(true) => ", код клиента верный",
                Some(false) => ", КОД КЛИЕНТА НЕВЕРНЫЙ",
                None => "",
            };
            format!("Лист подписан: {}{code}", body.signer.name_and_relation())
        }
        Signer::Refused { reason } => format!("Клиент отказался подписать: {reason}"),
        Signer::Paper { name, refusal } => on_paper(name, refusal),
    };
    if right == Some(false) {
        notices::wrong_code(app, tx, view).await?;
    }
    tx.note(view.order, app.now(), By::Person(&view.performer_name), &signed).await
}

/// Line of the history for a sheet typed in from paper.
fn on_paper(name: &str, refusal: &str) -> String {
    match (name, refusal) {
        ("", "") => "Лист с бумаги: кто подписал, не указано".to_owned(),
        ("", refusal) => format!("Лист с бумаги: подписи нет — {refusal}"),
        (name, _) => format!("Лист с бумаги: подпись {name}"),
    }
}

/// Whether the client typed the code of the order; nothing where none was typed. The signature
/// stands either way; a wrong code becomes an incident.
pub fn code_given(app: &App, order: OrderId, body: &SealBody) -> Option<bool> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let typed = body.code.as_deref().map(digits).filter(|typed| !typed.is_empty())?;
    Some(typed == app.keys.client_code(order))
}

/// The sheet counts: its numbers are used, its verifications stand, its papers will be issued.
async fn admit(
    app: &App,
    tx: &mut Tx,
    id: SealId,
    DecodedSeal { body, view, .. }: &DecodedSeal,
) -> Result<(), StoreError> {
    use_numbers(tx, id, body, view).await?;
    for instrument in &view.instruments {
        if !tx.add_verification(id, view, instrument).await? {
            return Err(StoreError::Protocol("a protocol number is taken".into()));
        }
    }
    tx.set_timer(Timer::IssueSeal, id.bytes(), app.now()).await
}

/// A dispatcher lets a sheet count that waited only for its place: everything else is checked once
/// more.
pub async fn accept_disputed(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    id: SealId,
) -> Result<(), Refusal> {
    let (seal, decoded) = waiting(tx, id).await?;
    let order = seal.order;
    let sheet = SheetToCheck { order, id, decoded: &decoded, strokes: &seal.strokes };
    let loaded = doc.get(tx).await?;
    Box::pin(check_sheet(app, tx, loaded, sheet)).await?;
    count(app, tx, doc, (id, &decoded)).await
}

/// A person asks for a new check of a sheet that waited: everything is checked once more, the place
/// as well.
pub async fn recheck(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    id: SealId,
) -> Result<(), Refusal> {
    let (seal, decoded) = waiting(tx, id).await?;
    let order = seal.order;
    let sheet = SheetToCheck { order, id, decoded: &decoded, strokes: &seal.strokes };
    let loaded = doc.get(tx).await?;
    let checked = Box::pin(check(app, tx, loaded, sheet)).await;
    match reason(checked)? {
        None => count(app, tx, doc, (id, &decoded)).await,
        Some(why) => Refusal::because(format!("лист по-прежнему не сходится: {why}")),
    }
}

async fn waiting(tx: &mut Tx, id: SealId) -> Result<(SealRow, DecodedSeal), Refusal> {
    let Some(seal) = tx.seal(id).await? else {
        return Refusal::because("лист не найден");
    };
    match Seal::decode(&seal.record) {
        Ok(decoded) => Ok((seal, decoded)),
        Err(_) => Refusal::because("лист не читается"),
    }
}

/// A sheet that waited counts, and the order's state follows.
async fn count(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    (id, decoded): (SealId, &DecodedSeal),
) -> Result<(), Refusal> {
    readmit(app, tx, id).await?;
    if !tx.is_verified(id).await? {
        admit(app, tx, id, decoded).await?;
    }
    let read = doc.read(tx).await?;
    if let Some(mut row) = tx.order(doc.order()).await? {
        let sheets = tx.sheets(doc.order()).await?;
        settle_order_state(app, tx, &read, (&mut row, &sheets)).await?;
    }
    Ok(())
}

/// A sheet counts again; papers that were never issued will be.
pub async fn readmit(app: &App, tx: &mut Tx, id: SealId) -> Result<(), StoreError> {
    tx.revive_seal(id).await?;
    tx.set_timer(Timer::IssueSeal, id.bytes(), app.now()).await
}

async fn use_numbers(
    tx: &mut Tx,
    seal: SealId,
    body: &SealBody,
    view: &SealedView,
) -> Result<(), StoreError> {
    let year = view.date.0.year() as u16;
    for used in &body.numbers {
        let of = Some((seal, used.instrument));
        // A sheet signed again keeps its numbers: the row is there already.
        let series = Series { entity: view.entity, kind: used.kind, year };
        tx.use_number((series, used.number), NumberState::Used, of, "").await?;
    }
    Ok(())
}
