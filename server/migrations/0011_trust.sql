-- What each author wrote: a person's share in a document is counted from the envelopes.
alter table batch add column changes bigint not null default 0;
alter table batch add column ops bigint not null default 0;
create index batch_by_order on batch (order_id);

-- Blocks of numbers by device and day.
alter table lease add column made_at bigint not null default 0;
create index lease_by_device on lease (device_id, entity_id, kind, year);

-- Every version of a card with its place in the stream: a sheet is compared with what its phone had been told.
create table card_version (
    order_id bytea not null references orders (id),
    version bigint not null,
    seq bigint not null,
    card bytea not null,
    primary key (order_id, version)
);

-- How far each phone was: when the server told it, and when it said so. Written with what the phone brings;
-- pruned at night.
create table phone_cursor (
    device_id bytea not null references device (id),
    seq bigint not null,
    told_at bigint not null,
    said_at bigint not null,
    primary key (device_id, seq)
);

-- Who sent what was refused: what is kept of one phone is bounded.
alter table refused_batch add column sender bytea;
create index refused_by_sender on refused_batch (sender, state);

-- An installation belongs to a phone: another phone that names it has one of its own.
create table phone_install (
    device_id bytea not null references device (id),
    install bytea not null,
    first_seen_at bigint not null,
    last_seen_at bigint not null,
    primary key (device_id, install)
);
insert into phone_install (device_id, install, first_seen_at, last_seen_at)
    select device_id, install, first_seen_at, last_seen_at from install;
drop table install;
