//! UniFFI's own generator, in the version that the library is built with; called by
//! `scripts/build-bindings`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
