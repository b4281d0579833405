//! Every bound of the server in one place, beside those of the core ([`mod@vyezd_core::limits`]).
//! `vyezd limits` prints all of them as `docs/limits.md` has them.

pub mod edge;
pub mod office;
pub mod phones;

use vyezd_core::limits::Limit;

/// The sections of the documentation: a heading and its bounds.
pub const SECTIONS: [(&str, &[Limit]); 4] = [
    ("Protocol and document", vyezd_core::limits::ALL),
    ("Phones at the server", phones::ALL),
    ("Log-in, sessions, connections", edge::ALL),
    ("Office: forms, spreadsheets, files", office::ALL),
];

/// The tables of `docs/limits.md`.
pub fn table() -> String {
    let mut text = String::new();
    for (heading, limits) in SECTIONS {
        text.push_str(&format!("\n## {heading}\n\n"));
        text.push_str("| name | value | unit | why | code | test |\n|---|--:|---|---|---|---|\n");
        for Limit { name, value, unit, reason, code, test } in limits {
            text.push_str(&format!(
                "| `{name}` | {value} | {unit} | {reason} | `{code}` | `{test}` |\n"
            ));
        }
    }
    text
}
