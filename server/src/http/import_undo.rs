//! An import of orders undone whole, while nobody has worked on them.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{ItemId, OrderId};

use super::extract::{Json, Path};
use super::imports::{self, ImportJob};
use super::orders::save;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::documents::OrderDocument;
use crate::problem::{Outcome, Problem};
use crate::store::{By, ImportKind, ImportState, LineKind, MadeOrder, OrderState, Tx};
use crate::{assignment, dispatch};

/// Orders that a refusal to undo names; the rest is counted.
const NAMED_MAX: usize = 5;

/// The route of undo.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(undo))
}

/// Undo an import of orders.
///
/// All its orders are cancelled and their numbers are free again, while none of them was accepted or
/// changed; otherwise nothing happens. Readings have become papers, types are replaced by a
/// corrected file, people are switched off: none of these can be undone.
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
    if row.kind != ImportKind::Orders && row.taken > 0 && !row.trial {
        let words = "отменить можно загрузку заявок: показания уже стали документами, типы \
                     заменяет исправленная таблица, сотрудников отключают по одному"
            .to_owned();
        return Err(Problem::Refused(Code::ImportUsed, words));
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
    tx.set_import_state(job, ImportState::Undone).await?;
    let about = (&*job.to_string(), &*format!("заявок: {}", made.len()));
    audit::note(&app, &mut tx, &Actor::person(&by), "import.undone", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(imports::read(&app, job).await?))
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
