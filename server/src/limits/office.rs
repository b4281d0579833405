//! Bounds of what the office types, uploads and keeps.

vyezd_core::limits! {
    BODY_BYTES_MAX: usize = 33 * 1024 * 1024, "bytes",
        "The largest request of any kind: a spreadsheet of a season.", "body_too_large", "tests/tests/office.rs";
}
