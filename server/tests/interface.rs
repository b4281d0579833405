//! The description of the interface holds together: every operation is explained, and every example
//! is what its type says.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Operations that ask for nobody's token.
const PUBLIC: [&str; 10] = [
    "log_in",
    "refresh_tokens",
    "enrol_phone",
    "ask_challenge",
    "get_phone_token",
    "get_push_key",
    "get_upload_options",
    "get_public_firm",
    "get_client_sheet",
    "download_client_paper",
];

fn api() -> Value {
    serde_json::from_str(&vyezd_server::http::openapi()).expect("the description is JSON")
}

/// Every operation under its id.
fn operations(api: &Value) -> Vec<(String, &Value)> {
    let paths = api["paths"].as_object().expect("paths").values();
    let all = paths.flat_map(|methods| methods.as_object().expect("methods").values());
    all.map(|one| (one["operationId"].as_str().expect("an id").to_owned(), one)).collect()
}

/// The type that a place names, or the value itself.
fn follow<'a>(api: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
    place.map_or(value, |place| {
        api.pointer(place).unwrap_or_else(|| panic!("{place} leads nowhere"))
    })
}

fn cyrillic(text: &str) -> bool {
    text.chars().any(|sign| ('\u{400}'..='\u{52f}').contains(&sign))
}

/// A text without what stands in «» and in ``: terms and what is written literally.
fn unquoted(text: &str) -> String {
    let mut depth = 0;
    let mut code = false;
    let mut rest = String::new();
    for sign in text.chars() {
        match sign {
            '`' => code = !code,
            '«' => depth += 1,
            '»' => depth -= 1,
            sign if depth == 0 && !code => rest.push(sign),
            _ => {}
        }
    }
    rest
}

/// Every text under a name, with where it stands.
fn texts(value: &Value, name: &str, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(all) => {
            for (key, inner) in all.iter().filter(|(key, _)| !key.starts_with("example")) {
                match inner {
                    Value::String(text) if key == name => found.push((at.to_owned(), text.clone())),
                    inner => texts(inner, name, &format!("{at}/{key}"), found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|inner| texts(inner, name, at, found)),
        _ => {}
    }
}

#[test]
fn every_operation_is_explained() {
    let api = api();
    let tags: Vec<&Value> =
        api["tags"].as_array().expect("tags").iter().map(|t| &t["name"]).collect();
    let (mut ids, mut wrong) = (BTreeSet::new(), Vec::new());
    for (id, one) in operations(&api) {
        let mut check = |right: bool, what: &str| {
            if !right {
                wrong.push(format!("{id}: {what}"));
            }
        };
        let summary = one["summary"].as_str().unwrap_or_default();
        check((1..=70).contains(&summary.chars().count()), "summary");
        check(!cyrillic(summary) && !summary.ends_with('.'), "summary in English, a heading");
        check(tags.contains(&&one["tags"][0]), "a tag that is explained");
        check(one.get("x-codes").is_none(), "codes became answers");
        let public = PUBLIC.contains(&id.as_str());
        check(public != one["security"].is_array(), "security, or among the public ones");
        for parameter in one["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let what = parameter["description"].as_str().unwrap_or_default();
            check(!what.is_empty(), &format!("what {name} is"));
        }
        let responses = one["responses"].as_object().expect("responses");
        let has = |head: char| responses.keys().any(|status| status.starts_with(head));
        check(has('2') || has('1'), "an answer of success");
        check(has('4') || has('5'), "a refusal");
        for (status, response) in responses {
            let response = follow(&api, response);
            let what = response["description"].as_str().unwrap_or_default();
            check(!what.is_empty(), &format!("what {status} is"));
            let refusal = status.starts_with(['4', '5']);
            let problem = response["content"]["application/problem+json"].is_object();
            let body = refusal && id != "get_upload_offset";
            check(body == problem, &format!("the body of {status}"));
        }
        check(ids.insert(id.clone()), "an id of its own");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn it_speaks_one_language() {
    let api = api();
    for name in ["summary", "description", "name", "title"] {
        let mut found = Vec::new();
        texts(&api, name, "", &mut found);
        assert!(found.len() > 1 || name == "title", "{name}");
        for (at, text) in found {
            assert!(!cyrillic(&unquoted(&text)), "{at}: {name} «{text}»");
        }
    }
}

#[test]
fn every_field_of_a_type_is_explained() {
    let api = api();
    let mut wrong = Vec::new();
    for (name, schema) in api["components"]["schemas"].as_object().expect("schemas") {
        let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
        let fields = parts.filter_map(|part| part["properties"].as_object()).flatten();
        for (field, property) in fields {
            let said = property["description"].is_string() || property["oneOf"].is_array();
            if !said && property["$ref"].is_null() {
                wrong.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_body_has_an_example() {
    let api = api();
    for (id, one) in operations(&api) {
        let answers = one["responses"].as_object().expect("responses").iter();
        let answers = answers.filter(|(status, _)| status.starts_with('2')).map(|(_, body)| body);
        for holder in answers.chain([&one["requestBody"]]) {
            for (kind, body) in holder["content"].as_object().into_iter().flatten() {
                let binary = body["schema"]["format"] == json!("binary");
                let shown = !body["example"].is_null() || body["examples"].is_object();
                assert!(binary || shown, "{id}: {kind}");
            }
        }
    }
}

#[test]
fn every_example_is_what_its_type_says() {
    let api = api();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (name, schema) in api["components"]["schemas"].as_object().expect("schemas") {
        if schema["properties"].is_object() || schema["allOf"].is_array() {
            let example = &api["components"]["examples"][name]["value"];
            fits(&api, schema, example, name, &mut wrong);
            count += 1;
        }
    }
    for (name, example) in api["components"]["examples"].as_object().expect("examples") {
        if name.starts_with("problem.") {
            let schema = &api["components"]["schemas"]["ProblemBody"];
            fits(&api, schema, &example["value"], name, &mut wrong);
        } else {
            assert!(api["components"]["schemas"][name].is_object(), "{name} is no type");
        }
    }
    for (id, one) in operations(&api) {
        let holders = one["responses"].as_object().expect("responses").values();
        for holder in holders.chain([&one["requestBody"]]) {
            let content = follow(&api, holder)["content"].as_object();
            for body in content.into_iter().flat_map(|content| content.values()) {
                let named = body["examples"].as_object().into_iter().flat_map(|all| all.values());
                let named = named.map(|one| &follow(&api, one)["value"]);
                for example in named.chain(body.get("example")) {
                    fits(&api, &body["schema"], example, &id, &mut wrong);
                    count += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 150, "{count} examples were looked at");
}

#[test]
fn a_wrong_example_is_found() {
    let api =
        json!({ "components": { "schemas": { "Colour": { "type": "string", "enum": ["red"] } } } });
    let schema = json!({
        "type": "object", "required": ["colour", "n"],
        "properties": {
            "colour": { "$ref": "#/components/schemas/Colour" },
            "n": { "type": "integer", "minimum": 1 },
            "state": { "type": "string", "description": "Where it is: `on`, `off` or `lost`." },
            "more": { "type": ["array", "null"], "items": { "type": "string", "maxLength": 2 } },
        },
    });
    let found = |example: Value| {
        let mut wrong = Vec::new();
        fits(&api, &schema, &example, "", &mut wrong);
        wrong.len()
    };
    assert_eq!(found(json!({ "colour": "red", "n": 1, "more": null })), 0);
    assert_eq!(found(json!({ "colour": "red", "n": 1, "more": ["ab"], "state": "lost" })), 0);
    let all = [
        json!("red"),
        json!({ "colour": "red" }),
        json!({ "colour": "blue", "n": 1 }),
        json!({ "colour": "red", "n": 0 }),
        json!({ "colour": "red", "n": "1" }),
        json!({ "colour": "red", "n": 1, "more": ["abc"] }),
        json!({ "colour": "red", "n": 1, "less": true }),
        json!({ "colour": "red", "n": 1, "state": "away" }),
    ];
    for example in all {
        assert_eq!(found(example.clone()), 1, "{example}");
    }
}

/// Words of JSON Schema that say nothing about a value, or are looked at beside another.
const SILENT: [&str; 6] = ["description", "format", "items", "required", "properties", "type"];

/// Looks whether an example is what a schema says. A word of it that is not known here is a fault.
fn fits(api: &Value, schema: &Value, example: &Value, at: &str, wrong: &mut Vec<String>) {
    let mut no = |why: String| wrong.push(format!("{at}: {why}"));
    if schema["$ref"].is_string() {
        return fits(api, follow(api, schema), example, at, wrong);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(example, kind)) {
        return no(format!("{example} is no {}", kinds.join(" or ")));
    }
    for (word, said) in schema.as_object().expect("a schema") {
        let length = example.as_str().map(|text| text.chars().count() as u64);
        let right = match word.as_str() {
            "enum" => said.as_array().is_some_and(|all| all.contains(example)),
            "minimum" => example.as_f64() >= said.as_f64() || example.is_null(),
            "maximum" => example.as_f64() <= said.as_f64() || example.is_null(),
            "maxLength" => length <= said.as_u64(),
            "oneOf" => one_of(api, said, example),
            "allOf" | "additionalProperties" => true,
            word => SILENT.contains(&word),
        };
        if !right {
            no(format!("{word} {said} against {example}"));
        }
    }
    if let (Some(words), Some(text)) = (words_of(schema), example.as_str())
        && !words.contains(&text)
    {
        no(format!("«{text}» is none of {}", words.join(", ")));
    }
    if schema["oneOf"].is_array() {
        return;
    }
    if let Some(all) = example.as_array() {
        for one in all {
            fits(api, &schema["items"], one, at, wrong);
        }
    }
    if let Some(all) = example.as_object() {
        fields(api, schema, all, at, wrong);
    }
}

/// The words that a field may have, where its description ends in a list of them.
fn words_of(schema: &Value) -> Option<Vec<&str>> {
    let list = schema["description"].as_str()?.trim_end_matches('.').rsplit(": ").next()?;
    let words = list.split(", ").flat_map(|part| part.split(" or "));
    let words = words.map(|word| word.strip_prefix('`')?.strip_suffix('`'));
    words.collect::<Option<Vec<&str>>>().filter(|words| words.len() > 1)
}

fn is(example: &Value, kind: &str) -> bool {
    match kind {
        "string" => example.is_string(),
        "integer" => example.is_i64() || example.is_u64(),
        "number" => example.is_number(),
        "boolean" => example.is_boolean(),
        "array" => example.is_array(),
        "object" => example.is_object(),
        _ => example.is_null(),
    }
}

fn one_of(api: &Value, all: &Value, example: &Value) -> bool {
    let fit = |schema: &&Value| {
        let mut wrong = Vec::new();
        fits(api, schema, example, "", &mut wrong);
        wrong.is_empty()
    };
    all.as_array().is_some_and(|all| all.iter().filter(fit).count() == 1)
}

type Fields = serde_json::Map<String, Value>;

/// Looks at the fields of an object, whose type may be put together from others.
fn fields(api: &Value, schema: &Value, example: &Fields, at: &str, wrong: &mut Vec<String>) {
    let mut parts = vec![schema];
    let mut known = BTreeSet::new();
    while let Some(part) = parts.pop() {
        let part = follow(api, part);
        parts.extend(part["allOf"].as_array().into_iter().flatten());
        for name in part["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !example.contains_key(name) {
                wrong.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            known.insert(name.as_str());
            if let Some(value) = example.get(name) {
                fits(api, property, value, &format!("{at}.{name}"), wrong);
            }
        }
    }
    for name in example.keys().filter(|name| !known.contains(name.as_str())) {
        wrong.push(format!("{at}: there is no {name}"));
    }
}
