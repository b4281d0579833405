//! Bounds of what phones may cost the server.

vyezd_core::limits! {
    UNPACKED_MAX: usize = 4 * vyezd_core::limits::REQUEST_BYTES_MAX, "bytes",
        "What a sync request may unpack to: honest ones are compressed about four times.",
        "request_unreadable", "tests/tests/domain/budgets.rs";
    QUESTIONS_AN_ORDER_MAX: usize = 32, "questions",
        "Questions to the dispatcher that one order may have open; those about readings come last.",
        "-", "tests/tests/domain/floods.rs";
    QUESTIONS_KEPT_AN_ORDER: usize = 200, "questions",
        "Questions of one order that are remembered after they went away by themselves: the newest.",
        "-", "tests/tests/domain/floods.rs";
    LISTED_AT_ONCE: i64 = 500, "lines",
        "Questions, or work that was not taken, that one page of «Требует решения» shows.", "-", "tests/tests/domain/floods.rs";
    LINES_OF_A_PERSON_MAX: i64 = 200, "lines",
        "Lines that what one person's phones send leaves in one order's history; a visit leaves a dozen.",
        "-", "tests/tests/domain/floods.rs";
    VISITS_AN_ORDER_MAX: usize = 64, "visits",
        "Visits of one order that transfers from phone to phone may make.", "handover_too_many", "tests/tests/domain/floods.rs";
    SYNCS_AT_ONCE: usize = 4, "requests",
        "Sync requests of one phone that are answered at a time, until the last byte of the answer has gone; a phone sends one.",
        "busy", "tests/tests/processes/connections.rs";
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
        "How long it is kept what a phone had been told and when: a sheet may be that late.", "-", "tests/tests/domain/dated.rs";
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
    CANCELLED_TRANSFERS_MAX: i64 = 64, "visits",
        "Transfers that one person cancelled and that are remembered: the newest.", "-", "tests/tests/domain/budgets.rs";
    SILENT_MS: i64 = 2 * 60 * 1000, "ms",
        "How much earlier than a contact that brought nothing a sheet may say that it was signed: a request may be that long on its way.",
        "-", "tests/tests/domain/dated.rs";
    REVOKED_PHOTO_BYTES_MAX: i64 = 64 * 1024 * 1024, "bytes",
        "Photos that a phone may still bring after its access was taken away.",
        "blob_too_large", "tests/tests/domain/photos.rs";
    UPLOAD_S: i64 = 7 * 24 * 3600, "s",
        "An upload that nobody goes on with is forgotten after this, s.", "not_found", "tests/tests/domain/photos.rs";
    PHOTO_GRACE_S: i64 = 30 * 24 * 3600, "s",
        "A photo that no document names goes after this, s.", "-", "tests/tests/domain/photos.rs";
    REMOVAL_S: i64 = 3600, "s",
        "The removal of a photo's bytes that takes longer was cut off: the next sweep or upload takes it over, s.", "busy", "tests/tests/domain/photos.rs";
    UPLOADS_A_DEVICE: i64 = 100, "uploads",
        "Uploads that a phone may have under way.", "too_many", "tests/tests/domain/photos.rs";
    PHOTOS_AN_ORDER_MAX: u64 = 2 * vyezd_core::frame::Limits::DEFAULT.blobs_an_order, "photos",
        "Photos that one phone may bring for one order: what a phone takes by itself (Limits::blobs_an_order), and room for a phone that was restored and asks differently.", "order_photos_full", "tests/tests/domain/photos.rs";
    TRANSFER_VALID_DAYS: i64 = 3, "days",
        "After so many days the giver's word moves no order any more; what was worked is kept all the same.", "-", "tests/tests/domain/transfer.rs";
    WORKER_MEMORY: u64 = 256 * 1024 * 1024, "bytes",
        "Memory that a worker may take, in bytes of address space beyond what it begins with.", "gate_killed", "server/tests/processes/gate_workers.rs";
    WORKER_STACK: usize = 16 * 1024 * 1024, "bytes",
        "The stack that a document is judged on, in bytes.", "gate_killed", "server/tests/processes/gate_workers.rs";
    GATE_FRAME_BYTES_MAX: u32 = 16 * 1024 * 1024, "bytes",
        "Largest frame between server and worker, in bytes.", "-", "server/tests/processes/gate_workers.rs";
    EVENTS_A_PAGE: i64 = 2_000, "events",
        "Most events that one page reads.", "-", "tests/tests/domain/sync.rs";
    TURNS_WAITING_MAX: usize = 4, "requests",
        "Requests of one phone that wait for its turn in the gate.", "gate_budget", "tests/tests/domain/budgets.rs";
    CONTACT_SLACK_MS: i64 = 5_000, "ms",
        "An answer that was under way at the phone's last contact counts as heard, ms.", "-", "tests/tests/domain/attack.rs";
    WINDOW_BACK_DAYS: i32 = 14, "days",
        "Finished orders older than this leave the phones' scopes, days.", "-", "tests/tests/domain/sync.rs";
}
