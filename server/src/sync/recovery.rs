//! A server that came back from an old copy of its database: documents come back from the phones, the
//! ledger waits for a person.
//!
//! Every answer carries a mark under a code whose key is not in the database, and the phone returns the
//! newest. A mark of ours that is ahead of the database means that the database is an old copy. A claim
//! without the code means nothing: a hostile phone cannot stop the firm.

use vyezd_core::codec::decode;
use vyezd_core::frame::{DocumentBackup, LeaseProof, Request};
use vyezd_core::gate::{Backup, Restored};
use vyezd_core::model::{Card, Order, Timestamp, VisitId};
use vyezd_core::session::Ahead;

use super::caller::Caller;
use crate::app::App;
use crate::assignment;
use crate::attestation::Attested;
use crate::dispatch;
use crate::documents::OrderDocument;
use crate::epoch::next_epoch;
use crate::incidents;
use crate::store::{By, IncidentKind, PhoneStatus, StoreError, Tx};
use crate::verification::project;

/// Numbers that every series jumps over at the end of a recovery: phones may have used them without
/// a report in time.
pub const GAP: u64 = 1_000;

/// Compares a phone's mark with this database. Where the mark is ahead: its place, and the last
/// place that the server's start behind the mark can have reached.
pub(super) async fn ahead(
    app: &App,
    tx: &mut Tx,
    phone_status: &PhoneStatus,
    request: &Request,
) -> Result<Option<Ahead>, StoreError> {
    let Some(mark) = request.mark.filter(|mark| app.attestor.is_ours(mark)) else {
        return Ok(None);
    };
    let run = tx.run(mark.run as i64).await?;
    // How far the start that gave the mark can have come, by this database. Only one process works
    // on an SQLite file: that one ended before the next began.
    let ended = run.ended.filter(|_| app.store.is_alone());
    let reached = if run.known { ended.unwrap_or(run.last) } else { -1 };
    let ahead = mark.epoch == phone_status.epoch as u64 && mark.seq as i64 > reached;
    Ok(ahead.then_some(Ahead { seen: mark.seq, reached }))
}

/// Whether this phone may still have to give something back.
pub(super) const fn asks_recovery(phone_status: &PhoneStatus, request: &Request) -> bool {
    let epoch = request.cursor.epoch;
    phone_status.recovering
        || (phone_status.epoch as u64 != epoch && epoch != 0)
        || request.reconcile.is_some()
        || !request.lease_proofs.is_empty()
}

/// Recovery begins, unless somebody began it a moment ago.
pub(super) async fn begin(
    app: &App,
    epoch: i64,
    Ahead { seen, reached }: Ahead,
) -> Result<(), StoreError> {
    let mut tx = app.store.begin().await?;
    if tx.begin_recovery((epoch, next_epoch(app.random_bytes())), app.now().0).await? {
        let what = format!(
            "База данных оказалась старой копией: телефон видел запись {seen}, в базе последняя \
             {reached}. Документы вернутся с телефонов; номера и пакеты ждут вашего подтверждения."
        );
        // The old copy would show people who have switched the location off since: all places go.
        tx.forget_places(Timestamp(i64::MAX)).await?;
        incidents::report(app, &mut tx, &IncidentKind::Recovery.about("installation"), &what)
            .await?;
        tracing::error!(seen, reached, "the database is an old copy: recovery begins");
    }
    tx.commit().await
}

/// An administrator confirms: every series jumps, the gap is explained, work goes on.
pub async fn confirm(app: &App, who: &str) -> Result<bool, StoreError> {
    let mut tx = app.store.begin().await?;
    if tx.recovering_since().await?.is_none() {
        return Ok(false);
    }
    tx.jump_series(GAP, app.now().0, &format!("восстановление из копии; подтвердил {who}")).await?;
    tx.end_recovery().await?;
    for incident in tx.incidents().await? {
        if incident.kind == IncidentKind::Recovery {
            tx.settle_incident(&incident.id, who, app.now().0).await?;
        }
    }
    tx.commit().await?;
    app.changed();
    Ok(true)
}

/// Leases that this database does not know, proved by our own code.
pub(super) async fn restore_leases(
    app: &App,
    caller: &Caller,
    proofs: &[LeaseProof],
) -> Result<(), StoreError> {
    let ours = |proof: &&LeaseProof| app.attestor.leased(caller.install, &proof.lease, &proof.code);
    let proofs: Vec<&LeaseProof> = proofs.iter().filter(ours).collect();
    if proofs.is_empty() {
        return Ok(());
    }
    let mut tx = app.store.begin().await?;
    for proof in proofs {
        let holder = caller.lease_holder();
        let next = proof.next.clamp(proof.lease.first, proof.lease.last + 1);
        tx.restore_lease(&proof.lease, holder, next).await?;
    }
    tx.commit().await
}

/// Takes back document backups that a phone returns.
pub(super) async fn restore_backups(
    app: &App,
    caller: &Caller,
    backups: &[DocumentBackup],
) -> Result<(), StoreError> {
    for backup in backups {
        if !app.budgets.has_room(caller.device, app.now()) {
            break;
        }
        let attested = Attested {
            order: backup.order,
            heads: &backup.heads,
            card: &backup.card,
            person: caller.person.id,
            visits: &backup.visits,
        };
        if !app.attestor.is_attested(attested, &backup.attestation) {
            tracing::warn!(order = %backup.order, "a document backup without our code is ignored");
            continue;
        }
        if let Err(error) = Box::pin(take(app, caller, backup)).await {
            tracing::error!(order = %backup.order, %error, "a document could not be taken back");
        }
    }
    Ok(())
}

/// How often a document may move while the gate looks at its backup.
const MOVES_MAX: u32 = 8;

async fn take(app: &App, caller: &Caller, backup: &DocumentBackup) -> Result<(), StoreError> {
    let order = backup.order;
    for _ in 0..MOVES_MAX {
        let known = app.store.read().await?.read_docs(&[order]).await?.remove(&order);
        let known = known.unwrap_or_default();
        let work = Backup {
            known: known.bytes.into(),
            snapshot: backup.snapshot.clone(),
            heads: backup.heads.clone(),
        };
        // The snapshot is a phone's bytes: a worker loads them, never this process.
        let bytes = backup.snapshot.len();
        let (restored, busy) = app.gate.restore(work).await;
        app.budgets.spend(caller.device, app.now(), busy, bytes);
        if put_restored(app, caller, backup, known.version, restored).await? {
            return Ok(());
        }
    }
    Err(StoreError::Protocol("the document moves all the time".into()))
}

/// Writes the result of a backup. `false`: the document has moved meanwhile.
async fn put_restored(
    app: &App,
    caller: &Caller,
    backup: &DocumentBackup,
    version: i64,
    restored: Restored,
) -> Result<bool, StoreError> {
    let order = backup.order;
    if let Restored::Refused { why } = &restored {
        tracing::warn!(%order, why, "a document that a phone gave back is not taken");
        let what = format!(
            "Телефон ({}) вернул документ заявки, который не читается: {why}.",
            caller.person.name
        );
        let mut tx = app.store.begin().await?;
        incidents::report(
            app,
            &mut tx,
            &IncidentKind::DocumentUnreadable.about(caller.device),
            &what,
        )
        .await?;
        tx.commit().await?;
        return Ok(true);
    }
    let mut tx = app.store.begin().await?;
    restore_card(app, &mut tx, backup).await?;
    tx.lock_order(order).await?;
    if tx.lock_doc(order).await?.unwrap_or_default() != version {
        tx.rollback().await?;
        return Ok(false);
    }
    if let Restored::Merged { snapshot, heads, order: read, .. } = restored {
        let places = tx.append(order, None, &[&snapshot], &heads).await?;
        if let Some(place) = places.last() {
            tx.fold(order, *place, &snapshot).await?;
        }
        restore_visits(app, &mut tx, caller, backup, &read).await?;
        project::project(app, &mut tx, &mut OrderDocument::of(order)).await?;
        let what = "Документ заявки возвращён с телефона после восстановления из копии";
        tx.note(order, app.now(), By::Person(&caller.person.name), what).await?;
    }
    tx.commit().await?;
    app.changed();
    Ok(true)
}

/// The card, where the database has none or an older one.
async fn restore_card(app: &App, tx: &mut Tx, backup: &DocumentBackup) -> Result<(), StoreError> {
    let card: Card = decode(&backup.card).map_err(|e| StoreError::Decode(e.to_string().into()))?;
    match tx.order(card.id).await? {
        Some(row) if row.card.version < card.version => {
            tx.change_card(&card, row.card.version).await.map(drop)
        }
        Some(_) => Ok(()),
        None => {
            let mut card = card;
            if !tx.add_order(&card, app.now()).await? {
                let what = format!(
                    "Номер заявки {0} после восстановления занят другой; возвращённая с телефона \
                     заявка записана как {0}-В.",
                    card.number
                );
                incidents::report(app, tx, &IncidentKind::DocumentRestored.about(card.id), &what)
                    .await?;
                card.number.push_str("-В");
                tx.add_order(&card, app.now()).await?;
            }
            Ok(())
        }
    }
}

/// Restores the person's visits, and the order itself where the person worked on it and nobody else
/// holds it.
async fn restore_visits(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    backup: &DocumentBackup,
    read: &Order,
) -> Result<(), StoreError> {
    let (order, person, now) = (backup.order, caller.person.id, app.now());
    let known: Vec<VisitId> = tx.visits(order).await?.iter().map(|(visit, _)| *visit).collect();
    for visit in backup.visits.iter().filter(|visit| !known.contains(visit)) {
        tx.add_visit(*visit, order, person, now.0).await?;
        let worked = read.visits.get(visit).is_some_and(|visit| !visit.times.is_empty());
        if worked && tx.holder(order).await?.is_none() {
            // People with an open offer of the order learn that the order is taken.
            dispatch::cancel(app, tx, &mut OrderDocument::of(order)).await?;
            let reason = assignment::Reason::Restored;
            assignment::give(app, tx, order, (person, *visit), reason).await?;
        }
    }
    tx.join_scope(person, order).await
}
