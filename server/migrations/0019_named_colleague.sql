-- The colleague whom a decline outside working hours named: the first to be asked at the opening.
alter table orders add column named_person_id bytea references person (id);
