//! Issuing the papers of a seal, in three steps that may each be repeated: the seal is claimed by the
//! projection; rendered here without any transaction; then rows and state in one transaction.

use anyhow::Context;
use vyezd_core::codec::derive_id;
use vyezd_core::doc::seal::Seal;
use vyezd_core::doc::signed::SignedSheet;
use vyezd_core::doc::view::SealedView;
use vyezd_core::frame::Event;
use vyezd_core::model::{FundNumber, InstrumentId, PaperId, SealId};
use vyezd_pdf::{Printed, papers};

use crate::app::App;
use crate::store::{By, PaperKind, PaperRow, SealRow, SealState};

/// Issues the papers of a claimed seal. A second run changes nothing.
pub async fn issue(app: &App, id: SealId) -> anyhow::Result<()> {
    let mut tx = app.store.read().await?;
    let Some(seal) = tx.seal(id).await?.filter(|seal| seal.state == SealState::Claimed) else {
        return Ok(());
    };
    drop(tx);
    let (view, rows) = print(app, &seal, &[]).await?;
    finish(app, &seal, &view, rows).await
}

/// Renders the papers of a seal with the numbers that the Fund has given so far, and keeps their bytes.
pub async fn print(
    app: &App,
    seal: &SealRow,
    fund: &[(InstrumentId, FundNumber)],
) -> anyhow::Result<(SealedView, Vec<PaperRow>)> {
    let decoded = Seal::decode(&seal.record).context("a claimed seal is readable")?;
    let view = decoded.view.clone();
    let entity = app.store.read().await?.entity(view.entity).await?;
    let entity = entity.context("a seal names a known issuer")?;
    let base = &app.config.public_url;
    let signed = SignedSheet::of(entity, decoded, (&seal.record, &seal.strokes), base);
    let numbers = fund.to_vec();
    let printed = tokio::task::spawn_blocking(move || {
        let all = papers(&signed, &numbers).into_iter();
        all.map(|printed| (printed.paper.bytes(), printed)).collect::<Vec<_>>()
    });
    let mut rows = Vec::new();
    for (bytes, printed) in printed.await? {
        let length = bytes.len() as i64;
        let sha256 = app.blobs.put(bytes).await?;
        let fund = fund.iter().find(|(id, _)| Some(*id) == printed.instrument);
        rows.push(row((seal, fund.map(|(_, number)| number)), &view, printed, (sha256, length)));
    }
    Ok((view, rows))
}

async fn finish(
    app: &App,
    seal: &SealRow,
    view: &SealedView,
    rows: Vec<PaperRow>,
) -> anyhow::Result<()> {
    let mut tx = app.store.begin().await?;
    // Another sheet may have taken this one's place meanwhile, or another process was faster.
    if !tx.issue_seal(seal.id).await? {
        return Ok(tx.rollback().await?);
    }
    let count = rows.len();
    for row in rows {
        tx.add_paper(&row).await?;
    }
    let event = Event::Issued { order: seal.order, seal: seal.id, link: link(app, &seal.token) };
    tx.enqueue_event(view.performer, event).await?;
    let what = format!("Выпущено документов: {count}");
    tx.note(seal.order, app.now(), By::System, &what).await?;
    tx.commit().await?;
    app.changed();
    Ok(())
}

pub fn link(app: &App, token: &str) -> String {
    format!("{}/s/{token}", app.config.public_url)
}

fn row(
    (seal, fund): (&SealRow, Option<&FundNumber>),
    view: &SealedView,
    paper: Printed,
    (sha256, bytes): (String, i64),
) -> PaperRow {
    PaperRow {
        id: paper_id(seal.id, paper.instrument, (paper.kind, fund)),
        order: seal.order,
        seal: seal.id,
        instrument: paper.instrument,
        kind: paper.kind,
        number: paper.number,
        date: view.date.to_string(),
        file_name: paper.file_name,
        sha256,
        bytes,
        void: false,
        replaced: false,
    }
}

/// A paper has one name however often it is made; with a number of the Fund it is another paper.
fn paper_id(
    seal: SealId,
    instrument: Option<InstrumentId>,
    (kind, fund): (PaperKind, Option<&FundNumber>),
) -> PaperId {
    let none = [0; 16];
    let instrument = instrument.as_ref().map_or(&none, |id| id.bytes());
    let mut parts: Vec<&[u8]> = vec![seal.bytes(), instrument, kind.code().as_bytes()];
    parts.extend(fund.map(|number| number.as_str().as_bytes()));
    PaperId::from_bytes(derive_id(&parts))
}
