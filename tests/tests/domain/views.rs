//! Lists of orders with a name: a person's own, and everybody's.

use serde_json::{Value, json};
use vyezd_server::limits::office::{VIEW_QUERY_CHARS_MAX, VIEWS_MAX};
use vyezd_story::on_both_databases;
use vyezd_tests::World;

use crate::office_trust::{expect, said};

fn keep(world: &mut World, name: &str, query: &str, shared: bool) -> Value {
    let body = json!({ "name": name, "query": query, "shared": shared });
    world.office.post("/v1/views", &body).expect("the list is kept")
}

fn names(views: &Value) -> Vec<(String, bool, String)> {
    let text = |of: &Value| of.as_str().unwrap().to_owned();
    let views = views.as_array().unwrap().iter();
    views.map(|of| (text(&of["name"]), of["shared"] == true, text(&of["query"]))).collect()
}

#[on_both_databases]
fn a_list_is_kept_changed_and_removed(mut world: World) {
    keep(&mut world, "Мои на завтра", "sort=time", false);
    let all = keep(&mut world, "Аварийные", "urgency=emergency", true);
    let both = |query: &str| {
        [
            ("Аварийные".to_owned(), true, "urgency=emergency".to_owned()),
            ("Мои на завтра".to_owned(), false, query.to_owned()),
        ]
    };
    assert_eq!(names(&all), both("sort=time"));
    // The same name of the same owner gets other filters.
    let all = keep(&mut world, "мои на ЗАВТРА", "sort=newest", false);
    assert_eq!(names(&all), both("sort=newest"));
    let id = all[1]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/views/{id}");
    assert_eq!(world.office.send("DELETE", &path, &[], &Value::Null).unwrap().status, 204);
    assert_eq!(world.office.send("DELETE", &path, &[], &Value::Null).unwrap().status, 404);
    assert_eq!(names(&world.office.get("/v1/views").unwrap()).len(), 1);
}

#[on_both_databases]
fn lists_are_bounded(mut world: World) {
    let ask = |world: &mut World, name: &str, query: &str| {
        said(world, "/v1/views", &json!({ "name": name, "query": query, "shared": false }))
    };
    expect(&ask(&mut world, " ", ""), 422, "field_required", "name");
    expect(&ask(&mut world, &"б".repeat(121), ""), 422, "too_long", "name");
    let long = "q".repeat(VIEW_QUERY_CHARS_MAX + 1);
    expect(&ask(&mut world, "а", &long), 422, "too_long", "query");
    for n in 0..VIEWS_MAX {
        keep(&mut world, &format!("список {n}"), "", false);
    }
    expect(&ask(&mut world, "ещё один", ""), 422, "too_many", "name");
    keep(&mut world, "общий", "", true);
}
