//! Rewrite after a refusal: back to what the server has, and every other edit once more.
//!
//! Automerge never applies a change whose ancestor was refused, and reports nothing. So the phone
//! takes the document at the heads that the server named, writes its other unsent edits again under
//! a new actor, has them signed, and replaces the old batches in one commit. The refused edit stays
//! in the outbox with its reason.

use std::collections::VecDeque;

use super::input::Effect;
use super::machine::Client;
use super::rows::{ItemStatus, OutItem, OutKind};
use super::table::Write;
use super::work::{Pending, Replay, Step};
use crate::codec::sha256;
use crate::doc::authority::check_bytes;
use crate::frame::envelope::{Batch, actor};
use crate::model::{Now, OrderId};

/// Code of an edit that depends on a refused one.
pub const ANCESTOR_REFUSED: &str = "ancestor_refused";

impl Client {
    /// Starts the next rewrite that is due and possible, or returns `None`. Missing heads of the
    /// server are brought by a comparison first.
    pub(super) fn begin_replay(&mut self) -> Option<Vec<Effect>> {
        let due = self.state.meta.iter().filter(|(_, meta)| meta.replay);
        let due: Vec<OrderId> = due.map(|(order, _)| *order).collect();
        let replay = due.into_iter().find_map(|order| self.rewrite(order))?;
        self.pending = Some(Pending::Replay(Box::new(replay)));
        Some(self.go_on_replaying())
    }

    fn rewrite(&mut self, order: OrderId) -> Option<Replay> {
        let heads = self.state.meta.get(&order)?.server_has()?;
        let mut doc = {
            let doc = self.state.doc(order)?;
            if heads.is_empty() || !heads.iter().all(|head| doc.has(head)) {
                return None;
            }
            doc.at(&heads).ok()?
        };
        // The next change of the old actor would depend on the refused one.
        self.me.nonce = next_nonce(&self.me.nonce);
        let (me, writer) = (self.me, self.writer(order));
        let actor = actor(&me.key, order, me.install, &me.nonce);
        let mut replay = Replay {
            order,
            doc: doc.at(&heads).ok()?,
            unsigned: VecDeque::new(),
            signed: Vec::new(),
            stranded: Vec::new(),
            said: Vec::new(),
        };
        let mut n = self.state.meta.get(&order)?.next_n.max(1);
        for item in self.state.outbox.values() {
            let OutKind::Batch { batch, edits } = &item.kind else { continue };
            if batch.doc != order || item.status != ItemStatus::Saved {
                continue;
            }
            let before = doc.heads();
            let change = match doc.edit(actor, edits) {
                Ok(Some(change)) => change,
                Ok(None) => {
                    replay.said.push(item.seq);
                    continue;
                }
                Err(error) => {
                    replay.stranded.push((item.seq, error.to_string()));
                    continue;
                }
            };
            let allowed =
                doc.at(&before).map_err(|error| error.to_string()).and_then(|mut before| {
                    check_bytes(&mut before, &change, &actor, &writer).map_err(|no| no.to_string())
                });
            if let Err(reason) = allowed {
                // The document must not keep the change.
                doc = doc.at(&before).ok()?;
                replay.stranded.push((item.seq, reason));
                continue;
            }
            let ids = (order, me.device, me.install);
            let (batch, bytes) = Batch::unsigned(ids, n, (actor, me.nonce), &[change]);
            n += 1;
            replay.unsigned.push_back(Step { seq: item.seq, batch, bytes, edits: edits.clone() });
        }
        replay.doc = doc;
        Some(replay)
    }

    /// Asks for the next signature, or commits when every batch is signed.
    fn go_on_replaying(&mut self) -> Vec<Effect> {
        let Some(Pending::Replay(replay)) = &self.pending else { return Vec::new() };
        match replay.unsigned.front() {
            Some(step) => vec![Effect::Sign(step.bytes.clone())],
            None => match self.pending.take() {
                Some(Pending::Replay(replay)) => self.commit_replay(*replay),
                _ => Vec::new(),
            },
        }
    }

    pub(super) fn signed_step(
        &mut self,
        mut replay: Box<Replay>,
        now: Now,
        signature: Vec<u8>,
    ) -> Vec<Effect> {
        if let Some(mut step) = replay.unsigned.pop_front() {
            step.batch.signature = signature;
            replay.signed.push(step);
        }
        self.pending = Some(Pending::Replay(replay));
        let mut effects = self.go_on_replaying();
        if self.pending.is_none() {
            effects.extend(self.send(now));
        }
        effects
    }

    fn commit_replay(&mut self, replay: Replay) -> Vec<Effect> {
        let order = replay.order;
        let mut writes: Vec<Write> =
            replay.said.iter().map(|seq| self.state.drop_item(*seq)).collect();
        for (seq, reason) in replay.stranded {
            if let Some(item) = self.state.outbox.get_mut(&seq) {
                let message = format!("опирается на непринятое изменение: {reason}");
                item.status = ItemStatus::Refused { code: ANCESTOR_REFUSED.to_owned(), message };
                writes.push(item.write());
            }
        }
        let meta = self.state.meta.entry(order).or_default();
        meta.replay = false;
        for step in replay.signed {
            meta.next_n = step.batch.n + 1;
            let item = OutItem {
                seq: step.seq,
                id: step.batch.item(),
                kind: OutKind::Batch { batch: step.batch, edits: step.edits },
                status: ItemStatus::Saved,
            };
            writes.push(item.write());
            self.state.outbox.insert(item.seq, item);
        }
        self.state.loaded.insert(order, replay.doc);
        writes.extend(self.state.save_doc(order));
        writes.extend(self.state.put_meta(order));
        vec![Effect::Commit(writes), Effect::Changed]
    }
}

/// A head from the wire; `None` unless 32 bytes long.
pub(super) fn head(bytes: &minicbor::bytes::ByteVec) -> Option<[u8; 32]> {
    bytes.as_slice().try_into().ok()
}

fn next_nonce(nonce: &[u8; 8]) -> [u8; 8] {
    let hash = sha256(&[b"vyezd-replay-1".as_slice(), nonce].concat());
    hash[..8].try_into().expect("eight of thirty-two")
}
