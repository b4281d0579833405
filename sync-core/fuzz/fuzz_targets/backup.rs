//! See `harness::backup`.
#![no_main]

#[expect(dead_code, reason = "the other targets use the rest")]
#[path = "../harness.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(init: quiet(), |data: &[u8]| drop(harness::backup(data)));

/// What the document library traps on is caught; libFuzzer's hook would take it for a find.
fn quiet() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| place.file().to_owned()).unwrap_or_default();
        if !["automerge", "hexane"].iter().any(|name| place.contains(name)) {
            eprintln!("{info}");
            std::process::abort();
        }
    }));
}
