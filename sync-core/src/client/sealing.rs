//! Signature of the client: the view is made, numbers are taken from the leases, and everything
//! becomes durable in one commit, before any number is shown.

use minicbor::bytes::ByteVec;

use super::error::ClientError;
use super::machine::Client;
use super::rows::HeldLease;
use super::table::{Table, Write, put};
use super::work::SealInWork;
use crate::codec::{encode, sha256};
use crate::doc::Edit;
use crate::doc::seal::{
    CONSENT_VERSION, STROKE_POINTS_MAX, Seal, SealBody, Signer, Strokes, UsedNumber, signed_bytes,
};
use crate::doc::view::{self, InstrumentNumbers, Reference, SealedInstrument, SealedView};
use crate::frame::ReferenceData;
use crate::model::{
    Card, InstrumentId, InstrumentType, LegalDate, Method, Now, NumberKind, OrderId, SealId, Visit,
    VisitId, print_number,
};
use crate::sheet::agreement::papers_required;
use crate::sheet::complete::{Lacking, lacking};

/// Version of the forms and their layout; one version always prints the same bytes.
pub const RENDERER_VERSION: u32 = 1;

/// Numbers taken while a view is made. The leases change only when the seal is committed.
struct Taking<'a> {
    leases: Vec<HeldLease>,
    entity: &'a crate::model::Entity,
    year: u16,
    certificate: bool,
    earlier: Vec<UsedNumber>,
    used: Vec<UsedNumber>,
    exhausted: Option<NumberKind>,
}

impl Taking<'_> {
    fn for_instrument(&mut self, id: InstrumentId, sealed: &SealedInstrument) -> InstrumentNumbers {
        let wanted = papers_required(sealed.result, self.certificate);
        let mut take = |kind| wanted.contains(&kind).then(|| self.take(id, kind)).flatten();
        InstrumentNumbers {
            protocol: take(NumberKind::Protocol),
            certificate: take(NumberKind::Certificate),
            notice: take(NumberKind::Notice),
        }
    }

    fn take(&mut self, instrument: InstrumentId, kind: NumberKind) -> Option<String> {
        // A sheet signed again keeps the numbers of instruments whose kind of paper is the same.
        let kept = self.earlier.iter().find(|u| {
            let year =
                self.leases.iter().find(|held| held.lease.id == u.lease).map(|h| h.lease.year);
            u.instrument == instrument && u.kind == kind && year == Some(self.year)
        });
        let used = match kept {
            Some(used) => used.clone(),
            None => {
                let (entity, year) = (self.entity.id, self.year);
                let held = self.leases.iter_mut().find(|held| {
                    let l = &held.lease;
                    (l.entity, l.kind, l.year) == (entity, kind, year) && held.left() > 0
                });
                let Some(held) = held else {
                    self.exhausted = Some(kind);
                    return None;
                };
                let number = held.next;
                held.next += 1;
                UsedNumber { lease: held.lease.id, kind, instrument, number }
            }
        };
        let template = self.entity.templates.of(kind);
        let printed = print_number(template, &self.entity.code, self.year, used.number).ok();
        self.used.push(used);
        printed
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
        let signed = matches!(signer, Signer::Signed { .. });
        let points = strokes.points();
        if signed && (!strokes.is_drawn() || points > STROKE_POINTS_MAX) {
            return Err(ClientError::Strokes);
        }
        let card = self.state.cards.get(&order).cloned().ok_or(ClientError::NoOrder(order))?;
        let catalogue = self.state.reference.as_ref().map_or(0, |r| r.version);
        let (visit, heads, earlier) = self.visit(order, visit_id)?;
        let at = self.evidence(now);
        let date = LegalDate(card.zone.date(at.at));
        let (view, used, leases) =
            self.take_numbers(&card, (visit_id, &visit), date, earlier.as_ref())?;
        let strokes = if signed { encode(&strokes) } else { Vec::new() };
        let body = SealBody {
            version: 1,
            visit: visit_id,
            supersedes: earlier.as_ref().map(|(id, _)| *id),
            view: encode(&view),
            heads: heads.iter().map(|head| ByteVec::from(head.to_vec())).collect(),
            pdf_sha256: None,
            strokes_sha256: signed.then(|| sha256(&strokes).to_vec().into()),
            renderer: RENDERER_VERSION,
            catalogue,
            signer,
            code,
            consent: CONSENT_VERSION,
            at,
            device: self.me.device,
            numbers: used,
        };
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
            let (body, _) = Seal::peek(&parts.record).ok()?;
            (body.visit == id).then_some((*seal, body))
        });
        let all: Vec<(SealId, SealBody)> = bodies.collect();
        let latest = all
            .iter()
            .find(|(id, _)| !all.iter().any(|(_, other)| other.supersedes == Some(*id)))
            .cloned();
        Ok((visit, heads, latest))
    }

    fn take_numbers(
        &self,
        card: &Card,
        (visit_id, visit): (VisitId, &Visit),
        date: LegalDate,
        earlier: Option<&(SealId, SealBody)>,
    ) -> Result<(SealedView, Vec<UsedNumber>, Vec<HeldLease>), ClientError> {
        let data = self.state.reference.as_ref();
        let data = data.ok_or_else(|| ClientError::Lacking(vec![Lacking::Entity]))?;
        let made = with_reference(data, card, |reference| {
            let lacks = lacking(card, visit, date, reference);
            if !lacks.is_empty() {
                return Err(ClientError::Lacking(lacks));
            }
            let mut taking = Taking {
                leases: self.state.leases.values().cloned().collect(),
                entity: reference.entity,
                year: date.0.year() as u16,
                certificate: card.certificate,
                earlier: earlier.map(|(_, body)| body.numbers.clone()).unwrap_or_default(),
                used: Vec::new(),
                exhausted: None,
            };
            let view = view::make(card, (visit_id, visit), date, reference, |id, sealed| {
                taking.for_instrument(id, sealed)
            });
            match taking.exhausted {
                Some(kind) => Err(ClientError::Lacking(vec![Lacking::Numbers(kind.russian())])),
                None => Ok((view, taking.used, taking.leases)),
            }
        });
        made.unwrap_or_else(|| Err(ClientError::Lacking(vec![Lacking::Entity])))
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

/// Borrows [`Reference`] from the phone's reference data; `None` for an unknown issuer.
pub(super) fn with_reference<T>(
    data: &ReferenceData,
    card: &Card,
    use_it: impl FnOnce(Reference<'_>) -> T,
) -> Option<T> {
    let entity = data.entities.iter().find(|entity| entity.id == card.entity)?;
    let find_type = |number: &str, modification: &str| -> Option<InstrumentType> {
        let known = data.types.iter();
        known.clone().find(|t| t.type_number == number && t.modification == modification).cloned()
    };
    let find_method = |title: &str| -> Option<Method> {
        data.methods.iter().find(|method| method.title == title).cloned()
    };
    Some(use_it(Reference {
        entity,
        performer: &data.performer,
        find_type: &find_type,
        find_method: &find_method,
        means: &data.means,
    }))
}
