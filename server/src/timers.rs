//! One loop claims what is due and feeds the machines. Timers are rows, so a restart loses none.

use std::time::Duration;

use vyezd_core::model::{CallId, OfferId, SealId};

use crate::app::App;
use crate::dispatch;
use crate::store::{Due, Tx};
use crate::verification::issue;

/// The kind of the timer that issues the papers of a seal.
pub const ISSUE_TIMER: &str = "issue_seal";
/// The longest the loop sleeps, ms: another process may have set a timer.
const SLEEP_MAX_MS: i64 = 1_000;

/// A timer that failed is tried again after this long, s; the others go on.
const RETRY_S: i64 = 30;

/// Does everything that is due now. Returns how much that was.
pub async fn tick(app: &App) -> anyhow::Result<usize> {
    let mut done = 0;
    loop {
        let mut tx = app.store.begin().await?;
        let Some(due) = tx.claim_due(app.now()).await? else { return Ok(done) };
        let (kind, subject) = (due.kind.clone(), due.subject);
        if let Err(error) = fire(app, tx, due).await {
            tracing::error!(
                kind,
                error = format!("{error:#}"),
                "a timer failed; it is tried again"
            );
            let mut tx = app.store.begin().await?;
            tx.set_timer(&kind, &subject, app.now().plus_s(RETRY_S)).await?;
            tx.commit().await?;
        }
        done += 1;
        app.changed();
    }
}

async fn fire(app: &App, mut tx: Tx, due: Due) -> anyhow::Result<()> {
    match due.kind.as_str() {
        dispatch::APP_TIMER => {
            dispatch::time_up(app, &mut tx, OfferId::from_bytes(due.subject)).await?;
            tx.commit().await?;
        }
        dispatch::RING_TIMER => {
            dispatch::ring_timeout(app, &mut tx, CallId::from_bytes(due.subject)).await?;
            tx.commit().await?;
        }
        ISSUE_TIMER => {
            // Rendering happens outside of any transaction; the claim is the seal's row, and every
            // step may be repeated, so the timer is given up only when all is done.
            tx.rollback().await?;
            issue::issue(app, SealId::from_bytes(due.subject)).await?;
            let mut tx = app.store.begin().await?;
            tx.stop_timer(ISSUE_TIMER, &due.subject).await?;
            tx.commit().await?;
        }
        other => {
            tracing::warn!(kind = other, "a timer of an unknown kind is dropped");
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Ticks for ever.
pub async fn run(app: App) {
    let mut poke = app.poke.subscribe();
    loop {
        if let Err(error) = tick(&app).await {
            tracing::error!(error = format!("{error:#}"), "a timer failed and is tried again");
        }
        let next = match app.store.read().await {
            Ok(mut tx) => tx.next_due().await.ok().flatten(),
            Err(_) => None,
        };
        let wait = next.map_or(SLEEP_MAX_MS, |at| (at.0 - app.now().0).clamp(20, SLEEP_MAX_MS));
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(wait as u64)) => {}
            _ = poke.recv() => {}
        }
    }
}
