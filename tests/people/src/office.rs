//! The office of a demonstration or a story: talks HTTP like any other client.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

pub struct OfficeClient {
    base: String,
    login: String,
    password: String,
    agent: ureq::Agent,
    token: String,
    etag: String,
}

impl OfficeClient {
    /// A clerk who logs in with the first request.
    pub fn new(base: &str, login: &str, password: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(2)))
            .proxy(None)
            // A refusal may come before the body was read; the server closes such a connection, and it
            // must not be taken for a fresh one.
            .max_idle_connections(0)
            .build()
            .into();
        let (base, login, password) = (base.to_owned(), login.to_owned(), password.to_owned());
        Self { base, login, password, agent, token: String::new(), etag: String::new() }
    }

    pub fn get(&mut self, path: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.download(path)?)?)
    }

    pub fn download(&mut self, path: &str) -> anyhow::Result<Vec<u8>> {
        self.ask("GET", path, "", &[])
    }

    pub fn post(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.ask("POST", path, "application/json", &serde_json::to_vec(body)?)?;
        Ok(if answer.is_empty() { Value::Null } else { serde_json::from_slice(&answer)? })
    }

    /// Replaces what stands at a path with JSON, whatever its version is now.
    pub fn put(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        drop(self.download(path)?);
        let seen = self.etag.clone();
        self.put_seen(path, &seen, body)
    }

    /// Replaces the version that was seen, `If-Match`.
    pub fn put_seen(&mut self, path: &str, seen: &str, body: &Value) -> anyhow::Result<Value> {
        let headers = [("if-match", seen)];
        let headers: &[(&str, &str)] = if seen.is_empty() { &[] } else { &headers };
        let said = self.send("PUT", path, headers, body)?;
        accepted(&said, "PUT", path)?;
        Ok(if said.body.is_empty() { Value::Null } else { serde_json::from_slice(&said.body)? })
    }

    /// Sends JSON with headers; whatever the server says is an answer.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> anyhow::Result<Said> {
        self.exchange(&Asked {
            method,
            path,
            headers,
            kind: "application/json",
            body: &serde_json::to_vec(body)?,
        })
    }

    /// Sends a file of a media type; whatever the server says is an answer.
    pub fn send_file(
        &mut self,
        method: &str,
        path: &str,
        (kind, body): (&str, &[u8]),
    ) -> anyhow::Result<Said> {
        self.exchange(&Asked { method, path, headers: &[], kind, body })
    }

    /// The token of the session, empty before the first request.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The version of what was read last.
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// Sends a file, and looks at the import until all of it is taken; each look is a request.
    pub fn upload(&mut self, path: &str, file: &[u8]) -> anyhow::Result<Value> {
        let mut job: Value = serde_json::from_slice(&self.ask("POST", path, "text/csv", file)?)?;
        while job["state"] == json!("running") {
            job = self.get(&format!("/v1/imports/{}", job["id"].as_str().unwrap_or_default()))?;
        }
        Ok(job)
    }

    fn ask(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> anyhow::Result<Vec<u8>> {
        let said = self.exchange(&Asked { method, path, headers: &[], kind, body })?;
        accepted(&said, method, path)?;
        self.etag.clone_from(&said.etag);
        Ok(said.body)
    }

    fn exchange(&mut self, asked: &Asked<'_>) -> anyhow::Result<Said> {
        if self.token.is_empty() {
            self.log_in()?;
        }
        let said = self.once(asked)?;
        if said.status != 401 {
            return Ok(said);
        }
        self.log_in()?;
        self.once(asked)
    }

    fn log_in(&mut self) -> anyhow::Result<()> {
        let body = json!({ "login": self.login, "password": self.password });
        let body = serde_json::to_vec(&body)?;
        let (method, path, kind) = ("POST", "/v1/login", "application/json");
        let said = self.once(&Asked { method, path, headers: &[], kind, body: &body })?;
        let (status, answer) = (said.status, serde_json::from_slice::<Value>(&said.body)?);
        let token =
            answer["access"].as_str().with_context(|| format!("вход: {status} {answer}"))?;
        token.clone_into(&mut self.token);
        Ok(())
    }

    fn once(&self, asked: &Asked<'_>) -> anyhow::Result<Said> {
        let url = format!("{}{}", self.base, asked.path);
        let bearer = format!("Bearer {}", self.token);
        let mut answer = if matches!(asked.method, "GET" | "DELETE") {
            let delete = asked.method == "DELETE";
            let with = if delete { self.agent.delete(url) } else { self.agent.get(url) };
            with.header("authorization", bearer).call()?
        } else {
            let put = asked.method == "PUT";
            let mut with = if put { self.agent.put(url) } else { self.agent.post(url) };
            for (name, value) in asked.headers {
                with = with.header(*name, *value);
            }
            with.header("authorization", bearer)
                .header("content-type", asked.kind)
                .send(asked.body)?
        };
        let etag = answer.headers().get("etag").and_then(|tag| tag.to_str().ok());
        Ok(Said {
            status: answer.status().as_u16(),
            etag: etag.unwrap_or_default().to_owned(),
            body: answer.body_mut().with_config().limit(1 << 30).read_to_vec()?,
        })
    }
}

struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    headers: &'a [(&'a str, &'a str)],
    kind: &'a str,
    body: &'a [u8],
}

#[derive(Debug, Clone)]
pub struct Said {
    pub status: u16,
    /// `ETag`, empty where there is none.
    pub etag: String,
    pub body: Vec<u8>,
}

impl Said {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

fn accepted(said: &Said, method: &str, path: &str) -> anyhow::Result<()> {
    if (200..300).contains(&said.status) {
        return Ok(());
    }
    match said.json()["message"].as_str() {
        Some(message) => bail!("{message}"),
        None => bail!("сервер ответил {} на {method} {path}", said.status),
    }
}
