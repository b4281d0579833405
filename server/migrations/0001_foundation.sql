-- One set for SQLite and PostgreSQL. Columns are text, bigint, boolean and bytea only; ids are 16
-- bytes made by the application; instants are unix milliseconds; Russian text that is searched has a
-- `_key` column folded in Rust. What must not happen twice is a unique index.

create table meta (
    key text primary key,
    value bytea not null
);

-- The one stream of this installation. Its row is locked until the writing transaction ends, so the
-- order of numbers is the order of commits.
create table stream (
    one bigint primary key check (one = 1),
    last bigint not null
);
insert into stream (one, last) values (1, 0);

-- What every sync looks at, in one row. Another epoch is another data set: after a restore from a
-- backup. While the ledger recovers, nothing is given out that could be given out twice.
create table installation (
    one bigint primary key check (one = 1),
    epoch bigint not null,
    reference_version bigint not null,
    backed_up_seq bigint not null,
    recovering boolean not null,
    recovering_since bigint
);
insert into installation (one, epoch, reference_version, backed_up_seq, recovering)
    values (1, 0, 1, 0, false);

-- Every start of a server process, and where the stream was then: a phone's mark that names a start which
-- is not here, or a place which that start never reached, shows that this database is an old copy.
create table run (
    id bigint primary key,
    n bigint not null,
    from_seq bigint not null
);

create table entity (
    id bytea primary key,
    name text not null,
    body bytea not null
);

create table person (
    id bytea primary key,
    login_key text not null unique,
    name text not null,
    name_key text not null,
    role text not null check (role in ('admin', 'office', 'metrologist')),
    password_hash text,
    phone text,
    attested_until text,
    active boolean not null
);

create table person_district (
    person_id bytea not null references person (id),
    district text not null,
    district_key text not null,
    primary key (person_id, district_key)
);

create table refresh_token (
    hash bytea primary key,
    family bytea not null,
    person_id bytea not null references person (id),
    expires_at bigint not null,
    used_at bigint,
    revoked boolean not null
);
create index refresh_token_family on refresh_token (family);

create table means (
    id bytea primary key,
    body bytea not null
);

create table method (
    title text primary key,
    body bytea not null
);

create table instrument_type (
    type_number text not null,
    modification text not null,
    body bytea not null,
    primary key (type_number, modification)
);

-- What a person's phones were told: a sheet is checked by what the phone knew when it was signed.
create table reference_served (
    version bigint not null,
    person_id bytea not null references person (id),
    body bytea not null,
    primary key (version, person_id)
);

create table enrol_code (
    hash bytea primary key,
    person_id bytea not null references person (id),
    expires_at bigint not null,
    used_at bigint
);

create table device (
    id bytea primary key,
    person_id bytea not null references person (id),
    name text not null,
    public_key bytea not null unique,
    install bytea not null,
    enrolled_at bigint not null,
    revoked_at bigint,
    seen_at bigint,
    looked_at bigint not null
);

-- The installations that a phone's key was seen with. Two that alternate are one phone copied.
create table install (
    install bytea primary key,
    device_id bytea not null references device (id),
    first_seen_at bigint not null,
    last_seen_at bigint not null
);
create index install_by_device on install (device_id);

-- What people should look at: restored and copied phones, a recovered ledger, documents that differ.
create table incident (
    id bytea primary key,
    at bigint not null,
    kind text not null,
    subject text not null,
    what text not null,
    settled_at bigint,
    settled_by text
);
create unique index one_open_incident on incident (kind, subject) where settled_at is null;

create table challenge (
    text text primary key,
    device_id bytea not null references device (id),
    expires_at bigint not null
);

create table orders (
    id bytea primary key,
    number text not null unique,
    version bigint not null,
    entity_id bytea not null references entity (id),
    state text not null check (state in
        ('new', 'offered', 'calling', 'nobody', 'accepted', 'done', 'not_done', 'postponed', 'cancelled')),
    urgency text not null check (urgency in ('planned', 'paid', 'emergency')),
    district text not null,
    district_key text not null,
    date text not null,
    window_from bigint not null,
    search_key text not null,
    card bytea not null,
    card_seq bigint not null,
    created_at bigint not null,
    dispatch_started_at bigint
);
create index orders_by_state on orders (state, date);
create index orders_by_date on orders (date, window_from, number);

-- Who holds an order. One holder, by the database.
create table assignment (
    visit_id bytea primary key,
    order_id bytea not null references orders (id),
    person_id bytea not null references person (id),
    since bigint not null,
    until bigint
);
create unique index one_holder on assignment (order_id) where until is null;
create index assignment_by_person on assignment (person_id);

-- A visit is minted with the offer, so it can be worked on before the answer has travelled.
create table visit (
    id bytea primary key,
    order_id bytea not null references orders (id),
    person_id bytea not null references person (id),
    made_at bigint not null
);
create index visit_by_order on visit (order_id);

create table offer (
    id bytea primary key,
    order_id bytea not null references orders (id),
    person_id bytea not null references person (id),
    visit_id bytea not null references visit (id),
    state text not null check (state in ('open', 'calling', 'accepted', 'declined', 'expired', 'superseded')),
    offered_at bigint not null,
    app_until bigint not null,
    delivered_at bigint,
    seen_at bigint,
    answered_at bigint,
    answered_by text,
    closed_at bigint,
    reason text not null
);
create unique index one_open_offer on offer (order_id) where state in ('open', 'calling');
create unique index one_accepted_offer on offer (order_id) where state = 'accepted';
create index offer_by_person on offer (person_id);

create table call (
    id bytea primary key,
    order_id bytea not null references orders (id),
    offer_id bytea not null references offer (id),
    person_id bytea not null references person (id),
    phone text not null,
    state text not null check (state in ('ringing', 'ended')),
    placed_at bigint not null,
    ended_at bigint,
    pressed text,
    outcome text
);
-- One call at a time to a number.
create unique index one_call_a_phone on call (phone) where state = 'ringing';
create index call_by_order on call (order_id);

-- Timers are rows: they survive a restart and are claimed once.
create table due (
    kind text not null,
    subject bytea not null,
    at bigint not null,
    primary key (kind, subject)
);
create index due_by_time on due (at);

-- Everything that happened to an order, for people.
create table history (
    seq bigint primary key,
    order_id bytea not null references orders (id),
    at bigint not null,
    who text not null,
    what text not null
);
create index history_by_order on history (order_id, seq);

-- The head index: what a document is at, without loading it.
create table doc (
    order_id bytea primary key references orders (id),
    last_seq bigint not null,
    heads bytea not null,
    term bytea not null,
    chunks bigint not null,
    bytes bigint not null
);
create index doc_to_fold on doc (chunks);

-- Append-only. Old chunks are folded into one snapshot with the place of the last of them.
create table chunk (
    order_id bytea not null references orders (id),
    seq bigint not null,
    device_id bytea,
    install bytea,
    snapshot boolean not null,
    body bytea not null,
    primary key (order_id, seq)
);

-- Signed envelopes outlive the chunks they brought.
create table batch (
    item bytea primary key,
    order_id bytea not null references orders (id),
    device_id bytea not null references device (id),
    seq bigint not null,
    body bytea not null
);

-- What was not taken stays, with its reason, until a person decides.
create table refused_batch (
    item bytea primary key,
    order_id bytea not null,
    device_id bytea not null,
    at bigint not null,
    state text not null check (state in ('refused', 'quarantined', 'released', 'dismissed')),
    code text not null,
    message text not null,
    body bytea not null,
    decided_at bigint,
    decided_by text
);
create index refused_by_order on refused_batch (order_id);
create index refused_by_state on refused_batch (state, at);

create table receipt (
    install bytea not null,
    item bytea not null,
    at bigint not null,
    body bytea not null,
    primary key (install, item)
);

-- A person's scope: how far it is, how many documents are in it, and their digest. The row is locked
-- by whoever changes any of it.
create table scope (
    person_id bytea primary key references person (id),
    top bigint not null,
    docs bigint not null,
    digest bytea not null
);

-- Which orders a person's phones hold.
create table scope_doc (
    person_id bytea not null references person (id),
    order_id bytea not null references orders (id),
    joined_seq bigint not null,
    left_seq bigint,
    top_seq bigint not null,
    primary key (person_id, order_id)
);
create index scope_doc_by_order on scope_doc (order_id);
create index scope_doc_by_top on scope_doc (person_id, top_seq);

create table event (
    person_id bytea not null references person (id),
    seq bigint not null,
    body bytea not null,
    primary key (person_id, seq)
);

create table series (
    entity_id bytea not null references entity (id),
    kind text not null,
    year bigint not null,
    last bigint not null,
    primary key (entity_id, kind, year)
);

create table lease (
    id bytea primary key,
    install bytea not null,
    device_id bytea not null references device (id),
    entity_id bytea not null references entity (id),
    kind text not null,
    year bigint not null,
    first bigint not null,
    last bigint not null,
    next bigint not null,
    confirmed boolean not null,
    unique (entity_id, kind, year, first)
);
create index lease_by_install on lease (install);

-- Numbers that became something. A number is used once.
create table number_used (
    entity_id bytea not null references entity (id),
    kind text not null,
    year bigint not null,
    number bigint not null,
    state text not null check (state in ('used', 'spoiled', 'returned', 'sealed')),
    seal_id bytea,
    instrument_id bytea,
    reason text not null,
    primary key (entity_id, kind, year, number)
);

-- Numbers that were jumped over, and why: no series has a hole that nobody can explain.
create table number_gap (
    entity_id bytea not null references entity (id),
    kind text not null,
    year bigint not null,
    first bigint not null,
    last bigint not null,
    at bigint not null,
    reason text not null,
    primary key (entity_id, kind, year, first)
);

create table seal (
    id bytea primary key,
    order_id bytea not null references orders (id),
    visit_id bytea not null,
    supersedes bytea,
    device_id bytea not null,
    signed_at bigint not null,
    received_at bigint not null,
    record bytea not null,
    strokes bytea not null,
    countersignature bytea not null,
    token text not null unique,
    state text not null check (state in ('claimed', 'issued', 'disputed', 'superseded')),
    problem text not null
);
create index seal_by_order on seal (order_id);
-- One signed sheet of a visit counts.
create unique index one_live_seal on seal (visit_id) where state in ('claimed', 'issued');

create table verification (
    seal_id bytea not null references seal (id),
    instrument_id bytea not null,
    order_id bytea not null references orders (id),
    entity_id bytea not null references entity (id),
    date text not null,
    type_number text not null,
    modification text not null,
    serial_number text not null,
    serial_key text not null,
    result text not null check (result in ('fit', 'unfit', 'not_finished')),
    valid_until text,
    protocol_number text,
    performer text not null,
    void boolean not null,
    primary key (seal_id, instrument_id)
);
create unique index one_protocol_number on verification (entity_id, protocol_number) where not void;
create index verification_by_date on verification (entity_id, date);
create index verification_by_serial on verification (serial_key);

create table paper (
    id bytea primary key,
    order_id bytea not null references orders (id),
    seal_id bytea not null references seal (id),
    instrument_id bytea,
    kind text not null check (kind in ('protocol', 'certificate', 'notice', 'sheet')),
    number text not null,
    date text not null,
    file_name text not null,
    sha256 text not null,
    bytes bigint not null,
    void boolean not null
);
create index paper_by_order on paper (order_id);
create index paper_by_date on paper (date);
create index paper_by_seal on paper (seal_id);

create table package (
    id bytea primary key,
    entity_id bytea not null references entity (id),
    number bigint not null,
    made_at bigint not null,
    made_by text not null,
    records bigint not null,
    sha256 text not null,
    bytes bigint not null,
    unique (entity_id, number)
);

create table package_item (
    package_id bytea not null references package (id),
    position bigint not null,
    seal_id bytea not null,
    instrument_id bytea not null,
    live boolean not null,
    primary key (package_id, position)
);
-- A verification is in at most one live package.
create unique index one_live_package on package_item (seal_id, instrument_id) where live;
