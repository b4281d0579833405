//! What the screens show. Plain values, serialisable; nothing of the rules is repeated in them.

use serde::Serialize;

use super::rows::{ItemStatus, OutItem, Received};

#[cfg(doc)]
use super::machine::CONTACT_DAYS;
use super::machine::Client;
use super::offers::OfferOnPhone;
use super::sealing::with_reference;
use crate::doc::seal::{Seal, SealBody, Signer};
use crate::doc::signed::{SignedSheet, client_link};
use crate::doc::view::{self, InstrumentNumbers, SealedView};
use crate::frame::Faq;
use crate::model::{
    Card, InstrumentId, InstrumentType, LeaseId, LegalDate, Means, Method, Now, Order, OrderId,
    SealParts, Timestamp, Visit, VisitId, VisitOutcome,
};
use crate::sheet::complete::{Lacking, lacking};

/// How safe a person's work is: the three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
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

/// The state of the phone as a whole.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Status {
    /// How many items wait: «не отправлено N».
    pub unsent: usize,
    /// How many photos the server does not have yet.
    pub photos_left: usize,
    /// Items that were refused or wait for the office.
    pub troubles: Vec<Trouble>,
    /// The server's time at the last contact.
    pub last_contact: Option<Timestamp>,
    /// A request is under way.
    pub syncing: bool,
    /// Numbers left, by kind code.
    pub numbers_left: Vec<(String, u64)>,
    /// Orders whose documents cannot be opened.
    pub unreadable: Vec<OrderId>,
    /// The version of the reference data.
    pub reference: u64,
    /// The documents are being compared with the server's.
    pub reconciling: bool,
    /// Comparisons that left something different: somebody should look.
    pub unlike: u32,
    /// The person has logged out.
    pub locked: bool,
    /// The server was not heard for [`CONTACT_DAYS`] days: nothing is shown until it is; unsent work stays.
    pub stale: bool,
    /// The office took the access away.
    pub revoked: bool,
    /// How the person likes the app: a JSON object of the app's own, or nothing yet.
    pub settings: String,
    /// The last word to the server is a place of his: an app in which he does not share takes it back.
    pub shares_place: bool,
}

/// An item that was not taken.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Trouble {
    /// The order, where it is about one.
    pub order: Option<OrderId>,
    /// What became of it.
    #[serde(flatten)]
    pub status: ItemStatus,
}

/// A line of the day's list.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OrderLine {
    /// The card.
    pub card: Card,
    /// The offer that matters, with its words.
    pub offer: Option<OfferOnPhone>,
    /// Those words.
    pub words: String,
    /// The person's visits.
    pub visits: Vec<VisitId>,
    /// Why it is no longer his.
    pub lost: Option<String>,
    /// Why the office has not accepted its signed sheet.
    pub sheet_held: Option<String>,
    /// It is being transferred: to whom; the codes may be shown again.
    pub transferring_to: Option<String>,
    /// A signed sheet is there.
    pub sealed: bool,
    /// What was paid at his visits.
    pub received: Vec<Received>,
    /// How safe the work is.
    pub safety: Safety,
}

/// Everything about one order.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OrderView {
    /// The line.
    #[serde(flatten)]
    pub line: OrderLine,
    /// The document, read.
    pub document: Order,
    /// The visit in work.
    pub visit: Option<VisitId>,
    /// What the client would sign now, with errors, limits and verdicts; numbers are not taken yet.
    pub preview: Option<SealedView>,
    /// What the visit still lacks before it can be signed.
    pub lacking: Vec<Lack>,
    /// What is doubtful: serial number, point and words.
    pub doubts: Vec<(String, String, String)>,
    /// The signed sheet.
    pub sealed_view: Option<SealedView>,
    /// Who signed it.
    pub signer: Option<Signer>,
    /// The client's link.
    pub link: Option<String>,
}

/// Something that a visit lacks, and where it is put right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Lack {
    /// The stable code.
    pub code: &'static str,
    /// In words.
    pub words: String,
    /// Of which instrument.
    pub instrument: Option<InstrumentId>,
}

impl Lack {
    fn of(lacking: &Lacking) -> Self {
        let (instrument, words) = match lacking {
            Lacking::Unfinished(instrument, _, missing) => (Some(*instrument), missing.to_string()),
            Lacking::Unprintable(instrument, ..) => (Some(*instrument), lacking.to_string()),
            other => (None, other.to_string()),
        };
        Self { code: lacking.code(), words, instrument }
    }
}

impl Client {
    /// The state of the phone.
    pub fn status(&self) -> Status {
        let mut numbers: Vec<(String, u64)> = Vec::new();
        for held in self.state.leases.values() {
            let code = held.lease.kind.code();
            match numbers.iter_mut().find(|(known, _)| known == code) {
                Some((_, left)) => *left += held.left(),
                None => numbers.push((code.to_owned(), held.left())),
            }
        }
        Status {
            unsent: self.state.unsent().count(),
            photos_left: self.photos_left(),
            troubles: self
                .state
                .outbox
                .values()
                .filter(|item| item.is_trouble())
                .map(|item| Trouble { order: self.item_order(item), status: item.status.clone() })
                .collect(),
            last_contact: self.state.contact.map(|contact| contact.server),
            syncing: self.in_flight.is_some(),
            numbers_left: numbers,
            unreadable: self.state.unreadable.union(&self.state.excluded).copied().collect(),
            reference: self.state.reference.as_ref().map_or(0, |r| r.version),
            reconciling: self.state.sync.reconciling,
            unlike: self.reconciliation.fruitless,
            locked: self.state.sync.locked,
            stale: self.stale,
            revoked: self.state.sync.revoked,
            settings: self.state.sync.settings.clone(),
            shares_place: self.state.shares_place(),
        }
    }

    /// Clients' data is not shown: to whoever found the phone, or after logging out.
    pub(super) const fn is_hidden(&self) -> bool {
        self.state.sync.locked || self.stale
    }

    /// The numbers that it may use next: lease and number.
    pub fn numbers(&self) -> Vec<(LeaseId, u64)> {
        let held = self.state.leases.values().filter(|held| held.left() > 0);
        held.map(|held| (held.lease.id, held.next)).collect()
    }

    fn item_order(&self, item: &OutItem) -> Option<OrderId> {
        item.order(|kind| self.order_of(kind))
    }

    /// The orders of this phone, by day and window.
    pub fn orders(&self) -> Vec<OrderLine> {
        let mut ids: Vec<_> =
            self.state.cards.values().map(|c| (c.date, c.window.from_min, c.id)).collect();
        ids.sort();
        if self.is_hidden() {
            return Vec::new();
        }
        ids.into_iter().filter_map(|(_, _, id)| self.line(id)).collect()
    }

    /// Open offers, the oldest first.
    pub fn open_offers(&self) -> Vec<OfferOnPhone> {
        let mut open: Vec<_> =
            self.state.offers.values().filter(|offer| offer.is_open()).cloned().collect();
        if self.is_hidden() {
            return Vec::new();
        }
        open.sort_by_key(|offer| offer.app_until);
        open
    }

    fn line(&self, id: OrderId) -> Option<OrderLine> {
        let card = self.state.cards.get(&id)?.clone();
        let offer = self.offer_of(id).cloned();
        let zone = card.zone;
        let words = offer.as_ref().map_or_else(String::new, |offer| {
            offer.words(|at| {
                let civil = zone.civil(at);
                format!("{:02}:{:02}", civil.hour(), civil.minute())
            })
        });
        let meta = self.state.meta.get(&id).cloned().unwrap_or_default();
        let outgoing = meta.outgoing.filter(|outgoing| !outgoing.confirmed);
        Some(OrderLine {
            transferring_to: outgoing.map(|outgoing| self.colleague(outgoing.transfer.to)),
            safety: self.safety(id),
            words,
            offer,
            visits: meta.visits,
            lost: meta.lost,
            sheet_held: meta.sheet_held,
            sealed: meta.sealed,
            received: meta.received,
            card,
        })
    }

    fn safety(&self, order: OrderId) -> Safety {
        let mine: Vec<&OutItem> = self
            .state
            .outbox
            .values()
            .filter(|item| self.item_order(item) == Some(order))
            .collect();
        let in_flight =
            |item: &&OutItem| self.in_flight.as_ref().is_some_and(|f| f.items.contains(&item.id));
        let mut unsent = mine.iter().filter(|item| item.status == ItemStatus::Saved).peekable();
        if mine.iter().any(|item| item.is_trouble()) {
            Safety::Trouble
        } else if unsent.peek().is_none() {
            Safety::Accepted
        } else if unsent.all(in_flight) {
            Safety::Sent
        } else {
            Safety::OnPhone
        }
    }

    /// Everything about one order.
    pub fn order(&mut self, now: Now, id: OrderId) -> Option<OrderView> {
        if self.is_hidden() {
            return None;
        }
        let line = self.line(id)?;
        let crate::doc::Writer::Person { visits, .. } = self.writer(id) else { return None };
        let at = self.evidence(now);
        let document = self.state.doc(id).map(|doc| doc.read().0).unwrap_or_default();
        let visit = visits.last().copied();
        let date = LegalDate(line.card.zone.date(at.at));
        let mut preview = None;
        let mut lacks = Vec::new();
        let mut doubts = Vec::new();
        if let (Some(visit), Some(data)) = (visit, &self.state.reference)
            && let Some(read) = document.visits.get(&visit)
        {
            with_reference(data, &line.card, |reference| {
                preview = Some(view::make(&line.card, (visit, read), date, reference, |_, _| {
                    InstrumentNumbers::default()
                }));
                // As it will be when it is signed: whatever else is open, the visit is done then.
                let signed =
                    Visit { outcome: read.outcome.or(Some(VisitOutcome::Done)), ..read.clone() };
                let all = lacking(&line.card, &signed, date, reference);
                lacks = all.iter().map(Lack::of).collect();
                for instrument in read.instruments.values() {
                    let kind = (reference.find_type)(
                        &instrument.identity.type_number,
                        &instrument.identity.modification,
                    );
                    let method = kind.as_ref().and_then(|k| (reference.find_method)(&k.method));
                    let judged =
                        crate::rules::verdict::judge(instrument, kind.as_ref(), method.as_ref());
                    let serial = &instrument.identity.serial_number;
                    let found = judged.doubts.into_iter();
                    doubts.extend(found.map(|(point, text)| (serial.clone(), point, text)));
                }
            });
        }
        let (record, signer, sealed_view) = match latest_seal(&document, visit) {
            Some((parts, body, view)) => {
                (Some(parts.record.clone()), Some(body.signer), Some(view))
            }
            None => (None, None, None),
        };
        let told = self.state.meta.get(&id).and_then(|meta| meta.link.clone());
        let base = self.state.reference.as_ref().map_or("", |data| &data.public_url);
        let own = record.filter(|_| !base.is_empty()).map(|record| client_link(base, &record));
        let link = told.or(own);
        Some(OrderView {
            line,
            document,
            visit,
            preview,
            lacking: lacks,
            doubts,
            sealed_view,
            signer,
            link,
        })
    }

    /// What the papers of an order's signed sheet are made from; nothing while nobody has signed.
    pub fn signed_sheet(&mut self, id: OrderId) -> Option<SignedSheet> {
        if self.is_hidden() {
            return None;
        }
        let visit = self.line(id)?.visits.last().copied();
        let document = self.state.doc(id)?.read().0;
        let (parts, _, view) = latest_seal(&document, visit)?;
        let data = self.state.reference.as_ref()?;
        let entity = data.entities.iter().find(|entity| entity.id == view.entity)?.clone();
        SignedSheet::of(entity, &parts.record, &parts.strokes, &data.public_url)
    }

    /// The types whose number or modification begins with the text, at most `limit`.
    pub fn find_types(&self, text: &str, limit: usize) -> Vec<&InstrumentType> {
        let key = crate::model::fold(text);
        let types = self.state.reference.iter().flat_map(|r| r.types.iter());
        types
            .filter(|t| {
                t.type_number.starts_with(&key)
                    || crate::model::fold(&t.modification).contains(&key)
            })
            .take(limit)
            .collect()
    }

    /// One type.
    pub fn find_type(&self, number: &str, modification: &str) -> Option<&InstrumentType> {
        let types = self.state.reference.iter().flat_map(|r| r.types.iter());
        types.into_iter().find(|t| t.type_number == number && t.modification == modification)
    }

    /// One method.
    pub fn find_method(&self, title: &str) -> Option<&Method> {
        self.state.reference.iter().flat_map(|r| r.methods.iter()).find(|m| m.title == title)
    }

    /// The firm's questions and answers.
    pub fn faq(&self) -> &[Faq] {
        self.state.reference.as_ref().map_or(&[], |reference| &reference.faq)
    }

    /// The means of this person.
    pub fn means(&self) -> &[Means] {
        self.state.reference.as_ref().map_or(&[], |reference| &reference.means)
    }
}

/// The newest readable seal of a visit.
fn latest_seal(
    document: &Order,
    visit: Option<VisitId>,
) -> Option<(&SealParts, SealBody, SealedView)> {
    let all = document.seals.values().filter_map(|parts| {
        let (body, view) = Seal::peek(&parts.record).ok()?;
        visit.is_none_or(|visit| body.visit == visit).then_some((parts, body, view))
    });
    all.max_by_key(|(_, body, _)| body.at.at)
}
