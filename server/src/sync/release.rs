//! A person takes quarantined work into its document: the gate judges it once more, as if its phone
//! still had access.

use vyezd_core::gate::{Item, Task, Usage, Verdict};
use vyezd_core::model::ItemId;
use vyezd_core::session::Append;

use super::append::{DocumentAppend, append_all};
use crate::app::App;
use crate::store::{By, HeldState, StoreError};

pub enum Released {
    /// The batch is in the document now.
    Done,
    Unknown,
    Decided,
    /// The gate still refuses it, and why.
    No(String),
}

/// Takes a held batch into its document.
pub async fn release(app: &App, item: ItemId, who: &str) -> Result<Released, StoreError> {
    let mut tx = app.store.begin().await?;
    let Some(row) = tx.held_batch(item).await? else { return Ok(Released::Unknown) };
    if !matches!(row.state, HeldState::Quarantined | HeldState::Refused | HeldState::Dismissed) {
        return Ok(Released::Decided);
    }
    let batch = row.batch()?;
    let order = batch.doc;
    tx.lock_order(order).await?;
    let device = tx.device(batch.device).await?;
    tx.lock_doc(order).await?;
    let (Some(device), Some(doc)) = (device, tx.read_docs(&[order]).await?.remove(&order)) else {
        return Ok(Released::No("заявки или телефона больше нет".to_owned()));
    };
    let visits = doc.visits.iter().copied();
    let task = Task {
        doc: doc.bytes.into(),
        items: vec![Item {
            batch: batch.clone(),
            key: device.key,
            visits: visits.filter(|(_, p)| *p == device.person).map(|(visit, _)| visit).collect(),
            // A person of the office decided: remarks count as well, and no share is asked for.
            shared: true,
            left: Usage::SHARE,
        }],
    };
    let mut judged = app.gate.judge(task).await;
    let read = judged.order.take().map(|read| (read, judged.not_understood));
    match judged.verdicts.pop() {
        Some(Verdict::Admitted { heads, ops }) => {
            let place = tx.reserve(batch.changes.len() as i64).await?;
            let at = (order, place, tx.doc_term(order).await?);
            let append = Append { order, batch, heads, ops };
            let getting = DocumentAppend::new(at, read.as_ref(), &[&append]);
            let moved = getting.incoming.moved;
            append_all(app, &mut tx, &[getting]).await?;
            tx.keep_batches(&[(&append.batch, moved.seq, ops)]).await?;
            tx.move_orders(&[moved]).await?;
        }
        Some(Verdict::Known) => {}
        Some(Verdict::Waits) => {
            let why = "сначала примите более раннюю работу этого телефона по этой заявке";
            return Ok(Released::No(why.to_owned()));
        }
        Some(Verdict::Refused { message, .. } | Verdict::Quarantined { message, .. }) => {
            return Ok(Released::No(message));
        }
        None => return Ok(Released::No("проверка не ответила".to_owned())),
    }
    if !tx.decide_batch(item, (row.state, HeldState::Released), who, app.now().0).await? {
        return Ok(Released::Decided);
    }
    let what = "Работа с телефона принята из карантина";
    tx.note(order, app.now(), By::Person(who), what).await?;
    tx.commit().await?;
    app.changed();
    Ok(Released::Done)
}
