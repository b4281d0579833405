//! All papers of a signed sheet: which there are, under which numbers and file names.

use vyezd_core::codec::sha256;
use vyezd_core::doc::signed::SignedSheet;
use vyezd_core::doc::view::{SealedInstrument, SealedView};
use vyezd_core::model::{Confidence, FundNumber, InstrumentId, PaperKind, short_name};

use crate::document::{Paper, Subject, certificate, notice, protocol, sheet};

/// A paper of a sheet.
pub struct Printed {
    pub kind: PaperKind,
    /// Of which instrument; none for the sheet itself.
    pub instrument: Option<InstrumentId>,
    pub number: String,
    /// `2026-08-26_Иванов_60250-15_23-456789_ВМ-П-2026-000001.pdf`: sorts well.
    pub file_name: String,
    /// The pages.
    pub paper: Paper,
}

/// The papers of a sheet: for each instrument what its verdict asks for, then the sheet. `fund` are the numbers that
/// the Fund has given so far.
pub fn papers(signed: &SignedSheet, fund: &[(InstrumentId, FundNumber)]) -> Vec<Printed> {
    let view = &signed.view;
    let subject = Subject {
        entity: &signed.entity,
        view,
        signer: &signed.signer,
        strokes: &signed.strokes,
        signed_at: (signed.at.at, signed.at.confidence == Confidence::Confirmed),
        link: &signed.link,
        fund: None,
    };
    let mut all = Vec::new();
    let mut add = |kind, instrument: Option<&SealedInstrument>, number: &str, paper: Paper| {
        let file_name = file_name(view, instrument, number);
        let instrument = instrument.map(|i| i.id);
        all.push(Printed { kind, instrument, number: number.to_owned(), file_name, paper });
    };
    for instrument in &view.instruments {
        let number = fund.iter().find(|(id, _)| *id == instrument.id).map(|(_, number)| number);
        let subject = Subject { fund: number, ..subject };
        if let Some(number) = &instrument.protocol_number {
            add(PaperKind::Protocol, Some(instrument), number, protocol(subject, instrument));
        }
        if let Some(number) = &instrument.certificate_number {
            add(PaperKind::Certificate, Some(instrument), number, certificate(subject, instrument));
        }
        if let Some(number) = &instrument.notice_number {
            add(PaperKind::Notice, Some(instrument), number, notice(subject, instrument));
        }
    }
    add(PaperKind::Sheet, None, &view.order_number, sheet(subject));
    all
}

fn file_name(view: &SealedView, instrument: Option<&SealedInstrument>, number: &str) -> String {
    let who = short_name(&view.performer_name);
    let who = who.split(' ').next().unwrap_or_default();
    let middle = instrument.map_or_else(
        || format!("заявка-{}", view.order_number),
        |i| format!("{}_{}", i.type_number, i.serial_number),
    );
    let name = match instrument {
        Some(_) => format!("{}_{who}_{middle}_{number}", view.date),
        None => format!("{}_{who}_{middle}", view.date),
    };
    let safe: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .take(120)
        .collect();
    if safe.replace(' ', "") == name.replace(' ', "") && !number.contains(' ') {
        return format!("{safe}.pdf");
    }
    // «12/5» and «12-5» are two orders.
    let mark: String = sha256(name.as_bytes())[..3].iter().map(|b| format!("{b:02x}")).collect();
    format!("{safe}_{mark}.pdf")
}
