//! The only place with SQL. One text for SQLite and PostgreSQL; the URL chooses at start.
//!
//! The caller opens the transaction and commits it; functions are named for what they mean. One file
//! a table or a family of tables.

mod audit;
mod calls;
mod conflicts;
mod devices;
mod docs;
mod envelopes;
mod firm;
mod fund;
mod history;
mod import_lines;
mod import_undo;
mod imports;
mod inbox;
mod incidents;
mod installation;
mod kits;
mod ledger;
mod live;
mod location;
mod made;
mod meta;
mod numbers;
mod offers;
mod order_list;
mod order_search;
mod orders;
mod packages;
mod papers;
mod people;
mod photos;
mod portraits;
mod pull;
mod push;
mod quarantine;
mod scope;
mod seals;
mod search_index;
mod sessions;
mod states;
mod timers;
mod totp;
mod views;
mod visits;

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};
use vyezd_core::model::Timestamp;

pub use audit::{AuditEntry, AuditFilter, AuditRow};
pub use calls::CallRow;
pub use conflicts::ConflictRow;
pub use devices::{DeviceRow, EnrolledPhone, Heard, HeardOf};
pub use docs::{Incoming, Moved, ReadDoc, split_heads};
pub use fund::{AnswerRow, FundLine, FundRecord, FundState, Verified};
pub use history::{By, HistoryRow};
pub use import_lines::MadeOrder;
pub use import_undo::MadeType;
pub use imports::{ImportRow, ImportStep};
pub use inbox::{InboxOrder, SilentPerson};
pub use incidents::{About, IncidentRow};
pub use kits::KitRow;
pub use ledger::EVENTS_A_PAGE;
pub use live::OpenOffer;
pub use made::{MadeAnswer, MadeKey, MadeRow};
pub use numbers::{LeaseHolder, NumberRange, Ranges, SeriesAccount, UsedBy};
pub use offers::OfferRow;
pub use order_list::{OrderFilter, OrderPlace};
pub use order_search::{SearchWord, search_words};
pub use orders::{OrderAtHand, OrderRow, OrderState};
pub use packages::{Packable, PackageRow};
pub use papers::{PaperKind, PaperRow};
pub use people::{PersonRow, Role};
pub use photos::{PhotoRef, UploadRow};
pub use portraits::Portrait;
pub use pull::{PulledChunk, PulledOrder};
pub use push::PushPlace;
pub use quarantine::HeldBatch;
pub use scope::{PhoneStatus, ScopeRow};
pub use seals::{LinkRow, SealRow, SheetRow, VerificationRow};
pub use sessions::{RefreshRow, SessionRow};
pub use states::{
    CallOutcome, Channel, ConflictKind, HeldState, ImportKind, ImportState, IncidentKind, LineKind,
    NumberState, OfferStatus, SealState,
};
pub use timers::{Due, Timer, Waiting};
pub use totp::TotpRow;
pub use views::SavedView;

/// The database does not do what it must.
pub type StoreError = sqlx::Error;

#[derive(Clone)]
pub struct Store {
    pool: Pool,
    failpoint: Arc<CommitFailpoint>,
}

/// Lets a simulation kill the process between any two commits: after so many of them nothing can be
/// begun any more. Never lit otherwise.
#[derive(Debug)]
pub struct CommitFailpoint(AtomicI64);

impl CommitFailpoint {
    const NEVER: i64 = i64::MAX;

    fn has_failed(&self) -> bool {
        self.0.load(Ordering::SeqCst) <= 0
    }

    fn count_commit(&self) {
        if self.0.load(Ordering::SeqCst) != Self::NEVER {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

#[derive(Clone)]
enum Pool {
    /// One connection that writes, as SQLite lets one write at a time: writers queue, and the next
    /// one finds the statements of the connection prepared.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>, Option<Arc<CommitFailpoint>>),
    Postgres(Transaction<'static, Postgres>, Option<Arc<CommitFailpoint>>),
}

/// Runs one query on whichever database the transaction belongs to.
macro_rules! on {
    ($tx:expr, |$conn:ident| $query:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                let $conn = &mut **tx;
                $query
            }
            $crate::store::Tx::Postgres(tx, _) => {
                let $conn = &mut **tx;
                $query
            }
        }
    };
}
pub(crate) use on;

/// `$7, $8, $9` after six others.
pub(crate) fn marks(after: usize, count: usize) -> String {
    let marks: Vec<String> = (after + 1..=after + count).map(|n| format!("${n}")).collect();
    marks.join(", ")
}

/// `($1, $2), ($3, $4)`: two rows of two.
pub(crate) fn marks_of_rows(rows: usize, width: usize) -> String {
    let rows: Vec<String> =
        (0..rows).map(|row| format!("({})", marks(row * width, width))).collect();
    rows.join(", ")
}

/// A list that is not empty, made as long as a power of two: with the same orders again the answer is the
/// same, and few different statements are prepared.
pub(crate) fn padded<T: Copy>(orders: &[T]) -> Vec<T> {
    let last = orders.last().copied();
    let more = orders.len().next_power_of_two() - orders.len();
    orders.iter().copied().chain(last.into_iter().cycle().take(more)).collect()
}

/// Rows about several orders at once: `{}` is their list. No order, no query.
macro_rules! listed {
    ($tx:expr, $orders:expr, $sql:literal) => {{
        let orders = $orders;
        if orders.is_empty() {
            Vec::new()
        } else {
            let orders = $crate::store::padded(orders);
            let sql = format!($sql, $crate::store::marks(0, orders.len()));
            $crate::store::on!(&mut *$tx, |conn| {
                let query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
                let bind = |query, order: &vyezd_core::model::OrderId| {
                    sqlx::query::QueryAs::bind(query, order.bytes().to_vec())
                };
                orders.iter().fold(query, bind).fetch_all(conn).await
            })?
        }
    }};
}
pub(crate) use listed;

/// Prepared statements that a connection keeps; there are some 250 different ones here.
const STATEMENTS_KEPT: usize = 400;

/// Size of the trial write, bytes: an order with its document.
const TRIAL_BYTES: usize = 16 * 1024;

const SQLITE_READERS: u32 = 4;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

impl Store {
    /// Opens the database and brings it up to date.
    ///
    /// `sqlite:///path/to/file` or `postgres://…`. A `schema` (PostgreSQL only) keeps tests apart.
    pub async fn open(url: &str, schema: Option<&str>) -> anyhow::Result<Self> {
        let pool = if url.starts_with("postgres") {
            let mut options = PgConnectOptions::from_str(url)?;
            if let Some(schema) = schema {
                create_schema(&options, schema).await?;
                options = options.options([("search_path", schema)]);
            }
            let pool = PgPoolOptions::new().max_connections(8).connect_with(options).await?;
            MIGRATIONS.run(&pool).await?;
            search_index::of_postgres(&pool).await;
            Pool::Postgres(pool)
        } else {
            let path = url.trim_start_matches("sqlite://");
            let options = SqliteConnectOptions::new()
                .filename(Path::new(path))
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(30))
                .statement_cache_capacity(STATEMENTS_KEPT)
                .foreign_keys(true);
            let writer = sqlite_pool(1).connect_with(options.clone()).await?;
            MIGRATIONS.run(&writer).await?;
            search_index::of_sqlite(&writer).await?;
            let readers = sqlite_pool(SQLITE_READERS).connect_with(options).await?;
            Pool::Sqlite { writer, readers }
        };
        Ok(Self {
            pool,
            failpoint: Arc::new(CommitFailpoint(AtomicI64::new(CommitFailpoint::NEVER))),
        })
    }

    /// For simulations: nothing can be begun after so many more commits.
    pub fn fail_after_commits(&self, commits: i64) {
        self.failpoint.0.store(commits, Ordering::SeqCst);
    }

    pub fn has_failed(&self) -> bool {
        self.failpoint.has_failed()
    }

    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Copies an SQLite database at work, in one state.
    pub async fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let Pool::Sqlite { readers, .. } = &self.pool else {
            return Err(StoreError::Configuration("PostgreSQL is copied with pg_dump".into()));
        };
        sqlx::query("vacuum into $1")
            .bind(path.display().to_string())
            .execute(readers)
            .await
            .map(drop)
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        if self.failpoint.has_failed() {
            return Err(StoreError::PoolClosed);
        }
        let failpoint = Some(self.failpoint.clone());
        match &self.pool {
            // A deferred transaction meets SQLITE_BUSY when it first writes.
            Pool::Sqlite { writer, .. } => {
                Ok(Tx::Sqlite(writer.begin_with("begin immediate").await?, failpoint))
            }
            Pool::Postgres(pool) => {
                let pool = pool.clone();
                Ok(Tx::Postgres(unbroken(async move { pool.begin().await }).await?, failpoint))
            }
        }
    }

    /// Begins a transaction that only reads, of one state of the database.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        if self.failpoint.has_failed() {
            return Err(StoreError::PoolClosed);
        }
        match &self.pool {
            Pool::Sqlite { readers, .. } => Ok(Tx::Sqlite(readers.begin().await?, None)),
            Pool::Postgres(pool) => {
                let (pool, begin) =
                    (pool.clone(), "begin isolation level repeatable read read only");
                let begun = unbroken(async move { pool.begin_with(begin).await });
                Ok(Tx::Postgres(begun.await?, None))
            }
        }
    }

    /// Whether no other process works on this database.
    pub const fn is_alone(&self) -> bool {
        matches!(self.pool, Pool::Sqlite { .. })
    }

    /// Kind of the database, for people.
    pub const fn kind(&self) -> &'static str {
        match self.pool {
            Pool::Sqlite { .. } => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }

    /// Whether something of the size of an order can be written, and read.
    pub async fn try_writing(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let mut trial = now.0.to_be_bytes().to_vec();
        trial.resize(TRIAL_BYTES, 0);
        tx.set_meta("trial", &trial).await?;
        tx.commit().await?;
        self.read().await?.last_seq().await.map(drop)
    }
}

impl Tx {
    pub async fn commit(self) -> Result<(), StoreError> {
        let failpoint = match self {
            Self::Sqlite(tx, failpoint) => tx.commit().await.map(|()| failpoint),
            Self::Postgres(tx, failpoint) => tx.commit().await.map(|()| failpoint),
        }?;
        if let Some(failpoint) = failpoint {
            failpoint.count_commit();
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx, _) => tx.rollback().await,
            Self::Postgres(tx, _) => tx.rollback().await,
        }
    }

    /// Marks a point; later statements can be rolled back without the rest.
    pub async fn savepoint(&mut self) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("savepoint item").execute(conn).await.map(drop))
    }

    /// Statements after the savepoint stay.
    pub async fn release_savepoint(&mut self) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("release savepoint item").execute(conn).await.map(drop))
    }

    /// Rolls back the statements after the savepoint.
    pub async fn rollback_to_savepoint(&mut self) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query("rollback to savepoint item")
            .execute(conn)
            .await
            .map(drop))?;
        self.release_savepoint().await
    }

    /// A writer of SQLite keeps every other writer away: rows need no locks of their own.
    const fn is_alone(&self) -> bool {
        matches!(self, Self::Sqlite(..))
    }

    /// Lets the database look at its tables, after very many rows came at once.
    pub async fn analyze(&mut self) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("analyze").execute(conn).await.map(drop))
    }

    /// The next number of the stream. Its row stays locked until the commit.
    pub async fn next_seq(&mut self) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "update stream set last = last + 1 where one = 1 returning last"
        )
        .fetch_one(conn)
        .await)
    }

    /// Several numbers of the stream at once: the first of them. Its row stays locked until the commit.
    pub async fn reserve(&mut self, count: i64) -> Result<i64, StoreError> {
        let last: i64 = on!(self, |conn| sqlx::query_scalar(
            "update stream set last = last + $1 where one = 1 returning last"
        )
        .bind(count)
        .fetch_one(conn)
        .await)?;
        Ok(last - count + 1)
    }

    /// The last number of the stream.
    pub async fn last_seq(&mut self) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar("select last from stream where one = 1")
            .fetch_one(conn)
            .await)
    }
}

/// A connection to a file does not break by itself: it need not be tried each time. One whose
/// transaction does not end is closed and never used again.
fn sqlite_pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(most)
        .test_before_acquire(false)
        .after_release(|conn, _| Box::pin(is_whole(conn)))
}

/// Goes on where its caller is dropped: a client that hangs up while `begin` is under way would leave the connection
/// inside a transaction that the pool knows nothing of, and the next writer in it.
async fn unbroken<T: Send + 'static>(
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::spawn(work).await.unwrap_or(Err(StoreError::WorkerCrashed))
}

/// SQLite rolls back by itself where the disk is full, and the driver goes on counting: its rollback is
/// refused, and every later transaction would be one inside of another.
async fn is_whole(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    if conn.is_in_transaction() {
        // The connection runs its commands in order, so a dropped transaction is rolled back before
        // the ping.
        conn.ping().await?;
    }
    Ok(!conn.is_in_transaction())
}

/// The disk of the database is full: 13 of SQLite, 53100 of PostgreSQL.
pub fn is_full(error: &StoreError) -> bool {
    let StoreError::Database(database) = error else { return false };
    matches!(database.code().as_deref(), Some("13" | "53100"))
}

/// A serialization failure or a busy database: the caller may retry. SQLSTATE 40001, 40P01 and 23505 of PostgreSQL, busy of
/// SQLite.
pub fn is_retryable_conflict(error: &StoreError) -> bool {
    let StoreError::Database(database) = error else { return false };
    let code = database.code();
    matches!(code.as_deref(), Some("40001" | "40P01" | "23505" | "5" | "517"))
}

async fn create_schema(options: &PgConnectOptions, schema: &str) -> anyhow::Result<()> {
    use sqlx::{AssertSqlSafe, ConnectOptions, Executor};
    let plain = schema.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    anyhow::ensure!(plain, "a schema name has letters, digits and underscores only");
    let mut conn = options.connect().await?;
    let sql = format!("create schema if not exists {schema}");
    conn.execute(sqlx::query(AssertSqlSafe(sql))).await?;
    Ok(())
}

/// Bytes of the database become an id.
pub(crate) fn id<T>(bytes: &[u8], make: fn([u8; 16]) -> T) -> Result<T, StoreError> {
    bytes.try_into().map(make).map_err(|_| StoreError::Decode("an id has 16 bytes".into()))
}

/// Bytes of the database become a record.
pub(crate) fn record<T: for<'b> minicbor::Decode<'b, ()>>(bytes: &[u8]) -> Result<T, StoreError> {
    minicbor::decode(bytes).map_err(|e| StoreError::Decode(e.to_string().into()))
}
