-- What people did to the installation itself. Rows are only added; the night takes away what is older
-- than the retention time. The id ascends with time.
create table audit (
    id bytea primary key,
    at bigint not null,
    -- Nobody where a stranger tried.
    person_id bytea,
    who text not null,
    kind text not null,
    subject text not null,
    details text not null,
    address text
);
create index audit_by_time on audit (at);
create index audit_by_person on audit (person_id, at);
create index audit_by_kind on audit (kind, at);
create index audit_by_subject on audit (subject, at);

-- For `If-Match`: two administrators at one card.
alter table person add column version bigint not null default 1;
alter table entity add column version bigint not null default 1;

-- What a request with an `Idempotency-Key` made, so that the same request again gets the same answer.
-- Without a status it is still being made.
create table made (
    caller bytea not null,
    key text not null,
    request bytea not null,
    at bigint not null,
    status bigint,
    kind text,
    body bytea,
    primary key (caller, key)
);
create index made_by_time on made (at);

-- A client's link that the office closed, or opened for longer than its time.
alter table seal add column link_closed_at bigint;
alter table seal add column link_closed_by text;
alter table seal add column link_until bigint;

-- Who typed a visit in from paper.
alter table visit add column typed_by bytea;
alter table visit add column typed_by_name text;

-- Spreadsheets on their way in. A row is counted in the transaction that takes it.
create table import_job (
    id bytea primary key,
    kind text not null check (kind in ('orders', 'readings')),
    person_id bytea not null references person (id),
    who text not null,
    -- For whom readings are typed in.
    whom bytea,
    at bigint not null,
    state text not null check (state in ('running', 'done', 'interrupted', 'failed')),
    total bigint not null,
    done bigint not null,
    taken bigint not null,
    -- The line of the file where it stands.
    line bigint not null,
    file bytea not null,
    -- Which start of the server works on it, and when it last said so.
    run bigint not null,
    alive_at bigint not null
);
create index import_job_by_time on import_job (at);

-- What was not taken of a spreadsheet, JSON.
create table import_problem (
    job_id bytea not null references import_job (id),
    position bigint not null,
    body text not null,
    primary key (job_id, position)
);
