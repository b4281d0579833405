-- Minutes of the day between which planned and paid orders are offered and telephones ring, in the zone of the
-- order's place. 0 and 1439: at any time.
alter table entity add column work_from_min bigint not null default 480;
alter table entity add column work_to_min bigint not null default 1260;
