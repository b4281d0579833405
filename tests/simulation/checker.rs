//! Invariants of a run, checked after each step and once more at the end. A failed check ends the
//! run with the name of the invariant, and the seed repeats the run.

use std::collections::{BTreeMap, BTreeSet};

use vyezd_core::client::{ItemStatus, OutItem, Table};
use vyezd_core::codec::decode;
use vyezd_core::doc::Document;
use vyezd_core::doc::seal::{DecodedSeal, Seal};
use vyezd_core::doc::view::SealedView;
use vyezd_core::frame::{ReceiptOutcome, Response};
use vyezd_core::model::{ItemId, OrderId, PersonId, SealId};
use vyezd_server::app::App;
use vyezd_server::store::{NumberRange, OfferStatus, Ranges, SealState, Tx};

use super::phone::Phone;

/// The names of the invariants, as a failure says them.
pub(super) const ACKNOWLEDGED: &str = "nothing acknowledged is lost";
pub(super) const TWICE: &str = "nothing is there twice";
pub(super) const CONVERGENCE: &str = "phones and server agree";
pub(super) const FROZEN: &str = "a sealed view never changes";
pub(super) const HOLDER: &str = "one holder an order";
pub(super) const NUMBERS: &str = "numbers are accounted for";
pub(super) const RECEIPTS: &str = "receipts are truthful";
pub(super) const DRAINS: &str = "the outbox drains";

pub(super) const UNHARMED: &str = "another's phone is not harmed";
pub(super) const PRINTED: &str = "printed is what was computed";

/// Refusals that an honest phone hears only when somebody used up what was its own.
const ROBBED: [&str; 4] =
    ["author_budget", "document_too_large", "gate_budget", "document_poisoned"];

#[derive(Debug)]
pub(super) struct Broken {
    pub(super) invariant: &'static str,
    pub(super) what: String,
}

pub(super) type Checked = Result<(), Broken>;

pub(super) fn broken<T>(invariant: &'static str, what: String) -> Result<T, Broken> {
    Err(Broken { invariant, what })
}

/// An act of a person that became durable on the phone; its id is in the written edit.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) order: OrderId,
    /// 32 hexadecimal digits that occur in the document once it is there.
    pub(super) mark: String,
}

/// Promises so far.
#[derive(Default)]
pub(super) struct Checker {
    pub(super) facts: Vec<Fact>,
    /// Sealed records as they were first seen.
    seals: BTreeMap<SealId, (OrderId, Vec<u8>)>,
    /// Batches that a receipt said are there, by their change hashes.
    acknowledged: BTreeMap<ItemId, (OrderId, Vec<[u8; 32]>)>,
}

impl Checker {
    /// Looks at an answer as it reaches a phone: whatever it acknowledges must be durable.
    pub(super) async fn answer(&mut self, app: &App, phone: &Phone, answer: &Response) -> Checked {
        for receipt in &answer.receipts {
            let done = matches!(receipt.outcome, ReceiptOutcome::Ok | ReceiptOutcome::Duplicate);
            let Some((order, hashes)) = batch_of(phone, receipt.item).filter(|_| done) else {
                continue;
            };
            let Some(mut doc) = load(app, order).await else {
                return broken(RECEIPTS, format!("no document {order} for a receipt"));
            };
            if !hashes.iter().all(|hash| doc.has(hash)) {
                return broken(RECEIPTS, format!("{} said of {order} what is not so", phone.name));
            }
            self.acknowledged.insert(receipt.item, (order, hashes));
        }
        Ok(())
    }

    /// Checks the present state of a phone, cheaply.
    pub(super) fn phone(&mut self, phone: &Phone) -> Checked {
        for ((table, key), bytes) in &phone.rows {
            if *table != Table::Doc {
                continue;
            }
            let Ok(order) = key.as_slice().try_into().map(OrderId::from_bytes) else { continue };
            let Ok(doc) = Document::load(bytes) else {
                return broken(CONVERGENCE, format!("{}: {order} cannot be loaded", phone.name));
            };
            self.seals_of(order, &doc, &phone.name)?;
        }
        Ok(())
    }

    fn seals_of(&mut self, order: OrderId, doc: &Document, whose: &str) -> Checked {
        for (id, parts) in doc.read().0.seals {
            let known = self.seals.entry(id).or_insert((order, parts.record.clone()));
            if known.1 != parts.record {
                return broken(FROZEN, format!("{whose}: the sheet {id} of {order} is another"));
            }
        }
        Ok(())
    }

    /// Checks the state of the server, where one runs.
    pub(super) async fn server(&mut self, app: &App) -> Checked {
        let mut protocols: BTreeMap<String, OrderId> = BTreeMap::new();
        for order in orders(app).await {
            let Some(doc) = load(app, order).await else {
                return broken(CONVERGENCE, format!("the server cannot load {order}"));
            };
            self.seals_of(order, &doc, "server")?;
            twice(app, order).await?;
            let mut tx = app.store.read().await.map_err(|e| fault(&e))?;
            for seal in tx.seals(order).await.map_err(|e| fault(&e))? {
                if !seal.state.counts() {
                    continue;
                }
                let Ok(DecodedSeal { view, .. }) = Seal::decode(&seal.record) else { continue };
                if seal.state == SealState::Issued {
                    printed(&mut tx, (order, &view)).await?;
                }
                for number in view.instruments.into_iter().filter_map(|i| i.protocol_number) {
                    if let Some(other) = protocols.insert(number.clone(), order)
                        && other != order
                    {
                        return broken(NUMBERS, format!("{number} is of {other} and of {order}"));
                    }
                }
            }
        }
        holders(app).await?;
        series(app).await
    }

    /// At the end: everything that was acknowledged or done is at the server, in its document or in
    /// quarantine with a reason.
    ///
    /// After a restore the edits of a batch may have been written again under another name; then their
    /// content counts.
    pub(super) async fn everything_is_there(
        &self,
        app: &App,
        phones: &[Phone],
        restored: bool,
    ) -> Checked {
        let held = held_bytes(app).await;
        let mut docs: BTreeMap<OrderId, Option<(Document, String)>> = BTreeMap::new();
        for (order, hashes) in self.acknowledged.values().filter(|_| !restored) {
            let doc = docs.entry(*order).or_insert(read(app, *order).await);
            let all = doc.as_mut().is_some_and(|(doc, _)| hashes.iter().all(|hash| doc.has(hash)));
            if !all {
                let hex = |h: &[u8; 32]| format!("{:02x}{:02x}", h[0], h[1]);
                let hashes: Vec<String> = hashes.iter().map(hex).collect();
                return broken(ACKNOWLEDGED, format!("the batch {hashes:?} of {order} is gone"));
            }
        }
        for fact in &self.facts {
            let doc = docs.entry(fact.order).or_insert(read(app, fact.order).await);
            let there = doc.as_ref().is_some_and(|(_, text)| text.contains(&fact.mark));
            let waits = held.iter().any(|bytes| contains(bytes, fact.mark.as_bytes()));
            // An edit under something that is gone stays on its phone, with a reason.
            let kept = phones.iter().any(|phone| is_kept(phone, &fact.mark));
            if !there && !waits && !kept {
                return broken(
                    ACKNOWLEDGED,
                    format!("{} of {} is neither in its document nor held", fact.mark, fact.order),
                );
            }
        }
        Ok(())
    }

    /// Forgets what nobody has any more: work that was only on a phone which was lost.
    pub(super) async fn forget_lost(&mut self, app: &App, phones: &[Phone]) {
        let mut kept = Vec::new();
        let held = held_bytes(app).await;
        for fact in std::mem::take(&mut self.facts) {
            let at_server =
                read(app, fact.order).await.is_some_and(|(_, t)| t.contains(&fact.mark));
            let on_phone = phones.iter().filter(|p| !p.gone).any(|phone| {
                phone.rows.values().any(|bytes| contains(bytes, fact.mark.as_bytes()))
                    || phone_reads(phone, fact.order).is_some_and(|text| text.contains(&fact.mark))
            });
            let waits = held.iter().any(|bytes| contains(bytes, fact.mark.as_bytes()));
            if at_server || on_phone || waits {
                kept.push(fact);
            }
        }
        self.facts = kept;
    }
}

/// At the end: every phone holds what the server holds, and nothing waits.
pub(super) async fn agrees(app: &App, phone: &Phone, restored: bool) -> Checked {
    let status = phone.client.status();
    if status.unsent > 0 {
        return broken(DRAINS, format!("{}: {} items wait", phone.name, status.unsent));
    }
    if status.revoked {
        return Ok(());
    }
    let mut tx = app.store.read().await.map_err(|e| fault(&e))?;
    let status = tx.phone_status(phone.device).await.map_err(|e| fault(&e))?;
    let Some(status) = status else { return Ok(()) };
    if phone.client.digest() != status.digest() {
        let theirs = tx.scope_inventory(phone.person).await.map_err(|e| fault(&e))?;
        let theirs: BTreeMap<OrderId, Vec<u8>> =
            theirs.into_iter().map(|(order, heads, _)| (order, heads)).collect();
        let mine: BTreeMap<OrderId, Vec<u8>> = phone
            .client
            .scope()
            .into_iter()
            .map(|(order, heads)| (order, heads.iter().flat_map(|h| h.iter().copied()).collect()))
            .collect();
        let recounted = tx.recount_scope(phone.person).await.map_err(|e| fault(&e))?;
        let unlike: Vec<String> = theirs
            .keys()
            .chain(mine.keys())
            .filter(|order| theirs.get(*order) != mine.get(*order))
            .map(|order| {
                let of =
                    |all: &BTreeMap<OrderId, Vec<u8>>| all.get(order).map(|heads| heads.len() / 32);
                format!("{order}: here {:?}, there {:?}", of(&mine), of(&theirs))
            })
            .collect();
        let server_right = recounted.0 == status.digest();
        let what =
            format!("{}: another digest; server right: {server_right}; {unlike:?}", phone.name);
        return broken(CONVERGENCE, what);
    }
    let inventory = tx.scope_inventory(phone.person).await.map_err(|e| fault(&e))?;
    drop(tx);
    for (order, ..) in inventory {
        let Some(mut theirs) = load(app, order).await else { continue };
        let mine = phone.rows.get(&(Table::Doc, order.bytes().to_vec()));
        let Some(mut mine) = mine.and_then(|bytes| Document::load(bytes).ok()) else {
            return broken(CONVERGENCE, format!("{} has no {order}", phone.name));
        };
        if mine.heads() != theirs.heads() {
            let (a, b) = (mine.heads(), theirs.heads());
            let more = (a.iter().all(|h| theirs.has(h)), b.iter().all(|h| mine.has(h)));
            // After a restore a phone may keep what the server lost and nobody can prove: more, never less.
            if restored && more.1 {
                continue;
            }
            let extra: Vec<String> = a
                .iter()
                .filter(|head| !theirs.has(head))
                .map(|head| {
                    format!("{:02x}{:02x} {:?}", head[0], head[1], origin(phone, order, head))
                })
                .collect();
            return broken(
                CONVERGENCE,
                format!(
                    "{}: {order} is at other heads: (there, here) {more:?}; only here: {extra:?}",
                    phone.name
                ),
            );
        }
    }
    Ok(())
}

/// The changes of a batch in a phone's outbox.
fn batch_of(phone: &Phone, item: ItemId) -> Option<(OrderId, Vec<[u8; 32]>)> {
    use vyezd_core::client::OutKind;
    let rows = phone.rows.iter().filter(|((table, _), _)| *table == Table::Outbox);
    let items = rows.filter_map(|(_, bytes)| decode::<OutItem>(bytes).ok());
    let found = items.into_iter().find(|out| out.id == item)?;
    if matches!(found.status, ItemStatus::Refused { .. } | ItemStatus::Quarantined { .. }) {
        return None;
    }
    let OutKind::Batch { batch, .. } = found.kind else { return None };
    let hashes = batch.open(&phone.key.verifying_key().to_bytes()).ok()?;
    Some((batch.doc, hashes.iter().map(|change| change.hash().0).collect()))
}

/// Nothing that an honest phone brought was refused for want of what somebody else used up.
pub(super) fn harmed(phones: &[Phone]) -> Checked {
    for phone in phones.iter().filter(|phone| !phone.gone) {
        let rows = phone.rows.iter().filter(|((table, _), _)| *table == Table::Outbox);
        for item in rows.filter_map(|(_, bytes)| decode::<OutItem>(bytes).ok()) {
            if let ItemStatus::Refused { code, .. } | ItemStatus::Quarantined { code, .. } =
                &item.status
                && ROBBED.contains(&code.as_str())
            {
                return broken(UNHARMED, format!("{}: {} is {code}", phone.name, item.id));
            }
        }
    }
    Ok(())
}

/// An issued sheet names the order's values as the card does; the office changes no card here.
async fn printed(tx: &mut Tx, (order, view): (OrderId, &SealedView)) -> Checked {
    let Some(row) = tx.order(order).await.map_err(|e| fault(&e))? else { return Ok(()) };
    let card = row.card;
    let serials = |all: &mut dyn Iterator<Item = &String>| all.cloned().collect::<BTreeSet<_>>();
    let same = [
        ("client", view.client == card.client),
        ("address", view.address == card.address),
        ("number", view.order_number == card.number),
        ("zone", view.zone == card.zone),
        (
            "instruments",
            serials(&mut view.instruments.iter().map(|i| &i.serial_number))
                == serials(&mut card.instruments.iter().map(|i| &i.serial_number)),
        ),
    ];
    match same.into_iter().find(|(_, same)| !same) {
        Some((field, _)) => broken(PRINTED, format!("{order}: {field} is not the card's")),
        None => Ok(()),
    }
}

pub(super) fn fault(error: &dyn std::fmt::Display) -> Broken {
    Broken { invariant: "the server answers", what: error.to_string() }
}

pub(super) async fn orders(app: &App) -> Vec<OrderId> {
    let Ok(mut tx) = app.store.read().await else { return Vec::new() };
    tx.all_docs().await.unwrap_or_default()
}

pub(super) async fn load(app: &App, order: OrderId) -> Option<Document> {
    let mut tx = app.store.read().await.ok()?;
    let chunks = tx.chunks(order, 0).await.ok()?;
    Document::from_chunks(chunks.iter().map(Vec::as_slice)).ok()
}

/// A document and everything in it as one text, ids included.
async fn read(app: &App, order: OrderId) -> Option<(Document, String)> {
    let doc = load(app, order).await?;
    let text = serde_json::to_string(&doc.read().0).ok()?;
    Some((doc, text))
}

fn phone_reads(phone: &Phone, order: OrderId) -> Option<String> {
    let bytes = phone.rows.get(&(Table::Doc, order.bytes().to_vec()))?;
    serde_json::to_string(&Document::load(bytes).ok()?.read().0).ok()
}

async fn held_bytes(app: &App) -> Vec<Vec<u8>> {
    let Ok(mut tx) = app.store.read().await else { return Vec::new() };
    let mut held = tx.held_batches(None).await.unwrap_or_default();
    held.extend(tx.decided_batches(0).await.unwrap_or_default());
    held.into_iter().map(|row| row.body).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Whether an item that was not taken, and says so, holds a mark.
fn is_kept(phone: &Phone, mark: &str) -> bool {
    let rows = phone.rows.iter().filter(|((table, _), _)| *table == Table::Outbox);
    rows.filter(|(_, bytes)| contains(bytes, mark.as_bytes())).any(|(_, bytes)| {
        decode::<OutItem>(bytes).is_ok_and(|item| {
            matches!(item.status, ItemStatus::Refused { .. } | ItemStatus::Quarantined { .. })
        })
    })
}

/// No change is in a document's rows twice.
async fn twice(app: &App, order: OrderId) -> Checked {
    let mut tx = app.store.read().await.map_err(|e| fault(&e))?;
    let chunks = tx.chunks(order, 0).await.map_err(|e| fault(&e))?;
    let mut seen = BTreeSet::new();
    for chunk in chunks {
        if !seen.insert(chunk) {
            return broken(TWICE, format!("a change of {order} is there twice"));
        }
    }
    let offers = tx.offers(order).await.map_err(|e| fault(&e))?;
    let accepted = offers.iter().filter(|offer| offer.state == OfferStatus::Accepted).count();
    let lines = tx.history(order).await.map_err(|e| fault(&e))?;
    let signed: Vec<&str> = lines
        .iter()
        .map(|line| line.what.as_str())
        .filter(|w| w.starts_with("Лист подписан"))
        .collect();
    let seals = tx.seals(order).await.map_err(|e| fault(&e))?;
    if accepted > 1 || signed.len() > seals.len() {
        return broken(TWICE, format!("{order}: {accepted} accepted, {} signed", signed.len()));
    }
    Ok(())
}

async fn holders(app: &App) -> Checked {
    for order in orders(app).await {
        let mut tx = app.store.read().await.map_err(|e| fault(&e))?;
        let holders: Vec<PersonId> = tx.holders(order).await.map_err(|e| fault(&e))?;
        if holders.len() > 1 {
            return broken(HOLDER, format!("{order} has {} holders", holders.len()));
        }
    }
    Ok(())
}

/// Leases of a series do not overlap, nor do gaps, and all end where the series is. A lease may lie in a
/// gap: its phone reported it only after the recovery.
async fn series(app: &App) -> Checked {
    let mut tx = app.store.read().await.map_err(|e| fault(&e))?;
    let mut ranges = Vec::new();
    for of in [Ranges::Leased, Ranges::JumpedOver, Ranges::Whole] {
        ranges.push(tx.number_ranges(of).await.map_err(|e| fault(&e))?);
    }
    let [leases, gaps, whole] = &ranges[..] else { return Ok(()) };
    for NumberRange { series, last, .. } in whole {
        for all in [leases, gaps] {
            let mine = all.iter().filter(|range| range.series == *series);
            let mut ranges: Vec<(i64, i64)> = mine.map(|range| (range.first, range.last)).collect();
            ranges.sort_unstable();
            let overlap = ranges.windows(2).any(|pair| pair[0].1 >= pair[1].0);
            if overlap || ranges.iter().any(|(_, end)| end > last) {
                let (kind, year) = (series.kind.russian(), series.year);
                return broken(NUMBERS, format!("{kind} {year}: {ranges:?} of {last}"));
            }
        }
    }
    Ok(())
}

/// States of a change of this phone's document in its outbox.
fn origin(phone: &Phone, order: OrderId, hash: &[u8; 32]) -> Vec<ItemStatus> {
    use vyezd_core::client::OutKind;
    let rows = phone.rows.iter().filter(|((table, _), _)| *table == Table::Outbox);
    let items = rows.filter_map(|(_, bytes)| decode::<OutItem>(bytes).ok());
    let key = phone.key.verifying_key().to_bytes();
    items
        .filter(|item| match &item.kind {
            OutKind::Batch { batch, .. } => {
                batch.doc == order
                    && batch.open(&key).is_ok_and(|all| all.iter().any(|c| c.hash().0 == *hash))
            }
            _ => false,
        })
        .map(|item| item.status)
        .collect()
}
