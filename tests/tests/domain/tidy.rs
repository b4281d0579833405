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
        "web/api",
        "web/shared",
        "web/words",
    ]) {
        // Made from Rust: as long as the interface.
        if ["web/field/phone/coreTypes.ts", "web/shared/openapi.d.ts"].contains(&path.as_str()) {
            continue;
        }
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
    let mut codes = Vec::new();
    for source in ["client/error.rs", "sheet/complete.rs", "rules/verdict.rs"] {
        let text = fs::read_to_string(root.join("sync-core/src").join(source)).unwrap();
        codes.extend(quoted_after(&text, "=> "));
    }
    for (_, text) in sources(&["app-bindings/library/src"]) {
        for before in ["refused(", "locked(", "code: "] {
            codes.extend(quoted_after(&text, before));
        }
    }
    let code = |word: &String| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    codes.retain(code);
    assert!(codes.len() > 45, "{codes:?}");
    for code in codes {
        assert!(page.contains(&format!("`{code}`")), "docs/errors.md does not explain {code}");
    }
}

/// The texts in quotes that stand behind `before`.
fn quoted_after(text: &str, before: &str) -> Vec<String> {
    let rests = text.split(before).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
    rests.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Everyday words that stood for terms: `docs/glossary.md` has the terms.
const BANNED_NAMES: &str = "aside vouch vouched Voucher witness Witness owed Owed talk attend told Told tell desk Desk \
    road Road Traveller Ear Courier nudge chance Chance Maybe Ask TakeOver GaveOver KeptOver HandOver HandedOver \
    hand_over take_over handed_over Given Parcel Collector Here LookAround look_around nearby Nearby whereabouts \
    Whereabouts carry let_count revive met give_up give_back tidy sweep herd Dice Loose Fuse burn heal healed healing \
    standing Standing untold by_itself Opened put_back pass_over oops handover Handover Fresh Noted Getting arrange";

#[test]
fn no_name_is_a_word_that_the_glossary_replaced() {
    let banned: Vec<&str> = BANNED_NAMES.split_whitespace().collect();
    let folders = [
        "server/src",
        "pdf/src",
        "sync-core/src",
        "app-bindings",
        "tests/src",
        "tests/simulation",
        "tests/bench",
    ];
    for (path, text) in sources(&folders) {
        for (at, line) in text.lines().enumerate() {
            let words: Vec<&str> = line
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !word.is_empty())
                .collect();
            for pair in words.windows(2) {
                let names =
                    ["fn", "struct", "enum", "mod", "trait", "type", "const"].contains(&pair[0]);
                let found =
                    names && !line.trim_start().starts_with("//") && banned.contains(&pair[1]);
                assert!(!found, "{path}:{}: {}", at + 1, pair[1]);
            }
        }
    }
}

#[test]
fn no_comment_cites_a_page_that_readers_do_not_have() {
    let unpublished = [
        "domain section",
        "design section",
        "design, section",
        "design.md",
        "house.md",
        "traps.md",
        "workloads ",
    ];
    for (path, text) in
        sources(&["server/src", "pdf/src", "sync-core", "app-bindings", "tests/src", "web"])
    {
        for cited in unpublished {
            assert!(!text.contains(cited), "{path} cites «{cited}»");
        }
    }
}

/// Lines of a function; longer ones are listed and may only get fewer and shorter.
const FUNCTION_LINES_MAX: usize = 70;
const LONG_FUNCTIONS: &[(&str, usize)] = &[];

#[test]
fn a_function_fits_a_screen() {
    let mut long = Vec::new();
    for (path, text) in sources(&["server/src", "pdf/src", "sync-core/src", "app-bindings"]) {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| is_function(line)) {
            let indent = line.len() - line.trim_start().len();
            let end = format!("{}}}", " ".repeat(indent));
            let length =
                lines[at..].iter().position(|line| **line == end).map_or(1, |rows| rows + 1);
            if length > FUNCTION_LINES_MAX && !lines[at].ends_with(';') {
                let name = line.split("fn ").nth(1).unwrap_or_default();
                let name = name
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .unwrap_or_default();
                long.push((format!("{path} {name}"), length));
            }
        }
    }
    for (name, length) in &long {
        let allowed = LONG_FUNCTIONS
            .iter()
            .find(|(known, _)| known == name)
            .map_or(FUNCTION_LINES_MAX, |of| of.1);
        assert!(*length <= allowed, "{name} has {length} lines, {allowed} are allowed");
    }
    for (name, _) in LONG_FUNCTIONS {
        assert!(
            long.iter().any(|(known, _)| known == name),
            "{name} is short now: take it off the list"
        );
    }
}

fn is_function(line: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("pub").unwrap_or(line);
    let line = match line.strip_prefix('(') {
        Some(rest) => rest.split_once(')').map_or(rest, |(_, rest)| rest),
        None => line,
    };
    let line = line.trim_start().trim_start_matches("const ").trim_start_matches("async ");
    line.starts_with("fn ")
}
