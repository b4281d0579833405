//! Paths of the document, and the kind of value at each.
//!
//! ```text
//! schema                                                   int, 1
//! visits/{visit}/times/{on_the_way|arrived|departed}       bytes, TimeEvidence
//! visits/{visit}/times/call                                bytes, VisitCall
//! visits/{visit}/instruments/{instrument}/identity/{type_number|modification|serial_number|year|water|position|source}
//! …/conditions/{start|end}/{air_c|humidity_percent|pressure_kpa|water_c|source}
//! …/checks/{visual|operation|tightness}                    bytes, CheckResult
//! …/measurements/{measurement}                             bytes, Measurement; written once
//! …/means/{means}                                          bool; false: taken back
//! …/photos/{sha256}                                        text, kind; «removed»: taken out
//! …/photos/{sha256}.taken                                  bytes, Taken; written once
//! …/outcome/not_verified                                   text, reason
//! visits/{visit}/money/{due_kop|received_kop|method|reason}
//! visits/{visit}/outcome/{kind|comment|rating}             an empty kind: taken back
//! notes/{note}                                             bytes, note; written once
//! labels/{label}                                           bool
//! seals/{seal}/{record|strokes}                            bytes; written once
//! ```

use crate::model::LabelKey;
use crate::texts::is_one_line;

/// Schema number, written by the server into each new document.
pub const SCHEMA: i64 = 1;

pub use crate::limits::{
    BATCH_CHANGES_MAX, BYTES_MAX, CHANGE_BYTES_MAX, CHANGE_OPS_MAX, COUNTER_AHEAD_MAX, COUNTER_MAX,
    DOC_BYTES_MAX, DOC_CHANGES_MAX, PATH_DEPTH_MAX, TEXT_BYTES_MAX,
};

/// Maps at the root, made by the server with the document.
pub const ROOTS: [&str; 4] = ["visits", "notes", "labels", "seals"];
/// Maps in each visit, made with the visit.
pub const VISIT_MAPS: [&str; 4] = ["times", "instruments", "money", "outcome"];
/// Key of the call before the visit, inside `times`.
pub const CALL: &str = "call";
/// Suffix that turns the key of a photo into the key of the photo's time and place.
pub const TAKEN: &str = ".taken";
/// Kind of a photo that was taken out.
pub const PHOTO_REMOVED: &str = "removed";
/// Maps in each instrument, made with the instrument.
pub const INSTRUMENT_MAPS: [&str; 7] =
    ["identity", "conditions", "checks", "measurements", "means", "photos", "outcome"];
/// Maps inside `conditions`, made with the instrument.
pub const CONDITION_MAPS: [&str; 2] = ["start", "end"];

/// Kinds of values in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A map of further paths, made once.
    Map,
    /// Text of at most [`TEXT_BYTES_MAX`] bytes.
    Text,
    /// A decimal as text, for example `0.0310`.
    Decimal,
    /// A signed 64-bit integer.
    Int,
    /// A boolean, `true` or `false`.
    Bool,
    /// A CBOR record that may be written again.
    Record,
    /// A CBOR record that is written once, never changed and never deleted.
    Once,
}

/// Kind of value at a path of the schema; `None` for a path outside the schema.
pub fn kind_of(path: &[&str]) -> Option<Kind> {
    let hex32 = |text: &str| is_hex(text, 32);
    match *path {
        ["schema"] => Some(Kind::Int),
        [root] if ROOTS.contains(&root) => Some(Kind::Map),
        ["notes", id] if hex32(id) => Some(Kind::Once),
        ["labels", key] if is_label(key) => Some(Kind::Bool),
        ["seals", id] if hex32(id) => Some(Kind::Map),
        ["seals", id, "record" | "strokes"] if hex32(id) => Some(Kind::Once),
        ["visits", id, ref rest @ ..] if hex32(id) => visit_kind(rest),
        _ => None,
    }
}

fn visit_kind(rest: &[&str]) -> Option<Kind> {
    match *rest {
        [] => Some(Kind::Map),
        [map] if VISIT_MAPS.contains(&map) => Some(Kind::Map),
        ["times", "on_the_way" | "arrived" | "departed" | CALL] => Some(Kind::Record),
        ["money", "due_kop" | "received_kop"] | ["outcome", "rating"] => Some(Kind::Int),
        ["money", "method" | "reason"] | ["outcome", "kind" | "comment"] => Some(Kind::Text),
        ["instruments", id, ref rest @ ..] if is_hex(id, 32) => instrument_kind(rest),
        _ => None,
    }
}

fn instrument_kind(rest: &[&str]) -> Option<Kind> {
    match *rest {
        [] => Some(Kind::Map),
        [map] if INSTRUMENT_MAPS.contains(&map) => Some(Kind::Map),
        ["identity", "year"] => Some(Kind::Int),
        [
            "identity",
            "type_number" | "modification" | "serial_number" | "water" | "position" | "source",
        ] => Some(Kind::Text),
        ["conditions", "start" | "end"] => Some(Kind::Map),
        ["conditions", "start" | "end", "source"] => Some(Kind::Text),
        [
            "conditions",
            "start" | "end",
            "air_c" | "humidity_percent" | "pressure_kpa" | "water_c",
        ] => Some(Kind::Decimal),
        ["checks", "visual" | "operation" | "tightness"] => Some(Kind::Record),
        ["measurements", id] if is_hex(id, 32) => Some(Kind::Once),
        ["means", id] if is_hex(id, 32) => Some(Kind::Bool),
        ["photos", sha] if is_hex(sha, 64) => Some(Kind::Text),
        ["photos", name] => {
            name.strip_suffix(TAKEN).is_some_and(|sha| is_hex(sha, 64)).then_some(Kind::Once)
        }
        ["outcome", "not_verified"] => Some(Kind::Text),
        _ => None,
    }
}

/// Whether a key is in folded form: an unfolded key would be the same label to some readers only.
fn is_label(key: &str) -> bool {
    is_one_line(key) && LabelKey::new(key).is_some_and(|label| label.as_str() == key)
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_schema_have_a_kind() {
        let id = "0".repeat(32);
        let of = |path: &str| kind_of(&path.replace('@', &id).split('/').collect::<Vec<_>>());
        assert_eq!(of("visits/@/instruments/@/measurements/@"), Some(Kind::Once));
        assert_eq!(of("visits/@/instruments/@/conditions/start/air_c"), Some(Kind::Decimal));
        for strange in [
            "",
            "x",
            "visits/1",
            "visits/@/holder",
            "seals/@/x",
            "visits/@/times/@",
            "visits/@/instruments/@/identity",
        ] {
            let expected = strange.ends_with("identity").then_some(Kind::Map);
            assert_eq!(of(strange), expected, "{strange}");
        }
    }
}
