//! The blob store against a real server that speaks S3, on loopback.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use vyezd_server::blobs::{BlobError, Blobs};
use vyezd_server::config::{BlobPlace, S3};

const BUCKET: &str = "papers";

struct Server {
    endpoint: String,
    root: tempfile::TempDir,
    serving: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single("key", "secret"));
        let service = builder.build();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    // A client that goes away is no news.
                    let _: Result<(), _> = Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(socket), service)
                        .await;
                });
            }
        });
        Self { endpoint, root, serving }
    }

    fn store(&self, secret: &str) -> Blobs {
        let place = S3 {
            endpoint: self.endpoint.clone(),
            bucket: BUCKET.to_owned(),
            region: "us-east-1".to_owned(),
            key: "key".to_owned(),
            secret: secret.to_owned(),
        };
        Blobs::open(&BlobPlace::S3(place)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blobs_live_in_a_bucket() {
    let server = Server::start().await;
    let blobs = server.store("secret");
    blobs.check().await.unwrap();
    let name = blobs.put(b"%PDF-1.7".to_vec()).await.unwrap();
    assert_eq!(blobs.put(b"%PDF-1.7".to_vec()).await.unwrap(), name, "again changes nothing");
    assert_eq!(blobs.get(&name).await.unwrap(), b"%PDF-1.7");
    assert!(blobs.has(&name).await.unwrap());
    // Somebody changed a byte in the bucket: it is not given out.
    let file = server.root.path().join(BUCKET).join(&name[..2]).join(&name);
    std::fs::write(&file, b"%PDF-1.8").unwrap();
    assert!(matches!(blobs.get(&name).await, Err(BlobError::Spoiled)));
    blobs.remove(&name).await.unwrap();
    blobs.remove(&name).await.unwrap();
    assert!(matches!(blobs.get(&name).await, Err(BlobError::Missing)));
    assert!(!blobs.has(&name).await.unwrap());
    blobs.put_part("u/000", vec![1; 100]).await.unwrap();
    assert_eq!(blobs.part("u/000").await.unwrap(), vec![1; 100]);
    blobs.remove_part("u/000").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_found_at_the_start() {
    let server = Server::start().await;
    let blobs = server.store("another");
    let problem = blobs.check().await.unwrap_err();
    assert_eq!(problem.to_string(), "хранилище документов не отвечает");
    assert!(matches!(blobs.put(vec![1]).await, Err(BlobError::Store(_))));
}

#[tokio::test]
async fn a_directory_does_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(&BlobPlace::Directory(dir.path().join("blobs"))).unwrap();
    blobs.check().await.unwrap();
    let name = blobs.put(b"%PDF-1.7".to_vec()).await.unwrap();
    let file = dir.path().join("blobs").join(&name[..2]).join(&name);
    assert_eq!(std::fs::read(&file).unwrap(), b"%PDF-1.7", "one path a blob, as it always was");
    std::fs::write(&file, b"%PDF-1.8").unwrap();
    assert!(matches!(blobs.get(&name).await, Err(BlobError::Spoiled)));
    blobs.remove(&name).await.unwrap();
    blobs.remove(&name).await.unwrap();
    assert!(matches!(blobs.get("../../etc/passwd").await, Err(BlobError::Name)));
}
