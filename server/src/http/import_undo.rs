//! An import undone whole, while nothing was done on what it brought.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{ItemId, OrderId, Timestamp};

use super::extract::{Json, Path};
use super::imports::{self, ImportJob};
use super::orders::save;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::documents::OrderDocument;
use crate::problem::{Outcome, Problem};
use crate::store::{
    By, ImportKind, ImportState, LineKind, MadeOrder, MadeType, OrderState, Role, Tx,
};
use crate::{assignment, dispatch};

/// Orders that a refusal to undo names; the rest is counted.
const NAMED_MAX: usize = 5;

/// The route of undo.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(undo))
}

/// Undo an import.
///
/// Orders are cancelled and their numbers are free again, while none of them was accepted or changed; types
/// stand as before, while none was changed again or verified by; people are gone, while nobody has changed
/// or enrolled them. Otherwise nothing happens. Readings have become papers and cannot be undone.
#[utoipa::path(post, path = "/v1/imports/{job}/undo", operation_id = "undo_import",
    tag = "Imports", security(("office" = [])),
    responses((status = 200, description = "The import, undone", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ImportClosed, Code::ImportUsed]))))]
pub(super) async fn undo(
    State(app): State<App>,
    Office(by): Office,
    Path(job): Path<ItemId>,
) -> Outcome<Json<ImportJob>> {
    let mut tx = app.store.begin().await?;
    tx.lock_import(job).await?;
    let row = tx.import(job).await?.ok_or(Problem::NotFound)?;
    if row.kind == ImportKind::Readings && row.taken > 0 && !row.trial {
        let words = "показания уже стали документами: загрузку не отменить".to_owned();
        return Err(Problem::Refused(Code::ImportUsed, words));
    }
    if matches!(row.kind, ImportKind::Types | ImportKind::People) && by.role != Role::Admin {
        return Err(Problem::Forbidden);
    }
    if matches!(row.state, ImportState::Running | ImportState::Undone) {
        let words = "загрузка ещё идёт или уже отменена".to_owned();
        return Err(Problem::Refused(Code::ImportClosed, words));
    }
    let made = tx.import_made(job).await?;
    let used = used(&mut tx, &made).await?;
    if !used.is_empty() {
        return Err(Problem::Refused(Code::ImportUsed, used_words(&used)));
    }
    for one in &made {
        withdraw(&app, &mut tx, one.order, &by.name).await?;
    }
    undo_types(&mut tx, job, Timestamp(row.at)).await?;
    undo_people(&mut tx, job).await?;
    tx.set_import_state(job, ImportState::Undone).await?;
    let about = (&*job.to_string(), &*format!("{}: {}", row.kind.as_str(), row.taken));
    audit::note(&app, &mut tx, &Actor::person(&by), "import.undone", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(imports::read(&app, job).await?))
}

/// Puts types back as they stood before the import.
async fn undo_types(tx: &mut Tx, job: ItemId, at: Timestamp) -> Outcome<()> {
    for MadeType { before, after } in tx.import_types(job).await? {
        let now = tx.types_of(&after.type_number).await?;
        let stands = now.contains(&after);
        if !stands || tx.is_type_used(&after, at).await? {
            let why = if stands {
                "по нему уже поверяли"
            } else {
                "его с тех пор изменили"
            };
            let words = format!(
                "тип {} {}: {why}; ничего не отменено",
                after.type_number, after.modification
            );
            return Err(Problem::Refused(Code::ImportUsed, words));
        }
        match before {
            Some(before) => tx.put_types(std::slice::from_ref(&before)).await?,
            None => tx.drop_type(&after).await?,
        }
    }
    Ok(())
}

/// Removes the people of the import.
async fn undo_people(tx: &mut Tx, job: ItemId) -> Outcome<()> {
    for person in tx.import_people(job).await? {
        let name = tx.person(person).await?.map(|row| row.name).unwrap_or_default();
        let carries = tx.means().await?.iter().any(|means| means.held_by == Some(person))
            || !tx.kits_of(person, None).await?.is_empty();
        if carries || !tx.drop_untouched_person(person).await? {
            let words = format!(
                "{name} уже работает или карточку изменили: ничего не отменено, отключайте по одному"
            );
            return Err(Problem::Refused(Code::ImportUsed, words));
        }
    }
    Ok(())
}

/// Numbers of the orders that somebody has accepted, changed or closed.
async fn used(tx: &mut Tx, made: &[MadeOrder]) -> Outcome<Vec<String>> {
    let mut used = Vec::new();
    for one in made {
        tx.lock_order(one.order).await?;
        let Some(row) = tx.order(one.order).await? else { continue };
        let waits = matches!(
            row.state,
            OrderState::New | OrderState::Offered | OrderState::Calling | OrderState::Nobody
        );
        let talked = tx.lines_of_kind(one.order, LineKind::Comment).await? > 0;
        let changed = row.card.version as i64 != one.version;
        if !waits || row.holder.is_some() || changed || talked {
            used.push(row.card.number);
        }
    }
    Ok(used)
}

fn used_words(used: &[String]) -> String {
    let named: Vec<String> = used.iter().take(NAMED_MAX).map(|n| format!("№ {n}")).collect();
    let more = match used.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!(" и ещё {more}"),
    };
    format!(
        "с заявками уже работали: {}{more}. Ничего не отменено; снимайте остальные по одной",
        named.join(", ")
    )
}

/// Cancels an order that nobody worked on, and frees its number for the corrected file.
async fn withdraw(app: &App, tx: &mut Tx, order: OrderId, by: &str) -> Outcome<()> {
    dispatch::cancel(app, tx, &mut OrderDocument::of(order)).await?;
    assignment::leave_all(tx, order).await?;
    tx.set_order_state(order, OrderState::Cancelled).await?;
    let mut card = tx.order(order).await?.ok_or(Problem::NotFound)?.card;
    let seen = card.version;
    card.number = spare_number(tx, &card.number).await?;
    card.version += 1;
    save(tx, &card, seen).await?;
    let line = (LineKind::ImportUndone, "Отменена вместе с загрузкой");
    Ok(tx.note_act(order, app.now(), By::Person(by), line).await?)
}

async fn spare_number(tx: &mut Tx, number: &str) -> Outcome<String> {
    let mut times = 1;
    loop {
        let spare = match times {
            1 => format!("{number} (отменена)"),
            _ => format!("{number} (отменена {times})"),
        };
        if tx.order_by_number(&spare).await?.is_none() {
            return Ok(spare);
        }
        times += 1;
    }
}
