//! `vyezd rebuild` computes again everything that follows from documents and signed sheets: the
//! head index, photos, verifications, order states, questions of meaning, digests. Chunks,
//! envelopes, sheets and the ledger are never touched. A document at a time.

use vyezd_core::doc::Document;
use vyezd_core::doc::seal::{DecodedSeal, Seal};
use vyezd_core::model::OrderId;
use vyezd_core::reconcile::term;

use crate::app::App;
use crate::documents::OrderDocument;
use crate::store::{StoreError, Tx};
use crate::timers;
use crate::verification::project;

/// Counts of the things that were wrong and are mended.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    pub documents: usize,
    /// Documents whose head index did not fit.
    pub heads: usize,
    /// Verifications that were missing.
    pub verifications: usize,
    /// Digests that did not fit.
    pub digests: usize,
    /// Documents that could not be read; nothing of them was changed.
    pub unreadable: Vec<OrderId>,
}

pub async fn rebuild(app: &App) -> Result<Rebuilt, anyhow::Error> {
    let mut done = Rebuilt::default();
    let orders = app.store.read().await?.all_docs().await?;
    for order in orders {
        match one(app, order).await {
            Ok((heads, verifications)) => {
                done.heads += usize::from(heads);
                done.verifications += verifications;
            }
            Err(StoreError::Decode(error)) => {
                tracing::error!(%order, %error, "a document cannot be read");
                done.unreadable.push(order);
            }
            Err(error) => return Err(error.into()),
        }
        done.documents += 1;
    }
    done.digests = timers::recount(app).await?;
    Ok(done)
}

/// One document: whether its index was wrong, and how many verifications were missing.
async fn one(app: &App, order: OrderId) -> Result<(bool, usize), StoreError> {
    let mut tx = app.store.begin().await?;
    tx.lock_order(order).await?;
    let mut doc = OrderDocument::of(order);
    let loaded = doc.get(&mut tx).await?;
    let heads = heads(&mut tx, order, loaded).await?;
    tx.forget_photo_refs(order).await?;
    project::project(app, &mut tx, &mut doc).await?;
    let verifications = verifications(&mut tx, order).await?;
    tx.commit().await?;
    Ok((heads, verifications))
}

async fn heads(tx: &mut Tx, order: OrderId, doc: &mut Document) -> Result<bool, StoreError> {
    let heads = doc.heads().iter().map(|head| head.to_vec().into()).collect::<Vec<_>>();
    let right =
        tx.doc_heads(order).await? == heads && tx.doc_term(order).await? == term(order, &heads);
    if !right {
        tx.set_doc_heads(order, &heads).await?;
    }
    Ok(!right)
}

async fn verifications(tx: &mut Tx, order: OrderId) -> Result<usize, StoreError> {
    let mut made = 0;
    for seal in tx.seals(order).await? {
        if !seal.state.counts() {
            continue;
        }
        let Ok(DecodedSeal { view, .. }) = Seal::decode(&seal.record) else { continue };
        for instrument in &view.instruments {
            made += usize::from(tx.add_verification(seal.id, &view, instrument).await?);
        }
    }
    Ok(made)
}
