//! Bounds of what the office types, uploads and keeps.

vyezd_core::limits! {
    DISTRICTS_A_PERSON_MAX: usize = 200, "districts",
        "Where one person takes orders: every order looks through them.", "field_invalid", "tests/tests/edge.rs";
}
