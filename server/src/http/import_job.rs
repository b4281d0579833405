//! An import outlives the connection that brought it: a task takes one order after another, each in a
//! transaction that also counts it. Whoever continues an interrupted one begins exactly where it stands.

use std::collections::{BTreeMap, BTreeSet};

use vyezd_core::doc::seal::Signer;
use vyezd_core::model::{
    Card, ExpectedInstrument, ItemId, LegalDate, MeansId, Money, PersonId, Source, Timestamp, Zone,
};

use super::order_card::{NewInstrument, NewOrder};
use super::orders::create_order;
use crate::app::App;
use crate::audit::{self, Actor};
use crate::code::Code;
use crate::dispatch;
use crate::documents::OrderDocument;
use crate::import::orders::OrderLine;
use crate::import::readings::ReadingLine;
use crate::import::{
    RowProblem, Severity, TableError, nearest, orders as order_file, readings as reading_file,
};
use crate::problem::{Outcome, Problem};
use crate::store::{ImportKind, ImportRow, ImportState, ImportStep, Tx};
use crate::verification::paper_entry::{Hands, PaperInstrument, PaperVisit, enter, means_on_paper};

/// Pages look again after so many orders.
const TOLD_EVERY: i64 = 50;
/// Places for the problems of one order in the list of all.
const PROBLEMS_OF_ONE: i64 = 100_000;

/// A spreadsheet that was read.
pub(super) enum Sheet {
    Orders(Vec<OrderLine>),
    /// The readings of orders, by their numbers.
    Readings(Vec<(String, Vec<ReadingLine>)>),
}

impl Sheet {
    /// Reads a file, and what in it cannot be used; `at` is when it came, also where it is continued.
    pub(super) fn parse(
        kind: ImportKind,
        file: &[u8],
        at: Timestamp,
    ) -> Outcome<(Self, Vec<RowProblem>)> {
        if kind == ImportKind::Orders {
            let today = LegalDate(Zone::MOSCOW.date(at));
            let (lines, problems) = order_file::parse(file, Some(today)).map_err(unusable)?;
            return Ok((Self::Orders(lines), problems));
        }
        let (lines, problems) = reading_file::parse(file).map_err(unusable)?;
        let mut by_order: BTreeMap<String, Vec<ReadingLine>> = BTreeMap::new();
        for line in lines {
            by_order.entry(line.order.clone()).or_default().push(line);
        }
        Ok((Self::Readings(by_order.into_iter().collect()), problems))
    }

    /// How many orders there are in it.
    pub(super) fn total(&self) -> usize {
        match self {
            Self::Orders(lines) => lines.len(),
            Self::Readings(orders) => orders.len(),
        }
    }

    /// The file's line of an order.
    fn line(&self, at: usize) -> u64 {
        match self {
            Self::Orders(lines) => lines.get(at).map(|line| line.line),
            Self::Readings(orders) => {
                orders.get(at).and_then(|(_, lines)| lines.first()).map(|line| line.line)
            }
        }
        .unwrap_or_default()
    }

    /// Takes one order of it.
    async fn take(
        &self,
        app: &App,
        tx: &mut Tx,
        (at, job): (usize, &ImportRow),
        problems: &mut Vec<RowProblem>,
    ) -> Outcome<()> {
        match self {
            Self::Orders(lines) => {
                let Some(line) = lines.get(at) else { return Ok(()) };
                let order =
                    create_order(app, tx, &new_order(line, false), &job.who, "import").await?;
                Ok(dispatch::start(app, tx, &mut OrderDocument::of(order)).await?)
            }
            Self::Readings(orders) => {
                let Some((number, lines)) = orders.get(at) else { return Ok(()) };
                let by = Actor { person: Some(job.person), name: job.who.clone(), address: None };
                enter_order(app, tx, number, (job.whom, &by), lines, problems).await
            }
        }
    }

    fn refusal(&self, at: usize, words: String) -> RowProblem {
        let (file, number) = match self {
            Self::Orders(lines) => (order_file::FILE, lines.get(at).map(|line| &line.number)),
            Self::Readings(orders) => {
                (reading_file::FILE, orders.get(at).map(|(number, _)| number))
            }
        };
        let number = number.cloned().unwrap_or_default();
        RowProblem::new(Severity::Error, file, self.line(at), words).about(&number, "")
    }
}

/// Works through an import to its end. What stands against all of it leaves it `failed`, to be continued.
pub(super) async fn work(app: App, job: ImportRow, sheet: Sheet) {
    let (id, run) = (job.id, app.run() as i64);
    let ended = match rows(&app, job, &sheet).await {
        Ok(true) => end(&app, (id, run), ImportState::Done).await,
        Ok(false) => Ok(()),
        Err(error) => {
            tracing::error!(error = ?error, "an import stopped");
            end(&app, (id, run), ImportState::Failed).await
        }
    };
    if let Err(error) = ended {
        // Nobody says that it lives, so it is found interrupted.
        tracing::error!(error = ?error, "an import stopped, and that could not be written");
    }
    app.changed();
}

async fn end(app: &App, (job, run): (ItemId, i64), state: ImportState) -> Outcome<()> {
    let mut tx = app.store.begin().await?;
    let Some(row) = tx.import(job).await? else { return Ok(()) };
    tx.end_import((job, run), state).await?;
    let by = Actor { person: Some(row.person), name: row.who.clone(), address: None };
    let details = format!("{}: принято {} из {}", row.kind.as_str(), row.taken, row.total);
    audit::note(app, &mut tx, &by, "import.ended", (&job.to_string(), &details)).await?;
    Ok(tx.commit().await?)
}

/// `false`: another start of the server has it now.
async fn rows(app: &App, job: ImportRow, sheet: &Sheet) -> Outcome<bool> {
    let run = app.run() as i64;
    let mut taken = job.taken;
    for at in job.done as usize..sheet.total() {
        let (mut problems, mut tx) = (Vec::new(), app.store.begin().await?);
        let done = sheet.take(app, &mut tx, (at, &job), &mut problems).await;
        if let Err(problem) = done {
            // A row that cannot be used harms no other.
            tx.rollback().await?;
            problems.push(sheet.refusal(at, words(problem)?));
            tx = app.store.begin().await?;
        } else {
            taken += 1;
        }
        let done = at as i64 + 1;
        let step = ImportStep { done, taken, line: sheet.line(at) as i64 };
        if !tx.step_import((job.id, run), step, app.now()).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        keep_problems(&mut tx, job.id, done, &problems).await?;
        tx.commit().await?;
        if done % TOLD_EVERY == 0 {
            app.changed();
        }
    }
    Ok(true)
}

/// Keeps what was not taken with the order that it came from; 0 is the file as a whole.
pub(super) async fn keep_problems(
    tx: &mut Tx,
    job: ItemId,
    order: i64,
    problems: &[RowProblem],
) -> Outcome<()> {
    for (at, problem) in problems.iter().enumerate() {
        let position = order * PROBLEMS_OF_ONE + at as i64;
        let body = serde_json::to_string(problem).map_err(Problem::ours)?;
        tx.add_import_problem(job, position, &body).await?;
    }
    Ok(())
}

/// An expected refusal in words; anything else is passed on.
fn words(problem: Problem) -> Outcome<String> {
    match problem {
        Problem::Field(field, _, message) => Ok(format!("{field}: {message}")),
        Problem::Refused(_, message) => Ok(message),
        Problem::NotFound => Ok("не найдено".to_owned()),
        other => Err(other),
    }
}

/// An order of a spreadsheet as a new order.
pub(crate) fn new_order(line: &OrderLine, certificate: bool) -> NewOrder {
    NewOrder {
        number: line.number.clone(),
        date: line.date.to_string(),
        window: line.window.to_string(),
        kind: line.kind.clone(),
        urgency: line.urgency.code().to_owned(),
        client: line.client.clone(),
        phones: line.phones.iter().map(|phone| phone.as_str().to_owned()).collect(),
        district: line.district.clone(),
        address: line.address.clone(),
        place: line.place.map(|place| place.to_string()).unwrap_or_default(),
        entrance: line.access.entrance.clone(),
        floor: line.access.floor.clone(),
        intercom: line.access.intercom.clone(),
        note: line.access.note.clone(),
        price_kop: line.price_kop,
        certificate,
        instruments: line
            .instruments
            .iter()
            .map(|i| NewInstrument {
                id: None,
                type_number: i.type_number.clone(),
                modification: i.modification.clone(),
                serial_number: i.serial_number.clone(),
                year: i.year,
                water: i.water.map(|water| water.code().to_owned()),
                position: i.position.map(|position| position.code().to_owned()),
            })
            .collect(),
    }
}

/// Enters the readings of one order. Lines that match no instrument of the order leave the order
/// open: each is a problem with the nearest serial number.
async fn enter_order(
    app: &App,
    tx: &mut Tx,
    number: &str,
    (whom, typist): (Option<PersonId>, &Actor),
    lines: &[ReadingLine],
    problems: &mut Vec<RowProblem>,
) -> Outcome<()> {
    let order = tx.order_by_number(number).await?;
    let order = order.ok_or_else(|| Problem::field("заявка", format!("заявки № {number} нет")))?;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let person = row.holder.as_ref().map(|(person, _)| *person).or(whom);
    let person = person.ok_or_else(|| Problem::field("person", "выберите, кто поверял"))?;
    let person = tx.person(person).await?;
    let person = person.ok_or_else(|| Problem::field("person", "такого сотрудника нет"))?;
    let card = &row.card;
    let strangers = strangers(card, number, lines);
    if !strangers.is_empty() {
        problems.extend(strangers);
        let words = "заявка осталась открытой: исправьте номера приборов и загрузите строки снова";
        return Err(Problem::Refused(Code::VisitIncomplete, words.to_owned()));
    }
    // The paper says the day; the hour is the end of the window, in the place's zone.
    let at = card.zone.instant(card.date.0, card.window.to_min).min(app.now());
    if LegalDate(card.zone.date(at)) != card.date {
        let words = format!("дата заявки {} ещё не наступила", card.date.russian());
        return Err(Problem::field("дата", words));
    }
    let means = means_on_paper(tx, (&person, card.date), &[]).await?;
    let instruments = card.instruments.iter().filter_map(|expected| {
        let mine = lines.iter().filter(|line| line.serial_number == expected.serial_number);
        on_paper(expected, &mine.collect::<Vec<_>>(), &means)
    });
    let paper = PaperVisit {
        at: Timestamp(at.0).0,
        instruments: instruments.collect(),
        money: Money::default(),
        signer: Signer::Paper { name: String::new(), refusal: String::new() },
    };
    let doc = &mut OrderDocument::of(order);
    enter(app, tx, doc, Hands { performer: &person, typist }, paper).await
}

/// A problem for each line whose serial number is no instrument's of the order.
fn strangers(card: &Card, number: &str, lines: &[ReadingLine]) -> Vec<RowProblem> {
    let known = card.instruments.iter().map(|expected| expected.serial_number.as_str());
    let known: Vec<&str> = known.collect();
    let mut said = BTreeSet::new();
    let strange = lines.iter().filter(|line| !known.contains(&line.serial_number.as_str()));
    strange
        .filter(|line| said.insert(line.serial_number.clone()))
        .map(|line| {
            let hint = match nearest(&line.serial_number, &known) {
                Some(near) => format!("похожий в заявке — № {near}"),
                None => format!("в заявке: {}", known.join(", ")),
            };
            let message = format!("прибора № {} нет в заявке; {hint}", line.serial_number);
            RowProblem::new(Severity::Error, reading_file::FILE, line.line, message)
                .about(number, &line.serial_number)
        })
        .collect()
}

/// An instrument of the card with the lines of a table; nothing where no line names it. A table
/// has conditions once a line: those of the first line are the start, and an end stands only on
/// another line.
fn on_paper(
    expected: &ExpectedInstrument,
    mine: &[&ReadingLine],
    means: &[MeansId],
) -> Option<PaperInstrument> {
    let (first, others) = mine.split_first()?;
    let end = others.last().map(|line| line.conditions.clone());
    Some(PaperInstrument {
        id: Some(expected.id),
        identity: expected.identity(Source::Paper),
        start: first.conditions.clone(),
        end: end.unwrap_or_default(),
        checks: mine.iter().flat_map(|line| line.checks.clone()).collect(),
        rows: mine.iter().filter_map(|line| line.row.clone()).collect(),
        means: means.to_vec(),
        passed_over: String::new(),
    })
}

/// A file that cannot be used at all.
pub(super) fn unusable(error: TableError) -> Problem {
    let code = match error {
        TableError::MissingColumns { .. }
        | TableError::NoHead { .. }
        | TableError::ColumnTwice { .. }
        | TableError::NoTable { .. } => Code::ColumnsMissing,
        TableError::Empty(_) => Code::FileEmpty,
        TableError::TooLarge(_) | TableError::TooManyCells(_) => Code::FileTooLarge,
    };
    Problem::Field("file", code, error.to_string())
}
