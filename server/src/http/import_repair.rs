//! Lines of an import that were not taken, repaired in the page.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vyezd_core::model::{CARD_INSTRUMENTS_MAX, Card, ItemId, Timestamp, fold, rubles};

use super::extract::{Json, Path, Query};
use super::fields;
use super::import_job::{self, ImportLines, new_order};
use super::imports::{self, ImportJob};
use super::order_card::new_instruments;
use super::orders::{open, save};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::auth::Office;
use crate::code::Code;
use crate::import::orders::{FILE, OrderLine};
use crate::import::{RawTable, RowProblem, Severity, order_number};
use crate::limits::office::{IMPORT_CELL_CHARS_MAX, IMPORT_LINES_MAX};
use crate::problem::{Outcome, Problem};
use crate::store::{
    By, ImportKind, ImportRow, ImportState, LineKind, MadeOrder, PersonRow, Role, Tx,
};

/// The column that joins lines into an order.
const NUMBER: &str = "заявка";

/// The routes of repair.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(lines, repair))
}

/// Lines that were not taken, as the file has them.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "columns": ["заявка", "дата", "окно"], "names": ["заявка", "дата", "окно"], "more": 0,
    "lines": [{ "line": 9, "cells": ["2107", "31.02.2026", "10-12"], "problems": [
        { "severity": "error", "file": "заявки", "line": 9, "order": "2107",
          "serial_number": "", "point": "", "column": "дата",
          "message": "дата «31.02.2026» не читается" }] }]
}))]
pub(super) struct ImportLinesView {
    /// Names of the columns as the file writes them.
    columns: Vec<String>,
    /// The same columns by the names that problems use; empty where a column is not read.
    names: Vec<&'static str>,
    /// The lines, in the order of the file.
    lines: Vec<ImportLineView>,
    /// How many more lines there are; they follow when these are repaired.
    more: usize,
}

/// A line that was not taken.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "line": 9, "cells": ["2107", "31.02.2026", "10-12"], "problems": [] }))]
pub(super) struct ImportLineView {
    /// The line of the file, from 1.
    line: u64,
    /// Its cells; more than columns where a delimiter was too much.
    cells: Vec<String>,
    /// What is wrong with it.
    problems: Vec<RowProblem>,
}

/// Repaired lines.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "lines": [{ "line": 9, "cells": ["2107", "28.02.2026", "10-12"] }] }))]
pub(super) struct RepairedLines {
    /// The lines.
    lines: Vec<RepairedLine>,
}

/// A repaired line.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "line": 9, "cells": ["2107", "28.02.2026", "10-12"] }))]
pub(super) struct RepairedLine {
    /// The line of the file, from 1.
    line: u64,
    /// A cell for each column.
    cells: Vec<String>,
}

/// An import in one of some states whose file is still here.
async fn in_state(
    tx: &mut Tx,
    (job, states): (ItemId, &[ImportState]),
    by: &PersonRow,
) -> Outcome<(ImportRow, RawTable)> {
    let row = tx.import(job).await?.ok_or(Problem::NotFound)?;
    if matches!(row.kind, ImportKind::Types | ImportKind::People) && by.role != Role::Admin {
        return Err(Problem::Forbidden);
    }
    if !states.contains(&row.state) {
        let words = Code::ImportClosed.words().to_owned();
        return Err(Problem::Refused(Code::ImportClosed, words));
    }
    let table = imports::file_as_repaired(tx, &row).await?;
    Ok((row, table))
}

/// Which lines are shown.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichLines {
    /// All lines, also those without a problem.
    all: Option<bool>,
    /// Only lines behind this one.
    after: Option<u64>,
}

/// Lines of each order.
fn lines_by_order(table: &RawTable) -> BTreeMap<String, Vec<u64>> {
    let mut orders: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (line, number) in table.column(NUMBER) {
        orders.entry(order_number(&number)).or_default().push(line);
    }
    orders
}

async fn problems(tx: &mut Tx, job: ItemId) -> Outcome<Vec<(i64, RowProblem)>> {
    let rows = tx.import_problem_rows(job).await?;
    let read = |(at, body): (i64, String)| {
        serde_json::from_str(&body).map(|problem| (at, problem)).map_err(Problem::ours)
    };
    rows.into_iter().map(read).collect()
}

/// Show lines of an import.
///
/// Those that were not taken, or all of them, with their cells and what is wrong; 200 at once.
#[utoipa::path(get, path = "/v1/imports/{job}/lines", operation_id = "list_import_lines",
    tag = "Imports", params(WhichLines), security(("office" = [])),
    responses((status = 200, description = "Lines", body = ImportLinesView)),
    extensions(("x-codes" = json!([Code::ImportClosed, Code::Forbidden]))))]
pub(super) async fn lines(
    State(app): State<App>,
    Office(by): Office,
    Path(job): Path<ItemId>,
    Query(WhichLines { all, after }): Query<WhichLines>,
) -> Outcome<Json<ImportLinesView>> {
    let mut tx = app.store.read().await?;
    use ImportState::{Checked, Done, Failed, Interrupted};
    let states = [Done, Checked, Interrupted, Failed];
    let (_, table) = in_state(&mut tx, (job, &states), &by).await?;
    let mut of_line: BTreeMap<u64, Vec<RowProblem>> = BTreeMap::new();
    for (_, problem) in problems(&mut tx, job).await? {
        of_line.entry(problem.line).or_default().push(problem);
    }
    let whole: Vec<RowProblem> =
        of_line.values().flatten().filter(|of| of.whole_order).cloned().collect();
    let lines_of = lines_by_order(&table);
    for problem in whole {
        let lines = lines_of.get(&problem.order).into_iter().flatten();
        for line in lines.filter(|line| **line != problem.line) {
            of_line.entry(*line).or_default().push(problem.clone());
        }
    }
    if all == Some(true) {
        for line in table.lines() {
            of_line.entry(line).or_default();
        }
        of_line.retain(|line, _| *line > 0);
    } else {
        of_line.retain(|_, problems| problems.iter().any(RowProblem::is_error_of_line));
    }
    of_line.retain(|line, _| after.is_none_or(|after| *line > after));
    let more = of_line.len().saturating_sub(IMPORT_LINES_MAX);
    let shown = of_line.into_iter().take(IMPORT_LINES_MAX).map(|(line, problems)| ImportLineView {
        line,
        cells: table.cells(line).unwrap_or_default().to_vec(),
        problems,
    });
    let (columns, names) = (table.titles().to_vec(), table.names());
    Ok(Json(ImportLinesView { columns, names, lines: shown.collect(), more }))
}

/// Repair lines.
///
/// The cells stand in place of the file's, and the orders of the lines are read again whole: what is
/// good now is taken, what is not is said anew. An instrument of an order that the import made
/// already is added to it. In an import that was only tried any line may be changed, a line
/// without a cell is none, and nothing is taken.
#[utoipa::path(put, path = "/v1/imports/{job}/lines", operation_id = "repair_import_lines",
    tag = "Imports", request_body = RepairedLines, security(("office" = [])),
    responses((status = 200, description = "The import with what is left", body = ImportJob)),
    extensions(("x-codes" = json!([Code::ImportClosed, Code::Forbidden, Code::FieldInvalid,
        Code::TooLong, [422, Code::TooMany]]))))]
pub(super) async fn repair(
    State(app): State<App>,
    Office(by): Office,
    Path(job): Path<ItemId>,
    Json(given): Json<RepairedLines>,
) -> Outcome<Json<ImportJob>> {
    fields::list("lines", &given.lines, IMPORT_LINES_MAX)?;
    let mut tx = app.store.begin().await?;
    tx.lock_import(job).await?;
    let states = [ImportState::Done, ImportState::Checked];
    let (row, before) = in_state(&mut tx, (job, &states), &by).await?;
    let said = problems(&mut tx, job).await?;
    let said_before = (!row.trial).then_some(said.as_slice());
    let repairs = checked(given.lines, (row.kind, &before), said_before)?;
    for (line, cells) in &repairs {
        let cells = serde_json::to_string(cells).map_err(Problem::ours)?;
        tx.put_import_repair(job, *line as i64, &cells).await?;
    }
    let after = before.clone().repaired(&repairs);
    // The order that a line had and the one that it has now: neither may lose a line unseen.
    let number = |table: &RawTable, line: u64| order_number(&table.cell(line, NUMBER));
    let moved: Vec<(u64, String)> = repairs
        .keys()
        .map(|line| (*line, number(&before, *line)))
        .filter(|(line, old)| number(&after, *line) != *old)
        .collect();
    let mut numbers: BTreeSet<String> = repairs.keys().map(|line| number(&after, *line)).collect();
    numbers.extend(moved.iter().map(|(_, old)| old.clone()).filter(|old| !old.is_empty()));
    let of_orders = matches!(row.kind, ImportKind::Orders | ImportKind::Readings);
    let in_group = |line: u64, number: &str| {
        let same = of_orders && numbers.contains(&order_number(number));
        same || repairs.contains_key(&line)
    };
    let (before, after) = (before.only(NUMBER, in_group), after.only(NUMBER, in_group));
    let mut of_group: BTreeSet<u64> = after.lines().collect();
    of_group.extend(repairs.keys());
    for (position, _) in said.iter().filter(|(_, problem)| of_group.contains(&problem.line)) {
        tx.drop_import_problem(job, *position).await?;
    }
    let at = Timestamp(row.at);
    let (old, _) = ImportLines::read(row.kind, &before.placed(), at);
    let (new, mut left) = ImportLines::read(row.kind, &after.placed(), at);
    // What concerns the file as a whole was said once.
    left.retain(|problem| problem.line > 0);
    stays_made(&mut tx, job, &moved).await?;
    let touched: BTreeSet<u64> = repairs.keys().copied().collect();
    let mut taken = take(&app, &mut tx, &row, (&old, &new, &touched), &mut left).await?;
    if row.trial {
        // How many of these orders could be taken before.
        taken -= take(&app, &mut tx, &row, (&old, &old, &touched), &mut Vec::new()).await?;
    }
    let next = said.last().map_or(0, |(position, _)| position + 1);
    for (at, problem) in left.iter().enumerate() {
        let body = serde_json::to_string(problem).map_err(Problem::ours)?;
        tx.add_import_problem(job, next + at as i64, &body).await?;
    }
    let more = new.total() as i64 - old.total() as i64;
    tx.add_import_taken(job, (taken, more)).await?;
    let details = format!("строк исправлено: {}, принято: {taken}", repairs.len());
    let about = (&*job.to_string(), details.as_str());
    audit::note(&app, &mut tx, &Actor::person(&by), "import.repaired", about).await?;
    tx.commit().await?;
    app.changed();
    Ok(Json(imports::read(&app, job).await?))
}

/// Repaired lines by their numbers; only a line that was not taken, so that something was said of it, can be
/// repaired, and any line of an import that was only tried.
fn checked(
    given: Vec<RepairedLine>,
    (kind, table): (ImportKind, &RawTable),
    said: Option<&[(i64, RowProblem)]>,
) -> Outcome<BTreeMap<u64, Vec<String>>> {
    let mut repairs = BTreeMap::new();
    for RepairedLine { line, cells } in given {
        let number = order_number(&table.cell(line, NUMBER));
        let is_wrong = |(_, p): &(i64, RowProblem)| {
            p.is_error_of_line() && (p.line == line || (p.whole_order && p.order == number))
        };
        let wrong = said.is_none_or(|said| said.iter().any(is_wrong));
        if !wrong || table.cells(line).is_none() {
            let words = format!("строка {line}: исправлять нечего, она принята или её нет");
            return Err(Problem::field("lines", words));
        }
        if repairs.contains_key(&line) {
            return Err(Problem::field("lines", format!("строка {line} указана дважды")));
        }
        if cells.len() != table.titles().len() {
            let words = format!(
                "строка {line}: ячеек {}, а колонок в таблице {}",
                cells.len(),
                table.titles().len()
            );
            return Err(Problem::field("lines", words));
        }
        let is_last = table.column(NUMBER).filter(|(_, of)| order_number(of) == number).count() < 2;
        let kept = said.is_some() && (kind != ImportKind::Readings || is_last);
        if kept && cells.iter().all(|cell| cell.trim().is_empty()) {
            let words = format!("строка {line}: все ячейки пусты, а без неё заявка потеряется");
            return Err(Problem::field("lines", words));
        }
        if cells.iter().any(|cell| cell.chars().count() > IMPORT_CELL_CHARS_MAX) {
            let words = format!("строка {line}: в ячейке больше {IMPORT_CELL_CHARS_MAX} знаков");
            return Err(Problem::Field("lines", Code::TooLong, words));
        }
        repairs.insert(line, cells);
    }
    Ok(repairs)
}

/// Refuses another number for the line that an order was made from: the order would stay behind.
async fn stays_made(tx: &mut Tx, job: ItemId, moved: &[(u64, String)]) -> Outcome<()> {
    let made = tx.import_made(job).await?;
    let stays = moved.iter().find(|(line, _)| made.iter().any(|of| of.line == *line as i64));
    let Some((line, number)) = stays else { return Ok(()) };
    let words = format!(
        "строка {line}: из неё уже создана заявка № {number}; чтобы сменить номер, отмените заявку"
    );
    Err(Problem::field("lines", words))
}

/// Takes what is good now, each order by itself; returns the number of new orders.
async fn take(
    app: &App,
    tx: &mut Tx,
    row: &ImportRow,
    (old, new, touched): (&ImportLines, &ImportLines, &BTreeSet<u64>),
    left: &mut Vec<RowProblem>,
) -> Outcome<i64> {
    let mut taken = 0;
    for at in 0..new.total() {
        tx.savepoint().await?;
        let (mut said, mut amended) = (Vec::new(), None);
        let done = match made_already(tx, row.id, new, at).await? {
            Some((made, line)) => {
                // What is said of an order that is there is said of the line that was repaired.
                let mine = line.lines().find(|of| touched.contains(of)).unwrap_or(line.line);
                amended = Some(mine);
                let done = amend(app, tx, row, made, (known(old, line), line)).await;
                done.map(|kept| {
                    let warn = |words| RowProblem::new(Severity::Warning, FILE, mine, words);
                    said.extend(kept.map(|words| warn(words).about(&line.number, "")));
                })
            }
            None => new.take(app, tx, (at, row), &mut said).await,
        };
        match done {
            Ok(()) if row.trial => {
                tx.rollback_to_savepoint().await?;
                taken += 1;
            }
            Ok(()) => {
                tx.release_savepoint().await?;
                taken += i64::from(amended.is_none());
            }
            Err(problem) => {
                tx.rollback_to_savepoint().await?;
                let refusal = new.refusal(at, import_job::said(problem)?);
                said.push(match amended {
                    Some(line) => RowProblem { line, whole_order: false, ..refusal },
                    None => refusal,
                });
            }
        }
        left.extend(said);
    }
    Ok(taken)
}

/// The order of a line, where this import made it.
async fn made_already<'a>(
    tx: &mut Tx,
    job: ItemId,
    lines: &'a ImportLines,
    at: usize,
) -> Outcome<Option<(MadeOrder, &'a OrderLine)>> {
    let ImportLines::Orders(lines) = lines else { return Ok(None) };
    let Some(line) = lines.get(at) else { return Ok(None) };
    let Some(order) = tx.order_by_number(&line.number).await? else { return Ok(None) };
    let made = tx.import_made(job).await?;
    Ok(made.into_iter().find(|made| made.order == order).map(|made| (made, line)))
}

fn known<'a>(old: &'a ImportLines, line: &OrderLine) -> Option<&'a OrderLine> {
    let ImportLines::Orders(lines) = old else { return None };
    lines.iter().find(|old| old.number == line.number)
}

/// Adds to an order the instruments and the price that its lines have more than they had. Nothing
/// else of the card is touched: returns a sentence about what stays.
async fn amend(
    app: &App,
    tx: &mut Tx,
    row: &ImportRow,
    made: MadeOrder,
    (old, new): (Option<&OrderLine>, &OrderLine),
) -> Outcome<Option<String>> {
    let mut card = open(tx, made.order).await?.card;
    let seen = card.version;
    if old.is_none_or(|old| !agree(old, new)) {
        is_same_order(&card, new)?;
    }
    let kept = old.and_then(|old| kept_words(old, new));
    let had = |serial: &str| {
        let of_old = old.into_iter().flat_map(|old| &old.instruments);
        of_old.map(|i| i.serial_number.as_str()).any(|known| known == serial)
    };
    let mut added = new_order(new, card.certificate).instruments;
    added.retain(|i| {
        let in_card = card.instruments.iter().any(|known| known.serial_number == i.serial_number);
        !had(&i.serial_number) && !in_card
    });
    let more_kop = new.price_kop - old.map_or(0, |old| old.price_kop);
    // A price that the office set since holds for the order with all its instruments.
    let untouched = made.version == seen as i64;
    let stays = (more_kop != 0 && (added.is_empty() || !untouched)).then(|| {
        let (is, line) = (rubles(card.price_kop), rubles(more_kop));
        format!("цена заявки осталась {is}, в строке {line}: если нужно, измените её в карточке")
    });
    let kept =
        [kept, stays.clone()].into_iter().flatten().reduce(|one, other| format!("{one}; {other}"));
    if added.is_empty() {
        return Ok(kept);
    }
    card.instruments.extend(new_instruments(app, &added)?);
    fields::list("instruments", &card.instruments, CARD_INSTRUMENTS_MAX)?;
    if stays.is_none() {
        card.price_kop = fields::kopecks("price_kop", card.price_kop.saturating_add(more_kop))?;
    }
    card.version += 1;
    save(tx, &card, seen).await?;
    if untouched {
        tx.note_import_made(row.id, MadeOrder { version: card.version as i64, ..made }).await?;
    }
    let numbers: Vec<&str> = added.iter().map(|i| i.serial_number.as_str()).collect();
    let mut what = format!("Из исправленной загрузки добавлены приборы: {}", numbers.join(", "));
    if stays.is_none() && more_kop != 0 {
        what.push_str(&format!("; цена стала {}", rubles(card.price_kop)));
    }
    let line = (LineKind::CardChanged, what.as_str());
    tx.note_act(made.order, app.now(), By::Person(&row.who), line).await?;
    Ok(kept)
}

/// Whether two lines are of one client, address and day.
fn agree(one: &OrderLine, other: &OrderLine) -> bool {
    let texts = |line: &OrderLine| (line.date, fold(&line.client), fold(&line.address));
    texts(one) == texts(other)
}

/// Refuses lines of another client, address or day than those of the order that is there.
fn is_same_order(card: &Card, new: &OrderLine) -> Outcome<()> {
    let texts = [
        ("дата", card.date.russian(), new.date.russian()),
        ("клиент", card.client.clone(), new.client.clone()),
        ("адрес", card.address.clone(), new.address.clone()),
    ];
    let other = texts.into_iter().find(|(_, is, now)| fold(is) != fold(now));
    let Some((what, is, now)) = other else { return Ok(()) };
    Err(Problem::Refused(
        Code::NumberTaken,
        format!(
            "заявка № {} уже создана, и {what} в ней «{is}», а здесь «{now}»: если это другая заявка, \
             впишите другой номер, если та же — измените её карточку",
            card.number
        ),
    ))
}

/// A sentence about repaired cells that the order does not take.
fn kept_words(old: &OrderLine, new: &OrderLine) -> Option<String> {
    let differing = [
        ("окно", old.window != new.window),
        ("вид", old.kind != new.kind),
        ("срочность", old.urgency != new.urgency),
        ("телефон", old.phones != new.phones),
        ("район", old.district != new.district),
        ("как попасть", old.access != new.access),
        ("координаты", old.place != new.place),
    ];
    let names: Vec<&str> =
        differing.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    (!names.is_empty()).then(|| {
        format!("в заявке остались прежние {}: измените их в её карточке", names.join(", "))
    })
}
