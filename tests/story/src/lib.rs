//! One story, told on both databases: two tests, `name::on_sqlite` and `name::on_postgres`.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Makes two tests of a function whose one argument is a `World`, made for it, or the `Database` itself.
///
/// Where `TEST_POSTGRES_URL` is not set, the second says that it was skipped.
#[proc_macro_attribute]
pub fn on_both_databases(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut tokens = item.clone().into_iter().skip_while(|token| token.to_string() != "fn").skip(1);
    let name = tokens.next().map(|name| name.to_string()).unwrap_or_default();
    let takes_database = match tokens.next() {
        Some(TokenTree::Group(of)) if of.delimiter() == Delimiter::Parenthesis => {
            of.stream().into_iter().any(|token| token.to_string() == "Database")
        }
        _ => false,
    };
    let test = |database: &str| {
        let told = if takes_database {
            format!("super::{name}(vyezd_tests::Database::{database})")
        } else {
            format!(
                "if let Some(world) = vyezd_tests::World::new(vyezd_tests::Database::{database}) {{
                    super::{name}(world);
                }}"
            )
        };
        format!("#[test] fn on_{}() {{ {told} }}", database.to_lowercase())
    };
    let tests = format!("mod {name} {{ {} {} }}", test("Sqlite"), test("Postgres"));
    let mut made: TokenStream = tests.parse().expect("a module of tests");
    made.extend(item);
    made
}
