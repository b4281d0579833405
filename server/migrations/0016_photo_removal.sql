-- Time at which the sweeper began to remove the bytes of a photo, Unix time, ms. The bytes go outside
-- of every transaction; the row goes after them.
alter table blob add column removing_since bigint;
