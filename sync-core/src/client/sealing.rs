//! Signature of the client: the view is made, numbers are taken from the leases, and everything
//! becomes durable in one commit, before any number is shown.

use super::error::ClientError;
use super::machine::Client;
use super::rows::HeldLease;
use super::table::{Table, Write, put};
use super::work::SealInWork;
use crate::codec::encode;
use crate::doc::Edit;
use crate::doc::seal::{
    STROKE_POINTS_MAX, Seal, SealBody, Signer, Strokes, UsedNumber, signed_bytes,
};
use crate::model::{InstrumentId, Now, OrderId, SealId, Series, Visit, VisitId};
use crate::sheet::complete::Lacking;
use crate::sheet::draft::{Draft, Signing};

/// The numbers of the phone's leases. Nothing is changed until the seal is committed.
struct Numbers {
    leases: Vec<HeldLease>,
    /// Those of the sheet that is signed again.
    earlier: Vec<UsedNumber>,
}

impl Numbers {
    /// The number for an instrument's paper; a sheet signed again keeps those whose kind of paper and year are the
    /// same. Nothing where the leases of that series are used up.
    fn take(&mut self, series: Series, instrument: InstrumentId) -> Option<UsedNumber> {
        let leases = &self.leases;
        let year_of =
            |lease| leases.iter().find(|held| held.lease.id == lease).map(|h| h.lease.year);
        let kept = self.earlier.iter().find(|used| {
            (used.instrument, used.kind) == (instrument, series.kind)
                && year_of(used.lease) == Some(series.year)
        });
        if let Some(kept) = kept {
            return Some(kept.clone());
        }
        let held =
            self.leases.iter_mut().find(|held| held.lease.series() == series && held.left() > 0)?;
        let number = held.next;
        held.next += 1;
        Some(UsedNumber { lease: held.lease.id, kind: series.kind, instrument, number })
    }
}

impl Client {
    pub(super) fn begin_seal(
        &mut self,
        now: Now,
        (order, visit_id, seal): (OrderId, VisitId, SealId),
        (signer, strokes, code): (Signer, Strokes, Option<String>),
    ) -> Result<(SealInWork, Vec<u8>), ClientError> {
        let signer = signer.plain();
        if !signer.is_plain() {
            return Err(ClientError::Signer);
        }
        let signed = matches!(signer, Signer::Signed { .. });
        let strokes = strokes.on_pad();
        let points = strokes.points();
        if matches!(signer, Signer::Paper { .. })
            || signed && (!strokes.is_drawn() || points > STROKE_POINTS_MAX)
        {
            return Err(ClientError::Strokes);
        }
        let card = self.state.cards.get(&order).cloned().ok_or(ClientError::NoOrder(order))?;
        let (visit, heads, earlier) = self.visit(order, visit_id)?;
        let at = self.evidence(now);
        let data = self.state.reference.as_ref();
        let reference = data.and_then(|data| data.reference_of(card.entity));
        let reference = reference.ok_or_else(|| ClientError::Lacking(vec![Lacking::Entity]))?;
        let mut draft =
            Draft::new(&card, (visit_id, &visit), at, reference).map_err(ClientError::Lacking)?;
        let mut numbers = Numbers {
            leases: self.state.leases.values().cloned().collect(),
            earlier: earlier.as_ref().map(|(_, body)| body.numbers.clone()).unwrap_or_default(),
        };
        for (instrument, kind) in draft.wanted() {
            let used = numbers.take(draft.series(kind), instrument);
            let used = used.ok_or(Lacking::Numbers(kind.russian()));
            used.and_then(|used| draft.number(used))
                .map_err(|lacks| ClientError::Lacking(vec![lacks]))?;
        }
        let leases = numbers.leases;
        let strokes = if signed { encode(&strokes) } else { Vec::new() };
        let body = draft.body(Signing {
            supersedes: earlier.map(|(id, _)| id),
            heads: &heads,
            catalogue: data.map_or(0, |data| data.version),
            signer,
            strokes: &strokes,
            code,
            device: self.me.device,
        });
        let body = encode(&body);
        let bytes = signed_bytes(order, seal, &body);
        Ok((SealInWork { order, seal, body, strokes, leases }, bytes))
    }

    /// The visit, the heads at which it was read, and its latest seal.
    #[expect(clippy::type_complexity, reason = "three plain things that belong to one reading")]
    fn visit(
        &mut self,
        order: OrderId,
        id: VisitId,
    ) -> Result<(Visit, Vec<[u8; 32]>, Option<(SealId, SealBody)>), ClientError> {
        let doc = self.state.doc(order).ok_or(ClientError::NoDocument(order))?;
        let heads = doc.heads();
        let (read, _) = doc.read();
        let visit = read.visits.get(&id).cloned().ok_or(ClientError::NotYourVisit)?;
        let bodies = read.seals.iter().filter_map(|(seal, parts)| {
            let body = Seal::decode(&parts.record).ok()?.body;
            (body.visit == id).then_some((*seal, body))
        });
        let all: Vec<(SealId, SealBody)> = bodies.collect();
        let latest = all
            .iter()
            .find(|(id, _)| !all.iter().any(|(_, other)| other.supersedes == Some(*id)))
            .cloned();
        Ok((visit, heads, latest))
    }

    pub(super) fn finish_seal(
        &mut self,
        work: SealInWork,
        signature: Vec<u8>,
    ) -> (OrderId, Edit, Vec<Write>) {
        let record = encode(&Seal { body: work.body, signature });
        let mut writes = Vec::new();
        for held in work.leases {
            let changed = self.state.leases.get(&held.lease.id) != Some(&held);
            if changed {
                writes.push(put(Table::Lease, held.lease.id.bytes(), &held));
                self.state.leases.insert(held.lease.id, held);
            }
        }
        (work.order, Edit::AddSeal { seal: work.seal, record, strokes: work.strokes }, writes)
    }
}
