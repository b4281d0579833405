//! Parts that several forms share.

use vyezd_core::doc::seal::{Signer, Strokes};
use vyezd_core::doc::view::{SealedCheck, SealedInstrument, SealedMeans};
use vyezd_core::model::{Conditions, FundNumber, MeansKind, MeansRole, Reading, Water};
use vyezd_core::rules::verdict::allowed_conditions;

use super::Subject;
use crate::layout::{Face, Flow, Item, MARGIN};

/// What papers say instead of a Fund number until the Fund gave one.
pub(super) const FUND_LATER: &str = "номер будет присвоен ФИФ ОЕИ";
/// Papers of ours are no record of the Fund (since 24.09.2020 only that has legal force).
pub(super) const LOCAL_NOTE: &str = "Номер этого документа — внутренний номер организации. \
    Юридическую силу имеет запись о поверке в ФИФ ОЕИ (ФГИС «Аршин»).";

/// The issuer at the head of a form.
pub(super) fn letterhead(flow: &mut Flow, subject: &Subject<'_>) {
    let entity = subject.entity;
    flow.centred(Face::Bold, 12.0, &entity.name);
    flow.centred(Face::Regular, 9.0, &format!("Адрес: {}", entity.address));
    let accreditation =
        format!("Уникальный номер записи в реестре аккредитованных лиц: {}", entity.accreditation);
    flow.centred(Face::Regular, 9.0, &accreditation);
    flow.rule();
}

pub(super) fn identity(flow: &mut Flow, instrument: &SealedInstrument) {
    flow.field("Средство измерений", &name(instrument));
    flow.field("Регистрационный номер типа в ФИФ ОЕИ", &instrument.type_number);
    flow.field("Модификация", &instrument.modification);
    flow.field("Заводской номер", &instrument.serial_number);
    if let Some(year) = instrument.year {
        flow.field("Год изготовления", &year.to_string());
    }
}

/// «Счётчик холодной воды СХВ-15».
pub(super) fn name(instrument: &SealedInstrument) -> String {
    let water = match instrument.water {
        Some(Water::Cold) => "холодной воды",
        Some(Water::Hot) => "горячей воды",
        None => "воды",
    };
    format!("Счётчик {water} {}", instrument.modification)
}

/// Who owns the instrument: the client where he gave his name.
pub(super) fn owner<'a>(subject: &Subject<'a>) -> &'a str {
    if subject.view.client.is_empty() {
        "физическое лицо"
    } else {
        &subject.view.client
    }
}

/// Metrological characteristics of the class.
pub(super) fn characteristics(instrument: &SealedInstrument) -> String {
    let value = |v: Option<Reading>| v.map_or_else(|| "—".to_owned(), |v| v.russian());
    let class = instrument.position.map_or("—", |position| position.class());
    format!(
        "Ду {} мм; класс {class} ({}); Qmin {}, Qп {}, Qnom {}, Qmax {} м³/ч",
        instrument.dn_mm.map_or_else(|| "—".to_owned(), |dn| dn.to_string()),
        instrument.position.map_or("—", |position| position.russian()),
        value(instrument.q_min),
        value(instrument.q_t),
        value(instrument.q_nom),
        value(instrument.q_max),
    )
}

/// The conditions as rows: name, at the start, at the end, allowed.
pub(super) fn conditions(instrument: &SealedInstrument) -> Vec<Vec<String>> {
    let none = Conditions::default();
    let start = instrument.start.as_ref().unwrap_or(&none);
    let end = instrument.end.as_ref().unwrap_or(&none);
    let pick = |c: &Conditions| [c.air_c, c.humidity_percent, c.pressure_kpa, c.water_c];
    let show = |v: Option<Reading>| v.map_or_else(|| "—".to_owned(), |v| v.russian());
    let rows = allowed_conditions(instrument.water).into_iter().zip(pick(start)).zip(pick(end));
    rows.map(|(((name, unit, from, to), at_start), at_end)| {
        let mut title: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
        title.extend(name.chars().skip(1));
        vec![format!("{title}, {unit}"), show(at_start), show(at_end), format!("от {from} до {to}")]
    })
    .collect()
}

/// The means, one a line.
pub(super) fn means(instrument: &SealedInstrument) -> Vec<String> {
    instrument.means.iter().map(|means| one_means(means, instrument)).collect()
}

/// A means with what it measured here.
fn one_means(means: &SealedMeans, instrument: &SealedInstrument) -> String {
    let what = match means.kind {
        MeansKind::Mieta => "СИ, применяемое в качестве эталона",
        MeansKind::Mis => "СИ, применяемое при поверке",
        MeansKind::Uve => "эталон",
    };
    let serial = match means.serial_number.as_str() {
        "" => String::new(),
        serial => format!(", зав. № {serial}"),
    };
    let accuracy = means.accuracy.as_ref().map_or_else(String::new, |text| format!(", {text}"));
    let certificate = means.certificate.as_ref();
    let certificate = certificate.map_or_else(String::new, |number| format!("поверка {number}, "));
    let measured: Vec<&str> = means
        .roles()
        .into_iter()
        .filter(|role| was_measured(*role, instrument))
        .map(MeansRole::measured)
        .collect();
    let measured =
        if measured.is_empty() { String::new() } else { format!(": {}", measured.join(", ")) };
    format!(
        "{} ({what}, {}{serial}{accuracy}), {certificate}действительно до {}{measured}",
        means.title,
        means.number,
        means.valid_until.russian()
    )
}

/// Whether a protocol has a value of a kind.
fn was_measured(role: MeansRole, instrument: &SealedInstrument) -> bool {
    let conditions = || [&instrument.start, &instrument.end].into_iter().flatten();
    let has = |of: fn(&Conditions) -> bool| conditions().any(of);
    match role {
        MeansRole::Rig => !instrument.rows.is_empty(),
        MeansRole::Thermohygrometer => {
            has(|of| of.air_c.is_some() || of.humidity_percent.is_some())
        }
        MeansRole::Barometer => has(|of| of.pressure_kpa.is_some()),
        MeansRole::WaterThermometer => has(|of| of.water_c.is_some()),
        MeansRole::Stopwatch => instrument.rows.iter().any(|row| row.duration_s.is_some()),
    }
}

/// «соответствует» or why not.
pub(super) fn check_result(check: Option<&SealedCheck>) -> String {
    match check {
        None => "не проводилось".to_owned(),
        Some(check) if check.result.passed => "соответствует".to_owned(),
        Some(check) if check.result.reason.is_empty() => "не соответствует".to_owned(),
        Some(check) => format!("не соответствует: {}", check.result.reason),
    }
}

/// The metrologist's line with the date.
pub(super) fn metrologist(flow: &mut Flow, subject: &Subject<'_>) {
    flow.gap(8.0);
    flow.need(46.0);
    flow.field("Поверитель", &format!("{}    ______________", subject.view.performer_name));
    flow.field("Дата поверки", &subject.view.date.russian());
}

/// The record in the Fund: its number and, once there is one, its permanent address (order 2510).
pub(super) fn fund_record(flow: &mut Flow, subject: &Subject<'_>) {
    let number = subject.fund.map_or(FUND_LATER, FundNumber::as_str);
    flow.field("Номер записи в ФИФ ОЕИ", number);
    if let Some(fund) = subject.fund {
        flow.field("Постоянный адрес записи", &fund.card());
    }
}

/// A QR code of the client's page with a sentence beside it.
pub(super) fn qr(flow: &mut Flow, subject: &Subject<'_>, sentence: &str) {
    const SIDE: f32 = 84.0;
    if subject.link.is_empty() {
        return;
    }
    flow.gap(8.0);
    flow.need(SIDE);
    let bottom = flow.y() - SIDE;
    if let Some(item) = crate::qr::squares(subject.link, (MARGIN.0, bottom), SIDE) {
        flow.put(item);
    }
    let x = MARGIN.0 + SIDE + 10.0;
    let mut y = flow.y() - 16.0;
    let fund = subject.fund.map_or(FUND_LATER, FundNumber::as_str);
    let texts = [sentence.to_owned(), format!("Запись в ФИФ ОЕИ: {fund}"), subject.link.to_owned()];
    for text in texts {
        for line in flow.fonts.lines(Face::Regular, &text, 9.0, Flow::width() - SIDE - 10.0) {
            flow.text_at(x, y, Face::Regular, 9.0, &line);
            y -= 11.5;
        }
    }
    flow.gap(SIDE);
}

/// The drawn signature, scaled into a box, with the name under it; or why there is none.
/// Says on a paper whose date is by the phone's own clock that nobody confirmed the time. A date
/// from paper is the paper's.
pub(super) fn time_doubt(flow: &mut Flow, subject: &Subject<'_>) {
    if !subject.signed_at.1 && !matches!(subject.signer, Signer::Paper { .. }) {
        flow.field("Время", "не подтверждено: дата по часам телефона, без связи с сервером");
    }
}

pub(super) fn signature(flow: &mut Flow, signer: &Signer, strokes: &Strokes) {
    const BOX: (f32, f32) = (220.0, 70.0);
    match signer {
        Signer::Refused { reason } => {
            flow.field("Подпись клиента", &format!("клиент отказался подписать: {reason}"));
        }
        Signer::Paper { name, refusal } => {
            let on_paper = match (name.as_str(), refusal.as_str()) {
                ("", "") => "на бумажном листе, имя не указано".to_owned(),
                ("", refusal) => format!("на бумажном листе нет: {refusal}"),
                (name, _) => format!("на бумажном листе: {name}"),
            };
            flow.field("Подпись клиента", &on_paper);
        }
        Signer::Signed { .. } => {
            flow.need(BOX.1 + 34.0);
            let top = flow.y();
            let scale =
                (BOX.0 / strokes.width.max(1) as f32).min(BOX.1 / strokes.height.max(1) as f32);
            for stroke in &strokes.strokes {
                let mut points: Vec<(f32, f32)> = stroke
                    .iter()
                    .map(|p| {
                        let x = p.x.min(strokes.width) as f32 * scale;
                        let y = p.y.min(strokes.height) as f32 * scale;
                        (MARGIN.0 + x, top - 4.0 - y)
                    })
                    .collect();
                if let [only] = points[..] {
                    points.push(only); // a dot
                }
                flow.put(Item::Line { points, width: 1.1, grey: 0.1 });
            }
            flow.gap(BOX.1 + 6.0);
            let y = flow.y();
            let points = vec![(MARGIN.0, y), (MARGIN.0 + BOX.0, y)];
            flow.put(Item::Line { points, width: 0.5, grey: 0.3 });
            flow.field("Подпись клиента", &signer.name_and_relation());
        }
    }
}
