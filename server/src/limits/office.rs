//! Bounds of what the office types, uploads and keeps.

vyezd_core::limits! {
    BODY_BYTES_MAX: usize = 33 * 1024 * 1024, "bytes",
        "The largest request of any kind: a spreadsheet of a season.", "body_too_large", "tests/tests/office.rs";
    READY_EVERY_MS: i64 = 2_000, "ms",
        "How often `/readyz` tries to write, whoever asks: a monitor asks every few seconds.", "-", "tests/tests/operations.rs";
    AUDIT_DAYS: i64 = 3 * 365, "days",
        "How long a line of the journal is kept: as long as claims for a verification may be raised (three years, Civil Code art. 196).",
        "-", "tests/tests/office_trust.rs";
    AUDIT_DETAILS_CHARS_MAX: usize = 500, "characters",
        "The details of one line of the journal; the rest is cut.", "-", "tests/tests/office_trust.rs";
    AUDIT_SUBJECT_CHARS_MAX: usize = 200, "characters",
        "The name, subject or address of one line of the journal; the rest is cut.", "-", "tests/tests/office_trust.rs";
    AUDIT_PAGE_MAX: i64 = 200, "lines",
        "One page of the journal.", "-", "tests/tests/office_trust.rs";
}
