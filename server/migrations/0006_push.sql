-- Where a phone's browser takes pushes (RFC 8030): one place a phone, a newer one replaces it.
create table push_place (
    device_id bytea primary key references device (id),
    -- The push service's address for this browser, and the keys that only the browser can open (RFC 8291).
    endpoint text not null,
    p256dh bytea not null,
    auth bytea not null,
    made_at bigint not null
);
