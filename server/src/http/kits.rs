//! Kits: sets of means that one metrologist takes along, handed over in one step.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{KitId, LegalDate, Means, MeansId, PersonId, Zone, fold};

use super::extract::{Json, Path};
use super::fields;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Admin;
use crate::code::Code;
use crate::limits::office::{KITS_MAX, MEANS_MAX, NAME_CHARS_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::{KitRow, Role, Tx};

/// The routes of kits.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add_kit)).routes(routes!(change_kit))
}

/// A set of means that one metrologist takes along.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a0a3dd89807bc4a71180870f794517", "name": "Комплект 1",
    "means": ["019ca86a3a607703b2d559269a27a08e"],
    "held_by": "01a08a5fa8817bf5b4400481065a2943", "since": "2026-09-01"
}))]
pub(super) struct KitView {
    /// The kit.
    id: String,
    /// What people call it.
    name: String,
    /// Its means.
    means: Vec<String>,
    /// Who has it; absent: it lies in the office.
    held_by: Option<String>,
    /// Since which day, `YYYY-MM-DD`.
    since: Option<String>,
}

impl KitView {
    /// A kit with those of all means that are in it.
    pub(super) fn new(kit: KitRow, all: &[Means]) -> Self {
        let (held_by, since) = kit.holder.map(|(who, since)| (who.to_string(), since)).unzip();
        let means = all.iter().filter(|of| of.kit == Some(kit.id)).map(|of| of.id.to_string());
        Self { id: kit.id.to_string(), name: kit.name, means: means.collect(), held_by, since }
    }
}

/// A kit as the office puts it together.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "name": "Комплект 1", "means": ["019ca86a3a607703b2d559269a27a08e"],
    "held_by": "01a08a5fa8817bf5b4400481065a2943"
}))]
pub(super) struct NewKit {
    /// What people call it.
    name: String,
    /// Its means; one means is in one kit.
    #[schema(value_type = Vec<String>)]
    means: Vec<MeansId>,
    /// The metrologist who takes it, from today on; absent: it lies in the office.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    held_by: Option<PersonId>,
}

/// Put a kit together.
///
/// Whoever takes it finds its means on the phone with the next exchange, and nobody else does.
#[utoipa::path(post, path = "/v1/firm/kits", operation_id = "add_kit", tag = "Firm",
    request_body = NewKit, security(("office" = ["admin"])),
    responses((status = 200, description = "The kit", body = KitView)),
    extensions(("x-codes" = json!([Code::TooLong, Code::SignUnprintable,
        [422, Code::TooMany]]))))]
pub(super) async fn add_kit(
    State(app): State<App>,
    Admin(by): Admin,
    Json(new): Json<NewKit>,
) -> Outcome<Json<KitView>> {
    let mut tx = app.store.begin().await?;
    tx.raise_reference_version().await?;
    if tx.kits().await?.len() >= KITS_MAX {
        let words = format!("комплектов уже {KITS_MAX}");
        return Err(Problem::Field("name", Code::TooMany, words));
    }
    let id = app.id(KitId::new);
    let view = write(&app, &mut tx, id, &new).await?;
    audit::note(&app, &mut tx, &Actor::person(&by), "kit.added", (&view.id, &view.name)).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(view))
}

/// Change a kit, or hand it over.
///
/// All of it is sent. On the day of a hand-over both people had it: papers of that day may name either. Sheets
/// that are signed keep what stood there.
#[utoipa::path(put, path = "/v1/firm/kits/{kit}", operation_id = "change_kit", tag = "Firm",
    request_body = NewKit, security(("office" = ["admin"])),
    responses((status = 200, description = "The kit", body = KitView)),
    extensions(("x-codes" = json!([Code::TooLong, Code::SignUnprintable]))))]
pub(super) async fn change_kit(
    State(app): State<App>,
    Admin(by): Admin,
    Path(id): Path<KitId>,
    Json(new): Json<NewKit>,
) -> Outcome<Json<KitView>> {
    let mut tx = app.store.begin().await?;
    tx.raise_reference_version().await?;
    if !tx.kits().await?.iter().any(|kit| kit.id == id) {
        return Err(Problem::NotFound);
    }
    let view = write(&app, &mut tx, id, &new).await?;
    audit::note(&app, &mut tx, &Actor::person(&by), "kit.changed", (&view.id, &view.name)).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(view))
}

/// Writes name, means and holder.
async fn write(app: &App, tx: &mut Tx, id: KitId, new: &NewKit) -> Outcome<KitView> {
    let name = fields::full("name", &new.name, NAME_CHARS_MAX)?;
    fields::list("means", &new.means, MEANS_MAX)?;
    may_carry(tx, new.held_by).await?;
    let kits = tx.kits().await?;
    if kits.iter().any(|kit| kit.id != id && fold(&kit.name) == fold(&name)) {
        return Err(Problem::field("name", "комплект с таким названием уже есть"));
    }
    let holder = |kit: &KitRow| kit.holder.as_ref().map(|(person, _)| *person);
    let another = kits.iter().find(|kit| kit.id != id && holder(kit) == new.held_by);
    if let Some(kit) = another.filter(|_| new.held_by.is_some()) {
        let words = format!("у этого метролога уже «{}»: сначала заберите его", kit.name);
        return Err(Problem::field("held_by", words));
    }
    let before = kits.iter().find(|kit| kit.id == id).and_then(holder);
    tx.put_kit(id, &name).await?;
    fill(tx, id, &new.means).await?;
    if before != new.held_by {
        let today = LegalDate(Zone::MOSCOW.date(app.now()));
        tx.hand_kit(id, new.held_by, today).await?;
    }
    let kit = tx.kits().await?.into_iter().find(|kit| kit.id == id).ok_or(Problem::NotFound)?;
    Ok(KitView::new(kit, &tx.means().await?))
}

/// Puts the named means into a kit, and takes the others out.
async fn fill(tx: &mut Tx, kit: KitId, named: &[MeansId]) -> Outcome<()> {
    let all = tx.means().await?;
    if let Some(unknown) = named.iter().find(|id| !all.iter().any(|of| of.id == **id)) {
        return Err(Problem::field("means", format!("средства {unknown} нет")));
    }
    for mut means in all {
        let wanted = named.contains(&means.id);
        let is_here = means.kit == Some(kit);
        if wanted == is_here {
            continue;
        }
        if wanted && means.kit.is_some() {
            let words = format!(
                "{} № {} уже в другом комплекте: сначала уберите из него",
                means.title, means.serial_number
            );
            return Err(Problem::field("means", words));
        }
        means.kit = wanted.then_some(kit);
        means.held_by = None;
        tx.put_means(&means).await?;
    }
    Ok(())
}

/// Refuses a carrier who is no metrologist of the firm.
pub(super) async fn may_carry(tx: &mut Tx, person: Option<PersonId>) -> Outcome<()> {
    let Some(person) = person else { return Ok(()) };
    let row = tx.person(person).await?.filter(|row| row.active && row.role == Role::Metrologist);
    row.map(drop).ok_or_else(|| Problem::field("held_by", "такого метролога нет"))
}
