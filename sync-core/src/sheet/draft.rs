//! The making of a sheet, by the phone after a visit and by the office from paper: the view, a number for each paper
//! that its results ask for, and the body that the device signs.

use minicbor::bytes::ByteVec;

use super::complete::{Lacking, lacking};
use crate::codec::{encode, sha256};
use crate::doc::seal::{CONSENT_VERSION, SealBody, Signer, UsedNumber};
use crate::doc::view::{self, Reference, SealedView};
use crate::model::{
    Card, DeviceId, Entity, InstrumentId, LegalDate, NumberKind, SealId, Series, TimeEvidence,
    Visit, VisitId, print_number,
};

/// The version of the forms and their layout; a paper is the same bytes for the same version.
pub const RENDERER_VERSION: u32 = 1;

/// A sheet that nobody has signed yet.
#[derive(Debug)]
pub struct Draft<'a> {
    view: SealedView,
    entity: &'a Entity,
    certificate: bool,
    at: TimeEvidence,
    numbers: Vec<UsedNumber>,
}

/// The facts about a signature that the visit does not tell.
#[derive(Debug)]
pub struct Signing<'a> {
    /// The seal whose place the new one takes.
    pub supersedes: Option<SealId>,
    /// The heads of the document that the visit was read at.
    pub heads: &'a [[u8; 32]],
    /// The version of the reference data by which the visit was judged.
    pub catalogue: u64,
    /// The person who signed, or the reason why nobody did.
    pub signer: Signer,
    /// The CBOR of [`crate::doc::seal::Strokes`]; empty where nothing was drawn.
    pub strokes: &'a [u8],
    /// The code that the client typed.
    pub code: Option<String>,
    /// The device whose key signs.
    pub device: DeviceId,
}

impl<'a> Draft<'a> {
    /// Makes the view of a visit that was signed at `at`.
    ///
    /// # Errors
    ///
    /// Everything that the visit lacks before a client may sign.
    pub fn new(
        card: &Card,
        (id, visit): (VisitId, &Visit),
        at: TimeEvidence,
        reference: Reference<'a>,
    ) -> Result<Self, Vec<Lacking>> {
        let date = LegalDate(card.zone.date(at.at));
        let lacks = lacking(card, visit, date, reference);
        if !lacks.is_empty() {
            return Err(lacks);
        }
        Ok(Self {
            view: view::make(card, (id, visit), date, reference),
            entity: reference.entity,
            certificate: card.certificate,
            at,
            numbers: Vec::new(),
        })
    }

    /// The numbers that the papers of this sheet need, instrument by instrument.
    pub fn wanted(&self) -> Vec<(InstrumentId, NumberKind)> {
        let of = |instrument: &view::SealedInstrument| {
            let kinds = instrument.result.papers(self.certificate).iter();
            let id = instrument.id;
            kinds.map(move |kind| (id, *kind))
        };
        self.view.instruments.iter().flat_map(of).collect()
    }

    /// Series that a paper's number is taken from, by the legal date of the verification.
    pub fn series(&self, kind: NumberKind) -> Series {
        Series { entity: self.entity.id, kind, year: self.view.date.0.year() as u16 }
    }

    /// Prints a number of a lease on its instrument's paper.
    ///
    /// # Errors
    ///
    /// [`Lacking::NumberTemplate`] where the issuer's template does not print this number.
    pub fn number(&mut self, used: UsedNumber) -> Result<(), Lacking> {
        let template = self.entity.templates.of(used.kind);
        let year = self.series(used.kind).year;
        let printed = print_number(template, &self.entity.code, year, used.number)
            .map_err(|bad| Lacking::NumberTemplate(used.kind.russian(), bad))?;
        let mut instruments = self.view.instruments.iter_mut();
        if let Some(instrument) = instruments.find(|of| of.id == used.instrument) {
            *instrument.number_mut(used.kind) = Some(printed);
            self.numbers.push(used);
        }
        Ok(())
    }

    /// The body that the device signs.
    pub fn body(self, signing: Signing<'_>) -> SealBody {
        let Signing { supersedes, heads, catalogue, signer, strokes, code, device } = signing;
        let consent = if matches!(signer, Signer::Paper { .. }) { 0 } else { CONSENT_VERSION };
        let strokes_sha256 = (!strokes.is_empty()).then(|| sha256(strokes).to_vec().into());
        SealBody {
            version: 1,
            visit: self.view.visit,
            supersedes,
            view: encode(&self.view),
            heads: heads.iter().map(|head| ByteVec::from(head.to_vec())).collect(),
            pdf_sha256: None,
            strokes_sha256,
            renderer: RENDERER_VERSION,
            catalogue,
            signer,
            code,
            consent,
            at: self.at,
            device,
            numbers: self.numbers,
        }
    }
}
