//! The data folder: one server at a time, and nobody else's eyes.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use rustix::fs::Mode;

/// Others than the owner may do nothing with a file or folder.
const OTHERS: u32 = 0o077;

/// The folder is this process's while the value lives; the system lets go of it with the process.
#[derive(Debug)]
pub struct Held {
    _file: File,
}

/// Files that the process makes from now on are readable for their owner only.
pub fn keep_to_oneself() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Size of the file that is written as a trial of free space, bytes.
const TRIAL_BYTES: usize = 64 * 1024;

/// Whether the folder takes one more file.
pub fn try_writing(dir: &Path) -> std::io::Result<()> {
    let path = dir.join("trial");
    let written = std::fs::write(&path, vec![0; TRIAL_BYTES]);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => written.and(Err(error)),
        _ => written,
    }
}

/// Makes the folder where none is, and takes the folder for this process alone.
pub fn hold(dir: &Path) -> anyhow::Result<Held> {
    std::fs::create_dir_all(dir).context("папка с данными не создаётся")?;
    let path = dir.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("{} не открывается", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            file.read_to_string(&mut pid)?;
            bail!(
                "с папкой {} уже работает другой процесс «Выезда», {}: остановите его",
                dir.display(),
                if pid.is_empty() {
                    "номер неизвестен".to_owned()
                } else {
                    format!("номер {pid}")
                },
            );
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).context("папка с данными не запирается");
        }
    }
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())?;
    Ok(Held { _file: file })
}

/// Refuses a folder that others may write into: they could take a copy away or put another in its place.
pub fn own(dir: &Path) -> anyhow::Result<()> {
    let open = std::fs::metadata(dir)?.mode() & 0o022 != 0;
    ensure!(!open, "в {} пишут и другие: chmod go-w {0}", dir.display());
    Ok(())
}

/// Refuses a secret that others may read.
pub fn secret(file: &Path) -> anyhow::Result<()> {
    let known =
        std::fs::metadata(file).with_context(|| format!("{} не читается", file.display()))?;
    ensure!(known.mode() & OTHERS == 0, "{} читают и другие: chmod 600 {0}", file.display());
    Ok(())
}

/// Takes from others what an earlier version left open to them. Returns what that was.
pub fn tighten(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut open = Vec::new();
    let mut look = vec![dir.to_owned(), dir.join("keys"), dir.join("blobs"), dir.join("lock")];
    look.extend(["", "-wal", "-shm"].map(|tail| dir.join(format!("vyezd.db{tail}"))));
    if let Ok(keys) = std::fs::read_dir(dir.join("keys")) {
        look.extend(keys.filter_map(Result::ok).map(|key| key.path()));
    }
    for path in look {
        let Ok(known) = std::fs::metadata(&path) else { continue };
        if known.mode() & OTHERS == 0 {
            continue;
        }
        std::fs::set_permissions(&path, Permissions::from_mode(known.mode() & !OTHERS))
            .with_context(|| format!("{} открыт другим пользователям", path.display()))?;
        open.push(path);
    }
    Ok(open)
}
