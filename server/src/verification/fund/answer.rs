//! The Fund's answer to a package: `protocol{appProcessed{record{success{globalID, certNum}}…}}`, a record for each of
//! the package, in its order. What stands in a refused record is not documented: all of it is kept.

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};
use vyezd_core::model::FundNumber;

use crate::limits::office::{
    ANSWER_BYTES_MAX, ANSWER_DEPTH_MAX, ANSWER_RECORDS_MAX, REFUSAL_CHARS_MAX,
};

/// The namespace of answers; prefixes vary.
pub const NAMESPACE: &str = "urn://fgis-arshin.gost.ru/module-verifications/protocol/2020-06-19";

/// What the Fund made of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    Published(FundNumber),
    Refused {
        /// The texts of the record, for people.
        words: String,
        /// The record as it stands in the file.
        xml: String,
    },
}

/// Why a file is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    #[error("это не XML в UTF-8: загрузите файл ответа, который выдал кабинет ФГИС «Аршин»")]
    NotXml,
    #[error(
        "это файл для отправки, а не ответ: загрузите ответ, который выдал кабинет ФГИС «Аршин»"
    )]
    Package,
    #[error("это не ответ ФГИС «Аршин»: корень «{root}», пространство имён «{namespace}»")]
    Other { root: String, namespace: String },
    #[error("в ответе нет ни одной записи")]
    Empty,
    #[error("файл ответа больше {limit} МБ", limit = ANSWER_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    #[error("в ответе больше {ANSWER_RECORDS_MAX} записей")]
    TooMany,
    #[error("запись {record} ответа не читается: {what}")]
    Unread { record: usize, what: String },
}

/// A record that is being read.
#[derive(Default)]
struct Reading {
    /// Where it begins in the file.
    start: usize,
    is_success: bool,
    id: String,
    number: String,
    words: String,
}

/// Reads an answer: what became of each record, in the order of the package.
pub fn read(bytes: &[u8]) -> Result<Vec<Answered>, AnswerError> {
    if bytes.len() > ANSWER_BYTES_MAX {
        return Err(AnswerError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| AnswerError::NotXml)?;
    let text = text.trim_start_matches('\u{feff}');
    let mut xml = NsReader::from_str(text);
    let (mut path, mut record, mut found) = (Vec::new(), None, Vec::new());
    let mut rooted = false;
    loop {
        let before = place(&xml);
        let (namespace, event) = xml.read_resolved_event().map_err(|_| AnswerError::NotXml)?;
        let namespace = name_of(&namespace);
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                if path.is_empty() {
                    if rooted {
                        return Err(AnswerError::NotXml);
                    }
                    is_answer(&name, &namespace)?;
                    rooted = true;
                }
                path.push(name);
                if path.len() > ANSWER_DEPTH_MAX {
                    return Err(AnswerError::NotXml);
                }
                open(&path, before, &mut record);
                if empty {
                    let after = place(&xml);
                    close(&mut path, text.get(before..after), &mut record, &mut found)?;
                }
            }
            Event::End(_) => {
                let start = record.as_ref().map_or(before, |of: &Reading| of.start);
                let after = place(&xml);
                close(&mut path, text.get(start..after), &mut record, &mut found)?;
            }
            Event::Text(piece) if path.is_empty() && !piece.xml10_content().trim().is_empty() => {
                return Err(AnswerError::NotXml);
            }
            Event::Text(piece) => said(&path, &mut record, &piece.xml10_content()),
            Event::CData(piece) => said(&path, &mut record, &piece.xml10_content()),
            Event::GeneralRef(name) => {
                let sign = match name.resolve_char_ref() {
                    Ok(Some(sign)) => sign.to_string(),
                    // Entities of a file's own are neither read nor dropped from a number.
                    _ => quick_xml::escape::resolve_xml_entity(&name)
                        .ok_or(AnswerError::NotXml)?
                        .to_owned(),
                };
                said(&path, &mut record, &sign);
            }
            Event::Eof if !rooted || !path.is_empty() => return Err(AnswerError::NotXml),
            Event::Eof if found.is_empty() => return Err(AnswerError::Empty),
            Event::Eof => return Ok(found),
            Event::DocType(_) => return Err(AnswerError::NotXml),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

fn place(xml: &NsReader<&[u8]>) -> usize {
    usize::try_from(xml.buffer_position()).unwrap_or(usize::MAX)
}

fn name_of(namespace: &ResolveResult<'_>) -> String {
    match namespace {
        ResolveResult::Bound(Namespace(name)) => (*name).to_owned(),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
    }
}

/// Judges the root of the file.
fn is_answer(root: &str, namespace: &str) -> Result<(), AnswerError> {
    match (root, namespace) {
        ("protocol", NAMESPACE) => Ok(()),
        ("application", _) => Err(AnswerError::Package),
        _ => {
            let short = |text: &str| text.chars().take(80).collect();
            Err(AnswerError::Other { root: short(root), namespace: short(namespace) })
        }
    }
}

/// Whether a path is that of a record.
fn is_record(path: &[String]) -> bool {
    matches!(path, [_, applied, record] if applied == "appProcessed" && record == "record")
}

fn open(path: &[String], at: usize, record: &mut Option<Reading>) {
    if is_record(path) {
        *record = Some(Reading { start: at, ..Reading::default() });
    } else if let Some(record) = record {
        record.is_success |= path.get(3).is_some_and(|name| name == "success");
        record.words.push(' ');
    }
}

fn said(path: &[String], record: &mut Option<Reading>, text: &str) {
    let Some(record) = record else { return };
    match (path.get(3).map(String::as_str), path.get(4).map(String::as_str)) {
        (Some("success"), Some("globalID")) => record.id.push_str(text.trim()),
        (Some("success"), Some("certNum")) => record.number.push_str(text.trim()),
        (Some("success"), _) => {}
        _ => record.words.push_str(text),
    }
}

fn close(
    path: &mut Vec<String>,
    raw: Option<&str>,
    record: &mut Option<Reading>,
    found: &mut Vec<Answered>,
) -> Result<(), AnswerError> {
    if is_record(path)
        && let Some(read) = record.take()
    {
        if found.len() >= ANSWER_RECORDS_MAX {
            return Err(AnswerError::TooMany);
        }
        found.push(outcome(read, raw.unwrap_or_default(), found.len() + 1)?);
    }
    path.pop();
    Ok(())
}

fn outcome(read: Reading, raw: &str, record: usize) -> Result<Answered, AnswerError> {
    if !read.is_success {
        let words: Vec<&str> = read.words.split_whitespace().collect();
        let words: String = words.join(" ").chars().take(REFUSAL_CHARS_MAX).collect();
        let words =
            if words.is_empty() { "причина не указана".to_owned() } else { words };
        return Ok(Answered::Refused { words, xml: raw.to_owned() });
    }
    let unread = |what: String| AnswerError::Unread { record, what };
    let beside: String = read.words.trim().chars().take(REFUSAL_CHARS_MAX).collect();
    if !beside.is_empty() {
        return Err(unread(format!("номер «{}», а рядом «{beside}»", read.number)));
    }
    let number = FundNumber::parse(&read.number)
        .ok_or_else(|| unread(format!("номер «{}» не вида С-АБ/ДД-ММ-ГГГГ/номер", read.number)))?;
    if number.id().starts_with('0') {
        return Err(unread(format!("номер «{number}» с нулём впереди")));
    }
    if !read.id.is_empty() && read.id != number.id() {
        return Err(unread(format!("globalID «{}» не от номера «{number}»", read.id)));
    }
    Ok(Answered::Published(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "<record corrID=\"1\"><success><globalID>402123271</globalID><certNum>С-ВМ/14-09-2026/402123271\
        </certNum></success></record>";

    fn answer(records: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><protocol xmlns=\"{NAMESPACE}\"><startProcessing>x</startProcessing>\
             <appProcessed>{records}</appProcessed></protocol>"
        )
    }

    #[test]
    fn an_answer_is_read_with_any_prefix_and_a_byte_order_mark() {
        let plain = read(answer(GOOD).as_bytes()).unwrap();
        assert!(matches!(&plain[..], [Answered::Published(number)] if number.id() == "402123271"));
        let prefixed = answer(GOOD)
            .replace("</", "</ns1:")
            .replace('<', "<ns1:")
            .replace("<ns1:/ns1:", "</ns1:")
            .replace("<ns1:?", "<?")
            .replace("xmlns=", "xmlns:ns1=");
        assert_eq!(read(format!("\u{feff}{prefixed}").as_bytes()).unwrap(), plain);
    }

    #[test]
    fn a_refused_record_is_kept_whole() {
        let refused = "<record corrID=\"2\"><error><code>17</code><text>Не найден тип &lt;16078-13&gt;</text>\
            </error></record>";
        let read = read(answer(&format!("{GOOD}{refused}<record/>")).as_bytes()).unwrap();
        assert_eq!(read.len(), 3);
        let Answered::Refused { words, xml } = &read[1] else { panic!("{read:?}") };
        assert_eq!((words.as_str(), xml.as_str()), ("17 Не найден тип <16078-13>", refused));
        assert!(matches!(&read[2], Answered::Refused { xml, .. } if xml == "<record/>"));
    }

    #[test]
    fn nothing_outside_the_one_root_is_passed_over() {
        let good = answer(GOOD);
        let entity = "<!DOCTYPE p [<!ENTITY x \"1\">]>";
        for bad in [
            format!("{good}мусор"),
            format!("{good}{}", good.replace("<?xml version=\"1.0\"?>", "")),
            good.replace("<protocol", &format!("{entity}<protocol")),
            good.replace("<certNum>", "<certNum>&x;"),
        ] {
            assert_eq!(read(bad.as_bytes()), Err(AnswerError::NotXml), "{bad}");
        }
        assert!(read(format!("{good}\n<!-- x -->\n").as_bytes()).is_ok());
    }

    #[test]
    fn other_files_say_what_they_are() {
        let error = |text: &str| read(text.as_bytes()).unwrap_err();
        assert_eq!(error("nonsense"), AnswerError::NotXml);
        assert_eq!(error(&answer(GOOD)[..200]), AnswerError::NotXml);
        assert_eq!(error(&answer("")), AnswerError::Empty);
        assert_eq!(error("<application xmlns=\"x\"/>"), AnswerError::Package);
        let other = answer(GOOD).replace("2020-06-19", "2019-01-01");
        assert!(matches!(error(&other), AnswerError::Other { .. }));
        for (from, to) in [
            ("402123271</global", "402123272</global"),
            ("С-ВМ/", "ВМ/"),
            ("402123271", "0402123271"),
            ("</success>", "</success><error>нет типа</error>"),
        ] {
            let broken = answer(GOOD).replace(from, to);
            assert!(matches!(error(&broken), AnswerError::Unread { record: 1, .. }), "{to}");
        }
    }
}
