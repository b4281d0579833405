//! What no compiler checks: where things may stand.

use std::fs;
use std::path::{Path, PathBuf};

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let skip = ["target", "node_modules", "dist", "generated"];
        if path.is_dir() {
            if !skip.iter().any(|name| path.ends_with(name)) {
                files(&path, found);
            }
        } else {
            found.push(path);
        }
    }
}

fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in folders {
        files(&root.join(folder), &mut found);
    }
    found
        .into_iter()
        .filter(|path| {
            path.extension().is_some_and(|e| ["rs", "ts", "svelte"].iter().any(|known| e == *known))
        })
        .map(|path| {
            (
                path.strip_prefix(&root).unwrap().display().to_string(),
                fs::read_to_string(path).unwrap(),
            )
        })
        .collect()
}

#[test]
fn sql_is_only_in_the_store_and_printpdf_only_in_draw() {
    for (path, text) in sources(&["server/src", "pdf/src", "sync-core/src", "app-bindings/src"]) {
        if !path.starts_with("server/src/store") {
            assert!(!text.contains("sqlx::query"), "SQL in {path}");
        }
        if path != "pdf/src/draw.rs" {
            assert!(!text.contains("use printpdf"), "printpdf in {path}");
        }
    }
}

#[test]
fn no_file_holds_two_ideas() {
    for (path, text) in sources(&[
        "server/src",
        "pdf/src",
        "sync-core/src",
        "app-bindings/src",
        "tests/src",
        "web/office",
        "web/field",
        "web/client",
    ]) {
        let lines = text.lines().count();
        assert!(lines <= 600, "{path} has {lines} lines: is there a second idea in it?");
    }
}

#[test]
fn migrations_stand_in_order() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/migrations");
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for (at, name) in names.iter().enumerate() {
        assert!(name.starts_with(&format!("{:04}_", at + 1)), "{name}");
    }
}

#[test]
fn the_page_of_limits_is_what_the_code_says_and_every_test_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/limits.md")).unwrap();
    let table = vyezd_server::limits::table();
    assert!(page.ends_with(&table), "docs/limits.md: `vyezd limits` prints another table");
    for (_, limits) in vyezd_server::limits::SECTIONS {
        for limit in limits {
            assert!(root.join(limit.test).exists(), "{}: there is no {}", limit.name, limit.test);
        }
    }
}

#[test]
fn the_page_of_errors_is_what_the_code_says_and_every_limit_answers_with_a_known_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/errors.md")).unwrap();
    let table = vyezd_server::code::table();
    assert!(page.contains(&table), "docs/errors.md: `vyezd errors` prints other tables");
    let protocol = fs::read_to_string(root.join("docs/protocol.md")).unwrap();
    for (_, limits) in vyezd_server::limits::SECTIONS {
        for limit in limits.iter().filter(|limit| limit.code != "-") {
            let named = format!("`{}`", limit.code);
            let known = page.contains(&named) || protocol.contains(&named);
            assert!(known, "{}: no page explains {named}", limit.name);
        }
    }
}

#[test]
fn every_code_of_the_phone_is_on_the_page_of_errors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/errors.md")).unwrap();
    let source = fs::read_to_string(root.join("sync-core/src/client/error.rs")).unwrap();
    let codes: Vec<&str> =
        source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(codes.len() > 15, "{codes:?}");
    for code in codes {
        assert!(page.contains(&format!("`{code}`")), "docs/errors.md does not explain {code}");
    }
}
