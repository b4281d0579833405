//! Views for screens: plain serialisable values that repeat no rule.

use serde::Serialize;

use super::rows::{ItemStatus, OutItem, Received};

#[cfg(doc)]
use super::machine::CONTACT_DAYS;
use super::machine::Client;
use super::offers::OfferOnPhone;
use crate::doc::seal::{DecodedSeal, Seal, Signer};
use crate::doc::signed::{SignedSheet, client_link};
use crate::doc::view::{self, SealedView};
use crate::frame::Faq;
use crate::model::{
    Card, InstrumentId, InstrumentType, LeaseId, LegalDate, Means, Method, Now, Order, OrderId,
    SealParts, Timestamp, Visit, VisitId, VisitMoment, VisitOutcome,
};
use crate::rules::hints::{Hint, hints};
use crate::sheet::complete::{Lacking, lacking};

/// How safe a person's work on an order is, in the words of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
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

/// State of the phone as a whole.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Status {
    /// Number of items without a receipt: «не отправлено N».
    pub unsent: usize,
    /// Number of photos that the server lacks, as far as known.
    pub photos_left: usize,
    /// Items that were refused or are in quarantine.
    pub troubles: Vec<Trouble>,
    /// Server time of the last contact; absent before the first.
    pub last_contact: Option<Timestamp>,
    /// Whether a request is under way.
    pub syncing: bool,
    /// Unused numbers of all leases, by code of the kind of paper.
    pub numbers_left: Vec<(String, u64)>,
    /// Orders whose documents cannot be opened, excluded ones included.
    pub unreadable: Vec<OrderId>,
    /// Version of the reference data; 0 before the first.
    pub reference: u64,
    /// Whether documents are being compared with the server's.
    pub reconciling: bool,
    /// Number of comparisons that ended with differing digests; the owner should be told.
    pub unlike: u32,
    /// Whether the person logged out.
    pub locked: bool,
    /// Whether the server was silent for [`CONTACT_DAYS`] days: views stay empty until the next
    /// answer, unsent work stays.
    pub stale: bool,
    /// Whether the office took the access away.
    pub revoked: bool,
    /// Settings of the app as a JSON object; empty until any were set.
    pub settings: String,
    /// Whether the newest location report shares a place; an app whose owner does not share
    /// withdraws it.
    pub shares_place: bool,
}

/// An item that was refused or is in quarantine.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Trouble {
    /// Order of the item, if it concerns one.
    pub order: Option<OrderId>,
    /// Refusal or quarantine, with code and reason.
    #[serde(flatten)]
    pub status: ItemStatus,
}

/// One line of the day's list.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OrderLine {
    /// Card as the office last sent it.
    pub card: Card,
    /// Offer of this order that the line shows, open or closed.
    pub offer: Option<OfferOnPhone>,
    /// Russian sentence about the offer; empty without an offer.
    pub words: String,
    /// Visits of this person, the oldest first.
    pub visits: Vec<VisitId>,
    /// Reason for which the person holds the order no more.
    pub lost: Option<String>,
    /// Reason for which the office has not accepted the signed sheet.
    pub sheet_held: Option<String>,
    /// Name of the colleague during a transfer, while its codes may be shown again.
    pub transferring_to: Option<String>,
    /// Whether the document holds a signed sheet.
    pub sealed: bool,
    /// Ending of this person's last visit, once it is written.
    pub outcome: Option<VisitOutcome>,
    /// Last moment of that visit that is written: on the way, arrived, departed.
    pub moment: Option<VisitMoment>,
    /// Sums received at this person's visits.
    pub received: Vec<Received>,
    /// State of the person's work on the order.
    pub safety: Safety,
}

/// Everything a screen shows of one order.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OrderView {
    /// Line of the day's list.
    #[serde(flatten)]
    pub line: OrderLine,
    /// Document as read; empty if it cannot be opened.
    pub document: Order,
    /// Last visit of this person, the one that edits go to.
    pub visit: Option<VisitId>,
    /// View that would be signed now, with errors, limits and verdicts but without numbers.
    pub preview: Option<SealedView>,
    /// Parts missing for a signature; an unwritten outcome counts as done.
    pub lacking: Vec<Lack>,
    /// Doubts that warn only: serial number, point, Russian sentence.
    pub doubts: Vec<(String, String, String)>,
    /// View of the latest signed sheet of the visit.
    pub sealed_view: Option<SealedView>,
    /// Signer of that sheet, or the reason of a refusal.
    pub signer: Option<Signer>,
    /// Address of the client's page, once a sheet is signed.
    pub link: Option<String>,
    /// Instruments that the visit found, as [`Card::found`] counts them.
    pub found: Vec<InstrumentId>,
    /// Instruments of them that were added beyond the card and are blank: a wrong press.
    pub blank: Vec<InstrumentId>,
    /// Issuer's number in the register of accredited persons; empty before the reference data came.
    pub accreditation: String,
}

/// A part that a visit lacks, and the instrument where a screen can put it right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Lack {
    /// Stable code, [`Lacking::code`].
    pub code: &'static str,
    /// Russian sentence, shown as it is.
    pub words: String,
    /// Instrument that lacks the part; `None` for the visit as a whole.
    pub instrument: Option<InstrumentId>,
}

impl Lack {
    fn of(lacking: &Lacking) -> Self {
        let (instrument, words) = match lacking {
            Lacking::Unfinished(instrument, _, missing) => (Some(*instrument), missing.to_string()),
            Lacking::Unprintable(instrument, ..) | Lacking::Standard(instrument, _) => {
                (Some(*instrument), lacking.to_string())
            }
            other => (None, other.to_string()),
        };
        Self { code: lacking.code(), words, instrument }
    }
}

/// Instruments that a visit found, and those of them that are blank additions.
fn found_and_blank(card: &Card, visit: &Visit) -> (Vec<InstrumentId>, Vec<InstrumentId>) {
    let expected = |id: &InstrumentId| card.instruments.iter().any(|of| of.id == *id);
    let found: Vec<_> = card.found(visit).collect();
    let blank = found.iter().filter(|(id, instrument)| instrument.is_blank() && !expected(id));
    (found.iter().map(|(id, _)| **id).collect(), blank.map(|(id, _)| **id).collect())
}

impl Client {
    /// State of the phone as a whole; also while the person is logged out.
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

    /// Whether views stay empty: the person logged out, or the server was silent for too long.
    pub(super) const fn is_hidden(&self) -> bool {
        self.state.sync.locked || self.stale
    }

    /// Next unused number of each lease that has any left.
    pub fn numbers(&self) -> Vec<(LeaseId, u64)> {
        let held = self.state.leases.values().filter(|held| held.left() > 0);
        held.map(|held| (held.lease.id, held.next)).collect()
    }

    fn item_order(&self, item: &OutItem) -> Option<OrderId> {
        item.order(|kind| self.order_of(kind))
    }

    /// Orders on this phone, by day and start of the window; empty while hidden.
    pub fn orders(&self) -> Vec<OrderLine> {
        let mut ids: Vec<_> =
            self.state.cards.values().map(|c| (c.date, c.window.from_min, c.id)).collect();
        ids.sort();
        if self.is_hidden() {
            return Vec::new();
        }
        ids.into_iter().filter_map(|(_, _, id)| self.line(id)).collect()
    }

    /// Offers that wait for an answer, the nearest deadline first; empty while hidden.
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
            outcome: meta.outcome,
            moment: meta.moment,
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

    /// Everything about one order; `None` for an unknown order and while hidden.
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
        let data = self.state.reference.as_ref();
        let reference = data.and_then(|data| data.reference_of(line.card.entity));
        if let (Some(visit), Some(reference)) = (visit, reference)
            && let Some(read) = document.visits.get(&visit)
        {
            preview = Some(view::make(&line.card, (visit, read), date, reference));
            // Whatever else is open, the visit is done when it is signed.
            let outcome = read.outcome.or(Some(VisitOutcome::Done));
            let all = lacking(&line.card, &Visit { outcome, ..read.clone() }, date, reference);
            lacks = all.iter().map(Lack::of).collect();
            for instrument in read.instruments.values() {
                let serial = &instrument.identity.serial_number;
                let found = reference.judge(instrument).doubts.into_iter();
                doubts.extend(found.map(|(point, text)| (serial.clone(), point, text)));
            }
        }
        let (record, signer, sealed_view) = match latest_seal(&document, visit) {
            Some((parts, seal)) => {
                (Some(parts.record.clone()), Some(seal.body.signer), Some(seal.view))
            }
            None => (None, None, None),
        };
        let told = self.state.meta.get(&id).and_then(|meta| meta.link.clone());
        let base = self.state.reference.as_ref().map_or("", |data| &data.public_url);
        let own = record.filter(|_| !base.is_empty()).map(|record| client_link(base, &record));
        let link = told.or(own);
        let (found, blank) = visit
            .and_then(|visit| document.visits.get(&visit))
            .map(|visit| found_and_blank(&line.card, visit))
            .unwrap_or_default();
        let entities = self.state.reference.as_ref().map(|data| data.entities.as_slice());
        let issuer = entities.and_then(|all| all.iter().find(|of| of.id == line.card.entity));
        let accreditation = issuer.map(|of| of.accreditation.clone()).unwrap_or_default();
        Some(OrderView {
            found,
            blank,
            accreditation,
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

    /// Contents of the papers of the latest signed sheet; `None` without one and while hidden.
    pub fn signed_sheet(&mut self, id: OrderId) -> Option<SignedSheet> {
        if self.is_hidden() {
            return None;
        }
        let visit = self.line(id)?.visits.last().copied();
        let document = self.state.doc(id)?.read().0;
        let (parts, seal) = latest_seal(&document, visit)?;
        let data = self.state.reference.as_ref()?;
        let entity = data.entities.iter().find(|entity| entity.id == seal.view.entity)?.clone();
        let bytes = (parts.record.as_slice(), parts.strokes.as_slice());
        Some(SignedSheet::of(entity, seal, bytes, &data.public_url))
    }

    /// Types whose number begins with the text or whose modification contains it, at most `limit`.
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

    /// Doubts about a typed number of the type, modification and serial number.
    pub fn identity_hints(&self, texts: (&str, &str, &str)) -> Vec<Hint> {
        let types = self.state.reference.as_ref().map(|data| data.types.as_slice());
        hints(texts, types.unwrap_or_default())
    }

    /// The type of a number and modification, letter by letter.
    pub fn find_type(&self, number: &str, modification: &str) -> Option<&InstrumentType> {
        let types = self.state.reference.iter().flat_map(|r| r.types.iter());
        types.into_iter().find(|t| t.type_number == number && t.modification == modification)
    }

    /// The method of a title, approved or not.
    pub fn find_method(&self, title: &str) -> Option<&Method> {
        self.state.reference.iter().flat_map(|r| r.methods.iter()).find(|m| m.title == title)
    }

    /// Questions and answers written by the firm; empty before the first contact.
    pub fn faq(&self) -> &[Faq] {
        self.state.reference.as_ref().map_or(&[], |reference| &reference.faq)
    }

    /// Means that this person may use, in the order of sealed views.
    pub fn means(&self) -> &[Means] {
        self.state.reference.as_ref().map_or(&[], |reference| &reference.means)
    }
}

/// The newest readable seal of a visit.
fn latest_seal(document: &Order, visit: Option<VisitId>) -> Option<(&SealParts, DecodedSeal)> {
    let all = document.seals.values().filter_map(|parts| {
        let seal = Seal::decode(&parts.record).ok()?;
        visit.is_none_or(|visit| seal.body.visit == visit).then_some((parts, seal))
    });
    all.max_by_key(|(_, seal)| seal.body.at.at)
}
