//! Bounds of what phones may cost the server.

vyezd_core::limits! {
    UNPACKED_MAX: usize = 4 * vyezd_core::limits::REQUEST_BYTES_MAX, "bytes",
        "What a sync request may unpack to: honest ones are compressed about four times.",
        "request_unreadable", "tests/tests/attack.rs";
}
