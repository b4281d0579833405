-- Photos. Papers and packages name their bytes by themselves; a row here is a photo, that somebody brought.
create table blob (
    sha256 text primary key,
    bytes bigint not null,
    at bigint not null,
    -- Since when no document names it; after a grace time it goes.
    unreferenced_since bigint
);
create index blob_unreferenced on blob (unreferenced_since);

-- What documents name.
create table blob_ref (
    order_id bytea not null references orders (id),
    sha256 text not null,
    visit_id bytea not null,
    instrument_id bytea not null,
    kind text not null,
    primary key (order_id, sha256)
);
create index blob_ref_sha256 on blob_ref (sha256);

-- For which orders the bytes themselves were brought: whoever only knows a name learns nothing.
create table blob_proof (
    order_id bytea not null references orders (id),
    sha256 text not null,
    device_id bytea not null references device (id),
    at bigint not null,
    primary key (order_id, sha256)
);

-- Uploads under way; their parts lie in the blob store until all are there.
create table upload (
    id text primary key,
    device_id bytea not null references device (id),
    order_id bytea not null references orders (id),
    sha256 text not null,
    bytes bigint not null,
    received bigint not null,
    expires_at bigint not null
);
create index upload_device on upload (device_id);
create index upload_expires on upload (expires_at);

create table upload_part (
    upload_id text not null references upload (id),
    at bigint not null,
    name text not null,
    primary key (upload_id, at)
);
