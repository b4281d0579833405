//! The office closes a client's link, or opens it again.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use vyezd_core::model::{OrderId, SealId};

use super::extract::{Json, Path};
use super::order_view::{self, OrderPage};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::documents::OrderDocument;
use crate::problem::{Outcome, Problem};
use crate::store::{By, LinkRow};
use crate::verification::link;

/// Whether the link is to be good.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "open": false }))]
pub(super) struct LinkAsked {
    /// `true`: good for a year from now; `false`: closed.
    open: bool,
}

/// Close a client's link or open it again.
///
/// Opened, it is good for a year from now. The link itself stays the same.
#[utoipa::path(post, path = "/v1/orders/{order}/sheets/{sheet}/link",
    operation_id = "set_client_link", tag = "Orders",
    params(("order" = String, Path), ("sheet" = String, Path)), request_body = LinkAsked,
    security(("office" = [])),
    responses((status = 200, description = "The order", body = OrderPage)))]
pub(super) async fn set_link(
    State(app): State<App>,
    Office(by): Office,
    Path((order, sheet)): Path<(OrderId, SealId)>,
    Json(LinkAsked { open }): Json<LinkAsked>,
) -> Outcome<Json<OrderPage>> {
    let mut tx = app.store.begin().await?;
    let seal = tx.seal(sheet).await?.filter(|seal| seal.order == order);
    let seal = seal.ok_or(Problem::NotFound)?;
    let (now, name) = (app.now(), by.name.clone());
    let closed =
        LinkRow { link_closed_at: Some(now.0), link_closed_by: Some(name), ..LinkRow::default() };
    let (kind, what) = if open {
        ("link.opened", "Ссылка клиента открыта на год")
    } else {
        ("link.closed", "Ссылка клиента закрыта")
    };
    tx.set_link(seal.id, &if open { link::opened(now) } else { closed }).await?;
    tx.note(order, now, By::Person(&by.name), what).await?;
    audit::note(&app, &mut tx, &Actor::person(&by), kind, (&order.to_string(), "")).await?;
    let page = order_view::read(&app, &mut tx, &mut OrderDocument::of(order)).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(page))
}
