//! Error of a row, its limit, and doubts that only warn (`docs/domain.md`, Error and Limits).

use rust_decimal::{Decimal, RoundingStrategy};

use crate::model::{FlowBase, InstrumentType, Measurement, PointSpec, Position, Reading};

/// Decimals to which δ is rounded and printed (МИ 1592-2015).
pub const ERROR_DECIMALS: u32 = 1;
/// Deviation of V_ref from flow × time above which a row is doubtful, %.
pub const REFERENCE_DOUBT_PERCENT: i64 = 25;

/// δ = (V_meter − V_ref) / V_ref · 100 %, rounded half away from zero to 0.1.
///
/// `None` if the standard shows no volume, the dial went backwards, or the decimals overflow.
pub fn error_percent(start: &Reading, end: &Reading, reference: &Reading) -> Option<Decimal> {
    let reference = reference.value();
    if reference <= Decimal::ZERO || end.value() < start.value() {
        return None;
    }
    let volume = end.value().checked_sub(start.value())?;
    let error = (volume - reference).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(reference)?;
    let mut rounded =
        error.round_dp_with_strategy(ERROR_DECIMALS, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(ERROR_DECIMALS);
    // «−0,0» would be printed otherwise.
    Some(if rounded.is_zero() { Decimal::new(0, ERROR_DECIMALS) } else { rounded })
}

/// Limit of the error at a flow, ± %; Q = Qп belongs to the stricter zone.
pub fn limit_percent(kind: &InstrumentType, position: Position, flow: &Reading) -> Decimal {
    if flow.value() >= kind.q_t(position) {
        kind.limit_from_q_t.value()
    } else {
        kind.limit_below_q_t.value()
    }
}

/// Flow that a point is set to, m³/h.
pub fn setpoint(point: &PointSpec, kind: &InstrumentType, position: Position) -> Decimal {
    let base = match point.base {
        FlowBase::QMin => kind.q_min(position),
        FlowBase::QT => kind.q_t(position),
        FlowBase::QNom => kind.q_nom.value(),
    };
    base * point.factor.value()
}

/// Least and greatest flow at which a point may be measured, m³/h, both included.
pub fn flow_range(
    point: &PointSpec,
    kind: &InstrumentType,
    position: Position,
) -> (Decimal, Decimal) {
    let set = setpoint(point, kind, position);
    let part = |percent: &Reading| set * percent.value() / Decimal::ONE_HUNDRED;
    let from = point.below_percent.as_ref().map_or_else(|| kind.q_t(position), |p| set - part(p));
    let to = point.above_percent.as_ref().map_or_else(|| kind.q_max.value(), |p| set + part(p));
    (from, to)
}

/// A warning about a row; no doubt changes a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The flow is outside the tolerance of its point.
    Flow {
        /// Flow of the row, m³/h.
        flow: Reading,
        /// Least allowed flow, m³/h.
        from: Decimal,
        /// Greatest allowed flow, m³/h.
        to: Decimal,
    },
    /// V_ref deviates from flow × time by more than [`REFERENCE_DOUBT_PERCENT`].
    Reference {
        /// Volume by the standard, m³.
        reference: Reading,
        /// Flow × time, m³.
        expected: Decimal,
    },
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let comma = |d: &Decimal| Reading::from(d.normalize()).with_comma();
        match self {
            Self::Flow { flow, from, to } => write!(
                f,
                "расход {} м³/ч вне допуска точки ({}–{} м³/ч)",
                flow.with_comma(),
                comma(from),
                comma(to)
            ),
            Self::Reference { reference, expected } => write!(
                f,
                "объём по эталону {} м³ отличается от расход × время ({} м³) более чем на {REFERENCE_DOUBT_PERCENT} %",
                reference.with_comma(),
                comma(&expected.round_dp(4)),
            ),
        }
    }
}

/// Doubts about a row: its flow, and, where the duration is written, its reference volume.
pub fn doubts(
    row: &Measurement,
    point: &PointSpec,
    kind: &InstrumentType,
    position: Position,
) -> Vec<Doubt> {
    let mut found = Vec::new();
    let (from, to) = flow_range(point, kind, position);
    if !(from..=to).contains(&row.flow.value()) {
        found.push(Doubt::Flow { flow: row.flow, from, to });
    }
    if let Some(duration) = row.duration_s {
        let product = row.flow.value().checked_mul(duration.value()).unwrap_or_default();
        let expected = product / Decimal::from(3600);
        let allowed = expected * Decimal::from(REFERENCE_DOUBT_PERCENT) / Decimal::ONE_HUNDRED;
        let away = (row.reference.value() - expected).abs();
        if expected > Decimal::ZERO && away > allowed {
            found.push(Doubt::Reference { reference: row.reference, expected });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading {
        Reading::parse(text).unwrap()
    }

    #[test]
    fn halves_go_away_from_zero_and_zero_has_no_sign() {
        let e = |end: &str, reference: &str| {
            error_percent(&read("0"), &read(end), &read(reference)).unwrap().to_string()
        };
        assert_eq!(e("1.0205", "1"), "2.1"); // 2.05
        assert_eq!(e("0.9795", "1"), "-2.1"); // −2.05
        assert_eq!(e("1.0204", "1"), "2.0");
        assert_eq!(e("0.9997", "1"), "0.0"); // −0.03
    }

    #[test]
    fn what_makes_no_sense_has_no_error() {
        assert!(error_percent(&read("2"), &read("1"), &read("1")).is_none());
        assert!(error_percent(&read("1"), &read("2"), &read("0")).is_none());
        assert!(error_percent(&read("1"), &read("2"), &read("-1")).is_none());
        let huge = read("79228162514264337593543");
        assert!(error_percent(&read("0"), &huge, &read("0.0000000000000000000001")).is_none());
    }
}
