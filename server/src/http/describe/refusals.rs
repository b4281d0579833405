//! How an operation may be refused: codes that follow from what it takes, and those that its
//! handler names under `x-codes`, a code alone or with the status that it has here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::http::bodies;

/// By status, in the order in which they are told.
type Codes = BTreeMap<u16, Vec<Code>>;

/// What operations share: each is described once.
#[derive(Default)]
pub(super) struct Used {
    codes: BTreeSet<&'static str>,
    responses: BTreeMap<String, Value>,
}

impl Used {
    /// Puts what was used where operations look for it.
    pub(super) fn keep(self, api: &mut Value) {
        api["components"]["responses"] = json!(self.responses);
        for code in self.codes.iter().filter_map(|name| Code::named(name)) {
            let name = example_name(code);
            api["components"]["examples"][name] = json!({ "value": body(code) });
        }
    }
}

fn example_name(code: Code) -> String {
    format!("problem.{}", code.as_str())
}

/// How a refusal with a code looks.
fn body(code: Code) -> Value {
    let mut body = json!({ "code": code.as_str(), "message": code.words() });
    match code {
        Code::FieldInvalid | Code::FieldRequired | Code::TextControl | Code::TooLong => {
            body["field"] = json!("address");
        }
        Code::VersionOld => body["version"] = json!(4),
        _ => {}
    }
    body
}

/// Writes the refusals of an operation.
pub(super) fn describe((path, method): (&str, &str), operation: &mut Value, used: &mut Used) {
    let mut codes = own(operation);
    for (status, more) in general((path, method), operation) {
        let known = codes.entry(status).or_default();
        let more: Vec<Code> = more.into_iter().filter(|code| !known.contains(code)).collect();
        known.extend(more);
    }
    for (status, codes) in codes {
        let response = response(status, &codes, method == "head");
        used.codes.extend(codes.iter().map(|code| code.as_str()));
        // Short lists are the same everywhere; a long one belongs to its operation.
        let shared = codes.len() <= 2 && method != "head";
        operation["responses"][status.to_string()] = if shared {
            let name = name(status, &codes);
            let place = json!({ "$ref": format!("#/components/responses/{name}") });
            used.responses.insert(name, response);
            place
        } else {
            response
        };
    }
}

/// The codes that the handler names.
fn own(operation: &mut Value) -> Codes {
    let mut codes = Codes::new();
    let named = operation.as_object_mut().and_then(|operation| operation.remove("x-codes"));
    for one in named.iter().flat_map(|named| named.as_array().into_iter().flatten()) {
        let (status, name) = match one.as_array().map(Vec::as_slice) {
            Some([status, name]) => (status.as_u64(), name),
            _ => (None, one),
        };
        if let Some(code) = name.as_str().and_then(Code::named) {
            let status = status.map_or(code.status(), |status| status as u16);
            codes.entry(status).or_default().push(code);
        }
    }
    codes
}

/// What causes a refusal. «…; 422 where …» is of that status alone.
fn cause(status: u16, code: Code) -> String {
    let of_status = |part: &str| -> Option<(u16, String)> {
        let (status, words) = part.split_once(' ')?;
        Some((status.parse().ok().filter(|_| status.len() == 3)?, words.to_owned()))
    };
    let (mut usual, mut here) = (Vec::new(), Vec::new());
    for part in code.cause().split("; ") {
        match of_status(part) {
            None => usual.push(part.to_owned()),
            // Whoever reads of a parameter knows that it is one.
            Some((of, words)) if of == status && of != 400 => here.push(words),
            Some(_) => {}
        }
    }
    let words = if here.is_empty() { usual } else { here };
    words.join("; ").replace("[limits.md](limits.md)", "see `docs/limits.md`")
}

fn name(status: u16, codes: &[Code]) -> String {
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let usual = codes.iter().all(|code| code.status() == status);
    if usual { names.join(".") } else { format!("{status}.{}", names.join(".")) }
}

fn response(status: u16, codes: &[Code], head: bool) -> Value {
    let line = |code: &Code| format!("`{}`: {}", code.as_str(), cause(status, *code));
    let description = match codes {
        [one] => line(one),
        all => all.iter().map(|code| format!("* {}\n", line(code))).collect(),
    };
    let mut response = json!({ "description": description.trim_end() });
    if !head {
        let example = |code: &Code| {
            let place = format!("#/components/examples/{}", example_name(*code));
            (code.as_str().to_owned(), json!({ "$ref": place }))
        };
        let examples: serde_json::Map<String, Value> = codes.iter().map(example).collect();
        let schema = json!({ "$ref": "#/components/schemas/ProblemBody" });
        let body = json!({ "schema": schema, "examples": examples });
        response["content"] = json!({ "application/problem+json": body });
    }
    if status == 429 || status == 503 {
        let schema = json!({ "type": "integer" });
        let what = "After how many seconds the same may be tried again.";
        response["headers"]["Retry-After"] = json!({ "schema": schema, "description": what });
    }
    response
}

/// What follows from what an operation takes: see the extractors and `once.rs`.
fn general((path, method): (&str, &str), operation: &Value) -> Codes {
    let mut codes = Codes::new();
    let mut add = |status: u16, more: &[Code]| {
        codes.entry(status).or_default().extend_from_slice(more);
    };
    let has = |place: &str, name: &str| {
        let all = operation["parameters"].as_array().into_iter().flatten();
        let named = |one: &&Value| name.is_empty() || one["name"] == json!(name);
        all.filter(named).any(|one| one["in"] == json!(place))
    };
    add(500, &[Code::Internal]);
    if !["get", "head", "options"].contains(&method) {
        add(507, &[Code::DiskFull]);
    }
    let asked = operation["security"].as_array().map_or(&[][..], Vec::as_slice);
    if !asked.is_empty() && !asked.contains(&json!({})) {
        add(401, &[Code::TokenMissing, Code::TokenExpired]);
    }
    // Where a phone may ask too, a token of the wrong kind is an unknown one.
    if wants_office(operation) && !asked.iter().any(|one| one["phone"].is_array()) {
        add(403, &[Code::Forbidden]);
    }
    if path.contains('{') {
        add(404, &[Code::NotFound]);
    }
    let queried = |one: &Value| one["in"] == json!("query") && one["required"] == json!(true);
    if has("query", "") {
        add(400, &[Code::FieldInvalid, Code::TextControl]);
    }
    if operation["parameters"].as_array().is_some_and(|all| all.iter().any(queried)) {
        add(400, &[Code::FieldRequired]);
    }
    taken(path, &operation["requestBody"], &mut add);
    if has("header", "If-Match") {
        add(412, &[Code::VersionOld]);
        add(428, &[Code::VersionMissing]);
    }
    if has("header", "Idempotency-Key") {
        add(409, &[Code::IdempotencyRunning]);
        add(422, &[Code::IdempotencyKey, Code::IdempotencyMismatch]);
        add(429, &[Code::TooMany]);
    }
    codes
}

/// What follows from a body.
fn taken(path: &str, body: &Value, add: &mut impl FnMut(u16, &[Code])) {
    if !body.is_object() {
        return;
    }
    add(408, &[Code::BodyTooSlow]);
    add(413, &[bodies::too_large_code(path)]);
    let json = body["content"]["application/json"].is_object();
    let must = body["required"] == json!(true);
    if json && must {
        add(415, &[Code::ContentType]);
        add(422, &[Code::FieldRequired]);
    }
    if json {
        add(422, &[Code::BodyUnreadable, Code::FieldInvalid, Code::TextControl]);
    }
}

/// Whether the operation needs a token, and one of the office will do.
pub(super) fn wants_office(operation: &Value) -> bool {
    let asked = operation["security"].as_array().map_or(&[][..], Vec::as_slice);
    !asked.iter().any(|one| one.as_object().is_some_and(Map::is_empty))
        && asked.iter().any(|one| one["office"].is_array())
}
