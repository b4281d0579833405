-- Numbers that the Fund gave, with the answer or the table that brought them.
alter table package add column sent_at bigint;
alter table package add column sent_by text;

create table fund_answer (
    id bytea primary key,
    source text not null check (source in ('answer', 'table')),
    -- Of an answer: the package that it is of.
    package_id bytea references package (id),
    at bigint not null,
    who text not null,
    -- Its bytes.
    sha256 text not null,
    undone_at bigint,
    undone_by text
);
create index fund_answer_by_time on fund_answer (at);

create table fund_record (
    answer_id bytea not null references fund_answer (id),
    -- Its place in the answer, from 1; in a table, its line.
    position bigint not null,
    seal_id bytea not null,
    instrument_id bytea not null,
    -- None: the Fund refused the record.
    number text,
    refusal text not null,
    xml text not null,
    live boolean not null,
    primary key (answer_id, position),
    foreign key (seal_id, instrument_id) references verification (seal_id, instrument_id)
);
-- A verification has one record, and a number is of one verification.
create unique index one_fund_record on fund_record (seal_id, instrument_id) where live;
create unique index one_fund_number on fund_record (number) where live and number is not null;

-- The same paper with the number of the Fund, or without it again, stands in its place.
alter table paper add column replaced boolean not null default false;
