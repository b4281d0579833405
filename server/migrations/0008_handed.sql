-- The visit went to a colleague by its person's own word: that he had begun it asks nobody anything.
alter table visit add column handed boolean not null default false;

-- Visits that were to be a colleague's and whose giver kept the order after all.
create table kept_visit (
    visit_id bytea not null,
    person_id bytea not null references person (id),
    at bigint not null,
    primary key (visit_id, person_id)
);
