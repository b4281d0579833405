//! Records of the day's list: cards, lines, offers, state of the phone.

use vyezd_core::client as core;
use vyezd_core::model::{self};

use super::{OrderView, PayMethod, Position, VisitMoment, VisitOutcome, Water};

pub use vyezd_core::client::Safety;
pub use vyezd_core::model::Urgency;

/// How safe a person's work on an order is, in the words of the screen.
#[uniffi::remote(Enum)]
pub enum Safety {
    /// «Сохранено на телефоне»: an unsent item is in no request.
    OnPhone,
    /// «Отправлено»: every unsent item is in the request under way.
    Sent,
    /// «Принято офисом»: no item waits.
    Accepted,
    /// An item was refused or is in quarantine.
    Trouble,
}

/// How soon an order is wanted, and the colour of its mark: yellow, green or red.
#[uniffi::remote(Enum)]
pub enum Urgency {
    /// Плановая, yellow.
    Planned,
    /// Платная, green.
    Paid,
    /// Аварийная, red.
    Emergency,
}

/// A time of day, in minutes since midnight at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Window {
    /// Earliest minute of arrival, 0–1438.
    pub from_min: u16,
    /// Latest minute of arrival, at most 1439.
    pub to_min: u16,
}

/// An instrument named by the client; the visit records what is really installed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExpectedInstrument {
    /// Id under which the visit writes the instrument.
    pub id: String,
    /// Number in the state register, `NNNNN-YY`; empty when unknown.
    pub type_number: String,
    /// Modification; may be empty.
    pub modification: String,
    /// Serial number as text; may be empty.
    pub serial_number: String,
    /// Year of make, where known.
    pub year: Option<u16>,
    /// Cold or hot water, where known.
    pub water: Option<Water>,
    /// Mounting, where known.
    pub position: Option<Position>,
    /// Reading at an earlier verification by the firm.
    pub last_reading: Option<LastReading>,
}

/// Last reading of a meter at an earlier verification.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LastReading {
    /// Legal day of that verification, `YYYY-MM-DD`.
    pub date: String,
    /// Dial after the last pour, m³, with a point.
    pub dial: String,
}

/// An order as the office knows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Card {
    /// Id for every call about the order.
    pub id: String,
    /// Number used in speech: «1001».
    pub number: String,
    /// Kind of work as the office words it: «поверка».
    pub kind: String,
    /// Colour of the order in lists.
    pub urgency: Urgency,
    /// District by which orders are offered.
    pub district: String,
    /// Town, street, house and flat in one line.
    pub address: String,
    /// Подъезд; may be empty.
    pub entrance: String,
    /// Этаж; may be empty.
    pub floor: String,
    /// Код домофона; may be empty.
    pub intercom: String,
    /// Remark about access, to be shown first: «собака; звонить за час».
    pub access_note: String,
    /// Name of the client; empty in the mode without names.
    pub client: String,
    /// Telephones of the client, `+7` and ten digits.
    pub phones: Vec<String>,
    /// Agreed day at the address, `YYYY-MM-DD`.
    pub date: String,
    /// Agreed time of day at the address.
    pub window: Window,
    /// Agreed price, kopecks.
    pub price_kop: i64,
    /// Whether the client asked for a paper certificate.
    pub certificate: bool,
    /// Place of the building for a navigator, where known.
    pub place: Option<super::Place>,
    /// Instruments named by the client.
    pub instruments: Vec<ExpectedInstrument>,
}

/// One line of the day's list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OrderLine {
    /// Card as the office last sent it.
    pub card: Card,
    /// Russian sentence about the offer; empty without an offer.
    pub words: String,
    /// Visits of this person; the last is the one in work.
    pub visits: Vec<String>,
    /// Reason for which the person holds the order no more.
    pub lost: Option<String>,
    /// Reason for which the office has not accepted the signed sheet.
    pub sheet_held: Option<String>,
    /// Name of the colleague during a transfer, while its codes may be shown again.
    pub transferring_to: Option<String>,
    /// Whether the document holds a signed sheet.
    pub signed: bool,
    /// Ending of this person's last visit, once it is written.
    pub outcome: Option<VisitOutcome>,
    /// Last moment of that visit that is written: on the way, arrived, departed.
    pub moment: Option<VisitMoment>,
    /// Sums received at this person's visits; over all lines, the cash to be handed in.
    pub received: Vec<Received>,
    /// State of the person's work on the order.
    pub safety: Safety,
}

/// Sum received at one visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Received {
    /// Way of payment.
    pub method: PayMethod,
    /// Sum, kopecks.
    pub kop: i64,
}

/// An offer that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Offer {
    /// Id for [`crate::VyezdPhone::answer`].
    pub id: String,
    /// Order for [`crate::VyezdPhone::order`].
    pub order: String,
    /// Visit to write under once the offer is accepted.
    pub visit: String,
    /// Deadline of the app, unix milliseconds; afterwards the telephone rings.
    pub app_until_ms: i64,
    /// Card of the order, if it is on the phone already.
    pub card: Option<Card>,
}

/// An item that was refused or is in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Trouble {
    /// Order of the item, if it concerns one.
    pub order: Option<String>,
    /// Stable code of a receipt (`docs/protocol.md`, 15).
    pub code: String,
    /// Sentence for the person, Russian.
    pub words: String,
    /// `true`: the office must decide; `false`: refused.
    pub in_office: bool,
}

/// Unused numbers of one kind of paper.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NumbersLeft {
    /// `protocol`, `certificate` or `notice`.
    pub kind: String,
    /// Number of unused numbers over all leases.
    pub left: u64,
}

/// State of the phone as a whole.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Status {
    /// Number of items without a receipt: «не отправлено N».
    pub unsent: u32,
    /// Number of photos that the server lacks, as far as known.
    pub photos_left: u32,
    /// Items that were refused or are in quarantine.
    pub troubles: Vec<Trouble>,
    /// Server time of the last contact, unix milliseconds; `None` before the first.
    pub last_contact_ms: Option<i64>,
    /// Whether a request is under way.
    pub syncing: bool,
    /// Unused numbers by kind of paper; kinds without a lease are absent.
    pub numbers_left: Vec<NumbersLeft>,
    /// Orders whose documents cannot be opened; the rest of the day works.
    pub unreadable: Vec<String>,
    /// Version of the reference data; 0 before the first.
    pub reference: u64,
    /// Whether the person logged out: lists are then empty.
    pub logged_out: bool,
    /// Whether the server was silent for 30 days: lists stay empty until the next answer, unsent
    /// work is kept.
    pub stale: bool,
    /// Whether the office took the access away.
    pub revoked: bool,
    /// Settings of the app as a JSON object; empty until any were set.
    pub settings: String,
    /// Whether the newest location report shares a place. If the person switched sharing off,
    /// perhaps on another phone, call [`crate::VyezdPhone::stop_sharing`].
    pub shares_place: bool,
}

impl From<core::Status> for Status {
    fn from(status: core::Status) -> Self {
        Self {
            unsent: status.unsent as u32,
            photos_left: status.photos_left as u32,
            troubles: status.troubles.into_iter().map(Into::into).collect(),
            last_contact_ms: status.last_contact.map(|at| at.0),
            syncing: status.syncing,
            numbers_left: status
                .numbers_left
                .into_iter()
                .map(|(kind, left)| NumbersLeft { kind, left })
                .collect(),
            unreadable: status.unreadable.iter().map(ToString::to_string).collect(),
            reference: status.reference,
            logged_out: status.locked,
            stale: status.stale,
            revoked: status.revoked,
            settings: status.settings,
            shares_place: status.shares_place,
        }
    }
}

impl From<core::Trouble> for Trouble {
    fn from(trouble: core::Trouble) -> Self {
        let order = trouble.order.map(|order| order.to_string());
        let (code, words, in_office) = match trouble.status {
            core::ItemStatus::Refused { code, message } => (code, message, false),
            core::ItemStatus::Quarantined { code, message } => (code, message, true),
            core::ItemStatus::Saved | core::ItemStatus::Accepted { .. } => Default::default(),
        };
        Self { order, code, words, in_office }
    }
}

impl From<model::Card> for Card {
    fn from(card: model::Card) -> Self {
        Self {
            id: card.id.to_string(),
            number: card.number,
            kind: card.kind,
            urgency: card.urgency,
            district: card.district,
            address: card.address,
            entrance: card.access.entrance,
            floor: card.access.floor,
            intercom: card.access.intercom,
            access_note: card.access.note,
            client: card.client,
            phones: card.phones.iter().map(|phone| phone.as_str().to_owned()).collect(),
            date: card.date.to_string(),
            window: card.window.into(),
            price_kop: card.price_kop,
            certificate: card.certificate,
            place: card.place.map(Into::into),
            instruments: card.instruments.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<model::ExpectedInstrument> for ExpectedInstrument {
    fn from(expected: model::ExpectedInstrument) -> Self {
        Self {
            id: expected.id.to_string(),
            type_number: expected.type_number,
            modification: expected.modification,
            serial_number: expected.serial_number,
            year: expected.year,
            water: expected.water,
            position: expected.position,
            last_reading: expected.last_reading.map(|last| LastReading {
                date: last.date.to_string(),
                dial: last.dial.to_string(),
            }),
        }
    }
}

impl From<model::Window> for Window {
    fn from(window: model::Window) -> Self {
        Self { from_min: window.from_min, to_min: window.to_min }
    }
}

impl From<core::OrderLine> for OrderLine {
    fn from(line: core::OrderLine) -> Self {
        Self {
            card: line.card.into(),
            words: line.words,
            visits: line.visits.iter().map(ToString::to_string).collect(),
            lost: line.lost,
            sheet_held: line.sheet_held,
            transferring_to: line.transferring_to,
            signed: line.sealed,
            outcome: line.outcome,
            moment: line.moment,
            received: line
                .received
                .into_iter()
                .map(|paid| Received { method: paid.method, kop: paid.kop })
                .collect(),
            safety: line.safety,
        }
    }
}

impl Offer {
    pub(crate) fn of(offer: &core::OfferOnPhone, card: Option<model::Card>) -> Self {
        Self {
            id: offer.offer.to_string(),
            order: offer.order.to_string(),
            visit: offer.visit.to_string(),
            app_until_ms: offer.app_until.0,
            card: card.map(Into::into),
        }
    }
}

impl From<core::OrderView> for OrderView {
    fn from(view: core::OrderView) -> Self {
        let document = view.document;
        let visit = view.visit.and_then(|id| {
            let read = document.visits.get(&id)?;
            Some(super::Visit::of(id, read))
        });
        Self {
            visit,
            notes: document.notes.into_values().map(|note| note.text).collect(),
            preview: view.preview.map(Into::into),
            lacking: view.lacking.into_iter().map(Into::into).collect(),
            doubts: view
                .doubts
                .into_iter()
                .map(|(serial_number, point, words)| super::Doubt { serial_number, point, words })
                .collect(),
            sheet: view.sealed_view.map(Into::into),
            signer: view.signer.map(Into::into),
            client_link: view.link,
            line: view.line.into(),
        }
    }
}
