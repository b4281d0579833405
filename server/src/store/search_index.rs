//! The index of searches: any three signs in a row of an order's text. SQLite keeps it in a table of its own,
//! PostgreSQL as an index of the extension `pg_trgm`; without the extension searches read every row.

use sqlx::{PgPool, SqlitePool};

const SQLITE: [&str; 2] = [
    "create virtual table if not exists order_search using fts5(
         text, words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1')",
    // Orders of a database from before.
    "insert into order_search (rowid, text, words)
     select search_row, search_key, search_words from orders
     where search_row is not null and search_row not in (select rowid from order_search)",
];

const POSTGRES: [&str; 3] = [
    "create extension if not exists pg_trgm with schema public",
    "create index if not exists orders_search_text on orders
         using gin (search_key public.gin_trgm_ops)",
    "create index if not exists orders_search_words on orders
         using gin (search_words public.gin_trgm_ops)",
];

pub(super) async fn of_sqlite(writer: &SqlitePool) -> Result<(), sqlx::Error> {
    for sql in SQLITE {
        sqlx::query(sql).execute(writer).await?;
    }
    Ok(())
}

pub(super) async fn of_postgres(pool: &PgPool) {
    for sql in POSTGRES {
        if let Err(error) = sqlx::query(sql).execute(pool).await {
            // Another process makes the extension at this moment, or nobody here may: the index may still be made.
            tracing::warn!(%error, "no index of searches yet: {sql}");
        }
    }
}
