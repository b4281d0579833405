//! Examples. A type has its own beside its fields; what it holds of other types comes from theirs,
//! so nothing is written twice, and an example follows its type.

use serde_json::{Map, Value, json};

const HEAD: &str = "#/components/schemas/";

/// Bodies that are tables and events: the operation, its example.
const TEXTS: [(&str, &str); 8] = [
    (
        "take_fund_answer",
        "<protocol xmlns=\"urn://fgis-arshin.gost.ru/module-verifications/protocol/2020-06-19\">\
         <appProcessed><record corrID=\"1\"><success><globalID>402123271</globalID>\
         <certNum>С-ВУП/14-09-2026/402123271</certNum></success></record></appProcessed></protocol>",
    ),
    (
        "take_fund_numbers",
        "рег_номер;заводской_номер;дата_поверки;номер_записи\n\
         16078-13;00451207;2026-09-14;С-ВУП/14-09-2026/402123271\n",
    ),
    (
        "import_orders",
        "заявка;дата;окно;вид;срочность;клиент;телефон;район;адрес;подъезд;этаж;домофон;рег_номер;\
         модификация;заводской_номер;год_выпуска;вода;положение;цена_руб;комментарий\n\
         2101;2026-09-14;09:00-11:00;поверка;плановая;Лаптева Нина Андреевна;+7 927 110-21-01;\
         Октябрьский;г. Саратов, ул. Чапаева, д. 8, кв. 12;1;3;12к;16078-13;СХВ-15;00451207;2020;\
         холодная;горизонтально;900;собака\n",
    ),
    (
        "import_readings",
        "заявка;заводской_номер;точка;расход_м3ч;начало_м3;конец_м3;эталон_м3;длительность_с;\
         темп_воды_С;темп_воздуха_С;влажность_проц;давление_кПа;внешний_осмотр;опробование;\
         герметичность;источник\n\
         2101;00451207;Qмин;0,031;412,3300;412,3363;0,0062;720;11,8;21,4;48;99,8;да;да;да;ввод\n",
    ),
    (
        "import_types",
        "type_number;modification;dn_mm;method;q_min_b_m3h;q_min_a_m3h;q_t_b_m3h;q_t_a_m3h;\
         q_nom_m3h;q_max_m3h;limit_below_q_t_percent;limit_from_q_t_percent;interval_cold_years;\
         interval_hot_years\n\
         24860-03;EV-AM1;15;МИ 1592-2015;0.03;0.06;0.12;0.15;1.5;3;5;2;6;4\n",
    ),
    (
        "import_people",
        "фио;имя_входа;роль;телефон;аттестация_до;районы\n\
         Анохина Анна Сергеевна;anohina;поверитель;+7 900 100-00-01;31.12.2030;Октябрьский, Волжский\n",
    ),
    ("import_template", "фио;имя_входа;роль;телефон;аттестация_до;районы\r\n"),
    ("open_live_events", "event: poke\ndata: {\"epoch\":1,\"seq\":4210}\n\n"),
];

/// Moves examples to where operations and readers find them by name.
pub(super) fn keep(api: &mut Value) {
    let schemas = api["components"]["schemas"].take();
    let names: Vec<&String> = schemas.as_object().into_iter().flat_map(Map::keys).collect();
    for name in names {
        if let Some(example) = of_type(&schemas, name) {
            api["components"]["examples"][name] = json!({ "value": example });
        }
    }
    for operations in api["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for operation in operations.as_object_mut().into_iter().flat_map(Map::values_mut) {
            refer(&schemas, operation);
        }
    }
    let mut schemas = schemas;
    for schema in schemas.as_object_mut().into_iter().flat_map(Map::values_mut) {
        forget(schema);
    }
    api["components"]["schemas"] = schemas;
}

fn forget(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("example");
        schema
            .get_mut("allOf")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
            .for_each(forget);
    }
}

/// The whole example of a type that has one.
fn of_type(schemas: &Value, name: &str) -> Option<Value> {
    let mut example = Map::new();
    if !own(schemas, &schemas[name], &mut example) {
        return None;
    }
    complete(schemas, &schemas[name], &mut example);
    Some(Value::Object(example))
}

/// What a schema is put together from.
fn parts<'a>(schemas: &'a Value, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let all = schema["allOf"].as_array().into_iter().flatten();
    all.map(|part| of_place(part).map_or(part, |name| &schemas[name]))
}

/// Examples that stand beside fields; whether there was one.
fn own(schemas: &Value, schema: &Value, example: &mut Map<String, Value>) -> bool {
    let mut found = false;
    for part in parts(schemas, schema) {
        found |= own(schemas, part, example);
    }
    if let Some(mine) = schema["example"].as_object() {
        found = true;
        example.extend(mine.clone());
    }
    found
}

/// Adds what an example lacks of other types.
fn complete(schemas: &Value, schema: &Value, example: &mut Map<String, Value>) {
    for part in parts(schemas, schema) {
        complete(schemas, part, example);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        if !example.contains_key(name)
            && let Some(value) = of_schema(schemas, property)
        {
            example.insert(name.clone(), value);
        }
    }
}

/// What a property or a body shows of named types.
fn of_schema(schemas: &Value, schema: &Value) -> Option<Value> {
    if let Some(name) = of_place(schema) {
        return of_type(schemas, name);
    }
    let items = schema.get("items")?;
    Some(json!([of_schema(schemas, items)?]))
}

/// Names the examples of an operation's bodies.
fn refer(schemas: &Value, operation: &mut Value) {
    let Some(id) = operation["operationId"].as_str().map(str::to_owned) else { return };
    let text = TEXTS.iter().find(|(known, _)| *known == id).map(|(_, text)| *text);
    if let Some(asked) = operation.get_mut("requestBody") {
        name_example(schemas, asked, text);
    }
    let answers = operation["responses"].as_object_mut().into_iter().flatten();
    for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
        name_example(schemas, answer, text);
    }
}

fn name_example(schemas: &Value, holder: &mut Value, text: Option<&str>) {
    let content = holder.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten();
    for (kind, body) in content {
        if kind.starts_with("text/") {
            body["example"] = json!(text);
        } else if kind == "application/json" {
            let named = named(&body["schema"]);
            if let Some(name) = named.filter(|name| of_type(schemas, name).is_some()) {
                let place = format!("#/components/examples/{name}");
                body["examples"] = json!({ name: { "$ref": place } });
            } else if let Some(value) = of_schema(schemas, &body["schema"]) {
                body["example"] = value;
            }
        }
    }
}

/// The type of a body, also of one that may be left out.
fn named(schema: &Value) -> Option<String> {
    of_place(schema).or_else(|| of_place(&schema["oneOf"][0])).map(str::to_owned)
}

/// The type that a schema refers to.
fn of_place(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(HEAD)
}
