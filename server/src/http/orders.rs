//! Orders: list with filters, create, change, cancel, postpone, offer again.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vyezd_core::model::{
    Access, CARD_INSTRUMENTS_MAX, CARD_TEXT_CHARS_MAX, Card, Entity, ExpectedInstrument,
    InstrumentId, LegalDate, OrderId, Phone, Position, Urgency, Water, Window, Zone, fold,
};

use super::order_view::{self, OrderLine, OrderPage};
use crate::app::App;
use crate::auth::Office;
use crate::dispatch;
use crate::docs;
use crate::problem::{Outcome, Problem, ProblemBody};
use crate::store::{OrderFilter, OrderState, Tx};

/// Which orders.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// States, joined by commas.
    state: Option<String>,
    /// planned, paid, emergency.
    urgency: Option<String>,
    district: Option<String>,
    /// YYYY-MM-DD
    from: Option<String>,
    /// YYYY-MM-DD
    to: Option<String>,
    /// Number, client, address, telephone, serial number.
    q: Option<String>,
    /// How many, 200 at most.
    limit: Option<i64>,
    offset: Option<i64>,
}

/// A page of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderList {
    items: Vec<OrderLine>,
    /// How many there are in all under the filter.
    total: i64,
    /// How many in each state, under the filter without its states.
    counts: Vec<StateCount>,
    districts: Vec<String>,
}

/// How many orders are in a state.
#[derive(Serialize, ToSchema)]
pub(super) struct StateCount {
    state: String,
    count: i64,
}

/// A new order, or the new content of one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewOrder {
    /// Empty: the next one.
    #[serde(default)]
    pub number: String,
    /// YYYY-MM-DD
    pub date: String,
    /// `10:00-12:00`
    pub window: String,
    /// «поверка»
    #[serde(default)]
    pub kind: String,
    /// planned, paid, emergency.
    pub urgency: String,
    /// The client's name; may be empty.
    #[serde(default)]
    pub client: String,
    /// Telephones.
    #[serde(default)]
    pub phones: Vec<String>,
    /// The district.
    pub district: String,
    /// The address.
    pub address: String,
    /// Подъезд.
    #[serde(default)]
    pub entrance: String,
    /// Этаж.
    #[serde(default)]
    pub floor: String,
    /// Домофон.
    #[serde(default)]
    pub intercom: String,
    /// «собака; звонить за час»
    #[serde(default)]
    pub note: String,
    /// Kopecks.
    #[serde(default)]
    pub price_kop: i64,
    /// The owner asked for a paper certificate.
    #[serde(default)]
    pub certificate: bool,
    /// What the client named.
    #[serde(default)]
    pub instruments: Vec<NewInstrument>,
}

/// An instrument of a new order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewInstrument {
    /// Of an instrument that is there already.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub id: Option<InstrumentId>,
    /// `NNNNN-YY`
    #[serde(default)]
    pub type_number: String,
    /// The modification.
    #[serde(default)]
    pub modification: String,
    /// The serial number, text.
    #[serde(default)]
    pub serial_number: String,
    /// The year of make.
    #[serde(default)]
    pub year: Option<u16>,
    /// cold, hot.
    #[serde(default)]
    pub water: Option<String>,
    /// horizontal, vertical.
    #[serde(default)]
    pub position: Option<String>,
}

/// Why an order is called off.
#[derive(Deserialize, ToSchema)]
pub(super) struct Reason {
    reason: String,
}

/// To when an order is moved.
#[derive(Deserialize, ToSchema)]
pub(super) struct Postpone {
    /// YYYY-MM-DD
    date: String,
    /// `10:00-12:00`
    window: String,
    reason: String,
}

/// Список заявок с фильтрами.
#[utoipa::path(get, path = "/v1/orders", tag = "заявки", params(ListQuery),
    security(("bearer" = [])), responses((status = 200, body = OrderList)))]
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
    Ok(Json(OrderList {
        items: rows.iter().map(OrderLine::from).collect(),
        total,
        counts: counts.into_iter().map(|(state, count)| StateCount { state, count }).collect(),
        districts,
    }))
}

fn filter(query: ListQuery) -> Outcome<OrderFilter> {
    let date = |field, text: Option<String>| match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => LegalDate::parse(&text)
            .map(Some)
            .ok_or_else(|| Problem::field(field, "нужна дата ГГГГ-ММ-ДД")),
    };
    let full = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let states = query.state.unwrap_or_default();
    let states = states.split(',').filter(|code| !code.is_empty()).map(|code| {
        OrderState::parse(code)
            .ok_or_else(|| Problem::field("state", format!("нет состояния «{code}»")))
    });
    Ok(OrderFilter {
        states: states.collect::<Outcome<_>>()?,
        urgency: full(query.urgency),
        district_key: full(query.district).map(|text| fold(&text)),
        from: date("from", query.from)?,
        to: date("to", query.to)?,
        search: full(query.q).map(|text| search_text(&text)),
        limit: query.limit.unwrap_or(100).clamp(1, 200),
        offset: query.offset.unwrap_or(0).max(0),
    })
}

/// A telephone is searched by its digits, whatever its spelling; everything else as folded text.
fn search_text(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    match Phone::parse(text).filter(|_| plain) {
        Some(phone) => phone.as_str().trim_start_matches('+').to_owned(),
        None => fold(text),
    }
}

/// Одна заявка целиком.
#[utoipa::path(get, path = "/v1/orders/{order}", tag = "заявки", params(("order" = String, Path)),
    security(("bearer" = [])),
    responses((status = 200, body = OrderPage), (status = 404, body = ProblemBody)))]
pub(super) async fn one(
    State(app): State<App>,
    _: Office,
    Path(order): Path<OrderId>,
) -> Outcome<Json<OrderPage>> {
    let mut tx = app.store.read().await?;
    Ok(Json(order_view::read(&app, &mut tx, order).await?))
}

/// Новая заявка: сразу предлагается исполнителю.
#[utoipa::path(post, path = "/v1/orders", tag = "заявки", request_body = NewOrder,
    security(("bearer" = [])),
    responses((status = 200, body = OrderPage), (status = 422, body = ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    Office(by): Office,
    Json(new): Json<NewOrder>,
) -> Outcome<Json<OrderPage>> {
    let mut tx = app.store.begin().await?;
    let order = create_order(&app, &mut tx, &new, &by.name, "office").await?;
    dispatch::start(&app, &mut tx, order).await?;
    let page = order_view::read(&app, &mut tx, order).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(page))
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
        Problem::Conflict("no_entity", "сначала заполните реквизиты организации".to_owned())
    })?;
    let number = match new.number.trim() {
        "" => tx.next_order_number().await?,
        given => given.to_owned(),
    };
    let id = app.id(OrderId::new);
    let card = card(app, id, entity, &NewOrder { number, ..new.clone() }, source)?;
    if !tx.add_order(&card, app.now()).await? {
        let message = format!("заявка № {} уже есть", card.number);
        return Err(Problem::Conflict("number_taken", message));
    }
    docs::create(app, tx, id).await?;
    tx.note(id, app.now(), by, "Заявка создана").await?;
    Ok(id)
}

/// Изменить карточку; `If-Match` — версия, которую видел человек.
#[utoipa::path(put, path = "/v1/orders/{order}", tag = "заявки", request_body = NewOrder,
    params(("order" = String, Path), ("If-Match" = String, Header)), security(("bearer" = [])),
    responses((status = 200, body = OrderPage), (status = 409, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    headers: HeaderMap,
    Json(new): Json<NewOrder>,
) -> Outcome<Json<OrderPage>> {
    let seen = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let seen: u64 = seen
        .and_then(|text| text.trim_matches('"').parse().ok())
        .ok_or_else(|| Problem::field("If-Match", "нужна версия карточки"))?;
    let mut tx = app.store.begin().await?;
    let row = open(&mut tx, order).await?;
    let entity = tx.entity(row.card.entity).await?.ok_or(Problem::NotFound)?;
    let source = row.card.source.clone();
    let number = row.card.number.clone();
    let mut card = card(&app, order, &entity, &NewOrder { number, ..new }, &source)?;
    card.version = seen + 1;
    save(&mut tx, &card, seen).await?;
    tx.note(order, app.now(), &by.name, "Карточка изменена").await?;
    let page = order_view::read(&app, &mut tx, order).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(page))
}

/// Отменить заявку: предложения снимаются, телефоны замолкают.
#[utoipa::path(post, path = "/v1/orders/{order}/cancel", tag = "заявки", request_body = Reason,
    params(("order" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = OrderPage), (status = 409, body = ProblemBody)))]
pub(super) async fn cancel(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(Reason { reason }): Json<Reason>,
) -> Outcome<Json<OrderPage>> {
    let reason = required("reason", &reason)?;
    let mut tx = app.store.begin().await?;
    open(&mut tx, order).await?;
    dispatch::cancel(&app, &mut tx, order).await?;
    dispatch::unassign(&app, &mut tx, order, &format!("заявка отменена: {reason}")).await?;
    tx.set_order_state(order, OrderState::Cancelled).await?;
    tx.note(order, app.now(), &by.name, &format!("Отменена: {reason}")).await?;
    let page = order_view::read(&app, &mut tx, order).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(page))
}

/// Перенести заявку на другой день.
#[utoipa::path(post, path = "/v1/orders/{order}/postpone", tag = "заявки", request_body = Postpone,
    params(("order" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = OrderPage), (status = 422, body = ProblemBody)))]
pub(super) async fn postpone(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
    Json(to): Json<Postpone>,
) -> Outcome<Json<OrderPage>> {
    let reason = required("reason", &to.reason)?;
    let mut tx = app.store.begin().await?;
    let row = open(&mut tx, order).await?;
    let mut card = row.card;
    let seen = card.version;
    card.date = date(&to.date)?;
    card.window = window(&to.window)?;
    card.version += 1;
    save(&mut tx, &card, seen).await?;
    let what = format!("Перенесена на {} {}: {reason}", card.date.russian(), card.window);
    tx.note(order, app.now(), &by.name, &what).await?;
    // Whoever holds it keeps it; an order on the table waits for its new day.
    if row.holder.is_none() {
        dispatch::cancel(&app, &mut tx, order).await?;
        tx.set_order_state(order, OrderState::Postponed).await?;
    } else {
        tx.set_order_state(order, OrderState::Accepted).await?;
    }
    let page = order_view::read(&app, &mut tx, order).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(page))
}

/// Предложить исполнителям (снова).
#[utoipa::path(post, path = "/v1/orders/{order}/offer", tag = "заявки",
    params(("order" = String, Path)), security(("bearer" = [])),
    responses((status = 200, body = OrderPage), (status = 409, body = ProblemBody)))]
pub(super) async fn offer(
    State(app): State<App>,
    Office(by): Office,
    Path(order): Path<OrderId>,
) -> Outcome<Json<OrderPage>> {
    let mut tx = app.store.begin().await?;
    let row = open(&mut tx, order).await?;
    if row.holder.is_some() {
        let message = "у заявки уже есть исполнитель".to_owned();
        return Err(Problem::Conflict("order_held", message));
    }
    tx.set_order_state(order, OrderState::New).await?;
    tx.note(order, app.now(), &by.name, "Предложить исполнителям").await?;
    dispatch::start(&app, &mut tx, order).await?;
    let page = order_view::read(&app, &mut tx, order).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(page))
}

async fn open(tx: &mut Tx, order: OrderId) -> Outcome<crate::store::OrderRow> {
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    if row.state.is_open() {
        Ok(row)
    } else {
        Err(Problem::Conflict("order_closed", "заявка уже закрыта".to_owned()))
    }
}

async fn save(tx: &mut Tx, card: &Card, seen: u64) -> Outcome<()> {
    if tx.change_card(card, seen).await? {
        Ok(())
    } else {
        let message = "карточку уже изменил другой человек: обновите страницу".to_owned();
        Err(Problem::Conflict("version_old", message))
    }
}

fn required(field: &'static str, text: &str) -> Outcome<String> {
    match text.trim() {
        "" => Err(Problem::Field(field, "field_required", "нужно указать причину".to_owned())),
        text => Ok(text.chars().take(CARD_TEXT_CHARS_MAX).collect()),
    }
}

fn date(text: &str) -> Outcome<LegalDate> {
    LegalDate::parse(text).ok_or_else(|| Problem::field("date", "нужна дата ГГГГ-ММ-ДД"))
}

fn window(text: &str) -> Outcome<Window> {
    Window::parse(text).ok_or_else(|| Problem::field("window", "нужно время вида 10:00-12:00"))
}

fn card(app: &App, id: OrderId, entity: &Entity, new: &NewOrder, source: &str) -> Outcome<Card> {
    let text = |field: &'static str, text: &str| {
        if text.contains('\0') {
            Err(Problem::field(field, "недопустимый знак"))
        } else if text.chars().count() > CARD_TEXT_CHARS_MAX {
            Err(Problem::field(field, format!("длиннее {CARD_TEXT_CHARS_MAX} знаков")))
        } else {
            Ok(text.trim().to_owned())
        }
    };
    let full = |field: &'static str, value: &str| match text(field, value)?.as_str() {
        "" => Err(Problem::Field(field, "field_required", "нужно заполнить".to_owned())),
        value => Ok(value.to_owned()),
    };
    let phones = new.phones.iter().filter(|phone| !phone.trim().is_empty()).map(|phone| {
        Phone::parse(phone)
            .ok_or_else(|| Problem::field("phones", format!("«{phone}» — не телефон")))
    });
    if new.instruments.len() > CARD_INSTRUMENTS_MAX {
        return Err(Problem::field(
            "instruments",
            format!("больше {CARD_INSTRUMENTS_MAX} приборов"),
        ));
    }
    if new.price_kop < 0 {
        return Err(Problem::field("price_kop", "цена не бывает отрицательной"));
    }
    let urgency = Urgency::parse(&new.urgency);
    Ok(Card {
        id,
        number: full("number", &new.number)?,
        version: 1,
        entity: entity.id,
        district: full("district", &new.district)?,
        zone: Zone::of_address(&new.address).unwrap_or(entity.zone),
        date: date(&new.date)?,
        window: window(&new.window)?,
        kind: if new.kind.trim().is_empty() {
            "поверка".to_owned()
        } else {
            text("kind", &new.kind)?
        },
        urgency: urgency.ok_or_else(|| Problem::field("urgency", "planned, paid или emergency"))?,
        client: text("client", &new.client)?,
        phones: phones.collect::<Outcome<_>>()?,
        address: full("address", &new.address)?,
        access: Access {
            entrance: text("entrance", &new.entrance)?,
            floor: text("floor", &new.floor)?,
            intercom: text("intercom", &new.intercom)?,
            note: text("note", &new.note)?,
        },
        price_kop: new.price_kop,
        instruments: instruments(app, &new.instruments)?,
        certificate: new.certificate,
        source: source.to_owned(),
    })
}

/// New ids ascend in the order of the card, so papers follow it.
fn instruments(app: &App, new: &[NewInstrument]) -> Outcome<Vec<ExpectedInstrument>> {
    let mut ids: Vec<InstrumentId> = new.iter().map(|_| app.id(InstrumentId::new)).collect();
    ids.sort_unstable();
    new.iter().zip(ids).map(|(new, fresh)| instrument(fresh, new)).collect()
}

fn instrument(fresh: InstrumentId, new: &NewInstrument) -> Outcome<ExpectedInstrument> {
    let short = |field: &'static str, text: &str| match text.trim().chars().count() {
        _ if text.contains('\0') => Err(Problem::field(field, "недопустимый знак")),
        0..=128 => Ok(text.trim().to_owned()),
        _ => Err(Problem::field(field, "длиннее 128 знаков")),
    };
    let water = new.water.as_deref().filter(|text| !text.is_empty());
    let position = new.position.as_deref().filter(|text| !text.is_empty());
    let pick = |bad: bool, field: &'static str| {
        if bad {
            Err(Problem::field(field, "неизвестное значение"))
        } else {
            Ok(())
        }
    };
    let (water_read, position_read) =
        (water.and_then(Water::parse), position.and_then(Position::parse));
    pick(water.is_some() && water_read.is_none(), "water")?;
    pick(position.is_some() && position_read.is_none(), "position")?;
    Ok(ExpectedInstrument {
        id: new.id.unwrap_or(fresh),
        type_number: short("type_number", &new.type_number)?,
        modification: short("modification", &new.modification)?,
        serial_number: short("serial_number", &new.serial_number)?,
        year: new.year,
        water: water_read,
        position: position_read,
    })
}
