-- Which reference data each phone had: when the server told it, and when it said so. A sheet names a version of its
-- own; it is never older than the newest that its phone had been told. Pruned at night.
create table phone_reference (
    device_id bytea not null references device (id),
    version bigint not null,
    told_at bigint not null,
    said_at bigint not null,
    primary key (device_id, version)
);
