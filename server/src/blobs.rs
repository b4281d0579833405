//! Papers, packages and photos by the SHA-256 of their bytes: in a local directory, or in a store that
//! speaks S3.

use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, Error, ObjectStore, ObjectStoreExt as _, RetryConfig,
};
use vyezd_core::codec::{hex, sha256};

use crate::config::{BlobPlace, S3};

/// How often a request to S3 is tried again.
const S3_RETRIES: usize = 3;

#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

/// The store does not do what it must.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("there is no such blob")]
    Missing,
    /// Not 64 hexadecimal digits.
    #[error("not the name of a blob")]
    Name,
    /// The bytes are not those of the name.
    #[error("a blob does not match its name")]
    Spoiled,
    #[error("the blob store failed")]
    Store(#[source] Error),
}

impl From<Error> for BlobError {
    fn from(error: Error) -> Self {
        if matches!(error, Error::NotFound { .. }) { Self::Missing } else { Self::Store(error) }
    }
}

impl Blobs {
    /// Opens the place that the settings name.
    pub fn open(place: &BlobPlace) -> anyhow::Result<Self> {
        match place {
            BlobPlace::Directory(dir) => Self::local(dir),
            BlobPlace::S3(s3) => Self::s3(s3),
        }
    }

    fn local(dir: &FilePath) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir).context("папка документов не создаётся")?;
        let store = LocalFileSystem::new_with_prefix(dir)?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    fn s3(s3: &S3) -> anyhow::Result<Self> {
        // The HTTP client takes the process's provider. Another may be installed already: the same one.
        let _: Result<(), _> = rustls::crypto::ring::default_provider().install_default();
        let plain = s3.endpoint.starts_with("http://");
        let client = ClientOptions::new()
            .with_allow_http(plain)
            .with_no_system_certificates(plain)
            .with_connect_timeout(Duration::from_secs(3))
            .with_read_timeout(Duration::from_secs(15))
            .with_timeout(Duration::from_mins(1));
        let retry = RetryConfig {
            max_retries: S3_RETRIES,
            retry_timeout: Duration::from_secs(20),
            backoff: BackoffConfig::default(),
        };
        let store = AmazonS3Builder::new()
            .with_client_options(client)
            .with_retry(retry)
            .with_endpoint(&s3.endpoint)
            .with_bucket_name(&s3.bucket)
            .with_region(&s3.region)
            .with_access_key_id(&s3.key)
            .with_secret_access_key(&s3.secret)
            .with_disable_bulk_delete(true)
            .build()
            .context("хранилище S3 не настраивается")?;
        Ok(Self { store: Arc::new(store) })
    }

    /// Looks whether the store answers: a wrong key is found at the start, not with the first paper.
    pub async fn check(&self) -> anyhow::Result<()> {
        let probe = self.store.list(None).try_next().await;
        probe.map(drop).context("хранилище документов не отвечает")
    }

    /// Keeps bytes durably and returns their name. Keeping them again changes nothing.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<String, BlobError> {
        let name = hex(&sha256(&bytes));
        let path = blob(&name)?;
        match self.store.head(&path).await {
            Ok(known) if known.size == bytes.len() as u64 => return Ok(name),
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.store.put(&path, bytes.into()).await?;
        Ok(name)
    }

    /// The bytes with this name, checked against it.
    pub async fn get(&self, name: &str) -> Result<Vec<u8>, BlobError> {
        let bytes = self.store.get(&blob(name)?).await?.bytes().await?;
        if hex(&sha256(&bytes)) == name { Ok(bytes.into()) } else { Err(BlobError::Spoiled) }
    }

    /// Whether there is something under this name.
    pub async fn has(&self, name: &str) -> Result<bool, BlobError> {
        match self.store.head(&blob(name)?).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a blob; one that is not there is no error.
    pub async fn remove(&self, name: &str) -> Result<(), BlobError> {
        self.remove_at(&blob(name)?).await
    }

    /// Keeps a part of an upload under a name of its own.
    pub async fn put_part(&self, part: &str, bytes: Vec<u8>) -> Result<(), BlobError> {
        self.store.put(&part_path(part), bytes.into()).await?;
        Ok(())
    }

    pub async fn part(&self, part: &str) -> Result<Vec<u8>, BlobError> {
        Ok(self.store.get(&part_path(part)).await?.bytes().await?.into())
    }

    /// All parts that are in the store, by their upload.
    pub async fn parts(&self) -> Result<BTreeMap<String, Vec<String>>, BlobError> {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut listed = self.store.list(Some(&Path::from("uploads")));
        while let Some(found) = listed.try_next().await? {
            let mut parts = found.location.parts().skip(1);
            if let (Some(upload), Some(part)) = (parts.next(), parts.next()) {
                let name = format!("{}/{}", upload.as_ref(), part.as_ref());
                all.entry(upload.as_ref().to_owned()).or_default().push(name);
            }
        }
        Ok(all)
    }

    /// Removes a part of an upload.
    pub async fn remove_part(&self, part: &str) -> Result<(), BlobError> {
        self.remove_at(&part_path(part)).await
    }

    async fn remove_at(&self, path: &Path) -> Result<(), BlobError> {
        match self.store.delete(path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn part_path(part: &str) -> Path {
    Path::from(format!("uploads/{part}"))
}

/// `ab/abcdef…`: a directory with a hundred thousand files is nobody's friend.
fn blob(name: &str) -> Result<Path, BlobError> {
    if is_name(name) {
        Ok(Path::from(format!("{}/{name}", &name[..2])))
    } else {
        Err(BlobError::Name)
    }
}

/// Whether a text is a SHA-256 as we write it.
pub fn is_name(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
