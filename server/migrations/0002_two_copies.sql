-- Phones forget what is in two copies: the newest may turn out to be damaged.
alter table installation add column newest_copy_seq bigint not null default 0;
