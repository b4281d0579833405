//! HTTP as a stranger writes it: bytes on a socket, from any address that a trusted proxy names.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

#[derive(Debug, Clone)]
pub struct Answer {
    /// The status; 0 where the connection was closed without one.
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).unwrap_or_default();
        let body = bytes.get(end + 4..).unwrap_or_default().to_vec();
        let mut answer = Self { status, head, body };
        if answer.header("transfer-encoding").is_some_and(|how| how == "chunked") {
            answer.body = unchunked(&answer.body);
        }
        answer
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .next()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The stable code of a problem; empty where the answer is none.
    pub fn code(&self) -> String {
        let problem = self.header("content-type") == Some("application/problem+json");
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        if problem { code } else { String::new() }
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok();
        let size = size.and_then(|size| usize::from_str_radix(size, 16).ok()).unwrap_or_default();
        let (from, to) = (end + 2, end + 2 + size);
        if size == 0 || rest.len() < to + 2 {
            break;
        }
        whole.extend_from_slice(&rest[from..to]);
        rest = &rest[to + 2..];
    }
    whole
}

/// A connection that nobody has said anything on.
pub fn connect(base: &str) -> TcpStream {
    let stream = TcpStream::connect(base.trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a socket");
    stream
}

/// Reads until the other side closes. `None`: it did not within a minute.
pub fn rest(stream: &mut TcpStream) -> Option<Answer> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => Some(Answer::read(&bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {
            Some(Answer::read(&bytes))
        }
        Err(_) => None,
    }
}

/// Sends these bytes and reads what comes until the connection is closed.
pub fn raw(base: &str, bytes: &[u8]) -> Answer {
    let mut stream = connect(base);
    // The other side may have closed before it was told everything.
    let _: std::io::Result<()> = stream.write_all(bytes);
    rest(&mut stream).expect("the connection is closed")
}

/// Headers of a request.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// Bearer token.
    pub token: String,
    /// The client's address as a proxy reports it.
    pub from: Option<IpAddr>,
    /// More headers, each with its line end.
    pub more: String,
}

impl Asking {
    pub fn with(token: &str) -> Self {
        Self { token: token.to_owned(), ..Self::default() }
    }

    pub fn from(address: [u8; 4]) -> Self {
        Self { from: Some(address.into()), ..Self::default() }
    }

    /// One request with a JSON body, or none.
    pub fn ask(&self, base: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
        raw(base, self.text(method, path, body).as_bytes())
    }

    /// The same; only the head of the answer is waited for, as some bodies never end.
    pub fn status(&self, base: &str, method: &str, path: &str, body: Option<&Value>) -> u16 {
        let mut stream = connect(base);
        stream.write_all(self.text(method, path, body).as_bytes()).expect("it is sent");
        let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
        while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
            match stream.read(&mut piece) {
                Ok(0) | Err(_) => break,
                Ok(read) => bytes.extend_from_slice(&piece[..read]),
            }
        }
        Answer::read(&bytes).status
    }

    fn text(&self, method: &str, path: &str, body: Option<&Value>) -> String {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n");
        if !self.token.is_empty() {
            text.push_str(&format!("authorization: Bearer {}\r\n", self.token));
        }
        if let Some(address) = self.from {
            text.push_str(&format!("x-forwarded-for: {address}\r\n"));
        }
        text.push_str(&self.more);
        let body = body.map(Value::to_string).unwrap_or_default();
        if !body.is_empty() {
            text.push_str("content-type: application/json\r\n");
        }
        text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        text
    }
}
