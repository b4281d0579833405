//! Orders: list with filters, create, change, cancel, postpone, offer again.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vyezd_core::model::{
    CARD_TEXT_CHARS_MAX, Card, InstrumentId, LegalDate, OrderId, Urgency, fold,
};

use super::card_changes;
use super::extract::{Json, Path, Query};
use super::fields;
use super::order_card::{NewOrder, card, coming_date, offers_from, window};
use super::order_view::{self, OrderLine, OrderPage};
use super::version::{IfMatch, Versioned};
use crate::app::App;
use crate::assignment;
use crate::auth::Office;
use crate::code::Code;
use crate::conflicts;
use crate::dispatch;
use crate::documents::OrderDocument;
use crate::limits::office::ORDERS_PAGE_MAX;
use crate::orders;
use crate::problem::{Outcome, Problem};
use crate::store::{By, LineKind, OrderFilter, OrderPlace, OrderState, Tx, Waiting, search_words};
use vyezd_core::texts;

/// Which orders.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// States as in `OrderLine`, joined by commas: `new,offered`.
    state: Option<String>,
    /// `planned`, `paid` or `emergency`.
    urgency: Option<String>,
    /// A district of `districts`; upper and lower case are the same.
    district: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    from: Option<String>,
    /// The last day, `YYYY-MM-DD`.
    to: Option<String>,
    /// Text to find in number, client, address, telephone and serial numbers.
    q: Option<String>,
    /// How many orders a page has; 100 where nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `time`: by day, window and number; `newest`: the other way round.
    sort: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
}

/// A page of the list.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "total": 1, "districts": ["Октябрьский", "Фрунзенский"] }))]
pub(super) struct OrderList {
    /// The orders of this page.
    items: Vec<OrderLine>,
    /// How many there are in all under the filter.
    total: i64,
    /// How many in each state, under the filter without its states.
    counts: Vec<StateCount>,
    /// All districts that orders have, for the filter.
    districts: Vec<String>,
    /// `after` of the next page; absent on the last one.
    next: Option<String>,
}

/// How many orders are in a state.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "state": "accepted", "count": 1 }))]
pub(super) struct StateCount {
    /// A state, as in `OrderLine`.
    state: String,
    /// How many.
    count: i64,
}

/// Why something is done to an order.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "reason": "клиент уехал" }))]
pub(super) struct Reason {
    /// Goes into the history and to whoever loses the order.
    reason: String,
}

/// To when an order is moved.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "date": "2026-09-16", "window": "17:00-19:00", "reason": "клиент просил вечером"
}))]
pub(super) struct Postpone {
    /// `YYYY-MM-DD`.
    date: String,
    /// Local time of the place, `10:00-12:00`.
    window: String,
    /// Goes into the history.
    reason: String,
}

/// List orders.
///
/// By day, window and number, a page at a time; each page goes on behind the last order of the one
/// before, so that nothing is passed over or shown twice while orders come and go. Filters are joined by
/// «and», and so are the words of `q`; `total` and `counts` are of all pages.
#[utoipa::path(get, path = "/v1/orders", operation_id = "list_orders", tag = "Orders",
    params(ListQuery), security(("office" = [])),
    responses((status = 200, description = "A page of the list", body = OrderList)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Office,
    Query(query): Query<ListQuery>,
) -> Outcome<Json<OrderList>> {
    let filter = filter(query)?;
    let mut tx = app.store.read().await?;
    let rows = tx.orders(&filter).await?;
    let counts = tx.count_orders(&filter).await?;
    let wanted =
        |state: &str| filter.states.is_empty() || filter.states.iter().any(|s| s.code() == state);
    let total = counts.iter().filter(|(state, _)| wanted(state)).map(|(_, n)| n).sum();
    let districts = tx.districts().await?;
    let is_full = rows.len() as i64 == filter.limit;
    let next = rows.last().filter(|_| is_full).map(|row| place_text(&row.card));
    Ok(Json(OrderList {
        next,
        items: rows.iter().map(OrderLine::from).collect(),
        total,
        counts: counts.into_iter().map(|(state, count)| StateCount { state, count }).collect(),
        districts,
    }))
}

fn filter(query: ListQuery) -> Outcome<OrderFilter> {
    let date = |field, text: Option<String>| {
        let text = text.filter(|text| !text.is_empty());
        text.map(|text| fields::day(field, &text)).transpose().map_err(Problem::in_query)
    };
    let (from, to) = (date("from", query.from)?, date("to", query.to)?);
    if let Some(days) = from.zip(to) {
        fields::in_order("to", days).map_err(Problem::in_query)?;
    }
    let full = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let states = query.state.unwrap_or_default();
    let states = states.split(',').filter(|code| !code.is_empty()).map(|code| {
        OrderState::parse(code)
            .ok_or_else(|| Problem::asked("state", format!("нет состояния «{code}»")))
    });
    Ok(OrderFilter {
        states: states.collect::<Outcome<_>>()?,
        urgency: urgency(full(query.urgency))?,
        district_key: full(query.district).map(|text| fold(&text)),
        from,
        to,
        search: full(query.q).map(|text| search_words(&text)).unwrap_or_default(),
        newest_first: match query.sort.as_deref() {
            None | Some("" | "time") => false,
            Some("newest") => true,
            Some(other) => {
                return Err(Problem::asked(
                    "sort",
                    format!("нет порядка «{other}»: time или newest"),
                ));
            }
        },
        after: full(query.after).map(|text| place(&text)).transpose()?,
        limit: fields::limit(query.limit, (100, ORDERS_PAGE_MAX))?,
    })
}

/// Place of an order as a page names it: `2026-09-14.600.2103`.
fn place_text(card: &Card) -> String {
    format!("{}.{}.{}", card.date, card.window.from_min, card.number)
}

fn place(text: &str) -> Outcome<OrderPlace> {
    let mut parts = text.splitn(3, '.');
    let mut part = || parts.next().unwrap_or_default();
    let read = LegalDate::parse(part()).zip(part().parse().ok());
    let (date, window_from) =
        read.ok_or_else(|| Problem::asked("after", "такого места в списке нет".to_owned()))?;
    Ok(OrderPlace { date, window_from, number: part().to_owned() })
}

fn urgency(word: Option<String>) -> Outcome<Option<String>> {
    let Some(word) = word else { return Ok(None) };
    let known = Urgency::parse(&word);
    let known =
        known.ok_or_else(|| Problem::asked("urgency", format!("нет срочности «{word}»")))?;
    Ok(Some(known.code().to_owned()))
}

/// Show an order.
///
/// Card, offers, calls, history, sheets, papers and photos. `ETag` is the version of the card,
/// for `If-Match`.
#[utoipa::path(get, path = "/v1/orders/{order}", operation_id = "get_order", tag = "Orders",
    security(("office" = [])),
    responses((status = 200, description = "The order", body = OrderPage,
            headers(("ETag" = String, description = "The version, for `If-Match`")))))]
pub(super) async fn one(
    State(app): State<App>,
    _: Office,
    Path(order): Path<OrderId>,
) -> Outcome<Versioned<Json<OrderPage>>> {
    let mut tx = app.store.read().await?;
    let mut doc = OrderDocument::to_read(order);
    Ok(versioned(order_view::read(&app, &mut tx, &mut doc).await?))
}

/// Create an order.
///
/// It is offered to a metrologist at once. An order without `place` gets the one where an earlier
/// visit found the building.
#[utoipa::path(post, path = "/v1/orders", operation_id = "create_order", tag = "Orders",
    request_body = NewOrder, security(("office" = [])),
    responses((status = 200, description = "The order as it was written", body = OrderPage,
            headers(("ETag" = String, description = "The version, for `If-Match`")))),
    extensions(("x-codes" = json!([Code::NoEntity, Code::NumberTaken, Code::TooLong,
        Code::SignUnprintable, Code::MoneyOutOfRange, Code::InstrumentTwice,
        [422, Code::TooMany]]))))]
pub(super) async fn create(
    State(app): State<App>,
    Office(by): Office,
    Json(new): Json<NewOrder>,
) -> Outcome<Versioned<Json<OrderPage>>> {
    let new = NewOrder { offers_from: offers_from(&app, new.offers_from)?, ..new };
    let mut tx = app.store.begin().await?;
    let order = create_order(&app, &mut tx, &new, &by.name, "office").await?;
    let kept = tx.order(order).await?.and_then(|row| row.offers_from);
    if new.offers_from.is_some() && kept.is_none() {
        let words = "аварийную и визит, который раньше этого часа, предлагают сразу";
        return Err(Problem::field("offers_from", words));
    }
    let mut doc = OrderDocument::of(order);
    dispatch::start(&app, &mut tx, &mut doc).await?;
    committed(&app, tx, &mut doc).await.map(versioned)
}

/// Makes an order and its document; dispatch is the caller's.
pub async fn create_order(
    app: &App,
    tx: &mut Tx,
    new: &NewOrder,
    by: &str,
    source: &str,
) -> Outcome<OrderId> {
    let entities = tx.entities().await?;
    let entity = entities.first().ok_or_else(|| {
        Problem::Refused(Code::NoEntity, "сначала заполните реквизиты организации".to_owned())
    })?;
    let number = match texts::one_line(&new.number) {
        empty if empty.is_empty() => tx.next_order_number().await?,
        given => given,
    };
    let id = app.id(OrderId::new);
    let card = card(app, id, entity, &NewOrder { number, ..new.clone() }, source)?;
    let offers_from = new.offers_from.filter(|from| can_wait(&card, *from));
    orders::create(app, tx, card, by).await?;
    if !new.zone.trim().is_empty() {
        tx.note_zone_chosen(id, true).await?;
    }
    if offers_from.is_some() {
        tx.set_offers_from(id, offers_from).await?;
    }
    Ok(id)
}

/// Whether people may be asked as late as that: before the visit, and not about an emergency.
fn can_wait(card: &Card, from: i64) -> bool {
    let begins = card.zone.instant(card.date.0, card.window.from_min);
    card.urgency != Urgency::Emergency && from < begins.0
}

/// Replace the card of an order.
///
/// The whole card is sent; what is left out becomes empty. The number stays. It changes neither
/// who has the order nor what was written at visits; the phones that hold it hear of the new
/// card.
#[utoipa::path(put, path = "/v1/orders/{order}", operation_id = "change_order", tag = "Orders",
    params(("If-Match" = String, Header)), request_body = NewOrder, security(("office" = [])),
    responses((status = 200, description = "The order as it was written", body = OrderPage,
            headers(("ETag" = String, description = "The version, for `If-Match`")))),
    extensions(("x-codes" = json!([Code::OrderClosed, Code::TooLong,
        Code::SignUnprintable, Code::MoneyOutOfRange, Code::InstrumentTwice,
        [422, Code::TooMany]]))))]
pub(super) async fn change(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    seen: IfMatch,
    Json(new): Json<NewOrder>,
) -> Outcome<Versioned<Json<OrderPage>>> {
    let mut tx = app.store.begin().await?;
    let row = open(&mut tx, order).await?;
    seen.is_current_card(&mut tx, &row.card).await?;
    let seen = row.card.version;
    let entity = tx.entity(row.card.entity).await?.ok_or(Problem::NotFound)?;
    let source = row.card.source.clone();
    let number = row.card.number.clone();
    let old = row.card;
    let zone_chosen = !new.zone.trim().is_empty();
    let given: Vec<InstrumentId> = new.instruments.iter().filter_map(|of| of.id).collect();
    let mut card = card(&app, order, &entity, &NewOrder { number, ..new }, &source)?;
    card.version = seen + 1;
    let known = |id| old.instruments.iter().any(|of| of.id == id);
    if !given.into_iter().all(known) {
        return Err(Problem::field(
            "instruments",
            "такого прибора в заявке нет: обновите страницу",
        ));
    }
    let building = orders::building_of(&old);
    // Another building is somewhere else; in the same one what the office typed or took out stays so.
    let moved = orders::building_of(&card) != building
        || (building.is_none() && card.address != old.address);
    if moved {
        card.place = card.place.filter(|typed| Some(*typed) != old.place);
        orders::locate(&mut tx, &mut card).await?;
    }
    orders::recall_readings(&mut tx, &mut card).await?;
    save(&mut tx, &card, seen).await?;
    tx.note_zone_chosen(order, zone_chosen).await?;
    let line = (LineKind::CardChanged, &*card_changes::sentence(&old, &card));
    tx.note_act(order, app.now(), By::Person(&by.name), line).await?;
    if (card.urgency, card.zone) != (old.urgency, old.zone) {
        dispatch::look_again(&app, &mut tx, Waiting::Order(order)).await?;
    }
    committed(&app, tx, &mut OrderDocument::of(order)).await.map(versioned)
}

/// Cancel an order.
///
/// Offers are withdrawn, telephones stop ringing, whoever has the order loses it. What was
/// written at visits stays; work that was done nevertheless becomes a question for the
/// dispatcher.
#[utoipa::path(post, path = "/v1/orders/{order}/cancel", operation_id = "cancel_order",
    tag = "Orders", request_body = Reason, security(("office" = [])),
    responses((status = 200, description = "The cancelled order", body = OrderPage)),
    extensions(("x-codes" = json!([Code::OrderClosed]))))]
pub(super) async fn cancel(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(Reason { reason }): Json<Reason>,
) -> Outcome<Json<OrderPage>> {
    let reason = required("reason", &reason)?;
    let mut tx = app.store.begin().await?;
    let mut doc = OrderDocument::of(order);
    open(&mut tx, order).await?;
    dispatch::cancel(&app, &mut tx, &mut doc).await?;
    assignment::take_away(&app, &mut tx, order, &format!("заявка отменена: {reason}")).await?;
    assignment::leave_all(&mut tx, order).await?;
    tx.set_order_state(order, OrderState::Cancelled).await?;
    let line = (LineKind::Cancelled, &*format!("Отменена: {reason}"));
    tx.note_act(order, app.now(), By::Person(&by.name), line).await?;
    conflicts::detect_and_store(&app, &mut tx, &mut doc).await?;
    committed(&app, tx, &mut doc).await.map(Json)
}

/// Move an order to another time.
///
/// Whoever has the order keeps it. One that nobody has is taken off the table until it is offered
/// again.
#[utoipa::path(post, path = "/v1/orders/{order}/postpone", operation_id = "postpone_order",
    tag = "Orders", request_body = Postpone, security(("office" = [])),
    responses((status = 200, description = "The order at its new time", body = OrderPage)),
    extensions(("x-codes" = json!([Code::OrderClosed]))))]
pub(super) async fn postpone(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(to): Json<Postpone>,
) -> Outcome<Json<OrderPage>> {
    let reason = required("reason", &to.reason)?;
    let mut tx = app.store.begin().await?;
    let mut doc = OrderDocument::of(order);
    let row = open(&mut tx, order).await?;
    let mut card = row.card;
    let seen = card.version;
    let before = (card.date, card.window);
    card.date = coming_date(&app, &to.date, card.zone)?;
    card.window = window(&to.window)?;
    card.version += 1;
    save(&mut tx, &card, seen).await?;
    let (day, time) = before;
    let what = format!(
        "Перенесена на {} {} с {} {time}: {reason}",
        card.date.russian(),
        card.window,
        day.russian()
    );
    tx.note_act(order, app.now(), By::Person(&by.name), (LineKind::Moved, &what)).await?;
    tx.set_moved(order, Some((app.now().0, &by.name))).await?;
    // Whoever holds it keeps it; an order on the table waits for its new day.
    if row.holder.is_none() {
        dispatch::cancel(&app, &mut tx, &mut doc).await?;
        tx.set_order_state(order, OrderState::Postponed).await?;
    } else {
        tx.set_order_state(order, OrderState::Accepted).await?;
    }
    conflicts::detect_and_store(&app, &mut tx, &mut doc).await?;
    committed(&app, tx, &mut doc).await.map(Json)
}

/// Take an order back and offer it to others.
///
/// What its holder has written so far stays in the document.
#[utoipa::path(post, path = "/v1/orders/{order}/take-back", operation_id = "take_back_order",
    tag = "Orders", request_body = Reason, security(("office" = [])),
    responses((status = 200, description = "The order, offered anew", body = OrderPage)),
    extensions(("x-codes" = json!([Code::OrderClosed, Code::OrderFree]))))]
pub(super) async fn take_back(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(Reason { reason }): Json<Reason>,
) -> Outcome<Json<OrderPage>> {
    let reason = required("reason", &reason)?;
    let mut tx = app.store.begin().await?;
    let mut doc = OrderDocument::of(order);
    let row = open(&mut tx, order).await?;
    let Some((_, holder)) = row.holder else {
        return Err(Problem::Refused(Code::OrderFree, "заявка ни у кого".to_owned()));
    };
    dispatch::cancel(&app, &mut tx, &mut doc).await?;
    assignment::take_away(&app, &mut tx, order, &format!("заявка передана: {reason}")).await?;
    tx.set_order_state(order, OrderState::New).await?;
    let line = (LineKind::TakenAway, &*format!("Забрана у {holder}: {reason}"));
    tx.note_act(order, app.now(), By::Person(&by.name), line).await?;
    dispatch::start(&app, &mut tx, &mut doc).await?;
    conflicts::detect_and_store(&app, &mut tx, &mut doc).await?;
    committed(&app, tx, &mut doc).await.map(Json)
}

/// Offer an order to metrologists.
///
/// Also once more, where nobody took it or it was postponed.
#[utoipa::path(post, path = "/v1/orders/{order}/offer", operation_id = "offer_order",
    tag = "Orders", security(("office" = [])),
    responses((status = 200, description = "The order, offered", body = OrderPage)),
    extensions(("x-codes" = json!([Code::OrderClosed, Code::OrderHeld]))))]
pub(super) async fn offer(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
) -> Outcome<Json<OrderPage>> {
    let mut tx = app.store.begin().await?;
    let mut doc = OrderDocument::of(order);
    let row = open(&mut tx, order).await?;
    if row.holder.is_some() {
        let message = "у заявки уже есть исполнитель".to_owned();
        return Err(Problem::Refused(Code::OrderHeld, message));
    }
    tx.set_order_state(order, OrderState::New).await?;
    tx.set_offers_from(order, None).await?;
    tx.note(order, app.now(), By::Person(&by.name), "Предложить исполнителям").await?;
    dispatch::start(&app, &mut tx, &mut doc).await?;
    committed(&app, tx, &mut doc).await.map(Json)
}

/// The order's page as the transaction leaves the order, committed; everybody who waits is woken.
pub(super) async fn committed(
    app: &App,
    mut tx: Tx,
    doc: &mut OrderDocument,
) -> Outcome<OrderPage> {
    let page = order_view::read(app, &mut tx, doc).await?;
    tx.commit().await?;
    app.changed();
    Ok(page)
}

fn versioned(page: OrderPage) -> Versioned<Json<OrderPage>> {
    let version = page.version() as i64;
    Versioned(Json(page), version)
}

/// The order while it is open, locked: a sheet that arrives at this moment waits.
pub(super) async fn open(tx: &mut Tx, order: OrderId) -> Outcome<crate::store::OrderRow> {
    tx.lock_order(order).await?;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    if row.state.is_open() {
        Ok(row)
    } else {
        Err(Problem::Refused(Code::OrderClosed, "заявка уже закрыта".to_owned()))
    }
}

pub(super) async fn save(tx: &mut Tx, card: &Card, seen: u64) -> Outcome<()> {
    if tx.change_card(card, seen).await? {
        Ok(())
    } else {
        let message = "карточку уже изменил другой человек: обновите страницу".to_owned();
        Err(Problem::Refused(Code::VersionOld, message))
    }
}

pub(super) fn required(field: &'static str, text: &str) -> Outcome<String> {
    if texts::one_line(text).is_empty() {
        return Err(Problem::Field(field, Code::FieldRequired, "нужно указать причину".to_owned()));
    }
    fields::full_line(field, text, CARD_TEXT_CHARS_MAX)
}
