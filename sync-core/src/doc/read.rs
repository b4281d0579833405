//! Tolerant reading: any document yields an order and a list of parts that could not be understood.
//! So an old phone cannot break the office, nor a field of a newer phone an old one.

use automerge::iter::MapRangeItem;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValueRef, ValueRef};

use super::schema::{CALL, PHOTO_REMOVED, TAKEN};
use crate::model::*;

/// A part of a document that could not be understood; the text is its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A name that this version does not know; kept in the document and skipped.
    Unknown(String),
    /// A known name with a value that cannot stand there.
    Nonsense(String),
    /// Different concurrent values of one field; the reader shows one of them.
    Contested(String),
}

impl Problem {
    /// Path of the part, segments joined with `/`.
    pub fn path(&self) -> &str {
        match self {
            Self::Unknown(path) | Self::Nonsense(path) | Self::Contested(path) => path,
        }
    }
}

/// Reads a whole order and collects the problems.
pub(super) fn order(doc: &AutoCommit) -> (Order, Vec<Problem>) {
    let mut reader = Reader { doc, problems: Vec::new(), path: Vec::new() };
    let order = reader.order();
    (order, reader.problems)
}

/// Moves the office's «вне» labels from the order to the `set_aside` lists of its instruments.
fn count_out(order: &mut Order) {
    let rows: Vec<MeasurementId> =
        order.labels.iter().filter_map(LabelKey::row_set_aside).collect();
    order.labels.retain(|label| label.row_set_aside().is_none());
    for instrument in order.visits.values_mut().flat_map(|visit| visit.instruments.values_mut()) {
        let of = rows.iter().filter(|row| instrument.measurements.contains_key(row));
        instrument.set_aside.extend(of);
    }
}

struct Reader<'a> {
    doc: &'a AutoCommit,
    problems: Vec<Problem>,
    path: Vec<String>,
}

impl Reader<'_> {
    fn order(&mut self) -> Order {
        let mut order = Order::default();
        self.each(&ROOT, |this, key, item| match (key, item) {
            ("schema", _) => {}
            ("visits", Item::Map(all)) => this.each(&all, |this, key, item| {
                if let (Some(id), Item::Map(place)) = (this.id(key), item) {
                    let visit = this.visit(&place);
                    order.visits.insert(id, visit);
                }
            }),
            ("notes", Item::Map(all)) => this.each(&all, |this, key, item| {
                if let (Some(id), Some((text, at))) = (this.id(key), this.record(item)) {
                    order.notes.insert(id, Note { text, at });
                }
            }),
            ("labels", Item::Map(all)) => this.each(&all, |this, key, item| match item {
                Item::Bool(true) => order.labels.extend(LabelKey::new(key)),
                Item::Bool(false) => {}
                _ => this.nonsense(),
            }),
            ("seals", Item::Map(all)) => this.each(&all, |this, key, item| {
                if let (Some(id), Item::Map(place)) = (this.id(key), item) {
                    let parts = this.seal(&place);
                    order.seals.insert(id, parts);
                }
            }),
            _ => this.unknown(),
        });
        count_out(&mut order);
        order
    }

    fn seal(&mut self, place: &ObjId) -> SealParts {
        let mut parts = SealParts::default();
        self.each(place, |this, key, item| match (key, item) {
            ("record", Item::Bytes(bytes)) => parts.record = bytes,
            ("strokes", Item::Bytes(bytes)) => parts.strokes = bytes,
            _ => this.unknown(),
        });
        parts
    }

    fn visit(&mut self, place: &ObjId) -> Visit {
        let mut visit = Visit::default();
        self.each(place, |this, key, item| match (key, item) {
            ("times", Item::Map(all)) => this.each(&all, |this, key, item| {
                if key == CALL {
                    visit.call = this.record(item);
                } else if let (Some(moment), Some(at)) =
                    (VisitMoment::from_code(key), this.record(item))
                {
                    visit.times.insert(moment, at);
                }
            }),
            ("instruments", Item::Map(all)) => this.each(&all, |this, key, item| {
                if let (Some(id), Item::Map(place)) = (this.id(key), item) {
                    let instrument = this.instrument(&place);
                    visit.instruments.insert(id, instrument);
                }
            }),
            ("money", Item::Map(all)) => this.each(&all, |this, key, item| match (key, item) {
                ("due_kop", Item::Int(kop)) => visit.money.due_kop = Some(kop),
                ("received_kop", Item::Int(kop)) => visit.money.received_kop = Some(kop),
                ("method", Item::Text(code)) => {
                    visit.money.method = this.code(PayMethod::from_code(&code));
                }
                ("reason", Item::Text(text)) => visit.money.reason = text,
                _ => this.unknown(),
            }),
            ("outcome", Item::Map(all)) => this.each(&all, |this, key, item| match (key, item) {
                ("kind", Item::Text(code)) if code.is_empty() => {}
                ("kind", Item::Text(code)) => {
                    visit.outcome = this.code(VisitOutcome::from_code(&code));
                }
                ("comment", Item::Text(text)) => visit.comment = text,
                ("rating", Item::Int(rating)) => {
                    let rating = u8::try_from(rating).ok().filter(|r| (1..=RATING_MAX).contains(r));
                    visit.rating = this.code(rating);
                }
                _ => this.unknown(),
            }),
            _ => this.unknown(),
        });
        visit
    }

    fn instrument(&mut self, place: &ObjId) -> Instrument {
        let mut instrument = Instrument::default();
        let before = self.problems.len();
        self.each(place, |this, key, item| match (key, item) {
            ("identity", Item::Map(all)) => instrument.identity = this.identity(&all),
            ("conditions", Item::Map(all)) => this.each(&all, |this, key, item| {
                if let (Some(phase), Item::Map(place)) = (Phase::from_code(key), item) {
                    let conditions = this.conditions(&place);
                    if conditions != Conditions::default() {
                        instrument.conditions.insert(phase, conditions);
                    }
                }
            }),
            ("checks", Item::Map(all)) => this.each(&all, |this, key, item| {
                if let (Some(check), Some(result)) = (Check::from_code(key), this.record(item)) {
                    instrument.checks.insert(check, result);
                }
            }),
            ("measurements", Item::Map(all)) => this.each(&all, |this, key, item| {
                if let (Some(id), Some(row)) = (this.id(key), this.record(item)) {
                    instrument.measurements.insert(id, row);
                }
            }),
            ("means", Item::Map(all)) => this.each(&all, |this, key, item| {
                if let (Some(id), Item::Bool(true)) = (this.id(key), item) {
                    instrument.means.push(id);
                }
            }),
            ("photos", Item::Map(all)) => this.each(&all, |this, key, item| match item {
                Item::Text(kind) if kind == PHOTO_REMOVED => {
                    instrument.removed_photos.push(key.to_owned());
                }
                Item::Text(kind) => drop(instrument.photos.insert(key.to_owned(), kind)),
                item => {
                    if let (Some(name), Some(taken)) = (key.strip_suffix(TAKEN), this.record(item))
                    {
                        instrument.taken.insert(name.to_owned(), taken);
                    }
                }
            }),
            ("outcome", Item::Map(all)) => this.each(&all, |this, key, item| match (key, item) {
                ("not_verified", Item::Text(reason)) => {
                    instrument.not_verified =
                        (!reason.is_empty()).then_some(NotVerified { reason });
                }
                _ => this.unknown(),
            }),
            _ => this.unknown(),
        });
        instrument.contested = self.problems[before..]
            .iter()
            .filter(|p| matches!(p, Problem::Contested(_)))
            .map(|p| p.path().to_owned())
            .collect();
        instrument
    }

    fn identity(&mut self, place: &ObjId) -> Identity {
        let mut identity = Identity::default();
        self.each(place, |this, key, item| match (key, item) {
            ("type_number", Item::Text(text)) => identity.type_number = text,
            ("modification", Item::Text(text)) => identity.modification = text,
            ("serial_number", Item::Text(text)) => identity.serial_number = text,
            ("year", Item::Int(year)) => identity.year = this.code(u16::try_from(year).ok()),
            ("water", Item::Text(code)) => identity.water = this.code(Water::parse(&code)),
            ("position", Item::Text(code)) => identity.position = this.code(Position::parse(&code)),
            ("source", Item::Text(code)) => identity.source = this.code(Source::from_code(&code)),
            _ => this.unknown(),
        });
        identity
    }

    fn conditions(&mut self, place: &ObjId) -> Conditions {
        let mut c = Conditions::default();
        self.each(place, |this, key, item| match (key, item) {
            ("source", Item::Text(code)) => c.source = this.code(Source::from_code(&code)),
            (_, Item::Text(text)) => {
                let field = match key {
                    "air_c" => &mut c.air_c,
                    "humidity_percent" => &mut c.humidity_percent,
                    "pressure_kpa" => &mut c.pressure_kpa,
                    "water_c" => &mut c.water_c,
                    _ => return this.unknown(),
                };
                *field = this.code(Reading::parse(&text).ok());
            }
            _ => this.unknown(),
        });
        c
    }

    /// Visits each key of a map; `path` names the key while the visitor runs.
    fn each(&mut self, place: &ObjId, mut visit: impl FnMut(&mut Self, &str, Item)) {
        if self.path.len() >= super::schema::PATH_DEPTH_MAX {
            return self.unknown();
        }
        for item in self.doc.map_range(place, ..) {
            self.path.push(item.key.to_string());
            if item.conflict && self.really_differ(place, &item) {
                let path = self.path.join("/");
                self.problems.push(Problem::Contested(path));
            }
            let key = item.key.to_string();
            visit(self, &key, Item::of(&item));
            self.path.pop();
        }
    }

    /// Equal concurrent values are no conflict.
    fn really_differ(&self, place: &ObjId, item: &MapRangeItem<'_>) -> bool {
        let all = self.doc.get_all(place, item.key.as_ref()).unwrap_or_default();
        all.windows(2).any(|pair| pair[0].0 != pair[1].0)
    }

    fn id<T: std::str::FromStr>(&mut self, key: &str) -> Option<T> {
        let id = key.parse().ok();
        self.code(id)
    }

    fn record<T: for<'b> minicbor::Decode<'b, ()>>(&mut self, item: Item) -> Option<T> {
        let Item::Bytes(bytes) = item else {
            self.nonsense();
            return None;
        };
        let record = minicbor::decode(&bytes).ok();
        self.code(record)
    }

    fn code<T>(&mut self, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.nonsense();
        }
        value
    }

    fn unknown(&mut self) {
        self.problems.push(Problem::Unknown(self.path.join("/")));
    }

    fn nonsense(&mut self) {
        self.problems.push(Problem::Nonsense(self.path.join("/")));
    }
}

/// Whether the document holds the record of a sheet, signed or refused.
pub(super) fn is_sealed(doc: &AutoCommit) -> bool {
    let Ok(Some((_, seals))) = doc.get(ROOT, "seals") else { return false };
    doc.map_range(&seals, ..).any(|item| {
        let Item::Map(place) = Item::of(&item) else { return false };
        let record = doc.get(&place, "record").ok().flatten();
        record.is_some_and(|(value, _)| value.as_bytes().is_some_and(|bytes| !bytes.is_empty()))
    })
}

/// Ending of a visit, and the last of its moments that is written.
pub(super) fn progress(
    doc: &AutoCommit,
    visit: VisitId,
) -> (Option<VisitOutcome>, Option<VisitMoment>) {
    let at = |path: &[&str]| {
        let (_, visits) = doc.get(ROOT, "visits").ok()??;
        let (_, visit) = doc.get(&visits, visit.to_string()).ok()??;
        let (_, part) = doc.get(&visit, path[0]).ok()??;
        Some(doc.get(&part, path[1]).ok()??.0)
    };
    let outcome = at(&["outcome", "kind"]);
    let outcome = outcome.and_then(|kind| VisitOutcome::from_code(kind.as_str()?));
    let moments = [VisitMoment::Departed, VisitMoment::Arrived, VisitMoment::OnTheWay];
    let last = moments.into_iter().find(|moment| at(&["times", moment.code()]).is_some());
    (outcome, last)
}

/// Way of payment and sum received at a visit, kopecks; `None` unless both are written.
pub(super) fn received(doc: &AutoCommit, visit: VisitId) -> Option<(PayMethod, i64)> {
    let (_, visits) = doc.get(ROOT, "visits").ok()??;
    let (_, visit) = doc.get(&visits, visit.to_string()).ok()??;
    let (_, money) = doc.get(&visit, "money").ok()??;
    let (kop, _) = doc.get(&money, "received_kop").ok()??;
    let (method, _) = doc.get(&money, "method").ok()??;
    Some((PayMethod::from_code(method.as_str()?)?, kop.as_i64()?))
}

/// Kinds of values that the schema uses; all other kinds are `Other`.
enum Item {
    Map(ObjId),
    Text(String),
    Int(i64),
    Bool(bool),
    Bytes(Vec<u8>),
    Other,
}

impl Item {
    fn of(item: &MapRangeItem<'_>) -> Self {
        match &item.value {
            ValueRef::Object(ObjType::Map) => Self::Map(item.id()),
            ValueRef::Object(_) => Self::Other,
            ValueRef::Scalar(scalar) => match scalar {
                ScalarValueRef::Str(text) => Self::Text(text.to_string()),
                ScalarValueRef::Int(int) => Self::Int(*int),
                ScalarValueRef::Uint(uint) => i64::try_from(*uint).map_or(Self::Other, Self::Int),
                ScalarValueRef::Boolean(yes) => Self::Bool(*yes),
                ScalarValueRef::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
                _ => Self::Other,
            },
        }
    }
}
