//! What is only said of a line that is taken: nobody works in its district, its town may be another's, its
//! type is known already.

use vyezd_core::model::{
    ExpectedInstrument, InstrumentType, LegalDate, OrderId, Phone, Zone, building_key, fold,
    is_type_number,
};
use vyezd_core::rules::hints::{IdentityField, hints};
use vyezd_core::texts::{look_same, mended};

use crate::app::App;
use crate::import::orders::OrderLine;
use crate::import::people::PersonLine;
use crate::import::types::TypeLine;
use crate::import::{
    RowProblem, Severity, orders as order_file, people as people_file, skeleton, types as type_file,
};
use crate::problem::Outcome;
use crate::store::Tx;

/// Doubts about an order that was made from its lines; people are asked from `offers_from` on.
pub(super) async fn of_order(
    tx: &mut Tx,
    (line, order): (&OrderLine, OrderId),
    offers_from: Option<i64>,
) -> Outcome<Vec<RowProblem>> {
    let mut said = twins(tx, line).await?;
    said.extend(same_visit(tx, line, order).await?);
    said.extend(nobody_there(tx, line).await?);
    said.extend(bare_town(tx, line, order).await?);
    said.extend(too_late(tx, line, order, offers_from).await?);
    Ok(said)
}

/// A warning where nobody may work in the district on the day.
async fn nobody_there(tx: &mut Tx, line: &OrderLine) -> Outcome<Option<RowProblem>> {
    let people = tx.metrologists_for(&fold(&line.district), None).await?;
    if people.iter().any(|of| of.attested_until.is_some_and(|until| until >= line.date)) {
        return Ok(None);
    }
    let words = format!(
        "в районе «{}» на {} нет ни одного исполнителя: заявку никто не получит",
        line.district,
        line.date.russian()
    );
    let problem = RowProblem::new(Severity::Warning, order_file::FILE, line.line, words);
    Ok(Some(problem.about(&line.number, "").in_column("район")))
}

/// A warning where the address seems to name a town of another zone than the order got.
async fn bare_town(tx: &mut Tx, line: &OrderLine, order: OrderId) -> Outcome<Option<RowProblem>> {
    let Some(meant) = Zone::of_bare_town(&line.address) else { return Ok(None) };
    let given = tx.order(order).await?.map(|row| row.card.zone);
    let other = given.filter(|given| *given != meant);
    Ok(other.map(|given| {
        let words = format!(
            "город без «г.»? часовой пояс взят {}, а не {}: если это город, выберите пояс в карточке",
            given.russian(),
            meant.russian()
        );
        let problem = RowProblem::new(Severity::Warning, order_file::FILE, line.line, words);
        problem.about(&line.number, "").in_column("адрес")
    }))
}

/// A warning where people are asked at once, since the chosen hour would be too late.
async fn too_late(
    tx: &mut Tx,
    line: &OrderLine,
    order: OrderId,
    chosen: Option<i64>,
) -> Outcome<Option<RowProblem>> {
    let kept = tx.order(order).await?.and_then(|row| row.offers_from);
    if chosen.is_none() || kept.is_some() {
        return Ok(None);
    }
    let words = "предложена сразу, а не с выбранного часа: заявка аварийная или визит раньше";
    let problem = RowProblem::new(Severity::Warning, order_file::FILE, line.line, words);
    Ok(Some(problem.about(&line.number, "").in_column("дата")))
}

/// A warning where another order has one of the instruments at the same building on the same day.
async fn same_visit(tx: &mut Tx, line: &OrderLine, order: OrderId) -> Outcome<Vec<RowProblem>> {
    let building = building_key(&line.district, &line.address);
    let mut said = Vec::new();
    for of in &line.instruments {
        let named = (line.date, &*of.serial_number);
        for card in tx.orders_with_serial(named, order).await? {
            let has = |known: &ExpectedInstrument| {
                skeleton(&known.serial_number) == skeleton(&of.serial_number)
            };
            if building_key(&card.district, &card.address) != building
                || !card.instruments.iter().any(has)
            {
                continue;
            }
            let words = format!(
                "этот прибор по этому адресу на этот день уже в заявке № {}: проверьте, не одна ли это заявка",
                card.number
            );
            let problem = RowProblem::new(Severity::Warning, order_file::FILE, of.line, words);
            let problem = problem.about(&line.number, &of.serial_number);
            said.push(problem.in_column("заводской_номер"));
        }
    }
    Ok(said)
}

/// Modifications of an order that only look like known ones, wholly in another alphabet.
async fn twins(tx: &mut Tx, line: &OrderLine) -> Outcome<Vec<RowProblem>> {
    let mut said = Vec::new();
    for of in &line.instruments {
        let known = tx.types_of(&of.type_number).await?;
        if known.is_empty() && is_type_number(&of.type_number) {
            let words = format!(
                "тип {} не найден в справочнике: без него показания не примут",
                of.type_number
            );
            let problem = RowProblem::new(Severity::Warning, order_file::FILE, of.line, words);
            said.push(problem.about(&line.number, &of.serial_number).in_column("рег_номер"));
        }
        let texts = (&*of.type_number, &*of.modification, &*of.serial_number);
        let hints = hints(texts, &known).into_iter();
        // What mixes alphabets was said where the table was read.
        let whole = hints.filter(|hint| {
            hint.field == IdentityField::Modification && mended(&hint.text) == hint.text
        });
        said.extend(whole.map(|hint| {
            let problem = RowProblem::new(Severity::Warning, order_file::FILE, of.line, hint.words);
            problem.about(&line.number, &of.serial_number)
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
    if let Some(until) = line.attested_until.filter(|until| *until < today) {
        let words = format!("аттестация закончилась {}: проверьте", until.russian());
        said.push(warning("аттестация_до", words));
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
