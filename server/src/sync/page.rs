//! One page of what a phone does not know yet. Pull never loads a document, except to make one snapshot
//! of many chunks.

use minicbor::bytes::ByteVec;
use vyezd_core::doc::Document;
use vyezd_core::doc::seal::sha256;
use vyezd_core::frame::{
    Cursor, DocUpdate, Event, Maybe, PAGE_BYTES, Request, Response, WANT_MAX, encode,
};
use vyezd_core::model::{Card, OrderId, VisitId};
use vyezd_core::reconcile::{Inventory, name};

use super::Caller;
use crate::app::App;
use crate::store::{ScopeRow, Standing, StoreError, Tx, split_heads};
use crate::vouch::Vouched;

/// A document with more chunks than this goes out as one snapshot.
const SNAPSHOT_FROM: usize = 4;

/// Something to be told, at the first place that the phone does not know.
enum Entry {
    Event(Maybe<Event>),
    Order(ScopeRow),
}

/// Reads one page, of one state of the database.
pub(super) async fn page(
    app: &App,
    caller: &Caller,
    request: &Request,
) -> Result<Response, StoreError> {
    let mut tx = app.store.read().await?;
    let standing = tx.standing(caller.device).await?.ok_or(StoreError::RowNotFound)?;
    let epoch = standing.epoch as u64;
    let mut response = Response::empty(Cursor { epoch, seq: request.cursor.seq }, app.now());
    response.backed_up_seq = standing.backed_up_seq as u64;
    response.mark = Some(app.voucher.mark(epoch, tx.last_seq().await? as u64, app.run()));
    if standing.reference_version as u64 != request.reference {
        let data = tx.reference_for(&caller.person).await?;
        response.reference = Some(data);
    }
    let reader = Reader { app, caller, request };
    if request.cursor.epoch != epoch && request.cursor.epoch != 0 {
        // Another data set: places mean nothing. Events are told anew, documents are compared.
        response.resend = true;
        response.cursor.seq = standing.top as u64;
        let events = tx.events(caller.person.id, 0).await?;
        response.events = events.into_iter().map(|(_, event)| event).collect();
    } else {
        let after = if request.cursor.epoch == epoch { request.cursor.seq as i64 } else { 0 };
        reader.changes(&mut tx, after, &standing, &mut response).await?;
    }
    if !response.more {
        response.digest = Some(standing.digest().bytes());
    }
    reader.comparison(&mut tx, &mut response).await?;
    drop(tx);
    if let Some(data) = &response.reference {
        // What a phone was told is remembered: sheets are checked by it.
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
}

impl Reader<'_> {
    /// Whatever is after a place, until the page is full.
    async fn changes(
        &self,
        tx: &mut Tx,
        after: i64,
        standing: &Standing,
        response: &mut Response,
    ) -> Result<(), StoreError> {
        if standing.top <= after {
            return Ok(());
        }
        let person = self.caller.person.id;
        let mut entries = Vec::new();
        let events = tx.events(person, after).await?;
        let last_event = events.last().map(|(seq, _)| *seq);
        let full = events.len() as i64 >= crate::store::EVENTS_A_PAGE;
        entries.extend(events.into_iter().map(|(seq, event)| (seq, Entry::Event(event))));
        for row in tx.scope_after(person, after).await? {
            entries.push((first_unknown(tx, row, after).await?, Entry::Order(row)));
        }
        entries.sort_by_key(|(seq, _)| *seq);
        let mut bytes = 0;
        let mut top = standing.top;
        for (seq, entry) in entries {
            // A page holds at least one thing, however large.
            if bytes > PAGE_BYTES || (full && last_event.is_some_and(|last| seq > last)) {
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
                Entry::Order(row) => self.order(tx, row, after, response).await?,
            };
        }
        response.cursor.seq = top as u64;
        Ok(())
    }

    /// One order: its card and its document, as far as the phone does not know them.
    async fn order(
        &self,
        tx: &mut Tx,
        row: ScopeRow,
        after: i64,
        response: &mut Response,
    ) -> Result<usize, StoreError> {
        if row.left_seq.is_some() {
            let (order, left) = (row.order, true);
            let (chunks, heads, visits) = (Vec::new(), Vec::new(), Vec::new());
            response.docs.push(DocUpdate { order, chunks, left, heads, visits, vouch: None });
            return Ok(24);
        }
        let whole = row.joined_seq > after;
        let chunks = if whole {
            whole_document(tx, row.order).await?
        } else {
            let own = |(seq, install, _): &(i64, Option<Vec<u8>>, Vec<u8>)| {
                install.as_deref() == Some(self.caller.install.bytes().as_slice())
                    && (*seq <= self.request.own_seq as i64 || self.caller.fresh.contains(seq))
            };
            let found = tx.chunks_after(row.order, after).await?;
            found.into_iter().filter(|chunk| !own(chunk)).map(|(_, _, body)| body.into()).collect()
        };
        let card = tx.order(row.order).await?.map(|row| row.card);
        let told = whole || row.card_seq > after;
        self.tell(tx, row.order, chunks, card, told, response).await
    }

    async fn tell(
        &self,
        tx: &mut Tx,
        order: OrderId,
        chunks: Vec<ByteVec>,
        card: Option<Card>,
        with_card: bool,
        response: &mut Response,
    ) -> Result<usize, StoreError> {
        let person = self.caller.person.id;
        let heads = tx.doc_heads(order).await?;
        let visits: Vec<VisitId> = tx
            .visits(order)
            .await?
            .into_iter()
            .filter(|(_, whose)| *whose == person)
            .map(|(visit, _)| visit)
            .collect();
        let bytes = card.as_ref().map(encode).unwrap_or_default();
        let vouched = Vouched { order, heads: &heads, card: &bytes, person, visits: &visits };
        let vouch = Some(self.app.voucher.vouch(vouched));
        let mut size = 100 + chunks.iter().map(|chunk| chunk.len() + 4).sum::<usize>();
        response.docs.push(DocUpdate { order, chunks, left: false, heads, visits, vouch });
        if with_card {
            size += bytes.len();
            response.cards.extend(card);
        }
        Ok(size)
    }

    /// The comparison of documents: an answer to a negentropy message, and what is asked for by name.
    async fn comparison(&self, tx: &mut Tx, response: &mut Response) -> Result<(), StoreError> {
        // What a phone bears witness of and should not hold: it left the scope while nobody told it.
        for witness in &self.request.witnesses {
            let order = witness.order;
            if !tx.scope_of(order).await?.contains(&self.caller.person.id) {
                let (chunks, heads, visits) = (Vec::new(), Vec::new(), Vec::new());
                let left = true;
                response.docs.push(DocUpdate { order, chunks, left, heads, visits, vouch: None });
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
        for wanted in self.request.want.iter().take(WANT_MAX) {
            let Some(order) = inventory.find(wanted) else { continue };
            let chunks = whole_document(tx, order).await?;
            let card = tx.order(order).await?.map(|row| row.card);
            self.tell(tx, order, chunks, card, true, response).await?;
        }
        Ok(())
    }
}

/// The first place about an order that the phone does not know.
async fn first_unknown(tx: &mut Tx, row: ScopeRow, after: i64) -> Result<i64, StoreError> {
    if let Some(left) = row.left_seq {
        return Ok(left);
    }
    if row.joined_seq > after {
        return Ok(row.joined_seq);
    }
    let chunk = tx.first_chunk(row.order, after).await?;
    let card = Some(row.card_seq).filter(|seq| *seq > after);
    Ok(chunk.into_iter().chain(card).min().unwrap_or(row.joined_seq))
}

/// All of a document; many chunks become one snapshot.
async fn whole_document(tx: &mut Tx, order: OrderId) -> Result<Vec<ByteVec>, StoreError> {
    let chunks = tx.chunks(order, 0).await?;
    if chunks.len() <= SNAPSHOT_FROM {
        return Ok(chunks.into_iter().map(Into::into).collect());
    }
    let doc = Document::from_chunks(chunks.iter().map(Vec::as_slice));
    let mut doc = doc.map_err(|error| StoreError::Decode(Box::new(error)))?;
    Ok(vec![doc.save_plain().into()])
}
