//! Every bound of the protocol and of a document: name, value, unit, reason, code, test.
//! `docs/limits.md` prints [`ALL`]; a test compares the page with the list.

/// One bound, as `docs/limits.md` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name of the constant.
    pub name: &'static str,
    /// Value in [`Self::unit`].
    pub value: u64,
    /// Unit of the value: `bytes`, `ms`, `changes`.
    pub unit: &'static str,
    /// Reason for the bound and origin of its value.
    pub reason: &'static str,
    /// The stable code that a client gets beyond the bound; `-` where the surplus waits or is cut.
    pub code: &'static str,
    /// Path of the test that goes beyond the bound.
    pub test: &'static str,
}

/// Declares bounds: a constant each, and the list `ALL` of [`Limit`]s.
#[macro_export]
macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $value:expr, $unit:literal, $reason:literal, $code:literal, $test:literal;)*) => {
        $(
            #[doc = $reason]
            $(#[$doc])*
            pub const $name: $kind = $value;
        )*
        /// Every bound, in the order of `docs/limits.md`.
        pub const ALL: &[$crate::limits::Limit] = &[$(
            $crate::limits::Limit {
                name: stringify!($name),
                value: $name as u64,
                unit: $unit,
                reason: $reason,
                code: $code,
                test: $test,
            }
        ),*];
    };
}

limits! {
    PHOTO_PIXELS_MAX: u64 = 50_000_000, "pixels",
        "One photo whose pixels are decoded; the page makes photos of 2 million.", "photo_unreadable", "sync-core/src/picture/decode.rs";
    DECODER_BYTES_MAX: u64 = 256 * 1024 * 1024, "bytes",
        "Memory of the decoder of a photo: its pixels of three bytes, and rows of its own.",
        "photo_unreadable", "sync-core/src/picture/decode.rs";
    PATH_DEPTH_MAX: usize = 7, "levels",
        "The deepest path of a document: `visits/v/instruments/i/conditions/start/air_c`.",
        "path_unknown", "sync-core/tests/hostile.rs";
    TEXT_BYTES_MAX: usize = 4_096, "bytes",
        "One text of a document: a page of remarks.", "value_refused", "sync-core/tests/hostile.rs";
    BYTES_MAX: usize = 48 * 1024, "bytes",
        "One byte string of a document: the strokes of a long signature, a sealed view of fifty instruments.",
        "value_refused", "sync-core/tests/hostile.rs";
    CHANGE_OPS_MAX: usize = 2_000, "operations",
        "One change: a visit of fifty instruments opens with 1,300 operations.",
        "change_too_large", "sync-core/tests/hostile.rs";
    CHANGE_BYTES_MAX: usize = 64 * 1024, "bytes",
        "One change: a sealed record beside its strokes.", "change_too_large", "sync-core/tests/hostile.rs";
    BATCH_CHANGES_MAX: usize = 64, "changes",
        "One batch: a phone sends what it wrote between two looks at the network.",
        "batch_size", "sync-core/tests/hostile.rs";
    COUNTER_AHEAD_MAX: u64 = 1, "operations",
        "Where a change begins beyond the document's operation counter: at the next one, as every honest change does.",
        "counter_out_of_range", "sync-core/tests/hostile.rs";
    COUNTER_MAX: u64 = 1_000_000, "operations",
        "Where the operation counter of a document ends: a visit takes about 500.",
        "counter_out_of_range", "sync-core/tests/hostile.rs";
    DOC_BYTES_MAX: usize = 2 * 1024 * 1024, "bytes",
        "One document as it is stored: a hundred ordinary visits.",
        "document_too_large", "sync-core/tests/hostile.rs";
    DOC_CHANGES_MAX: usize = 20_000, "changes",
        "One document: a visit takes about sixty.", "document_too_large", "sync-core/tests/hostile.rs";
    AUTHOR_BYTES_MAX: u64 = 768 * 1024, "bytes",
        "What one person may write into one document: thirty ordinary visits. A colleague can fill no more of it.",
        "author_budget", "sync-core/tests/reach.rs";
    AUTHOR_CHANGES_MAX: u64 = 6_000, "changes",
        "The same in changes: a hundred ordinary visits.", "author_budget", "sync-core/tests/reach.rs";
    AUTHOR_OPS_MAX: u64 = 60_000, "operations",
        "The same in operations: a hundred ordinary visits.", "author_budget", "sync-core/tests/reach.rs";
    MONEY_KOP_MAX: i64 = 1_000_000_000, "kopecks",
        "A sum on a sheet: ten million roubles.", "value_refused", "sync-core/tests/reach.rs";
    YEAR_MIN: i64 = 1900, "year",
        "The year of make of a meter.", "value_refused", "sync-core/tests/reach.rs";
    YEAR_MAX: i64 = 2199, "year",
        "The year of make of a meter, and any year of a paper.", "value_refused", "sync-core/tests/reach.rs";
    IDENTITY_CHARS_MAX: usize = 128, "characters",
        "A serial number, a modification, a type number: the Fund's schema takes no longer ones.",
        "value_refused", "sync-core/tests/reach.rs";
    SIGNER_CHARS_MAX: usize = 120, "characters",
        "The name of whoever signed, and what he is to the client.", "-", "tests/tests/domain/attack.rs";
    REFUSAL_CHARS_MAX: usize = 500, "characters",
        "Why nobody signed.", "-", "tests/tests/domain/attack.rs";
    AIR_C_ABS_MAX: i64 = 60, "°C",
        "Air at a verification, below or above zero: no room is colder or hotter.", "-", "tests/tests/domain/attack.rs";
    WATER_C_MAX: i64 = 100, "°C",
        "Water in a meter.", "-", "tests/tests/domain/attack.rs";
    HUMIDITY_PERCENT_MIN: i64 = 1, "%",
        "Humidity of the air: no room is drier; 0.48 is a fraction in place of 48 %.", "value_impossible", "sync-core/src/rules/sense.rs";
    HUMIDITY_PERCENT_MAX: i64 = 100, "%",
        "Humidity of the air: beyond it stands a mist.", "value_impossible", "sync-core/src/rules/sense.rs";
    MERCURY_MM_MIN: i64 = 600, "mm Hg",
        "From here a pressure in kPa is taken for millimetres of mercury, and said so.", "value_impossible", "sync-core/src/rules/sense.rs";
    MERCURY_MM_MAX: i64 = 800, "mm Hg",
        "Up to here a pressure in kPa is taken for millimetres of mercury.", "value_impossible", "sync-core/src/rules/sense.rs";
    IMPOSSIBLE_NAMED_MAX: usize = 10, "values",
        "Impossible values of one instrument that a sheet names; the first stops it already.", "-", "tests/tests/domain/floods.rs";
    PRESSURE_KPA_MIN: i64 = 50, "kPa",
        "The air's pressure at five kilometres; 748 is millimetres of mercury.", "-", "tests/tests/domain/attack.rs";
    PRESSURE_KPA_MAX: i64 = 120, "kPa",
        "The air's pressure in the deepest valley, and some.", "-", "tests/tests/domain/attack.rs";
    FLOW_M3H_MAX: i64 = 1_000, "m³/h",
        "A row's flow where the type has no Qmax: the largest water meters.", "-", "tests/tests/domain/forged.rs";
    ROW_DURATION_S_MAX: i64 = 86_400, "s",
        "One row: nobody pours for longer than a day.", "-", "tests/tests/domain/forged.rs";
    POUR_HOURS_MAX: i64 = 8, "h",
        "A pour, by its volume and flow: a working day. A volume in litres is thousands of times too much.",
        "-", "sync-core/src/rules/sense.rs";
    DIAL_TIMES_MAX: i64 = 10, "times",
        "How many times the reference's volume a dial can show: a meter that turns is off by half or twice.",
        "-", "sync-core/src/rules/sense.rs";
    FLOWS_TIMES_MAX: i64 = 10, "times",
        "How many times flow × time a reference's volume can be: minutes written as seconds are 60 times.",
        "-", "sync-core/src/rules/sense.rs";
    ROWS_SHARED_PERCENT_MAX: i64 = 4, "%",
        "How much of the smaller of two pours the other may share on the dial: last digits are read twice.",
        "-", "sync-core/src/rules/sense.rs";
    ROWS_GAP_M3_MAX: i64 = 10, "m³",
        "How far a dial runs between two pours of a visit: three hours at the largest flow of a household meter.",
        "-", "sync-core/src/rules/sense.rs";
    REQUEST_BYTES_MAX: usize = 1024 * 1024, "bytes",
        "One sync request on the wire.", "request_too_large", "tests/tests/domain/budgets.rs";
    REQUEST_ITEMS_MAX: usize = 65_536, "values",
        "CBOR values of one sync request: 256 batches of 64 changes have a third of it; four megabytes of empty values would become gigabytes.",
        "request_unreadable", "tests/tests/domain/budgets.rs";
    RECEIPT_CHARS_MAX: usize = 500, "characters",
        "The words of a receipt: they may quote a path that a phone made up.", "-", "tests/tests/domain/budgets.rs";
    COMMANDS_MAX: usize = 256, "commands",
        "One sync request; the rest is answered «later».", "too_many", "sync-core/tests/session.rs";
    BATCHES_MAX: usize = 256, "batches",
        "One sync request; the rest is answered «later».", "too_many", "sync-core/tests/session.rs";
    BLOBS_ASKED_MAX: usize = 512, "names",
        "Photos whose presence one request asks for; the rest is not answered.", "-", "tests/tests/domain/photos.rs";
    WANT_MAX: usize = 256, "names",
        "Documents that one request asks for by name; the rest waits for the next.", "-", "tests/tests/domain/reconcile.rs";
    BACKUPS_MAX: usize = 64, "documents",
        "Documents that one request gives back; the rest waits for the next.", "-", "tests/tests/domain/reconcile.rs";
    LEASE_PROOFS_MAX: usize = 64, "leases",
        "Leases that one request proves; the rest waits for the next.", "-", "sync-core/tests/session.rs";
    SCOPE_DOCS_MAX: usize = 5_000, "documents",
        "Orders that one person's phone holds, two years of work; nobody beyond it is offered more.", "-", "tests/tests/domain/sync.rs";
    SETTINGS_BYTES_MAX: usize = 4_096, "bytes",
        "The settings of the app, kept with the account.", "settings_refused", "tests/tests/domain/budgets.rs";
    NAME_LETTERS_MIN: usize = 2, "letters",
        "The name of a signer, or the reason of a refusal.", "-", "sync-core/src/doc/seal.rs";
    STROKE_POINTS_MIN: usize = 2, "points",
        "A drawn signature: a line has two ends, a touch by accident one.", "-", "tests/tests/domain/forged.rs";
    STROKE_EXTENT_PERCENT_MIN: u64 = 5, "%",
        "How far a drawn signature goes at least, of the pad's longer side: less is a dot on paper.", "-", "sync-core/src/doc/seal.rs";
    SIGNATURE_LENGTH_MIN: u64 = 15, "%",
        "How long the line of a drawn signature is at least, along its strokes, of the pad's width: a tick is longer.", "signature_empty", "sync-core/src/doc/seal.rs";
    PAD_SIDE_MIN: u64 = 50, "units",
        "Shorter side of a pad, in its own units: the page counts CSS pixels, and a finger covers 40 of them.", "-", "sync-core/src/doc/seal.rs";
    PAD_SIDES_MAX: u64 = 20, "times",
        "How many times longer than the other a side of the pad may be.", "-", "sync-core/src/doc/seal.rs";
    SHEETS_OF_A_WRITER_MAX: usize = 8, "sheets",
        "Signed sheets of one person in one order: a mistake is signed anew once or twice.", "sheets_too_many", "tests/tests/domain/floods.rs";
    STROKE_POINTS_MAX: usize = 2_000, "points",
        "A drawn signature: half a minute at sixty points a second.", "-", "sync-core/src/doc/seal.rs";
    NUMBER_CHARS_MAX: usize = 40, "characters",
        "Longest printed number, in characters.", "-", "sync-core/tests/arithmetic.rs";
    READING_CHARS_MAX: usize = 24, "characters",
        "Longest decimal text that is read, in characters.", "value_refused", "sync-core/tests/reach.rs";
    LABEL_CHARS_MAX: usize = 40, "characters",
        "Longest label, in characters.", "path_unknown", "sync-core/tests/reach.rs";
    CARD_TEXT_CHARS_MAX: usize = 2_000, "characters",
        "Longest free text on a card, in characters.", "field_invalid", "tests/tests/domain/office_forms.rs";
    CARD_INSTRUMENTS_MAX: usize = 50, "instruments",
        "Most instruments expected at one order.", "too_many", "tests/tests/domain/office_forms.rs";
    DEPS_MAX: u64 = 64, "changes",
        "Most dependencies of a change.", "batch_size", "sync-core/tests/hostile.rs";
    OTHER_ACTORS_MAX: u64 = 256, "actors",
        "Most other actors that a change names.", "batch_size", "sync-core/tests/hostile.rs";
    ACTOR_BYTES_MAX: u64 = 64, "bytes",
        "Longest actor, in bytes.", "batch_size", "sync-core/tests/hostile.rs";
    CHANGE_MESSAGE_BYTES_MAX: u64 = 256, "bytes",
        "Longest message of a change, in bytes: ours have none.", "batch_size", "sync-core/tests/hostile.rs";
    COLUMNS_MAX: u64 = 32, "columns",
        "Most columns of a change: the format knows fewer than twenty.", "batch_size", "sync-core/tests/hostile.rs";
    INFLATED_TIMES: usize = 4, "times",
        "So many times the size of a stored document its columns may be when inflated.", "batch_unreadable", "sync-core/tests/hostile.rs";
    POINT_CHARS_MAX: usize = 20, "characters",
        "The longest name of a point in the kind of a photo, in characters: «1,1Qп» has five.", "value_refused", "sync-core/tests/reach.rs";
    PAGE_BYTES: usize = 256 * 1024, "bytes",
        "A page of an answer is cut when it is larger than this, in bytes before compression.", "-", "tests/tests/domain/sync.rs";
    TRANSFER_CODES_MAX: usize = 64, "codes",
        "Most codes of one transfer: more is shown for longer than people hold two phones against each other.", "handover_too_large", "tests/tests/domain/transfer.rs";
    TRANSFER_BYTES_MAX: usize = 256 * 1024, "bytes",
        "Largest transfer, in bytes after decompression.", "handover_too_large", "tests/tests/domain/transfer.rs";
    MARKS_MAX: usize = 4, "marks",
        "Marks on one letter at most: Vietnamese has two, a letter under two hundred is a prank that no paper can print.", "value_refused", "sync-core/tests/reach.rs";
    RECONCILE_BYTES_MAX: u64 = 64 * 1024, "bytes",
        "Largest negentropy message, in bytes.", "-", "tests/tests/domain/reconcile.rs";
    ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024, "bytes",
        "Largest answer that is read, in bytes after decompression.", "-", "tests/tests/domain/sync.rs";
}
