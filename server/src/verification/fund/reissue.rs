//! Papers of a sheet issued anew with the numbers that the Fund gave, or without those that were taken back. A paper
//! that says the same stays; one that is replaced is kept.

use anyhow::Context;
use vyezd_core::model::{FundNumber, InstrumentId, SealId};

use crate::app::App;
use crate::store::{By, PaperRow, SealState};
use crate::verification::issue;

/// Issues anew what the numbers change. A second run changes nothing.
pub async fn reissue(app: &App, id: SealId) -> anyhow::Result<()> {
    let mut tx = app.store.read().await?;
    let Some(seal) = tx.seal(id).await?.filter(|seal| seal.state == SealState::Issued) else {
        return Ok(());
    };
    let states = tx.fund_states(id).await?;
    let numbers: Vec<(InstrumentId, FundNumber)> =
        states.into_iter().filter_map(|of| Some((of.instrument, of.number?))).collect();
    drop(tx);
    let (_, rows) = issue::print(app, &seal, &numbers).await?;
    let mut tx = app.store.begin().await?;
    // A sheet that was superseded meanwhile keeps its papers as they are.
    if !tx.lock_issued_seal(id).await? {
        return Ok(tx.rollback().await?);
    }
    let standing = tx.papers(seal.order).await?;
    let mut replaced = 0;
    for row in rows {
        let is_same = |other: &&PaperRow| {
            (other.seal, other.instrument, other.kind) == (id, row.instrument, row.kind)
                && !other.void
        };
        let old = standing.iter().find(is_same).context("an issued sheet has its papers")?;
        if old.sha256 != row.sha256 {
            tx.replace_paper(old.id, &row).await?;
            replaced += 1;
        }
    }
    if replaced > 0 {
        let what =
            format!("Документы выпущены заново: {replaced}, изменился номер записи в ФИФ ОЕИ");
        tx.note(seal.order, app.now(), By::System, &what).await?;
    }
    tx.commit().await?;
    app.changed();
    Ok(())
}
