//! The verdict: derived from checks and rows, never ticked (`docs/domain.md`, Verdict).

use rust_decimal::Decimal;

use super::sense::{self, Fault, Finding};
use super::serial::{
    is_serial, is_spoilt, meant_words, serial_meant, serial_words, without_label, without_remark,
};
use super::tolerance::{Doubt, doubts, error_percent, flow_range, limit_percent};
use crate::limits::IMPOSSIBLE_NAMED_MAX;
use crate::model::{
    Check, Conditions, Identity, Instrument, InstrumentType, Measurement, MeasurementId, Method,
    Outside, Phase, Position, Reading, Water,
};
use crate::texts::{lookalike_words, mended, names_something};

/// Result of judging one instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Rows that have an error and a limit, in the order of the method's points.
    pub rows: Vec<JudgedRow>,
    /// Fit, unfit, or not finished with the missing parts.
    pub verdict: Verdict,
    /// Doubts that change nothing: name of the point (empty for conditions), and a Russian
    /// sentence.
    pub doubts: Vec<(String, String)>,
}

/// A row with the values computed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedRow {
    /// Id of the row in the document.
    pub id: MeasurementId,
    /// Readings as written in the document.
    pub row: Measurement,
    /// V_meter = end − start, m³.
    pub volume: Reading,
    /// δ as rounded and printed, %.
    pub error_percent: Reading,
    /// Limit at the row's flow, ± %.
    pub limit_percent: Reading,
    /// Whether |δ| as printed is at most the limit.
    pub within: bool,
}

/// Verdict on one instrument, derived anew at each judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every check passed and every row is within its limit.
    Fit,
    /// A check failed or a row is beyond its limit.
    Unfit {
        /// Russian sentences, failed checks first, as the notice prints them.
        reasons: Vec<String>,
    },
    /// Something is missing: no paper and no number.
    NotFinished {
        /// Missing parts, in the order of `docs/protocol.md`, 12.
        missing: Vec<Missing>,
    },
}

impl Verdict {
    /// Whether the instrument gets papers: `true` for fit and unfit.
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::NotFinished { .. })
    }
}

/// A part missing for a verdict; `Display` gives the Russian sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// A person passed the instrument over, for this reason.
    #[error("{0}")]
    Skipped(String),
    /// No type of this number and modification in the reference data.
    #[error("тип {0} «{1}» не найден в справочнике")]
    Type(String, String),
    /// The method is unknown or not approved.
    #[error("методика «{0}» не утверждена для применения")]
    Method(String),
    /// A serial number that a spreadsheet spoilt, in a sentence.
    #[error("{0}")]
    Serial(String),
    /// An empty field of the identity, by its Russian name.
    #[error("не указано: {0}")]
    Field(&'static str),
    /// A check without a result, by its Russian name.
    #[error("не проведено: {0}")]
    Check(&'static str),
    /// A condition at the start without a value, by its Russian name.
    #[error("не указано условие: {0}")]
    Condition(&'static str),
    /// No means of verification is marked as used; validity is asked for by the sheet.
    #[error("не указано средство поверки")]
    Means,
    /// A point with fewer rows than its repeats.
    #[error("нет измерения в точке {0}")]
    Point(String),
    /// A row at this point without an error: no flow, no reference volume, or a dial that went
    /// back.
    #[error("показания в точке {0} не имеют смысла")]
    Nonsense(String),
    /// A value that no room, rig or dial can show.
    #[error("{0}")]
    Impossible(Finding),
    /// A row whose flow lies outside of its point's tolerance, which therefore does not count: the point and a
    /// clause about the flow.
    #[error("точка {0}: {1}")]
    FlowOutside(String, String),
    /// A condition outside of the allowed ones, in a clause.
    #[error("{0}: поверять в таких условиях нельзя")]
    ConditionOutside(String),
    /// A row at a point that the method does not have.
    #[error("точки {0} нет в методике")]
    UnknownPoint(String),
    /// A field with two concurrent values; last segment of its path.
    #[error("два разных значения: {0}")]
    Contested(String),
}

impl Missing {
    /// Stable code in snake case.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Skipped(_) => "skipped",
            Self::Type(..) => "type_unknown",
            Self::Method(_) => "method_not_approved",
            Self::Serial(_) => "serial_spoilt",
            Self::Field(_) => "field_missing",
            Self::Check(_) => "check_missing",
            Self::Condition(_) => "condition_missing",
            Self::Means => "means_missing",
            Self::Point(_) => "point_missing",
            Self::Nonsense(_) => "reading_nonsense",
            Self::Impossible(_) => "value_impossible",
            Self::FlowOutside(..) => "flow_outside",
            Self::ConditionOutside(_) => "condition_outside",
            Self::UnknownPoint(_) => "point_unknown",
            Self::Contested(_) => "value_contested",
        }
    }
}

/// Judges one instrument by its type and method; unknown ones become [`Missing`] parts.
pub fn judge(
    instrument: &Instrument,
    kind: Option<&InstrumentType>,
    method: Option<&Method>,
) -> Judgement {
    let mut judged = Judgement {
        rows: Vec::new(),
        verdict: Verdict::NotFinished { missing: Vec::new() },
        doubts: Vec::new(),
    };
    let mut missing: Vec<Missing> = unidentified(instrument);
    let known = kind.zip(instrument.identity.position);
    match (kind, method) {
        (None, _) => missing.push(Missing::Type(
            instrument.identity.type_number.clone(),
            instrument.identity.modification.clone(),
        )),
        (Some(kind), method) if method.is_none_or(|m| m.approved_by.is_none()) => {
            missing.push(Missing::Method(kind.method.clone()));
        }
        _ => {}
    }
    if let (Some((kind, position)), Some(method)) = (known, method) {
        missing.extend(judge_rows(&mut judged, instrument, kind, position, method));
    }
    judge_sense(&mut judged, &mut missing, instrument, kind);
    let reasons = unfit_reasons(instrument, &judged.rows);
    let failed_check = instrument.checks.values().any(|check| !check.passed);
    let stops = method.is_some_and(|m| m.stop_on_fail) && judged.rows.iter().any(|row| !row.within);
    if failed_check || stops {
        // Unfit at once: points and other checks are not asked for any more.
        missing.retain(|m| !matches!(m, Missing::Point(_) | Missing::Check(_)));
    }
    missing.extend(missing_conditions(instrument));
    let warns = method.is_some_and(|method| method.outside == Outside::Warn);
    for words in conditions_outside(instrument) {
        if warns {
            judged.doubts.push((String::new(), words));
        } else {
            missing.push(Missing::ConditionOutside(words));
        }
    }
    if failed_check {
        // Nothing was poured, so there is no water temperature.
        missing.retain(|m| !matches!(m, Missing::Condition("температура воды")));
    }
    if let Some(skip) = &instrument.not_verified {
        // An instrument passed over by a person lacks nothing else.
        missing = vec![Missing::Skipped(skip.reason.clone())];
    }
    judged.verdict = match (missing.is_empty(), reasons.is_empty()) {
        (false, _) => Verdict::NotFinished { missing },
        (true, false) => Verdict::Unfit { reasons },
        (true, true) => Verdict::Fit,
    };
    judged
}

/// Impossible values are missing; doubtful ones and letters of another alphabet are said.
fn judge_sense(
    judged: &mut Judgement,
    missing: &mut Vec<Missing>,
    instrument: &Instrument,
    kind: Option<&InstrumentType>,
) {
    let identity = &instrument.identity;
    let Identity { type_number, modification, serial_number, .. } = identity;
    let mut say = |words| judged.doubts.push((String::new(), words));
    for text in [type_number, modification] {
        let right = mended(text);
        if right != *text {
            say(lookalike_words(text, &right));
        }
    }
    let right = serial_meant(serial_number);
    if without_label(serial_number).or_else(|| without_remark(serial_number)).is_some() {
        missing.push(Missing::Serial(meant_words(serial_number, &right)));
    } else if right != *serial_number {
        say(meant_words(serial_number, &right));
    }
    match serial_words(serial_number) {
        Some(words) if is_spoilt(serial_number) => missing.push(Missing::Serial(words)),
        words => words.into_iter().for_each(say),
    }
    let mut named = 0;
    for finding in sense::of_instrument(instrument, kind) {
        let key = crate::model::point_key(&finding.point);
        if !finding.is_impossible() {
            judged.doubts.push((finding.point, finding.words));
        } else if named < IMPOSSIBLE_NAMED_MAX {
            named += 1;
            // The finding says what makes no sense in the row.
            let is_same = |of: &Missing| matches!(of, Missing::Nonsense(point) if crate::model::point_key(point) == key);
            missing.retain(|of| !is_same(of));
            missing.push(Missing::Impossible(finding));
        }
    }
}

fn unidentified(instrument: &Instrument) -> Vec<Missing> {
    let identity = &instrument.identity;
    let mut missing = Vec::new();
    let fields = [
        ("регистрационный номер типа", !names_something(&identity.type_number)),
        ("модификация", !names_something(&identity.modification)),
        ("заводской номер", !is_serial(&identity.serial_number)),
        ("вода (холодная или горячая)", identity.water.is_none()),
        ("положение прибора", identity.position.is_none()),
    ];
    missing.extend(fields.into_iter().filter(|(_, no)| *no).map(|(name, _)| Missing::Field(name)));
    missing.extend(
        instrument
            .contested
            .iter()
            .map(|path| Missing::Contested(path.rsplit('/').next().unwrap_or_default().to_owned())),
    );
    for check in Check::ALL {
        if !instrument.checks.contains_key(&check) {
            missing.push(Missing::Check(check.russian()));
        }
    }
    if instrument.means.is_empty() {
        missing.push(Missing::Means);
    }
    missing
}

fn judge_rows(
    judged: &mut Judgement,
    instrument: &Instrument,
    kind: &InstrumentType,
    position: Position,
    method: &Method,
) -> Vec<Missing> {
    let mut missing = Vec::new();
    for (id, row) in instrument.current_measurements() {
        let Some(point) = method.point(&row.point) else {
            missing.push(Missing::UnknownPoint(row.point.clone()));
            continue;
        };
        let error = error_percent(&row.start, &row.end, &row.reference);
        let Some(error) = error.filter(|_| row.flow.value() > Decimal::ZERO) else {
            missing.push(Missing::Nonsense(row.point.clone()));
            continue;
        };
        if let Some(finding) = flow_of_another_point(row, flow_range(point, kind, position)) {
            missing.push(Missing::Impossible(finding));
            continue;
        }
        let doubts = doubts(row, point, kind, position);
        let flow = doubts.iter().find(|doubt| matches!(doubt, Doubt::Flow { .. }));
        if let Some(flow) = flow.filter(|_| method.outside == Outside::Block) {
            missing.push(Missing::FlowOutside(row.point.clone(), flow.to_string()));
            continue;
        }
        let limit = limit_percent(kind, position, &row.flow);
        let said = doubts.into_iter().map(|doubt| (row.point.clone(), doubt.to_string()));
        judged.doubts.extend(said);
        judged.rows.push(JudgedRow {
            id: *id,
            row: row.clone(),
            volume: Reading::from(row.end.value() - row.start.value()),
            error_percent: Reading::from(error),
            limit_percent: Reading::from(limit),
            within: error.abs() <= limit,
        });
    }
    for point in &method.points {
        let key = crate::model::point_key(&point.name);
        let have =
            judged.rows.iter().filter(|r| crate::model::point_key(&r.row.point) == key).count();
        let is_said = missing.iter().any(|missing| match missing {
            Missing::Nonsense(name) | Missing::FlowOutside(name, _) => {
                crate::model::point_key(name) == key
            }
            _ => false,
        });
        if have < usize::from(point.repeats) && !is_said {
            missing.push(Missing::Point(point.name.clone()));
        }
    }
    let order = |name: &str| {
        let key = crate::model::point_key(name);
        method.points.iter().position(|p| crate::model::point_key(&p.name) == key)
    };
    judged.rows.sort_by_key(|row| order(&row.row.point));
    missing
}

/// A flow less than half or more than twice of what the point allows: the point was not measured.
fn flow_of_another_point(row: &Measurement, (from, to): (Decimal, Decimal)) -> Option<Finding> {
    let flow = row.flow.value();
    let far = flow * Decimal::TWO < from || flow > to * Decimal::TWO;
    let shown = |value: Decimal| Reading::from(value.round_dp(4).normalize()).russian();
    far.then(|| Finding {
        fault: Fault::FlowOtherPoint,
        point: row.point.clone(),
        words: format!(
            "расход {} м³/ч — не этой точки (от {} до {} м³/ч)",
            row.flow.russian(),
            shown(from),
            shown(to)
        ),
    })
}

fn unfit_reasons(instrument: &Instrument, rows: &[JudgedRow]) -> Vec<String> {
    let failed = instrument.checks.iter().filter(|(_, result)| !result.passed);
    let mut reasons: Vec<String> = failed
        .map(|(check, result)| match result.reason.as_str() {
            "" => format!("не пройдено: {}", check.russian()),
            reason => format!("не пройдено: {} ({reason})", check.russian()),
        })
        .collect();
    reasons.extend(rows.iter().filter(|row| !row.within).map(|row| {
        format!(
            "погрешность в точке {} {} % при допуске ±{} %",
            row.row.point,
            row.error_percent.russian(),
            row.limit_percent.russian()
        )
    }));
    reasons
}

/// Start conditions without a value: the protocol and the Fund's file carry all four.
fn missing_conditions(instrument: &Instrument) -> Vec<Missing> {
    let none = Conditions::default();
    let start = instrument.conditions.get(&Phase::Start).unwrap_or(&none);
    [
        ("температура воздуха", start.air_c.is_none()),
        ("влажность", start.humidity_percent.is_none()),
        ("давление", start.pressure_kpa.is_none()),
        ("температура воды", start.water_c.is_none()),
    ]
    .into_iter()
    .filter(|(_, absent)| *absent)
    .map(|(name, _)| Missing::Condition(name))
    .collect()
}

/// Allowed conditions (name, unit, least, greatest) for cold, hot or unknown water:
/// `docs/domain.md`, Conditions.
pub fn allowed_conditions(water: Option<Water>) -> [(&'static str, &'static str, i64, i64); 4] {
    let (from, to) = match water {
        Some(Water::Hot) => (40, 90),
        Some(Water::Cold) => (5, 40),
        None => (5, 90),
    };
    [
        ("температура воздуха", "°С", 5, 50),
        ("влажность", "%", 30, 95),
        ("давление", "кПа", 84, 106),
        ("температура воды", "°С", from, to),
    ]
}

/// A clause about each condition, at the start or the end, that is not allowed.
fn conditions_outside(instrument: &Instrument) -> Vec<String> {
    let mut found = Vec::new();
    for conditions in instrument.conditions.values() {
        let values = [
            conditions.air_c,
            conditions.humidity_percent,
            conditions.pressure_kpa,
            conditions.water_c,
        ];
        let allowed = allowed_conditions(instrument.identity.water);
        for (value, (name, unit, from, to)) in values.into_iter().zip(allowed) {
            let outside =
                value.filter(|v| !(Decimal::from(from)..=Decimal::from(to)).contains(&v.value()));
            if let Some(value) = outside {
                let text = format!(
                    "{name} {} {unit} вне допустимых {from}–{to} {unit}",
                    value.with_comma()
                );
                if !found.contains(&text) {
                    found.push(text);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_of_another_point_is_found() {
        let bounds = (Decimal::new(3, 2), Decimal::new(33, 3));
        let found = |flow: &str| {
            let flow = Reading::parse(flow).unwrap();
            let zero = Reading::parse("0").unwrap();
            let row = Measurement {
                point: "Qмин".to_owned(),
                flow,
                start: zero,
                end: zero,
                reference: zero,
                duration_s: None,
                source: crate::model::Source::Typed,
                replaces: None,
            };
            flow_of_another_point(&row, bounds).map(|finding| finding.to_string())
        };
        for near in ["0,03", "0,033", "0,015", "0,066"] {
            assert_eq!(found(near), None, "{near}");
        }
        for far in ["0,0149", "0,0661", "0,3", "3"] {
            let words = found(far).expect(far);
            assert!(words.contains(far) && words.contains("от 0,03 до 0,033 м³/ч"), "{words}");
        }
    }

    #[test]
    fn a_sign_that_names_nothing_is_no_serial_number() {
        for (serial, lacks) in [("", true), (".", true), ("---", true), ("1", false), ("б/н", true)]
        {
            let mut instrument = Instrument::default();
            instrument.identity.serial_number = serial.to_owned();
            let Verdict::NotFinished { missing } = judge(&instrument, None, None).verdict else {
                panic!("an instrument without a type has no verdict");
            };
            let said = missing.contains(&Missing::Field("заводской номер"));
            assert_eq!(said, lacks, "{serial:?}");
        }
    }
}
