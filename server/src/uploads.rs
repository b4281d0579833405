//! Uploads of photos: resumable, verified, and swept up when nobody needs them.

use vyezd_core::codec::{derive_id, hex, sha256};
use vyezd_core::frame::Limits;
use vyezd_core::model::{DeviceId, OrderId, PersonId};

use crate::app::App;
use crate::blobs::BlobError;
use crate::limits::phones::{REVOKED_PHOTO_BYTES_MAX, UPLOAD_PARTS_MAX};
use crate::store::{self, StoreError, UploadRow};

pub use crate::limits::phones::PHOTO_GRACE_S;
pub use crate::limits::phones::PHOTOS_AN_ORDER_MAX;
pub use crate::limits::phones::REMOVAL_S;
pub use crate::limits::phones::UPLOAD_S;
pub use crate::limits::phones::UPLOADS_A_DEVICE;

/// Why an upload does not go on.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The order is not one that this person works on.
    #[error("эта заявка не ваша")]
    NotYours,
    /// More bytes than [`Limits::blob_bytes`].
    #[error("файл больше, чем принимает сервер")]
    TooLarge,
    /// More than [`UPLOADS_A_DEVICE`].
    #[error("слишком много незаконченных отправок")]
    TooMany,
    /// More than [`PHOTOS_AN_ORDER_MAX`].
    #[error("по заявке уже слишком много фотографий")]
    OrderFull,
    /// No such upload of this phone is under way.
    #[error("такой отправки нет")]
    Unknown,
    /// The part does not begin where the upload is.
    #[error("сервер уже на другом месте")]
    Offset,
    /// The bytes are not those that were announced; everything is sent anew.
    #[error("содержимое не совпало с контрольной суммой")]
    Checksum,
    /// The bytes are those announced, and no picture.
    #[error("это не фотография или файл повреждён: снимите заново")]
    Unreadable,
    /// The sweeper removes an old copy of the same photo; the upload goes on in a moment.
    #[error("сервер убирает старую копию этой фотографии; повторите через минуту")]
    Busy,
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, Clone)]
pub struct Announced {
    /// The order that the photo is of.
    pub order: OrderId,
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
    pub bytes: u64,
}

#[derive(Debug, Clone, Copy)]
pub struct From {
    pub device: DeviceId,
    pub person: PersonId,
    /// Time at which the phone lost access, where it did.
    pub shut_out: Option<i64>,
}

/// Begins an upload, or finds one that was begun: the name is derived from phone, order and photo,
/// so a phone that forgot everything else goes on at the same offset.
pub async fn begin(
    app: &App,
    From { device, person, shut_out }: From,
    announced: &Announced,
) -> Result<UploadRow, UploadError> {
    if announced.bytes > Limits::default().blob_bytes || announced.bytes == 0 {
        return Err(UploadError::TooLarge);
    }
    let mut tx = app.store.begin().await?;
    if !tx.works_on(person, announced.order).await? {
        return Err(UploadError::NotYours);
    }
    if let Some(since) = shut_out {
        // Photos taken before the access went may still come, and no others.
        let waits = tx.photo_waits((device, person), announced.order, &announced.sha256).await?;
        let brought = tx.photo_bytes_since(device, since).await?;
        if !waits || brought + announced.bytes as i64 > REVOKED_PHOTO_BYTES_MAX {
            return Err(UploadError::NotYours);
        }
    }
    let key = [device.bytes().as_slice(), announced.order.bytes(), announced.sha256.as_bytes()];
    let row = UploadRow {
        id: hex(&derive_id(&key)),
        order_id: announced.order.bytes().to_vec(),
        sha256: announced.sha256.clone(),
        bytes: announced.bytes as i64,
        received: 0,
    };
    let now = app.now();
    if let Some(begun) = tx.upload(&row.id, device, now.0).await? {
        drop(tx);
        if begun.bytes != row.bytes {
            return Err(UploadError::Checksum);
        }
        // All bytes came, and the server died before it put them together.
        if begun.received == begun.bytes {
            finish(app, device, &begun).await?;
        }
        return Ok(begun);
    }
    if tx.uploads_of(device).await? >= UPLOADS_A_DEVICE {
        return Err(UploadError::TooMany);
    }
    if tx.photos_brought(device, announced.order).await? >= PHOTOS_AN_ORDER_MAX as i64 {
        return Err(UploadError::OrderFull);
    }
    // One that expired and was not swept yet begins anew.
    tx.end_upload(&row.id).await?;
    tx.begin_upload(&row, device, now.plus_s(UPLOAD_S).0).await?;
    tx.commit().await?;
    Ok(row)
}

pub async fn find(app: &App, device: DeviceId, id: &str) -> Result<UploadRow, UploadError> {
    let mut tx = app.store.read().await?;
    tx.upload(id, device, app.now().0).await?.ok_or(UploadError::Unknown)
}

/// Takes the next part. The part is durable before the row counts it. Returns the number of stored
/// bytes; with the last part the photo is checked and kept.
pub async fn go_on(
    app: &App,
    device: DeviceId,
    (id, at): (&str, u64),
    part: Vec<u8>,
) -> Result<u64, UploadError> {
    let row = find(app, device, id).await?;
    if row.received as u64 != at {
        return Err(UploadError::Offset);
    }
    let length = part.len() as i64;
    if row.received + length > row.bytes {
        return Err(UploadError::TooLarge);
    }
    let received = row.received + length;
    let parts = app.store.read().await?.upload_parts(id).await?;
    if parts.len() >= UPLOAD_PARTS_MAX {
        // The upload begins anew: each part is a file.
        forget(app, id).await?;
        return Err(UploadError::Unknown);
    }
    if length > 0 {
        // A name of its own: of two that arrive at once only the counted one is read again.
        let name = format!("{id}/{at:012}-{}", hex(&app.random_bytes::<6>()));
        app.blobs.put_part(&name, part).await?;
        let mut tx = app.store.begin().await?;
        let until = app.now().plus_s(UPLOAD_S).0;
        if !tx.add_part(id, (row.received, length), &name, until).await? {
            tx.rollback().await?;
            app.blobs.remove_part(&name).await?;
            return Err(UploadError::Offset);
        }
        tx.commit().await?;
    }
    if received == row.bytes {
        finish(app, device, &row).await?;
    }
    Ok(received as u64)
}

/// A photo and what speaks against it. Pixels are decoded off the threads that answer, one photo at a
/// time, as each takes up to [`DECODER_BYTES_MAX`](vyezd_core::limits::DECODER_BYTES_MAX).
async fn judged(
    app: &App,
    whole: Vec<u8>,
    sha: &str,
) -> Result<(Vec<u8>, Option<UploadError>), UploadError> {
    if hex(&sha256(&whole)) != sha {
        return Ok((whole, Some(UploadError::Checksum)));
    }
    let _place = app.decoder.acquire().await.map_err(|_| UploadError::Busy)?;
    tokio::task::spawn_blocking(move || {
        let seen = vyezd_core::picture::decode(&whole).is_some();
        (whole, (!seen).then_some(UploadError::Unreadable))
    })
    .await
    .map_err(|_| UploadError::Unreadable)
}

/// Puts all parts together, compares the sum with the name, and keeps the photo if it is a picture.
async fn finish(app: &App, device: DeviceId, row: &UploadRow) -> Result<(), UploadError> {
    let parts = app.store.read().await?.upload_parts(&row.id).await?;
    let mut whole = Vec::with_capacity(row.bytes as usize);
    for part in &parts {
        whole.extend(app.blobs.part(part).await?);
    }
    let (whole, refusal) = judged(app, whole, &row.sha256).await?;
    let now = app.now();
    if refusal.is_none() {
        // Row, bytes, proof: each step alone, because the object store may be slow. After a crash the
        // phone repeats the last part, of no bytes, and all three are done again.
        let mut tx = app.store.begin().await?;
        let stale = now.plus_s(-REMOVAL_S).0;
        if !tx.hold_photo((&row.sha256, row.bytes), now.0, stale).await? {
            return Err(UploadError::Busy);
        }
        tx.commit().await?;
        app.blobs.put(whole).await?;
    }
    let mut tx = app.store.begin().await?;
    if refusal.is_none() {
        let order = store::id(&row.order_id, OrderId::from_bytes)?;
        tx.prove_photo((order, device), &row.sha256, now.0).await?;
    }
    tx.end_upload(&row.id).await?;
    tx.commit().await?;
    app.changed();
    for part in &parts {
        // A part left behind is swept up at night.
        if let Err(error) = app.blobs.remove_part(part).await {
            tracing::warn!(%error, "a part of an upload was left behind");
        }
    }
    refusal.map_or(Ok(()), Err)
}

/// Forgets an upload and its parts.
async fn forget(app: &App, id: &str) -> Result<(), UploadError> {
    let mut tx = app.store.begin().await?;
    let parts = tx.upload_parts(id).await?;
    tx.end_upload(id).await?;
    tx.commit().await?;
    for part in parts {
        app.blobs.remove_part(&part).await?;
    }
    Ok(())
}

/// Sweeps: uploads that nobody went on with, photos that no document has named for [`PHOTO_GRACE_S`].
pub async fn collect_garbage(app: &App) -> anyhow::Result<usize> {
    let now = app.now();
    let mut swept = 0;
    let stale = app.store.read().await?.stale_uploads(now.0).await?;
    for id in stale {
        forget(app, &id).await?;
        swept += 1;
    }
    swept += collect_stray_files(app).await?;
    let mut tx = app.store.begin().await?;
    tx.mark_unreferenced(now.0).await?;
    tx.commit().await?;
    let (unnamed, stale) = (now.plus_s(-PHOTO_GRACE_S).0, now.plus_s(-REMOVAL_S).0);
    loop {
        let mut tx = app.store.begin().await?;
        let Some(gone) = tx.begin_removal(unnamed, now.0, stale).await? else { break };
        tx.commit().await?;
        app.blobs.remove(&gone).await?;
        let mut tx = app.store.begin().await?;
        tx.end_removal(&gone, now.0).await?;
        tx.commit().await?;
        swept += 1;
    }
    Ok(swept)
}

/// Parts whose upload is over: the server died between putting and counting, or between counting and
/// removing. A part under way has its upload's row before it is put.
async fn collect_stray_files(app: &App) -> anyhow::Result<usize> {
    let parts = app.blobs.parts().await?;
    let mut names: Vec<String> = parts.keys().cloned().collect();
    names = app.store.read().await?.uploads_over(&names).await?;
    let mut swept = 0;
    for name in names {
        for part in parts.get(&name).into_iter().flatten() {
            app.blobs.remove_part(part).await?;
            swept += 1;
        }
    }
    Ok(swept)
}
