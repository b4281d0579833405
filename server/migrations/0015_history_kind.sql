-- What a line of an order's history is about, for the lines that are asked for later: who cancelled, moved, took back,
-- or changed the card.
alter table history add column kind text not null default 'note';
update history set kind = 'cancelled' where what like 'Отменена: %';
update history set kind = 'moved' where what like 'Перенесена на %';
update history set kind = 'taken_away' where what like 'Забрана у %';
update history set kind = 'card_changed' where what = 'Карточка изменена';
