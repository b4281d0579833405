//! Issuing the papers of a seal, in three steps that may each be repeated: the seal is claimed by the
//! projection; rendered here without any transaction; then rows and state in one transaction.

use anyhow::Context;
use vyezd_core::doc::seal::{Seal, SealBody, Strokes, sha256};
use vyezd_core::doc::view::{SealedInstrument, SealedView};
use vyezd_core::frame::{Event, decode};
use vyezd_core::model::{Confidence, Entity, InstrumentId, PaperId, SealId, short_name};
use vyezd_pdf::{Paper, Subject, certificate, notice, protocol, sheet};

use crate::app::App;
use crate::store::{PaperKind, PaperRow, SealRow};

/// A paper before it is kept.
struct Made {
    kind: PaperKind,
    instrument: Option<InstrumentId>,
    number: String,
    file_name: String,
    bytes: Vec<u8>,
}

/// Issues the papers of a claimed seal. Doing it again changes nothing.
pub async fn issue(app: &App, id: SealId) -> anyhow::Result<()> {
    let mut tx = app.store.read().await?;
    let Some(seal) = tx.seal(id).await?.filter(|seal| seal.state == "claimed") else {
        return Ok(());
    };
    let (body, view) = Seal::peek(&seal.record).context("a claimed seal is readable")?;
    let entity = tx.entity(view.entity).await?.context("a seal names a known issuer")?;
    drop(tx);
    let link = link(app, &seal.token);
    let strokes: Strokes = decode(&seal.strokes).unwrap_or_default();
    let (seal_for_render, view_for_render) = (body.clone(), view.clone());
    let made = tokio::task::spawn_blocking(move || {
        render(&entity, &view_for_render, &seal_for_render, &strokes, &link)
    })
    .await?;
    let mut rows = Vec::new();
    for paper in made {
        let sha256 = app.blobs.put(paper.bytes.clone()).await?;
        rows.push(row(&seal, &view, paper, sha256));
    }
    finish(app, &seal, &view, rows).await
}

async fn finish(
    app: &App,
    seal: &SealRow,
    view: &SealedView,
    rows: Vec<PaperRow>,
) -> anyhow::Result<()> {
    let mut tx = app.store.begin().await?;
    // Another signature may have taken its place meanwhile, or another process was faster.
    if !tx.issue_seal(seal.id).await? {
        return Ok(tx.rollback().await?);
    }
    let count = rows.len();
    for row in rows {
        tx.add_paper(&row).await?;
    }
    let event = Event::Issued { order: seal.order, seal: seal.id, link: link(app, &seal.token) };
    tx.tell(view.performer, event).await?;
    let what = format!("Выпущено документов: {count}");
    tx.note(seal.order, app.now(), "система", &what).await?;
    tx.commit().await?;
    app.changed();
    Ok(())
}

/// The client's page.
pub fn link(app: &App, token: &str) -> String {
    format!("{}/s/{token}", app.config.public_url)
}

fn render(
    entity: &Entity,
    view: &SealedView,
    body: &SealBody,
    strokes: &Strokes,
    link: &str,
) -> Vec<Made> {
    let subject = Subject {
        entity,
        view,
        signer: &body.signer,
        strokes,
        signed_at: (body.at.at, body.at.confidence == Confidence::Confirmed),
        link,
        fund_number: None,
    };
    let mut made = Vec::new();
    let mut add = |kind, instrument: Option<&SealedInstrument>, number: &str, paper: Paper| {
        let file_name = file_name(view, instrument, number);
        made.push(Made {
            kind,
            instrument: instrument.map(|i| i.id),
            number: number.to_owned(),
            file_name,
            bytes: paper.bytes(),
        });
    };
    for instrument in &view.instruments {
        if let Some(number) = &instrument.protocol_number {
            add(PaperKind::Protocol, Some(instrument), number, protocol(subject, instrument));
        }
        if let Some(number) = &instrument.certificate_number {
            add(PaperKind::Certificate, Some(instrument), number, certificate(subject, instrument));
        }
        if let Some(number) = &instrument.notice_number {
            add(PaperKind::Notice, Some(instrument), number, notice(subject, instrument));
        }
    }
    add(PaperKind::Sheet, None, &view.order_number, sheet(subject));
    made
}

/// `2026-08-26_Иванов_60250-15_23-456789_ВМ-П-2026-000001.pdf`: sorts well.
fn file_name(view: &SealedView, instrument: Option<&SealedInstrument>, number: &str) -> String {
    let who = short_name(&view.performer_name);
    let who = who.split(' ').next().unwrap_or_default();
    let middle = instrument.map_or_else(
        || format!("заявка-{}", view.order_number),
        |i| format!("{}_{}", i.type_number, i.serial_number),
    );
    let name = match instrument {
        Some(_) => format!("{}_{who}_{middle}_{number}", view.date),
        None => format!("{}_{who}_{middle}", view.date),
    };
    let safe: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .take(120)
        .collect();
    if safe.replace(' ', "") == name.replace(' ', "") && !number.contains(' ') {
        return format!("{safe}.pdf");
    }
    // «12/5» and «12-5» are two orders.
    let mark = crate::blobs::hex(&sha256(name.as_bytes())[..3]);
    format!("{safe}_{mark}.pdf")
}

fn row(seal: &SealRow, view: &SealedView, paper: Made, sha256: String) -> PaperRow {
    PaperRow {
        id: paper_id(seal.id, paper.instrument, paper.kind),
        order: seal.order,
        seal: seal.id,
        instrument: paper.instrument,
        kind: paper.kind,
        number: paper.number,
        date: view.date.to_string(),
        file_name: paper.file_name,
        sha256,
        bytes: paper.bytes.len() as i64,
        void: false,
    }
}

/// A paper has one name however often it is made.
fn paper_id(seal: SealId, instrument: Option<InstrumentId>, kind: PaperKind) -> PaperId {
    let none = [0; 16];
    let instrument = instrument.as_ref().map_or(&none, |id| id.bytes());
    let hash = sha256(&[seal.bytes(), instrument, kind.code().as_bytes()].concat());
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    PaperId::from_bytes(id)
}
