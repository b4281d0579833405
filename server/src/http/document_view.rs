//! What the office sees of an order's document: remarks, calls before a visit, photos.

use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::model::{CallResult, Confidence, Order, OrderId};

use crate::store::{PhotoRef, StoreError, Tx};

/// A remark in the order's document.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "text": "Клиент просит напомнить о поверке за месяц", "at": 1_789_365_480_000_i64
}))]
pub(super) struct RemarkView {
    /// As it was written.
    text: String,
    /// Unix time, ms.
    at: Option<i64>,
}

pub(super) fn remarks(read: &Order) -> Vec<RemarkView> {
    let notes = read.notes.values();
    notes
        .map(|note| RemarkView { text: note.text.clone(), at: note.at.as_ref().map(|at| at.at.0) })
        .collect()
}

/// What a client said on the telephone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CallAnswer {
    Confirmed,
    Moved,
    Refused,
    NoAnswer,
}

impl From<CallResult> for CallAnswer {
    fn from(result: CallResult) -> Self {
        match result {
            CallResult::Confirmed => Self::Confirmed,
            CallResult::Moved => Self::Moved,
            CallResult::Refused => Self::Refused,
            CallResult::NoAnswer => Self::NoAnswer,
        }
    }
}

/// A call before a visit.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "who": "Анохина Анна Сергеевна", "result": "confirmed", "agreed": "14.09.2026 09:00–11:00",
    "at": 1_789_359_600_000_i64
}))]
pub(super) struct BeforeVisit {
    /// The metrologist.
    who: String,
    /// What the client said.
    result: CallAnswer,
    /// The time agreed on, `DD.MM.YYYY HH:MM–HH:MM`.
    agreed: Option<String>,
    /// Unix time, ms.
    at: i64,
}

pub(super) async fn before_visit(
    tx: &mut Tx,
    order: OrderId,
    read: &Order,
) -> Result<Vec<BeforeVisit>, StoreError> {
    let mut all = Vec::new();
    for (visit, _, who) in tx.visits_named(order).await? {
        let Some(call) = read.visits.get(&visit).and_then(|visit| visit.call.as_ref()) else {
            continue;
        };
        all.push(BeforeVisit {
            who,
            result: call.result.into(),
            agreed: call.agreed().map(|(date, window)| format!("{} {window}", date.russian())),
            at: call.at.at.0,
        });
    }
    Ok(all)
}

/// A photo that somebody took.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "sha256": "55c64d0fcd6f9d5f7c828093857e3fdfda68478bb4e9bd24d481ef391c7804e8",
    "kind": "показания", "removed": false, "there": true, "taken_at": 1_789_363_860_000_i64, "confirmed": true,
    "place": {"lat": 51.53312, "lon": 46.03445, "accuracy_m": 12}
}))]
pub(super) struct PhotoView {
    /// Its name at `/v1/photos/{sha256}`.
    sha256: String,
    /// What it shows, in Russian.
    kind: String,
    /// The performer took it out, or took it anew.
    removed: bool,
    /// Its bytes are here; otherwise they are on the phone still.
    there: bool,
    /// By the phone's evidence, Unix time, ms.
    taken_at: Option<i64>,
    /// The time is by the server's clock; otherwise «время не подтверждено».
    confirmed: bool,
    /// Where it was taken.
    place: Option<PlaceView>,
}

/// Where a photo was taken, by the phone's own word.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "lat": 51.53312, "lon": 46.03445, "accuracy_m": 12 }))]
pub(super) struct PlaceView {
    /// Degrees north, WGS 84.
    lat: f64,
    /// Degrees east, WGS 84.
    lon: f64,
    /// Within how many metres.
    accuracy_m: u32,
}

pub(super) fn photo_view(photo: PhotoRef, read: &Order) -> PhotoView {
    let instrument =
        read.visits.get(&photo.visit).and_then(|visit| visit.instruments.get(&photo.instrument));
    let taken = instrument.and_then(|instrument| instrument.taken.get(&photo.sha256));
    PhotoView {
        removed: instrument.is_some_and(|of| of.removed_photos.contains(&photo.sha256)),
        sha256: photo.sha256,
        kind: photo.kind,
        there: photo.there,
        taken_at: taken.map(|taken| taken.at.at.0),
        confirmed: taken.is_some_and(|taken| taken.at.confidence == Confidence::Confirmed),
        place: taken.and_then(|taken| taken.place).map(|place| PlaceView {
            lat: f64::from(place.lat_e6) / 1e6,
            lon: f64::from(place.lon_e6) / 1e6,
            accuracy_m: place.accuracy_m,
        }),
    }
}
