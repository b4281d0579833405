//! Bounds of connections, bodies, log-ins and sessions.

vyezd_core::limits! {
    BODY_LINGER_MS: u64 = 1_000, "ms",
        "How long what is still sent is thrown away after a body was refused: a client that sends hears the answer.",
        "-", "tests/tests/processes/connections.rs";
    BODY_LINGER_BYTES_MAX: usize = 64 * 1024 * 1024, "bytes",
        "The same in bytes.", "-", "tests/tests/processes/connections.rs";
    BODY_SMALL_BYTES_MAX: usize = 16 * 1024, "bytes",
        "A body of somebody who has shown nothing yet: a name, a password, a key, a signature.",
        "body_too_large", "tests/tests/processes/connections.rs";
    BODY_JSON_BYTES_MAX: usize = 1024 * 1024, "bytes",
        "An ordinary JSON body: fifty instruments with their readings take 60 kB.",
        "body_too_large", "tests/tests/processes/connections.rs";
    BODY_IMPORT_BYTES_MAX: usize = 33 * 1024 * 1024, "bytes",
        "A spreadsheet of a season; its token is looked at before its first byte is read.",
        "body_too_large", "tests/tests/processes/connections.rs";
    BODY_STALL_S: u64 = 20, "s",
        "A body that brings nothing for so long is given up: mobile networks pause for a few seconds.",
        "body_too_slow", "tests/tests/processes/connections.rs";
    BODY_GRACE_S: u64 = 40, "s",
        "What a body may take before its pace counts.", "body_too_slow", "tests/tests/processes/connections.rs";
    BODY_BYTES_A_SECOND_MIN: u64 = 512, "bytes",
        "The pace of a body after the grace: a tenth of what EDGE gives.", "body_too_slow", "tests/tests/processes/connections.rs";
    HEADER_READ_S: u64 = 15, "s",
        "From the first look for a request to the end of its headers; an idle connection ends with it.",
        "-", "tests/tests/processes/connections.rs";
    HEADER_BYTES_MAX: usize = 32 * 1024, "bytes",
        "The head of a request: ours take less than 2 kB.", "head_too_large", "tests/tests/processes/edge.rs";
    WRITE_STALL_S: u64 = 60, "s",
        "A client that takes nothing of its answer for so long is given up.", "-", "tests/tests/processes/connections.rs";
    CONNECTIONS_MAX: usize = 8_192, "connections",
        "Open connections of a process; fewer where the system allows fewer files. The oldest idle one makes room.",
        "-", "tests/tests/processes/connections.rs";
    PIPELINED_FREE: u32 = 2, "requests",
        "Requests of a connection that may come on top of each other: a fast neighbour's second one is no pile.",
        "-", "tests/tests/processes/connections.rs";
    PIPELINED_AT_ONCE: usize = 2, "requests",
        "Further ones that are worked on at one time, of all connections: whoever listens is not kept waiting by them.",
        "-", "tests/tests/processes/connections.rs";
    LOGIN_CHARS_MAX: usize = 128, "characters",
        "A name to log in with, before it is folded.", "field_invalid", "tests/tests/processes/connections.rs";
    PASSWORD_BYTES_MAX: usize = 512, "bytes",
        "A password, before it is hashed: a sentence of eighty words.", "field_invalid", "tests/tests/processes/connections.rs";
    PASSWORD_CHARS_MIN: usize = 8, "characters",
        "The shortest password (NIST SP 800-63B).", "field_invalid", "tests/tests/processes/sessions.rs";
    DEVICE_NAME_CHARS_MAX: usize = 100, "characters",
        "What a person calls his phone.", "field_invalid", "tests/tests/processes/connections.rs";
    TOKEN_CHARS_MAX: usize = 256, "characters",
        "A refresh token, a challenge, a code, a signature in digits: ours are shorter.",
        "field_invalid", "tests/tests/processes/connections.rs";
    PASSWORDS_AT_ONCE: usize = 2, "passwords",
        "Passwords that are hashed at one time: each takes 19 MB, kept for the next.",
        "busy", "tests/tests/processes/connections.rs";
    PASSWORDS_WAITING_MAX: usize = 64, "passwords",
        "Passwords that wait for their turn: some two seconds of work.", "busy", "tests/tests/processes/connections.rs";
    BRAKE_KEYS_MAX: usize = 20_000, "keys",
        "Names and addresses whose failures are counted; the longest quiet is forgotten first.",
        "-", "tests/tests/processes/brakes.rs";
    BRAKE_WAITING_MAX: usize = 256, "attempts",
        "Attempts that wait for others of their address which are under way.", "too_many", "tests/tests/processes/brakes.rs";
    BRAKE_FORGETS_S: i64 = 24 * 3600, "s",
        "Failures are forgotten after so long without another.", "-", "tests/tests/processes/brakes.rs";
    BRAKE_WAIT_S_MAX: i64 = 15 * 60, "s",
        "The longest pause between two attempts that failed: about a hundred guesses a day.",
        "too_many", "tests/tests/processes/brakes.rs";
    LOGIN_FREE_BY_ADDRESS: u32 = 20, "attempts",
        "Wrong passwords of one address before the pauses grow: an office behind one address mistypes.",
        "too_many", "tests/tests/processes/brakes.rs";
    LOGIN_FREE_BY_NAME: u32 = 100, "attempts",
        "Wrong passwords for one name, from wherever, before strangers pause. A device that is known passes, and an address that its person logged in from.",
        "too_many", "tests/tests/processes/brakes.rs";
    LOGIN_WAIT_BY_NAME_S_MAX: i64 = 60, "s",
        "The longest pause of strangers for a name that is being guessed: 1,540 guesses a day, from wherever.",
        "too_many", "tests/tests/processes/brakes.rs";
    TOTP_CHARS_MAX: usize = 16, "characters",
        "A code of an authenticator app as it is typed: six digits and blanks.", "field_invalid", "tests/tests/processes/totp.rs";
    TOTP_WRONG_FREE: u32 = 10, "codes",
        "Wrong codes of somebody who knows the password before the pauses grow to a quarter of an hour: a hundred guesses a day of a million.",
        "too_many", "tests/tests/processes/totp.rs";
    TOTP_PASSES_AN_HOUR: u32 = 30, "codes",
        "Wrong codes for a name that are looked at before its password is, so that the right one passes the pauses of the name: beyond it all wait alike.",
        "too_many", "tests/tests/processes/totp.rs";
    KNOWN_PLACE_DAYS: i64 = 60, "days",
        "How long an address that somebody logged in from is known as his.", "-", "tests/tests/processes/brakes.rs";
    LOGIN_FREE_BY_DEVICE: u32 = 10, "attempts",
        "Wrong passwords of a known device before its pauses grow.", "too_many", "tests/tests/processes/brakes.rs";
    CODES_FREE_BY_ADDRESS: u32 = 10, "attempts",
        "Wrong enrolment codes of one address before the pauses grow.", "too_many", "tests/tests/processes/brakes.rs";
    CODES_WRONG_AN_HOUR: u32 = 100_000, "attempts",
        "Wrong enrolment codes of everybody together: 2.4 million in the 24 h that a code of twelve digits lives, one chance in 400,000 for one code and in 8,000 for fifty. To reach it takes ten thousand addresses.",
        "too_many", "tests/tests/processes/brakes.rs";
    PUBLIC_BY_ADDRESS_A_MINUTE: u32 = 240, "looks",
        "Looks at clients' pages of one address a minute: a page takes four.", "too_many", "tests/tests/processes/brakes.rs";
    PUBLIC_A_MINUTE: u32 = 30_000, "looks",
        "Wrong links of everybody a minute, beyond which they are told to wait; a right one always opens.",
        "too_many", "tests/tests/processes/brakes.rs";
    SESSION_S_MAX: i64 = 90 * 24 * 3600, "s",
        "A session ends so long after its log-in, however busy it is.", "token_expired", "tests/tests/processes/sessions.rs";
    SESSIONS_A_PERSON_MAX: i64 = 50, "sessions",
        "Open sessions of one person; the longest unused ends.", "token_expired", "tests/tests/processes/sessions.rs";
    ACCESS_S: i64 = 15 * 60, "s",
        "An access token of the office lives this long, s.", "token_expired", "tests/tests/processes/routes.rs";
    DEVICE_TOKEN_S: i64 = 15 * 60, "s",
        "A phone's token lives this long, s.", "token_expired", "tests/tests/processes/routes.rs";
    REFRESH_S: i64 = 30 * 24 * 3600, "s",
        "A refresh token lives this long, s.", "token_expired", "tests/tests/processes/sessions.rs";
    REFRESH_GRACE_MS: i64 = 60_000, "ms",
        "The same client may ask twice within this time and gets the same successor, ms.", "refresh_reused", "tests/tests/processes/sessions.rs";
    CHALLENGE_S: i64 = 120, "s",
        "A challenge for a phone lives this long, s.", "proof_wrong", "tests/tests/processes/routes.rs";
    ENROL_CODE_S: i64 = 24 * 3600, "s",
        "An enrolment code lives this long, s.", "code_wrong", "tests/tests/processes/sessions.rs";
    TICKET_S: i64 = 30, "s",
        "How long a ticket is good, s.", "token_expired", "tests/tests/processes/live_channel.rs";
    LIVE_OFFERS_MAX: usize = 5, "offers",
        "Offers that one poke carries.", "-", "tests/tests/processes/live_channel.rs";
    LIVE_MESSAGE_BYTES_MAX: usize = 1024, "bytes",
        "A phone has nothing to say here: larger messages end the connection, bytes.", "-", "tests/tests/processes/live_channel.rs";
    AGENT_CHARS_MAX: usize = 200, "characters",
        "Of what a browser calls itself so much is kept, characters.", "-", "tests/tests/processes/sessions.rs";
    LOGIN_NAME_CHARS_MAX: usize = 64, "characters",
        "The longest new name, characters; older ones may be longer.", "field_invalid", "tests/tests/processes/sessions.rs";
    ENDPOINT_CHARS_MAX: usize = 1_000, "characters",
        "Longest address of a browser, characters.", "field_invalid", "tests/tests/processes/push.rs";
    PIECE_BYTES: usize = 4096, "bytes",
        "Each read of the socket fills a buffer of its own, 8 KiB; pieces smaller than this are copied out of it.", "-", "tests/tests/processes/connections.rs";
    PIECE_REST_MS: u64 = 20, "ms",
        "How long a body rests after a small piece that was not its last, doubled up to 320 ms: bytes that come one by one are read three times a second.",
        "-", "tests/tests/processes/connections.rs";
}
