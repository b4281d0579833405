//! One file a resource. A handler is a sentence: extract, load, decide, save, answer.

mod audit;
mod bodies;
mod calls;
mod card_changes;
mod conflicts;
mod describe;
mod devices;
mod document_view;
mod edge;
mod extract;
mod fields;
mod firm;
mod fund;
mod hints;
mod import_check;
mod import_columns;
mod import_doubts;
mod import_job;
mod import_readings;
mod import_repair;
mod import_undo;
mod imports;
mod inbox;
mod kits;
mod links;
mod live;
mod login;
mod means;
mod once;
mod order_card;
mod order_comment;
mod order_doubts;
mod order_return;
mod order_view;
mod orders;
mod packages;
mod pages;
mod papers;
mod people;
mod portraits;
mod public;
mod push;
mod quarantine;
mod readings;
mod refresh;
mod sessions;
mod sheet_view;
mod suggest;
mod sync;
mod totp;
mod unreadable;
mod uploads;
mod version;
mod views;
mod zones;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Unready};
use crate::code::Code;
use crate::problem::Problem;

pub use order_card::{NewInstrument, NewOrder};
pub use orders::create_order;

#[derive(OpenApi)]
#[openapi(
    info(title = "Vyezd", description = describe::ABOUT),
    components(schemas(crate::problem::ProblemBody)),
    tags(
        (name = "Sessions", description = "How the office logs in, and where it is logged in."),
        (name = "Orders", description = "What clients asked for: cards, dispatch, sheets."),
        (name = "Calls", description = "Telephones that ring where an app did not answer."),
        (name = "Questions", description = "Where two truths met: a dispatcher decides."),
        (name = "Quarantine and incidents",
            description = "What was not admitted from phones, and what somebody has to look at."),
        (name = "Papers", description = "Protocols, certificates, notices, sheets."),
        (name = "Packages", description = "Files for «Аршин»."),
        (name = "Fund", description = "What the Fund says: answers, numbers, refusals."),
        (name = "Imports", description = "Orders, readings and types from spreadsheets."),
        (name = "People", description = "Who works here, with which rights."),
        (name = "Firm", description = "Issuers, methods, means, numbers, questions and answers."),
        (name = "Journal", description = "Who did what."),
        (name = "Phones", description = "How a metrologist's phone gets in, and is shut out."),
        (name = "Sync", description = "What phones exchange with the server; what pokes them."),
        (name = "Photos", description = "Photos from phones, over tus 1.0."),
        (name = "Client", description = "What a client sees behind the link of his sheet."),
    )
)]
struct ApiDoc;

fn api() -> (Router<App>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(ApiDoc::openapi())
        .routes(routes!(login::login))
        .routes(routes!(refresh::refresh))
        .routes(routes!(login::me))
        .routes(routes!(refresh::logout))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::end_all))
        .merge(totp::routes())
        .routes(routes!(orders::list, orders::create))
        .routes(routes!(orders::one, orders::change))
        .routes(routes!(orders::cancel))
        .routes(routes!(orders::postpone))
        .routes(routes!(orders::take_back))
        .routes(routes!(orders::offer))
        .merge(order_return::routes())
        .merge(order_comment::routes())
        .merge(views::routes())
        .merge(inbox::routes())
        .merge(suggest::routes())
        .routes(routes!(links::set_link))
        .routes(routes!(readings::enter_readings))
        .routes(routes!(readings::doubt_readings))
        .merge(people::routes())
        .merge(portraits::routes())
        .routes(routes!(devices::list))
        .routes(routes!(devices::code))
        .routes(routes!(devices::revoke))
        .routes(routes!(devices::enrol))
        .routes(routes!(devices::challenge))
        .routes(routes!(devices::token))
        .routes(routes!(firm::firm, firm::change_entity))
        .routes(routes!(firm::approve_method))
        .routes(routes!(firm::faq, firm::set_faq))
        .merge(means::routes())
        .merge(zones::routes())
        .routes(routes!(audit::audit))
        .merge(imports::routes())
        .merge(import_check::routes())
        .merge(import_repair::routes())
        .merge(import_undo::routes())
        .routes(routes!(papers::pdf))
        .routes(routes!(papers::zip))
        .merge(packages::routes())
        .merge(fund::routes())
        .merge(calls::routes())
        .routes(routes!(public::sheet))
        .routes(routes!(public::firm))
        .routes(routes!(public::paper))
        .routes(routes!(quarantine::list))
        .routes(routes!(quarantine::release))
        .routes(routes!(quarantine::dismiss))
        .routes(routes!(quarantine::reopen))
        .routes(routes!(quarantine::incidents))
        .routes(routes!(quarantine::settle))
        .routes(routes!(quarantine::confirm))
        .routes(routes!(sync::sync))
        .routes(routes!(conflicts::list))
        .routes(routes!(conflicts::attention))
        .routes(routes!(conflicts::decide))
        .routes(routes!(conflicts::undo))
        .routes(routes!(live::ticket))
        .routes(routes!(push::key))
        .routes(routes!(push::subscribe, push::unsubscribe))
        .merge(uploads::routes())
        .routes(routes!(live::socket))
        .routes(routes!(live::events))
        .split_for_parts()
}

/// The whole server as one router.
pub fn router(app: App) -> Router {
    let (router, doc) = api();
    let doc = described(&doc).to_string();
    router
        .route("/openapi.json", get(move || std::future::ready(json(doc.clone()))))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .fallback(pages::page)
        .method_not_allowed_fallback(edge::method_unknown)
        .layer(from_fn_with_state(app.clone(), once::once))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), bodies::bounded))
        .layer(from_fn(edge::plain_address))
        .layer(from_fn(edge::small_head))
        .layer(from_fn_with_state(app.clone(), edge::dress))
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http().make_span_with(edge::span).on_failure(edge::failed))
        .with_state(app)
}

/// The description of the interface, for generating clients.
pub fn openapi() -> String {
    serde_json::to_string_pretty(&described(&api().1)).unwrap_or_default()
}

fn described(doc: &utoipa::openapi::OpenApi) -> serde_json::Value {
    let mut doc = serde_json::to_value(doc).unwrap_or_default();
    describe::complete(&mut doc);
    doc
}

fn json(text: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text)
}

async fn ready(State(app): State<App>) -> Result<&'static str, Problem> {
    let code = match app.unready().await {
        None => return Ok("ready"),
        Some(Unready::DiskFull) => Code::DiskFull,
        Some(Unready::Database) => Code::DatabaseFailed,
        Some(Unready::Folder) => Code::FolderFailed,
    };
    Err(Problem::Status(axum::http::StatusCode::SERVICE_UNAVAILABLE, code))
}
