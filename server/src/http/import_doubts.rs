//! What is only said of a line that is taken: its card is doubtful, its type is known already, its person has a
//! namesake.

use jiff::ToSpan as _;
use vyezd_core::model::{Card, InstrumentType, LegalDate, OrderId, Phone, Zone, fold};
use vyezd_core::rules::hints::{IdentityField, hints};
use vyezd_core::texts::{look_same, mended};

use super::import_columns::column;
use super::order_doubts::{self, Doubt};
use crate::app::App;
use crate::import::orders::OrderLine;
use crate::import::people::PersonLine;
use crate::import::types::TypeLine;
use crate::import::{
    RowProblem, Severity, orders as order_file, people as people_file, types as type_file,
};
use crate::problem::Outcome;
use crate::store::Tx;

/// Years of an attestation beyond which its year is a slip, or stands for «without end».
const ATTESTED_AHEAD_YEARS: i64 = 10;

/// Doubts about an order that was made from its lines; people are asked from `offers_from` on. What stands
/// beside another line of the same file was said where the file was read.
pub(super) async fn of_order(
    tx: &mut Tx,
    (line, order): (&OrderLine, OrderId),
    (file, offers_from): (&[OrderLine], Option<i64>),
) -> Outcome<Vec<RowProblem>> {
    let mut said = twins(tx, line).await?;
    let Some(row) = tx.order(order).await? else { return Ok(said) };
    let here = |number: &str| file.iter().any(|of| of.number == number);
    let doubts = order_doubts::of_card(tx, &row.card, false).await?;
    let doubts = doubts.into_iter().filter(|of| !of.other.as_ref().is_some_and(|(_, of)| here(of)));
    said.extend(doubts.map(|doubt| at_row(line, &row.card, doubt)));
    said.extend(too_late(line, row.offers_from, offers_from));
    Ok(said)
}

/// A doubt about a card at the row that it came from.
fn at_row(
    line: &OrderLine,
    card: &Card,
    Doubt { field, instrument, words, .. }: Doubt,
) -> RowProblem {
    let serial = instrument.and_then(|id| card.instruments.iter().find(|of| of.id == id));
    let serial = serial.map_or("", |of| &of.serial_number);
    let row = line.instruments.iter().find(|of| of.serial_number == serial);
    let at = row.map_or(line.line, |of| of.line);
    let problem = RowProblem::new(Severity::Warning, order_file::FILE, at, words);
    problem.about(&line.number, serial).in_column(column(field))
}

/// A warning where people are asked at once, since the chosen hour would be too late.
fn too_late(line: &OrderLine, kept: Option<i64>, chosen: Option<i64>) -> Option<RowProblem> {
    if chosen.is_none() || kept.is_some() {
        return None;
    }
    let words = "предложена сразу, а не с выбранного часа: заявка аварийная или визит раньше";
    let problem = RowProblem::new(Severity::Warning, order_file::FILE, line.line, words);
    Some(problem.about(&line.number, "").in_column("дата"))
}

/// Modifications of an order that only look like known ones, wholly in another alphabet.
async fn twins(tx: &mut Tx, line: &OrderLine) -> Outcome<Vec<RowProblem>> {
    let mut said = Vec::new();
    for of in &line.instruments {
        let known = tx.types_of(&of.type_number).await?;
        let texts = (&*of.type_number, &*of.modification, &*of.serial_number);
        let hints = hints(texts, &known).into_iter();
        // What mixes alphabets was said where the table was read.
        let whole = hints.filter(|hint| {
            hint.field == IdentityField::Modification && mended(&hint.text) == hint.text
        });
        said.extend(whole.map(|hint| {
            let problem = RowProblem::new(Severity::Warning, order_file::FILE, of.line, hint.words);
            problem.about(&line.number, &of.serial_number).in_column("модификация")
        }));
    }
    Ok(said)
}

/// Doubts about a type beside those that are known: a modification that only looks like a known one, and
/// what the row changes.
pub(super) async fn of_type(tx: &mut Tx, line: &TypeLine) -> Outcome<Vec<RowProblem>> {
    let kind = &line.kind;
    let known = tx.types_of(&kind.type_number).await?;
    let mut said = Vec::new();
    let mut say = |words: String| {
        let problem = RowProblem::new(Severity::Warning, type_file::FILE, line.line, words);
        said.push(problem.in_column("modification"));
    };
    let twin = known.iter().find(|known| {
        known.modification != kind.modification
            && look_same(&known.modification, &kind.modification)
    });
    if let Some(twin) = twin {
        say(format!(
            "модификация «{}» выглядит как известная «{}», но записана другими буквами: проверьте",
            kind.modification, twin.modification
        ));
    }
    let replaced = known.iter().find(|known| known.modification == kind.modification);
    if let Some(before) = replaced.filter(|before| *before != kind) {
        let words = type_changes(before, kind).join(", ");
        say(format!("{} {} уже есть, заменяется: {words}", kind.type_number, kind.modification));
    }
    Ok(said)
}

/// Warnings where a person of the firm has the same name or telephone already, or an attestation has ended.
pub(super) async fn of_person(
    app: &App,
    tx: &mut Tx,
    line: &PersonLine,
) -> Outcome<Vec<RowProblem>> {
    let warning = |column, words| {
        let problem = RowProblem::new(Severity::Warning, people_file::FILE, line.line, words);
        problem.in_column(column)
    };
    let mut said = Vec::new();
    let today = LegalDate(Zone::MOSCOW.date(app.now()));
    let far = LegalDate(today.0.saturating_add(ATTESTED_AHEAD_YEARS.years()));
    match line.attested_until {
        Some(until) if until < today => {
            let words = format!("аттестация закончилась {}: проверьте", until.russian());
            said.push(warning("аттестация_до", words));
        }
        Some(until) if until > far => {
            let words = format!("аттестация до {}: проверьте год", until.russian());
            said.push(warning("аттестация_до", words));
        }
        _ => {}
    }
    for known in tx.people().await? {
        if fold(&known.name) == fold(&line.name) {
            let words =
                format!("{} уже есть с именем входа «{}»: проверьте", known.name, known.login);
            said.push(warning("фио", words));
        } else if line.phone.is_some()
            && known.phone.as_deref() == line.phone.as_ref().map(Phone::as_str)
        {
            said.push(warning("телефон", format!("этот телефон у {}: проверьте", known.name)));
        }
    }
    Ok(said)
}

/// What a row changes in a type that is known, «q_nom_m3h 1,5 → 2,5».
fn type_changes(before: &InstrumentType, now: &InstrumentType) -> Vec<String> {
    let whole = |number: u16| number.to_string();
    let facts = |of: &InstrumentType| {
        [
            ("dn_mm", whole(of.dn_mm)),
            ("method", of.method.clone()),
            ("q_min_b_m3h", of.q_min_b.russian()),
            ("q_min_a_m3h", of.q_min_a.russian()),
            ("q_t_b_m3h", of.q_t_b.russian()),
            ("q_t_a_m3h", of.q_t_a.russian()),
            ("q_nom_m3h", of.q_nom.russian()),
            ("q_max_m3h", of.q_max.russian()),
            ("limit_below_q_t_percent", of.limit_below_q_t.russian()),
            ("limit_from_q_t_percent", of.limit_from_q_t.russian()),
            ("interval_cold_years", whole(of.interval_cold_years.into())),
            ("interval_hot_years", whole(of.interval_hot_years.into())),
        ]
    };
    let pairs = facts(before).into_iter().zip(facts(now));
    let changed = pairs.filter(|(old, new)| old != new);
    changed.map(|((column, old), (_, new))| format!("{column} {old} → {new}")).collect()
}
