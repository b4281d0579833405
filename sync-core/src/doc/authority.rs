//! The rules of writing, one code for both sides: a phone checks before the commit, the server
//! before admission.
//!
//! Authority is by path and role. Under a visit only the phones of its person write, for ever;
//! notes and labels belong to everybody with the order in scope; the schema and the maps at the
//! root belong to the server.

use std::collections::HashMap;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ObjId, ObjType, Prop, ROOT, ReadDoc, ScalarValue};

use super::content;
use super::document::{ChangeBytes, Document, Positions};
use super::schema::{
    self, BYTES_MAX, CHANGE_BYTES_MAX, CHANGE_OPS_MAX, COUNTER_AHEAD_MAX, COUNTER_MAX, Kind,
    PATH_DEPTH_MAX, TEXT_BYTES_MAX,
};
use super::seal::Seal;
use crate::limits::SHEETS_OF_A_WRITER_MAX;
use crate::model::{Reading, SET_ASIDE, VisitId};
use crate::texts::is_lines;

/// The writer of a change, as the rules see one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writer {
    /// The server; may write at every path of the schema.
    Server,
    /// A phone, or a clerk who types from paper, with the visits of its person.
    Person {
        /// Visits of the person in this order, past and open ones.
        visits: Vec<VisitId>,
        /// Whether the order is in the person's scope now; remarks and labels need that.
        shared: bool,
    },
}

/// Reasons for which a change is refused. The code is API; the words are for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The change is larger than [`CHANGE_BYTES_MAX`], or has more operations than
    /// [`CHANGE_OPS_MAX`].
    #[error("изменение слишком большое")]
    TooLarge,
    /// Another actor than the envelope's, a gap in the actor's sequence, or extra bytes.
    #[error("изменение сделано не тем автором")]
    WrongActor,
    /// A counter beyond the document's next operation or beyond [`COUNTER_MAX`].
    #[error("недопустимый счётчик операций")]
    Counter,
    /// An operation that no phone of ours writes: a list, a text object, a counter, a deletion of a
    /// record that stays.
    #[error("недопустимая операция в «{0}»")]
    Operation(String),
    /// A path outside the schema.
    #[error("в документе нет места «{0}»")]
    Path(String),
    /// A value of the wrong kind, size or range for its path.
    #[error("недопустимое значение в «{0}»")]
    Value(String),
    /// A remark or label of an order that is not in the author's scope.
    #[error("заявка больше не у вас: в «{0}» пишут те, у кого она есть")]
    OutOfScope(String),
    /// A path under another person's visit or sheet, or one of the server.
    #[error("нет права писать в «{0}»")]
    NotYours(String),
    /// A second write to a map or to a record that is written once.
    #[error("«{0}» пишется один раз")]
    WrittenOnce(String),
    /// The author has signed [`SHEETS_OF_A_WRITER_MAX`] sheets of the order already.
    #[error("лист подписывали слишком много раз: позвоните в офис")]
    TooManySheets,
}

impl Denied {
    /// Stable code of a receipt (`docs/protocol.md`, 15).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "change_too_large",
            Self::WrongActor => "actor_wrong",
            Self::Counter => "counter_out_of_range",
            Self::Operation(_) => "operation_refused",
            Self::Path(_) => "path_unknown",
            Self::Value(_) => "value_refused",
            Self::OutOfScope(_) => "order_not_yours",
            Self::NotYours(_) => "path_not_yours",
            Self::WrittenOnce(_) => "written_once",
            Self::TooManySheets => "sheets_too_many",
        }
    }
}

/// Checks one change against a document that already holds the change's dependencies.
///
/// # Errors
///
/// [`Denied`] of the first operation that the rules refuse.
pub fn check(
    doc: &mut Document,
    positions: &Positions,
    change: &Change,
    actor: &[u8; 16],
    writer: &Writer,
) -> Result<(), Denied> {
    if change.raw_bytes().len() > CHANGE_BYTES_MAX || change.len() > CHANGE_OPS_MAX {
        return Err(Denied::TooLarge);
    }
    let actor = ActorId::from(*actor);
    let seq = positions.seq(&actor);
    if *change.actor_id() != actor || change.seq() != seq + 1 || !change.extra_bytes().is_empty() {
        return Err(Denied::WrongActor);
    }
    if change.start_op().get() > positions.counter() + COUNTER_AHEAD_MAX
        || change.max_op() > COUNTER_MAX
    {
        return Err(Denied::Counter);
    }
    let expanded = change.decode();
    let mut made: HashMap<OpId, Vec<String>> = HashMap::new();
    let mut sheets = None;
    for (at, op) in expanded.operations.iter().enumerate() {
        let id = OpId(change.start_op().get() + at as u64, actor.clone());
        let path = path_of(doc, &made, op)?;
        operation(doc, op, &path, writer)?;
        if let (["seals", _, "record"], Writer::Person { visits, .. }) =
            (&*path.iter().map(String::as_str).collect::<Vec<_>>(), writer)
        {
            let count = sheets.get_or_insert_with(|| sheets_of(doc, visits));
            *count += 1;
            if *count > SHEETS_OF_A_WRITER_MAX {
                return Err(Denied::TooManySheets);
            }
        }
        if matches!(op.action, OpType::Make(_)) {
            made.insert(id, path);
        }
    }
    Ok(())
}

/// Checks a change made by this very program, from its bytes.
///
/// # Errors
///
/// [`Denied`] as for [`check`]; unreadable bytes count as [`Denied::TooLarge`].
pub fn check_bytes(
    doc: &mut Document,
    change: &ChangeBytes,
    actor: &[u8; 16],
    writer: &Writer,
) -> Result<(), Denied> {
    let change = Change::from_bytes(change.bytes.clone()).map_err(|_| Denied::TooLarge)?;
    let positions = Positions::of(doc);
    check(doc, &positions, &change, actor, writer)
}

fn path_of(
    doc: &Document,
    made: &HashMap<OpId, Vec<String>>,
    op: &Op,
) -> Result<Vec<String>, Denied> {
    let Key::Map(key) = &op.key else {
        return Err(Denied::Operation("список".to_owned()));
    };
    let mut path = match &op.obj {
        ObjectId::Root => Vec::new(),
        ObjectId::Id(id) => match made.get(id) {
            Some(path) => path.clone(),
            None => existing_path(doc, id)?,
        },
    };
    path.push(key.to_string());
    if path.len() > PATH_DEPTH_MAX {
        return Err(Denied::Path(path.join("/")));
    }
    Ok(path)
}

fn existing_path(doc: &Document, OpId(counter, actor): &OpId) -> Result<Vec<String>, Denied> {
    let unknown = || Denied::Path(format!("{counter}@{actor}"));
    if *counter > u64::from(u32::MAX) {
        return Err(Denied::Counter);
    }
    let id = ObjId::Id(*counter, actor.clone(), 0);
    let parents = doc.doc.parents(&id).map_err(|_| unknown())?;
    let mut path: Vec<String> = parents
        .take(PATH_DEPTH_MAX + 1)
        .map(|parent| match parent.prop {
            Prop::Map(key) => Ok(key),
            Prop::Seq(_) => Err(unknown()),
        })
        .collect::<Result<_, _>>()?;
    path.reverse();
    Ok(path)
}

fn operation(doc: &Document, op: &Op, path: &[String], writer: &Writer) -> Result<(), Denied> {
    let joined = || path.join("/");
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let kind = schema::kind_of(&keys).ok_or_else(|| Denied::Path(joined()))?;
    may_write(&keys, kind, writer)?;
    match &op.action {
        OpType::Make(ObjType::Map) if kind == Kind::Map && op.pred.is_empty() => {
            if stands_already(doc, path) {
                return Err(Denied::WrittenOnce(joined()));
            }
            Ok(())
        }
        OpType::Put(value) if fits(&keys, kind, value) => {
            own_sheet(&keys, value, writer).map_err(|denied| denied(joined()))?;
            if kind == Kind::Once && (!op.pred.is_empty() || stands_already(doc, path)) {
                return Err(Denied::WrittenOnce(joined()));
            }
            Ok(())
        }
        // Writing again the value that already wins a conflict is a deletion of the losers.
        OpType::Delete if !matches!(kind, Kind::Map | Kind::Once) => Ok(()),
        OpType::Put(_) => Err(Denied::Value(joined())),
        _ => Err(Denied::Operation(joined())),
    }
}

fn may_write(path: &[&str], kind: Kind, writer: &Writer) -> Result<(), Denied> {
    let Writer::Person { visits, shared } = writer else { return Ok(()) };
    let his = match *path {
        // A visit is opened once: by the server, or by the phone that accepted a transfer offline.
        ["visits", id, ..] => id.parse().is_ok_and(|id| visits.contains(&id)),
        ["seals", ..] => !visits.is_empty(),
        ["labels", key] if key.starts_with(SET_ASIDE) => false,
        ["notes" | "labels", _] if !shared => return Err(Denied::OutOfScope(path.join("/"))),
        ["notes" | "labels", _] => kind != Kind::Map,
        _ => false,
    };
    if his { Ok(()) } else { Err(Denied::NotYours(path.join("/"))) }
}

/// A sheet must be readable and of a visit of its writer: a stranger's sheet would otherwise reach
/// the holder of the order.
fn own_sheet(
    path: &[&str],
    value: &ScalarValue,
    writer: &Writer,
) -> Result<(), fn(String) -> Denied> {
    let (["seals", _, "record"], ScalarValue::Bytes(record), Writer::Person { visits, .. }) =
        (path, value, writer)
    else {
        return Ok(());
    };
    match Seal::decode(record) {
        Err(_) => Err(Denied::Value),
        Ok(seal) if visits.contains(&seal.body.visit) => Ok(()),
        Ok(_) => Err(Denied::NotYours),
    }
}

/// Number of readable sheets in the document that belong to these visits.
fn sheets_of(doc: &Document, visits: &[VisitId]) -> usize {
    let Ok(Some((_, all))) = doc.doc.get(ROOT, "seals") else { return 0 };
    let own = |id: &String| {
        let (_, sheet) = doc.doc.get(&all, id.as_str()).ok()??;
        let (record, _) = doc.doc.get(&sheet, "record").ok()??;
        let seal = Seal::decode(record.as_bytes()?).ok()?;
        visits.contains(&seal.body.visit).then_some(())
    };
    doc.doc.keys(&all).filter(|id| own(id).is_some()).count()
}

fn fits(path: &[&str], kind: Kind, value: &ScalarValue) -> bool {
    match (kind, value) {
        (Kind::Text, ScalarValue::Str(text)) => {
            text.len() <= TEXT_BYTES_MAX && is_lines(text) && content::is_known_code(path, text)
        }
        (Kind::Decimal, ScalarValue::Str(text)) => Reading::parse(text).is_ok(),
        (Kind::Int, ScalarValue::Int(number)) => content::is_in_range(path, *number),
        (Kind::Bool, ScalarValue::Boolean(_)) => true,
        (Kind::Record | Kind::Once, ScalarValue::Bytes(bytes)) => {
            bytes.len() <= BYTES_MAX && content::is_known_record(path, bytes)
        }
        _ => false,
    }
}

/// Whether the document already holds a value or map at the path.
fn stands_already(doc: &Document, path: &[String]) -> bool {
    let mut place = ROOT;
    for (at, key) in path.iter().enumerate() {
        match doc.doc.get(&place, key.as_str()) {
            Ok(Some((_, id))) if at + 1 < path.len() => place = id,
            Ok(Some(_)) => return true,
            _ => return false,
        }
    }
    false
}
