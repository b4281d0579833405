//! The kinds of papers.

/// The kinds of papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaperKind {
    /// Протокол.
    Protocol,
    /// Свидетельство.
    Certificate,
    /// Извещение.
    Notice,
    /// Сервисный лист.
    Sheet,
}

impl PaperKind {
    const ALL: [Self; 4] = [Self::Protocol, Self::Certificate, Self::Notice, Self::Sheet];

    /// The code in the database and at borders.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Protocol => "protocol",
            Self::Certificate => "certificate",
            Self::Notice => "notice",
            Self::Sheet => "sheet",
        }
    }

    /// The folder in archives.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Protocol => "protocols",
            Self::Certificate => "certificates",
            Self::Notice => "notices",
            Self::Sheet => "sheets",
        }
    }

    /// The kind with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
