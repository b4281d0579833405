//! The phone's rows in one SQLite file: WAL, every commit synced to the disk before it counts.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use vyezd_core::client::{OpenError, Row, Table, Write};
use vyezd_core::model::{DeviceId, InstallId};

/// The store cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says so.
    #[error("the phone's database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// A row makes no sense.
    #[error("the phone's database holds a row that cannot be read")]
    Row(#[from] OpenError),
}

/// Who this phone is. The seed never leaves the store.
#[derive(Clone)]
pub struct Identity {
    /// The Ed25519 seed.
    pub seed: [u8; 32],
    /// The enrolled device.
    pub device: DeviceId,
    /// The installation.
    pub install: InstallId,
}

/// The phone's database.
pub struct Store {
    db: Connection,
}

const SCHEMA: &str = "
    create table if not exists identity (
        one integer primary key check (one = 1),
        seed blob not null, device blob not null, install blob not null
    );
    create table if not exists rows (
        tbl text not null, key blob not null, value blob not null,
        primary key (tbl, key)
    );";

impl Store {
    /// Opens or makes the file and its tables.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "wal")?;
        db.pragma_update(None, "synchronous", "full")?;
        db.execute_batch(SCHEMA)?;
        Ok(Self { db })
    }

    /// Makes the store of a newly enrolled phone.
    pub fn create(path: &Path, identity: &Identity) -> Result<Self, StoreError> {
        let store = Self::open(path)?;
        store.db.execute(
            "insert or replace into identity (one, seed, device, install) values (1, ?1, ?2, ?3)",
            params![
                identity.seed.as_slice(),
                identity.device.bytes().as_slice(),
                identity.install.bytes().as_slice()
            ],
        )?;
        Ok(store)
    }

    /// Who this phone is, once it was enrolled.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let found = self
            .db
            .query_row("select seed, device, install from identity", [], |row| {
                Ok(Identity {
                    seed: row.get(0)?,
                    device: DeviceId::from_bytes(row.get(1)?),
                    install: InstallId::from_bytes(row.get(2)?),
                })
            })
            .optional()?;
        Ok(found)
    }

    /// A new installation begins in this store.
    pub fn reinstall(&self, install: InstallId) -> Result<(), StoreError> {
        self.db.execute("update identity set install = ?1", [install.bytes().as_slice()])?;
        Ok(())
    }

    /// Every row.
    pub fn rows(&self) -> Result<Vec<Row>, StoreError> {
        let mut all = self.db.prepare("select tbl, key, value from rows order by tbl, key")?;
        let rows = all.query_map([], |row| {
            let table: String = row.get(0)?;
            Ok((Table::parse(&table), row.get(1)?, row.get(2)?))
        })?;
        let mut found = Vec::new();
        for row in rows {
            // A table of a newer version is left alone.
            if let (Some(table), key, value) = row? {
                found.push(Row { table, key, value });
            }
        }
        Ok(found)
    }

    /// Writes all of it or nothing, durably.
    pub fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        let tx = self.db.transaction()?;
        for write in writes {
            match write {
                Write::Put(Row { table, key, value }) => {
                    tx.execute(
                        "insert into rows (tbl, key, value) values (?1, ?2, ?3)
                         on conflict (tbl, key) do update set value = excluded.value",
                        params![table.name(), key, value],
                    )?;
                }
                Write::Delete { table, key } => {
                    tx.execute(
                        "delete from rows where tbl = ?1 and key = ?2",
                        params![table.name(), key],
                    )?;
                }
            }
        }
        tx.commit()?;
        Ok(())
    }
}
