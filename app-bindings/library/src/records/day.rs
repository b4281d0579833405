//! The day: cards, lines, offers, the state of the phone.

use vyezd_core::client as core;
use vyezd_core::model::{self};

use super::{OrderView, PayMethod, Position, Water};

pub use vyezd_core::client::Safety;
pub use vyezd_core::model::Urgency;

/// How safe a person's work is: the three words.
#[uniffi::remote(Enum)]
pub enum Safety {
    /// «Сохранено на телефоне».
    OnPhone,
    /// «Отправлено».
    Sent,
    /// «Принято офисом».
    Accepted,
    /// Something was not taken: it needs a look.
    Trouble,
}

/// Planned (yellow), paid (green), emergency (red).
#[uniffi::remote(Enum)]
pub enum Urgency {
    /// Плановая.
    Planned,
    /// Платная.
    Paid,
    /// Аварийная.
    Emergency,
}

/// A time of day, minutes since midnight at the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Window {
    /// Not before.
    pub from_min: u16,
    /// Not after.
    pub to_min: u16,
}

/// An instrument that the client named.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExpectedInstrument {
    /// The id under which the visit writes about it.
    pub id: String,
    /// `NNNNN-YY`, or empty when nobody knows.
    pub type_number: String,
    /// The modification.
    pub modification: String,
    /// The serial number.
    pub serial_number: String,
    /// The year of make.
    pub year: Option<u16>,
    /// Cold or hot.
    pub water: Option<Water>,
    /// The mounting.
    pub position: Option<Position>,
}

/// What the office knows of an order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Card {
    /// The order.
    pub id: String,
    /// The number that people say.
    pub number: String,
    /// The kind of work.
    pub kind: String,
    /// Planned, paid or emergency.
    pub urgency: Urgency,
    /// The district.
    pub district: String,
    /// The address, in one line.
    pub address: String,
    /// Подъезд.
    pub entrance: String,
    /// Этаж.
    pub floor: String,
    /// Домофон.
    pub intercom: String,
    /// «собака; звонить за час»: shown first.
    pub access_note: String,
    /// The client's name; may be empty.
    pub client: String,
    /// Telephones, `+7…`.
    pub phones: Vec<String>,
    /// The agreed day.
    pub date: String,
    /// The agreed time of day.
    pub window: Window,
    /// The price agreed, kopecks.
    pub price_kop: i64,
    /// The client asked for a paper certificate.
    pub certificate: bool,
    /// Where the building is, if somebody knows: for the navigator.
    pub place: Option<super::Place>,
    /// Instruments that the client named.
    pub instruments: Vec<ExpectedInstrument>,
}

/// A line of the day's list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OrderLine {
    /// The card.
    pub card: Card,
    /// What became of the offer, in words.
    pub words: String,
    /// The person's visits; the last is the one in work.
    pub visits: Vec<String>,
    /// Why it is no longer his.
    pub lost: Option<String>,
    /// Why the office has not accepted its signed sheet.
    pub sheet_held: Option<String>,
    /// It is being transferred to this colleague: the codes may be shown again.
    pub transferring_to: Option<String>,
    /// A signed sheet is there.
    pub signed: bool,
    /// What was paid at his visits: together, what is handed in at the end of the day.
    pub received: Vec<Received>,
    /// How safe the work is.
    pub safety: Safety,
}

/// What a client paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Received {
    /// How.
    pub method: PayMethod,
    /// How much, kopecks.
    pub kop: i64,
}

/// An open offer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Offer {
    /// The offer.
    pub id: String,
    /// The order.
    pub order: String,
    /// The visit that it will be.
    pub visit: String,
    /// Until when the app is waited for, unix milliseconds; then the telephone rings.
    pub app_until_ms: i64,
    /// What is offered.
    pub card: Option<Card>,
}

/// An item that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Trouble {
    /// The order, where it is about one.
    pub order: Option<String>,
    /// The stable code.
    pub code: String,
    /// In Russian, for the person.
    pub words: String,
    /// The office is looking at it; otherwise it was refused.
    pub in_office: bool,
}

/// How many numbers of a kind the phone still has.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NumbersLeft {
    /// `protocol`, `certificate`, `notice`.
    pub kind: String,
    /// How many.
    pub left: u64,
}

/// The state of the phone as a whole.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Status {
    /// «не отправлено N».
    pub unsent: u32,
    /// How many photos the server does not have yet.
    pub photos_left: u32,
    /// Items that were refused or wait for the office.
    pub troubles: Vec<Trouble>,
    /// The server's time at the last contact, unix milliseconds.
    pub last_contact_ms: Option<i64>,
    /// A request is under way.
    pub syncing: bool,
    /// Numbers left.
    pub numbers_left: Vec<NumbersLeft>,
    /// Orders whose documents cannot be opened.
    pub unreadable: Vec<String>,
    /// The version of the reference data.
    pub reference: u64,
    /// The person has logged out.
    pub logged_out: bool,
    /// The server was not heard for 30 days: nothing is shown until it is; unsent work is kept.
    pub stale: bool,
    /// The office took the access away.
    pub revoked: bool,
    /// How the person likes the app: a JSON object of the app's own, or nothing yet.
    pub settings: String,
    /// The last word to the server is a place of his. Where he does not share any more — switched off on
    /// another phone, perhaps — call [`crate::VyezdPhone::stop_sharing`].
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
