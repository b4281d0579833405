//! The types that cross between the phone's core and the web page, in TypeScript, on standard output.
//! `scripts/page-types` gives them the page's format and writes them where they belong.

use std::collections::BTreeMap;

use ts_rs::{Config, TS, TypeVisitor};
use vyezd_core::model::Now;
use vyezd_phone::page::{Answers, PageEffect, PageInput, TypedRow};

/// Declarations by the names of their types.
struct Declarations {
    config: Config,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Numbers, texts and lists have no declaration of their own.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        let docs = T::docs().unwrap_or_default();
        let declaration = format!("{docs}export {}\n", T::decl(&self.config));
        match self.found.insert(name.clone(), declaration.clone()) {
            None => T::visit_dependencies(self),
            Some(known) => assert_eq!(known, declaration, "two types are named {name}"),
        }
    }
}

fn main() {
    // Counts, sums and milliseconds stay far below 2⁵³.
    let config = Config::new().with_large_int("number");
    let mut declarations = Declarations { config, found: BTreeMap::new() };
    declarations.visit::<Answers<'static>>();
    declarations.visit::<PageInput>();
    declarations.visit::<PageEffect>();
    declarations.visit::<TypedRow>();
    declarations.visit::<Now>();
    println!("// The types between the phone's core and the page: made from those of Rust by");
    println!("// scripts/page-types, not edited.");
    for declaration in declarations.found.values() {
        println!("\n{}", plain_docs(declaration).trim_end());
    }
}

/// Comments of one line on one line, and without the links of rustdoc: [`Client::scan`](super::Client::scan) is
/// `Client::scan`.
fn plain_docs(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else { break };
        plain.push_str(&format!("{before}`{name}`"));
        rest = match after.strip_prefix('(').and_then(|target| target.split_once(')')) {
            Some((_, behind)) => behind,
            None => after,
        };
    }
    plain.push_str(rest);
    let lines: Vec<&str> = plain.split("/**\n *").collect();
    let mut joined = lines[0].to_owned();
    for comment in &lines[1..] {
        let Some((inside, after)) = comment.split_once("\n */\n") else { continue };
        if inside.contains('\n') {
            joined.push_str(&format!("/**\n *{inside}\n */\n{after}"));
        } else {
            joined.push_str(&format!("/**{inside} */\n{after}"));
        }
    }
    joined
}
