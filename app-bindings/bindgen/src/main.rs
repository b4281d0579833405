//! UniFFI's own program, in the version that the library is built with. `scripts/build-bindings` calls it.

fn main() {
    uniffi::uniffi_bindgen_main();
}
