//! The live channel over HTTP: a WebSocket, or server-sent events where a network lets no WebSocket
//! through. It only pokes; what a phone says here is not listened to.

use std::convert::Infallible;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vyezd_core::frame::Poke;
use vyezd_core::model::DeviceId;

use super::extract::Json;
use crate::app::App;
use crate::auth::{ActivePhone, PhoneToken};
use crate::code::Code;
use crate::limits::edge::LIVE_MESSAGE_BYTES_MAX;
use crate::live::{self, HEARTBEAT, TICKET_S, Watch};
use crate::problem::{Outcome, Problem};

/// A ticket for one entry into the live channel.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "ticket": "14069429150abcbf244c4c2fb2c4c46a49c93ca9457263ec", "good_for_s": 30
}))]
pub(super) struct Ticket {
    /// In the query, `?ticket=…`.
    ticket: String,
    /// How long it is good, s.
    good_for_s: i64,
}

/// Ask for a ticket to the live channel.
///
/// For browsers, which cannot send a header with a WebSocket. Good for 30 seconds, once.
#[utoipa::path(post, path = "/v1/live/ticket", operation_id = "get_live_ticket", tag = "Sync",
    security(("phone" = [])), responses((status = 200, description = "The ticket", body = Ticket)))]
pub(super) async fn ticket(
    State(app): State<App>,
    ActivePhone(device): ActivePhone,
) -> Outcome<Json<Ticket>> {
    Ok(Json(Ticket { ticket: live::ticket(&app, device).await?, good_for_s: TICKET_S }))
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    ticket: String,
}

/// Whoever shows a ticket, or a phone's token in the header.
pub(super) struct Listener(DeviceId);

impl FromRequestParts<App> for Listener {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let shown = Query::<Shown>::try_from_uri(&parts.uri).map(|Query(shown)| shown.ticket);
        match shown {
            Ok(ticket) if !ticket.is_empty() => {
                let device = live::redeem(app, &ticket).await?;
                device.map(Self).ok_or(Problem::Unauthorized(Code::TicketOver))
            }
            _ => PhoneToken::from_request_parts(parts, app).await.map(|PhoneToken(id)| Self(id)),
        }
    }
}

/// Open the live channel as a WebSocket.
///
/// It only pokes: each text message is `{epoch, seq, offers}` and says that it is time to ask.
/// What a phone says here is not listened to. Whoever never hears it misses nothing but time.
#[utoipa::path(get, path = "/v1/live", operation_id = "open_live_channel", tag = "Sync",
    security(("ticket" = []), ("phone" = [])),
    responses((status = 101, description = "The connection is a WebSocket from here on")),
    extensions(("x-codes" = json!([Code::TicketOver, [400, Code::RequestUnreadable],
        [400, Code::TextControl], [426, Code::RequestUnreadable]]))))]
pub(super) async fn socket(
    State(app): State<App>,
    Listener(device): Listener,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(LIVE_MESSAGE_BYTES_MAX)
        .max_frame_size(LIVE_MESSAGE_BYTES_MAX)
        .on_upgrade(move |socket| converse(socket, Watch::new(app, device)))
}

async fn converse(mut socket: WebSocket, mut watch: Watch) {
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.reset();
    loop {
        let message = tokio::select! {
            change_tx = watch.next() => match change_tx {
                Some(change_tx) => Message::Text(words(&change_tx).into()),
                None => Message::Close(None),
            },
            heard = socket.recv() => match heard {
                // Answers to our heartbeat; whatever else a phone says is passed over.
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            _ = heartbeat.tick() => Message::Ping(axum::body::Bytes::new()),
        };
        let last = matches!(message, Message::Close(_));
        if socket.send(message).await.is_err() || last {
            return;
        }
    }
}

/// Open the live channel as server-sent events.
///
/// The same where a network lets no WebSocket through: events named `poke`.
#[utoipa::path(get, path = "/v1/live/events", operation_id = "open_live_events", tag = "Sync",
    security(("ticket" = []), ("phone" = [])),
    responses((status = 200, description = "Events, until either side ends",
            body = String, content_type = "text/event-stream")),
    extensions(("x-codes" = json!([Code::TicketOver, [400, Code::TextControl]]))))]
pub(super) async fn events(
    State(app): State<App>,
    Listener(device): Listener,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let pokes = stream::unfold(Watch::new(app, device), |mut watch| async {
        let change_tx = watch.next().await?;
        Some((Ok(Event::default().event("poke").data(words(&change_tx))), watch))
    });
    Sse::new(pokes).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}

fn words(change_tx: &Poke) -> String {
    serde_json::to_string(change_tx).unwrap_or_default()
}
