//! An import outlives the connection that brought it: a task takes one order after another, each in a
//! transaction that also counts it. Whoever continues an interrupted one begins exactly where it stands.

use vyezd_core::model::{ItemId, LegalDate, Timestamp, Zone};

use super::import_columns::column;
use super::import_doubts as doubts;
use super::import_readings::{OrderReadings, by_order, enter_order};
use super::order_card::{NewInstrument, NewOrder};
use super::orders::create_order;
use super::people::{self, NewPerson};
use crate::app::App;
use crate::audit::{self, Actor};
use crate::code::Code;
use crate::dispatch;
use crate::documents::OrderDocument;
use crate::import::orders::OrderLine;
use crate::import::people::PersonLine;
use crate::import::types::TypeLine;
use crate::import::{
    RawTable, RowProblem, Severity, Table, TableError, orders as order_file, people as people_file,
    readings as reading_file, types as type_file,
};
use crate::problem::{Outcome, Problem};
use crate::store::{ImportKind, ImportRow, ImportState, ImportStep, MadeOrder, MadeType, Tx};

/// Pages look again after so many orders.
const TOLD_EVERY: i64 = 50;
/// Places for the problems of one order, or of the file as a whole, in the list of all: more than a
/// table has cells.
const PROBLEMS_OF_ONE: i64 = 10_000_000;

/// The lines of a spreadsheet that can be taken, by the kind of it.
pub(super) enum ImportLines {
    Orders(Vec<OrderLine>),
    /// The readings of orders, by their numbers.
    Readings(Vec<OrderReadings>),
    Types(Vec<TypeLine>),
    People(Vec<PersonLine>),
}

impl ImportLines {
    /// The file as it is.
    pub(super) fn raw(kind: ImportKind, file: &[u8]) -> Outcome<RawTable> {
        match kind {
            ImportKind::Orders => order_file::raw(file),
            ImportKind::Readings => reading_file::raw(file),
            ImportKind::Types => type_file::raw(file),
            ImportKind::People => people_file::raw(file),
        }
        .map_err(unusable)
    }

    /// Reads a table, and what in it cannot be used; `at` is when it came, also where it is continued.
    pub(super) fn read(kind: ImportKind, table: &Table, at: Timestamp) -> (Self, Vec<RowProblem>) {
        match kind {
            ImportKind::Orders => {
                let today = LegalDate(Zone::MOSCOW.date(at));
                let (lines, problems) = order_file::read(table, Some(today));
                (Self::Orders(lines), problems)
            }
            ImportKind::Readings => {
                let (lines, problems) = reading_file::read(table);
                (Self::Readings(by_order(lines, &problems)), problems)
            }
            ImportKind::Types => {
                let (lines, problems) = type_file::read(table);
                (Self::Types(lines), problems)
            }
            ImportKind::People => {
                let (lines, problems) = people_file::read(table);
                (Self::People(lines), problems)
            }
        }
    }

    /// How many orders or types there are in it.
    pub(super) fn total(&self) -> usize {
        match self {
            Self::Orders(lines) => lines.len(),
            Self::Readings(orders) => orders.len(),
            Self::Types(lines) => lines.len(),
            Self::People(lines) => lines.len(),
        }
    }

    /// The file's line of an order.
    fn line(&self, at: usize) -> u64 {
        match self {
            Self::Orders(lines) => lines.get(at).map(|line| line.line),
            Self::Readings(orders) => {
                orders.get(at).and_then(|of| of.lines.first()).map(|line| line.line)
            }
            Self::Types(lines) => lines.get(at).map(|line| line.line),
            Self::People(lines) => lines.get(at).map(|line| line.line),
        }
        .unwrap_or_default()
    }

    /// Takes one order of it.
    pub(super) async fn take(
        &self,
        app: &App,
        tx: &mut Tx,
        (at, job): (usize, &ImportRow),
        problems: &mut Vec<RowProblem>,
    ) -> Outcome<()> {
        match self {
            Self::Orders(lines) => {
                let Some(line) = lines.get(at) else { return Ok(()) };
                let new = NewOrder { offers_from: job.offers_from, ..new_order(line, false) };
                let order = create_order(app, tx, &new, &job.who, "import").await?;
                let file = (&**lines, job.offers_from);
                problems.extend(doubts::of_order(tx, (line, order), file).await?);
                let made = MadeOrder { order, line: line.line as i64, version: 1 };
                tx.note_import_made(job.id, made).await?;
                // Nobody is asked, and no telephone rings, for an order that will be rolled back.
                if job.trial {
                    return Ok(());
                }
                Ok(dispatch::start(app, tx, &mut OrderDocument::of(order)).await?)
            }
            Self::Readings(orders) => {
                let Some(readings) = orders.get(at) else { return Ok(()) };
                let by = Actor { person: Some(job.person), name: job.who.clone(), address: None };
                enter_order(app, tx, readings, (job.whom, &by), problems).await
            }
            Self::Types(lines) => {
                let Some(line) = lines.get(at) else { return Ok(()) };
                put_type(tx, (line, job.id), problems).await
            }
            Self::People(lines) => {
                let Some(line) = lines.get(at) else { return Ok(()) };
                let by = Actor { person: Some(job.person), name: job.who.clone(), address: None };
                let new = people::parse(app, new_person(line)).await?;
                problems.extend(doubts::of_person(app, tx, line).await?);
                let person = people::add(app, tx, &by, new).await?;
                Ok(tx.note_import_person(job.id, person).await?)
            }
        }
    }

    pub(super) fn refusal(&self, at: usize, (column, words): Said) -> RowProblem {
        let (file, number) = match self {
            Self::Orders(lines) => (order_file::FILE, lines.get(at).map(|line| &line.number)),
            Self::Readings(orders) => (reading_file::FILE, orders.get(at).map(|of| &of.number)),
            Self::Types(_) => (type_file::FILE, None),
            Self::People(_) => (people_file::FILE, None),
        };
        let number = number.cloned().unwrap_or_default();
        // A table of readings has a day of its own, and none of the order's.
        let (column, words) = match (self, column) {
            (Self::Readings(_), "дата") => {
                let words = words.strip_prefix("дата: ").unwrap_or(&words).to_owned();
                ("дата_поверки", words)
            }
            _ => (column, words),
        };
        let problem = RowProblem::new(Severity::Error, file, self.line(at), words);
        let problem = problem.in_column(column);
        RowProblem { whole_order: !number.is_empty(), ..problem.about(&number, "") }
    }
}

/// Adds or changes a type. Its method must be there.
async fn put_type(
    tx: &mut Tx,
    (line, job): (&TypeLine, ItemId),
    problems: &mut Vec<RowProblem>,
) -> Outcome<()> {
    let kind = &line.kind;
    if !tx.methods().await?.iter().any(|method| method.title == kind.method) {
        let words = format!("методики «{}» нет в справочнике", kind.method);
        return Err(Problem::field("method", words));
    }
    problems.extend(doubts::of_type(tx, line).await?);
    let known = tx.types_of(&kind.type_number).await?;
    let before = known.into_iter().find(|of| of.modification == kind.modification);
    tx.note_import_type(job, &MadeType { before, after: kind.clone() }).await?;
    Ok(tx.put_types(std::slice::from_ref(kind)).await?)
}

/// Works through an import to its end. What stands against all of it leaves it `failed`, to be continued.
pub(super) async fn work(app: App, job: ImportRow, lines: ImportLines) {
    let (id, run) = (job.id, app.run() as i64);
    let over = if job.trial { ImportState::Checked } else { ImportState::Done };
    let ended = match rows(&app, job, &lines).await {
        Ok(true) => end(&app, (id, run), over).await,
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
    if row.trial {
        return Ok(tx.commit().await?);
    }
    let by = Actor { person: Some(row.person), name: row.who.clone(), address: None };
    let details = format!("{}: принято {} из {}", row.kind.as_str(), row.taken, row.total);
    audit::note(app, &mut tx, &by, "import.ended", (&job.to_string(), &details)).await?;
    Ok(tx.commit().await?)
}

/// `false`: another start of the server has it now.
async fn rows(app: &App, job: ImportRow, lines: &ImportLines) -> Outcome<bool> {
    let run = app.run() as i64;
    let mut taken = job.taken;
    for at in job.done as usize..lines.total() {
        let (mut problems, mut tx) = (Vec::new(), app.store.begin().await?);
        let done = lines.take(app, &mut tx, (at, &job), &mut problems).await;
        // A row that cannot be used harms no other, and a trial leaves nothing behind.
        if job.trial || done.is_err() {
            tx.rollback().await?;
            tx = app.store.begin().await?;
        }
        match done {
            Ok(()) => taken += 1,
            Err(problem) => problems.push(lines.refusal(at, said(problem)?)),
        }
        let done = at as i64 + 1;
        let step = ImportStep { done, taken, line: lines.line(at) as i64 };
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

/// A column, empty where a refusal is about none, and the words.
pub(super) type Said = (&'static str, String);

/// An expected refusal with its column; anything else is passed on.
pub(super) fn said(problem: Problem) -> Outcome<Said> {
    match problem {
        Problem::Field(field, _, message) => Ok(match column(field) {
            "" => ("", format!("{field}: {message}")),
            column => (column, format!("{column}: {message}")),
        }),
        Problem::Refused(Code::NumberTaken, message) => Ok(("заявка", message)),
        Problem::Refused(Code::LoginTaken, message) => Ok(("имя_входа", message)),
        Problem::Refused(_, message) => Ok(("", message)),
        Problem::NotFound => Ok(("", "не найдено".to_owned())),
        other => Err(other),
    }
}

/// A person of a spreadsheet as a new person, without a password.
fn new_person(line: &PersonLine) -> NewPerson {
    NewPerson {
        login: line.login.clone(),
        name: line.name.clone(),
        role: line.role.code().to_owned(),
        password: String::new(),
        phone: line.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        attested_until: line.attested_until.map(|day| day.to_string()).unwrap_or_default(),
        districts: line.districts.clone(),
        active: true,
    }
}

/// An order of a spreadsheet as a new order.
pub(crate) fn new_order(line: &OrderLine, certificate: bool) -> NewOrder {
    NewOrder {
        offers_from: None,
        zone: String::new(),
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

/// A file that cannot be used at all.
pub(super) fn unusable(error: TableError) -> Problem {
    let code = match error {
        TableError::MissingColumns { .. }
        | TableError::NoHead { .. }
        | TableError::ColumnTwice { .. }
        | TableError::DayUnread { .. }
        | TableError::NoTable { .. } => Code::ColumnsMissing,
        TableError::Empty(_) => Code::FileEmpty,
        TableError::TooLarge(_) | TableError::TooManyCells(_) => Code::FileTooLarge,
    };
    Problem::Field("file", code, error.to_string())
}
