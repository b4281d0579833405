//! What a library says of a request that it cannot read, as a person may hear it: which field, and what
//! is wanted there. Pure.

use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::code::Code;
use crate::problem::Problem;

/// What was wanted: how the library's words end or begin, and ours.
const WANTED: [(&str, &str); 9] = [
    ("a string", "нужна строка"),
    ("a boolean", "нужно true или false"),
    ("a sequence", "нужен список"),
    ("a map", "нужен объект"),
    ("struct ", "нужен объект"),
    ("i", "нужно целое число"),
    ("u", "нужно целое число, не меньше нуля"),
    ("f", "нужно число"),
    ("a number", "нужно число"),
];
/// What the standard library says of a text that is no whole number.
const NO_NUMBER: [&str; 4] =
    ["invalid digit", "number too ", "cannot parse integer", "invalid float"];

/// A body that is no JSON.
pub(super) fn syntax(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let words = match error.classify() {
        Category::Eof => "тело запроса не читается: JSON обрывается".to_owned(),
        _ => format!("тело запроса не читается: это не JSON (строка {line}, знак {column})"),
    };
    Problem::Body("body".to_owned(), Code::BodyUnreadable, words)
}

/// A body of other fields than are wanted.
pub(super) fn body(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let (field, code, words) = describe_error(error.path(), &error.inner().to_string());
    Problem::Body(if field.is_empty() { "body".to_owned() } else { field }, code, words)
}

/// A query of other parameters than are wanted.
pub(super) fn query(error: &serde_path_to_error::Error<serde::de::value::Error>) -> Problem {
    let (field, code, words) = describe_error(error.path(), &error.inner().to_string());
    Problem::Asked(if field.is_empty() { "query".to_owned() } else { field }, code, words)
}

fn describe_error(path: &Path, why: &str) -> (String, Code, String) {
    let mut names: Vec<String> = path.iter().filter_map(name).collect();
    if let Some(missing) = quoted(why, "missing field `") {
        names.push(missing);
        return (names.join("."), Code::FieldRequired, "нужно заполнить".to_owned());
    }
    if let Some(twice) = quoted(why, "duplicate field `") {
        names.push(twice);
        return (names.join("."), Code::FieldInvalid, "указано дважды".to_owned());
    }
    (names.join("."), Code::FieldInvalid, wanted(why).to_owned())
}

fn name(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    }
}

fn quoted(why: &str, head: &str) -> Option<String> {
    let (name, _) = why.strip_prefix(head)?.split_once('`')?;
    Some(name.to_owned())
}

fn wanted(why: &str) -> &'static str {
    if NO_NUMBER.iter().any(|head| why.starts_with(head)) {
        return "нужно целое число";
    }
    let Some((_, wanted)) = why.rsplit_once("expected ") else {
        return "такое значение не годится";
    };
    let number = |head: &str| {
        let bits = wanted.strip_prefix(head).unwrap_or_default();
        bits.starts_with(|sign: char| sign.is_ascii_digit()) || bits.starts_with("size")
    };
    let fits = |head: &str| if head.len() == 1 { number(head) } else { wanted.starts_with(head) };
    let ours = WANTED.iter().find(|(head, _)| fits(head));
    ours.map_or("такое значение не годится", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read in")]
    struct Row {
        name: String,
        year: Option<u16>,
        sum: i64,
        done: bool,
        rows: Vec<Row>,
    }

    fn describe_of(text: &str) -> (String, Code, String) {
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        match serde_path_to_error::deserialize::<_, Row>(value).map_err(|error| body(&error)) {
            Err(Problem::Body(field, code, words)) => (field, code, words),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_field_is_named_where_it_stands() {
        let row = |rows: &str| format!(r#"{{"name": "", "sum": 0, "done": true, "rows": {rows}}}"#);
        for (text, field, code, words) in [
            (row(r#"[{"name": 7}]"#), "rows.0.name", Code::FieldInvalid, "нужна строка"),
            (row(r#"[{"name": ""}]"#), "rows.0.sum", Code::FieldRequired, "нужно заполнить"),
            (row("7"), "rows", Code::FieldInvalid, "нужен список"),
            (row("[7]"), "rows.0", Code::FieldInvalid, "нужен объект"),
            (
                r#"{"year": -1}"#.to_owned(),
                "year",
                Code::FieldInvalid,
                "нужно целое число, не меньше нуля",
            ),
            (r#"{"sum": 1.5}"#.to_owned(), "sum", Code::FieldInvalid, "нужно целое число"),
            (r#"{"done": "да"}"#.to_owned(), "done", Code::FieldInvalid, "нужно true или false"),
            ("[]".to_owned(), "body", Code::FieldInvalid, "нужен объект"),
        ] {
            assert_eq!(describe_of(&text), (field.to_owned(), code, words.to_owned()), "{text}");
        }
    }
}
