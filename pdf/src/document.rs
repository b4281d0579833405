//! What stands on the forms, one file a form. Forms are made from the sealed view.

mod certificate;
mod common;
mod notice;
mod protocol;
mod sheet;

use vyezd_core::doc::seal::{Signer, Strokes};
use vyezd_core::doc::view::SealedView;
use vyezd_core::model::{Entity, FundNumber, Timestamp};

pub use certificate::certificate;
pub use notice::notice;
pub use protocol::protocol;
pub use sheet::sheet;

use crate::layout::Page;

/// What a paper is made from.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The issuer.
    pub entity: &'a Entity,
    /// What the client read.
    pub view: &'a SealedView,
    pub signer: &'a Signer,
    /// What he drew.
    pub strokes: &'a Strokes,
    /// When it was signed, and whether the phone's clock was confirmed.
    pub signed_at: (Timestamp, bool),
    /// The client's page: an absolute link; empty when there is none yet.
    pub link: &'a str,
    /// The number that the Fund gave to an instrument's record, once it did.
    pub fund: Option<&'a FundNumber>,
}

/// A paper, laid out.
pub struct Paper {
    /// For the file's metadata: «Протокол поверки ВМ-П-2026-000001».
    pub title: String,
    pub pages: Vec<Page>,
    /// For the file's metadata.
    pub date: String,
}

impl Paper {
    /// The paper as a PDF file.
    pub fn bytes(&self) -> Vec<u8> {
        crate::render(&self.title, &self.date, &self.pages)
    }
}

impl Subject<'_> {
    /// The metadata date: that of the signature, at the place.
    fn pdf_date(&self) -> String {
        let at = self.view.zone.civil(self.signed_at.0);
        let hours = self.view.zone.offset_hours();
        format!(
            "D:{:04}{:02}{:02}{:02}{:02}{:02}+{hours:02}'00'",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    fn stamp(&self) -> Option<&'static str> {
        self.entity.specimen.then_some("ОБРАЗЕЦ")
    }
}
