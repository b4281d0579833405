//! What is true of every operation and would be forgotten in one of them: refusals with their
//! codes, security schemes, parts of the path, the key of a repeated request, examples. A handler
//! says only what is its own.

mod examples;
mod refusals;

use serde_json::{Value, json};

use self::refusals::wants_office;

/// What a reader knows before he looks at an operation.
pub(super) const ABOUT: &str = "\
Offline-first field service for the verification of household water meters. The office and phones \
speak this interface; what phones exchange over `/v1/sync` is described in `docs/protocol.md`.

* **Access**: `Authorization: Bearer …`, for the office from `POST /v1/login`, for phones from \
`POST /v1/devices/token`. `office` with the role `admin` means administrators alone.
* **Errors** are `application/problem+json` with a stable `code`, listed in `docs/errors.md`; \
`message` is Russian, for people. Any request may also be answered 400 `text_control`, 404 \
`not_found`, 405 `method_not_allowed` and 431 `head_too_large`.
* **Ids** are UUIDv7 as 32 hexadecimal digits. **Times** are Unix time in milliseconds; days and \
windows are local to the place. **Money** is in kopecks.
* **Versions**: an answer with `ETag` is replaced by a request with `If-Match`; whoever comes \
second is answered 412.
* **Texts** for people are Russian. Control characters are refused.";

/// What a path's part is called, what it names, an example.
const PARTS: [(&str, &str, &str); 20] = [
    ("answer", "The answer of the Fund.", "01a0a3dd89807bc4a71180870f794517"),
    ("kit", "The kit.", "01a0a3dd89807bc4a71180870f794517"),
    ("means", "The means.", "019ca86a3a607703b2d559269a27a08e"),
    ("order", "The order.", "01a08a5fa88073eeb7e96e59ce40f9cb"),
    ("sheet", "The signed sheet, by its seal.", "01a09e8213c0778ab7bdb5626eb0a046"),
    ("paper", "The paper.", "01a09e82fe207382a35c9325bf3273d1"),
    ("package", "The package.", "01a0a3dd89807bc4a71180870f794515"),
    ("person", "The person.", "019cadc69a80738a81e87e79631e602b"),
    ("device", "The phone.", "019cadfd89007263a4dbe41488fb8721"),
    ("call", "The call.", "01a08a643c6077edb360f06acaef2cc8"),
    ("job", "The import.", "01a08a66fb8075e889902207afaeb712"),
    ("kind", "What the table is of: `orders`, `readings`, `types` or `people`.", "orders"),
    ("view", "The named list.", "01a08a66fb8075e889902207afaeb712"),
    ("item", "The batch.", "01a09e9bb64074a3beacd5fa65f2b2e2"),
    ("conflicts/id", "The question.", "01a09e9bb64074a3beacd5fa65f2b2e2"),
    ("incidents/id", "The incident.", "01a09ea04a207d4191834714542dcf3e"),
    ("uploads/id", "The upload, from `Location`.", "ff4085ad157354dc8ea67a848e7c2270"),
    ("session", "The session.", "3f3af1ecebbd1410ab417ec0d27bbfcb"),
    ("token", "What stands after `/s/` in the client's link.", "b1b1bdb480c61d075300d9bff7d9cb69"),
    (
        "sha256",
        "SHA-256 of the photo, 64 hexadecimal digits.",
        "55c64d0fcd6f9d5f7c828093857e3fdfda68478bb4e9bd24d481ef391c7804e8",
    ),
];

/// Completes the description of the whole interface.
pub(super) fn complete(api: &mut Value) {
    api["components"]["securitySchemes"] = schemes();
    let mut used = refusals::Used::default();
    if let Some(paths) = api["paths"].as_object_mut() {
        for (path, operations) in paths {
            let all = operations.as_object_mut().into_iter().flatten();
            for (method, operation) in all.filter(|(method, _)| *method != "parameters") {
                without_full_stop(operation);
                name_parts(path, operation);
                explain_headers(operation);
                offer_key(method, operation);
                refusals::describe((path, method), operation, &mut used);
                as_bytes(operation);
            }
        }
    }
    used.keep(api);
    examples::keep(api);
}

fn schemes() -> Value {
    let bearer = |what: &str| {
        let mut scheme = json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" });
        scheme["description"] = json!(what);
        scheme
    };
    json!({
        "office": bearer("Of a person of the office, from `POST /v1/login`; good for 15 minutes. \
            Operations with the role `admin` are for administrators."),
        "phone": bearer("Of a phone, from `POST /v1/devices/token`; good for 15 minutes."),
        "ticket": {
            "type": "apiKey", "in": "query", "name": "ticket",
            "description": "From `POST /v1/live/ticket`; good for 30 seconds, once.",
        },
    })
}

/// A summary is a heading.
fn without_full_stop(operation: &mut Value) {
    if let Some(summary) = operation["summary"].as_str() {
        operation["summary"] = json!(summary.trim_end_matches('.'));
    }
}

/// Adds a parameter, in place of what the handler said of it.
fn add_parameter(operation: &mut Value, one: Value) {
    let all = &mut operation["parameters"];
    if all.is_null() {
        *all = json!([]);
    }
    if let Some(all) = all.as_array_mut() {
        all.retain(|known| known["in"] != one["in"] || known["name"] != one["name"]);
        all.push(one);
    }
}

/// Parts of the path.
fn name_parts(path: &str, operation: &mut Value) {
    let pieces: Vec<&str> = path.split('/').collect();
    for two in pieces.windows(2) {
        let [before, part] = two else { continue };
        let Some(part) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            continue;
        };
        let long = format!("{before}/{part}");
        let known = PARTS.iter().find(|(name, _, _)| *name == part || *name == long);
        let (what, example) = known.map_or(("", ""), |(_, what, example)| (*what, *example));
        let one = json!({
            "name": part, "in": "path", "required": true, "description": what,
            "schema": { "type": "string" }, "example": example,
        });
        add_parameter(operation, one);
    }
}

/// The header that several operations share.
fn explain_headers(operation: &mut Value) {
    let all = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for one in all.into_iter().flatten() {
        if one["name"] == json!("If-Match") {
            one["description"] = json!(
                "The version that was seen, `ETag` or `version` of the answer that showed it. \
                 Where another one stands by now nothing is written: 412."
            );
            one["example"] = json!("\"3\"");
        }
    }
}

/// Whatever the office posts may be sent under a key (`once.rs`).
fn offer_key(method: &str, operation: &mut Value) {
    if method == "post" && wants_office(operation) {
        let what = "Up to 100 printable characters of the client's choice. The same request of \
            the same person under the same key is carried out once within 24 hours, and its \
            answer is given again, with `Idempotency-Replayed: true`. Without a key it is \
            carried out each time.";
        let one = json!({
            "name": "Idempotency-Key", "in": "header", "required": false, "description": what,
            "schema": { "type": "string", "maxLength": 100 }, "example": "order-2101-1",
        });
        add_parameter(operation, one);
    }
}

/// Bodies that are no JSON and no text.
fn as_bytes(operation: &mut Value) {
    for place in ["requestBody", "responses"] {
        let Some(holder) = operation.get_mut(place) else { continue };
        let holders = holder.as_object_mut().into_iter().flatten().map(|(_, inner)| inner);
        // A request has its kinds of content directly, answers have them by status.
        for inner in holders {
            let content = if place == "responses" { inner.get_mut("content") } else { Some(inner) };
            let kinds = content.and_then(Value::as_object_mut).into_iter().flatten();
            for (kind, body) in kinds {
                if body.is_object() && !kind.starts_with("text/") && !kind.ends_with("json") {
                    body["schema"] = json!({ "type": "string", "format": "binary" });
                }
            }
        }
    }
}
