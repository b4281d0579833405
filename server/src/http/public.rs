//! The client's page behind an unguessable link: the sheet, the verdicts, the papers. Nothing else.

use std::net::IpAddr;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::doc::seal::{DecodedSeal, Seal, Signer};
use vyezd_core::model::{PaperId, short_name};

use super::extract::{Caller, Json, Path};
use super::order_view::{PaperView, VerdictView, verdicts};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::code::Code;
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{SealRow, SealState};
use crate::verification::link::{self, LinkState};

/// What the client sees.
#[derive(Serialize, ToSchema)]
pub(super) struct SheetPage {
    order_number: String,
    entity: String,
    entity_phone: String,
    performer: String,
    address: String,
    /// DD.MM.YYYY
    date: String,
    instruments: Vec<VerdictView>,
    received_kop: i64,
    /// Who signed, or why nobody did.
    signature: String,
    papers: Vec<PaperView>,
    /// «номер будет присвоен ФИФ ОЕИ» until the Fund gave one.
    fund: String,
    /// A later sheet took the place of this one.
    superseded: bool,
    /// The papers are being made.
    preparing: bool,
}

/// Лист клиента по ссылке.
#[utoipa::path(get, path = "/v1/public/sheets/{token}", tag = "клиент", params(("token" = String, Path)),
    responses((status = 200, body = SheetPage), (status = 404, body = ProblemBody),
        (status = 410, body = ProblemBody)))]
pub(super) async fn sheet(
    State(app): State<App>,
    Caller(address): Caller,
    Path(token): Path<String>,
) -> Outcome<Json<SheetPage>> {
    let seal = find(&app, address, &token).await?;
    let mut tx = app.store.read().await?;
    let DecodedSeal { body, view, .. } =
        Seal::decode(&seal.record).map_err(|_| Problem::NotFound)?;
    let entity = tx.entity(view.entity).await?;
    let papers = tx.papers(seal.order).await?;
    let signature = match body.signer {
        Signer::Signed { name, relation } => format!("{} ({relation})", short_name(&name)),
        Signer::Refused { reason } => format!("клиент отказался подписать: {reason}"),
    };
    Ok(Json(SheetPage {
        order_number: view.order_number.clone(),
        entity: view.entity_name.clone(),
        entity_phone: entity.map(|entity| entity.phone).unwrap_or_default(),
        performer: view.performer_name.clone(),
        address: view.address.clone(),
        date: view.date.russian(),
        instruments: verdicts(&view),
        received_kop: view.received_kop,
        signature,
        papers: papers
            .into_iter()
            .filter(|paper| paper.seal == seal.id)
            .map(PaperView::from)
            .collect(),
        fund: "номер будет присвоен ФИФ ОЕИ".to_owned(),
        superseded: seal.state == SealState::Superseded,
        preparing: seal.state == SealState::Claimed,
    }))
}

/// Документ клиента по той же ссылке.
#[utoipa::path(get, path = "/v1/public/sheets/{token}/papers/{paper}", tag = "клиент",
    params(("token" = String, Path), ("paper" = String, Path)),
    responses((status = 200, content_type = "application/pdf"), (status = 404, body = ProblemBody),
        (status = 410, body = ProblemBody)))]
pub(super) async fn paper(
    State(app): State<App>,
    Caller(address): Caller,
    Path((token, paper)): Path<(String, PaperId)>,
) -> Outcome<Response> {
    let seal = find(&app, address, &token).await?;
    let row = app.store.read().await?.paper(paper).await?.filter(|row| row.seal == seal.id);
    let row = row.ok_or(Problem::NotFound)?;
    let bytes = app.blobs.get(&row.sha256).await?;
    let about = (row.number.as_str(), row.file_name.as_str());
    audit::note_alone(&app, &Actor::stranger("клиент по ссылке"), "link.paper", about).await?;
    Ok(super::papers::file("application/pdf", &row.file_name, bytes))
}

async fn find(app: &App, address: IpAddr, token: &str) -> Outcome<SealRow> {
    app.brakes.look(address, app.now())?;
    let seal = app.store.read().await?.seal_by_token(token).await?;
    // A sheet that waits for the office, and one that never counted before another took its place, is nobody's page.
    let seal = seal.filter(|seal| seal.state != SealState::Disputed && seal.problem.is_empty());
    let Some(seal) = seal else {
        app.brakes.missed(app.now())?;
        return Err(Problem::NotFound);
    };
    let said = app.store.read().await?.link_of(seal.id).await?;
    match link::state(&seal, &said, app.now()) {
        LinkState::Open { .. } => Ok(seal),
        LinkState::Ended => Err(Problem::of(Code::LinkEnded)),
        LinkState::Closed { .. } => Err(Problem::of(Code::LinkClosed)),
    }
}
