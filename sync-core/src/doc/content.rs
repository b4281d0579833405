//! Checks of values beyond their kind: known codes, numbers in range, records that decode, texts of
//! visible signs. A value that no reader understands is refused at the time of writing, with its
//! path. Documents of a newer schema are judged by the newer server.

use crate::limits::POINT_CHARS_MAX;
use crate::limits::{IDENTITY_CHARS_MAX, MONEY_KOP_MAX, YEAR_MAX, YEAR_MIN};
use crate::model::{
    CheckResult, Measurement, PayMethod, Position, RATING_MAX, Source, Taken, TimeEvidence,
    VisitCall, VisitOutcome, Water,
};

use super::schema::{CALL, PHOTO_REMOVED, TAKEN};
use super::seal::{Seal, Strokes};
use crate::texts::{is_lines, is_one_line};

/// Last millisecond of the year 2199, unix ms; later clocks are refused.
const AT_MAX_MS: i64 = 7_258_118_399_999;

/// Whether the kind of a photo is known: `serial` (number on the dial), `reading` (dial, no point),
/// `door` (the place as it was found where nobody let the person in), `before:POINT` and `after:POINT` (dial at a point of the method, at most [`POINT_CHARS_MAX`]
/// characters).
pub fn is_photo_kind(kind: &str) -> bool {
    let point = |name: &str| (1..=POINT_CHARS_MAX).contains(&name.chars().count());
    match kind.split_once(':') {
        Some(("before" | "after", name)) => point(name) && is_one_line(name),
        Some(_) => false,
        None => matches!(kind, "serial" | "reading" | "door"),
    }
}

/// Whether a text at a path of choices is one of the choices; a text at any other path passes.
pub(super) fn is_known_code(path: &[&str], text: &str) -> bool {
    match path {
        ["visits", _, "money", "method"] => PayMethod::from_code(text).is_some(),
        ["visits", _, "outcome", "kind"] => {
            text.is_empty() || VisitOutcome::from_code(text).is_some()
        }
        [.., "identity", "water"] => Water::parse(text).is_some(),
        [.., "identity", "position"] => Position::parse(text).is_some(),
        [.., "identity" | "start" | "end", "source"] => Source::from_code(text).is_some(),
        [.., "photos", _] => text == PHOTO_REMOVED || is_photo_kind(text),
        [.., "identity", _] => is_one_line(text) && text.chars().count() <= IDENTITY_CHARS_MAX,
        _ => true,
    }
}

/// Whether a whole number is within the range of its path; other paths have no range.
pub(super) fn is_in_range(path: &[&str], number: i64) -> bool {
    match path {
        [.., "money", "due_kop" | "received_kop"] => (0..=MONEY_KOP_MAX).contains(&number),
        [.., "outcome", "rating"] => (1..=i64::from(RATING_MAX)).contains(&number),
        [.., "identity", "year"] => (YEAR_MIN..=YEAR_MAX).contains(&number),
        _ => true,
    }
}

/// Whether a record decodes as the type of its path, with plain texts in it.
pub(super) fn is_known_record(path: &[&str], bytes: &[u8]) -> bool {
    match path {
        [.., "times", key] if *key == CALL => {
            read::<VisitCall>(bytes).is_some_and(|call| is_lines(&call.comment))
        }
        [.., "times", _] => {
            read::<TimeEvidence>(bytes).is_some_and(|at| (0..=AT_MAX_MS).contains(&at.at.0))
        }
        [.., "checks", _] => {
            read::<CheckResult>(bytes).is_some_and(|check| is_lines(&check.reason))
        }
        [.., "measurements", _] => {
            read::<Measurement>(bytes).is_some_and(|row| is_one_line(&row.point))
        }
        [.., "photos", name] if name.ends_with(TAKEN) => read::<Taken>(bytes).is_some(),
        ["notes", _] => {
            read::<(String, TimeEvidence)>(bytes).is_some_and(|(text, _)| is_lines(&text))
        }
        // Signed records are kept as they came: the server compares them with a view of its own
        // making.
        ["seals", _, "record"] => read::<Seal>(bytes).is_some(),
        ["seals", _, "strokes"] => bytes.is_empty() || read::<Strokes>(bytes).is_some(),
        _ => true,
    }
}

fn read<T: for<'b> minicbor::Decode<'b, ()>>(bytes: &[u8]) -> Option<T> {
    minicbor::decode(bytes).ok()
}
