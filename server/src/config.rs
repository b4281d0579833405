//! Settings: a few flags and variables, checked at start.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::dispatch::Policy;
use crate::limits::edge::{
    BODY_BYTES_A_SECOND_MIN, BODY_GRACE_S, BODY_STALL_S, CONNECTIONS_MAX, HEADER_READ_S,
    WRITE_STALL_S,
};

#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of everything outside the database.
    pub data_dir: PathBuf,
    /// `sqlite:///…` or `postgres://…`.
    pub database_url: String,
    /// PostgreSQL only: a schema of one's own, so that tests stay apart.
    pub schema: Option<String>,
    /// Prefix of links: `https://vyezd.example`.
    pub public_url: String,
    /// How long people are waited for.
    pub policy: Policy,
    /// Size of a leased block, as a multiple of the busiest day.
    pub lease_days: u64,
    /// Smallest size of a block.
    pub lease_min: u64,
    /// The program whose `gate-worker` judges what phones send; nothing: in this process.
    pub gate: Option<PathBuf>,
    pub gate_workers: usize,
    /// Whether this process answers phones. A process that only looks in beside the server must not
    /// count as a start of the server.
    pub serving: bool,
    /// Place of papers and photos.
    pub blobs: BlobPlace,
    /// Hosts of push services beside the known ones.
    pub push_hosts: Vec<String>,
    /// The key of marks and codes; nothing: `keys/marks` in the data directory.
    pub attestation_key: Option<PathBuf>,
    /// A lost key of marks may be made anew.
    pub new_marks: bool,
    /// How long connections are waited for.
    pub patience: Patience,
}

/// How long connections are waited for, and how many there may be.
#[derive(Debug, Clone)]
pub struct Patience {
    /// For the head of a request.
    pub headers: Duration,
    /// For the next piece of a body.
    pub stall: Duration,
    /// For a body, before its pace counts.
    pub grace: Duration,
    /// The pace of a body after that, bytes a second.
    pub bytes_a_second: u64,
    /// For a client that takes nothing of its answer.
    pub write_stall: Duration,
    /// Open connections at most.
    pub connections: usize,
    /// Proxies of one's own: their `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(HEADER_READ_S),
            stall: Duration::from_secs(BODY_STALL_S),
            grace: Duration::from_secs(BODY_GRACE_S),
            bytes_a_second: BODY_BYTES_A_SECOND_MIN,
            write_stall: Duration::from_secs(WRITE_STALL_S),
            connections: CONNECTIONS_MAX,
            trusted_proxies: Vec::new(),
        }
    }
}

/// Place of papers and photos.
#[derive(Debug, Clone)]
pub enum BlobPlace {
    /// A local directory.
    Directory(PathBuf),
    /// A store that speaks S3.
    S3(S3),
}

/// A store that speaks S3.
#[derive(Clone)]
pub struct S3 {
    /// `https://s3.example`, without the bucket.
    pub endpoint: String,
    pub bucket: String,
    /// The region, as the provider names it.
    pub region: String,
    pub key: String,
    pub secret: String,
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "S3 {} at {} (secret hidden)", self.bucket, self.endpoint)
    }
}

impl Config {
    /// The settings for a data directory: SQLite in it unless a database is named.
    pub fn new(data_dir: PathBuf, database_url: Option<String>, public_url: &str) -> Self {
        let sqlite = format!("sqlite://{}", data_dir.join("vyezd.db").display());
        Self {
            database_url: database_url.unwrap_or(sqlite),
            blobs: BlobPlace::Directory(data_dir.join("blobs")),
            data_dir,
            schema: None,
            public_url: public_url.trim_end_matches('/').to_owned(),
            policy: Policy::default(),
            lease_days: 3,
            lease_min: 30,
            gate: None,
            gate_workers: 2,
            serving: true,
            push_hosts: Vec::new(),
            attestation_key: None,
            new_marks: false,
            patience: Patience::default(),
        }
    }

    /// Checks an address for the beginning of links: `https://vyezd.example`. The pages ask for
    /// `/v1` and `/assets`, so the address has no path; a link is shown to clients, so the address
    /// has no password.
    pub fn check_public_url(url: &str) -> Result<(), &'static str> {
        let uri: axum::http::Uri = url.parse().map_err(|_| "это не адрес")?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err("адрес должен начинаться с https:// или http://");
        }
        if url.contains(['?', '#']) {
            return Err("в адресе не может быть «?» и «#»");
        }
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err("в адресе не может быть имени и пароля: его видят клиенты");
        }
        if uri.host().unwrap_or_default().is_empty() {
            return Err("в адресе нет имени сервера");
        }
        let port =
            authority.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
        if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
            return Err("порт — число от 1 до 65535");
        }
        if !matches!(uri.path(), "" | "/") {
            return Err("после имени сервера ничего не может быть: страницы живут в корне");
        }
        Ok(())
    }

    /// File of the key of marks and codes: never in the database, nor in its backups.
    pub fn attestation_key(&self) -> PathBuf {
        self.attestation_key.clone().unwrap_or_else(|| self.data_dir.join("keys").join("marks"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_with_an_address_and_nothing_else() {
        for good in [
            "https://vyezd.example",
            "http://127.0.0.1:8080/",
            "https://[::1]:8443",
            "https://[::1]",
        ] {
            assert!(Config::check_public_url(good).is_ok(), "{good}");
        }
        for bad in [
            "https://user:pass@vyezd.example",
            "https://user@vyezd.example",
            "https://vyezd.example?",
            "https://vyezd.example/?a=b",
            "https://vyezd.example/#x",
            "https://vyezd.example/office",
            "https://vyezd.example//",
            "https://vyezd.example:99999",
            "https://vyezd.example:",
            "https://",
        ] {
            assert!(Config::check_public_url(bad).is_err(), "{bad}");
        }
    }
}
