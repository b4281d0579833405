//! The service sheet that the client reads, and the client's signature.

use vyezd_core::doc::seal::{self, StrokePoint, Strokes};
use vyezd_core::doc::view;

use super::{PayMethod, text};

pub use vyezd_core::doc::view::SealedResult;

/// Verdict on an instrument, derived from checks and rows.
#[uniffi::remote(Enum)]
pub enum SealedResult {
    /// Пригоден: protocol, and certificate on request.
    Fit,
    /// Непригоден: protocol and notice.
    Unfit,
    /// Не завершено или не поверялось: no paper, no number.
    NotFinished,
}

/// A row with the values computed from it; decimals with a point.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SheetRow {
    /// Name of the point as written in the row.
    pub point: String,
    /// Flow through the meter, m³/h.
    pub flow: String,
    /// Volume by the meter, m³: end − start.
    pub volume: String,
    /// Volume by the standard, m³.
    pub reference: String,
    /// δ, %, rounded to one decimal.
    pub error_percent: String,
    /// Limit of the type at this flow, ± %.
    pub limit_percent: String,
    /// Whether |δ| as printed is at most the limit.
    pub within: bool,
}

/// One instrument as the client reads it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SheetInstrument {
    /// Id under which the document holds the instrument.
    pub id: String,
    /// Number in the state register, `NNNNN-YY`.
    pub type_number: String,
    /// Modification as written at the visit.
    pub modification: String,
    /// Serial number as text, as written at the visit.
    pub serial_number: String,
    /// Verdict, derived from checks and rows.
    pub result: SealedResult,
    /// Reasons of an unfit instrument, or what an unfinished one lacks; Russian sentences.
    pub reasons: Vec<String>,
    /// Last day on which a fit instrument counts as verified, `YYYY-MM-DD`.
    pub valid_until: Option<String>,
    /// Rows that count, in the order of the method's points.
    pub rows: Vec<SheetRow>,
    /// Printed number of the protocol; `None` before signing.
    pub protocol_number: Option<String>,
    /// Printed number of the certificate; `None` before signing, and without a request for one.
    pub certificate_number: Option<String>,
    /// Printed number of the notice; `None` before signing, and for a fit instrument.
    pub notice_number: Option<String>,
}

/// The sheet of one visit as the client reads it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Sheet {
    /// Number used in speech: «1001».
    pub order_number: String,
    /// Full name of the issuer of the papers.
    pub entity_name: String,
    /// Full name of the metrologist.
    pub performer_name: String,
    /// Name of the client; may be empty.
    pub client: String,
    /// Address in one line, as on the card.
    pub address: String,
    /// Legal date of the verification, `YYYY-MM-DD`.
    pub date: String,
    /// Instruments of the visit, by id.
    pub instruments: Vec<SheetInstrument>,
    /// Sum due, kopecks.
    pub due_kop: i64,
    /// Sum received, kopecks; 0 if none is written.
    pub received_kop: Option<i64>,
    /// Way of payment, where said.
    pub pay_method: Option<PayMethod>,
}

/// Outcome of asking the client to sign.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Signer {
    /// The client or a representative drew a signature.
    Signed {
        /// Name of the signer, at most 120 characters.
        name: String,
        /// Relation to the client: «собственник», «представитель».
        relation: String,
    },
    /// The client declined to sign.
    Refused {
        /// Reason, at most 500 characters.
        reason: String,
    },
    /// The office typed a sheet of paper in; a phone never signs this way.
    Paper {
        /// Name in the signature, at most 120 characters; may be empty.
        name: String,
        /// Reason on the paper why nobody signed, at most 500 characters; may be empty.
        refusal: String,
    },
}

/// One point of a stroke, in the units of the pad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PadPoint {
    /// Distance from the left edge of the pad.
    pub x: u32,
    /// Distance from the top edge of the pad.
    pub y: u32,
    /// Milliseconds since the first point of the signature.
    pub t_ms: u32,
    /// Pressure, 0–1000; 0 where the screen does not report any.
    pub pressure: u16,
}

/// A drawn signature. Ignored after a refusal.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PadStrokes {
    /// Width of the pad; points use the same units.
    pub width: u32,
    /// Height of the pad; points use the same units.
    pub height: u32,
    /// Strokes in the order of drawing; 2 to 2,000 points in all.
    pub strokes: Vec<Vec<PadPoint>>,
}

/// Everything the client leaves on the phone when signing.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClientSignature {
    /// Name of the signer, or the reason for a refusal.
    pub signer: Signer,
    /// Drawn signature; ignored after a refusal.
    pub strokes: PadStrokes,
    /// Client's code of four digits as typed, if any.
    pub code: Option<String>,
    /// Remark of the client; becomes a note of the order unless empty.
    pub remark: String,
}

/// One printed paper of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Paper {
    /// `protocol`, `certificate`, `notice` or `sheet`.
    pub kind: String,
    /// Title for people: «Протокол поверки ВМ-П-2026-000001».
    pub title: String,
    /// Name for a file, extension included.
    pub file_name: String,
    /// PDF, the same bytes as the office's.
    pub pdf: Vec<u8>,
}

impl From<vyezd_pdf::Printed> for Paper {
    fn from(printed: vyezd_pdf::Printed) -> Self {
        Self {
            kind: printed.kind.code().to_owned(),
            pdf: printed.paper.bytes(),
            title: printed.paper.title,
            file_name: printed.file_name,
        }
    }
}

impl From<view::SealedView> for Sheet {
    fn from(view: view::SealedView) -> Self {
        Self {
            order_number: view.order_number,
            entity_name: view.entity_name,
            performer_name: view.performer_name,
            client: view.client,
            address: view.address,
            date: view.date.to_string(),
            instruments: view.instruments.into_iter().map(Into::into).collect(),
            due_kop: view.due_kop,
            received_kop: view.received_kop,
            pay_method: view.pay_method,
        }
    }
}

impl From<view::SealedInstrument> for SheetInstrument {
    fn from(sealed: view::SealedInstrument) -> Self {
        Self {
            id: sealed.id.to_string(),
            type_number: sealed.type_number,
            modification: sealed.modification,
            serial_number: sealed.serial_number,
            result: sealed.result,
            reasons: sealed.reasons,
            valid_until: sealed.valid_until.map(|date| date.to_string()),
            rows: sealed.rows.into_iter().map(Into::into).collect(),
            protocol_number: sealed.protocol_number,
            certificate_number: sealed.certificate_number,
            notice_number: sealed.notice_number,
        }
    }
}

impl From<view::SealedRow> for SheetRow {
    fn from(row: view::SealedRow) -> Self {
        let print = |reading| text(Some(reading)).unwrap_or_default();
        Self {
            point: row.point,
            flow: print(row.flow),
            volume: print(row.volume),
            reference: print(row.reference),
            error_percent: print(row.error_percent),
            limit_percent: print(row.limit_percent),
            within: row.within,
        }
    }
}

impl From<seal::Signer> for Signer {
    fn from(signer: seal::Signer) -> Self {
        match signer {
            seal::Signer::Signed { name, relation } => Self::Signed { name, relation },
            seal::Signer::Refused { reason } => Self::Refused { reason },
            seal::Signer::Paper { name, refusal } => Self::Paper { name, refusal },
        }
    }
}

impl From<Signer> for seal::Signer {
    fn from(signer: Signer) -> Self {
        match signer {
            Signer::Signed { name, relation } => Self::Signed { name, relation },
            Signer::Refused { reason } => Self::Refused { reason },
            Signer::Paper { name, refusal } => Self::Paper { name, refusal },
        }
    }
}

impl From<PadStrokes> for Strokes {
    fn from(drawn: PadStrokes) -> Self {
        let point =
            |p: PadPoint| StrokePoint { x: p.x, y: p.y, t_ms: p.t_ms, pressure: p.pressure };
        let line = |line: Vec<PadPoint>| line.into_iter().map(point).collect();
        let strokes = drawn.strokes.into_iter().map(line).collect();
        Self { width: drawn.width, height: drawn.height, strokes }
    }
}
