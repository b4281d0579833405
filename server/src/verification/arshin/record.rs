//! One `result` of the Fund's file: a strict sequence.

use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;
use vyezd_core::doc::view::{SealedInstrument, SealedMeans, SealedResult, SealedView};
use vyezd_core::limits::{YEAR_MAX, YEAR_MIN};
use vyezd_core::model::{
    Conditions, Entity, MeansKind, Reading, is_type_number, rank_number_meant,
};
use vyezd_core::rules::serial::{meant_words, serial_meant, serial_words};

type Xml = Writer<Vec<u8>>;

/// A citizen is never named in a public register.
const CITIZEN: &str = "ФИЗИЧЕСКОЕ ЛИЦО";

/// Everything for which the Fund would refuse a record: the field, its value and what is wrong, in Russian.
pub(super) fn check(
    issuer: &Entity,
    view: &SealedView,
    instrument: &SealedInstrument,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if !Entity::sign_cipher_is_valid(&issuer.sign_cipher) {
        wrong.push("шифр знака поверки: нужны 1–3 прописные русские буквы".to_owned());
    }
    wrong.extend(texts(view, instrument));
    wrong.extend(days(view, instrument));
    wrong.extend(means_of(instrument));
    wrong.extend(conditions_of(instrument));
    wrong
}

/// What is wrong with the texts that name the instrument and the people.
fn texts(view: &SealedView, instrument: &SealedInstrument) -> Vec<String> {
    let mut wrong = Vec::new();
    if !is_type_number(&instrument.type_number) {
        wrong.push(format!("рег. № типа: «{}» не вида NNNNN-ГГ", instrument.type_number));
    }
    for (name, text) in [
        ("заводской №", &instrument.serial_number),
        ("модификация", &instrument.modification),
        ("методика поверки", &instrument.method),
        ("поверитель", &view.performer_name),
    ] {
        wrong.extend(plain(name, text, 128));
    }
    let right = serial_meant(&instrument.serial_number);
    if right != instrument.serial_number {
        let words = meant_words(&instrument.serial_number, &right);
        wrong.push(format!("заводской №: {words}"));
    }
    wrong.extend(
        serial_words(&instrument.serial_number).map(|words| format!("заводской №: {words}")),
    );
    wrong
}

/// Why a text cannot stand in the file.
fn plain(name: &str, text: &str, max: usize) -> Option<String> {
    let size = text.chars().count();
    if size == 0 {
        return Some(format!("{name}: пусто"));
    }
    if size > max {
        return Some(format!("{name}: «{text}» длиннее {max} знаков"));
    }
    let sign = text.chars().find(|sign| !is_plain_xml(*sign))?;
    Some(format!("{name}: недопустимый знак U+{:04X}", sign as u32))
}

fn days(view: &SealedView, instrument: &SealedInstrument) -> Vec<String> {
    let mut wrong = Vec::new();
    let verified = view.date.0.year();
    if !(2000..=YEAR_MAX as i16).contains(&verified) {
        wrong.push(format!("дата поверки: {} вне пределов", view.date));
    }
    if let Some(year) = instrument.year
        && !(YEAR_MIN as i16..=verified).contains(&(year as i16))
    {
        wrong.push(format!("год выпуска: {year}, а поверен прибор в {verified}"));
    }
    match (instrument.result, instrument.valid_until) {
        (SealedResult::NotFinished, _) => wrong.push("поверка не завершена".to_owned()),
        (SealedResult::Fit, None) => wrong.push("действительна до: не рассчитано".to_owned()),
        (_, Some(until)) if until <= view.date => {
            wrong.push(format!("действительна до: {until} не позже поверки"));
        }
        (SealedResult::Unfit, _) => {
            wrong.extend(plain("причины непригодности", &reasons(instrument), 1024));
        }
        (SealedResult::Fit, Some(_)) => {}
    }
    wrong
}

fn means_of(instrument: &SealedInstrument) -> Vec<String> {
    let mut wrong = Vec::new();
    if instrument.means.is_empty() {
        wrong.push("средства поверки: не указаны".to_owned());
    }
    for means in &instrument.means {
        wrong.extend(plain("номер средства поверки", &means.number, 32));
        if let Some(right) = rank_number_meant(&means.number) {
            let number = &means.number;
            wrong.push(format!("номер эталона: в «{number}» не русская «Р», нужно «{right}»"));
        }
        if means.kind == MeansKind::Mis {
            wrong.extend(plain("заводской № средства поверки", &means.serial_number, 128));
        }
    }
    wrong
}

fn conditions_of(instrument: &SealedInstrument) -> Vec<String> {
    let Some(start) = instrument.start.as_ref() else {
        return vec!["условия поверки: не указаны".to_owned()];
    };
    let values = [
        ("температура", start.air_c),
        ("давление", start.pressure_kpa),
        ("влажность", start.humidity_percent),
    ];
    let missing = values.into_iter().filter(|(_, value)| value.is_none());
    missing.map(|(name, _)| format!("условия поверки: нет значения «{name}»")).collect()
}

/// Writes one `result`.
pub(super) fn write(
    xml: &mut Xml,
    issuer: &Entity,
    view: &SealedView,
    instrument: &SealedInstrument,
) -> io::Result<()> {
    xml.create_element("result").write_inner_content(|xml| {
        xml.create_element("miInfo").write_inner_content(|xml| {
            xml.create_element("singleMI").write_inner_content(|xml| {
                text(xml, "mitypeNumber", &instrument.type_number)?;
                text(xml, "manufactureNum", &instrument.serial_number)?;
                if let Some(year) = instrument.year {
                    text(xml, "manufactureYear", &format!("{year:04}"))?;
                }
                text(xml, "modification", &instrument.modification)
            })?;
            Ok(())
        })?;
        text(xml, "signCipher", &issuer.sign_cipher)?;
        text(xml, "miOwner", CITIZEN)?;
        text(xml, "vrfDate", &view.date.to_string())?;
        if let (SealedResult::Fit, Some(until)) = (instrument.result, instrument.valid_until) {
            text(xml, "validDate", &until.to_string())?;
        }
        text(xml, "type", "2")?; // periodic
        text(xml, "calibration", "false")?;
        verdict(xml, instrument)?;
        text(xml, "docTitle", &instrument.method)?;
        text(xml, "metrologist", &view.performer_name)?;
        means(xml, &instrument.means)?;
        let none = Conditions::default();
        conditions(xml, instrument.start.as_ref().unwrap_or(&none))?;
        if let Some(range) = tested_range(instrument) {
            text(xml, "additional_info", &range)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn verdict(xml: &mut Xml, instrument: &SealedInstrument) -> io::Result<()> {
    if instrument.result == SealedResult::Fit {
        xml.create_element("applicable").write_inner_content(|xml| {
            // Whether a mark was put is not recorded on site, and nothing is invented.
            text(xml, "signPass", "false")?;
            text(xml, "signMi", "false")
        })?;
    } else {
        xml.create_element("inapplicable")
            .write_inner_content(|xml| text(xml, "reasons", &reasons(instrument)))?;
    }
    Ok(())
}

fn means(xml: &mut Xml, all: &[SealedMeans]) -> io::Result<()> {
    let of = |kind| all.iter().filter(move |means| means.kind == kind);
    xml.create_element("means").write_inner_content(|xml| {
        for (element, kind) in [("uve", MeansKind::Uve), ("mieta", MeansKind::Mieta)] {
            if of(kind).next().is_some() {
                xml.create_element(element).write_inner_content(|xml| {
                    of(kind).try_for_each(|means| text(xml, "number", &means.number))
                })?;
            }
        }
        if of(MeansKind::Mis).next().is_some() {
            xml.create_element("mis").write_inner_content(|xml| {
                for means in of(MeansKind::Mis) {
                    xml.create_element("mi").write_inner_content(|xml| {
                        text(xml, "typeNum", &means.number)?;
                        text(xml, "manufactureNum", &means.serial_number)
                    })?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

fn conditions(xml: &mut Xml, c: &Conditions) -> io::Result<()> {
    let with = |value: Option<Reading>, unit: &str| {
        value.map_or_else(|| "—".to_owned(), |value| format!("{} {unit}", value.with_comma()))
    };
    xml.create_element("conditions").write_inner_content(|xml| {
        text(xml, "temperature", &with(c.air_c, "°С"))?;
        text(xml, "pressure", &with(c.pressure_kpa, "кПа"))?;
        text(xml, "hymidity", &with(c.humidity_percent, "%"))?; // the schema's own spelling
        if c.water_c.is_some() {
            let other = format!("Температура поверочной жидкости {}", with(c.water_c, "°С"));
            text(xml, "other", &other)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn reasons(instrument: &SealedInstrument) -> String {
    instrument.reasons.join("; ").replace('\u{2212}', "-")
}

/// «Поверен в диапазоне расхода (0,03-0,948) м3/ч», with the highest flow the flat gave.
fn tested_range(instrument: &SealedInstrument) -> Option<String> {
    let flows = || instrument.rows.iter().map(|row| row.flow);
    let (from, to) = (flows().min()?, flows().max()?);
    Some(format!("Поверен в диапазоне расхода ({}-{}) м3/ч", from.with_comma(), to.with_comma()))
}

/// Characters that XML 1.0 allows in one line of text.
fn is_plain_xml(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// An element with text; characters that XML 1.0 forbids are left out.
fn text(xml: &mut Xml, name: &'static str, value: &str) -> io::Result<()> {
    let plain: String = value.chars().filter(|c| is_plain_xml(*c)).collect();
    xml.create_element(name).write_text_content(BytesText::new(&plain))?;
    Ok(())
}
