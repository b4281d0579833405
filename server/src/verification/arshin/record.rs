//! One `result` of the Fund's file: a strict sequence.

use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;
use vyezd_core::doc::view::{SealedInstrument, SealedMeans, SealedResult, SealedView};
use vyezd_core::limits::{YEAR_MAX, YEAR_MIN};
use vyezd_core::model::{Conditions, Entity, MeansKind, Reading, is_type_number};

type Xml = Writer<Vec<u8>>;

/// A citizen is never named in a public register.
const CITIZEN: &str = "ФИЗИЧЕСКОЕ ЛИЦО";

/// Says why the Fund would refuse a record: the field and the reason, in Russian.
pub(super) fn check(
    issuer: &Entity,
    view: &SealedView,
    instrument: &SealedInstrument,
) -> Result<(), String> {
    let length = |name: &str, text: &str, max: usize| match text.chars().count() {
        0 => Err(format!("{name}: пусто")),
        n if n > max => Err(format!("{name}: длиннее {max} знаков")),
        _ => Ok(()),
    };
    if !is_type_number(&instrument.type_number) {
        return Err(format!("рег. № типа: «{}» не вида NNNNN-ГГ", instrument.type_number));
    }
    if !Entity::sign_cipher_is_valid(&issuer.sign_cipher) {
        return Err("шифр знака поверки: нужны 1–3 прописные русские буквы".to_owned());
    }
    length("заводской №", &instrument.serial_number, 128)?;
    length("модификация", &instrument.modification, 128)?;
    length("методика поверки", &instrument.method, 128)?;
    length("поверитель", &view.performer_name, 128)?;
    let written = |name: &str, text: &str| match text.chars().find(|c| !is_plain_xml(*c)) {
        None => Ok(()),
        Some(c) => Err(format!("{name}: недопустимый знак U+{:04X}", c as u32)),
    };
    written("заводской №", &instrument.serial_number)?;
    written("модификация", &instrument.modification)?;
    written("методика поверки", &instrument.method)?;
    written("поверитель", &view.performer_name)?;
    let verified = view.date.0.year();
    if !(2000..=YEAR_MAX as i16).contains(&verified) {
        return Err(format!("дата поверки: {} вне пределов", view.date));
    }
    if let Some(year) = instrument.year
        && !(YEAR_MIN as i16..=verified).contains(&(year as i16))
    {
        return Err(format!("год выпуска: {year}, а поверен прибор в {verified}"));
    }
    if let Some(until) = instrument.valid_until
        && until <= view.date
    {
        return Err(format!("действительна до: {until} не позже поверки"));
    }
    if instrument.means.is_empty() {
        return Err("средства поверки: не указаны".to_owned());
    }
    for means in &instrument.means {
        length("номер средства поверки", &means.number, 32)?;
        written("номер средства поверки", &means.number)?;
        if means.kind == MeansKind::Mis {
            length("заводской № средства поверки", &means.serial_number, 128)?;
        }
    }
    let start = instrument.start.as_ref().ok_or("условия поверки: не указаны")?;
    for (name, value) in [
        ("температура", start.air_c),
        ("давление", start.pressure_kpa),
        ("влажность", start.humidity_percent),
    ] {
        value.ok_or_else(|| format!("условия поверки: нет значения «{name}»"))?;
    }
    match instrument.result {
        SealedResult::Unfit => length("причины непригодности", &reasons(instrument), 1024),
        SealedResult::Fit if instrument.valid_until.is_none() => {
            Err("действительна до: не рассчитано".to_owned())
        }
        SealedResult::Fit => Ok(()),
        SealedResult::NotFinished => Err("поверка не завершена".to_owned()),
    }
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
    let all = instrument.reasons.join("; ").replace('\u{2212}', "-");
    all.chars().take(1024).collect()
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
