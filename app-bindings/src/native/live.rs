//! Live channel of a native app: server-sent events, read by a thread of the host. A poke only says
//! that it is time to sync. When the channel breaks off, the host opens another one and syncs once.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use vyezd_core::frame::Poke;

use super::error::{HttpError, refused};

/// Longest time for the server to open the channel.
const OPENING_MAX: Duration = Duration::from_mins(1);
/// Age at which a channel is replaced: a dead connection would otherwise go unnoticed.
const CHANNEL_MAX: Duration = Duration::from_mins(5);
/// Longest line that is read, bytes: a poke with its offers has about two thousand.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// An open live channel.
pub struct Listener {
    lines: BufReader<ureq::BodyReader<'static>>,
}

impl Listener {
    /// Opens the channel with a phone's token.
    pub(super) fn open(agent: &ureq::Agent, base: &str, token: &str) -> Result<Self, HttpError> {
        let answer = agent
            .get(format!("{base}/v1/live/events"))
            .config()
            .timeout_global(None)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(OPENING_MAX))
            .timeout_recv_body(Some(CHANNEL_MAX))
            .build()
            .header("authorization", format!("Bearer {token}"))
            .header("accept", "text/event-stream")
            .call()?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(refused(status, br#"{"code":"live_refused"}"#));
        }
        Ok(Self { lines: BufReader::new(answer.into_body().into_reader()) })
    }

    /// Waits for the next poke; `None` when the channel has ended and the host should open another.
    ///
    /// # Errors
    ///
    /// [`HttpError::Answer`] for a poke that does not decode.
    pub fn wait(&mut self) -> Result<Option<Poke>, HttpError> {
        loop {
            let mut line = String::new();
            let read = std::io::Read::take(&mut self.lines, LINE_BYTES_MAX).read_line(&mut line);
            // Broken off, silent for too long, or ended by the server: all the same here.
            if read.unwrap_or(0) == 0 {
                return Ok(None);
            }
            if let Some(data) = line.strip_prefix("data:") {
                let poke = serde_json::from_str(data.trim());
                return poke.map(Some).map_err(|e| HttpError::Answer(e.into()));
            }
        }
    }
}
