//! Copies of a database at work, and the way back.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use vyezd_core::codec::{hex, sha256};

use crate::app::App;
use crate::config::BlobPlace;
use crate::folder;
use crate::incidents;
use crate::sealed::CopyKey;
use crate::store::{IncidentKind, Store, StoreError};

/// Name of the list of files in a copy.
const LIST: &str = "SHA256SUMS";
/// Suffix of encrypted files.
const SEALED: &str = ".sealed";

/// Copies an SQLite database at work, in one state; then phones may forget items beyond need. The
/// copy does not hold the key of marks.
pub async fn database(app: &App, to: &Path) -> anyhow::Result<i64> {
    let last = app.store.read().await?.last_seq().await?;
    app.store.copy_to(to).await?;
    let mut tx = app.store.begin().await?;
    tx.note_backup(last).await?;
    tx.commit().await?;
    Ok(last)
}

/// `vyezd backup`: database, papers and photos, and a list of what must be there. With a key every file
/// of the copy is encrypted, the list too.
pub async fn backup(app: &App, to: &Path, key: Option<&CopyKey>) -> anyhow::Result<i64> {
    std::fs::create_dir_all(to).context("папка копии не создаётся")?;
    folder::own(to)?;
    let mut copy = Copy { to, key, list: String::new() };
    // A copy without a key takes the database at its final place; one with a key is encrypted from
    // a plain file beside the data.
    let plain = app.config.data_dir.join(format!("copy-{}.db", std::process::id()));
    let open = to.join("vyezd.db");
    let last = database(app, if key.is_some() { &plain } else { &open }).await?;
    if key.is_some() {
        let kept = copy.keep(&plain, "vyezd.db");
        std::fs::remove_file(&plain)?;
        kept?;
    } else {
        copy.list("vyezd.db")?;
    }
    // A store that speaks S3 keeps its own copies.
    let blobs = match &app.config.blobs {
        BlobPlace::Directory(blobs) => blobs.clone(),
        BlobPlace::S3(_) => PathBuf::new(),
    };
    for file in files(&blobs)? {
        let name = file.strip_prefix(&blobs)?.to_owned();
        if name.starts_with("uploads") {
            continue; // half of a photo is on its phone still
        }
        copy.keep(&file, &format!("blobs/{}", name.display()))?;
    }
    copy.finish()?;
    Ok(last)
}

/// A copy that is being made.
struct Copy<'a> {
    to: &'a Path,
    key: Option<&'a CopyKey>,
    list: String,
}

impl Copy<'_> {
    /// Keeps a file under its name. A blob that an earlier copy in this place has stays.
    fn keep(&mut self, file: &Path, name: &str) -> anyhow::Result<()> {
        let (kept, closed) = (self.to.join(name), self.to.join(format!("{name}{SEALED}")));
        if let Some(dir) = kept.parent() {
            std::fs::create_dir_all(dir)?;
        }
        match self.key {
            Some(key) if !closed.exists() => key.seal(file, &closed, name)?,
            None if !kept.exists() => drop(std::fs::copy(file, &kept)?),
            _ => {}
        }
        if self.key.is_some() {
            let sum = hex(&sha256(&std::fs::read(file)?));
            self.list.push_str(&format!("{sum}  {name}\n"));
            return Ok(());
        }
        self.list(name)
    }

    fn list(&mut self, name: &str) -> anyhow::Result<()> {
        let sum = hex(&sha256(&std::fs::read(self.to.join(name))?));
        self.list.push_str(&format!("{sum}  {name}\n"));
        Ok(())
    }

    fn finish(self) -> anyhow::Result<()> {
        let list = self.to.join(LIST);
        std::fs::write(&list, &self.list)?;
        if let Some(key) = self.key {
            key.seal(&list, &self.to.join(format!("{LIST}{SEALED}")), LIST)?;
            std::fs::remove_file(&list)?;
        }
        Ok(())
    }
}

pub fn is_sealed(copy: &Path) -> bool {
    copy.join(format!("{LIST}{SEALED}")).exists()
}

/// Opens an encrypted copy into a folder of its own.
pub fn unseal(copy: &Path, key: &CopyKey, to: &Path) -> anyhow::Result<()> {
    for file in files(copy)? {
        let name = file.strip_prefix(copy)?.display().to_string();
        let Some(name) = name.strip_suffix(SEALED) else { continue };
        let plain = to.join(name);
        if let Some(dir) = plain.parent() {
            std::fs::create_dir_all(dir)?;
        }
        key.open(&file, &plain, name)?;
    }
    Ok(())
}

/// Checks a copy: every file is what the list says, the database opens, every document loads and is at
/// its heads. Returns how many documents there are.
pub async fn verify(copy: &Path) -> anyhow::Result<usize> {
    let list = std::fs::read_to_string(copy.join(LIST)).context("нет списка SHA256SUMS")?;
    for line in list.lines() {
        let (sum, name) = line.split_once("  ").context("список не читается")?;
        let bytes = std::fs::read(copy.join(name)).with_context(|| format!("нет файла {name}"))?;
        ensure!(hex(&sha256(&bytes)) == sum, "файл {name} испорчен");
    }
    let scratch = std::env::temp_dir().join(format!("vyezd-verify-{}", std::process::id()));
    std::fs::create_dir_all(&scratch)?;
    let trial = scratch.join("vyezd.db");
    std::fs::copy(copy.join("vyezd.db"), &trial)?;
    let checked = check_documents(&trial).await;
    std::fs::remove_dir_all(&scratch)?;
    checked
}

async fn check_documents(file: &Path) -> anyhow::Result<usize> {
    let store = Store::open(&format!("sqlite://{}", file.display()), None).await?;
    let mut tx = store.read().await?;
    let orders = tx.all_docs().await?;
    for order in &orders {
        let chunks = tx.chunks(*order, 0).await?;
        let doc = vyezd_core::doc::Document::from_chunks(chunks.iter().map(Vec::as_slice));
        let mut doc = doc.with_context(|| format!("документ {order} не читается"))?;
        let kept = tx.doc_heads(*order).await?;
        let same = kept.iter().map(|h| h.as_slice()).eq(doc.heads().iter().map(|h| h.as_slice()));
        ensure!(same, "документ {order} не там, где записано");
    }
    drop(tx);
    store.close().await;
    Ok(orders.len())
}

/// `vyezd restore`: puts a copy in the place of the data directory's database and papers, and begins a
/// recovery. What was there before is kept beside it.
pub fn move_into_place(copy: &Path, data: &Path, stamp: i64) -> anyhow::Result<()> {
    let file = data.join("vyezd.db");
    if file.exists() {
        let aside = data.join(format!("before-restore-{stamp}"));
        std::fs::create_dir_all(&aside)?;
        for tail in ["", "-wal", "-shm"] {
            let name = format!("vyezd.db{tail}");
            if data.join(&name).exists() {
                std::fs::rename(data.join(&name), aside.join(&name))?;
            }
        }
    }
    std::fs::create_dir_all(data)?;
    std::fs::copy(copy.join("vyezd.db"), &file).context("копия не ставится на место")?;
    let blobs = copy.join("blobs");
    for from in files(&blobs)? {
        let to = data.join("blobs").join(from.strip_prefix(&blobs)?);
        if let Some(dir) = to.parent() {
            std::fs::create_dir_all(dir)?;
        }
        if !to.exists() {
            std::fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Another epoch: phones compare their documents and send again what they keep; numbers and packages
/// wait for an administrator.
pub async fn begin_recovery(app: &App, why: &str) -> Result<(), StoreError> {
    let mut tx = app.store.begin().await?;
    let old = tx.epoch(0).await?;
    if tx.begin_recovery((old, crate::epoch::next_epoch(app.random_bytes())), app.now().0).await? {
        let what = format!(
            "База восстановлена из копии ({why}). Документы вернутся с телефонов; номера и пакеты ждут \
             вашего подтверждения."
        );
        incidents::report(app, &mut tx, &IncidentKind::Recovery.about("installation"), &what)
            .await?;
    }
    tx.commit().await
}

fn files(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !dir.is_dir() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
