//! Typed edits become small explicit operations: never a whole struct, never an array.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use super::edit::Edit;
use super::schema::{CALL, CONDITION_MAPS, INSTRUMENT_MAPS, PHOTO_REMOVED, TAKEN, VISIT_MAPS};
use crate::model::{
    Conditions, Identity, InstrumentId, MeansId, Measurement, Money, RATING_MAX, SealId, Taken,
    VisitId,
};

/// Reasons for which an edit cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The edit names a map that is not in the document.
    #[error("no such place in the document: {0}")]
    NoSuchPlace(String),
    /// A map or record that is written once is there already.
    #[error("already written: {0}")]
    WrittenOnce(String),
    /// A text beyond [`TEXT_BYTES_MAX`](super::schema::TEXT_BYTES_MAX) or a record beyond
    /// [`BYTES_MAX`](super::schema::BYTES_MAX).
    #[error("too long: {0}")]
    TooLong(&'static str),
    /// The Automerge library refused the operation.
    #[error("the document refused the edit")]
    Automerge(#[from] automerge::AutomergeError),
}

type Written = Result<(), WriteError>;

/// Writes one edit into the open transaction of a document.
pub(super) fn edit(doc: &mut AutoCommit, edit: &Edit) -> Written {
    match edit {
        Edit::OpenVisit { visit, instruments } => open_visit(doc, *visit, instruments),
        Edit::AddInstrument { visit, instrument } => {
            let all = of_visit(doc, *visit, "instruments")?;
            make_instrument(doc, &all, *instrument)
        }
        Edit::Mark { visit, moment, at: when } => {
            let times = of_visit(doc, *visit, "times")?;
            put_record(doc, &times, moment.code(), when)
        }
        Edit::Call { visit, call } => {
            let times = of_visit(doc, *visit, "times")?;
            put_record(doc, &times, CALL, call)
        }
        Edit::Identify { visit, instrument, identity } => {
            let place = instrument_map(doc, *visit, *instrument, &["identity"])?;
            identify(doc, &place, identity)
        }
        Edit::SetConditions { visit, instrument, phase, conditions } => {
            let place = instrument_map(doc, *visit, *instrument, &["conditions", phase.code()])?;
            set_conditions(doc, &place, conditions)
        }
        Edit::SetCheck { visit, instrument, check, result } => {
            let place = instrument_map(doc, *visit, *instrument, &["checks"])?;
            put_record(doc, &place, check.code(), result)
        }
        Edit::Measure { visit, instrument, measurement, row } => {
            let place = instrument_map(doc, *visit, *instrument, &["measurements"])?;
            put_once(doc, &place, &measurement.to_string(), encode::<Measurement>(row))
        }
        Edit::UseMeans { visit, instrument, means } => {
            let place = instrument_map(doc, *visit, *instrument, &["means"])?;
            use_means(doc, &place, means)
        }
        Edit::SkipInstrument { visit, instrument, reason } => {
            let place = instrument_map(doc, *visit, *instrument, &["outcome"])?;
            put(doc, &place, "not_verified", reason.as_str())
        }
        Edit::AddPhoto { visit, instrument, sha256, kind, taken } => {
            let place = instrument_map(doc, *visit, *instrument, &["photos"])?;
            put(doc, &place, sha256, kind.as_str())?;
            add_taken(doc, &place, sha256, taken.as_ref())
        }
        Edit::Pay { visit, money } => {
            let place = of_visit(doc, *visit, "money")?;
            pay(doc, &place, money)
        }
        Edit::Finish { visit, outcome, comment } => finish(doc, *visit, outcome.code(), comment),
        Edit::Resume { visit } => finish(doc, *visit, "", ""),
        Edit::RemovePhoto { visit, instrument, sha256 } => {
            let place = instrument_map(doc, *visit, *instrument, &["photos"])?;
            remove_photo(doc, &place, sha256)
        }
        Edit::Rate { visit, rating } => {
            let place = of_visit(doc, *visit, "outcome")?;
            put(doc, &place, "rating", i64::from((*rating).clamp(1, RATING_MAX)))
        }
        Edit::AddNote { note, text, at: when } => {
            let place = at(doc, &["notes"])?;
            put_once(doc, &place, &note.to_string(), encode(&(text, when)))
        }
        Edit::SetLabel { label, on } => {
            let place = at(doc, &["labels"])?;
            put(doc, &place, label.as_str(), *on)
        }
        Edit::AddSeal { seal, record, strokes } => add_seal(doc, *seal, record, strokes),
    }
}

fn of_visit(doc: &AutoCommit, visit: VisitId, map: &str) -> Result<ObjId, WriteError> {
    at(doc, &["visits", &visit.to_string(), map])
}

/// Means that are not in the list any more stay as keys with «false»: a colleague's edit may have set them meanwhile.
fn use_means(doc: &mut AutoCommit, place: &ObjId, means: &[MeansId]) -> Written {
    let wanted: Vec<String> = means.iter().map(ToString::to_string).collect();
    let present: Vec<String> = doc.keys(place).collect();
    for key in present.iter().filter(|key| !wanted.contains(key)) {
        put(doc, place, key, false)?;
    }
    wanted.iter().try_for_each(|key| put(doc, place, key, true))
}

/// A photo that is named again keeps the time and place of its first naming.
fn add_taken(doc: &mut AutoCommit, place: &ObjId, sha256: &str, taken: Option<&Taken>) -> Written {
    let name = format!("{sha256}{TAKEN}");
    match taken {
        Some(taken) if doc.get(place, name.as_str())?.is_none() => {
            put_record(doc, place, &name, taken)
        }
        _ => Ok(()),
    }
}

fn remove_photo(doc: &mut AutoCommit, place: &ObjId, sha256: &str) -> Written {
    match doc.get(place, sha256)? {
        Some(_) => put(doc, place, sha256, PHOTO_REMOVED),
        None => Err(WriteError::NoSuchPlace(format!("photos/{sha256}"))),
    }
}

/// An empty kind takes the outcome back.
fn finish(doc: &mut AutoCommit, visit: VisitId, kind: &str, comment: &str) -> Written {
    let place = of_visit(doc, visit, "outcome")?;
    put(doc, &place, "kind", kind)?;
    put(doc, &place, "comment", comment)
}

fn add_seal(doc: &mut AutoCommit, seal: SealId, record: &[u8], strokes: &[u8]) -> Written {
    let all = at(doc, &["seals"])?;
    let key = seal.to_string();
    if doc.get(&all, key.as_str())?.is_some() {
        return Err(WriteError::WrittenOnce(key));
    }
    let place = doc.put_object(&all, key, ObjType::Map)?;
    put_once(doc, &place, "record", record.to_vec())?;
    put_once(doc, &place, "strokes", strokes.to_vec())
}

fn open_visit(doc: &mut AutoCommit, visit: VisitId, instruments: &[InstrumentId]) -> Written {
    let all = at(doc, &["visits"])?;
    let key = visit.to_string();
    if doc.get(&all, key.as_str())?.is_some() {
        return Err(WriteError::WrittenOnce(key));
    }
    let place = doc.put_object(&all, key, ObjType::Map)?;
    for map in VISIT_MAPS {
        doc.put_object(&place, map, ObjType::Map)?;
    }
    let shelf = child(doc, &place, "instruments")?;
    instruments.iter().try_for_each(|instrument| make_instrument(doc, &shelf, *instrument))
}

fn make_instrument(doc: &mut AutoCommit, all: &ObjId, id: InstrumentId) -> Written {
    let key = id.to_string();
    if doc.get(all, key.as_str())?.is_some() {
        return Err(WriteError::WrittenOnce(key));
    }
    let place = doc.put_object(all, key, ObjType::Map)?;
    for map in INSTRUMENT_MAPS {
        let made = doc.put_object(&place, map, ObjType::Map)?;
        if map == "conditions" {
            for phase in CONDITION_MAPS {
                doc.put_object(&made, phase, ObjType::Map)?;
            }
        }
    }
    Ok(())
}

fn identify(doc: &mut AutoCommit, place: &ObjId, identity: &Identity) -> Written {
    let texts = [
        ("type_number", identity.type_number.as_str()),
        ("modification", &identity.modification),
        ("serial_number", &identity.serial_number),
        ("water", identity.water.map_or("", |w| w.code())),
        ("position", identity.position.map_or("", |p| p.code())),
        ("source", identity.source.map_or("", |s| s.code())),
    ];
    for (key, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        put(doc, place, key, text)?;
    }
    identity.year.map_or(Ok(()), |year| put(doc, place, "year", i64::from(year)))
}

fn set_conditions(doc: &mut AutoCommit, place: &ObjId, c: &Conditions) -> Written {
    let values = [
        ("air_c", c.air_c),
        ("humidity_percent", c.humidity_percent),
        ("pressure_kpa", c.pressure_kpa),
        ("water_c", c.water_c),
    ];
    for (key, value) in values {
        if let Some(reading) = value {
            put(doc, place, key, reading.to_string())?;
        }
    }
    c.source.map_or(Ok(()), |source| put(doc, place, "source", source.code()))
}

fn pay(doc: &mut AutoCommit, place: &ObjId, money: &Money) -> Written {
    if let Some(kop) = money.due_kop {
        put(doc, place, "due_kop", kop)?;
    }
    if let Some(kop) = money.received_kop {
        put(doc, place, "received_kop", kop)?;
    }
    if let Some(method) = money.method {
        put(doc, place, "method", method.code())?;
    }
    if money.reason.is_empty() { Ok(()) } else { put(doc, place, "reason", money.reason.as_str()) }
}

fn instrument_map(
    doc: &AutoCommit,
    visit: VisitId,
    instrument: InstrumentId,
    rest: &[&str],
) -> Result<ObjId, WriteError> {
    let (visit, instrument) = (visit.to_string(), instrument.to_string());
    let mut path = vec!["visits", &visit, "instruments", &instrument];
    path.extend_from_slice(rest);
    at(doc, &path)
}

fn at(doc: &AutoCommit, path: &[&str]) -> Result<ObjId, WriteError> {
    path.iter().try_fold(ROOT, |place, key| {
        child(doc, &place, key).map_err(|_| WriteError::NoSuchPlace(path.join("/")))
    })
}

fn child(doc: &AutoCommit, place: &ObjId, key: &str) -> Result<ObjId, WriteError> {
    match ReadDoc::get(doc, place, key)? {
        Some((Value::Object(ObjType::Map), id)) => Ok(id),
        _ => Err(WriteError::NoSuchPlace(key.to_owned())),
    }
}

/// Writes a value; the library skips a write of the value that already stands alone.
fn put(doc: &mut AutoCommit, place: &ObjId, key: &str, value: impl Into<ScalarValue>) -> Written {
    let value = value.into();
    if let ScalarValue::Str(text) = &value
        && text.len() > super::schema::TEXT_BYTES_MAX
    {
        return Err(WriteError::TooLong("text"));
    }
    Ok(doc.put(place, key, value)?)
}

fn put_record<T: minicbor::Encode<()>>(
    doc: &mut AutoCommit,
    place: &ObjId,
    key: &str,
    record: &T,
) -> Written {
    put_bytes(doc, place, key, encode(record))
}

fn put_once(doc: &mut AutoCommit, place: &ObjId, key: &str, bytes: Vec<u8>) -> Written {
    if doc.get(place, key)?.is_some() {
        return Err(WriteError::WrittenOnce(key.to_owned()));
    }
    put_bytes(doc, place, key, bytes)
}

fn put_bytes(doc: &mut AutoCommit, place: &ObjId, key: &str, bytes: Vec<u8>) -> Written {
    if bytes.len() > super::schema::BYTES_MAX {
        return Err(WriteError::TooLong("record"));
    }
    Ok(doc.put(place, key, ScalarValue::Bytes(bytes))?)
}

fn encode<T: minicbor::Encode<()>>(record: &T) -> Vec<u8> {
    crate::codec::encode(record)
}
