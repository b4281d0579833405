//! Pours that contradict themselves or each other: volumes that no visit has, one pour for several points,
//! pours that overlap.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::finding::{Fault, Finding, Row};
use crate::limits::{
    DIAL_TIMES_MAX, FLOWS_TIMES_MAX, POUR_HOURS_MAX, ROWS_GAP_M3_MAX, ROWS_SHARED_PERCENT_MAX,
};
use crate::model::{Reading, point_key};

/// Volumes that no pour of a visit has: a reference that flows for longer than a working day, a dial that ran many
/// times as far as the reference.
pub(super) fn of_volume(row: &Row<'_>, volume: Decimal, say: &mut impl FnMut(bool, Fault, String)) {
    let (flow, reference) = (row.flow.value(), row.reference.value());
    if flow <= Decimal::ZERO || reference <= Decimal::ZERO {
        return;
    }
    let shown = |value: Decimal| Reading::from(value.round_dp(4).normalize()).russian();
    let thousand = Decimal::ONE_THOUSAND;
    let litres = |part: Decimal| {
        let near = part >= thousand / Decimal::TWO && part <= thousand * Decimal::TWO;
        if near {
            ": похоже на литры"
        } else {
            ": проверьте показания"
        }
    };
    if let Some(hours) = reference.checked_div(flow) {
        let words = format!(
            "объём {} м³ при расходе {} м³/ч — это {} ч пролива: похоже на литры, это {} м³",
            row.reference.russian(),
            row.flow.russian(),
            hours.round(),
            shown(reference / thousand)
        );
        // A volume a thousand times that of the dial was said already.
        let said = volume > Decimal::ZERO && reference >= volume * thousand / Decimal::TWO;
        say(!said && hours > Decimal::from(POUR_HOURS_MAX), Fault::ReferenceLitres, words);
    }
    if let Some(times) = volume.checked_div(reference) {
        let words = format!(
            "по счётчику {} м³, по эталону {} м³ — в {} раз больше{}",
            shown(volume),
            row.reference.russian(),
            times.round(),
            litres(times)
        );
        say(times > Decimal::from(DIAL_TIMES_MAX), Fault::DialJump, words);
    }
}

/// A volume by the standard that cannot flow in the time.
pub(super) fn too_short(row: &Row<'_>) -> Option<Finding> {
    let duration = row.duration_s?.value();
    let flows = row.flow.value().checked_mul(duration)?.checked_div(Decimal::from(3_600))?;
    let times = row.reference.value().checked_div(flows)?;
    if times <= Decimal::from(FLOWS_TIMES_MAX) {
        return None;
    }
    let minutes = times >= Decimal::from(30) && times <= Decimal::from(120);
    let words = format!(
        "за {} с при расходе {} м³/ч пройдёт {} м³, а по эталону {} м³: {}",
        row.duration_s?.russian(),
        row.flow.russian(),
        Reading::from(flows.round_dp(6).normalize()).russian(),
        row.reference.russian(),
        if minutes {
            "похоже на минуты вместо секунд"
        } else {
            "проверьте время и расход"
        }
    );
    Some(Finding { fault: Fault::DurationShort, point: row.point.to_owned(), words })
}

/// Rows that contradict each other: one pour for several points, said once, and pours that overlap.
pub fn of_rows(rows: &[Row<'_>]) -> Vec<Finding> {
    let readings = |of: &Row<'_>| (of.start.value(), of.end.value(), of.reference.value());
    let mut found = Vec::new();
    let mut copied = BTreeSet::new();
    for (at, row) in rows.iter().enumerate() {
        let earlier = &rows[..at];
        let same = earlier.iter().find(|of| {
            readings(of) == readings(row) && point_key(of.point) != point_key(row.point)
        });
        let overlaps = |of: &&Row<'_>| {
            of.start.value() < row.end.value() && row.start.value() < of.end.value()
        };
        let (fault, words) = if let Some(of) = same {
            if !copied.insert(readings(row)) {
                continue;
            }
            let words = format!("показания и объём те же, что в точке {}: один пролив", of.point);
            (Fault::RowCopied, words)
        } else if let Some(of) = earlier.iter().find(|of| in_one(of, row)) {
            let words = format!(
                "показания счётчика те же, что в точке {}: один пролив вместо двух",
                of.point
            );
            (Fault::RowsInOne, words)
        } else if let Some(of) = earlier.iter().find(overlaps) {
            let words = format!("показания перекрываются с точкой {}: проверьте", of.point);
            (Fault::RowsOverlap, words)
        } else if let Some((of, gap)) = apart(row, rows) {
            let gap = Reading::from(gap.normalize()).russian();
            let words =
                format!("между точкой {} и этой счётчик прошёл {gap} м³: проверьте", of.point);
            (Fault::RowsApart, words)
        } else {
            continue;
        };
        found.push(Finding { fault, point: row.point.to_owned(), words });
    }
    found
}

/// Whether two rows share more of the dial than last digits that were read twice.
fn in_one(one: &Row<'_>, other: &Row<'_>) -> bool {
    let shared =
        one.end.value().min(other.end.value()) - one.start.value().max(other.start.value());
    let volume = |of: &Row<'_>| of.end.value() - of.start.value();
    let least = volume(one).min(volume(other));
    let part = Decimal::from(ROWS_SHARED_PERCENT_MAX) / Decimal::ONE_HUNDRED;
    least > Decimal::ZERO && least.checked_mul(part).is_some_and(|most| shared > most)
}

/// The pour before a row on the dial, and how far the dial ran since, where that is further than between two pours of
/// a visit.
fn apart<'a>(row: &Row<'_>, rows: &'a [Row<'a>]) -> Option<(&'a Row<'a>, Decimal)> {
    let before = rows.iter().filter(|of| of.end.value() <= row.start.value());
    let last = before.max_by_key(|of| of.end.value())?;
    let gap = row.start.value() - last.end.value();
    (gap > Decimal::from(ROWS_GAP_M3_MAX)).then_some((last, gap))
}
