-- Where a metrologist was when he last pressed a button, while he lets colleagues know. One row a person: no track
-- is kept. Without a place: he lets nobody know since then.
create table person_place (
    person_id bytea primary key references person (id),
    lat_e6 bigint,
    lon_e6 bigint,
    accuracy_m bigint,
    at bigint not null
);

-- Where a building is, as the phone that arrived at it last said.
create table building_place (
    building text primary key,
    lat_e6 bigint not null,
    lon_e6 bigint not null,
    accuracy_m bigint not null,
    at bigint not null
);
