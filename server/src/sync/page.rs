//! One page of an answer: changes that a phone does not know yet. Pull never loads a document,
//! except to make one snapshot of many chunks.

use std::collections::{BTreeMap, VecDeque};

use minicbor::bytes::ByteVec;
use vyezd_core::codec::{encode, sha256};
use vyezd_core::doc::{Document, Unjudged};
use vyezd_core::frame::{
    Cursor, DocUpdate, Event, KnownOr, PAGE_BYTES, Request, Response, WANT_MAX,
};
use vyezd_core::model::{Card, OrderId, VisitId};
use vyezd_core::reconcile::{Inventory, name};

use super::caller::Caller;
use crate::app::App;
use crate::attestation::Attested;
use crate::store::{PhoneStatus, PulledChunk, PulledOrder, ScopeRow, StoreError, Tx, split_heads};

/// A document with more chunks than this goes out as one snapshot.
const SNAPSHOT_FROM: usize = 4;
/// Number of orders that are read at once.
const READ_AHEAD: usize = 32;

/// Something to be told, at the first place that the phone does not know.
enum Entry {
    Event(KnownOr<Event>),
    Order(ScopeRow),
}

/// All that there is to be told, in order.
struct Entries {
    all: VecDeque<(i64, Entry)>,
    events: usize,
    last_event: Option<i64>,
}

/// Reads one page, of one state of the database.
pub(super) async fn page(
    app: &App,
    mut tx: Tx,
    caller: &Caller,
    (request, given_back): (&Request, &[OrderId]),
) -> Result<Response, StoreError> {
    let phone_status = tx.phone_status(caller.device).await?.ok_or(StoreError::RowNotFound)?;
    let epoch = phone_status.epoch as u64;
    let mut response = Response::empty(Cursor { epoch, seq: request.cursor.seq }, app.now());
    response.backed_up_seq = phone_status.backed_up_seq as u64;
    response.mark = Some(app.attestor.mark(epoch, tx.last_seq().await? as u64, app.run()));
    if phone_status.reference_version as u64 != request.reference {
        let data = tx.reference_for(&caller.person).await?;
        response.reference = Some(data);
    }
    if request.wants_colleagues && !caller.revoked {
        response.colleague_locations =
            Some(super::location::colleague_locations(app, &mut tx, caller).await?);
    }
    let reader = Reader { app, caller, request, given_back };
    if request.cursor.epoch != epoch && request.cursor.epoch != 0 {
        // Another data set: places mean nothing. Events are told anew, documents are compared.
        response.resend = true;
        response.cursor.seq = phone_status.top as u64;
        let events = tx.events(caller.person.id, 0).await?;
        response.events = events.into_iter().map(|(_, event)| event).collect();
    } else {
        let after = if request.cursor.epoch == epoch { request.cursor.seq as i64 } else { 0 };
        reader.changes(&mut tx, after, &phone_status, &mut response).await?;
    }
    if !response.more {
        response.digest = Some(phone_status.digest().bytes());
    }
    reader.comparison(&mut tx, &mut response).await?;
    drop(tx);
    if let Some(data) = &response.reference {
        // The reference data of an answer is kept: sheets are checked against the version that the
        // phone got.
        let mut tx = app.store.begin().await?;
        tx.keep_reference(data).await?;
        tx.commit().await?;
    }
    Ok(response)
}

struct Reader<'a> {
    app: &'a App,
    caller: &'a Caller,
    request: &'a Request,
    /// The orders whose documents the phone gave back.
    given_back: &'a [OrderId],
}

impl Reader<'_> {
    /// Whatever is after a place, until the page is full.
    async fn changes(
        &self,
        tx: &mut Tx,
        after: i64,
        phone_status: &PhoneStatus,
        response: &mut Response,
    ) -> Result<(), StoreError> {
        if phone_status.top <= after {
            return Ok(());
        }
        let mut entries = self.entries(tx, after).await?;
        let full = entries.events >= crate::store::EVENTS_A_PAGE as usize;
        let mut pulled = BTreeMap::new();
        let mut bytes = 0;
        let mut top = phone_status.top;
        while let Some((seq, entry)) = entries.all.pop_front() {
            // A page holds at least one thing, however large.
            if bytes > PAGE_BYTES || (full && entries.last_event.is_some_and(|last| seq > last)) {
                response.more = true;
                top = seq - 1;
                break;
            }
            bytes += match entry {
                Entry::Event(event) => {
                    let size = encode(&event).len();
                    response.events.push(event);
                    size
                }
                Entry::Order(row) if row.left_seq.is_some() => {
                    response.docs.push(left(row.order));
                    24
                }
                Entry::Order(row) => {
                    if !pulled.contains_key(&row.order) {
                        pulled = self.ahead(tx, row, &entries.all, after).await?;
                    }
                    let of = pulled.remove(&row.order).ok_or(StoreError::RowNotFound)?;
                    self.order(row, of, after, response)?
                }
            };
        }
        response.cursor.seq = top as u64;
        Ok(())
    }

    /// The entries of a page, by the first place that the phone does not know.
    async fn entries(&self, tx: &mut Tx, after: i64) -> Result<Entries, StoreError> {
        let person = self.caller.person.id;
        let events = tx.events(person, after).await?;
        let (count, last_event) = (events.len(), events.last().map(|(seq, _)| *seq));
        let mut all: Vec<(i64, Entry)> =
            events.into_iter().map(|(seq, event)| (seq, Entry::Event(event))).collect();
        let rows = tx.scope_after(person, after).await?;
        let moved = |row: &&ScopeRow| row.left_seq.is_none() && row.joined_seq <= after;
        let moved: Vec<OrderId> = rows.iter().filter(moved).map(|row| row.order).collect();
        let chunks = tx.first_chunks(&moved, after).await?;
        for row in rows {
            let card = Some(row.card_seq).filter(|seq| *seq > after);
            let known = moved.contains(&row.order);
            let changed = chunks.get(&row.order).copied().into_iter().chain(card).min();
            let joined = row.left_seq.unwrap_or(row.joined_seq);
            all.push((changed.filter(|_| known).unwrap_or(joined), Entry::Order(row)));
        }
        all.sort_by_key(|(seq, _)| *seq);
        Ok(Entries { all: all.into(), events: count, last_event })
    }

    /// Reads an order and some of those that come after it.
    async fn ahead(
        &self,
        tx: &mut Tx,
        first: ScopeRow,
        entries: &VecDeque<(i64, Entry)>,
        after: i64,
    ) -> Result<BTreeMap<OrderId, PulledOrder>, StoreError> {
        let later = entries.iter().filter_map(|(_, entry)| match entry {
            Entry::Order(row) if row.left_seq.is_none() => Some(*row),
            _ => None,
        });
        let rows = std::iter::once(first).chain(later).take(READ_AHEAD);
        let (whole, moved): (Vec<ScopeRow>, Vec<ScopeRow>) =
            rows.partition(|row| row.joined_seq > after);
        let person = self.caller.person.id;
        let mut pulled = BTreeMap::new();
        for (rows, after) in [(whole, 0), (moved, after)] {
            let orders: Vec<OrderId> = rows.iter().map(|row| row.order).collect();
            pulled.append(&mut tx.pulled(person, &orders, after).await?);
        }
        Ok(pulled)
    }

    /// One order: its card and its document, as far as the phone does not know them.
    fn order(
        &self,
        row: ScopeRow,
        pulled: PulledOrder,
        after: i64,
        response: &mut Response,
    ) -> Result<usize, StoreError> {
        if row.joined_seq > after {
            return self.push_whole_order(pulled, response);
        }
        let own = |chunk: &PulledChunk| {
            chunk.install == Some(self.caller.install)
                && (chunk.seq <= self.request.own_seq as i64
                    || self.caller.fresh.contains(&chunk.seq))
        };
        let PulledOrder { card, heads, visits, chunks } = pulled;
        let chunks = chunks.into_iter().filter(|chunk| !own(chunk));
        let chunks = chunks.map(|chunk| Unjudged::new(chunk.body)).collect();
        Ok(self.push_order((card, row.card_seq > after), heads, visits, chunks, response))
    }

    fn push_whole_order(
        &self,
        pulled: PulledOrder,
        response: &mut Response,
    ) -> Result<usize, StoreError> {
        let chunks = whole_document(pulled.chunks)?;
        Ok(self.push_order((pulled.card, true), pulled.heads, pulled.visits, chunks, response))
    }

    fn push_order(
        &self,
        (card, with_card): (Card, bool),
        heads: Vec<ByteVec>,
        visits: Vec<VisitId>,
        chunks: Vec<Unjudged>,
        response: &mut Response,
    ) -> usize {
        let (person, order) = (self.caller.person.id, card.id);
        let bytes = encode(&card);
        let attested = Attested { order, heads: &heads, card: &bytes, person, visits: &visits };
        let attestation = Some(self.app.attestor.attest(attested));
        let mut size = 100 + chunks.iter().map(|chunk| chunk.len() + 4).sum::<usize>();
        response.docs.push(DocUpdate { order, chunks, left: false, heads, visits, attestation });
        if with_card {
            size += bytes.len();
            response.cards.push(card);
        }
        size
    }

    /// The comparison of documents: an answer to a negentropy message, and documents that the phone
    /// names.
    async fn comparison(&self, tx: &mut Tx, response: &mut Response) -> Result<(), StoreError> {
        // A document that its phone should not hold: the order left the scope while nobody told the phone.
        for &order in self.given_back {
            if !tx.scope_of(order).await?.contains(&self.caller.person.id) {
                response.docs.push(left(order));
            }
        }
        if self.request.reconcile.is_none() && self.request.want.is_empty() {
            return Ok(());
        }
        let mut inventory = Inventory::default();
        for (order, heads, card) in tx.scope_inventory(self.caller.person.id).await? {
            inventory.add(order, name(order, &split_heads(&heads), &sha256(&card)));
        }
        if let Some(message) = &self.request.reconcile {
            match inventory.answer(message) {
                Ok(answer) => response.reconcile = Some(answer.into()),
                Err(error) => tracing::warn!(%error, "a comparison is not answered"),
            }
        }
        let wanted = self.request.want.iter().take(WANT_MAX);
        let wanted: Vec<OrderId> = wanted.filter_map(|wanted| inventory.find(wanted)).collect();
        for (_, pulled) in tx.pulled(self.caller.person.id, &wanted, 0).await? {
            self.push_whole_order(pulled, response)?;
        }
        Ok(())
    }
}

/// All of a document; many chunks become one snapshot.
fn whole_document(chunks: Vec<PulledChunk>) -> Result<Vec<Unjudged>, StoreError> {
    if chunks.len() <= SNAPSHOT_FROM {
        return Ok(chunks.into_iter().map(|chunk| Unjudged::new(chunk.body)).collect());
    }
    let doc = Document::from_chunks(chunks.iter().map(|chunk| chunk.body.as_slice()));
    let mut doc = doc.map_err(|error| StoreError::Decode(Box::new(error)))?;
    Ok(vec![Unjudged::new(doc.save_plain())])
}

/// An order that the phone is to put away.
fn left(order: OrderId) -> DocUpdate {
    let (chunks, heads, visits) = (Vec::new(), Vec::new(), Vec::new());
    DocUpdate { order, chunks, left: true, heads, visits, attestation: None }
}
