//! The inbox of the office beside questions and incidents: orders that need a person, phones that are silent.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{LegalDate, OrderId, Zone};

use super::extract::{Json, Path};
use crate::app::App;
use crate::auth::Office;
use crate::code::Code;
use crate::limits::office::SILENT_PHONE_S;
use crate::problem::{Outcome, Problem};
use crate::store::{By, InboxOrder, OrderState, SilentPerson, Tx};

/// Why an order waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Need {
    /// Nobody took it.
    Nobody,
    /// It was moved, and its day has come.
    MovedDue,
    /// The visit did not take place.
    NotDone,
    /// Its day is over, and the visit is not ended.
    Overdue,
}

/// An order that waits for a person.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "order": "01a08a5fa88073eeb7e96e59ce40f9cb", "number": "2101", "need": "nobody",
    "urgency": "emergency", "date": "2026-09-14", "window": "10:00–12:00",
    "address": "Саратов, ул. Лермонтова, 25-14", "client": "Петрова А. С.",
    "phone": "+79271234567", "holder": null, "ending": ""
}))]
pub(super) struct WaitingOrder {
    /// The order.
    order: String,
    /// Its number.
    number: String,
    /// Why it waits.
    need: Need,
    /// `planned`, `paid` or `emergency`.
    urgency: String,
    /// `YYYY-MM-DD`.
    date: String,
    /// Local time of the place.
    window: String,
    /// Where.
    address: String,
    /// Whom the visit is for.
    client: String,
    /// The first telephone of the client.
    phone: Option<String>,
    /// Who has it.
    holder: Option<String>,
    /// How the last visit ended, in Russian.
    ending: String,
}

/// A performer with visits today whose phones have been silent.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "person": "01a08a5fa88073eeb7e96e59ce40f9cb", "name": "Гостев Пётр Ильич",
    "phone": "+79270000001", "seen_at": 1_789_363_860_000_i64, "orders": 4
}))]
pub(super) struct SilentPhone {
    /// The person.
    person: String,
    /// The full name.
    name: String,
    /// The telephone.
    phone: Option<String>,
    /// When a phone of that person spoke last, Unix time, ms; absent: never.
    seen_at: Option<i64>,
    /// How many orders of today the person has.
    orders: i64,
}

/// What waits for a person beside questions and incidents.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({}))]
pub(super) struct Inbox {
    /// Emergencies that nobody took first, then by day and window; at most 200.
    orders: Vec<WaitingOrder>,
    /// People with visits today who were not heard of for four hours.
    silent: Vec<SilentPhone>,
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(settle))
}

/// Today where the first issuer is.
async fn today(app: &App, tx: &mut Tx) -> Outcome<LegalDate> {
    let zone = tx.entities().await?.first().map_or(Zone::MOSCOW, |entity| entity.zone);
    Ok(LegalDate(zone.date(app.now())))
}

/// How many orders and silent people wait.
pub(super) async fn count(app: &App, tx: &mut Tx) -> Outcome<i64> {
    let today = today(app, tx).await?;
    Ok(tx.inbox_count(today).await? + silent(app, tx, today).await?.len() as i64)
}

/// Silent people; the newest contacts of phones are in memory.
async fn silent(app: &App, tx: &mut Tx, today: LegalDate) -> Outcome<Vec<SilentPerson>> {
    let since = app.now().0 - SILENT_PHONE_S * 1000;
    let mut people = tx.silent_people(today, since).await?;
    for person in &mut people {
        let heard = person.devices.iter().filter_map(|device| app.last_seen(*device)).max();
        person.seen_at = person.seen_at.max(heard);
    }
    people.retain(|person| person.seen_at.is_none_or(|at| at < since));
    Ok(people)
}

/// List orders and phones that wait for a person.
///
/// Orders that nobody took, that were moved to a day that has come, whose visit did not take place or was not
/// ended on its day; performers with visits today whose phones are silent.
#[utoipa::path(get, path = "/v1/inbox", operation_id = "inbox", tag = "Questions",
    security(("office" = [])),
    responses((status = 200, description = "What waits", body = Inbox)))]
pub(super) async fn list(State(app): State<App>, _: Office) -> Outcome<Json<Inbox>> {
    let mut tx = app.store.read().await?;
    let today = today(&app, &mut tx).await?;
    let orders = tx.inbox_orders(today).await?.into_iter().filter_map(order_view).collect();
    let silent = silent(&app, &mut tx, today).await?.into_iter().map(silent_view).collect();
    Ok(Json(Inbox { orders, silent }))
}

fn order_view(InboxOrder { row, ending }: InboxOrder) -> Option<WaitingOrder> {
    let need = match row.state {
        OrderState::Nobody => Need::Nobody,
        OrderState::Postponed => Need::MovedDue,
        OrderState::NotDone => Need::NotDone,
        OrderState::Accepted => Need::Overdue,
        _ => return None,
    };
    let card = row.card;
    Some(WaitingOrder {
        order: card.id.to_string(),
        number: card.number,
        need,
        urgency: card.urgency.code().to_owned(),
        date: card.date.to_string(),
        window: card.window.to_string(),
        address: card.address,
        client: card.client,
        phone: card.phones.first().map(|phone| phone.as_str().to_owned()),
        holder: row.holder.map(|(_, name)| name),
        ending,
    })
}

fn silent_view(silent: SilentPerson) -> SilentPhone {
    let SilentPerson { person, name, phone, seen_at, orders, .. } = silent;
    SilentPhone { person: person.to_string(), name, phone, seen_at, orders }
}

/// Take an order out of the inbox.
///
/// Only one whose visit did not take place: the others leave it when something is done with them.
#[utoipa::path(post, path = "/v1/inbox/{order}/settle", operation_id = "settle_waiting_order",
    tag = "Questions", security(("office" = [])),
    responses((status = 200, description = "Nothing more waits for this order", body = Inbox)),
    extensions(("x-codes" = json!([Code::NotPossible]))))]
pub(super) async fn settle(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
) -> Outcome<Json<Inbox>> {
    let mut tx = app.store.begin().await?;
    tx.lock_order(order).await?;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    if row.state != OrderState::NotDone {
        let words = "убрать можно только визит, который не состоялся".to_owned();
        return Err(Problem::Refused(Code::NotPossible, words));
    }
    tx.settle_in_inbox(order, row.state.code(), (app.now().0, &by.name)).await?;
    tx.note(order, app.now(), By::Person(&by.name), "Посмотрено: больше ничего не нужно").await?;
    tx.commit().await?;
    app.changed();
    list(State(app), Office(by)).await
}
