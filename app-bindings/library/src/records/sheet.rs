//! The service sheet: what the client reads, and his signature.

use vyezd_core::doc::seal::{self, StrokePoint, Strokes};
use vyezd_core::doc::view;

use super::{PayMethod, text};

pub use vyezd_core::doc::view::SealedResult;

/// How it ended for an instrument.
#[uniffi::remote(Enum)]
pub enum SealedResult {
    /// Пригодно.
    Fit,
    /// Непригодно.
    Unfit,
    /// Не завершено или не поверялось.
    NotFinished,
}

/// A row with what was computed from it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SheetRow {
    /// The point.
    pub point: String,
    /// The flow, m³/h.
    pub flow: String,
    /// The volume by the meter, m³.
    pub volume: String,
    /// The volume by the standard, m³.
    pub reference: String,
    /// δ, %.
    pub error_percent: String,
    /// The limit, ± %.
    pub limit_percent: String,
    /// Within it.
    pub within: bool,
}

/// One instrument as the client reads it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SheetInstrument {
    /// The instrument.
    pub id: String,
    /// `NNNNN-YY`.
    pub type_number: String,
    /// The modification.
    pub modification: String,
    /// The serial number.
    pub serial_number: String,
    /// The verdict.
    pub result: SealedResult,
    /// Why it is unfit or was not verified.
    pub reasons: Vec<String>,
    /// The last day on which it counts as verified.
    pub valid_until: Option<String>,
    /// The rows.
    pub rows: Vec<SheetRow>,
    /// The number of the protocol; nothing before signing.
    pub protocol_number: Option<String>,
    /// The local number of the certificate.
    pub certificate_number: Option<String>,
    /// The local number of the notice.
    pub notice_number: Option<String>,
}

/// What the client reads.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Sheet {
    /// The number that people say.
    pub order_number: String,
    /// Who issues the papers.
    pub entity_name: String,
    /// Who came.
    pub performer_name: String,
    /// The client's name.
    pub client: String,
    /// The address.
    pub address: String,
    /// The legal date of the verification.
    pub date: String,
    /// The instruments.
    pub instruments: Vec<SheetInstrument>,
    /// What the client owes, kopecks.
    pub due_kop: i64,
    /// What he paid, kopecks.
    pub received_kop: i64,
    /// How.
    pub pay_method: Option<PayMethod>,
}

/// Who signed, or why nobody did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Signer {
    /// Somebody drew his signature.
    Signed {
        /// His name.
        name: String,
        /// «собственник», «представитель».
        relation: String,
    },
    /// The client did not want to.
    Refused {
        /// Why.
        reason: String,
    },
}

/// One point of a drawn line, in the units of the pad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PadPoint {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Milliseconds since the first point.
    pub t_ms: u32,
    /// Pressure, 0–1000; 0 where the screen does not tell.
    pub pressure: u16,
}

/// What was drawn. Empty after a refusal.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PadStrokes {
    /// Width of the pad.
    pub width: u32,
    /// Height of the pad.
    pub height: u32,
    /// The lines.
    pub strokes: Vec<Vec<PadPoint>>,
}

/// What the client leaves when he signs.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClientSignature {
    /// Who.
    pub signer: Signer,
    /// What he drew.
    pub strokes: PadStrokes,
    /// The code from his SMS.
    pub code: Option<String>,
    /// What he wanted to remark; may be empty.
    pub remark: String,
}

/// A paper: protocol, certificate, notice or the sheet itself.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Paper {
    /// `protocol`, `certificate`, `notice`, `sheet`.
    pub kind: String,
    /// «Протокол поверки ВМ-П-2026-000001».
    pub title: String,
    /// The name of its file.
    pub file_name: String,
    /// PDF.
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
        }
    }
}

impl From<Signer> for seal::Signer {
    fn from(signer: Signer) -> Self {
        match signer {
            Signer::Signed { name, relation } => Self::Signed { name, relation },
            Signer::Refused { reason } => Self::Refused { reason },
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
