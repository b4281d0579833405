-- What merged, but not in meaning: a dispatcher decides, and may take the decision back.
create table conflict (
    id bytea primary key,
    order_id bytea not null references orders (id),
    -- two_readings, cancelled_done, reassigned, two_sheets, moved_done
    kind text not null,
    -- What exactly it is about: a visit, a sheet, a point of an instrument.
    subject text not null,
    -- What may be chosen, JSON: code, who, when, from where, what, what happens to the others.
    options text not null,
    at bigint not null,
    choice text,
    decided_by text,
    decided_at bigint,
    -- What an undo puts back, JSON.
    before text,
    -- It went away by itself.
    gone_at bigint
);
create unique index one_conflict on conflict (order_id, kind, subject);
create index conflict_open on conflict (at) where choice is null and gone_at is null;

-- When the office last moved an order to another day, and who.
alter table orders add column moved_at bigint;
alter table orders add column moved_by text;
