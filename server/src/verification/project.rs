//! Projection: values of a document become rows.

use vyezd_core::doc::schema::PHOTO_REMOVED;
use vyezd_core::doc::seal::Seal;
use vyezd_core::model::{InstrumentId, Order, VisitId};

use super::order_state::settle_order_state;
use super::sheets::{self, NewSeal};
use crate::app::App;
use crate::conflicts;
use crate::documents::OrderDocument;
use crate::store::{OrderAtHand, SheetRow, StoreError, Tx};

/// Projects one document, in the transaction that changed it.
pub async fn project(app: &App, tx: &mut Tx, doc: &mut OrderDocument) -> Result<(), StoreError> {
    let order = doc.order();
    let (read, problems) = doc.get(tx).await?.read();
    for problem in problems {
        tracing::warn!(%order, ?problem, "a document holds something that was not understood");
    }
    match tx.order_at_hand(order).await? {
        Some(at_hand) => Box::pin(project_read(app, tx, (at_hand, &mut None), doc, &read)).await,
        None => Ok(()),
    }
}

/// As above, for a document that is read already and an order that is at hand, locked.
pub async fn project_read(
    app: &App,
    tx: &mut Tx,
    (mut at_hand, methods): (OrderAtHand, &mut conflicts::Methods),
    doc: &mut OrderDocument,
    read: &Order,
) -> Result<(), StoreError> {
    let order = at_hand.row.card.id;
    let photos = photos(read);
    if at_hand.photos != photos.len() as i64 {
        tx.set_photo_refs(order, &photos).await?;
    }
    let mut known = sheets(tx, &at_hand).await?;
    let new = read.seals.iter().filter(|(id, _)| known.iter().all(|sheet| sheet.id != **id));
    let new: Vec<NewSeal> =
        new.map(|(id, parts)| (*id, Seal::decode(&parts.record).ok())).collect();
    if !new.is_empty() {
        sheets::record_new(app, tx, doc, read, new).await?;
        known = tx.sheets(order).await?;
    }
    settle_order_state(app, tx, read, (&mut at_hand.row, &known)).await?;
    conflicts::store(app, tx, read, (at_hand, known, methods)).await
}

async fn sheets(tx: &mut Tx, at_hand: &OrderAtHand) -> Result<Vec<SheetRow>, StoreError> {
    if at_hand.sheets == 0 { Ok(Vec::new()) } else { tx.sheets(at_hand.row.card.id).await }
}

/// The photos that a document names, those that were taken out included: their bytes may be on the way.
fn photos(read: &Order) -> Vec<(String, VisitId, InstrumentId, String)> {
    let mut all = Vec::new();
    for (visit, of) in &read.visits {
        for (instrument, of) in &of.instruments {
            let row =
                |name: &String, kind: &str| (name.clone(), *visit, *instrument, kind.to_owned());
            all.extend(of.photos.iter().map(|(name, kind)| row(name, kind)));
            all.extend(of.removed_photos.iter().map(|name| row(name, PHOTO_REMOVED)));
        }
    }
    all
}
