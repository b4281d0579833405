-- A spreadsheet is looked at before it is taken: every order is tried and rolled back. Reports of imports live for
-- 30 days, and no firm has any yet: the tables begin anew.
drop table import_made;
drop table import_repair;
drop table import_problem;
drop table import_job;
create table import_job (
    id bytea primary key,
    kind text not null check (kind in ('orders', 'readings', 'types', 'people')),
    person_id bytea not null references person (id),
    who text not null,
    -- For whom readings are typed in.
    whom bytea,
    at bigint not null,
    state text not null
        check (state in ('running', 'checked', 'done', 'interrupted', 'failed', 'undone')),
    -- Every order is tried and rolled back; nothing is taken.
    trial boolean not null,
    -- People are asked from this instant on, unix ms; none: at once.
    offers_from bigint,
    total bigint not null,
    done bigint not null,
    taken bigint not null,
    -- The line of the file where it stands.
    line bigint not null,
    -- Which start of the server works on it, and when it last said so.
    run bigint not null,
    alive_at bigint not null
);
create index import_job_by_time on import_job (at);

-- The file of an import, kept while a line may be repaired; apart, since each step of an import writes its row.
create table import_file (
    job_id bytea primary key references import_job (id),
    file bytea not null
);

-- What was not taken of a spreadsheet, JSON.
create table import_problem (
    job_id bytea not null references import_job (id),
    position bigint not null,
    body text not null,
    primary key (job_id, position)
);

-- The cells of a line as a person repaired them, JSON; they stand in place of the file's.
create table import_repair (
    job_id bytea not null references import_job (id),
    line bigint not null,
    cells text not null,
    primary key (job_id, line)
);

-- The orders that an import made, with the version of the card that it wrote last.
create table import_made (
    job_id bytea not null references import_job (id),
    order_id bytea not null references orders (id),
    -- The line that it was made from.
    line bigint not null,
    version bigint not null,
    primary key (job_id, order_id)
);

-- People are asked about the order from this instant on, unix ms; none: at once, in working hours.
alter table orders add column offers_from bigint;

-- A list of orders that the office named: filters as the address of the page has them.
create table saved_view (
    id bytea primary key,
    -- Whose it is; none: everybody's.
    person_id bytea references person (id),
    name text not null,
    query text not null,
    made_by text not null,
    made_at bigint not null
);
create index saved_view_by_person on saved_view (person_id);
