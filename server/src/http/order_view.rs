//! An order as the office sees it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::doc::Document;
use vyezd_core::doc::seal::Seal;
use vyezd_core::doc::view::SealedResult;
use vyezd_core::model::{CallResult, Card, Confidence, Order, OrderId, VisitId};

use crate::app::App;
use crate::documents;
use crate::problem::{Outcome, Problem};
use crate::store::{
    CallOutcome, CallRow, Channel, OfferRow, OfferStatus, OrderRow, PaperRow, PhotoRef, SealRow,
    SealState, StoreError, Tx,
};
use crate::verification::link::{self, LinkState};
use crate::verification::{issue, sheets};

/// A line of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderLine {
    id: String,
    number: String,
    /// For `If-Match`.
    version: u64,
    /// new, offered, calling, nobody, accepted, done, not_done, postponed, cancelled.
    state: String,
    /// planned, paid, emergency.
    urgency: String,
    /// YYYY-MM-DD
    date: String,
    window: String,
    district: String,
    address: String,
    client: String,
    phones: Vec<String>,
    kind: String,
    price_kop: i64,
    instruments: usize,
    holder: Option<String>,
    /// unix ms
    created_at: i64,
}

impl From<&OrderRow> for OrderLine {
    fn from(row: &OrderRow) -> Self {
        let card = &row.card;
        Self {
            id: card.id.to_string(),
            number: card.number.clone(),
            version: card.version,
            state: row.state.code().to_owned(),
            urgency: card.urgency.code().to_owned(),
            date: card.date.to_string(),
            window: card.window.to_string(),
            district: card.district.clone(),
            address: card.address.clone(),
            client: card.client.clone(),
            phones: card.phones.iter().map(|phone| phone.for_people()).collect(),
            kind: card.kind.clone(),
            price_kop: card.price_kop,
            instruments: card.instruments.len(),
            holder: row.holder.as_ref().map(|(_, name)| name.clone()),
            created_at: row.created_at,
        }
    }
}

/// Everything about an order.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderPage {
    #[serde(flatten)]
    line: OrderLine,
    /// `51.533120, 46.034450`; empty: nobody knows.
    place: String,
    entrance: String,
    floor: String,
    intercom: String,
    note: String,
    certificate: bool,
    source: String,
    entity: String,
    zone: String,
    expected: Vec<ExpectedView>,
    offers: Vec<OfferView>,
    calls: Vec<CallView>,
    history: Vec<HistoryLine>,
    papers: Vec<PaperView>,
    sheets: Vec<SheetView>,
    refused: Vec<RefusedView>,
    photos: Vec<PhotoView>,
    /// Что дал звонок перед визитом: исполнитель, результат, согласованное время.
    before_visit: Vec<BeforeVisit>,
    /// Замечания по заявке: исполнителя и клиента.
    remarks: Vec<RemarkView>,
    /// What the client thinks of the visit, 1–10.
    rating: Option<u8>,
    /// Четыре цифры, которые клиент набирает при подписи.
    client_code: String,
}

impl OrderPage {
    /// The version of its card.
    pub(super) const fn version(&self) -> u64 {
        self.line.version
    }
}

/// A remark in the order's document.
#[derive(Serialize, ToSchema)]
pub(super) struct RemarkView {
    text: String,
    /// Когда, мс.
    at: Option<i64>,
}

/// The order's document, read.
async fn document(tx: &mut Tx, order: OrderId) -> Result<Order, StoreError> {
    let Some(doc) = tx.read_docs(&[order]).await?.remove(&order) else {
        return Ok(Order::default());
    };
    let doc =
        Document::from_chunks(std::iter::once(doc.bytes.as_slice())).map_err(documents::broken)?;
    Ok(doc.read().0)
}

fn remarks(read: &Order) -> Vec<RemarkView> {
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
pub(super) struct BeforeVisit {
    who: String,
    result: CallAnswer,
    /// DD.MM.YYYY HH:MM–HH:MM
    agreed: Option<String>,
    /// unix ms
    at: i64,
}

async fn before_visit(
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
pub(super) struct PhotoView {
    sha256: String,
    /// показания, пломба, …
    kind: String,
    /// Its bytes are here; otherwise they are on the phone still.
    there: bool,
    /// unix ms, by the phone's evidence
    taken_at: Option<i64>,
    /// By the server's clock; otherwise «время не подтверждено».
    confirmed: bool,
    /// Latitude and longitude in degrees, and within how many metres.
    place: Option<PlaceView>,
}

/// Where a photo was taken, by the phone's own word.
#[derive(Serialize, ToSchema)]
pub(super) struct PlaceView {
    lat: f64,
    lon: f64,
    accuracy_m: u32,
}

/// An instrument that the client named.
#[derive(Serialize, ToSchema)]
pub(super) struct ExpectedView {
    id: String,
    type_number: String,
    modification: String,
    serial_number: String,
    year: Option<u16>,
    /// cold, hot.
    water: Option<String>,
    /// horizontal, vertical.
    position: Option<String>,
}

/// An offer with its four times, unix ms.
#[derive(Serialize, ToSchema)]
pub(super) struct OfferView {
    person: String,
    state: OfferStatus,
    offered_at: i64,
    delivered_at: Option<i64>,
    seen_at: Option<i64>,
    answered_at: Option<i64>,
    /// app, key.
    answered_by: Option<Channel>,
    closed_at: Option<i64>,
    reason: String,
}

impl From<OfferRow> for OfferView {
    fn from(row: OfferRow) -> Self {
        Self {
            person: row.person_name,
            state: row.state,
            offered_at: row.offered_at,
            delivered_at: row.delivered_at,
            seen_at: row.seen_at,
            answered_at: row.answered_at,
            answered_by: row.answered_by,
            closed_at: row.closed_at,
            reason: row.reason,
        }
    }
}

/// A telephone call, times in unix ms.
#[derive(Serialize, ToSchema)]
pub(super) struct CallView {
    id: String,
    order: String,
    order_number: String,
    person: String,
    phone: String,
    ringing: bool,
    placed_at: i64,
    ended_at: Option<i64>,
    pressed: Option<String>,
    /// answered, no_answer, cancelled.
    outcome: Option<CallOutcome>,
}

impl From<CallRow> for CallView {
    fn from(row: CallRow) -> Self {
        Self {
            id: row.id.to_string(),
            order: row.order.to_string(),
            order_number: row.order_number,
            person: row.person_name,
            phone: row.phone,
            ringing: row.ringing,
            placed_at: row.placed_at,
            ended_at: row.ended_at,
            pressed: row.pressed,
            outcome: row.outcome,
        }
    }
}

/// A line of the history, unix ms.
#[derive(Serialize, ToSchema)]
pub(super) struct HistoryLine {
    at: i64,
    who: String,
    what: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct PaperView {
    pub(super) id: String,
    /// protocol, certificate, notice, sheet.
    pub(super) kind: String,
    pub(super) number: String,
    pub(super) file_name: String,
    pub(super) bytes: i64,
    pub(super) void: bool,
}

impl From<PaperRow> for PaperView {
    fn from(row: PaperRow) -> Self {
        Self {
            id: row.id.to_string(),
            kind: row.kind.code().to_owned(),
            number: row.number,
            file_name: row.file_name,
            bytes: row.bytes,
            void: row.void,
        }
    }
}

/// A signed sheet.
#[derive(Serialize, ToSchema)]
pub(super) struct SheetView {
    id: String,
    state: SealState,
    problem: String,
    /// The client's page.
    link: String,
    /// open, ended, closed.
    link_state: String,
    /// Until when it is good, unix ms.
    link_until: Option<i64>,
    link_closed_by: Option<String>,
    signed_at: i64,
    /// Набранный клиентом код верен; нет, если не набирал.
    code_right: Option<bool>,
    /// Who typed it in from paper.
    typed_by: Option<String>,
    instruments: Vec<VerdictView>,
}

/// What a sheet says of an instrument.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum InstrumentResult {
    Fit,
    Unfit,
    /// No paper, no number.
    NotFinished,
}

impl From<SealedResult> for InstrumentResult {
    fn from(result: SealedResult) -> Self {
        match result {
            SealedResult::Fit => Self::Fit,
            SealedResult::Unfit => Self::Unfit,
            SealedResult::NotFinished => Self::NotFinished,
        }
    }
}

/// An instrument of a sheet.
#[derive(Serialize, ToSchema)]
pub(super) struct VerdictView {
    pub(super) name: String,
    pub(super) serial_number: String,
    pub(super) result: InstrumentResult,
    pub(super) reasons: Vec<String>,
    /// DD.MM.YYYY
    pub(super) valid_until: Option<String>,
    pub(super) protocol_number: Option<String>,
    /// `−1,6 % (±5 %)` for each row.
    pub(super) errors: Vec<String>,
}

/// Changes from a phone that were not admitted, unix ms.
#[derive(Serialize, ToSchema)]
pub(super) struct RefusedView {
    at: i64,
    code: String,
    message: String,
}

pub(super) fn verdicts(view: &vyezd_core::doc::view::SealedView) -> Vec<VerdictView> {
    view.instruments
        .iter()
        .map(|i| VerdictView {
            name: format!("{} {}", i.modification, i.type_number),
            serial_number: i.serial_number.clone(),
            result: i.result.into(),
            reasons: i.reasons.clone(),
            valid_until: i.valid_until.map(|date| date.russian()),
            protocol_number: i.protocol_number.clone(),
            errors: i
                .rows
                .iter()
                .map(|row| {
                    let (error, limit) = (row.error_percent.russian(), row.limit_percent.russian());
                    format!("{}: {error} % (±{limit} %)", row.point)
                })
                .collect(),
        })
        .collect()
}

/// Reads everything about an order.
pub(super) async fn read(app: &App, tx: &mut Tx, id: OrderId) -> Outcome<OrderPage> {
    let row = tx.order(id).await?.ok_or(Problem::NotFound)?;
    let entity = tx.entity(row.card.entity).await?.map(|e| e.name).unwrap_or_default();
    let typists: BTreeMap<VisitId, String> = tx.typists(id).await?.into_iter().collect();
    let mut sheets = Vec::new();
    for seal in tx.seals(id).await? {
        let link_state = link::state(&seal, &tx.link_of(seal.id).await?, app.now());
        let typist = typists.get(&seal.visit).cloned();
        sheets.push(sheet_view(app, seal, link_state, typist));
    }
    let card: &Card = &row.card;
    let read = document(tx, id).await?;
    Ok(OrderPage {
        line: OrderLine::from(&row),
        place: card.place.map(|place| place.to_string()).unwrap_or_default(),
        entrance: card.access.entrance.clone(),
        floor: card.access.floor.clone(),
        intercom: card.access.intercom.clone(),
        note: card.access.note.clone(),
        certificate: card.certificate,
        source: card.source.clone(),
        entity,
        zone: card.zone.name().to_owned(),
        expected: card
            .instruments
            .iter()
            .map(|i| ExpectedView {
                id: i.id.to_string(),
                type_number: i.type_number.clone(),
                modification: i.modification.clone(),
                serial_number: i.serial_number.clone(),
                year: i.year,
                water: i.water.map(|w| w.code().to_owned()),
                position: i.position.map(|p| p.code().to_owned()),
            })
            .collect(),
        sheets,
        offers: tx.offers(id).await?.into_iter().map(OfferView::from).collect(),
        calls: tx.calls(Some(id)).await?.into_iter().map(CallView::from).collect(),
        history: tx
            .history(id)
            .await?
            .into_iter()
            .map(|row| HistoryLine { at: row.at, who: row.who, what: row.what })
            .collect(),
        papers: tx.papers(id).await?.into_iter().map(PaperView::from).collect(),
        refused: tx
            .refused(id)
            .await?
            .into_iter()
            .map(|(at, code, message)| RefusedView { at, code, message })
            .collect(),
        client_code: app.keys.client_code(id),
        before_visit: before_visit(tx, id, &read).await?,
        remarks: remarks(&read),
        rating: read.visits.values().filter_map(|visit| visit.rating).next_back(),
        photos: tx.photos(id).await?.into_iter().map(|photo| photo_view(photo, &read)).collect(),
    })
}

fn sheet_view(
    app: &App,
    seal: SealRow,
    link_state: LinkState,
    typed_by: Option<String>,
) -> SheetView {
    let decoded = Seal::decode(&seal.record).ok();
    let (link_state, link_until, link_closed_by) = match link_state {
        LinkState::Open { until } => ("open", Some(until.0), None),
        LinkState::Ended => ("ended", None, None),
        LinkState::Closed { by, .. } => ("closed", None, Some(by)),
    };
    let code = decoded.as_ref().and_then(|of| sheets::code_given(app, seal.order, &of.body));
    SheetView {
        id: seal.id.to_string(),
        link: issue::link(app, &seal.token),
        link_state: link_state.to_owned(),
        link_until,
        link_closed_by,
        signed_at: seal.signed_at,
        typed_by,
        code_right: code,
        instruments: decoded.map(|of| verdicts(&of.view)).unwrap_or_default(),
        state: seal.state,
        problem: seal.problem,
    }
}

fn photo_view(photo: PhotoRef, read: &Order) -> PhotoView {
    let instrument =
        read.visits.get(&photo.visit).and_then(|visit| visit.instruments.get(&photo.instrument));
    let taken = instrument.and_then(|instrument| instrument.taken.get(&photo.sha256));
    PhotoView {
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
