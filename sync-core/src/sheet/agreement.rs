//! Compares a signed view with the view that the server makes itself. Papers are printed only from
//! a view without differences.

use serde_json::Value;

use crate::doc::view::{SealedInstrument, SealedView};
use crate::model::{NumberKind, ZONE_TABLE_VERSION};

/// Version of [`SealedView`] that this program makes and prints.
pub const VIEW_VERSION: u32 = 1;
/// Plain name of the work, accepted beside the one that [`crate::doc::view::make`] writes: other
/// clients of the protocol may use it.
pub const WORK_NAME: &str = "Поверка";

/// A field in which a sheet and the server disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Name of the field for people: `прибор № 123: год выпуска`.
    pub field: String,
    /// Value on the sheet, cut at 120 characters.
    pub stands: String,
    /// Value computed by the server.
    pub expected: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { field, stands, expected } = self;
        write!(f, "{field}: в листе «{stands}», должно быть «{expected}»")
    }
}

/// Every field that differs. Numbers are compared with the leases elsewhere; here only whether each instrument has
/// exactly those that its verdict asks for.
pub fn differences(sealed: &SealedView, made: &SealedView, certificate: bool) -> Vec<Difference> {
    let mut found = Vec::new();
    if sealed.version != VIEW_VERSION || !(1..=ZONE_TABLE_VERSION).contains(&sealed.zone_table) {
        found.push(Difference {
            field: "версия листа".to_owned(),
            stands: format!("{}, зоны {}", sealed.version, sealed.zone_table),
            expected: format!("{VIEW_VERSION}, зоны от 1 до {ZONE_TABLE_VERSION}"),
        });
    }
    let (theirs, ours) = (comparable(sealed, made), comparable(made, made));
    compare("", &theirs, &ours, &mut found);
    for instrument in &sealed.instruments {
        found.extend(wrong_papers(instrument, certificate));
    }
    found
}

fn wrong_papers(instrument: &SealedInstrument, certificate: bool) -> Option<Difference> {
    let wanted = instrument.result.papers(certificate);
    let there: Vec<NumberKind> =
        NumberKind::ALL.into_iter().filter(|kind| instrument.number(*kind).is_some()).collect();
    if NumberKind::ALL.iter().all(|kind| wanted.contains(kind) == there.contains(kind)) {
        return None;
    }
    let words = |kinds: &[NumberKind]| match kinds {
        [] => "нет".to_owned(),
        kinds => kinds.iter().map(|kind| kind.russian()).collect::<Vec<_>>().join(", "),
    };
    Some(Difference {
        field: format!("прибор № {}: документы", instrument.serial_number),
        stands: words(&there),
        expected: words(wanted),
    })
}

/// A view as JSON without the fields that may differ.
fn comparable(view: &SealedView, made: &SealedView) -> Value {
    let mut view = view.clone();
    // `differences` compares the versions.
    (view.version, view.zone_table) = (VIEW_VERSION, ZONE_TABLE_VERSION);
    for instrument in &mut view.instruments {
        (instrument.protocol_number, instrument.certificate_number) = (None, None);
        instrument.notice_number = None;
    }
    if let ([theirs], [ours]) = (view.works.as_mut_slice(), made.works.as_slice())
        && theirs.name == WORK_NAME
    {
        theirs.name.clone_from(&ours.name);
    }
    serde_json::to_value(&view).unwrap_or_default()
}

fn compare(path: &str, theirs: &Value, ours: &Value, found: &mut Vec<Difference>) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for key in theirs.keys().chain(ours.keys().filter(|key| !theirs.contains_key(*key))) {
                let value = |of: &serde_json::Map<String, Value>| of.get(key).cloned();
                let (theirs, ours) = (value(theirs), value(ours));
                let path = joined(path, russian(key));
                compare(&path, &theirs.unwrap_or_default(), &ours.unwrap_or_default(), found);
            }
        }
        (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
            for (at, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
                let name = ours.get("serial_number").and_then(Value::as_str);
                let name = name.map_or_else(|| format!("{}", at + 1), |name| format!("№ {name}"));
                compare(&format!("{path} {name}"), theirs, ours, found);
            }
        }
        (Value::Array(theirs), Value::Array(ours)) => found.push(Difference {
            field: format!("{path}: количество"),
            stands: theirs.len().to_string(),
            expected: ours.len().to_string(),
        }),
        _ if theirs == ours => {}
        _ => found.push(Difference {
            field: path.to_owned(),
            stands: shown(theirs),
            expected: shown(ours),
        }),
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}: {name}") }
}

/// Longest quoted value, characters.
const SHOWN_CHARS: usize = 120;

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => "нет".to_owned(),
        Value::String(text) => word(text).to_owned(),
        Value::Bool(true) => "да".to_owned(),
        Value::Bool(false) => "нет".to_owned(),
        other => other.to_string(),
    };
    crate::texts::one_line(&text).chars().take(SHOWN_CHARS).collect()
}

/// Russian word for a code of the view.
fn word(text: &str) -> &str {
    match text {
        "fit" => "пригоден",
        "unfit" => "непригоден",
        "not_finished" => "не завершено",
        "cold" => "холодная",
        "hot" => "горячая",
        "horizontal" => "горизонтально",
        "vertical" => "вертикально",
        "cash" => "наличными",
        "card" => "картой",
        "transfer" => "переводом",
        "invoice" => "по счёту",
        other => other,
    }
}

/// Russian name of a field.
fn russian(key: &str) -> &str {
    match key {
        "order" => "заявка",
        "visit" => "визит",
        "order_number" => "номер заявки",
        "entity" | "entity_name" => "организация",
        "performer" | "performer_name" => "исполнитель",
        "client" => "клиент",
        "address" => "адрес",
        "date" => "дата",
        "zone" => "часовой пояс",
        "instruments" => "прибор",
        "works" => "работы",
        "name" => "название",
        "sum_kop" => "сумма, коп.",
        "due_kop" => "к оплате, коп.",
        "received_kop" => "получено, коп.",
        "pay_method" => "способ оплаты",
        "type_number" => "номер типа",
        "modification" => "модификация",
        "serial_number" => "заводской номер",
        "year" => "год выпуска",
        "water" => "вода",
        "position" => "положение",
        "method" => "методика",
        "method_version" => "версия методики",
        "result" => "результат",
        "reasons" => "причины",
        "valid_until" => "действительна до",
        "checks" => "проверки",
        "start" => "в начале",
        "end" => "в конце",
        "rows" => "измерение",
        "error_percent" => "погрешность",
        "limit_percent" => "допуск",
        "within" => "в допуске",
        "means" => "средства поверки",
        other => other,
    }
}
