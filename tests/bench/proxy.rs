//! A TCP relay that counts bytes and turns, and makes each way half a round trip long.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What went over the wire.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) up: AtomicU64,
    pub(crate) down: AtomicU64,
    /// Times that the phone spoke after the server: round trips that it waited for.
    pub(crate) turns: AtomicU64,
    pub(crate) requests: AtomicU64,
    speaking: AtomicBool,
}

impl Counters {
    pub(crate) fn read(&self) -> [u64; 4] {
        let of = |n: &AtomicU64| n.load(Ordering::SeqCst);
        [of(&self.up), of(&self.down), of(&self.requests), of(&self.turns)]
    }
}

/// Opens a relay to a server. Returns where the phone connects to.
pub(crate) async fn open(
    to: SocketAddr,
    rtt: Duration,
    counters: Arc<Counters>,
) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((phone, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(to).await else { continue };
            let (up, down) = (phone.into_split(), server.into_split());
            tokio::spawn(relay(up.0, down.1, rtt / 2, counters.clone(), true));
            tokio::spawn(relay(down.0, up.1, rtt / 2, counters.clone(), false));
        }
    });
    Ok(address)
}

/// Ends TLS in front of a server. Returns where, and the certificate that phones must believe.
pub(crate) async fn tls(
    to: SocketAddr,
    dir: &std::path::Path,
) -> anyhow::Result<(SocketAddr, Vec<u8>)> {
    use tokio_rustls::rustls::pki_types::pem::PemObject as _;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let (cert, key) = (dir.join("cert.pem"), dir.join("key.pem"));
    let made = std::process::Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&cert)
        .output()?;
    anyhow::ensure!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
    // Another provider may be installed already: the same one.
    let _: Result<(), _> = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let config =
        tokio_rustls::rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(
            vec![CertificateDer::from_pem_file(&cert)?],
            PrivateKeyDer::from_pem_file(&key)?,
        )?;
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((phone, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut phone) = acceptor.accept(phone).await else { return };
                let Ok(mut server) = TcpStream::connect(to).await else { return };
                // Either side may go away.
                let _: std::io::Result<_> =
                    tokio::io::copy_bidirectional(&mut phone, &mut server).await;
            });
        }
    });
    Ok((address, std::fs::read(cert)?))
}

async fn relay(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    delay: Duration,
    counters: Arc<Counters>,
    up: bool,
) {
    let (sender, mut waiting) =
        tokio::sync::mpsc::unbounded_channel::<(tokio::time::Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((at, bytes)) = waiting.recv().await {
            tokio::time::sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(n) = from.read(&mut buffer).await {
        if n == 0 {
            break;
        }
        let bytes = buffer[..n].to_vec();
        if up {
            counters.up.fetch_add(n as u64, Ordering::SeqCst);
            if bytes.starts_with(b"POST ") {
                counters.requests.fetch_add(1, Ordering::SeqCst);
            }
            if !counters.speaking.swap(true, Ordering::SeqCst) {
                counters.turns.fetch_add(1, Ordering::SeqCst);
            }
        } else {
            counters.down.fetch_add(n as u64, Ordering::SeqCst);
            counters.speaking.store(false, Ordering::SeqCst);
        }
        if sender.send((tokio::time::Instant::now() + delay, bytes)).is_err() {
            break;
        }
    }
}
