//! Binds what the Fund said: an answer as a whole or not at all, a table row by row. Binding again changes nothing.

use std::collections::HashMap;

use vyezd_core::model::{FundNumber, InstrumentId, ItemId, SealId};

use super::answer::{self, Answered};
use super::claim::objection;
use super::table::{FILE, NumberLine};
use crate::app::App;
use crate::code::Code;
use crate::import::{RowProblem, Severity};
use crate::problem::{Outcome, Problem};
use crate::store::{AnswerRow, FundRecord, PackageRow, Timer, Tx, Verified};

/// Objections that a refusal names; the rest is counted.
const NAMED_MAX: usize = 5;

/// What an answer or a table brings.
#[derive(Debug, Default)]
pub struct Brought {
    /// New records, in the order of the file.
    pub records: Vec<FundRecord>,
    /// Records that are known already.
    pub unchanged: usize,
    /// Rows that could not be bound.
    pub problems: Vec<RowProblem>,
    /// An answer that gave a number of this file to another instrument: it was shifted, or the table is.
    pub contradicts: Option<ItemId>,
}

/// Reads an answer to a package; anything in it that cannot be right refuses all of it.
pub async fn answer(tx: &mut Tx, package: &PackageRow, bytes: &[u8]) -> Outcome<Brought> {
    let outcomes = answer::read(bytes)
        .map_err(|error| Problem::Refused(Code::AnswerUnread, error.to_string()))?;
    let verified = tx.packed_verifications(package.id).await?;
    if outcomes.len() != verified.len() {
        let words = format!(
            "в ответе записей {}, а в пакете № {} их {}: это ответ на другой пакет",
            outcomes.len(),
            package.number,
            verified.len()
        );
        return Err(Problem::Refused(Code::AnswerMismatch, words));
    }
    let left = tx.left_package(package.id).await?;
    let objections = objections(tx, (&verified, &left), &outcomes).await?;
    if !objections.is_empty() {
        let words = refusal(&objections, is_shifted(&verified, &outcomes));
        return Err(Problem::Refused(Code::AnswerMismatch, words));
    }
    let mut brought = Brought::default();
    for (position, (of, outcome)) in (1..).zip(verified.iter().zip(outcomes)) {
        let record = |number, refusal, xml| FundRecord {
            position,
            seal: of.seal,
            instrument: of.instrument,
            number,
            refusal,
            xml,
        };
        match outcome {
            Answered::Published(number) if of.known.as_ref() == Some(&number) => {
                brought.unchanged += 1;
            }
            Answered::Published(number) => {
                brought.records.push(record(Some(number), String::new(), String::new()));
            }
            Answered::Refused { .. } if left.contains(&(of.seal, of.instrument)) => {
                brought.unchanged += 1;
            }
            Answered::Refused { words, xml } => {
                let said = tx.fund_states(of.seal).await?;
                let same = said
                    .iter()
                    .any(|state| state.instrument == of.instrument && state.refusal == words);
                if same {
                    brought.unchanged += 1;
                } else {
                    brought.records.push(record(None, words, xml));
                }
            }
        }
    }
    Ok(brought)
}

/// Why records of an answer cannot be those of the package, by their places.
async fn objections(
    tx: &mut Tx,
    (verified, left): (&[Verified], &[(SealId, InstrumentId)]),
    outcomes: &[Answered],
) -> Outcome<Vec<(usize, String)>> {
    let mut seen: HashMap<&FundNumber, usize> = HashMap::new();
    let mut said = Vec::new();
    for (at, (of, outcome)) in (1..).zip(verified.iter().zip(outcomes)) {
        let has_left = left.contains(&(of.seal, of.instrument));
        let number = match outcome {
            Answered::Published(number) => number,
            // An answer says nothing of a record that has left its package.
            Answered::Refused { .. } if has_left => continue,
            Answered::Refused { .. } => {
                if let Some(known) = &of.known {
                    said.push((at, format!("отказ, а у прибора уже есть номер {known}")));
                }
                continue;
            }
        };
        if let Some(first) = seen.insert(number, at) {
            said.push((at, format!("номер {number} уже стоит в записи {first}")));
        } else if let Some(words) = objection(of, number) {
            said.push((at, words));
        } else if has_left && of.known.is_none() {
            let words = "был отказ, и её готовили снова: её ответ — на новый пакет".to_owned();
            said.push((at, words));
        } else if let Some((owner, _)) = owner(tx, of, number).await? {
            said.push((at, taken_words(number, &owner)));
        }
    }
    Ok(said)
}

/// The other verification that has a number, and the answer that gave it.
async fn owner(
    tx: &mut Tx,
    of: &Verified,
    number: &FundNumber,
) -> Outcome<Option<(Verified, ItemId)>> {
    let owner = tx.owner_of_number(number).await?;
    Ok(owner.filter(|(other, _)| (other.seal, other.instrument) != (of.seal, of.instrument)))
}

fn taken_words(number: &FundNumber, owner: &Verified) -> String {
    format!(
        "номер {number} уже у прибора № {} (заявка № {})",
        owner.serial_number, owner.order_number
    )
}

/// Whether the numbers fit the package better one place further or earlier.
fn is_shifted(verified: &[Verified], outcomes: &[Answered]) -> bool {
    let fits = |of: &Verified, outcome: &Answered| match outcome {
        Answered::Published(number) => objection(of, number).is_none(),
        Answered::Refused { .. } => true,
    };
    let count = |pairs: &mut dyn Iterator<Item = (&Verified, &Answered)>| {
        pairs.filter(|(of, outcome)| !fits(of, outcome)).count()
    };
    let here = count(&mut verified.iter().zip(outcomes));
    let later = count(&mut verified.iter().skip(1).zip(outcomes));
    let earlier = count(&mut verified.iter().zip(outcomes.iter().skip(1)));
    verified.len() > 2 && later.min(earlier) < here && later.min(earlier) == 0
}

fn refusal(objections: &[(usize, String)], shifted: bool) -> String {
    let named: Vec<String> = objections
        .iter()
        .take(NAMED_MAX)
        .map(|(at, words)| format!("запись {at}: {words}"))
        .collect();
    let more = match objections.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!("; и ещё {more}"),
    };
    let why = if shifted {
        "номера сдвинуты на одну запись"
    } else {
        "ответ не от этого пакета"
    };
    format!("{why}, ничего не принято: {}{more}", named.join("; "))
}

/// Finds the verifications of a table of numbers; a row that fits none, or several, is said and harms no other.
pub async fn numbers(
    tx: &mut Tx,
    (lines, problems): (Vec<NumberLine>, Vec<RowProblem>),
) -> Outcome<Brought> {
    let mut brought = Brought { problems, ..Brought::default() };
    let mut seen: HashMap<FundNumber, u64> = HashMap::new();
    let mut bound: HashMap<(SealId, InstrumentId), u64> = HashMap::new();
    for line in lines {
        let twice = seen.insert(line.number.clone(), line.line);
        let found = match twice {
            Some(first) => Err(format!("номер {} уже стоит в строке {first}", line.number)),
            None => verification(tx, &line, &mut brought.contradicts).await?,
        };
        let found = found.and_then(|of| match bound.insert((of.seal, of.instrument), line.line) {
            Some(first) => Err(format!("этот прибор уже стоит в строке {first}")),
            None => Ok(of),
        });
        match found {
            Ok(of) if of.known.is_some() => brought.unchanged += 1,
            Ok(of) => brought.records.push(FundRecord {
                position: line.line as i64,
                seal: of.seal,
                instrument: of.instrument,
                number: Some(line.number),
                refusal: String::new(),
                xml: String::new(),
            }),
            Err(words) => {
                let words = format!("{words}: строка пропущена");
                let problem = RowProblem::new(Severity::Error, FILE, line.line, words);
                brought.problems.push(problem.about("", &line.serial_number));
            }
        }
    }
    brought.problems.sort_by_key(|problem| problem.line);
    Ok(brought)
}

/// The one verification that a row is of; what is wrong in words.
async fn verification(
    tx: &mut Tx,
    line: &NumberLine,
    contradicts: &mut Option<ItemId>,
) -> Outcome<Result<Verified, String>> {
    let all = tx.verifications_of(&line.serial_number, line.number.date()).await?;
    let of_type =
        |of: &&Verified| line.type_number.is_empty() || of.type_number == line.type_number;
    let mut fitting = all.iter().filter(of_type);
    let (first, second) = (fitting.next(), fitting.next());
    let found = match (first, second) {
        (Some(of), None) => of,
        (Some(_), Some(_)) => {
            let words = format!(
                "прибор № {} поверен {} дважды: укажите рег. номер типа",
                line.serial_number,
                line.number.date().russian()
            );
            return Ok(Err(words));
        }
        (None, _) => return Ok(Err(nowhere(line, &all))),
    };
    let owner = owner(tx, found, &line.number).await?;
    if let Some((owner, answer)) = owner {
        *contradicts = contradicts.or(Some(answer));
        return Ok(Err(taken_words(&line.number, &owner)));
    }
    if let Some(words) = objection(found, &line.number) {
        if let Some(known) = &found.known
            && let Some((_, answer)) = tx.owner_of_number(known).await?
        {
            *contradicts = contradicts.or(Some(answer));
        }
        return Ok(Err(words));
    }
    Ok(Ok(found.clone()))
}

fn nowhere(line: &NumberLine, others: &[Verified]) -> String {
    let (serial, date) = (&line.serial_number, line.number.date().russian());
    match others.first() {
        Some(of) => format!(
            "прибор № {serial}, поверенный {date}, у нас типа {}, а не {}",
            of.type_number, line.type_number
        ),
        None => format!("прибора № {serial}, поверенного {date}, у нас нет"),
    }
}

/// Writes down what was brought; papers of its sheets are issued anew. `None`: nothing was new.
pub async fn bind(
    app: &App,
    tx: &mut Tx,
    row: &AnswerRow,
    brought: &Brought,
) -> Outcome<Option<ItemId>> {
    if brought.records.is_empty() {
        return Ok(None);
    }
    tx.add_answer(row).await?;
    for record in &brought.records {
        tx.add_fund_record(row.id, record).await?;
        tx.set_timer(Timer::ReissueSeal, record.seal.bytes(), app.now()).await?;
    }
    Ok(Some(row.id))
}
