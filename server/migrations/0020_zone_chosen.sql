-- The office chose the zone of the place, also where the address would give the same one.
alter table orders add column zone_chosen boolean not null default false;
