//! The effect of a decision, and its undo. Neither removes anything that somebody wrote.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vyezd_core::doc::Edit;
use vyezd_core::model::{ItemId, LabelKey, LegalDate, MeasurementId, OrderId, VisitId, Window};

use super::{Choice, Kind, Pick};
use crate::app::App;
use crate::assignment;
use crate::dispatch;
use crate::documents::OrderDocument;
use crate::refusal::{Refusal, reason};
use crate::store::{self, By, ConflictRow, OrderState, SealState, StoreError, Tx};
use crate::verification::{notices, sheets};

#[derive(Debug, PartialEq, Eq)]
pub enum Decided {
    /// Decided; after an undo, open again.
    Done,
    Unknown,
    /// Somebody was faster, or the conflict went away.
    Already,
    NoChoice,
    /// The reason why the decision cannot be made.
    No(String),
}

/// Values that an undo puts back.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Before {
    state: String,
    visit: Option<String>,
    sheets: Vec<(String, SealState)>,
    /// Rows that do not count.
    set_aside: Vec<String>,
    /// The day on the card.
    date: String,
    /// The time of day on the card.
    #[serde(default)]
    window: Option<Window>,
}

pub async fn decide(app: &App, id: ItemId, choice: &str, who: &str) -> Result<Decided, StoreError> {
    let pick = Pick::from(choice.to_owned());
    let mut tx = app.store.begin().await?;
    let Some(row) = tx.conflict(id).await? else { return Ok(Decided::Unknown) };
    let order = store::id(&row.order_id, OrderId::from_bytes)?;
    let options: Vec<Choice> = from_json(&row.options)?;
    let Some(chosen) = options.iter().find(|option| option.code == pick) else {
        return Ok(Decided::NoChoice);
    };
    tx.lock_order(order).await?;
    let mut doc = OrderDocument::of(order);
    let before = now(&mut tx, &mut doc, &options).await?;
    let before = serde_json::to_string(&before).unwrap_or_default();
    if !tx.decide_conflict(id, (None, Some(choice)), (who, Some(&before)), app.now().0).await? {
        return Ok(Decided::Already);
    }
    if let Some(why) = reason(carry_out(app, &mut tx, &mut doc, &row, (&options, &pick)).await)? {
        return Ok(Decided::No(why));
    }
    let about = if chosen.who.is_empty() {
        chosen.what.clone()
    } else {
        format!("{}: {}", chosen.who, chosen.what)
    };
    tx.note(
        order,
        app.now(),
        By::Person(who),
        &format!("Решено: {about}. Остальное: {}", chosen.then),
    )
    .await?;
    super::detect_and_store(app, &mut tx, &mut doc).await?;
    tx.commit().await?;
    app.changed();
    Ok(Decided::Done)
}

pub async fn undo(app: &App, id: ItemId, who: &str) -> Result<Decided, StoreError> {
    let mut tx = app.store.begin().await?;
    let Some(row) = tx.conflict(id).await? else { return Ok(Decided::Unknown) };
    let Some(choice) = row.choice.clone() else { return Ok(Decided::Already) };
    let order = store::id(&row.order_id, OrderId::from_bytes)?;
    tx.lock_order(order).await?;
    let mut doc = OrderDocument::of(order);
    let before: Before = row.before.as_deref().map(from_json).transpose()?.unwrap_or_default();
    if !tx.decide_conflict(id, (Some(&choice), None), (who, None), app.now().0).await? {
        return Ok(Decided::Already);
    }
    if let Some(why) = reason(reopen_choice(app, &mut tx, &mut doc, &before, &row).await)? {
        return Ok(Decided::No(why));
    }
    tx.note(order, app.now(), By::Person(who), "Решение отменено, вопрос снова открыт").await?;
    super::detect_and_store(app, &mut tx, &mut doc).await?;
    tx.commit().await?;
    app.changed();
    Ok(Decided::Done)
}

async fn now(
    tx: &mut Tx,
    doc: &mut OrderDocument,
    options: &[Choice],
) -> Result<Before, StoreError> {
    let order = doc.order();
    let row = tx.order(order).await?.ok_or(StoreError::RowNotFound)?;
    let read = doc.read(tx).await?;
    let instruments = read.visits.values().flat_map(|visit| visit.instruments.values());
    let mine = |row: &MeasurementId| {
        let pick = Pick::Id(row.to_string());
        options.iter().any(|option| option.code == pick)
    };
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

/// Reads the JSON of a row; unreadable JSON is an error of that row.
fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Decode(Box::new(error)))
}

type Carried = Result<(), Refusal>;

async fn carry_out(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    row: &ConflictRow,
    (options, choice): (&[Choice], &Pick),
) -> Carried {
    let order = doc.order();
    if *choice == Pick::Office {
        return Ok(());
    }
    match row.kind {
        Kind::TwoReadings => {
            let aside = options.iter().filter(|option| option.code != *choice);
            let aside: Vec<Pick> = aside.map(|option| option.code.clone()).collect();
            count_rows(app, tx, doc, options, &aside).await
        }
        Kind::TwoSheets if *choice == Pick::Id(row.subject.clone()) => {
            let other = options.iter().find(|option| option.code != *choice);
            if let Some(other) = other.and_then(|option| option.code.id()) {
                if tx.is_packed(other).await? {
                    return Refusal::because(PACKED);
                }
                tx.supersede_seal(other).await?;
                notices::disputed(app, tx, (order, other), "офис принял другой лист").await?;
            }
            accept(app, tx, doc, &row.subject).await
        }
        Kind::SheetHeld => match (row.subject.parse(), choice) {
            (Ok(seal), Pick::Recheck) => sheets::recheck(app, tx, doc, seal).await,
            (Ok(seal), _) => {
                let why = "офис не принял лист; дайте клиенту подписать заново";
                notices::disputed(app, tx, (order, seal), why).await?;
                Ok(())
            }
            _ => Refusal::because("лист не найден"),
        },
        Kind::CancelledDone | Kind::Reassigned => {
            let Ok(visit) = row.subject.parse::<VisitId>() else { return Ok(()) };
            let sheets = tx.sheets(order).await?;
            if sheets.iter().any(|sheet| sheet.visit != visit && sheet.counts()) {
                let why = "по заявке уже считается другой лист: сначала решите, какой из двух";
                return Refusal::because(why);
            }
            return_order(app, tx, doc, visit).await?;
            match sheets.iter().find(|sheet| sheet.visit == visit && sheet.waits()) {
                Some(sheet) => accept(app, tx, doc, &sheet.id.to_string()).await,
                None => Ok(()),
            }
        }
        Kind::MovedDone => {
            let Ok(visit) = row.subject.parse::<VisitId>() else { return Ok(()) };
            move_to_visit(tx, doc, visit).await?;
            Ok(())
        }
        Kind::TwoTimes => {
            let visit = row.subject.split('/').next().and_then(|visit| visit.parse().ok());
            let read = doc.read(tx).await?;
            let agreed = visit
                .and_then(|visit: VisitId| read.visits.get(&visit)?.call.clone())
                .and_then(|call| call.agreed());
            if let (Some((date, window)), Some(row)) = (agreed, tx.order(order).await?) {
                set_time(tx, row, date, Some(window)).await?;
            }
            Ok(())
        }
        // The sheet that counts goes on counting.
        Kind::TwoSheets => Ok(()),
    }
}

const PACKED: &str = "поверка уже в пакете «Аршин»: сначала аннулируйте пакет";

/// A sheet that waited counts: everything but its place is checked once more.
async fn accept(app: &App, tx: &mut Tx, doc: &mut OrderDocument, seal: &str) -> Carried {
    match seal.parse() {
        Ok(seal) => sheets::accept_disputed(app, tx, doc, seal).await,
        Err(_) => Refusal::because("лист не найден"),
    }
}

/// Gives the order back to the person of that visit; the phones of a holder in between get an
/// event.
async fn return_order(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    visit: VisitId,
) -> Result<(), StoreError> {
    let order = doc.order();
    let whose = tx.visits(order).await?.into_iter().find(|(known, _)| *known == visit);
    let Some((_, person)) = whose else { return Ok(()) };
    dispatch::cancel(app, tx, doc).await?;
    if tx.holder(order).await?.is_none_or(|(_, held)| held != visit) {
        assignment::take_away(app, tx, order, "визит провёл другой исполнитель").await?;
        assignment::give(app, tx, order, (person, visit), assignment::Reason::Office).await?;
    }
    tx.set_order_state(order, OrderState::Accepted).await
}

async fn count_rows(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    options: &[Choice],
    aside: &[Pick],
) -> Carried {
    let mut edits = Vec::new();
    for option in options {
        let Some(row) = option.code.id::<MeasurementId>() else { continue };
        let on = aside.contains(&option.code);
        edits.push(Edit::SetLabel { label: LabelKey::set_aside(row), on });
    }
    doc.write(app, tx, &edits).await?;
    Ok(())
}

async fn move_to_visit(
    tx: &mut Tx,
    doc: &mut OrderDocument,
    visit: VisitId,
) -> Result<(), StoreError> {
    let order = doc.order();
    let read = doc.read(tx).await?;
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
    doc: &mut OrderDocument,
    before: &Before,
    row: &ConflictRow,
) -> Carried {
    let order = doc.order();
    if row.choice.clone().map(Pick::from) == Some(Pick::Office) {
        return Ok(());
    }
    match row.kind {
        Kind::TwoReadings => {
            let options: Vec<Choice> = from_json(&row.options)?;
            let aside: Vec<Pick> = before.set_aside.iter().cloned().map(Pick::from).collect();
            count_rows(app, tx, doc, &options, &aside).await
        }
        Kind::MovedDone | Kind::TwoTimes => {
            let date = LegalDate::parse(&before.date);
            if let (Some(date), Some(order)) = (date, tx.order(order).await?) {
                set_time(tx, order, date, before.window).await?;
            }
            Ok(())
        }
        Kind::TwoSheets | Kind::SheetHeld => sheets_back(app, tx, before).await,
        Kind::CancelledDone | Kind::Reassigned => {
            let state = tx.order(order).await?.map(|row| row.state);
            let held = tx.holder(order).await?.map(|(_, visit)| visit.to_string());
            let since = !matches!(state, Some(OrderState::Accepted | OrderState::Done))
                || held.as_deref() != Some(row.subject.as_str());
            if since {
                return Refusal::because("заявка с тех пор изменилась: отменить решение нельзя");
            }
            sheets_back(app, tx, before).await?;
            holder_back(app, tx, doc, before).await?;
            Ok(())
        }
    }
}

/// The sheets count, or wait, as before.
async fn sheets_back(app: &App, tx: &mut Tx, before: &Before) -> Carried {
    for (id, state) in &before.sheets {
        let Ok(seal) = id.parse() else { continue };
        let Some(now) = tx.seal(seal).await? else { continue };
        if now.state.counts() && !state.counts() {
            if tx.is_packed(seal).await? {
                return Refusal::because(PACKED);
            }
            tx.supersede_seal(seal).await?;
            tx.set_seal_state(seal, *state).await?;
        } else if state.counts() && !now.state.counts() {
            sheets::readmit(app, tx, seal).await?;
        }
    }
    Ok(())
}

/// The holder from before the decision holds the order again; where nobody did, the order is
/// offered again.
async fn holder_back(
    app: &App,
    tx: &mut Tx,
    doc: &mut OrderDocument,
    before: &Before,
) -> Result<(), StoreError> {
    let order = doc.order();
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
            dispatch::start(app, tx, doc).await
        }
        Some(state) => tx.set_order_state(order, state).await,
        None => Ok(()),
    }
}
