//! A remark of the office in the history of an order.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{CARD_TEXT_CHARS_MAX, OrderId};

use super::extract::{Json, Path};
use super::fields;
use super::order_view::OrderPage;
use super::orders::committed;
use crate::app::App;
use crate::auth::Office;
use crate::code::Code;
use crate::documents::OrderDocument;
use crate::limits::office::COMMENTS_MAX;
use crate::problem::{Outcome, Problem};
use crate::store::{By, LineKind};

/// A remark.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "text": "Клиентка просила перезвонить после шести" }))]
pub(super) struct Comment {
    /// Several lines.
    text: String,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add))
}

/// Write a remark into the history of an order.
///
/// The office alone reads it; also in an order that is closed.
#[utoipa::path(post, path = "/v1/orders/{order}/comments", operation_id = "comment_order",
    tag = "Orders", request_body = Comment, security(("office" = [])),
    responses((status = 200, description = "The order with the remark", body = OrderPage)),
    extensions(("x-codes" = json!([Code::TooLong, Code::FieldRequired, [422, Code::TooMany]]))))]
pub(super) async fn add(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(Comment { text }): Json<Comment>,
) -> Outcome<Json<OrderPage>> {
    let text = fields::full_lines("text", &text, CARD_TEXT_CHARS_MAX)?;
    let mut tx = app.store.begin().await?;
    tx.lock_order(order).await?;
    tx.order(order).await?.ok_or(Problem::NotFound)?;
    if tx.lines_of_kind(order, LineKind::Comment).await? >= COMMENTS_MAX {
        let words = format!("в заявке уже {COMMENTS_MAX} комментариев");
        return Err(Problem::Field("text", Code::TooMany, words));
    }
    let line = (LineKind::Comment, text.as_str());
    tx.note_act(order, app.now(), By::Person(&by.name), line).await?;
    committed(&app, tx, &mut OrderDocument::of(order)).await.map(Json)
}
