//! The server's own hand in documents: creating them, opening visits, typing in from paper.

use vyezd_core::doc::{Document, DocumentError, Edit};
use vyezd_core::frame::envelope::server_actor;
use vyezd_core::model::{OrderId, VisitId};

use crate::app::App;
use crate::store::{StoreError, Tx};

fn broken(error: DocumentError) -> StoreError {
    StoreError::Decode(Box::new(error))
}

/// Makes the document of a new order: its containers, once.
pub async fn create(app: &App, tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let (_, change) = Document::create(server_actor(&app.process, order)).map_err(broken)?;
    tx.append_chunk(order, None, &change.bytes).await.map(drop)
}

/// Loads a document, locked until the commit.
pub async fn load(tx: &mut Tx, order: OrderId) -> Result<Document, StoreError> {
    tx.lock_doc(order).await?;
    let chunks = tx.chunks(order, 0).await?;
    Document::from_chunks(chunks.iter().map(Vec::as_slice)).map_err(broken)
}

/// Writes edits as the server.
pub async fn write(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    edits: &[Edit],
) -> Result<(), StoreError> {
    let mut doc = load(tx, order).await?;
    let change = doc.edit(server_actor(&app.process, order), edits).map_err(broken)?;
    if let Some(change) = change {
        tx.append_chunk(order, None, &change.bytes).await?;
    }
    Ok(())
}

/// Opens a visit with the instruments that the card expects.
pub async fn open_visit(
    app: &App,
    tx: &mut Tx,
    order: OrderId,
    visit: VisitId,
) -> Result<(), StoreError> {
    let Some(row) = tx.order(order).await? else { return Ok(()) };
    let instruments = row.card.instruments.iter().map(|expected| expected.id).collect();
    write(app, tx, order, &[Edit::OpenVisit { visit, instruments }]).await
}
