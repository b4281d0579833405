//! Bounds of what phones may cost the server.

vyezd_core::limits! {
    UNPACKED_MAX: usize = 4 * vyezd_core::limits::REQUEST_BYTES_MAX, "bytes",
        "What a sync request may unpack to: honest ones are compressed about four times.",
        "request_unreadable", "tests/tests/domain/budgets.rs";
    REFUSED_KEPT: i64 = 500, "batches",
        "Refused batches of one phone that wait for a person; of the others the receipts alone remain.",
        "-", "tests/tests/domain/budgets.rs";
    REFUSED_BYTES_KEPT: i64 = 4 * 1024 * 1024, "bytes",
        "The same in bytes.", "-", "tests/tests/domain/budgets.rs";
    REFUSED_LINES_A_DAY: i64 = 10, "lines",
        "Lines about refused changes in one order's history a day.", "-", "tests/tests/domain/budgets.rs";
    GATE_MS_A_MINUTE: u64 = 5_000, "ms",
        "How long one phone may keep a worker of the gate busy, a minute; an honest batch takes a millisecond.",
        "gate_budget", "tests/tests/domain/budgets.rs";
    GATE_BYTES_A_MINUTE: u64 = 16 * 1024 * 1024, "bytes",
        "What one phone may bring to the gate a minute, beside the documents themselves.",
        "gate_budget", "tests/tests/domain/budgets.rs";
    COMMANDS_A_MINUTE: u64 = 1_024, "commands",
        "Commands of one phone a minute: four full requests after days without network; the rest is answered «later».",
        "commands_budget", "tests/tests/domain/budgets.rs";
    COMMANDS_TOGETHER: usize = 32, "commands",
        "Commands that are decided in one transaction: others write between them.", "-", "tests/tests/domain/budgets.rs";
    LEASE_BLOCKS_OUT_MAX: u64 = 4, "blocks",
        "Blocks of one series that a phone may hold unused, over all its installations.",
        "-", "tests/tests/domain/budgets.rs";
    LEASE_BLOCKS_A_DAY: u64 = 8, "blocks",
        "Blocks of one series that a phone gets a day.", "-", "tests/tests/domain/budgets.rs";
    HEARD_DAYS: i64 = 60, "days",
        "How long it is kept what a phone had been told and when: a sheet may be that late.", "-", "tests/tests/domain/forged.rs";
    HELP_OPEN_MAX: i64 = 5, "calls",
        "Calls for help of one person that are open together; a further one joins the newest.",
        "-", "tests/tests/domain/budgets.rs";
    WRITE_TRIES_MAX: u32 = 5, "tries",
        "How often an item that cannot be written is tried before it waits for a person.",
        "cannot_be_written", "tests/tests/domain/budgets.rs";
    CLOCK_AHEAD_MS: i64 = 5 * 60 * 1000, "ms",
        "How far the time on a sheet may be ahead of its receipt, or before what it cannot precede.",
        "-", "tests/tests/domain/attack.rs";
    UPLOAD_PARTS_MAX: usize = 64, "parts",
        "Parts of one photo, a file each until the last has come; then it begins anew. Phones send parts of a megabyte.",
        "not_found", "tests/tests/domain/photos.rs";
    KEPT_VISITS_MAX: i64 = 64, "visits",
        "Hand-overs of one person that he took back himself and that are remembered: the newest.", "-", "tests/tests/domain/budgets.rs";
    SILENT_MS: i64 = 2 * 60 * 1000, "ms",
        "How much earlier than a contact that brought nothing a sheet may say that it was signed: a request may be that long on its way.",
        "-", "tests/tests/domain/forged.rs";
    REVOKED_PHOTO_BYTES_MAX: i64 = 64 * 1024 * 1024, "bytes",
        "Photos that a phone may still bring after its access was taken away.",
        "upload_too_large", "tests/tests/domain/photos.rs";
}
