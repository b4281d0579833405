//! Changes of documents that the server itself writes: creation, opening of visits, entry from
//! paper.

use minicbor::bytes::ByteVec;
use vyezd_core::doc::{Document, DocumentError, Edit};
use vyezd_core::frame::envelope::server_actor;
use vyezd_core::model::{Order, OrderId, VisitId};

use crate::app::App;
use crate::store::{StoreError, Tx};

pub(crate) fn broken(error: DocumentError) -> StoreError {
    StoreError::Decode(Box::new(error))
}

/// Makes the document of a new order: its containers, once.
pub async fn create(app: &App, tx: &mut Tx, order: OrderId) -> Result<(), StoreError> {
    let (mut doc, change) = Document::create(server_actor(&app.process, order)).map_err(broken)?;
    append(tx, order, &mut doc, &change.bytes).await
}

async fn append(
    tx: &mut Tx,
    order: OrderId,
    doc: &mut Document,
    change: &[u8],
) -> Result<(), StoreError> {
    let heads: Vec<ByteVec> = doc.heads().iter().map(|head| head.to_vec().into()).collect();
    tx.append(order, None, &[change], &heads).await.map(drop)
}

/// The document of an order in one transaction: locked until the commit and loaded at the first use, once.
pub struct OrderDocument {
    order: OrderId,
    locks: bool,
    loaded: Option<Document>,
}

impl OrderDocument {
    pub const fn of(order: OrderId) -> Self {
        Self { order, locks: true, loaded: None }
    }

    /// The document in a transaction that only reads and takes no locks.
    pub const fn to_read(order: OrderId) -> Self {
        Self { order, locks: false, loaded: None }
    }

    pub const fn order(&self) -> OrderId {
        self.order
    }

    pub async fn get(&mut self, tx: &mut Tx) -> Result<&mut Document, StoreError> {
        let loaded = match self.loaded.take() {
            Some(loaded) => loaded,
            None => {
                if self.locks {
                    tx.lock_doc(self.order).await?;
                }
                let chunks = tx.chunks(self.order, 0).await?;
                Document::from_chunks(chunks.iter().map(Vec::as_slice)).map_err(broken)?
            }
        };
        Ok(self.loaded.insert(loaded))
    }

    pub async fn read(&mut self, tx: &mut Tx) -> Result<Order, StoreError> {
        Ok(self.get(tx).await?.read().0)
    }

    /// Writes edits as the server.
    pub async fn write(
        &mut self,
        app: &App,
        tx: &mut Tx,
        edits: &[Edit],
    ) -> Result<(), StoreError> {
        let order = self.order;
        let doc = self.get(tx).await?;
        match doc.edit(server_actor(&app.process, order), edits).map_err(broken)? {
            Some(change) => append(tx, order, doc, &change.bytes).await,
            None => Ok(()),
        }
    }

    /// Opens a visit with the instruments that the card expects.
    pub async fn open_visit(
        &mut self,
        app: &App,
        tx: &mut Tx,
        visit: VisitId,
    ) -> Result<(), StoreError> {
        let Some(row) = tx.order(self.order).await? else { return Ok(()) };
        let instruments = row.card.instruments.iter().map(|expected| expected.id).collect();
        self.write(app, tx, &[Edit::OpenVisit { visit, instruments }]).await
    }
}

/// A document with more chunks than this is folded into one snapshot.
pub const FOLD_CHUNKS: i64 = 32;
/// At most so many documents are folded in one go; the rest wait for the next.
const FOLD_AT_ONCE: i64 = 8;

/// Folds documents whose changes piled up. A phone that was at an older place gets the snapshot and
/// merges it; history is kept, only the rows are fewer. Returns how many were folded.
pub async fn compact(app: &App) -> Result<usize, StoreError> {
    let due = app.store.read().await?.docs_to_compact(FOLD_CHUNKS, FOLD_AT_ONCE).await?;
    for order in &due {
        let mut tx = app.store.begin().await?;
        let mut doc = OrderDocument::of(*order);
        let doc = doc.get(&mut tx).await?;
        let Some(at) = tx.doc_version(*order).await? else { continue };
        let (snapshot, heads) = (doc.save_plain(), doc.heads());
        let kept = tx.doc_heads(*order).await?;
        let same = kept.iter().map(|head| head.as_slice()).eq(heads.iter().map(|h| h.as_slice()));
        // A snapshot without some of the chunks must never replace them.
        if !same {
            return Err(StoreError::Protocol("a document is not at its heads".into()));
        }
        tx.fold(*order, at, &snapshot).await?;
        tx.commit().await?;
    }
    Ok(due.len())
}
