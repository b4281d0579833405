//! Rows of the phone in one SQLite file: WAL, every commit synced to the disk before it counts.
//! Values are encrypted; names of tables and ids of orders are not.

use rusqlite::{Connection, OptionalExtension, params};
use vyezd_core::client::{OpenError, Row, Table, Write};
use vyezd_core::model::{DeviceId, InstallId};

use super::vault::{DataKey, NoEntropy, Vault};

/// Failures of the store; a failed commit writes nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused or failed.
    #[error("the phone's database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// A row does not decode.
    #[error("the phone's database holds a row that cannot be read")]
    Row(#[from] OpenError),
    /// The key is not that of the rows, or a row was tampered with.
    #[error("the phone's data do not open with this key")]
    Locked,
    /// Nothing can be encrypted without random bytes.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// Identity of this phone. The seed never leaves the store.
#[derive(Clone)]
pub struct Identity {
    /// Seed of the Ed25519 key.
    pub seed: [u8; 32],
    /// Id given at enrolment.
    pub device: DeviceId,
    pub install: InstallId,
}

/// Database of the phone, with the key of its values.
pub struct Store {
    db: Connection,
    key: DataKey,
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

/// Place of the seed, to which the encryption binds the value.
const SEED: &[u8] = b"identity/seed";

impl Store {
    /// Opens the file, made with its tables if missing.
    pub fn open(vault: &Vault) -> Result<Self, StoreError> {
        let db = Connection::open(&vault.path)?;
        db.pragma_update(None, "journal_mode", "wal")?;
        db.pragma_update(None, "synchronous", "full")?;
        db.execute_batch(SCHEMA)?;
        Ok(Self { db, key: vault.key.clone() })
    }

    /// Makes the store of a newly enrolled phone; rows of an earlier enrolment are deleted.
    pub fn create(vault: &Vault, identity: &Identity) -> Result<Self, StoreError> {
        let mut store = Self::open(vault)?;
        let seed = store.key.close(SEED, &identity.seed)?;
        let tx = store.db.transaction()?;
        tx.execute("delete from rows", [])?;
        tx.execute(
            "insert or replace into identity (one, seed, device, install) values (1, ?1, ?2, ?3)",
            params![seed, identity.device.bytes().as_slice(), identity.install.bytes().as_slice()],
        )?;
        tx.commit()?;
        Ok(store)
    }

    /// Identity of this phone; `None` before enrolment.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] if the seed does not decrypt.
    pub fn identity(&self) -> Result<Option<Identity>, StoreError> {
        let found = self
            .db
            .query_row("select seed, device, install from identity", [], |row| {
                let seed: Vec<u8> = row.get(0)?;
                Ok((seed, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((seed, device, install)) = found else { return Ok(None) };
        let seed = self.key.open(SEED, &seed).and_then(|seed| seed.try_into().ok());
        Ok(Some(Identity {
            seed: seed.ok_or(StoreError::Locked)?,
            device: DeviceId::from_bytes(device),
            install: InstallId::from_bytes(install),
        }))
    }

    /// Replaces the installation; seed and device stay.
    pub fn reinstall(&self, install: InstallId) -> Result<(), StoreError> {
        self.db.execute("update identity set install = ?1", [install.bytes().as_slice()])?;
        Ok(())
    }

    /// Every row, decrypted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] if any row does not decrypt.
    pub fn rows(&self) -> Result<Vec<Row>, StoreError> {
        let mut all = self.db.prepare("select tbl, key, value from rows order by tbl, key")?;
        let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut found = Vec::new();
        for row in rows {
            let (table, key, value): (String, Vec<u8>, Vec<u8>) = row?;
            // A table of a newer version is left alone.
            let Some(table) = Table::parse(&table) else { continue };
            let value = self.key.open(&place(table, &key), &value).ok_or(StoreError::Locked)?;
            found.push(Row { table, key, value });
        }
        Ok(found)
    }

    /// Writes everything in one durable transaction, or nothing.
    pub fn commit(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        let tx = self.db.transaction()?;
        for write in writes {
            match write {
                Write::Put(Row { table, key, value }) => {
                    tx.execute(
                        "insert into rows (tbl, key, value) values (?1, ?2, ?3)
                         on conflict (tbl, key) do update set value = excluded.value",
                        params![table.name(), key, self.key.close(&place(*table, key), value)?],
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

/// Place of a row, to which the encryption binds the value.
fn place(table: Table, key: &[u8]) -> Vec<u8> {
    [b"row/", table.name().as_bytes(), b"/", key].concat()
}
