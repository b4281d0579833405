//! Photos: named by documents, brought by phones, and uploads under way.

use vyezd_core::model::{DeviceId, InstrumentId, OrderId, PersonId, VisitId};

use super::{StoreError, Tx, id, on};

/// A photo that a document names.
#[derive(Debug, Clone)]
pub struct PhotoRef {
    /// SHA-256, hex.
    pub sha256: String,
    pub visit: VisitId,
    pub instrument: InstrumentId,
    pub kind: String,
    /// Whether the bytes are stored.
    pub there: bool,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UploadRow {
    pub id: String,
    /// The order that the photo is of.
    pub order_id: Vec<u8>,
    pub sha256: String,
    pub bytes: i64,
    pub received: i64,
}

impl Tx {
    /// Writes the photos down that a document names.
    pub async fn set_photo_refs(
        &mut self,
        order: OrderId,
        photos: &[(String, VisitId, InstrumentId, String)],
    ) -> Result<(), StoreError> {
        for (sha256, visit, instrument, kind) in photos {
            on!(&mut *self, |conn| sqlx::query(
                "insert into blob_ref (order_id, sha256, visit_id, instrument_id, kind)
                 values ($1, $2, $3, $4, $5) on conflict (order_id, sha256) do nothing"
            )
            .bind(order.bytes().as_slice())
            .bind(sha256)
            .bind(visit.bytes().as_slice())
            .bind(instrument.bytes().as_slice())
            .bind(kind)
            .execute(conn)
            .await
            .map(drop))?;
        }
        Ok(())
    }

    /// Forgets the photos that a document names, before a new write.
    pub async fn forget_photo_refs(&mut self, order: OrderId) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from blob_ref where order_id = $1")
            .bind(order.bytes().as_slice())
            .execute(conn)
            .await
            .map(drop))
    }

    pub async fn photos(&mut self, order: OrderId) -> Result<Vec<PhotoRef>, StoreError> {
        type Raw = (String, Vec<u8>, Vec<u8>, String, i64);
        let rows: Vec<Raw> = on!(self, |conn| sqlx::query_as(
            "select r.sha256, r.visit_id, r.instrument_id, r.kind,
                    (select count(*) from blob_proof p
                     where p.order_id = r.order_id and p.sha256 = r.sha256) as there
             from blob_ref r where r.order_id = $1 order by r.kind, r.sha256"
        )
        .bind(order.bytes().as_slice())
        .fetch_all(conn)
        .await)?;
        rows.into_iter()
            .map(|(sha256, visit, instrument, kind, there)| {
                let visit = id(&visit, VisitId::from_bytes)?;
                let instrument = id(&instrument, InstrumentId::from_bytes)?;
                Ok(PhotoRef { sha256, visit, instrument, kind, there: there > 0 })
            })
            .collect()
    }

    /// Whether a photo was brought for an order that the person may see and that names the photo.
    pub async fn photo_for(&mut self, person: PersonId, sha256: &str) -> Result<bool, StoreError> {
        let found: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from blob_ref r
             join blob_proof p on p.order_id = r.order_id and p.sha256 = r.sha256
             where r.sha256 = $2 and (
                exists (select 1 from visit v where v.id = r.visit_id and v.person_id = $1)
                or exists (select 1 from scope_doc s where s.order_id = r.order_id
                           and s.person_id = $1 and s.left_seq is null))"
        )
        .bind(person.bytes().as_slice())
        .bind(sha256)
        .fetch_one(conn)
        .await)?;
        Ok(found > 0)
    }

    /// Whether the server waits for a photo from a phone without access: a visit of its person names it, or work of
    /// the phone on that order waits for the office.
    pub async fn photo_waits(
        &mut self,
        (device, person): (DeviceId, PersonId),
        order: OrderId,
        sha256: &str,
    ) -> Result<bool, StoreError> {
        let found: i64 = on!(self, |conn| sqlx::query_scalar(
            "select (select count(*) from blob_ref r join visit v on v.id = r.visit_id
                     where r.order_id = $3 and r.sha256 = $4 and v.person_id = $2)
                  + (select count(*) from refused_batch b
                     where b.order_id = $3 and b.device_id = $1 and b.state = 'quarantined')"
        )
        .bind(device.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .bind(sha256)
        .fetch_one(conn)
        .await)?;
        Ok(found > 0)
    }

    /// How many bytes of photos a phone brought since an instant.
    pub async fn photo_bytes_since(
        &mut self,
        device: DeviceId,
        since: i64,
    ) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select cast(coalesce(sum(b.bytes), 0) as bigint) from blob_proof p
             join blob b on b.sha256 = p.sha256 where p.device_id = $1 and p.at >= $2"
        )
        .bind(device.bytes().as_slice())
        .bind(since)
        .fetch_one(conn)
        .await)
    }

    /// Whether a document names the photo and its bytes are stored: the office may look.
    pub async fn photo_known(&mut self, sha256: &str) -> Result<bool, StoreError> {
        let found: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from blob_ref r
             join blob_proof p on p.order_id = r.order_id and p.sha256 = r.sha256
             where r.sha256 = $1"
        )
        .bind(sha256)
        .fetch_one(conn)
        .await)?;
        Ok(found > 0)
    }

    /// Whether a person works on an order, or once did: visits stay their person's.
    pub async fn works_on(&mut self, person: PersonId, order: OrderId) -> Result<bool, StoreError> {
        let found: i64 = on!(self, |conn| sqlx::query_scalar(
            "select count(*) from visit where order_id = $1 and person_id = $2"
        )
        .bind(order.bytes().as_slice())
        .bind(person.bytes().as_slice())
        .fetch_one(conn)
        .await)?;
        Ok(found > 0)
    }

    /// How many uploads of a device are under way.
    pub async fn uploads_of(&mut self, device: DeviceId) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar("select count(*) from upload where device_id = $1")
            .bind(device.bytes().as_slice())
            .fetch_one(conn)
            .await)
    }

    /// How many photos a device has brought for an order or is bringing.
    pub async fn photos_brought(
        &mut self,
        device: DeviceId,
        order: OrderId,
    ) -> Result<i64, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select (select count(*) from upload where device_id = $1 and order_id = $2)
                  + (select count(*) from blob_proof where device_id = $1 and order_id = $2)"
        )
        .bind(device.bytes().as_slice())
        .bind(order.bytes().as_slice())
        .fetch_one(conn)
        .await)
    }

    /// Begins an upload; one that was begun goes on.
    pub async fn begin_upload(
        &mut self,
        upload: &UploadRow,
        device: DeviceId,
        expires_at: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into upload (id, device_id, order_id, sha256, bytes, received, expires_at)
             values ($1, $2, $3, $4, $5, 0, $6)
             on conflict (id) do update set expires_at = excluded.expires_at"
        )
        .bind(&upload.id)
        .bind(device.bytes().as_slice())
        .bind(&upload.order_id)
        .bind(&upload.sha256)
        .bind(upload.bytes)
        .bind(expires_at)
        .execute(conn)
        .await
        .map(drop))
    }

    pub async fn upload(
        &mut self,
        name: &str,
        device: DeviceId,
        now: i64,
    ) -> Result<Option<UploadRow>, StoreError> {
        on!(self, |conn| sqlx::query_as(
            "select id, order_id, sha256, bytes, received from upload
             where id = $1 and device_id = $2 and expires_at > $3"
        )
        .bind(name)
        .bind(device.bytes().as_slice())
        .bind(now)
        .fetch_optional(conn)
        .await)
    }

    /// Counts a part that is durable in the store. `false`: another request counted one at this
    /// offset first.
    pub async fn add_part(
        &mut self,
        upload: &str,
        (at, bytes): (i64, i64),
        name: &str,
        expires_at: i64,
    ) -> Result<bool, StoreError> {
        let moved: Option<i64> = on!(&mut *self, |conn| sqlx::query_scalar(
            "update upload set received = received + $3, expires_at = $4
             where id = $1 and received = $2 returning received"
        )
        .bind(upload)
        .bind(at)
        .bind(bytes)
        .bind(expires_at)
        .fetch_optional(conn)
        .await)?;
        if moved.is_none() {
            return Ok(false);
        }
        on!(self, |conn| sqlx::query(
            "insert into upload_part (upload_id, at, name) values ($1, $2, $3)"
        )
        .bind(upload)
        .bind(at)
        .bind(name)
        .execute(conn)
        .await
        .map(drop))?;
        Ok(true)
    }

    /// The parts of an upload, in order.
    pub async fn upload_parts(&mut self, upload: &str) -> Result<Vec<String>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select name from upload_part where upload_id = $1 order by at"
        )
        .bind(upload)
        .fetch_all(conn)
        .await)
    }

    /// Forgets an upload and its parts.
    pub async fn end_upload(&mut self, upload: &str) -> Result<(), StoreError> {
        for sql in
            ["delete from upload_part where upload_id = $1", "delete from upload where id = $1"]
        {
            on!(&mut *self, |conn| sqlx::query(sql).bind(upload).execute(conn).await.map(drop))?;
        }
        Ok(())
    }

    /// Those of these uploads that are over.
    pub async fn uploads_over(&mut self, names: &[String]) -> Result<Vec<String>, StoreError> {
        let mut over = Vec::new();
        for name in names {
            let here: Option<String> =
                on!(&mut *self, |conn| sqlx::query_scalar("select id from upload where id = $1")
                    .bind(name)
                    .fetch_optional(conn)
                    .await)?;
            if here.is_none() {
                over.push(name.clone());
            }
        }
        Ok(over)
    }

    /// Uploads that nobody went on with.
    pub async fn stale_uploads(&mut self, now: i64) -> Result<Vec<String>, StoreError> {
        on!(self, |conn| sqlx::query_scalar(
            "select id from upload where expires_at <= $1 order by id limit 1000"
        )
        .bind(now)
        .fetch_all(conn)
        .await)
    }

    /// Keeps the sweeper from a photo whose bytes are about to be stored. False while the sweeper
    /// removes the same bytes; a removal older than `stale` was cut off and is taken over.
    pub async fn hold_photo(
        &mut self,
        (sha256, bytes): (&str, i64),
        now: i64,
        stale: i64,
    ) -> Result<bool, StoreError> {
        let held: Option<String> = on!(self, |conn| sqlx::query_scalar(
            "insert into blob (sha256, bytes, at) values ($1, $2, $3)
             on conflict (sha256) do update set unreferenced_since = null, removing_since = null
             where blob.removing_since is null or blob.removing_since < $4
             returning sha256"
        )
        .bind(sha256)
        .bind(bytes)
        .bind(now)
        .bind(stale)
        .fetch_optional(conn)
        .await)?;
        Ok(held.is_some())
    }

    /// A photo was brought for an order, whole, and its bytes are stored.
    pub async fn prove_photo(
        &mut self,
        (order, device): (OrderId, DeviceId),
        sha256: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query(
            "insert into blob_proof (order_id, sha256, device_id, at) values ($1, $2, $3, $4)
             on conflict (order_id, sha256) do nothing"
        )
        .bind(order.bytes().as_slice())
        .bind(sha256)
        .bind(device.bytes().as_slice())
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Notes which photos no document names any more, and which are named again.
    pub async fn mark_unreferenced(&mut self, now: i64) -> Result<(), StoreError> {
        on!(&mut *self, |conn| sqlx::query(
            "update blob set unreferenced_since = null where unreferenced_since is not null
             and removing_since is null
             and exists (select 1 from blob_ref r where r.sha256 = blob.sha256)"
        )
        .execute(conn)
        .await
        .map(drop))?;
        on!(self, |conn| sqlx::query(
            "update blob set unreferenced_since = $1 where unreferenced_since is null
             and removing_since is null
             and not exists (select 1 from blob_ref r where r.sha256 = blob.sha256)"
        )
        .bind(now)
        .execute(conn)
        .await
        .map(drop))
    }

    /// Begins to remove one photo that no document names since `before`, or whose removal was cut
    /// off before `stale`: nobody has brought it any more. Bytes of papers stay.
    pub async fn begin_removal(
        &mut self,
        before: i64,
        now: i64,
        stale: i64,
    ) -> Result<Option<String>, StoreError> {
        let found: Option<String> = on!(&mut *self, |conn| sqlx::query_scalar(
            "update blob set removing_since = $2 where sha256 = (
                select sha256 from blob where removing_since < $3
                or (removing_since is null and unreferenced_since < $1
                and not exists (select 1 from blob_ref r where r.sha256 = blob.sha256)
                and not exists (select 1 from paper p where p.sha256 = blob.sha256)
                and not exists (select 1 from package k where k.sha256 = blob.sha256)
                and not exists (select 1 from blob_proof p
                    join refused_batch q on q.order_id = p.order_id
                    where p.sha256 = blob.sha256 and q.state in ('refused', 'quarantined')))
                order by sha256 limit 1) returning sha256"
        )
        .bind(before)
        .bind(now)
        .bind(stale)
        .fetch_optional(conn)
        .await)?;
        if let Some(sha256) = &found {
            on!(self, |conn| sqlx::query("delete from blob_proof where sha256 = $1")
                .bind(sha256)
                .execute(conn)
                .await
                .map(drop))?;
        }
        Ok(found)
    }

    /// The bytes of a photo are removed.
    pub async fn end_removal(&mut self, sha256: &str, since: i64) -> Result<(), StoreError> {
        on!(self, |conn| sqlx::query("delete from blob where sha256 = $1 and removing_since = $2")
            .bind(sha256)
            .bind(since)
            .execute(conn)
            .await
            .map(drop))
    }
}
