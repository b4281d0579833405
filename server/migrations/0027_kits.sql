-- A set of means that one person takes along; each means names its kit in its body.
create table kit (
    id bytea primary key,
    name text not null,
    name_key text not null unique
);

-- Who had a kit, by days, both included; on the day of a hand-over both had it. The open one has no last day.
create table kit_holding (
    kit_id bytea not null references kit (id),
    ordinal bigint not null,
    person_id bytea not null references person (id),
    from_day text not null,
    until_day text,
    primary key (kit_id, ordinal)
);
create index kit_holding_of on kit_holding (person_id);
