//! Time zones of Russia, for the forms of orders and of the firm.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{Entity, Zone};

use super::extract::Json;
use super::fields;
use crate::app::App;
use crate::auth::Office;
use crate::code::Code;
use crate::problem::{Outcome, Problem};

/// The routes of zones.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_zones)).routes(routes!(find_zone))
}

/// A time zone.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "zone": "Europe/Saratov", "name": "Саратов (UTC+4)" }))]
pub(super) struct ZoneView {
    /// IANA name.
    zone: &'static str,
    /// The zone for people.
    name: String,
}

impl From<Zone> for ZoneView {
    fn from(zone: Zone) -> Self {
        Self { zone: zone.name(), name: zone.russian() }
    }
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "address": "г. Саратов, ул. Чапаева, д. 8, кв. 12" }))]
pub(super) struct OfAddress {
    /// One line.
    address: String,
}

/// The zone that an order of an address gets.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "zone": "Europe/Saratov", "name": "Саратов (UTC+4)", "named": true }))]
pub(super) struct FoundZone {
    /// IANA name.
    zone: &'static str,
    /// The zone for people.
    name: String,
    /// The address names a region or a town; otherwise the zone is the firm's.
    named: bool,
}

/// Zone of a new card: the one chosen, else the one that the address names, else the firm's.
pub(super) fn of_card(chosen: &str, address: &str, firm: &Entity) -> Outcome<Zone> {
    match chosen.trim() {
        "" => Ok(by_address(address, firm)),
        name => parsed("zone", name),
    }
}

/// Zone of an address for which nobody chose one.
pub(super) fn by_address(address: &str, firm: &Entity) -> Zone {
    Zone::of_address(address).unwrap_or(firm.zone)
}

/// A zone by its IANA name.
pub(super) fn parsed(field: &'static str, name: &str) -> Outcome<Zone> {
    Zone::parse(name).ok_or_else(|| {
        Problem::field(field, format!("«{name}» — не часовой пояс России: выберите из списка"))
    })
}

/// List the zones.
///
/// Every zone of Russia, from west to east.
#[utoipa::path(get, path = "/v1/zones", operation_id = "list_zones", tag = "Orders",
    security(("office" = [])),
    responses((status = 200, description = "Zones", body = Vec<ZoneView>)))]
pub(super) async fn list_zones(_: Office) -> Json<Vec<ZoneView>> {
    Json(Zone::all().map(ZoneView::from).collect())
}

/// Find the zone of an address.
///
/// What an order of this address gets while nobody chooses another zone. The address goes in the
/// body, because addresses of requests are written to logs.
#[utoipa::path(post, path = "/v1/zones/find", operation_id = "find_zone", tag = "Orders",
    request_body = OfAddress, security(("office" = [])),
    responses((status = 200, description = "The zone", body = FoundZone)),
    extensions(("x-codes" = json!([Code::NoEntity, Code::TooLong]))))]
pub(super) async fn find_zone(
    State(app): State<App>,
    _: Office,
    Json(of): Json<OfAddress>,
) -> Outcome<Json<FoundZone>> {
    let chars = vyezd_core::model::CARD_TEXT_CHARS_MAX;
    let address = fields::text("address", &of.address, chars)?;
    let entities = app.store.read().await?.entities().await?;
    let firm = entities
        .first()
        .ok_or_else(|| Problem::Refused(Code::NoEntity, Code::NoEntity.words().to_owned()))?;
    let zone = by_address(&address, firm);
    let named = Zone::of_address(&address).is_some();
    Ok(Json(FoundZone { zone: zone.name(), name: zone.russian(), named }))
}
