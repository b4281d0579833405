-- Tickets to the live channel, by the SHA-256 of the ticket: a browser cannot put a token into the
-- headers of a WebSocket. Each is good once and for half a minute.
create table live_ticket (
    hash bytea primary key,
    device_id bytea not null references device (id),
    expires_at bigint not null
);
create index live_ticket_expires on live_ticket (expires_at);
