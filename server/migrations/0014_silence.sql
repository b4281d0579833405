-- When a phone last spoke without a signed sheet, and when it had as each sheet came: a sheet is not signed before that.
alter table device add column silent_at bigint;
alter table seal add column silent_at bigint;
