//! Bounds of what the office types, uploads and keeps.

vyezd_core::limits! {
    BODY_BYTES_MAX: usize = 33 * 1024 * 1024, "bytes",
        "The largest request of any kind: a spreadsheet of a season.", "body_too_large", "tests/tests/domain/office.rs";
    MONEY_KOP_MAX: i64 = 1_000_000_000, "kopecks",
        "A sum on an order or a paper: ten million roubles, a house of five thousand flats.",
        "money_out_of_range", "tests/tests/domain/office_trust.rs";
    INSTRUMENT_TEXT_CHARS_MAX: usize = 128, "characters",
        "Type, modification or serial number of an instrument; the longest modification of the Fund has 90.",
        "too_long", "tests/tests/domain/office_trust.rs";
    POINT_CHARS_MAX: usize = 64, "characters",
        "The name of a point of a method.", "too_long", "tests/tests/domain/office_trust.rs";
    NAME_CHARS_MAX: usize = 120, "characters",
        "A name of a person, of a login, of whoever signed.", "too_long", "tests/tests/domain/office_trust.rs";
    FIRM_TEXT_CHARS_MAX: usize = 300, "characters",
        "One requisite of the firm or of a means, as it is printed in a line or two.",
        "too_long", "tests/tests/domain/office_trust.rs";
    YEAR_MIN: u16 = 1950, "year",
        "The earliest year of make: no older meter is in the Fund.", "field_invalid", "tests/tests/domain/office_trust.rs";
    YEAR_MAX: u16 = 2100, "year",
        "The latest year of make that is no slip of the finger.", "field_invalid", "tests/tests/domain/office_trust.rs";
    PAPER_ROWS_MAX: usize = 64, "rows",
        "Measurements of one instrument on a paper: a method has three points, some are repeated.",
        "too_many", "tests/tests/domain/office_trust.rs";
    PERSON_DISTRICTS_MAX: usize = 100, "districts",
        "Where one person takes orders: the largest city has 125 districts in all.",
        "too_many", "tests/tests/domain/office_trust.rs";
    DISTRICTS_SHOWN_MAX: i64 = 1_000, "districts",
        "Districts that the list of orders offers as a filter; the rest is found by search.",
        "-", "tests/tests/domain/office_trust.rs";
    ORDER_PHONES_MAX: usize = 10, "telephones",
        "Telephones of one order.", "too_many", "tests/tests/domain/office_trust.rs";
    MEANS_MAX: usize = 500, "means",
        "Means of verification of a firm: every phone carries all of them.", "too_many", "tests/tests/domain/office_trust.rs";
    KITS_MAX: usize = 200, "kits",
        "Kits of means: one for each metrologist of the largest firm asked, and some in the cupboard.",
        "too_many", "tests/tests/domain/kits.rs";
    PEOPLE_MAX: usize = 2_000, "people",
        "People of a firm, those who left too: every phone carries its colleagues.", "too_many", "tests/tests/domain/office_trust.rs";
    PORTRAIT_BYTES_MAX: usize = 150 * 1024, "bytes",
        "A portrait of a person: every phone keeps its own, and a face of 640 pixels has 60 kB.",
        "blob_too_large", "tests/tests/domain/portraits.rs";
    PORTRAIT_PIXELS_MAX: u32 = 1_024, "pixels",
        "The longer side of a portrait: a phone shows 200.", "photo_unreadable",
        "tests/tests/domain/portraits.rs";
    ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024, "bytes",
        "An answer of the Fund: 5,000 records of 1 kB with their refusals, three times over.", "answer_unread",
        "tests/tests/domain/fund.rs";
    ANSWER_RECORDS_MAX: usize = 5_000, "records",
        "Records of an answer: the Fund takes no larger file.", "answer_unread", "tests/tests/domain/fund.rs";
    ANSWER_DEPTH_MAX: usize = 16, "elements",
        "Elements of an answer inside each other: a record has five.", "answer_unread", "tests/tests/domain/fund.rs";
    REFUSAL_CHARS_MAX: usize = 1_000, "characters",
        "Words of a refusal that are shown; its XML is kept whole.", "-", "tests/tests/domain/fund.rs";
    ANSWER_LINES_MAX: i64 = 200, "records",
        "Records of an answer that are shown at once, refusals first.", "-", "tests/tests/domain/fund.rs";
    FAQ_MAX: usize = 100, "questions",
        "Questions and answers of a firm: every phone carries them.", "too_many", "tests/tests/domain/office_trust.rs";
    FAQ_CHARS_MAX: usize = 2_000, "characters",
        "One question or answer.", "too_long", "tests/tests/domain/office_trust.rs";
    LINK_DAYS_MIN: i64 = 365, "days",
        "How long a client's link is good at least, from the signature; and how long one that was opened again is.",
        "link_ended", "tests/tests/domain/office_trust.rs";
    LINK_DAYS_AFTER: i64 = 365, "days",
        "How long a client's link outlives the last verification of its sheet: a paper is asked for until the next one.",
        "link_ended", "tests/tests/domain/office_trust.rs";
    SUGGESTED_MAX: usize = 10, "lines",
        "Types, or performers, that the form of an order suggests: more are no choice.",
        "-", "tests/tests/domain/inbox.rs";
    INBOX_MAX: i64 = 200, "lines",
        "Orders, and as many silent phones, that the inbox shows at once; the count names all.",
        "-", "tests/tests/domain/inbox.rs";
    SILENT_PHONE_S: i64 = 4 * 3600, "s",
        "How long the phone of somebody with visits today may be silent before the office hears of it: a morning \
         in basements.", "-", "tests/tests/domain/inbox.rs";
    COMMENTS_MAX: i64 = 500, "remarks",
        "Remarks of the office in one order.", "too_many", "tests/tests/domain/history.rs";
    VIEWS_MAX: usize = 50, "lists",
        "Named lists of orders of one person, and as many of all together.", "too_many", "tests/tests/domain/views.rs";
    VIEW_QUERY_CHARS_MAX: usize = 1_000, "characters",
        "Filters of a named list, as the address of the page has them.", "too_long", "tests/tests/domain/views.rs";
    OFFERS_AHEAD_DAYS: i64 = 14, "days",
        "How far ahead people may be asked about an order: later is a slip of the finger.", "field_invalid", "tests/tests/domain/import_check.rs";
    UNDO_S: i64 = 60, "s",
        "How long a cancellation or a take-back may be taken back as if it had not been: the page offers it for \
         ten seconds, a slow network takes its time.", "not_possible", "tests/tests/domain/inbox.rs";
    KEY_CHARS_MAX: usize = 100, "characters",
        "One `Idempotency-Key`: a UUID has 36.", "idempotency_key", "tests/tests/domain/operations.rs";
    KEY_DAY_S: i64 = 24 * 3600, "s",
        "How long a key is remembered: a form that was left open overnight.", "-", "tests/tests/domain/operations.rs";
    KEYS_MAX: i64 = 10_000, "keys",
        "Keys of one person that are kept: one every nine seconds, day and night.", "too_many", "tests/tests/domain/operations.rs";
    KEY_ANSWER_BYTES_MAX: usize = 1024 * 1024, "bytes",
        "An answer that is kept to be given again; a second request of a longer one is told that it was made.",
        "idempotency_running", "tests/tests/domain/operations.rs";
    KEY_WAIT_MS: u64 = 5_000, "ms",
        "How long the second of two equal requests waits for the first.", "idempotency_running", "tests/tests/domain/operations.rs";
    IMPORT_WAIT_MS: u64 = 3_000, "ms",
        "How long a request that brings a spreadsheet waits for its end; a longer one answers with its progress.",
        "-", "tests/tests/domain/operations.rs";
    IMPORT_SILENT_S: i64 = 60, "s",
        "An import that did not move for so long has nobody who works on it.", "-", "tests/tests/domain/operations.rs";
    IMPORTS_AT_ONCE_MAX: i64 = 4, "imports",
        "Spreadsheets on their way in at the same time.", "import_running", "tests/tests/domain/operations.rs";
    IMPORT_DAYS: i64 = 30, "days",
        "How long the report of an import is kept; its file goes at its end, or with the report where lines can be repaired.", "-", "tests/tests/domain/operations.rs";
    VISIT_DAYS_MAX: i32 = 366, "days",
        "How far from today the day of a visit may be.", "field_invalid", "tests/tests/domain/office_forms.rs";
    IMPORT_LINES_MAX: usize = 200, "lines",
        "Lines of an import that are shown and repaired at once; the next follow.", "too_many", "tests/tests/domain/repair.rs";
    SEARCH_WORDS_MAX: usize = 8, "words",
        "Words of a search in the list of orders; the rest is not looked for.", "-", "server/src/store/order_search.rs";
    IMPORT_CELL_CHARS_MAX: usize = 2_000, "characters",
        "A repaired cell; the reader's own limits are narrower.", "too_long", "tests/tests/domain/repair.rs";
    READY_EVERY_MS: i64 = 2_000, "ms",
        "How often `/readyz` tries to write, whoever asks: a monitor asks every few seconds.", "-", "tests/tests/domain/operations.rs";
    AUDIT_DAYS: i64 = 3 * 365, "days",
        "How long a line of the journal is kept: as long as claims for a verification may be raised (three years, Civil Code art. 196).",
        "-", "tests/tests/domain/office_trust.rs";
    AUDIT_DETAILS_CHARS_MAX: usize = 500, "characters",
        "The details of one line of the journal; the rest is cut.", "-", "tests/tests/domain/office_trust.rs";
    AUDIT_SUBJECT_CHARS_MAX: usize = 200, "characters",
        "The name, subject or address of one line of the journal; the rest is cut.", "-", "tests/tests/domain/office_trust.rs";
    AUDIT_PAGE_MAX: i64 = 200, "lines",
        "One page of the journal.", "field_invalid", "tests/tests/domain/office_trust.rs";
    ORDERS_PAGE_MAX: i64 = 200, "orders",
        "One page of the list of orders.", "field_invalid", "tests/tests/domain/office_trust.rs";
    PACKAGE_RECORDS_MAX: usize = 1_000, "records",
        "Most records in a file.", "-", "tests/tests/domain/first_day.rs";
    PACKAGE_BYTES_MAX: usize = 4_500_000, "bytes",
        "Largest file, in bytes.", "-", "tests/tests/domain/first_day.rs";
    TABLE_BYTES_MAX: usize = 32 * 1024 * 1024, "bytes",
        "Largest file that is read, in bytes.", "file_too_large", "server/tests/import.rs";
    WORKBOOK_BYTES_MAX: u64 = 256 * 1024 * 1024, "bytes",
        "The parts of a workbook, unpacked: a season's sheet of 200,000 rows has 100 MB.", "file_too_large", "server/tests/import.rs";
    WORKBOOK_CELLS_MAX: usize = 4_000_000, "cells",
        "Places of a sheet up to its last cells: 200,000 rows of twenty columns.", "file_too_large", "server/tests/import.rs";
    FETCHED_AT_ONCE: usize = 16, "papers",
        "Papers fetched from the blob store at the same time.", "-", "tests/tests/domain/office.rs";
}
