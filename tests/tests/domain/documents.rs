//! The pages for people: each link of them leads somewhere, each picture is shown.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every page of the repository, by its path from the root.
fn pages() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in ["", "docs", "docs/adr", "docs/walkthroughs", "app-bindings"] {
        for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = Path::new(folder).join(path.file_name().unwrap());
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// A page without its blocks of code, in which brackets mean something else.
fn prose(page: &str) -> String {
    let mut is_code = false;
    let lines = page.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        is_code ^= fence;
        !is_code && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The targets of all links and pictures: what stands in `](…)`.
fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    let ends = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    ends.map(|(target, _)| target.to_owned()).collect()
}

/// The anchors of a page: its headings, as GitHub names them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let name = |heading: &str| {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>()
    };
    headings.map(name).collect()
}

/// Where a link of a page leads, from the root.
fn resolved(page: &Path, target: &str) -> PathBuf {
    let mut path = page.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    path
}

#[test]
fn every_link_leads_somewhere() {
    for (page, text) in pages() {
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let path = if file.is_empty() { page.clone() } else { resolved(&page, file) };
            assert!(root().join(&path).exists(), "{}: {link} leads nowhere", page.display());
            if anchor.is_empty() {
                continue;
            }
            let there = fs::read_to_string(root().join(&path)).unwrap();
            assert!(anchors(&there).contains(anchor), "{}: no heading {link}", page.display());
        }
    }
}

#[test]
fn every_picture_is_shown_and_none_is_heavy() {
    let shown: BTreeSet<PathBuf> = pages()
        .iter()
        .flat_map(|(page, text)| links(text).into_iter().map(|link| resolved(page, &link)))
        .collect();
    for entry in fs::read_dir(root().join("docs/pictures")).unwrap().map(Result::unwrap) {
        let path = Path::new("docs/pictures").join(entry.file_name());
        assert!(shown.contains(&path), "{} is in no page", path.display());
        let bytes = entry.metadata().unwrap().len();
        assert!(bytes <= 150_000, "{} has {bytes} bytes", path.display());
    }
}

#[test]
fn each_decision_and_walkthrough_is_listed() {
    for (folder, list) in
        [("docs/adr", "docs/adr/README.md"), ("docs/walkthroughs", "ARCHITECTURE.md")]
    {
        let listed = fs::read_to_string(root().join(list)).unwrap();
        for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            assert!(name == "README.md" || listed.contains(&name), "{list} does not name {name}");
        }
    }
}
