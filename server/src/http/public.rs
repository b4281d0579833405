//! The client's page behind an unguessable link: the sheet, the verdicts, the papers. Nothing else.

use std::net::IpAddr;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::doc::seal::{DecodedSeal, Seal, Signer};
use vyezd_core::model::{FundNumber, PaperId, short_name};

use super::extract::{ClientAddress, Json, Path};
use super::order_view::PaperView;
use super::sheet_view::{VerdictView, verdicts};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::store::{FundState, SealRow, SealState};
use crate::verification::link::{self, LinkState};

/// What the client sees.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "order_number": "2101", "entity": "ООО «Водоучёт-Поверка»",
    "entity_phone": "+7 845 200-00-00", "performer": "Анохина Анна Сергеевна",
    "address": "г. Саратов, ул. Чапаева, д. 8, кв. 12", "date": "14.09.2026",
    "received_kop": 90000, "signature": "Лаптева Н. А. (собственник)",
    "fund": "номер будет присвоен ФИФ ОЕИ", "superseded": false, "preparing": false
}))]
pub(super) struct SheetPage {
    /// What people say.
    order_number: String,
    /// The issuer's name.
    entity: String,
    /// The issuer's telephone.
    entity_phone: String,
    /// The metrologist.
    performer: String,
    /// Of the client.
    address: String,
    /// Of the verification, `DD.MM.YYYY`.
    date: String,
    /// The verdicts.
    instruments: Vec<VerdictView>,
    /// What was paid, kopecks.
    received_kop: Option<i64>,
    /// Who signed, or why nobody did.
    signature: String,
    /// For `/v1/public/sheets/{token}/papers/{paper}`.
    papers: Vec<PaperView>,
    /// «номер будет присвоен ФИФ ОЕИ» until the Fund gave numbers; then these.
    fund: String,
    /// A later sheet took the place of this one.
    superseded: bool,
    /// The papers are being made.
    preparing: bool,
}

/// Show a client his sheet.
///
/// The link is the whole right: whoever has it sees the sheet, for a year or until the office
/// closes it.
#[utoipa::path(get, path = "/v1/public/sheets/{token}", operation_id = "get_client_sheet",
    tag = "Client", responses((status = 200, description = "The sheet", body = SheetPage)),
    extensions(("x-codes" = json!([Code::LinkEnded, Code::LinkClosed, Code::TooMany]))))]
pub(super) async fn sheet(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path(token): Path<String>,
) -> Outcome<Json<SheetPage>> {
    let seal = find(&app, address, &token).await?;
    let mut tx = app.store.read().await?;
    let DecodedSeal { body, view, .. } =
        Seal::decode(&seal.record).map_err(|_| Problem::NotFound)?;
    let entity = tx.entity(view.entity).await?;
    let papers = tx.papers(seal.order).await?;
    let states = tx.fund_states(seal.id).await?;
    let signature = match body.signer {
        Signer::Signed { name, relation } => {
            Signer::Signed { name: short_name(&name), relation }.name_and_relation()
        }
        Signer::Refused { reason } => format!("клиент отказался подписать: {reason}"),
        Signer::Paper { name, refusal } if refusal.is_empty() => {
            format!("на бумаге {}", short_name(&name)).trim().to_owned()
        }
        Signer::Paper { refusal, .. } => format!("на бумаге нет: {refusal}"),
    };
    Ok(Json(SheetPage {
        order_number: view.order_number.clone(),
        entity: view.entity_name.clone(),
        entity_phone: entity.map(|entity| entity.phone).unwrap_or_default(),
        performer: view.performer_name.clone(),
        address: view.address.clone(),
        date: view.date.russian(),
        instruments: verdicts(&view, &states),
        received_kop: view.received_kop,
        signature,
        papers: papers
            .into_iter()
            .filter(|paper| paper.seal == seal.id && !paper.replaced)
            .map(PaperView::from)
            .collect(),
        fund: fund_words(&states),
        superseded: seal.state == SealState::Superseded,
        preparing: seal.state == SealState::Claimed,
    }))
}

/// The numbers of the records, or that they are still to come.
fn fund_words(states: &[FundState]) -> String {
    let numbers: Vec<&str> =
        states.iter().filter_map(|of| of.number.as_ref()).map(FundNumber::as_str).collect();
    if numbers.is_empty() {
        return "номер будет присвоен ФИФ ОЕИ".to_owned();
    }
    numbers.join(", ")
}

/// Whom to call where a link opens nothing.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "name": "ООО «Водоучёт-Поверка»", "phone": "+7 845 200-00-00" }))]
pub(super) struct FirmCard {
    /// The issuer's name.
    name: String,
    /// The issuer's telephone; may be empty.
    phone: String,
}

/// Say whose pages these are.
///
/// For a client whose link opens nothing: the firm's first issuer and its telephone.
#[utoipa::path(get, path = "/v1/public/firm", operation_id = "get_public_firm", tag = "Client",
    responses((status = 200, description = "The firm", body = FirmCard)))]
pub(super) async fn firm(State(app): State<App>) -> Outcome<Json<FirmCard>> {
    let entities = app.store.read().await?.entities().await?;
    let entity = entities.into_iter().next().ok_or(Problem::NotFound)?;
    Ok(Json(FirmCard { name: entity.name, phone: entity.phone }))
}

/// Download a paper behind a client's link.
#[utoipa::path(get, path = "/v1/public/sheets/{token}/papers/{paper}",
    operation_id = "download_client_paper", tag = "Client",
    params(("token" = String, Path), ("paper" = String, Path)),
    responses((status = 200, description = "The paper as PDF",
            body = String, content_type = "application/pdf",
            headers(("Content-Disposition" = String, description = "The name of the file")))),
    extensions(("x-codes" = json!([Code::LinkEnded, Code::LinkClosed, Code::TooMany]))))]
pub(super) async fn paper(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path((token, paper)): Path<(String, PaperId)>,
) -> Outcome<Response> {
    let seal = find(&app, address, &token).await?;
    let row = app.store.read().await?.paper(paper).await?.filter(|row| row.seal == seal.id);
    let row = row.ok_or(Problem::NotFound)?;
    let bytes = app.blobs.get(&row.sha256).await?;
    let about = (row.number.as_str(), row.file_name.as_str());
    audit::note_alone(&app, &Actor::stranger("клиент по ссылке"), "link.paper", about).await?;
    Ok(super::papers::shown("application/pdf", &row.file_name, bytes))
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
