-- One-time codes of an authenticator app (RFC 6238): the secret that the app and the server share. `confirmed_at` is
-- empty until the person has typed a code of it; `step` is the last 30-second step whose code let him in.
create table totp (
    person_id bytea primary key references person (id),
    secret bytea not null,
    confirmed_at bigint,
    step bigint not null default 0
);
