//! Incidents for the office; one that is open is not written down a second time.

use vyezd_core::model::ItemId;

use crate::app::App;
use crate::store::{About, StoreError, Tx};

/// Reports an incident about a subject; nothing where the same is open already.
pub async fn report(app: &App, tx: &mut Tx, about: &About, what: &str) -> Result<(), StoreError> {
    let id = *app.id(ItemId::new).bytes();
    tx.report(id, app.now().0, about, what).await
}

/// As above; an open incident gets the newest words.
pub async fn report_anew(
    app: &App,
    tx: &mut Tx,
    about: &About,
    what: &str,
) -> Result<(), StoreError> {
    let id = *app.id(ItemId::new).bytes();
    tx.report_anew(id, app.now().0, about, what).await
}
