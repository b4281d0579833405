//! What a decision does, and how it is taken back. Nothing that somebody wrote is removed by either.

use serde::{Deserialize, Serialize};
use vyezd_core::doc::Edit;
use vyezd_core::model::{ItemId, LabelKey, LegalDate, MeasurementId, OrderId, VisitId, Window};

use super::{Choice, Kind};
use crate::app::App;
use crate::assignment;
use crate::dispatch;
use crate::documents;
use crate::store::{self, ConflictRow, OrderState, SealState, StoreError, Tx};
use crate::verification::project;

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Decided {
    /// It is decided, or open again.
    Done,
    /// There is no such conflict.
    Unknown,
    /// Somebody was faster, or it went away.
    Already,
    /// There is no such choice.
    NoChoice,
    /// It cannot be done, and why.
    No(String),
}

/// What an undo puts back.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Before {
    state: String,
    /// The holder's visit.
    visit: Option<String>,
    /// Sheets and their states.
    sheets: Vec<(String, SealState)>,
    /// Rows not counted.
    set_aside: Vec<String>,
    /// The day on the card.
    date: String,
    /// The time of day on the card.
    #[serde(default)]
    window: Option<Window>,
}

pub async fn decide(app: &App, id: ItemId, choice: &str, who: &str) -> Result<Decided, StoreError> {
    let mut tx = app.store.begin().await?;
    let Some(row) = tx.conflict(id).await? else { return Ok(Decided::Unknown) };
    let order = store::id(&row.order_id, OrderId::from_bytes)?;
    let options: Vec<Choice> = serde_json::from_str(&row.options).unwrap_or_default();
    let Some(chosen) = options.iter().find(|option| option.code == choice) else {
        return Ok(Decided::NoChoice);
    };
    tx.lock_order(order).await?;
    let before = serde_json::to_string(&now(&mut tx, order, &options).await?).unwrap_or_default();
    if !tx.decide_conflict(id, (None, Some(choice)), (who, Some(&before)), app.now().0).await? {
        return Ok(Decided::Already);
    }
    if let Err(why) = carry_out(app, &mut tx, (&row, order), &options, choice).await? {
        return Ok(Decided::No(why));
    }
    let about = if chosen.who.is_empty() {
        chosen.what.clone()
    } else {
        format!("{}: {}", chosen.who, chosen.what)
    };
    tx.note(order, app.now(), who, &format!("Решено: {about}. Остальное: {}", chosen.then)).await?;
    super::detect_and_store(app, &mut tx, order).await?;
    tx.commit().await?;
    app.changed();
    Ok(Decided::Done)
}

/// Takes a decision back.
pub async fn undo(app: &App, id: ItemId, who: &str) -> Result<Decided, StoreError> {
    let mut tx = app.store.begin().await?;
    let Some(row) = tx.conflict(id).await? else { return Ok(Decided::Unknown) };
    let Some(choice) = row.choice.clone() else { return Ok(Decided::Already) };
    let order = store::id(&row.order_id, OrderId::from_bytes)?;
    tx.lock_order(order).await?;
    let before: Before =
        row.before.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    if !tx.decide_conflict(id, (Some(&choice), None), (who, None), app.now().0).await? {
        return Ok(Decided::Already);
    }
    if let Err(why) = reopen_choice(app, &mut tx, order, &before, &row).await? {
        return Ok(Decided::No(why));
    }
    tx.note(order, app.now(), who, "Решение отменено, вопрос снова открыт").await?;
    super::detect_and_store(app, &mut tx, order).await?;
    tx.commit().await?;
    app.changed();
    Ok(Decided::Done)
}

async fn now(tx: &mut Tx, order: OrderId, options: &[Choice]) -> Result<Before, StoreError> {
    let row = tx.order(order).await?.ok_or(StoreError::RowNotFound)?;
    let (read, _) = documents::load(tx, order).await?.read();
    let instruments = read.visits.values().flat_map(|visit| visit.instruments.values());
    let mine = |row: &MeasurementId| options.iter().any(|option| option.code == row.to_string());
    Ok(Before {
        state: row.state.code().to_owned(),
        visit: tx.holder(order).await?.map(|(_, visit)| visit.to_string()),
        sheets: tx.sheets(order).await?.into_iter().map(|s| (s.id.to_string(), s.state)).collect(),
        set_aside: instruments
            .flat_map(|i| i.set_aside.iter().filter(|row| mine(row)).map(ToString::to_string))
            .collect(),
        date: row.card.date.to_string(),
        window: Some(row.card.window),
    })
}

type Carried = Result<Result<(), String>, StoreError>;

async fn carry_out(
    app: &App,
    tx: &mut Tx,
    (row, order): (&ConflictRow, OrderId),
    options: &[Choice],
    choice: &str,
) -> Carried {
    let office = choice == "office";
    match Kind::parse(&row.kind) {
        Some(Kind::TwoReadings) => {
            let aside = options.iter().filter(|o| o.code != choice).map(|o| o.code.as_str());
            count_rows(app, tx, order, options, &aside.collect::<Vec<_>>()).await
        }
        Some(Kind::TwoSheets) if row.subject == choice => {
            let other = options.iter().find(|option| option.code != choice);
            if let Some(other) = other.and_then(|option| option.code.parse().ok()) {
                if tx.is_packed(other).await? {
                    return Ok(Err(PACKED.to_owned()));
                }
                tx.supersede_seal(other).await?;
                project::announce_disputed(app, tx, (order, other), "офис принял другой лист")
                    .await?;
            }
            accept(app, tx, choice).await
        }
        Some(Kind::SheetHeld) => match (row.subject.parse(), choice) {
            (Ok(seal), "recheck") => project::recheck(app, tx, seal).await,
            (Ok(seal), _) => {
                let why = "офис не принял лист; дайте клиенту подписать заново";
                project::announce_disputed(app, tx, (order, seal), why).await?;
                Ok(Ok(()))
            }
            _ => Ok(Err("лист не найден".to_owned())),
        },
        Some(Kind::CancelledDone | Kind::Reassigned) if !office => {
            let Ok(visit) = row.subject.parse::<VisitId>() else { return Ok(Ok(())) };
            let sheets = tx.sheets(order).await?;
            if sheets.iter().any(|sheet| sheet.visit != visit && sheet.counts()) {
                let why = "по заявке уже считается другой лист: сначала решите, какой из двух";
                return Ok(Err(why.to_owned()));
            }
            return_order(app, tx, order, visit).await?;
            match sheets.iter().find(|sheet| sheet.visit == visit && sheet.waits()) {
                Some(sheet) => accept(app, tx, &sheet.id.to_string()).await,
                None => Ok(Ok(())),
            }
        }
        Some(Kind::MovedDone) if !office => {
            let Ok(visit) = row.subject.parse::<VisitId>() else { return Ok(Ok(())) };
            move_to_visit(tx, order, visit).await?;
            Ok(Ok(()))
        }
        Some(Kind::TwoTimes) if !office => {
            let visit = row.subject.split('/').next().and_then(|visit| visit.parse().ok());
            let (read, _) = documents::load(tx, order).await?.read();
            let agreed = visit
                .and_then(|visit: VisitId| read.visits.get(&visit)?.call.clone())
                .and_then(|call| call.agreed());
            if let (Some((date, window)), Some(row)) = (agreed, tx.order(order).await?) {
                set_time(tx, row, date, Some(window)).await?;
            }
            Ok(Ok(()))
        }
        _ => Ok(Ok(())),
    }
}

const PACKED: &str = "поверка уже в пакете «Аршин»: сначала аннулируйте пакет";

/// A sheet that waited counts: everything but its place is checked once more.
async fn accept(app: &App, tx: &mut Tx, seal: &str) -> Carried {
    match seal.parse() {
        Ok(seal) => project::accept_disputed(app, tx, seal).await,
        Err(_) => Ok(Err("лист не найден".to_owned())),
    }
}

/// The order is his again, under that visit; whoever has it meanwhile is told.
async fn return_order(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    visit: VisitId,
) -> Result<(), StoreError> {
    let whose = tx.visits(order).await?.into_iter().find(|(known, _)| *known == visit);
    let Some((_, person)) = whose else { return Ok(()) };
    dispatch::cancel(app, tx, order).await?;
    if tx.holder(order).await?.is_none_or(|(_, held)| held != visit) {
        assignment::take_away(app, tx, order, "визит провёл другой исполнитель").await?;
        assignment::give(app, tx, order, (person, visit), assignment::Reason::Office).await?;
    }
    tx.set_order_state(order, OrderState::Accepted).await
}

async fn count_rows(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    options: &[Choice],
    aside: &[&str],
) -> Carried {
    let mut edits = Vec::new();
    for option in options {
        let Ok(row) = option.code.parse::<MeasurementId>() else { continue };
        let on = aside.contains(&option.code.as_str());
        edits.push(Edit::SetLabel { label: LabelKey::set_aside(row), on });
    }
    documents::write(app, tx, order, &edits).await?;
    Ok(Ok(()))
}

async fn move_to_visit(tx: &mut Tx, order: OrderId, visit: VisitId) -> Result<(), StoreError> {
    let (read, _) = documents::load(tx, order).await?.read();
    let arrived = read.visits.get(&visit).and_then(|visit| {
        visit.times.get(&vyezd_core::model::VisitMoment::Arrived).map(|at| at.at)
    });
    let (Some(at), Some(row)) = (arrived, tx.order(order).await?) else { return Ok(()) };
    let date = LegalDate(row.card.zone.date(at));
    set_time(tx, row, date, None).await
}

/// Another day on the card, another time of day where one is given.
async fn set_time(
    tx: &mut Tx,
    row: store::OrderRow,
    date: LegalDate,
    window: Option<Window>,
) -> Result<(), StoreError> {
    let mut card = row.card;
    let window = window.unwrap_or(card.window);
    if (card.date, card.window) != (date, window) {
        let seen = card.version;
        (card.date, card.window) = (date, window);
        card.version += 1;
        tx.change_card(&card, seen).await?;
    }
    Ok(())
}

async fn reopen_choice(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    before: &Before,
    row: &ConflictRow,
) -> Carried {
    let kind = Kind::parse(&row.kind);
    let office = row.choice.as_deref() == Some("office");
    match kind {
        Some(Kind::TwoReadings) => {
            let options: Vec<Choice> = serde_json::from_str(&row.options).unwrap_or_default();
            let aside: Vec<&str> = before.set_aside.iter().map(String::as_str).collect();
            count_rows(app, tx, order, &options, &aside).await
        }
        Some(Kind::MovedDone | Kind::TwoTimes) if !office => {
            let date = LegalDate::parse(&before.date);
            if let (Some(date), Some(order)) = (date, tx.order(order).await?) {
                set_time(tx, order, date, before.window).await?;
            }
            Ok(Ok(()))
        }
        Some(Kind::TwoSheets | Kind::SheetHeld) => sheets_back(app, tx, before).await,
        Some(Kind::CancelledDone | Kind::Reassigned) if !office => {
            let state = tx.order(order).await?.map(|row| row.state);
            let held = tx.holder(order).await?.map(|(_, visit)| visit.to_string());
            let since = !matches!(state, Some(OrderState::Accepted | OrderState::Done))
                || held.as_deref() != Some(row.subject.as_str());
            if since {
                return Ok(Err("заявка с тех пор изменилась: отменить решение нельзя".to_owned()));
            }
            if let Err(why) = sheets_back(app, tx, before).await? {
                return Ok(Err(why));
            }
            holder_back(app, tx, order, before).await?;
            Ok(Ok(()))
        }
        _ => Ok(Ok(())),
    }
}

/// The sheets count, or wait, as before.
async fn sheets_back(app: &App, tx: &mut Tx, before: &Before) -> Carried {
    for (id, state) in &before.sheets {
        let Ok(seal) = id.parse() else { continue };
        let Some(now) = tx.seal(seal).await? else { continue };
        if now.state.counts() && !state.counts() {
            if tx.is_packed(seal).await? {
                return Ok(Err(PACKED.to_owned()));
            }
            tx.supersede_seal(seal).await?;
            tx.set_seal_state(seal, *state).await?;
        } else if state.counts() && !now.state.counts() {
            project::readmit(app, tx, seal).await?;
        }
    }
    Ok(Ok(()))
}

/// Whoever held the order before holds it again; where nobody did, it is offered again.
async fn holder_back(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    before: &Before,
) -> Result<(), StoreError> {
    let held = tx.holder(order).await?.map(|(_, visit)| visit.to_string());
    if held != before.visit {
        assignment::take_away(app, tx, order, "решение диспетчера отменено").await?;
        let visit = before.visit.as_deref().and_then(|visit| visit.parse::<VisitId>().ok());
        let whose = tx.visits(order).await?.into_iter().find(|(known, _)| Some(*known) == visit);
        if let Some((visit, person)) = whose {
            assignment::give(app, tx, order, (person, visit), assignment::Reason::Office).await?;
        }
    }
    match OrderState::parse(&before.state) {
        Some(OrderState::New | OrderState::Offered | OrderState::Calling) => {
            tx.set_order_state(order, OrderState::New).await?;
            dispatch::start(app, tx, order).await
        }
        Some(state) => tx.set_order_state(order, state).await,
        None => Ok(()),
    }
}
