-- A log-in of the office is a session: refresh tokens are its family, access tokens name it, and whoever
-- ends it ends both at once.
create table session (
    id bytea primary key,
    person_id bytea not null references person (id),
    began_at bigint not null,
    seen_at bigint not null,
    ends_at bigint not null,
    agent text not null,
    address text not null,
    ended_at bigint
);
create index session_person on session (person_id);

-- Who is logged in stays so, for at most sixty days more.
insert into session (id, person_id, began_at, seen_at, ends_at, agent, address)
    select family, person_id, min(expires_at) - 2592000000, max(expires_at) - 2592000000,
        max(expires_at) + 2592000000, '', ''
    from refresh_token where not revoked group by family, person_id;

-- Who made a code, and from where it was used: the office sees who took it.
alter table enrol_code add column made_by text;
alter table device add column code_by text;
alter table device add column enrolled_from text;
