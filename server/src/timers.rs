//! One loop claims due timers and feeds the machines. Timers are rows, so a restart loses none.

use std::time::Duration;

use vyezd_core::model::{CallId, OfferId, OrderId, SealId};

use crate::app::App;
use crate::documents::OrderDocument;
use crate::incidents;
use crate::limits::office::{AUDIT_DAYS, IMPORT_DAYS, IMPORT_SILENT_S};
use crate::limits::phones::HEARD_DAYS;
use crate::store::{Due, IncidentKind, StoreError, Timer, Tx};
use crate::verification::fund::reissue;
use crate::verification::issue;
use crate::{dispatch, documents, push, sync, uploads};

pub use crate::limits::phones::WINDOW_BACK_DAYS;

/// The longest the loop sleeps, ms: another process may have set a timer.
const SLEEP_MAX_MS: i64 = 1_000;

/// A timer that failed is tried again after this long, s; the others go on.
const RETRY_S: i64 = 30;

/// Runs every timer that is due now. Returns the number of timers.
pub async fn tick(app: &App) -> anyhow::Result<usize> {
    let mut done = 0;
    loop {
        let mut tx = app.store.begin().await?;
        let Some(due) = tx.claim_due(app.now()).await? else { return Ok(done) };
        let (kind, subject) = (due.kind, due.subject);
        if let Err(error) = fire(app, tx, due).await {
            tracing::error!(
                kind = kind.code(),
                error = format!("{error:#}"),
                "a timer failed; it is tried again"
            );
            let mut tx = app.store.begin().await?;
            tx.set_timer(kind, &subject, app.now().plus_s(RETRY_S)).await?;
            tx.commit().await?;
        }
        done += 1;
        app.changed();
    }
}

async fn fire(app: &App, mut tx: Tx, due: Due) -> anyhow::Result<()> {
    match due.kind {
        Timer::OfferWait => {
            dispatch::time_up(app, &mut tx, OfferId::from_bytes(due.subject)).await?;
            tx.commit().await?;
        }
        Timer::CallRing => {
            dispatch::ring_timeout(app, &mut tx, CallId::from_bytes(due.subject)).await?;
            tx.commit().await?;
        }
        Timer::DispatchStart => {
            let mut doc = OrderDocument::of(OrderId::from_bytes(due.subject));
            dispatch::start(app, &mut tx, &mut doc).await?;
            tx.commit().await?;
        }
        Timer::OfferPush => {
            // The push service is far away: the push is tried again unless this try takes the timer
            // away.
            tx.set_timer(Timer::OfferPush, &due.subject, app.now().plus_s(RETRY_S)).await?;
            tx.commit().await?;
            tokio::spawn(push_offer(app.clone(), OfferId::from_bytes(due.subject)));
        }
        Timer::IssueSeal => {
            // Rendering happens outside of any transaction; the claim is the seal's row, and every
            // step may be repeated, so the timer is given up only when all is done.
            tx.rollback().await?;
            issue::issue(app, SealId::from_bytes(due.subject)).await?;
            let mut tx = app.store.begin().await?;
            tx.stop_timer(Timer::IssueSeal, &due.subject).await?;
            tx.commit().await?;
        }
        Timer::ReissueSeal => {
            // As with an issue: every step may be repeated. A number that comes while papers are rendered sets the
            // timer anew, and that one stays.
            let again = app.now().plus_s(RETRY_S);
            tx.set_timer(Timer::ReissueSeal, &due.subject, again).await?;
            tx.commit().await?;
            reissue::reissue(app, SealId::from_bytes(due.subject)).await?;
            let mut tx = app.store.begin().await?;
            tx.stop_timer_of(Timer::ReissueSeal, &due.subject, again).await?;
            tx.commit().await?;
        }
        Timer::Night => {
            tx.set_timer(Timer::Night, &[0; 16], app.now().plus_s(DAY_S)).await?;
            tx.commit().await?;
            // The blob store may be far away or down; nothing else waits for it.
            tokio::spawn(collect_garbage(app.clone()));
            nightly(app).await?;
        }
    }
    Ok(())
}

/// Housekeeping: last-seen times are written down, places of another shift dropped, stalled imports interrupted, documents
/// with many chunks folded.
pub async fn housekeeping(app: &App) -> anyhow::Result<()> {
    app.note_seen().await?;
    sync::forget_places(app).await?;
    interrupt_imports(app, Some(IMPORT_SILENT_S)).await?;
    while documents::compact(app).await? > 0 {}
    Ok(())
}

/// Counts every scope's digest anew and says aloud where it was wrong; orders that are over leave the
/// phones' scopes.
pub async fn nightly(app: &App) -> anyhow::Result<usize> {
    let wrong = recount(app).await?;
    leave_old_orders(app).await?;
    forget(app).await?;
    let mut tx = app.store.begin().await?;
    tx.forget_credentials(app.now().0).await?;
    tx.commit().await?;
    Ok(wrong)
}

/// Imports that nobody works on any more wait until a person continues them.
pub async fn interrupt_imports(app: &App, silent_s: Option<i64>) -> Result<(), StoreError> {
    if app.store.read().await?.imports_running().await? == 0 {
        return Ok(());
    }
    let since = silent_s.map_or(app.now(), |silent| app.now().plus_s(-silent));
    let mut tx = app.store.begin().await?;
    tx.interrupt_imports(since).await?;
    tx.commit().await
}

/// Deletes rows whose time of keeping is over, a little at a time: nobody waits for the deletion.
async fn forget(app: &App) -> anyhow::Result<()> {
    let before = |days: i64| app.now().plus_s(-days * DAY_S);
    loop {
        let mut tx = app.store.begin().await?;
        let mut gone = tx.forget_audit(before(AUDIT_DAYS), FORGOTTEN_AT_ONCE).await?;
        gone = gone.max(tx.forget_keys(before(1), FORGOTTEN_AT_ONCE).await?);
        tx.commit().await?;
        if gone < FORGOTTEN_AT_ONCE as u64 {
            break;
        }
    }
    let mut tx = app.store.begin().await?;
    tx.forget_imports(before(IMPORT_DAYS)).await?;
    tx.prune_heard(before(HEARD_DAYS).0).await?;
    Ok(tx.commit().await?)
}

async fn push_offer(app: App, offer: OfferId) {
    if let Err(error) = push::offer(&app, offer).await {
        tracing::warn!(%offer, error = format!("{error:#}"), "a push did not go; it is tried again");
    }
}

async fn collect_garbage(app: App) {
    match uploads::collect_garbage(&app).await {
        Ok(0) => {}
        Ok(swept) => tracing::info!(swept, "photos and uploads that nobody needs are gone"),
        Err(error) => tracing::warn!(
            error = format!("{error:#}"),
            "garbage was not collected; the next night tries again"
        ),
    }
}

/// Counts every scope's digest anew and reports those that were wrong. Returns how many.
pub async fn recount(app: &App) -> anyhow::Result<usize> {
    let mut wrong = 0;
    let scopes = app.store.read().await?.scopes().await?;
    for (person, _) in scopes {
        let mut tx = app.store.begin().await?;
        // The stream's row keeps writers away during the count.
        tx.next_seq().await?;
        let kept = tx.scopes().await?.into_iter().find(|(other, _)| *other == person);
        let (digest, docs) = tx.recount_scope(person).await?;
        if kept.is_some_and(|(_, kept)| kept != digest) {
            wrong += 1;
            tx.rewrite_scope(person, digest, docs).await?;
            let what = "Отпечаток документов телефона не сходился с базой и пересчитан.";
            let subject = person.to_string();
            incidents::report(app, &mut tx, &IncidentKind::DigestWrong.about(&subject), what)
                .await?;
            tracing::error!(%person, "a digest was wrong and was counted anew");
        }
        tx.commit().await?;
    }
    Ok(wrong)
}

/// Finished orders leave the phones' scopes after [`WINDOW_BACK_DAYS`].
async fn leave_old_orders(app: &App) -> anyhow::Result<()> {
    let entities = app.store.read().await?.entities().await?;
    let Some(zone) = entities.first().map(|entity| entity.zone) else { return Ok(()) };
    let today = zone.date(app.now());
    let before = today.saturating_sub(jiff::Span::new().days(WINDOW_BACK_DAYS));
    let over = app.store.read().await?.scope_over(&before.to_string()).await?;
    for (person, order) in over {
        let mut tx = app.store.begin().await?;
        tx.leave_scope(person, order).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Key of the mark that the first night is set.
const NIGHT: &str = "night";
/// Interval of the housekeeping, ms.
const TIDY_MS: i64 = 30_000;
const DAY_S: i64 = 24 * 3600;
/// How many rows one transaction of the night takes away.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// Runs due timers, until the process ends.
pub async fn run(app: App) {
    let mut change_tx = app.change_tx.subscribe();
    let mut tidied = 0;
    if let Err(error) = first_night(&app).await {
        tracing::error!(error = format!("{error:#}"), "the timer of the night could not be set");
    }
    loop {
        if app.now().0 - tidied > TIDY_MS {
            tidied = app.now().0;
            if let Err(error) = housekeeping(&app).await {
                tracing::error!(error = format!("{error:#}"), "housekeeping failed");
            }
        }
        let next = match tick(&app).await {
            Ok(_) => match app.store.read().await {
                Ok(mut tx) => tx.next_due().await.ok().flatten(),
                Err(_) => None,
            },
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "a timer failed and is tried again");
                // A due timer cannot even be claimed: an immediate retry would fail the same way.
                tokio::time::sleep(Duration::from_millis(SLEEP_MAX_MS as u64)).await;
                None
            }
        };
        let wait = next.map_or(SLEEP_MAX_MS, |at| (at.0 - app.now().0).clamp(20, SLEEP_MAX_MS));
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(wait as u64)) => {}
            _ = change_tx.recv() => {}
        }
    }
}

/// The first night comes a day after the first start; later ones set themselves.
async fn first_night(app: &App) -> anyhow::Result<()> {
    let mut tx = app.store.begin().await?;
    if tx.meta_once(NIGHT, &[0]).await? == [0] {
        tx.set_meta(NIGHT, &[1]).await?;
        tx.set_timer(Timer::Night, &[0; 16], app.now().plus_s(DAY_S)).await?;
    }
    tx.commit().await?;
    Ok(())
}
