//! The one error: the variant says what to do, the code what happened, the words what to show.

use vyezd_core::client::ClientError;
use vyezd_phone::native::{HttpError, PhoneError, StoreError};

/// Reasons for which a call was not carried out. No work on the disk is lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum VyezdError {
    /// No network or no server. The library retries while online, so an app need not alarm anybody.
    #[error("{words}")]
    Offline {
        /// Always `offline`.
        code: String,
        /// Sentence for the person, Russian.
        words: String,
    },
    /// A rule or the server refuses; the words say what the person can do.
    #[error("{words}")]
    Refused {
        /// Stable code of the rule or of the server's refusal.
        code: String,
        /// Sentence for the person, Russian.
        words: String,
    },
    /// The phone is not enrolled: ask for the office's code and call [`crate::VyezdPhone::enrol`].
    #[error("{words}")]
    NotEnrolled {
        /// Always `not_enrolled`.
        code: String,
        /// Sentence for the person, Russian.
        words: String,
    },
    /// The data on this phone do not open: the key store gave another key, or none.
    #[error("{words}")]
    Locked {
        /// `key_missing`, `key_refused` or `store_locked`.
        code: String,
        /// Sentence for the person, Russian.
        words: String,
    },
    /// The disk is full or broken, or the system gave no random bytes.
    #[error("{words}")]
    Storage {
        /// Always `storage_failed`.
        code: String,
        /// Sentence for the person, Russian.
        words: String,
    },
    /// An argument makes no sense: a fault of the app, or a field that the person must correct.
    #[error("{words}")]
    Invalid {
        /// Always `argument_invalid`.
        code: String,
        /// Name of the argument or field.
        field: String,
        /// Sentence for the person, Russian.
        words: String,
    },
}

/// Answers of a key store without a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeyStoreError {
    /// The key is gone for good: the screen lock was removed, or the app's data moved to another
    /// phone.
    #[error("the key is gone")]
    Gone,
    /// No key now: the phone is locked, or the person did not confirm. A later call may succeed.
    #[error("the key store refused")]
    Refused,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Refused
    }
}

impl VyezdError {
    pub(crate) fn invalid(field: &str, words: impl Into<String>) -> Self {
        let (code, field) = ("argument_invalid".to_owned(), field.to_owned());
        Self::Invalid { code, field, words: words.into() }
    }

    pub(crate) fn not_enrolled() -> Self {
        Self::NotEnrolled {
            code: "not_enrolled".to_owned(),
            words: "Телефон не подключён: попросите в офисе код".to_owned(),
        }
    }

    pub(crate) fn locked(code: &str, words: &str) -> Self {
        Self::Locked { code: code.to_owned(), words: words.to_owned() }
    }

    pub(crate) fn refused(code: &str, words: &str) -> Self {
        Self::Refused { code: code.to_owned(), words: words.to_owned() }
    }

    pub(crate) fn storage() -> Self {
        let words = "Не удалось сохранить на телефоне: проверьте свободное место".to_owned();
        Self::Storage { code: "storage_failed".to_owned(), words }
    }

    /// Error of a call whose object was closed meanwhile.
    pub(crate) fn closed() -> Self {
        Self::refused("closed", "Приложение закрывается")
    }

    /// Whether only the network is missing.
    pub(crate) const fn is_offline(&self) -> bool {
        matches!(self, Self::Offline { .. })
    }
}

impl From<PhoneError> for VyezdError {
    fn from(error: PhoneError) -> Self {
        match error {
            PhoneError::Client(error) => error.into(),
            PhoneError::Http(error) => error.into(),
            PhoneError::Store(StoreError::Locked) => {
                Self::locked("store_locked", "Данные телефона не открываются этим ключом")
            }
            PhoneError::Store(_) | PhoneError::Photo(_) | PhoneError::Marker(_) => Self::storage(),
            PhoneError::NotEnrolled => Self::not_enrolled(),
        }
    }
}

impl From<ClientError> for VyezdError {
    fn from(error: ClientError) -> Self {
        Self::refused(error.code(), &error.to_string())
    }
}

impl From<HttpError> for VyezdError {
    fn from(error: HttpError) -> Self {
        let words = error.to_string();
        match error {
            HttpError::Refused { code, message, .. } if !code.is_empty() => {
                Self::Refused { code, words: if message.is_empty() { words } else { message } }
            }
            _ => Self::Offline { code: "offline".to_owned(), words },
        }
    }
}
