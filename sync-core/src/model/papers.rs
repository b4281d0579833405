//! Kinds of papers printed from a sealed sheet.

/// Kinds of papers; the numbered ones have a series in [`super::NumberKind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaperKind {
    /// Протокол: one for each fit or unfit instrument.
    Protocol,
    /// Свидетельство: for a fit instrument, on request.
    Certificate,
    /// Извещение: for an unfit instrument.
    Notice,
    /// Сервисный лист: one for each sheet, without a number.
    Sheet,
}

impl PaperKind {
    const ALL: [Self; 4] = [Self::Protocol, Self::Certificate, Self::Notice, Self::Sheet];

    /// Code in the database and at borders.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Protocol => "protocol",
            Self::Certificate => "certificate",
            Self::Notice => "notice",
            Self::Sheet => "sheet",
        }
    }

    /// Name of the folder in ZIP archives.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Protocol => "protocols",
            Self::Certificate => "certificates",
            Self::Notice => "notices",
            Self::Sheet => "sheets",
        }
    }

    /// Inverse of [`Self::code`]; `None` for any other text.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
