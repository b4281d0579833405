//! Arrows between the modules of a crate run down: no file imports one that imports it, however far round.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module, named by its path in the crate; the root is empty.
type Module = Vec<String>;

struct Source {
    text: String,
    /// Names that it passes on from elsewhere.
    passes_on: BTreeMap<String, Module>,
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn module_of(root: &Path, file: &Path) -> Module {
    let path = file.strip_prefix(root).unwrap().with_extension("");
    let parts: Module =
        path.components().map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect();
    if parts == ["lib"] || parts == ["main"] { Module::new() } else { parts }
}

/// The code without comments and without the tests at its foot.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect()
}

/// `a::{b, c::{d, e}}` as three paths.
fn expand(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let body = &rest[..rest.rfind('}').unwrap()];
    let (mut depth, mut pieces) = (0, vec![String::new()]);
    for sign in body.chars() {
        depth += i32::from(sign == '{') - i32::from(sign == '}');
        if sign == ',' && depth == 0 {
            pieces.push(String::new());
        } else {
            pieces.last_mut().unwrap().push(sign);
        }
    }
    let pieces = pieces.iter().map(|piece| piece.trim()).filter(|piece| !piece.is_empty());
    pieces.flat_map(|piece| expand(&format!("{head}{piece}"))).collect()
}

/// The trees after `use`, and whether they are passed on.
fn uses(code: &str) -> Vec<(bool, String)> {
    let mut found = Vec::new();
    for piece in code.split(';') {
        let Some(at) = piece.rfind("use ") else { continue };
        let before = piece[..at].trim_end().rsplit('\n').next().unwrap_or_default().trim();
        let fresh = before.is_empty() || before.ends_with('}') || before.ends_with(')');
        if fresh || before.starts_with("pub") {
            let tree = piece[at + 4..].split_whitespace().collect::<Vec<_>>().join(" ");
            found.push((before.starts_with("pub"), tree));
        }
    }
    found
}

/// A path in a module, from the root of its crate; nothing for another crate's.
fn absolute(module: &Module, path: &str, children: &BTreeSet<String>) -> Option<Module> {
    let mut parts = path.split("::").map(str::to_owned).collect::<Vec<_>>();
    let mut base = module.clone();
    match parts[0].as_str() {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            while parts.first().is_some_and(|part| part == "super") {
                parts.remove(0);
                base.pop();
            }
            base.extend(parts);
            return Some(base);
        }
        child if children.contains(child) => {
            base.extend(parts);
            return Some(base);
        }
        _ => return None,
    }
    base.extend(parts.drain(1..));
    Some(base)
}

fn read(root: &Path) -> (BTreeMap<Module, Source>, BTreeMap<Module, BTreeSet<String>>) {
    let mut found = Vec::new();
    files(root, &mut found);
    let mut children: BTreeMap<Module, BTreeSet<String>> = BTreeMap::new();
    let mut texts = BTreeMap::new();
    for file in found {
        let module = module_of(root, &file);
        if let Some((name, parent)) = module.split_last() {
            children.entry(parent.to_vec()).or_default().insert(name.clone());
        }
        texts.insert(module, code(&fs::read_to_string(file).unwrap()));
    }
    let none = BTreeSet::new();
    let sources = texts.into_iter().map(|(module, text)| {
        let own = children.get(&module).unwrap_or(&none);
        let public = uses(&text).into_iter().filter(|(public, _)| *public);
        let paths = public.flat_map(|(_, tree)| expand(&tree));
        let passes_on = paths
            .filter_map(|path| {
                let name = path.rsplit("::").next()?.to_owned();
                Some((name, absolute(&module, &path, own)?))
            })
            .collect();
        (module, Source { text, passes_on })
    });
    (sources.collect(), children)
}

/// The module where what a path names really stands.
fn resolve(sources: &BTreeMap<Module, Source>, path: &Module, hops: u32) -> Option<Module> {
    for length in (0..=path.len()).rev() {
        let Some(source) = sources.get(&path[..length]) else { continue };
        let next = path.get(length).and_then(|name| source.passes_on.get(name));
        return match next {
            Some(next) if hops > 0 => resolve(sources, next, hops - 1),
            _ => Some(path[..length].to_vec()),
        };
    }
    None
}

/// Whether a line is a `use`, public or not.
fn is_use(line: &str) -> bool {
    let line = line.trim_start();
    let line = match line.strip_prefix("pub") {
        Some(rest) => rest.split_once(' ').map_or("", |(_, rest)| rest),
        None => line,
    };
    line.starts_with("use ")
}

/// Paths that begin with one of these words and stand in the code itself.
fn inline(code: &str, heads: &BTreeSet<String>) -> Vec<String> {
    let word = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == ':';
    let paths = code.split(|sign: char| !word(sign));
    paths
        .filter(|path| path.split_once("::").is_some_and(|(head, _)| heads.contains(head)))
        .map(|path| path.trim_end_matches(':').to_owned())
        .collect()
}

fn arrows(root: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let (sources, children) = read(root);
    let none = BTreeSet::new();
    let mut arrows = BTreeMap::new();
    for (module, source) in &sources {
        let own = children.get(module).unwrap_or(&none);
        // A room shows what its own files hold; anything else that it passes on, it uses.
        let of_its_own = |path: &str| {
            let head = path.strip_prefix("self::").unwrap_or(path).split("::").next();
            head.is_some_and(|head| own.contains(head))
        };
        let mut paths: Vec<String> = Vec::new();
        for (public, tree) in uses(&source.text) {
            paths.extend(expand(&tree).into_iter().filter(|path| !public || !of_its_own(path)));
        }
        let mut heads: BTreeSet<String> = own.clone();
        heads.extend(["crate", "super", "self"].map(str::to_owned));
        let rest: String =
            source.text.lines().filter(|line| !is_use(line)).collect::<Vec<_>>().join("\n");
        paths.extend(inline(&rest, &heads));
        let to = paths.iter().filter_map(|path| absolute(module, path, own));
        let to = to.filter_map(|path| resolve(&sources, &path, 5));
        let to = to.filter(|to| to != module && !to.is_empty()).collect();
        arrows.insert(module.clone(), to);
    }
    arrows
}

/// Takes away whatever only points down, again and again; what is left goes round.
fn circles(mut arrows: BTreeMap<Module, BTreeSet<Module>>) -> Vec<Module> {
    loop {
        let leaves: Vec<Module> =
            arrows.iter().filter(|(_, to)| to.is_empty()).map(|(from, _)| from.clone()).collect();
        if leaves.is_empty() {
            return arrows.into_keys().collect();
        }
        for leaf in &leaves {
            arrows.remove(leaf);
        }
        for to in arrows.values_mut() {
            to.retain(|module| !leaves.contains(module));
        }
    }
}

#[test]
fn arrows_between_modules_run_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for crate_dir in
        ["sync-core/src", "server/src", "pdf/src", "app-bindings/src", "app-bindings/library/src"]
    {
        let arrows = arrows(&root.join(crate_dir));
        assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 3, "{crate_dir}: read at all");
        let round = circles(arrows);
        let names: Vec<String> = round.iter().map(|module| module.join("::")).collect();
        assert!(names.is_empty(), "{crate_dir}: a circle, or what leads into it: {names:?}");
    }
}

#[test]
fn folders_of_the_core_stand_one_above_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sync-core/src");
    let mut folders: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (from, all) in arrows(&root) {
        let Some(folder) = from.first() else { continue };
        let to = all.into_iter().filter(|to| to[0] != *folder).map(|to| vec![to[0].clone()]);
        folders.entry(vec![folder.clone()]).or_default().extend(to);
    }
    assert_eq!(circles(folders), Vec::<Module>::new());
}

#[test]
fn a_circle_is_found() {
    let arrow = |from: &str, to: &[&str]| {
        let module = |name: &&str| vec![(*name).to_owned()];
        (module(&from), to.iter().map(module).collect())
    };
    let arrows = [arrow("a", &["b"]), arrow("b", &["c"]), arrow("c", &["b", "d"]), arrow("d", &[])];
    let found = circles(arrows.into_iter().collect());
    assert_eq!(found, [vec!["a".to_owned()], vec!["b".to_owned()], vec!["c".to_owned()]]);
    assert_eq!(expand("a::{b, c::{d, e as f}}"), ["a::b", "a::c::d", "a::c::e"]);
    assert_eq!(uses("pub use a::B;\nuse crate::c::{D, E};\n").len(), 2);
    for line in ["use a::B;", "pub use a::B;", "    pub(super) use a::B;"] {
        assert!(is_use(line), "{line}");
    }
    assert!(!is_use("let it = crate::a::may_use (\"use x\");"));
}
