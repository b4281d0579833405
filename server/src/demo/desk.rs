//! The office of a demonstration or a story: talks HTTP like any other client.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

/// A clerk at the office.
pub struct Desk {
    base: String,
    login: String,
    password: String,
    agent: ureq::Agent,
    token: String,
}

impl Desk {
    /// A clerk who will log in when he first asks for something.
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
        Self { base, login, password, agent, token: String::new() }
    }

    /// Reads JSON.
    pub fn get(&mut self, path: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.download(path)?)?)
    }

    /// Reads bytes.
    pub fn download(&mut self, path: &str) -> anyhow::Result<Vec<u8>> {
        self.ask("GET", path, "", &[])
    }

    /// Sends JSON, gets JSON.
    pub fn post(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.ask("POST", path, "application/json", &serde_json::to_vec(body)?)?;
        Ok(if answer.is_empty() { Value::Null } else { serde_json::from_slice(&answer)? })
    }

    /// Sends JSON, gets JSON.
    pub fn put(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.ask("PUT", path, "application/json", &serde_json::to_vec(body)?)?;
        Ok(if answer.is_empty() { Value::Null } else { serde_json::from_slice(&answer)? })
    }

    /// Sends a file, gets JSON.
    pub fn upload(&mut self, path: &str, file: &[u8]) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.ask("POST", path, "text/csv", file)?)?)
    }

    fn ask(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> anyhow::Result<Vec<u8>> {
        if self.token.is_empty() {
            self.log_in()?;
        }
        let (mut status, mut answer) = self.once(method, path, kind, body)?;
        if status == 401 {
            self.log_in()?;
            (status, answer) = self.once(method, path, kind, body)?;
        }
        if (200..300).contains(&status) {
            return Ok(answer);
        }
        let problem: Value = serde_json::from_slice(&answer).unwrap_or_default();
        match problem["message"].as_str() {
            Some(message) => bail!("{message}"),
            None => bail!("сервер ответил {status} на {method} {path}"),
        }
    }

    fn log_in(&mut self) -> anyhow::Result<()> {
        let body = json!({ "login": self.login, "password": self.password });
        let (status, answer) =
            self.once("POST", "/v1/login", "application/json", &serde_json::to_vec(&body)?)?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let token =
            answer["access"].as_str().with_context(|| format!("вход: {status} {answer}"))?;
        token.clone_into(&mut self.token);
        Ok(())
    }

    fn once(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let url = format!("{}{path}", self.base);
        let bearer = format!("Bearer {}", self.token);
        let mut answer = if method == "GET" {
            self.agent.get(url).header("authorization", bearer).call()?
        } else {
            let with = if method == "PUT" { self.agent.put(url) } else { self.agent.post(url) };
            with.header("authorization", bearer).header("content-type", kind).send(body)?
        };
        let status = answer.status().as_u16();
        Ok((status, answer.body_mut().with_config().limit(1 << 30).read_to_vec()?))
    }
}
