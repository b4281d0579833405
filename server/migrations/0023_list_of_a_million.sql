-- The list of the office reads a page, its counts and its districts from indexes alone, whatever the filter.
drop index orders_by_state;
create index orders_by_state on orders (state, date, window_from, number);
create index orders_counted on orders (district_key, urgency, state, date);
-- The text of a search with every number and word between blanks: « 25 », « лермонтова ».
alter table orders add column search_words text not null default '';
-- Row of the index of searches, where the database keeps one in a table of its own.
alter table orders add column search_row bigint;
update orders set search_row = card_seq, search_words = ' ' || replace(replace(replace(replace(
    search_key, ',', ' '), '.', ' '), '-', ' '), '/', ' ') || ' ';
create unique index orders_by_search_row on orders (search_row);
