//! Bounds of connections, bodies, log-ins and sessions.

vyezd_core::limits! {
    PUBLIC_A_MINUTE: usize = 3_000, "looks",
        "Looks at clients' pages a minute, all together: guessing 128 bits needs rather more.",
        "too_many", "tests/tests/office.rs";
}
