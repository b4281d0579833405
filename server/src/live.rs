//! The live channel only pokes. A phone that gets a poke syncs as always, and never takes a poke
//! for the truth. An offer's poke carries the offer in few words, so that the screen can ring
//! before the answer is here.

pub(crate) mod registry;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::{broadcast, watch};
use vyezd_core::codec::{decode, hex, sha256};
use vyezd_core::frame::{CompactOffer, Poke};
use vyezd_core::model::{Card, DeviceId, OfferId, PersonId, Timestamp};

use crate::app::App;
use crate::limits::edge::LIVE_OFFERS_MAX;
use crate::store::{self, OpenOffer, StoreError};

pub use registry::Live;

pub use crate::limits::edge::TICKET_S;

/// A connection looks at its scope at least this often: another replica may have changed it.
const LOOK_AT_LEAST: Duration = Duration::from_secs(15);
/// …and at most this often, however much changes.
const LOOK_AT_MOST: Duration = Duration::from_millis(250);
/// Interval of messages at least, so that a dead connection is noticed on both sides.
pub const HEARTBEAT: Duration = Duration::from_secs(25);

fn compact(row: &OpenOffer) -> Result<CompactOffer, StoreError> {
    let card: Card = decode(&row.card).map_err(|e| StoreError::Decode(e.to_string().into()))?;
    let offer = store::id(&row.id, OfferId::from_bytes)?;
    Ok(CompactOffer::of(offer, Timestamp(row.app_until), &card))
}

/// A ticket for a phone whose identity is proved.
pub async fn ticket(app: &App, device: DeviceId) -> Result<String, StoreError> {
    let ticket = hex(&app.random_bytes::<24>());
    let mut tx = app.store.begin().await?;
    let (now, until) = (app.now(), app.now().plus_s(TICKET_S));
    tx.put_live_ticket(&sha256(ticket.as_bytes()), device, (now.0, until.0)).await?;
    tx.commit().await?;
    Ok(ticket)
}

/// The phone of a ticket. A ticket is good once.
pub async fn redeem(app: &App, ticket: &str) -> Result<Option<DeviceId>, StoreError> {
    if ticket.len() != 48 {
        return Ok(None);
    }
    let mut tx = app.store.begin().await?;
    let device = tx.use_live_ticket(&sha256(ticket.as_bytes()), app.now().0).await?;
    tx.commit().await?;
    Ok(device)
}

/// One phone's end of the channel.
pub struct Watch {
    app: App,
    device: DeviceId,
    turn: u64,
    change_tx: broadcast::Receiver<()>,
    stopping: watch::Receiver<bool>,
    sent: Option<(i64, i64)>,
    /// Time of the next look.
    due: tokio::time::Instant,
    carried: BTreeSet<Vec<u8>>,
}

impl Watch {
    /// Begins to watch a phone's scope. A phone has one connection: an older one ends.
    pub fn new(app: App, device: DeviceId) -> Self {
        let turn = app.live.take_turn(device);
        let (change_tx, stopping) = (app.change_tx.subscribe(), app.live.stopping());
        let carried = BTreeSet::new();
        let due = tokio::time::Instant::now();
        Self { app, device, turn, change_tx, stopping, sent: None, due, carried }
    }

    /// The next poke; the first one comes at once. `None`: the connection is over — the server stops,
    /// access was taken away, or the phone has connected anew.
    pub async fn next(&mut self) -> Option<Poke> {
        loop {
            if *self.stopping.borrow() || !self.app.live.is_turn(self.device, self.turn) {
                return None;
            }
            // A caller may drop this future and call again at any time: only `due` decides the time
            // of a look.
            if self.due <= tokio::time::Instant::now() {
                let looked = self.look().await;
                self.due = tokio::time::Instant::now() + LOOK_AT_LEAST;
                match looked {
                    Ok(Look::New(change_tx)) => return Some(change_tx),
                    Ok(Look::Same) => {}
                    Ok(Look::Over) => return None,
                    Err(error) => {
                        tracing::warn!(%error, "a live connection could not read its news");
                    }
                }
            }
            tokio::select! {
                // A receiver that lags behind also means that something changed.
                _ = self.change_tx.recv() => {
                    self.due = self.due.min(tokio::time::Instant::now() + LOOK_AT_MOST);
                }
                () = tokio::time::sleep_until(self.due) => {}
                _ = self.stopping.changed() => return None,
            }
        }
    }

    async fn look(&mut self) -> Result<Look, StoreError> {
        let mut tx = self.app.store.read().await?;
        let phone_status = tx.phone_status(self.device).await?;
        let Some(phone_status) = phone_status.filter(|row| row.active && row.revoked_at.is_none())
        else {
            return Ok(Look::Over);
        };
        let at = (phone_status.epoch, phone_status.top);
        if self.sent == Some(at) {
            return Ok(Look::Same);
        }
        let person = store::id(&phone_status.person_id, PersonId::from_bytes)?;
        let mut open = tx.open_offers(person).await?;
        open.retain(|offer| !self.carried.contains(&offer.id));
        open.truncate(LIVE_OFFERS_MAX);
        let offers = open.iter().map(compact).collect::<Result<_, _>>()?;
        self.carried.extend(open.into_iter().map(|offer| offer.id));
        self.sent = Some(at);
        Ok(Look::New(Poke { epoch: at.0 as u64, seq: at.1 as u64, offers }))
    }
}

enum Look {
    New(Poke),
    Same,
    Over,
}

/// Wakes other replicas after changes here, and this one after theirs. Polling is the truth; the
/// channel only saves time.
pub async fn join_replicas(app: App) {
    let me = app.run().to_string();
    let mut change_tx = app.local_change_tx.subscribe();
    let heard = async {
        loop {
            let woken = || drop(app.change_tx.send(()));
            if let Err(error) = app.store.listen(&me, woken).await {
                tracing::warn!(%error, "other replicas are not heard; tried again");
            }
            tokio::time::sleep(LOOK_AT_LEAST).await;
        }
    };
    let sent = async {
        loop {
            if let Err(broadcast::error::RecvError::Closed) = change_tx.recv().await {
                return;
            }
            tokio::time::sleep(LOOK_AT_MOST).await;
            change_tx = change_tx.resubscribe();
            if let Err(error) = app.store.wake_others(&me).await {
                tracing::warn!(%error, "other replicas are not told");
            }
        }
    };
    tokio::join!(heard, sent);
}
