//! Readings of a spreadsheet become a visit of their order.

use std::collections::{BTreeMap, BTreeSet};

use vyezd_core::doc::seal::Signer;
use vyezd_core::model::{
    Card, Check, Conditions, ExpectedInstrument, LegalDate, Means, MeansId, Money, PersonId,
    Source, Timestamp, fold, point_key,
};

use crate::app::App;
use crate::audit::Actor;
use crate::code::Code;
use crate::documents::OrderDocument;
use crate::import::readings::{self as reading_file, ReadingLine};
use crate::import::{RowProblem, Severity, nearest, order_number};
use crate::problem::{Outcome, Problem};
use crate::store::{PersonRow, Tx};
use crate::verification::paper_doubts::{self, About, Doubt};
use crate::verification::paper_entry::{Hands, PaperInstrument, PaperVisit, enter, means_on_paper};

/// The lines of one order.
pub(super) struct OrderReadings {
    pub(super) number: String,
    pub(super) lines: Vec<ReadingLine>,
    /// Lines of the order with an error, in the order of the file.
    pub(super) wrong: Vec<u64>,
}

/// Lines by the numbers of their orders, with the lines of each that have an error.
pub(super) fn by_order(lines: Vec<ReadingLine>, problems: &[RowProblem]) -> Vec<OrderReadings> {
    let mut orders: BTreeMap<String, OrderReadings> = BTreeMap::new();
    for line in lines {
        let number = line.order.clone();
        let new = || OrderReadings { number, lines: Vec::new(), wrong: Vec::new() };
        orders.entry(line.order.clone()).or_insert_with(new).lines.push(line);
    }
    for problem in problems.iter().filter(|problem| problem.is_error_of_line()) {
        if let Some(order) = orders.get_mut(&order_number(&problem.order))
            && !order.wrong.contains(&problem.line)
        {
            order.wrong.push(problem.line);
        }
    }
    orders.into_values().collect()
}

/// Enters the readings of one order. Lines that match no instrument of the order leave the order
/// open: each is a problem with the nearest serial number.
pub(super) async fn enter_order(
    app: &App,
    tx: &mut Tx,
    OrderReadings { number, lines, wrong }: &OrderReadings,
    (whom, typist): (Option<PersonId>, &Actor),
    problems: &mut Vec<RowProblem>,
) -> Outcome<()> {
    let order = tx.order_by_number(number).await?;
    let order = order.ok_or_else(|| Problem::field("заявка", format!("заявки № {number} нет")))?;
    let row = tx.order(order).await?.ok_or(Problem::NotFound)?;
    let person = row.holder.as_ref().map(|(person, _)| *person).or(whom);
    let person = person.ok_or_else(|| {
        Problem::field("person", "выберите, кто поверял, и загрузите файл ещё раз")
    })?;
    let person = tx.person(person).await?;
    let person = person.ok_or_else(|| Problem::field("person", "такого сотрудника нет"))?;
    let card = &row.card;
    let strangers = strangers(card, number, lines);
    if !strangers.is_empty() {
        problems.extend(strangers);
        let words = "заявка осталась открытой: исправьте номера приборов и загрузите строки снова";
        return Err(Problem::Refused(Code::VisitIncomplete, words.to_owned()));
    }
    if !wrong.is_empty() {
        let wrong: Vec<String> = wrong.iter().map(u64::to_string).collect();
        let words =
            format!("заявка осталась открытой: сначала исправьте строки {}", wrong.join(", "));
        return Err(Problem::Refused(Code::VisitIncomplete, words));
    }
    if let Some(words) =
        card.instruments.iter().find_map(|of| contradiction(&of.serial_number, lines))
    {
        return Err(Problem::Refused(Code::VisitIncomplete, words));
    }
    // The paper says the day; the hour is the end of the window, in the place's zone.
    let date = verified_on(lines)?.unwrap_or(card.date);
    let at = card.zone.instant(date.0, card.window.to_min).min(app.now());
    if LegalDate(card.zone.date(at)) != date {
        let words = format!("дата {} ещё не наступила", date.russian());
        return Err(Problem::field("дата_поверки", words));
    }
    let mut instruments: Vec<PaperInstrument> = Vec::new();
    for expected in &card.instruments {
        let mine = lines.iter().filter(|line| line.serial_number == expected.serial_number);
        let mine: Vec<&ReadingLine> = mine.collect();
        // Each meter has the means of its own lines.
        let named = means_named(tx, (&person, date), &mine).await?;
        let means = means_on_paper(tx, (&person, date), &named).await?;
        instruments.extend(on_paper(expected, &mine, &means));
    }
    problems.extend(unprinted_conditions(lines));
    let data = tx.reference_on(&person, Some(date)).await?;
    let about = About {
        card,
        made: LegalDate(card.zone.date(Timestamp(row.created_at))),
        date,
        reference: data.reference_of(card.entity).ok_or(Problem::NotFound)?,
    };
    let doubts = paper_doubts::all(tx, &about, &instruments).await?;
    problems.extend(asked(number, doubts, lines));
    let paper = PaperVisit {
        at: Timestamp(at.0).0,
        instruments,
        money: Money::default(),
        signer: Signer::Paper { name: String::new(), refusal: String::new() },
    };
    let doc = &mut OrderDocument::of(order);
    enter(app, tx, doc, Hands { performer: &person, typist }, paper).await
}

/// The day of the column «дата_поверки»; nothing where no line has one.
fn verified_on(lines: &[ReadingLine]) -> Outcome<Option<LegalDate>> {
    let days: BTreeSet<LegalDate> = lines.iter().filter_map(|line| line.date).collect();
    match days.iter().collect::<Vec<_>>()[..] {
        [] => Ok(None),
        [day] => Ok(Some(*day)),
        [first, .., last] => {
            let words = format!(
                "в строках заявки разные дни: {} и {}: один лист — один день",
                first.russian(),
                last.russian()
            );
            Err(Problem::field("дата_поверки", words))
        }
    }
}

/// The means that the column «средства» names, by serial number, number in the register or title.
async fn means_named(
    tx: &mut Tx,
    (person, date): (&PersonRow, LegalDate),
    lines: &[&ReadingLine],
) -> Outcome<Vec<MeansId>> {
    let all = tx.means_of(person.id, Some(date)).await?;
    let mut named = Vec::new();
    for name in lines.iter().flat_map(|line| &line.means) {
        let is_meant = |of: &&Means| {
            [&of.serial_number, &of.number, &of.title].iter().any(|text| fold(text) == fold(name))
        };
        let mut meant = all.iter().filter(is_meant);
        let (Some(means), None) = (meant.next(), meant.next()) else {
            let known: Vec<&str> = all.iter().map(|of| of.serial_number.as_str()).collect();
            let words = format!(
                "«{name}» — не заводской номер одного из средств: есть № {}",
                known.join(", № ")
            );
            return Err(Problem::field("means", words));
        };
        if !named.contains(&means.id) {
            named.push(means.id);
        }
    }
    Ok(named)
}

/// Lines whose conditions no paper shows: those of an instrument's first line are its start, of its last its end.
fn unprinted_conditions(lines: &[ReadingLine]) -> Vec<RowProblem> {
    let of = |line: &ReadingLine| {
        let same = lines.iter().filter(|of| of.serial_number == line.serial_number);
        let shown: Vec<_> = same.map(|of| of.conditions.clone()).collect();
        let printed = [shown.first(), shown.last()];
        let is_printed = printed.into_iter().flatten().any(|of| *of == line.conditions);
        (!is_printed && line.conditions != Conditions::default()).then(|| {
            let words = "условия этой строки в протокол не попадут: берутся первая и последняя строки \
                         прибора";
            let first = shown.first().cloned().unwrap_or_default();
            RowProblem::new(Severity::Warning, reading_file::FILE, line.line, words)
                .about(&line.order, &line.serial_number)
                .in_column(differing(&first, &line.conditions))
        })
    };
    lines.iter().filter_map(of).collect()
}

/// The column of the first condition that is another.
fn differing(one: &Conditions, other: &Conditions) -> &'static str {
    let columns = [
        ("темп_воды_С", one.water_c != other.water_c),
        ("темп_воздуха_С", one.air_c != other.air_c),
        ("влажность_проц", one.humidity_percent != other.humidity_percent),
        ("давление_кПа", one.pressure_kpa != other.pressure_kpa),
    ];
    columns.into_iter().find(|(_, differs)| *differs).map_or("", |(column, _)| column)
}

/// Doubts about the rows of each instrument taken together: «показания перекрываются».
fn asked(number: &str, doubts: Vec<Doubt>, lines: &[ReadingLine]) -> Vec<RowProblem> {
    let problem = |Doubt { serial_number, point, words }| {
        let at_point = |line: &&&ReadingLine| {
            line.row.as_ref().is_some_and(|row| point_key(&row.point) == point_key(&point))
        };
        let mine = || lines.iter().filter(|of| of.serial_number == serial_number);
        let exact = mine().collect::<Vec<_>>().into_iter().find(|line| at_point(&line));
        let line = exact.or_else(|| mine().next()).or_else(|| lines.first());
        let line = line.map_or(0, |of| of.line);
        let problem = RowProblem::new(Severity::Warning, reading_file::FILE, line, words);
        let column = if point.is_empty() { "заводской_номер" } else { "точка" };
        problem.about(number, &serial_number).at_point(&point).in_column(column)
    };
    doubts.into_iter().map(problem).collect()
}

/// Two lines of an instrument that say the opposite of one check.
fn contradiction(serial: &str, lines: &[ReadingLine]) -> Option<String> {
    let mine: Vec<&ReadingLine> =
        lines.iter().filter(|line| line.serial_number == serial).collect();
    Check::ALL.into_iter().find_map(|check| {
        let said = |line: &&ReadingLine| {
            let found = line.checks.iter().find(|(of, _)| *of == check);
            found.map(|(_, result)| (line.line, result.passed))
        };
        let mut said = mine.iter().filter_map(said);
        let (first, passed) = said.next()?;
        let (other, _) = said.find(|(_, other)| *other != passed)?;
        Some(format!(
            "прибор № {serial}: {} в строках {first} и {other} разное; заявка осталась открытой",
            check.russian()
        ))
    })
}

/// A problem for each line whose serial number is no instrument's of the order.
fn strangers(card: &Card, number: &str, lines: &[ReadingLine]) -> Vec<RowProblem> {
    let known = card.instruments.iter().map(|expected| expected.serial_number.as_str());
    let known: Vec<&str> = known.collect();
    let numbered: Vec<&str> = known.iter().copied().filter(|number| !number.is_empty()).collect();
    let mut said = BTreeSet::new();
    let strange = lines.iter().filter(|line| !known.contains(&line.serial_number.as_str()));
    strange
        .filter(|line| said.insert(line.serial_number.clone()))
        .map(|line| {
            let near = nearest(&line.serial_number, &numbered);
            let hint = match near.as_slice() {
                [] if numbered.is_empty() => {
                    "в заявке заводских номеров нет: впишите их в карточку заявки".to_owned()
                }
                [] => format!("в заявке: № {}", numbered.join(", № ")),
                [near] => format!("похожий в заявке — № {near}"),
                several => format!("похожие в заявке — № {}", several.join(", № ")),
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
