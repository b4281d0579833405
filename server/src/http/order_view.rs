//! An order as the office sees it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use vyezd_core::model::{Card, VisitId};

use super::document_view::{BeforeVisit, PhotoView, RemarkView, before_visit, photo_view, remarks};
use super::hints::{self, HintView};
use super::order_doubts::{self, CardDoubt};
use super::sheet_view::{SheetView, sheet_view};
use crate::app::App;
use crate::documents::OrderDocument;
use crate::problem::{Outcome, Problem};
use crate::store::{
    CallOutcome, CallRow, Channel, HistoryRow, LineKind, OfferRow, OfferStatus, OrderRow, PaperRow,
    Tx,
};
use crate::verification::link;

/// An order in a line of the list.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a5fa88073eeb7e96e59ce40f9cb", "number": "2101", "version": 1, "state": "accepted",
    "urgency": "planned", "date": "2026-09-14", "window": "09:00–11:00",
    "district": "Октябрьский", "address": "г. Саратов, ул. Чапаева, д. 8, кв. 12",
    "client": "Лаптева Нина Андреевна", "phones": ["+7 927 110-21-01"], "kind": "поверка",
    "price_kop": 90000, "instruments": 1, "holder": "Анохина Анна Сергеевна",
    "created_at": 1_789_027_920_000_i64
}))]
pub(super) struct OrderLine {
    /// The order.
    id: String,
    /// What people say.
    number: String,
    /// Of the card, for `If-Match`.
    version: u64,
    /// `new`, `offered`, `calling`, `nobody`, `accepted`, `done`, `not_done`, `postponed` or
    /// `cancelled`.
    state: String,
    /// `planned`, `paid` or `emergency`.
    urgency: String,
    /// `YYYY-MM-DD`.
    date: String,
    /// `09:00–11:00`, local time of the place.
    window: String,
    /// Metrologists are chosen by it.
    district: String,
    /// One line.
    address: String,
    /// The client's name; may be empty.
    client: String,
    /// As people write them.
    phones: Vec<String>,
    /// Kind of work.
    kind: String,
    /// Kopecks.
    price_kop: i64,
    /// How many the client named.
    instruments: usize,
    /// The metrologist who has it.
    holder: Option<String>,
    /// Unix time, ms.
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
#[schema(example = json!({
    "place": "51.533120, 46.034450", "entrance": "1", "floor": "3", "intercom": "12к",
    "note": "собака; звонить за час", "certificate": true, "source": "office",
    "entity": "ООО «Водоучёт-Поверка»", "zone": "Europe/Saratov",
    "zone_name": "Саратов (UTC+4)", "zone_chosen": false, "state": "done",
    "calls": [], "refused": [], "rating": 10, "client_code": "4821"
}))]
pub(super) struct OrderPage {
    #[serde(flatten)]
    line: OrderLine,
    /// Where the building is, `51.533120, 46.034450`; empty: nobody knows.
    place: String,
    /// Entrance, «подъезд».
    entrance: String,
    /// Floor.
    floor: String,
    /// Code of the intercom, «домофон».
    intercom: String,
    /// What helps to get in.
    note: String,
    /// The owner asked for a certificate on paper.
    certificate: bool,
    /// `office` or `import`.
    source: String,
    /// The issuer's name.
    entity: String,
    /// IANA name of the place's zone.
    zone: String,
    /// The zone for people: «Саратов (UTC+4)».
    zone_name: String,
    /// The office chose the zone; it stays when the address changes.
    zone_chosen: bool,
    /// What is doubtful in the card, while the order is open.
    doubts: Vec<CardDoubt>,
    /// What the client named.
    expected: Vec<ExpectedView>,
    /// All offers, the oldest first.
    offers: Vec<OfferView>,
    /// Telephone calls about offers.
    calls: Vec<CallView>,
    /// The oldest line first.
    history: Vec<HistoryLine>,
    /// Papers of all sheets; void ones last.
    papers: Vec<PaperView>,
    /// Signed sheets.
    sheets: Vec<SheetView>,
    /// Batches of this order that were not admitted.
    refused: Vec<RefusedView>,
    /// What metrologists photographed.
    photos: Vec<PhotoView>,
    /// Calls of the metrologist to the client before a visit.
    before_visit: Vec<BeforeVisit>,
    /// Remarks of metrologist and client.
    remarks: Vec<RemarkView>,
    /// What the client thinks of the visit, 1 to 10.
    rating: Option<u8>,
    /// Four digits that the client types when he signs.
    client_code: String,
    /// People are asked from this instant on, Unix time, ms; absent: no instant was chosen, or it has passed.
    offers_from: Option<i64>,
}

impl OrderPage {
    /// The version of its card.
    pub(super) const fn version(&self) -> u64 {
        self.line.version
    }
}

/// An instrument that the client named.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a5fa8817bf5b4400481065a2943", "type_number": "16078-13", "modification": "СХВ-15",
    "serial_number": "00451207", "year": 2020, "water": "cold", "position": "horizontal", "hints": []
}))]
pub(super) struct ExpectedView {
    /// Under which the visit writes.
    id: String,
    /// Number of the type in the state register.
    type_number: String,
    /// As the register writes it.
    modification: String,
    /// As it stands on the instrument.
    serial_number: String,
    /// Year of make.
    year: Option<u16>,
    /// `cold` or `hot`.
    water: Option<String>,
    /// `horizontal` or `vertical`.
    position: Option<String>,
    /// Doubts about its texts: letters of another alphabet, numbers of a spreadsheet.
    hints: Vec<HintView>,
}

/// An offer with its times, Unix time, ms.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "person": "Анохина Анна Сергеевна", "state": "accepted", "offered_at": 1_789_027_920_000_i64,
    "delivered_at": 1_789_027_922_100_i64, "seen_at": 1_789_027_934_000_i64,
    "answered_at": 1_789_027_951_000_i64,
    "answered_by": "app", "closed_at": 1_789_027_951_000_i64, "reason": ""
}))]
pub(super) struct OfferView {
    /// Who was asked.
    person: String,
    /// Where the offer is.
    state: OfferStatus,
    /// When the server made it.
    offered_at: i64,
    /// When it was on the phone.
    delivered_at: Option<i64>,
    /// When it was on the screen.
    seen_at: Option<i64>,
    /// When it was answered.
    answered_at: Option<i64>,
    /// In the app, or by a key of the telephone.
    answered_by: Option<Channel>,
    /// When it was over, however it ended.
    closed_at: Option<i64>,
    /// Why it was declined; otherwise empty.
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

/// A telephone call about an offer, times in Unix ms.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a08a643c6077edb360f06acaef2cc8", "order": "01a08a5fa88073eeb7e96e59ce40f9cb",
    "order_number": "2101", "person": "Быков Борис Ильич", "phone": "+79001000002",
    "ringing": true, "placed_at": 1_789_028_220_000_i64
}))]
pub(super) struct CallView {
    /// The call.
    id: String,
    /// The order.
    order: String,
    /// What people say.
    order_number: String,
    /// Who is called.
    person: String,
    /// His number.
    phone: String,
    /// It rings now.
    ringing: bool,
    /// When it began.
    placed_at: i64,
    /// When it ended.
    ended_at: Option<i64>,
    /// The key that was pressed.
    pressed: Option<String>,
    /// How it ended.
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

/// A line of the order's history.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "at": 1_789_027_920_000_i64, "who": "система", "what": "Предложена: Анохина Анна Сергеевна",
    "comment": false
}))]
pub(super) struct HistoryLine {
    /// Unix time, ms.
    at: i64,
    /// A person, or «система».
    who: String,
    /// What happened, in Russian.
    what: String,
    /// A remark that somebody of the office wrote.
    comment: bool,
}

impl From<HistoryRow> for HistoryLine {
    fn from(row: HistoryRow) -> Self {
        let comment = row.kind == LineKind::Comment;
        Self { at: row.at, who: row.who, what: row.what, comment }
    }
}

/// A paper of a sheet.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01a09e82fe207382a35c9325bf3273d1", "kind": "protocol", "number": "ВМ-П-2026-000117",
    "file_name": "2026-09-14_Анохина_16078-13_00451207_ВМ-П-2026-000117.pdf", "bytes": 48213,
    "void": false, "replaced": false
}))]
pub(super) struct PaperView {
    /// For `/v1/papers/{paper}`.
    pub(super) id: String,
    /// `protocol`, `certificate`, `notice` or `sheet`.
    pub(super) kind: String,
    /// Its number; of a sheet that of the order.
    pub(super) number: String,
    /// Under which it is downloaded.
    pub(super) file_name: String,
    /// Its size.
    pub(super) bytes: i64,
    /// It does not count any more.
    pub(super) void: bool,
    /// The same paper with another number of the Fund stands in its place.
    pub(super) replaced: bool,
    /// The instrument, as in `instruments` of a sheet; none for a sheet itself.
    pub(super) instrument: Option<String>,
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
            replaced: row.replaced,
            instrument: row.instrument.map(|id| id.to_string()),
        }
    }
}

/// A batch that was not admitted.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "at": 1_789_367_400_000_i64, "code": "not_assigned",
    "message": "заявка назначена другому исполнителю"
}))]
pub(super) struct RefusedView {
    /// Unix time, ms.
    at: i64,
    /// The code of its receipt.
    code: String,
    /// Why, in Russian.
    message: String,
}

/// What is doubtful in the card of an order, while it is open.
async fn doubts(app: &App, tx: &mut Tx, row: &OrderRow) -> Outcome<Vec<CardDoubt>> {
    if !row.state.is_open() {
        return Ok(Vec::new());
    }
    let past = order_doubts::past_day(&row.card, app.now());
    let found = order_doubts::of_card(tx, &row.card, row.holder.is_some()).await?;
    Ok(found.into_iter().chain(past).map(CardDoubt::from).collect())
}

/// Reads everything about an order.
pub(super) async fn read(app: &App, tx: &mut Tx, doc: &mut OrderDocument) -> Outcome<OrderPage> {
    let id = doc.order();
    let row = tx.order(id).await?.ok_or(Problem::NotFound)?;
    let entity = tx.entity(row.card.entity).await?;
    let usual = entity.as_ref().map(|firm| super::zones::by_address(&row.card.address, firm));
    let differs = usual.is_some_and(|usual| usual != row.card.zone);
    let zone_chosen = differs || tx.zone_chosen(id).await?;
    let typists: BTreeMap<VisitId, String> = tx.typists(id).await?.into_iter().collect();
    let mut sheets = Vec::new();
    for seal in tx.seals(id).await? {
        let link_state = link::state(&seal, &tx.link_of(seal.id).await?, app.now());
        let typist = typists.get(&seal.visit).cloned();
        let fund = tx.fund_states(seal.id).await?;
        sheets.push(sheet_view(app, seal, (link_state, typist), &fund));
    }
    let card: &Card = &row.card;
    let read = doc.read(tx).await?;
    let types = tx.types().await?;
    Ok(OrderPage {
        doubts: doubts(app, tx, &row).await?,
        line: OrderLine::from(&row),
        place: card.place.map(|place| place.to_string()).unwrap_or_default(),
        entrance: card.access.entrance.clone(),
        floor: card.access.floor.clone(),
        intercom: card.access.intercom.clone(),
        note: card.access.note.clone(),
        certificate: card.certificate,
        source: card.source.clone(),
        entity: entity.map(|e| e.name).unwrap_or_default(),
        zone: card.zone.name().to_owned(),
        zone_name: card.zone.russian(),
        zone_chosen,
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
                hints: hints::of(i, &types),
            })
            .collect(),
        sheets,
        offers: tx.offers(id).await?.into_iter().map(OfferView::from).collect(),
        calls: tx.calls(Some(id)).await?.into_iter().map(CallView::from).collect(),
        history: tx.history(id).await?.into_iter().map(HistoryLine::from).collect(),
        papers: tx.papers(id).await?.into_iter().map(PaperView::from).collect(),
        refused: tx
            .refused(id)
            .await?
            .into_iter()
            .map(|(at, code, message)| RefusedView { at, code, message })
            .collect(),
        client_code: app.keys.client_code(id),
        offers_from: row.offers_from.filter(|from| *from > app.now().0),
        before_visit: before_visit(tx, id, &read).await?,
        remarks: remarks(&read),
        rating: read.visits.values().filter_map(|visit| visit.rating).next_back(),
        photos: tx.photos(id).await?.into_iter().map(|photo| photo_view(photo, &read)).collect(),
    })
}
