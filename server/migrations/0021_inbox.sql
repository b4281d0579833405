-- What the office has looked at in «Требует решения», until the order is brought back to work.
create table inbox_settled (
    order_id bytea not null references orders (id),
    kind text not null,
    settled_at bigint not null,
    settled_by text not null,
    primary key (order_id, kind)
);
