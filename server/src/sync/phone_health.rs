//! Traces of a phone's sync beside its items: the installation, the use of its numbers, and new
//! numbers where they run low. No news, no write.

use vyezd_core::frame::{LeaseHeld, Request};
use vyezd_core::model::{InstallId, Lease};

use super::caller::{Caller, LOOK_MS};
use crate::app::App;
use crate::incidents;
use crate::store::{IncidentKind, StoreError, Tx};
use crate::verification::leases;

/// Two installations of one phone that alternate within this time are one phone copied, ms.
const ALTERNATE_MS: i64 = 7 * 24 * 3600 * 1000;

/// An installation, when it first spoke and when it last did.
type Installed = (InstallId, i64, i64);

/// The installations of the phone's key where something needs attention; `None` otherwise.
pub(super) async fn needs_check(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    request: &Request,
) -> Result<Option<Vec<Installed>>, StoreError> {
    let known = tx.installs(caller.device).await?;
    let here = known.iter().find(|(install, ..)| *install == caller.install);
    let nothing_new = here.is_some()
        && known.last().map(|(install, ..)| *install) == Some(caller.install)
        && request.leases.is_empty()
        && caller.looked_at > app.now().0 - LOOK_MS;
    Ok(Some(known).filter(|_| !nothing_new))
}

/// Attends to the phone. Returns the leases that the phone must hear of.
pub(super) async fn check_installation(
    app: &App,
    caller: &Caller,
    request: &Request,
    known: &[Installed],
) -> Result<Vec<Lease>, StoreError> {
    let now = app.now().0;
    let mut tx = app.store.begin().await?;
    tx.lock_device(caller.device).await?;
    notice_copies(app, &mut tx, caller, known).await?;
    tx.note_install(caller.install, caller.device, now).await?;
    notice_restored(app, &mut tx, caller, &request.leases).await?;
    let holder = caller.lease_holder();
    leases::take_reports(&mut tx, holder, &request.leases).await?;
    if tx.recovering_since().await?.is_none() {
        leases::top_up(app, &mut tx, holder, &caller.person).await?;
    }
    let reported = leases::not_yet_shown(&mut tx, holder, &request.leases).await?;
    // The phone gets full answers until these leases are confirmed.
    let looked = if reported.is_empty() { now } else { 0 };
    tx.note_looked(caller.device, (now, looked)).await?;
    tx.commit().await?;
    Ok(reported)
}

/// A phone's key with a second installation: the phone was restored from a backup or copied. Which of
/// the two shows when the old one speaks again.
async fn notice_copies(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    known: &[Installed],
) -> Result<(), StoreError> {
    let now = app.now();
    let Some((newest, first_seen, _)) = known.last() else { return Ok(()) };
    if *newest == caller.install {
        return Ok(());
    }
    let name = &caller.person.name;
    let subject = caller.device.to_string();
    let old_speaks = known.iter().any(|(install, ..)| *install == caller.install);
    if !old_speaks {
        let what = format!(
            "Телефон ({name}) начал работу заново: восстановлен из копии или переустановлен. \
             Прежние номера он не использует."
        );
        return incidents::report(app, tx, &IncidentKind::PhoneRestored.about(&subject), &what)
            .await;
    }
    if *first_seen > now.0 - ALTERNATE_MS {
        let what = format!(
            "Одним ключом работают две копии телефона ({name}). Отключите телефон и подключите его \
             заново кодом."
        );
        incidents::report(app, tx, &IncidentKind::PhoneCopied.about(&subject), &what).await?;
    }
    Ok(())
}

/// A phone that reports fewer used numbers than before came back from an old copy.
async fn notice_restored(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    held: &[LeaseHeld],
) -> Result<(), StoreError> {
    let known = tx.leases(caller.lease_holder()).await?;
    let back = held
        .iter()
        .any(|held| known.iter().any(|(lease, next)| lease.id == held.lease && held.next < *next));
    if back {
        let what = format!(
            "Телефон ({}) вернулся к старому состоянию: использованные номера ему указаны заново.",
            caller.person.name
        );
        let subject = caller.device.to_string();
        incidents::report(app, tx, &IncidentKind::PhoneRestored.about(&subject), &what).await?;
    }
    Ok(())
}
