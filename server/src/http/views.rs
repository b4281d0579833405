//! Lists of orders with a name: a person's own, or everybody's.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{ItemId, fold};

use super::extract::{Json, Path};
use super::fields;
use crate::app::App;
use crate::auth::Office;
use crate::code::Code;
use crate::limits::office::{NAME_CHARS_MAX, VIEW_QUERY_CHARS_MAX, VIEWS_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::SavedView;

/// A list of orders with a name.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a66fb8075e889902207afaeb712", "name": "Ленинский, завтра",
    "query": "district=Ленинский&sort=time", "shared": false, "made_by": "Смирнова Ольга"
}))]
pub(super) struct View {
    /// The list.
    id: String,
    /// Its name.
    name: String,
    /// The filters, as the address of the page has them.
    query: String,
    /// Everybody sees it.
    shared: bool,
    /// Who named it.
    made_by: String,
}

impl From<SavedView> for View {
    fn from(view: SavedView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            query: view.query,
            shared: view.person.is_none(),
            made_by: view.made_by,
        }
    }
}

/// A list to be named.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "Ленинский, завтра", "query": "district=Ленинский&sort=time", "shared": false
}))]
pub(super) struct NewView {
    /// A known name of the same owner gets these filters.
    name: String,
    /// The filters, as the address of the page has them.
    query: String,
    /// Everybody sees it.
    shared: bool,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, keep)).routes(routes!(remove))
}

/// List named lists of orders.
///
/// Everybody's first, then those of whoever asks.
#[utoipa::path(get, path = "/v1/views", operation_id = "list_views", tag = "Orders",
    security(("office" = [])),
    responses((status = 200, description = "Lists", body = Vec<View>)))]
pub(super) async fn list(State(app): State<App>, Office(by): Office) -> Outcome<Json<Vec<View>>> {
    let views = app.store.read().await?.views(by.id).await?;
    Ok(Json(views.into_iter().map(View::from).collect()))
}

/// Name a list of orders.
///
/// A name that its owner has already gets other filters.
#[utoipa::path(post, path = "/v1/views", operation_id = "keep_view", tag = "Orders",
    request_body = NewView, security(("office" = [])),
    responses((status = 200, description = "All lists", body = Vec<View>)),
    extensions(("x-codes" = json!([Code::TooLong, Code::FieldRequired, [422, Code::TooMany]]))))]
pub(super) async fn keep(
    State(app): State<App>,
    Office(by): Office,
    Json(new): Json<NewView>,
) -> Outcome<Json<Vec<View>>> {
    let name = fields::full_line("name", &new.name, NAME_CHARS_MAX)?;
    let query = fields::text("query", &new.query, VIEW_QUERY_CHARS_MAX)?;
    let person = (!new.shared).then_some(by.id);
    let mut tx = app.store.begin().await?;
    let known = tx.views(by.id).await?;
    let mine = known.iter().filter(|view| view.person == person);
    let same = mine.clone().find(|view| fold(&view.name) == fold(&name));
    match same {
        Some(view) => tx.change_view(view.id, &query).await?,
        None if mine.count() >= VIEWS_MAX => {
            let words = format!("списков уже {VIEWS_MAX}: удалите ненужные");
            return Err(Problem::Field("name", Code::TooMany, words));
        }
        None => {
            let id = app.id(ItemId::new);
            let view = SavedView { id, person, name, query, made_by: by.name.clone() };
            tx.add_view(&view, app.now().0).await?;
        }
    }
    let views = tx.views(by.id).await?;
    tx.commit().await?;
    Ok(Json(views.into_iter().map(View::from).collect()))
}

/// Remove a named list of orders.
///
/// One's own, or everybody's; the orders stay.
#[utoipa::path(delete, path = "/v1/views/{view}", operation_id = "remove_view", tag = "Orders",
    security(("office" = [])), responses((status = 204, description = "It is gone")))]
pub(super) async fn remove(
    State(app): State<App>,
    Office(by): Office,
    Path(view): Path<ItemId>,
) -> Outcome<StatusCode> {
    let mut tx = app.store.begin().await?;
    let known = tx.views(by.id).await?;
    if known.iter().all(|of| of.id != view) {
        return Err(Problem::NotFound);
    }
    tx.drop_view(view).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
