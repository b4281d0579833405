//! What is true of every operation and would be forgotten in one of them: refusals, the two kinds of
//! token, the parts of the path.

use serde_json::{Map, Value, json};

/// What an office's person shows.
const OFFICE: &str = "office";
/// What a phone shows.
const PHONE: &str = "phone";

/// Whose token an address wants.
fn tokens(path: &str) -> &'static [&'static str] {
    let phone = ["/v1/sync", "/v1/live", "/v1/uploads", "/v1/push/"];
    if path.starts_with("/v1/photos/") {
        &[OFFICE, PHONE]
    } else if phone.iter().any(|head| path.starts_with(head)) {
        &[PHONE]
    } else {
        &[OFFICE]
    }
}

/// Completes the description of the whole interface.
pub(super) fn complete(api: &mut Value) {
    let scheme = |what: &str| json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": what });
    api["components"]["securitySchemes"] = json!({
        OFFICE: scheme("Токен сотрудника офиса: POST /v1/login"),
        PHONE: scheme("Токен телефона: POST /v1/devices/token"),
    });
    let Some(paths) = api["paths"].as_object_mut() else { return };
    for (path, operations) in paths {
        let all = operations.as_object_mut().into_iter().flatten();
        for (method, operation) in all.filter(|(method, _)| *method != "parameters") {
            secure(path, operation);
            name_parts(path, operation);
            refuse(path, method, operation);
        }
    }
}

fn secure(path: &str, operation: &mut Value) {
    let Some(asked) = operation["security"].as_array() else { return };
    let free = asked.iter().any(|one| one.as_object().is_some_and(Map::is_empty));
    let mut tokens: Vec<Value> = tokens(path).iter().map(|kind| json!({ *kind: [] })).collect();
    if free {
        tokens.insert(0, json!({}));
    }
    operation["security"] = Value::Array(tokens);
}

/// Parts of the path that the handler did not name.
fn name_parts(path: &str, operation: &mut Value) {
    let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    for part in parts {
        if operation["parameters"].is_null() {
            operation["parameters"] = json!([]);
        }
        let Some(known) = operation["parameters"].as_array_mut() else { return };
        if !known.iter().any(|one| one["in"] == json!("path") && one["name"] == json!(part)) {
            let schema = json!({ "type": "string" });
            known.push(json!({ "name": part, "in": "path", "required": true, "schema": schema }));
        }
    }
}

fn refuse(path: &str, method: &str, operation: &mut Value) {
    let secured = operation["security"].is_array();
    let body = operation["requestBody"].is_object();
    let asked = operation["parameters"].as_array().is_some_and(|all| !all.is_empty());
    let mut told =
        vec![("422", "запрос не годится"), ("429", "слишком часто"), ("500", "ошибка сервера")];
    let queried = |all: &Vec<Value>| all.iter().any(|one| one["in"] == json!("query"));
    if operation["parameters"].as_array().is_some_and(queried) {
        told.push(("400", "параметр не годится"));
    }
    if secured {
        told.extend([("401", "нужно войти"), ("403", "недостаточно прав")]);
    }
    if path.contains('{') {
        told.push(("404", "не найдено"));
    }
    if body {
        told.extend([
            ("408", "слишком медленно"),
            ("413", "слишком много"),
            ("415", "не тот вид данных"),
        ]);
    }
    if !asked && !body {
        told.retain(|(status, _)| *status != "422");
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, words) in told {
        responses.entry(status).or_insert_with(|| json!({ "description": words }));
    }
    for (status, response) in responses {
        let refusal = status.starts_with('4') || status.starts_with('5');
        if refusal && method != "head" {
            let schema = json!({ "schema": { "$ref": "#/components/schemas/ProblemBody" } });
            response["content"] = json!({ "application/problem+json": schema });
        }
        if status == "429" {
            let schema = json!({ "schema": { "type": "integer" }, "description": "секунд" });
            response["headers"] = json!({ "Retry-After": schema });
        }
    }
}
